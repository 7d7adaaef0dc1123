//! Whether the clock may decide what is old enough to delete.
//!
//! A clock that is a month ahead makes everything look old, and what was deleted does not come back when the clock is
//! corrected. So pruning notes the time of each round. A clock that has since gone further than the uptime, or back, is
//! not believed until it has kept the same time for a while. After a longer downtime, too, pruning begins that much later.

use crate::clock::Uptime;
use crate::model::time::Time;

/// By how much the clock may disagree with the last round, in microseconds.
const TOLERANCE: i64 = 3_600_000_000;
/// How long a clock that disagrees must keep its time until it is believed, in microseconds.
const PROBATION: i64 = 3_600_000_000;

#[derive(Debug, Default)]
pub struct Trust {
    /// The last round of this process, by both clocks.
    last: Option<(Time, Uptime)>,
    /// Since when the clock disagrees, and what it said then.
    doubted: Option<(Time, Uptime)>,
}

impl Trust {
    /// Returns whether the clock is believed. `noted` is when the last round was, by the clock of its process; None:
    /// there was none.
    pub fn believes(&mut self, now: Time, uptime: Uptime, noted: Option<Time>) -> bool {
        let agrees = |(time, at): (Time, Uptime)| {
            now.0.saturating_sub(time.0).saturating_sub(uptime.since(at)).saturating_abs() <= TOLERANCE
        };
        let known = match self.last {
            Some(last) => agrees(last),
            None => noted.is_none_or(|noted| agrees((noted, uptime))),
        };
        let kept = |since: (Time, Uptime)| agrees(since) && uptime.since(since.1) >= PROBATION;
        if known || self.doubted.is_some_and(kept) {
            (self.last, self.doubted) = (Some((now, uptime)), None);
            return true;
        }
        if !self.doubted.is_some_and(agrees) {
            self.doubted = Some((now, uptime));
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000_000;
    const MONTH: i64 = 30 * 24 * HOUR;
    const NOW: i64 = 600 * MONTH;

    /// What is believed of a clock that says `NOW` plus the second number at each uptime, both in hours.
    fn believed(noted: Option<i64>, seen: &[(i64, i64)]) -> Vec<bool> {
        let mut trust = Trust::default();
        let noted = noted.map(|hours| Time(NOW + hours * HOUR));
        let seen = seen.iter().map(|(at, time)| (Time(NOW + time * HOUR), Uptime(at * HOUR)));
        seen.map(|(time, uptime)| trust.believes(time, uptime, noted)).collect()
    }

    #[test]
    fn a_month_ahead_is_not_believed_at_once() {
        assert_eq!(believed(None, &[(0, 0), (2, 2), (3, 723), (4, 4)]), [true, true, false, true]);
        assert_eq!(believed(Some(0), &[(0, 720), (1, 1)]), [false, true]);
        assert_eq!(believed(Some(0), &[(0, 1), (9, 10)]), [true, true]);
    }

    #[test]
    fn a_month_behind_is_not_believed_at_once() {
        assert_eq!(believed(Some(0), &[(0, -720), (1, -719), (2, -718)]), [false, true, true]);
    }

    #[test]
    fn a_clock_that_keeps_its_time_is_believed() {
        assert_eq!(believed(None, &[(0, 0), (1, 721), (2, 722), (3, 723)]), [true, false, true, true]);
        // Each jump begins anew.
        assert_eq!(believed(None, &[(0, 0), (1, 721), (2, 9_000), (3, 721)]), [true, false, false, false]);
    }

    #[test]
    fn a_downtime_is_believed_after_an_hour() {
        assert_eq!(believed(Some(-300), &[(0, 0), (1, 1), (2, 2)]), [false, true, true]);
    }
}
