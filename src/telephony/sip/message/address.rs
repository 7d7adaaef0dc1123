//! `"Name" <uri>;parameters`, as From, To, Contact, Route and others carry it.

use super::syntax::{Params, is_balanced, quoted, split_outside, unquoted};

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NameAddr {
    /// The display name without its quotes.
    pub display: String,
    /// The URI as it was sent.
    pub uri: String,
    pub params: Params,
}

impl NameAddr {
    /// Reads a name-addr, or an addr-spec, whose parameters belong to the header and not to the URI (RFC 3261 20.10).
    pub fn parse(text: &str) -> Option<NameAddr> {
        let text = text.trim();
        if !is_balanced(text) {
            return None;
        }
        let open = bracket(text);
        let Some(open) = open else {
            let uri = split_outside(text, b';').first().copied()?;
            let rest = text.get(uri.len()..).unwrap_or_default();
            // A URI with a comma or a question mark must be in brackets (RFC 3261 20).
            let valid = !uri.contains([' ', '\t', '"', '<', '>', ',', '?']) && uri.contains(':');
            return valid.then(|| NameAddr {
                display: String::new(),
                uri: uri.to_owned(),
                params: Params::parse(rest),
            });
        };
        let (display, rest) = (text.get(..open)?, text.get(open + 1..)?);
        let (uri, params) = rest.split_once('>')?;
        let uri = uri.trim();
        let valid = uri.contains(':') && !uri.contains([' ', '\t', '<', '"']);
        let behind = params.trim_start();
        let valid = valid && (behind.is_empty() || behind.starts_with(';'));
        valid.then(|| NameAddr { display: unquoted(display), uri: uri.to_owned(), params: Params::parse(behind) })
    }

    pub fn tag(&self) -> Option<&str> {
        self.params.get("tag").filter(|it| !it.is_empty())
    }

    /// Returns a name and a URI as they are sent.
    pub fn written(display: &str, uri: &str) -> String {
        match display.is_empty() {
            true => format!("<{uri}>"),
            false => format!("{} <{uri}>", quoted(display)),
        }
    }
}

/// Where the `<` of the URI stands: the first one outside quotes.
fn bracket(text: &str) -> Option<usize> {
    let (mut quoted, mut escaped) = (false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'<' if !quoted => return Some(at),
            _ => {}
        }
    }
    None
}
