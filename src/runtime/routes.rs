//! Routes: which run a call belongs to, until the call is hung up.

use crate::supervisor::lock;
use std::collections::HashMap;
use std::sync::Mutex;
use tokio::sync::watch;
use uuid::Uuid;

pub struct Routes {
    /// The run of each call.
    runs: Mutex<HashMap<Uuid, Uuid>>,
    /// How many calls there are, for waiting until there are none.
    count: watch::Sender<usize>,
}

impl Default for Routes {
    fn default() -> Routes {
        Routes { runs: Mutex::default(), count: watch::Sender::new(0) }
    }
}

impl Routes {
    pub fn add(&self, call_id: Uuid, run_id: Uuid) {
        let mut runs = lock(&self.runs);
        runs.insert(call_id, run_id);
        self.count.send_replace(runs.len());
    }

    pub fn remove(&self, call_id: Uuid) {
        let mut runs = lock(&self.runs);
        runs.remove(&call_id);
        self.count.send_replace(runs.len());
    }

    pub fn run_of(&self, call_id: Uuid) -> Option<Uuid> {
        lock(&self.runs).get(&call_id).copied()
    }

    /// Returns the runs that have calls.
    pub fn runs(&self) -> Vec<Uuid> {
        let mut runs: Vec<Uuid> = lock(&self.runs).values().copied().collect();
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
