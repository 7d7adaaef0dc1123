//! Timers: when runs wake up. One table and one task, however many runs sleep.

use crate::model::time::Time;
use crate::supervisor::lock;
use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::Mutex;
use tokio::sync::Notify;
use uuid::Uuid;

#[derive(Default)]
pub struct Timers {
    table: Mutex<Table>,
    /// Notified when the earliest time has become earlier.
    earlier: Notify,
}

#[derive(Default)]
struct Table {
    order: BTreeSet<(Time, Uuid)>,
    /// With the customers of the runs; nil where it is not known.
    due: HashMap<Uuid, (Time, Uuid)>,
}

impl Timers {
    /// Sets the only time at which a run wakes up; None removes it.
    pub fn set(&self, run_id: Uuid, customer_id: Uuid, due: Option<Time>) {
        let mut table = lock(&self.table);
        let before = match due {
            Some(due) => table.due.insert(run_id, (due, customer_id)),
            None => table.due.remove(&run_id),
        };
        let before = before.map(|(time, _)| time);
        if before == due {
            return;
        }
        if let Some(before) = before {
            table.order.remove(&(before, run_id));
        }
        if let Some(due) = due {
            table.order.insert((due, run_id));
            if table.order.first() == Some(&(due, run_id)) {
                self.earlier.notify_one();
            }
        }
    }

    /// Takes the runs that are due, at most `limit`, and returns when the next one is due.
    pub fn take_due(&self, now: Time, limit: usize) -> (Due<'_>, Option<Time>) {
        let mut table = lock(&self.table);
        let mut due = VecDeque::new();
        while due.len() < limit
            && let Some((time, run_id)) = table.order.first().copied().filter(|(time, _)| *time <= now)
        {
            table.order.remove(&(time, run_id));
            let customer_id = table.due.remove(&run_id).map(|(_, customer_id)| customer_id);
            due.push_back((time, run_id, customer_id.unwrap_or_default()));
        }
        let next = table.order.first().map(|(time, _)| *time);
        drop(table);
        (Due { timers: self, left: due }, next)
    }

    /// Returns when a time was set that is earlier than all others.
    pub async fn earlier(&self) {
        self.earlier.notified().await;
    }
}

/// Runs that are due. Those that are not taken before this is dropped, for example by a panic, stay due.
pub struct Due<'a> {
    timers: &'a Timers,
    left: VecDeque<(Time, Uuid, Uuid)>,
}

impl Due<'_> {
    pub fn is_empty(&self) -> bool {
        self.left.is_empty()
    }
}

impl Iterator for Due<'_> {
    /// A run and its customer.
    type Item = (Uuid, Uuid);

    fn next(&mut self) -> Option<(Uuid, Uuid)> {
        self.left.pop_front().map(|(_, run_id, customer_id)| (run_id, customer_id))
    }
}

impl Drop for Due<'_> {
    fn drop(&mut self) {
        for (time, run_id, customer_id) in self.left.drain(..) {
            // One that was set in the meantime is newer.
            if !lock(&self.timers.table).due.contains_key(&run_id) {
                self.timers.set(run_id, customer_id, Some(time));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CUSTOMER: Uuid = Uuid::from_u128(99);

    fn take_due(timers: &Timers, now: Time) -> (Vec<Uuid>, Option<Time>) {
        let (due, next) = timers.take_due(now, 9);
        (due.map(|(run_id, _)| run_id).collect(), next)
    }

    #[test]
    fn due_runs_that_are_not_taken_stay_due() {
        let timers = Timers::default();
        (1..=3).for_each(|n| timers.set(Uuid::from_u128(n), CUSTOMER, Some(Time(n as i64))));
        let (mut due, _) = timers.take_due(Time(9), 9);
        assert_eq!(due.next(), Some((Uuid::from_u128(1), CUSTOMER)));
        timers.set(Uuid::from_u128(3), CUSTOMER, Some(Time(50)));
        drop(due);
        assert_eq!(take_due(&timers, Time(9)), (vec![Uuid::from_u128(2)], Some(Time(50))));
    }

    #[test]
    fn a_run_has_one_time_and_is_taken_once() {
        let timers = Timers::default();
        let (a, b) = (Uuid::from_u128(1), Uuid::from_u128(2));
        timers.set(a, CUSTOMER, Some(Time(50)));
        timers.set(b, CUSTOMER, Some(Time(20)));
        timers.set(a, CUSTOMER, Some(Time(10)));
        assert_eq!(take_due(&timers, Time(5)), (vec![], Some(Time(10))));
        assert_eq!(take_due(&timers, Time(15)), (vec![a], Some(Time(20))));
        timers.set(b, CUSTOMER, None);
        assert_eq!(take_due(&timers, Time(99)), (vec![], None));
    }

    #[test]
    fn no_more_are_taken_than_the_limit() {
        let timers = Timers::default();
        (1..=3).for_each(|n| timers.set(Uuid::from_u128(n), CUSTOMER, Some(Time(n as i64))));
        let (due, next) = timers.take_due(Time(9), 2);
        assert_eq!((due.count(), next), (2, Some(Time(3))));
    }
}
