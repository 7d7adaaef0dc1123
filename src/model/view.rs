//! The views that users see: runs, calls, flows and events as messages of the contract.

use super::call::{self, Address, Call};
use super::event::{CallKind, Event, Kind, Outcome, Record, Shown, Written};
use super::flow::{Flow, Revision, reserved};
use super::quality::Quality;
use super::recording::{self, Recording};
use super::run::{self, Run, RunInfo};
use super::time::Time;
use crate::proto;
use uuid::Uuid;

/// Formats an id; nil is "".
pub fn id(id: Uuid) -> String {
    if id.is_nil() { String::new() } else { id.to_string() }
}

pub fn time(time: Time) -> Option<prost_types::Timestamp> {
    let (seconds, micros) = (time.0.div_euclid(1_000_000), time.0.rem_euclid(1_000_000));
    Some(prost_types::Timestamp { seconds, nanos: micros as i32 * 1_000 })
}

/// Converts a timestamp; anything finer than a microsecond is cut off.
pub fn time_of(time: &prost_types::Timestamp) -> Time {
    Time(time.seconds.saturating_mul(1_000_000).saturating_add(i64::from(time.nanos / 1_000)))
}

fn maybe(at: Option<Time>) -> Option<prost_types::Timestamp> {
    at.and_then(time)
}

pub fn status(status: run::Status) -> proto::ActiveflowStatus {
    match status {
        run::Status::Running => proto::ActiveflowStatus::Running,
        run::Status::Ended => proto::ActiveflowStatus::Ended,
    }
}

pub fn reference_type(kind: run::ReferenceType) -> proto::ReferenceType {
    match kind {
        run::ReferenceType::Call => proto::ReferenceType::Call,
        run::ReferenceType::Sms => proto::ReferenceType::Sms,
        run::ReferenceType::Api => proto::ReferenceType::Api,
    }
}

fn end_reason(reason: run::EndReason) -> proto::EndReason {
    match reason {
        run::EndReason::Finished => proto::EndReason::Finished,
        run::EndReason::Stopped => proto::EndReason::Stopped,
        run::EndReason::Hangup => proto::EndReason::Hangup,
        run::EndReason::Failed => proto::EndReason::Failed,
        run::EndReason::Limit => proto::EndReason::Limit,
    }
}

/// Returns the list view of an activeflow.
pub fn activeflow(info: &RunInfo, revision: u64, shown: &Shown) -> proto::Activeflow {
    proto::Activeflow {
        id: id(info.id),
        customer_id: id(info.customer_id),
        flow_id: id(info.flow_id),
        flow_revision: info.flow_revision.into(),
        status: status(shown.status).into(),
        reference_type: reference_type(info.reference_type).into(),
        reference_id: id(info.reference_id),
        reference_activeflow_id: id(info.reference_activeflow_id),
        on_complete_flow_id: id(info.on_complete_flow_id),
        current_action: shown.current_action.clone().map(|written| *written.0),
        forward_action_id: id(shown.forward_id),
        webhook_uri: info.webhook_uri.clone(),
        webhook_method: info.webhook_method.clone(),
        end_reason: shown.end_reason.map_or(proto::EndReason::Unspecified, end_reason).into(),
        error: shown.error.clone(),
        revision: revision as i64,
        tm_create: time(info.tm_create),
        tm_update: maybe(shown.tm_update),
        tm_delete: maybe(shown.tm_delete),
        ..Default::default()
    }
}

impl Run {
    /// Returns the fields that the list view shows in addition to the info.
    pub fn shown(&self) -> Shown {
        self.shown_at(self.current_action())
    }

    /// Returns the action that the run is at, or the last one that ran.
    pub fn current_action(&self) -> Option<proto::Action> {
        self.current.map(|at| self.program.action(at).to_proto())
    }

    /// Returns the same as `shown` for a run whose revisions were not loaded.
    fn shown_at(&self, current: Option<proto::Action>) -> Shown {
        Shown {
            status: self.status,
            end_reason: self.end_reason,
            error: self.error.clone(),
            current_action: current.map(|action| Written(Box::new(action))),
            forward_id: self.forward_id,
            tm_update: self.tm_update,
            tm_delete: self.tm_delete,
        }
    }
}

/// Returns an activeflow as lists and watches show it.
pub fn listed(run: &Run) -> proto::Activeflow {
    activeflow(&run.info, run.revision, &run.shown())
}

/// Returns the same for a run whose revisions were not loaded, with its current action.
pub fn listed_at(run: &Run, current: Option<proto::Action>) -> proto::Activeflow {
    activeflow(&run.info, run.revision, &run.shown_at(current))
}

