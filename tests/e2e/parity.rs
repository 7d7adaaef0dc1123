//! What gRPC and REST answer to the same request is the same resource, or the same error for the same reason.

use crate::protocols::{Protocols, blank};
use crate::receiver::{Mode, Receiver};
use crate::server::{Guest, text, until};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU32, Ordering};
use tokio::sync::OnceCell;

/// How the numbers begin that are created here; four digits follow.
pub const NUMBERS: &str = "+1777000";

fn talk() -> Value {
    json!([{"type": "talk", "option": {"text": "Hello.", "language": "en-US"}}])
}

fn block() -> Value {
    json!([{"id": "6f18ae1c-ddf8-413b-9572-ad30574604ef", "type": "block"}, {"type": "sleep", "option": {"duration": 60000}}])
}

fn address(number: u32) -> Value {
    json!({"type": "tel", "target": format!("+1555000{number:04}"), "target_name": "a", "name": "b", "detail": "c"})
}

fn tel(target: &str) -> Value {
    json!({"type": "tel", "target": target})
}

fn calls(actions: Value) -> Value {
    json!({"source": address(9), "destinations": [address(1), address(3)], "actions": actions, "variables": {"a": "b"}})
}

/// Something fresh for each face to act on, and the request that acts on it.
pub struct Fresh<'a> {
    guest: &'a Guest,
    /// Takes the webhooks of those activeflows that have one.
    receiver: OnceCell<Receiver>,
}

