//! `answer`: answers an incoming call.

use super::Turn;
use crate::engine::machine::Machine;
use crate::model::run::What;
use crate::model::telephony::Command;
use uuid::Uuid;

/// Nothing is to be done on a call that is answered, and on an outgoing one it is the far end's to answer.
pub fn begin(machine: &mut Machine, call_id: Uuid, ringing_in: bool) -> Turn {
    if !ringing_in {
        return Turn::DONE;
    }
    machine.command(call_id, Command::Answer);
    Turn::wait(What::Answer)
}
