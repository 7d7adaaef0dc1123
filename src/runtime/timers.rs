//! When runs want to be woken: a row of times and one task, however many sleep.

use crate::model::time::Time;
use std::collections::{BTreeSet, HashMap};
use std::sync::Mutex;
use tokio::sync::Notify;
use uuid::Uuid;

#[derive(Default)]
pub struct Timers {
    table: Mutex<Table>,
    /// Told when the earliest time has become an earlier one.
    earlier: Notify,
}

#[derive(Default)]
struct Table {
    order: BTreeSet<(Time, Uuid)>,
    due: HashMap<Uuid, Time>,
}

impl Timers {
    /// Sets the one time at which a run is woken; None forgets it.
    pub fn set(&self, run_id: Uuid, due: Option<Time>) {
        let mut table = self.table.lock().expect("no holder panics");
        let before = match due {
            Some(due) => table.due.insert(run_id, due),
            None => table.due.remove(&run_id),
        };
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

    /// Takes the runs whose time has come, at most `limit`, and says when the next one's comes.
    pub fn take_due(&self, now: Time, limit: usize) -> (Vec<Uuid>, Option<Time>) {
        let mut table = self.table.lock().expect("no holder panics");
        let mut due = Vec::new();
        while due.len() < limit
            && let Some((time, run_id)) = table.order.first().copied().filter(|(time, _)| *time <= now)
        {
            table.order.remove(&(time, run_id));
            table.due.remove(&run_id);
            due.push(run_id);
        }
        (due, table.order.first().map(|(time, _)| *time))
    }

    /// Returns when some time has been set that is earlier than all others.
    pub async fn earlier(&self) {
        self.earlier.notified().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_has_one_time_and_is_taken_once() {
        let timers = Timers::default();
        let (a, b) = (Uuid::from_u128(1), Uuid::from_u128(2));
        timers.set(a, Some(Time(50)));
        timers.set(b, Some(Time(20)));
        timers.set(a, Some(Time(10)));
        assert_eq!(timers.take_due(Time(5), 9), (vec![], Some(Time(10))));
        assert_eq!(timers.take_due(Time(15), 9), (vec![a], Some(Time(20))));
        timers.set(b, None);
        assert_eq!(timers.take_due(Time(99), 9), (vec![], None));
    }

    #[test]
    fn no_more_are_taken_than_asked_for() {
        let timers = Timers::default();
        (1..=3).for_each(|n| timers.set(Uuid::from_u128(n), Some(Time(n as i64))));
        let (due, next) = timers.take_due(Time(9), 2);
        assert_eq!((due.len(), next), (2, Some(Time(3))));
    }
}
