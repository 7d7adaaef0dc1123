//! The actions, one file each. A file defines how an action's options are checked (`check`), what the action does when
//! the cursor reaches it (`begin`), and how it handles the events that it waits for.

pub mod amd;
mod answer;
mod beep;
mod block;
mod branch;
pub mod call;
mod condition_call;
mod condition_datetime;
mod condition_variable;
pub mod connect;
pub mod digits_receive;
pub mod digits_send;
mod echo;
mod email_send;
pub mod fetch;
mod fetch_flow;
mod goto;
mod hangup;
mod hold;
mod message_send;
mod mute;
mod play;
pub mod recording;
mod room;
mod sleep;
mod talk;
mod variable_set;
pub mod webhook_send;

use super::calls;
use super::checker::{Checker, Problem};
use super::machine::Machine;
use crate::model::call::{Call, HangupReason};
use crate::model::event::Outcome;
use crate::model::run::{Wait, WaitKind};
use crate::model::telephony::OperationId;
use crate::proto::action::Option as Opt;
use uuid::Uuid;

/// The result of an action.
#[derive(Debug, Clone, PartialEq)]
pub enum Control {
    Over(Outcome),
    /// Failed, and the activeflow ends as `failed`, whatever the action's [`OnFailure`] is.
    Fatal(String),
    /// Failed, and the activeflow ends as `limit`: a budget is used up.
    Limit(String),
    /// Over; the cursor moves to this target.
    Jump(Uuid),
    /// Over; this list of actions runs before the next action.
    Nest(u16),
    /// Over, and the activeflow ends; the call is hung up, for this reason if one is given.
    End {
        outcome: Outcome,
        hangup: Option<HangupReason>,
    },
    Wait(Wait),
}

impl Control {
    pub const DONE: Control = Control::Over(Outcome::Done);

    pub fn failed(reason: impl Into<String>) -> Control {
        Control::Over(Outcome::Failed(reason.into()))
    }

    /// Waits for an external event, without a due time.
    pub fn wait(kind: WaitKind) -> Control {
        Control::Wait(Wait { kind, due: None })
    }
}

/// How an action executes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    Immediate,
    Waits,
    Blocks,
    Nests,
    Ends,
}

/// The effect of an action's failure on the activeflow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnFailure {
    /// The failure is recorded, and the flow continues.
    Next,
    /// The activeflow ends as `failed`.
    End,
}

/// The properties of an action type in the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spec {
    pub mode: Mode,
    pub needs_call: bool,
    pub on_failure: OnFailure,
    /// Empty when this server can run the action; otherwise what is missing.
    pub missing: &'static str,
}

const SPEECH: &str = "a speech recognition provider, which this version does not have";
const ASSISTANTS: &str = "an assistant provider, which this version does not have";
const MEDIA_FORK: &str = "real media, which simulated telephony does not have";
const SERVICE_DESK: &str = "a service desk, which this version does not have";

/// Returns the properties of an action type. Panics if the catalogue has no such type.
pub fn spec(type_name: &str) -> Spec {
    use Mode::*;
    use OnFailure::{End, Next};
    let (mode, needs_call, on_failure, missing) = match type_name {
        "answer" | "talk" | "play" | "beep" | "digits_receive" | "digits_send" | "echo" => (Waits, true, Next, ""),
        "hangup" => (Ends, true, Next, ""),
        "mute" | "unmute" | "hold" | "unhold" => (Immediate, true, Next, ""),
        "sleep" => (Waits, false, Next, ""),
        "connect" => (Waits, true, Next, ""),
        "branch" | "condition_variable" | "condition_datetime" | "goto" => (Immediate, false, End, ""),
        "variable_set" => (Immediate, false, Next, ""),
        "fetch_flow" => (Nests, false, End, ""),
        "block" => (Blocks, false, Next, ""),
        "stop" => (Ends, false, Next, ""),
        "recording_start" | "recording_stop" => (Immediate, true, Next, ""),
        "stream_echo" | "amd" => (Waits, true, Next, ""),
        "call" => (Immediate, false, Next, ""),
        "conference_join" => (Waits, true, End, ""),
        "confbridge_join" => (Waits, true, Next, ""),
        "condition_call_digits" | "condition_call_status" => (Immediate, true, End, ""),
        "fetch" => (Nests, false, End, ""),
        "webhook_send" | "message_send" | "email_send" => (Immediate, false, Next, ""),
        "queue_join" => (Nests, true, End, "queues, which this version does not have"),
        "transcribe_start" | "transcribe_stop" => (Immediate, true, Next, SPEECH),
        "transcribe_recording" => (Immediate, false, Next, SPEECH),
        "ai_talk" | "ai_task" => (Nests, false, End, ASSISTANTS),
        "ai_summary" => (Waits, false, End, ASSISTANTS),
        "external_media_start" | "external_media_stop" => (Immediate, true, Next, MEDIA_FORK),
        "conversation_send" | "case_create" => (Immediate, false, Next, SERVICE_DESK),
        other => panic!("the catalogue has no action type {other}"),
    };
    Spec { mode, needs_call, on_failure, missing }
}

