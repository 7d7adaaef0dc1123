//! A node's lease: the right to act for the runs that it owns.
//!
//! The database decides which nodes are alive, by its own clock. A node that cannot renew its lease in time does nothing
//! until it has renewed it; a node that lost its lease meanwhile never acts again. The node's clock counts while the
//! machine or the process sleeps, so that a node that was paused knows that its lease may be over.

use super::skew::{self, Offset, Skew};
use crate::clock::Uptime;
use crate::error::{Error, Reason, Result};
use crate::store::{ALONE, NodeId, Nodes};
use crate::supervisor::Task;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
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
    /// The uptime until which the lease certainly holds.
    until: AtomicI64,
    state: watch::Sender<State>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Counts the renewals.
    Prolonged(u64),
    Lost(Loss),
}

/// Why a node lost its lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loss {
    /// The other nodes declared it dead.
    Dead,
    /// Its clock differs too much from the database's.
    Clock(Offset),
}

impl Lease {
    /// Returns the lease of a server that has its store for itself: it always holds.
    pub fn alone() -> Arc<Lease> {
        Arc::new(Lease::until(ALONE, Uptime::NEVER))
    }

    /// Joins the cluster. Fails if this node's clock differs from the database's by more than `max`: then nothing has
    /// changed in the cluster.
    pub async fn join(nodes: &dyn Nodes, name: &str, skew: &Skew) -> Result<Arc<Lease>> {
        let offset = skew::compare(nodes).await?;
        if offset.exceeds(skew.max) {
            return Err(Error::new(Reason::NodeUnavailable, too_far(offset, skew.max)));
        }
        skew.is_too_large(offset, &mut 0);
        let asked = Uptime::now();
        let node = nodes.join(name, TTL).await?;
        Ok(Arc::new(Lease::until(node, ends(asked))))
    }

    fn until(node: NodeId, until: Uptime) -> Lease {
        Lease { node, until: AtomicI64::new(until.0), state: watch::Sender::new(State::Prolonged(0)) }
    }

    /// Renews the lease for as long as the node lives. Once it is lost, waits for the server to shut down.
    pub async fn keep(self: Arc<Lease>, nodes: Arc<dyn Nodes>, skew: Arc<Skew>, task: Task) {
        // A node that leaves gives up its lease on purpose: that is no failure to report.
        tokio::select! {
            () = self.prolong(&*nodes, &skew, &task) => task.closing().await,
            () = task.closing() => {}
        }
    }

    async fn prolong(&self, nodes: &dyn Nodes, skew: &Skew, task: &Task) {
        let (mut pause, mut too_far_in_a_row) = (EVERY, 0);
        while !self.is_lost() {
            tokio::time::sleep(pause).await;
            task.failpoint().await;
            let asked = Uptime::now();
            match nodes.renew(TTL).await {
                Ok(Some(database)) => {
                    let offset = Offset::measure(asked, database);
                    if skew.is_too_large(offset, &mut too_far_in_a_row) {
                        return self.give_up(nodes, offset, skew.max).await;
                    }
                    self.until.store(ends(asked).0, Ordering::SeqCst);
                    self.state.send_modify(|state| {
                        if let State::Prolonged(times) = state {
                            *times += 1;
                        }
                    });
                    pause = EVERY;
                }
                Ok(None) => {
                    tracing::error!(node = self.node, "this node lost its lease: other nodes take over its runs");
                    self.state.send_replace(State::Lost(Loss::Dead));
                }
                Err(error) => {
                    tracing::warn!(node = self.node, %error, "the lease cannot be renewed; retrying");
                    pause = RETRY;
                }
            }
        }
    }

    /// Stops acting and leaves the cluster, so that other nodes take over at once.
    async fn give_up(&self, nodes: &dyn Nodes, offset: Offset, max: Duration) {
        tracing::error!(node = self.node, "{}: other nodes take over its runs", too_far(offset, max));
        self.state.send_replace(State::Lost(Loss::Clock(offset)));
        if let Err(error) = nodes.leave().await {
            tracing::warn!(node = self.node, %error, "this node could not leave; its lease runs out instead");
        }
    }

    fn is_lost(&self) -> bool {
        matches!(*self.state.borrow(), State::Lost(_))
    }

    /// Returns true as soon as the lease holds, false when it is lost. Call this before every effect that is visible
    /// outside.
    pub async fn holds(&self) -> bool {
        let mut state = self.state.subscribe();
        loop {
            if matches!(*state.borrow_and_update(), State::Lost(_)) {
                return false;
            }
            if Uptime::now().0 < self.until.load(Ordering::SeqCst) {
                return true;
            }
            // The sender lives in self, so that waiting cannot fail.
            let _ = state.changed().await;
        }
    }

    /// Returns when the lease is lost, and why.
    pub async fn lost(&self) -> Loss {
        let mut state = self.state.subscribe();
        loop {
            if let State::Lost(loss) = *state.borrow_and_update() {
                return loss;
            }
            // The sender lives in self, so that waiting cannot fail.
            let _ = state.changed().await;
        }
    }
}

/// Returns the uptime at which a lease ends that was requested at `asked`.
fn ends(asked: Uptime) -> Uptime {
    asked.plus(TTL.as_micros() as i64)
}

/// Returns why a node takes no part, for an operator.
fn too_far(offset: Offset, max: Duration) -> String {
    let (offset, max) = (offset.words(), max.as_secs_f64());
    format!("this node's clock is {offset}, and --max-clock-offset permits {max} s; synchronize both clocks (NTP)")
}
