//! Slows down attempts with bad credentials, by client address.
//!
//! Keys are too long to be guessed. What attempts cost is the lookup in the database: each address may fail a number of
//! times at once and then once per second, and few lookups of unknown keys run at the same time. A key that was valid
//! before is not slowed: other customers may share the address of an attacker.

use crate::error::{Error, Reason, Result};
use lru::LruCache;
use std::net::IpAddr;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{Semaphore, SemaphorePermit};

/// The failed attempts of one address: so many at once, and then one per `INTERVAL`.
const BURST: u32 = 100;
const INTERVAL: Duration = Duration::from_secs(1);
/// The most addresses that are remembered; the one that failed longest ago is forgotten first.
const ADDRESSES: NonZeroUsize = NonZeroUsize::new(8_192).expect("not zero");
/// The most hashes of valid keys that are remembered.
const KEYS: NonZeroUsize = NonZeroUsize::new(16_384).expect("not zero");
/// The lookups of unknown keys that run at the same time, and those that wait for their turn.
const LOOKUPS: usize = 32;
const WAITING: usize = 1_024;
/// How long a lookup waits for its turn.
const PATIENCE: Duration = Duration::from_secs(5);

/// The hash of an access key.
type Hash = [u8; 32];

pub struct Attempts {
    /// For each address, when all of its failures are forgiven (generic cell rate algorithm, GCRA).
    failures: Mutex<LruCache<IpAddr, Instant>>,
    /// Keys that were valid when they were last looked up.
    valid: Mutex<LruCache<Hash, ()>>,
    lookups: Semaphore,
    waiting: AtomicUsize,
}

/// A lookup of a key that has its turn.
pub struct Lookup<'a> {
    attempts: &'a Attempts,
    from: IpAddr,
    hash: Hash,
    /// None: the key was valid before.
    counted: Option<SemaphorePermit<'a>>,
}

impl Default for Attempts {
    fn default() -> Attempts {
        Attempts {
            failures: Mutex::new(LruCache::new(ADDRESSES)),
            valid: Mutex::new(LruCache::new(KEYS)),
            lookups: Semaphore::new(LOOKUPS),
            waiting: AtomicUsize::new(0),
        }
    }
}

impl Attempts {
    /// Waits until a key may be looked up. An unknown key counts as a failed attempt of its address until it is found.
    ///
    /// Fails with TOO_MANY_REQUESTS if the address has failed too often, or too many lookups wait.
    pub async fn lookup(&self, from: IpAddr, hash: Hash) -> Result<Lookup<'_>> {
        if lock(&self.valid).get(&hash).is_some() {
            return Ok(Lookup { attempts: self, from, hash, counted: None });
        }
        // Before it waits, so that an attacker does not fill the queue.
        if !self.may_fail(from, Instant::now()) {
            return Err(too_many());
        }
        let permit = self.turn().await?;
        if !self.fail(from, Instant::now()) {
            return Err(too_many());
        }
        Ok(Lookup { attempts: self, from, hash, counted: Some(permit) })
    }

    /// Counts a failed attempt that needed no lookup. Returns the error for the caller: `refused`, or TOO_MANY_REQUESTS.
    pub fn failed(&self, from: IpAddr, refused: Error) -> Error {
        match self.fail(from, Instant::now()) {
            true => refused,
            false => too_many(),
        }
    }

    async fn turn(&self) -> Result<SemaphorePermit<'_>> {
        if let Ok(permit) = self.lookups.try_acquire() {
            return Ok(permit);
        }
        let _waiting = Waiting::new(&self.waiting).ok_or_else(busy)?;
        // The semaphore is never closed.
        let turn = tokio::time::timeout(PATIENCE, self.lookups.acquire()).await;
        turn.ok().and_then(|permit| permit.ok()).ok_or_else(busy)
    }

    fn may_fail(&self, from: IpAddr, now: Instant) -> bool {
        lock(&self.failures).peek(&from).is_none_or(|until| *until < now + BURST * INTERVAL)
    }

    /// Counts a failure. Returns false if the address has none left.
    fn fail(&self, from: IpAddr, now: Instant) -> bool {
        let mut failures = lock(&self.failures);
        let until = failures.get_or_insert_mut(from, || now);
        let next = (*until).max(now) + INTERVAL;
        let may = next <= now + BURST * INTERVAL;
        if may {
            *until = next;
        }
        may
    }

    fn forgive(&self, from: IpAddr) {
        if let Some(until) = lock(&self.failures).get_mut(&from)
            && let Some(earlier) = until.checked_sub(INTERVAL)
        {
            *until = earlier;
        }
    }
}

