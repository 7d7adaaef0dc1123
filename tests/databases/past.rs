//! What is over when the death comes: ended calls and activeflows, sent messages, flows with revisions, keys, numbers.

use crate::expected::Answer;
use crate::make::Stage;
use crate::present::tel;
use crate::receiver::Mode;
use crate::server::{Rest, text, until};
use serde_json::{Value, json};

pub const NUMBER: &str = "+15551230042";
/// A number that is told to be busy.
const BUSY: &str = "+15558880001";

/// Ids of actions that others jump to.
const SALES: &str = "5a1e5000-0000-4000-8000-000000000001";
const AGAIN: &str = "a9a10000-0000-4000-8000-000000000001";

/// What is made here and used later.
pub struct Flows {
    pub approval: String,
    pub inner: String,
    pub after: String,
}

pub async fn play(stage: &mut Stage) -> Flows {
    let ann = stage.rest(0);
    let flows = flows(&ann).await;
    numbers(&ann, &flows, stage).await;
    keys(&ann, stage).await;
    busy(&ann, stage).await;
    calls(&ann).await;
    activeflows(&ann, &flows, stage).await;
    webhooks(stage).await;
    messages(&ann, stage).await;
    answers(&ann, stage).await;
    flows
}

pub fn set(key: &str, value: &str) -> Value {
    json!({"type": "variable_set", "option": {"key": key, "value": value}})
}

/// The id of something new.
pub async fn made(rest: &Rest, path: &str, body: Value) -> String {
    text(&rest.ok("POST", path, Some(body)).await, "id")
}

/// An activeflow, once it has ended.
async fn ended(rest: &Rest, body: Value) -> String {
    let id = made(rest, "/v1.0/activeflows", body).await;
    rest.wait(&format!("/v1.0/activeflows/{id}"), "status", "ended").await;
    id
}

pub fn approval(revision: u32) -> Value {
    let by = format!("by revision {revision}");
    json!({"name": "approval", "detail": by, "actions": [{"type": "block"}, set("approved", &by)]})
}

async fn flows(ann: &Rest) -> Flows {
    let made = async |body: Value| made(ann, "/v1.0/flows", body).await;
    let approval_id = made(approval(1)).await;
    ann.ok("PUT", &format!("/v1.0/flows/{approval_id}"), Some(approval(2))).await;
    let inner = made(json!({"name": "inner", "actions": [{"type": "block"}, set("inner", "yes")]})).await;
    let after = made(json!({"name": "after all", "actions": [set("after", "yes"), {"type": "stop"}]})).await;
    Flows { approval: approval_id, inner, after }
}

async fn numbers(ann: &Rest, flows: &Flows, stage: &mut Stage) {
    let desk = json!({"name": "desk", "on_complete_flow_id": flows.after, "actions": [
        {"type": "answer"}, {"type": "echo", "option": {"duration": 180_000}}]});
    let desk = made(ann, "/v1.0/flows", desk).await;
    let post = made(ann, "/v1.0/flows", json!({"name": "post", "actions": [set("came", "yes")]})).await;
    let number = json!({"number": NUMBER, "call_flow_id": desk, "message_flow_id": post, "name": "desk"});
    made(ann, "/v1.0/numbers", number).await;
    let other = made(ann, "/v1.0/numbers", json!({"number": "+15551230043"})).await;
    let unused = made(ann, "/v1.0/flows", json!({"name": "unused", "actions": [{"type": "stop"}]})).await;
    for path in [format!("/v1.0/numbers/{other}"), format!("/v1.0/flows/{unused}")] {
        ann.ok("DELETE", &path, None).await;
        stage.expected.gone.push(path);
    }
}

async fn keys(ann: &Rest, stage: &mut Stage) {
    for (name, stays) in [("ci", true), ("lost", false)] {
        let key = ann.ok("POST", "/v1.0/accesskeys", Some(json!({"name": name, "detail": "a key"}))).await;
        let path = format!("/v1.0/accesskeys/{}", text(&key, "id"));
        if stays {
            stage.expected.people[0].keys.push(text(&key, "key"));
        } else {
            ann.ok("DELETE", &path, None).await;
            stage.expected.shut_out.push(text(&key, "key"));
            stage.expected.gone.push(path);
        }
    }
    stage.expected.jwt = stage.home.run(&["token", "--ttl", "100years"]).trim().to_owned();
}

async fn busy(ann: &Rest, stage: &mut Stage) {
    let path = format!("/v1.0/simulator/callees/{BUSY}");
    ann.ok("PUT", &path, Some(json!({"answer": "busy"}))).await;
    stage.expected.busy = BUSY.to_owned();
}

/// A call, once it is over.
pub async fn hung_up(rest: &Rest, to: &str, actions: Value) -> String {
    let call = json!({"source": tel(NUMBER), "destination": tel(to), "actions": actions});
    let id = made(rest, "/v1.0/calls", call).await;
    rest.wait(&format!("/v1.0/calls/{id}"), "status", "hangup").await;
    id
}

