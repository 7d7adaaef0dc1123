//! Performs the effects of a durable step. The outcome returns to the run as another input.

use super::Runner;
use crate::engine::{Effect, Input};
use crate::model::flow::Revision;
use crate::model::telephony::Command;
use crate::telephony::Gone;
use std::sync::Arc;
use uuid::Uuid;

impl Runner {
    pub(super) async fn perform_one(&self, run_id: Uuid, effect: Effect) {
        match effect {
            Effect::Call { call_id, operation, command } => {
                let was_dial = matches!(command, Command::Dial { .. });
                if was_dial {
                    tracing::debug!(%run_id, %call_id, "dials");
                }
                if let Err(Gone) = self.0.deps.telephony.perform(call_id, operation, command).await {
                    self.send_input(run_id, Input::Gone { call_id, operation, was_dial });
                }
            }
            Effect::Load { operation, flow_id } => {
                let revision = self.find_flow(run_id, flow_id).await;
                self.send_input(run_id, Input::Loaded { operation, revision });
            }
            Effect::Fetch { operation, request } => {
                self.fetch(run_id, operation, *request);
            }
            Effect::Send { operation, request } => {
                self.send(run_id, operation, *request);
            }
            Effect::HangUp { run_id, call_id } => self.send_input(run_id, Input::HangUp { call_id }),
            Effect::Resume => self.send_input(run_id, Input::Resume),
        }
    }
}

impl Runner {
    /// Returns the current revision of a flow of the run's customer. Retries until the store can be read, because the run
    /// waits for the result.
    async fn find_flow(&self, run_id: Uuid, flow_id: Uuid) -> Option<Arc<Revision>> {
        let find = || async move {
            match self.load(run_id).await? {
                Some(loaded) => self.0.deps.revisions.current(loaded.run.info.customer_id, flow_id).await,
                None => Ok(None),
            }
        };
        let found = self.insist("loading a flow", run_id, find).await;
        found.unwrap_or_else(|error| {
            tracing::error!(%run_id, %flow_id, %error, "a flow cannot be loaded");
            None
        })
    }
}
