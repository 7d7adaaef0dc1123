//! A worker: steps one run until its mailbox is empty.

use super::create::{Held, in_order};
use super::mailbox::{Item, Reply};
use super::{Runner, count};
use crate::clock::{Clock, Uptime};
use crate::delivery::webhooks::{add_event, events};
use crate::engine::{self, Effect, Input, Output, Request};
use crate::error::{Error, Reason, Result};
use crate::failpoint;
use crate::model::run::Run;
use crate::model::time::Time;
use crate::runtime::idempotency::{self, IdempotentRequest};
use crate::runtime::response::ResponseView;
use crate::runtime::timers::Moment;
use crate::runtime::{refusal, rows};
use crate::store::{self, Commit, Loaded};
use std::sync::Arc;
use std::time::{Duration, Instant};
use uuid::Uuid;

/// How often a step is repeated because the run has changed. Only its owner changes a run, so this is rare.
const CONFLICTS: u32 = 10;
/// How far wall time and a timer may disagree, in microseconds, without a clock that was set.
const DISAGREEMENT: i64 = 1_000_000;
/// Pause before the first retry of a commit that the store could not take, and the longest pause.
const RETRY_MS: (u64, u64) = (20, 1_000);

/// The result of one item.
enum Stepped {
    /// Durable. The effects have not been performed yet.
    Done(Arc<Loaded>, Output),
    /// Nothing has changed.
    Same(Arc<Loaded>),
    /// The idempotency key was used before.
    Again(Vec<u8>),
    /// Another node owns the run.
    Elsewhere,
}

impl Runner {
    pub(super) async fn work(&self, run_id: Uuid) {
        while let Some(item) = self.0.mailboxes.next(run_id) {
            match item {
                Item::Input(input) => self.bring(run_id, input).await,
                Item::Due => {
                    let passed = self.0.timers.passed(run_id, Uptime::now());
                    self.bring(run_id, Input::Tick { passed }).await;
                }
                Item::Large { input, bytes } => {
                    self.bring(run_id, *input).await;
                    drop(bytes);
                }
                Item::Begin { effects } => self.perform(run_id, effects).await,
                Item::Recover { done } => {
                    self.begin_again(run_id).await;
                    let _ = done.send(());
                }
                Item::Request { request, idempotency, view, reply } => {
                    let answered = self.serve(run_id, *request, idempotency, view).await;
                    // The caller may have disconnected; the request is done nevertheless.
                    let _ = reply.send(answered);
                }
            }
        }
    }

    /// Delivers an input, which must not be lost: retries until the store takes it.
    async fn bring(&self, run_id: Uuid, input: Input) {
        let stepped = self.insist("a step", run_id, || async { self.step(run_id, &input, &None, None).await }).await;
        match stepped {
            Ok(Stepped::Done(_, output)) => self.perform(run_id, output.effects).await,
            Ok(_) => {}
            Err(error) if error.reason == Reason::StoreUnavailable => left(run_id, &error),
            Err(error) => tracing::error!(%run_id, %error, ?input, "an input was lost"),
        }
    }

    /// Retries until the store can be reached. Returns the last error when the server closes.
    pub(super) async fn insist<T, F>(&self, what: &str, run_id: Uuid, attempt: impl Fn() -> F) -> Result<T>
    where
        F: Future<Output = Result<T>>,
    {
        let mut pause = RETRY_MS.0;
        loop {
            match attempt().await {
                Err(error) if error.reason == Reason::StoreUnavailable && !self.0.closing.is_cancelled() => {
                    tracing::warn!(%run_id, %error, "{what} is tried again");
                    tokio::time::sleep(Duration::from_millis(pause)).await;
                    pause = (pause * 2).min(RETRY_MS.1);
                }
                outcome => return outcome,
            }
        }
    }

