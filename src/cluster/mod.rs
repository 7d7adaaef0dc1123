//! Several servers on one database: each lives by a lease, owns runs, and goes on with what a dead one owned.
//!
//! A run is changed by its owner alone. What another node is asked for about it goes to the owner through the database, and
//! is answered after it is durable. Work that is the database's rather than a run's (webhooks, the outbox, pruning) is
//! the leader's: that is the oldest node.

mod commands;
pub mod leader;
pub mod lease;
pub mod retention;

pub use commands::{Act, ForwardedCommand, Handler};

use crate::delivery::customers::Customers;
use crate::delivery::outbox::Deliverer;
use crate::error::Result;
use crate::runtime::recovery;
use crate::runtime::runner::{Runner, moved};
use crate::store::{CommandId, NodeId, Nodes};
use crate::supervisor::{Stage, Supervisor, Task, lock};
use lease::Lease;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, Weak};
use std::time::{Duration, Instant};
use tokio::sync::watch;
use uuid::Uuid;

/// How often a node looks for dead ones, and for what it was not told of.
const POLL_INTERVAL: Duration = Duration::from_secs(1);
/// How long a request waits until what a dead node had is another's.
const TIMEOUT: Duration = Duration::from_secs(8);

/// Pause before numbers that another node has set are read again.
const RETRY: Duration = Duration::from_secs(1);

/// This node among others.
pub struct Membership {
    nodes: Arc<dyn Nodes>,
    pub lease: Arc<Lease>,
    /// The nodes that were there at the last look, the oldest first.
    living: Mutex<Vec<NodeId>>,
    leads: watch::Sender<bool>,
    /// Commands of other nodes that were read and not begun yet: the database does not tell them again.
    taken: Mutex<VecDeque<(CommandId, Vec<u8>)>>,
    /// What this node took over and has not gone on with yet.
    unfinished: recovery::Unfinished,
    supervisor: Supervisor,
}

impl Membership {
    pub async fn join(nodes: Arc<dyn Nodes>, name: &str, supervisor: Supervisor) -> Result<Arc<Membership>> {
        let lease = Lease::join(&*nodes, name).await?;
        let (kept, of) = (lease.clone(), nodes.clone());
        supervisor.spawn(Stage::Cluster, "lease", move |task| kept.clone().keep(of.clone(), task));
        let leads = watch::Sender::new(false);
        let (living, taken, unfinished) = Default::default();
        Ok(Arc::new(Membership { nodes, lease, living, leads, taken, unfinished, supervisor }))
    }

    /// Starts what this node does among others.
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

    /// Passes on what other nodes do: something is to be sent. That is looked at now and then in any case, and what customers
    /// said is not believed for longer.
    async fn listen(self: Arc<Membership>, deliverer: Deliverer, customers: Arc<Customers>, task: Task) {
        let mut hints = self.nodes.hints();
        // Not anew with each hint: where hints never stop, what was not told would never be looked at.
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

    /// Has the simulated phones of this node do what customers tell other nodes.
    async fn callees_changed(self: Arc<Membership>, handler: Weak<dyn Handler>, task: Task) {
        let mut callees = self.nodes.hints().callees;
        // Those that were set while this node, or this task, started.
        callees.mark_changed();
        let hear = async {
            // The sender lives in the store.
            while callees.changed().await.is_ok() {
                task.failpoint().await;
                while let Some(handler) = handler.upgrade() {
                    let Err(error) = handler.callees_changed().await else { break };
                    tracing::warn!(%error, "what simulated numbers do cannot be read; it is tried again");
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

    /// Looks for nodes that died, and goes on with what they owned.
    async fn look_after(self: Arc<Membership>, runner: Runner, task: Task) {
        loop {
            if let Err(error) = self.look(&runner).await {
                tracing::warn!(%error, "other nodes cannot be looked after; it is tried again");
            }
            tokio::select! {
                _ = tokio::time::sleep(POLL_INTERVAL) => {}
                () = task.closing() => return,
            }
        }
    }

    /// Gives up the nodes that died, and goes on with what they owned.
    pub async fn look(&self, runner: &Runner) -> Result<()> {
        let living = self.living_now().await?;
        self.leads.send_if_modified(|leads| {
            let leads_now = living.first() == Some(&self.lease.node);
            std::mem::replace(leads, leads_now) != leads_now
        });
        recovery::take_over(&*self.nodes, runner, &self.unfinished).await
    }

    /// Whether a node is there, as far as is known. One that is not known may have come just now.
    async fn lives(&self, node: NodeId) -> Result<bool> {
        let known = lock(&self.living).contains(&node);
        Ok(known || self.living_now().await?.contains(&node))
    }

    async fn living_now(&self) -> Result<Vec<NodeId>> {
        let living = self.nodes.living(lease::TTL).await?;
        lock(&self.living).clone_from(&living);
        Ok(living)
    }

    /// Leaves what only the leader does to other nodes.
    pub async fn retire(&self) {
        if let Err(error) = self.nodes.retire().await {
            tracing::warn!(%error, "this node could not say that it retires; what only the leader does waits until it has gone");
        }
    }

    /// Returns when this node is the leader: the oldest one.
    pub async fn leads(&self) {
        let mut leads = self.leads.subscribe();
        // The sender lives in self, so that waiting cannot fail.
        let _ = leads.wait_for(|leads| *leads).await;
    }

    /// Ends the loops and gives the node up, so that others go on at once.
    pub async fn leave(&self) {
        self.supervisor.stop(Stage::Cluster).await;
        if let Err(error) = self.nodes.leave().await {
            tracing::warn!(%error, "this node could not say that it goes; the others find out");
        }
    }

    /// The node that owns a run, when it is another one. What a dead one had is waited for: somebody takes it over, or
    /// nobody needs to, because it has ended.
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
