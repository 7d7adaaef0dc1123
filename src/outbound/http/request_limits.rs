//! Limits on concurrent requests.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The number of hosts at which those without a request are removed.
const SWEEP_AT: usize = 1_024;

/// The permits for requests: a limit in total and a limit per host, so that a host that never responds uses up only its
/// own and leaves the rest to others.
pub struct RequestLimits {
    all: Arc<Semaphore>,
    per_host: usize,
    hosts: Mutex<HashMap<String, Weak<Semaphore>>>,
}

/// Held while a request is in progress.
pub struct RequestPermit {
    _host: OwnedSemaphorePermit,
    _all: OwnedSemaphorePermit,
}

impl RequestLimits {
    pub fn new(all: usize, per_host: usize) -> RequestLimits {
        assert!(all > 0 && per_host > 0, "a client must be able to send");
        RequestLimits { all: Arc::new(Semaphore::new(all)), per_host, hosts: Mutex::default() }
    }

    /// Waits for a permit, first come, first served. It takes the host's permit first: a request that waits for a slow
    /// host then holds nothing that others wait for.
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
