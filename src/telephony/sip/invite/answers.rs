//! Answers to requests that need no state of a call, or little of it.

use crate::telephony::sip::message::{ALLOW, Method, Ours, Request, Response};
use crate::telephony::sip::sdp::{self, MEDIA_TYPE};

/// Returns the answer to a request that no call takes: OPTIONS, what belongs to no dialog, and methods that we do not have.
/// `None` for an ACK, which is never answered. `available`: whether new calls are taken.
pub fn outside_dialog(request: &Request, tag: &str, available: bool, ours: &Ours) -> Option<Response> {
    let response = match request.method {
        Method::Ack => return None,
        Method::Options if !available => request.respond(503, tag, ours).with("Retry-After", "5"),
        Method::Options if !request.is_in_dialog() => {
            unsupported(request, tag, ours).unwrap_or_else(|| request.options(tag, ours))
        }
        Method::Bye | Method::Cancel | Method::Info | Method::Update => request.respond(481, tag, ours),
        Method::Invite | Method::Options => request.respond(481, tag, ours),
        _ => not_allowed(request, tag, ours),
    };
    Some(response)
}

/// 405 with the methods that we have.
pub(super) fn not_allowed(request: &Request, tag: &str, ours: &Ours) -> Response {
    request.respond(405, tag, ours).with("Allow", ALLOW)
}

/// 420: the request requires an extension, and we have none (RFC 3261 8.2.2.3).
pub(super) fn unsupported(request: &Request, tag: &str, ours: &Ours) -> Option<Response> {
    let tags = request.headers.options_beyond("Require", &[]);
    (!tags.is_empty()).then(|| request.respond(420, tag, ours).with("Unsupported", tags.join(", ")))
}

/// Returns the session description of a request, or 415 with what we accept.
pub(super) fn offer_of<'a>(request: &'a Request, tag: &str, ours: &Ours) -> Result<Option<&'a [u8]>, Response> {
    let found = sdp::in_body(&request.headers, &request.body);
    found.map_err(|_| request.respond(415, tag, ours).with("Accept", MEDIA_TYPE))
}

/// 488 with a Warning that says what is wrong with the offer.
pub(super) fn not_acceptable(request: &Request, tag: &str, ours: &Ours, why: sdp::Unacceptable) -> Response {
    request.respond(488, tag, ours).with("Warning", why.warning(&ours.sent_by))
}

/// Answers INFO and returns the key that it carries: `application/dtmf-relay` (`Signal=5`) or `application/dtmf` (`5`).
pub(super) fn info(request: &Request, tag: &str, ours: &Ours) -> (Response, Option<char>) {
    let text = std::str::from_utf8(&request.body).unwrap_or_default();
    let signal = match request.headers.content_type().as_deref() {
        Some("application/dtmf-relay") => {
            let pairs = text.lines().filter_map(|it| it.split_once('='));
            let mut signals = pairs.filter(|(name, _)| name.trim().eq_ignore_ascii_case("Signal"));
            signals.next().map(|(_, value)| value.trim())
        }
        Some("application/dtmf") => Some(text.trim()),
        _ if request.body.is_empty() => return (request.respond(200, tag, ours), None),
        _ => return (request.respond(415, tag, ours).with("Accept", "application/dtmf-relay, application/dtmf"), None),
    };
    match signal.and_then(key) {
        Some(key) => (request.respond(200, tag, ours), Some(key)),
        None => (request.respond(400, tag, ours), None),
    }
}

/// Some phones send the event codes of RFC 4733 for the keys that are no digits.
fn key(signal: &str) -> Option<char> {
    match signal {
        "10" => return Some('*'),
        "11" => return Some('#'),
        _ => {}
    }
    let mut letters = signal.chars();
    let key = letters.next()?.to_ascii_uppercase();
    (letters.next().is_none() && "0123456789*#ABCD".contains(key)).then_some(key)
}
