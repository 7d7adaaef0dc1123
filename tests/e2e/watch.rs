//! Watches, through both faces.

use crate::server::{Grpc, Rest};
use futures::StreamExt;
use futures::stream::BoxStream;
use ringdown::proto::{WatchActiveflowsRequest, WatchCallsRequest, json};
use serde_json::Value;
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(30);

/// A stream of gRPC, each frame as REST would write it.
pub struct Frames(BoxStream<'static, Result<Value, tonic::Status>>);

impl Frames {
    pub async fn activeflows(grpc: &Grpc, request: Value) -> Frames {
        let now = is_from_now(&request);
        let request: WatchActiveflowsRequest = json::read(request).unwrap();
        let stream = grpc.activeflows.clone().watch_activeflows(request).await.unwrap().into_inner();
        let shown = |frame: ringdown::proto::Shared<_>| serde_json::to_value(frame.into_message().unwrap()).unwrap();
        Frames(stream.map(move |frame| frame.map(shown)).boxed()).begun(now).await
    }

    /// A watch that is not begun.
    pub async fn activeflows_refused(grpc: &Grpc, request: Value) -> tonic::Status {
        let request: WatchActiveflowsRequest = json::read(request).unwrap();
        match grpc.activeflows.clone().watch_activeflows(request).await {
            Err(status) => status,
            Ok(_) => panic!("it was begun"),
        }
    }

    pub async fn calls(grpc: &Grpc, request: Value) -> Frames {
        let now = is_from_now(&request);
        let request: WatchCallsRequest = json::read(request).unwrap();
        let stream = grpc.calls.clone().watch_calls(request).await.unwrap().into_inner();
        let shown = |frame: ringdown::proto::Shared<_>| serde_json::to_value(frame.into_message().unwrap()).unwrap();
        Frames(stream.map(move |frame| frame.map(shown)).boxed()).begun(now).await
    }

    /// A watch from now on begins with a token, and nothing else.
    async fn begun(mut self, from_now: bool) -> Frames {
        if from_now {
            let first = self.next().await.expect("it begins");
            assert_eq!((&first["type"], &first["event"]), (&"progress".into(), &Value::Null), "{first}");
        }
        self
    }

    /// The next frame, or how the stream ended; None when it ended well.
    pub async fn told(&mut self) -> Option<Result<Value, tonic::Status>> {
        tokio::time::timeout(PATIENCE, self.0.next()).await.expect("nothing was told")
    }

    pub async fn next(&mut self) -> Option<Value> {
        self.told().await.map(Result::unwrap)
    }
}

fn is_from_now(request: &Value) -> bool {
    ["resume_token", "include_snapshot", "until_ended"].iter().all(|it| request[it].is_null())
}

/// A watch that ends by itself, whole.
pub async fn grpc_activeflows(grpc: &Grpc, request: Value) -> Vec<Value> {
    whole(Frames::activeflows(grpc, request).await).await
}

pub async fn grpc_calls(grpc: &Grpc, request: Value) -> Vec<Value> {
    whole(Frames::calls(grpc, request).await).await
}

async fn whole(mut frames: Frames) -> Vec<Value> {
    let mut all = Vec::new();
    while let Some(frame) = frames.next().await {
        all.push(frame);
    }
    all
}

/// A Server-Sent Event.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// `message` when it has no name.
    pub name: String,
    pub id: String,
    pub data: Value,
}

pub struct Events {
    body: BoxStream<'static, reqwest::Result<bytes::Bytes>>,
    read: String,
}

/// Opens a stream of Server-Sent Events, behind the token with which one from now on begins.
pub async fn sse(rest: &Rest, path: &str, headers: &[(&str, &str)]) -> Events {
    let mut request = rest.http.get(format!("{}{path}", rest.url)).bearer_auth(&rest.key);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = request.send().await.unwrap();
    let status = response.status();
    assert_eq!(status, 200, "{}", response.text().await.unwrap());
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let mut events = Events { body: response.bytes_stream().boxed(), read: String::new() };
    let resumes = headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("last-event-id"));
    if !resumes && !["resume_token", "include_snapshot", "until_ended"].iter().any(|it| path.contains(it)) {
        let first = events.next().await.expect("it begins");
        assert_eq!((&first.data["type"], &first.data["event"]), (&"progress".into(), &Value::Null), "{first:?}");
    }
    events
}

impl Events {
    /// The next event; None when the stream is over.
    pub async fn next(&mut self) -> Option<Event> {
        loop {
            while let Some((block, rest)) = self.read.split_once("\n\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.read = rest;
                if let Some(event) = event(&block) {
                    return Some(event);
                }
            }
            let bytes = tokio::time::timeout(PATIENCE, self.body.next()).await.expect("nothing was told")?;
            self.read += std::str::from_utf8(&bytes.unwrap()).unwrap();
        }
    }

    pub async fn whole(mut self) -> Vec<Event> {
        let mut all = Vec::new();
        while let Some(event) = self.next().await {
            all.push(event);
        }
        all
    }
}

/// None for a comment.
fn event(block: &str) -> Option<Event> {
    let field = |name: &str| {
        block.lines().find_map(|line| Some(line.strip_prefix(name)?.strip_prefix(':')?.trim_start().to_owned()))
    };
    let data = serde_json::from_str(&field("data")?).unwrap();
    Some(Event { name: field("event").unwrap_or("message".to_owned()), id: field("id").unwrap_or_default(), data })
}
