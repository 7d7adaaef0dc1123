//! How fast simulated time goes, and what is due when.

use std::collections::BTreeMap;
use std::str::FromStr;
use std::time::Duration;
use tokio::time::Instant;

/// No call may last so long.
const DAY: Duration = Duration::from_secs(24 * 3600);

/// Every time is divided by this; 0 is at once. Read from the command line (`--sim-speed 10`).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Speed(f64);

impl Speed {
    pub const REAL: Speed = Speed(1.0);
    pub const AT_ONCE: Speed = Speed(0.0);

    /// `Err` says what was expected.
    pub fn new(times: f64) -> Result<Speed, String> {
        if times == 0.0 || (0.01..=1_000_000.0).contains(&times) {
            Ok(Speed(times))
        } else {
            Err(format!("expected 0 (at once) or a factor from 0.01 to 1000000, found {times}"))
        }
    }

    /// How long something takes on our clock. Nothing takes more than a day, so the sum with the present
    /// stays a time.
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

/// A moment on our clock and in the life of a phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    pub at: Instant,
    /// Simulated time since the phone was made.
    pub simulated: Duration,
}

impl Moment {
    pub fn later(self, other: Moment) -> Moment {
        Moment { at: self.at.max(other.at), simulated: self.simulated.max(other.simulated) }
    }
}

/// Names one entry of an agenda. Entries due at the same moment come in the order in which they were made, which is what
/// keeps a call's signals in order when everything is at once.
pub type Ticket = (Instant, u64);

/// What one phone has still to do. Small: a handful of entries, each bounded where it is made.
pub struct Schedule<T> {
    speed: Speed,
    made: u64,
    birth: Instant,
    /// At once, the simulated time that all that fell due so far would have taken: the only clock there is then.
    passed: Duration,
    due: BTreeMap<Ticket, Entry<T>>,
}

struct Entry<T> {
    /// When it is due in simulated time.
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

    /// Due so long after another moment, which may lie ahead; that moment is told too.
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

    /// Takes the earliest entry whose time has come, and says when that was in simulated time.
    pub fn pop(&mut self) -> Option<(Duration, T)> {
        let first = self.due.first_entry()?;
        if first.key().0 > Instant::now() {
            return None;
        }
        let Entry { simulated, entry } = first.remove();
        self.pass(simulated);
        Some((simulated, entry))
    }

    /// At once, lets simulated time go on to here.
    pub fn pass(&mut self, simulated: Duration) {
        self.passed = self.passed.max(simulated);
    }

    /// When the next entry is due.
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
