//! `connect`: dials all destinations at once and bridges the call with the first that answers.

use super::Control;
use crate::engine::calls;
use crate::engine::checker::Checker;
use crate::engine::machine::Machine;
use crate::model::call::{Address, Call, Direction, HangupReason, Privacy, Status};
use crate::model::event::{CallKind, Outcome};
use crate::model::run::{Connect, Leg, Wait, WaitKind};
use crate::model::telephony::{Command, OperationId};
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
    // At run time, an invalid address (a variable's value) does not keep the others from ringing.
    let destinations = if checker.on_save() { option.destinations.as_slice() } else { &[] };
    for (at, destination) in destinations.iter().enumerate() {
        checker.address(&format!("destinations[{at}]"), destination);
    }
    checker.one_of("anonymous", &option.anonymous, &["auto", "yes", "no"]);
    checker.number("timeout_ms", option.timeout_ms, 1..=600_000);
}

pub fn begin(machine: &mut Machine, option: &ConnectOption) -> Control {
    let Some(call) = machine.run.call().cloned() else { return Control::Over(Outcome::Skipped) };
    // A given source has already been checked.
    let given = option.source.as_ref().and_then(|source| Address::from_proto(source).ok());
    // The default is the number that an incoming call came from, or the one that our outgoing call uses.
    let source = withheld(given.unwrap_or_else(|| call.source.clone()), &option.anonymous);
    let privacy = privacy(&option.anonymous);
    let destinations: Vec<Address> = option.destinations.iter().filter_map(|a| Address::from_proto(a).ok()).collect();
    if destinations.is_empty() {
        return Control::Fatal("no destination can be dialled".to_owned());
    }
    if let Err(reason) = machine.take_calls(destinations.len() as u64) {
        emit(machine, "failed", "", HangupReason::Failed.word());
        return Control::failed(reason);
    }
    let timeout_ms = option.timeout_ms.unwrap_or(TIMEOUT_MS);
    let leg_ids = destinations.into_iter().map(|to| dial(machine, &call, (&source, privacy), to, timeout_ms)).collect();
    Control::wait(WaitKind::Connect(Connect {
        leg_ids,
        winner_id: Uuid::nil(),
        relay_reason: option.relay_reason == Some(true),
        early_media: option.early_media == Some(true),
        bridging: 0,
        error: None,
    }))
}

/// Returns the caller's address, without its names if they are to be withheld.
pub fn withheld(mut source: Address, anonymous: &Option<String>) -> Address {
    if privacy(anonymous) == Privacy::Hidden {
        source.target_name = "anonymous".to_owned();
        source.name = "anonymous".to_owned();
    }
    source
}

/// Returns whether the remote party sees who calls.
pub fn privacy(anonymous: &Option<String>) -> Privacy {
    match anonymous.as_deref() {
        Some("yes") => Privacy::Hidden,
        _ => Privacy::None,
    }
}

fn dial(
    machine: &mut Machine,
    call: &Call,
    (source, privacy): (&Address, Privacy),
    destination: Address,
    timeout_ms: i32,
) -> Uuid {
    let id = machine.ids.next_id();
    let leg = Call {
        id,
        source: source.clone(),
        destination: destination.clone(),
        direction: Direction::Outgoing,
        status: Status::Dialing,
        master_call_id: call.id,
        tm_create: machine.now,
        privacy,
        ..Call::blank()
    };
    let due = Some(machine.now.plus_ms(timeout_ms.into()));
    machine.run.legs.push(Leg::new(leg, due));
    calls::emit(machine, id, CallKind::Created);
    if let Some(own) = calls::leg_mut(machine, call.id) {
        own.call.chain(id);
    }
    let customer_id = machine.run.info.customer_id;
    machine.command(id, Command::Dial { customer_id, source: source.clone(), destination, privacy });
    id
}

/// Returns the waiting connect, if this leg is one of its legs.
fn waiting<'m>(machine: &'m mut Machine, leg_id: Uuid) -> Option<&'m mut Connect> {
    match machine.run.wait.as_mut() {
        Some(Wait { kind: WaitKind::Connect(connect), .. }) if connect.leg_ids.contains(&leg_id) => Some(connect),
        _ => None,
    }
}

