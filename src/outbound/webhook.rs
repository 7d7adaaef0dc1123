//! Webhooks according to the Standard Webhooks specification (1.0.0): signatures that a receiver can verify, and
//! retries.
//!
//! Everything here is a pure function. The caller provides the queue, the clock and the random numbers.

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

/// A secret shared with a receiver: 24 to 64 random bytes, written as `whsec_` and base64. It is never logged.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Vec<u8>);

const PREFIX: &str = "whsec_";

impl Secret {
    /// Creates a secret from random bytes.
    pub fn new(random: [u8; 32]) -> Secret {
        Secret(random.to_vec())
    }

    /// Parses all secrets of a customer. Returns `None` if there is none, or if one is malformed.
    pub fn all(secrets: &[String]) -> Option<Vec<Secret>> {
        let secrets: Vec<Secret> = secrets.iter().map(|secret| secret.parse()).collect::<Result<_, _>>().ok()?;
        (!secrets.is_empty()).then_some(secrets)
    }

    /// Returns the secret as it is shown to the customer, for use with a library of the specification.
    pub fn reveal(&self) -> String {
        format!("{PREFIX}{}", STANDARD.encode(&self.0))
    }
}

impl FromStr for Secret {
    type Err = &'static str;

    /// Parses a secret with its prefix or, like the specification's libraries, without.
    fn from_str(text: &str) -> Result<Secret, &'static str> {
        let text = text.strip_prefix(PREFIX).unwrap_or(text);
        let bytes = STANDARD.decode(text).map_err(|_| "expected whsec_ followed by base64")?;
        match bytes.len() {
            24..=64 => Ok(Secret(bytes)),
            _ => Err("expected 24 to 64 bytes"),
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Returns the three headers of a delivery. `id` is the same for every attempt; `attempted_at` is the time of this
/// attempt in seconds since 1970, so that receivers can reject replays. Every secret signs: during a rotation receivers
/// may know either of them.
pub fn headers(secrets: &[Secret], id: &str, attempted_at: i64, body: &[u8]) -> Vec<(HeaderName, String)> {
    assert!(!secrets.is_empty(), "a webhook must be signed");
    // The signed parts are joined by dots, so a dot in the id would make the signed text ambiguous.
    assert!(!id.is_empty() && id.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'.'), "the id {id:?}");
    let signed: Vec<_> = secrets.iter().map(|secret| sign(secret, id, attempted_at, body)).collect();
    vec![(ID, id.to_owned()), (TIMESTAMP, attempted_at.to_string()), (SIGNATURE, signed.join(" "))]
}

/// Returns `v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`.
fn sign(secret: &Secret, id: &str, timestamp: i64, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(&secret.0).expect("HMAC takes keys of any length");
    mac.update(format!("{id}.{timestamp}.").as_bytes());
    mac.update(body);
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}

/// The result of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The receiver accepted it.
    Delivered,
    /// The delivery is retried, not before `after` if the receiver gave a time. `throttle`: the receiver is overloaded,
    /// so other deliveries to it should wait too.
    Retry { after: Option<Duration>, throttle: bool },
    /// No retry can succeed.
    Dead,
    /// The receiver wants no more webhooks (410): this delivery is dead, and its destination should be disabled.
    Gone,
}

/// Judges an attempt; `now` is in seconds since 1970.
///
/// As the specification advises, only 2xx is success, only 410 is final, and everything else may be different next
/// time: a 404 while the receiver is being deployed, a 401 while its secret is being rotated, a redirect while its URL
/// is being moved. That includes an address refused by the guard: the operator may allow it, or its name may later
/// resolve to a public address. Only a URL or a header that cannot be sent at all is final.
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

/// The longest wait that a receiver may request. A receiver that requests a week gets the next attempt today.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(4 * 3_600);

/// Parses the Retry-After header (RFC 9110 §10.2.3): seconds, or a date. Anything else is ignored.
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

/// How long a delivery is retried, from its first attempt.
pub const LIFETIME: Duration = Duration::from_secs(24 * 3_600);

/// The wait after the first attempt, and the longest wait. Each is three times the previous one: 5 s, 15 s, 45 s, 2
/// min, 7 min, 20 min, 1 h, then every 2 h. About 19 attempts in total.
const FIRST: Duration = Duration::from_secs(5);
const FACTOR: u32 = 3;
const LONGEST: Duration = Duration::from_secs(2 * 3_600);

/// Returns how long to wait after attempt number `attempts` (the first is 1) of a delivery whose first attempt was
/// `age` ago. `None` means that it is dead. `after` is the wait that the receiver requested. `seed` is any value that
/// differs between deliveries: it makes the wait up to a quarter longer or shorter, so that deliveries that failed
/// together are not retried together.
///
/// The last attempt is made when the lifetime ends, even if its wait would have been longer.
pub fn next_attempt(attempts: u32, age: Duration, after: Option<Duration>, seed: u128) -> Option<Duration> {
    assert!(attempts > 0, "attempts are counted from 1");
    let left = LIFETIME.checked_sub(age).filter(|left| !left.is_zero())?;
    let growth = FACTOR.saturating_pow(attempts - 1);
    let wait = FIRST.saturating_mul(growth).min(LONGEST);
    let spread = 750 + u32::try_from(scatter(seed, attempts) % 501).expect("less than 501");
    let wait = wait * spread / 1_000;
    Some(wait.max(after.unwrap_or_default()).min(left))
}

/// Returns a pseudo-random number that depends only on the seed and the attempt (the finalizer of SplitMix64).
fn scatter(seed: u128, attempt: u32) -> u64 {
    let folded = (seed as u64) ^ ((seed >> 64) as u64);
    let mut z = folded.wrapping_add(u64::from(attempt).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
