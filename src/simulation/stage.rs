//! The state of a simulation: its activeflows, its time, and its schedule.

use super::phone::{Phone, Ticket};
use super::trace::{Happened, Ran, Sent, Step, Trace};
use super::{MAX_RUNS, MAX_SEARCH, MAX_SEARCHES, MAX_STEPS, MAX_TRACE, Play, Played, YEAR_MS};
use crate::engine::{self, Effect, Input, Output};
use crate::model::call::{HangupBy, Status};
use crate::model::event::{CallKind, Event, Kind};
use crate::model::outgoing::{EventWebhook, HttpRequest, OutboxPayload, Outgoing};
use crate::model::run::{EndReason, Run, WaitKind};
use crate::model::telephony::OperationId;
use crate::model::time::Time;
use crate::proto;
use prost::Message;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;
use uuid::Uuid;

#[derive(Clone)]
pub struct Stage<'a> {
    pub play: &'a Play,
    pub now: Time,
    /// The last line let time pass, so the next line happens at exactly this time.
    pub on_time: bool,
    pub actors: Vec<Actor>,
    pub trace: Trace,
    pub told_of_limit: bool,
    pub schedule: BTreeMap<(Time, Ticket), Due>,
    pub asked: Vec<PendingRequest>,
    tickets: Ticket,
    inputs: VecDeque<(usize, Input)>,
    seed: u128,
    steps: usize,
    /// The number of steps after which the simulation ends.
    patience: usize,
    /// The steps of look-ahead copies that found nothing.
    searched: usize,
    bytes: usize,
    needs: Option<Uuid>,
}

/// An activeflow and its phones.
#[derive(Clone)]
pub struct Actor {
    pub run: Run,
    /// The call that runs the flow comes first, if there is one; then its legs in the order of dialling.
    pub calls: Vec<Uuid>,
    pub phones: HashMap<Uuid, Phone>,
    /// The trace step of the action that is not over, and that of the last action.
    inside: Option<usize>,
    last: Option<usize>,
    /// Where `expect` continues to look: for actions here, for sent items in `seen_sent`.
    pub seen: usize,
    /// The last action that `expect` found, if it was not over at that time.
    pub open: Option<usize>,
    pub seen_sent: usize,
}

/// An event that a phone or a web server causes without the script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Due {
    Played { run: usize, call_id: Uuid },
    Echoed { run: usize, call_id: Uuid },
    Sent { run: usize, call_id: Uuid, operation: OperationId },
    RecordingEnds { run: usize, call_id: Uuid, id: Uuid },
    Silence { run: usize, call_id: Uuid, id: Uuid },
    NoAnswer { run: usize, operation: OperationId, timeout_ms: i32 },
}

/// A request whose response an activeflow waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingRequest {
    pub run: usize,
    pub operation: OperationId,
    pub fetch: bool,
}

