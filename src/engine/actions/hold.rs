//! `hold` and `unhold`: the remote party hears music or silence, or the call again.

use super::Control;
use crate::engine::machine::Machine;
use crate::engine::requests;
use uuid::Uuid;

pub fn begin(machine: &mut Machine, call_id: Uuid, held: bool) -> Control {
    requests::hold(machine, call_id, held);
    Control::DONE
}
