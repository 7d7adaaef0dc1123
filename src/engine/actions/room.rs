//! `conference_join` and `confbridge_join`: a room where calls hear one another, until the call leaves.

use super::{Control, target};
use crate::engine::checker::Checker;
use crate::engine::machine::Machine;
use crate::model::run::WaitKind;
use crate::model::telephony::Command;
use uuid::Uuid;

pub fn check(name: &str, id: &Option<String>, checker: &mut Checker) {
    checker.required_id(name, id);
}

/// Rooms are the customer's own: the same id of another customer is another room.
pub fn begin(machine: &mut Machine, id: &Option<String>, call_id: Uuid) -> Control {
    let (customer_id, room_id) = (machine.run.info.customer_id, target(id));
    let operation = machine.command(call_id, Command::Join { customer_id, room_id });
    Control::wait(WaitKind::Room { operation })
}