/// Checks every field of an action's option.
pub fn check(option: &Opt, checker: &mut Checker) {
    match option {
        Opt::Answer(_) | Opt::Beep(_) | Opt::Hold(_) | Opt::Unhold(_) | Opt::Stop(_) => {}
        Opt::Hangup(o) => hangup::check(o, checker),
        Opt::Talk(o) => talk::check(o, checker),
        Opt::Play(o) => play::check(o, checker),
        Opt::DigitsReceive(o) => digits_receive::check(o, checker),
        Opt::DigitsSend(o) => digits_send::check(o, checker),
        Opt::Mute(o) => mute::check(&o.direction, checker),
        Opt::Unmute(o) => mute::check(&o.direction, checker),
        Opt::Sleep(o) => sleep::check(o, checker),
        Opt::Echo(o) => echo::check(o.duration, checker),
        Opt::StreamEcho(o) => echo::check(o.duration, checker),
        Opt::Amd(o) => amd::check(o, checker),
        Opt::ConferenceJoin(o) => room::check("conference_id", &o.conference_id, checker),
        Opt::ConfbridgeJoin(o) => room::check("confbridge_id", &o.confbridge_id, checker),
        Opt::RecordingStart(o) => recording::check(o, checker),
        Opt::RecordingStop(_) => {}
        Opt::ConditionCallDigits(o) => condition_call::check_digits(o, checker),
        Opt::ConditionCallStatus(o) => condition_call::check_status(o, checker),
        Opt::Call(o) => call::check(o, checker),
        Opt::Fetch(o) => fetch::check(o, checker),
        Opt::WebhookSend(o) => webhook_send::check(o, checker),
        Opt::MessageSend(o) => message_send::check(o, checker),
        Opt::EmailSend(o) => email_send::check(o, checker),
        Opt::Connect(o) => connect::check(o, checker),
        Opt::Branch(o) => branch::check(o, checker),
        Opt::ConditionVariable(o) => condition_variable::check(o, checker),
        Opt::ConditionDatetime(o) => condition_datetime::check(o, checker),
        Opt::Goto(o) => goto::check(o, checker),
        Opt::VariableSet(o) => variable_set::check(o, checker),
        Opt::FetchFlow(o) => fetch_flow::check(o, checker),
        Opt::Block(o) => block::check(o, checker),
        other => checker.not_available(spec(other.type_name()).missing),
    }
}

/// Begins an action whose option was checked when its list was saved.
pub fn begin(machine: &mut Machine, option: &Opt) -> Control {
    let call = machine.run.call().filter(|call| call.is_alive()).map(|call| call.id);
    match call {
        Some(call_id) => begin_on_call(machine, option, call_id),
        None if spec(option.type_name()).needs_call => Control::Over(Outcome::Skipped),
        None => begin_anywhere(machine, option),
    }
}

/// Begins an action whose variables have just been filled in, if its option is still valid.
pub fn begin_filled(machine: &mut Machine, option: &Opt) -> Control {
    let skipped = spec(option.type_name()).needs_call && !machine.run.call().is_some_and(Call::is_alive);
    match problem_of_option(option).filter(|_| !skipped) {
        Some(problem) => Control::failed(problem),
        None => begin(machine, option),
    }
}

fn begin_on_call(machine: &mut Machine, option: &Opt, call_id: Uuid) -> Control {
    if is_media(option) {
        calls::answer(machine, call_id);
    }
    match option {
        Opt::Answer(_) => answer::begin(machine, call_id),
        Opt::Hangup(o) => hangup::begin(machine, o),
        Opt::Talk(o) => talk::begin(machine, o, call_id),
        Opt::Play(o) => play::begin(machine, o, call_id),
        Opt::Beep(_) => beep::begin(machine, call_id),
        Opt::DigitsReceive(o) => digits_receive::begin(machine, o),
        Opt::DigitsSend(o) => digits_send::begin(machine, o, call_id),
        Opt::Echo(o) => echo::begin(machine, o.duration, call_id, false),
        Opt::StreamEcho(o) => echo::begin(machine, o.duration, call_id, true),
        Opt::Amd(o) => amd::begin(machine, o, call_id),
        Opt::ConferenceJoin(o) => room::begin(machine, &o.conference_id, call_id),
        Opt::ConfbridgeJoin(o) => room::begin(machine, &o.confbridge_id, call_id),
        Opt::RecordingStart(o) => recording::begin(machine, o, call_id),
        Opt::RecordingStop(_) => recording::stop(machine, call_id),
        Opt::ConditionCallDigits(o) => condition_call::begin_digits(machine, o),
        Opt::ConditionCallStatus(o) => condition_call::begin_status(machine, o),
        Opt::Mute(o) => mute::begin(machine, &o.direction, call_id, true),
        Opt::Unmute(o) => mute::begin(machine, &o.direction, call_id, false),
        Opt::Hold(_) => hold::begin(machine, call_id, true),
        Opt::Unhold(_) => hold::begin(machine, call_id, false),
        Opt::Connect(o) => connect::begin(machine, o),
        other => begin_anywhere(machine, other),
    }
}

