//! A run: one activeflow, its call and the legs that it dials. One state, one revision, one log, one owner.

use super::call::{Address, Call, HangupReason};
use super::outcome::Outcome;
use super::outgoing::HttpRequest;
use super::program::{ActionRef, Program};
use super::recording::Recording;
use super::telephony::OperationId;
use super::time::Time;
use super::variables::Variables;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, VecDeque};
use uuid::Uuid;

/// The last actions that an activeflow shows as executed.
pub const MAX_EXECUTED: usize = 100;
/// Calls that are gone and still stand in the state, for actions that refer to them.
pub const MAX_GONE_LEGS: usize = 64;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Running,
    Ended,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReferenceType {
    Call,
    Sms,
    Api,
}

impl ReferenceType {
    pub fn word(self) -> &'static str {
        match self {
            ReferenceType::Call => "call",
            ReferenceType::Sms => "sms",
            ReferenceType::Api => "api",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    Finished,
    Stopped,
    Hangup,
    Failed,
    Limit,
}

/// What never changes of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunInfo {
    /// The activeflow's id.
    pub id: Uuid,
    pub customer_id: Uuid,
    pub flow_id: Uuid,
    pub flow_revision: u32,
    pub reference_type: ReferenceType,
    /// Nil when the API started it.
    pub reference_id: Uuid,
    /// The activeflow whose end started this one; nil for none.
    pub reference_activeflow_id: Uuid,
    /// The flow to run when this one is complete; nil for none.
    pub on_complete_flow_id: Uuid,
    /// How many activeflows of its on_complete chain came before.
    pub complete_count: u32,
    pub webhook_uri: String,
    pub webhook_method: String,
    pub tm_create: Time,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Run {
    #[serde(rename = "head")]
    pub info: RunInfo,
    /// Counts the transitions; every commit compares it.
    pub revision: u64,
    pub status: Status,
    pub end_reason: Option<EndReason>,
    pub error: String,
    pub program: Program,
    /// Innermost last; empty once the activeflow has ended.
    pub frames: Vec<Frame>,
    /// The action that runs, or the last one that did.
    pub current: Option<ActionRef>,
    /// When the current action began.
    pub tm_action: Time,
    /// Where a jump leads; nil for none.
    pub forward_id: Uuid,
    pub wait: Option<Wait>,
    /// Slots of lists pushed from outside that run when the current action is over, first to run first.
    pub pushed: VecDeque<u16>,
    pub executed: VecDeque<ActionRef>,
    /// All actions that ran.
    pub executed_count: u32,
    /// Actions that ran since the last wait.
    pub immediate_count: u32,
    /// Keys that no action has read yet.
    pub digits: String,
    pub legs: Vec<Leg>,
    /// The last operation id given out.
    pub operation: OperationId,
    /// Flows that are to begin after this one or after a recording: they are being loaded.
    #[serde(rename = "following")]
    pub pending_flows: Vec<PendingFlow>,
    /// The detection that the driver was asked for.
    #[serde(default)]
    pub detecting: Option<Detecting>,
    /// The recording that runs.
    #[serde(default)]
    pub recording: Option<Box<Recording>>,
    /// Runs whose calls end with this one's.
    #[serde(default)]
    pub chained: Vec<Chained>,
    /// How the last action ended: `${voipbin.action.outcome}` and `${voipbin.action.error}`. Not among the variables, which
    /// would change with every action then.
    pub outcome: Option<Outcome>,
    pub tm_update: Option<Time>,
    pub tm_delete: Option<Time>,
    pub variables: Variables,
}

/// A list of actions being run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Frame {
    pub slot: u16,
    /// The action that this frame is at.
    pub place: u16,
    /// That action has not begun: a list pushed from outside runs before it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ahead: bool,
    /// Jumps done by each goto, by its place, in the life of this frame.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub jumps: BTreeMap<u16, u32>,
}

/// What the current action waits for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Wait {
    #[serde(rename = "what")]
    pub kind: WaitKind,
    /// When the engine is to be woken though nothing happened.
    pub due: Option<Time>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WaitKind {
    /// The flow of an outgoing call waits for the far end's answer; `early`: for its ringing.
    Start {
        #[serde(default)]
        early: bool,
    },
    /// An incoming call is being answered by this operation.
    Answer {
        operation: OperationId,
    },
    /// The driver is busy with an operation: it plays, sends or echoes. `cut` says that a key ends it.
    Media {
        operation: OperationId,
        cut: bool,
    },
    /// Keys: ends at `length` of them (0: no limit) or at one of `stop`.
    Digits {
        collected: String,
        length: u32,
        stop: String,
    },
    Sleep,
    Connect(Connect),
    Block,
    /// A flow that is not at hand is being loaded.
    Load {
        operation: OperationId,
        flow_id: Uuid,
    },
    /// The flow of new calls is being loaded.
    LoadForCalls {
        operation: OperationId,
        flow_id: Uuid,
        calls: Box<NewCalls>,
    },
    /// A web server was asked what to do next.
    Fetch {
        operation: OperationId,
        request: Box<HttpRequest>,
    },
    /// A web server was sent something, and its answer counts.
    Send {
        operation: OperationId,
        request: Box<HttpRequest>,
    },
    /// The driver listens for what answered.
    Detect {
        operation: OperationId,
    },
    /// The call is in a room.
    Room {
        operation: OperationId,
    },
    /// The step has written enough; it goes on in the next one.
    Yield,
}

