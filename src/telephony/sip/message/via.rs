//! One element of a Via header: the hop that sent a request, and the transaction of that hop.

use super::syntax::Params;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Via {
    /// `UDP`, `TCP`, …, in upper case.
    pub transport: String,
    pub host: String,
    pub port: Option<u16>,
    pub params: Params,
}

impl Via {
    /// `SIP/2.0/UDP host:port;branch=…`; white space is allowed around each slash (RFC 3261 25.1).
    pub fn parse(text: &str) -> Option<Via> {
        let (protocol, rest) = split_protocol(text)?;
        let (sent_by, params) = match rest.split_once(';') {
            Some((sent_by, params)) => (sent_by, params),
            None => (rest, ""),
        };
        let (host, port) = split_port(sent_by.trim())?;
        let valid = !host.is_empty() && !host.contains([' ', '\t']);
        valid.then(|| Via {
            transport: protocol.to_ascii_uppercase(),
            host: host.to_owned(),
            port,
            params: Params::parse(params),
        })
    }

    /// Splits `host:port`, as [`Via`] and URIs write it.
    pub fn split_host(text: &str) -> Option<(&str, Option<u16>)> {
        split_port(text)
    }

    /// Returns the branch, if it is one of RFC 3261: it begins with `z9hG4bK`.
    pub fn branch(&self) -> Option<&str> {
        self.params.get("branch").filter(|it| it.len() > 7 && it.get(..7).is_some_and(|it| it == "z9hG4bK"))
    }
}

/// Splits `SIP / 2.0 / UDP rest` into the transport and the rest.
fn split_protocol(text: &str) -> Option<(&str, &str)> {
    let (name, rest) = text.trim_start().split_once('/')?;
    let (version, rest) = rest.split_once('/')?;
    if !name.trim().eq_ignore_ascii_case("SIP") || version.trim() != "2.0" {
        return None;
    }
    let rest = rest.trim_start();
    let end = rest.find([' ', '\t'])?;
    Some((rest.get(..end)?, rest.get(end..)?.trim_start()))
}

/// Splits `host`, `host:port`, `[v6]` and `[v6]:port`. A port that is none makes the whole `None`.
fn split_port(text: &str) -> Option<(&str, Option<u16>)> {
    let colon = match text.starts_with('[') {
        true => text.find(']').and_then(|end| text.get(end + 1..)?.find(':').map(|at| end + 1 + at)),
        false => text.find(':'),
    };
    let Some(colon) = colon else { return Some((text, None)) };
    let (host, port) = (text.get(..colon)?.trim_end(), text.get(colon + 1..)?.trim());
    Some((host, Some(port.parse().ok()?)))
}
