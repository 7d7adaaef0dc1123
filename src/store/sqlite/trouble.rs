//! Whether the file can be written. After a write has failed for want of disk, readiness waits until one succeeds.

use super::{Error, Result};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How often readiness may try a write while writes fail.
const TRY: Duration = Duration::from_secs(1);

/// The outcome of the last write, shared by the writer and by readiness.
#[derive(Default)]
pub(super) struct Trouble {
    last: Mutex<Option<Failed>>,
    /// Whether the last write failed: nearly all have not.
    failed: AtomicBool,
}

struct Failed {
    error: Error,
    /// When a write was last tried for readiness.
    tried: Option<Instant>,
}

impl Trouble {
    /// Records that a write failed. Keeps only errors of the disk and the file: others are about one commit.
    pub fn failed(&self, error: &Error) {
        if matches!(error, Error::Full(_) | Error::Unavailable(_)) {
            let mut failed = self.lock();
            let tried = failed.as_ref().and_then(|failed| failed.tried);
            *failed = Some(Failed { error: super::copy(error), tried });
            self.failed.store(true, Ordering::Release);
        }
    }

    /// Records that a write succeeded.
    pub fn passed(&self) {
        if self.failed.swap(false, Ordering::AcqRel)
            && let Some(failed) = self.lock().take()
        {
            tracing::info!("the database can be written again after: {}", failed.error);
        }
    }

    /// Fails if the last write failed and a write was just tried. Returns whether to try one.
    pub fn try_now(&self) -> Result<bool> {
        match &mut *self.lock() {
            None => Ok(false),
            Some(Failed { error, tried }) if tried.is_some_and(|at| at.elapsed() < TRY) => Err(super::copy(error)),
            Some(failed) => {
                failed.tried = Some(Instant::now());
                Ok(true)
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Failed>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_remembered_until_a_write_succeeds() {
        let trouble = Trouble::default();
        trouble.failed(&Error::Conflict);
        assert!(matches!(trouble.try_now(), Ok(false)), "a conflict says nothing about the disk");
        trouble.failed(&Error::Full("13".to_owned()));
        assert!(matches!(trouble.try_now(), Ok(true)), "the first one tries");
        trouble.failed(&Error::Full("13".to_owned()));
        assert!(matches!(trouble.try_now(), Err(Error::Full(_))), "and the next one does not, so soon");
        trouble.passed();
        assert!(matches!(trouble.try_now(), Ok(false)));
    }
}