async fn calls(ann: &Rest) {
    let menu = json!([
        {"type": "talk", "option": {"text": "For sales, press 1.", "digits_handle": "next"}},
        {"type": "digits_receive", "option": {"length": 1, "duration": 5_000}},
        {"type": "branch", "option": {"target_ids": {"1": SALES}}},
        {"type": "hangup"},
        {"id": SALES, "type": "talk", "option": {"text": "Hello."}},
        {"type": "recording_start"},
        {"type": "sleep", "option": {"duration": 300}},
        {"type": "recording_stop"},
    ]);
    hung_up(ann, "+15550000006", menu).await;
    hung_up(ann, "+15550000004", json!([{"type": "answer"}])).await;
    until("the recording has a file", async || {
        let list = ann.ok("GET", "/v1.0/recordings", None).await;
        (list["result"][0]["status"] == "ended").then_some(())
    })
    .await;
}

async fn activeflows(ann: &Rest, flows: &Flows, stage: &mut Stage) {
    let actions = json!([
        {"id": AGAIN, "type": "variable_set", "option": {"key": "round", "value": "one of three"}},
        {"type": "sleep", "option": {"duration": 5}},
        {"type": "goto", "option": {"target_id": AGAIN, "loop_count": 2}},
        {"type": "fetch_flow", "option": {"flow_id": flows.after}},
    ]);
    let body = json!({"actions": actions, "on_complete_flow_id": flows.after, "variables": {"given": "ünïcode ☎"}});
    let first = ended(ann, body).await;
    until("the flow after it has ended", async || {
        let list = ann.ok("GET", "/v1.0/activeflows?status=ended", None).await;
        let all = list["result"].as_array().unwrap();
        all.iter().any(|it| it["reference_activeflow_id"] == *first).then_some(())
    })
    .await;
    let stopped = made(ann, "/v1.0/activeflows", json!({"actions": [{"type": "block"}]})).await;
    ann.ok("POST", &format!("/v1.0/activeflows/{stopped}/stop"), None).await;
    let deleted = ended(ann, json!({"actions": [{"type": "stop"}]})).await;
    let path = format!("/v1.0/activeflows/{deleted}");
    ann.ok("DELETE", &path, None).await;
    stage.expected.gone.push(path);
}

/// Webhooks that were taken, and some that the receiver wants no more.
async fn webhooks(stage: &Stage) {
    let (ann, bob, hooks) = (stage.rest(0), stage.rest(1), &stage.hooks);
    let customer = json!({"name": "bob", "detail": "has a webhook", "webhook_uri": hooks.url});
    bob.ok("PUT", "/v1.0/customer", Some(customer)).await;
    for (rest, mode, status) in [(&bob, Mode::Answer(204), "delivered"), (&ann, Mode::Answer(410), "dead")] {
        hooks.set(mode);
        ended(rest, json!({"actions": [set("a", "b")], "webhook_uri": hooks.url})).await;
        settled(rest, status).await;
    }
}

/// Waits until all webhooks of the last activeflow have become this.
async fn settled(rest: &Rest, status: &str) {
    until("the webhooks are settled", async || {
        let list = rest.ok("GET", "/v1.0/webhook_deliveries", None).await;
        let all = list["result"].as_array().unwrap();
        let is = |it: &&Value, kind: &str| it["event_type"] == kind && it["status"] == status;
        let told = all.iter().any(|it| is(&it, "activeflow_ended"));
        (told && all.iter().all(|it| it["status"] != "waiting")).then_some(())
    })
    .await;
}

async fn messages(ann: &Rest, stage: &Stage) {
    for (mode, status) in [(Mode::Answer(422), "failed"), (Mode::Answer(200), "sent")] {
        stage.provider.set(mode);
        let body = json!({"source": tel(NUMBER), "destinations": [tel("+15551230001")], "text": status});
        let sent = ann.ok("POST", "/v1.0/messages", Some(body)).await;
        let id = text(&sent[0], "id");
        ann.wait(&format!("/v1.0/messages/{id}"), "status", status).await;
    }
}

/// Requests under idempotency keys, and what became of them.
async fn answers(ann: &Rest, stage: &mut Stage) {
    let blocked = ann.ok("POST", "/v1.0/activeflows", Some(json!({"actions": [{"type": "block"}]}))).await;
    let (id, at) = (text(&blocked, "id"), text(&blocked["current_action"], "id"));
    let requests = [
        ("/v1.0/flows".to_owned(), json!({"name": "once", "actions": [{"type": "stop"}]})),
        ("/v1.0/activeflows".to_owned(), json!({"actions": [set("a", "b")], "variables": {"b": "2", "a": "1"}})),
        (
            "/v1.0/calls".to_owned(),
            json!({"source": tel(NUMBER), "destinations": [tel("+15550000002")], "actions": [{"type": "answer"}]}),
        ),
        ("/v1.0/accesskeys".to_owned(), json!({"name": "once"})),
        ("/v1.0/numbers".to_owned(), json!({"number": "+15551230044"})),
        (
            "/v1.0/messages".to_owned(),
            json!({"source": tel(NUMBER), "destinations": [tel("+15551230001")], "text": "Hello."}),
        ),
        (
            "/v1.0/messages/receive".to_owned(),
            json!({"source": tel("+15551230001"), "destination": tel(NUMBER), "text": "Hi."}),
        ),
        (format!("/v1.0/activeflows/{id}/continue"), json!({"current_action_id": at})),
    ];
    for (number, (path, body)) in requests.into_iter().enumerate() {
        let key = format!("then-{number}");
        let (status, answer) = ann.send_with("POST", &path, Some(&body), &[("idempotency-key", &key)]).await;
        assert_eq!(status, 200, "{path}: {answer}");
        stage.expected.answers.push(Answer { path, key, body, answer });
    }
}
