//! The runner: one run at a time, many at once.
//!
//! Whatever happens to a run goes into its mailbox; a run whose mailbox is not empty is handed to one worker, which loads
//! it, steps it, commits the step and then performs what the step asked for. Runs that sleep have neither mailbox nor
//! worker. A worker begins on the core of whoever brought the first item. When all workers are busy, who waits for one is
//! an id in a queue that holds each run at most once, so that no wake-up can be lost or pile up.

mod count;
mod create;
mod loops;
mod mailbox;
mod perform;
mod present;
mod web;
mod work;

pub use create::New;
pub use mailbox::Reply;
pub use work::moved;

use super::available::Available;
use super::revisions::Revisions;
use super::routes::Routes;
use super::timers::Timers;
use crate::cluster::lease::Lease;
use crate::config::Limits;
use crate::delivery::customers::Customers;
use crate::delivery::outbox::Deliverer;
use crate::engine::{Effect, Input, Output, Request};
use crate::error::{Error, Reason, Result};
use crate::model::run::Run;
use crate::model::time::Time;
use crate::outbound::http::Http;
use crate::runtime::idempotency::IdempotentRequest;
use crate::runtime::response::ResponseView;
use crate::store::{Committed, Loaded, Store};
use crate::supervisor::{Stage, Supervisor, lock};
use crate::telemetry::Metrics;
use crate::telephony::{CallSignal, Telephony};
use futures::FutureExt;
use loops::Received;
use lru::LruCache;
use mailbox::{Item, Mailboxes};
use std::num::NonZeroUsize;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Runs that are worked on at the same moment. Above what one group of commits takes there is nothing to gain.
const WORKERS: usize = 512;
/// Runs kept in memory besides those being worked on.
const CACHED: NonZeroUsize = NonZeroUsize::new(4_096).expect("it is not zero");
/// Requests under way at a time; more are refused at the door.
const REQUESTS: usize = 4_096;

pub struct Dependencies {
    pub store: Arc<dyn Store>,
    pub telephony: Arc<dyn Telephony>,
    pub revisions: Arc<Revisions>,
    pub http: Arc<Http>,
    pub available: Available,
    pub customers: Arc<Customers>,
    pub deliverer: Deliverer,
    /// The right to act for the runs of this node.
    pub lease: Arc<Lease>,
    pub supervisor: Supervisor,
    pub metrics: Arc<Metrics>,
    pub limits: Limits,
}

#[derive(Clone)]
pub struct Runner(Arc<Inner>);

struct Inner {
    deps: Dependencies,
    mailboxes: Mailboxes,
    cache: Mutex<LruCache<Uuid, Arc<Loaded>>>,
    timers: Timers,
    routes: Routes,
    /// Activeflows that have not ended.
    running: AtomicUsize,
    requests: Semaphore,
    closing: CancellationToken,
    workers: Arc<Semaphore>,
    /// Runs that found all workers busy, each at most once: bounded by the mailboxes.
    queue: mpsc::UnboundedSender<Uuid>,
}

impl Runner {
    /// Starts the loops: workers for runs that have something to do, the ear for the telephone network. The timers stand
    /// still until [`Runner::wake_up`].
    pub fn start(deps: Dependencies, signals: mpsc::Receiver<CallSignal>) -> Runner {
        let (queue, queued) = mpsc::unbounded_channel();
        let (supervisor, closing) = (deps.supervisor.clone(), deps.supervisor.closing(Stage::Runs));
        let runner = Runner(Arc::new(Inner {
            routes: Routes::new(deps.limits),
            deps,
            mailboxes: Mailboxes::default(),
            cache: Mutex::new(LruCache::new(CACHED)),
            timers: Timers::default(),
            running: AtomicUsize::new(0),
            requests: Semaphore::new(REQUESTS),
            closing,
            workers: Arc::new(Semaphore::new(WORKERS)),
            queue,
        }));
        let (dispatching, queued) = (runner.clone(), Received::new(queued));
        supervisor.spawn(Stage::Runs, "run_dispatcher", move |task| dispatching.clone().dispatch(queued.clone(), task));
        let (listening, signals) = (runner.clone(), Received::new(signals));
        supervisor.spawn(Stage::Runs, "call_signals", move |task| listening.clone().listen(signals.clone(), task));
        runner
    }

    /// Puts something into the mailbox of a run, and has it worked on.
    fn post(&self, run_id: Uuid, item: Item) {
        if self.0.mailboxes.post(run_id, item) {
            self.employ(run_id);
        }
    }

    /// Hands a run that wants a worker to one that is free, or has it wait for one.
    fn employ(&self, run_id: Uuid) {
        match (self.0.workers.clone().try_acquire_owned(), Handle::try_current()) {
            (Ok(permit), Ok(here)) => drop(here.spawn(self.clone().worker(run_id, permit))),
            // Fails only when the dispatcher has gone, and with it the server.
            _ => drop(self.0.queue.send(run_id)),
        }
    }

    async fn worker(self, run_id: Uuid, permit: OwnedSemaphorePermit) {
        // A panic costs a run the item that it was at (whoever waits for its answer is told), not its mailbox.
        while AssertUnwindSafe(self.work(run_id)).catch_unwind().await.is_err() {
            tracing::error!(%run_id, "a step panicked; the run stays as it is stored");
            self.forget(run_id);
        }
        drop(permit);
    }

    /// Lets the timers run. Not before every run of an earlier process is found: one that begins while they are being
    /// looked for would be found with them, and counted twice.
    pub fn wake_up(&self) {
        let runner = self.clone();
        self.0.deps.supervisor.spawn(Stage::Runs, "timers", move |task| runner.clone().wake(task));
    }

