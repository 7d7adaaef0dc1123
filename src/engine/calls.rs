//! The calls of a run: reports, answers and hangs up. `signals` handles the network's reports about them.

use super::HANGUP_MS;
use super::machine::Machine;
use crate::model::call::{Direction, HangupReason, Status};
use crate::model::event::{CallKind, Kind};
use crate::model::run::{Chained, Leg};
use crate::model::telephony::{Command, OperationId};
use uuid::Uuid;

/// Records a change of a call, with the call's current state.
pub fn emit(machine: &mut Machine, call_id: Uuid, kind: CallKind) {
    let now = machine.now;
    let Some(leg) = leg_mut(machine, call_id) else { return };
    if kind != CallKind::Created {
        leg.call.tm_update = Some(now);
    }
    let call = Box::new(leg.call.clone());
    machine.event(Kind::Call { call, kind });
}

pub fn leg_mut<'m>(machine: &'m mut Machine, call_id: Uuid) -> Option<&'m mut Leg> {
    machine.run.legs.iter_mut().find(|leg| leg.call.id == call_id)
}

/// Answers an incoming call that rings, and returns the operation: the same one when it is called again. Returns None
/// when there is nothing to answer.
pub fn answer(machine: &mut Machine, call_id: Uuid) -> Option<OperationId> {
    let leg = machine.run.leg(call_id)?;
    if leg.call.direction != Direction::Incoming || leg.call.status != Status::Ringing {
        return None;
    }
    if leg.answering != 0 {
        return Some(leg.answering);
    }
    let operation = machine.command(call_id, Command::Answer);
    leg_mut(machine, call_id)?.answering = operation;
    Some(operation)
}

/// Sends the driver the command to end a call. Does nothing on a call that is ending or has ended.
pub fn hang_up(machine: &mut Machine, call_id: Uuid, reason: Option<HangupReason>) {
    let now = machine.now;
    let Some(leg) = leg_mut(machine, call_id) else { return };
    let was = leg.call.status;
    if matches!(was, Status::Terminating | Status::Canceling | Status::Hangup) {
        return;
    }
    let up = was == Status::Progressing;
    let reason = reason.unwrap_or(if up { HangupReason::Normal } else { HangupReason::Cancel });
    leg.call.status = if up { Status::Terminating } else { Status::Canceling };
    leg.hangup_requested = Some(reason);
    leg.due = Some(now.plus_ms(HANGUP_MS));
    emit(machine, call_id, if up { CallKind::Terminating } else { CallKind::Canceling });
    machine.command(call_id, Command::Hangup { reason });
}

/// Ends every call of the run; `reason` applies to the call that runs the flow.
pub fn hang_up_all(machine: &mut Machine, reason: Option<HangupReason>) {
    let call_id = machine.run.call_id();
    let alive: Vec<Uuid> = machine.run.legs.iter().map(|leg| leg.call.id).collect();
    for id in alive {
        hang_up(machine, id, reason.filter(|_| Some(id) == call_id));
    }
}

impl Machine<'_> {
    /// Records a call that another run makes for this one. A chained call ends with this run's call.
    pub fn chain(&mut self, own_id: Uuid, run_id: Uuid, call_id: Uuid, chained: bool) {
        if let Some(leg) = leg_mut(self, own_id) {
            leg.call.chain(call_id);
        }
        if chained {
            self.run.chained.push(Chained { run_id, call_id });
        }
        emit(self, own_id, CallKind::Chained { other_id: call_id });
    }

    /// Ends the calls that are chained to this run's call, which has ended.
    pub fn end_chained(&mut self) {
        for Chained { run_id, call_id } in std::mem::take(&mut self.run.chained) {
            self.output.effects.push(super::Effect::HangUp { run_id, call_id });
        }
    }
}
