//! What happens to a datagram before the parser of the SIP crate sees it.
//!
//! Strangers get no answer at all. What a known peer sends passes a token bucket, and then the shape of the message is
//! checked: the crate's parser is lenient, and drops in silence what deserves an answer. A request that fails here is
//! answered without any state, at most ten times a second per source.

use super::message::scan::{MAX_DATAGRAM, Malformed, Scan, Start, status_code};
use super::message::{ALLOW, Method, NameAddr, Via, is_token, phrase, split_outside};
use super::token::{Cookie, branch_prefix, hex};
use sha2::{Digest, Sha256};
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroUsize;
use std::time::Instant;

/// Sources whose rate is remembered; the one that is silent longest is forgotten.
const MAX_SOURCES: NonZeroUsize = NonZeroUsize::MIN.saturating_add(65_535);
/// Stateless answers to one source in a second.
const ANSWERS_PER_SECOND: u32 = 10;
/// Bytes of a tag or a branch.
const MAX_TOKEN: usize = 256;
/// Vias that a stateless answer repeats.
const MAX_VIAS: usize = 16;
/// A keep-alive of RFC 5626 4.4.1; the transport answers it.
const PING: &[u8] = b"\r\n\r\n";

/// Why a datagram was dropped, as a label of a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dropped {
    /// From an address that is not allowed.
    Stranger,
    /// Faster than its peer may send.
    TooFast,
    NotSip,
    /// A request that cannot be answered, or a response.
    Malformed,
    /// Answered statelessly too often.
    Unanswered,
}

impl Dropped {
    pub const ALL: [Dropped; 5] =
        [Dropped::Stranger, Dropped::TooFast, Dropped::NotSip, Dropped::Malformed, Dropped::Unanswered];

    pub fn word(self) -> &'static str {
        match self {
            Dropped::Stranger => "stranger",
            Dropped::TooFast => "too_fast",
            Dropped::NotSip => "not_sip",
            Dropped::Malformed => "malformed",
            Dropped::Unanswered => "unanswered",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    Pass,
    /// It passes once `Content-Length: {length}` is inserted at this byte: without that header a body ends with the
    /// datagram (RFC 3261 18.3), but the crate takes it for empty.
    PassWithLength {
        at: usize,
        length: usize,
    },
    /// Send this back to the source and forget the request.
    Answer(Vec<u8>),
    Drop(Dropped),
}

/// The answer to a request whose shape is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub code: u16,
    /// The reason phrase names what is wrong.
    pub reason: String,
}

impl Refusal {
    fn of(code: u16) -> Refusal {
        Refusal { code, reason: phrase(code).to_owned() }
    }
}

impl From<Malformed> for Refusal {
    fn from(flaw: Malformed) -> Refusal {
        Refusal { code: 400, reason: format!("Bad {}", flaw.0) }
    }
}

/// Tokens of a source: they come back at a rate, up to twice the rate.
#[derive(Debug, Clone, Copy)]
struct Bucket {
    tokens: f64,
    answers: f64,
    at: Instant,
}

pub struct Gate {
    /// What the branches of our own requests begin with.
    ours: String,
    sources: lru::LruCache<IpAddr, Bucket>,
}

impl Gate {
    pub fn new(cookie: &Cookie) -> Gate {
        Gate { ours: branch_prefix(cookie), sources: lru::LruCache::new(MAX_SOURCES) }
    }

