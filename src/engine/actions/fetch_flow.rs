//! `fetch_flow`: runs another flow's current revision inside this one.

use super::{Control, target};
use crate::engine::checker::Checker;
use crate::engine::machine::Machine;
use crate::model::run::WaitKind;
use crate::proto::FetchFlowOption;

pub fn check(option: &FetchFlowOption, checker: &mut Checker) {
    checker.required_id("flow_id", &option.flow_id);
}

/// Loads the flow. Loading is a separate wait because the flow may not be in memory.
pub fn begin(machine: &mut Machine, option: &FetchFlowOption) -> Control {
    let flow_id = target(&option.flow_id);
    let operation = machine.load(flow_id);
    Control::wait(WaitKind::Load { operation, flow_id })
}
