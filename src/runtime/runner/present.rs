//! Reads the current state of runs, for watches and for requests.

use super::Runner;
use crate::error::{Error, Reason, Result};
use crate::runtime::rows;
use crate::store::{self, Loaded, StoredRun};
use crate::watch::Present;
use async_trait::async_trait;
use std::sync::Arc;
use uuid::Uuid;

#[async_trait]
impl Present for Runner {
    async fn run(&self, id: Uuid) -> Result<Option<Arc<Loaded>>> {
        self.load(id).await
    }

    async fn run_of(&self, customer_id: Uuid, id: Uuid) -> Result<Arc<Loaded>> {
        let found = self.load(id).await?;
        let own = |loaded: &Arc<Loaded>| loaded.run.info.customer_id == customer_id && loaded.run.tm_delete.is_none();
        let missing = || Error::new(Reason::ActiveflowNotFound, format!("activeflow {id} does not exist"));
        found.filter(own).ok_or_else(missing)
    }

    async fn call_of(&self, customer_id: Uuid, id: Uuid) -> Result<store::Call> {
        let row = self.0.deps.store.call(id).await?;
        let own = |row: &store::Call| row.customer_id == customer_id && row.tm_delete.is_none();
        row.filter(own).ok_or_else(|| Error::new(Reason::CallNotFound, format!("call {id} does not exist")))
    }

    async fn read(&self, stored: StoredRun) -> Result<Arc<Loaded>> {
        rows::read_run(stored, &self.0.deps.revisions).await
    }
}

impl Runner {
    pub fn present(&self) -> Arc<dyn Present> {
        Arc::new(self.clone())
    }
}
