//! The capacity limits of one server.

/// The capacity limits of one server. A request beyond a limit is refused; whatever already runs is not affected.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Calls that are not hung up.
    pub calls: usize,
    pub calls_per_customer: usize,
    /// Activeflows that have not ended.
    pub activeflows: usize,
    pub watchers: usize,
    pub watchers_per_customer: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            calls: 10_000,
            calls_per_customer: 10_000,
            activeflows: 1_000_000,
            watchers: 10_000,
            watchers_per_customer: 5_000,
        }
    }
}
