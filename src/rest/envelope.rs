//! The JSON of errors in REST: `{"error": {"status", "reason", "message", "request_id", "details": [{"field",
//! "description"}]}}`.

use super::answer::json;
use super::conditional::etag;
use crate::error::{Reason, Violation};
use crate::grpc::status::{RETRY, StatusDetails, http_status};
use crate::http::code::code_name;
use crate::http::request_id;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::RETRY_AFTER;
use serde::Serialize;
use tonic::Status;

pub struct Envelope {
    error: StatusDetails,
    status: StatusCode,
    /// Read when the envelope is created, because a stream may send it later, outside of the request.
    request_id: String,
}

impl Envelope {
    pub fn of(status: Status) -> Envelope {
        let error = StatusDetails::by(&status);
        let status = StatusCode::from_u16(http_status(error.code)).expect("the table has HTTP statuses");
        Envelope { error, status, request_id: request_id::current().unwrap_or_default() }
    }

    /// Sets the status for a failed precondition: the request had `If-Match`, and the revision has changed (RFC 9110
    /// §15.5.13).
    pub fn precondition(&mut self) {
        if self.error.reason == Reason::StaleRevision.name() {
            self.status = StatusCode::PRECONDITION_FAILED;
        }
    }

    /// Renames a field in the violations to the name that the caller used.
    pub fn rename(&mut self, from: &str, to: &str) {
        for violation in &mut self.error.violations {
            if let Some(rest) = violation.field.strip_prefix(from) {
                let field = format!("{to}{rest}");
                self.error.message = self.error.message.replace(&violation.field, &field);
                violation.field = field;
            }
        }
    }

    /// Returns the JSON of the envelope.
    pub fn json(&self) -> String {
        serde_json::to_string(&self.written()).expect("an envelope is plain data")
    }

    fn written(&self) -> Written<'_> {
        let detail = |it: &'_ Violation| Detail { field: it.field.clone(), description: it.description.clone() };
        Written {
            error: Fields {
                status: code_name(self.error.code),
                reason: &self.error.reason,
                message: &self.error.message,
                request_id: &self.request_id,
                details: self.error.violations.iter().map(detail).collect(),
            },
        }
    }
}

impl IntoResponse for Envelope {
    fn into_response(self) -> Response {
        let Ok(mut body) = json(&self.written()) else { return self.status.into_response() };
        // The current `ETag` of the resource.
        body.etag = self.error.revision.map(etag);
        match self.status == StatusCode::SERVICE_UNAVAILABLE || self.error.reason == Reason::TooManyRequests.name() {
            // RFC 9110 §10.2.3.
            true => (self.status, [(RETRY_AFTER, RETRY.as_secs().to_string())], body).into_response(),
            false => (self.status, body).into_response(),
        }
    }
}

/// The body of every error.
#[derive(Serialize, schemars::JsonSchema)]
#[schemars(rename = "Error")]
pub struct Written<'a> {
    /// The error.
    error: Fields<'a>,
}

/// The error.
#[derive(Serialize, schemars::JsonSchema)]
#[schemars(rename = "ErrorFields")]
struct Fields<'a> {
    /// Name of the gRPC code, such as `INVALID_ARGUMENT`.
    status: &'a str,
    /// The reason of the error, a word to branch on, such as `INVALID_ACTION_OPTION`.
    reason: &'a str,
    /// A description of the error in one sentence.
    message: &'a str,
    /// Id of the request, as in the header `x-request-id` and in the server's log.
    request_id: &'a str,
    /// The invalid fields of the request. Empty: the error is not about a field.
    details: Vec<Detail>,
}

/// An invalid field of the request.
#[derive(Serialize, schemars::JsonSchema)]
#[schemars(rename = "ErrorDetail")]
struct Detail {
    /// Path of the field, such as `actions[2].option.duration`.
    field: String,
    /// What the field must be.
    description: String,
}
