//! `answer`: answers an incoming call.

use super::Control;
use crate::engine::calls;
use crate::engine::machine::Machine;
use crate::model::run::WaitKind;
use uuid::Uuid;

/// Answers the call. Does nothing on a call that is already answered or on an outgoing call, which the remote party
/// answers.
pub fn begin(machine: &mut Machine, call_id: Uuid) -> Control {
    match calls::answer(machine, call_id) {
        Some(operation) => Control::wait(WaitKind::Answer { operation }),
        None => Control::DONE,
    }
}
