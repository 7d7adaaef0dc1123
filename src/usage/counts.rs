//! The counts in memory: what is not in the database yet, and the totals that are.

use crate::clock::Clock;
use crate::model::amounts::Amounts;
use crate::model::outgoing::OutboxPayload;
use crate::store::{Commit, Meter, Usage};
use crate::supervisor::lock;
use std::collections::HashMap;
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Arc, Mutex};
use uuid::Uuid;

const DAY_US: i64 = 24 * 60 * 60 * 1_000_000;

/// Bounded by the number of customers that do something on two days in a row.
pub struct Counts {
    /// Read once a few seconds: a commit does not ask for the time.
    day: AtomicI32,
    table: Mutex<HashMap<(Uuid, i32), Count>>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Count {
    /// The total in the database, as far as it is known.
    stored: Option<Amounts>,
    /// Being added to the database.
    adding: Amounts,
    /// Not yet added.
    pending: Amounts,
}

impl Count {
    fn total(&self) -> Option<Amounts> {
        let mut total = self.stored?;
        total += self.adding;
        total += self.pending;
        Some(total)
    }
}

impl Default for Counts {
    fn default() -> Counts {
        Counts { day: AtomicI32::new(today()), table: Mutex::default() }
    }
}

impl Counts {
    /// Returns the callback that counts commits.
    pub fn meter(self: &Arc<Counts>) -> Meter {
        let counts = self.clone();
        Meter(Arc::new(move |commit| counts.count(commit)))
    }

    fn count(&self, commit: &Commit) {
        // Nearly every commit is of one customer.
        let mut last: Option<(Uuid, Amounts)> = None;
        let mut add = |customer_id: Uuid, amounts: Amounts| match &mut last {
            Some((of, sum)) if *of == customer_id => *sum += amounts,
            other => {
                if let Some((of, sum)) = other.replace((customer_id, amounts)) {
                    self.add(of, sum);
                }
            }
        };
        for write in &commit.runs {
            let history_bytes = write.record.bytes.len() as u64;
            add(write.run.customer_id, Amounts { history_bytes, ..Amounts::default() });
        }
        for item in &commit.outgoing {
            let amounts = match item.kind {
                OutboxPayload::MESSAGE => Amounts { messages: 1, ..Amounts::default() },
                OutboxPayload::MAIL => Amounts { mails: 1, ..Amounts::default() },
                _ => Amounts { requests: 1, ..Amounts::default() },
            };
            add(item.customer_id, amounts);
        }
        if let Some((of, sum)) = last {
            self.add(of, sum);
        }
    }

    pub fn add(&self, customer_id: Uuid, amounts: Amounts) {
        lock(&self.table).entry((customer_id, self.day())).or_default().pending += amounts;
    }

    /// Returns the days since 1970-01-01.
    pub fn day(&self) -> i32 {
        self.day.load(Ordering::Relaxed)
    }

    /// Returns today's total if the database's part of it is known.
    pub fn total(&self, customer_id: Uuid) -> Option<Amounts> {
        lock(&self.table).get(&(customer_id, self.day()))?.total()
    }

    /// Keeps a total that was read from the database, unless a newer one is known, and returns it with what is not in the
    /// database yet.
    pub fn learn(&self, customer_id: Uuid, day: i32, stored: Amounts) -> Amounts {
        let mut table = lock(&self.table);
        let count = table.entry((customer_id, day)).or_default();
        count.stored.get_or_insert(stored);
        count.total().unwrap_or_default()
    }

    /// Takes note of the date, and forgets earlier days that are written.
    pub fn begin_day(&self) {
        let today = today();
        self.day.store(today, Ordering::Relaxed);
        lock(&self.table)
            .retain(|(_, day), count| *day == today || !(count.pending.is_empty() && count.adding.is_empty()));
    }

    /// Returns counts to add to the database; [`Counts::written`] or [`Counts::put_back`] must follow.
    pub fn take(&self, limit: usize) -> Vec<Usage> {
        let mut table = lock(&self.table);
        // A task that failed may have left counts behind that it was adding: they may be counted twice, never not at all.
        let is_new = |count: &Count| !(count.pending.is_empty() && count.adding.is_empty());
        let waiting = table.iter_mut().filter(|(_, count)| is_new(count)).take(limit);
        let take = |((customer_id, day), count): (&(Uuid, i32), &mut Count)| {
            count.adding += std::mem::take(&mut count.pending);
            Usage { customer_id: *customer_id, day: *day, amounts: count.adding }
        };
        waiting.map(take).collect()
    }

    /// Takes note of the totals after the counts were added.
    pub fn written(&self, totals: &[Usage]) {
        let mut table = lock(&self.table);
        for total in totals {
            let count = table.entry((total.customer_id, total.day)).or_default();
            (count.stored, count.adding) = (Some(total.amounts), Amounts::default());
        }
    }

    /// Keeps counts that may not be in the database. They may be counted twice, never not at all.
    pub fn put_back(&self, batch: &[Usage]) {
        let mut table = lock(&self.table);
        for usage in batch {
            let count = table.entry((usage.customer_id, usage.day)).or_default();
            count.pending += std::mem::take(&mut count.adding);
        }
    }
}

fn today() -> i32 {
    i32::try_from(Clock::now().0.div_euclid(DAY_US)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CUSTOMER: Uuid = Uuid::from_u128(7);

    fn mails(mails: u64) -> Amounts {
        Amounts { mails, ..Amounts::default() }
    }

    #[test]
    fn a_total_is_what_is_stored_and_what_is_not() {
        let counts = Counts::default();
        counts.add(CUSTOMER, mails(1));
        assert_eq!(counts.total(CUSTOMER), None, "the database's part is unknown");
        assert_eq!(counts.learn(CUSTOMER, counts.day(), mails(10)), mails(11));
        let batch = counts.take(9);
        assert_eq!(batch, [Usage { customer_id: CUSTOMER, day: counts.day(), amounts: mails(1) }]);
        counts.add(CUSTOMER, mails(2));
        assert_eq!((counts.total(CUSTOMER), counts.take(0).len()), (Some(mails(13)), 0));
        counts.written(&[Usage { amounts: mails(20), ..batch[0] }]);
        assert_eq!(counts.total(CUSTOMER), Some(mails(22)), "another server used some as well");
        counts.put_back(&counts.take(9));
        assert_eq!((counts.total(CUSTOMER), counts.take(9).len()), (Some(mails(22)), 1));
    }

    #[test]
    fn an_earlier_day_is_kept_until_it_is_written() {
        let counts = Counts::default();
        let yesterday = counts.day() - 1;
        counts.day.store(yesterday, Ordering::Relaxed);
        counts.add(CUSTOMER, mails(3));
        counts.begin_day();
        assert_eq!(counts.total(CUSTOMER), None);
        let batch = counts.take(9);
        assert_eq!((batch[0].day, batch[0].amounts), (yesterday, mails(3)));
        counts.written(&batch);
        counts.begin_day();
        assert!(lock(&counts.table).is_empty());
    }
}
