//! A call: one leg to one remote party, and the words of its life cycle.

use super::quality::Quality;
use super::time::Time;
use crate::proto;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Maximum number of calls that a call lists as made for it.
const MAX_CHAINED: usize = 1_000;
/// Number of most recent recordings that a call shows.
const MAX_RECORDINGS: usize = 1_000;
/// The longest cause, in characters.
const MAX_CAUSE: usize = 255;

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

impl AddressType {
    pub fn word(self) -> &'static str {
        match self {
            AddressType::Tel => "tel",
            AddressType::Sip => "sip",
            AddressType::Extension => "extension",
        }
    }
}

/// The address of a caller or a destination.
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
    /// We hung up after the answer and wait for the driver's confirmation.
    Terminating,
    /// We cancelled before the answer and wait for the driver's confirmation.
    Canceling,
    Hangup,
}

impl Status {
    pub const ALL: [Status; 6] = {
        use Status::*;
        [Dialing, Ringing, Progressing, Terminating, Canceling, Hangup]
    };

    pub fn word(self) -> &'static str {
        match self {
            Status::Dialing => "dialing",
            Status::Ringing => "ringing",
            Status::Progressing => "progressing",
            Status::Terminating => "terminating",
            Status::Canceling => "canceling",
            Status::Hangup => "hangup",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    Incoming,
    Outgoing,
}

impl Direction {
    pub fn word(self) -> &'static str {
        match self {
            Direction::Incoming => "incoming",
            Direction::Outgoing => "outgoing",
        }
    }
}

/// The side that ended a call.
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
    /// The remote party's timeout.
    Noanswer,
    /// We, or the caller, hung up before an answer.
    Cancel,
    /// Our own ring timeout.
    Dialout,
    /// The longest allowed call.
    Timeout,
    /// Anything else: rejected, unreachable, the node died.
    Failed,
    /// A machine answered, and the flow hangs up on machines.
    Amd,
}

impl HangupReason {
    pub const ALL: [HangupReason; 8] = {
        use HangupReason::*;
        [Normal, Busy, Noanswer, Cancel, Dialout, Timeout, Failed, Amd]
    };

    pub fn word(self) -> &'static str {
        match self {
            HangupReason::Normal => "normal",
            HangupReason::Busy => "busy",
            HangupReason::Noanswer => "noanswer",
            HangupReason::Cancel => "cancel",
            HangupReason::Dialout => "dialout",
            HangupReason::Timeout => "timeout",
            HangupReason::Failed => "failed",
            HangupReason::Amd => "amd",
        }
    }

    pub fn from_word(word: &str) -> Option<HangupReason> {
        HangupReason::ALL.into_iter().find(|reason| reason.word() == word)
    }
}

/// The direction of a mute, seen from the remote party's phone: `In` mutes what the remote party says, `Out` what it
/// hears.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MuteDirection {
    Both,
    In,
    Out,
}

/// Whether the remote party of an outgoing call sees who calls.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Privacy {
    #[default]
    None,
    /// The caller is anonymous (RFC 3323 `id`).
    Hidden,
}

impl Privacy {
    fn is_none(&self) -> bool {
        *self == Privacy::None
    }
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
    /// The running recording; nil for none.
    #[serde(default)]
    pub recording_id: Uuid,
    #[serde(default)]
    pub recording_ids: Vec<Uuid>,
    #[serde(default)]
    pub muted: Option<MuteDirection>,
    #[serde(default)]
    pub held: bool,
    #[serde(default)]
    pub hangup_by: Option<HangupBy>,
    #[serde(default)]
    pub hangup_reason: Option<HangupReason>,
    /// The SIP status that ended or refused the call; 0 if there is none.
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
    #[serde(default, skip_serializing_if = "Privacy::is_none")]
    pub privacy: Privacy,
    /// Why the call ended, in words: the phrase of the SIP status, or what the remote party gives as the reason. Often
    /// empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub cause: String,
    /// Of a call that has ended and had media.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quality: Option<Box<Quality>>,
}

