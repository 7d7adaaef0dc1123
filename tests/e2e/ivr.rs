//! An IVR on simulated phones: its history is a trace that was written by hand from what the catalogue says of each action.

use crate::server::{Home, Server, text, until};
use serde_json::{Value, json};

const MENU: &str = "1e000000-0000-4000-8000-000000000001";
const SALES: &str = "1e000000-0000-4000-8000-000000000002";
const SUPPORT: &str = "1e000000-0000-4000-8000-000000000003";
const CONNECT: &str = "1e000000-0000-4000-8000-000000000004";

fn actions() -> Value {
    json!([
        {"id": MENU, "type": "talk", "option": {"text": "For sales, press 1. For support, press 2."}},
        {"type": "digits_receive", "option": {"length": 1, "duration": 20_000}},
        {"type": "branch", "option": {"target_ids": {"1": SALES, "2": SUPPORT}}},
        {"type": "goto", "option": {"target_id": MENU, "loop_count": 2}},
        {"type": "hangup"},
        {"id": SALES, "type": "talk", "next_id": CONNECT, "option": {"text": "Sales."}},
        {"id": SUPPORT, "type": "talk", "next_id": CONNECT, "option": {"text": "Support."}},
        {"id": CONNECT, "type": "connect", "option": {"destinations": [{"type": "tel", "target": "+15550000002"}]}},
        {"type": "connect", "option": {"destinations": [{"type": "tel", "target": "+15550000005"}]}},
        {"type": "talk", "option": {"text": "${voipbin.connect.status}"}},
    ])
}

/// Runs the IVR with someone who presses these keys, one after each prompt, and gives its history, oldest first.
async fn history(server: &Server, number: &str, keys: &str) -> Vec<Value> {
    let rest = server.rest();
    let steps: Vec<String> =
        keys.chars().flat_map(|key| ["wait_prompt".to_owned(), format!("digits \"{key}\"")]).collect();
    let callee = json!({"ring_ms": 100, "answer": "answer", "steps": steps});
    rest.ok("PUT", &format!("/v1.0/simulator/callees/{}", number.replace('+', "%2B")), Some(callee)).await;
    let call = json!({
        "source": {"type": "tel", "target": "+15550009999"},
        "destination": {"type": "tel", "target": number},
        "actions": actions(),
    });
    let call = rest.ok("POST", "/v1.0/calls", Some(call)).await;
    let id = text(&call, "activeflow_id");
    rest.wait(&format!("/v1.0/activeflows/{id}"), "status", "ended").await;
    let call_path = format!("/v1.0/calls/{}", text(&call, "id"));
    until("the call is hung up", async || (rest.get(&call_path).await.1["status"] == "hangup").then_some(())).await;
    let page = rest.ok("GET", &format!("/v1.0/activeflows/{id}/events?page_size=1000"), None).await;
    let mut events = page["result"].as_array().unwrap().clone();
    events.reverse();
    events
}

/// One line an event, in the words of the catalogue.
fn line(event: &Value) -> String {
    let action = event["action"]["type"].as_str().unwrap_or_default();
    match event["type"].as_str().unwrap() {
        "action_started" if action == "talk" => format!("talk {:?}", text(&event["action"]["option"], "text")),
        "action_started" => action.to_owned(),
        "action_finished" => match (text(event, "outcome").as_str(), text(event, "error").as_str()) {
            (outcome, "") => format!("  {outcome}"),
            (outcome, error) => format!("  {outcome}({error})"),
        },
        "forwarded" => format!("  to {}", text(event, "target_id")),
        "digits_received" => format!("  key {}", text(event, "digits")),
        "variables_set" => {
            let set = event["variables"].as_object().unwrap().iter();
            // Which leg answered is not known before.
            let told = set.filter(|(name, _)| *name != "voipbin.connect.call_id");
            let told = told.map(|(name, value)| format!("{}={}", &name["voipbin.".len()..], value.as_str().unwrap()));
            format!("  {}", told.collect::<Vec<_>>().join(" "))
        }
        "ended" => format!("ended {}", text(event, "end_reason")),
        other => other.to_owned(),
    }
}

const ASK: [&str; 2] = ["talk \"For sales, press 1. For support, press 2.\"", "  done"];
const CONNECTS: [&str; 9] = [
    "connect",
    "  connect.reason=busy connect.status=busy",
    "  failed(busy)",
    "connect",
    "  connect.reason= connect.status=answered",
    "  connect.reason=normal",
    "  done",
    "talk \"answered\"",
    "  done",
];

fn expect(events: &[Value], parts: &[&[&str]]) {
    let trace: Vec<String> = events.iter().map(line).collect();
    assert_eq!(trace, parts.concat(), "{trace:#?}");
}

/// Each action says how long it took; a prompt of n characters takes 60 ms each, here a twentieth of it.
fn has_durations(events: &[Value]) {
    let mut spoken = 0;
    for event in events {
        match (event["type"].as_str().unwrap(), event["action"]["type"].as_str().unwrap_or_default()) {
            ("action_started", "talk") => spoken = text(&event["action"]["option"], "text").chars().count() as i64,
            ("action_finished", "talk") => {
                let (took, least) = (event["duration_ms"].as_i64().unwrap(), spoken * 3);
                assert!(took >= least, "{spoken} characters took {took} ms");
            }
            ("action_finished", _) => assert!(event["duration_ms"].is_i64()),
            _ => {}
        }
    }
}

#[tokio::test]
async fn a_caller_who_presses_wrong_keys_is_asked_again_twice() {
    let home = Home::new(&["--sim-speed", "20"]);
    let server = home.start();
    let again = ["goto", "  done", &format!("  to {MENU}")].map(str::to_owned);
    let again: Vec<&str> = again.iter().map(String::as_str).collect();
    let to_sales = format!("  to {SALES}");
    let keyed =
        |keys: [&'static str; 2]| ["digits_receive", keys[0], keys[1], "  done", "branch", "  call.digits=", "  done"];

    let events = history(&server, "+15551110001", "991").await;
    expect(
        &events,
        &[
            &["created"],
            &ASK,
            &keyed(["  key 9", "  call.digits=9"]),
            &again,
            &ASK,
            &keyed(["  key 9", "  call.digits=9"]),
            &again,
            &ASK,
            &keyed(["  key 1", "  call.digits=1"]),
            &[&to_sales, "talk \"Sales.\"", "  done"],
            &CONNECTS,
            &["ended finished"],
        ],
    );
    has_durations(&events);

    // The third wrong key falls through to the hang-up.
    let events = history(&server, "+15551110002", "999").await;
    expect(
        &events,
        &[
            &["created"],
            &ASK,
            &keyed(["  key 9", "  call.digits=9"]),
            &again,
            &ASK,
            &keyed(["  key 9", "  call.digits=9"]),
            &again,
            &ASK,
            &keyed(["  key 9", "  call.digits=9"]),
            &["goto", "  done", "hangup", "  done", "ended finished"],
        ],
    );
    assert!(server.stop().success());
}
