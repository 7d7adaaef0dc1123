//! Rates: how much each customer may do in a second.

use crate::supervisor::lock;
use lru::LruCache;
use std::num::NonZeroUsize;
use std::sync::Mutex;
use std::time::{Duration, Instant};
use uuid::Uuid;

/// The most customers whose rates are remembered. One that is forgotten may use its whole burst again.
const CUSTOMERS: NonZeroUsize = NonZeroUsize::new(10_000).expect("it is not zero");

/// A token bucket for each customer, kept as the time at which it is full again (the generic cell rate algorithm, ITU-T
/// I.371).
pub struct Rates {
    began: Instant,
    /// A bucket holds the tokens of this time.
    burst: Duration,
    /// In nanoseconds since `began`.
    full_at: Mutex<LruCache<Uuid, u64>>,
}

impl Rates {
    /// Creates full buckets, which hold the tokens of `burst`.
    pub fn new(burst: Duration) -> Rates {
        Rates { began: Instant::now(), burst, full_at: Mutex::new(LruCache::new(CUSTOMERS)) }
    }

    /// Takes tokens from a customer's bucket, which gets `per_second` tokens each second. Takes none and returns how long
    /// the caller should wait if there are not enough.
    pub fn take(&self, customer_id: Uuid, per_second: u64, tokens: u64) -> Result<(), Duration> {
        let now = nanos(self.began.elapsed());
        self.take_at(now, customer_id, per_second, tokens)
    }

    fn take_at(&self, now: u64, customer_id: Uuid, per_second: u64, tokens: u64) -> Result<(), Duration> {
        const SECOND: u128 = 1_000_000_000;
        let Some(per_second) = NonZeroUsize::new(usize::try_from(per_second).unwrap_or(usize::MAX)) else {
            return Err(self.burst);
        };
        let cost = u128::from(tokens) * SECOND / per_second.get() as u128;
        let mut buckets = lock(&self.full_at);
        let full_at = buckets.get_or_insert_mut(customer_id, || 0);
        let next = u128::from((*full_at).max(now)) + cost;
        let latest = u128::from(now) + self.burst.as_nanos();
        if next > latest {
            return Err(Duration::from_nanos(u64::try_from(next - latest).unwrap_or(u64::MAX)));
        }
        *full_at = u64::try_from(next).unwrap_or(u64::MAX);
        Ok(())
    }
}

fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: u64 = 1_000_000;

    #[test]
    fn a_bucket_fills_at_its_rate() {
        let (rates, one, other) = (Rates::new(Duration::from_secs(2)), Uuid::from_u128(1), Uuid::from_u128(2));
        let take = |now: u64, customer_id, tokens| rates.take_at(now * MS, customer_id, 10, tokens);
        assert_eq!(take(0, one, 20), Ok(()), "two seconds of tokens");
        assert_eq!(take(0, one, 1), Err(Duration::from_millis(100)));
        assert_eq!(take(0, other, 1), Ok(()), "each customer has a bucket");
        assert_eq!(take(99, one, 1), Err(Duration::from_millis(1)));
        assert_eq!(take(100, one, 1), Ok(()));
        assert_eq!(take(100, one, 1), Err(Duration::from_millis(100)));
        assert_eq!(take(60_000, one, 20), Ok(()), "it never holds more than the burst");
        assert!(take(60_000, one, 1).is_err());
        assert!(rates.take_at(90_000 * MS, one, 0, 1).is_err(), "a rate of 0 allows nothing");
        assert!(rates.take_at(90_000 * MS, one, u64::MAX, 1_000_000).is_ok());
        assert!(take(90_000, one, 21).is_err(), "more than a bucket holds");
    }
}
