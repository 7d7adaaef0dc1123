//! Converts errors to gRPC statuses, and reads the details of a status.

use crate::error::{Error, Reason, Violation};
use crate::http::code::code_name;
use crate::http::request_id;
use crate::telemetry::Throttle;
use std::collections::HashMap;
use std::time::Duration;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};

/// The domain of the reasons, in `ErrorInfo`.
pub const DOMAIN: &str = "ringdown";

/// The key of a resource's current revision in the metadata of `ErrorInfo`.
pub const REVISION: &str = "revision";

/// The delay after which a caller may retry when the server is unavailable or receives too many requests.
pub const RETRY: Duration = Duration::from_secs(1);

/// The limits of a status: the number of violations, and the total bytes of their paths and descriptions. They are sent
/// in the trailers, in base64, and clients usually accept at most 8 KiB of trailers.
const MAX_VIOLATIONS: usize = 50;
const MAX_DETAILS: usize = 4_096;
/// The largest number of characters in a path, a description or a message.
const MAX_TEXT: usize = 512;

/// While the database or another node is away every request fails, also one with an unknown key.
static STORE_UNAVAILABLE: Throttle = Throttle::new();
static NODE_UNAVAILABLE: Throttle = Throttle::new();

/// Internal causes are logged here and nowhere else.
impl From<Error> for Status {
    fn from(error: Error) -> Status {
        let id = request_id::current();
        if let Some(source) = &error.source {
            let reason = error.reason.name();
            let pass = match error.reason {
                Reason::StoreUnavailable => STORE_UNAVAILABLE.pass(),
                Reason::NodeUnavailable => NODE_UNAVAILABLE.pass(),
                _ => Some(0),
            };
            if let Some(suppressed) = pass {
                tracing::error!(request_id = id, reason, suppressed, source = %source, "{}", error.message);
            }
        }
        let mut details = ErrorDetails::new();
        let revision = error.revision.map(|revision| (REVISION.to_owned(), revision.to_string()));
        details.set_error_info(error.reason.name(), DOMAIN, revision.into_iter().collect::<HashMap<_, _>>());
        for Violation { field, description } in shown(error.violations) {
            details.add_bad_request_violation(field, description);
        }
        if retry_after(error.reason) {
            details.set_retry_info(Some(RETRY));
        }
        if let Some(id) = id {
            details.set_request_info(id, "");
        }
        Status::with_error_details(error.reason.code(), cut(error.message), details)
    }
}

/// Returns whether the response says how long to wait before the next attempt.
fn retry_after(reason: Reason) -> bool {
    reason.code() == Code::Unavailable || reason == Reason::TooManyRequests
}

/// Returns the first violations, as many as fit. The message counts all of them.
fn shown(violations: Vec<Violation>) -> Vec<Violation> {
    let mut bytes = 0;
    let cut = violations.into_iter().map(|it| Violation { field: cut(it.field), description: cut(it.description) });
    let fits = cut.take(MAX_VIOLATIONS).take_while(|it| {
        let first = bytes == 0;
        bytes += it.field.len() + it.description.len();
        first || bytes <= MAX_DETAILS
    });
    fits.collect()
}

/// Truncates a text whose length a caller may control.
fn cut(mut text: String) -> String {
    if let Some((end, _)) = text.char_indices().nth(MAX_TEXT) {
        text.truncate(end);
        text.push('…');
    }
    text
}

/// The details of a status, from any source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusDetails {
    pub code: Code,
    /// The name of a [`Reason`], or of the code if the status has no reason.
    pub reason: String,
    pub message: String,
    pub violations: Vec<Violation>,
    /// The current revision of the resource, if the caller expected another one.
    pub revision: Option<i64>,
}

