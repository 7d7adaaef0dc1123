//! A request under an idempotency key is done once, whoever repeats it, however often, and whatever dies in between.

use crate::protocols::Protocols;
use crate::server::{Guest, Home, Server, text};
use futures::future::join_all;
use serde_json::{Value, json};
use std::collections::HashSet;

fn call() -> Value {
    json!({
        "source": {"type": "tel", "target": "+15550000009"},
        "destinations": [{"type": "tel", "target": "+15550000001"}],
        "actions": [{"type": "echo", "option": {"duration": 60_000}}],
    })
}

async fn protocols(server: &Server) -> Protocols {
    Protocols::new(server.grpc().await, server.rest()).await
}

/// Sends the same request fifty times at once, half of them over each face, and gives the one answer.
async fn fifty(protocols: &Protocols, rpc: &str, request: &Value, key: &str) -> Value {
    let racers = (0..50).map(async |at| match at % 2 {
        0 => protocols.rest(rpc, request, key).await,
        _ => protocols.grpc(rpc, request, key).await,
    });
    let answers: HashSet<String> = join_all(racers).await.into_iter().map(|it| it.unwrap().to_string()).collect();
    assert_eq!(answers.len(), 1, "{rpc}: one answer: {answers:?}");
    serde_json::from_str(answers.iter().next().unwrap()).unwrap()
}

async fn counts(server: &Server) -> Vec<usize> {
    let mut counts = Vec::new();
    for path in ["calls", "flows", "activeflows", "accesskeys", "numbers", "messages"] {
        counts.push(count(server, path).await);
    }
    counts
}

async fn count(server: &Server, path: &str) -> usize {
    server.rest().ok("GET", &format!("/v1.0/{path}?page_size=1000"), None).await["result"].as_array().unwrap().len()
}

#[tokio::test]
async fn fifty_at_once_and_once_more_after_a_crash_are_one() {
    let home = Home::new(&[]);
    let server = home.start();
    let speak = protocols(&server).await;
    let flow = json!({"name": "n", "actions": [{"type": "answer"}]});
    let activeflow = json!({"actions": [{"type": "block"}], "variables": {"b": "2", "a": "1"}});
    let key = json!({"name": "ci"});
    let number = json!({"number": "+17770000001"});
    let tel = |target: &str| json!({"type": "tel", "target": target});
    let message = json!({"source": tel("+15550000009"), "destinations": [tel("+15550000001")], "text": "Hello."});
    let arrival = json!({"source": tel("+15550000009"), "destination": tel("+17770000001"), "text": "Hello."});
    let call = call();
    let requests = [
        ("CreateCalls", &call),
        ("CreateFlow", &flow),
        ("CreateActiveflow", &activeflow),
        ("CreateAccessKey", &key),
        ("CreateNumber", &number),
        ("SendMessage", &message),
        ("ReceiveMessage", &arrival),
    ];
    let mut first = Vec::new();
    for (rpc, request) in requests {
        // One key for all: it counts for each RPC by itself.
        first.push(fifty(&speak, rpc, request, "the-key").await);
    }
    // The call has an activeflow too, and the first start made a key.
    assert_eq!(counts(&server).await, [1, 1, 2, 2, 1, 2]);
    assert!(text(&first[3], "key").starts_with("rd_"));
    server.kill();

    let server = home.start();
    let speak = protocols(&server).await;
    for ((rpc, request), first) in requests.into_iter().zip(&first) {
        assert_eq!(speak.rest(rpc, request, "the-key").await.unwrap().to_string(), first.to_string(), "{rpc}");
        assert_eq!(speak.grpc(rpc, request, "the-key").await.unwrap().to_string(), first.to_string(), "{rpc}");
        assert_eq!(fifty(&speak, rpc, request, "the-key").await, *first, "{rpc}");
    }
    assert_eq!(counts(&server).await, [1, 1, 2, 2, 1, 2]);
    // The key that was shown again is a key.
    let rest = crate::server::Rest { key: text(&first[3], "key"), ..server.rest() };
    rest.ok("GET", "/v1.0/flows", None).await;

    for (rpc, other) in [
        (
            "CreateCalls",
            json!({"source": call["source"], "destinations": call["destinations"], "actions": [{"type": "answer"}]}),
        ),
        ("CreateFlow", json!({"name": "m", "actions": [{"type": "answer"}]})),
        ("CreateActiveflow", json!({"actions": [{"type": "block"}], "variables": {"b": "2"}})),
        ("CreateAccessKey", json!({"name": "cd"})),
        ("CreateNumber", json!({"number": "+17770000002"})),
        ("SendMessage", json!({"source": tel("+15550000009"), "destinations": [tel("+15550000001")], "text": "Hi."})),
        ("ReceiveMessage", json!({"source": tel("+15550000009"), "destination": tel("+17770000001"), "text": "Hi."})),
    ] {
        let told = speak.rest(rpc, &other, "the-key").await.unwrap_err();
        assert_eq!(Err(told.clone()), speak.grpc(rpc, &other, "the-key").await, "{rpc}");
        assert_eq!((told.status.as_str(), told.reason.as_str()), ("ALREADY_EXISTS", "IDEMPOTENCY_KEY_REUSED"), "{rpc}");
    }
    assert_eq!(counts(&server).await, [1, 1, 2, 2, 1, 2]);
}

