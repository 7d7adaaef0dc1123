//! Requests to runs and to far ends, brought to the node that owns the run.

use super::App;
use crate::cluster::{ForwardedCommand, Handler};
use crate::engine::Request;
use crate::error::{Error, Result};
use crate::model::run::Run;
use crate::runtime::idempotency::{self, IdempotentRequest};
use crate::runtime::response::ResponseView;
use crate::runtime::runner::Reply;
use crate::store::NodeId;
use async_trait::async_trait;
use prost::Message;
use uuid::Uuid;

/// What other nodes ask of this one.
#[async_trait]
impl Handler for App {
    async fn carry_out(&self, command: ForwardedCommand) -> Result<Vec<u8>> {
        match command {
            ForwardedCommand::Run { run_id, request, idempotency, view } => {
                self.apply_here(run_id, *request, idempotency, view).await
            }
            ForwardedCommand::RemoteParty { call_id, act } => {
                self.run_remote_party(call_id, &act).await.map(|()| Vec::new())
            }
        }
    }

    async fn callees_changed(&self) -> Result<()> {
        self.restore_callees().await
    }
}

impl App {
    /// Brings a request to a run, wherever it is; `response` makes of the run's new state what `part` names.
    pub(super) async fn apply<R: Message + Default>(
        &self,
        run_id: Uuid,
        request: Request,
        idempotency: Option<IdempotentRequest>,
        view: ResponseView,
        response: impl FnOnce(&Run) -> R,
    ) -> Result<R> {
        if let Some(owner) = self.elsewhere(run_id).await? {
            let command = ForwardedCommand::Run { run_id, request: Box::new(request), idempotency, view };
            return idempotency::read(&self.forward(owner, &command).await?);
        }
        match self.runner.ask(run_id, request, idempotency, view).await? {
            Reply::Now(loaded) => Ok(response(&loaded.run)),
            Reply::Again(bytes) => idempotency::read(&bytes),
        }
    }

    /// A request that another node passes on.
    async fn apply_here(
        &self,
        run_id: Uuid,
        request: Request,
        idempotency: Option<IdempotentRequest>,
        view: ResponseView,
    ) -> Result<Vec<u8>> {
        match self.runner.ask(run_id, request, idempotency, view.clone()).await? {
            Reply::Now(loaded) => Ok(view.response(&loaded.run)),
            Reply::Again(bytes) => Ok(bytes),
        }
    }

    /// The node that owns a run, when it is another one.
    pub(super) async fn elsewhere(&self, run_id: Uuid) -> Result<Option<NodeId>> {
        match &self.membership {
            Some(membership) => membership.elsewhere(run_id, &self.runner).await,
            None => Ok(None),
        }
    }

    /// Asks the node that has what this is about, and waits for its answer.
    pub(super) async fn forward(&self, owner: NodeId, command: &ForwardedCommand) -> Result<Vec<u8>> {
        let membership = self.membership.as_ref().ok_or_else(|| Error::internal("a lone server asked another"))?;
        membership.forward(owner, command).await
    }

    /// Returns when this node was given up by the others: it must not go on.
    pub async fn given_up(&self) {
        match &self.membership {
            Some(membership) => membership.lease.lost().await,
            None => std::future::pending().await,
        }
    }
}
