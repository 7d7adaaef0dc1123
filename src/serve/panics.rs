//! Turns the panic of a handler into an internal error for the client.

use crate::error::Error;
use crate::rest::Envelope;
use crate::supervisor::panic_message;
use axum::response::{IntoResponse, Response};
use futures::FutureExt;
use std::panic::AssertUnwindSafe;
use tonic::Status;

/// Runs a handler, within the span of the request's id. The panic hook and the error created here log the panic
/// message.
pub async fn caught(grpc: bool, answer: impl Future<Output = Response>) -> Response {
    // Unwind safe: nothing of the request is used afterwards, and shared state is behind locks that survive a panic.
    match AssertUnwindSafe(answer).catch_unwind().await {
        Ok(response) => response,
        Err(panic) => {
            let status = Status::from(Error::internal(format!("a handler panicked: {}", panic_message(&*panic))));
            if grpc { status.into_http() } else { Envelope::of(status).into_response() }
        }
    }
}
