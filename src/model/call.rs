//! A call: one leg to one far end, and its life cycle's words.

use super::time::Time;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AddressType {
    /// E.164: `+` and 7 to 15 digits.
    Tel,
    /// `user@host[:port]`.
    Sip,
    /// A registered endpoint.
    Extension,
}

/// Who calls or is called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    pub kind: AddressType,
    pub target: String,
    #[serde(default)]
    pub target_name: String,
    #[serde(default)]
    pub name: String,
    #[serde(default)]
    pub detail: String,
}

/// `dialing → ringing → progressing → terminating → hangup`, or `dialing/ringing → canceling → hangup`. Forward only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Dialing,
    Ringing,
    Progressing,
    /// We hung up after the answer and wait for the far end to be gone.
    Terminating,
    /// We gave up before the answer and wait for the far end to be gone.
    Canceling,
    Hangup,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    Incoming,
    Outgoing,
}

/// Which side ended a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HangupBy {
    Local,
    Remote,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HangupReason {
    /// Answered, then either side hung up.
    Normal,
    Busy,
    /// The far end's time-out.
    Noanswer,
    /// We gave up before an answer, or the caller did.
    Cancel,
    /// Our own ring time-out.
    Dialout,
    /// The longest allowed call, or no media.
    Timeout,
    /// Anything else: rejected, unreachable, the node died.
    Failed,
    /// A machine answered, and the flow says hang up.
    Amd,
}

/// Which way something is muted, seen from the far end's phone: `In` is what it says, `Out` what it hears.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MuteDirection {
    Both,
    In,
    Out,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    pub id: Uuid,
    pub source: Address,
    pub destination: Address,
    pub direction: Direction,
    pub status: Status,
    /// The call whose flow dialled this one; nil for the call that runs the flow.
    #[serde(default)]
    pub master_call_id: Uuid,
    #[serde(default)]
    pub chained_call_ids: Vec<Uuid>,
    #[serde(default)]
    pub muted: Option<MuteDirection>,
    #[serde(default)]
    pub held: bool,
    #[serde(default)]
    pub hangup_by: Option<HangupBy>,
    #[serde(default)]
    pub hangup_reason: Option<HangupReason>,
    /// Final SIP status code; 0 without SIP.
    #[serde(default)]
    pub sip_code: u16,
    pub tm_create: Time,
    #[serde(default)]
    pub tm_update: Option<Time>,
    #[serde(default)]
    pub tm_ringing: Option<Time>,
    #[serde(default)]
    pub tm_progressing: Option<Time>,
    #[serde(default)]
    pub tm_hangup: Option<Time>,
    #[serde(default)]
    pub tm_delete: Option<Time>,
}

impl Call {
    /// The far end has answered and nobody has hung up.
    pub fn is_up(&self) -> bool {
        self.status == Status::Progressing
    }

    /// The driver still holds it: its `hangup` has not come.
    pub fn is_alive(&self) -> bool {
        self.status != Status::Hangup
    }
}
