//! The port to a telephone network. `simulated` is phones without one.
//!
//! A driver holds calls and obeys commands; it decides nothing. Everything it has to tell goes into one bounded channel,
//! in order per call. Each call ends with exactly one `Hangup` signal, and a command to a call that the driver does not
//! hold is answered with [`Gone`]. A command that was taken but cannot be done (a bridge to a call that is not up) is
//! told as [`Signal::Finished`] with an error, whatever signal its success would have been; only a recording that cannot be
//! made is told as [`Signal::Recorded`], like one that fails later.

pub mod simulated;

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
    /// operation id where the command says so. It never waits for the signals to be read, so the reader may call it.
    ///
    /// A `Dial` is [`Gone`] when the driver does not take the call: it holds as many as it may, it is closed, or it
    /// holds that call already. No signal follows from the refused one.
    async fn perform(&self, call_id: Uuid, operation: OperationId, command: Command) -> Result<(), Gone>;

    /// The calls that the driver holds.
    fn held(&self) -> Vec<Uuid>;

    /// Ends every call at once and tells no more.
    async fn close(&self);
}

/// Why a far end did not do what it was told to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("the call is gone")]
    Gone,
    /// As many calls are held as may be.
    #[error("too many calls are held")]
    TooManyCalls,
    /// What was asked cannot be done, and why, in plain words.
    #[error("{0}")]
    Invalid(String),
}

impl From<Gone> for Refused {
    fn from(_: Gone) -> Refused {
        Refused::Gone
    }
}

/// The far ends of simulated telephony, for those who play them: SimulatorService.
#[async_trait]
pub trait Simulator: Send + Sync {
    /// What is wrong with such a script, as [`set_callee`](Simulator::set_callee) tells it.
    fn check_script(&self, script: &str) -> Result<(), String>;
    /// Says what a number does when a call of this customer reaches it, from the next call on. `Err` has a line for each line
    /// of the script that cannot be read: its number, and what was expected.
    fn set_callee(&self, customer_id: Uuid, number: &str, script: &str) -> Result<(), String>;
    /// A far end calls in: from now on the driver holds this call, unanswered. The caller's number behaves like a callee
    /// of that number once it is answered.
    async fn incoming(&self, customer_id: Uuid, call_id: Uuid, source: &str) -> Result<(), Refused>;
    /// The far end presses keys, one after the other. Returns when they are in its fingers, not when they are pressed.
    async fn digits(&self, call_id: Uuid, digits: &str) -> Result<(), Refused>;
    /// The far end hangs up (or, before the answer, gives up an incoming call or declines an outgoing one).
    async fn hangup(&self, call_id: Uuid) -> Result<(), Gone>;
}
