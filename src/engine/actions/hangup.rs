//! `hangup`: hangs up and ends the activeflow.

use super::Control;
use crate::engine::checker::Checker;
use crate::engine::machine::Machine;
use crate::model::call::HangupReason;
use crate::model::event::Outcome;
use crate::proto::HangupOption;
use uuid::Uuid;

pub fn check(option: &HangupOption, checker: &mut Checker) {
    checker.one_of("reason", &option.reason, &HangupReason::ALL.map(HangupReason::word));
    checker.optional_id("reference_id", &option.reference_id);
}

/// Hangs up. With a reference, the reason is that of the referenced call of this activeflow, which must have ended.
pub fn begin(machine: &mut Machine, option: &HangupOption) -> Control {
    let reference = option.reference_id.as_deref().and_then(|id| Uuid::parse_str(id).ok()).filter(|id| !id.is_nil());
    if let Some(id) = reference {
        return match machine.run.leg(id).map(|leg| leg.call.hangup_reason) {
            Some(Some(reason)) => end(reason),
            Some(None) => Control::failed("the referenced call is not hung up"),
            None => Control::failed("the referenced call is not one of this activeflow"),
        };
    }
    let reason = option.reason.as_deref().and_then(HangupReason::from_word);
    end(reason.unwrap_or(HangupReason::Normal))
}

fn end(reason: HangupReason) -> Control {
    Control::End { outcome: Outcome::Done, hangup: Some(reason) }
}
