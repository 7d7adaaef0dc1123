//! A run: one activeflow, its call and the legs that it dials. It has one state, one revision, one log and one owner.

use super::amounts::Amounts;
use super::call::{Address, Call, HangupReason, Privacy};
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

/// Number of most recent actions that an activeflow shows as executed.
pub const MAX_EXECUTED: usize = 100;
/// Maximum number of ended calls that stay in the state, for actions that refer to them.
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

/// The immutable part of a run.
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
    /// The number of earlier activeflows in its on_complete chain.
    pub complete_count: u32,
    /// The number of activeflows that started each other before this one, by `call`, on_complete or the end of a recording.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub generation: u32,
    pub webhook_uri: String,
    pub webhook_method: String,
    pub tm_create: Time,
}

impl RunInfo {
    /// Returns the number of activeflows that started each other before this one. Earlier versions counted only the
    /// on_complete chain.
    pub fn generation(&self) -> u32 {
        self.generation.max(self.complete_count)
    }
}

fn is_zero(count: &u32) -> bool {
    *count == 0
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Run {
    #[serde(rename = "head")]
    pub info: RunInfo,
    /// The number of transitions; every commit compares it.
    pub revision: u64,
    pub status: Status,
    pub end_reason: Option<EndReason>,
    pub error: String,
    pub program: Program,
    /// Innermost last; empty once the activeflow has ended.
    pub frames: Vec<Frame>,
    /// The running action, or the last one that ran.
    pub current: Option<ActionRef>,
    /// When the current action began.
    pub tm_action: Time,
    /// Where a jump leads; nil for none.
    pub forward_id: Uuid,
    pub wait: Option<Wait>,
    /// Slots of the lists pushed from outside, which run when the current action is over; the first to run comes first.
    pub pushed: VecDeque<u16>,
    pub executed: VecDeque<ActionRef>,
    /// The number of actions that have run.
    pub executed_count: u32,
    /// The number of actions since the last wait.
    pub immediate_count: u32,
    /// Keys that no action has read yet.
    pub digits: String,
    pub legs: Vec<Leg>,
    /// The last operation id that was assigned.
    pub operation: OperationId,
    /// Flows that begin after this one or after a recording; they are being loaded.
    #[serde(rename = "following")]
    pub pending_flows: Vec<PendingFlow>,
    /// The detection that the driver is running.
    #[serde(default)]
    pub detecting: Option<Detecting>,
    /// The running recording.
    #[serde(default)]
    pub recording: Option<Box<Recording>>,
    /// Runs whose calls end with this one's.
    #[serde(default)]
    pub chained: Vec<Chained>,
    /// How the last action ended: `${voipbin.action.outcome}` and `${voipbin.action.error}`. Not stored in the
    /// variables, because they would then change with every action.
    pub outcome: Option<Outcome>,
    pub tm_update: Option<Time>,
    pub tm_delete: Option<Time>,
    /// The latest time of an event about a call that the state no longer holds; see [`Run::last`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tm_gone: Option<Time>,
    #[serde(default)]
    pub used: Amounts,
    pub variables: Variables,
}

/// A list of actions in execution.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Frame {
    pub slot: u16,
    /// The action that this frame is at.
    #[serde(rename = "place")]
    pub index: u16,
    /// That action has not begun: a list pushed from outside runs before it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ahead: bool,
    /// The jumps that each goto has made in the life of this frame, by the place of the goto.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub jumps: BTreeMap<u16, u32>,
}

/// What the current action waits for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Wait {
    #[serde(rename = "what")]
    pub kind: WaitKind,
    /// When the engine wakes up even if nothing happens.
    pub due: Option<Time>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WaitKind {
    /// The flow of an outgoing call waits until the remote party answers; with `early`, until it rings.
    Start {
        #[serde(default)]
        early: bool,
    },
    /// An incoming call is being answered by this operation.
    Answer {
        operation: OperationId,
    },
    /// The driver executes an operation: it plays, sends or echoes. `cut` says that a key ends it.
    Media {
        operation: OperationId,
        cut: bool,
    },
    /// The action collects keys, until there are `length` of them (0: no limit) or one is in `stop`.
    Digits {
        collected: String,
        length: u32,
        stop: String,
    },
    Sleep,
    Connect(Connect),
    Block,
    /// A flow is being loaded.
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
    /// The next actions were requested from a web server.
    Fetch {
        operation: OperationId,
        request: Box<HttpRequest>,
    },
    /// A request was sent to a web server, and the action waits for the response.
    Send {
        operation: OperationId,
        request: Box<HttpRequest>,
    },
    /// The driver detects whether a human or a machine answered.
    Detect {
        operation: OperationId,
    },
    /// The call is in a room.
    Room {
        operation: OperationId,
    },
    /// The step ended early because it was full; the next step continues.
    Yield,
}

