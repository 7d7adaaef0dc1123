//! Signals of the telephone network about calls. A call's status moves forward only, and a call has exactly one
//! hang-up. A late or repeated signal changes nothing.

use super::actions::{self, connect};
use super::calls::{emit, hang_up, leg_mut};
use super::machine::Machine;
use super::{LONGEST_CALL_MS, digits};
use crate::model::call::{Direction, HangupBy, HangupReason, Status};
use crate::model::event::CallKind;
use crate::model::quality::Quality;
use crate::model::run::{EndReason, Leg, MAX_GONE_LEGS, WaitKind};
use crate::model::telephony::{OperationId, Signal};
use crate::model::time::Time;
use uuid::Uuid;

/// Applies a signal of the network to a call.
pub fn signal(machine: &mut Machine, call_id: Uuid, signal: Signal) {
    if !machine.run.leg(call_id).is_some_and(|leg| leg.call.is_alive()) {
        return;
    }
    match signal {
        Signal::Ringing => ringing(machine, call_id),
        Signal::EarlyMedia => connect::early_media(machine, call_id),
        Signal::Answered => answered(machine, call_id),
        Signal::Digit { digit } => digits::received(machine, call_id, digit),
        Signal::Finished { operation, error } => actions::finished(machine, operation, error),
        Signal::Bridged { other } => bridged(machine, call_id, other),
        Signal::Unbridged { other } => unbridged(machine, call_id, other),
        Signal::Detected { operation, machine: is_machine } => actions::amd::detected(machine, operation, is_machine),
        Signal::Recorded { recording_id, duration_ms, size, error } => {
            actions::recording::finished(machine, recording_id, duration_ms, size, error)
        }
        Signal::FarHold { held } => held_by_remote(machine, call_id, held),
        Signal::Quality(quality) => measured(machine, call_id, *quality),
        Signal::Hangup { by, reason, sip_code, cause } => hung_up(machine, call_id, by, reason, (sip_code, &cause)),
    }
}

fn ringing(machine: &mut Machine, call_id: Uuid) {
    let now = machine.now;
    let Some(leg) = leg_mut(machine, call_id).filter(|leg| leg.call.status == Status::Dialing) else { return };
    leg.call.status = Status::Ringing;
    leg.call.tm_ringing = Some(now);
    emit(machine, call_id, CallKind::Ringing);
    let early = matches!(machine.run.wait.as_ref().map(|wait| &wait.kind), Some(WaitKind::Start { early: true }));
    if early && machine.run.call_id() == Some(call_id) {
        machine.begin();
    }
}

fn answered(machine: &mut Machine, call_id: Uuid) {
    let now = machine.now;
    let unanswered = |leg: &&mut Leg| matches!(leg.call.status, Status::Dialing | Status::Ringing);
    let Some(leg) = leg_mut(machine, call_id).filter(unanswered) else {
        return connect::answered_late(machine, call_id);
    };
    leg.call.status = Status::Progressing;
    leg.call.tm_progressing = Some(now);
    leg.due = Some(now.plus_ms(LONGEST_CALL_MS));
    emit(machine, call_id, CallKind::Progressing);
    if machine.run.call_id() != Some(call_id) {
        return connect::answered(machine, call_id);
    }
    match machine.run.wait.as_ref().map(|wait| &wait.kind) {
        Some(WaitKind::Start { .. }) => machine.begin(),
        Some(WaitKind::Answer { .. }) => machine.conclude(actions::Control::DONE),
        _ => {}
    }
}

/// Records that two calls were joined. Early media and the answer both join the same two calls; the second signal adds
/// nothing.
fn bridged(machine: &mut Machine, call_id: Uuid, other_id: Uuid) {
    let Some(leg) = leg_mut(machine, call_id).filter(|leg| leg.bridged_id != other_id) else { return };
    leg.bridged_id = other_id;
    emit(machine, call_id, CallKind::Bridged { other_id });
}

fn unbridged(machine: &mut Machine, call_id: Uuid, other_id: Uuid) {
    let Some(leg) = leg_mut(machine, call_id).filter(|leg| leg.bridged_id == other_id) else { return };
    leg.bridged_id = Uuid::nil();
    emit(machine, call_id, CallKind::Unbridged { other_id });
}

/// Records that the remote party put us on hold or took us off hold. No action depends on it.
fn held_by_remote(machine: &mut Machine, call_id: Uuid, held: bool) {
    let Some(leg) = leg_mut(machine, call_id).filter(|leg| leg.far_held != held) else { return };
    leg.far_held = held;
    emit(machine, call_id, if held { CallKind::HeldByRemote } else { CallKind::UnheldByRemote });
}

