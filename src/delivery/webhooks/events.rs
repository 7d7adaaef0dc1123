//! The events of the log as webhooks send them.

use crate::model::event::{CallKind, Kind, Record};
use crate::model::projection::project;
use crate::model::recording::{Recording, Status};
use crate::model::time::Time;
use crate::model::view;
use crate::proto::json::listed;
use serde::{Serialize, Serializer};

/// An event and the body that is sent for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookEvent {
    /// The id of the event, as in watches and histories.
    pub id: String,
    /// As `call_created`.
    pub event_type: &'static str,
    pub at: Time,
    /// The JSON that is sent.
    pub body: String,
}

impl WebhookEvent {
    /// Creates an event. `data` is written as REST shows it in a list.
    pub fn new(id: String, event_type: &'static str, at: Time, data: &impl Serialize) -> WebhookEvent {
        let payload = Payload { r#type: event_type, timestamp: timestamp(at), data: Listed(data) };
        let body = serde_json::to_string(&payload).expect("messages of the contract can be written");
        WebhookEvent { id, event_type, at, body }
    }
}

#[derive(Serialize)]
struct Payload<'a, T: Serialize> {
    r#type: &'static str,
    timestamp: String,
    data: Listed<'a, T>,
}

struct Listed<'a, T>(&'a T);

impl<T: Serialize> Serialize for Listed<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        listed(self.0, serializer)
    }
}

/// Writes a time as ISO 8601, which the Standard Webhooks specification requires.
fn timestamp(at: Time) -> String {
    let at = chrono::DateTime::from_timestamp_micros(at.0).unwrap_or_default();
    at.to_rfc3339_opts(chrono::SecondsFormat::Micros, true)
}

/// Returns the events of a row of the log, in order, each with the activeflow or call as of that event.
pub fn of(record: &Record) -> Vec<WebhookEvent> {
    project(record, |it| {
        let (id, event) = (view::event_id(record, it.at), it.event());
        Some(match &event.kind {
            Kind::Call { call, kind } => WebhookEvent::new(id, call_type(kind), event.at, &it.show_call(call)),
            kind => WebhookEvent::new(id, activeflow_type(kind), event.at, &it.activeflow()),
        })
    })
}

/// Returns the event for a recording that has ended, None while it runs. Its id is not one of the log, which has an event
/// of the call for it as well.
pub fn recording_finished(recording: &Recording, now: Time) -> Option<WebhookEvent> {
    let over = recording.status != Status::Recording;
    let id = format!("{}-finished", recording.id);
    over.then(|| WebhookEvent::new(id, "recording_finished", now, &view::recording(recording)))
}

fn activeflow_type(kind: &Kind) -> &'static str {
    match kind {
        Kind::Created => "activeflow_created",
        Kind::Ended { .. } => "activeflow_ended",
        _ => "activeflow_updated",
    }
}

fn call_type(kind: &CallKind) -> &'static str {
    match kind {
        CallKind::Created => "call_created",
        CallKind::Hangup => "call_hangup",
        _ => "call_updated",
    }
}
