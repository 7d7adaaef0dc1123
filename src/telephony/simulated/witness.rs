//! What remote parties perceive of their calls: for tests, which hold every driver to the same.

use crate::telephony::offers::{OfferKey, Refusal};
use uuid::Uuid;

/// What a remote party is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// Who calls; None if the caller is anonymous.
    Caller(Option<String>),
    /// The status of a response to its call: 183 or a refusal.
    Status(u16),
    Held(bool),
}

/// Sees and hears what remote parties do. It is called under the lock of the exchange, and must not wait.
pub trait Witness: Send + Sync {
    /// From now on a remote party hears these sounds at the same time.
    fn hears(&self, call_id: Uuid, sounds: Vec<String>);
    fn sees(&self, call_id: Uuid, shown: Shown);
    /// A call was refused before it had an id.
    fn refused(&self, offer: OfferKey, refusal: Refusal);
}
