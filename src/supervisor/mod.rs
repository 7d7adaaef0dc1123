//! Runs the tasks that live as long as the server.
//!
//! A task that panics, or ends before its [`Stage`] is stopped, is started again after a pause. Meanwhile `/readyz` and the
//! metrics say that it is down. State that must survive a panic belongs to whoever starts the task, or the task reads it anew
//! when it starts. Where neither is possible, [`Supervisor::fail`] has the whole server shut down: it starts again from what
//! is durable.

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

/// How long the tasks of a stage may take to end once they are told to. Then they are aborted.
const PATIENCE: Duration = Duration::from_secs(5);

/// Locks a mutex, poisoned or not. For state that is whole between any two statements of its holders: a panic in one of them
/// must not take down the others, nor the task that is started again.
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

/// How the tasks are doing.
struct Health {
    metrics: Arc<Metrics>,
    /// How many tasks of each name are down. A name may be shared, where each core has such a task.
    down: Mutex<BTreeMap<&'static str, usize>>,
    /// Why the server cannot go on.
    failed: watch::Sender<Option<String>>,
}

impl Supervisor {
    pub fn new(metrics: Arc<Metrics>) -> Supervisor {
        let health = Health { metrics, down: Mutex::default(), failed: watch::Sender::new(None) };
        Supervisor(Arc::new(Inner { health: Arc::new(health), stages: Default::default() }))
    }

    /// Runs a task on the runtime of the caller until its stage is stopped. `start` is called again after each failure. A task
    /// that is told to stop ([`Task::closing`]) ends by itself, soon.
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

    /// Is cancelled when a stage is stopped.
    pub fn closing(&self, stage: Stage) -> CancellationToken {
        self.0.stages[stage as usize].closing.clone()
    }

    /// Tells the tasks of a stage to end, and waits until they have.
    pub async fn stop(&self, stage: Stage) {
        let tasks = &self.0.stages[stage as usize];
        tasks.closing.cancel();
        let mut running = std::mem::take(&mut *lock(&tasks.running));
        let ended = async { while running.join_next().await.is_some() {} };
        if tokio::time::timeout(PATIENCE, ended).await.is_err() {
            tracing::warn!(?stage, left = running.len(), "tasks do not end; they are aborted");
        }
    }

    /// Stops whatever has not been stopped yet, all stages at once.
    pub async fn stop_all(&self) {
        let stages = [Stage::Background, Stage::Log, Stage::Runs, Stage::Outbox, Stage::Cluster, Stage::Store];
        join_all(stages.map(|stage| self.stop(stage))).await;
    }

    /// The names of the tasks that are down at this moment.
    pub fn down(&self) -> Vec<&'static str> {
        lock(&self.0.health.down).keys().copied().collect()
    }

    /// A task has failed whose state is lost: the server shuts down. `why` is a sentence for the operator.
    pub fn fail(&self, name: &'static str, why: impl Into<String>) {
        let why = why.into();
        tracing::error!(task = name, why, "the server cannot go on");
        self.0.health.went_down(name);
        // The first reason is the one that counts.
        self.0.health.failed.send_if_modified(|failed| failed.is_none() && failed.replace(why).is_none());
    }

    /// Returns when the server cannot go on, and says why.
    pub async fn failed(&self) -> String {
        let mut failed = self.0.health.failed.subscribe();
        // The sender lives in self, so that waiting cannot fail.
        let failed = failed.wait_for(Option::is_some).await;
        failed.ok().and_then(|why| why.clone()).unwrap_or_default()
    }

    /// A place in a task where tests have it fail; nothing without the feature `failpoints`.
    pub async fn failpoint(name: &str) {
        failpoint::reach(name).await;
    }
}

impl Default for Supervisor {
    /// With metrics that nobody reads.
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
