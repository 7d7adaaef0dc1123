//! Starts of runs.

use super::allowance::Allowance;
use super::ids::Ids;
use super::machine::Machine;
use super::{Output, RING_MS, variables};
use crate::model::amounts::Amounts;
use crate::model::call::{Call, Direction, Status as CallStatus};
use crate::model::event::{CallKind, Kind};
use crate::model::flow::Revision;
use crate::model::program::Program;
use crate::model::run::{Frame, Leg, ReferenceType, Run, RunInfo, Status, Wait, WaitKind};
use crate::model::telephony::Command;
use crate::model::time::Time;
use crate::model::variables::Variables;
use std::sync::Arc;
use uuid::Uuid;

/// The parameters of a new run.
#[derive(Debug, Clone)]
pub struct Start {
    pub id: Uuid,
    pub customer_id: Uuid,
    pub revision: Arc<Revision>,
    /// The call that runs the flow: an outgoing call is dialled, an incoming call already rings.
    pub call: Option<Call>,
    /// The flow of an outgoing call begins when the call rings, not when it is answered.
    pub early_execution: bool,
    /// The variables that the caller set, checked.
    pub variables: Variables,
    /// Replaces the on_complete flow of the flow; nil keeps it.
    pub on_complete_flow_id: Uuid,
    pub webhook_uri: String,
    pub webhook_method: String,
}

/// Creates a run and executes its first step. The flow of an outgoing call waits for the answer; every other flow
/// begins immediately. The allowance is for what this step begins besides the run and its call.
pub fn start(start: Start, now: Time, seed: u128, allowance: &Allowance) -> (Run, Output) {
    start_within(start, 0, now, &mut Ids::new(now, seed), allowance)
}

/// Creates a run like [`start`], within the step of another run, and continues that run's sequence of ids.
pub fn start_within(start: Start, generation: u32, now: Time, ids: &mut Ids, allowance: &Allowance) -> (Run, Output) {
    let reference = match &start.call {
        Some(call) => (ReferenceType::Call, call.id),
        None => (ReferenceType::Api, Uuid::nil()),
    };
    begin(start, reference, generation, now, ids, allowance)
}

/// A text message that arrived.
#[derive(Debug, Clone, Copy)]
pub struct Arrived<'a> {
    pub id: Uuid,
    /// Source and destination are E.164 numbers.
    pub source: &'a str,
    pub destination: &'a str,
    pub text: &'a str,
}

/// Creates the run that a text message starts: it has no call, and its variables hold the message.
pub fn start_by_message(
    mut start: Start,
    message: Arrived<'_>,
    now: Time,
    seed: u128,
    allowance: &Allowance,
) -> (Run, Output) {
    debug_assert!(start.call.is_none(), "a message has no call");
    let id = message.id.to_string();
    for (name, value) in [
        ("voipbin.message.id", id.as_str()),
        ("voipbin.message.text", message.text),
        ("voipbin.message.source.target", message.source),
        ("voipbin.message.destination.target", message.destination),
    ] {
        start.variables.set_system(name, value);
    }
    begin(start, (ReferenceType::Sms, message.id), 0, now, &mut Ids::new(now, seed), allowance)
}

fn begin(
    start: Start,
    reference: (ReferenceType, Uuid),
    generation: u32,
    now: Time,
    ids: &mut Ids,
    allowance: &Allowance,
) -> (Run, Output) {
    let info = RunInfo {
        id: start.id,
        customer_id: start.customer_id,
        flow_id: start.revision.flow_id,
        flow_revision: start.revision.number,
        reference_type: reference.0,
        reference_id: reference.1,
        reference_activeflow_id: Uuid::nil(),
        on_complete_flow_id: match start.on_complete_flow_id.is_nil() {
            true => start.revision.on_complete_flow_id,
            false => start.on_complete_flow_id,
        },
        complete_count: 0,
        generation,
        webhook_uri: start.webhook_uri,
        webhook_method: start.webhook_method,
        tm_create: now,
    };
    let mut run = new_run(info, start.revision, start.variables);
    let mut machine = Machine::new(&mut run, now, ids.clone(), *allowance);
    machine.event(Kind::Created);
    match start.call {
        Some(call) => begin_call(&mut machine, call, start.early_execution),
        None => machine.begin(),
    }
    *ids = machine.ids.clone();
    let output = machine.into_output();
    (run, output)
}

/// Creates the run of an on_complete flow, which inherits the reference and the variables of the ended run.
pub fn start_complete(
    ended: &Run,
    revision: Arc<Revision>,
    now: Time,
    ids: &mut Ids,
    allowance: &Allowance,
) -> (Run, Output) {
    let info = RunInfo {
        id: ids.next_id(),
        flow_id: revision.flow_id,
        flow_revision: revision.number,
        reference_activeflow_id: ended.info.id,
        on_complete_flow_id: revision.on_complete_flow_id,
        complete_count: ended.info.complete_count + 1,
        generation: ended.info.generation() + 1,
        tm_create: now,
        ..ended.info.clone()
    };
    let mut run = new_run(info, revision, variables::inherited(ended));
    let mut machine = Machine::new(&mut run, now, ids.clone(), *allowance);
    machine.event(Kind::Created);
    machine.begin();
    *ids = machine.ids.clone();
    let output = machine.into_output();
    (run, output)
}

fn new_run(info: RunInfo, revision: Arc<Revision>, variables: Variables) -> Run {
    let mut program = Program::default();
    let slot = program.add(revision, |_| true);
    Run {
        info,
        revision: 0,
        status: Status::Running,
        end_reason: None,
        error: String::new(),
        program,
        frames: vec![Frame::new(slot)],
        current: None,
        tm_action: Time::default(),
        forward_id: Uuid::nil(),
        wait: None,
        pushed: Default::default(),
        executed: Default::default(),
        executed_count: 0,
        immediate_count: 0,
        digits: String::new(),
        legs: Vec::new(),
        operation: 0,
        pending_flows: Vec::new(),
        detecting: None,
        recording: None,
        chained: Vec::new(),
        outcome: None,
        tm_update: None,
        tm_delete: None,
        tm_gone: None,
        used: Amounts::default(),
        variables,
    }
}

fn begin_call(machine: &mut Machine, call: Call, early: bool) {
    let (id, direction, privacy) = (call.id, call.direction, call.privacy);
    let (source, destination) = (call.source.clone(), call.destination.clone());
    let customer_id = machine.run.info.customer_id;
    machine.event(Kind::Call { call: Box::new(call.clone()), kind: CallKind::Created });
    match direction {
        Direction::Outgoing => {
            let due = Some(machine.now.plus_ms(RING_MS));
            machine.run.legs.push(Leg::new(call, due));
            machine.run.wait = Some(Wait { kind: WaitKind::Start { early }, due: None });
            machine.command(id, Command::Dial { customer_id, source, destination, privacy });
        }
        Direction::Incoming => {
            debug_assert_eq!(call.status, CallStatus::Ringing, "an incoming call rings until it is answered");
            let due = Some(machine.now.plus_ms(super::LONGEST_CALL_MS));
            machine.run.legs.push(Leg::new(call, due));
            machine.begin();
        }
    }
}
