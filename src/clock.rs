//! Time and randomness. No other part of the library reads the system clock or the system's randomness, so that
//! everything else can be replayed.

use crate::model::time::Time;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Instant;

/// The latest time that was returned.
static LATEST: AtomicI64 = AtomicI64::new(i64::MIN);
/// When this process first read the time, by the system clock and by a monotonic clock.
static BEGAN: LazyLock<(i64, Instant)> = LazyLock::new(|| (chrono::Utc::now().timestamp_micros(), Instant::now()));

pub struct Clock;

impl Clock {
    /// Returns the current time, at least a microsecond later than the previous result: later events of this process
    /// carry later times even when the system clock is set back, and no two steps share a time. A clock that is set
    /// back does not delay timers: time continues at the same rate.
    pub fn now() -> Time {
        let (began, since) = *BEGAN;
        let passed = i64::try_from(since.elapsed().as_micros()).unwrap_or(i64::MAX);
        let machine = chrono::Utc::now().timestamp_micros().max(began.saturating_add(passed));
        Time(latest(&LATEST, machine))
    }

    /// Returns the current time, later than a time from another process: the clocks of machines differ, but the times
    /// of a run must only increase.
    pub fn after(time: Option<Time>) -> Time {
        let Some(time) = time else { return Clock::now() };
        LATEST.fetch_max(time.0, Ordering::Relaxed);
        Clock::now()
    }

    /// Returns the seed from which a step of the engine derives its ids.
    pub fn seed() -> u128 {
        rand::random()
    }

    /// Returns an unguessable secret.
    pub fn secret() -> [u8; 32] {
        rand::random()
    }

    /// Returns a new id that sorts after the ids of earlier milliseconds (UUIDv7).
    pub fn id(now: Time) -> uuid::Uuid {
        let millis = u64::try_from(now.0 / 1_000).unwrap_or_default();
        let random: [u8; 10] = rand::random();
        uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
    }
}

fn latest(last: &AtomicI64, machine: i64) -> i64 {
    let later = |last: i64| Some(machine.max(last.saturating_add(1)));
    let before = last.fetch_update(Ordering::Relaxed, Ordering::Relaxed, later).unwrap_or_else(|last| last);
    machine.max(before.saturating_add(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_always_goes_on() {
        let last = AtomicI64::new(i64::MIN);
        let seen = [5, 7, 3, 6, 8].map(|machine| latest(&last, machine));
        assert_eq!(seen, [5, 7, 8, 9, 10]);
        assert!(Clock::now() < Clock::now());
    }

    #[test]
    fn ids_carry_their_time() {
        let (one, two) = (Clock::id(Time(1_700_000_000_000_000)), Clock::id(Time(1_700_000_000_001_000)));
        assert!(one < two && one.get_version_num() == 7);
        assert_ne!(Clock::seed(), Clock::seed());
    }
}