#[tokio::test]
async fn the_same_request_is_the_same_however_it_is_written() {
    let guest = Guest::new().await;
    let protocols = Protocols::of(&guest).await;
    let key = [("idempotency-key", "k")];
    let send = async |body: &str| {
        let mut request =
            guest.rest.http.post(format!("{}/v1.0/activeflows", guest.rest.url)).bearer_auth(&guest.rest.key);
        for (name, value) in key {
            request = request.header(name, value);
        }
        let answer = request.body(body.to_owned()).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        answer.json::<Value>().await.unwrap()
    };
    let first = send(r#"{"variables": {"a": "1", "b": "2"}, "actions": [{"type": "block"}]}"#).await;
    let other = r#"{"actions":[{"option":{},"type":"block","next_id":"00000000-0000-0000-0000-000000000000"}],
        "flow_id": "00000000-0000-0000-0000-000000000000", "variables":{"b":"2","a":"1"}}"#;
    assert_eq!(send(other).await, first);
    let request = json!({"actions": [{"type": "block"}], "variables": {"a": "1", "b": "2"}});
    assert_eq!(protocols.grpc("CreateActiveflow", &request, "k").await.unwrap(), first);
    // The key is another customer's own.
    let stranger = Protocols::of(&guest.stranger().await).await;
    assert_ne!(stranger.rest("CreateActiveflow", &request, "k").await.unwrap()["id"], first["id"]);
    // Without a key, and with another one, it is another request.
    assert_ne!(protocols.rest("CreateActiveflow", &request, "").await.unwrap()["id"], first["id"]);
    assert_ne!(protocols.rest("CreateActiveflow", &request, "l").await.unwrap()["id"], first["id"]);
}

#[tokio::test]
async fn what_moves_on_is_answered_as_at_first() {
    let home = Home::new(&[]);
    let server = home.start();
    let speak = protocols(&server).await;
    let (a, b) = ("6f18ae1c-ddf8-413b-9572-ad305746000a", "6f18ae1c-ddf8-413b-9572-ad305746000b");
    let request = json!({"actions": [{"id": a, "type": "block"}, {"id": b, "type": "block"}]});
    let run = text(&speak.rest("CreateActiveflow", &request, "").await.unwrap(), "id");
    let path = format!("/v1.0/activeflows/{run}");
    let rest = server.rest();
    rest.wait(&path, "current_action/id", a).await;

    let go = json!({"id": run, "current_action_id": a});
    let went = fifty(&speak, "ContinueActiveflow", &go, "k").await;
    rest.wait(&path, "current_action/id", b).await;
    assert_eq!(speak.grpc("ContinueActiveflow", &go, "k").await.unwrap(), went);
    assert_eq!(speak.rest("ContinueActiveflow", &go, "").await.unwrap_err().reason, "STALE_ACTION");
    let other = json!({"id": run, "current_action_id": b});
    let told = speak.rest("ContinueActiveflow", &other, "k").await.unwrap_err();
    assert_eq!(told.reason, "IDEMPOTENCY_KEY_REUSED");
    rest.wait(&path, "current_action/id", b).await;

    let push = json!({"id": run, "actions": [{"type": "variable_set", "option": {"key": "a", "value": "1"}}]});
    let pushed = fifty(&speak, "PushActions", &push, "k").await;

    let stop = json!({"id": run});
    let stopped = fifty(&speak, "StopActiveflow", &stop, "k").await;
    assert_eq!(stopped["status"], "ended");
    server.kill();

    let server = home.start();
    let speak = protocols(&server).await;
    assert_eq!(speak.rest("ContinueActiveflow", &go, "k").await.unwrap(), went);
    assert_eq!(speak.rest("PushActions", &push, "k").await.unwrap(), pushed);
    assert_eq!(speak.rest("StopActiveflow", &stop, "k").await.unwrap(), stopped);
    let events = server.rest().ok("GET", &format!("{path}/events?page_size=1000"), None).await;
    let told = |kind: &str| events["result"].as_array().unwrap().iter().filter(|it| it["type"] == kind).count();
    assert_eq!((told("continued"), told("actions_pushed"), told("ended")), (1, 1, 1));
    // Even when the activeflow is there no more.
    server.rest().ok("DELETE", &path, None).await;
    assert_eq!(speak.rest("StopActiveflow", &stop, "k").await.unwrap(), stopped);
    assert_eq!(speak.grpc("ContinueActiveflow", &go, "k").await.unwrap(), went);
    assert_eq!(speak.rest("StopActiveflow", &stop, "").await.unwrap_err().reason, "ACTIVEFLOW_NOT_FOUND");
}

