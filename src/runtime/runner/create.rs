//! Creation of runs: they are committed and then started, even if the caller has disconnected.

use super::{Runner, count};
use crate::engine::Output;
use crate::error::{Error, Result};
use crate::failpoint;
use crate::model::run::Run;
use crate::model::time::Time;
use crate::runtime::admission::Permit;
use crate::runtime::idempotency::{self, Done, IdempotentRequest};
use crate::store::Commit;
use prost::Message;
use uuid::Uuid;

/// The runs that a request creates.
pub struct New<R> {
    pub commit: Commit,
    /// In the order in which the commit writes them.
    pub runs: Vec<(Run, Output)>,
    /// The room that was reserved for them; None if there are no runs.
    pub permit: Option<Permit>,
    pub idempotency: Option<IdempotentRequest>,
    pub response: R,
    pub now: Time,
}

/// A run that is being created: items in its mailbox wait until this is dropped.
pub struct Held {
    runner: Runner,
    run_id: Uuid,
}

/// Returns runs and those that their first steps begin, in the order in which a commit writes them.
pub fn in_order(runs: Vec<(Run, Output)>) -> Vec<(Run, Output)> {
    let mut all = Vec::with_capacity(runs.len());
    for (run, mut output) in runs {
        let spawned = std::mem::take(&mut output.spawned);
        all.push((run, output));
        all.extend(in_order(spawned));
    }
    all
}

impl Drop for Held {
    fn drop(&mut self) {
        if self.runner.0.mailboxes.release(self.run_id) {
            self.runner.employ(self.run_id);
        }
    }
}

impl Runner {
    pub(super) fn hold(&self, run_id: Uuid) -> Held {
        self.0.mailboxes.hold(run_id);
        Held { runner: self.clone(), run_id }
    }

    /// Commits new runs and starts them. `arrive` runs when they can receive inputs and before they do anything. If the
    /// idempotency key was used before, returns the first response.
    ///
    /// This happens in a separate task. The caller may disappear in the middle (a deadline, a broken connection), and a run
    /// that is durable but was not started would stand still until the server restarts.
    pub async fn create<R: Message + Default + 'static>(
        &self,
        new: New<R>,
        arrive: impl Future<Output = ()> + Send + 'static,
    ) -> Result<R> {
        let runner = self.clone();
        let done = tokio::spawn(async move {
            let New { commit, runs, mut permit, idempotency, response, now } = new;
            let runs = in_order(runs);
            let _held: Vec<Held> = runs.iter().map(|(run, _)| runner.hold(run.info.id)).collect();
            let records = count::records(&commit);
            failpoint::reach("before_create").await;
            if let Some(permit) = &permit {
                // Looking at a destination may have taken longer than settings are cached. Who stops what runs for a
                // suspended customer waits for settings of before the suspension to expire.
                runner.0.deps.customers.admit(permit.customer_id()).await?;
            }
            match idempotency::commit(&*runner.0.deps.store, &idempotency, commit, &response, now).await? {
                Done::Before(response) => Ok(response),
                Done::Now(committed) => {
                    failpoint::reach("after_create").await;
                    runner.count_actions(&records);
                    if let Some(permit) = &mut permit {
                        runner.adopt(&committed, runs, permit);
                    }
                    arrive.await;
                    Ok(response)
                }
            }
        });
        done.await.map_err(Error::internal)?
    }
}
