//! Outbox items and text messages as rows.

use crate::clock::Clock;
use crate::model::call::Address;
use crate::model::codec::to_bytes;
use crate::model::outgoing::{OutboxPayload, Outgoing};
use crate::model::time::Time;
use crate::model::view::{self, time_of};
use crate::proto::{self, MessageDirection, MessageStatus};
use crate::store::{self, Commit, partitions};
use prost::Message;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// Adds an outbox item to a commit. A text message is also stored as one.
pub fn add_outgoing(commit: &mut Commit, outgoing: &Outgoing, customer_id: Uuid, activeflow_id: Uuid, now: Time) {
    if let OutboxPayload::Message { source, destination, text } = &outgoing.payload {
        let message = queued(outgoing.id, customer_id, (source, destination), text, now);
        commit.messages.push(message_row(&proto::Message { activeflow_id: view::id(activeflow_id), ..message }));
    }
    commit.outgoing.push(store::Outgoing {
        id: outgoing.id,
        customer_id,
        activeflow_id,
        kind: outgoing.payload.kind(),
        partition: partition(customer_id, &outgoing.payload),
        // At once. A run that goes on after a wrong clock may have times in the future.
        due: now.min(Clock::now()).0,
        tm_create: now.0,
        body: to_bytes(&outgoing.payload),
    });
}

/// Returns the partition of an item: everything that a customer sends to one web server, to the message provider or to the
/// mail server. The partitions of a customer are a group, and the groups take turns.
fn partition(customer_id: Uuid, payload: &OutboxPayload) -> i64 {
    let receiver = match payload {
        OutboxPayload::Webhook(request) => origin(&request.uri).to_ascii_lowercase(),
        OutboxPayload::Event(event) => origin(&event.uri).to_ascii_lowercase(),
        OutboxPayload::Message { .. } => "a message".to_owned(),
        OutboxPayload::Mail { .. } => "a mail".to_owned(),
    };
    let mut hash = Sha256::new();
    hash.update(customer_id.as_bytes());
    let customer = hash.clone().finalize();
    hash.update(receiver);
    let receiver = hash.finalize();
    let number = |hash: &[u8]| u32::from_be_bytes(std::array::from_fn(|at| hash[at]));
    partitions::partition(number(&customer), number(&receiver))
}

/// Returns scheme, host and port of an address.
fn origin(uri: &str) -> &str {
    let host = uri.find("://").map_or(0, |at| at + 3);
    uri[host..].find(['/', '?', '#']).map_or(uri, |end| &uri[..host + end])
}

pub fn message_row(message: &proto::Message) -> store::Message {
    let id = |text: &str| text.parse().unwrap_or_default();
    store::Message {
        id: id(&message.id),
        customer_id: id(&message.customer_id),
        direction: message.direction,
        status: message.status,
        tm_create: message.tm_create.as_ref().map_or(0, |time| time_of(time).0),
        tm_delete: message.tm_delete.as_ref().map(|time| time_of(time).0),
        body: message.encode_to_vec(),
    }
}

/// Returns a message that waits to be sent.
pub fn queued(
    id: Uuid,
    customer_id: Uuid,
    (source, destination): (&Address, &Address),
    text: &str,
    now: Time,
) -> proto::Message {
    proto::Message {
        id: view::id(id),
        customer_id: view::id(customer_id),
        activeflow_id: String::new(),
        r#type: proto::MessageType::Sms.into(),
        source: Some(view::address(source)),
        destination: Some(view::address(destination)),
        text: text.to_owned(),
        direction: MessageDirection::Outgoing.into(),
        status: MessageStatus::Queued.into(),
        error: String::new(),
        tm_create: view::time(now),
        tm_update: None,
        tm_delete: None,
    }
}

/// Sets the result of sending a message.
pub fn settle(message: &mut proto::Message, status: MessageStatus, error: &str, now: Time) {
    message.set_status(status);
    message.error = error.to_owned();
    message.tm_update = view::time(now);
}
