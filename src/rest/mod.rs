//! REST: routes generated from `google.api.http` in the contract. Each calls the gRPC service in this process, so there is
//! no second handler and no second validation.

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

pub use envelope::Envelope;

use crate::error::{Error, Reason};
use crate::grpc::status;
use axum::Router;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};

/// All of REST: the routes of the contract, the OpenAPI document and the pages. The routes of each service come from
/// [`routes`], made of the very service that gRPC serves.
///
/// Its fallback answers for gRPC too: whatever is no service of gRPC comes here.
pub fn router(routes: impl IntoIterator<Item = Router>) -> Router {
    let all = routes.into_iter().fold(Router::new(), Router::merge);
    all.merge(pages::router()).fallback(no_such_route).method_not_allowed_fallback(no_such_method)
}

/// The answer to a path that is neither REST's nor gRPC's, as the caller's protocol tells it.
async fn no_such_route(request: Request) -> Response {
    let path = request.uri().path();
    let content_type = request.headers().get(http::header::CONTENT_TYPE);
    if content_type.is_some_and(|value| value.as_bytes().starts_with(b"application/grpc")) {
        return status::no_such_rpc(path).into_http();
    }
    let error = Error::new(Reason::RouteNotFound, format!("there is no {} {path}", request.method()));
    envelope::Envelope::of(error.into()).into_response()
}

async fn no_such_method(request: Request) -> Response {
    let message = format!("{} has no {}", request.uri().path(), request.method());
    let mut response = envelope::Envelope::of(Error::new(Reason::RouteNotFound, message).into()).into_response();
    *response.status_mut() = http::StatusCode::METHOD_NOT_ALLOWED;
    response
}
