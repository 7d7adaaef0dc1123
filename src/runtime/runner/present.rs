//! Reads the current state of runs, for watches and for requests.

use super::Runner;
use crate::error::{Error, Reason, Result};
use crate::runtime::rows;
use crate::store::{self, Loaded, StoredRun};
use crate::watch::{Glimpse, Present};
use async_trait::async_trait;
use std::sync::Arc;
use uuid::Uuid;

#[async_trait]
impl Present for Runner {
    async fn glimpse(&self, id: Uuid) -> Result<Option<Glimpse>> {
        if let Some(loaded) = self.cached(id) {
            return Ok(Some(Glimpse::of(loaded)));
        }
        match self.0.deps.store.run(id).await? {
            Some(stored) => self.read(stored).await.map(Some),
            None => Ok(None),
        }
    }

    async fn glimpse_of(&self, customer_id: Uuid, id: Uuid) -> Result<Glimpse> {
        let found = self.glimpse(id).await?;
        let own = |it: &Glimpse| it.info().customer_id == customer_id && !it.is_deleted();
        found.filter(own).ok_or_else(|| missing(id))
    }

    async fn read(&self, stored: StoredRun) -> Result<Glimpse> {
        rows::read_glimpse(stored, &self.0.deps.revisions).await
    }

    async fn call_of(&self, customer_id: Uuid, id: Uuid) -> Result<store::Call> {
        let row = self.0.deps.store.call(id).await?;
        let own = |row: &store::Call| row.customer_id == customer_id && row.tm_delete.is_none();
        row.filter(own).ok_or_else(|| Error::new(Reason::CallNotFound, format!("call {id} does not exist")))
    }
}

fn missing(id: Uuid) -> Error {
    Error::new(Reason::ActiveflowNotFound, format!("activeflow {id} does not exist"))
}

impl Runner {
    pub fn present(&self) -> Arc<dyn Present> {
        Arc::new(self.clone())
    }

    /// Returns a run of this customer that is not deleted, with all its revisions.
    pub async fn run_of(&self, customer_id: Uuid, id: Uuid) -> Result<Arc<Loaded>> {
        let found = self.load(id).await?;
        let own = |loaded: &Arc<Loaded>| loaded.run.info.customer_id == customer_id && loaded.run.tm_delete.is_none();
        found.filter(own).ok_or_else(|| missing(id))
    }
}
