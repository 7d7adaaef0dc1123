//! The error table: every reason with its gRPC code and HTTP status.
//!
//! Internal causes (a failed statement, a broken pipe) travel as `source`: they are logged where the error leaves the
//! process and are never shown to a caller.

mod store;
mod together;

pub use store::unless_damaged;
pub use together::{Checks, all, each};

use serde::{Deserialize, Serialize};
use std::fmt;

/// The reason of an error, a word that clients may branch on. Reasons are part of the contract: they are never renamed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Reason {
    InvalidArgument,
    InvalidJsonBody,
    InvalidId,
    InvalidActionType,
    InvalidActionOption,
    DanglingTarget,
    InvalidAddress,
    InvalidVariables,
    InvalidPageToken,
    InvalidResumeToken,
    BodyTooLarge,
    ResumeTokenExpired,
    AuthenticationRequired,
    InvalidCredentials,
    DestinationNotAllowed,
    SourceNotAllowed,
    RoleNotSufficient,
    CustomerSuspended,
    CustomerNotSuspended,
    CallNotFound,
    FlowNotFound,
    ActiveflowNotFound,
    AccessKeyNotFound,
    MessageNotFound,
    NumberNotFound,
    WebhookDeliveryNotFound,
    CustomerNotFound,
    RecordingNotFound,
    RouteNotFound,
    ProviderNotFound,
    CallRouteNotFound,
    CallTraceNotFound,
    IdempotencyKeyReused,
    IdTaken,
    NumberTaken,
    ActiveflowEnded,
    ActiveflowNotBlocked,
    CallEnded,
    CallNotAnswered,
    RecordingRunning,
    NotSimulated,
    NoRoute,
    ProviderInUse,
    ProviderFixed,
    StaleAction,
    StaleRevision,
    TooManyCalls,
    TooManyActiveflows,
    TooManyWatchers,
    TooManyRequests,
    TooManyGenerations,
    TooManyProviders,
    TooManyRoutes,
    BudgetUsedUp,
    ActionNotAvailable,
    MethodNotImplemented,
    ShuttingDown,
    StoreUnavailable,
    NodeUnavailable,
    DeadlineExceeded,
    Internal,
}

