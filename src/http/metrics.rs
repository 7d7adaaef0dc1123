//! Metrics of requests: counts RPCs by code, over gRPC, gRPC-Web and REST.

use super::code::code_name;
use crate::proto;
use crate::telemetry::Metrics;
use axum::body::{Body, Bytes};
use axum::response::Response;
use http::HeaderMap;
use http_body::{Frame, SizeHint};
use std::collections::HashSet;
use std::pin::Pin;
use std::sync::{Arc, LazyLock};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};
use tonic::Code;

/// The names of the contract's RPCs, as `ringdown.v1.CallService/GetCall`: the label takes no other value.
static RPCS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    let methods = proto::codec::CONTRACT.services().flat_map(|service| service.methods().collect::<Vec<_>>());
    // There are a few dozen of them, needed for as long as the process lives.
    methods.map(|it| &*format!("{}/{}", it.parent_service().full_name(), it.name()).leak()).collect()
});

/// The name and the outcome of the RPC that a route called: an extension of the response, for metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Called {
    /// As `ringdown.v1.CallService/GetCall`.
    pub rpc: &'static str,
    pub code: tonic::Code,
}

/// Counts the RPC that a REST route called, as its response says.
pub async fn rest(metrics: &Metrics, answer: impl Future<Output = Response>) -> Response {
    let began = Instant::now();
    let response = answer.await;
    if let Some(Called { rpc, code }) = response.extensions().get() {
        metrics.rpc(rpc, code_name(*code), began.elapsed());
    }
    response
}

/// Returns the RPC of the contract that has this path.
pub fn rpc(path: &str) -> Option<&'static str> {
    RPCS.get(path.trim_start_matches('/')).copied()
}

/// Counts a gRPC request. Runs inside gRPC-Web: the code of an RPC is in its headers or in its trailers.
pub async fn grpc(
    metrics: &Arc<Metrics>,
    rpc: Option<&'static str>,
    answer: impl Future<Output = Response>,
) -> Response {
    let began = Instant::now();
    let response = answer.await;
    let (Some(rpc), took) = (rpc, began.elapsed()) else { return response };
    let count = Count { metrics: metrics.clone(), rpc, took };
    match code(response.headers()) {
        Some(code) => {
            count.record(code);
            response
        }
        None => response.map(|body| Body::new(Counted { count: Some(count), body })),
    }
}

fn code(headers: &HeaderMap) -> Option<Code> {
    headers.get("grpc-status").map(|value| Code::from_bytes(value.as_bytes()))
}

/// An RPC that is counted when its code is known.
struct Count {
    metrics: Arc<Metrics>,
    rpc: &'static str,
    took: Duration,
}

impl Count {
    fn record(self, code: Code) {
        self.metrics.rpc(self.rpc, code_name(code), self.took);
    }
}

/// The body of a response whose trailers hold its code.
struct Counted {
    count: Option<Count>,
    body: Body,
}

impl http_body::Body for Counted {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(cx);
        if let Poll::Ready(Some(Ok(frame))) = &polled
            && let Some(code) = frame.trailers_ref().and_then(code)
            && let Some(count) = self.count.take()
        {
            count.record(code);
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Counted {
    /// Counts a response that the caller did not read to the end.
    fn drop(&mut self) {
        if let Some(count) = self.count.take() {
            count.record(Code::Cancelled);
        }
    }
}
