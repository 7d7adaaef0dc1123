//! Work that one node, the leader, does for the whole database: webhooks, the outbox, pruning.

use super::retention::{Pruner, Retention};
use crate::cluster::Membership;
use crate::delivery::customers::Customers;
use crate::delivery::outbox::Deliverer;
use crate::delivery::webhooks::Dispatcher;
use crate::error::Result;
use crate::runtime::recordings::Files;
use crate::runtime::runner::Runner;
use crate::store::Store;
use crate::supervisor::{Stage, Supervisor, Task};
use crate::usage::DailyUsage;
use crate::watch::Hub;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Pause before tasks that could not be started are retried.
const RETRY: Duration = Duration::from_secs(1);

pub struct LeaderTasks {
    pub store: Arc<dyn Store>,
    pub hub: Arc<Hub>,
    pub customers: Arc<Customers>,
    pub usage: Arc<DailyUsage>,
    pub deliverer: Deliverer,
    pub runner: Runner,
    /// Deletes the files of recordings that the pruner deletes.
    pub recordings: Arc<Files>,
    pub retention: Retention,
    pub supervisor: Supervisor,
}

impl LeaderTasks {
    /// Starts the tasks now, or as soon as this node is the leader. A leader keeps them until it leaves; a node that is
    /// about to leave does not start them.
    pub async fn begin(self, membership: Option<&Arc<Membership>>) -> Result<()> {
        let Some(membership) = membership.cloned() else { return self.take_up(true).await };
        let tasks = Arc::new((self, AtomicBool::new(false)));
        let supervisor = tasks.0.supervisor.clone();
        supervisor.spawn(Stage::Background, "leader", move |task| {
            let (tasks, membership) = (tasks.clone(), membership.clone());
            async move { tasks.0.lead(&membership, &tasks.1, &task).await }
        });
        Ok(())
    }

    /// Waits until this node is the leader, and starts the tasks. Each started task is supervised separately.
    async fn lead(&self, membership: &Membership, begun: &AtomicBool, task: &Task) {
        if !begun.load(Ordering::SeqCst) {
            tokio::select! {
                biased;
                () = task.closing() => return membership.retire().await,
                () = membership.leads() => {}
            }
            task.failpoint().await;
            while let Err(error) = self.take_up(false).await {
                tracing::warn!(%error, "webhooks and the outbox cannot be started; retrying");
                tokio::select! {
                    () = tokio::time::sleep(RETRY) => {}
                    () = task.closing() => return,
                }
            }
            begun.store(true, Ordering::SeqCst);
        }
        task.closing().await;
    }

    /// `alone`: no other node changes the customers' settings.
    async fn take_up(&self, alone: bool) -> Result<()> {
        self.deliverer.settle_started().await?;
        let (store, hub) = (self.store.clone(), self.hub.clone());
        let customers = (self.customers.clone(), self.usage.clone());
        let delivered =
            Dispatcher::start(store, hub, customers, self.deliverer.clone(), alone, &self.supervisor).await?;
        // Nothing below can fail, so a retry never starts a task twice.
        self.deliverer.start();
        let (store, runner, recordings) = (self.store.clone(), self.runner.clone(), self.recordings.clone());
        let trust = Default::default();
        Pruner { store, runner, recordings, retention: self.retention, delivered, trust }.start(&self.supervisor);
        Ok(())
    }
}
