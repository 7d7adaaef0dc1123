//! Keys that the remote party presses: kept until an action reads them.

use super::MAX_DIGITS;
use super::actions::{Control, digits_receive};
use super::calls;
use super::machine::Machine;
use crate::model::event::{CallKind, Kind};
use crate::model::run::WaitKind;
use crate::model::telephony::Command;
use uuid::Uuid;

pub fn received(machine: &mut Machine, call_id: Uuid, digit: char) {
    calls::emit(machine, call_id, CallKind::DigitsReceived { digits: digit.to_string() });
    if machine.run.call_id() != Some(call_id) || !machine.run.is_running() {
        return;
    }
    let dropped = machine.run.digits.len() >= MAX_DIGITS;
    machine.event(Kind::DigitsReceived { digits: digit.to_string(), dropped });
    if dropped {
        return;
    }
    machine.run.digits.push(digit);
    match machine.run.wait.as_ref().map(|wait| &wait.kind) {
        Some(WaitKind::Digits { .. }) => digits_receive::read(machine),
        Some(WaitKind::Media { cut: true, .. }) => {
            machine.command(call_id, Command::StopPlaying);
            machine.conclude(Control::DONE);
        }
        _ => {}
    }
}
