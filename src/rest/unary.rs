//! The handler of an RPC with one answer: reads the request, calls the service in the process, writes the answer.

use super::answer::Body;
use super::request::{Read, read};
use super::route::{Route, failed};
use crate::http::metrics::Called;
use axum::extract::Request;
use axum::response::IntoResponse;
use axum::routing::{MethodRouter, on};
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
        let (read, single) = match read(route, request).await {
            Ok(Read { request, single }) => (request, single),
            Err(error) => return failed(route.rpc, error.into(), None),
        };
        match call(service, read).await {
            Ok(answer) => {
                let (metadata, answer, _) = answer.into_parts();
                match body(answer, single) {
                    Ok(json) => {
                        let mut response = (metadata.into_headers(), json).into_response();
                        response.extensions_mut().insert(Called { rpc: route.rpc, code: tonic::Code::Ok });
                        response
                    }
                    Err(error) => failed(route.rpc, error.into(), None),
                }
            }
            Err(status) => failed(route.rpc, status, route.single.filter(|_| single)),
        }
    };
    on(route.verb, handler)
}
