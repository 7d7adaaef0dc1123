//! Sizes in bytes of what is written and read.

use super::{Commit, RunWrite};

/// A page of a snapshot ends with the row whose state or body brings the total to this many bytes.
pub const SNAPSHOT_BYTES: usize = 1024 * 1024;

/// The bytes of commits that wait or are being written, unless the server's memory is divided.
pub const COMMITS: usize = 64 * 1024 * 1024;

/// A read of items of the outbox ends with the one that brings their bodies to this many bytes.
pub const OUTBOX_BYTES: usize = 1024 * 1024;

/// A row besides its body: its other columns and the structs that hold them.
const ROW: usize = 256;

/// Estimates the memory that a commit takes until it is durable.
pub(super) fn size(commit: &Commit) -> usize {
    let runs: usize = commit.runs.iter().map(run).sum();
    let answer = commit.answer.as_ref().map_or(0, |answer| ROW + answer.response.len());
    let others = [
        commit.flows.iter().map(|row| row.body.len()).sum::<usize>(),
        commit.revisions.iter().map(|row| row.body.len()).sum(),
        commit.access_keys.iter().map(|row| row.body.len()).sum(),
        commit.customers.iter().map(|row| row.body.len()).sum(),
        commit.numbers.iter().map(|row| row.body.len()).sum(),
        commit.providers.iter().map(|row| row.body.len() + row.sealed.as_ref().map_or(0, Vec::len)).sum(),
        commit.routes.iter().map(|row| row.body.len()).sum(),
        commit.messages.iter().map(|row| row.body.len()).sum(),
        commit.outgoing.iter().map(|row| row.body.len()).sum(),
        commit.recordings.iter().map(|row| row.body.len()).sum(),
        commit.settings.iter().map(|(name, value)| name.len() + value.len()).sum(),
    ];
    let rows = commit.flows.len() + commit.revisions.len() + commit.outgoing.len() + commit.settled.len() + 1;
    runs + answer + others.iter().sum::<usize>() + rows * ROW
}

fn run(write: &RunWrite) -> usize {
    let calls: usize = write.calls.iter().map(|call| ROW + call.body.len()).sum();
    let variables = write.variables.as_ref().map_or(0, Vec::len);
    // The record is also held decoded, for the hub.
    ROW + write.run.state.len() + 3 * write.record.bytes.len() + calls + variables
}
