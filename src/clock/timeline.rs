//! Wall time that runs evenly although the system's clock may be set.
//!
//! Wall time is the uptime plus an offset. The offset follows the system's clock: small differences at once or, backward,
//! at half the rate, so that time never stands still. A difference of more than [`STEP`] is followed only after the
//! system's clock has kept it for [`HOLD`]: a clock that is an hour ahead for one second leaves no trace. Then the
//! offset is set in one step, forward or backward.

use super::Uptime;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, PoisonError, TryLockError};

/// How often the system's clock is read, in microseconds.
const LOOK_EVERY: i64 = 10_000;
/// The largest difference that is followed without a doubt, in microseconds. Time services step a clock by less than
/// this while they run: chrony (`makestep 1.0 3`) only at its start, ntpd from 128 ms.
const STEP: i64 = 1_000_000;
/// How long the system's clock must keep a larger difference before it is followed, in microseconds. A node on
/// PostgreSQL compares its clock with the database's several times within this time (`cluster::skew`).
pub const HOLD: i64 = 5_000_000;
/// How far results may be ahead of the timeline in order to be later than all before them, in microseconds. After a
/// step backward they would otherwise stand still.
const LEAD: i64 = STEP;

/// The difference between wall time and uptime by the system's clock, in microseconds.
#[derive(Debug, Clone, Copy)]
pub struct Sample {
    pub offset: i64,
    /// False: the process was interrupted between reading both clocks, so that the offset may be wrong.
    pub sure: bool,
}

pub struct Timeline {
    /// The latest time that was returned.
    latest: AtomicI64,
    offset: AtomicI64,
    /// The uptime at which the system's clock is read again.
    next_look: AtomicI64,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    looked_at: i64,
    step: Option<Step>,
}

/// A large difference that is not followed yet.
#[derive(Clone, Copy)]
struct Step {
    offset: i64,
    since: i64,
}

/// What a look at the system's clock found, for the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// The system's clock differs by so many microseconds; it is not followed yet.
    Doubted(i64),
    /// Wall time was set by so many microseconds.
    Followed(i64),
    /// The system's clock was corrected before it was followed.
    Corrected,
}

impl Timeline {
    pub const fn new() -> Timeline {
        Timeline {
            latest: AtomicI64::new(i64::MIN),
            offset: AtomicI64::new(0),
            next_look: AtomicI64::new(i64::MIN),
            state: Mutex::new(State { looked_at: i64::MIN, step: None }),
        }
    }

    /// Returns the time: later than every earlier result, unless the clock was set back by more than [`STEP`].
    pub fn now(&self, uptime: Uptime, sample: impl Fn() -> Sample) -> (i64, Option<Change>) {
        let change = match uptime.0 >= self.next_look.load(Ordering::Acquire) {
            true => self.look(uptime.0, sample),
            false => None,
        };
        let time = uptime.0.saturating_add(self.offset.load(Ordering::Acquire));
        let later = |last: i64| Some(after(last, time));
        let last = self.latest.fetch_update(Ordering::Relaxed, Ordering::Relaxed, later).unwrap_or_else(|last| last);
        (after(last, time), change)
    }

    fn look(&self, uptime: i64, sample: impl Fn() -> Sample) -> Option<Change> {
        let mut state = match self.state.try_lock() {
            Ok(state) => state,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            // Somebody else is looking. Only the first look must be waited for.
            Err(TryLockError::WouldBlock) if self.next_look.load(Ordering::Acquire) != i64::MIN => return None,
            Err(TryLockError::WouldBlock) => self.state.lock().unwrap_or_else(PoisonError::into_inner),
        };
        let first = state.looked_at == i64::MIN;
        if !first && uptime < self.next_look.load(Ordering::Acquire) {
            return None;
        }
        let seen = sample();
        let mut change = None;
        if first {
            self.offset.store(seen.offset, Ordering::Release);
        } else if seen.sure {
            let offset = self.offset.load(Ordering::Acquire);
            let (next, found) = state.follow(offset, seen.offset, uptime);
            self.offset.store(next, Ordering::Release);
            change = found;
        }
        state.looked_at = uptime;
        self.next_look.store(uptime.saturating_add(LOOK_EVERY), Ordering::Release);
        change
    }
}

impl State {
    /// Returns the next offset.
    fn follow(&mut self, offset: i64, seen: i64, uptime: i64) -> (i64, Option<Change>) {
        let difference = seen.saturating_sub(offset);
        if difference.saturating_abs() <= STEP {
            let corrected = self.step.take().map(|_| Change::Corrected);
            let slewed = difference.max(-(uptime.saturating_sub(self.looked_at).max(0) / 2));
            return (offset + slewed, corrected);
        }
        match self.step {
            Some(step) if seen.saturating_sub(step.offset).saturating_abs() <= STEP => {
                if uptime.saturating_sub(step.since) < HOLD {
                    return (offset, None);
                }
                self.step = None;
                (seen, Some(Change::Followed(difference)))
            }
            _ => {
                self.step = Some(Step { offset: seen, since: uptime });
                (offset, Some(Change::Doubted(difference)))
            }
        }
    }
}

