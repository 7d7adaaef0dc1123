//! Runs that wait for a worker: a queue for each customer, served in turn. A customer with a million runs that have work
//! delays another customer's run by one of them.

use crate::supervisor::lock;
use std::collections::{HashMap, VecDeque};
use std::sync::Mutex;
use tokio::sync::Notify;
use uuid::Uuid;

/// Bounded by the mailboxes: each run waits at most once.
#[derive(Default)]
pub struct WaitingRuns {
    queues: Mutex<Queues>,
    /// Notified when a run was added.
    added: Notify,
}

#[derive(Default)]
struct Queues {
    /// Never empty: an empty queue is removed.
    of: HashMap<Uuid, VecDeque<Uuid>>,
    /// The customers that have a queue, in the order of their turns.
    turns: VecDeque<Uuid>,
}

impl WaitingRuns {
    /// Adds a run to the queue of its customer.
    pub fn push(&self, customer_id: Uuid, run_id: Uuid) {
        let mut queues = lock(&self.queues);
        let queue = queues.of.entry(customer_id).or_default();
        queue.push_back(run_id);
        if queue.len() == 1 {
            queues.turns.push_back(customer_id);
        }
        drop(queues);
        self.added.notify_one();
    }

    /// Waits for a run, and takes the first one of the customer whose turn it is. Cancel safe. One task may call it at a
    /// time.
    pub async fn next(&self) -> Uuid {
        loop {
            if let Some(run_id) = lock(&self.queues).take() {
                return run_id;
            }
            self.added.notified().await;
        }
    }
}

impl Queues {
    fn take(&mut self) -> Option<Uuid> {
        let customer_id = self.turns.pop_front()?;
        let queue = self.of.get_mut(&customer_id)?;
        let run_id = queue.pop_front();
        match queue.is_empty() {
            true => drop(self.of.remove(&customer_id)),
            false => self.turns.push_back(customer_id),
        }
        run_id
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn customers_take_turns() {
        let (waiting, run) = (WaitingRuns::default(), Uuid::from_u128);
        let (busy, quiet) = (Uuid::from_u128(100), Uuid::from_u128(200));
        (1..=4).for_each(|number| waiting.push(busy, run(number)));
        assert_eq!(waiting.next().await, run(1));
        waiting.push(quiet, run(5));
        let mut order = Vec::new();
        for _ in 0..4 {
            order.push(waiting.next().await.as_u128());
        }
        assert_eq!(order, [2, 5, 3, 4]);
        assert!(lock(&waiting.queues).of.is_empty() && lock(&waiting.queues).turns.is_empty());
        waiting.push(quiet, run(6));
        assert_eq!(waiting.next().await, run(6), "after it was empty");
    }
}
