//! A cache of credentials that were looked up recently.

use crate::model::time::Time;
use lru::LruCache;
use std::num::NonZeroUsize;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use uuid::Uuid;

/// How long a key is accepted without reading the store. Only changes made through another node take this long to apply.
const TIME_TO_LIVE: Duration = Duration::from_secs(5);

/// The most keys, and the most customers, that are cached.
const CAPACITY: NonZeroUsize = NonZeroUsize::new(4_096).expect("not zero");

/// What the cache knows about an access key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    pub customer_id: Uuid,
    pub expire: Option<Time>,
}

/// Says when a lookup began: its result is not cached if keys have changed since.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ticket(u64);

pub struct KeyCache(Mutex<Inner>);

struct Inner {
    /// Counts changes of keys.
    generation: u64,
    keys: LruCache<[u8; 32], (Known, Instant)>,
    /// Customers that exist. They are never deleted.
    customers: LruCache<Uuid, ()>,
}

impl Default for KeyCache {
    fn default() -> KeyCache {
        let (keys, customers) = (LruCache::new(CAPACITY), LruCache::new(CAPACITY));
        KeyCache(Mutex::new(Inner { generation: 0, keys, customers }))
    }
}

impl KeyCache {
    pub fn key(&self, hash: &[u8; 32]) -> Option<Known> {
        let mut inner = self.inner();
        let (known, since) = *inner.keys.get(hash)?;
        (since.elapsed() < TIME_TO_LIVE).then_some(known)
    }

    pub fn ticket(&self) -> Ticket {
        Ticket(self.inner().generation)
    }

    pub fn remember(&self, ticket: Ticket, hash: [u8; 32], known: Known) {
        let mut inner = self.inner();
        if inner.generation == ticket.0 {
            inner.keys.put(hash, (known, Instant::now()));
        }
    }

    pub fn forget(&self) {
        let mut inner = self.inner();
        inner.generation += 1;
        inner.keys.clear();
    }

    pub fn customer(&self, id: Uuid) -> bool {
        self.inner().customers.get(&id).is_some()
    }

    pub fn remember_customer(&self, id: Uuid) {
        self.inner().customers.put(id, ());
    }

    /// A poisoned lock is fine: no panic leaves the maps inconsistent.
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lookup_that_began_before_a_change_is_not_cached() {
        let (cache, hash) = (KeyCache::default(), [7; 32]);
        let known = Known { customer_id: Uuid::from_u128(1), expire: None };
        let ticket = cache.ticket();
        cache.forget();
        cache.remember(ticket, hash, known);
        assert_eq!(cache.key(&hash), None);
        cache.remember(cache.ticket(), hash, known);
        assert_eq!(cache.key(&hash), Some(known));
        cache.forget();
        assert_eq!(cache.key(&hash), None);
    }
}