/// A flow that begins with the commit in which it is at hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingFlow {
    pub operation: OperationId,
    pub flow_id: Uuid,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Detecting {
    pub operation: OperationId,
    /// A machine is hung up on.
    pub hangup: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chained {
    pub run_id: Uuid,
    pub call_id: Uuid,
}

/// Calls that a flow makes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewCalls {
    pub source: Address,
    pub destinations: Vec<Address>,
    pub chained: bool,
    pub early_execution: bool,
}

/// Legs dialled by a connect.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Connect {
    pub leg_ids: Vec<Uuid>,
    /// The leg whose answer came first; nil while there is none.
    pub winner_id: Uuid,
    pub relay_reason: bool,
    pub early_media: bool,
    /// The operation that joins the two; 0 while there is no winner.
    pub bridging: OperationId,
    /// Why they could not be joined: the winner is being hung up for it.
    pub error: Option<String>,
}

/// A call of the run and what the engine still wants of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Leg {
    pub call: Call,
    /// When patience ends: the ring time-out, the longest call, or a hang-up that the driver does not confirm.
    pub due: Option<Time>,
    /// Why we hung up, while the driver has not confirmed it.
    #[serde(rename = "wanted")]
    pub hangup_requested: Option<HangupReason>,
    /// The operation that answers it, once it was asked for; 0 before.
    #[serde(default)]
    pub answering: OperationId,
    /// The call whose audio it shares; nil for none.
    #[serde(default)]
    pub bridged_id: Uuid,
}

impl Leg {
    /// A leg of which nobody wants anything yet.
    pub fn new(call: Call, due: Option<Time>) -> Leg {
        Leg { call, due, hangup_requested: None, answering: 0, bridged_id: Uuid::nil() }
    }
}

impl Frame {
    /// Stands at the first action of a list.
    pub fn new(slot: u16) -> Frame {
        Frame { slot, place: 0, ahead: false, jumps: BTreeMap::new() }
    }
}

impl Run {
    /// The call that runs the flow; None in a run without one.
    pub fn call(&self) -> Option<&Call> {
        let id = self.call_id()?;
        self.legs.iter().map(|leg| &leg.call).find(|call| call.id == id)
    }

    /// Its id, whether or not the state still holds it.
    pub fn call_id(&self) -> Option<Uuid> {
        (self.info.reference_type == ReferenceType::Call && self.owns_call()).then_some(self.info.reference_id)
    }

    /// An on_complete flow inherits the reference, not the call.
    fn owns_call(&self) -> bool {
        self.info.complete_count == 0
    }

    pub fn leg(&self, call_id: Uuid) -> Option<&Leg> {
        self.legs.iter().find(|leg| leg.call.id == call_id)
    }

    /// Some call of the run is not hung up.
    pub fn has_call_alive(&self) -> bool {
        self.legs.iter().any(|leg| leg.call.is_alive())
    }

    pub fn is_running(&self) -> bool {
        self.status == Status::Running
    }

    /// Something outside was begun that a server which starts must ask after.
    pub fn is_busy(&self) -> bool {
        let unfinished = |wait: &Wait| {
            matches!(
                wait.kind,
                WaitKind::Load { .. }
                    | WaitKind::LoadForCalls { .. }
                    | WaitKind::Fetch { .. }
                    | WaitKind::Send { .. }
                    | WaitKind::Yield
            )
        };
        self.has_call_alive() || !self.pending_flows.is_empty() || self.wait.as_ref().is_some_and(unfinished)
    }

    /// When the engine wants to be woken next, at the earliest.
    pub fn due(&self) -> Option<Time> {
        let wait = self.wait.as_ref().and_then(|wait| wait.due);
        self.legs.iter().filter_map(|leg| leg.due).chain(wait).min()
    }

    /// True when the state points to this slot of the program.
    pub fn uses(&self, slot: u16) -> bool {
        self.frames.iter().any(|frame| frame.slot == slot)
            || self.current.is_some_and(|at| at.slot == slot)
            || self.executed.iter().any(|at| at.slot == slot)
            || self.pushed.contains(&slot)
    }
}