impl Lookup<'_> {
    /// Records that the key is valid.
    pub fn found(self) {
        if self.counted.is_some() {
            self.attempts.forgive(self.from);
        }
        lock(&self.attempts.valid).put(self.hash, ());
    }

    /// Records that the key is not valid. Returns the error for the caller: `refused`, or TOO_MANY_REQUESTS.
    pub fn not_found(self, refused: Error) -> Error {
        match self.counted {
            // It was counted when the lookup began.
            Some(_) => refused,
            None => {
                lock(&self.attempts.valid).pop(&self.hash);
                self.attempts.failed(self.from, refused)
            }
        }
    }

    /// Records that the store did not answer, which says nothing about the key.
    pub fn undecided(self) {
        if self.counted.is_some() {
            self.attempts.forgive(self.from);
        }
    }
}

/// A place among those that wait for their turn.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn new(count: &'a AtomicUsize) -> Option<Waiting<'a>> {
        let place = Waiting(count);
        (count.fetch_add(1, Ordering::Relaxed) < WAITING).then_some(place)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

fn too_many() -> Error {
    Error::new(Reason::TooManyRequests, "too many requests with bad credentials from this address; retry later")
}

fn busy() -> Error {
    Error::new(Reason::TooManyRequests, "the server checks too many unknown access keys at this moment; retry later")
}

/// A poisoned lock is fine: no panic leaves the tables inconsistent.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));
    const THERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 2));

    fn refused() -> Error {
        Error::new(Reason::InvalidCredentials, "no")
    }

    #[test]
    fn an_address_fails_so_often_and_then_once_per_second() {
        let (attempts, now) = (Attempts::default(), Instant::now());
        assert_eq!((0..2 * BURST).filter(|_| attempts.fail(HERE, now)).count(), BURST as usize);
        assert!(!attempts.may_fail(HERE, now) && attempts.fail(THERE, now), "another address is not concerned");
        let later = now + INTERVAL;
        assert!(attempts.may_fail(HERE, later) && attempts.fail(HERE, later) && !attempts.fail(HERE, later));
        let much_later = now + 10 * BURST * INTERVAL;
        assert_eq!((0..2 * BURST).filter(|_| attempts.fail(HERE, much_later)).count(), BURST as usize);
    }

    #[tokio::test]
    async fn a_key_that_was_valid_passes_from_an_address_that_fails() {
        let attempts = Attempts::default();
        attempts.lookup(HERE, [1; 32]).await.unwrap().found();
        for number in 0..BURST {
            let error = attempts.lookup(HERE, [2; 32]).await.unwrap().not_found(refused());
            assert_eq!(error.reason, Reason::InvalidCredentials, "{number}");
        }
        let Err(error) = attempts.lookup(HERE, [3; 32]).await else { panic!("no failure is left") };
        assert_eq!(error.reason, Reason::TooManyRequests);
        assert_eq!(attempts.failed(HERE, refused()).reason, Reason::TooManyRequests);
        attempts.lookup(HERE, [1; 32]).await.unwrap().found();
        // It was deleted: it is an unknown key from now on.
        let error = attempts.lookup(HERE, [1; 32]).await.unwrap().not_found(refused());
        assert_eq!(error.reason, Reason::TooManyRequests);
        assert!(attempts.lookup(HERE, [1; 32]).await.is_err() && attempts.lookup(THERE, [3; 32]).await.is_ok());
    }

    #[tokio::test]
    async fn valid_keys_and_a_store_that_is_away_use_up_nothing() {
        let attempts = Attempts::default();
        for number in 0..=u8::MAX {
            attempts.lookup(HERE, [number; 32]).await.unwrap().undecided();
            attempts.lookup(HERE, [number; 32]).await.unwrap().found();
        }
        assert!(attempts.may_fail(HERE, Instant::now()));
    }

    #[tokio::test(start_paused = true)]
    async fn few_lookups_run_at_the_same_time() {
        let attempts = Attempts::default();
        let mut running = Vec::new();
        for number in 0..LOOKUPS {
            running.push(attempts.lookup(HERE, [number as u8; 32]).await.unwrap());
        }
        let Err(error) = attempts.lookup(THERE, [99; 32]).await else { panic!("it must wait") };
        assert_eq!(error.reason, Reason::TooManyRequests);
        let (next, ()) = tokio::join!(attempts.lookup(THERE, [99; 32]), async { running.pop().unwrap().found() });
        assert!(next.is_ok() && attempts.waiting.load(Ordering::Relaxed) == 0);
    }
}
