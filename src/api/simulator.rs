//! The remote parties of simulated calls, controlled by testers.

use super::App;
use super::flows::Program;
use super::incoming::Requested;
use crate::clock::Clock;
use crate::cluster::{Act, ForwardedCommand};
use crate::error::{Error, Reason, Result, Violation};
use crate::model::call::Address;
use crate::proto;
use crate::runtime::idempotency::{self, IdempotentRequest};
use crate::store::Commit;
use crate::telephony::{Refused, Simulator};
use crate::watch::Present;
use prost::Message;
use std::sync::Arc;
use tokio::sync::oneshot;
use uuid::Uuid;

impl App {
    fn simulator(&self) -> Result<&Arc<dyn Simulator>> {
        let real = || Error::new(Reason::NotSimulated, "this server has no simulated phones");
        self.simulator.as_ref().ok_or_else(real)
    }

    /// Sets how a number behaves from the customer's next call on. The setting survives restarts.
    pub async fn set_callee(&self, customer_id: Uuid, number: &str, reply: &[String], steps: &[String]) -> Result<()> {
        let simulator = self.simulator()?;
        let script = script(reply, steps)?;
        let _alone = self.setting_callees.lock().await;
        simulator.set_callee(customer_id, number, &script).map_err(|wrong| of_steps(&wrong, reply.len()))?;
        Ok(self.store.set_callee(customer_id, number, script.as_bytes()).await?)
    }

    /// Checks the steps of a number, after other fields were found invalid.
    pub fn check_steps(&self, reply: &[String], steps: &[String]) -> Result<()> {
        let script = script(reply, steps)?;
        self.simulator()?.check_script(&script).map_err(|wrong| of_steps(&wrong, reply.len()))
    }

    /// Restores the scripts of numbers that an earlier process or another node has set.
    pub(super) async fn restore_callees(&self) -> Result<()> {
        let Some(simulator) = &self.simulator else { return Ok(()) };
        let _alone = self.setting_callees.lock().await;
        for (customer_id, number, script) in self.store.callees().await? {
            let script = String::from_utf8_lossy(&script);
            if let Err(problem) = simulator.set_callee(customer_id, &number, &script) {
                tracing::warn!(
                    number,
                    problem,
                    "a number's script is no longer valid; the number keeps its default behaviour"
                );
            }
        }
        Ok(())
    }

    /// Lets a simulated phone call. The call is offered like any other ([`super::incoming`]); this waits for the decision.
    pub async fn simulate_incoming_call(
        &self,
        customer_id: Uuid,
        source: Address,
        destination: Address,
        program: Option<Program>,
        idempotency: Option<IdempotentRequest>,
    ) -> Result<proto::SimulateIncomingCallResponse> {
        let simulator = self.simulator()?;
        if let Some(response) = idempotency::replay(&*self.store, &idempotency, Clock::now()).await? {
            return Ok(response);
        }
        let (reply, decided) = oneshot::channel();
        let ticket = self.requested.add(Requested { program, idempotency, reply });
        let offer = match simulator.call(customer_id, ticket, source, destination).await {
            Ok(offer) => offer,
            Err(refused) => {
                drop(self.requested.take(ticket));
                return Err(to_error(refused));
            }
        };
        decided.await.unwrap_or_else(|_| {
            // Nobody decides any more. If the driver has dropped the offer already, there is nothing left to do.
            let _ = simulator.give_up(offer);
            Err(Error::new(Reason::ShuttingDown, "the server is shutting down; try again or use another server"))
        })
    }

    pub async fn simulate_digits(
        &self,
        customer_id: Uuid,
        call_id: Uuid,
        digits: &str,
        idempotency: Option<IdempotentRequest>,
    ) -> Result<proto::SimulateDigitsResponse> {
        let wrap = |call| proto::SimulateDigitsResponse { call: Some(call) };
        self.remote_party(customer_id, call_id, idempotency, wrap, Act::Digits(digits.to_owned())).await
    }