impl<'a> Stage<'a> {
    /// Starts with an activeflow and its first step.
    pub fn new(play: &'a Play, (run, output): (Run, Output)) -> Stage<'a> {
        let now = play.began();
        let mut stage = Stage {
            play,
            now,
            on_time: false,
            actors: Vec::new(),
            trace: Trace { began: now, ..Trace::default() },
            told_of_limit: false,
            schedule: BTreeMap::new(),
            asked: Vec::new(),
            tickets: 0,
            inputs: VecDeque::new(),
            seed: run.info.id.as_u128(),
            steps: 0,
            patience: MAX_STEPS,
            searched: 0,
            bytes: 0,
            needs: None,
        };
        stage.enter(run, output, None);
        stage.drain();
        stage
    }

    /// Returns whether the simulation has stopped, at a limit or because a flow is missing.
    pub fn is_cut(&self) -> bool {
        self.needs.is_some() || self.trace.limit.is_some()
    }

    /// Advances the time until nothing is left to happen.
    pub fn finish(mut self) -> Played {
        let end = self.trace.began.plus_ms(YEAR_MS);
        while self.advance(end) {}
        if let Some(flow_id) = self.needs {
            return Played::Needs(flow_id);
        }
        self.trace.runs = self.actors.into_iter().map(|actor| actor.run).collect();
        Played::Over(Box::new(self.trace))
    }

    /// Adds a new activeflow.
    fn enter(&mut self, run: Run, output: Output, why: Option<String>) {
        let at = self.actors.len();
        if at >= MAX_RUNS {
            return self.cut(format!("over {MAX_RUNS} activeflows"));
        }
        let calls = run.call_id().into_iter().collect();
        let (inside, last, phones) = (None, None, HashMap::new());
        self.actors.push(Actor { run, calls, phones, inside, last, seen: 0, open: None, seen_sent: 0 });
        if let Some(why) = why {
            self.record(at, Happened::Started(why));
        }
        self.absorb(at, output);
    }

    pub fn cut(&mut self, limit: String) {
        self.trace.limit.get_or_insert(limit);
    }

    pub fn record(&mut self, run: usize, kind: Happened) {
        self.bytes += 64
            + match &kind {
                Happened::Action(ran) => ran.action.encoded_len(),
                Happened::Variables(variables) => size(variables),
                Happened::Sent(sent) => sent.to.len() + sent.text.len(),
                Happened::Line { text, .. } | Happened::Noted(text) | Happened::Started(text) => text.len(),
                Happened::Call { text, .. } => text.len(),
                Happened::Ended { error, .. } => error.len(),
            };
        if self.bytes > MAX_TRACE {
            return self.cut(format!("over {} KiB of trace", MAX_TRACE / 1024));
        }
        self.trace.steps.push(Step { at: self.now, run, kind });
    }

    pub fn schedule(&mut self, after_ms: i64, due: Due) -> Ticket {
        self.tickets += 1;
        self.schedule.insert((self.now.plus_ms(after_ms), self.tickets), due);
        self.tickets
    }

    pub fn cancel(&mut self, ticket: Ticket) {
        self.schedule.retain(|(_, other), _| *other != ticket);
    }

    /// Passes an input to an activeflow, and processes everything that follows from it at this time.
    pub fn bring(&mut self, run: usize, input: Input) {
        self.post(run, input);
        self.drain();
    }

    /// Processes everything that follows from the posted inputs.
    pub fn settled(&mut self) {
        self.drain();
    }

    /// Returns whether something is left to happen and the limit of look-aheads is not reached: copying a long
    /// simulation is expensive.
    pub fn may_look_ahead(&self) -> bool {
        let due = !self.schedule.is_empty() || self.actors.iter().any(|actor| actor.run.due().is_some());
        due && self.searched < MAX_SEARCHES
    }

    /// Returns a copy in which to look ahead for a limited number of steps.
    pub fn ahead(&self) -> Stage<'a> {
        let patience = MAX_SEARCH.min(MAX_SEARCHES.saturating_sub(self.searched));
        Stage { patience: self.steps + patience, ..self.clone() }
    }

    /// Continues from a copy that found what was expected.
    pub fn follow_up(&mut self, found: Stage<'a>) {
        let patience = self.patience;
        *self = Stage { patience, ..found };
    }

    /// Accounts for a copy that did not find what was expected.
    pub fn searched_in_vain(&mut self, other: &Stage) {
        self.searched += other.steps - self.steps;
        self.needs = other.needs;
    }

    pub fn post(&mut self, run: usize, input: Input) {
        self.inputs.push_back((run, input));
    }

    fn drain(&mut self) {
        while let Some((at, input)) = self.inputs.pop_front() {
            if self.is_cut() {
                return self.inputs.clear();
            }
            if self.steps >= self.patience {
                return self.cut(format!("over {} steps", self.patience));
            }
            self.steps += 1;
            self.seed = self.seed.wrapping_add(1);
            let (now, seed) = (self.now, self.seed);
            let actor = &mut self.actors[at];
            match engine::step(&mut actor.run, input, now, seed, &self.play.allowance) {
                Ok(output) => self.absorb(at, output),
                Err(refusal) => self.record(at, Happened::Noted(format!("refused: {refusal:?}"))),
            }
        }
    }

    /// Executes the next due event, if it is due by `until`; otherwise sets the time to `until`.
    pub fn advance(&mut self, until: Time) -> bool {
        if self.is_cut() {
            return false;
        }
        let due = self.actors.iter().enumerate().filter_map(|(at, actor)| Some((actor.run.due()?, at))).min();
        let entry = self.schedule.first_key_value().map(|((at, ticket), _)| (*at, *ticket));
        let phone_first = entry.is_some_and(|(at, _)| due.is_none_or(|(due, _)| at <= due));
        match (entry, due) {
            (Some(key), _) if phone_first && key.0 <= until => {
                self.now = self.now.max(key.0);
                if let Some(due) = self.schedule.remove(&key) {
                    self.fall_due(due);
                    self.drain();
                }
                true
            }
            (_, Some((due, at))) if !phone_first && due <= until => {
                self.now = self.now.max(due);
                self.bring(at, Input::tick(&self.actors[at].run, self.now));
                true
            }
            _ => {
                // The final advance to the end of the year does not move the clock.
                if until < self.trace.began.plus_ms(YEAR_MS) {
                    self.now = self.now.max(until);
                }
                false
            }
        }
    }

