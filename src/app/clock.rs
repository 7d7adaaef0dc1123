//! Time and randomness: with this file and `main`, nothing else in the crate asks the system for either.

use crate::model::time::Time;
use std::sync::atomic::{AtomicI64, Ordering};
use uuid::Uuid;

/// The server's clock. Every reading is later than the one before, so that what happens later is never shown as earlier
/// and no two steps happen at the same moment.
#[derive(Debug, Default)]
pub struct Clock {
    latest: AtomicI64,
}

impl Clock {
    pub fn now(&self) -> Time {
        let now = chrono::Utc::now().timestamp_micros();
        let later = |latest: i64| Some(now.max(latest + 1));
        let before = self.latest.fetch_update(Ordering::Relaxed, Ordering::Relaxed, later);
        Time(now.max(before.unwrap_or_default() + 1))
    }

    /// Randomness for the ids of one step.
    pub fn seed(&self) -> u128 {
        rand::random()
    }

    /// What nobody can guess.
    pub fn secret(&self) -> [u8; 32] {
        rand::random()
    }

    /// A new time-ordered id (UUIDv7).
    pub fn new_id(&self) -> Uuid {
        crate::engine::Ids::new(self.now(), self.seed()).next_id()
    }
}
