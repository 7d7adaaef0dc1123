//! A run as it stands in the store.

use super::{NodeId, RunKey};
use crate::model::run::Run;

/// A run that was read, with what its next commit compares.
#[derive(Debug, Clone)]
pub struct Loaded {
    pub key: RunKey,
    /// The node that alone may change it.
    pub owner: NodeId,
    pub run: Run,
}