    /// Brings something to a run. It is not lost, unless the process dies with it.
    pub fn tell(&self, run_id: Uuid, input: Input) {
        self.post(run_id, Item::Input(input));
    }

    /// Brings a request to a run and waits until it is durable or refused.
    pub async fn ask(
        &self,
        run_id: Uuid,
        request: Request,
        idempotency: Option<IdempotentRequest>,
        view: ResponseView,
    ) -> Result<Reply> {
        let busy = || Error::new(Reason::TooManyRequests, "too many requests are under way; try again");
        let _place = self.0.requests.try_acquire().map_err(|_| busy())?;
        let (reply, answered) = oneshot::channel();
        self.post(run_id, Item::Request { request: Box::new(request), idempotency, view, reply });
        answered.await.map_err(|_| Error::new(Reason::ShuttingDown, "the server is shutting down"))?
    }

    /// Refuses so many more runs and calls where they would be too many.
    pub fn admit(&self, customer_id: Uuid, runs: usize, calls: usize) -> Result<()> {
        if calls > 0 {
            self.0.routes.admit(customer_id, calls)?;
        }
        if self.0.running.load(Ordering::Relaxed) + runs > self.0.deps.limits.activeflows {
            let message = "as many activeflows run as this server takes; try again later";
            return Err(Error::new(Reason::TooManyActiveflows, message));
        }
        Ok(())
    }

    /// Takes over runs that a commit has just created, in its order. What their first step asked for is performed when they
    /// are held no more.
    pub fn adopt(&self, committed: &Committed, runs: Vec<(Run, Output)>) -> Vec<Arc<Loaded>> {
        if runs.iter().any(|(_, output)| !output.outgoing.is_empty()) {
            self.0.deps.deliverer.wake();
        }
        let keys = committed.runs.iter().map(|(key, _)| *key);
        let adopted = runs.into_iter().zip(keys).map(|((run, output), key)| {
            let loaded = Arc::new(Loaded { key, owner: self.0.deps.lease.node, run });
            self.settled(None, &loaded);
            if self.0.mailboxes.begin(loaded.run.info.id, Item::Begin { effects: output.effects }) {
                self.employ(loaded.run.info.id);
            }
            loaded
        });
        adopted.collect()
    }

    /// A run has reached a new durable state: whoever routes, wakes or counts by it is told.
    fn settled(&self, before: Option<&Loaded>, now: &Arc<Loaded>) {
        let run = &now.run;
        for leg in &run.legs {
            let was_alive =
                before.is_some_and(|before| before.run.leg(leg.call.id).is_some_and(|leg| leg.call.is_alive()));
            match (was_alive, leg.call.is_alive()) {
                (false, true) => self.0.routes.add(leg.call.id, run.info.id, run.info.customer_id),
                (true, false) => self.0.routes.remove(leg.call.id),
                _ => {}
            }
        }
        match (before.is_some_and(|before| before.run.is_running()), run.is_running()) {
            (false, true) => drop(self.0.running.fetch_add(1, Ordering::Relaxed)),
            (true, false) => drop(self.0.running.fetch_sub(1, Ordering::Relaxed)),
            _ => {}
        }
        count::count_transition(&self.0.deps.metrics, before.map(|before| &before.run), run);
        self.0.timers.set(run.info.id, run.due());
        lock(&self.0.cache).put(run.info.id, now.clone());
    }

    /// Forgets what memory holds of a run. While a commit is under way the store alone knows how the run stands.
    fn forget(&self, run_id: Uuid) {
        lock(&self.0.cache).pop(&run_id);
    }

    /// The run as it stands, from memory or from the store. None when there is none.
    pub async fn load(&self, run_id: Uuid) -> Result<Option<Arc<Loaded>>> {
        if let Some(loaded) = lock(&self.0.cache).get(&run_id) {
            return Ok(Some(loaded.clone()));
        }
        let Some(stored) = self.0.deps.store.run(run_id).await? else { return Ok(None) };
        Ok(Some(super::rows::read_run(stored, &self.0.deps.revisions).await?))
    }

    /// Runs that the store has forgotten are forgotten here too.
    pub fn forget_all(&self, run_ids: &[Uuid]) {
        let mut cache = lock(&self.0.cache);
        run_ids.iter().for_each(|run_id| drop(cache.pop(run_id)));
    }

    /// Sets the timer of a run that was found in the store.
    pub fn sleeping(&self, run_id: Uuid, due: Option<Time>) {
        count::found_waiting(&self.0.deps.metrics);
        self.0.timers.set(run_id, due);
        self.0.running.fetch_add(1, Ordering::Relaxed);
    }

    /// Ends the calls of an earlier process and begins again what it left unfinished. Returns when that is durable.
    pub async fn recover(&self, run_id: Uuid) {
        let (done, recovered) = oneshot::channel();
        self.post(run_id, Item::Recover { done });
        // Dropped unanswered only when the server closes.
        let _ = recovered.await;
    }

    /// Returns when no call is up.
    pub async fn idle(&self) {
        self.0.routes.idle().await;
    }

    /// Ends every call that is left as `failed`.
    pub async fn end_calls(&self) {
        for run_id in self.0.routes.runs() {
            self.tell(run_id, Input::Died);
        }
        let _ = tokio::time::timeout(Duration::from_secs(5), self.0.routes.idle()).await;
    }

    /// Finishes what is in the mailboxes, for a while at most, and stops the loops.
    pub async fn close(&self) {
        let _ = tokio::time::timeout(Duration::from_secs(5), self.0.mailboxes.empty()).await;
        self.0.deps.supervisor.stop(Stage::Runs).await;
        self.0.mailboxes.close();
    }
}

/// What a step asked for.
type Effects = Vec<Effect>;
