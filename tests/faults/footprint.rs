//! What a server takes of its machine: memory and descriptors.

use super::server::Server;
use super::tally::Tally;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// The memory that servers of a round are given for caches and queues.
pub const MEMORY: &str = "64MiB";
/// The most that a server may ever have had, in MiB: what it is given, its code and its database, in a build that is not
/// optimized.
const MAX_MEMORY: usize = 320;
/// The most descriptors that a server may have once its attacker has left.
const MAX_DESCRIPTORS: usize = 200;
/// How long it may take until connections that were dropped are closed.
const PATIENCE: Duration = Duration::from_secs(30);

/// The most memory that a process has had, in MiB. None: it is no more.
fn peak(pid: u32) -> Option<usize> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.parse::<usize>().ok().map(|kib| kib >> 10)
}

fn descriptors(pid: u32) -> Option<usize> {
    std::fs::read_dir(format!("/proc/{pid}/fd")).ok().map(Iterator::count)
}

/// Measures the memory of a server before it is ended; a sentence if it had too much.
pub fn memory(server: &Server, tally: &Tally) -> Option<String> {
    let peak = peak(server.pid())?;
    tally.at_most("most MiB of a server", peak);
    (peak > MAX_MEMORY).then(|| format!("had {peak} MiB, over {MAX_MEMORY}"))
}

/// Waits until a server has let go of what its attacker held; a sentence if it does not.
pub async fn settled(server: &Server, tally: &Tally) -> Option<String> {
    let until = Instant::now() + PATIENCE;
    loop {
        let open = descriptors(server.pid())?;
        if open <= MAX_DESCRIPTORS {
            tally.at_most("most descriptors of a server in the end", open);
            return None;
        }
        if Instant::now() > until {
            return Some(format!("still has {open} descriptors, over {MAX_DESCRIPTORS}"));
        }
        sleep(Duration::from_millis(50)).await;
    }
}