    pub async fn simulate_hangup(
        &self,
        customer_id: Uuid,
        call_id: Uuid,
        idempotency: Option<IdempotentRequest>,
    ) -> Result<proto::SimulateHangupResponse> {
        let wrap = |call| proto::SimulateHangupResponse { call: Some(call) };
        self.remote_party(customer_id, call_id, idempotency, wrap, Act::Hangup).await
    }

    /// Makes a remote party act, once per idempotency key. The response shows the call as it was before: the effect
    /// arrives later, through the telephone network.
    async fn remote_party<R: Message + Default>(
        &self,
        customer_id: Uuid,
        call_id: Uuid,
        idempotency: Option<IdempotentRequest>,
        wrap: impl FnOnce(proto::Call) -> R,
        act: Act,
    ) -> Result<R> {
        self.simulator()?;
        // The action of a remote party is not part of a commit that could detect duplicates, so requests with keys run
        // one at a time.
        let _first = if idempotency.is_some() { Some(self.playing.lock().await) } else { None };
        let now = Clock::now();
        if let Some(response) = idempotency::replay(&*self.store, &idempotency, now).await? {
            return Ok(response);
        }
        let row = self.runner.call_of(customer_id, call_id).await?;
        let response = wrap(self.get_call(customer_id, call_id).await?);
        match self.elsewhere(row.activeflow_id).await? {
            Some(owner) => drop(self.forward(owner, &ForwardedCommand::RemoteParty { call_id, act }).await?),
            None => self.run_remote_party(call_id, &act).await?,
        }
        if idempotency.is_some() {
            let _ = idempotency::commit(&*self.store, &idempotency, Commit::default(), &response, now).await?;
        }
        Ok(response)
    }

    pub(super) async fn run_remote_party(&self, call_id: Uuid, act: &Act) -> Result<()> {
        let simulator = self.simulator()?;
        let played = match act {
            Act::Digits(digits) => simulator.digits(call_id, digits).await,
            Act::Hangup => simulator.hangup(call_id).await.map_err(Refused::from),
        };
        played.map_err(to_error)
    }
}

fn to_error(refused: Refused) -> Error {
    match refused {
        Refused::Gone => Error::new(Reason::CallEnded, "the call has ended"),
        Refused::TooManyCalls => Error::new(Reason::TooManyCalls, refused.to_string()),
        Refused::Invalid(problem) => Error::field(Reason::InvalidArgument, "digits", problem),
    }
}

/// Returns the script of a number, one line for each reply and step.
fn script(reply: &[String], steps: &[String]) -> Result<String> {
    let several = steps.iter().enumerate().filter(|(_, step)| step.contains(['\n', '\r']));
    let violation = |at| Violation { field: format!("steps[{at}]"), description: "expected one line".to_owned() };
    let violations: Vec<Violation> = several.map(|(at, _)| violation(at)).collect();
    match violations.is_empty() {
        true => Ok([reply, steps].concat().join("\n")),
        false => Err(Error::fields(Reason::InvalidArgument, violations)),
    }
}

/// Assigns the problems of a script, one per line, to the steps that they are in.
fn of_steps(problems: &str, before: usize) -> Error {
    let violations = problems.lines().map(|problem| {
        let (field, description) = of_step(problem, before).unwrap_or_else(|| ("steps".to_owned(), problem));
        Violation { field, description: description.to_owned() }
    });
    Error::fields(Reason::InvalidArgument, violations.collect())
}

/// Returns the step that a problem of a script (`line 3: …`) is in; the first `before` lines are not steps.
fn of_step(problem: &str, before: usize) -> Option<(String, &str)> {
    let (line, expected) = problem.strip_prefix("line ")?.split_once(": ")?;
    let step = line.parse::<usize>().ok()?.checked_sub(before + 1)?;
    Some((format!("steps[{step}]"), expected))
}
