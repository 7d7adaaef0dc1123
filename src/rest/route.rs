//! A route: how a request is read for one RPC, and how its answer is given.

use super::answer::Body;
use super::envelope::Envelope;
use super::request::{Read, read};
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, MethodRouter, on};
use serde::de::DeserializeOwned;
use std::sync::Arc;
use tonic::Status;

/// What the contract says of a route. `Q` is the request of its RPC.
pub struct Route<Q> {
    /// The RPC, as `ringdown.v1.CallService/GetCall`.
    pub rpc: &'static str,
    pub verb: MethodFilter,
    /// Whether the body is the request; else the query is.
    pub body: bool,
    /// What may stand in the query.
    pub query: &'static [(&'static str, Parameter)],
    /// A key that may stand in place of a list of one, and the key of that list.
    pub single: Option<(&'static str, &'static str)>,
    /// A header that fills a field of the request.
    pub header: Option<Header<Q>>,
}

/// The name of a header, and what puts its value into a request.
pub type Header<Q> = (&'static str, fn(&mut Q, String));

/// How the text of a query parameter is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parameter {
    Text,
    Integer,
    Boolean,
    /// May be given several times.
    List,
}

/// The name and the outcome of the RPC that a route called: an extension of the response, for metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Called {
    /// As `ringdown.v1.CallService/GetCall`.
    pub rpc: &'static str,
    pub code: tonic::Code,
}

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

/// The answer to a request that failed. Where one stood in place of a list, the fault is in the one.
pub fn failed(rpc: &'static str, status: Status, single: Option<(&str, &str)>) -> Response {
    let code = status.code();
    let mut envelope = Envelope::of(status);
    if let Some((one, many)) = single {
        envelope.rename(&format!("{many}[0]"), one);
    }
    let mut response = envelope.into_response();
    response.extensions_mut().insert(Called { rpc, code });
    response
}
