//! Why a request has no response.

use super::super::guard::{OWN, Ports, Range};
use super::resolver::Refused;
use std::error::Error;
use std::io;
use std::time::Duration;

/// Why a request has no response. Customers see this text: it names hosts, but never an internal address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    #[error("The URL {0}.")]
    BadUrl(&'static str),
    #[error("The header {0} contains characters that a header cannot contain.")]
    BadHeader(String),
    #[error("Requests to {host} are refused ({range} address){}", permission(.port, .range))]
    RefusedAddress { host: String, port: u16, range: Range },
    #[error("Too many requests were under way, and none ended in time.")]
    Busy,
    #[error("{host} could not be resolved.")]
    Dns { host: String },
    #[error("{host} could not be connected to: {why}.")]
    Connect { host: String, why: String },
    #[error("The TLS handshake with {host} failed: {why}.")]
    Tls { host: String, why: String },
    #[error("There was no whole answer within {} ms.", .after.as_millis())]
    Timeout { after: Duration },
    #[error("The answer was a redirect ({status}) to {location:?}, and redirects are not followed.")]
    Redirect { status: u16, location: String },
    #[error("The answer had more than {limit} bytes.")]
    TooLarge { limit: usize },
    #[error("The connection broke before the answer was complete.")]
    Broken,
    #[error("The answer was not HTTP.")]
    Protocol,
}

/// Returns what would permit a request that is refused: the end of the sentence.
fn permission(port: &u16, range: &Range) -> String {
    match *range {
        OWN => ".".to_owned(),
        _ if Ports::WEB.contains(port) => ". --outbound-allow permits them.".to_owned(),
        _ => format!(". --outbound-allow permits them, together with the port {port}."),
    }
}

impl Failure {
    /// Returns a word for the cause, which flows may branch on. Words are never renamed.
    pub const fn word(&self) -> &'static str {
        match self {
            Failure::BadUrl(_) => "bad_url",
            Failure::BadHeader(_) => "bad_header",
            Failure::RefusedAddress { .. } => "refused_address",
            Failure::Busy => "busy",
            Failure::Dns { .. } => "dns",
            Failure::Connect { .. } => "connect",
            Failure::Tls { .. } => "tls",
            Failure::Timeout { .. } => "timeout",
            Failure::Redirect { .. } => "redirect",
            Failure::TooLarge { .. } => "too_large",
            Failure::Broken => "broken",
            Failure::Protocol => "protocol",
        }
    }

    /// Returns whether the server may have read the request. A timeout may have happened at any point, so it counts as
    /// read.
    pub const fn may_have_gone_out(&self) -> bool {
        match self {
            Failure::BadUrl(_) | Failure::BadHeader(_) | Failure::RefusedAddress { .. } | Failure::Busy => false,
            Failure::Dns { .. } | Failure::Connect { .. } | Failure::Tls { .. } => false,
            Failure::Timeout { .. } | Failure::Redirect { .. } | Failure::TooLarge { .. } => true,
            Failure::Broken | Failure::Protocol => true,
        }
    }

    /// Classifies an error of the client. The cause is somewhere in its chain of sources.
    pub(super) fn of(error: &reqwest::Error, host: &str, port: u16) -> Failure {
        let host = host.to_owned();
        if let Some(Refused { range }) = find(error) {
            return Failure::RefusedAddress { host, port, range };
        }
        if error.is_dns() {
            return Failure::Dns { host };
        }
        if let Some(why) = find::<rustls::Error>(error) {
            return Failure::Tls { host, why: why.to_string() };
        }
        let kind = find::<io::Error>(error).map(io::Error::kind);
        if error.is_connect() {
            let why = match kind {
                Some(kind) => kind.to_string(),
                None if error.is_timeout() => io::ErrorKind::TimedOut.to_string(),
                None => "the connection was not made".to_owned(),
            };
            return Failure::Connect { host, why };
        }
        if error.is_builder() {
            return Failure::BadUrl("cannot be requested");
        }
        match find::<hyper::Error>(error).is_some_and(hyper::Error::is_parse) {
            true => Failure::Protocol,
            false => Failure::Broken,
        }
    }
}

/// The failure as flows see it: a word to branch on, and a sentence.
impl From<Failure> for String {
    fn from(failure: Failure) -> String {
        format!("{}: {failure}", failure.word())
    }
}

/// Returns the innermost error of a type. An `io::Error` does not return its payload from `source`, so it is unpacked
/// here.
fn find<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    let carried = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    let carried = carried.map(|inner| inner as &(dyn Error + 'static));
    let below = [carried, error.source()].into_iter().flatten().find_map(find::<E>);
    below.or_else(|| error.downcast_ref::<E>())
}
