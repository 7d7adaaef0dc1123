//! A run read from the store.

use super::{NodeId, RunKey};
use crate::model::run::Run;

/// A run read from the store, with the values that its next commit compares.
#[derive(Debug, Clone)]
pub struct Loaded {
    pub key: RunKey,
    /// The only node that may change the run.
    pub owner: NodeId,
    pub run: Run,
}
