//! The handler of a unary RPC: reads the request, calls the service in this process, writes the response.

use super::answer::{Body, Encoded};
use super::conditional;
use super::envelope::Envelope;
use super::request::{Asked, Read, read};
use super::route::{Route, failed, respond};
use crate::error::Result;
use crate::http::metrics::Called;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, on};
use http::header::{ETAG, IF_NONE_MATCH};
use http::{HeaderMap, StatusCode};
use serde::de::DeserializeOwned;
use std::sync::Arc;
use tonic::Status;

/// Returns the handler of a unary RPC.
pub fn unary<S, Q, A, Fut>(
    route: &'static Route<Q>,
    service: &Arc<S>,
    call: fn(Arc<S>, tonic::Request<Q>) -> Fut,
    body: fn(A, bool) -> Body,
) -> MethodRouter
where
    S: Send + Sync + 'static,
    Q: DeserializeOwned + Send + 'static,
    A: Send + 'static,
    Fut: Future<Output = Result<tonic::Response<A>, Status>> + Send + 'static,
{
    let service = service.clone();
    let handler = move |request: Request| async move {
        let conditions = conditions(&request);
        let (read, asked) = match read(route, request).await {
            Ok(Read { request, asked }) => (request, asked),
            Err(error) => return failed(route.rpc, error.into()),
        };
        match call(service, read).await {
            Ok(answer) => {
                let (metadata, answer, _) = answer.into_parts();
                let answer = body(answer, asked.single).and_then(|body| unless_known(body, &conditions));
                match answer {
                    Ok(answer) => {
                        let mut response = (metadata.into_headers(), answer).into_response();
                        response.extensions_mut().insert(Called { rpc: route.rpc, code: tonic::Code::Ok });
                        response
                    }
                    Err(error) => failed(route.rpc, error.into()),
                }
            }
            Err(status) => refused(route, status, asked),
        }
    };
    on(route.verb, handler)
}

/// Returns the `If-None-Match` headers of a request with a safe method.
fn conditions(request: &Request) -> HeaderMap {
    let values = request.headers().get_all(IF_NONE_MATCH).iter().filter(|_| request.method().is_safe());
    values.map(|value| (IF_NONE_MATCH, value.clone())).collect()
}

/// Responds 304 if the caller already has the resource.
fn unless_known(body: Encoded, conditions: &HeaderMap) -> Result<Response> {
    match &body.etag {
        Some(etag) if conditional::is_known(conditions, etag)? => {
            Ok((StatusCode::NOT_MODIFIED, [(ETAG, etag.clone())]).into_response())
        }
        _ => Ok(body.into_response()),
    }
}

/// Responds to a request that the service rejected, using the field names of the HTTP request.
fn refused<Q>(route: &Route<Q>, status: Status, asked: Asked) -> Response {
    let code = status.code();
    let mut envelope = Envelope::of(status);
    if let Some((one, many)) = route.single.filter(|_| asked.single) {
        // A single element was given in place of a list; the error names that element.
        envelope.rename(&format!("{many}[0]"), one);
    }
    if asked.if_match {
        envelope.rename("expected_revision", "If-Match");
        envelope.precondition();
    }
    respond(route.rpc, code, envelope)
}