impl Fresh<'_> {
    pub fn of(guest: &Guest) -> Fresh<'_> {
        Fresh { guest, receiver: OnceCell::new() }
    }

    async fn make(&self, path: &str, body: Value) -> String {
        text(&self.guest.rest.ok("POST", path, Some(body)).await, "id")
    }

    async fn flow(&self) -> String {
        self.make("/v1.0/flows", json!({"name": "n", "actions": talk()})).await
    }

    async fn blocked(&self) -> String {
        let id = self.make("/v1.0/activeflows", json!({"actions": block()})).await;
        self.guest.rest.wait(&format!("/v1.0/activeflows/{id}"), "current_action/type", "block").await;
        id
    }

    async fn echoing(&self) -> String {
        text(&self.guest.rest.call_at(json!([{"type": "echo", "option": {"duration": 60000}}]), "echo").await, "id")
    }

    /// A recording of exactly a second, with its call.
    pub async fn recorded(&self) -> (String, String) {
        let call = self.echoing().await;
        let path = format!("/v1.0/calls/{call}/recording_start");
        let started = self.guest.rest.ok("POST", &path, Some(json!({"duration": 1}))).await;
        let id = text(&started, "recording_id");
        self.guest.rest.wait(&format!("/v1.0/recordings/{id}"), "status", "ended").await;
        (id, call)
    }

    /// A number that is nobody's yet.
    fn number(&self) -> String {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        format!("{NUMBERS}{:04}", NEXT.fetch_add(1, Ordering::Relaxed))
    }

    /// A number with flows, and its id.
    pub async fn owned(&self) -> (String, String) {
        let (number, flow) = (self.number(), self.flow().await);
        let body = json!({"number": number, "call_flow_id": flow, "message_flow_id": flow});
        (self.make("/v1.0/numbers", body).await, number)
    }

    /// A message that was sent.
    pub async fn sent(&self) -> String {
        let body = json!({"source": tel("+15550000009"), "destination": tel("+15550000001"), "text": "Hello."});
        let (status, sent) = self.guest.rest.post("/v1.0/messages", body).await;
        assert_eq!(status, 200, "{sent}");
        let id = text(&sent, "id");
        self.guest.rest.wait(&format!("/v1.0/messages/{id}"), "status", "sent").await;
        id
    }

    /// A webhook that was delivered, and the activeflow that it is about.
    pub async fn delivered(&self) -> (String, String) {
        let receiver = self.receiver.get_or_init(|| Receiver::start(Mode::Answer(204))).await;
        let body = json!({"actions": [{"type": "stop"}], "webhook_uri": receiver.url});
        let run = self.make("/v1.0/activeflows", body).await;
        let path = format!("/v1.0/webhook_deliveries?status=delivered&activeflow_id={run}");
        let ended = until("the end is delivered", async || {
            let list = self.guest.rest.ok("GET", &path, None).await;
            list["result"].as_array().unwrap().iter().find(|it| it["event_type"] == "activeflow_ended").cloned()
        })
        .await;
        (text(&ended, "id"), run)
    }

    async fn key(&self) -> String {
        self.make("/v1.0/accesskeys", json!({"name": "k"})).await
    }

    /// A request that changes something, with a resource of its own.
    async fn request(&self, rpc: &str) -> Value {
        match rpc {
            "CreateFlow" => {
                json!({"name": "n", "detail": "d", "actions": talk(), "on_complete_flow_id": self.flow().await})
            }
            "UpdateFlow" => json!({"id": self.flow().await, "name": "m", "actions": block()}),
            "DeleteFlow" => json!({"id": self.flow().await}),
            "CreateCalls" => calls(talk()),
            "DeleteCall" | "HangupCall" | "HoldCall" | "UnholdCall" => json!({"id": self.echoing().await}),
            "TalkCall" => json!({"id": self.echoing().await, "text": "Hello.", "language": "en-US"}),
            "MuteCall" => json!({"id": self.echoing().await, "direction": "in"}),
            "UnmuteCall" => {
                let id = self.echoing().await;
                self.guest.rest.ok("POST", &format!("/v1.0/calls/{id}/mute"), None).await;
                json!({"id": id, "direction": "out"})
            }
            "SendDigits" => json!({"id": self.echoing().await, "digits": "12#", "interval_ms": 0}),
            "StartRecording" => json!({"id": self.echoing().await, "end_of_key": "any", "beep_start": true}),
            "StopRecording" => json!({"id": self.recorded().await.1}),
            "DeleteRecording" => json!({"id": self.recorded().await.0}),
            "CreateActiveflow" => json!({
                "flow_id": self.flow().await, "on_complete_flow_id": self.flow().await, "variables": {"a": "ä"},
                "webhook_uri": "http://127.0.0.1:9/hook",
            }),
            "DeleteActiveflow" | "StopActiveflow" => json!({"id": self.blocked().await}),
            "ContinueActiveflow" => {
                json!({"id": self.blocked().await, "current_action_id": "6f18ae1c-ddf8-413b-9572-ad30574604ef"})
            }
            "PushActions" => json!({"id": self.blocked().await, "actions": talk(), "interrupt": false}),
            "SetVariables" => json!({"id": self.blocked().await, "variables": {"a": "1", "b": ""}}),
            "SetCallee" => {
                json!({"target": "+15550007777", "ring_ms": 10, "answer": "answer", "steps": ["silence 2s", "digits \"12#\""]})
            }
            "SimulateIncomingCall" => json!({"source": address(5), "destination": address(6), "actions": talk()}),
            "SimulateDigits" => json!({"call_id": self.echoing().await, "digits": "5"}),
            "SimulateHangup" => json!({"call_id": self.echoing().await}),
            "CreateAccessKey" => json!({"name": "n", "detail": "d", "tm_expire": "2199-01-01 00:00:00.000000"}),
            "UpdateAccessKey" => json!({"id": self.key().await, "name": "m"}),
            "DeleteAccessKey" => json!({"id": self.key().await}),
            "SimulateFlow" => json!({
                "actions": block(), "variables": {"a": "b"}, "start": "api", "script": ["wait 1s", "continue"],
            }),
            "SendMessage" => json!({
                "source": tel("+15550000009"), "destinations": [tel("+15550000001"), tel("+15550000002")], "text": "Hello.",
            }),
            "ReceiveMessage" => {
                json!({"source": tel("+15550000009"), "destination": tel(&self.owned().await.1), "text": "Hello."})
            }
            "DeleteMessage" => json!({"id": self.sent().await}),
            "CreateNumber" => json!({
                "number": self.number(), "call_flow_id": self.flow().await, "message_flow_id": self.flow().await,
                "name": "n", "detail": "d",
            }),
            "UpdateNumber" => json!({"id": self.owned().await.0, "name": "m"}),
            "DeleteNumber" => json!({"id": self.owned().await.0}),
            "UpdateCustomer" => json!({
                "name": "n", "detail": "d", "webhook_uri": "http://127.0.0.1:9/hook", "webhook_method": "PUT",
                "rotate_webhook_secret": true,
            }),
            "RedeliverWebhook" => json!({"id": self.delivered().await.0}),
            other => panic!("{other} reads, or nobody has thought of it"),
        }
    }
}

const READ: [&str; 25] = [
    "GetFlow",
    "ListFlows",
    "GetCall",
    "ListCalls",
    "GetActiveflow",
    "ListActiveflows",
    "GetVariables",
    "ListActiveflowEvents",
    "ListActionTypes",
    "GetRecording",
    "ListRecordings",
    "GetAccessKey",
    "ListAccessKeys",
    "WatchActiveflows",
    "ValidateFlow",
    "ListFlowRevisions",
    "DiffFlowRevisions",
    "GetMessage",
    "ListMessages",
    "GetNumber",
    "ListNumbers",
    "GetCustomer",
    "GetCustomerUse",
    "ListWebhookDeliveries",
    "GetWebhookDelivery",
];