/// Keeps the quality of a call that is about to end. The event of the hang-up shows it.
fn measured(machine: &mut Machine, call_id: Uuid, quality: Quality) {
    let Some(leg) = leg_mut(machine, call_id).filter(|leg| leg.call.quality.is_none()) else { return };
    leg.call.quality = Some(Box::new(quality.bounded()));
    machine.mark_updated();
}

fn hung_up(machine: &mut Machine, call_id: Uuid, by: HangupBy, reason: HangupReason, (sip_code, cause): (u16, &str)) {
    let now = machine.now;
    let Some(leg) = leg_mut(machine, call_id) else { return };
    leg.call.status = Status::Hangup;
    // When both sides hang up at the same time, our hang-up takes precedence: the history already shows it.
    leg.call.hangup_by = Some(if leg.hangup_requested.is_some() { HangupBy::Local } else { by });
    leg.call.hangup_reason = Some(leg.hangup_requested.unwrap_or(reason));
    leg.call.sip_code = sip_code;
    leg.call.set_cause(cause);
    leg.call.tm_hangup = Some(now);
    leg.due = None;
    let reason = leg.hangup_requested.take().unwrap_or(reason);
    emit(machine, call_id, CallKind::Hangup);
    actions::recording::lost(machine, call_id);
    if machine.run.call_id() == Some(call_id) {
        machine.end_chained();
        machine.end(EndReason::Hangup, "", None);
    } else {
        connect::hung_up(machine, call_id, reason);
    }
    forget_gone(machine);
}

/// Keeps the state small however many legs a flow dials: calls that ended long ago remain only as rows in the store.
fn forget_gone(machine: &mut Machine) {
    let call_id = machine.run.call_id();
    let gone = machine.run.legs.iter().filter(|leg| !leg.call.is_alive()).count();
    if gone > MAX_GONE_LEGS {
        let oldest = |leg: &Leg| !leg.call.is_alive() && Some(leg.call.id) != call_id;
        if let Some(at) = machine.run.legs.iter().position(oldest) {
            machine.run.tm_gone = Some(machine.run.last());
            machine.run.legs.remove(at);
        }
    }
}

/// Handles a command for which the driver had no call. A call whose dial failed ends here, because no hang-up will
/// follow; for other calls a hang-up is already on its way.
pub fn gone(machine: &mut Machine, call_id: Uuid, operation: OperationId, was_dial: bool) {
    if was_dial {
        return signal(machine, call_id, failed());
    }
    actions::gone(machine, operation);
}

/// The end of a call that no driver reports any more.
fn failed() -> Signal {
    Signal::Hangup { by: HangupBy::Local, reason: HangupReason::Failed, sip_code: 0, cause: String::new() }
}

/// Ends each call exactly once after the process that held it has died. No driver is left to receive commands.
pub fn died(machine: &mut Machine) {
    // The call that runs the flow comes first: it ends the activeflow, so that a waiting connect does not react to the
    // end of its legs.
    let call_id = machine.run.call_id();
    let mut alive: Vec<Uuid> =
        machine.run.legs.iter().filter(|leg| leg.call.is_alive()).map(|leg| leg.call.id).collect();
    alive.sort_by_key(|id| Some(*id) != call_id);
    for id in alive {
        if let Some(leg) = leg_mut(machine, id) {
            leg.hangup_requested = None;
        }
        signal(machine, id, failed());
    }
    machine.drop_commands();
}

/// Hangs up or ends the calls whose deadline is one of those that have passed.
pub fn expire(machine: &mut Machine, passed: &[Time]) {
    let due = |leg: &&Leg| leg.due.is_some_and(|due| passed.contains(&due));
    let expired: Vec<(Uuid, Status, Direction)> =
        machine.run.legs.iter().filter(due).map(|leg| (leg.call.id, leg.call.status, leg.call.direction)).collect();
    for (id, status, direction) in expired {
        match status {
            Status::Dialing | Status::Ringing if direction == Direction::Outgoing => {
                hang_up(machine, id, Some(HangupReason::Dialout))
            }
            Status::Dialing | Status::Ringing | Status::Progressing => {
                hang_up(machine, id, Some(HangupReason::Timeout))
            }
            Status::Terminating | Status::Canceling => signal(machine, id, failed()),
            Status::Hangup => {}
        }
    }
}
