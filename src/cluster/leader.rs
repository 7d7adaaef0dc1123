//! What is done once for a database, however many nodes share it: webhooks, the outbox, forgetting what is old.

use super::retention::{Pruner, Retention};
use crate::cluster::Membership;
use crate::delivery::customers::Customers;
use crate::delivery::outbox::Deliverer;
use crate::delivery::webhooks::Dispatcher;
use crate::error::Result;
use crate::runtime::recordings::Files;
use crate::runtime::runner::Runner;
use crate::store::Store;
use crate::watch::Hub;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// Pause before tasks that could not be begun are tried again.
const RETRY: Duration = Duration::from_secs(1);

pub struct LeaderTasks {
    pub store: Arc<dyn Store>,
    pub hub: Arc<Hub>,
    pub customers: Arc<Customers>,
    pub deliverer: Deliverer,
    pub runner: Runner,
    /// Their files are forgotten with them.
    pub recordings: Arc<Files>,
    pub retention: Retention,
    pub draining: watch::Receiver<bool>,
}

impl LeaderTasks {
    /// Begins them, or has them begun once they are this node's. Who has them keeps them until it goes, and who is about to go
    /// does not begin.
    pub async fn begin(self, membership: Option<&Arc<Membership>>) -> Result<()> {
        let Some(membership) = membership.cloned() else { return self.take_up(true).await };
        let mut draining = self.draining.clone();
        tokio::spawn(async move {
            let goes = async {
                // The sender lives in the app; without it nothing is left to be done.
                let _ = draining.wait_for(|draining| *draining).await;
            };
            let goes = tokio::select! {
                biased;
                () = goes => true,
                () = membership.leads() => false,
            };
            if goes {
                return membership.retire().await;
            }
            while let Err(error) = self.take_up(false).await {
                tracing::warn!(%error, "webhooks and what is to be sent wait; it is tried again");
                tokio::time::sleep(RETRY).await;
            }
        });
        Ok(())
    }

    /// `alone`: nobody else changes what customers said.
    async fn take_up(&self, alone: bool) -> Result<()> {
        self.deliverer.settle_started().await?;
        let (store, hub, customers) = (self.store.clone(), self.hub.clone(), self.customers.clone());
        let delivered = Dispatcher::start(store, hub, customers, self.deliverer.clone(), alone).await?;
        // From here on nothing can fail: what is tried again has not begun.
        self.deliverer.start();
        let (store, runner, recordings) = (self.store.clone(), self.runner.clone(), self.recordings.clone());
        Pruner { store, runner, recordings, retention: self.retention, delivered }.start(self.draining.clone());
        Ok(())
    }
}
