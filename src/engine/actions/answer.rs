//! `answer`: answers an incoming call.

use super::Control;
use crate::engine::calls;
use crate::engine::machine::Machine;
use crate::model::run::WaitKind;
use uuid::Uuid;

/// Nothing is to be done on a call that is answered, and on an outgoing one it is the far end's to answer.
pub fn begin(machine: &mut Machine, call_id: Uuid) -> Control {
    match calls::answer(machine, call_id) {
        Some(operation) => Control::wait(WaitKind::Answer { operation }),
        None => Control::DONE,
    }
}
