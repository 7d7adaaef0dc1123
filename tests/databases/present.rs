//! What is under way when the death comes: sleep, calls, waits for somebody outside, an outbox that is half sent.

use crate::expected::{Running, Waits};
use crate::make::{ANSWERS, AWAY, Stage};
use crate::past::{Flows, NUMBER, approval, made, set};
use crate::receiver::Mode;
use crate::server::{Rest, text, until};
use serde_json::{Value, json};

/// How long those sleep that are to wake: longer than the rest of the making takes.
const SLEEP_MS: u32 = 30_000;
/// The longest sleep that there is, of 24 days.
const LONGEST_MS: u32 = 2_147_483_647;

pub fn tel(number: &str) -> Value {
    json!({"type": "tel", "target": number})
}

/// Everything but the last changes.
pub async fn play(stage: &mut Stage, flows: &Flows) {
    sleep(stage).await;
    blocks(stage, flows).await;
    calls(stage, flows).await;
    webhooks(stage).await;
    messages(stage).await;
}

/// What comes after the write-ahead log was emptied, so that something stands there alone.
pub async fn play_last(stage: &mut Stage, flows: &Flows) {
    let ann = stage.rest(0);
    let last = [sleeping(SLEEP_MS), set("woke", "yes")];
    run(stage, 0, json!({"actions": last, "variables": {"last": "yes"}}), Waits::Time, &[("woke", "yes")]).await;
    // Whoever runs an older revision goes on with that.
    ann.ok("PUT", &format!("/v1.0/flows/{}", flows.approval), Some(approval(3))).await;
}

fn sleeping(duration: u32) -> Value {
    json!({"type": "sleep", "option": {"duration": duration}})
}

/// Starts an activeflow that waits.
async fn run(stage: &mut Stage, person: usize, body: Value, waits: Waits, then: &[(&str, &str)]) -> String {
    let id = made(&stage.rest(person), "/v1.0/activeflows", body).await;
    note(stage, person, &id, waits, then);
    id
}

fn note(stage: &mut Stage, person: usize, id: &str, waits: Waits, then: &[(&str, &str)]) {
    let then = then.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect();
    stage.expected.runs.push(Running { id: id.to_owned(), person, waits, then });
}

async fn sleep(stage: &mut Stage) {
    let woke = ("woke", "yes");
    let actions = json!([sleeping(SLEEP_MS), set("woke", "yes")]);
    run(stage, 0, json!({"actions": actions}), Waits::Time, &[woke]).await;
    let timed = json!([{"type": "block", "option": {"timeout_ms": SLEEP_MS}}, set("woke", "yes")]);
    run(stage, 0, json!({"actions": timed}), Waits::Time, &[woke]).await;
    run(stage, 0, json!({"actions": [sleeping(LONGEST_MS), sleeping(LONGEST_MS)]}), Waits::Weeks, &[]).await;
    // So much that it has a row of its own.
    let large: Vec<(String, String)> = (0..5).map(|at| (format!("large_{at}"), format!("{at} ").repeat(500))).collect();
    let variables: serde_json::Map<_, _> = large.iter().map(|(key, value)| (key.clone(), json!(value))).collect();
    let mut then: Vec<(&str, &str)> = large.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    then.push(woke);
    run(stage, 0, json!({"actions": actions, "variables": variables}), Waits::Time, &then).await;
    // It asks, and nobody answers before the death.
    let uri = stage.place(ANSWERS);
    let asks = json!([{"type": "webhook_send", "option": {"sync": true, "uri": uri, "timeout_ms": 60_000}}]);
    run(stage, 0, json!({"actions": asks}), Waits::Answer, &[("answered", "yes")]).await;
}

async fn blocks(stage: &mut Stage, flows: &Flows) {
    let ann = stage.rest(0);
    let approved = [("approved", "by revision 2")];
    run(stage, 0, json!({"flow_id": flows.approval}), Waits::Word, &approved).await;
    let actions = json!([{"type": "fetch_flow", "option": {"flow_id": flows.inner}}, set("outer", "${inner}")]);
    run(stage, 0, json!({"actions": actions}), Waits::Word, &[("inner", "yes"), ("outer", "yes")]).await;
    let then = [("pushed", "yes"), ("mine", "changed")];
    let body = json!({"actions": [{"type": "block"}], "variables": {"mine": "first"}});
    let pushed = run(stage, 0, body, Waits::Word, &then).await;
    let push = json!({"actions": [set("pushed", "yes")]});
    ann.ok("POST", &format!("/v1.0/activeflows/{pushed}/push_actions"), Some(push)).await;
    let change = json!({"variables": {"mine": "changed"}});
    ann.ok("PUT", &format!("/v1.0/activeflows/{pushed}/variables"), Some(change)).await;
}