/// Returns a call with the current action of its run.
pub fn call_of(run: &Run, shown: &Call) -> proto::Call {
    call(shown, Owner::from(&run.info), action_of(run, shown))
}

/// Returns the current action of the call that runs the flow. Legs run no flow, and a flow that has not begun has no
/// action yet.
fn action_of(run: &Run, call: &Call) -> Option<proto::Action> {
    let own = run.call_id() == Some(call.id);
    own.then(|| run.current_action()).flatten()
}

/// Returns the action that a call shows before its flow runs, and that a leg without a flow always shows.
pub fn start_action() -> proto::Action {
    proto::Action { id: reserved::START.to_string(), next_id: String::new(), option: None }
}

/// The ids that a call's view takes from its run.
#[derive(Debug, Clone, Copy)]
pub struct Owner {
    pub customer_id: Uuid,
    pub flow_id: Uuid,
    pub activeflow_id: Uuid,
}

impl From<&RunInfo> for Owner {
    fn from(info: &RunInfo) -> Owner {
        Owner { customer_id: info.customer_id, flow_id: info.flow_id, activeflow_id: info.id }
    }
}

pub fn call(call: &Call, owner: Owner, action: Option<proto::Action>) -> proto::Call {
    proto::Call {
        id: id(call.id),
        customer_id: id(owner.customer_id),
        flow_id: id(owner.flow_id),
        activeflow_id: id(owner.activeflow_id),
        r#type: proto::CallType::Flow.into(),
        master_call_id: id(call.master_call_id),
        chained_call_ids: call.chained_call_ids.iter().copied().map(id).collect(),
        recording_id: id(call.recording_id),
        recording_ids: call.recording_ids.iter().copied().map(id).collect(),
        source: Some(address(&call.source)),
        destination: Some(address(&call.destination)),
        status: call_status(call.status).into(),
        action: Some(action.unwrap_or_else(start_action)),
        direction: direction(call.direction).into(),
        mute_direction: call.muted.map_or(proto::MuteDirection::Unspecified, mute_direction).into(),
        hangup_by: call.hangup_by.map_or(proto::HangupBy::Unspecified, hangup_by).into(),
        hangup_reason: call.hangup_reason.map_or(proto::HangupReason::Unspecified, hangup_reason).into(),
        sip_code: call.sip_code.into(),
        tm_progressing: maybe(call.tm_progressing),
        tm_ringing: maybe(call.tm_ringing),
        tm_hangup: maybe(call.tm_hangup),
        tm_create: time(call.tm_create),
        tm_update: maybe(call.tm_update),
        tm_delete: maybe(call.tm_delete),
        cause: call.cause.clone(),
        quality: call.quality.as_deref().map(quality),
        ..Default::default()
    }
}

fn quality(quality: &Quality) -> proto::CallQuality {
    let count = |packets: u64| i64::try_from(packets).unwrap_or(i64::MAX);
    let small = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
    proto::CallQuality {
        codec: quality.codec.clone(),
        packets_sent: count(quality.sent),
        packets_received: count(quality.received),
        packets_lost: count(quality.lost),
        packets_late: count(quality.late),
        packets_duplicate: count(quality.duplicate),
        jitter_us: small(quality.jitter_us),
        rtt_us: small(quality.rtt_us.unwrap_or_default()),
        mos_in_x100: quality.mos_in_x100.into(),
        mos_out_x100: quality.mos_out_x100.unwrap_or_default().into(),
        concealed_ms: count(quality.concealed_ms),
        longest_gap_ms: small(quality.longest_gap_ms),
        first_packet_ms: small(quality.first_packet_ms.unwrap_or_default()),
        remote_loss_x100: quality.far_loss_x100.unwrap_or_default().into(),
        tls: quality.tls,
        srtp: quality.srtp,
    }
}

pub fn recording_status(status: recording::Status) -> proto::RecordingStatus {
    match status {
        recording::Status::Recording => proto::RecordingStatus::Recording,
        recording::Status::Ended => proto::RecordingStatus::Ended,
        recording::Status::Failed => proto::RecordingStatus::Failed,
    }
}

