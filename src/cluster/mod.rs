//! Several servers on one database: each holds a lease, owns runs, and takes over the runs of dead nodes.
//!
//! Only its owner changes a run. A request about it that reaches another node is forwarded to the owner through the
//! database, and is answered once it is durable. Work for the database rather than for a run (webhooks, the outbox,
//! pruning) is done by the leader, which is the oldest node.

mod commands;
pub mod leader;
pub mod lease;
pub mod retention;
mod skew;

pub use commands::{Act, ForwardedCommand, Handler};

use crate::delivery::customers::Customers;
use crate::delivery::outbox::Deliverer;
use crate::error::Result;
use crate::runtime::recovery;
use crate::runtime::runner::{Runner, moved};
use crate::store::{CommandId, NodeId, Nodes};
use crate::supervisor::{Stage, Supervisor, Task, lock};
use crate::telemetry::Metrics;
use lease::Lease;
use skew::Skew;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, Weak};
use std::time::{Duration, Instant};
use tokio::sync::watch;
use uuid::Uuid;

/// How often a node looks for dead nodes, and for changes without a hint.
const POLL_INTERVAL: Duration = Duration::from_secs(1);
/// How long a request waits until the run of a dead node has a new owner.
const TIMEOUT: Duration = Duration::from_secs(8);

/// Pause before reading the behaviour of simulated numbers is retried.
const RETRY: Duration = Duration::from_secs(1);

/// How a node joins the others on its database.
#[derive(Debug, Clone)]
pub struct Joining {
    /// For operators; a node with the name of an earlier one takes over from it at once. May be empty.
    pub name: String,
    /// The largest difference between this node's clock and the database's with which it takes part.
    pub max_clock_offset: Duration,
}

/// This node as one of several on a database.
pub struct Membership {
    nodes: Arc<dyn Nodes>,
    pub lease: Arc<Lease>,
    /// The nodes that were alive at the last check, the oldest first.
    living: Mutex<Vec<NodeId>>,
    leads: watch::Sender<bool>,
    /// Commands from other nodes that were read and have not started yet: the database does not return them again.
    taken: Mutex<VecDeque<(CommandId, Vec<u8>)>>,
    /// Runs that this node took over and has not continued yet.
    unfinished: recovery::Unfinished,
    supervisor: Supervisor,
}

impl Membership {
    pub async fn join(
        nodes: Arc<dyn Nodes>,
        joining: Joining,
        supervisor: Supervisor,
        metrics: Arc<Metrics>,
    ) -> Result<Arc<Membership>> {
        let skew = Arc::new(Skew { max: joining.max_clock_offset, metrics });
        let lease = Lease::join(&*nodes, &joining.name, &skew).await?;
        let (kept, of) = (lease.clone(), nodes.clone());
        supervisor.spawn(Stage::Cluster, "lease", move |task| kept.clone().keep(of.clone(), skew.clone(), task));
        let leads = watch::Sender::new(false);
        let (living, taken, unfinished) = Default::default();
        Ok(Arc::new(Membership { nodes, lease, living, leads, taken, unfinished, supervisor }))
    }

    /// Starts the tasks that make this node part of the cluster.
    pub fn start(
        self: &Arc<Membership>,
        deliverer: Deliverer,
        customers: Arc<Customers>,
        runner: Runner,
        handler: Weak<dyn Handler>,
    ) {
        let spawn = &self.supervisor;
        let it = self.clone();
        let listen = move |task| it.clone().listen(deliverer.clone(), customers.clone(), task);
        spawn.spawn(Stage::Cluster, "cluster_hints", listen);
        let it = self.clone();
        spawn.spawn(Stage::Cluster, "take_over", move |task| it.clone().look_after(runner.clone(), task));
        let (it, commanded) = (self.clone(), handler.clone());
        spawn.spawn(Stage::Cluster, "commands", move |task| it.clone().serve(commanded.clone(), task));
        let it = self.clone();
        spawn.spawn(Stage::Cluster, "callees", move |task| it.clone().callees_changed(handler.clone(), task));
    }

    pub fn nodes(&self) -> &dyn Nodes {
        &*self.nodes
    }

