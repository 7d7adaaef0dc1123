//! `hold` and `unhold`: the far end hears music or silence, or the call again.

use super::Turn;
use crate::engine::machine::Machine;
use crate::engine::requests;
use uuid::Uuid;

pub fn begin(machine: &mut Machine, call_id: Uuid, held: bool) -> Turn {
    requests::hold(machine, call_id, held);
    Turn::DONE
}
