//! How fast simulated time goes, and what is due when.

use std::collections::BTreeMap;
use std::str::FromStr;
use std::time::Duration;
use tokio::time::Instant;

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

    /// How long something takes on our clock. Nothing takes more than a day: no call may last so long, and the sum with
    /// the present stays a time.
    fn scale(self, time: Duration) -> Duration {
        const DAY: Duration = Duration::from_secs(24 * 3600);
        if self == Speed::AT_ONCE { Duration::ZERO } else { time.min(DAY).div_f64(self.0) }
    }
}

impl FromStr for Speed {
    type Err = String;

    fn from_str(text: &str) -> Result<Speed, String> {
        Speed::new(text.parse().map_err(|_| format!("expected a number, found `{text}`"))?)
    }
}

/// Names one entry of an agenda. Entries due at the same moment come in the order in which they were made, which is what
/// keeps a call's signals in order when everything is at once.
pub type Ticket = (Instant, u64);

/// What one phone has still to do. Small: a handful of entries, each bounded where it is made.
pub struct Agenda<T> {
    speed: Speed,
    made: u64,
    due: BTreeMap<Ticket, T>,
}

impl<T> Agenda<T> {
    pub fn new(speed: Speed) -> Agenda<T> {
        Agenda { speed, made: 0, due: BTreeMap::new() }
    }

    pub fn after(&mut self, time: Duration, what: T) -> Ticket {
        self.after_instant(Instant::now(), time, what)
    }

    /// Due so long after another moment, which may lie ahead.
    pub fn after_instant(&mut self, start: Instant, time: Duration, what: T) -> Ticket {
        let ticket = (start + self.speed.scale(time), self.made);
        self.made += 1;
        self.due.insert(ticket, what);
        ticket
    }

    pub fn cancel(&mut self, ticket: Ticket) {
        self.due.remove(&ticket);
    }

    /// Takes the earliest entry whose time has come.
    pub fn pop(&mut self) -> Option<T> {
        let first = self.due.first_entry()?;
        (first.key().0 <= Instant::now()).then(|| first.remove())
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
            let mut agenda = Agenda::new(Speed::new(speed).unwrap());
            agenda.after(Duration::from_millis(200), ());
            assert_eq!(agenda.next().unwrap() - Instant::now(), Duration::from_millis(ms), "{speed}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn at_once_keeps_the_order_in_which_things_were_asked_for() {
        let mut agenda = Agenda::new(Speed::AT_ONCE);
        agenda.after(Duration::from_secs(9), 'a');
        let b = agenda.after(Duration::from_secs(1), 'b');
        agenda.after(Duration::ZERO, 'c');
        agenda.after(Duration::from_secs(2), 'd');
        agenda.cancel(b);
        let order: String = std::iter::from_fn(|| agenda.pop()).collect();
        assert_eq!(order, "acd");
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
        let mut agenda = Agenda::new(Speed::new(0.01).unwrap());
        agenda.after(Duration::MAX, ());
        assert_eq!(agenda.pop(), None);
    }
}
