//! Watches as Server-Sent Events: `id:` is the resume token, `data:` is the message that gRPC would send, as JSON.

use super::envelope::Envelope;
use super::request::{Read, read};
use super::route::{Route, failed};
use crate::error::Error;
use crate::proto::{ActiveflowFrame, CallFrame, Shared};
use axum::extract::Request;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, on};
use futures::{FutureExt, Stream, StreamExt, future, stream};
use http::HeaderName;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tonic::Status;

/// Comments between events keep proxies from closing an idle connection.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// The header with which a browser's EventSource, or a similar client, resumes.
const LAST_EVENT_ID: &str = "last-event-id";

/// A message of a watch.
pub trait Frame: prost::Message + Default + Clone + Serialize + Send + Sync + 'static {
    fn resume_token(&self) -> &str;
}

impl Frame for ActiveflowFrame {
    fn resume_token(&self) -> &str {
        &self.resume_token
    }
}

impl Frame for CallFrame {
    fn resume_token(&self) -> &str {
        &self.resume_token
    }
}

/// Returns the handler of a streaming RPC.
pub fn watch<S, Q, F, St, Fut>(
    route: &'static Route<Q>,
    service: &Arc<S>,
    call: fn(Arc<S>, tonic::Request<Q>) -> Fut,
) -> MethodRouter
where
    S: Send + Sync + 'static,
    Q: DeserializeOwned + Send + 'static,
    F: Frame,
    St: Stream<Item = Result<Shared<F>, Status>> + Send + 'static,
    Fut: Future<Output = Result<tonic::Response<St>, Status>> + Send + 'static,
{
    let service = service.clone();
    let handler = move |request: Request| async move {
        let read = match read(route, resumed(request)).await {
            Ok(Read { request, .. }) => request,
            Err(error) => return failed(route.rpc, error.into()),
        };
        match call(service, read).await {
            Ok(answer) => events(route.rpc, answer.into_inner()).await,
            Err(status) => failed(route.rpc, status),
        }
    };
    on(route.verb, handler)
}

/// Copies `Last-Event-ID` into the query as `resume_token`. The header is sent on a reconnection, so it is newer than a
/// token in the query, which is that of the first connection.
fn resumed(mut request: Request) -> Request {
    let Some(token) = request.headers().get(LAST_EVENT_ID).and_then(|value| value.to_str().ok()) else {
        return request;
    };
    let pairs: Vec<(String, String)> = match serde_html_form::from_str(request.uri().query().unwrap_or_default()) {
        Ok(pairs) => pairs,
        Err(_) => return request,
    };
    let mut pairs: Vec<_> = pairs.into_iter().filter(|(name, _)| name != "resume_token").collect();
    pairs.push(("resume_token".to_owned(), token.to_owned()));
    let query = serde_html_form::to_string(&pairs).unwrap_or_default();
    if let Ok(uri) = format!("{}?{query}", request.uri().path()).parse() {
        *request.uri_mut() = uri;
    }
    request
}

async fn events<F: Frame>(
    rpc: &'static str,
    stream: impl Stream<Item = Result<Shared<F>, Status>> + Send + 'static,
) -> Response {
    // Fused, because a stream that has already ended is polled again below.
    let mut stream = Box::pin(stream.fuse());
    // An error before the first event is an ordinary error response. If nothing is ready yet, the stream starts at
    // once.
    let first = match stream.next().now_or_never() {
        Some(None) => None,
        Some(Some(Err(status))) => return failed(rpc, status),
        Some(Some(item)) => Some(item),
        None => return sse(stream),
    };
    sse(stream::iter(first).chain(stream))
}

fn sse<F: Frame>(stream: impl Stream<Item = Result<Shared<F>, Status>> + Send + 'static) -> Response {
    let events = stream
        .scan(false, |over, item| {
            // Nothing follows an error.
            let next = (!*over).then_some(item);
            *over |= matches!(next, Some(Err(_)));
            future::ready(next)
        })
        .map(|item| Ok::<_, Infallible>(item.and_then(|frame| event(&frame)).unwrap_or_else(fault)));
    let unbuffered = [(HeaderName::from_static("x-accel-buffering"), "no")];
    (unbuffered, Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE))).into_response()
}

fn event<F: Frame>(frame: &Shared<F>) -> Result<Event, Status> {
    let frame = frame.message().map_err(Error::internal)?;
    let data = serde_json::to_string(&*frame).map_err(Error::internal)?;
    Ok(Event::default().id(frame.resume_token()).data(data))
}

fn fault(status: Status) -> Event {
    Event::default().event("fault").data(Envelope::of(status).json())
}