    /// Decides on a datagram. `rate` is how many datagrams a second the source may send; `None` for a stranger.
    pub fn admit(&mut self, bytes: &[u8], from: SocketAddr, rate: Option<u32>, now: Instant) -> Verdict {
        let Some(rate) = rate else {
            // An answer to a request of ours may come from another address of the peer. Nobody can guess our branches.
            let ours = bytes.starts_with(b"SIP/2.0 ") && answers_us(bytes, &self.ours);
            return if ours { Verdict::Pass } else { Verdict::Drop(Dropped::Stranger) };
        };
        let bucket = self.bucket(from.ip(), rate, now);
        if bucket.tokens < 1.0 {
            return Verdict::Drop(Dropped::TooFast);
        }
        bucket.tokens -= 1.0;
        if bytes == PING {
            return Verdict::Pass;
        }
        if bytes.len() > MAX_DATAGRAM || !bytes.first().is_some_and(u8::is_ascii_graphic) {
            return Verdict::Drop(Dropped::NotSip);
        }
        let Ok(scan) = Scan::of(bytes) else { return Verdict::Drop(Dropped::Malformed) };
        if let Start::Response { version, code, .. } = scan.start {
            let good = scan.flaw.is_none() && version == "SIP/2.0" && status_code(code).is_some();
            let good = good && check_response(&scan).is_ok();
            return if good { Verdict::Pass } else { Verdict::Drop(Dropped::Malformed) };
        }
        match check_request(&scan) {
            Ok(Some(_)) => Verdict::Pass,
            Ok(None) => Verdict::PassWithLength { at: scan.head + 2, length: scan.rest.len() },
            Err(refusal) => match answer(&scan, &refusal, from) {
                None => Verdict::Drop(Dropped::Malformed),
                Some(_) if bucket.answers < 1.0 => Verdict::Drop(Dropped::Unanswered),
                Some(bytes) => {
                    bucket.answers -= 1.0;
                    Verdict::Answer(bytes)
                }
            },
        }
    }

    fn bucket(&mut self, source: IpAddr, rate: u32, now: Instant) -> &mut Bucket {
        let (rate, answers) = (f64::from(rate), f64::from(ANSWERS_PER_SECOND));
        let full = Bucket { tokens: rate * 2.0, answers, at: now };
        let bucket = self.sources.get_or_insert_mut(source, || full);
        let passed = now.saturating_duration_since(bucket.at).as_secs_f64();
        bucket.tokens = (bucket.tokens + passed * rate).min(rate * 2.0);
        bucket.answers = (bucket.answers + passed * answers).min(answers);
        bucket.at = now;
        bucket
    }
}

/// Whether a response is well-formed and carries one Via, with a branch of this process.
fn answers_us(bytes: &[u8], ours: &str) -> bool {
    let Ok(scan) = Scan::of(bytes) else { return false };
    let good = matches!(scan.start, Start::Response { code, .. } if status_code(code).is_some());
    good && scan.flaw.is_none()
        && check_response(&scan).is_ok_and(|via| via.branch().is_some_and(|it| it.starts_with(ours)))
}

/// Checks the shape of a response. One that was forwarded to us by mistake has more than one Via (RFC 3261 8.1.3.3).
fn check_response(scan: &Scan<'_>) -> Result<Via, Malformed> {
    for name in ["From", "To"] {
        NameAddr::parse(scan.only(name)?).ok_or(Malformed(name))?;
    }
    scan.only("Call-ID")?;
    scan.cseq()?;
    scan.content_length()?;
    let via = scan.only("Via")?;
    match split_outside(via, b',').as_slice() {
        [via] => Via::parse(via).ok_or(Malformed("Via")),
        _ => Err(Malformed("Via")),
    }
}

/// Checks the shape of a request (RFC 3261 8.1.1, 8.2.1, 8.2.2.1) and returns the length of its body, if a header says it.
pub fn check_request(scan: &Scan<'_>) -> Result<Option<usize>, Refusal> {
    if let Start::Request { version, .. } = scan.start
        && version != "SIP/2.0"
    {
        return Err(Refusal::of(505));
    }
    scan.flaw.map_or(Ok(()), Err)?;
    let Start::Request { method, uri, .. } = scan.start else { return Err(Malformed("request line").into()) };
    let branch = top_via(scan)?.params.get("branch").unwrap_or_default().to_owned();
    if branch == "z9hG4bK" || !is_short_token(&branch) {
        return Err(Malformed("Via branch").into());
    }
    let call_id = scan.only("Call-ID")?;
    if call_id.is_empty() || call_id.len() > MAX_TOKEN || call_id.contains([' ', '\t']) {
        return Err(Malformed("Call-ID").into());
    }
    check_addresses(scan, method)?;
    let (_, named) = scan.cseq()?;
    if named != method {
        return Err(Malformed("CSeq").into());
    }
    let length = scan.content_length()?;
    if !["sip:", "sips:", "tel:"].iter().any(|it| uri.get(..it.len()).is_some_and(|uri| uri.eq_ignore_ascii_case(it))) {
        return Err(Refusal::of(416));
    }
    match Method::parse(method) {
        None => Err(Refusal::of(405)),
        Some(_) => Ok(length),
    }
}

