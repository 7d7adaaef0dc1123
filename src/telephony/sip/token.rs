//! Tags, branches and Call-IDs: unguessable, and the same again for the same seed.

use sha2::{Digest, Sha256};

/// Eight letters that begin every branch of this process, by which the gate recognizes responses to our requests.
pub type Cookie = [u8; 4];

/// A source of tokens for one call. The seed is random (32 bytes) and never used twice.
#[derive(Debug, Clone)]
pub struct Tokens {
    seed: [u8; 32],
    count: u64,
    cookie: Cookie,
}

impl Tokens {
    pub fn new(seed: [u8; 32], cookie: Cookie) -> Tokens {
        Tokens { seed, count: 0, cookie }
    }

    /// Returns a tag of 64 bits (RFC 3261 19.3 asks for 32).
    pub fn tag(&mut self) -> String {
        let bytes = self.next();
        hex(bytes.get(..8).unwrap_or_default())
    }

    pub fn branch(&mut self) -> String {
        let bytes = self.next();
        format!("{}{}", branch_prefix(&self.cookie), hex(bytes.get(..12).unwrap_or_default()))
    }

    pub fn call_id(&mut self) -> String {
        let bytes = self.next();
        hex(bytes.get(..16).unwrap_or_default())
    }

    /// Returns a number below 2^31, for sequence numbers and session ids.
    pub fn number(&mut self) -> u32 {
        let [one, two, three, four, ..] = self.next();
        u32::from_be_bytes([one, two, three, four]) >> 1
    }

    fn next(&mut self) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(self.seed);
        hash.update(self.count.to_be_bytes());
        self.count += 1;
        hash.finalize().into()
    }
}

/// Returns what every branch of this process begins with.
pub fn branch_prefix(cookie: &Cookie) -> String {
    format!("z9hG4bK{}", hex(cookie))
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|it| format!("{it:02x}")).collect()
}
