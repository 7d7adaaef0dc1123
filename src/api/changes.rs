//! Changes of a resource that others may change at the same moment, here or at another server.
//!
//! A change reads the resource, decides, and writes it under the condition that it still stands at the revision that was read.
//! If another change came first, it begins anew on what that one wrote, so that none is lost.

use crate::clock::Clock;
use crate::error::{Error, Reason, Result};
use crate::store::{self, Committed};
use std::time::Duration;

/// How often one change is tried. Each time that it fails another one has succeeded.
const TRIES: u32 = 16;
/// The longest pause between two of them.
const LONGEST: Duration = Duration::from_millis(256);

/// The revision that a caller expects a resource to have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Expected(Option<u64>);

impl Expected {
    /// Whatever is there is changed.
    pub const ANY: Expected = Expected(None);

    pub fn at(revision: u64) -> Expected {
        Expected(Some(revision))
    }

    /// Fails with `STALE_REVISION` where the resource stands at another one.
    pub fn check(self, revision: u64) -> Result<()> {
        match self.0 {
            Some(expected) if expected != revision => Err(Error::stale_revision(revision)),
            _ => Ok(()),
        }
    }
}

/// Counts the tries of one change.
#[derive(Debug, Default)]
pub(super) struct Tries(u32);

impl Tries {
    /// Waits a moment that grows with each try, so that those who race come one after the other; fails when there were enough.
    pub async fn again(&mut self) -> Result<()> {
        self.0 += 1;
        if self.0 == TRIES {
            return Err(Error::new(Reason::StaleRevision, "others kept changing it meanwhile; try again"));
        }
        let longest = Duration::from_millis(1 << self.0).min(LONGEST);
        let pause = Clock::seed() % longest.as_micros();
        tokio::time::sleep(Duration::from_micros(u64::try_from(pause).unwrap_or_default())).await;
        Ok(())
    }
}

/// Whether a change was written. False: another one came first.
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
