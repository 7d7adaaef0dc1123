//! Incoming calls: the offers of the telephone network, whichever driver they come from.

use super::App;
use super::flows::Program;
use crate::clock::Clock;
use crate::engine::{self, Allowance, Begun, Input};
use crate::error::{Error, Reason, Result};
use crate::model::call::{Call, Direction, HangupBy, HangupReason, Status};
use crate::model::telephony::Signal;
use crate::model::variables::Variables;
use crate::model::view::call_of;
use crate::proto::{self, SimulateIncomingCallResponse};
use crate::runtime::idempotency::IdempotentRequest;
use crate::runtime::rows;
use crate::runtime::runner::New;
use crate::store::Commit;
use crate::supervisor::{Stage, Supervisor, Task, lock};
use crate::telephony::codes;
use crate::telephony::offers::{Offer, Peer, Refusal};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, Weak};
use tokio::sync::{Semaphore, mpsc, oneshot};
use uuid::Uuid;

/// Offers that are decided at a time. Others wait in their channel; a driver refuses those that find it full.
const AT_ONCE: usize = 256;
/// The status of a call whose caller gave up before the answer.
const CANCELLED: u16 = 487;

/// What a request wants of the call that it lets a simulated phone make.
pub(super) struct Requested {
    /// Without it, the destination is one of the customer's numbers, and its flow runs.
    pub program: Option<Program>,
    pub idempotency: Option<IdempotentRequest>,
    pub reply: oneshot::Sender<Result<SimulateIncomingCallResponse>>,
}

/// The requests whose calls are offered and not decided. Each entry belongs to one offer, so they are as many at most.
#[derive(Default)]
pub(super) struct RequestedCalls(Mutex<Tickets>);

#[derive(Default)]
struct Tickets {
    last: u64,
    waiting: HashMap<u64, Requested>,
}

impl RequestedCalls {
    /// Keeps a request until its offer arrives, and returns the ticket of that offer.
    pub fn add(&self, requested: Requested) -> u64 {
        let mut tickets = lock(&self.0);
        tickets.last += 1;
        let ticket = tickets.last;
        tickets.waiting.insert(ticket, requested);
        ticket
    }

    pub fn take(&self, ticket: u64) -> Option<Requested> {
        lock(&self.0).waiting.remove(&ticket)
    }

    /// Ends the requests that nobody decides any more.
    fn close(&self) {
        lock(&self.0).waiting.clear();
    }
}

/// Starts the task that receives offers. It runs for as long as calls do: while the server drains, it refuses them.
pub(super) fn start(app: &Arc<App>, offers: mpsc::Receiver<Offer>, supervisor: &Supervisor) {
    let app = Arc::downgrade(app);
    let (offers, slots) = (Arc::new(tokio::sync::Mutex::new(offers)), Arc::new(Semaphore::new(AT_ONCE)));
    supervisor.spawn(Stage::Runs, "call_offers", move |task| {
        let (app, offers, slots) = (app.clone(), offers.clone(), slots.clone());
        async move {
            receive(&app, &mut *offers.lock().await, slots, task).await;
            if let Some(app) = app.upgrade() {
                app.requested.close();
            }
        }
    });
}

async fn receive(app: &Weak<App>, offers: &mut mpsc::Receiver<Offer>, slots: Arc<Semaphore>, task: Task) {
    loop {
        task.failpoint().await;
        let slot = tokio::select! {
            slot = slots.clone().acquire_owned() => slot,
            () = task.closing() => return,
        };
        let offer = tokio::select! {
            offer = offers.recv() => offer,
            () = task.closing() => return,
        };
        let Some(app) = app.upgrade() else { return task.closing().await };
        let Some(offer) = offer else {
            app.supervisor.fail("call_offers", "the telephone network stopped offering calls");
            return task.closing().await;
        };
        tokio::spawn(async move {
            app.decide(offer).await;
            drop(slot);
        });
    }
}

