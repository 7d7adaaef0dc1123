//! Tells how many commits became durable together.

use std::sync::Arc;

/// A callback that receives the number of commits in each durable transaction. The writer calls it: it must not block.
#[derive(Clone)]
pub struct Groups(pub Arc<dyn Fn(usize) + Send + Sync>);

impl std::fmt::Debug for Groups {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Groups")
    }
}
