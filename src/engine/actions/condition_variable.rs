//! `condition_variable`: continues if true, jumps if false.

use super::{Control, target};
use crate::engine::checker::Checker;
use crate::engine::machine::Machine;
use crate::engine::variables;
use crate::model::variables::MAX_VALUE;
use crate::proto::ConditionVariableOption;
use crate::proto::action::Option as Opt;
use std::borrow::Cow;
use std::cmp::Ordering;

pub const CONDITIONS: [&str; 6] = ["==", "!=", ">", ">=", "<", "<="];

pub fn check(option: &ConditionVariableOption, checker: &mut Checker) {
    checker.required_one_of("condition", &option.condition, &CONDITIONS);
    // At run time, an empty value is as valid as any other.
    match checker.on_save() {
        true => checker.required_text("variable", &option.variable, 5_000),
        false => checker.text("variable", &option.variable, MAX_VALUE),
    }
    checker.one_of("value_type", &option.value_type, &["string", "number", "length"]);
    checker.text("value_string", &option.value_string, 5_000);
    match option.value_type.as_deref() {
        Some("number") if option.value_number.is_none_or(|number| !number.is_finite()) => {
            checker.option("value_number", "expected a number to compare with")
        }
        Some("length") if option.value_length.is_none() => {
            checker.option("value_length", "expected a length to compare with")
        }
        _ => {}
    }
    checker.number("value_length", option.value_length, 0..=i32::MAX);
    checker.required_id("false_target_id", &option.false_target_id);
}

pub fn begin(machine: &mut Machine, option: &ConditionVariableOption) -> Control {
    let text = option.variable.as_deref().unwrap_or_default();
    let value = bare_name(machine, text).unwrap_or_else(|| text.to_owned());
    let order = match option.value_type.as_deref() {
        Some("number") => {
            let number = value.trim().parse::<f64>().ok();
            number.and_then(|number| number.partial_cmp(&option.value_number.unwrap_or_default()))
        }
        Some("length") => Some((value.chars().count() as i64).cmp(&option.value_length.unwrap_or_default().into())),
        _ => Some(value.as_str().cmp(option.value_string.as_deref().unwrap_or_default())),
    };
    match order.is_some_and(|order| holds(option.condition.as_deref().unwrap_or("=="), order)) {
        true => Control::DONE,
        false => Control::Jump(target(&option.false_target_id)),
    }
}

/// Returns the value of the variable `text` if the flow names the variable without `${…}`. Filled-in text is not looked
/// up again.
fn bare_name(machine: &Machine, text: &str) -> Option<String> {
    let Opt::ConditionVariable(written) = &machine.run.program.action(machine.run.current?).option else { return None };
    let bare = written.variable.as_deref() == Some(text);
    variables::lookup(machine.run, text).filter(|_| bare).map(Cow::into_owned)
}

/// Returns whether an actual value with this order relative to the expected one meets the condition.
pub fn holds(condition: &str, order: Ordering) -> bool {
    match condition {
        "==" => order.is_eq(),
        "!=" => order.is_ne(),
        ">" => order.is_gt(),
        ">=" => order.is_ge(),
        "<" => order.is_lt(),
        "<=" => order.is_le(),
        _ => false,
    }
}
