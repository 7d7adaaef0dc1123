//! `call`: starts new calls, each in its own run.

use super::Control;
use crate::engine::TOO_MANY_CALLS;
use crate::engine::checker::Checker;
use crate::engine::machine::Machine;
use crate::engine::start::{Start, start_within};
use crate::model::call::{Address, Call, Direction, Status};
use crate::model::flow::{Action, Flow, Revision};
use crate::model::run::{NewCalls, WaitKind};
use crate::model::variables::Variables;
use crate::proto::CallOption;
use std::sync::Arc;
use uuid::Uuid;

/// Maximum number of calls that end with the call of their run: its state holds them.
const MAX_CHAINED: usize = 1_000;

pub fn check(option: &CallOption, checker: &mut Checker) {
    // The default is the caller of this call, which is known only at run time.
    if let Some(source) = &option.source {
        checker.address("source", source);
    }
    if option.destinations.is_empty() || option.destinations.len() > 20 {
        checker.option("destinations", "expected 1 to 20 addresses");
    }
    for (at, destination) in option.destinations.iter().enumerate() {
        checker.address(&format!("destinations[{at}]"), destination);
    }
    checker.optional_id("flow_id", &option.flow_id);
    let named = option.flow_id.as_deref().is_some_and(|id| !id.is_empty());
    if named != option.actions.is_empty() {
        checker.option("flow_id", "expected exactly one of flow_id and actions");
    }
    checker.actions("actions", &option.actions);
    checker.one_of("anonymous", &option.anonymous, &["auto", "yes", "no"]);
}

/// Loads the flow of `flow_id` first, or saves the actions as a separate unlisted flow.
pub fn begin(machine: &mut Machine, option: &CallOption) -> Control {
    let given = option.source.as_ref().map(Address::from_proto);
    let source = match (given, machine.run.call()) {
        (Some(Ok(source)), _) => source,
        (None, Some(call)) => call.source.clone(),
        (Some(Err(wrong)), _) => {
            let first = wrong.first().map(|(field, expected)| format!("source.{field}: {expected}"));
            return Control::failed(first.unwrap_or_default());
        }
        (None, None) => {
            return Control::failed("source: is required where there is no call whose caller could be told");
        }
    };
    let calls = NewCalls {
        source: super::connect::withheld(source, &option.anonymous),
        destinations: option.destinations.iter().filter_map(|a| Address::from_proto(a).ok()).collect(),
        chained: option.chained == Some(true),
        early_execution: option.early_execution == Some(true),
        privacy: super::connect::privacy(&option.anonymous),
    };
    if let Some(flow_id) = option.flow_id.as_deref().and_then(|id| Uuid::parse_str(id).ok()) {
        let operation = machine.load(flow_id);
        return Control::wait(WaitKind::LoadForCalls { operation, flow_id, calls: Box::new(calls) });
    }
    // A flow is saved only for calls that are made.
    if let Err(reason) = admit(machine, &calls) {
        return Control::failed(reason);
    }
    let revision = own_flow(machine, option);
    start_runs(machine, &calls, revision);
    Control::DONE
}

/// Makes the calls, each with a run of the loaded flow: all of them, or none if that many may not begin now.
pub fn make(machine: &mut Machine, calls: &NewCalls, revision: Arc<Revision>) -> Control {
    match admit(machine, calls) {
        Ok(()) => start_runs(machine, calls, revision),
        Err(reason) => return Control::failed(reason),
    }
    Control::DONE
}

fn admit(machine: &mut Machine, calls: &NewCalls) -> Result<(), String> {
    let count = calls.destinations.len();
    if calls.chained && machine.run.chained.len() + count > MAX_CHAINED {
        return Err(format!("{TOO_MANY_CALLS}: over {MAX_CHAINED} calls would end with this one"));
    }
    machine.take_runs_with_calls(count as u64)
}

fn own_flow(machine: &mut Machine, option: &CallOption) -> Arc<Revision> {
    let actions = option.actions.iter().filter_map(|action| {
        let id = match action.id.is_empty() {
            true => machine.ids.next_id().to_string(),
            false => action.id.clone(),
        };
        Action::from_proto(crate::proto::Action { id, ..action.clone() })
    });
    let actions: Vec<Action> = actions.collect();
    let (id, revision_id) = (machine.ids.next_id(), machine.ids.next_id());
    let revision = Arc::new(Revision::new(revision_id, id, 1, Uuid::nil(), actions));
    let flow = Flow {
        id,
        customer_id: machine.run.info.customer_id,
        listed: false,
        name: String::new(),
        detail: String::new(),
        on_complete_flow_id: Uuid::nil(),
        revision: 1,
        revision_id,
        tm_create: machine.now,
        tm_update: None,
        tm_delete: None,
    };
    machine.add_flow(flow, revision.clone());
    revision
}

/// Starts one run per destination with this commit; each run dials its own call.
fn start_runs(machine: &mut Machine, calls: &NewCalls, revision: Arc<Revision>) {
    let generation = machine.run.info.generation() + 1;
    let own = machine.run.call().filter(|call| call.is_alive()).map(|call| call.id);
    for destination in &calls.destinations {
        let call = Call {
            id: machine.ids.next_id(),
            source: calls.source.clone(),
            destination: destination.clone(),
            direction: Direction::Outgoing,
            status: Status::Dialing,
            master_call_id: own.unwrap_or_default(),
            tm_create: machine.now,
            privacy: calls.privacy,
            ..Call::blank()
        };
        let (run_id, call_id) = (machine.ids.next_id(), call.id);
        let start = Start {
            id: run_id,
            customer_id: machine.run.info.customer_id,
            revision: revision.clone(),
            call: Some(call),
            early_execution: calls.early_execution,
            variables: Variables::default(),
            on_complete_flow_id: Uuid::nil(),
            webhook_uri: machine.run.info.webhook_uri.clone(),
            webhook_method: machine.run.info.webhook_method.clone(),
        };
        let spawned = start_within(start, generation, machine.now, &mut machine.ids, &machine.allowance);
        machine.spawn(spawned);
        if let Some(own) = own {
            machine.chain(own, run_id, call_id, calls.chained);
        }
    }
}
