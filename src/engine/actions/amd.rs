//! `amd`: detects a human or a machine, by energy and cadence.

use super::Control;
use crate::engine::checker::Checker;
use crate::engine::machine::Machine;
use crate::model::call::HangupReason;
use crate::model::event::Outcome;
use crate::model::run::{Detecting, EndReason, Wait, WaitKind};
use crate::model::telephony::{Command, OperationId};
use crate::proto::AmdOption;
use uuid::Uuid;

/// The longest detection, longer than any greeting; after it the result is unknown.
const PATIENCE_MS: i64 = 30_000;

pub fn check(option: &AmdOption, checker: &mut Checker) {
    checker.one_of("machine_handle", &option.machine_handle, &["continue", "hangup"]);
}

pub fn begin(machine: &mut Machine, option: &AmdOption, call_id: Uuid) -> Control {
    let operation = machine.command(call_id, Command::Detect);
    let hangup = option.machine_handle.as_deref() == Some("hangup");
    machine.run.detecting = Some(Detecting { operation, hangup });
    if option.r#async == Some(true) {
        return Control::DONE;
    }
    let due = Some(machine.now.plus_ms(PATIENCE_MS));
    Control::Wait(Wait { kind: WaitKind::Detect { operation }, due })
}

/// Handles the driver's result.
pub fn detected(machine: &mut Machine, operation: OperationId, is_machine: bool) {
    let Some(detecting) = machine.run.detecting.take_if(|detecting| detecting.operation == operation) else { return };
    if !machine.run.is_running() {
        // The flow is over, so nothing needs the result.
        return machine.mark_updated();
    }
    machine.set_system(&[("voipbin.amd.result", if is_machine { "machine" } else { "human" })]);
    let waited = matches!(machine.run.wait.as_ref().map(|it| &it.kind), Some(WaitKind::Detect { operation: it }) if *it == operation);
    match (waited, is_machine && detecting.hangup) {
        (true, false) => machine.conclude(Control::DONE),
        (true, true) => machine.conclude(Control::End { outcome: Outcome::Done, hangup: Some(HangupReason::Amd) }),
        (false, true) => machine.end(EndReason::Finished, "", Some(HangupReason::Amd)),
        (false, false) => {}
    }
}

/// Handles a failed detection. Clears the result of an earlier detection, which must not be mistaken for this one's.
pub fn failed(machine: &mut Machine, operation: OperationId) {
    if machine.run.detecting.take_if(|detecting| detecting.operation == operation).is_none() {
        return;
    }
    match machine.run.is_running() {
        true => machine.set_system(&[("voipbin.amd.result", "")]),
        false => machine.mark_updated(),
    }
}

/// Handles a detection without a result: the flow continues as with a human.
pub fn expired(machine: &mut Machine) -> Control {
    machine.run.detecting = None;
    machine.set_system(&[("voipbin.amd.result", "")]);
    Control::Over(Outcome::Timeout)
}
