//! `hold` and `unhold`: the remote party hears music or silence, or the call again.

use super::Control;
use crate::engine::machine::Machine;
use crate::engine::{calls, requests};
use crate::model::event::CallKind;
use crate::model::run::Leg;
use crate::model::telephony::OperationId;
use uuid::Uuid;

pub fn begin(machine: &mut Machine, call_id: Uuid, held: bool) -> Control {
    requests::hold(machine, call_id, held);
    Control::DONE
}

/// Handles a hold that the remote party refused: the call is as it was before. Returns false if the operation was no hold,
/// or not the last one of its call.
pub fn refused(machine: &mut Machine, operation: OperationId, error: &str) -> bool {
    let holds = |leg: &&mut Leg| leg.holding.is_some_and(|holding| holding.operation == operation);
    let Some(leg) = machine.run.legs.iter_mut().find(holds) else { return false };
    let Some(holding) = leg.holding.take() else { return false };
    leg.call.held = !holding.held;
    let call_id = leg.call.id;
    calls::emit(machine, call_id, CallKind::HoldRefused { error: error.to_owned() });
    true
}
