//! The memory for sounds: those that are kept, those that calls hear, and those that are being made.

use super::super::audio::Fault;
use crate::telemetry::Usage;
use crate::telephony::sounds::Prompt;
use lru::LruCache;
use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::time::Instant;
use uuid::Uuid;

/// Identifies a sound: a digest of what it is made of, for one customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key(pub [u8; 32]);

/// Bytes of a prompt besides its samples.
const OVERHEAD: usize = 512;

/// The most sounds that are kept: as many are looked at to find the one that makes room.
const KEPT: NonZeroUsize = NonZeroUsize::new(4_096).expect("it is not zero");

/// A sound that is kept.
#[derive(Clone)]
pub struct Kept {
    pub prompt: Arc<Prompt>,
    /// When it was made.
    pub since: Instant,
    customer_id: Uuid,
}

/// The memory, all of which has one limit. Whoever needs some takes it from the sounds that nobody hears, and first from those of
/// the customer who has most.
pub struct Shelf {
    limit: usize,
    kept: Mutex<LruCache<Key, Kept>>,
    ledger: Arc<Ledger>,
}

/// Who uses how much.
struct Ledger {
    counts: Mutex<Counts>,
    usage: Usage,
}

#[derive(Default)]
struct Counts {
    total: usize,
    customers: HashMap<Uuid, usize>,
}

/// What there is not enough of: memory of the customer, which is seven eighths of all at most, or of all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Short {
    OfCustomer,
    OfAll,
}

/// Memory in use, given back when it is dropped.
pub struct Charge {
    ledger: Arc<Ledger>,
    customer_id: Uuid,
    bytes: usize,
}

impl Shelf {
    /// Creates it, with a limit in bytes, and a gauge that shows the use.
    pub fn new(limit: usize, usage: Usage) -> Shelf {
        let ledger = Arc::new(Ledger { counts: Mutex::default(), usage });
        Shelf { limit, kept: Mutex::new(LruCache::new(KEPT)), ledger }
    }

    /// Returns a sound that is kept, as used just now.
    pub fn get(&self, key: &Key) -> Option<Kept> {
        self.kept().get(key).cloned()
    }

    /// Begins to count the memory of a sound.
    pub fn charge(&self, customer_id: Uuid) -> Result<Charge, Fault> {
        let mut charge = Charge { ledger: self.ledger.clone(), customer_id, bytes: 0 };
        self.grow(&mut charge, OVERHEAD)?;
        Ok(charge)
    }

    /// Takes more memory for a sound.
    pub fn grow(&self, charge: &mut Charge, bytes: usize) -> Result<(), Fault> {
        while let Err(short) = self.ledger.take(charge, bytes, self.limit) {
            // Dropped outside of the lock: it gives back its memory.
            drop(self.evict(charge.customer_id, short).ok_or(Fault::NoMemory)?);
        }
        Ok(())
    }

    /// Keeps a sound, in place of an older one of this key, or of the one used longest ago if too many are kept.
    pub fn keep(&self, key: Key, customer_id: Uuid, prompt: Arc<Prompt>) {
        let removed = self.kept().push(key, Kept { prompt, since: Instant::now(), customer_id });
        drop(removed);
    }

    /// Removes the sound that makes room: one that nobody hears, and of those the one used longest ago of the customer who has
    /// most.
    fn evict(&self, customer_id: Uuid, short: Short) -> Option<Kept> {
        let mut kept = self.kept();
        let counts = self.ledger.lock();
        let mut best: Option<(usize, Key)> = None;
        for (key, one) in kept.iter().rev() {
            let helps = short == Short::OfAll || one.customer_id == customer_id;
            let has = counts.customers.get(&one.customer_id).copied().unwrap_or_default();
            if helps && Arc::strong_count(&one.prompt) == 1 && best.is_none_or(|(most, _)| has > most) {
                best = Some((has, *key));
            }
        }
        drop(counts);
        kept.pop(&best?.1)
    }

    fn kept(&self) -> MutexGuard<'_, LruCache<Key, Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ledger {
    fn lock(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, charge: &mut Charge, bytes: usize, limit: usize) -> Result<(), Short> {
        let mut counts = self.lock();
        let own = counts.customers.get(&charge.customer_id).copied().unwrap_or_default();
        // So that others always find some.
        if own.saturating_add(bytes) > limit - limit / 8 {
            return Err(Short::OfCustomer);
        }
        if counts.total.saturating_add(bytes) > limit {
            return Err(Short::OfAll);
        }
        counts.total += bytes;
        counts.customers.insert(charge.customer_id, own + bytes);
        charge.bytes += bytes;
        self.usage.set(counts.total);
        Ok(())
    }
}

