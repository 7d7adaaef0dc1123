//! The port to a telephone network. `simulated.rs` is phones without one.
//!
//! A driver holds calls and obeys commands; it decides nothing. Everything it has to tell goes into one bounded channel,
//! in order per call. Each call ends with exactly one `Hangup` signal, and a command to a call that the driver does not
//! hold is answered with [`Gone`].

use crate::model::telephony::{Command, OperationId, Signal};
use async_trait::async_trait;
use uuid::Uuid;

/// What a driver tells of one of its calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallSignal {
    pub call_id: Uuid,
    pub signal: Signal,
}

/// The driver does not hold that call (any more).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the call is gone")]
pub struct Gone;

#[async_trait]
pub trait Telephony: Send + Sync {
    /// Hands a command over. Returns when the driver has taken it, not when it is done: that comes as a signal with this
    /// operation id where the command says so.
    async fn perform(&self, call_id: Uuid, operation: OperationId, command: Command) -> Result<(), Gone>;

    /// The calls that the driver holds.
    fn held(&self) -> Vec<Uuid>;

    /// Ends every call at once and tells no more.
    async fn close(&self);
}

/// The far ends of simulated telephony, for those who play them: SimulatorService.
#[async_trait]
pub trait Simulator: Send + Sync {
    /// Says what a number does when a call of this customer reaches it. `Err` names the line and what was expected.
    fn set_callee(&self, customer_id: Uuid, number: &str, script: &str) -> Result<(), String>;
    /// A far end calls in: from now on the driver holds this call, unanswered. The caller's number behaves like a callee
    /// of that number once it is answered.
    async fn incoming(&self, customer_id: Uuid, call_id: Uuid, source: &str);
    /// The far end presses keys, one after the other.
    async fn digits(&self, call_id: Uuid, digits: &str) -> Result<(), Gone>;
    /// The far end hangs up (or, before the answer of an incoming call, gives up).
    async fn hangup(&self, call_id: Uuid) -> Result<(), Gone>;
}