impl App {
    /// Takes or refuses an offered call. If this fails in between, the driver refuses the call after a while.
    async fn decide(&self, offer: Offer) {
        let key = offer.key;
        let (customer_id, requested) = match offer.peer {
            Peer::Simulated { customer_id, ticket } => (Ok(customer_id), self.requested.take(ticket)),
            Peer::Sip { .. } => (self.called_customer(&offer.destination.target).await, None),
        };
        let (program, idempotency, reply) = match requested {
            Some(Requested { program, idempotency, reply }) => (program, idempotency, Some(reply)),
            None => (None, None, None),
        };
        let taken = match customer_id {
            Ok(customer_id) => self.take_call(customer_id, offer, program, idempotency).await,
            Err(error) => Err(error),
        };
        if let Err(error) = &taken {
            tracing::debug!(?key, %error, "an incoming call is refused");
            self.telephony.refuse(key, refusal(error)).await;
        }
        if let Some(reply) = reply {
            // The caller of the API may have disconnected; the call is taken nevertheless.
            let _ = reply.send(taken);
        }
    }

    /// Starts the activeflow of an offered call and takes the call.
    async fn take_call(
        &self,
        customer_id: Uuid,
        offer: Offer,
        program: Option<Program>,
        idempotency: Option<IdempotentRequest>,
    ) -> Result<SimulateIncomingCallResponse> {
        let Offer { key, source, destination, .. } = offer;
        self.admit()?;
        let now = Clock::now();
        let mut permit = self.runner.admit(customer_id, Begun { calls: 1, activeflows: 1 }).await?;
        let program = match program {
            Some(program) => program,
            None => self.flow_of_number(customer_id, &destination.target).await?,
        };
        let ready = self.ready_program(customer_id, program, now).await?;
        let call = Call {
            id: Clock::id(Clock::now()),
            source,
            destination,
            direction: Direction::Incoming,
            status: Status::Ringing,
            tm_create: now,
            tm_ringing: Some(now),
            ..Call::blank()
        };
        let call_id = call.id;
        let start = self.start_of(customer_id, &ready.revision, call, Variables::default());
        let begin = |allowance: &Allowance| engine::start(start.clone(), now, Clock::seed(), allowance);
        let (mut run, mut output) = permit.start(begin);
        let mut commit = Commit { flows: ready.flows, revisions: ready.revisions, ..Commit::default() };
        rows::add_step(&mut commit, None, &mut run, &mut output, now);
        let call = run.call().map(|call| call_of(&run, call));
        let response = SimulateIncomingCallResponse { call };
        let (run_id, runner, telephony) = (run.info.id, self.runner.clone(), self.telephony.clone());
        let (reached, mut was_reached) = oneshot::channel();
        // The driver holds the call before the flow's first command reaches it, and the call's signals find their run.
        let arrive = async move {
            // Nobody waits for this; without it, the offer is not taken.
            let _ = reached.send(());
            if telephony.take(key, customer_id, call_id).await.is_err() {
                tracing::debug!(%call_id, "an incoming call was given up before it was taken");
                runner.send_input(run_id, Input::Signal { call_id, signal: given_up() });
            }
        };
        let (runs, permit) = (vec![(run, output)], Some(permit));
        let response = self.runner.create(New { commit, runs, permit, idempotency, response, now }, arrive).await?;
        if was_reached.try_recv().is_err() {
            // An earlier request with the same idempotency key has made the call.
            self.telephony.refuse(key, Refusal::UNAVAILABLE).await;
        }
        Ok(response)
    }

    async fn called_customer(&self, number: &str) -> Result<Uuid> {
        let missing = || Error::new(Reason::NumberNotFound, format!("number {number} does not exist"));
        self.owner_of_number(number).await?.ok_or_else(missing)
    }

    /// Returns the flow that a call to a number runs.
    async fn flow_of_number(&self, customer_id: Uuid, number: &str) -> Result<Program> {
        let number: proto::Number = self.number_called(customer_id, number).await?;
        let id = number.call_flow_id.parse().map_err(|_| {
            let description = format!("is required: number {} has no call flow", number.number);
            Error::field(Reason::InvalidArgument, "flow_id", description)
        })?;
        Ok(Program::Flow(id))
    }
}

/// The end of a call whose caller gave up before it was taken.
fn given_up() -> Signal {
    let (by, reason, cause) = (HangupBy::Remote, HangupReason::Cancel, codes::phrase(CANCELLED).to_owned());
    Signal::Hangup { by, reason, sip_code: CANCELLED, cause }
}

/// Returns what the caller is told: that nobody answers at this destination, or to try another server.
fn refusal(error: &Error) -> Refusal {
    match error.reason {
        Reason::FlowNotFound | Reason::NumberNotFound | Reason::InvalidArgument => Refusal::NOT_FOUND,
        _ => Refusal::UNAVAILABLE,
    }
}
