//! The handler of an RPC with one answer: reads the request, calls the service in the process, writes the answer.

use super::answer::{Body, Json};
use super::conditional;
use super::envelope::Envelope;
use super::request::{Asked, Read, read};
use super::route::{Route, failed, told};
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

/// The handler of an RPC with one answer.
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
                let answer = body(answer, asked.single).and_then(|json| unless_known(json, &conditions));
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

/// `If-None-Match` of a request that reads.
fn conditions(request: &Request) -> HeaderMap {
    let values = request.headers().get_all(IF_NONE_MATCH).iter().filter(|_| request.method().is_safe());
    values.map(|value| (IF_NONE_MATCH, value.clone())).collect()
}

/// 304 in place of a resource that the caller has already.
fn unless_known(json: Json, conditions: &HeaderMap) -> Result<Response> {
    match &json.etag {
        Some(etag) if conditional::is_known(conditions, etag)? => {
            Ok((StatusCode::NOT_MODIFIED, [(ETAG, etag.clone())]).into_response())
        }
        _ => Ok(json.into_response()),
    }
}

/// The service's refusal, of what the caller sent and by the names that it has there.
fn refused<Q>(route: &Route<Q>, status: Status, asked: Asked) -> Response {
    let code = status.code();
    let mut envelope = Envelope::of(status);
    if let Some((one, many)) = route.single.filter(|_| asked.single) {
        // One stood in place of a list, and the fault is in the one.
        envelope.rename(&format!("{many}[0]"), one);
    }
    if asked.if_match {
        envelope.rename("expected_revision", "If-Match");
        envelope.precondition();
    }
    told(route.rpc, code, envelope)
}
