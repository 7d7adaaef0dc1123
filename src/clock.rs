//! The time and the dice. Nothing else in the library asks the machine for either, so that everything else can be replayed.

use crate::model::time::Time;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Instant;

/// The latest time that was told.
static LATEST: AtomicI64 = AtomicI64::new(i64::MIN);
/// When this process first asked, by the machine's clock and by one that nobody sets.
static BEGAN: LazyLock<(i64, Instant)> = LazyLock::new(|| (chrono::Utc::now().timestamp_micros(), Instant::now()));

pub struct Clock;

impl Clock {
    /// The time, a microsecond later than the last one told at least: what happens later in this process carries a later
    /// time, also when the machine's clock is set back, and no two steps happen at the same moment. A clock that is set back
    /// does not hold up what sleeps: time goes on as fast as it did.
    pub fn now() -> Time {
        let (began, since) = *BEGAN;
        let passed = i64::try_from(since.elapsed().as_micros()).unwrap_or(i64::MAX);
        let machine = chrono::Utc::now().timestamp_micros().max(began.saturating_add(passed));
        Time(latest(&LATEST, machine))
    }

    /// The same, and later than another process's time: clocks of machines differ, what happens to a run goes one way.
    pub fn after(time: Option<Time>) -> Time {
        let Some(time) = time else { return Clock::now() };
        LATEST.fetch_max(time.0, Ordering::Relaxed);
        Clock::now()
    }

    /// What a step of the engine makes its ids from.
    pub fn seed() -> u128 {
        rand::random()
    }

    /// What nobody can guess.
    pub fn secret() -> [u8; 32] {
        rand::random()
    }

    /// A new id that sorts after the ids of the milliseconds before (UUIDv7).
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
