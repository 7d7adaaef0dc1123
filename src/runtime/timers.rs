//! Timers: when runs wake up. One table and one task, however many runs sleep.
//!
//! A run stores its due times as wall time. A timer counts by the uptime: a due time is converted once, when it is first
//! set, so that a sleep lasts its length however often the clock is set meanwhile.

use crate::clock::{Clock, Uptime};
use crate::model::time::Time;
use crate::supervisor::lock;
use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::Mutex;
use tokio::sync::Notify;
use uuid::Uuid;

#[derive(Default)]
pub struct Timers {
    table: Mutex<Table>,
    /// Notified when the earliest timer has become earlier.
    earlier: Notify,
}

#[derive(Default)]
struct Table {
    /// The runs that were not taken, each by its earliest timer.
    order: BTreeSet<(Uptime, Uuid)>,
    runs: HashMap<Uuid, Timer>,
}

/// The due times of one run. Most have one.
#[expect(clippy::box_collection, reason = "a million runs may sleep: 8 bytes for each, where a vector takes 24")]
struct Timer {
    first: DueTime,
    rest: Option<Box<Vec<DueTime>>>,
    /// The run is not in the order: it was taken, and its step sets the timer again.
    taken: bool,
}

/// A due time, and the uptime at which it passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct DueTime {
    due: Time,
    at: Uptime,
}

/// A time by both clocks, for the conversion of due times.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    pub wall: Time,
    pub uptime: Uptime,
}

impl Moment {
    pub fn now() -> Moment {
        Moment { wall: Clock::now(), uptime: Uptime::now() }
    }

    /// Returns the present for a run with this latest event. If that is ahead of the clock, the run's time counts: what
    /// the run waits for lasts no longer than from that event to its due time.
    pub fn of_run(last: Time) -> Moment {
        let now = Moment::now();
        Moment { wall: now.wall.max(last), ..now }
    }

    fn uptime_of(self, due: Time) -> Uptime {
        self.uptime.plus(due.0.saturating_sub(self.wall.0).max(0))
    }
}

impl Timer {
    fn all(&self) -> impl Iterator<Item = DueTime> {
        std::iter::once(self.first).chain(self.rest.iter().flat_map(|rest| rest.iter().copied()))
    }

    fn earliest(&self) -> Uptime {
        self.all().map(|it| it.at).min().unwrap_or(Uptime::NEVER)
    }

    /// Returns whether the timer waits for exactly these due times.
    fn is_for(&self, dues: impl Iterator<Item = Time>) -> bool {
        !self.taken && self.all().map(|it| it.due).eq(dues)
    }

    /// Returns the timer for these due times: those that are known pass when they would have passed. None if there are
    /// none.
    fn next(before: Option<&Timer>, dues: impl Iterator<Item = Time>, now: Moment) -> Option<Timer> {
        let known = |due: Time| before.and_then(|timer| timer.all().find(|it| it.due == due));
        let mut dues = dues.map(|due| known(due).unwrap_or_else(|| DueTime { due, at: now.uptime_of(due) }));
        let first = dues.next()?;
        let rest: Vec<DueTime> = dues.collect();
        let rest = (!rest.is_empty()).then(|| Box::new(rest));
        Some(Timer { first, rest, taken: false })
    }
}

impl Timers {
    /// Sets all due times of a run; none removes it. `now` converts those that are new.
    pub fn set(&self, run_id: Uuid, dues: impl Iterator<Item = Time> + Clone, now: impl FnOnce() -> Moment) {
        let mut table = lock(&self.table);
        let unchanged = match table.runs.get(&run_id) {
            Some(timer) => timer.is_for(dues.clone()),
            None => dues.clone().next().is_none(),
        };
        if unchanged {
            return;
        }
        let before = table.runs.remove(&run_id);
        if let Some(before) = &before {
            table.order.remove(&(before.earliest(), run_id));
        }
        self.replace(&mut table, run_id, Timer::next(before.as_ref(), dues, now()));
    }

    fn replace(&self, table: &mut Table, run_id: Uuid, timer: Option<Timer>) {
        let Some(timer) = timer else { return };
        let at = timer.earliest();
        table.runs.insert(run_id, timer);
        table.order.insert((at, run_id));
        if table.order.first() == Some(&(at, run_id)) {
            self.earlier.notify_one();
        }
    }

    /// Takes the runs that are due, at most `limit`, and returns when the next one is due. The step of a run that was
    /// taken sets its timer again.
    pub fn take_due(&self, now: Uptime, limit: usize) -> (Due<'_>, Option<Uptime>) {
        let mut table = lock(&self.table);
        let mut due = VecDeque::new();
        while due.len() < limit
            && let Some((at, run_id)) = table.order.first().copied().filter(|(at, _)| *at <= now)
        {
            table.order.remove(&(at, run_id));
            if let Some(timer) = table.runs.get_mut(&run_id) {
                timer.taken = true;
            }
            due.push_back(run_id);
        }
        let next = table.order.first().map(|(at, _)| *at);
        drop(table);
        (Due { timers: self, left: due }, next)
    }

    /// Forgets a run.
    pub fn remove(&self, run_id: Uuid) {
        self.set(run_id, std::iter::empty(), Moment::now);
    }

