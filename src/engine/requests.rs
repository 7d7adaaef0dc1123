//! Requests to a run from outside. Commands to a call take effect immediately and do not move the cursor.

use super::actions::{Control, connect, recording};
use super::machine::Machine;
use super::{MAX_FRAMES, Refusal, Request, calls, variables};
use crate::model::call::{Call, MuteDirection};
use crate::model::event::{CallKind, Kind, Outcome, Written};
use crate::model::flow::Revision;
use crate::model::run::{EndReason, Holding, WaitKind};
use crate::model::telephony::Command;
use prost::Message;
use std::sync::Arc;
use uuid::Uuid;

pub fn handle(machine: &mut Machine, request: Request) -> Result<(), Refusal> {
    if machine.run.is_running() {
        machine.history_left_for(weight(&request)).or_else(|reason| spared(&request, reason))?;
    }
    match request {
        Request::Stop => stop(machine),
        Request::Continue { action_id } => proceed(machine, action_id)?,
        Request::Push { revision, interrupt } => push(machine, revision, interrupt)?,
        Request::SetVariables { variables } => {
            running(machine)?;
            variables::set(machine, &variables).map_err(Refusal::Variables)?;
        }
        Request::Delete => delete(machine),
        Request::Hangup { call_id } => {
            // A call that is over does not change.
            calls::hang_up(machine, call_id, None);
        }
        Request::DeleteCall { call } => {
            calls::hang_up(machine, call.id, None);
            delete_call(machine, *call);
        }
        Request::Talk { call_id, media } => order(machine, call_id, CallKind::Talk, Command::Play { media })?,
        Request::SendDigits { call_id, digits, tone_ms, gap_ms } => {
            let sent = CallKind::DigitsSent { digits: digits.clone() };
            order(machine, call_id, sent, Command::SendDigits { digits, tone_ms, gap_ms })?;
        }
        Request::StartRecording { call_id, option } => {
            up(machine, call_id)?;
            if machine.run.recording.is_some() {
                return Err(Refusal::RecordingRuns);
            }
            recording::start(machine, &option, call_id).map_err(Refusal::BudgetUsedUp)?;
        }
        Request::StopRecording { call_id } => {
            up(machine, call_id)?;
            recording::stop(machine, call_id);
        }
        Request::Hold { call_id } => {
            up(machine, call_id)?;
            hold(machine, call_id, true);
        }
        Request::Unhold { call_id } => {
            up(machine, call_id)?;
            hold(machine, call_id, false);
        }
        Request::Mute { call_id, direction } => {
            up(machine, call_id)?;
            mute(machine, call_id, direction);
        }
        Request::Unmute { call_id, direction } => {
            up(machine, call_id)?;
            unmute(machine, call_id, direction);
        }
    }
    Ok(())
}

/// Returns about how many bytes of history a request adds, without the actions that it lets run.
fn weight(request: &Request) -> usize {
    match request {
        // The list is saved, and shown in the history.
        Request::Push { revision, .. } => {
            64 + 2 * revision.actions.iter().map(|action| action.to_proto().encoded_len()).sum::<usize>()
        }
        Request::SetVariables { variables } => {
            64 + variables.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>()
        }
        _ => 1_024,
    }
}

/// Lets requests through that end something, however much history there is.
fn spared(request: &Request, reason: String) -> Result<(), Refusal> {
    match request {
        Request::Continue { .. }
        | Request::Stop
        | Request::Delete
        | Request::Hangup { .. }
        | Request::StopRecording { .. }
        | Request::DeleteCall { .. } => Ok(()),
        _ => Err(Refusal::BudgetUsedUp(reason)),
    }
}

fn running(machine: &Machine) -> Result<(), Refusal> {
    if machine.run.is_running() { Ok(()) } else { Err(Refusal::Ended) }
}

fn up(machine: &Machine, call_id: Uuid) -> Result<(), Refusal> {
    match machine.run.leg(call_id) {
        Some(leg) if leg.call.is_up() => Ok(()),
        Some(leg) if leg.call.is_alive() => Err(Refusal::CallNotUp),
        // The state drops legs that ended long ago. Their rows remain, so the caller knows that the call exists.
        _ => Err(Refusal::CallEnded),
    }
}

/// Stops the activeflow. Idempotent: does nothing if it has ended.
fn stop(machine: &mut Machine) {
    machine.end(EndReason::Stopped, "", None);
}

fn proceed(machine: &mut Machine, action_id: Uuid) -> Result<(), Refusal> {
    running(machine)?;
    let current = machine.run.current.map_or(Uuid::nil(), |at| machine.run.program.action(at).id);
    let blocked = machine.run.wait.as_ref().is_some_and(|wait| wait.kind == WaitKind::Block);
    if current != action_id {
        return Err(Refusal::Stale(current));
    }
    if !blocked {
        return Err(Refusal::NotBlocked);
    }
    machine.event(Kind::Continued);
    machine.conclude(Control::DONE);
    Ok(())
}

