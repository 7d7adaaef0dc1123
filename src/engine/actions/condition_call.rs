//! `condition_call_digits` and `condition_call_status`: continue if true, jump if false.

use super::{Control, target};
use crate::engine::checker::Checker;
use crate::engine::machine::Machine;
use crate::engine::variables;
use crate::model::call::Status;
use crate::proto::{ConditionCallDigitsOption, ConditionCallStatusOption};

pub fn check_digits(option: &ConditionCallDigitsOption, checker: &mut Checker) {
    checker.number("length", option.length, 0..=crate::engine::MAX_DIGITS as i32);
    checker.keys("key", &option.key, 1..=16);
    if option.length.is_none_or(|length| length == 0) && option.key.as_deref().is_none_or(str::is_empty) {
        checker.option("length", "expected a length, keys, or both");
    }
    checker.required_id("false_target_id", &option.false_target_id);
}

/// Checks the digits so far: the last collected ones and those that no action has read yet.
pub fn begin_digits(machine: &mut Machine, option: &ConditionCallDigitsOption) -> Control {
    let collected = variables::lookup(machine.run, "voipbin.call.digits").unwrap_or_default();
    let digits = format!("{collected}{}", machine.run.digits);
    let long = option.length.is_some_and(|length| length > 0 && digits.len() >= length as usize);
    let pressed = option.key.as_deref().is_some_and(|keys| digits.chars().any(|digit| keys.contains(digit)));
    decide(long || pressed, &option.false_target_id)
}

pub fn check_status(option: &ConditionCallStatusOption, checker: &mut Checker) {
    checker.required_one_of("status", &option.status, &Status::ALL.map(Status::word));
    checker.required_id("false_target_id", &option.false_target_id);
}

pub fn begin_status(machine: &mut Machine, option: &ConditionCallStatusOption) -> Control {
    let is = machine.run.call().map(|call| call.status.word());
    decide(is == option.status.as_deref(), &option.false_target_id)
}

fn decide(holds: bool, false_target_id: &Option<String>) -> Control {
    if holds { Control::DONE } else { Control::Jump(target(false_target_id)) }
}