/// Calls that are up: talking, listening, bridged, recorded, ringing, called in.
async fn calls(stage: &mut Stage, flows: &Flows) {
    let (ann, bob) = (stage.rest(0), stage.rest(1));
    let echo = json!({"type": "echo", "option": {"duration": 180_000}});
    let talk = json!({"type": "talk", "option": {"text": "It takes long to say all this. ".repeat(30)}});
    let digits = json!({"type": "digits_receive", "option": {"length": 3, "duration": 180_000}});
    let connect = json!({"type": "connect", "option": {"destinations": [tel("+15550000008")]}});
    let programs = [
        (&ann, 0, json!([talk]), "talk"),
        (&ann, 0, json!([digits]), "digits_receive"),
        (&ann, 0, json!([connect]), "connect"),
        (&ann, 0, json!([{"type": "recording_start"}, echo]), "echo"),
        (&bob, 1, json!([echo]), "echo"),
    ];
    for (rest, person, actions, kind) in programs {
        let call = rest.call_at(actions, kind).await;
        note(stage, person, &text(&call, "activeflow_id"), Waits::Call, &[]);
        match kind {
            "connect" => bridged(rest, &text(&call, "id")).await,
            "digits_receive" => {
                let path = format!("/v1.0/simulator/calls/{}/digits", text(&call, "id"));
                rest.ok("POST", &path, Some(json!({"digits": "1"}))).await;
            }
            _ => {}
        }
    }
    let ringing = json!({"source": tel(NUMBER), "destination": tel("+15550000003"), "actions": [echo]});
    let incoming = json!({"source": tel("+15557770001"), "destination": tel(NUMBER)});
    for (path, body, status) in
        [("/v1.0/calls", ringing, "ringing"), ("/v1.0/simulator/calls", incoming, "progressing")]
    {
        let id = made(&ann, path, body).await;
        let call = ann.wait(&format!("/v1.0/calls/{id}"), "status", status).await;
        note(stage, 0, &text(&call, "activeflow_id"), Waits::Call, &[]);
    }
    stage.expected.on_complete_flow_id = flows.after.clone();
}

/// Waits until the call that this one dialled has answered.
async fn bridged(rest: &Rest, master: &str) {
    until("both ends are there", async || {
        let list = rest.ok("GET", "/v1.0/calls?status=progressing", None).await;
        list["result"].as_array().unwrap().iter().any(|it| it["master_call_id"] == *master).then_some(())
    })
    .await;
}

/// Webhooks that wait: the receiver of some fails, that of others is away.
async fn webhooks(stage: &Stage) {
    let (ann, bob) = (stage.rest(0), stage.rest(1));
    stage.hooks.set(Mode::Answer(503));
    let body = json!({"actions": [set("a", "b")], "webhook_uri": stage.hooks.url, "webhook_method": "PUT"});
    made(&ann, "/v1.0/activeflows", body).await;
    let customer = json!({"name": "bob", "detail": "his receiver is away", "webhook_uri": stage.place(AWAY)});
    bob.ok("PUT", "/v1.0/customer", Some(customer)).await;
    made(&bob, "/v1.0/activeflows", json!({"actions": [set("a", "b")]})).await;
}

/// A message that the provider has read and not yet taken, and one behind it.
async fn messages(stage: &mut Stage) {
    let ann = stage.rest(0);
    stage.provider.set(Mode::Hang);
    let before = stage.provider.got().len();
    let send = async |text_of: &str| {
        let body = json!({"source": tel(NUMBER), "destinations": [tel("+15551230002")], "text": text_of});
        text(&ann.ok("POST", "/v1.0/messages", Some(body)).await[0], "id")
    };
    stage.expected.begun_message = send("begun").await;
    until("the provider has it", async || (stage.provider.got().len() > before).then_some(())).await;
    stage.expected.queued_message = send("queued").await;
}
