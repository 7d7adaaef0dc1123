//! The runner's tasks: runs that wait for a worker, signals of the telephone network, timers.

use super::Runner;
use super::mailbox::Item;
use crate::clock::Uptime;
use crate::engine::Input;
use crate::model::quality::Quality;
use crate::model::telephony::Signal;
use crate::supervisor::Task;
use crate::telephony::CallSignal;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, mpsc};
use uuid::Uuid;

/// Timers that are fired at a time.
const DUE_AT_ONCE: usize = 1_024;
/// The most calls whose quality is reported and whose end is not: between the two nothing happens.
const ENDING: usize = 1_024;
/// The timers check the uptime at least this often: it advances while the machine sleeps.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// The receiving end of a channel. It outlives the task that uses it: an item that was received and not passed on is there
/// for the next task.
pub struct Received<R, T> {
    channel: R,
    next: Option<T>,
}

type Shared<R, T> = Arc<Mutex<Received<R, T>>>;

impl<R, T> Received<R, T> {
    pub fn new(channel: R) -> Shared<R, T> {
        Arc::new(Mutex::new(Received { channel, next: None }))
    }
}

impl Runner {
    /// Hands runs that found all workers busy to workers that become free.
    pub(super) async fn dispatch(self, next: Arc<Mutex<Option<Uuid>>>, task: Task) {
        let mut next = next.lock().await;
        loop {
            if next.is_none() {
                *next = tokio::select! {
                    run_id = self.0.waiting.next() => Some(run_id),
                    () = task.closing() => return,
                };
            }
            task.failpoint().await;
            let permit = tokio::select! {
                permit = self.0.workers.clone().acquire_owned() => permit,
                () = task.closing() => return,
            };
            // The semaphore is never closed.
            if let (Ok(permit), Some(run_id)) = (permit, next.take()) {
                tokio::spawn(self.clone().worker(run_id, permit));
            }
        }
    }

    /// Delivers the signals of the telephone network to the runs.
    pub(super) async fn listen(self, signals: Shared<mpsc::Receiver<CallSignal>, CallSignal>, task: Task) {
        let mut signals = signals.lock().await;
        let Received { channel, next } = &mut *signals;
        // A call's quality and its end are one step, and one commit. If this task fails in between, the call has no quality.
        let mut measured: HashMap<Uuid, Box<Quality>> = HashMap::new();
        loop {
            if next.is_none() {
                *next = tokio::select! {
                    signal = channel.recv() => signal,
                    () = task.closing() => return,
                };
            }
            task.failpoint().await;
            let Some(CallSignal { call_id, signal }) = next.take() else {
                self.0.deps.supervisor.fail("call_signals", "the telephone network stopped sending signals");
                return task.closing().await;
            };
            let input = match (signal, measured.remove(&call_id)) {
                (Signal::Quality(quality), _) if measured.len() < ENDING => {
                    measured.insert(call_id, quality);
                    continue;
                }
                (hangup @ Signal::Hangup { .. }, Some(quality)) => Input::Ended { call_id, quality, hangup },
                (signal, _) => Input::Signal { call_id, signal },
            };
            match self.0.routes.run_of(call_id) {
                Some(run_id) => self.send_input(run_id, input),
                None => tracing::debug!(%call_id, ?input, "a signal for an unknown call"),
            }
        }
    }

    /// Wakes up the runs that are due.
    pub(super) async fn wake(self, task: Task) {
        loop {
            let now = Uptime::now();
            let pause = {
                let (due, next) = self.0.timers.take_due(now, DUE_AT_ONCE);
                if due.is_empty() {
                    let until = |next: Uptime| Duration::from_micros(next.since(now).max(0) as u64);
                    Some(next.map_or(LOOK_AGAIN, until).min(LOOK_AGAIN))
                } else {
                    task.failpoint().await;
                    due.for_each(|run_id| self.post(run_id, Item::Due));
                    None
                }
            };
            let Some(pause) = pause else {
                tokio::task::yield_now().await;
                continue;
            };
            tokio::select! {
                _ = tokio::time::sleep(pause) => {}
                _ = self.0.timers.earlier() => {}
                () = task.closing() => return,
            }
        }
    }
}
