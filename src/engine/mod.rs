//! The engine: what a flow does, as a pure function.
//!
//! [`start`] makes a run, [`step`] brings it one event and gets what happened and what is to be done. There is no I/O here,
//! no clock, no randomness and no waiting: every step is given the time and a seed, so it can be replayed, and live calls,
//! dry runs and the property tests run the very same code. The engine cannot fail on stored state; what it refuses is a
//! request from outside that does not fit the state, and then nothing has changed.

pub mod actions;
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
mod start;
pub mod variables;
pub mod warnings;

pub use ids::Ids;
pub use start::{Arrived, Start, start, start_by_message};

use crate::model::call::{Call, MuteDirection};
use crate::model::event::Event;
use crate::model::flow::{Flow, Revision};
use crate::model::outgoing::{HttpRequest, Outgoing};
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

/// Immediate actions in a row without a wait; past that the activeflow ends with `limit`.
pub const MAX_IMMEDIATE: u32 = 1_000;
/// Actions in the life of an activeflow.
pub const MAX_EXECUTED: u32 = 10_000;
/// Lists of actions inside one another.
pub const MAX_FRAMES: usize = 100;
/// Activeflows in an on_complete chain.
pub const MAX_CHAIN: u32 = 5;
/// Keys that are kept for the next `digits_receive`.
pub const MAX_DIGITS: usize = 64;
/// A step that has written so many bytes of events ends early and goes on in the next one.
pub const MAX_STEP_BYTES: usize = 256 * 1024;
/// Ring time-out of an outgoing call.
pub const RING_MS: i64 = 60_000;
/// The longest call.
pub const LONGEST_CALL_MS: i64 = 4 * 60 * 60 * 1_000;
/// How long a driver may take to confirm a hang-up: 64 times T1, the time-out of a SIP transaction (RFC 3261 §17.1.1.2).
pub const HANGUP_MS: i64 = 32_000;

/// What a run is told.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// The telephone network tells something of one of its calls.
    Signal { call_id: Uuid, signal: Signal },
    /// The driver did not hold the call that a command was for.
    Gone { call_id: Uuid, operation: OperationId, was_dial: bool },
    /// A due time has passed.
    Tick,
    /// The flow that was asked for; None when there is no such flow.
    Loaded { operation: OperationId, revision: Option<Arc<Revision>> },
    /// What a web server says is to be done next, checked; or why there is nothing.
    Fetched { operation: OperationId, answer: Result<Arc<Revision>, String> },
    /// What a web server answered; or why it did not.
    Sent { operation: OperationId, answer: Result<SentWebhook, String> },
    /// The call that this run's call is chained to has ended.
    HangUp { call_id: Uuid },
    /// Go on after a step that ended early.
    Resume,
    /// The process that held the run's calls is gone, and they with it.
    Died,
    /// Someone outside wants something.
    Request(Request),
}

/// The answer of a web server to a `webhook_send` that waits for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentWebhook {
    pub status: u16,
    /// Its beginning, where it is longer than a variable may be.
    pub body: String,
    /// From `{"variables": {…}}` of a JSON answer.
    pub variables: BTreeMap<String, String>,
}

/// What people ask of a running activeflow or call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Request {
    /// Continues a block; the id says which action the caller believes it is at.
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
    /// The call as stored: the state may have forgotten one that is long gone.
    DeleteCall {
        call: Box<Call>,
    },
}

/// Why a request does not fit the state. Nothing has changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    Ended,
    NotBlocked,
    /// The cursor is at this action (nil: at none).
    Stale(Uuid),
    CallEnded,
    /// The call has not been answered yet.
    CallNotUp,
    /// The call is recorded already.
    RecordingRuns,
    TooManyFrames,
    Variables(String),
}

/// What is to be done outside once the step is durable.
#[derive(Debug, Clone, PartialEq)]
#[expect(
    clippy::large_enum_variant,
    reason = "effects are few and live for one step; a box would be taken apart at once"
)]
pub enum Effect {
    Call {
        call_id: Uuid,
        operation: OperationId,
        command: Command,
    },
    /// Bring the current revision of a flow of the same customer: answered by [`Input::Loaded`].
    Load {
        operation: OperationId,
        flow_id: Uuid,
    },
    /// Ask a web server what to do next: answered by [`Input::Fetched`]. May be repeated, under the same id.
    Fetch {
        operation: OperationId,
        request: Box<HttpRequest>,
    },
    /// Send something to a web server: answered by [`Input::Sent`]. May be repeated, under the same id.
    Send {
        operation: OperationId,
        request: Box<HttpRequest>,
    },
    /// End the call of another run, by [`Input::HangUp`].
    HangUp {
        run_id: Uuid,
        call_id: Uuid,
    },
    /// Answered by [`Input::Resume`].
    Resume,
}

/// What a step did besides changing the run.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Output {
    /// In the order in which they happened.
    pub events: Vec<Event>,
    pub effects: Vec<Effect>,
    /// Unnamed lists that the run points to from now on; saved in the same commit.
    pub revisions: Vec<Arc<Revision>>,
    /// Unlisted flows made of inline actions.
    pub flows: Vec<Flow>,
    /// What is to be delivered without anyone waiting for it.
    pub outgoing: Vec<Outgoing>,
    /// Recordings that are new or changed.
    pub recordings: Vec<Recording>,
    /// Runs that begin with this commit.
    pub spawned: Vec<(Run, Output)>,
    /// The variables are not as before.
    pub variables_changed: bool,
    /// Something was changed: without it there is nothing to commit.
    pub changed: bool,
}

/// Brings one input to a run. When it changed something, the revision has been counted up.
///
/// On a [`Refusal`] the run is as before.
pub fn step(run: &mut Run, input: Input, now: Time, seed: u128) -> Result<Output, Refusal> {
    let mut machine = Machine::new(run, now, Ids::new(now, seed));
    match input {
        Input::Signal { call_id, signal } => signals::signal(&mut machine, call_id, signal),
        Input::Gone { call_id, operation, was_dial } => signals::gone(&mut machine, call_id, operation, was_dial),
        Input::Tick => machine.tick(),
        Input::Loaded { operation, revision } => machine.loaded(operation, revision),
        Input::Fetched { operation, answer } => actions::fetch::fetched(&mut machine, operation, answer),
        Input::Sent { operation, answer } => actions::webhook_send::sent(&mut machine, operation, answer),
        Input::HangUp { call_id } => calls::hang_up(&mut machine, call_id, None),
        Input::Resume => machine.resume(),
        Input::Died => signals::died(&mut machine),
        Input::Request(request) => requests::handle(&mut machine, request)?,
    }
    Ok(machine.into_output())
}

/// What must be begun again for a run that was loaded after its process died: asking twice does no harm here.
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