pub fn recording(recording: &Recording) -> proto::Recording {
    proto::Recording {
        id: id(recording.id),
        customer_id: id(recording.customer_id),
        activeflow_id: id(recording.activeflow_id),
        reference_type: proto::ReferenceType::Call.into(),
        reference_id: id(recording.call_id),
        format: recording.format.clone(),
        on_end_flow_id: id(recording.on_end_flow_id),
        status: recording_status(recording.status).into(),
        error: recording.error.clone(),
        duration: i32::try_from(recording.duration_ms.saturating_add(500) / 1_000).unwrap_or(i32::MAX),
        size: i64::try_from(recording.size).unwrap_or(i64::MAX),
        tm_start: time(recording.tm_start),
        tm_end: maybe(recording.tm_end),
        tm_create: time(recording.tm_start),
        tm_update: maybe(recording.tm_delete.or(recording.tm_end)),
        tm_delete: maybe(recording.tm_delete),
    }
}

pub fn address(address: &Address) -> proto::Address {
    proto::Address {
        r#type: address.kind.word().to_owned(),
        target: address.target.clone(),
        target_name: address.target_name.clone(),
        name: address.name.clone(),
        detail: address.detail.clone(),
    }
}

pub fn call_status(status: call::Status) -> proto::CallStatus {
    match status {
        call::Status::Dialing => proto::CallStatus::Dialing,
        call::Status::Ringing => proto::CallStatus::Ringing,
        call::Status::Progressing => proto::CallStatus::Progressing,
        call::Status::Terminating => proto::CallStatus::Terminating,
        call::Status::Canceling => proto::CallStatus::Canceling,
        call::Status::Hangup => proto::CallStatus::Hangup,
    }
}

pub fn direction(direction: call::Direction) -> proto::CallDirection {
    match direction {
        call::Direction::Incoming => proto::CallDirection::Incoming,
        call::Direction::Outgoing => proto::CallDirection::Outgoing,
    }
}

fn mute_direction(direction: call::MuteDirection) -> proto::MuteDirection {
    match direction {
        call::MuteDirection::Both => proto::MuteDirection::Both,
        call::MuteDirection::In => proto::MuteDirection::In,
        call::MuteDirection::Out => proto::MuteDirection::Out,
    }
}

fn hangup_by(by: call::HangupBy) -> proto::HangupBy {
    match by {
        call::HangupBy::Local => proto::HangupBy::Local,
        call::HangupBy::Remote => proto::HangupBy::Remote,
    }
}

fn hangup_reason(reason: call::HangupReason) -> proto::HangupReason {
    match reason {
        call::HangupReason::Normal => proto::HangupReason::Normal,
        call::HangupReason::Busy => proto::HangupReason::Busy,
        call::HangupReason::Noanswer => proto::HangupReason::Noanswer,
        call::HangupReason::Cancel => proto::HangupReason::Cancel,
        call::HangupReason::Dialout => proto::HangupReason::Dialout,
        call::HangupReason::Timeout => proto::HangupReason::Timeout,
        call::HangupReason::Failed => proto::HangupReason::Failed,
        call::HangupReason::Amd => proto::HangupReason::Amd,
    }
}

pub fn flow(flow: &Flow, revision: &Revision) -> proto::Flow {
    proto::Flow {
        id: id(flow.id),
        customer_id: id(flow.customer_id),
        r#type: proto::FlowType::Flow.into(),
        name: flow.name.clone(),
        detail: flow.detail.clone(),
        actions: revision.actions.iter().map(super::flow::Action::to_proto).collect(),
        on_complete_flow_id: id(flow.on_complete_flow_id),
        revision: flow.revision.into(),
        tm_create: time(flow.tm_create),
        tm_update: maybe(flow.tm_update),
        tm_delete: maybe(flow.tm_delete),
    }
}

fn outcome(outcome: &Outcome) -> proto::ActionOutcome {
    match outcome {
        Outcome::Done => proto::ActionOutcome::Done,
        Outcome::Skipped => proto::ActionOutcome::Skipped,
        Outcome::Failed(_) => proto::ActionOutcome::Failed,
        Outcome::Timeout => proto::ActionOutcome::Timeout,
        Outcome::Gone => proto::ActionOutcome::Gone,
    }
}

/// Returns the id of an event, which is the same wherever and however often the event is delivered.
pub fn event_id(record: &Record, at: usize) -> String {
    format!("{}-{}-{at}", record.info.id, record.revision)
}

