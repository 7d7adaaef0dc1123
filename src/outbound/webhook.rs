//! Webhooks as the Standard Webhooks specification (1.0.0) has them: what a receiver can verify, and when to try again.
//!
//! Everything here is a pure function. The queue, the clock and the dice are `app`'s.

use super::http::{Failure, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use http::HeaderName;
use sha2::Sha256;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

pub const ID: HeaderName = HeaderName::from_static("webhook-id");
pub const TIMESTAMP: HeaderName = HeaderName::from_static("webhook-timestamp");
pub const SIGNATURE: HeaderName = HeaderName::from_static("webhook-signature");

/// What a receiver shares with us: 24 to 64 random bytes, written as `whsec_` and base64. It is never in a log.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Vec<u8>);

const PREFIX: &str = "whsec_";

impl Secret {
    /// A new secret of bytes that nobody can guess.
    pub fn new(random: [u8; 32]) -> Secret {
        Secret(random.to_vec())
    }

    /// As it is shown to the customer, who gives it to a library of the specification.
    pub fn reveal(&self) -> String {
        format!("{PREFIX}{}", STANDARD.encode(&self.0))
    }
}

impl FromStr for Secret {
    type Err = &'static str;

    /// Reads a secret with its prefix or, like the specification's libraries, without.
    fn from_str(text: &str) -> Result<Secret, &'static str> {
        let text = text.strip_prefix(PREFIX).unwrap_or(text);
        let bytes = STANDARD.decode(text).map_err(|_| "a secret is whsec_ and base64")?;
        match bytes.len() {
            24..=64 => Ok(Secret(bytes)),
            _ => Err("a secret has 24 to 64 bytes"),
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// The three headers of a delivery. `id` stays the same however often it is tried; `attempted_at` is the time of this
/// attempt in seconds since 1970, so that receivers can refuse what is replayed. Every secret signs: while one is being
/// replaced, receivers may know either.
pub fn headers(secrets: &[Secret], id: &str, attempted_at: i64, body: &[u8]) -> Vec<(HeaderName, String)> {
    assert!(!secrets.is_empty(), "a webhook that nobody can verify");
    // The parts are joined by dots, so a dot in the id would let one delivery be read as another.
    assert!(!id.is_empty() && id.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'.'), "the id {id:?}");
    let signed: Vec<_> = secrets.iter().map(|secret| sign(secret, id, attempted_at, body)).collect();
    vec![(ID, id.to_owned()), (TIMESTAMP, attempted_at.to_string()), (SIGNATURE, signed.join(" "))]
}

/// `v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`.
fn sign(secret: &Secret, id: &str, timestamp: i64, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(&secret.0).expect("HMAC takes keys of any length");
    mac.update(format!("{id}.{timestamp}.").as_bytes());
    mac.update(body);
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}

/// What an attempt has come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The receiver has it.
    Delivered,
    /// It is tried again, not before `after` if the receiver named a time. `throttle`: the receiver has too much to do,
    /// so what else waits for it should wait too.
    Retry { after: Option<Duration>, throttle: bool },
    /// No attempt will ever go better.
    Dead,
    /// The receiver wants no more of any webhook (410): this one is dead, and its destination should be switched off.
    Gone,
}

/// Judges an attempt, at the time `now` in seconds since 1970.
///
/// As the specification advises, 2xx alone is success, 410 alone ends it, and everything else may be different next time:
/// a 404 while the receiver is being deployed, a 401 while its secret is being replaced, a redirect while its URL is being
/// moved. Also an address behind the guard: the operator may let it pass, or its name may come to lead outside. Only a URL
/// or a header that cannot be sent at all stays what it is.
pub fn judge(outcome: &Result<Response, Failure>, now: i64) -> Verdict {
    match outcome {
        Ok(answer) => match answer.status {
            200..=299 => Verdict::Delivered,
            410 => Verdict::Gone,
            status => {
                let after = answer.retry_after.as_deref().and_then(|header| retry_after(header, now));
                Verdict::Retry { after, throttle: after.is_some() || matches!(status, 429 | 502 | 503 | 504) }
            }
        },
        Err(Failure::BadUrl(_) | Failure::BadHeader(_)) => Verdict::Dead,
        Err(_) => Verdict::Retry { after: None, throttle: false },
    }
}

/// Longest wait that a receiver may ask for. One that asks for a week is asked again today.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(4 * 3_600);

/// The header Retry-After (RFC 9110 §10.2.3): seconds, or a date. What is neither is as if it were not there.
fn retry_after(header: &str, now: i64) -> Option<Duration> {
    let header = header.trim();
    let seconds = match header.bytes().all(|byte| byte.is_ascii_digit()) && !header.is_empty() {
        true => header.parse().unwrap_or(u64::MAX),
        false => {
            let date = chrono::DateTime::parse_from_rfc2822(header).ok()?;
            u64::try_from(date.timestamp().saturating_sub(now)).unwrap_or_default()
        }
    };
    Some(Duration::from_secs(seconds).min(LONGEST_RETRY_AFTER))
}

/// How long a delivery is tried, from its first attempt.
pub const LIFETIME: Duration = Duration::from_secs(24 * 3_600);

/// The wait after the first attempt, and the longest one. Each is three times the one before: 5 s, 15 s, 45 s, 2 min, 7 min,
/// 20 min, 1 h, then every 2 h. About 19 attempts in all.
const FIRST: Duration = Duration::from_secs(5);
const FACTOR: u32 = 3;
const LONGEST: Duration = Duration::from_secs(2 * 3_600);

/// How long to wait after attempt number `attempts` (the first is 1) of a delivery whose first attempt was `age` ago. None:
/// it is dead. `after` is what the receiver asked for, and `seed` anything that differs between deliveries: the wait is up
/// to a quarter longer or shorter by it, so that what failed together does not come again together.
///
/// The last attempt is made when the lifetime ends, even if its wait would have been longer.
pub fn next_attempt(attempts: u32, age: Duration, after: Option<Duration>, seed: u128) -> Option<Duration> {
    assert!(attempts > 0, "a wait before the first attempt");
    let left = LIFETIME.checked_sub(age).filter(|left| !left.is_zero())?;
    let growth = FACTOR.saturating_pow(attempts - 1);
    let wait = FIRST.saturating_mul(growth).min(LONGEST);
    let spread = 750 + u32::try_from(scatter(seed, attempts) % 501).expect("less than 501");
    let wait = wait * spread / 1_000;
    Some(wait.max(after.unwrap_or_default()).min(left))
}

/// A number that looks random, the same for the same seed and attempt (the finalizer of SplitMix64).
fn scatter(seed: u128, attempt: u32) -> u64 {
    let folded = (seed as u64) ^ ((seed >> 64) as u64);
    let mut z = folded.wrapping_add(u64::from(attempt).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