    pub fn pass(&mut self, ms: i64) {
        let until = self.now.plus_ms(ms);
        while self.advance(until) {}
    }

    /// Advances until the activeflow waits for an external event.
    pub fn settle(&mut self, run: usize) {
        let end = self.trace.began.plus_ms(YEAR_MS);
        let busy = |stage: &Stage| match stage.actors.get(run) {
            Some(actor) => actor.is_busy(),
            None => stage.actors.iter().any(Actor::is_busy),
        };
        while busy(self) && self.advance(end) {}
    }

    fn absorb(&mut self, at: usize, output: Output) {
        for event in output.events {
            self.follow(at, event);
        }
        for effect in output.effects {
            self.perform(at, effect);
        }
        for outgoing in output.outgoing {
            self.record(at, Happened::Sent(sent(outgoing)));
        }
        for (run, output) in output.spawned {
            let why = match run.call() {
                Some(call) => format!("to call {}, for activeflow {}", call.destination.target, at + 1),
                None => format!("after activeflow {}", at + 1),
            };
            self.enter(run, output, Some(why));
        }
    }

    fn perform(&mut self, at: usize, effect: Effect) {
        match effect {
            Effect::Call { call_id, operation, command } => self.carry_out(at, call_id, operation, command),
            Effect::Load { operation, flow_id } => match self.play.flows.get(&flow_id) {
                Some(revision) => {
                    let revision: Option<Arc<_>> = revision.clone();
                    self.post(at, Input::Loaded { operation, revision });
                }
                None => self.needs = self.needs.or(Some(flow_id)),
            },
            Effect::Fetch { operation, request } | Effect::Send { operation, request } => {
                let fetch =
                    matches!(self.actors[at].run.wait.as_ref().map(|it| &it.kind), Some(WaitKind::Fetch { .. }));
                self.asked.push(PendingRequest { run: at, operation, fetch });
                let timeout_ms = request.timeout_ms;
                self.schedule(timeout_ms.into(), Due::NoAnswer { run: at, operation, timeout_ms });
                self.record(at, Happened::Sent(Sent { kind: "request", to: request.uri, text: request.data }));
            }
            Effect::HangUp { run_id, call_id } => {
                if let Some(other) = self.actors.iter().position(|actor| actor.run.info.id == run_id) {
                    self.post(other, Input::HangUp { call_id });
                }
            }
            Effect::Resume => self.post(at, Input::Resume),
        }
    }

    fn follow(&mut self, at: usize, event: Event) {
        match event.kind {
            Kind::ActionStarted { action, .. } => {
                let (variables, target_id) = (BTreeMap::new(), Uuid::nil());
                let ran = Ran { action: *action, outcome: None, duration_ms: 0, variables, target_id };
                self.actors[at].inside = Some(self.trace.steps.len());
                self.actors[at].last = Some(self.trace.steps.len());
                self.record(at, Happened::Action(Box::new(ran)));
            }
            Kind::ActionFinished { outcome, duration_ms, .. } => {
                if let Some(ran) = self.actors[at].inside.take().and_then(|index| self.ran(index)) {
                    (ran.outcome, ran.duration_ms) = (Some(outcome), duration_ms);
                }
            }
            Kind::Forwarded { target_id } => {
                if let Some(ran) = self.actors[at].last.and_then(|index| self.ran(index)) {
                    ran.target_id = target_id;
                }
            }
            Kind::VariablesSet { variables } => {
                self.bytes += size(&variables);
                match self.actors[at].inside.and_then(|index| self.ran(index)) {
                    Some(ran) => ran.variables.extend(variables),
                    None => self.record(at, Happened::Variables(variables)),
                }
            }
            Kind::DigitsReceived { digits, dropped: true } => {
                self.record(at, Happened::Noted(format!("too many keys are unread: {digits} is dropped")));
            }
            Kind::ActionsPushed { actions, .. } => {
                self.record(at, Happened::Noted(format!("pushed {}", actions.len())));
            }
            Kind::ChainCut => {
                let noted = "TOO_MANY_GENERATIONS: the next flow is not started";
                self.record(at, Happened::Noted(noted.to_owned()))
            }
            Kind::NotStarted { reason } => {
                self.record(at, Happened::Noted(format!("{reason}: the next flow is not started")));
            }
            Kind::Ended { reason, error } => self.record(at, Happened::Ended { reason: told_reason(reason), error }),
            Kind::Call { call, kind } => self.follow_call(at, &call, kind),
            Kind::Created | Kind::DigitsReceived { .. } | Kind::Blocked | Kind::Continued | Kind::Deleted => {}
        }
    }

