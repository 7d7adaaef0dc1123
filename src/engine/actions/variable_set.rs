//! `variable_set`: writes one variable.

use super::Control;
use crate::engine::checker::Checker;
use crate::engine::machine::Machine;
use crate::engine::variables;
use crate::model::variables::{MAX_NAME, MAX_VALUE};
use crate::proto::VariableSetOption;
use std::collections::BTreeMap;

pub fn check(option: &VariableSetOption, checker: &mut Checker) {
    checker.required_text("key", &option.key, MAX_NAME);
    checker.text("value", &option.value, MAX_VALUE);
    if option.value.as_ref().is_some_and(|value| value.len() > MAX_VALUE && value.chars().count() <= MAX_VALUE) {
        checker.option("value", "expected at most 32 KiB");
    }
    if let Some(Err(problem)) = option.key.as_deref().map(variables::refuse_system) {
        checker.option("key", &problem);
    }
}

pub fn begin(machine: &mut Machine, option: &VariableSetOption) -> Control {
    let key = option.key.clone().unwrap_or_default();
    let value = option.value.clone().unwrap_or_default();
    match variables::set(machine, &BTreeMap::from([(key, value)])) {
        Ok(()) => Control::DONE,
        Err(limit) => Control::failed(limit),
    }
}
