//! The runner: works on many runs at the same time, on each one step at a time.
//!
//! Everything that happens to a run goes into its mailbox. A run whose mailbox is not empty gets one worker, which loads
//! it, steps it, commits the step and then performs the effects of the step. Runs that sleep have neither mailbox nor
//! worker. A worker starts on the core that posted the first item. When all workers are busy, the id of the run waits in a
//! queue that holds each run at most once, so no wake-up is lost and none pile up.

mod count;
mod create;
mod loops;
mod mailbox;
mod perform;
mod present;
mod waiting;
mod web;
mod work;

pub use create::New;
pub use mailbox::Reply;
pub use work::moved;

use super::admission::{Admission, Permit};
use super::available::Available;
use super::revisions::Revisions;
use super::routes::Routes;
use super::timers::{Moment, Timers};
use crate::cluster::lease::Lease;
use crate::config::Limits;
use crate::delivery::customers::Customers;
use crate::delivery::outbox::Deliverer;
use crate::engine::{Allowance, Begun, Effect, Input, Output, Request};
use crate::error::{Error, Reason, Result};
use crate::memory::{Budget, Memory, Part, Taken, Weighed};
use crate::model::amounts::Amounts;
use crate::model::limits::CustomerLimits;
use crate::model::run::Run;
use crate::model::time::Time;
use crate::outbound::http::Http;
use crate::runtime::idempotency::IdempotentRequest;
use crate::runtime::response::ResponseView;
use crate::store::{Committed, Loaded, Store};
use crate::supervisor::{Stage, Supervisor, lock};
use crate::telemetry::Metrics;
use crate::telephony::{CallSignal, Telephony};
use crate::usage::DailyUsage;
use futures::FutureExt;
use loops::Received;
use mailbox::{Item, Mailboxes};
use std::num::NonZeroUsize;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use waiting::WaitingRuns;

/// Runs that are worked on at the same time. More than one group of commits takes would gain nothing.
const WORKERS: usize = 512;
/// The most runs kept in memory in addition to those that are worked on. Their weight is bounded too.
const CACHED: NonZeroUsize = NonZeroUsize::new(4_096).expect("it is not zero");
/// Runs that are read from the store at the same time, each with all its revisions.
const LOADS: usize = 16;
/// How long a large request waits for the memory that it needs.
const PATIENCE: Duration = Duration::from_secs(5);
/// A worker takes from the budget for runs that are at least this heavy, in bytes.
const HEAVY: usize = 256 * 1024;
/// The most requests in progress; more are refused at once.
const REQUESTS: usize = 4_096;

pub struct Dependencies {
    pub store: Arc<dyn Store>,
    pub telephony: Arc<dyn Telephony>,
    pub revisions: Arc<Revisions>,
    pub http: Arc<Http>,
    pub available: Available,
    pub customers: Arc<Customers>,
    pub usage: Arc<DailyUsage>,
    pub deliverer: Deliverer,
    /// The right to act for the runs of this node.
    pub lease: Arc<Lease>,
    pub supervisor: Supervisor,
    pub metrics: Arc<Metrics>,
    pub memory: Memory,
    pub limits: Limits,
}

#[derive(Clone)]
pub struct Runner(Arc<Inner>);

struct Inner {
    deps: Dependencies,
    mailboxes: Mailboxes,
    cache: Mutex<Weighed<Uuid, Arc<Loaded>>>,
    loads: Semaphore,
    /// Bytes of large runs that are worked on.
    work: Budget,
    /// Bytes of large requests, and of responses to `fetch`, that wait for their run.
    inputs: Budget,
    timers: Timers,
    routes: Routes,
    admission: Arc<Admission>,
    requests: Semaphore,
    closing: CancellationToken,
    workers: Arc<Semaphore>,
    /// Runs that found all workers busy.
    waiting: Arc<WaitingRuns>,
}

