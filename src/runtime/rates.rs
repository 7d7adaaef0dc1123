//! Rates: how much each customer may do in a second, and how many calls each provider may get.

use crate::supervisor::lock;
use lru::LruCache;
use std::num::NonZeroUsize;
use std::sync::Mutex;
use std::time::{Duration, Instant};
use uuid::Uuid;

/// The time over which rates are averaged: a customer may use what belongs to this time at once.
pub const BURST: Duration = Duration::from_secs(2);
/// The most customers or providers whose rates are remembered. One that is forgotten may use its whole burst again.
const CUSTOMERS: NonZeroUsize = NonZeroUsize::new(10_000).expect("it is not zero");

/// A token bucket, kept as the time at which it is full (the generic cell rate algorithm, ITU-T I.371). It gets
/// `per_second` tokens each second, and holds those of [`BURST`].
#[derive(Debug, Clone, Copy)]
pub struct Bucket {
    full_at: Instant,
}

impl Bucket {
    pub fn full(now: Instant) -> Bucket {
        Bucket { full_at: now }
    }

    pub fn is_full(&self, now: Instant) -> bool {
        self.full_at <= now
    }

    /// Returns how many tokens it holds.
    pub fn tokens(&self, now: Instant, per_second: u64) -> u64 {
        let held = BURST.saturating_sub(self.full_at.saturating_duration_since(now));
        u64::try_from(held.as_nanos() * u128::from(per_second) / NANOS).unwrap_or(u64::MAX)
    }

    /// Takes tokens. Takes none and returns how long the caller should wait if there are not enough.
    pub fn take(&mut self, now: Instant, per_second: u64, tokens: u64) -> Result<(), Duration> {
        let full_at = self.full_at.max(now).checked_add(time_of(per_second, tokens)).ok_or(BURST)?;
        match full_at.saturating_duration_since(now).saturating_sub(BURST) {
            Duration::ZERO => {
                self.full_at = full_at;
                Ok(())
            }
            wait => Err(wait),
        }
    }

    /// Takes a token that it will have after the time returned, if that is no longer than `longest`.
    fn reserve(&mut self, now: Instant, per_second: u64, longest: Duration) -> Result<Duration, Duration> {
        let place = self.full_at.max(now);
        let wait = place.saturating_duration_since(now);
        let next = place.checked_add(time_of(per_second, 1)).ok_or(Duration::MAX)?;
        if wait > longest {
            return Err(wait);
        }
        self.full_at = next;
        Ok(wait)
    }

    /// Gives back tokens that were taken and not used.
    pub fn give_back(&mut self, per_second: u64, tokens: u64) {
        // Times are rounded down: the nanosecond makes the tokens whole again.
        let time = time_of(per_second, tokens).saturating_add(Duration::from_nanos(1));
        self.full_at = self.full_at.checked_sub(time).unwrap_or(self.full_at);
    }
}

const NANOS: u128 = 1_000_000_000;

/// Returns the time in which a bucket gets this many tokens.
fn time_of(per_second: u64, tokens: u64) -> Duration {
    let nanos = (u128::from(tokens) * NANOS).checked_div(u128::from(per_second));
    match (tokens, nanos) {
        (0, _) => Duration::ZERO,
        (_, None) => Duration::MAX,
        (_, Some(nanos)) => Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX)),
    }
}

/// A bucket for each customer.
pub struct Rates(Mutex<LruCache<Uuid, Bucket>>);

impl Default for Rates {
    fn default() -> Rates {
        Rates(Mutex::new(LruCache::new(CUSTOMERS)))
    }
}

impl Rates {
    /// Takes tokens from a customer's bucket. Takes none and returns how long the caller should wait if there are not
    /// enough.
    pub fn take(&self, customer_id: Uuid, per_second: u64, tokens: u64) -> Result<(), Duration> {
        self.take_at(Instant::now(), customer_id, per_second, tokens)
    }

    fn take_at(&self, now: Instant, customer_id: Uuid, per_second: u64, tokens: u64) -> Result<(), Duration> {
        lock(&self.0).get_or_insert_mut(customer_id, || Bucket::full(now)).take(now, per_second, tokens)
    }

