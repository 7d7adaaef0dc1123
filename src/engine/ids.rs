//! The ids that a step creates: ordered by time like all ids, and identical when the step is replayed.

use crate::model::time::Time;
use uuid::{Builder, Uuid};

/// A sequence of ids from one seed.
#[derive(Debug, Clone)]
pub struct Ids {
    now: Time,
    state: u128,
}

impl Ids {
    /// Starts a sequence. `seed` must differ from step to step; callers use the system's randomness.
    pub fn new(now: Time, seed: u128) -> Ids {
        Ids { now, state: seed }
    }

    /// Returns the next UUIDv7 (RFC 9562 §5.7).
    pub fn next_id(&mut self) -> Uuid {
        let high = self.next_word().to_be_bytes();
        let low = self.next_word().to_be_bytes();
        let mut random = [0; 10];
        random[..8].copy_from_slice(&high);
        random[8..].copy_from_slice(&low[..2]);
        Builder::from_unix_timestamp_millis((self.now.0 / 1_000).max(0) as u64, &random).into_uuid()
    }

    /// SplitMix over both halves of the seed: cheap, and good enough because ids are not secret.
    fn next_word(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
        let mut word = (self.state >> 64) as u64 ^ self.state as u64;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ (word >> 31)
    }
}
