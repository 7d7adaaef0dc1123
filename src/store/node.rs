//! Several servers on one database: who is alive, who owns which runs, and what one asks of another.

use super::{Result, RunKey, Working, WorkingRun};
use async_trait::async_trait;
use std::time::Duration;
use tokio::sync::watch;

/// An incarnation of a server on a shared database: never used twice. A store that one server has for itself knows
/// [`ALONE`] only.
pub type NodeId = i64;

/// The owner of everything in a store that one server has for itself.
pub const ALONE: NodeId = 0;

/// What one node asks of another, by number; numbers rise.
pub type CommandId = i64;

/// Counters that rise when someone may have written something: hints to look, with no promise.
#[derive(Debug, Clone)]
pub struct ChangeHints {
    /// Simulated numbers do something else.
    pub callees: watch::Receiver<u64>,
    /// Something is to be sent.
    pub outbox: watch::Receiver<u64>,
    /// A node was asked for something, or has answered.
    pub commands: watch::Receiver<u64>,
}

/// The part of a store that several servers share.
///
/// A run belongs to the node that created it or took it over. A commit changes the runs of its own node alone: of another's
/// it fails with [`super::Error::Conflict`], so that a node which was taken for dead changes nothing any more.
#[async_trait]
pub trait Nodes: Send + Sync {
    /// Joins as a new incarnation whose lease holds for `ttl` by the database's clock. From now on what this store commits
    /// is this node's. `name` is for people.
    async fn join(&self, name: &str, ttl: Duration) -> Result<NodeId>;
    /// Prolongs the lease. False: the node was given up, for good.
    async fn renew(&self, ttl: Duration) -> Result<bool>;
    /// Gives the node up: what it still owns can be taken over at once.
    async fn leave(&self) -> Result<()>;
    /// Leaves what the oldest node does for all to the others. It must not have begun with it.
    async fn retire(&self) -> Result<()>;
    /// Gives up the nodes whose lease is over, if this node's own has held for so long without a gap: after the database was
    /// away everyone's is over, and everyone gets the time to come back. Says which are left, oldest first, and behind them
    /// those that retired.
    async fn living(&self, steady: Duration) -> Result<Vec<NodeId>>;
    /// Takes over runs of nodes that were given up, those that are as busy as this (above `No`), and says which; none when
    /// there are no more.
    async fn take_over(&self, working: Working, limit: u32) -> Result<Vec<WorkingRun>>;

    /// Takes over one run that has ended, of a node that was given up; nobody else goes on with it. False: it is not such a one.
    async fn adopt(&self, run: RunKey) -> Result<bool>;

    /// Asks another node for something that is wanted for so long: an order that is older is not given out any more.
    async fn post(&self, to: NodeId, command: Vec<u8>, expiry: Duration) -> Result<CommandId>;
    /// Takes an order back. True: it was not given out, and never will be. False: it was, and may have been carried out.
    async fn withdraw(&self, command: CommandId) -> Result<bool>;
    /// What this node is asked for; each order is given out once.
    async fn take_commands(&self, limit: u32) -> Result<Vec<(CommandId, Vec<u8>)>>;
    async fn reply(&self, command: CommandId, reply: Vec<u8>) -> Result<()>;
    /// The reply to an order, which is forgotten with it.
    async fn take_reply(&self, command: CommandId) -> Result<Option<Vec<u8>>>;
    /// Forgets orders that are older than `age`, at most `limit` of them: whoever asked has gone.
    async fn forget_commands(&self, age: Duration, limit: u32) -> Result<u32>;

    fn hints(&self) -> ChangeHints;
}