fn push(machine: &mut Machine, revision: Arc<Revision>, interrupt: bool) -> Result<(), Refusal> {
    running(machine)?;
    if machine.run.frames.len() + machine.run.pushed.len() >= MAX_FRAMES {
        return Err(Refusal::TooManyFrames);
    }
    if !machine.make_room(&revision) {
        return Err(Refusal::ListsTooLarge);
    }
    let actions = revision.actions.iter().map(|action| Written(Box::new(action.to_proto()))).collect();
    let slot = machine.add_list(revision);
    machine.run.pushed.push_back(slot);
    machine.event(Kind::ActionsPushed { actions, interrupt });
    let wait = machine.run.wait.as_ref().map(|wait| &wait.kind);
    match wait {
        // Before the first action and between two steps there is nothing to interrupt.
        Some(WaitKind::Start { .. } | WaitKind::Yield) | None => {}
        Some(_) if !interrupt => {}
        Some(WaitKind::Media { .. }) => {
            if let Some(call_id) = machine.run.call_id() {
                machine.command(call_id, Command::StopPlaying);
            }
            machine.conclude(Control::Over(Outcome::Skipped));
        }
        Some(WaitKind::Detect { .. }) => {
            machine.run.detecting = None;
            machine.conclude(Control::Over(Outcome::Skipped));
        }
        Some(WaitKind::Room { .. }) => {
            if let Some(call_id) = machine.run.call_id() {
                machine.command(call_id, Command::Leave);
            }
            machine.conclude(Control::Over(Outcome::Skipped));
        }
        Some(WaitKind::Connect(connect)) => {
            let connect = connect.clone();
            let outcome = connect::cut_off(machine, &connect, false);
            machine.conclude(Control::Over(outcome));
        }
        Some(_) => machine.conclude(Control::Over(Outcome::Skipped)),
    }
    Ok(())
}

fn delete(machine: &mut Machine) {
    machine.end(EndReason::Stopped, "", None);
    if machine.run.tm_delete.is_none() {
        machine.run.tm_delete = Some(machine.now);
        machine.event(Kind::Deleted);
    }
}

fn delete_call(machine: &mut Machine, stored: Call) {
    let now = machine.now;
    let id = stored.id;
    match calls::leg_mut(machine, id) {
        Some(leg) if leg.call.tm_delete.is_some() => {}
        None if stored.tm_delete.is_some() => {}
        Some(leg) => {
            leg.call.tm_delete = Some(now);
            calls::emit(machine, id, CallKind::Deleted);
        }
        None => {
            let call = Box::new(Call { tm_delete: Some(now), tm_update: Some(now), ..stored });
            machine.event(Kind::Call { call, kind: CallKind::Deleted });
            machine.run.tm_gone = Some(now);
        }
    }
}

fn order(machine: &mut Machine, call_id: Uuid, kind: CallKind, command: Command) -> Result<(), Refusal> {
    up(machine, call_id)?;
    machine.command(call_id, command);
    calls::emit(machine, call_id, kind);
    Ok(())
}

/// Holds a call or takes it off hold; does nothing if the call is already in that state.
pub fn hold(machine: &mut Machine, call_id: Uuid, held: bool) {
    let Some(leg) = calls::leg_mut(machine, call_id).filter(|leg| leg.call.held != held) else { return };
    leg.call.held = held;
    let operation = machine.command(call_id, if held { Command::Hold } else { Command::Unhold });
    if let Some(leg) = calls::leg_mut(machine, call_id) {
        leg.holding = Some(Holding { operation, held });
    }
    calls::emit(machine, call_id, if held { CallKind::Held } else { CallKind::Unheld });
}

/// Mutes one direction or both; a direction that is already muted stays muted.
pub fn mute(machine: &mut Machine, call_id: Uuid, direction: MuteDirection) {
    let Some(leg) = calls::leg_mut(machine, call_id) else { return };
    let muted = match leg.call.muted {
        None => direction,
        Some(before) if before == direction => return,
        Some(_) => MuteDirection::Both,
    };
    if leg.call.muted == Some(muted) {
        return;
    }
    leg.call.muted = Some(muted);
    machine.command(call_id, Command::Mute { direction });
    calls::emit(machine, call_id, CallKind::Muted);
}

/// Unmutes one direction or both.
pub fn unmute(machine: &mut Machine, call_id: Uuid, direction: MuteDirection) {
    let Some(leg) = calls::leg_mut(machine, call_id) else { return };
    let left = match (leg.call.muted, direction) {
        (None, _) => return,
        (Some(_), MuteDirection::Both) => None,
        (Some(MuteDirection::Both), MuteDirection::In) => Some(MuteDirection::Out),
        (Some(MuteDirection::Both), MuteDirection::Out) => Some(MuteDirection::In),
        (Some(before), direction) if before == direction => None,
        (Some(_), _) => return,
    };
    leg.call.muted = left;
    machine.command(call_id, Command::Unmute { direction });
    calls::emit(machine, call_id, CallKind::Unmuted);
}
