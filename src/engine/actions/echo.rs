//! `echo`: sends the caller's audio back.

use super::Turn;
use crate::engine::check::Checker;
use crate::engine::machine::Machine;
use crate::model::run::What;
use crate::model::telephony::Command;
use crate::proto::EchoOption;
use uuid::Uuid;

const DURATION_MS: i32 = 180_000;

pub fn check(option: &EchoOption, checker: &mut Checker) {
    checker.number("duration", option.duration, 1..=i32::MAX);
}

pub fn begin(machine: &mut Machine, option: &EchoOption, call_id: Uuid) -> Turn {
    let duration_ms = option.duration.unwrap_or(DURATION_MS).into();
    let operation = machine.command(call_id, Command::Echo { duration_ms });
    Turn::wait(What::Media { operation, cut: false })
}
