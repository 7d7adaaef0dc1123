//! Rewrites the errors that tonic itself returns before a request reaches a service, so that both protocols report the
//! same fault in the same way.

use crate::error::{Error, Reason};
use crate::grpc::MAX_MESSAGE_BYTES;
use crate::http::code::code_name;
use crate::http::request_id;
use crate::proto::codec::{self, MAX_ACTIONS};
use axum::extract::Request;
use axum::response::Response;
use http::HeaderMap;
use tonic::{Code, Status};

/// Runs a request under its id and rewrites tonic's errors: the outermost layer of both protocols. `open` is dropped when
/// the response has ended.
pub async fn within<F: Future<Output = Response>>(
    request: Request,
    open: impl Send + Unpin + 'static,
    answer: impl FnOnce(Request) -> F,
) -> Response {
    request_id::within(request, open, |request| async { in_our_words(answer(request).await) }).await
}

/// Replaces an error of tonic's own with ours; any other response stays as it is.
///
/// Such errors are trailers-only: the status is in the headers, and there is no body.
fn in_our_words(mut response: Response) -> Response {
    let Some(error) = own_error(response.headers()) else { return response };
    let status = Status::from(error);
    let mut headers = HeaderMap::new();
    if status.add_header(&mut headers).is_ok() {
        response.headers_mut().extend(headers);
        response.extensions_mut().insert(status);
    }
    response
}

fn own_error(headers: &HeaderMap) -> Option<Error> {
    let code: i32 = headers.get("grpc-status")?.to_str().ok()?.parse().ok()?;
    if code == 0 || headers.contains_key("grpc-status-details-bin") {
        return None;
    }
    let status = Status::from_header_map(headers)?;
    let message = status.message();
    match status.code() {
        Code::OutOfRange if message.starts_with("Error, decoded message length too large") => Some(too_large()),
        Code::Internal if message.starts_with("failed to decode Protobuf message") => {
            Some(Error::new(Reason::InvalidArgument, message))
        }
        Code::InvalidArgument if message == codec::TOO_MANY_ACTIONS => Some(too_many_actions()),
        Code::InvalidArgument => Some(Error::new(Reason::InvalidArgument, message)),
        Code::Unimplemented if message.is_empty() => {
            Some(Error::new(Reason::MethodNotImplemented, Code::Unimplemented.description()))
        }
        code => {
            tracing::debug!(code = code_name(code), message, "a gRPC status has no error details");
            None
        }
    }
}

/// Returns the error for a request over the size limit, in both protocols.
pub fn too_large() -> Error {
    Error::new(Reason::BodyTooLarge, format!("the request is larger than {MAX_MESSAGE_BYTES} bytes"))
}

/// Returns the error for a list with too many actions, which are counted before they are read.
pub fn too_many_actions() -> Error {
    Error::field(Reason::InvalidActionOption, "actions", format!("expected at most {MAX_ACTIONS} actions"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grpc::status::StatusDetails;

    #[track_caller]
    fn check(status: Status, reason: &str) {
        let response = in_our_words(status.into_http());
        assert_eq!(StatusDetails::by(&Status::from_header_map(response.headers()).unwrap()).reason, reason);
    }

    #[test]
    fn tonics_own_errors_get_our_reasons() {
        let large = "Error, decoded message length too large: found 2000000 bytes, the limit is: 1048576 bytes";
        check(Status::out_of_range(large), "BODY_TOO_LARGE");
        check(Status::internal("failed to decode Protobuf message: invalid varint"), "INVALID_ARGUMENT");
        check(Status::invalid_argument(codec::TOO_MANY_ACTIONS), "INVALID_ACTION_OPTION");
        check(Status::invalid_argument(codec::TOO_MANY_INSIDE), "INVALID_ARGUMENT");
        check(Status::unimplemented(""), "METHOD_NOT_IMPLEMENTED");
        check(Error::new(Reason::ResumeTokenExpired, "too old").into(), "RESUME_TOKEN_EXPIRED");
        check(Status::not_found("something"), "NOT_FOUND");
    }
}
