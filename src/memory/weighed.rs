//! A cache that is bounded by the weight of its entries, and by their number.

use super::Share;
use lru::LruCache;
use std::hash::Hash;
use std::num::NonZeroUsize;

/// Bytes of an entry besides its value: its key, its place in the table and in the order of use.
const OVERHEAD: usize = 128;

/// Keeps the entries that were used last. Not synchronized.
pub struct Weighed<K: Hash + Eq, V> {
    entries: LruCache<K, (V, usize)>,
    share: Share,
    weight: usize,
}

impl<K: Hash + Eq, V> Weighed<K, V> {
    /// Creates a cache of at most this many entries, whose weights add up to at most the share.
    pub fn new(share: Share, entries: NonZeroUsize) -> Weighed<K, V> {
        Weighed { entries: LruCache::new(entries), share, weight: 0 }
    }

    pub fn get(&mut self, key: &K) -> Option<&V> {
        self.entries.get(key).map(|(value, _)| value)
    }

    /// Returns an entry without counting as a use of it.
    pub fn peek(&self, key: &K) -> Option<&V> {
        self.entries.peek(key).map(|(value, _)| value)
    }

    /// Adds or replaces an entry, and removes those that were not used for the longest time until there is room. One that
    /// is heavier than a quarter of the share is not kept: it would cost too many others.
    pub fn put(&mut self, key: K, value: V, weight: usize) {
        let weight = weight.saturating_add(OVERHEAD);
        if weight > self.share.limit / 4 {
            self.pop(&key);
            return;
        }
        self.weight += weight;
        // Also removes the oldest entry when there are too many.
        if let Some((_, (_, freed))) = self.entries.push(key, (value, weight)) {
            self.weight -= freed;
        }
        while self.weight > self.share.limit {
            let Some((_, (_, freed))) = self.entries.pop_lru() else { break };
            self.weight -= freed;
        }
        self.share.usage.set(self.weight);
    }

    pub fn pop(&mut self, key: &K) -> Option<V> {
        let (value, freed) = self.entries.pop(key)?;
        self.weight -= freed;
        self.share.usage.set(self.weight);
        Some(value)
    }

    /// Returns the weight of all entries, in bytes.
    pub fn weight(&self) -> usize {
        self.weight
    }

    pub fn len(&self) -> usize {
        self.entries.len()
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cache(limit: usize, entries: usize) -> Weighed<u32, &'static str> {
        Weighed::new(Share::unseen(limit), NonZeroUsize::new(entries).unwrap())
    }

    #[test]
    fn what_was_not_used_for_longest_makes_room() {
        let mut cache = cache(10 * (OVERHEAD + 100), 1_000);
        for key in 0..10 {
            cache.put(key, "it", 100);
        }
        assert_eq!((cache.len(), cache.weight()), (10, 10 * (OVERHEAD + 100)));
        assert!(cache.get(&0).is_some());
        cache.put(10, "it", 100);
        assert!(cache.get(&0).is_some() && cache.get(&1).is_none() && cache.get(&10).is_some());
        // Twice as heavy: two entries go.
        cache.put(11, "it", 2 * (OVERHEAD + 100) - OVERHEAD - 100);
        assert!(cache.weight() <= 10 * (OVERHEAD + 100));
    }

    #[test]
    fn an_entry_that_is_replaced_weighs_once() {
        let mut cache = cache(1 << 20, 1_000);
        for weight in [100, 5_000, 10] {
            cache.put(7, "it", weight);
        }
        assert_eq!((cache.len(), cache.weight()), (1, OVERHEAD + 10));
        assert_eq!(cache.pop(&7), Some("it"));
        assert_eq!((cache.weight(), cache.is_empty()), (0, true));
        assert_eq!(cache.pop(&7), None);
    }

    #[test]
    fn the_number_of_entries_is_bounded_too() {
        let mut cache = cache(1 << 20, 3);
        (0..10).for_each(|key| cache.put(key, "it", 1));
        assert_eq!((cache.len(), cache.weight()), (3, 3 * (OVERHEAD + 1)));
    }

    #[test]
    fn an_entry_that_is_too_heavy_is_not_kept_and_replaces_none() {
        let mut cache = cache(80_000, 1_000);
        cache.put(1, "old", 10);
        cache.put(2, "other", 10);
        cache.put(1, "new", 20_000);
        assert_eq!(cache.get(&1), None, "the old state must not be found");
        assert_eq!(cache.get(&2), Some(&"other"));
        cache.put(3, "huge", usize::MAX);
        assert_eq!(cache.len(), 1);
    }
}
