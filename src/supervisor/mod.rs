//! Supervision of the tasks that live as long as the server.
//!
//! A task that panics, or ends before its [`Stage`] is stopped, is restarted after a pause. Until then `/readyz` and the
//! metrics report it as down. State that must survive a panic is owned by the caller that starts the task, or the task
//! reads it again when it starts. Where neither is possible, [`Supervisor::fail`] shuts the whole server down: the next
//! start continues from what is durable.

mod stage;
mod task;

pub use stage::Stage;
pub use task::{Task, panic_message};

use crate::failpoint;
use crate::telemetry::Metrics;
use futures::future::join_all;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// How long the tasks of a stage may take to end after they were told to. Then they are aborted.
const STOP_TIMEOUT: Duration = Duration::from_secs(5);

/// Locks a mutex, poisoned or not. For state that is consistent between any two statements of its holders: a panic in one
/// of them must not take down the others, or the task that is restarted.
pub fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Starts tasks and keeps them running. Cheap to clone.
#[derive(Clone)]
pub struct Supervisor(Arc<Inner>);

struct Inner {
    health: Arc<Health>,
    stages: [Tasks; Stage::COUNT],
}

/// The tasks of one stage.
#[derive(Default)]
struct Tasks {
    closing: CancellationToken,
    running: Mutex<JoinSet<()>>,
}

/// The state of the tasks.
struct Health {
    metrics: Arc<Metrics>,
    /// How many tasks of each name are down. Tasks share a name where each core has one.
    down: Mutex<BTreeMap<&'static str, usize>>,
    /// Why the server must shut down.
    failed: watch::Sender<Option<String>>,
}

impl Supervisor {
    pub fn new(metrics: Arc<Metrics>) -> Supervisor {
        let health = Health { metrics, down: Mutex::default(), failed: watch::Sender::new(None) };
        Supervisor(Arc::new(Inner { health: Arc::new(health), stages: Default::default() }))
    }

    /// Returns the metrics of the server.
    pub fn metrics(&self) -> &Arc<Metrics> {
        &self.0.health.metrics
    }

    /// Runs a task on the runtime of the caller until its stage is stopped. `start` is called again after each failure. A
    /// task that is told to stop ([`Task::closing`]) must end soon.
    pub fn spawn<F>(&self, stage: Stage, name: &'static str, start: impl FnMut(Task) -> F + Send + 'static)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let tasks = &self.0.stages[stage as usize];
        let task = Task { name, closing: tasks.closing.clone() };
        let supervised = task::supervise(self.0.health.clone(), task, start);
        self.0.health.metrics.task(name);
        lock(&tasks.running).spawn_on(supervised, &Handle::current());
    }

    /// Returns the token that is cancelled when a stage is stopped.
    pub fn closing(&self, stage: Stage) -> CancellationToken {
        self.0.stages[stage as usize].closing.clone()
    }

    /// Tells the tasks of a stage to end, and waits until they have.
    pub async fn stop(&self, stage: Stage) {
        let tasks = &self.0.stages[stage as usize];
        tasks.closing.cancel();
        let mut running = std::mem::take(&mut *lock(&tasks.running));
        let ended = async { while running.join_next().await.is_some() {} };
        if tokio::time::timeout(STOP_TIMEOUT, ended).await.is_err() {
            tracing::warn!(?stage, left = running.len(), "tasks do not end; they are aborted");
        }
    }

    /// Stops all stages that have not been stopped yet, at the same time.
    pub async fn stop_all(&self) {
        let stages = [Stage::Background, Stage::Log, Stage::Runs, Stage::Outbox, Stage::Cluster, Stage::Store];
        join_all(stages.map(|stage| self.stop(stage))).await;
    }

    /// Returns the names of the tasks that are down at this moment.
    pub fn down(&self) -> Vec<&'static str> {
        lock(&self.0.health.down).keys().copied().collect()
    }

    /// Shuts the server down because a task failed and its state is lost. `why` is a sentence for the operator.
    pub fn fail(&self, name: &'static str, why: impl Into<String>) {
        let why = why.into();
        tracing::error!(task = name, why, "the server cannot continue");
        self.0.health.went_down(name);
        // The first reason is the one that is reported.
        self.0.health.failed.send_if_modified(|failed| failed.is_none() && failed.replace(why).is_none());
    }

    /// Waits until the server must shut down, and returns the reason.
    pub async fn failed(&self) -> String {
        let mut failed = self.0.health.failed.subscribe();
        // The sender lives in self, so that waiting cannot fail.
        let failed = failed.wait_for(Option::is_some).await;
        failed.ok().and_then(|why| why.clone()).unwrap_or_default()
    }

    /// Marks a place where tests can make a task fail. Does nothing without the feature `failpoints`.
    pub async fn failpoint(name: &str) {
        failpoint::reach(name).await;
    }
}

impl Default for Supervisor {
    /// Creates one with metrics that nobody reads.
    fn default() -> Supervisor {
        Supervisor::new(Arc::default())
    }
}

impl fmt::Debug for Supervisor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Supervisor").field("down", &self.down()).finish_non_exhaustive()
    }
}

impl Health {
    fn went_down(&self, name: &'static str) {
        *lock(&self.down).entry(name).or_default() += 1;
        self.metrics.task_down(name);
    }

    fn came_up(&self, name: &'static str) {
        let mut down = lock(&self.down);
        if let Some(count) = down.get_mut(name) {
            *count -= 1;
            if *count == 0 {
                down.remove(name);
            }
        }
        drop(down);
        self.metrics.task_up(name);
    }
}
