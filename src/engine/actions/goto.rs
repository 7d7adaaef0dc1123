//! `goto`: jumps `loop_count` times in the life of its frame, then continues with the next action.

use super::{Control, target};
use crate::engine::checker::Checker;
use crate::engine::machine::Machine;
use crate::proto::GotoOption;

pub fn check(option: &GotoOption, checker: &mut Checker) {
    checker.required_id("target_id", &option.target_id);
    checker.required_number("loop_count", option.loop_count, 1..=10_000);
}

pub fn begin(machine: &mut Machine, option: &GotoOption) -> Control {
    let Some(frame) = machine.run.frames.last_mut() else { return Control::DONE };
    let jumps = frame.jumps.entry(frame.index).or_default();
    if *jumps >= option.loop_count.unwrap_or_default() as u32 {
        return Control::DONE;
    }
    *jumps += 1;
    Control::Jump(target(&option.target_id))
}
