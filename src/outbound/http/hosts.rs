//! Places per customer and host.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use uuid::Uuid;

/// The number of hosts at which those without a request are removed for the first time.
const SWEEP_AT: usize = 1_024;

/// Limits the requests of a customer to one host, so that a host that never responds leaves the customer places for its
/// other hosts.
#[derive(Default)]
pub struct Hosts(Mutex<Known>);

#[derive(Default)]
struct Known {
    places: HashMap<(Uuid, String), Weak<Semaphore>>,
    /// Doubles with the hosts in use, so that sweeping costs little for each.
    sweep_at: usize,
}

impl Hosts {
    /// Waits for one of `limit` places, first come, first served.
    pub async fn place(&self, customer: Uuid, host: &str, limit: usize) -> OwnedSemaphorePermit {
        self.of(customer, host, limit).acquire_owned().await.expect("never closed")
    }

    fn of(&self, customer: Uuid, host: &str, limit: usize) -> Arc<Semaphore> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (customer, host.to_owned());
        if let Some(places) = known.places.get(&key).and_then(Weak::upgrade) {
            return places;
        }
        if known.places.len() >= known.sweep_at.max(SWEEP_AT) {
            known.places.retain(|_, places| places.strong_count() > 0);
            known.sweep_at = 2 * known.places.len();
        }
        let places = Arc::new(Semaphore::new(limit));
        known.places.insert(key, Arc::downgrade(&places));
        places
    }
}
