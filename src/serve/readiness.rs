//! Readiness, for callers that need no credential: however many ask, one query at a time reaches the database.

use crate::error::{Error, Reason, Result};
use std::time::Instant;
use tokio::sync::Mutex;

/// Shares the checks of a server's readiness among those that ask at the same time.
#[derive(Default)]
pub struct Readiness(Mutex<Option<Check>>);

/// A check that is over.
struct Check {
    began: Instant,
    outcome: Result<(), (Reason, String)>,
}

impl Readiness {
    /// Returns whether the server is ready, as `ready` finds out. All callers that wait for a check share the one that
    /// begins next.
    pub async fn check(&self, ready: impl AsyncFnOnce() -> Result<()>) -> Result<()> {
        let arrived = Instant::now();
        let mut last = self.0.lock().await;
        if let Some(Check { began, outcome }) = &*last
            && *began >= arrived
        {
            return outcome.clone().map_err(|(reason, message)| Error::new(reason, message));
        }
        let began = Instant::now();
        let outcome = ready().await;
        let shared = match &outcome {
            Ok(()) => Ok(()),
            Err(error) => Err((error.reason, error.message.clone())),
        };
        *last = Some(Check { began, outcome: shared });
        outcome
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::future::join_all;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    #[tokio::test(start_paused = true)]
    async fn those_that_ask_at_the_same_time_share_two_checks() {
        let (readiness, checks) = (Readiness::default(), AtomicUsize::new(0));
        let ready = async || {
            readiness
                .check(async || {
                    checks.fetch_add(1, Ordering::Relaxed);
                    tokio::time::sleep(Duration::from_millis(1)).await;
                    Err(Error::new(Reason::StoreUnavailable, "away"))
                })
                .await
        };
        let outcomes = join_all((0..1_000).map(|_| ready())).await;
        assert!(outcomes.iter().all(|it| it.as_ref().is_err_and(|error| error.reason == Reason::StoreUnavailable)));
        // The one that began first, and one for all that came while it ran.
        assert_eq!(checks.load(Ordering::Relaxed), 2);
        // Whoever asks later is not told what was.
        assert!(readiness.check(async || Ok(())).await.is_ok());
    }
}