impl StatusDetails {
    pub fn by(status: &Status) -> StatusDetails {
        let details = status.get_error_details();
        let reason = match details.error_info() {
            Some(info) => info.reason.clone(),
            None => code_name(status.code()).to_owned(),
        };
        let metadata = details.error_info().and_then(|info| info.metadata.get(REVISION));
        let revision = metadata.and_then(|text| text.parse().ok());
        let fields = details.bad_request().map(|it| it.field_violations.as_slice()).unwrap_or_default();
        let violations = fields
            .iter()
            .map(|it| Violation { field: it.field.clone(), description: it.description.clone() })
            .collect();
        let message = match (status.message(), status.code()) {
            ("", code) => code.description().to_owned(),
            // A status that a library created may contain internal details.
            (_, Code::Internal | Code::Unknown) if details.error_info().is_none() => {
                tracing::error!(message = status.message(), "a gRPC status has no error details");
                Error::internal("").message
            }
            (message, _) => message.to_owned(),
        };
        StatusDetails { code: status.code(), reason, message, violations, revision }
    }
}

/// Returns the HTTP status of a code. It agrees with the error table, in which all reasons of a code have the same HTTP
/// status.
pub fn http_status(code: Code) -> u16 {
    match code {
        Code::Ok => 200,
        Code::InvalidArgument => 400,
        Code::Unauthenticated => 401,
        Code::PermissionDenied => 403,
        Code::NotFound => 404,
        Code::AlreadyExists | Code::FailedPrecondition | Code::Aborted => 409,
        Code::OutOfRange => 410,
        Code::ResourceExhausted => 429,
        // The caller has disconnected and does not read the response, but the log should not show a server error.
        Code::Cancelled => 499,
        Code::Unimplemented => 501,
        Code::Unavailable => 503,
        Code::DeadlineExceeded => 504,
        Code::Unknown | Code::Internal | Code::DataLoss => 500,
    }
}

/// Returns the response to a path that is not an RPC.
pub fn no_such_rpc(path: &str) -> Status {
    Error::new(Reason::MethodNotImplemented, format!("unknown RPC {path}")).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_tells_what_the_error_said() {
        let status = Status::from(Error::field(Reason::InvalidActionOption, "actions[2].option.text", "is missing"));
        let details = StatusDetails::by(&status);
        assert_eq!(details.code, Code::InvalidArgument);
        assert_eq!(details.reason, "INVALID_ACTION_OPTION");
        assert_eq!(details.message, "actions[2].option.text: is missing");
        assert_eq!(details.violations[0].field, "actions[2].option.text");
        assert_eq!(http_status(details.code), Reason::InvalidActionOption.http());
    }

    #[test]
    fn what_is_told_of_fields_is_bounded() {
        let fields = |count: usize, field: &str| {
            let violation = Violation { field: field.to_owned(), description: "is missing".to_owned() };
            StatusDetails::by(&Error::fields(Reason::InvalidArgument, vec![violation; count]).into())
        };
        let many = fields(1_000, "name");
        assert_eq!((many.violations.len(), many.message.as_str()), (50, "name: is missing (and 999 more)"));
        assert_eq!(fields(3, "name").violations.len(), 3);
        let long = fields(1_000, &"é".repeat(100_000));
        assert!(long.violations.len() == 3 && long.violations[0].field.chars().count() == 513, "{long:?}");
    }

    #[test]
    fn a_stale_revision_tells_the_current_one() {
        let details = StatusDetails::by(&Status::from(Error::stale_revision(8)));
        assert_eq!(
            (details.code, details.reason.as_str(), details.revision),
            (Code::Aborted, "STALE_REVISION", Some(8))
        );
        assert_eq!(details.violations[0].field, "expected_revision");
    }

    #[test]
    fn what_broke_inside_is_not_told() {
        let status = Status::from(Error::internal("no such table: runs"));
        assert!(!format!("{status:?}").contains("runs"));
        let details = StatusDetails::by(&Status::unknown("/var/lib: permission denied"));
        assert!(!details.message.contains("/var") && details.reason == "UNKNOWN");
    }

    #[test]
    fn http_follows_the_error_table() {
        use Reason::*;
        for reason in [
            InvalidJsonBody,
            ResumeTokenExpired,
            InvalidCredentials,
            DestinationNotAllowed,
            RouteNotFound,
            IdTaken,
            CallEnded,
            StaleAction,
            StaleRevision,
            TooManyCalls,
            ActionNotAvailable,
            ShuttingDown,
            DeadlineExceeded,
            Internal,
        ] {
            assert_eq!(http_status(reason.code()), reason.http(), "{}", reason.name());
        }
    }
}