/// Checks From, To and Contact. An INVITE has one Contact, the address of its dialog (RFC 3261 8.1.1.8).
fn check_addresses(scan: &Scan<'_>, method: &str) -> Result<(), Malformed> {
    for name in ["From", "To"] {
        let address = NameAddr::parse(scan.only(name)?).ok_or(Malformed(name))?;
        let tag = address.params.get("tag");
        let fine = if name == "From" { tag.is_some_and(is_short_token) } else { tag.is_none_or(is_short_token) };
        fine.then_some(()).ok_or(Malformed(name))?;
    }
    let contacts: Vec<&str> = scan.all("Contact").flat_map(|it| split_outside(it, b',')).collect();
    let valid = contacts.iter().all(|it| *it == "*" || NameAddr::parse(it).is_some());
    let valid = valid && (method != "INVITE" || contacts.len() == 1 && contacts != ["*"]);
    valid.then_some(()).ok_or(Malformed("Contact"))
}

fn is_short_token(text: &str) -> bool {
    is_token(text) && text.len() <= MAX_TOKEN
}

fn top_via(scan: &Scan<'_>) -> Result<Via, Malformed> {
    let first = scan.all("Via").next().ok_or(Malformed("Via"))?;
    split_outside(first, b',').first().copied().and_then(Via::parse).ok_or(Malformed("Via"))
}

/// Returns a stateless answer (RFC 3261 8.2.7), unless the request is an ACK or has no Via to answer to. The tag is the
/// same for every copy of a request.
fn answer(scan: &Scan<'_>, refusal: &Refusal, from: SocketAddr) -> Option<Vec<u8>> {
    top_via(scan).ok()?;
    if matches!(scan.start, Start::Request { method: "ACK", .. }) {
        return None;
    }
    let mut text = format!("SIP/2.0 {} {}\r\n", refusal.code, refusal.reason);
    for (at, via) in scan.all("Via").flat_map(|it| split_outside(it, b',')).take(MAX_VIAS).enumerate() {
        match at {
            0 => text.push_str(&format!("Via: {}\r\n", received(via, from))),
            _ => text.push_str(&format!("Via: {via}\r\n")),
        }
    }
    for name in ["From", "To", "Call-ID", "CSeq"] {
        let Ok(value) = scan.only(name) else { continue };
        let untagged = name == "To" && NameAddr::parse(value).is_some_and(|it| it.tag().is_none());
        let tag = if untagged { format!(";tag={}", tag_of(scan)) } else { String::new() };
        text.push_str(&format!("{name}: {value}{tag}\r\n"));
    }
    if refusal.code == 405 {
        text.push_str(&format!("Allow: {ALLOW}\r\n"));
    }
    text.push_str("Content-Length: 0\r\n\r\n");
    Some(text.into_bytes())
}

/// Returns a Via with the address that the request came from (RFC 3261 18.2.1, RFC 3581 4).
fn received(via: &str, from: SocketAddr) -> String {
    let asked = Via::parse(via).is_some_and(|it| it.params.get("rport") == Some(""));
    let via = match asked {
        true => via.replacen(";rport", &format!(";rport={}", from.port()), 1),
        false => via.to_owned(),
    };
    format!("{via};received={}", from.ip())
}

fn tag_of(scan: &Scan<'_>) -> String {
    let mut hash = Sha256::new();
    for name in ["Via", "Call-ID", "From"] {
        hash.update(scan.all(name).next().unwrap_or_default());
    }
    hex(hash.finalize().get(..8).unwrap_or_default())
}

#[cfg(test)]
#[path = "gate_tests.rs"]
mod tests;
