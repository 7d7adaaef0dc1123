//! What goes outside after the commit that asks for it.

use super::Micros;
use uuid::Uuid;

/// Something to be sent, written by the same commit as the step that asks for it. What is sent and where to are bytes to
/// the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    pub id: Uuid,
    pub customer_id: Uuid,
    /// The activeflow that it is about; nil for none.
    pub activeflow_id: Uuid,
    /// The app's number of what it is.
    pub kind: i32,
    /// What shares a lane goes to the same receiver, and waits for no other lane.
    pub partition: i64,
    /// Tried for the first time then.
    pub due: Micros,
    pub tm_create: Micros,
    pub body: Vec<u8>,
}

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// To be tried when it is due.
    Waiting = 1,
    /// Begun, by a server that may have died since: nobody knows whether it went out.
    Started = 2,
    Delivered = 3,
    /// Not tried any more.
    Dead = 4,
}

/// One read back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredOutgoing {
    pub key: i64,
    pub outgoing: Outgoing,
    pub state: State,
    /// How often it was tried since `since`.
    pub attempts: u32,
    /// When its trying began: its creation, or its last redelivery.
    pub since: Micros,
    /// What the receiver answered last, an HTTP status; 0: nothing.
    pub status: i32,
    /// What went wrong last; "" for nothing.
    pub error: String,
    pub tm_update: Option<Micros>,
}

/// What becomes of one that is there. Refused with a conflict where it is not in the expected state any more.
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
    /// As it stands, to be changed from here.
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

/// Filters of a list; `None` and nothing leave the column free.
#[derive(Debug, Clone, Copy, Default)]
pub struct OutgoingFilter {
    pub kinds: &'static [i32],
    pub state: Option<State>,
    pub activeflow_id: Option<Uuid>,
}
