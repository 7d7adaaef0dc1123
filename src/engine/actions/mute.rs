//! `mute` and `unmute`: mute and unmute one direction of a call or both.

use super::Control;
use crate::engine::checker::Checker;
use crate::engine::machine::Machine;
use crate::engine::requests;
use crate::model::call::MuteDirection;
use uuid::Uuid;

pub fn check(direction: &Option<String>, checker: &mut Checker) {
    checker.one_of("direction", direction, &["both", "in", "out"]);
}

pub fn begin(machine: &mut Machine, direction: &Option<String>, call_id: Uuid, mute: bool) -> Control {
    let direction = match direction.as_deref() {
        Some("in") => MuteDirection::In,
        Some("out") => MuteDirection::Out,
        _ => MuteDirection::Both,
    };
    match mute {
        true => requests::mute(machine, call_id, direction),
        false => requests::unmute(machine, call_id, direction),
    }
    Control::DONE
}