impl Charge {
    /// Gives back some of the memory.
    pub fn shrink(&mut self, bytes: usize) {
        let bytes = bytes.min(self.bytes);
        self.bytes -= bytes;
        let mut counts = self.ledger.lock();
        counts.total -= bytes;
        let own = counts.customers.get(&self.customer_id).copied().unwrap_or_default() - bytes;
        match own {
            0 => drop(counts.customers.remove(&self.customer_id)),
            own => drop(counts.customers.insert(self.customer_id, own)),
        }
        self.ledger.usage.set(counts.total);
    }
}

impl Drop for Charge {
    fn drop(&mut self) {
        self.shrink(self.bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: Uuid = Uuid::from_u128(1);
    const OTHER: Uuid = Uuid::from_u128(2);
    const LIMIT: usize = 80_000;

    fn shelf() -> Shelf {
        Shelf::new(LIMIT, Usage::default())
    }

    fn key(number: u8) -> Key {
        Key([number; 32])
    }

    /// Keeps a sound of 10,000 bytes.
    fn keep(shelf: &Shelf, number: u8, customer_id: Uuid) -> Result<Arc<Prompt>, Fault> {
        let mut charge = shelf.charge(customer_id)?;
        shelf.grow(&mut charge, 10_000 - OVERHEAD)?;
        let prompt = Arc::new(Prompt::holding(vec![0; 10], charge));
        shelf.keep(key(number), customer_id, prompt.clone());
        Ok(prompt)
    }

    fn kept(shelf: &Shelf) -> Vec<u8> {
        (0..50).filter(|number| shelf.kept().contains(&key(*number))).collect()
    }

    #[test]
    fn what_nobody_hears_makes_room_the_oldest_first() {
        let shelf = shelf();
        (0..7).for_each(|number| drop(keep(&shelf, number, ONE).unwrap()));
        let heard = shelf.get(&key(1)).unwrap();
        drop(shelf.get(&key(0)));
        drop(keep(&shelf, 10, ONE).unwrap());
        assert_eq!(kept(&shelf), [0, 1, 3, 4, 5, 6, 10], "2 was used longest ago, and 1 is heard");
        drop(keep(&shelf, 11, OTHER).unwrap());
        assert_eq!(kept(&shelf), [0, 1, 3, 4, 5, 6, 10, 11], "an eighth is for others");
        drop(keep(&shelf, 12, OTHER).unwrap());
        assert_eq!(kept(&shelf), [0, 1, 4, 5, 6, 10, 11, 12], "whoever has most makes room");
        drop(heard);
        assert_eq!(shelf.ledger.lock().total, LIMIT);
    }

    #[test]
    fn what_is_heard_stays_and_no_more_than_the_limit_is_used() {
        let shelf = shelf();
        let heard: Vec<_> = (0..7).map(|number| keep(&shelf, number, ONE).unwrap()).collect();
        assert_eq!(keep(&shelf, 8, ONE).err(), Some(Fault::NoMemory));
        assert_eq!(kept(&shelf).len(), 7, "nothing was removed in vain");
        let other = keep(&shelf, 9, OTHER).unwrap();
        assert_eq!(keep(&shelf, 10, OTHER).err(), Some(Fault::NoMemory));
        assert_eq!(shelf.ledger.lock().total, LIMIT);
        drop((heard, other));
        let mut charge = shelf.charge(OTHER).unwrap();
        shelf.grow(&mut charge, 60_000).unwrap();
        charge.shrink(1_000);
        shelf.keep(key(20), OTHER, Arc::new(Prompt::new(vec![])));
        drop(charge);
        let left = shelf.ledger.lock().customers.clone();
        assert_eq!(
            left.get(&OTHER).copied().unwrap_or_default() + left.get(&ONE).copied().unwrap_or_default(),
            shelf.ledger.lock().total
        );
        shelf.kept().clear();
        assert!(shelf.ledger.lock().total == 0 && shelf.ledger.lock().customers.is_empty());
    }

    #[test]
    fn no_more_than_some_thousands_are_kept() {
        let shelf = Shelf::new(1 << 30, Usage::default());
        for number in 0..5_000_u32 {
            let mut key = [0; 32];
            key[..4].copy_from_slice(&number.to_be_bytes());
            let charge = shelf.charge(ONE).unwrap();
            shelf.keep(Key(key), ONE, Arc::new(Prompt::holding(vec![1], charge)));
        }
        assert_eq!((shelf.kept().len(), shelf.ledger.lock().total), (KEPT.get(), KEPT.get() * OVERHEAD));
    }

    #[test]
    fn a_newer_sound_takes_the_place_of_an_older_one() {
        let shelf = shelf();
        let old = keep(&shelf, 1, ONE).unwrap();
        let new = keep(&shelf, 1, ONE).unwrap();
        assert!(Arc::ptr_eq(&shelf.get(&key(1)).unwrap().prompt, &new));
        assert_eq!(shelf.ledger.lock().total, 20_000, "the old one is still heard");
        drop(old);
        assert_eq!(shelf.ledger.lock().total, 10_000);
    }
}
