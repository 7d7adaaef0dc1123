//! Which partitions are worked on next: the customers take turns.
//!
//! A look at the outbox sees the first partitions of every customer, so the cost depends on the number of customers. A
//! customer with more partitions than that is looked at in slices, one per look, with a pause between them.

use super::Deliverer;
use crate::clock::Clock;
use crate::error::Result;
use crate::store::partitions::{group, group_end};
use crate::store::{Micros, PartitionScan};
use crate::supervisor::{Task, lock};
use lru::LruCache;
use std::collections::{HashMap, HashSet};
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Partitions that are worked on at the same time: healthy ones, and those that failed or are slow.
const HEALTHY: usize = 64;
const SUSPECTS: usize = 64;
/// The most of them of one customer, and the most of its partitions that are worked on with and without a permit.
const HEALTHY_OF_CUSTOMER: usize = 32;
const SUSPECTS_OF_CUSTOMER: usize = 16;
const BUSY_OF_CUSTOMER: usize = 256;
/// Partitions whose last attempt failed that are remembered.
const REMEMBERED: NonZeroUsize = NonZeroUsize::new(65_536).expect("it is not zero");
/// Partitions of each customer that every look sees.
const FIRST: u32 = 16;
/// Partitions that are checked in one read.
const PER_READ: u32 = 512;
/// The pause between two slices of a customer with many partitions.
pub(super) const PAUSE: Duration = Duration::from_millis(20);

/// The partitions that are worked on.
pub(super) struct Partitions {
    busy: HashSet<i64>,
    suspect: LruCache<i64, ()>,
    used: Used,
    by_customer: HashMap<i32, Used>,
    /// The partition that was started last: the next round continues with the customer after it.
    last: i64,
}

/// How much of the limits is used.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Used {
    busy: usize,
    healthy: usize,
    suspects: usize,
}

/// What became of an attempt to start work on a partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Begun {
    Now {
        suspect: bool,
    },
    /// It is being worked on.
    Before,
    /// There is no permit. The next round comes when a partition is done.
    Later,
}

impl Default for Partitions {
    fn default() -> Partitions {
        Partitions {
            busy: HashSet::new(),
            suspect: LruCache::new(REMEMBERED),
            used: Used::default(),
            by_customer: HashMap::new(),
            last: i64::MIN,
        }
    }
}

impl Used {
    fn permits(&mut self, suspect: bool) -> &mut usize {
        if suspect { &mut self.suspects } else { &mut self.healthy }
    }
}

impl Partitions {
    pub(super) fn busy(&self) -> usize {
        self.busy.len()
    }

    /// Counts a partition as being worked on, if the limits permit it.
    pub(super) fn begin(&mut self, partition: i64) -> Begun {
        if self.busy.contains(&partition) {
            return Begun::Before;
        }
        let suspect = self.suspect.contains(&partition);
        let (all, of_customer) = match suspect {
            true => (SUSPECTS, SUSPECTS_OF_CUSTOMER),
            false => (HEALTHY, HEALTHY_OF_CUSTOMER),
        };
        let mut customer = self.by_customer.get(&group(partition)).copied().unwrap_or_default();
        let full = customer.busy >= BUSY_OF_CUSTOMER || *customer.permits(suspect) >= of_customer;
        if full || *self.used.permits(suspect) >= all {
            return Begun::Later;
        }
        customer.busy += 1;
        *customer.permits(suspect) += 1;
        *self.used.permits(suspect) += 1;
        self.by_customer.insert(group(partition), customer);
        self.busy.insert(partition);
        self.last = partition;
        Begun::Now { suspect }
    }

    /// Ends the work on a partition, and remembers whether it was healthy if that is known.
    pub(super) fn end(&mut self, partition: i64, healthy: Option<bool>) {
        match healthy {
            Some(true) => drop(self.suspect.pop(&partition)),
            Some(false) => drop(self.suspect.put(partition, ())),
            None => {}
        }
        if self.busy.remove(&partition) {
            self.change(partition, |customer| customer.busy -= 1);
        }
    }

    fn change(&mut self, partition: i64, change: impl FnOnce(&mut Used)) {
        let group = group(partition);
        if let Some(customer) = self.by_customer.get_mut(&group) {
            change(customer);
            if *customer == Used::default() {
                self.by_customer.remove(&group);
            }
        }
    }

