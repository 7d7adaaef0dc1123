//! When a thread ticks: an absolute schedule, so that a late tick does not make the later ones late.

use crate::telephony::media::worker::{PHASES, TICK};
use std::ops::Range;
use std::time::{Duration, Instant};

/// Ticks that are made up for after a stall: three frames. What is older is dropped, since a burst would only fill the
/// buffers of the remote parties.
const MAX_LATE: u64 = 3 * PHASES;

pub struct Schedule {
    epoch: Instant,
    next: u64,
}

/// The ticks that are due.
#[derive(Debug, PartialEq, Eq)]
pub struct Due {
    pub ticks: Range<u64>,
    /// How many before them are dropped.
    pub dropped: u64,
    /// How late the first one is that was next.
    pub late: Duration,
}

impl Schedule {
    /// Ticks are counted from `epoch`, and begin after `now`.
    pub fn new(epoch: Instant, now: Instant) -> Schedule {
        let mut schedule = Schedule { epoch, next: 0 };
        schedule.next = schedule.last(now) + 1;
        schedule
    }

    /// Returns the ticks that are due, each once.
    pub fn due(&mut self, now: Instant) -> Option<Due> {
        let end = self.last(now) + 1;
        if end <= self.next {
            return None;
        }
        let late = now.saturating_duration_since(self.time_of(self.next));
        let first = end.saturating_sub(MAX_LATE).max(self.next);
        let dropped = first - self.next;
        self.next = end;
        Some(Due { ticks: first..end, dropped, late })
    }

    /// The time until the next tick.
    pub fn rest(&self, now: Instant) -> Duration {
        self.time_of(self.next).saturating_duration_since(now)
    }

    /// The last tick whose time has come.
    fn last(&self, now: Instant) -> u64 {
        (now.saturating_duration_since(self.epoch).as_micros() / TICK.as_micros()) as u64
    }

    fn time_of(&self, tick: u64) -> Instant {
        self.epoch + Duration::from_micros(tick * TICK.as_micros() as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tick_comes_once_and_after_a_stall_three_frames_are_made_up_for() {
        let epoch = Instant::now();
        let at = |us| epoch + Duration::from_micros(us);
        let mut schedule = Schedule::new(epoch, at(3_000));
        assert_eq!(schedule.rest(at(3_000)), Duration::from_millis(2));
        for (now_us, expected) in [
            (4_999, None),
            (5_000, Some((1..2, 0, 0))),
            (5_001, None),
            // 1 ms late, and the next one is due at 15 ms all the same.
            (11_000, Some((2..3, 0, 1_000))),
            (14_999, None),
            (15_000, Some((3..4, 0, 0))),
            (30_000, Some((4..7, 0, 10_000))),
            // A second later: the last twelve.
            (1_030_000, Some((195..207, 188, 995_000))),
            (1_035_000, Some((207..208, 0, 0))),
        ] {
            let expected =
                expected.map(|(ticks, dropped, late_us)| Due { ticks, dropped, late: Duration::from_micros(late_us) });
            assert_eq!(schedule.due(at(now_us)), expected, "{now_us} us");
        }
        assert_eq!(schedule.rest(at(1_036_000)), Duration::from_millis(4));
        assert_eq!(schedule.rest(at(9_000_000)), Duration::ZERO);
    }
}