    /// Returns the due times of a run that have passed.
    pub fn passed(&self, run_id: Uuid, now: Uptime) -> Vec<Time> {
        let table = lock(&self.table);
        let timer = table.runs.get(&run_id);
        timer.iter().flat_map(|timer| timer.all()).filter(|it| it.at <= now).map(|it| it.due).collect()
    }

    /// Returns when a time was set that is earlier than all others.
    pub async fn earlier(&self) {
        self.earlier.notified().await;
    }
}

/// Runs that are due. Those that are not taken before this is dropped, for example by a panic, stay due.
pub struct Due<'a> {
    timers: &'a Timers,
    left: VecDeque<Uuid>,
}

impl Due<'_> {
    pub fn is_empty(&self) -> bool {
        self.left.is_empty()
    }
}

impl Iterator for Due<'_> {
    type Item = Uuid;

    fn next(&mut self) -> Option<Uuid> {
        self.left.pop_front()
    }
}

impl Drop for Due<'_> {
    fn drop(&mut self) {
        for run_id in self.left.drain(..) {
            let mut table = lock(&self.timers.table);
            // One that was set in the meantime is newer, and in the order.
            if let Some(mut timer) = table.runs.remove(&run_id) {
                timer.taken = false;
                self.timers.replace(&mut table, run_id, Some(timer));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EARLY: Moment = Moment { wall: Time(0), uptime: Uptime(0) };

    fn set(timers: &Timers, run: u128, dues: &[i64], now: Moment) {
        timers.set(Uuid::from_u128(run), dues.iter().map(|due| Time(*due)), || now);
    }

    fn take_due(timers: &Timers, now: i64) -> (Vec<u128>, Option<i64>) {
        let (due, next) = timers.take_due(Uptime(now), 9);
        (due.map(|id| id.as_u128()).collect(), next.map(|at| at.0))
    }

    fn passed(timers: &Timers, run: u128, now: i64) -> Vec<i64> {
        timers.passed(Uuid::from_u128(run), Uptime(now)).into_iter().map(|due| due.0).collect()
    }

    #[test]
    fn due_runs_that_are_not_taken_stay_due() {
        let timers = Timers::default();
        (1..=3).for_each(|n| set(&timers, n, &[n as i64], EARLY));
        let (mut due, _) = timers.take_due(Uptime(9), 9);
        assert_eq!(due.next(), Some(Uuid::from_u128(1)));
        set(&timers, 3, &[50], EARLY);
        drop(due);
        assert_eq!(take_due(&timers, 9), (vec![2], Some(50)));
    }

    #[test]
    fn a_run_is_taken_once_until_it_is_set_again() {
        let timers = Timers::default();
        set(&timers, 1, &[50], EARLY);
        set(&timers, 2, &[20], EARLY);
        set(&timers, 1, &[10], EARLY);
        assert_eq!(take_due(&timers, 5), (vec![], Some(10)));
        assert_eq!(take_due(&timers, 15), (vec![1], Some(20)));
        assert_eq!((take_due(&timers, 15), passed(&timers, 1, 15)), ((vec![], Some(20)), vec![10]));
        set(&timers, 1, &[10], EARLY);
        assert_eq!(take_due(&timers, 15), (vec![1], Some(20)));
        set(&timers, 2, &[], EARLY);
        assert_eq!(take_due(&timers, 99), (vec![], None));
    }

    #[test]
    fn no_more_are_taken_than_the_limit() {
        let timers = Timers::default();
        (1..=3).for_each(|n| set(&timers, n, &[n as i64], EARLY));
        let (due, next) = timers.take_due(Uptime(9), 2);
        assert_eq!((due.count(), next), (2, Some(Uptime(3))));
    }

    #[test]
    fn a_timer_keeps_its_length_when_the_clock_is_set() {
        let timers = Timers::default();
        set(&timers, 1, &[100, 40], EARLY);
        // The clock is set forward by 1,000, then back by 5,000. The run has a step each time.
        set(&timers, 1, &[100, 1_080], Moment { wall: Time(1_030), uptime: Uptime(30) });
        set(&timers, 1, &[100, 1_080, -3_900], Moment { wall: Time(-3_960), uptime: Uptime(40) });
        assert_eq!(take_due(&timers, 79), (vec![], Some(80)));
        assert_eq!((take_due(&timers, 99), passed(&timers, 1, 99)), ((vec![1], None), vec![1_080]));
        set(&timers, 1, &[100, -3_900], Moment { wall: Time(-3_901), uptime: Uptime(99) });
        assert_eq!((take_due(&timers, 100), passed(&timers, 1, 100)), ((vec![1], None), vec![100, -3_900]));
        assert_eq!(passed(&timers, 2, 100), Vec::<i64>::new());
    }

    #[test]
    fn a_due_time_that_has_passed_is_due_at_once() {
        let timers = Timers::default();
        set(&timers, 1, &[i64::MIN], Moment { wall: Time(i64::MAX), uptime: Uptime(7) });
        assert_eq!(take_due(&timers, 7), (vec![1], None));
        set(&timers, 1, &[i64::MAX], Moment { wall: Time(i64::MIN), uptime: Uptime(7) });
        assert_eq!(take_due(&timers, 7), (vec![], Some(i64::MAX)));
    }
}
