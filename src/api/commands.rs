//! Routes requests to runs and to remote parties to the node that owns the run.

use super::App;
use crate::cluster::lease::Loss;
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

/// Handles the commands that other nodes forward to this one.
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
    /// Sends a request to a run, wherever it is; `response` builds from the run's new state what `view` names.
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

    /// Applies a request that another node has forwarded.
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

    /// Returns the node that owns a run, if it is not this one.
    pub(super) async fn elsewhere(&self, run_id: Uuid) -> Result<Option<NodeId>> {
        match &self.membership {
            Some(membership) => membership.elsewhere(run_id, &self.runner).await,
            None => Ok(None),
        }
    }

    /// Forwards a command to the node that owns its run or call, and waits for the result.
    pub(super) async fn forward(&self, owner: NodeId, command: &ForwardedCommand) -> Result<Vec<u8>> {
        let membership = self
            .membership
            .as_ref()
            .ok_or_else(|| Error::internal("a server without a cluster cannot forward commands"))?;
        membership.forward(owner, command).await
    }

    /// Returns when this node has lost its lease, and why: other nodes take over its runs, so it must stop.
    pub async fn given_up(&self) -> Loss {
        match &self.membership {
            Some(membership) => membership.lease.lost().await,
            None => std::future::pending().await,
        }
    }
}