    /// Wakes up the outbox when another node adds to it. Also does so at regular intervals, for hints that were lost, and
    /// drops the cached customer settings then.
    async fn listen(self: Arc<Membership>, deliverer: Deliverer, customers: Arc<Customers>, task: Task) {
        let mut hints = self.nodes.hints();
        // Not restarted by each hint: under a constant stream of hints the regular check would never happen.
        let mut looks = tokio::time::interval(POLL_INTERVAL);
        looks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            task.failpoint().await;
            tokio::select! {
                Ok(()) = hints.outbox.changed() => deliverer.wake(),
                _ = looks.tick() => {
                    customers.forget();
                    deliverer.wake();
                }
                () = task.closing() => return,
            }
        }
    }

    /// Makes the simulated phones of this node follow what customers set through other nodes.
    async fn callees_changed(self: Arc<Membership>, handler: Weak<dyn Handler>, task: Task) {
        let mut callees = self.nodes.hints().callees;
        // For changes that were made while this node, or this task, started.
        callees.mark_changed();
        let hear = async {
            // The sender lives in the store.
            while callees.changed().await.is_ok() {
                task.failpoint().await;
                while let Some(handler) = handler.upgrade() {
                    let Err(error) = handler.callees_changed().await else { break };
                    tracing::warn!(%error, "the behaviour of simulated numbers cannot be read; retrying");
                    drop(handler);
                    tokio::time::sleep(RETRY).await;
                }
            }
        };
        tokio::select! {
            () = hear => {}
            () = task.closing() => {}
        }
    }

    /// Looks for dead nodes regularly, and continues the runs that they owned.
    async fn look_after(self: Arc<Membership>, runner: Runner, task: Task) {
        loop {
            if let Err(error) = self.look(&runner).await {
                tracing::warn!(%error, "the check for dead nodes failed; retrying");
            }
            tokio::select! {
                _ = tokio::time::sleep(POLL_INTERVAL) => {}
                () = task.closing() => return,
            }
        }
    }

    /// Updates whether this node is the leader, takes over the runs of dead nodes and continues them.
    pub async fn look(&self, runner: &Runner) -> Result<()> {
        let living = self.living_now().await?;
        self.leads.send_if_modified(|leads| {
            let leads_now = living.first() == Some(&self.lease.node);
            std::mem::replace(leads, leads_now) != leads_now
        });
        recovery::take_over(&*self.nodes, runner, &self.unfinished).await
    }

    /// Returns whether a node is alive. Reads the list again for a node that is not in it, since it may have just joined.
    async fn lives(&self, node: NodeId) -> Result<bool> {
        let known = lock(&self.living).contains(&node);
        Ok(known || self.living_now().await?.contains(&node))
    }

    async fn living_now(&self) -> Result<Vec<NodeId>> {
        let living = self.nodes.living(lease::TTL).await?;
        lock(&self.living).clone_from(&living);
        Ok(living)
    }

    /// Leaves the leader's tasks to another node.
    pub async fn retire(&self) {
        if let Err(error) = self.nodes.retire().await {
            tracing::warn!(%error, "this node could not retire; the leader's tasks wait until it has left");
        }
    }

    /// Returns whether this node is the leader now.
    pub fn leads_now(&self) -> bool {
        *self.leads.borrow()
    }

    /// Returns when this node is the leader, that is, the oldest node.
    pub async fn leads(&self) {
        let mut leads = self.leads.subscribe();
        // The sender lives in self, so that waiting cannot fail.
        let _ = leads.wait_for(|leads| *leads).await;
    }

    /// Stops the cluster's tasks and gives up the lease, so that other nodes take over at once.
    pub async fn leave(&self) {
        self.supervisor.stop(Stage::Cluster).await;
        if let Err(error) = self.nodes.leave().await {
            tracing::warn!(%error, "this node could not leave; its lease runs out instead");
        }
    }

    /// Returns the node that owns a run if it is another one. If the owner is dead, waits until a living node has taken the
    /// run over; a run that has ended needs no takeover and is adopted here.
    pub async fn elsewhere(&self, run_id: Uuid, runner: &Runner) -> Result<Option<NodeId>> {
        let own = self.lease.node;
        let until = Instant::now() + TIMEOUT;
        loop {
            let Some(loaded) = runner.load(run_id).await? else { return Ok(None) };
            if loaded.owner == own {
                return Ok(None);
            }
            if self.lives(loaded.owner).await? {
                return Ok(Some(loaded.owner));
            }
            if self.nodes.adopt(loaded.key).await? {
                return Ok(None);
            }
            if Instant::now() >= until {
                return Err(moved());
            }
            tokio::time::sleep(POLL_INTERVAL / 4).await;
        }
    }
}