    async fn serve(
        &self,
        run_id: Uuid,
        request: Request,
        idempotency: Option<IdempotentRequest>,
        view: ResponseView,
    ) -> Result<Reply> {
        match self.step(run_id, &Input::Request(request), &idempotency, Some(&view)).await {
            Ok(Stepped::Done(loaded, output)) => {
                self.perform(run_id, output.effects).await;
                Ok(Reply::Now(loaded))
            }
            Ok(Stepped::Same(loaded)) => self.remember_same(loaded, idempotency, view).await,
            Ok(Stepped::Again(response)) => Ok(Reply::Again(response)),
            Ok(Stepped::Elsewhere) => Err(moved()),
            // The request may be a repetition of one that has just been done.
            Err(error) => match idempotency::find(&*self.0.deps.store, &idempotency, Clock::now()).await? {
                Some(response) => Ok(Reply::Again(response)),
                None => Err(error),
            },
        }
    }

    /// Stores the response of a request that changed nothing, to be returned again under its key.
    async fn remember_same(
        &self,
        loaded: Arc<Loaded>,
        idempotency: Option<IdempotentRequest>,
        view: ResponseView,
    ) -> Result<Reply> {
        let Some(idempotency) = idempotency else { return Ok(Reply::Now(loaded)) };
        let answer = idempotency.answer(view.response(&loaded.run), Clock::now());
        let commit = Commit { answer: Some(answer), ..Commit::default() };
        match self.0.deps.store.commit(commit).await {
            Ok(_) => Ok(Reply::Now(loaded)),
            Err(store::Error::KeyUsed(used)) => idempotency.again(*used).map(Reply::Again),
            Err(error) => Err(error.into()),
        }
    }

    /// Steps and commits. After a conflict, loads the run again and repeats the step.
    async fn step(
        &self,
        run_id: Uuid,
        input: &Input,
        idempotency: &Option<IdempotentRequest>,
        view: Option<&ResponseView>,
    ) -> Result<Stepped> {
        for _ in 0..CONFLICTS {
            let Some((loaded, _bytes)) = self.load_for_work(run_id).await? else {
                return Err(Error::new(Reason::ActiveflowNotFound, "the activeflow does not exist"));
            };
            if loaded.owner != self.0.deps.lease.node {
                self.0.timers.remove(run_id);
                return Ok(Stepped::Elsewhere);
            }
            let now = time_of(&loaded.run, input);
            let info = &loaded.run.info;
            let allowed = self.allowed(info.customer_id, &loaded.run.used).await?;
            let mut permit = self.0.admission.permit(info.customer_id, allowed);
            let stepped = permit.fit(|allowance| {
                let mut run = loaded.run.clone();
                engine::step(&mut run, input.clone(), now, Clock::seed(), allowance).map(|output| (run, output))
            });
            let (mut run, mut output) = stepped.map_err(refusal::to_error)?;
            if !output.changed {
                self.0.timers.set(run_id, run.dues(), || Moment::of_run(run.last()));
                return Ok(Stepped::Same(loaded));
            }
            let mut commit = Commit::default();
            rows::add_step(&mut commit, Some(&loaded), &mut run, &mut output, now);
            for recording in &output.recordings {
                if let Some(event) = events::recording_finished(recording, now) {
                    let deps = &self.0.deps;
                    add_event(&mut commit, &deps.customers, run.info.customer_id, Some(&run.info), &event).await?;
                }
            }
            if let (Some(idempotency), Some(view)) = (idempotency, view) {
                commit.answer = Some(idempotency.answer(view.response(&run), now));
            }
            let begun = in_order(std::mem::take(&mut output.spawned));
            let _held: Vec<Held> = begun.iter().map(|(run, _)| self.hold(run.info.id)).collect();
            self.forget(run_id);
            let (sends, records) = (!commit.outgoing.is_empty(), count::records(&commit));
            failpoint::reach("before_commit").await;
            let asked = Instant::now();
            let committed = self.0.deps.store.commit(commit).await;
            self.count_commit(&committed, asked.elapsed());
            match committed {
                Ok(committed) => {
                    failpoint::reach("after_commit").await;
                    let spawned = committed.runs[1..].to_vec();
                    let next = Arc::new(Loaded { key: loaded.key, owner: loaded.owner, run });
                    self.settled(Some(&loaded), &next, Some(&mut permit));
                    self.count_actions(&records);
                    self.count_usage(&next.run, &output);
                    if sends {
                        self.0.deps.deliverer.wake();
                    }
                    self.adopt(&store::Committed { runs: spawned }, begun, &mut permit);
                    return Ok(Stepped::Done(next, output));
                }
                // The cache entry was dropped: the next turn reads the run from the store.
                Err(store::Error::Conflict) => {}
                Err(store::Error::KeyUsed(used)) => match idempotency {
                    Some(idempotency) => return idempotency.again(*used).map(Stepped::Again),
                    None => return Err(Error::internal("a commit without an idempotency key conflicts with one")),
                },
                Err(error) => return Err(error.into()),
            }
        }
        Err(Error::internal(format!("the run {run_id} changed {CONFLICTS} times under its only owner")))
    }

