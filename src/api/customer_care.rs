//! Work for customers that operators have suspended or deleted: stops what runs, and deletes data in small batches. Which
//! customers it is for is stored, so the work goes on after a restart.

use super::App;
use crate::error::{Error, Reason, Result};
use crate::model::standing::Standing;
use crate::proto::ActiveflowStatus;
use crate::store::{CustomerTask, RunFilter};
use crate::supervisor::{Stage, Supervisor};
use std::sync::{Arc, Weak};
use std::time::Duration;
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

/// Starts the task. Only the leader of several nodes does the work.
pub(super) fn start(app: &Arc<App>, supervisor: &Supervisor) {
    let app: Weak<App> = Arc::downgrade(app);
    supervisor.spawn(Stage::Background, "customer_care", move |task| {
        let app = app.clone();
        async move {
            loop {
                task.failpoint().await;
                let Some(app) = app.upgrade() else { return task.closing().await };
                tokio::select! {
                    outcome = app.care_for_customers() => if let Err(error) = outcome {
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
    async fn care_for_customers(&self) -> Result<()> {
        if self.membership.as_ref().is_some_and(|membership| !membership.leads_now()) {
            return Ok(());
        }
        for (id, task) in self.store.customer_tasks(CUSTOMERS).await? {
            match self.care_for_customer(id, task).await {
                Err(error) if error.reason == Reason::StoreUnavailable => return Err(error),
                Err(error) => {
                    tracing::warn!(customer_id = %id, %error, "a customer's data cannot be deleted; retrying")
                }
                Ok(()) => {}
            }
        }
        Ok(())
    }

    async fn care_for_customer(&self, id: Uuid, task: CustomerTask) -> Result<()> {
        let Some(row) = self.store.customer(id).await? else {
            return Ok(self.store.end_customer_task(id, task).await?);
        };
        let standing = Standing::read(&row.body).map_err(Error::newer)?;
        match task {
            CustomerTask::Delete if standing.tm_delete.is_some() => self.delete_data(id).await,
            CustomerTask::Stop if standing.is_suspended() => match self.stop_running(id).await? {
                true => Ok(self.store.end_customer_task(id, task).await?),
                false => Ok(()),
            },
            // The task is stored before the customer is changed.
            CustomerTask::Stop | CustomerTask::Delete => Ok(()),
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

    /// Deletes all data of a customer, the files of recordings before their rows. What is left is deleted by a later round.
    async fn delete_data(&self, customer_id: Uuid) -> Result<()> {
        if !self.stop_running(customer_id).await? {
            return Ok(());
        }
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