impl Runner {
    /// Starts the tasks: workers for runs that have work, and the receiver of signals from the telephone network. The
    /// timers start with [`Runner::wake_up`].
    pub fn start(deps: Dependencies, signals: mpsc::Receiver<CallSignal>) -> Runner {
        let (supervisor, closing) = (deps.supervisor.clone(), deps.supervisor.closing(Stage::Runs));
        let runner = Runner(Arc::new(Inner {
            admission: Admission::new(deps.limits),
            routes: Routes::default(),
            mailboxes: Mailboxes::default(),
            cache: Mutex::new(Weighed::new(deps.memory.share(Part::Runs), CACHED)),
            loads: Semaphore::new(LOADS),
            work: Budget::new(deps.memory.share(Part::Work)),
            inputs: Budget::new(deps.memory.share(Part::Inputs)),
            deps,
            timers: Timers::default(),
            requests: Semaphore::new(REQUESTS),
            closing,
            workers: Arc::new(Semaphore::new(WORKERS)),
            waiting: Arc::default(),
        }));
        let (dispatching, next) = (runner.clone(), Arc::default());
        supervisor
            .spawn(Stage::Runs, "run_dispatcher", move |task| dispatching.clone().dispatch(Arc::clone(&next), task));
        let (listening, signals) = (runner.clone(), Received::new(signals));
        supervisor.spawn(Stage::Runs, "call_signals", move |task| listening.clone().listen(signals.clone(), task));
        runner
    }

    /// Adds an item to the mailbox of a run, and starts a worker if needed.
    fn post(&self, run_id: Uuid, item: Item) {
        if self.0.mailboxes.post(run_id, item) {
            self.employ(run_id);
        }
    }

    /// Hands a run to a free worker, or queues it for one. Runs that are not in memory share a queue: their customers are
    /// not known.
    fn employ(&self, run_id: Uuid) {
        match (self.0.workers.clone().try_acquire_owned(), Handle::try_current()) {
            (Ok(permit), Ok(here)) => drop(here.spawn(self.clone().worker(run_id, permit))),
            _ => {
                let customer_id = lock(&self.0.cache).peek(&run_id).map(|loaded| loaded.run.info.customer_id);
                self.0.waiting.push(customer_id.unwrap_or_default(), run_id);
            }
        }
    }

    async fn worker(self, run_id: Uuid, permit: OwnedSemaphorePermit) {
        // A panic costs a run the current item (its caller gets an error), not its mailbox.
        while AssertUnwindSafe(self.work(run_id)).catch_unwind().await.is_err() {
            tracing::error!(%run_id, "a step panicked; the run keeps its stored state");
            self.forget(run_id);
        }
        drop(permit);
    }

    /// Starts the timers. Call it after every run of an earlier process is found: a run that begins during that search
    /// would be found as well, and counted twice.
    pub fn wake_up(&self) {
        let runner = self.clone();
        self.0.deps.supervisor.spawn(Stage::Runs, "timers", move |task| runner.clone().wake(task));
    }

    /// Delivers an input to a run. It is not lost unless the process dies.
    pub fn send_input(&self, run_id: Uuid, input: Input) {
        self.post(run_id, Item::Input(input));
    }

    /// Sends a request to a run and waits until it is durable or refused.
    pub async fn ask(
        &self,
        run_id: Uuid,
        request: Request,
        idempotency: Option<IdempotentRequest>,
        view: ResponseView,
    ) -> Result<Reply> {
        let busy = || Error::new(Reason::TooManyRequests, "too many requests are in progress; try again");
        let _permit = self.0.requests.try_acquire().map_err(|_| busy())?;
        let (reply, answered) = oneshot::channel();
        self.post(run_id, Item::Request { request: Box::new(request), idempotency, view, reply });
        answered.await.map_err(|_| Error::new(Reason::ShuttingDown, "the server is shutting down"))?
    }