/// A flow that begins with the commit in which it is loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingFlow {
    pub operation: OperationId,
    pub flow_id: Uuid,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Detecting {
    pub operation: OperationId,
    /// Hangs up if a machine answered.
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
    #[serde(default)]
    pub privacy: Privacy,
}

/// Legs dialled by a connect.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Connect {
    pub leg_ids: Vec<Uuid>,
    /// The leg that answered first; nil while there is none.
    pub winner_id: Uuid,
    pub relay_reason: bool,
    pub early_media: bool,
    /// The operation that joins the two calls; 0 while there is no winner.
    pub bridging: OperationId,
    /// Why the calls could not be joined; the winner is then being hung up.
    pub error: Option<String>,
}

/// A call of the run, and the engine's pending work on it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Leg {
    pub call: Call,
    /// The deadline: the end of the ring timeout, of the longest call, or of the time in which the driver must confirm
    /// a hang-up.
    pub due: Option<Time>,
    /// Why we hung up, until the driver confirms the hang-up.
    #[serde(rename = "wanted")]
    pub hangup_requested: Option<HangupReason>,
    /// The operation that answers the call; 0 before it was requested.
    #[serde(default)]
    pub answering: OperationId,
    /// The call to which it is bridged; nil for none.
    #[serde(default)]
    pub bridged_id: Uuid,
    /// The last operation that held the call or took it off hold, and whether it held it: if the remote party refuses, the
    /// call is as it was before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holding: Option<Holding>,
    /// The remote party has put us on hold.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub far_held: bool,
}

/// A request to hold a call or to take it off hold, which may still be refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holding {
    pub operation: OperationId,
    pub held: bool,
}

impl Leg {
    /// Creates a leg without pending work.
    pub fn new(call: Call, due: Option<Time>) -> Leg {
        Leg { call, due, hangup_requested: None, answering: 0, bridged_id: Uuid::nil(), holding: None, far_held: false }
    }
}

impl Frame {
    /// Creates a frame at the first action of a list.
    pub fn new(slot: u16) -> Frame {
        Frame { slot, index: 0, ahead: false, jumps: BTreeMap::new() }
    }
}

impl Run {
    /// Returns the call that runs the flow; None in a run without a call.
    pub fn call(&self) -> Option<&Call> {
        let id = self.call_id()?;
        self.legs.iter().map(|leg| &leg.call).find(|call| call.id == id)
    }

    /// Returns the id of that call, whether or not the state still holds the call.
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

    /// Returns whether some call of the run is not hung up.
    pub fn has_call_alive(&self) -> bool {
        self.legs.iter().any(|leg| leg.call.is_alive())
    }

    pub fn is_running(&self) -> bool {
        self.status == Status::Running
    }

    /// Returns whether the run has external work that a starting server must check or repeat.
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

    /// Returns the earliest time at which the engine must wake up.
    pub fn due(&self) -> Option<Time> {
        self.dues().min()
    }

    /// Returns all times at which the engine must wake up, in no order.
    pub fn dues(&self) -> impl Iterator<Item = Time> + Clone {
        let wait = self.wait.as_ref().and_then(|wait| wait.due);
        self.legs.iter().filter_map(|leg| leg.due).chain(wait)
    }

    /// Returns the time of the latest event of the run. The next one must be later.
    pub fn last(&self) -> Time {
        let calls = self.legs.iter().map(|leg| leg.call.tm_update.unwrap_or(leg.call.tm_create));
        let own = [self.tm_update, self.tm_delete, self.tm_gone].into_iter().flatten();
        calls.chain(own).fold(self.info.tm_create, Time::max)
    }

    /// Returns whether the state refers to this slot of the program.
    pub fn uses(&self, slot: u16) -> bool {
        self.will_run(slot) || self.executed.iter().any(|at| at.slot == slot)
    }

    /// Returns whether the state refers to this slot for more than to show what was executed.
    pub fn will_run(&self, slot: u16) -> bool {
        self.frames.iter().any(|frame| frame.slot == slot)
            || self.current.is_some_and(|at| at.slot == slot)
            || self.pushed.contains(&slot)
    }
}
