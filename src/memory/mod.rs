//! Bounds in bytes for what the server keeps in memory: the table that divides `--memory`, caches that weigh what they
//! keep, budgets that callers wait for, and turns that customers take fairly.
//!
//! A weight is an estimate of heap bytes, made when an entry is created. It is meant to be too high rather than too low.

mod budget;
mod machine;
mod turns;
mod weighed;

pub use budget::{Budget, Taken};
pub use machine::available;
pub use turns::{Full, Turn, Turns};
pub use weighed::Weighed;

use crate::telemetry::{Metrics, Usage};
use std::sync::Arc;

const MIB: u64 = 1024 * 1024;

/// The least memory that a server can be given, and the least that it takes by default.
pub const MIN: u64 = 64 * MIB;
const MIN_DEFAULT: u64 = 128 * MIB;

/// What the memory is divided among. The rest, over a third, is for everything that is bounded by number: connections,
/// tasks, calls, and the responses that are being written. The bodies of requests have a bound of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Runs that are not worked on, to be found without reading the store.
    Runs,
    /// Revisions of flows, and lists that were pushed or fetched.
    Revisions,
    /// Large runs that are worked on.
    Work,
    /// Requests and responses of web servers that wait for their run.
    Inputs,
    /// The newest rows of the log.
    Log,
    /// Frames that wait for their watchers.
    Frames,
    /// Commits that wait for the database or are being written.
    Commits,
    /// Items of the outbox that are being delivered.
    Outbox,
}

impl Part {
    pub const ALL: [Part; 8] =
        [Part::Runs, Part::Revisions, Part::Work, Part::Inputs, Part::Log, Part::Frames, Part::Commits, Part::Outbox];

    /// Returns the part's row in the table: its name in metrics, its share in percent, and the most that it can use, in
    /// MiB.
    const fn entry(self) -> (&'static str, u64, u64) {
        match self {
            Part::Runs => ("runs", 12, 1_024),
            Part::Revisions => ("revisions", 12, 1_024),
            Part::Work => ("work", 10, 1_024),
            Part::Inputs => ("inputs", 6, 256),
            Part::Log => ("log", 6, 128),
            Part::Frames => ("frames", 6, 1_024),
            Part::Commits => ("commits", 6, 256),
            Part::Outbox => ("outbox", 4, 256),
        }
    }

    pub const fn name(self) -> &'static str {
        self.entry().0
    }
}

/// The memory of one server, divided among its caches and queues.
#[derive(Clone)]
pub struct Memory {
    total: u64,
    metrics: Arc<Metrics>,
}

/// The part of the memory that one cache or queue may use, and the gauge that shows how much it uses.
#[derive(Clone)]
pub struct Share {
    /// In bytes.
    pub limit: usize,
    usage: Usage,
}

impl Memory {
    /// Divides this many bytes.
    pub fn new(total: u64, metrics: Arc<Metrics>) -> Memory {
        Memory { total, metrics }
    }

    pub fn total(&self) -> u64 {
        self.total
    }

    /// Returns the share of a part. Each part has one user.
    pub fn share(&self, part: Part) -> Share {
        let (name, percent, most) = part.entry();
        let limit = (self.total / 100 * percent).min(most * MIB);
        Share { limit: usize::try_from(limit).unwrap_or(usize::MAX), usage: self.metrics.memory(name, limit) }
    }
}

/// The default size, for tests.
impl Default for Memory {
    fn default() -> Memory {
        Memory::new(default_total(), Arc::default())
    }
}

impl Share {
    /// Returns a share of this many bytes that no metric shows, for commands and tests.
    pub fn unseen(limit: usize) -> Share {
        Share { limit, usage: Usage::default() }
    }
}

/// For users that count for themselves.
impl Share {
    pub fn add(&self, bytes: usize) {
        self.usage.add(bytes);
    }

    pub fn sub(&self, bytes: usize) {
        self.usage.sub(bytes);
    }
}

impl std::fmt::Debug for Share {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Share").field("limit", &self.limit).finish_non_exhaustive()
    }
}

/// Returns the memory that a server takes by default: a quarter of what it can have, and at least 128 MiB.
pub fn default_total() -> u64 {
    (available() / 4).max(MIN_DEFAULT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shares_leave_a_third_for_what_is_bounded_by_number() {
        let percent: u64 = Part::ALL.iter().map(|part| part.entry().1).sum();
        assert!(percent <= 62, "{percent} % are divided");
        let names: std::collections::HashSet<_> = Part::ALL.iter().map(|part| part.name()).collect();
        assert_eq!(names.len(), Part::ALL.len());
    }

    #[test]
    fn shares_are_shown_with_their_limits() {
        let metrics = Arc::new(Metrics::new());
        let memory = Memory::new(MIN, metrics.clone());
        let shares: Vec<Share> = Part::ALL.iter().map(|part| memory.share(*part)).collect();
        assert!(shares.iter().all(|share| share.limit > 2 * 1024 * 1024));
        assert!(metrics.text().contains(r#"ringdown_cache_limit_bytes{cache="frames"} 4026528"#), "{}", metrics.text());
        assert!(default_total() >= MIN_DEFAULT);
    }
}