    /// Waits a while for the memory of a list that is about to be built from a request.
    pub async fn room_for(&self, weight: usize) -> Result<Taken> {
        let busy = |_| Error::new(Reason::TooManyRequests, "too many large requests are in progress; try again");
        tokio::time::timeout(PATIENCE, self.0.inputs.take(weight)).await.map_err(busy)
    }

    /// Reserves room for runs and calls of a customer that a request creates. Fails if they would pass a limit, or if the
    /// customer is suspended.
    pub async fn admit(&self, customer_id: Uuid, begun: Begun) -> Result<Permit> {
        self.0.deps.customers.admit(customer_id).await?;
        let allowed = self.allowed(customer_id, &Amounts::default()).await?;
        let mut permit = self.0.admission.permit(customer_id, allowed);
        permit.extend(begun)?;
        Ok(permit)
    }

    /// Returns the limits of a customer, and what a step of a run that has used this much may begin and use. The limits of a
    /// customer whose settings are damaged are the server's, so that its calls can be hung up.
    async fn allowed(&self, customer_id: Uuid, used: &Amounts) -> Result<(CustomerLimits, Allowance)> {
        let Dependencies { customers, usage, limits, .. } = &self.0.deps;
        let (limits, suspended) = match customers.profile(customer_id).await {
            Ok(profile) => (customers.limits_of(&profile), profile.suspended()),
            Err(error) if error.reason == Reason::StoreUnavailable => return Err(error),
            Err(error) => {
                tracing::error!(%customer_id, %error, "the limits of a customer cannot be read");
                (limits.customer, false)
            }
        };
        let left = usage.left(customer_id, &limits).await?;
        let mut allowance = Allowance::of(&limits).within_day(used, left);
        allowance.suspended = suspended;
        Ok((limits, allowance))
    }

    /// Takes charge of runs that a commit has just created, in its order. The effects of their first step are performed
    /// when they are no longer held. `permit` has room for them.
    fn adopt(&self, committed: &Committed, runs: Vec<(Run, Output)>, permit: &mut Permit) {
        if runs.iter().any(|(_, output)| !output.outgoing.is_empty()) {
            self.0.deps.deliverer.wake();
        }
        let keys = committed.runs.iter().map(|(key, _)| *key);
        for ((run, output), key) in runs.into_iter().zip(keys) {
            let loaded = Arc::new(Loaded { key, owner: self.0.deps.lease.node, run });
            self.settled(None, &loaded, Some(permit));
            if self.0.mailboxes.begin(loaded.run.info.id, Item::Begin { effects: output.effects }) {
                self.employ(loaded.run.info.id);
            }
        }
    }

    /// Updates counts, routes, timers, metrics and the cache after a run has reached a new durable state.
    fn settled(&self, before: Option<&Loaded>, now: &Arc<Loaded>, permit: Option<&mut Permit>) {
        let run = &now.run;
        let (mut begun, mut ended) = (Begun::default(), Begun::default());
        for leg in &run.legs {
            let was_alive =
                before.is_some_and(|before| before.run.leg(leg.call.id).is_some_and(|leg| leg.call.is_alive()));
            match (was_alive, leg.call.is_alive()) {
                (false, true) => {
                    begun.calls += 1;
                    self.0.routes.add(leg.call.id, run.info.id);
                }
                (true, false) => {
                    ended.calls += 1;
                    self.0.routes.remove(leg.call.id);
                }
                _ => {}
            }
        }
        // A leg can end and be forgotten in one step.
        for leg in before.iter().flat_map(|before| &before.run.legs).filter(|leg| leg.call.is_alive()) {
            if run.leg(leg.call.id).is_none() {
                ended.calls += 1;
                self.0.routes.remove(leg.call.id);
            }
        }
        match (before.is_some_and(|before| before.run.is_running()), run.is_running()) {
            (false, true) => begun.activeflows = 1,
            (true, false) => ended.activeflows = 1,
            _ => {}
        }
        self.0.admission.settle(run.info.customer_id, begun, ended, permit);
        count::count_transition(&self.0.deps.metrics, before.map(|before| &before.run), run);
        self.0.timers.set(run.info.id, run.dues(), || Moment::of_run(run.last()));
        lock(&self.0.cache).put(run.info.id, now.clone(), run.weight());
    }