#[tokio::test]
async fn what_changes_something_is_answered_alike() {
    let guest = Guest::new().await;
    let (protocols, fresh) = (Protocols::of(&guest).await, Fresh::of(&guest));
    let mut rpcs: Vec<&str> = protocols.rpcs();
    // A file is no JSON on either face; tests/recordings compares it. Operators have keys of their own: tests/adversary.
    let others = [
        "WatchCalls",
        "DownloadRecording",
        "GetCallPcap",
        // A simulated phone has none; both say so below.
        "GetCallTrace",
        "ListCustomers",
        "CreateCustomer",
        "UpdateCustomerLimits",
        "SuspendCustomer",
        "ResumeCustomer",
        "DeleteCustomer",
        // So have providers and routes: carriers.rs.
        "CreateProvider",
        "GetProvider",
        "ListProviders",
        "UpdateProvider",
        "DeleteProvider",
        "CreateRoute",
        "GetRoute",
        "ListRoutes",
        "UpdateRoute",
        "DeleteRoute",
        "ListDialRoutes",
    ];
    rpcs.retain(|rpc| !READ.contains(rpc) && !others.contains(rpc));
    rpcs.sort();
    assert_eq!(rpcs.len() + READ.len() + others.len(), ringdown_rpcs(), "every RPC has its route");
    for rpc in rpcs {
        let (one, other) = (fresh.request(rpc).await, fresh.request(rpc).await);
        let grpc = protocols.grpc(rpc, &one, "").await.unwrap_or_else(|told| panic!("gRPC {rpc} {one}: {told:?}"));
        let rest = protocols.rest(rpc, &other, "").await.unwrap_or_else(|told| panic!("REST {rpc} {other}: {told:?}"));
        // There is one customer, and both have changed it.
        let alike = |mut answer: Value| {
            if rpc == "UpdateCustomer" {
                answer["revision"] = "counted".into();
            }
            blank(&answer).to_string()
        };
        let (grpc, rest) = (alike(grpc), alike(rest));
        assert_eq!(grpc, rest, "{rpc} {one}");
        assert!(grpc.len() > 20, "{rpc}: {grpc}");
    }
}

/// How many RPCs the contract has.
fn ringdown_rpcs() -> usize {
    let pool = prost_reflect::DescriptorPool::decode(ringdown::proto::DESCRIPTOR).unwrap();
    pool.services().filter(|it| it.package_name() == "ringdown.v1").map(|it| it.methods().count()).sum()
}

#[tokio::test]
async fn what_is_read_is_the_same_on_both() {
    let guest = Guest::new().await;
    let (protocols, fresh) = (Protocols::of(&guest).await, Fresh::of(&guest));
    let (flow, blocked, call, key) =
        (fresh.flow().await, fresh.blocked().await, fresh.echoing().await, fresh.key().await);
    let (recording, recorded) = fresh.recorded().await;
    let (number, message, (delivery, told)) = (fresh.owned().await.0, fresh.sent().await, fresh.delivered().await);
    guest.rest.ok("PUT", &format!("/v1.0/flows/{flow}"), Some(json!({"name": "m", "actions": block()}))).await;
    // An end, for lists and watches that know it.
    let ended = fresh.blocked().await;
    guest.rest.ok("POST", &format!("/v1.0/activeflows/{ended}/stop"), None).await;
    for (rpc, request) in [
        ("GetFlow", json!({"id": flow})),
        ("ListFlows", json!({})),
        ("ListFlows", json!({"page_size": 1})),
        ("GetCall", json!({"id": call})),
        ("ListCalls", json!({"direction": "outgoing", "status": "progressing"})),
        ("ListCalls", json!({"flow_id": flow})),
        ("GetActiveflow", json!({"id": blocked})),
        ("GetActiveflow", json!({"id": ended})),
        ("ListActiveflows", json!({"page_size": 2, "reference_type": "api"})),
        ("ListActiveflows", json!({"status": "ended"})),
        ("GetVariables", json!({"id": blocked})),
        ("ListActiveflowEvents", json!({"id": ended})),
        ("ListActiveflowEvents", json!({"id": ended, "page_size": 2})),
        ("ListActionTypes", json!({})),
        ("GetAccessKey", json!({"id": key})),
        ("ListAccessKeys", json!({})),
        ("GetRecording", json!({"id": recording})),
        ("ListRecordings", json!({"call_id": recorded})),
        ("ListRecordings", json!({"status": "failed"})),
        ("ValidateFlow", json!({"actions": block(), "reference_type": "api"})),
        ("ValidateFlow", json!({"actions": [{"type": "talk"}, {"type": "goto", "option": {"loop_count": 1}}]})),
        ("ListFlowRevisions", json!({"id": flow})),
        ("ListFlowRevisions", json!({"id": flow, "page_size": 1})),
        ("DiffFlowRevisions", json!({"id": flow, "from": 1, "to": 2})),
        ("DiffFlowRevisions", json!({"id": flow})),
        ("GetMessage", json!({"id": message})),
        ("ListMessages", json!({"direction": "outgoing", "status": "sent"})),
        ("GetNumber", json!({"id": number})),
        ("ListNumbers", json!({})),
        ("GetCustomer", json!({})),
        ("GetCustomerUse", json!({"id": guest.customer_id})),
        ("ListWebhookDeliveries", json!({"status": "delivered", "activeflow_id": told})),
        ("GetWebhookDelivery", json!({"id": delivery})),
    ] {
        protocols.read(rpc, request).await;
    }
    for rpc in ["GetCallTrace", "GetCallPcap"] {
        let told = protocols.refused(rpc, json!({"id": call})).await;
        assert_eq!((told.reason.as_str(), told.paths()), ("CALL_TRACE_NOT_FOUND", vec![]), "{rpc}: {told:?}");
    }
}

