//! The port to a telephone network. `simulated` implements it with phones in memory.
//!
//! A driver holds calls and carries out commands; it makes no decisions. It reports everything through one bounded
//! channel, in order per call. Each call ends with exactly one `Hangup` signal. A command to a call that the driver
//! does not hold returns [`Gone`]. A command that was accepted but cannot be carried out (a bridge to a call that has
//! no media) is reported as [`Signal::Finished`] with an error, whatever signal its success would have been. The
//! exception is a recording that cannot be made: it is reported as [`Signal::Recorded`], like one that fails later.
//!
//! Incoming calls have a bounded channel of their own ([`offers`]). A driver never waits for it: it refuses a call that
//! finds the channel full with 503.
//!
//! A driver also keeps these rules:
//!
//! - An incoming call that is hung up before it is answered is refused with the status of [`codes::status_for`]. The
//!   reason of a call that its remote party refused is that of [`codes::reason_of`], with the status and its phrase.
//! - A play is finished when all of it is sent. One that cannot be played is finished with an error, and the call
//!   continues.
//! - While a remote party is held or has put us on hold, it hears nothing that we play, and nobody hears it. A mute
//!   `out` does the first, a mute `in` the second. Keys count nevertheless, and a play takes its time.

pub mod both;
pub mod codes;
pub mod directory;
pub mod disk;
pub mod media;
pub mod offers;
pub mod recording;
pub mod simulated;
pub mod sip;
pub mod sounds;
pub mod trace;

use crate::model::call::Address;
use crate::model::telephony::{Command, OperationId, Signal};
use async_trait::async_trait;
use offers::{OfferKey, Refusal};
use uuid::Uuid;

/// A signal from the driver about one of its calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallSignal {
    pub call_id: Uuid,
    pub signal: Signal,
}

/// The driver does not hold that call, or no longer does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the call is gone")]
pub struct Gone;

#[async_trait]
pub trait Telephony: Send + Sync {
    /// Passes a command to the driver. Returns when the driver has accepted it, not when it is done: completion is
    /// reported by a signal with this operation id for those commands that have one. It never waits for the signals to
    /// be read, so the task that reads them may call it.
    ///
    /// A `Dial` returns [`Gone`] when the driver does not accept the call: it holds the maximum number of calls, it is
    /// closed, or it already holds that call. No signal follows a refused `Dial`.
    async fn perform(&self, call_id: Uuid, operation: OperationId, command: Command) -> Result<(), Gone>;

    /// Takes an offered call for a customer: from now on the driver holds it under this id, unanswered; the caller hears it ring, and its
    /// signals follow. [`Gone`]: the offer was dropped meanwhile, because the caller has given up or nobody decided in
    /// time, or the driver does not accept the call for the reasons that a `Dial` has.
    async fn take(&self, offer: OfferKey, customer_id: Uuid, call_id: Uuid) -> Result<(), Gone>;

    /// Refuses an offered call. Does nothing if the offer was dropped meanwhile.
    async fn refuse(&self, offer: OfferKey, refusal: Refusal);

    /// Returns the calls that the driver holds.
    fn held(&self) -> Vec<Uuid>;

    /// Ends every call at once, drops all offers, and sends no further signals.
    async fn close(&self);
}

/// The reason why a remote party did not carry out a request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("the call is gone")]
    Gone,
    /// The driver holds the maximum number of calls.
    #[error("there are too many calls")]
    TooManyCalls,
    /// The request is invalid; the text gives the reason.
    #[error("{0}")]
    Invalid(String),
}

impl From<Gone> for Refused {
    fn from(_: Gone) -> Refused {
        Refused::Gone
    }
}

/// The remote parties of simulated telephony, as SimulatorService controls them.
#[async_trait]
pub trait Simulator: Send + Sync {
    /// Checks a script and returns the error that [`set_callee`](Simulator::set_callee) would return.
    fn check_script(&self, script: &str) -> Result<(), String>;
    /// Sets the script that a number follows when a call of this customer reaches it, from the next call on. `Err` has
    /// a line for each line of the script that cannot be parsed: its number, and what was expected.
    fn set_callee(&self, customer_id: Uuid, number: &str, script: &str) -> Result<(), String>;
    /// Returns whether a number has a script for this customer, of its own or a built-in one.
    fn knows(&self, customer_id: Uuid, number: &str) -> bool;
    /// Lets a remote party call: the driver offers the call, with this ticket. Once the call is taken and answered, the
    /// caller follows the script of its number.
    async fn call(
        &self,
        customer_id: Uuid,
        ticket: u64,
        source: Address,
        destination: Address,
    ) -> Result<OfferKey, Refused>;
    /// Lets the remote party of an offered call give up.
    fn give_up(&self, offer: OfferKey) -> Result<(), Gone>;
    /// Lets the remote party press keys, one after the other. Returns when the keys are queued, not when they have been
    /// pressed.
    async fn digits(&self, call_id: Uuid, digits: &str) -> Result<(), Refused>;
    /// Lets the remote party hang up. Before the call is answered, this cancels an incoming call or rejects an outgoing
    /// one.
    async fn hangup(&self, call_id: Uuid) -> Result<(), Gone>;
}
