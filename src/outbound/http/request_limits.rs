//! How many requests are under way at once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// So many hosts are remembered before those that nobody waits for are forgotten.
const SWEEP_AT: usize = 1_024;

/// Places for requests: so many in all, and so many to one host, so that a host which never answers fills its own and
/// leaves the others theirs.
pub struct RequestLimits {
    all: Arc<Semaphore>,
    per_host: usize,
    hosts: Mutex<HashMap<String, Weak<Semaphore>>>,
}

/// Held while a request is under way.
pub struct RequestPermit {
    _host: OwnedSemaphorePermit,
    _all: OwnedSemaphorePermit,
}

impl RequestLimits {
    pub fn new(all: usize, per_host: usize) -> RequestLimits {
        assert!(all > 0 && per_host > 0, "a client that may send nothing");
        RequestLimits { all: Arc::new(Semaphore::new(all)), per_host, hosts: Mutex::default() }
    }

    /// Waits for a place, first come, first served. The host's comes first: whoever waits for a slow host holds nothing
    /// that others wait for.
    pub async fn take(&self, host: &str) -> RequestPermit {
        let own = self.of(host).acquire_owned().await.expect("never closed");
        let all = Arc::clone(&self.all).acquire_owned().await.expect("never closed");
        RequestPermit { _host: own, _all: all }
    }

    fn of(&self, host: &str) -> Arc<Semaphore> {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = hosts.get(host).and_then(Weak::upgrade) {
            return known;
        }
        if hosts.len() >= SWEEP_AT {
            hosts.retain(|_, limit| limit.strong_count() > 0);
        }
        let request_limits = Arc::new(Semaphore::new(self.per_host));
        hosts.insert(host.to_owned(), Arc::downgrade(&request_limits));
        request_limits
    }
}
