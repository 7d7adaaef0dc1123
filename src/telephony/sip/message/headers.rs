//! The headers of a message, in order, under their long names.

use super::syntax::{is_token, split_outside, unquoted};
use super::{Method, NameAddr, Via, shortened};
use std::borrow::Cow;

/// Long names, and the short forms of those that have one.
const NAMES: &[(&str, &str)] = &[
    ("Via", "v"),
    ("From", "f"),
    ("To", "t"),
    ("Call-ID", "i"),
    ("CSeq", ""),
    ("Contact", "m"),
    ("Content-Length", "l"),
    ("Content-Type", "c"),
    ("Content-Encoding", "e"),
    ("Max-Forwards", ""),
    ("Route", ""),
    ("Record-Route", ""),
    ("Allow", ""),
    ("Supported", "k"),
    ("Require", ""),
    ("Proxy-Require", ""),
    ("Unsupported", ""),
    ("User-Agent", ""),
    ("Server", ""),
    ("Subject", "s"),
    ("Refer-To", "r"),
    ("Referred-By", "b"),
    ("Event", "o"),
    ("Reject-Contact", "j"),
    ("Request-Disposition", "d"),
    ("Accept-Contact", "a"),
    ("Allow-Events", "u"),
    ("Session-Expires", "x"),
    ("Identity", "y"),
    ("Accept", ""),
    ("Authorization", ""),
    ("Proxy-Authorization", ""),
    ("WWW-Authenticate", ""),
    ("Proxy-Authenticate", ""),
    ("Reason", ""),
    ("Retry-After", ""),
    ("Warning", ""),
    ("Privacy", ""),
    ("P-Asserted-Identity", ""),
    ("Diversion", ""),
    ("History-Info", ""),
    ("Min-SE", ""),
    ("RSeq", ""),
    ("RAck", ""),
    ("Timestamp", ""),
    ("Expires", ""),
];

/// Returns the long name of a header; an unknown name as it is.
pub(super) fn long_name(name: &str) -> Cow<'static, str> {
    let known = NAMES.iter().find(|(long, short)| {
        long.eq_ignore_ascii_case(name) || (!short.is_empty() && short.eq_ignore_ascii_case(name))
    });
    known.map_or_else(|| Cow::Owned(name.to_owned()), |(long, _)| Cow::Borrowed(*long))
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Headers(Vec<(Cow<'static, str>, String)>);

impl Headers {
    /// Adds a header at the end. A short form gets its long name. Control characters become spaces: no value can
    /// begin another line, wherever it comes from.
    pub fn push(&mut self, name: &str, value: impl Into<String>) {
        let mut value = value.into();
        if value.contains(char::is_control) {
            value = value.replace(char::is_control, " ");
        }
        self.0.push((long_name(name), value));
    }

    pub fn remove(&mut self, name: &str) {
        self.0.retain(|(it, _)| !it.eq_ignore_ascii_case(name));
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_ref(), value.as_str()))
    }

    /// Returns the first header of that (long) name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// Returns the headers of that (long) name, in order.
    pub fn all<'a, 'b>(&'a self, name: &'b str) -> impl Iterator<Item = &'a str> + use<'a, 'b> {
        self.iter().filter(move |(it, _)| it.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// Returns the elements of a list header, which may be spread over several headers.
    pub fn elements(&self, name: &str) -> Vec<&str> {
        self.all(name).flat_map(|value| split_outside(value, b',')).take(64).collect()
    }

    pub fn from(&self) -> Option<NameAddr> {
        NameAddr::parse(self.get("From")?)
    }

    pub fn to(&self) -> Option<NameAddr> {
        NameAddr::parse(self.get("To")?)
    }

    pub fn call_id(&self) -> Option<&str> {
        self.get("Call-ID")
    }

    /// Returns the number and the method of CSeq. Numbers are below 2^31 (RFC 3261 8.1.1.5).
    pub fn cseq(&self) -> Option<(u32, Method)> {
        let (number, method) = self.get("CSeq")?.split_once([' ', '\t'])?;
        Some((cseq_number(number)?, Method::parse(method.trim())?))
    }

    /// Returns the hop that sent the message.
    pub fn top_via(&self) -> Option<Via> {
        self.elements("Via").first().copied().and_then(Via::parse)
    }

    /// Returns the address of the first Contact.
    pub fn contact(&self) -> Option<NameAddr> {
        self.elements("Contact").first().copied().and_then(NameAddr::parse)
    }

    /// Returns the URIs of Record-Route with their parameters, in the order of the message.
    pub fn record_routes(&self) -> Vec<String> {
        self.elements("Record-Route").into_iter().filter_map(|it| Some(NameAddr::parse(it)?.uri)).collect()
    }

    /// `None`: absent or not a number; RFC 3261 16.3 lets an absent one pass.
    pub fn max_forwards(&self) -> Option<u32> {
        self.get("Max-Forwards")?.trim().parse().ok()
    }

    /// Returns the media type of the body in lower case, without parameters: `application/sdp`.
    pub fn content_type(&self) -> Option<String> {
        let value = self.get("Content-Type")?;
        let media = value.split(';').next().unwrap_or_default();
        let (kind, name) = media.split_once('/')?;
        Some(format!("{}/{}", kind.trim(), name.trim()).to_ascii_lowercase())
    }

    /// Returns the seconds of Retry-After; what stands behind the number is not for us.
    pub fn retry_after(&self) -> Option<u32> {
        let value = self.get("Retry-After")?.trim();
        let end = value.find(|it: char| !it.is_ascii_digit()).unwrap_or(value.len());
        value.get(..end)?.parse().ok()
    }

    /// Returns the text of the first Reason header (RFC 3326), at most 200 bytes.
    pub fn reason_text(&self) -> Option<String> {
        let reasons = self.elements("Reason");
        let text = super::Params::parse(reasons.first()?).get("text").map(unquoted)?;
        (!text.is_empty()).then(|| shortened(&text))
    }

    /// Returns the option tags of a header that are none of those given.
    pub fn options_beyond(&self, name: &str, known: &[&str]) -> Vec<String> {
        let unknown = |it: &&str| is_token(it) && !known.iter().any(|known| known.eq_ignore_ascii_case(it));
        self.elements(name).into_iter().filter(unknown).map(str::to_owned).collect()
    }
}

/// Reads a sequence number: digits, below 2^31.
pub(super) fn cseq_number(text: &str) -> Option<u32> {
    let digits = !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit());
    text.parse().ok().filter(|it| digits && *it < 1 << 31)
}
