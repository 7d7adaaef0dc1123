//! The current state, for a watch that begins with a snapshot; later changes come from the log.

use crate::error::Result;
use crate::model::call::Call;
use crate::model::run::{Run, RunInfo};
use crate::model::view::{self, Owner};
use crate::proto;
use crate::store::{self, Damage, Loaded, RunKey, StoredRun};
use async_trait::async_trait;
use std::sync::Arc;
use uuid::Uuid;

/// Provides runs, which may be newer in memory than in the store.
#[async_trait]
pub trait Present: Send + Sync {
    /// Returns what lists show of a run; None if it does not exist.
    async fn glimpse(&self, id: Uuid) -> Result<Option<Glimpse>>;
    /// Returns the same of a run of this customer that is not deleted.
    async fn glimpse_of(&self, customer_id: Uuid, id: Uuid) -> Result<Glimpse>;
    /// Returns the same from a row that a list of the store returned.
    async fn read(&self, stored: StoredRun) -> Result<Glimpse>;
    /// Returns a call of this customer that is not deleted.
    async fn call_of(&self, customer_id: Uuid, id: Uuid) -> Result<store::Call>;
}

/// What lists and snapshots show of a run. Its revisions, which may be large, need not be loaded.
pub struct Glimpse {
    loaded: Arc<Loaded>,
    action: Option<proto::Action>,
}

impl Glimpse {
    /// Creates it with the run's current action. The run's revisions may be missing.
    pub fn new(loaded: Arc<Loaded>, action: Option<proto::Action>) -> Glimpse {
        Glimpse { loaded, action }
    }

    /// Creates it from a run whose revisions are loaded.
    pub fn of(loaded: Arc<Loaded>) -> Glimpse {
        let action = loaded.run.current_action();
        Glimpse { loaded, action }
    }

    fn run(&self) -> &Run {
        &self.loaded.run
    }

    pub fn key(&self) -> RunKey {
        self.loaded.key
    }

    pub fn info(&self) -> &RunInfo {
        &self.run().info
    }

    pub fn revision(&self) -> u64 {
        self.run().revision
    }

    pub fn is_running(&self) -> bool {
        self.run().is_running()
    }

    pub fn is_deleted(&self) -> bool {
        self.run().tm_delete.is_some()
    }

    /// Returns a call that the run still has.
    pub fn call(&self, id: Uuid) -> Option<&Call> {
        self.run().leg(id).map(|leg| &leg.call)
    }

    /// Returns the activeflow as lists and watches show it.
    pub fn activeflow(&self) -> proto::Activeflow {
        view::listed_at(self.run(), self.action.clone())
    }

    /// Returns the current action if this call runs the flow.
    fn action_of(&self, call: &Call) -> Option<proto::Action> {
        self.action.clone().filter(|_| self.run().call_id() == Some(call.id))
    }
}

pub fn read_call(row: &store::Call, damage: &Damage) -> Result<Call> {
    Ok(damage.read("call", row.id, &row.body)?)
}

/// Returns the call of a row as its run has it. The run was read later and may be newer than the row, so the call and its
/// current action come from the same moment.
pub fn show_row(row: &store::Call, run: Option<&Glimpse>, damage: &Damage) -> Result<(Call, proto::Call)> {
    let call = match run.and_then(|run| run.call(row.id)) {
        Some(call) => call.clone(),
        None => read_call(row, damage)?,
    };
    let owner = Owner { customer_id: row.customer_id, flow_id: row.flow_id, activeflow_id: row.activeflow_id };
    let shown = view::call(&call, owner, run.and_then(|run| run.action_of(&call)));
    Ok((call, shown))
}
