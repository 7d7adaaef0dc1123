//! SIP URIs (RFC 3261 19.1), tel URIs (RFC 3966), and the telephone numbers in them.

use super::message::{NameAddr, Params, Request};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    Sip,
    Sips,
    Tel,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Uri {
    pub scheme: Scheme,
    /// Percent-decoded, without the parameters that telephone numbers carry there; empty if there is none. Of a tel URI
    /// the number.
    pub user: String,
    /// Empty in a tel URI.
    pub host: String,
    pub port: Option<u16>,
    pub params: Params,
}

impl Uri {
    pub fn parse(text: &str) -> Option<Uri> {
        let (scheme, rest) = text.trim().split_once(':')?;
        let scheme = match () {
            () if scheme.eq_ignore_ascii_case("sip") => Scheme::Sip,
            () if scheme.eq_ignore_ascii_case("sips") => Scheme::Sips,
            () if scheme.eq_ignore_ascii_case("tel") => Scheme::Tel,
            () => return None,
        };
        if rest.contains(|it: char| it.is_control() || it == ' ' || it == '"' || it == '<' || it == '>') {
            return None;
        }
        if scheme == Scheme::Tel {
            let (number, params) = rest.split_once(';').unwrap_or((rest, ""));
            let user = percent_decoded(number)?;
            return Some(Uri { scheme, user, host: String::new(), port: None, params: Params::parse(params) });
        }
        // Headers of the URI come last, and are nothing to us.
        let rest = rest.split('?').next().unwrap_or_default();
        let (userinfo, rest) = match rest.rfind('@') {
            Some(at) => (rest.get(..at)?, rest.get(at + 1..)?),
            None => ("", rest),
        };
        let (hostport, params) = rest.split_once(';').unwrap_or((rest, ""));
        let (host, port) = super::message::Via::split_host(hostport)?;
        // user:password, and of numbers user;isub=…:password.
        let user = userinfo.split([':', ';']).next().unwrap_or_default();
        let user = percent_decoded(user)?;
        let valid = !host.is_empty() && host.bytes().all(|it| it.is_ascii_alphanumeric() || b"-._[]:".contains(&it));
        valid.then(|| Uri { scheme, user, host: host.to_owned(), port, params: Params::parse(params) })
    }

    /// Returns the telephone number: `+` and digits, or digits alone. `None` if the user is a name.
    pub fn number(&self) -> Option<String> {
        number(&self.user)
    }

    /// Whether it is a loose router (RFC 3261 16.12.1.1): it leaves the Request-URI alone.
    pub fn is_loose(&self) -> bool {
        self.params.has("lr")
    }
}

/// Returns a telephone number without its visual separators `-.()`: an optional `+` and 1 to 32 digits.
pub fn number(text: &str) -> Option<String> {
    let text: String = text.chars().filter(|it| !"-.()".contains(*it)).collect();
    let digits = text.strip_prefix('+').unwrap_or(&text);
    let valid = (1..=32).contains(&digits.len()) && digits.bytes().all(|it| it.is_ascii_digit());
    valid.then_some(text)
}

/// Returns a text with its `%hh` decoded. `None` if one is incomplete, or if the result is not UTF-8 or has control
/// characters.
fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        rest = behind;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let digits = std::str::from_utf8(rest.get(..2)?).ok()?;
        bytes.push(u8::from_str_radix(digits, 16).ok().filter(|_| !digits.starts_with('+'))?);
        rest = rest.get(2..)?;
    }
    String::from_utf8(bytes).ok().filter(|it| !it.contains(|it: char| it.is_control()))
}

/// Returns a text as the user of a URI: everything but the unreserved and `+` is percent-encoded.
pub fn percent_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte.is_ascii_alphanumeric() || b"-_.!~*'()+&=$,".contains(&byte) {
            true => encoded.push(char::from(byte)),
            false => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

/// Who calls, as a request says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Caller {
    /// A number, else `user@host`, else `anonymous`.
    pub address: String,
    pub name: String,
}

/// Returns who calls. P-Asserted-Identity (RFC 3325) counts only from a peer that is trusted to assert it, and goes before
/// From. A caller who wants privacy (RFC 3323) is `anonymous`.
pub fn caller(request: &Request, trusted: bool) -> Caller {
    let anonymous = Caller { address: "anonymous".to_owned(), name: String::new() };
    let hidden = request.headers.all("Privacy").flat_map(|it| it.split([';', ','])).map(str::trim);
    let hidden = hidden.into_iter().any(|it| ["id", "user", "header"].iter().any(|word| it.eq_ignore_ascii_case(word)));
    // There may be a SIP and a tel URI of the same caller: the one with a number is taken.
    let asserted: Vec<NameAddr> =
        request.headers.elements("P-Asserted-Identity").into_iter().filter_map(NameAddr::parse).collect();
    let has_number = |it: &&NameAddr| Uri::parse(&it.uri).is_some_and(|uri| uri.number().is_some());
    let asserted = asserted.iter().find(has_number).or(asserted.first()).cloned();
    let from = asserted.filter(|_| trusted).or_else(|| request.headers.from()).unwrap_or_default();
    let Some(uri) = Uri::parse(&from.uri) else { return anonymous };
    if hidden || uri.user.eq_ignore_ascii_case("anonymous") || uri.host.eq_ignore_ascii_case("anonymous.invalid") {
        return anonymous;
    }
    let address = match uri.number() {
        Some(number) => number,
        None if uri.user.is_empty() => uri.host,
        None => format!("{}@{}", uri.user, uri.host),
    };
    Caller { address, name: from.display }
}

/// Returns whom a request calls: the number or the user of its Request-URI. To is not asked (RFC 3261 8.2.2.1).
pub fn callee(request: &Request) -> Option<String> {
    let uri = Uri::parse(&request.uri)?;
    uri.number().or_else(|| Some(uri.user.clone()).filter(|it| !it.is_empty()))
}

#[cfg(test)]
#[path = "uri_tests.rs"]
mod tests;