fn after(last: i64, time: i64) -> i64 {
    let later = last.saturating_add(1);
    if later.saturating_sub(time) > LEAD { time } else { time.max(later) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000_000;
    const HOUR: i64 = 3_600 * SECOND;
    /// Wall time at uptime 0.
    const START: i64 = 1_700_000_000 * SECOND;

    /// A timeline whose system clock is ahead by `ahead`.
    struct Machine {
        timeline: Timeline,
        uptime: i64,
        ahead: i64,
        last: i64,
    }

    impl Machine {
        fn new(ahead: i64) -> Machine {
            let mut machine = Machine { timeline: Timeline::new(), uptime: 0, ahead, last: i64::MIN };
            machine.error();
            machine
        }

        /// How far the timeline is ahead of true time.
        fn error(&mut self) -> i64 {
            let sample = || Sample { offset: START + self.ahead, sure: true };
            self.last = self.timeline.now(Uptime(self.uptime), sample).0;
            self.last - START - self.uptime
        }

        /// Lets time pass. Returns the least and the greatest error.
        fn pass(&mut self, micros: i64) -> (i64, i64) {
            let until = self.uptime + micros;
            let (mut least, mut greatest) = (i64::MAX, i64::MIN);
            while self.uptime < until {
                self.uptime += LOOK_EVERY;
                let (before, error) = (self.last, self.error());
                assert!(self.last > before || before - self.last > STEP, "it stands still");
                (least, greatest) = (least.min(error), greatest.max(error));
            }
            (least, greatest)
        }
    }

    #[test]
    fn a_jump_that_is_corrected_soon_leaves_no_trace() {
        for jump in [HOUR, -HOUR] {
            let mut machine = Machine::new(0);
            machine.pass(SECOND);
            machine.ahead = jump;
            assert_eq!(machine.pass(SECOND), (0, 0));
            machine.ahead = 0;
            assert_eq!(machine.pass(10 * SECOND), (0, 0));
            // Another one begins its hold anew.
            machine.ahead = jump;
            assert_eq!(machine.pass(HOLD - SECOND), (0, 0));
        }
    }

    #[test]
    fn a_jump_that_lasts_is_followed_and_time_goes_on() {
        for jump in [HOUR, -HOUR] {
            let mut machine = Machine::new(0);
            machine.ahead = jump;
            machine.pass(HOLD + LOOK_EVERY);
            assert_eq!(machine.pass(SECOND), (jump, jump));
            machine.ahead = 0;
            machine.pass(HOLD + LOOK_EVERY);
            assert_eq!(machine.pass(SECOND), (0, 0));
        }
    }

    #[test]
    fn a_small_difference_is_followed_without_a_stop() {
        let mut machine = Machine::new(0);
        machine.ahead = 900_000;
        assert_eq!(machine.pass(SECOND), (900_000, 900_000));
        machine.ahead = 0;
        machine.pass(SECOND);
        let error = machine.error();
        assert!((390_000..=410_000).contains(&error), "half a second of it is caught up: {error}");
        machine.pass(SECOND);
        assert_eq!(machine.pass(SECOND), (0, 0));
    }

    #[test]
    fn a_clock_that_is_wrong_from_the_start_is_mended() {
        let mut machine = Machine::new(30 * 24 * HOUR);
        machine.ahead = 0;
        machine.pass(HOLD + LOOK_EVERY);
        assert_eq!(machine.pass(SECOND), (0, 0));
    }

    #[test]
    fn a_reading_that_was_interrupted_is_not_believed() {
        let timeline = Timeline::new();
        let sample = |offset, sure| move || Sample { offset, sure };
        timeline.now(Uptime(0), sample(START, true));
        for at in 1..1_000 {
            let (time, change) = timeline.now(Uptime(at * SECOND), sample(START + HOUR, false));
            assert_eq!((time, change), (START + at * SECOND, None));
        }
    }

    #[test]
    fn times_differ() {
        let timeline = Timeline::new();
        let now = || timeline.now(Uptime(7), || Sample { offset: START, sure: true }).0;
        assert!(now() < now());
    }

    #[test]
    fn changes_are_reported_once() {
        let mut state = State { looked_at: 0, step: None };
        assert_eq!(state.follow(0, HOUR, 0), (0, Some(Change::Doubted(HOUR))));
        assert_eq!(state.follow(0, HOUR, SECOND), (0, None));
        assert_eq!(state.follow(0, 0, 2 * SECOND), (0, Some(Change::Corrected)));
        assert_eq!(state.follow(0, 0, 3 * SECOND), (0, None));
    }
}