    fn count_commit(&self, committed: &store::Result<store::Committed>, took: Duration) {
        let outcome = match committed {
            Ok(_) => "done",
            Err(store::Error::Conflict) => "conflict",
            Err(_) => "failed",
        };
        self.0.deps.metrics.commit(outcome, took);
    }

    async fn perform(&self, run_id: Uuid, effects: Vec<Effect>) {
        for effect in effects {
            // A node that lost its lease must not act any more.
            if !self.0.deps.lease.holds().await {
                return;
            }
            failpoint::reach("before_effect").await;
            self.perform_one(run_id, effect).await;
            failpoint::reach("after_effect").await;
        }
    }

    /// Continues a run whose process has died.
    async fn begin_again(&self, run_id: Uuid) {
        failpoint::reach("before_recovery").await;
        match self.go_on(run_id).await {
            Ok(()) => {}
            Err(error) if error.reason == Reason::StoreUnavailable => left(run_id, &error),
            Err(error) => tracing::error!(%run_id, %error, "a run cannot be read; it keeps its stored state"),
        }
    }

    /// Continues a run. Only this node does so, so it retries until the store can be read.
    async fn go_on(&self, run_id: Uuid) -> Result<()> {
        let read = || self.insist("reading a run", run_id, || self.load(run_id));
        let Some(loaded) = read().await? else { return Ok(()) };
        self.settled(None, &loaded, None);
        let died = loaded.run.has_call_alive();
        // Many runs are recovered at the same time, and each may be large.
        drop(loaded);
        if died {
            self.bring(run_id, Input::Died).await;
        }
        let Some(loaded) = read().await? else { return Ok(()) };
        let unfinished = engine::unfinished(&loaded.run);
        drop(loaded);
        failpoint::reach("after_recovery").await;
        self.perform(run_id, unfinished).await;
        Ok(())
    }
}

/// Returns the time of a run's next step: later than its latest event. What was due happens at its due time at the
/// earliest, unless the clock was set meanwhile: the uptime that timers count by and wall time never agree entirely.
fn time_of(run: &Run, input: &Input) -> Time {
    let now = Clock::after(run.last());
    let Input::Tick { passed } = input else { return now };
    let near = |due: &&Time| due.0.saturating_sub(now.0) <= DISAGREEMENT;
    passed.iter().filter(near).max().map_or(now, |due| now.max(*due))
}

/// Logs that the server closes while the store is unavailable. The next owner continues from the stored state.
fn left(run_id: Uuid, error: &Error) {
    tracing::warn!(%run_id, %error, "a run is left to its next owner");
}

/// Returns the error for a run that is moving to another node.
pub fn moved() -> Error {
    Error::new(Reason::NodeUnavailable, "the activeflow has just moved to another node; try again")
}