    /// Takes the next token, if need be one that the bucket does not have yet, and returns after which time it may be used.
    /// Tokens that are taken so are spaced evenly, without bursts, and in the order of their requests. Takes none, and
    /// returns the time, if it is more than `longest`.
    pub fn reserve(&self, id: Uuid, per_second: u64, longest: Duration) -> Result<Duration, Duration> {
        self.reserve_at(Instant::now(), id, per_second, longest)
    }

    fn reserve_at(&self, now: Instant, id: Uuid, per_second: u64, longest: Duration) -> Result<Duration, Duration> {
        lock(&self.0).get_or_insert_mut(id, || Bucket::full(now)).reserve(now, per_second, longest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn a_bucket_fills_at_its_rate() {
        let (rates, one, other, start) = (Rates::default(), Uuid::from_u128(1), Uuid::from_u128(2), Instant::now());
        let take = |now: u64, customer_id, tokens| rates.take_at(start + ms(now), customer_id, 10, tokens);
        assert_eq!(take(0, one, 20), Ok(()), "two seconds of tokens");
        assert_eq!(take(0, one, 1), Err(ms(100)));
        assert_eq!(take(0, other, 1), Ok(()), "each customer has a bucket");
        assert_eq!(take(99, one, 1), Err(ms(1)));
        assert_eq!(take(100, one, 1), Ok(()));
        assert_eq!(take(100, one, 1), Err(ms(100)));
        assert_eq!(take(60_000, one, 20), Ok(()), "it never holds more than the burst");
        assert!(take(60_000, one, 1).is_err());
        assert!(rates.take_at(start + ms(90_000), one, 0, 1).is_err(), "a rate of 0 allows nothing");
        assert!(rates.take_at(start + ms(90_000), one, u64::MAX, 1_000_000).is_ok());
        assert!(take(90_000, one, 21).is_err(), "more than a bucket holds");
        assert!(take(90_000, one, u64::MAX).is_err());
    }

    #[test]
    fn a_bucket_says_what_it_holds_and_takes_back() {
        let now = Instant::now();
        let mut bucket = Bucket::full(now);
        assert_eq!((bucket.tokens(now, 3), bucket.tokens(now, 0), bucket.is_full(now)), (6, 0, true));
        bucket.take(now, 3, 6).unwrap();
        assert_eq!((bucket.tokens(now, 3), bucket.tokens(now + ms(334), 3)), (0, 1));
        bucket.give_back(3, 4);
        assert_eq!((bucket.tokens(now, 3), bucket.is_full(now)), (4, false));
        assert_eq!(bucket.take(now, 0, 0), Ok(()), "nothing can always be taken");
    }

    #[test]
    fn reserved_tokens_are_spaced_evenly() {
        let (rates, one, other, start) = (Rates::default(), Uuid::from_u128(1), Uuid::from_u128(2), Instant::now());
        let reserve = |now: u64, id, longest| rates.reserve_at(start + ms(now), id, 10, ms(longest));
        assert_eq!(reserve(1_000, one, 0), Ok(ms(0)), "the first one is free");
        assert_eq!(reserve(1_000, one, 0), Err(ms(100)), "there is no burst");
        assert_eq!(reserve(1_000, one, 250), Ok(ms(100)));
        assert_eq!(reserve(1_000, one, 250), Ok(ms(200)));
        assert_eq!(reserve(1_000, one, 250), Err(ms(300)), "the queue is full, and nothing was taken");
        assert_eq!(reserve(1_050, one, 250), Ok(ms(250)));
        assert_eq!(reserve(1_000, other, 0), Ok(ms(0)), "each has a queue of its own");
        assert_eq!(reserve(9_000, one, 0), Ok(ms(0)), "what was not used is not saved up");
        assert_eq!(reserve(9_000, one, 0), Err(ms(100)));
        assert_eq!(rates.reserve_at(start, one, 0, ms(1)), Err(Duration::MAX), "a rate of 0 allows nothing");
    }
}
