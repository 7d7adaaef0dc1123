//! `echo` and `stream_echo`: the caller hears itself.

use super::Control;
use crate::engine::checker::Checker;
use crate::engine::machine::Machine;
use crate::model::run::WaitKind;
use crate::model::telephony::Command;
use uuid::Uuid;

const DURATION_MS: i32 = 180_000;

pub fn check(duration: Option<i32>, checker: &mut Checker) {
    checker.number("duration", duration, 1..=i32::MAX);
}

/// `digits`: the keys come back too, as `stream_echo` does.
pub fn begin(machine: &mut Machine, duration: Option<i32>, call_id: Uuid, digits: bool) -> Control {
    let duration_ms = duration.unwrap_or(DURATION_MS).into();
    let operation = machine.command(call_id, Command::Echo { duration_ms, digits });
    Control::wait(WaitKind::Media { operation, cut: false })
}
