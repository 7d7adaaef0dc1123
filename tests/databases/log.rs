//! The log as watchers are told it, from a token up to a mark.

use crate::past::hung_up;
use crate::server::{Grpc, Rest, text};
use crate::watch::Frames;
use serde_json::{Value, json};

/// A call that nobody takes, made when everything else has been told.
pub struct Mark {
    call: String,
    activeflow: String,
}

impl Mark {
    pub async fn set(rest: &Rest) -> Mark {
        let call = hung_up(rest, "+15550000002", json!([{"type": "answer"}])).await;
        let activeflow = rest.ok("GET", &format!("/v1.0/calls/{call}"), None).await;
        let activeflow = text(&activeflow, "activeflow_id");
        rest.wait(&format!("/v1.0/activeflows/{activeflow}"), "status", "ended").await;
        Mark { call, activeflow }
    }

    /// The events of activeflows behind a token, up to the last one of this.
    pub async fn activeflow_events(&self, grpc: &Grpc, token: &str) -> Vec<Value> {
        let frames = Frames::activeflows(grpc, json!({"resume_token": token})).await;
        let last = |event: &Value| event["type"] == "ended" && event["activeflow_id"] == *self.activeflow;
        events(frames, last).await
    }

    pub async fn call_events(&self, grpc: &Grpc, token: &str) -> Vec<Value> {
        let frames = Frames::calls(grpc, json!({"resume_token": token})).await;
        let last = |event: &Value| event["type"] == "hangup" && event["call_id"] == *self.call;
        events(frames, last).await
    }
}

async fn events(mut frames: Frames, last: impl Fn(&Value) -> bool) -> Vec<Value> {
    let mut told = Vec::new();
    while told.last().is_none_or(|event| !last(event)) {
        let mut frame = frames.next().await.expect("it goes on");
        let event = frame["event"].take();
        // What passes without an event says how far the watch is.
        if event.is_object() {
            told.push(event);
        }
    }
    told
}

pub fn ids(events: &[Value]) -> Vec<String> {
    events.iter().map(|event| text(event, "id")).collect()
}