    /// Drops a run from memory. While a commit is in progress only the store knows the state of the run.
    fn forget(&self, run_id: Uuid) {
        lock(&self.0.cache).pop(&run_id);
    }

    /// Returns the current state of a run, from memory or from the store. None if there is no such run.
    pub async fn load(&self, run_id: Uuid) -> Result<Option<Arc<Loaded>>> {
        if let Some(loaded) = self.cached(run_id) {
            return Ok(Some(loaded));
        }
        let _load = self.0.loads.acquire().await.map_err(Error::internal)?;
        self.read_run(run_id).await
    }

    fn cached(&self, run_id: Uuid) -> Option<Arc<Loaded>> {
        lock(&self.0.cache).get(&run_id).cloned()
    }

    async fn read_run(&self, run_id: Uuid) -> Result<Option<Arc<Loaded>>> {
        let Some(stored) = self.0.deps.store.run(run_id).await? else { return Ok(None) };
        Ok(Some(super::rows::read_run(stored, &self.0.deps.revisions).await?))
    }

    /// Does the same for a worker. A heavy run comes with its bytes of the budget; until there are enough of them, no more
    /// than [`LOADS`] further runs are read.
    async fn load_for_work(&self, run_id: Uuid) -> Result<Option<(Arc<Loaded>, Option<Taken>)>> {
        let (loaded, _load) = match self.cached(run_id) {
            Some(loaded) => (loaded, None),
            None => {
                let load = self.0.loads.acquire().await.map_err(Error::internal)?;
                match self.read_run(run_id).await? {
                    Some(loaded) => (loaded, Some(load)),
                    None => return Ok(None),
                }
            }
        };
        let weight = loaded.run.weight();
        let taken = if weight < HEAVY { None } else { Some(self.0.work.take(weight).await) };
        Ok(Some((loaded, taken)))
    }

    /// Drops runs from memory that were deleted from the store.
    pub fn forget_all(&self, run_ids: &[Uuid]) {
        let mut cache = lock(&self.0.cache);
        run_ids.iter().for_each(|run_id| drop(cache.pop(run_id)));
    }

    /// Counts a run that was found in the store, and sets its timer.
    pub fn sleeping(&self, run_id: Uuid, customer_id: Uuid, due: Option<Time>) {
        count::found_waiting(&self.0.deps.metrics);
        self.0.timers.set(run_id, due.into_iter(), Moment::now);
        self.0.admission.settle(customer_id, Begun { calls: 0, activeflows: 1 }, Begun::default(), None);
    }

    /// Ends the calls of an earlier process and resumes its unfinished work. Returns when that is durable.
    pub async fn recover(&self, run_id: Uuid) {
        let (done, recovered) = oneshot::channel();
        self.post(run_id, Item::Recover { done });
        // Dropped without a reply only when the server closes.
        let _ = recovered.await;
    }

    /// Returns when no call is in progress.
    pub async fn idle(&self) {
        self.0.routes.idle().await;
    }

    /// Ends all remaining calls as `failed`.
    pub async fn end_calls(&self) {
        for run_id in self.0.routes.runs() {
            self.send_input(run_id, Input::Died);
        }
        let _ = tokio::time::timeout(Duration::from_secs(5), self.0.routes.idle()).await;
    }

    /// Finishes the items in the mailboxes, up to a time limit, and stops the tasks.
    pub async fn close(&self) {
        let _ = tokio::time::timeout(Duration::from_secs(5), self.0.mailboxes.empty()).await;
        self.0.deps.supervisor.stop(Stage::Runs).await;
        self.0.mailboxes.close();
    }
}

/// The effects of a step.
type Effects = Vec<Effect>;