/// Lets the caller hear the audio that a leg sends before it answers.
pub fn early_media(machine: &mut Machine, leg_id: Uuid) {
    let Some(call_id) = machine.run.call_id() else { return };
    if waiting(machine, leg_id).is_some_and(|connect| connect.early_media && connect.winner_id.is_nil()) {
        machine.command(call_id, Command::Bridge { other: leg_id });
    }
}

/// Handles the answer of a leg: the first answer wins, the other legs are cancelled, and a leg that still answers is
/// hung up.
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
    calls::answer(machine, call.id);
    emit(machine, "answered", &leg_id.to_string(), "");
    let bridging = machine.command(call.id, Command::Bridge { other: leg_id });
    if let Some(connect) = waiting(machine, leg_id) {
        connect.bridging = bridging;
    }
}

/// Handles a leg that answered while it was being cancelled for another one: it is hung up like an answered call.
pub fn answered_late(machine: &mut Machine, leg_id: Uuid) {
    if waiting(machine, leg_id).is_none_or(|connect| connect.winner_id.is_nil()) {
        return;
    }
    let given_up = |leg: &&mut Leg| leg.hangup_requested == Some(HangupReason::Cancel);
    if let Some(leg) = calls::leg_mut(machine, leg_id).filter(given_up) {
        leg.hangup_requested = Some(HangupReason::Normal);
        machine.mark_updated();
    }
}

/// Handles two calls that could not be joined: hangs up the winning leg, so that no remote party waits in silence.
pub fn not_bridged(machine: &mut Machine, operation: OperationId, error: String) {
    let Some(Wait { kind: WaitKind::Connect(connect), .. }) = machine.run.wait.as_mut() else { return };
    if connect.bridging != operation {
        return;
    }
    connect.error = Some(error);
    let winner_id = connect.winner_id;
    machine.mark_updated();
    calls::hang_up(machine, winner_id, None);
}

/// Handles the end of the activeflow or an interrupting list: hangs up all legs. An answered connect still counts as
/// answered, and ringing legs are cancelled.
pub fn cut_off(machine: &mut Machine, connect: &Connect, by_hangup: bool) -> Outcome {
    let answered = !connect.winner_id.is_nil();
    if !answered {
        emit(machine, "cancel", "", HangupReason::Cancel.word());
    }
    for leg_id in &connect.leg_ids {
        calls::hang_up(machine, *leg_id, None);
    }
    match (by_hangup, answered) {
        (true, true) => Outcome::Done,
        (true, false) => Outcome::Gone,
        (false, _) => Outcome::Skipped,
    }
}

fn emit(machine: &mut Machine, status: &str, call_id: &str, reason: &str) {
    machine.set_system(&[
        ("voipbin.connect.status", status),
        ("voipbin.connect.call_id", call_id),
        ("voipbin.connect.reason", reason),
    ]);
}

/// Handles a leg that has ended: the connect is over if it was the bridged leg, or the last one that could have
/// answered.
pub fn hung_up(machine: &mut Machine, leg_id: Uuid, reason: HangupReason) {
    let Some(connect) = waiting(machine, leg_id) else { return };
    let answered = !connect.winner_id.is_nil();
    let (relay, error) = (connect.relay_reason, connect.error.clone());
    if answered && connect.winner_id != leg_id {
        return;
    }
    let leg_ids = connect.leg_ids.clone();
    let left = leg_ids.iter().any(|id| machine.run.leg(*id).is_some_and(|leg| leg.call.is_alive()));
    if !answered && left {
        return machine.mark_updated();
    }
    let outcome = match error {
        Some(error) => Outcome::Failed(error),
        None if answered => Outcome::Done,
        None => Outcome::Failed(status_word(reason).to_owned()),
    };
    match answered {
        true => machine.set_system(&[("voipbin.connect.reason", reason.word())]),
        false => emit(machine, status_word(reason), "", reason.word()),
    }
    machine.conclude(match relay {
        true => Control::End { outcome, hangup: Some(reason) },
        false => Control::Over(outcome),
    });
}

fn status_word(reason: HangupReason) -> &'static str {
    match reason {
        HangupReason::Busy => "busy",
        HangupReason::Noanswer | HangupReason::Dialout => "noanswer",
        HangupReason::Cancel => "cancel",
        _ => "failed",
    }
}
