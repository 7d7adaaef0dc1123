//! Commands that one node forwards to another through the database.

use super::Membership;
use crate::engine::Request;
use crate::error::{Error, Reason, Result, Violation};
use crate::runtime::idempotency::IdempotentRequest;
use crate::runtime::response::ResponseView;
use crate::store::{CommandId, NodeId, Nodes};
use crate::supervisor::{Task, lock, panic_message};
use async_trait::async_trait;
use futures::FutureExt;
use serde::de::{IntoDeserializer, value};
use serde::{Deserialize, Deserializer, Serialize};
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use uuid::Uuid;

/// How long a node waits for another node's reply. A command that has not started by then never starts; one that has
/// started may have been carried out, as with any lost reply.
const TIMEOUT: Duration = Duration::from_secs(8);
/// How often a node looks for a reply or a command without a hint.
const POLL_INTERVAL: Duration = Duration::from_millis(500);
/// The most commands that are read at a time, and that run at the same time.
const BATCH: u32 = 256;
const AT_ONCE: usize = 1_024;
/// After this a command counts as abandoned, and after how many rounds of polling abandoned commands are deleted.
const COMMAND_EXPIRY: Duration = Duration::from_secs(60);
const CLEANUP_EVERY: u32 = 100;

/// A request that one node forwards to another.
#[derive(Debug, Serialize, Deserialize)]
pub enum ForwardedCommand {
    /// Applies a request to a run.
    Run {
        run_id: Uuid,
        request: Box<Request>,
        #[serde(rename = "once")]
        idempotency: Option<IdempotentRequest>,
        #[serde(rename = "part")]
        view: ResponseView,
    },
    /// Makes the remote party of a call do something.
    #[serde(rename = "FarEnd")]
    RemoteParty { call_id: Uuid, act: Act },
}

/// What the remote party of a simulated call does.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Act {
    Digits(String),
    Hangup,
}

/// The encoded response, or the error.
type Reply = std::result::Result<Vec<u8>, Refused>;

/// An error as it is sent between nodes: only what the caller sees.
#[derive(Debug, Serialize, Deserialize)]
struct Refused {
    #[serde(deserialize_with = "known")]
    reason: Reason,
    message: String,
    /// Field and description.
    violations: Vec<(String, String)>,
}

/// Reads a reason. One that only a newer version knows becomes `NodeUnavailable`.
fn known<'de, D: Deserializer<'de>>(reason: D) -> std::result::Result<Reason, D::Error> {
    let word = String::deserialize(reason)?;
    let known = Reason::deserialize(IntoDeserializer::<value::Error>::into_deserializer(word));
    Ok(known.unwrap_or(Reason::NodeUnavailable))
}

impl From<Error> for Refused {
    fn from(error: Error) -> Refused {
        let violations = error.violations.into_iter().map(|it| (it.field, it.description)).collect();
        Refused { reason: error.reason, message: error.message, violations }
    }
}

impl From<Refused> for Error {
    fn from(refused: Refused) -> Error {
        let violation = |(field, description)| Violation { field, description };
        let violations = refused.violations.into_iter().map(violation).collect();
        Error { violations, ..Error::new(refused.reason, refused.message) }
    }
}

/// Carries out what other nodes request.
#[async_trait]
pub trait Handler: Send + Sync {
    /// Carries out a command and returns the encoded response.
    async fn carry_out(&self, command: ForwardedCommand) -> Result<Vec<u8>>;
    /// Reads the behaviour of the simulated numbers again: it was changed through another node.
    async fn callees_changed(&self) -> Result<()>;
}

impl Membership {
    /// Forwards a command to the node that owns the run or call, and waits for its reply.
    pub async fn forward(&self, owner: NodeId, command: &ForwardedCommand) -> Result<Vec<u8>> {
        let command = rmp_serde::to_vec_named(command).map_err(Error::internal)?;
        let mut hints = self.nodes().hints().commands;
        let id = self.nodes().post(owner, command, TIMEOUT).await?;
        let pending = PendingCommand { nodes: self.nodes.clone(), id: Some(id) };
        let reply = tokio::time::timeout(TIMEOUT, async {
            loop {
                hints.mark_unchanged();
                if let Some(reply) = self.nodes().take_reply(id).await? {
                    return Ok::<_, Error>(reply);
                }
                let _ = tokio::time::timeout(POLL_INTERVAL, hints.changed()).await;
            }
        });
        let reply: Vec<u8> = match reply.await {
            Ok(reply) => reply?,
            Err(_) => return Err(pending.give_up().await),
        };
        pending.forget();
        Ok(rmp_serde::from_slice::<Reply>(&reply).map_err(Error::internal)??)
    }
}

/// Decodes a command from another node.
fn read(command: &[u8]) -> Result<ForwardedCommand> {
    rmp_serde::from_slice(command).map_err(|source| {
        let message = "the node that owns it runs an older version and does not know this request; \
                       try again after its upgrade";
        Error { source: Some(source.into()), ..Error::new(Reason::NodeUnavailable, message) }
    })
}

/// A command that waits for its reply. When the caller stops waiting, because its deadline is over or its connection is
/// closed, the command is withdrawn: a command without a waiting caller does not start.
struct PendingCommand {
    nodes: Arc<dyn Nodes>,
    id: Option<CommandId>,
}

