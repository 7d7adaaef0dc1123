//! Inbound messages from message providers: text messages to the customers' numbers.
//!
//! A provider has no access key. It signs the exact bytes of its request, so the request is parsed here and not through
//! the contract.

use super::Components;
use super::bodies::MAX_STRANGER_BYTES;
use crate::api::App;
use crate::api::messages::Arrival;
use crate::clock::Clock;
use crate::error::{Error, Reason, Result, Violation, all};
use crate::http::refused_body::RefusedBody;
use crate::model::call::Address;
use crate::outbound::message::{self, SIGNATURE, TIMESTAMP};
use crate::proto::{self, ReceiveMessageRequest};
use crate::rest::Envelope;
use crate::runtime::idempotency::IdempotentRequest;
use crate::telemetry::Throttle;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Json, Response};
use axum::routing::post;
use http::{HeaderMap, HeaderName};
use serde::Deserialize;
use std::sync::Arc;

/// The only provider so far.
const HTTP: &str = "http";
/// The method name under which idempotency keys of inbound messages are stored.
const RPC: &str = "/v1.0/providers/http/messages";
const MAX_TEXT: usize = 1_600;

static FORGED: Throttle = Throttle::new();

#[derive(Clone)]
struct Inbound {
    app: Arc<App>,
    /// Without a secret, inbound messages are refused.
    secret: Option<Arc<[u8]>>,
}

/// A message as the provider sends it; other fields are ignored.
#[derive(Deserialize)]
struct InboundMessage {
    /// The provider's id, used as the idempotency key: a message that is repeated under it has no further effect.
    id: String,
    source: String,
    destination: String,
    text: String,
}

pub fn router(components: &Components) -> Router {
    let state = Inbound { app: components.app.clone(), secret: components.inbound_secret.clone() };
    Router::new().route("/v1.0/providers/{id}/messages", post(arrived)).with_state(state)
}

async fn arrived(State(inbound): State<Inbound>, Path(name): Path<String>, headers: HeaderMap, body: Body) -> Response {
    match receive(&inbound, &name, &headers, body).await {
        Ok(message) => Json(message).into_response(),
        Err(error) => Envelope::of(error.into()).into_response(),
    }
}

async fn receive(inbound: &Inbound, name: &str, headers: &HeaderMap, body: Body) -> Result<proto::Message> {
    let Some(secret) = inbound.secret.as_ref().filter(|_| name == HTTP) else {
        return Err(Error::new(Reason::RouteNotFound, "unknown provider"));
    };
    // Nobody is authenticated before the body has been read.
    let body = to_bytes(body, MAX_STRANGER_BYTES).await.map_err(|error| {
        let too_large = || Error::new(Reason::BodyTooLarge, format!("expected at most {MAX_STRANGER_BYTES} bytes"));
        RefusedBody::cause(&error).unwrap_or_else(too_large)
    })?;
    let header = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let seconds = Clock::now().0.div_euclid(1_000_000);
    if let Err(forged) = message::verify(secret, header(TIMESTAMP), header(SIGNATURE), &body, seconds) {
        if let Some(suppressed) = FORGED.pass() {
            tracing::warn!(%forged, suppressed, "an inbound message was rejected");
        }
        return Err(Error::new(Reason::InvalidCredentials, "the signature is invalid"));
    }
    let message: InboundMessage = serde_json::from_slice(&body)
        .map_err(|error| Error::new(Reason::InvalidJsonBody, format!("expected a message: {error}")))?;
    let customer_id = inbound.app.owner_of_number(&message.destination).await?.ok_or_else(|| {
        Error::new(Reason::NumberNotFound, format!("no customer has the number {}", message.destination.escape_debug()))
    })?;
    let mut request = ReceiveMessageRequest {
        source: Some(tel(&message.source)),
        destination: Some(tel(&message.destination)),
        text: message.text,
        idempotency_key: message.id,
    };
    let idempotency =
        IdempotentRequest::take(customer_id, RPC, &mut request, |it| &mut it.idempotency_key).ok().flatten();
    let wrong = |field: &str, description: String| Error::field(Reason::InvalidArgument, field, description);
    let id = match idempotency.is_none() {
        true => Err(wrong("id", "expected 1 to 128 visible characters".to_owned())),
        false => Ok(()),
    };
    let text = match request.text.chars().count() > MAX_TEXT || request.text.contains('\0') {
        true => Err(wrong("text", format!("expected at most {MAX_TEXT} characters, none of them NUL"))),
        false => Ok(request.text),
    };
    let addresses = (read("source", &tel(&message.source)), read("destination", &tel(&message.destination)));
    let ((), text, source, destination) = all((id, text, addresses.0, addresses.1))?;
    let arrival = Arrival { source, destination, text };
    let received = inbound.app.receive_message(customer_id, arrival, idempotency).await?;
    Ok(received.message.unwrap_or_default())
}

fn tel(target: &str) -> proto::Address {
    proto::Address { r#type: "tel".to_owned(), target: target.to_owned(), ..Default::default() }
}

fn read(field: &str, address: &proto::Address) -> Result<Address> {
    let violation = |(_, description)| Violation { field: field.to_owned(), description };
    Address::from_proto(address)
        .map_err(|wrong| Error::fields(Reason::InvalidAddress, wrong.into_iter().map(violation).collect()))
}
