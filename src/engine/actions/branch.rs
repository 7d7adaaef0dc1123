//! `branch`: jumps by a variable's value.

use super::Control;
use crate::engine::checker::Checker;
use crate::engine::machine::Machine;
use crate::engine::variables;
use crate::proto::BranchOption;
use uuid::Uuid;

/// The keys that the remote party pressed last.
const DEFAULT_VARIABLE: &str = "voipbin.call.digits";

pub fn check(option: &BranchOption, checker: &mut Checker) {
    checker.text("variable", &option.variable, 256);
    checker.optional_id("default_target_id", &option.default_target_id);
    if option.target_ids.is_empty() && option.default_target_id.is_none() {
        checker.option("target_ids", "expected at least one value and its target");
    }
    for (value, target) in &option.target_ids {
        checker.id(&format!("target_ids.{value}"), target);
    }
}

/// Jumps by the variable's value and clears it, so that the next `branch` does not act on the same keys. Without a
/// match and a default, continues with the next action.
pub fn begin(machine: &mut Machine, option: &BranchOption) -> Control {
    let name = option.variable.as_deref().filter(|name| !name.is_empty()).unwrap_or(DEFAULT_VARIABLE);
    let value = variables::lookup(machine.run, name).unwrap_or_default().into_owned();
    if machine.run.variables.get(name).is_some_and(|value| !value.is_empty()) {
        machine.set_system(&[(name, "")]);
    }
    let chosen = option.target_ids.get(&value).or(option.default_target_id.as_ref());
    match chosen.and_then(|id| Uuid::parse_str(id).ok()) {
        Some(target) if !target.is_nil() => Control::Jump(target),
        _ => Control::DONE,
    }
}
