//! Time and randomness: with this file and `main`, nothing else in the crate asks the system for either.

use crate::model::time::Time;
use std::sync::atomic::{AtomicI64, Ordering};
use uuid::Uuid;

/// The server's clock. It never goes back within a process, so that what happens later is never shown as earlier.
#[derive(Debug, Default)]
pub struct Clock {
    latest: AtomicI64,
}

impl Clock {
    pub fn now(&self) -> Time {
        let now = chrono::Utc::now().timestamp_micros();
        Time(self.latest.fetch_max(now, Ordering::Relaxed).max(now))
    }

    /// Randomness for the ids of one step.
    pub fn seed(&self) -> u128 {
        rand::random()
    }

    /// A new time-ordered id (UUIDv7).
    pub fn new_id(&self) -> Uuid {
        crate::engine::Ids::new(self.now(), self.seed()).next_id()
    }
}
