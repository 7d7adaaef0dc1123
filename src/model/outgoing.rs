//! What a flow sends out without waiting for it: saved by the commit that asks for it, delivered afterwards.

use super::call::Address;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A request to a web server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HttpRequest {
    /// POST, GET, PUT or DELETE.
    pub method: String,
    pub uri: String,
    /// Media type of the body; empty without one.
    pub data_type: String,
    pub data: String,
    pub timeout_ms: i32,
}

/// One thing to be delivered, with an id that stays the same however often it is tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outgoing {
    pub id: Uuid,
    #[serde(rename = "what")]
    pub payload: OutboxPayload,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutboxPayload {
    /// May be tried again: it carries its id.
    Webhook(HttpRequest),
    /// An event for whoever wants to hear it. Tried again until it is taken: it carries the event's id.
    Event(EventWebhook),
    /// One text message to one number. Never sent twice.
    Message { source: Address, destination: Address, text: String },
    /// Never sent twice.
    Mail { destinations: Vec<String>, subject: String, content: String, attachments: Vec<Attachment> },
}

/// What a webhook tells of an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventWebhook {
    /// The event's, the same for every destination.
    pub id: String,
    /// As `call_created`.
    pub event_type: String,
    /// POST, GET, PUT or DELETE.
    pub method: String,
    pub uri: String,
    /// JSON.
    pub data: String,
}

/// A file that is fetched when the mail goes out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    pub name: String,
    pub url: String,
}

impl OutboxPayload {
    /// The number under which the store keeps it. Numbers are never used for something else.
    pub fn kind(&self) -> i32 {
        match self {
            OutboxPayload::Webhook(_) => OutboxPayload::WEBHOOK,
            OutboxPayload::Message { .. } => OutboxPayload::MESSAGE,
            OutboxPayload::Mail { .. } => OutboxPayload::MAIL,
            OutboxPayload::Event(_) => OutboxPayload::EVENT,
        }
    }

    pub const WEBHOOK: i32 = 1;
    pub const MESSAGE: i32 = 2;
    pub const MAIL: i32 = 3;
    pub const EVENT: i32 = 4;
}
