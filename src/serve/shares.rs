//! A bounded amount of something, of which each owner may have a share.

use crate::supervisor::lock;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::Hash;
use std::sync::Mutex;

/// An amount that is in use, by owner: connections by address, bytes by customer.
pub struct Shares<K> {
    /// The most that all owners may have together.
    total: usize,
    /// The most that one owner may have.
    share: usize,
    used: Mutex<Used<K>>,
}

struct Used<K> {
    all: usize,
    /// Owners that have something.
    by_owner: HashMap<K, usize>,
}

/// The limit that is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Full {
    Total,
    Share,
}

impl<K: Hash + Eq + Copy> Shares<K> {
    pub fn new(total: usize, share: usize) -> Shares<K> {
        Shares { total, share, used: Mutex::new(Used { all: 0, by_owner: HashMap::new() }) }
    }

    /// Takes an amount for an owner, or without an owner, to whom then no share applies. All of it or nothing.
    pub fn take(&self, owner: Option<K>, amount: usize) -> Result<(), Full> {
        let mut used = lock(&self.used);
        if used.all + amount > self.total {
            return Err(Full::Total);
        }
        if let Some(owner) = owner {
            match used.by_owner.entry(owner) {
                Entry::Occupied(entry) if entry.get() + amount > self.share => return Err(Full::Share),
                Entry::Vacant(_) if amount > self.share => return Err(Full::Share),
                entry => *entry.or_default() += amount,
            }
        }
        used.all += amount;
        Ok(())
    }

    /// Gives back what was taken for the same owner.
    pub fn give_back(&self, owner: Option<K>, amount: usize) {
        let mut used = lock(&self.used);
        used.all = used.all.saturating_sub(amount);
        if let Some(Entry::Occupied(mut entry)) = owner.map(|owner| used.by_owner.entry(owner)) {
            *entry.get_mut() = entry.get().saturating_sub(amount);
            if *entry.get() == 0 {
                entry.remove();
            }
        }
    }

    /// Returns the amount that is in use.
    #[cfg(test)]
    pub fn used(&self) -> usize {
        lock(&self.used).all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_owner_has_its_share_and_all_have_the_total() {
        let shares = Shares::new(10, 4);
        assert_eq!(shares.take(Some('a'), 4), Ok(()));
        assert_eq!(shares.take(Some('a'), 1), Err(Full::Share));
        assert_eq!(shares.take(Some('b'), 5), Err(Full::Share));
        assert_eq!(shares.take(Some('b'), 3), Ok(()));
        assert_eq!(shares.take(None, 3), Ok(()));
        assert_eq!((shares.take(Some('c'), 1), shares.take(None, 1)), (Err(Full::Total), Err(Full::Total)));
        shares.give_back(Some('a'), 4);
        shares.give_back(None, 3);
        assert_eq!((shares.used(), lock(&shares.used).by_owner.len()), (3, 1));
        assert_eq!(shares.take(Some('a'), 4), Ok(()));
    }
}
