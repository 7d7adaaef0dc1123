//! Several servers on one database: which are alive, who owns which runs, and the commands that they forward to each
//! other.

use super::{Micros, Result, RunKey, Working, WorkingRun};
use async_trait::async_trait;
use std::time::Duration;
use tokio::sync::watch;

/// The id of one incarnation of a server on a shared database. Never reused. A store used by a single server knows
/// [`ALONE`] only.
pub type NodeId = i64;

/// The owner of everything in a store used by a single server.
pub const ALONE: NodeId = 0;

/// The id of a command that one node forwards to another. Ids rise.
pub type CommandId = i64;

/// Counters that rise when another server may have written something. They are hints to look, without a guarantee.
#[derive(Debug, Clone)]
pub struct ChangeHints {
    /// Scripts of simulated numbers changed.
    pub callees: watch::Receiver<u64>,
    /// The outbox has something to send.
    pub outbox: watch::Receiver<u64>,
    /// A node received a command or replied to one.
    pub commands: watch::Receiver<u64>,
}

/// The operations of a store that several servers share.
///
/// A run belongs to the node that created it or took it over. A node can only change its own runs: a commit that
/// changes another node's run fails with [`super::Error::Conflict`]. So a node that was declared dead can no longer
/// change them.
#[async_trait]
pub trait Nodes: Send + Sync {
    /// Joins as a new incarnation with a lease that lasts `ttl` by the database's clock. From then on the commits of
    /// this store are this node's. `name` is for operators.
    async fn join(&self, name: &str, ttl: Duration) -> Result<NodeId>;
    /// Returns the time by the database's clock. A node compares its own with it.
    async fn time(&self) -> Result<Micros>;
    /// Renews the lease and returns the time by the database's clock. Returns None when the node was declared dead, which
    /// is final.
    async fn renew(&self, ttl: Duration) -> Result<Option<Micros>>;
    /// Leaves the cluster: other nodes can take over the remaining runs at once.
    async fn leave(&self) -> Result<()>;
    /// Leaves the leader's tasks to the other nodes. Must not be called once this node has begun them.
    async fn retire(&self) -> Result<()>;
    /// Declares nodes with an expired lease dead, provided that this node's own lease has been valid without a gap for
    /// `steady`: after a database outage all leases have expired, and every node gets time to renew. Shortens leases that
    /// end much later than they can, which happens when the database's clock is set back. Returns the living nodes,
    /// oldest first, with retired nodes last.
    async fn living(&self, steady: Duration) -> Result<Vec<NodeId>>;
    /// Takes over runs of dead nodes that have this `working` value (above `No`) and returns them; empty when there are
    /// no more.
    async fn take_over(&self, working: Working, limit: u32) -> Result<Vec<WorkingRun>>;

    /// Takes over a run that has ended and whose owner is dead. Returns false if it is not such a run.
    async fn adopt(&self, run: RunKey) -> Result<bool>;

    /// Forwards a command to another node. A node does not receive commands older than `expiry`.
    async fn post(&self, to: NodeId, command: Vec<u8>, expiry: Duration) -> Result<CommandId>;
    /// Withdraws a command. Returns true if it was not received and never will be, false if it was received and may
    /// have been executed.
    async fn withdraw(&self, command: CommandId) -> Result<bool>;
    /// Takes the commands forwarded to this node. Each is returned only once.
    async fn take_commands(&self, limit: u32) -> Result<Vec<(CommandId, Vec<u8>)>>;
    async fn reply(&self, command: CommandId, reply: Vec<u8>) -> Result<()>;
    /// Takes the reply to a command and deletes the command.
    async fn take_reply(&self, command: CommandId) -> Result<Option<Vec<u8>>>;
    /// Deletes commands older than `age`, at most `limit`: their senders no longer wait.
    async fn forget_commands(&self, age: Duration, limit: u32) -> Result<u32>;

    fn hints(&self) -> ChangeHints;
}