    fn ran(&mut self, index: usize) -> Option<&mut Ran> {
        match self.trace.steps.get_mut(index).map(|step| &mut step.kind) {
            Some(Happened::Action(ran)) => Some(ran),
            _ => None,
        }
    }

    fn follow_call(&mut self, at: usize, call: &crate::model::call::Call, kind: CallKind) {
        let actor = &mut self.actors[at];
        if !actor.calls.contains(&call.id) {
            actor.calls.push(call.id);
        }
        let own = actor.run.call_id() == Some(call.id);
        let leg = actor.leg_of(call.id);
        let name = |id: Uuid| actor.name_of(id);
        let text = match kind {
            CallKind::Created if own => return,
            CallKind::Created => format!("dials {}", call.destination.target),
            CallKind::DigitsReceived { .. } if own => return,
            CallKind::DigitsReceived { digits } => format!("digits {digits}"),
            CallKind::DigitsSent { digits } => format!("sends {digits}"),
            CallKind::Bridged { other_id } => format!("bridged with {}", name(other_id)),
            CallKind::Unbridged { other_id } => format!("unbridged from {}", name(other_id)),
            CallKind::Chained { .. } | CallKind::Terminating | CallKind::Canceling | CallKind::Deleted => return,
            CallKind::Hangup => {
                let by = if call.hangup_by == Some(HangupBy::Local) { "by us" } else { "by the remote party" };
                format!("hangup {} {by}", call.hangup_reason.map_or("", |reason| reason.word()))
            }
            CallKind::RecordingStarted { .. } => "recording started".to_owned(),
            CallKind::RecordingFinished { .. } => "recording finished".to_owned(),
            CallKind::Ringing => "ringing".to_owned(),
            CallKind::Progressing => "progressing".to_owned(),
            CallKind::Talk => "talk".to_owned(),
            CallKind::Held => "held".to_owned(),
            CallKind::Unheld => "unheld".to_owned(),
            CallKind::Muted => "muted".to_owned(),
            CallKind::Unmuted => "unmuted".to_owned(),
            CallKind::HeldByRemote => "held by the remote party".to_owned(),
            CallKind::UnheldByRemote => "unheld by the remote party".to_owned(),
            CallKind::HoldRefused { error } => format!("the hold did not change: {error}"),
        };
        if call.status == Status::Hangup && leg > 0 {
            actor.phones.remove(&call.id);
        }
        self.record(at, Happened::Call { leg, status: call.status, reason: call.hangup_reason, text });
    }
}

impl Actor {
    /// Returns whether an operation is running that ends without external input.
    fn is_busy(&self) -> bool {
        let wait = self.run.wait.as_ref().map(|wait| &wait.kind);
        matches!(wait, Some(WaitKind::Media { .. } | WaitKind::Sleep | WaitKind::Answer { .. } | WaitKind::Yield))
    }

    /// Returns the number of a leg; 0 is the call that runs the flow.
    pub fn leg_of(&self, call_id: Uuid) -> usize {
        let index = self.calls.iter().position(|id| *id == call_id).unwrap_or_default();
        index + usize::from(self.run.call_id().is_none())
    }

    pub fn call_of(&self, leg: usize) -> Option<Uuid> {
        let index = leg.checked_sub(usize::from(self.run.call_id().is_none()))?;
        self.calls.get(index).copied()
    }

    fn name_of(&self, call_id: Uuid) -> String {
        match self.leg_of(call_id) {
            0 => "the call".to_owned(),
            leg => format!("leg {leg}"),
        }
    }
}

fn size(variables: &BTreeMap<String, String>) -> usize {
    variables.iter().map(|(name, value)| name.len() + value.len()).sum()
}

fn sent(outgoing: Outgoing) -> Sent {
    match outgoing.payload {
        OutboxPayload::Webhook(HttpRequest { uri, data, .. })
        | OutboxPayload::Event(EventWebhook { uri, data, .. }) => Sent { kind: "webhook", to: uri, text: data },
        OutboxPayload::Message { destination, text, .. } => Sent { kind: "message", to: destination.target, text },
        OutboxPayload::Mail { destinations, subject, content, .. } => {
            Sent { kind: "mail", to: destinations.join(", "), text: format!("{subject}\n{content}") }
        }
    }
}

fn told_reason(reason: EndReason) -> proto::EndReason {
    match reason {
        EndReason::Finished => proto::EndReason::Finished,
        EndReason::Stopped => proto::EndReason::Stopped,
        EndReason::Hangup => proto::EndReason::Hangup,
        EndReason::Failed => proto::EndReason::Failed,
        EndReason::Limit => proto::EndReason::Limit,
    }
}
