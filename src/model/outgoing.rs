//! Items that a flow sends without waiting for them: saved by the commit that creates them and delivered afterwards.

use super::call::Address;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A request to a web server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HttpRequest {
    /// POST, GET, PUT or DELETE.
    pub method: String,
    pub uri: String,
    /// Media type of the body; empty without a body.
    pub data_type: String,
    pub data: String,
    pub timeout_ms: i32,
}

/// An item to deliver. Its id stays the same across retries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outgoing {
    pub id: Uuid,
    #[serde(rename = "what")]
    pub payload: OutboxPayload,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutboxPayload {
    /// May be retried: the request carries the item's id.
    Webhook(HttpRequest),
    /// An event for a webhook destination. Retried until it is accepted: the request carries the event's id.
    Event(EventWebhook),
    /// One text message to one number. Never sent twice.
    Message { source: Address, destination: Address, text: String },
    /// Never sent twice.
    Mail { destinations: Vec<String>, subject: String, content: String, attachments: Vec<Attachment> },
}

/// The content of an event webhook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventWebhook {
    /// The event's id, the same for every destination.
    pub id: String,
    /// For example `call_created`.
    pub event_type: String,
    /// POST, GET, PUT or DELETE.
    pub method: String,
    pub uri: String,
    /// JSON.
    pub data: String,
}

/// A file that is fetched when the mail is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    pub name: String,
    pub url: String,
}

impl OutboxPayload {
    /// Returns the number that represents this kind in the store. Numbers are never reused.
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
