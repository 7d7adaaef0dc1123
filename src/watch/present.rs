//! The current state, for a watch that begins with a snapshot; later changes come from the log.

use crate::error::Result;
use crate::model::call::Call;
use crate::model::run::Run;
use crate::model::view::{self, Owner};
use crate::proto;
use crate::store::{self, Damage, Loaded, StoredRun};
use async_trait::async_trait;
use std::sync::Arc;
use uuid::Uuid;

/// Provides runs, which may be newer in memory than in the store.
#[async_trait]
pub trait Present: Send + Sync {
    /// Returns a run; None if it does not exist.
    async fn run(&self, id: Uuid) -> Result<Option<Arc<Loaded>>>;
    /// Returns a run of this customer that is not deleted.
    async fn run_of(&self, customer_id: Uuid, id: Uuid) -> Result<Arc<Loaded>>;
    /// Returns a call of this customer that is not deleted.
    async fn call_of(&self, customer_id: Uuid, id: Uuid) -> Result<store::Call>;
    /// Returns a run from a row that a list of the store returned.
    async fn read(&self, stored: StoredRun) -> Result<Arc<Loaded>>;
}

pub fn read_call(row: &store::Call, damage: &Damage) -> Result<Call> {
    Ok(damage.read("call", row.id, &row.body)?)
}

/// Returns the call of a row as its run has it. The run was read later and may be newer than the row, so the call and its
/// current action come from the same moment.
pub fn show_row(row: &store::Call, run: Option<&Run>, damage: &Damage) -> Result<(Call, proto::Call)> {
    let call = match run.and_then(|run| run.leg(row.id)) {
        Some(leg) => leg.call.clone(),
        None => read_call(row, damage)?,
    };
    let owner = Owner { customer_id: row.customer_id, flow_id: row.flow_id, activeflow_id: row.activeflow_id };
    let shown = view::call(&call, owner, run.and_then(|run| view::action_of(run, &call)));
    Ok((call, shown))
}
