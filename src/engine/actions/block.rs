//! `block`: waits until an API request continues the activeflow.

use super::Control;
use crate::engine::checker::Checker;
use crate::engine::machine::Machine;
use crate::model::event::Kind;
use crate::model::run::{Wait, WaitKind};
use crate::proto::BlockOption;

pub fn check(option: &BlockOption, checker: &mut Checker) {
    checker.number("timeout_ms", option.timeout_ms, 1..=i32::MAX);
}

pub fn begin(machine: &mut Machine, option: &BlockOption) -> Control {
    machine.event(Kind::Blocked);
    let due = option.timeout_ms.map(|ms| machine.now.plus_ms(ms.into()));
    Control::Wait(Wait { kind: WaitKind::Block, due })
}
