//! A handler that panics is a fault of ours, and its caller is told so as of any other.

use crate::error::Error;
use crate::rest::Envelope;
use crate::supervisor::panic_message;
use axum::response::{IntoResponse, Response};
use futures::FutureExt;
use std::panic::AssertUnwindSafe;
use tonic::Status;

/// Within the request's id. What the panic said goes to the log by the panic's own hook and by its error here.
pub async fn caught(grpc: bool, answer: impl Future<Output = Response>) -> Response {
    // Nothing of the request is looked at again, and what it shares with others is behind locks that survive a panic.
    match AssertUnwindSafe(answer).catch_unwind().await {
        Ok(response) => response,
        Err(panic) => {
            let status = Status::from(Error::internal(format!("a handler panicked: {}", panic_message(&*panic))));
            if grpc { status.into_http() } else { Envelope::of(status).into_response() }
        }
    }
}
