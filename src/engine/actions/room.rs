//! `conference_join` and `confbridge_join`: put the call into a room where calls hear one another, until the call
//! leaves.

use super::{Control, target};
use crate::engine::checker::Checker;
use crate::engine::machine::Machine;
use crate::model::run::WaitKind;
use crate::model::telephony::Command;
use uuid::Uuid;

pub fn check(name: &str, id: &Option<String>, checker: &mut Checker) {
    checker.required_id(name, id);
}

/// Joins a room. Rooms belong to a customer: the same id of another customer is a different room.
pub fn begin(machine: &mut Machine, id: &Option<String>, call_id: Uuid) -> Control {
    let (customer_id, room_id) = (machine.run.info.customer_id, target(id));
    let operation = machine.command(call_id, Command::Join { customer_id, room_id });
    Control::wait(WaitKind::Room { operation })
}