impl Address {
    /// Reads and checks an address of a request. `Err` lists each invalid field and what was expected; it is never
    /// empty.
    pub fn from_proto(address: &proto::Address) -> Result<Address, Vec<(&'static str, String)>> {
        let (mut kind, mut wrong) = (AddressType::Tel, Vec::new());
        let target = address.target.as_str();
        let well = match address.r#type.as_str() {
            "tel" => is_e164(target).then_some(AddressType::Tel).ok_or("a number in E.164: + and 7 to 15 digits"),
            "sip" => is_sip(target).then_some(AddressType::Sip).ok_or("user@host or user@host:port"),
            "extension" => is_name(target)
                .then_some(AddressType::Extension)
                .ok_or("the name of an endpoint: 1 to 64 of A-Z a-z 0-9 . _ -"),
            _ => {
                wrong.push(("type", "expected \"tel\", \"sip\" or \"extension\"".to_owned()));
                Ok(kind)
            }
        };
        match well {
            Ok(well) => kind = well,
            Err(expected) => wrong.push(("target", format!("expected {expected}"))),
        }
        let texts = [
            ("target_name", &address.target_name, 255),
            ("name", &address.name, 255),
            ("detail", &address.detail, 1_000),
        ];
        for (field, text, most) in texts {
            if text.chars().count() > most || text.contains('\0') {
                wrong.push((field, format!("expected at most {most} characters, none of them NUL")));
            }
        }
        if !wrong.is_empty() {
            return Err(wrong);
        }
        Ok(Address {
            kind,
            target: target.to_owned(),
            target_name: address.target_name.clone(),
            name: address.name.clone(),
            detail: address.detail.clone(),
        })
    }
}

pub fn is_e164(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or_default();
    (7..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_sip(text: &str) -> bool {
    let Some((user, host)) = text.split_once('@') else { return false };
    let (host, port) = host.rsplit_once(':').unwrap_or((host, "5060"));
    let user_well = !user.is_empty() && user.bytes().all(|byte| byte.is_ascii_graphic() && !b"<>\"@;?".contains(&byte));
    let host_well =
        !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-[]:".contains(&byte));
    text.len() <= 255 && user_well && host_well && port.parse::<u16>().is_ok_and(|port| port > 0)
}

fn is_name(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
}

impl Call {
    /// Returns a call with default fields: a base for struct updates.
    pub fn blank() -> Call {
        let nobody = Address {
            kind: AddressType::Tel,
            target: String::new(),
            target_name: String::new(),
            name: String::new(),
            detail: String::new(),
        };
        Call {
            id: Uuid::nil(),
            source: nobody.clone(),
            destination: nobody,
            direction: Direction::Outgoing,
            status: Status::Dialing,
            master_call_id: Uuid::nil(),
            chained_call_ids: Vec::new(),
            recording_id: Uuid::nil(),
            recording_ids: Vec::new(),
            muted: None,
            held: false,
            hangup_by: None,
            hangup_reason: None,
            sip_code: 0,
            tm_create: Time::default(),
            tm_update: None,
            tm_ringing: None,
            tm_progressing: None,
            tm_hangup: None,
            tm_delete: None,
            privacy: Privacy::None,
            cause: String::new(),
            quality: None,
        }
    }

    /// Adds a call that was made for this one; drops the oldest entry when there are too many.
    pub fn chain(&mut self, call_id: Uuid) {
        if self.chained_call_ids.len() >= MAX_CHAINED {
            self.chained_call_ids.remove(0);
        }
        self.chained_call_ids.push(call_id);
    }

    /// Adds a recording; drops the oldest entry when there are too many.
    pub fn record(&mut self, recording_id: Uuid) {
        if self.recording_ids.len() >= MAX_RECORDINGS {
            self.recording_ids.remove(0);
        }
        self.recording_ids.push(recording_id);
    }

    /// Sets the cause, which may come from a remote party: it is bounded and has no control characters.
    pub fn set_cause(&mut self, cause: &str) {
        self.cause = cause.chars().filter(|c| !c.is_control()).take(MAX_CAUSE).collect();
    }

    /// Returns whether the call is answered and not hung up.
    pub fn is_up(&self) -> bool {
        self.status == Status::Progressing
    }

    /// Returns whether the driver still holds the call: its `hangup` has not arrived.
    pub fn is_alive(&self) -> bool {
        self.status != Status::Hangup
    }
}
