//! Work for customers that operators have suspended or deleted: stops what runs, and deletes data in small batches. Which
//! customers it is for is stored, so the work goes on after a restart.

use super::App;
use crate::delivery::customers::TIME_TO_LIVE;
use crate::error::{Error, Reason, Result};
use crate::model::standing::Standing;
use crate::model::time::Time;
use crate::proto::ActiveflowStatus;
use crate::store::{CustomerTask, RunFilter};
use crate::supervisor::{Stage, Supervisor};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};
use uuid::Uuid;

/// How often it looks for customers, besides at once when this server is asked.
const EVERY: Duration = Duration::from_secs(2);
/// How many customers it takes at a time.
const CUSTOMERS: u32 = 100;
/// How many activeflows are stopped, rows deleted and files removed at a time, and the pause afterwards.
const RUNS: u32 = 100;
const ROWS: u32 = 500;
const FILES: u32 = 100;
const PAUSE: Duration = Duration::from_millis(25);
/// How long after a suspension something may still begin: as long as servers use the settings that they read before it, and a
/// commit then takes, which waits in its queue for up to 5 s and is written for up to 10 s. What runs is looked for until then.
const LATE: Duration = TIME_TO_LIVE.saturating_add(Duration::from_secs(15));

/// The customers for whom there is work: since when they are suspended, and when this process first saw that.
#[derive(Default)]
struct Seen(HashMap<Uuid, (Option<Time>, Instant)>);

impl Seen {
    /// Returns whether nothing can begin any more for a customer whose settings were just read.
    fn is_settled(&mut self, id: Uuid, standing: Standing, now: Instant) -> bool {
        let (suspended, since) = self.0.entry(id).or_insert((standing.tm_suspend, now));
        if *suspended != standing.tm_suspend {
            // It was resumed in between.
            (*suspended, *since) = (standing.tm_suspend, now);
        }
        now.saturating_duration_since(*since) >= LATE
    }

    /// Forgets the customers for whom there is no work any more.
    fn keep(&mut self, ids: &HashSet<Uuid>) {
        self.0.retain(|id, _| ids.contains(id));
    }
}

/// Starts the task. Only the leader of several nodes does the work.
pub(super) fn start(app: &Arc<App>, supervisor: &Supervisor) {
    let app: Weak<App> = Arc::downgrade(app);
    supervisor.spawn(Stage::Background, "customer_care", move |task| {
        let app = app.clone();
        async move {
            let mut seen = Seen::default();
            loop {
                task.failpoint().await;
                let Some(app) = app.upgrade() else { return task.closing().await };
                tokio::select! {
                    outcome = app.care_for_customers(&mut seen) => if let Err(error) = outcome {
                        tracing::warn!(%error, "suspended or deleted customers wait; retrying");
                    },
                    () = task.closing() => return,
                }
                tokio::select! {
                    () = tokio::time::sleep(EVERY) => {}
                    () = app.care.notified() => {}
                    () = task.closing() => return,
                }
            }
        }
    });
}

impl App {
    async fn care_for_customers(&self, seen: &mut Seen) -> Result<()> {
        if self.membership.as_ref().is_some_and(|membership| !membership.leads_now()) {
            return Ok(());
        }
        let (mut after, mut ids) = (Uuid::nil(), HashSet::new());
        loop {
            let tasks = self.store.customer_tasks(after, CUSTOMERS).await?;
            let Some((last, _)) = tasks.last() else { break };
            after = *last;
            for (id, task) in tasks {
                ids.insert(id);
                match self.care_for_customer(id, task, seen).await {
                    Err(error) if error.reason == Reason::StoreUnavailable => return Err(error),
                    Err(error) => {
                        tracing::warn!(customer_id = %id, %error, "a customer's data cannot be deleted; retrying")
                    }
                    Ok(()) => {}
                }
            }
        }
        seen.keep(&ids);
        Ok(())
    }