/// Returns an event of the activeflow; None for an event of one of its calls.
pub fn activeflow_event(record: &Record, at: usize) -> Option<proto::ActiveflowEvent> {
    use proto::ActiveflowEventType as Type;
    let event = &record.events[at];
    let mut view = proto::ActiveflowEvent {
        id: event_id(record, at),
        activeflow_id: id(record.info.id),
        revision: record.revision as i64,
        tm_create: time(event.at),
        ..Default::default()
    };
    let kind = match &event.kind {
        Kind::Created => Type::Created,
        Kind::ActionStarted { action, .. } => {
            view.action = Some((**action).clone());
            Type::ActionStarted
        }
        Kind::ActionFinished { action, outcome: how, duration_ms } => {
            view.action = Some((**action).clone());
            view.outcome = outcome(how).into();
            view.error = how.error().to_owned();
            view.duration_ms = *duration_ms;
            Type::ActionFinished
        }
        Kind::Forwarded { target_id } => {
            view.target_id = id(*target_id);
            Type::Forwarded
        }
        Kind::VariablesSet { variables } => {
            view.variables = variables.clone();
            Type::VariablesSet
        }
        Kind::DigitsReceived { digits, dropped } => {
            view.digits = digits.clone();
            if *dropped {
                view.message = "too many keys are unread: this one is dropped".to_owned();
            }
            Type::DigitsReceived
        }
        Kind::Blocked => Type::Blocked,
        Kind::Continued => Type::Continued,
        Kind::ActionsPushed { actions, interrupt } => {
            view.actions = actions.iter().map(|written| (*written.0).clone()).collect();
            if *interrupt {
                view.message = "interrupts the current action".to_owned();
            }
            Type::ActionsPushed
        }
        Kind::ChainCut => {
            view.message = "TOO_MANY_GENERATIONS: the next flow is not started, because the limit of activeflows that \
                            start each other is reached"
                .to_owned();
            Type::Noted
        }
        Kind::NotStarted { reason } => {
            view.message = format!("{reason}: the next flow is not started");
            Type::Noted
        }
        Kind::Ended { reason, error } => {
            view.end_reason = end_reason(*reason).into();
            view.error = error.clone();
            Type::Ended
        }
        Kind::Deleted => Type::Deleted,
        Kind::Call { .. } => return None,
    };
    view.r#type = kind.into();
    Some(view)
}

/// Returns an event of a call and the call after it; None for an event of the activeflow.
pub fn call_event(record: &Record, at: usize) -> Option<(&Call, proto::CallEvent)> {
    use proto::CallEventType as Type;
    let event: &Event = &record.events[at];
    let Kind::Call { call, kind } = &event.kind else { return None };
    let mut view = proto::CallEvent {
        id: event_id(record, at),
        call_id: id(call.id),
        tm_create: time(event.at),
        ..Default::default()
    };
    let kind = match kind {
        CallKind::Created => Type::Created,
        CallKind::Ringing => Type::Ringing,
        CallKind::Progressing => Type::Progressing,
        CallKind::Canceling => Type::Canceling,
        CallKind::Terminating => Type::Terminating,
        CallKind::Hangup => {
            let quality = call.quality.as_deref().filter(|_| call.tm_progressing.is_some());
            view.message = quality.and_then(Quality::warning).unwrap_or_default();
            Type::Hangup
        }
        CallKind::DigitsReceived { digits } => {
            view.digits = digits.clone();
            Type::DigitsReceived
        }
        CallKind::DigitsSent { digits } => {
            view.digits = digits.clone();
            Type::DigitsSent
        }
        CallKind::Talk => Type::Talk,
        CallKind::Held => Type::Held,
        CallKind::Unheld => Type::Unheld,
        CallKind::Muted => Type::Muted,
        CallKind::Unmuted => Type::Unmuted,
        CallKind::Bridged { other_id } => {
            view.message = format!("with {other_id}");
            Type::Bridged
        }
        CallKind::Unbridged { other_id } => {
            view.message = format!("from {other_id}");
            Type::Unbridged
        }
        CallKind::Chained { other_id } => {
            view.message = format!("with {other_id}");
            Type::Updated
        }
        CallKind::RecordingStarted { recording_id } => {
            view.message = format!("recording {recording_id}");
            Type::RecordingStarted
        }
        CallKind::RecordingFinished { recording_id } => {
            view.message = format!("recording {recording_id}");
            Type::RecordingFinished
        }
        CallKind::Deleted => Type::Deleted,
        CallKind::HeldByRemote => {
            view.message = "by the remote party".to_owned();
            Type::Held
        }
        CallKind::UnheldByRemote => {
            view.message = "by the remote party".to_owned();
            Type::Unheld
        }
        CallKind::HoldRefused { error } => {
            view.message = format!("the hold did not change: {error}");
            Type::Updated
        }
    };
    view.r#type = kind.into();
    Some((call, view))
}
