//! Large requests leave the thread of their connection: reading and checking a thousand actions takes milliseconds, in
//! which no other request on that core would be answered.
//!
//! The body of a request that may be large is received first. One that is small goes on at once, on its core. A large one
//! waits for its customer's turn, and is then read, checked and answered on a few threads of its own.

use crate::error::{Error, Reason, Result};
use crate::grpc::MAX_MESSAGE_BYTES;
use crate::http::{auth, request_id};
use crate::memory::Turns;
use crate::proto::codec::CONTRACT;
use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use bytes::{Bytes, BytesMut};
use futures::stream::{self, StreamExt};
use http::Method;
use http::header::CONTENT_LENGTH;
use http_body_util::BodyExt;
use prost_reflect::Kind;
use std::collections::HashSet;
use std::num::NonZeroUsize;
use std::thread::available_parallelism;
use tokio::runtime::{Builder, Runtime};
use tokio::task::AbortHandle;
use uuid::Uuid;

/// A body of more bytes is large.
const LARGE: usize = 32 * 1024;
/// The largest body: a message, and the prefix that gRPC puts before it.
const MAX_BODY: usize = MAX_MESSAGE_BYTES + 5;
/// Receives and answers large requests.
pub struct Large {
    /// The paths of the gRPC requests that may be large: those with actions.
    rpcs: HashSet<String>,
    turns: Turns,
    runtime: Option<Runtime>,
}

/// A request whose body, if it may be large, has been received.
pub enum Received {
    Small(Request),
    Large(Request),
}

impl Large {
    /// Starts the threads.
    pub fn start() -> Result<Large> {
        let threads = (available_parallelism().map_or(1, NonZeroUsize::get) / 2).max(1);
        let runtime = Builder::new_multi_thread()
            .worker_threads(threads)
            .thread_name("large-requests")
            .enable_all()
            .build()
            .map_err(Error::internal)?;
        // The bytes of bodies in progress are limited, and with them how many large requests wait.
        Ok(Large { rpcs: with_actions(), turns: Turns::new(threads, threads, usize::MAX), runtime: Some(runtime) })
    }

    /// Receives the body of a request that may be large. Bodies that are too large to be accepted or do not arrive stay as
    /// they are: whoever reads them finds what is wrong.
    pub async fn receive(&self, request: Request) -> Received {
        let (parts, mut body) = request.into_parts();
        let mut gathered = Gathered::default();
        let ended = gathered.gather(&mut body, MAX_BODY).await;
        let bytes = gathered.len();
        let body = match ended {
            true => Body::from(gathered.into_bytes()),
            false => {
                let read = stream::once(async { Ok::<_, axum::Error>(gathered.into_bytes()) });
                Body::from_stream(read.chain(body.into_data_stream()))
            }
        };
        let request = Request::from_parts(parts, body);
        match ended && bytes > LARGE {
            true => Received::Large(request),
            false => Received::Small(request),
        }
    }

    /// Returns the customer of a request that may be large, if it is authenticated.
    pub fn candidate(&self, request: &Request) -> Option<Uuid> {
        let path = request.uri().path();
        let may_be_large = match request.headers().get(CONTENT_LENGTH) {
            Some(length) => {
                let length = length.to_str().ok()?.parse::<usize>().ok()?;
                (LARGE..=MAX_BODY).contains(&length)
            }
            // Clients of gRPC do not announce the length.
            None => self.rpcs.contains(path) || !path.starts_with("/ringdown."),
        };
        let has_body = matches!(*request.method(), Method::POST | Method::PUT | Method::PATCH);
        let caller = (has_body && may_be_large).then(|| auth::admitted(request.extensions()).ok())??;
        Some(caller.customer_id)
    }

