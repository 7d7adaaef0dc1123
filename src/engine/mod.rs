//! The engine: executes flows, as pure functions.
//!
//! [`start`] creates a run; [`step`] applies one input to it and returns the events that occurred and the effects to
//! perform. There is no I/O here, no clock, no randomness and no waiting: every step receives the time and a seed, so
//! it can be replayed, and live calls, dry runs and the property tests run the same code. The engine cannot fail on
//! stored state. It refuses only external requests that do not fit the state, and then nothing changes.

pub mod actions;
mod allowance;
pub mod answers;
mod calls;
pub mod check;
mod checker;
pub mod cursor;
mod digits;
mod drive;
mod ids;
mod machine;
mod requests;
mod signals;
mod spending;
mod start;
pub mod variables;
pub mod warnings;

pub use allowance::{Allowance, Begun, Daily, MAX_SPAWNS};
pub use allowance::{BUDGET_USED_UP, TOO_MANY_ACTIVEFLOWS, TOO_MANY_CALLS, TOO_MANY_GENERATIONS};
pub use ids::Ids;
pub use start::{Arrived, Start, start, start_by_message};

use crate::model::call::{Call, MuteDirection};
use crate::model::event::Event;
use crate::model::flow::{Flow, Revision};
use crate::model::outgoing::{HttpRequest, Outgoing};
use crate::model::quality::Quality;
use crate::model::recording::Recording;
use crate::model::run::{Run, WaitKind};
use crate::model::telephony::{Command, Media, OperationId, Signal};
use crate::model::time::Time;
use crate::proto::RecordingStartOption;
use machine::Machine;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use uuid::Uuid;

/// Maximum number of immediate actions in a row without a wait; beyond that the activeflow ends with `limit`.
pub const MAX_IMMEDIATE: u32 = 1_000;
/// Maximum number of actions that one activeflow executes.
pub const MAX_EXECUTED: u32 = 10_000;
/// Maximum depth of nested lists of actions.
pub const MAX_FRAMES: usize = 100;
/// Maximum weight of the lists that one activeflow refers to, in estimated bytes of memory: its own flow, flows that it
/// runs inside, and lists that were pushed or fetched. About 8,000 small actions, or 2 MiB of text.
pub const MAX_LISTS: usize = 8 * 1024 * 1024;
/// Maximum number of keys that are kept for the next `digits_receive`.
pub const MAX_DIGITS: usize = 64;
/// A step that has written more bytes of events than this ends early, and the next step continues.
pub const MAX_STEP_BYTES: usize = 256 * 1024;
/// Ring timeout of an outgoing call.
pub const RING_MS: i64 = 60_000;
/// The longest call.
pub const LONGEST_CALL_MS: i64 = 4 * 60 * 60 * 1_000;
/// How long a driver may take to confirm a hang-up: 64 times T1, the timeout of a SIP transaction (RFC 3261 §17.1.1.2).
pub const HANGUP_MS: i64 = 32_000;

/// An input to a run.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// The telephone network reports a signal of one of the run's calls.
    Signal { call_id: Uuid, signal: Signal },
    /// The network reports the quality of a call and its end: two signals in one step.
    Ended { call_id: Uuid, quality: Box<Quality>, hangup: Signal },
    /// The driver has no call for this command.
    Gone { call_id: Uuid, operation: OperationId, was_dial: bool },
    /// These due times of the run have passed. Whoever drives the run decides that, because a due time is wall time, and
    /// the clock may have been set since it was computed.
    Tick { passed: Vec<Time> },
    /// The requested flow; None when the flow does not exist.
    Loaded { operation: OperationId, revision: Option<Arc<Revision>> },
    /// The actions that a web server returned to a `fetch`, checked; or the reason why there are none.
    Fetched { operation: OperationId, answer: Result<Arc<Revision>, String> },
    /// The response of a web server to a `webhook_send`; or the reason why there is none.
    Sent { operation: OperationId, answer: Result<SentWebhook, String> },
    /// The call to which this run's call is chained has ended.
    HangUp { call_id: Uuid },
    /// Continues after a step that ended early.
    Resume,
    /// The process that held the run's calls has died, and the calls are lost.
    Died,
    /// A request from outside.
    Request(Request),
}

impl Input {
    /// Returns the tick of a run whose clock is never set, such as a simulated one.
    pub fn tick(run: &Run, now: Time) -> Input {
        Input::Tick { passed: run.dues().filter(|due| *due <= now).collect() }
    }
}

/// The response of a web server to a `webhook_send` that waits for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentWebhook {
    pub status: u16,
    /// Truncated to the longest value of a variable.
    pub body: String,
    /// From `{"variables": {…}}` of a JSON response.
    pub variables: BTreeMap<String, String>,
}

/// A request to a running activeflow or call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Request {
    /// Continues a block; the id is the action that the caller believes is current.
    Continue {
        action_id: Uuid,
    },
    Stop,
    Push {
        revision: Arc<Revision>,
        interrupt: bool,
    },
    SetVariables {
        variables: BTreeMap<String, String>,
    },
    Delete,
    Hangup {
        call_id: Uuid,
    },
    Talk {
        call_id: Uuid,
        media: Media,
    },
    SendDigits {
        call_id: Uuid,
        digits: String,
        tone_ms: u32,
        gap_ms: u32,
    },
    Hold {
        call_id: Uuid,
    },
    Unhold {
        call_id: Uuid,
    },
    Mute {
        call_id: Uuid,
        direction: MuteDirection,
    },
    Unmute {
        call_id: Uuid,
        direction: MuteDirection,
    },
    StartRecording {
        call_id: Uuid,
        option: Box<RecordingStartOption>,
    },
    StopRecording {
        call_id: Uuid,
    },
    /// The call as stored: the state may no longer hold a call that ended long ago.
    DeleteCall {
        call: Box<Call>,
    },
}

