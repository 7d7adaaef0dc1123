//! `connect`: dials all destinations at once and bridges the call with the first that answers.

use super::Turn;
use crate::engine::calls;
use crate::engine::check::Checker;
use crate::engine::machine::Machine;
use crate::model::call::{Address, Call, Direction, HangupReason, Status};
use crate::model::event::{CallKind, Outcome};
use crate::model::run::{Connect, Leg, Wait, What};
use crate::model::telephony::Command;
use crate::proto::ConnectOption;
use uuid::Uuid;

const TIMEOUT_MS: i32 = 60_000;

pub fn check(option: &ConnectOption, checker: &mut Checker) {
    if let Some(source) = &option.source {
        checker.address("source", source);
    }
    if option.destinations.is_empty() || option.destinations.len() > 20 {
        checker.option("destinations", "expected 1 to 20 addresses");
    }
    // A single wrong address does not keep the others from ringing when it was a variable's value; in a flow that is
    // being saved it is told.
    for (at, destination) in option.destinations.iter().enumerate() {
        checker.address(&format!("destinations[{at}]"), destination);
    }
    checker.one_of("anonymous", &option.anonymous, &["auto", "yes", "no"]);
    checker.number("timeout_ms", option.timeout_ms, 1..=600_000);
}

pub fn begin(machine: &mut Machine, option: &ConnectOption) -> Turn {
    let Some(call) = machine.run.call().cloned() else { return Turn::Over(Outcome::Skipped) };
    let source = match option.source.as_ref().map(Address::from_proto) {
        None => caller(&call, option),
        Some(Ok(source)) => source,
        Some(Err(problem)) => return Turn::Fatal(format!("source: {}", problem.1)),
    };
    let destinations: Vec<Address> = option.destinations.iter().filter_map(|a| Address::from_proto(a).ok()).collect();
    if destinations.is_empty() {
        return Turn::Fatal("no destination can be dialled".to_owned());
    }
    let timeout_ms = option.timeout_ms.unwrap_or(TIMEOUT_MS);
    let leg_ids = destinations.into_iter().map(|to| dial(machine, &call, &source, to, timeout_ms)).collect();
    Turn::wait(What::Connect(Connect {
        leg_ids,
        winner_id: Uuid::nil(),
        relay_reason: option.relay_reason == Some(true),
        early_media: option.early_media == Some(true),
        last_reason: None,
    }))
}

/// Who calls when the option does not say: the number that an incoming call came from, or the one we called with.
fn caller(call: &Call, option: &ConnectOption) -> Address {
    let mut source = call.source.clone();
    if option.anonymous.as_deref() == Some("yes") {
        source.target_name = "anonymous".to_owned();
        source.name = "anonymous".to_owned();
    }
    source
}

fn dial(machine: &mut Machine, call: &Call, source: &Address, destination: Address, timeout_ms: i32) -> Uuid {
    let id = machine.ids.next_id();
    let leg = Call {
        id,
        source: source.clone(),
        destination: destination.clone(),
        direction: Direction::Outgoing,
        status: Status::Dialing,
        master_call_id: call.id,
        tm_create: machine.now,
        ..Call::blank()
    };
    let due = Some(machine.now.plus_ms(timeout_ms.into()));
    machine.run.legs.push(Leg { call: leg, due, wanted: None });
    calls::tell(machine, id, CallKind::Created);
    if let Some(own) = calls::leg_mut(machine, call.id) {
        own.call.chained_call_ids.push(id);
    }
    let customer_id = machine.run.head.customer_id;
    machine.command(id, Command::Dial { customer_id, source: source.clone(), destination });
    id
}

/// The connect that waits, if this leg is one of its.
fn waiting<'m>(machine: &'m mut Machine, leg_id: Uuid) -> Option<&'m mut Connect> {
    match machine.run.wait.as_mut() {
        Some(Wait { what: What::Connect(connect), .. }) if connect.leg_ids.contains(&leg_id) => Some(connect),
        _ => None,
    }
}

/// The caller hears what a leg sends before it answers.
pub fn early_media(machine: &mut Machine, leg_id: Uuid) {
    let Some(call_id) = machine.run.call_id() else { return };
    if waiting(machine, leg_id).is_some_and(|connect| connect.early_media && connect.winner_id.is_nil()) {
        machine.command(call_id, Command::Bridge { other: leg_id });
    }
}

/// The first answer wins; the others are cancelled, and one that answers all the same is hung up.
pub fn answered(machine: &mut Machine, leg_id: Uuid) {
    let won = match waiting(machine, leg_id) {
        Some(connect) if connect.winner_id.is_nil() => {
            connect.winner_id = leg_id;
            Some(connect.leg_ids.clone())
        }
        _ => None,
    };
    let (Some(leg_ids), Some(call)) = (won, machine.run.call().cloned()) else {
        return calls::hang_up(machine, leg_id, Some(HangupReason::Normal));
    };
    for other in leg_ids.into_iter().filter(|id| *id != leg_id) {
        calls::hang_up(machine, other, None);
    }
    if !call.is_up() {
        machine.command(call.id, Command::Answer);
    }
    machine.set_system(&[
        ("voipbin.connect.status", "answered"),
        ("voipbin.connect.call_id", &leg_id.to_string()),
        ("voipbin.connect.reason", ""),
    ]);
    machine.command(call.id, Command::Bridge { other: leg_id });
}

/// A leg is gone: the one that was bridged, or the last of those that might have answered.
pub fn hung_up(machine: &mut Machine, leg_id: Uuid, reason: HangupReason) {
    let Some(connect) = waiting(machine, leg_id) else { return };
    let answered = !connect.winner_id.is_nil();
    connect.last_reason = Some(reason);
    let relay = connect.relay_reason;
    if answered && connect.winner_id != leg_id {
        return;
    }
    let leg_ids = connect.leg_ids.clone();
    let left = leg_ids.iter().any(|id| machine.run.leg(*id).is_some_and(|leg| leg.call.is_alive()));
    if !answered && left {
        return machine.touch();
    }
    if answered {
        machine.set_system(&[("voipbin.connect.reason", reason.word())]);
    } else {
        let status = status_word(reason);
        machine.set_system(&[
            ("voipbin.connect.status", status),
            ("voipbin.connect.call_id", ""),
            ("voipbin.connect.reason", reason.word()),
        ]);
    }
    let turn = match (relay, answered) {
        (true, _) => Turn::End(Some(reason)),
        (false, true) => Turn::DONE,
        (false, false) => Turn::failed(status_word(reason)),
    };
    machine.conclude(turn);
}

fn status_word(reason: HangupReason) -> &'static str {
    match reason {
        HangupReason::Busy => "busy",
        HangupReason::Noanswer | HangupReason::Dialout => "noanswer",
        HangupReason::Cancel => "cancel",
        _ => "failed",
    }
}
