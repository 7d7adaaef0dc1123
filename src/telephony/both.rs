//! Simulated phones next to real ones: numbers with a script are simulated, whatever the routes say, so that development,
//! demos and tests continue on a server that makes real calls.

use super::offers::{OfferKey, Refusal};
use super::{Gone, Simulator, Telephony};
use crate::model::telephony::{Command, OperationId};
use async_trait::async_trait;
use std::sync::Arc;
use uuid::Uuid;

/// The bit that the keys of real offers have, and those of simulated ones do not.
const REAL: u64 = 1 << 63;

/// Why a bridge is refused.
const NOT_JOINED: &str = "a simulated phone and a real one cannot be joined";

/// A driver next to another one.
pub trait Side: Telephony {
    /// Returns whether the driver holds a call.
    fn holds(&self, call_id: Uuid) -> bool;

    /// Reports a command as finished with an error, in order with the other signals of the call.
    fn fail(&self, call_id: Uuid, operation: OperationId, error: &str) -> Result<(), Gone>;
}

/// Two drivers as one.
pub struct Both<S, R> {
    simulated: Arc<S>,
    real: Arc<R>,
}

impl<S: Side + Simulator, R: Side> Both<S, R> {
    pub fn new(simulated: Arc<S>, real: Arc<R>) -> Both<S, R> {
        Both { simulated, real }
    }

    /// Returns the driver of a call, and the other one.
    fn sides(&self, simulated: bool) -> (&dyn Side, &dyn Side) {
        match simulated {
            true => (&*self.simulated, &*self.real),
            false => (&*self.real, &*self.simulated),
        }
    }
}

#[async_trait]
impl<S: Side + Simulator, R: Side> Telephony for Both<S, R> {
    async fn perform(&self, call_id: Uuid, operation: OperationId, command: Command) -> Result<(), Gone> {
        let simulated = match &command {
            Command::Dial { customer_id, destination, .. } => self.simulated.knows(*customer_id, &destination.target),
            _ => self.simulated.holds(call_id),
        };
        let (own, other) = self.sides(simulated);
        match command {
            Command::Dial { .. } if other.holds(call_id) => Err(Gone),
            Command::Bridge { other: partner } if other.holds(partner) => own.fail(call_id, operation, NOT_JOINED),
            command => own.perform(call_id, operation, command).await,
        }
    }

    async fn take(&self, offer: OfferKey, customer_id: Uuid, call_id: Uuid) -> Result<(), Gone> {
        let (own, other) = self.sides(offer.0 & REAL == 0);
        match other.holds(call_id) {
            true => Err(Gone),
            false => own.take(offer, customer_id, call_id).await,
        }
    }

    async fn refuse(&self, offer: OfferKey, refusal: Refusal) {
        self.sides(offer.0 & REAL == 0).0.refuse(offer, refusal).await;
    }

    fn held(&self) -> Vec<Uuid> {
        [self.simulated.held(), self.real.held()].concat()
    }

    async fn close(&self) {
        tokio::join!(self.simulated.close(), self.real.close());
    }
}

#[cfg(test)]
#[path = "both_tests.rs"]
mod tests;