impl PendingCommand {
    /// Keeps the command from being withdrawn: it has its reply.
    fn forget(mut self) {
        self.id = None;
    }

    /// Withdraws the command and returns the error that says what is known about it.
    async fn give_up(mut self) -> Error {
        let withdrawn = match self.id.take() {
            Some(id) => self.nodes.withdraw(id).await.unwrap_or_default(),
            None => false,
        };
        let message = match withdrawn {
            true => "the node that owns it does not reply, and nothing was done; try again",
            false => "the node that owns it does not reply; check whether it was done, or try again",
        };
        Error::new(Reason::NodeUnavailable, message)
    }
}

impl Drop for PendingCommand {
    fn drop(&mut self) {
        let (Some(id), Ok(runtime)) = (self.id.take(), tokio::runtime::Handle::try_current()) else { return };
        let nodes = self.nodes.clone();
        runtime.spawn(async move {
            if let Err(error) = nodes.withdraw(id).await {
                tracing::debug!(%error, "a forwarded command could not be withdrawn; it expires soon");
            }
        });
    }
}

impl Membership {
    /// Carries out what other nodes request, each command at most once: a command that this process had read when it died
    /// is lost.
    pub(super) async fn serve(self: Arc<Membership>, handler: Weak<dyn Handler>, task: Task) {
        let permits = Arc::new(Semaphore::new(AT_ONCE));
        let mut hints = self.nodes.hints().commands;
        let mut looks = 0_u32;
        loop {
            hints.mark_unchanged();
            let more = self.take_commands().await;
            while !lock(&self.taken).is_empty() {
                task.failpoint().await;
                // The semaphore is never closed.
                let (Ok(permit), Some(handler)) = (permits.clone().acquire_owned().await, handler.upgrade()) else {
                    return;
                };
                // Removed from the list only when nothing can fail any more: each command starts exactly once.
                let Some((id, command)) = lock(&self.taken).pop_front() else { break };
                tokio::spawn(self.clone().carry_out(id, command, handler, permit));
            }
            looks = looks.wrapping_add(1);
            if looks.is_multiple_of(CLEANUP_EVERY) {
                self.tidy().await;
            }
            if more && !task.is_closing() {
                continue;
            }
            tokio::select! {
                _ = tokio::time::timeout(POLL_INTERVAL, hints.changed()) => {}
                () = task.closing() => return,
            }
        }
    }

    /// Reads commands from other nodes. Returns true if there may be more.
    async fn take_commands(&self) -> bool {
        match self.nodes.take_commands(BATCH).await {
            Ok(commands) => {
                let more = commands.len() == BATCH as usize;
                lock(&self.taken).extend(commands);
                more
            }
            Err(error) => {
                tracing::warn!(%error, "forwarded commands cannot be read; retrying");
                false
            }
        }
    }

    async fn carry_out(
        self: Arc<Membership>,
        id: CommandId,
        command: Vec<u8>,
        handler: Arc<dyn Handler>,
        permit: OwnedSemaphorePermit,
    ) {
        let obeying = async {
            match read(&command) {
                Ok(command) => handler.carry_out(command).await,
                Err(error) => Err(error),
            }
        };
        let answer = AssertUnwindSafe(obeying).catch_unwind().await.unwrap_or_else(|panic| {
            Err(Error::internal(format!("a forwarded command panicked: {}", panic_message(&*panic))))
        });
        self.answer(id, answer).await;
        drop(permit);
    }

    async fn answer(&self, id: CommandId, answer: Result<Vec<u8>>) {
        let reply: Reply = answer.map_err(|error| {
            if let Some(source) = &error.source {
                tracing::error!(%source, "a forwarded command failed");
            }
            error.into()
        });
        let reply = match rmp_serde::to_vec_named(&reply) {
            Ok(reply) => reply,
            Err(error) => return tracing::error!(%error, "the reply to a forwarded command cannot be encoded"),
        };
        if let Err(error) = self.nodes.reply(id, reply).await {
            tracing::warn!(%error, "the reply to a forwarded command cannot be sent");
        }
    }

    /// Deletes abandoned commands: the nodes that sent them may be dead.
    async fn tidy(&self) {
        if let Err(error) = self.nodes.forget_commands(COMMAND_EXPIRY, BATCH).await {
            tracing::warn!(%error, "abandoned forwarded commands cannot be deleted; retrying");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_of_a_newer_version_becomes_node_unavailable() {
        let refused = |reason: &str| {
            let refused = serde_json::json!({"reason": reason, "message": "no", "violations": []});
            let reply: std::result::Result<(), serde_json::Value> = Err(refused);
            let reply: Reply = rmp_serde::from_slice(&rmp_serde::to_vec_named(&reply).unwrap()).unwrap();
            let error = Error::from(reply.unwrap_err());
            (error.reason, error.message)
        };
        assert_eq!(refused("CallEnded"), (Reason::CallEnded, "no".to_owned()));
        assert_eq!(refused("MoonIsFull"), (Reason::NodeUnavailable, "no".to_owned()));
    }
}
