//! `sleep`: a durable timer, in every kind of flow.

use super::Turn;
use crate::engine::checker::Checker;
use crate::engine::machine::Machine;
use crate::model::run::{Wait, What};
use crate::proto::SleepOption;

pub fn check(option: &SleepOption, checker: &mut Checker) {
    checker.required_number("duration", option.duration, 0..=i32::MAX);
}

pub fn begin(machine: &mut Machine, option: &SleepOption) -> Turn {
    let due = machine.now.plus_ms(option.duration.unwrap_or_default().into());
    Turn::Wait(Wait { what: What::Sleep, due: Some(due) })
}
