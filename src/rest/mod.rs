//! REST: routes generated from `google.api.http` in the contract. Each calls the gRPC service in this process, so
//! handlers and validation exist only once.

mod answer;
mod conditional;
mod download;
mod envelope;
mod json_body;
pub mod openapi;
mod pages;
mod request;
mod route;
pub mod routes;
mod sse;
mod unary;

pub use download::{RequestedRange, requested};
pub use envelope::Envelope;

use crate::error::{Error, Reason};
use crate::grpc::status;
use axum::Router;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};

/// Returns all of REST: the routes of the contract, the OpenAPI document and the documentation page. The routes of each
/// service come from [`routes`], built on the same service instance that gRPC uses.
///
/// Its fallback also handles gRPC requests for unknown services.
pub fn router(routes: impl IntoIterator<Item = Router>) -> Router {
    let all = routes.into_iter().fold(Router::new(), Router::merge);
    all.merge(pages::router()).fallback(no_such_route).method_not_allowed_fallback(no_such_method)
}

/// Responds to an unknown path, in the format of the caller's protocol.
async fn no_such_route(request: Request) -> Response {
    let path = request.uri().path();
    let content_type = request.headers().get(http::header::CONTENT_TYPE);
    if content_type.is_some_and(|value| value.as_bytes().starts_with(b"application/grpc")) {
        return status::no_such_rpc(path).into_http();
    }
    let error = Error::new(Reason::RouteNotFound, format!("no route for {} {path}", request.method()));
    envelope::Envelope::of(error.into()).into_response()
}

async fn no_such_method(request: Request) -> Response {
    let message = format!("{} does not support {}", request.uri().path(), request.method());
    let mut response = envelope::Envelope::of(Error::new(Reason::RouteNotFound, message).into()).into_response();
    *response.status_mut() = http::StatusCode::METHOD_NOT_ALLOWED;
    response
}
