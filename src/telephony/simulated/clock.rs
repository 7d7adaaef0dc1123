//! The speed of simulated time, and the schedule of a phone.

use std::collections::BTreeMap;
use std::str::FromStr;
use std::time::Duration;
use tokio::time::Instant;

/// The upper limit for every duration; no call lasts longer.
const DAY: Duration = Duration::from_secs(24 * 3600);

/// The factor by which every duration is divided; 0 skips all waiting. Comes from the command line (`--sim-speed 10`).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Speed(f64);

impl Speed {
    pub const REAL: Speed = Speed(1.0);
    pub const AT_ONCE: Speed = Speed(0.0);

    /// Returns an error that says what was expected if the factor is out of range.
    pub fn new(times: f64) -> Result<Speed, String> {
        if times == 0.0 || (0.01..=1_000_000.0).contains(&times) {
            Ok(Speed(times))
        } else {
            Err(format!("expected 0 (at once) or a factor from 0.01 to 1000000, found {times}"))
        }
    }

    /// Converts a simulated duration to real time. Durations are capped at one day, so that adding one to the current
    /// time never overflows.
    fn scale(self, time: Duration) -> Duration {
        if self == Speed::AT_ONCE { Duration::ZERO } else { time.min(DAY).div_f64(self.0) }
    }
}

impl FromStr for Speed {
    type Err = String;

    fn from_str(text: &str) -> Result<Speed, String> {
        Speed::new(text.parse().map_err(|_| format!("expected a number, found `{text}`"))?)
    }
}

/// A point in time, on the real clock and in the life of a phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    pub at: Instant,
    /// Simulated time since the phone was created.
    pub simulated: Duration,
}

impl Moment {
    pub fn later(self, other: Moment) -> Moment {
        Moment { at: self.at.max(other.at), simulated: self.simulated.max(other.simulated) }
    }
}

/// Identifies one entry of a schedule. Entries due at the same moment are processed in the order in which they were
/// added, which keeps a call's signals in order at speed 0.
pub type Ticket = (Instant, u64);

/// The pending work of one phone. Small: a handful of entries, each bounded where it is added.
pub struct Schedule<T> {
    speed: Speed,
    made: u64,
    birth: Instant,
    /// At speed 0, the simulated time that everything due so far would have taken. It is the only clock in that mode.
    passed: Duration,
    due: BTreeMap<Ticket, Entry<T>>,
}

struct Entry<T> {
    /// The simulated time at which the entry is due.
    simulated: Duration,
    entry: T,
}

impl<T> Schedule<T> {
    pub fn new(speed: Speed) -> Schedule<T> {
        Schedule { speed, made: 0, birth: Instant::now(), passed: Duration::ZERO, due: BTreeMap::new() }
    }

    pub fn is_at_once(&self) -> bool {
        self.speed == Speed::AT_ONCE
    }

    pub fn now(&self) -> Moment {
        let at = Instant::now();
        let simulated = if self.is_at_once() { self.passed } else { (at - self.birth).mul_f64(self.speed.0) };
        Moment { at, simulated }
    }

    pub fn after(&mut self, time: Duration, entry: T) -> Ticket {
        self.after_moment(self.now(), time, entry).0
    }

    /// Schedules an entry `time` after another moment, which may be in the future. Also returns the moment when it is
    /// due.
    pub fn after_moment(&mut self, start: Moment, time: Duration, entry: T) -> (Ticket, Moment) {
        let moment =
            Moment { at: start.at + self.speed.scale(time), simulated: start.simulated.saturating_add(time.min(DAY)) };
        let ticket = (moment.at, self.made);
        self.made += 1;
        self.due.insert(ticket, Entry { simulated: moment.simulated, entry });
        (ticket, moment)
    }

    pub fn cancel(&mut self, ticket: Ticket) {
        self.due.remove(&ticket);
    }

    /// Removes the earliest entry if it is due, and returns the simulated time at which it was due.
    pub fn pop(&mut self) -> Option<(Duration, T)> {
        let first = self.due.first_entry()?;
        if first.key().0 > Instant::now() {
            return None;
        }
        let Entry { simulated, entry } = first.remove();
        self.pass(simulated);
        Some((simulated, entry))
    }

    /// At speed 0, advances simulated time to this point.
    pub fn pass(&mut self, simulated: Duration) {
        self.passed = self.passed.max(simulated);
    }

    /// Returns when the next entry is due.
    pub fn next(&self) -> Option<Instant> {
        self.due.first_key_value().map(|((at, _), _)| *at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn speed_divides_every_time() {
        for (speed, ms) in [(1.0, 200), (10.0, 20), (0.5, 400), (0.0, 0)] {
            let mut schedule = Schedule::new(Speed::new(speed).unwrap());
            schedule.after(Duration::from_millis(200), ());
            assert_eq!(schedule.next().unwrap() - Instant::now(), Duration::from_millis(ms), "{speed}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn at_once_keeps_the_order_in_which_things_were_asked_for() {
        let mut schedule = Schedule::new(Speed::AT_ONCE);
        schedule.after(Duration::from_secs(9), 'a');
        let b = schedule.after(Duration::from_secs(1), 'b');
        schedule.after(Duration::ZERO, 'c');
        schedule.after(Duration::from_secs(2), 'd');
        schedule.cancel(b);
        let order: String = std::iter::from_fn(|| schedule.pop()).map(|(_, entry)| entry).collect();
        assert_eq!(order, "acd");
    }

    #[tokio::test(start_paused = true)]
    async fn simulated_time_passes_at_every_speed() {
        for speed in [0.0, 0.5, 1.0, 1000.0] {
            let mut schedule = Schedule::new(Speed::new(speed).unwrap());
            schedule.after(Duration::from_secs(6), 'a');
            schedule.after(Duration::from_secs(4), 'b');
            while let Some(next) = schedule.next() {
                tokio::time::sleep_until(next).await;
                schedule.pop();
            }
            assert_eq!(schedule.now().simulated, Duration::from_secs(6), "{speed}");
            schedule.after(Duration::from_secs(1), 'c');
            assert_eq!(schedule.now().simulated, Duration::from_secs(6), "{speed}");
            tokio::time::sleep_until(schedule.next().unwrap()).await;
            assert_eq!(schedule.pop(), Some((Duration::from_secs(7), 'c')), "{speed}");
        }
    }

    #[test]
    fn speeds_that_make_no_sense_are_refused() {
        for text in ["-1", "NaN", "inf", "1e-300", "1e300", "", "fast"] {
            assert!(text.parse::<Speed>().is_err(), "{text}");
        }
        assert_eq!("10".parse(), Ok(Speed(10.0)));
        assert_eq!("-0".parse(), Ok(Speed::AT_ONCE));
    }

    #[tokio::test]
    async fn no_time_is_too_long_to_be_added_to_the_present() {
        let mut schedule = Schedule::new(Speed::new(0.01).unwrap());
        schedule.after(Duration::MAX, ());
        assert_eq!(schedule.pop(), None);
    }
}