    async fn care_for_customer(&self, id: Uuid, task: CustomerTask, seen: &mut Seen) -> Result<()> {
        let Some(row) = self.store.customer(id).await? else {
            return Ok(self.store.end_customer_task(id, task).await?);
        };
        let standing = Standing::read(&row.body).map_err(Error::newer)?;
        // The task is stored before the customer is changed.
        let changed = match task {
            CustomerTask::Delete => standing.tm_delete.is_some(),
            CustomerTask::Stop => standing.is_suspended(),
        };
        if !changed {
            return Ok(());
        }
        // Asked before the look for what runs, which must find what began last.
        let settled = seen.is_settled(id, standing, Instant::now());
        if !self.stop_running(id).await? || !settled {
            return Ok(());
        }
        match task {
            CustomerTask::Delete => self.delete_data(id).await,
            CustomerTask::Stop => Ok(self.store.end_customer_task(id, task).await?),
        }
    }

    /// Stops all activeflows of a customer. Returns true if none was running any more and no call is left.
    async fn stop_running(&self, customer_id: Uuid) -> Result<bool> {
        let filter = RunFilter { status: ActiveflowStatus::Running.into(), ..RunFilter::default() };
        let mut after = 0;
        loop {
            let runs = self.store.runs_by_key(customer_id, filter, after, RUNS).await?;
            for stored in &runs {
                let stopped = self.stop_activeflow(customer_id, stored.run.id, None).await;
                match stopped {
                    Err(error) if error.reason == Reason::StoreUnavailable => return Err(error),
                    // One that cannot be stopped now is found again by the next round.
                    Err(error) => tracing::warn!(%error, run_id = %stored.run.id, "an activeflow cannot be stopped"),
                    Ok(_) => {}
                }
            }
            match runs.last() {
                Some(last) => after = last.key,
                None => return Ok(self.store.customer_counts(customer_id).await? == (0, 0)),
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Deletes all data of a customer for whom nothing runs, the files of recordings before their rows. What is left is
    /// deleted by a later round.
    async fn delete_data(&self, customer_id: Uuid) -> Result<()> {
        loop {
            let recordings = self.store.recordings_of(customer_id, FILES).await?;
            for id in &recordings {
                // On several nodes the file may be another's: each removes those of deleted rows when it starts.
                if !self.recordings.remove(*id).await {
                    return Ok(());
                }
            }
            self.store.forget_recordings(&recordings).await?;
            if recordings.len() < FILES as usize {
                break;
            }
            tokio::time::sleep(PAUSE).await;
        }
        let mut table = Some(0);
        while let Some(from) = table {
            table = self.store.forget_customer(customer_id, from, ROWS).await?;
            tokio::time::sleep(PAUSE).await;
        }
        self.customers.forget();
        if self.simulator.is_some() {
            self.restore_callees().await?;
        }
        tracing::info!(%customer_id, "a deleted customer's data is gone");
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_runs_is_looked_for_as_long_as_something_may_begin() {
        let (mut seen, id, start) = (Seen::default(), Uuid::from_u128(1), Instant::now());
        let suspended = |at| Standing { tm_suspend: Some(Time(at)), tm_delete: None };
        let late = LATE - Duration::from_millis(1);
        assert!(!seen.is_settled(id, suspended(1), start));
        assert!(!seen.is_settled(id, suspended(1), start + late));
        assert!(seen.is_settled(id, suspended(1), start + LATE));
        // Resumed and suspended again, whatever the operator's clock says.
        let again = start + LATE;
        assert!(!seen.is_settled(id, suspended(0), again));
        assert!(!seen.is_settled(id, suspended(0), again + late));
        let deleted = Standing { tm_delete: Some(Time(2)), ..suspended(0) };
        assert!(seen.is_settled(id, deleted, again + LATE), "it stays suspended when it is deleted");
        seen.keep(&HashSet::from([id]));
        assert!(seen.is_settled(id, deleted, again + LATE));
        seen.keep(&HashSet::new());
        assert!(!seen.is_settled(id, deleted, again + LATE));
    }
}