    /// Answers a large request on a thread of its own, when it is its customer's turn. It is given up with its caller.
    pub async fn answer(
        &self,
        customer_id: Uuid,
        answer: impl Future<Output = Response> + Send + 'static,
    ) -> Result<Response> {
        let full = |_| Error::new(Reason::TooManyRequests, "too many large requests are in progress; try again");
        let turn = self.turns.take(customer_id).await.map_err(full)?;
        let runtime = self.runtime.as_ref().ok_or_else(|| Error::new(Reason::ShuttingDown, "the server has closed"))?;
        let task = runtime.spawn(request_id::carried(async move {
            let response = answer.await;
            drop(turn);
            response
        }));
        let _given_up = GivenUp(task.abort_handle());
        task.await.map_err(Error::internal)
    }
}

impl Drop for Large {
    /// The last connection may be closed within another runtime, where waiting for threads is not allowed.
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// Ends a task when its caller no longer waits.
struct GivenUp(AbortHandle);

impl Drop for GivenUp {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Returns the paths of the RPCs whose request has actions.
fn with_actions() -> HashSet<String> {
    let is_action = |kind: Kind| kind.as_message().is_some_and(|it| it.full_name() == "ringdown.v1.Action");
    let methods = CONTRACT.services().flat_map(|service| service.methods().collect::<Vec<_>>());
    let with_actions = methods.filter(|it| it.input().fields().any(|field| is_action(field.kind())));
    with_actions.map(|it| format!("/{}/{}", it.parent_service().full_name(), it.name())).collect()
}

/// What has arrived of a body. It is one piece, because a body can arrive in millions of pieces, each of which takes memory.
#[derive(Default)]
struct Gathered {
    first: Bytes,
    all: BytesMut,
}

impl Gathered {
    fn len(&self) -> usize {
        self.first.len().max(self.all.len())
    }

    fn push(&mut self, data: Bytes) {
        if self.len() == 0 {
            self.first = data;
            return;
        }
        if self.all.is_empty() {
            self.all.extend_from_slice(&std::mem::take(&mut self.first));
        }
        self.all.extend_from_slice(&data);
    }

    fn into_bytes(self) -> Bytes {
        if self.all.is_empty() { self.first } else { self.all.freeze() }
    }

    /// Reads a body until it ends or has more than `most` bytes. Returns whether it has ended. A broken body counts as not
    /// ended: whoever reads on finds the error.
    async fn gather(&mut self, body: &mut Body, most: usize) -> bool {
        while self.len() <= most {
            match body.frame().await {
                None => return true,
                Some(Ok(frame)) => {
                    if let Ok(data) = frame.into_data() {
                        self.push(data);
                    }
                }
                Some(Err(error)) => {
                    tracing::debug!(%error, "the body of a request ended early");
                    *body = Body::from_stream(stream::once(async { Err::<Bytes, _>(error) }));
                    return false;
                }
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_with_actions_may_be_large() {
        let rpcs = with_actions();
        for rpc in ["FlowService/CreateFlow", "FlowService/SimulateFlow", "ActiveflowService/PushActions"] {
            assert!(rpcs.contains(&format!("/ringdown.v1.{rpc}")), "{rpc} is not in {rpcs:?}");
        }
        assert!(!rpcs.contains("/ringdown.v1.ActiveflowService/ContinueActiveflow"));
    }

    #[tokio::test]
    async fn a_body_is_gathered_up_to_a_bound() {
        let body =
            || Body::from_stream(stream::iter(["ab", "cd", "ef"].map(|it| Ok::<_, axum::Error>(Bytes::from(it)))));
        let (mut gathered, mut all) = (Gathered::default(), body());
        assert!(gathered.gather(&mut all, 6).await);
        assert_eq!(gathered.into_bytes(), "abcdef");
        let (mut gathered, mut part) = (Gathered::default(), body());
        assert!(!gathered.gather(&mut part, 3).await);
        assert_eq!(gathered.into_bytes(), "abcd");
        let broken = stream::once(async { Err::<Bytes, _>(std::io::Error::other("gone")) });
        let mut broken = Body::from_stream(broken);
        assert!(!Gathered::default().gather(&mut broken, 3).await);
        assert!(broken.frame().await.unwrap().is_err(), "the error is found again");
    }
}
