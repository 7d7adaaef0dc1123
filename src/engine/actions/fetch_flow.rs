//! `fetch_flow`: runs another flow's current revision inside this one.

use super::{Control, target};
use crate::engine::checker::Checker;
use crate::engine::machine::Machine;
use crate::model::run::WaitKind;
use crate::proto::FetchFlowOption;

pub fn check(option: &FetchFlowOption, checker: &mut Checker) {
    checker.required_id("flow_id", &option.flow_id);
}

/// The flow may not be at hand, so that loading it is a wait of its own.
pub fn begin(machine: &mut Machine, option: &FetchFlowOption) -> Control {
    let flow_id = target(&option.flow_id);
    let operation = machine.load(flow_id);
    Control::wait(WaitKind::Load { operation, flow_id })
}
