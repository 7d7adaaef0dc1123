//! Changes of a resource that may be changed concurrently, on this server or another one.
//!
//! A change reads the resource, decides, and writes it on the condition that its revision is still the one that was
//! read. If another change came first, it starts again from the new state, so that no change is lost.

use crate::clock::Clock;
use crate::error::{Error, Reason, Result};
use crate::store::{self, Committed};
use std::time::Duration;

/// The number of attempts for one change. Each failed attempt means that another change succeeded.
const TRIES: u32 = 16;
/// The longest pause between two attempts.
const LONGEST: Duration = Duration::from_millis(256);

/// The revision that a caller expects a resource to have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Expected(Option<u64>);

impl Expected {
    /// Changes the resource whatever its revision is.
    pub const ANY: Expected = Expected(None);

    pub fn at(revision: u64) -> Expected {
        Expected(Some(revision))
    }

    /// Fails with `STALE_REVISION` if the resource has another revision.
    pub fn check(self, revision: u64) -> Result<()> {
        match self.0 {
            Some(expected) if expected != revision => Err(Error::stale_revision(revision)),
            _ => Ok(()),
        }
    }
}

/// Counts the attempts of one change.
#[derive(Debug, Default)]
pub(super) struct Tries(u32);

impl Tries {
    /// Waits for a random time whose upper limit grows with each attempt, so that competing changes spread out. Fails
    /// after the last attempt.
    pub async fn again(&mut self) -> Result<()> {
        self.0 += 1;
        if self.0 == TRIES {
            return Err(Error::new(Reason::StaleRevision, "concurrent requests kept changing it; try again"));
        }
        let longest = Duration::from_millis(1 << self.0).min(LONGEST);
        let pause = Clock::seed() % longest.as_micros();
        tokio::time::sleep(Duration::from_micros(u64::try_from(pause).unwrap_or_default())).await;
        Ok(())
    }
}

/// Returns whether a change was written; false if another one came first.
pub(super) fn written(outcome: store::Result<Committed>) -> Result<bool> {
    match outcome {
        Ok(_) => Ok(true),
        Err(store::Error::Conflict) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expected_revision_is_held_against_the_current_one() {
        assert!(Expected::ANY.check(7).is_ok() && Expected::at(7).check(7).is_ok());
        let stale = Expected::at(6).check(7).unwrap_err();
        assert_eq!((stale.reason, stale.revision), (Reason::StaleRevision, Some(7)));
    }

    #[tokio::test(start_paused = true)]
    async fn tries_have_a_bound() {
        let (mut tries, mut count) = (Tries::default(), 1);
        let error = loop {
            match tries.again().await {
                Ok(()) => count += 1,
                Err(error) => break error,
            }
        };
        assert_eq!((error.reason, count), (Reason::StaleRevision, TRIES));
    }
}
