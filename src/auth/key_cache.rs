//! A cache of credentials that were looked up recently.

use super::role::Role;
use crate::model::time::Time;
use lru::LruCache;
use std::num::NonZeroUsize;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use uuid::Uuid;

/// How long a credential is accepted without reading the store. Only changes made through another node, or beside the
/// server, take this long to apply.
const TIME_TO_LIVE: Duration = Duration::from_secs(5);

/// The most credentials that are cached.
const CAPACITY: NonZeroUsize = NonZeroUsize::new(8_192).expect("not zero");

/// The most keys whose last use waits to be stored. Beyond it, a use is not noted.
const MOST_USES: usize = 100_000;

/// How precise the time of a last use is, in microseconds: a minute.
const USE_PRECISION: i64 = 60_000_000;

/// What a credential refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Subject {
    /// An access key, by the hash that it was sent with.
    Hash([u8; 32]),
    /// An access key, by its id in a token.
    Key(Uuid),
    /// A customer, by its id in a token that comes from no key.
    Customer(Uuid),
}

/// What the cache knows about a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    pub customer_id: Uuid,
    pub key_id: Option<Uuid>,
    pub role: Role,
    pub expire: Option<Time>,
    /// The customer may only read.
    pub suspended: bool,
}

/// Says when a lookup began: its result is not cached if keys have changed since.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ticket(u64);

#[derive(Default)]
pub struct KeyCache(Mutex<Inner>);

struct Inner {
    /// Counts changes of keys.
    generation: u64,
    known: LruCache<Subject, Entry>,
    /// The last uses of keys that are not stored yet.
    uses: std::collections::HashMap<Uuid, Time>,
}

struct Entry {
    known: Known,
    since: Instant,
    /// The last use that was noted.
    used: Option<Time>,
}

impl Default for Inner {
    fn default() -> Inner {
        Inner { generation: 0, known: LruCache::new(CAPACITY), uses: Default::default() }
    }
}

impl KeyCache {
    /// Returns what is known about a credential that is used now, and notes the use.
    pub fn used(&self, subject: &Subject, now: Time) -> Option<Known> {
        let mut inner = self.inner();
        let Inner { known, uses, .. } = &mut *inner;
        let entry = known.get_mut(subject).filter(|entry| entry.since.elapsed() < TIME_TO_LIVE)?;
        let valid = entry.known.expire.is_none_or(|expire| expire > now);
        if valid && entry.used.is_none_or(|used| now.0.saturating_sub(used.0) >= USE_PRECISION) {
            entry.used = Some(now);
            if let Some(key_id) = entry.known.key_id {
                note(uses, key_id, now);
            }
        }
        Some(entry.known)
    }

    /// Returns what is known about a credential, without using it.
    pub fn known(&self, subject: &Subject) -> Option<Known> {
        let mut inner = self.inner();
        inner.known.get(subject).filter(|entry| entry.since.elapsed() < TIME_TO_LIVE).map(|entry| entry.known)
    }

    pub fn ticket(&self) -> Ticket {
        Ticket(self.inner().generation)
    }

    /// Caches what was looked up since the ticket, unless a key has changed in between.
    pub fn remember(&self, ticket: Ticket, subject: Subject, known: Known) {
        let mut inner = self.inner();
        if inner.generation == ticket.0 {
            // A credential that is looked up again after a while was used before.
            let used = inner.known.peek(&subject).and_then(|entry| entry.used);
            inner.known.put(subject, Entry { known, since: Instant::now(), used });
        }
    }

    pub fn forget(&self) {
        let mut inner = self.inner();
        inner.generation += 1;
        inner.known.clear();
    }

    /// Returns the uses noted since the last call.
    pub fn take_uses(&self) -> Vec<(Uuid, Time)> {
        std::mem::take(&mut self.inner().uses).into_iter().collect()
    }

    /// Puts back uses that could not be stored.
    pub fn put_back(&self, kept: Vec<(Uuid, Time)>) {
        let mut inner = self.inner();
        for (key_id, at) in kept {
            note(&mut inner.uses, key_id, at);
        }
    }

    /// A poisoned lock is fine: no panic leaves the maps inconsistent.
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn note(uses: &mut std::collections::HashMap<Uuid, Time>, key_id: Uuid, at: Time) {
    if uses.len() < MOST_USES || uses.contains_key(&key_id) {
        let last = uses.entry(key_id).or_insert(at);
        *last = at.max(*last);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> Known {
        let key_id = Some(Uuid::from_u128(2));
        Known { customer_id: Uuid::from_u128(1), key_id, role: Role::Full, expire: None, suspended: false }
    }

    #[test]
    fn a_lookup_that_began_before_a_change_is_not_cached() {
        let (cache, subject) = (KeyCache::default(), Subject::Hash([7; 32]));
        let ticket = cache.ticket();
        cache.forget();
        cache.remember(ticket, subject, known());
        assert_eq!(cache.known(&subject), None);
        cache.remember(cache.ticket(), subject, known());
        assert_eq!(cache.known(&subject), Some(known()));
        cache.forget();
        assert_eq!(cache.known(&subject), None);
    }

    #[test]
    fn a_use_is_noted_once_a_minute() {
        let (cache, subject) = (KeyCache::default(), Subject::Hash([7; 32]));
        cache.remember(cache.ticket(), subject, known());
        let key = Uuid::from_u128(2);
        for at in [10, 20] {
            cache.used(&subject, Time(at)).unwrap();
        }
        assert_eq!(cache.take_uses(), [(key, Time(10))]);
        cache.used(&subject, Time(30)).unwrap();
        assert!(cache.take_uses().is_empty());
        // Looked up again, it is still known when it was used.
        cache.remember(cache.ticket(), subject, known());
        cache.used(&subject, Time(40)).unwrap();
        assert!(cache.take_uses().is_empty());
        cache.used(&subject, Time(10 + USE_PRECISION)).unwrap();
        cache.put_back(vec![(key, Time(5)), (Uuid::from_u128(3), Time(6))]);
        let mut uses = cache.take_uses();
        uses.sort();
        assert_eq!(uses, [(key, Time(10 + USE_PRECISION)), (Uuid::from_u128(3), Time(6))]);
    }
}
