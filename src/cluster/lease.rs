//! A node's lease: the right to act for the runs that it owns.
//!
//! The database decides which nodes are alive, by its own clock. A node that cannot renew its lease in time does nothing
//! until it has renewed it; a node that lost its lease meanwhile never acts again. The node's clock counts while the
//! machine or the process sleeps, so that a node that was paused knows that its lease may be over.

use crate::store::{ALONE, NodeId, Nodes};
use crate::supervisor::Task;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::watch;

/// How long a lease lasts, and how often it is renewed. Nodes check every second for leases that have run out, so a
/// takeover begins well within 10 s.
pub const TTL: Duration = Duration::from_secs(5);
const EVERY: Duration = Duration::from_millis(750);
/// Pause before a renewal that failed is retried.
const RETRY: Duration = Duration::from_millis(200);

pub struct Lease {
    pub node: NodeId,
    /// Until when the lease certainly holds, in milliseconds of the clock below.
    until: AtomicU64,
    state: watch::Sender<State>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Counts the renewals.
    Prolonged(u64),
    Lost,
}

impl Lease {
    /// Returns the lease of a server that has its store for itself: it always holds.
    pub fn alone() -> Arc<Lease> {
        Arc::new(Lease::until(ALONE, u64::MAX))
    }

    pub async fn join(nodes: &dyn Nodes, name: &str) -> crate::store::Result<Arc<Lease>> {
        let asked = now_ms();
        let node = nodes.join(name, TTL).await?;
        Ok(Arc::new(Lease::until(node, asked + TTL.as_millis() as u64)))
    }

    fn until(node: NodeId, until: u64) -> Lease {
        Lease { node, until: AtomicU64::new(until), state: watch::Sender::new(State::Prolonged(0)) }
    }

    /// Renews the lease for as long as the node lives. Once it is lost, waits for the server to shut down.
    pub async fn keep(self: Arc<Lease>, nodes: Arc<dyn Nodes>, task: Task) {
        // A node that leaves gives up its lease on purpose: that is no failure to report.
        tokio::select! {
            () = self.prolong(&*nodes, &task) => task.closing().await,
            () = task.closing() => {}
        }
    }

    async fn prolong(&self, nodes: &dyn Nodes, task: &Task) {
        let mut pause = EVERY;
        while *self.state.borrow() != State::Lost {
            tokio::time::sleep(pause).await;
            task.failpoint().await;
            let asked = now_ms();
            match nodes.renew(TTL).await {
                Ok(true) => {
                    self.until.store(asked + TTL.as_millis() as u64, Ordering::SeqCst);
                    self.state.send_modify(|state| {
                        if let State::Prolonged(times) = state {
                            *times += 1;
                        }
                    });
                    pause = EVERY;
                }
                Ok(false) => {
                    tracing::error!(node = self.node, "this node lost its lease: other nodes take over its runs");
                    self.state.send_replace(State::Lost);
                }
                Err(error) => {
                    tracing::warn!(node = self.node, %error, "the lease cannot be renewed; retrying");
                    pause = RETRY;
                }
            }
        }
    }

    /// Returns true as soon as the lease holds, false when it is lost. Call this before every effect that is visible
    /// outside.
    pub async fn holds(&self) -> bool {
        let mut state = self.state.subscribe();
        loop {
            if *state.borrow_and_update() == State::Lost {
                return false;
            }
            if now_ms() < self.until.load(Ordering::SeqCst) {
                return true;
            }
            // The sender lives in self, so that waiting cannot fail.
            let _ = state.changed().await;
        }
    }

    /// Returns when the lease is lost.
    pub async fn lost(&self) {
        let mut state = self.state.subscribe();
        let _ = state.wait_for(|state| *state == State::Lost).await;
    }
}

/// Returns milliseconds of a clock that cannot be set and that counts while the machine sleeps.
#[cfg(target_os = "linux")]
fn now_ms() -> u64 {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    now.tv_sec as u64 * 1_000 + now.tv_nsec as u64 / 1_000_000
}

/// Returns milliseconds of a clock that cannot be set; whether it counts while the machine sleeps depends on the system.
#[cfg(not(target_os = "linux"))]
fn now_ms() -> u64 {
    use std::sync::LazyLock;
    use std::time::Instant;
    static BEGAN: LazyLock<Instant> = LazyLock::new(Instant::now);
    BEGAN.elapsed().as_millis() as u64
}
