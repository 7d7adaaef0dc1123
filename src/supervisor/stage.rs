//! The order in which the server's tasks are shut down.

/// When a task is shut down. The stages are stopped one after the other, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Work that the next start catches up on. It ends as soon as the server drains.
    Background,
    /// Follows the log for watchers and for webhooks.
    Log,
    /// Drives runs.
    Runs,
    /// Sends the items of the outbox.
    Outbox,
    /// Makes this server one of several on a database.
    Cluster,
    /// The store's tasks. After them nothing is read or written any more.
    Store,
}

impl Stage {
    pub(super) const COUNT: usize = Stage::Store as usize + 1;
}
