//! Turns away whom the doors did not let in, before their request is read, and gives up on what takes too long for its caller.

use crate::grpc::{auth, deadline};
use crate::rest::Envelope;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tonic::Status;

pub async fn grpc(request: Request, next: Next) -> Response {
    match auth::refusal(request.extensions()) {
        Some(error) => Status::from(error).into_http(),
        None => next.run(request).await,
    }
}

pub async fn rest(request: Request, next: Next) -> Response {
    match auth::refusal(request.extensions()) {
        Some(error) => Envelope::of(error.into()).into_response(),
        None => next.run(request).await,
    }
}

/// What `grpc-timeout` means to REST.
pub async fn rest_deadline(request: Request, next: Next) -> Response {
    deadline::kept(request, next).await.unwrap_or_else(|error| Envelope::of(error.into()).into_response())
}
