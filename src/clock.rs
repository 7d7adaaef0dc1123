//! Time and randomness. No other part of the library reads the system clock or the system's randomness, so that
//! everything else can be replayed.
//!
//! There are two kinds of time. [`Time`] is wall time: it is stored, shown and compared with other machines' times, and
//! the system's clock may be set at any moment. [`Uptime`] cannot be set: timers and leases count by it.

mod timeline;
mod uptime;

pub use timeline::HOLD;
pub use uptime::Uptime;

use crate::model::time::Time;
use crate::telemetry::Throttle;
use timeline::{Change, Sample, Timeline};

static TIMELINE: Timeline = Timeline::new();
/// A stored time that is ahead of this machine's clock by more than this is logged, in microseconds.
const AHEAD: i64 = 1_000_000;
/// The system's clock and the uptime are read within this time, in microseconds, or once more.
const TOGETHER: i64 = 200;
const READINGS: u32 = 5;

pub struct Clock;

impl Clock {
    /// Returns the current time, at least a microsecond later than the previous result. It follows the system's clock;
    /// how it does when that clock is set is described in `clock/timeline.rs`. After a step backward results repeat, so
    /// whoever needs increasing times for one object uses [`Clock::after`].
    pub fn now() -> Time {
        let (now, change) = TIMELINE.now(Uptime::now(), sample);
        if let Some(change) = change {
            report(change);
        }
        Time(now)
    }

    /// Returns the current time, or the least time after `last` if that is later. The times of a run only increase, also
    /// when its last one comes from a machine whose clock was ahead. Such a time changes nothing but the run's own
    /// times: this process's clock is not moved by what is stored.
    pub fn after(last: Time) -> Time {
        static AHEAD_OF_US: Throttle = Throttle::new();
        let now = Clock::now();
        if last.0.saturating_sub(now.0) > AHEAD
            && let Some(suppressed) = AHEAD_OF_US.pass()
        {
            let seconds = last.0.saturating_sub(now.0) as f64 / 1e6;
            tracing::warn!(
                seconds,
                suppressed,
                "a stored time is ahead of this machine's clock; was a clock wrong, or is this one?"
            );
        }
        now.max(Time(last.0.saturating_add(1)))
    }

    /// Returns what the system's clock says, even if [`Clock::now`] does not follow it yet.
    pub fn system() -> Time {
        Time(chrono::Utc::now().timestamp_micros())
    }

    /// Returns the seed from which a step of the engine derives its ids.
    pub fn seed() -> u128 {
        rand::random()
    }

    /// Returns an unguessable secret.
    pub fn secret() -> [u8; 32] {
        rand::random()
    }

    /// Returns a number that is used once: 24 random bytes do not repeat.
    pub fn nonce() -> [u8; 24] {
        rand::random()
    }

    /// Returns a new id that sorts after the ids of earlier milliseconds (UUIDv7).
    pub fn id(now: Time) -> uuid::Uuid {
        let millis = u64::try_from(now.0 / 1_000).unwrap_or_default();
        let random: [u8; 10] = rand::random();
        uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
    }
}

/// Compares the system's clock with the uptime.
fn sample() -> Sample {
    let mut last = Sample { offset: 0, sure: false };
    for _ in 0..READINGS {
        let before = Uptime::now();
        let system = Clock::system();
        let took = Uptime::now().since(before);
        last = Sample { offset: system.0.saturating_sub(before.0 + took / 2), sure: took <= TOGETHER };
        if last.sure {
            break;
        }
    }
    last
}

fn report(change: Change) {
    static DOUBTED: Throttle = Throttle::new();
    match change {
        Change::Doubted(by) => {
            let Some(suppressed) = DOUBTED.pass() else { return };
            let (seconds, hold) = (by as f64 / 1e6, HOLD / 1_000_000);
            tracing::warn!(
                seconds,
                suppressed,
                "the system's clock jumped; it is followed if it stays so for {hold} seconds"
            );
        }
        Change::Followed(by) => {
            let seconds = by as f64 / 1e6;
            tracing::warn!(
                seconds,
                "the system's clock was set, and this server's time with it; timers are not affected"
            );
        }
        Change::Corrected => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_always_goes_on() {
        assert!(Clock::now() < Clock::now());
        let off = Clock::now().0 - Clock::system().0;
        assert!(off.abs() < AHEAD, "{off}");
    }

    #[test]
    fn a_stored_time_does_not_move_the_clock() {
        let ahead = Clock::now().plus_ms(3_600_000);
        assert_eq!(Clock::after(ahead), Time(ahead.0 + 1));
        assert!(Clock::now() < ahead);
        let past = Clock::now();
        assert!(Clock::after(past) > past);
    }

    #[test]
    fn ids_carry_their_time() {
        let (one, two) = (Clock::id(Time(1_700_000_000_000_000)), Clock::id(Time(1_700_000_000_001_000)));
        assert!(one < two && one.get_version_num() == 7);
        assert_ne!(Clock::seed(), Clock::seed());
    }
}