/// Returns whether the remote party hears the action or is heard by it. Such actions answer an incoming call.
fn is_media(option: &Opt) -> bool {
    use Opt::*;
    matches!(
        option,
        Talk(_)
            | Play(_)
            | Beep(_)
            | DigitsReceive(_)
            | DigitsSend(_)
            | Echo(_)
            | Hold(_)
            | StreamEcho(_)
            | RecordingStart(_)
            | ConferenceJoin(_)
            | ConfbridgeJoin(_)
            | Amd(_)
    )
}

fn begin_anywhere(machine: &mut Machine, option: &Opt) -> Control {
    match option {
        Opt::Sleep(o) => sleep::begin(machine, o),
        Opt::Branch(o) => branch::begin(machine, o),
        Opt::ConditionVariable(o) => condition_variable::begin(machine, o),
        Opt::ConditionDatetime(o) => condition_datetime::begin(machine, o),
        Opt::Goto(o) => goto::begin(machine, o),
        Opt::VariableSet(o) => variable_set::begin(machine, o),
        Opt::FetchFlow(o) => fetch_flow::begin(machine, o),
        Opt::Block(o) => block::begin(machine, o),
        Opt::Call(o) => call::begin(machine, o),
        Opt::Fetch(o) => fetch::begin(machine, o),
        Opt::WebhookSend(o) => webhook_send::begin(machine, o),
        Opt::MessageSend(o) => message_send::begin(machine, o),
        Opt::EmailSend(o) => email_send::begin(machine, o),
        Opt::Stop(_) => Control::End { outcome: Outcome::Done, hangup: None },
        // Such flows are refused when they are saved. This happens only when a server with fewer capabilities takes
        // over the database.
        other => Control::failed(format!("{} requires {}", other.type_name(), spec(other.type_name()).missing)),
    }
}

/// Handles a wait whose due time has passed.
pub fn expired(machine: &mut Machine, kind: WaitKind) -> Control {
    match kind {
        WaitKind::Sleep => Control::DONE,
        WaitKind::Block => Control::Over(Outcome::Timeout),
        WaitKind::Digits { collected, .. } => digits_receive::expired(machine, collected),
        WaitKind::Detect { .. } => amd::expired(machine),
        other => unreachable!("{other:?} has no due time"),
    }
}

/// Handles an operation that the driver has finished. Changes nothing unless the current action waits for it.
pub fn finished(machine: &mut Machine, operation: OperationId, error: Option<String>) {
    amd::failed(machine, operation);
    if awaits(machine, operation) {
        machine.conclude(error.map_or(Control::DONE, Control::failed));
    } else if let Some(error) = error
        && !hold::refused(machine, operation, &error)
    {
        connect::not_bridged(machine, operation, error);
    }
}

/// Handles an operation whose call has ended.
pub fn gone(machine: &mut Machine, operation: OperationId) {
    if awaits(machine, operation) {
        machine.conclude(Control::Over(Outcome::Gone));
    }
}

fn awaits(machine: &Machine, operation: OperationId) -> bool {
    let wait = machine.run.wait.as_ref().map(|wait| &wait.kind);
    matches!(wait, Some(WaitKind::Media { operation: awaited, .. } | WaitKind::Answer { operation: awaited } | WaitKind::Room { operation: awaited } | WaitKind::Detect { operation: awaited }) if *awaited == operation)
}

/// Reads a target of an option. The option was checked, so only an empty target is nil.
fn target(id: &Option<String>) -> Uuid {
    id.as_deref().and_then(|id| Uuid::parse_str(id).ok()).unwrap_or_default()
}

/// Returns the first problem of an option whose variables are filled in, as text.
pub fn problem_of_option(option: &Opt) -> Option<String> {
    let problem = problems_of_option(option).into_iter().next()?;
    Some(format!("{}: {}", problem.path, problem.description))
}

/// Returns the problems of an option whose variables are filled in. Their paths begin inside the option.
pub fn problems_of_option(option: &Opt) -> Vec<Problem> {
    let mut checker = Checker::default();
    check(option, &mut checker);
    let inside = |it: Problem| Problem { path: it.path.trim_start_matches(".option.").to_owned(), ..it };
    checker.problems.into_iter().map(inside).collect()
}
