//! Verifies that an inbound message comes from the provider, which shares a secret with us.
//!
//! The generic provider signs what it sends: `X-Ringdown-Timestamp` is the number of seconds since 1970, and
//! `X-Ringdown-Signature` is the hex of HMAC-SHA256 over `timestamp.body`.

use hmac::{Hmac, Mac};
use http::HeaderName;
use sha2::Sha256;

pub const TIMESTAMP: HeaderName = HeaderName::from_static("x-ringdown-timestamp");
pub const SIGNATURE: HeaderName = HeaderName::from_static("x-ringdown-signature");

/// The maximum difference between the provider's clock and ours, in either direction. After this time a captured
/// message cannot be replayed; before, the id of the message keeps a replay from counting twice.
pub const MAX_AGE_SECONDS: u64 = 300;

/// Why a message is rejected. Only for the log: the sender receives nothing that helps to guess.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Forged {
    #[error("the timestamp is not a number of seconds")]
    Timestamp,
    #[error("the timestamp differs from the server's clock by more than five minutes")]
    Stale,
    #[error("the signature does not match the body and the timestamp")]
    Signature,
}

/// Checks a body against its two headers; `now` is in seconds since 1970.
pub fn verify(secret: &[u8], timestamp: &str, signature: &str, body: &[u8], now: i64) -> Result<(), Forged> {
    // The signature is checked first, so that only holders of the secret learn anything about our clock.
    let claimed = unhex(signature).ok_or(Forged::Signature)?;
    mac(secret, timestamp, body).verify_slice(&claimed).map_err(|_| Forged::Signature)?;
    let at: i64 = timestamp.parse().map_err(|_| Forged::Timestamp)?;
    match at.abs_diff(now) <= MAX_AGE_SECONDS {
        true => Ok(()),
        false => Err(Forged::Stale),
    }
}

/// Returns the value of the signature header, as a provider computes it.
pub fn sign(secret: &[u8], timestamp: &str, body: &[u8]) -> String {
    let bytes = mac(secret, timestamp, body).finalize().into_bytes();
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn mac(secret: &[u8], timestamp: &str, body: &[u8]) -> Hmac<Sha256> {
    assert!(!secret.is_empty(), "the secret must not be empty");
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("HMAC takes keys of any length");
    mac.update(timestamp.as_bytes());
    mac.update(b".");
    mac.update(body);
    mac
}

/// Decodes 64 hex digits into 32 bytes.
fn unhex(text: &str) -> Option<[u8; 32]> {
    let digits: Vec<u8> = text.chars().map(|c| Some(c.to_digit(16)? as u8)).collect::<Option<_>>()?;
    let bytes: Vec<u8> = digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect();
    match digits.len() {
        64 => bytes.try_into().ok(),
        _ => None,
    }
}