#[tokio::test]
async fn commands_to_calls_and_far_ends_are_done_once() {
    let guest = Guest::new().await;
    let protocols = Protocols::of(&guest).await;
    let digits = json!([{"type": "digits_receive", "option": {"length": 40, "duration": 60_000}}]);
    let call = guest.rest.call_at(digits, "digits_receive").await;
    let (id, run) = (text(&call, "id"), text(&call, "activeflow_id"));
    for (rpc, request) in [
        ("TalkCall", json!({"id": id, "text": "Hello."})),
        ("SendDigits", json!({"id": id, "digits": "1"})),
        ("HoldCall", json!({"id": id})),
        ("MuteCall", json!({"id": id, "direction": "both"})),
        ("SimulateDigits", json!({"call_id": id, "digits": "5"})),
        ("StartRecording", json!({"id": id})),
        ("StopRecording", json!({"id": id})),
    ] {
        fifty(&protocols, rpc, &request, "k").await;
    }
    // The far end presses once more, which comes after the fifty.
    protocols.rest("SimulateDigits", &json!({"call_id": id, "digits": "9"}), "").await.unwrap();
    let events = format!("/v1.0/activeflows/{run}/events?page_size=1000");
    let pressed = crate::server::until("the digits are told", async || {
        let events = guest.rest.ok("GET", &events, None).await;
        let digits = |it: &Value| (it["type"] == "digits_received").then(|| text(it, "digits"));
        let pressed: Vec<String> = events["result"].as_array().unwrap().iter().filter_map(digits).collect();
        (pressed.first()? == "9").then_some(pressed)
    })
    .await;
    assert_eq!(pressed, ["9", "5"]);
    let recordings = guest.rest.ok("GET", &format!("/v1.0/recordings?call_id={id}"), None).await;
    assert_eq!(recordings["result"].as_array().unwrap().len(), 1);
    let delivery = crate::parity::Fresh::of(&guest).delivered().await.0;
    fifty(&protocols, "RedeliverWebhook", &json!({"id": delivery}), "k").await;
    fifty(&protocols, "HangupCall", &json!({"id": id}), "k").await;
    guest.rest.wait(&format!("/v1.0/calls/{id}"), "status", "hangup").await;
    assert_eq!(
        protocols.rest("SimulateDigits", &json!({"call_id": id, "digits": "5"}), "k").await.unwrap()["status"],
        "progressing"
    );
    let address = |number| json!({"type": "tel", "target": format!("+1555000000{number}")});
    let incoming = json!({"source": address(4), "destination": address(5), "actions": [{"type": "answer"}]});
    let came = fifty(&protocols, "SimulateIncomingCall", &incoming, "k").await;
    let list = guest.rest.ok("GET", "/v1.0/calls?direction=incoming", None).await;
    assert_eq!(list["result"].as_array().unwrap().len(), 1);
    assert_eq!(list["result"][0]["id"], came["id"]);
}
