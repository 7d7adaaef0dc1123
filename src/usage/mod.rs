//! What customers use each day (UTC), counted against their daily budgets.
//!
//! A server counts what it hands to its store, and adds the counts to the database every few seconds. That also returns
//! the totals of all servers. A server that dies loses the counts of the last seconds: a budget is a bound, not a bill.

mod counts;

pub use counts::Counts;

use crate::error::Result;
use crate::model::amounts::Amounts;
use crate::model::limits::CustomerLimits;
use crate::store::Store;
use crate::supervisor::{Stage, Supervisor, Task};
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// How often counts are added to the database.
const EVERY: Duration = Duration::from_secs(5);
/// The most customers whose counts are added in one transaction.
const BATCH: usize = 500;

pub struct DailyUsage {
    store: Arc<dyn Store>,
    counts: Arc<Counts>,
}

impl DailyUsage {
    /// Starts the task that adds the counts to the database, and adds the last of them when the server stops.
    pub fn start(store: Arc<dyn Store>, counts: Arc<Counts>, supervisor: &Supervisor) -> Arc<DailyUsage> {
        let usage = Arc::new(DailyUsage { store, counts });
        let writing = usage.clone();
        supervisor.spawn(Stage::Outbox, "usage", move |task| writing.clone().write(task));
        usage
    }

    /// Counts what no commit shows.
    pub fn add(&self, customer_id: Uuid, amounts: Amounts) {
        self.counts.add(customer_id, amounts);
    }

    /// Counts what no commit shows, and returns what the customer has used today if that is known without asking the
    /// database: a few seconds after the first use of a day.
    pub fn add_to_known(&self, customer_id: Uuid, amounts: Amounts) -> Option<Amounts> {
        if !amounts.is_empty() {
            self.counts.add(customer_id, amounts);
        }
        self.counts.total(customer_id)
    }

    /// Returns what a customer has used today.
    pub async fn today(&self, customer_id: Uuid) -> Result<Amounts> {
        if let Some(total) = self.counts.total(customer_id) {
            return Ok(total);
        }
        let day = self.counts.day();
        let stored = self.store.usage(customer_id, day).await?;
        Ok(self.counts.learn(customer_id, day, stored))
    }

    /// Returns what a customer may still use today.
    pub async fn left(&self, customer_id: Uuid, limits: &CustomerLimits) -> Result<Amounts> {
        let used = self.today(customer_id).await?;
        Ok(Amounts {
            history_bytes: limits.daily_history_bytes.saturating_sub(used.history_bytes),
            recording_bytes: limits.daily_recording_bytes.saturating_sub(used.recording_bytes),
            messages: limits.daily_messages.saturating_sub(used.messages),
            mails: limits.daily_mails.saturating_sub(used.mails),
            requests: limits.daily_requests.saturating_sub(used.requests),
            call_seconds: limits.daily_provider_minutes.saturating_mul(60).saturating_sub(used.call_seconds),
        })
    }

    async fn write(self: Arc<DailyUsage>, task: Task) {
        loop {
            tokio::select! {
                () = tokio::time::sleep(EVERY) => {}
                () = task.closing() => {}
            }
            task.failpoint().await;
            if let Err(error) = self.write_all().await {
                tracing::warn!(%error, "what customers used cannot be written; retrying");
            }
            if task.is_closing() {
                return;
            }
        }
    }

    async fn write_all(&self) -> Result<()> {
        self.counts.begin_day();
        loop {
            let batch = self.counts.take(BATCH);
            if batch.is_empty() {
                return Ok(());
            }
            match self.store.add_usage(batch.clone()).await {
                Ok(totals) => self.counts.written(&totals),
                Err(error) => {
                    self.counts.put_back(&batch);
                    return Err(error.into());
                }
            }
        }
    }
}
