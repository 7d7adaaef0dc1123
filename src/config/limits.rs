//! The capacity limits of one server.

use crate::model::limits::CustomerLimits;

/// The capacity limits of one server. A request beyond a limit is refused; whatever already runs is not affected.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Calls that are not hung up.
    pub calls: usize,
    /// Activeflows that have not ended.
    pub activeflows: usize,
    /// Open watches.
    pub watchers: usize,
    /// Of each customer for which no operator has set others.
    pub customer: CustomerLimits,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { calls: 10_000, activeflows: 1_000_000, watchers: 10_000, customer: CustomerLimits::default() }
    }
}
