//! The outbox: deliveries to send after the commit that requests them.

use super::Micros;
use uuid::Uuid;

/// A delivery, written in the same commit as the step that requests it. Its content and its destination are opaque
/// bytes to the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    pub id: Uuid,
    pub customer_id: Uuid,
    /// The activeflow that requested it; nil for none.
    pub activeflow_id: Uuid,
    /// The kind of delivery, a number of the application.
    pub kind: i32,
    /// Deliveries of one partition go to the same receiver. Partitions do not wait for each other.
    pub partition: i64,
    /// When it is tried for the first time.
    pub due: Micros,
    pub tm_create: Micros,
    pub body: Vec<u8>,
}

/// The state of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// It is tried when it is due.
    Waiting = 1,
    /// A server started it and may have died since: whether it was sent is unknown.
    Started = 2,
    Delivered = 3,
    /// It is not retried.
    Dead = 4,
}

/// A delivery read from the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredOutgoing {
    pub key: i64,
    pub outgoing: Outgoing,
    pub state: State,
    /// The number of tries since `since`.
    pub attempts: u32,
    /// When the current series of tries began: at its creation, or at its last redelivery.
    pub since: Micros,
    /// The receiver's last HTTP status; 0 for none.
    pub status: i32,
    /// The last error; empty for none.
    pub error: String,
    pub tm_update: Option<Micros>,
}

/// A change of a stored delivery. Fails with a conflict if the delivery is no longer in the expected state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    pub key: i64,
    pub expected: State,
    pub state: State,
    pub attempts: u32,
    pub due: Micros,
    pub since: Micros,
    pub status: i32,
    pub error: String,
    pub at: Micros,
}

impl StoredOutgoing {
    /// Returns a change to `state` that keeps the other values.
    pub fn settle(&self, state: State, at: Micros) -> Settled {
        Settled {
            key: self.key,
            expected: self.state,
            state,
            attempts: self.attempts,
            due: self.outgoing.due,
            since: self.since,
            status: self.status,
            error: self.error.clone(),
            at,
        }
    }
}

/// Filters of a list of deliveries; `None` and an empty list do not filter.
#[derive(Debug, Clone, Copy, Default)]
pub struct OutgoingFilter {
    pub kinds: &'static [i32],
    pub state: Option<State>,
    pub activeflow_id: Option<Uuid>,
}
