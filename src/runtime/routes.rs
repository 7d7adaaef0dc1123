//! Routes: which run a call belongs to, until the call is hung up.

use crate::config::Limits;
use crate::error::{Error, Reason, Result};
use crate::supervisor::lock;
use std::collections::HashMap;
use std::sync::Mutex;
use tokio::sync::watch;
use uuid::Uuid;

pub struct Routes {
    table: Mutex<Table>,
    /// How many calls there are, for waiting until there are none.
    count: watch::Sender<usize>,
    limits: Limits,
}

#[derive(Default)]
struct Table {
    /// Run and customer of each call.
    runs: HashMap<Uuid, (Uuid, Uuid)>,
    per_customer: HashMap<Uuid, usize>,
}

impl Routes {
    pub fn new(limits: Limits) -> Routes {
        Routes { table: Mutex::default(), count: watch::Sender::new(0), limits }
    }

    /// Refuses more calls above the limits. Concurrent callers may exceed a limit by what they add at that moment, which is
    /// bounded by the requests in flight.
    pub fn admit(&self, customer_id: Uuid, more: usize, limit: u64) -> Result<()> {
        let table = lock(&self.table);
        let own = table.per_customer.get(&customer_id).copied().unwrap_or_default();
        if table.runs.len() + more > self.limits.calls || (own + more) as u64 > limit {
            return Err(Error::new(Reason::TooManyCalls, "too many calls are in progress; try again later"));
        }
        Ok(())
    }

    pub fn add(&self, call_id: Uuid, run_id: Uuid, customer_id: Uuid) {
        let mut table = lock(&self.table);
        if table.runs.insert(call_id, (run_id, customer_id)).is_none() {
            *table.per_customer.entry(customer_id).or_default() += 1;
        }
        self.count.send_replace(table.runs.len());
    }

    pub fn remove(&self, call_id: Uuid) {
        let mut table = lock(&self.table);
        if let Some((_, customer_id)) = table.runs.remove(&call_id)
            && let Some(count) = table.per_customer.get_mut(&customer_id)
        {
            *count -= 1;
            if *count == 0 {
                table.per_customer.remove(&customer_id);
            }
        }
        self.count.send_replace(table.runs.len());
    }

    /// Returns the run of a call, and its customer.
    pub fn run_of(&self, call_id: Uuid) -> Option<(Uuid, Uuid)> {
        lock(&self.table).runs.get(&call_id).copied()
    }

    /// Returns the runs that have calls.
    pub fn runs(&self) -> Vec<Uuid> {
        let table = lock(&self.table);
        let mut runs: Vec<Uuid> = table.runs.values().map(|(run_id, _)| *run_id).collect();
        runs.sort_unstable();
        runs.dedup();
        runs
    }

    /// Returns when there is no call.
    pub async fn idle(&self) {
        let mut count = self.count.subscribe();
        // The sender lives in self, so waiting cannot fail.
        let _ = count.wait_for(|count| *count == 0).await;
    }
}
