//! A node's lease: the right to act for the runs that it owns.
//!
//! The database decides who lives, by its own clock. A node that cannot prolong its lease in time does nothing more until
//! it has asked again; a node that was given up meanwhile never acts again. Its clock counts while the machine or the
//! process sleeps, so that a node which was paused knows that it does not know.

use crate::store::{ALONE, NodeId, Nodes};
use crate::supervisor::Task;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::watch;

/// How long a lease holds, and how often it is prolonged. A node that dies is given up when its lease is over and somebody
/// looks, which is every second: well within 10 s.
pub const TTL: Duration = Duration::from_secs(5);
const EVERY: Duration = Duration::from_millis(750);
/// Pause before a database that did not answer is asked again.
const RETRY: Duration = Duration::from_millis(200);

pub struct Lease {
    pub node: NodeId,
    /// Until when it holds for certain, in milliseconds of the clock below.
    until: AtomicU64,
    state: watch::Sender<State>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Counts the times that it was prolonged.
    Prolonged(u64),
    Lost,
}

impl Lease {
    /// Of a server that has its store for itself: it always holds.
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

    /// Prolongs it for as long as the node lives. Once it is lost there is nothing left to do but to end with the server.
    pub async fn keep(self: Arc<Lease>, nodes: Arc<dyn Nodes>, task: Task) {
        // A node that leaves loses its lease, and that is no news.
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
                    tracing::error!(node = self.node, "this node was given up: others go on with what it had");
                    self.state.send_replace(State::Lost);
                }
                Err(error) => {
                    tracing::warn!(node = self.node, %error, "the lease cannot be prolonged; it is tried again");
                    pause = RETRY;
                }
            }
        }
    }

    /// Returns true as soon as the lease holds, false when it is lost. Asked before everything that the world notices.
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

/// Milliseconds of a clock that nobody sets and that counts while the machine sleeps.
#[cfg(target_os = "linux")]
fn now_ms() -> u64 {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    now.tv_sec as u64 * 1_000 + now.tv_nsec as u64 / 1_000_000
}

/// Milliseconds of a clock that nobody sets; whether it counts while the machine sleeps is the system's choice.
#[cfg(not(target_os = "linux"))]
fn now_ms() -> u64 {
    use std::sync::LazyLock;
    use std::time::Instant;
    static BEGAN: LazyLock<Instant> = LazyLock::new(Instant::now);
    BEGAN.elapsed().as_millis() as u64
}
