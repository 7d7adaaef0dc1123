//! An outgoing INVITE, as each hop of a route gets it.

use super::Core;
use crate::telephony::sip::digest::Credentials;
use crate::telephony::sip::message::{ALLOW, Headers, Method, NameAddr, Request};
use crate::telephony::sip::sdp::MEDIA_TYPE;
use crate::telephony::sip::uri::percent_encoded;

/// Headers of the flow's own, and their bytes in all. An INVITE stays below the 1,300 bytes that UDP carries unbroken.
const MAX_HEADERS: usize = 16;
const MAX_HEADER_BYTES: usize = 512;

/// One provider of a route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hop {
    /// The Request-URI: `sip:+15557654321@carrier.example`.
    pub uri: String,
    /// The host of our address in From.
    pub domain: String,
    pub credentials: Option<Credentials>,
}

/// Who we say that calls.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Identity {
    /// A number or a user name.
    pub user: String,
    pub name: String,
    /// Hide it from the called party: the provider alone learns it (RFC 3323, RFC 3325).
    pub hidden: bool,
}

/// Headers that a flow adds: `X-…` and User-to-User, in bounds. Anything else is ours to write.
pub(super) fn added(headers: &[(String, String)]) -> Headers {
    let mut added = Headers::default();
    let mut bytes = 0;
    for (name, value) in headers.iter().take(MAX_HEADERS) {
        let own = name.get(..2).is_some_and(|it| it.eq_ignore_ascii_case("x-"));
        let allowed = own || name.eq_ignore_ascii_case("User-to-User");
        let clean = crate::telephony::sip::message::is_token(name) && !value.contains(|it: char| it.is_control());
        bytes += name.len() + value.len();
        if allowed && clean && bytes <= MAX_HEADER_BYTES {
            added.push(name, value.as_str());
        }
    }
    added
}

/// Makes the INVITE of one attempt. Attempts on the same hop share Call-ID and tag; `number` is their CSeq.
pub(super) fn invite(
    core: &mut Core,
    hop: &Hop,
    who: &Identity,
    (call_id, tag): (&str, &str),
    number: u32,
    more: &Headers,
    offer: &str,
) -> Request {
    let branch = core.tokens.branch();
    let own = match who.user.is_empty() {
        true => format!("sip:{}", hop.domain),
        false => format!("sip:{}@{}", percent_encoded(&who.user), hop.domain),
    };
    let from = match who.hidden {
        true => NameAddr::written("Anonymous", "sip:anonymous@anonymous.invalid"),
        false => NameAddr::written(&who.name, &own),
    };
    let mut request = Request::begin(Method::Invite, &hop.uri, &core.ours, &branch)
        .with("From", format!("{from};tag={tag}"))
        .with("To", format!("<{}>", hop.uri))
        .with("Call-ID", call_id)
        .with("CSeq", format!("{number} {}", Method::Invite))
        .with("Contact", core.ours.contact())
        .with("Allow", ALLOW);
    if who.hidden {
        request = request.with("Privacy", "id").with("P-Asserted-Identity", NameAddr::written(&who.name, &own));
    }
    for (name, value) in more.iter() {
        request = request.with(name, value);
    }
    request.with_body(MEDIA_TYPE, offer.as_bytes().to_vec())
}
