//! One task: it is restarted after a pause that doubles with each failure.

use super::Health;
use crate::failpoint;
use futures::FutureExt;
use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// The pause after the first failure, and the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
/// A task that ran for this long begins with the first pause again when it fails.
const WELL: Duration = Duration::from_secs(60);

/// A task's handle to its supervisor: its name and its shutdown signal.
#[derive(Clone)]
pub struct Task {
    pub(super) name: &'static str,
    pub(super) closing: CancellationToken,
}

impl Task {
    /// Returns when the task must end.
    pub async fn closing(&self) {
        self.closing.cancelled().await;
    }

    pub fn is_closing(&self) -> bool {
        self.closing.is_cancelled()
    }

    /// Marks a place where tests can make the task fail, under its name. Does nothing without the feature `failpoints`.
    pub async fn failpoint(&self) {
        failpoint::reach(self.name).await;
    }
}

pub(super) async fn supervise<F: Future<Output = ()>>(
    health: Arc<Health>,
    task: Task,
    mut start: impl FnMut(Task) -> F,
) {
    let (name, mut pause) = (task.name, FIRST_PAUSE);
    loop {
        let began = Instant::now();
        // State that survives a panic is behind locks, or is created again by the next start.
        let run = AssertUnwindSafe(async { start(task.clone()).await });
        let why = match run.catch_unwind().await {
            Ok(()) if task.is_closing() => return,
            Ok(()) => "it ended early".to_owned(),
            Err(panic) => format!("it panicked: {}", panic_message(&*panic)),
        };
        if began.elapsed() >= WELL {
            pause = FIRST_PAUSE;
        }
        let _down = Down::new(&health, name);
        tracing::error!(task = name, why, ?pause, "a task of the server failed; it is restarted");
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = task.closing() => return,
        }
        pause = (pause * 2).min(LONGEST_PAUSE);
        health.metrics.task_restarted(name);
    }
}

/// Counts a task as down until it is restarted.
struct Down<'a> {
    health: &'a Health,
    name: &'static str,
}

impl<'a> Down<'a> {
    fn new(health: &'a Health, name: &'static str) -> Down<'a> {
        health.went_down(name);
        Down { health, name }
    }
}

impl Drop for Down<'_> {
    fn drop(&mut self) {
        self.health.came_up(self.name);
    }
}

/// Returns the message of a panic.
pub fn panic_message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|it| (*it).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::{Stage, Supervisor};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};
    use tokio::sync::mpsc;
    use tokio::time::{Duration, Instant};

    #[tokio::test(start_paused = true)]
    async fn a_failed_task_is_restarted_after_growing_pauses() {
        let supervisor = Supervisor::default();
        let (sender, mut started) = mpsc::unbounded_channel();
        let count = Arc::new(AtomicU32::new(0));
        supervisor.spawn(Stage::Background, "test", move |task| {
            let (sender, number) = (sender.clone(), count.fetch_add(1, Ordering::SeqCst));
            async move {
                sender.send(Instant::now()).unwrap();
                match number {
                    0 => panic!("on purpose"),
                    1 => {}
                    // Long enough to have run well.
                    2 => {
                        tokio::time::sleep(super::WELL).await;
                        panic!("on purpose");
                    }
                    _ => task.closing().await,
                }
            }
        });
        let mut times = Vec::new();
        for number in 0..4 {
            times.push(started.recv().await.unwrap());
            // It is down until it is restarted.
            tokio::task::yield_now().await;
            assert_eq!(supervisor.down().is_empty(), number >= 2, "{number}");
        }
        let pauses: Vec<Duration> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let first = super::FIRST_PAUSE;
        assert_eq!(pauses, [first, 2 * first, super::WELL + first]);
        supervisor.stop(Stage::Background).await;
        assert!(started.recv().await.is_none(), "it is not restarted after it was stopped");
        assert!(supervisor.down().is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn stages_stop_one_by_one_and_a_task_that_hangs_is_aborted() {
        let supervisor = Supervisor::default();
        supervisor.spawn(Stage::Log, "hangs", |_| std::future::pending());
        let runs = supervisor.closing(Stage::Runs);
        supervisor.stop(Stage::Log).await;
        assert!(supervisor.closing(Stage::Log).is_cancelled() && !runs.is_cancelled());
        supervisor.fail("test", "because");
        supervisor.fail("test", "another reason");
        assert_eq!(supervisor.failed().await, "because");
        assert_eq!(supervisor.down(), ["test"]);
    }
}
