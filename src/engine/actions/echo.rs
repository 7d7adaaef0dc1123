//! `echo` and `stream_echo`: play the remote party's audio back to it.

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

/// Begins the echo. `digits` also sends back the keys, as `stream_echo` does.
pub fn begin(machine: &mut Machine, duration: Option<i32>, call_id: Uuid, digits: bool) -> Control {
    let duration_ms = duration.unwrap_or(DURATION_MS).into();
    let operation = machine.command(call_id, Command::Echo { duration_ms, digits });
    Control::wait(WaitKind::Media { operation, cut: false })
}