    /// Sorts partitions, which are in order, into the order in which they are started: the first of each customer, then
    /// the second of each, beginning with the customer after the one that was last.
    fn in_turns(&self, mut due: Vec<i64>) -> Vec<i64> {
        let next = due.partition_point(|partition| group(*partition) <= group(self.last));
        due.rotate_left(next);
        let of_customer = due.chunk_by(|one, other| group(*one) == group(*other));
        let mut turns: Vec<(usize, i64)> = of_customer.flat_map(|all| all.iter().copied().enumerate()).collect();
        turns.sort_by_key(|(turn, _)| *turn);
        turns.into_iter().map(|(_, partition)| partition).collect()
    }
}

/// Held while a partition is worked on and is not slow.
pub(super) struct PartitionPermit {
    partitions: Arc<Mutex<Partitions>>,
    partition: i64,
    suspect: bool,
}

impl PartitionPermit {
    /// For a partition that [`Partitions::begin`] has counted.
    pub(super) fn new(partitions: Arc<Mutex<Partitions>>, partition: i64, suspect: bool) -> PartitionPermit {
        PartitionPermit { partitions, partition, suspect }
    }
}

impl Drop for PartitionPermit {
    fn drop(&mut self) {
        let mut partitions = lock(&self.partitions);
        *partitions.used.permits(self.suspect) -= 1;
        partitions.change(self.partition, |customer| *customer.permits(self.suspect) -= 1);
    }
}

/// How far the customers with many partitions have been looked at.
#[derive(Default)]
pub(super) struct Round {
    /// Counts the occasions on which something new may be due.
    number: u64,
    /// By group: where its next slice begins, and the number of the round in which its first one began.
    slices: HashMap<i32, (i64, u64)>,
    unfinished: bool,
}

impl Round {
    /// Returns whether there is a slice to look at without a further occasion.
    pub(super) fn is_unfinished(&self) -> bool {
        self.unfinished
    }

    /// Something new may be due.
    pub(super) fn renew(&mut self) {
        self.number += 1;
    }
}

impl Deliverer {
    /// Starts work on the partitions that have due items, as far as there are permits. Returns when the next item is due.
    pub(super) async fn look(&self, round: &mut Round, task: &Task) -> Result<Option<Micros>> {
        let now = Clock::now().0;
        let mut scan = PartitionScan { per_group: FIRST, limit: PER_READ, ..PartitionScan::ALL };
        let (mut due, mut cut) = (Vec::new(), Vec::new());
        loop {
            let scanned = self.0.store.due_partitions(now, scan).await?;
            due.extend(scanned.due);
            cut.extend(scanned.cut);
            match scanned.next {
                Some(next) => scan.from = next,
                None => break,
            }
        }
        if !due.is_empty() {
            task.failpoint().await;
        }
        let turns = lock(&self.0.partitions).in_turns(due);
        turns.into_iter().for_each(|partition| _ = self.begin(partition));
        self.look_at_slices(round, &cut, now).await?;
        Ok(self.0.store.next_due(now).await?)
    }

    /// Looks at a slice of each customer of which only the first partitions were looked at: `cut` has the last of them.
    async fn look_at_slices(&self, round: &mut Round, cut: &[i64], now: Micros) -> Result<()> {
        let mut slices = HashMap::with_capacity(cut.len());
        round.unfinished = false;
        for first in cut {
            let begin = (first.saturating_add(1), round.number);
            let (from, number) = round.slices.get(&group(*first)).copied().unwrap_or(begin);
            let from = from.max(begin.0);
            let scan = PartitionScan { from, to: group_end(*first), per_group: u32::MAX, limit: PER_READ };
            let scanned = self.0.store.due_partitions(now, scan).await?;
            let stopped = scanned.due.into_iter().find(|partition| self.begin(*partition) == Begun::Later);
            let next = match (stopped, scanned.next) {
                // It continues here when one of its partitions is done.
                (Some(at), _) => Some((at, number)),
                (None, Some(next)) => {
                    round.unfinished = true;
                    Some((next, number))
                }
                // What was looked at before may have become due.
                (None, None) if number != round.number => {
                    round.unfinished = true;
                    Some(begin)
                }
                (None, None) => None,
            };
            slices.extend(next.map(|next| (group(*first), next)));
        }
        round.slices = slices;
        Ok(())
    }
}

#[cfg(test)]
#[path = "turns_tests.rs"]
mod tests;