impl Reason {
    /// Returns the reason's row in the table: its name on the wire, its gRPC code and its HTTP status.
    pub const fn entry(self) -> (&'static str, tonic::Code, u16) {
        use tonic::Code::*;
        match self {
            Reason::InvalidArgument => ("INVALID_ARGUMENT", InvalidArgument, 400),
            Reason::InvalidJsonBody => ("INVALID_JSON_BODY", InvalidArgument, 400),
            Reason::InvalidId => ("INVALID_ID", InvalidArgument, 400),
            Reason::InvalidActionType => ("INVALID_ACTION_TYPE", InvalidArgument, 400),
            Reason::InvalidActionOption => ("INVALID_ACTION_OPTION", InvalidArgument, 400),
            Reason::DanglingTarget => ("DANGLING_TARGET", InvalidArgument, 400),
            Reason::InvalidAddress => ("INVALID_ADDRESS", InvalidArgument, 400),
            Reason::InvalidVariables => ("INVALID_VARIABLES", InvalidArgument, 400),
            Reason::InvalidPageToken => ("INVALID_PAGE_TOKEN", InvalidArgument, 400),
            Reason::InvalidResumeToken => ("INVALID_RESUME_TOKEN", InvalidArgument, 400),
            Reason::BodyTooLarge => ("BODY_TOO_LARGE", InvalidArgument, 400),
            Reason::ResumeTokenExpired => ("RESUME_TOKEN_EXPIRED", OutOfRange, 410),
            Reason::AuthenticationRequired => ("AUTHENTICATION_REQUIRED", Unauthenticated, 401),
            Reason::InvalidCredentials => ("INVALID_CREDENTIALS", Unauthenticated, 401),
            Reason::DestinationNotAllowed => ("DESTINATION_NOT_ALLOWED", PermissionDenied, 403),
            Reason::SourceNotAllowed => ("SOURCE_NOT_ALLOWED", PermissionDenied, 403),
            Reason::RoleNotSufficient => ("ROLE_NOT_SUFFICIENT", PermissionDenied, 403),
            Reason::CustomerSuspended => ("CUSTOMER_SUSPENDED", PermissionDenied, 403),
            Reason::CallNotFound => ("CALL_NOT_FOUND", NotFound, 404),
            Reason::FlowNotFound => ("FLOW_NOT_FOUND", NotFound, 404),
            Reason::ActiveflowNotFound => ("ACTIVEFLOW_NOT_FOUND", NotFound, 404),
            Reason::AccessKeyNotFound => ("ACCESS_KEY_NOT_FOUND", NotFound, 404),
            Reason::MessageNotFound => ("MESSAGE_NOT_FOUND", NotFound, 404),
            Reason::NumberNotFound => ("NUMBER_NOT_FOUND", NotFound, 404),
            Reason::WebhookDeliveryNotFound => ("WEBHOOK_DELIVERY_NOT_FOUND", NotFound, 404),
            Reason::CustomerNotFound => ("CUSTOMER_NOT_FOUND", NotFound, 404),
            Reason::RecordingNotFound => ("RECORDING_NOT_FOUND", NotFound, 404),
            Reason::RouteNotFound => ("ROUTE_NOT_FOUND", NotFound, 404),
            Reason::ProviderNotFound => ("PROVIDER_NOT_FOUND", NotFound, 404),
            Reason::CallRouteNotFound => ("CALL_ROUTE_NOT_FOUND", NotFound, 404),
            Reason::CallTraceNotFound => ("CALL_TRACE_NOT_FOUND", NotFound, 404),
            Reason::IdempotencyKeyReused => ("IDEMPOTENCY_KEY_REUSED", AlreadyExists, 409),
            Reason::IdTaken => ("ID_TAKEN", AlreadyExists, 409),
            Reason::NumberTaken => ("NUMBER_TAKEN", AlreadyExists, 409),
            Reason::ActiveflowEnded => ("ACTIVEFLOW_ENDED", FailedPrecondition, 409),
            Reason::ActiveflowNotBlocked => ("ACTIVEFLOW_NOT_BLOCKED", FailedPrecondition, 409),
            Reason::CustomerNotSuspended => ("CUSTOMER_NOT_SUSPENDED", FailedPrecondition, 409),
            Reason::CallEnded => ("CALL_ENDED", FailedPrecondition, 409),
            Reason::CallNotAnswered => ("CALL_NOT_ANSWERED", FailedPrecondition, 409),
            Reason::RecordingRunning => ("RECORDING_RUNNING", FailedPrecondition, 409),
            Reason::NotSimulated => ("NOT_SIMULATED", FailedPrecondition, 409),
            Reason::NoRoute => ("NO_ROUTE", FailedPrecondition, 409),
            Reason::ProviderInUse => ("PROVIDER_IN_USE", FailedPrecondition, 409),
            Reason::ProviderFixed => ("PROVIDER_FIXED", FailedPrecondition, 409),
            Reason::StaleAction => ("STALE_ACTION", Aborted, 409),
            Reason::StaleRevision => ("STALE_REVISION", Aborted, 409),
            Reason::TooManyCalls => ("TOO_MANY_CALLS", ResourceExhausted, 429),
            Reason::TooManyActiveflows => ("TOO_MANY_ACTIVEFLOWS", ResourceExhausted, 429),
            Reason::TooManyWatchers => ("TOO_MANY_WATCHERS", ResourceExhausted, 429),
            Reason::TooManyRequests => ("TOO_MANY_REQUESTS", ResourceExhausted, 429),
            Reason::TooManyGenerations => ("TOO_MANY_GENERATIONS", ResourceExhausted, 429),
            Reason::TooManyProviders => ("TOO_MANY_PROVIDERS", ResourceExhausted, 429),
            Reason::TooManyRoutes => ("TOO_MANY_ROUTES", ResourceExhausted, 429),
            Reason::BudgetUsedUp => ("BUDGET_USED_UP", ResourceExhausted, 429),
            Reason::ActionNotAvailable => ("ACTION_NOT_AVAILABLE", Unimplemented, 501),
            Reason::MethodNotImplemented => ("METHOD_NOT_IMPLEMENTED", Unimplemented, 501),
            Reason::ShuttingDown => ("SHUTTING_DOWN", Unavailable, 503),
            Reason::StoreUnavailable => ("STORE_UNAVAILABLE", Unavailable, 503),
            Reason::NodeUnavailable => ("NODE_UNAVAILABLE", Unavailable, 503),
            Reason::DeadlineExceeded => ("DEADLINE_EXCEEDED", DeadlineExceeded, 504),
            Reason::Internal => ("INTERNAL", Internal, 500),
        }
    }

