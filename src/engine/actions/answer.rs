//! `answer`: answers an incoming call.

use super::Turn;
use crate::engine::calls;
use crate::engine::machine::Machine;
use crate::model::run::What;
use uuid::Uuid;

/// Nothing is to be done on a call that is answered, and on an outgoing one it is the far end's to answer.
pub fn begin(machine: &mut Machine, call_id: Uuid) -> Turn {
    match calls::answer(machine, call_id) {
        Some(operation) => Turn::wait(What::Answer { operation }),
        None => Turn::DONE,
    }
}