/// Why a request does not fit the state. Nothing has changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    Ended,
    NotBlocked,
    /// The cursor is at this action instead (nil: at none).
    Stale(Uuid),
    CallEnded,
    /// The call has not been answered yet.
    CallNotUp,
    /// The call is already being recorded.
    RecordingRuns,
    TooManyFrames,
    /// The lists of the activeflow would be larger than [`MAX_LISTS`].
    ListsTooLarge,
    Variables(String),
    /// A budget of the activeflow, as text.
    BudgetUsedUp(String),
}

/// An external action, performed after the step is durable.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "effects are few and live for one step; a box would be unpacked at once")]
pub enum Effect {
    Call {
        call_id: Uuid,
        operation: OperationId,
        command: Command,
    },
    /// Loads the current revision of a flow of the same customer; answered by [`Input::Loaded`].
    Load {
        operation: OperationId,
        flow_id: Uuid,
    },
    /// Requests the next actions from a web server; answered by [`Input::Fetched`]. May be repeated with the same id.
    Fetch {
        operation: OperationId,
        request: Box<HttpRequest>,
    },
    /// Sends a request to a web server; answered by [`Input::Sent`]. May be repeated with the same id.
    Send {
        operation: OperationId,
        request: Box<HttpRequest>,
    },
    /// Ends the call of another run, with [`Input::HangUp`].
    HangUp {
        run_id: Uuid,
        call_id: Uuid,
    },
    /// Answered by [`Input::Resume`].
    Resume,
}

/// The results of a step besides the changed run.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Output {
    /// In the order in which they occurred.
    pub events: Vec<Event>,
    pub effects: Vec<Effect>,
    /// Unnamed lists that the run refers to from now on; saved in the same commit.
    pub revisions: Vec<Arc<Revision>>,
    /// Unlisted flows created from inline actions.
    pub flows: Vec<Flow>,
    /// Items to deliver for which no run waits.
    pub outgoing: Vec<Outgoing>,
    /// Recordings that are new or changed.
    pub recordings: Vec<Recording>,
    /// Runs that begin with this commit.
    pub spawned: Vec<(Run, Output)>,
    /// The calls and activeflows that begin with this commit, those of `spawned` and their steps included.
    pub begun: Begun,
    /// Approximate bytes of the events, as counted in the run; the exact number is known when they are encoded.
    pub written: u64,
    /// The variables have changed.
    pub variables_changed: bool,
    /// Something has changed; otherwise there is nothing to commit.
    pub changed: bool,
}

/// Applies one input to a run. If the input changes anything, the revision is incremented.
///
/// A [`Refusal`] leaves the run unchanged. What the step begins is within the allowance; an action that would begin more
/// fails.
pub fn step(run: &mut Run, input: Input, now: Time, seed: u128, allowance: &Allowance) -> Result<Output, Refusal> {
    let mut machine = Machine::new(run, now, Ids::new(now, seed), *allowance);
    match input {
        Input::Signal { call_id, signal } => signals::signal(&mut machine, call_id, signal),
        Input::Ended { call_id, quality, hangup } => {
            signals::signal(&mut machine, call_id, Signal::Quality(quality));
            signals::signal(&mut machine, call_id, hangup);
        }
        Input::Gone { call_id, operation, was_dial } => signals::gone(&mut machine, call_id, operation, was_dial),
        Input::Tick { passed } => machine.tick(&passed),
        Input::Loaded { operation, revision } => machine.loaded(operation, revision),
        Input::Fetched { operation, answer } => actions::fetch::fetched(&mut machine, operation, answer),
        Input::Sent { operation, answer } => actions::webhook_send::sent(&mut machine, operation, answer),
        Input::HangUp { call_id } => calls::hang_up(&mut machine, call_id, None),
        Input::Resume => machine.resume(),
        Input::Died => signals::died(&mut machine),
        Input::Request(request) => requests::handle(&mut machine, request)?,
    }
    machine.end_if_used_up();
    Ok(machine.into_output())
}

/// Returns the effects to repeat for a run that was loaded after its process died. They are safe to repeat.
pub fn unfinished(run: &Run) -> Vec<Effect> {
    let waiting = run.wait.as_ref().and_then(|wait| match wait.kind {
        WaitKind::Load { operation, flow_id } => Some(Effect::Load { operation, flow_id }),
        WaitKind::LoadForCalls { operation, flow_id, .. } => Some(Effect::Load { operation, flow_id }),
        WaitKind::Fetch { operation, ref request } => Some(Effect::Fetch { operation, request: request.clone() }),
        WaitKind::Send { operation, ref request } => Some(Effect::Send { operation, request: request.clone() }),
        WaitKind::Yield => Some(Effect::Resume),
        _ => None,
    });
    let pending_flows =
        run.pending_flows.iter().map(|it| Effect::Load { operation: it.operation, flow_id: it.flow_id });
    waiting.into_iter().chain(pending_flows).collect()
}
