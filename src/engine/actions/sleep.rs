//! `sleep`: waits on a durable timer, in every kind of flow.

use super::Control;
use crate::engine::checker::Checker;
use crate::engine::machine::Machine;
use crate::model::run::{Wait, WaitKind};
use crate::proto::SleepOption;

pub fn check(option: &SleepOption, checker: &mut Checker) {
    checker.required_number("duration", option.duration, 0..=i32::MAX);
}

pub fn begin(machine: &mut Machine, option: &SleepOption) -> Control {
    let due = machine.now.plus_ms(option.duration.unwrap_or_default().into());
    Control::Wait(Wait { kind: WaitKind::Sleep, due: Some(due) })
}