    pub const fn name(self) -> &'static str {
        self.entry().0
    }

    pub const fn code(self) -> tonic::Code {
        self.entry().1
    }

    pub const fn http(self) -> u16 {
        self.entry().2
    }
}

/// A field of a request that is invalid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The path of the field in the request, as REST writes it: `actions[2].option.duration`.
    pub field: String,
    /// What the field must be, in plain words.
    pub description: String,
}

/// The error type of every layer, from which both protocols build their responses.
#[derive(Debug)]
pub struct Error {
    pub reason: Reason,
    /// One sentence for the caller.
    pub message: String,
    /// The invalid fields; empty if the error is not about a field.
    pub violations: Vec<Violation>,
    /// The current revision of the resource, if the caller expected another one.
    pub revision: Option<u64>,
    /// The internal cause, for the log only.
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    pub fn new(reason: Reason, message: impl Into<String>) -> Error {
        Error { reason, message: message.into(), violations: Vec::new(), revision: None, source: None }
    }

    /// Returns the error for stored data that cannot be read. It is either damaged, as the log shows, or it was written
    /// by a newer version while servers are upgraded one by one; a server of that version can answer.
    pub fn newer(why: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
        let message = "a newer version wrote this data, and this server cannot read it; use a server of that version";
        Error { source: Some(why.into()), ..Error::new(Reason::NodeUnavailable, message) }
    }

    /// Returns an error about one field.
    pub fn field(reason: Reason, field: impl Into<String>, description: impl Into<String>) -> Error {
        Error::fields(reason, vec![Violation { field: field.into(), description: description.into() }])
    }

    /// Returns an error about several fields; the message names the first and counts the others.
    pub fn fields(reason: Reason, violations: Vec<Violation>) -> Error {
        let message = match violations.as_slice() {
            [] => reason.name().to_owned(),
            [one] => format!("{}: {}", one.field, one.description),
            [first, rest @ ..] => format!("{}: {} (and {} more)", first.field, first.description, rest.len()),
        };
        Error { violations, ..Error::new(reason, message) }
    }

    /// Returns the error for a resource whose revision is not the expected one.
    pub fn stale_revision(revision: u64) -> Error {
        let message = format!("another request changed it: its revision is now {revision}; read it again and retry");
        let description = format!("the revision is {revision}");
        let violations = vec![Violation { field: "expected_revision".to_owned(), description }];
        Error { violations, revision: Some(revision), ..Error::new(Reason::StaleRevision, message) }
    }

    /// Merges the violations of `other` into this error, under this error's reason. If this error names no field, it
    /// stays as it is, because invalid fields do not matter then.
    pub fn and(self, other: Error) -> Error {
        match (self.violations.is_empty(), other.violations.is_empty()) {
            (true, _) => self,
            (false, true) => other,
            (false, false) => Error::fields(self.reason, [self.violations, other.violations].concat()),
        }
    }

    /// Like [`Error::and`], for a check that is made only because this error already exists.
    pub fn and_of<T>(self, check: Result<T>) -> Error {
        match check {
            Ok(_) => self,
            Err(other) => self.and(other),
        }
    }

    /// Returns the error for an internal failure. The caller sees a general message; the cause goes to the log.
    pub fn internal(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
        Error {
            source: Some(source.into()),
            ..Error::new(Reason::Internal, "internal server error; the server's log has the cause")
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.reason.name(), self.message)?;
        match &self.source {
            Some(source) => write!(f, " ({source})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Error {}