/// The frames without their tokens, which hold positions of the log that other tests move.
fn shown(mut frames: Vec<Value>) -> String {
    assert_eq!(frames.last().unwrap()["type"], "progress");
    for frame in &mut frames {
        let token = frame["resume_token"].take();
        assert!(token.as_str().is_some_and(|token| !token.is_empty()), "{frame} has no token");
    }
    json!(frames).to_string()
}

#[tokio::test]
async fn what_is_watched_is_the_same_on_both() {
    use crate::watch::{grpc_activeflows, grpc_calls, sse};
    let guest = Guest::new().await;
    let fresh = Fresh::of(&guest);
    let (blocked, call) = (fresh.blocked().await, fresh.echoing().await);
    guest.rest.ok("POST", &format!("/v1.0/activeflows/{blocked}/stop"), None).await;
    guest.rest.ok("POST", &format!("/v1.0/calls/{call}/hangup"), None).await;
    guest.rest.wait(&format!("/v1.0/calls/{call}"), "status", "hangup").await;
    // The snapshot of what is over is all that there is to tell.
    let grpc = grpc_activeflows(&guest.grpc, json!({"ids": [blocked], "until_ended": true})).await;
    let rest = sse(&guest.rest, &format!("/v1.0/activeflows/watch?until_ended=true&ids={blocked}"), &[]).await;
    let rest: Vec<Value> = rest.whole().await.into_iter().map(|event| event.data).collect();
    assert_eq!(shown(grpc.clone()), shown(rest));
    assert_eq!((&grpc[0]["type"], &grpc[0]["activeflow"]["id"]), (&json!("snapshot"), &json!(blocked)));

    let grpc = grpc_calls(&guest.grpc, json!({"ids": [call], "until_ended": true})).await;
    let rest = sse(&guest.rest, &format!("/v1.0/calls/watch?until_ended=true&ids={call}"), &[]).await;
    let rest: Vec<Value> = rest.whole().await.into_iter().map(|event| event.data).collect();
    assert_eq!(shown(grpc.clone()), shown(rest));
    assert_eq!((&grpc[0]["type"], &grpc[0]["call"]["id"]), (&json!("snapshot"), &json!(call)));
}

#[tokio::test]
async fn what_happens_is_told_alike_while_it_happens() {
    use crate::watch::{Frames, sse};
    let guest = Guest::new().await;
    let mut grpc = Frames::activeflows(&guest.grpc, json!({"reference_type": "api"})).await;
    let mut rest = sse(&guest.rest, "/v1.0/activeflows/watch?reference_type=api", &[]).await;
    let id = Fresh::of(&guest).blocked().await;
    guest.rest.ok("POST", &format!("/v1.0/activeflows/{id}/stop"), None).await;
    guest.rest.ok("DELETE", &format!("/v1.0/activeflows/{id}"), None).await;
    let mut kinds = Vec::new();
    loop {
        let (one, other) = (grpc.next().await.unwrap(), rest.next().await.unwrap());
        assert_eq!(other.id, one["resume_token"].as_str().unwrap());
        assert_eq!(one.to_string(), other.data.to_string());
        kinds.push(format!("{} {}", text(&one, "type"), text(&one["event"], "type")));
        if one["type"] == "deleted" {
            break;
        }
    }
    assert_eq!(
        (kinds.first().unwrap().as_str(), kinds.last().unwrap().as_str()),
        ("created created", "deleted deleted")
    );
    assert!(kinds.contains(&"updated blocked".to_owned()) && kinds.contains(&"updated ended".to_owned()), "{kinds:?}");
}
