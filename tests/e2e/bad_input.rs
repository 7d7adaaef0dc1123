//! What is wrong with a request is told in the contract's words, with the path of the field, the same on both faces, and
//! nothing has changed.

use crate::faces::{Faces, Told};
use crate::server::{Guest, text};
use crate::watch::sse;
use serde_json::{Value, json};

const NOBODY: &str = "6f18ae1c-ddf8-413b-9572-ad3057460000";
const A: &str = "6f18ae1c-ddf8-413b-9572-ad305746000a";
const B: &str = "6f18ae1c-ddf8-413b-9572-ad305746000b";

fn talk() -> Value {
    json!({"type": "talk", "option": {"text": "Hello."}})
}

/// Everything that a customer has, as lists tell it.
async fn all(guest: &Guest) -> Vec<Value> {
    let mut lists = Vec::new();
    for path in ["flows", "calls", "activeflows", "accesskeys"] {
        lists.push(guest.rest.ok("GET", &format!("/v1.0/{path}?page_size=1000"), None).await);
    }
    lists
}

/// Sends requests of one RPC that both faces can say, and holds reason and paths against what is expected.
async fn check(faces: &Faces, rpc: &str, cases: Vec<(Value, &str, &[&str])>) {
    for (request, reason, paths) in cases {
        let told = faces.refused(rpc, request.clone()).await;
        assert_eq!((told.reason.as_str(), told.paths()), (reason, paths.to_vec()), "{rpc} {request}: {told:?}");
        assert!(!told.message.is_empty() && told.fields.iter().all(|(_, words)| !words.is_empty()), "{told:?}");
    }
}

/// The same for what REST alone can say: gRPC has types where JSON has none.
async fn check_rest(guest: &Guest, verb: &str, path: &str, cases: Vec<(&str, &str, &[&str])>) {
    for (body, reason, paths) in cases {
        let (status, envelope) = guest.rest.send_raw(verb, path, body.as_bytes().to_vec()).await;
        let told = Told::from_envelope(status, &envelope);
        let body: String = body.chars().take(200).collect();
        assert_eq!((told.reason.as_str(), told.paths()), (reason, paths.to_vec()), "{verb} {path} {body}: {told:?}");
    }
}

#[tokio::test]
async fn a_flow_that_cannot_run_is_refused() {
    let guest = Guest::new().await;
    let faces = Faces::of(&guest).await;
    let before = all(&guest).await;
    let flow = |actions: Value| json!({"name": "n", "actions": actions});
    let cases: Vec<(Value, &str, &[&str])> = vec![
        (flow(json!([{}])), "INVALID_ACTION_TYPE", &["actions[0].type"]),
        (flow(json!([{"type": "talk"}])), "INVALID_ACTION_OPTION", &["actions[0].option.text"]),
        (
            flow(json!([talk(), {"type": "sleep", "option": {"duration": -1}}])),
            "INVALID_ACTION_OPTION",
            &["actions[1].option.duration"],
        ),
        (
            flow(json!([{"type": "talk", "option": {"text": "a\0b"}}])),
            "INVALID_ACTION_OPTION",
            &["actions[0].option.text"],
        ),
        (
            flow(json!([{"type": "play", "option": {"stream_urls": ["https://example.com/${a}\0.wav"]}}])),
            "INVALID_ACTION_OPTION",
            &["actions[0].option.stream_urls[0]"],
        ),
        (
            flow(json!([{"type": "variable_set", "option": {"key": "a", "value": "\0"}}])),
            "INVALID_ACTION_OPTION",
            &["actions[0].option.value"],
        ),
        (
            flow(json!([{"type": "goto", "option": {"target_id": A, "loop_count": 1}}])),
            "DANGLING_TARGET",
            &["actions[0].option.target_id"],
        ),
        (flow(json!([{"id": A, "type": "answer", "next_id": B}])), "DANGLING_TARGET", &["actions[0].next_id"]),
        (flow(json!([{"id": A, "type": "answer"}, {"id": A, "type": "answer"}])), "INVALID_ID", &["actions[1].id"]),
        (
            flow(json!([{"id": "00000000-0000-0000-0000-000000000001", "type": "answer"}])),
            "INVALID_ID",
            &["actions[0].id"],
        ),
        (flow(json!([{"id": "7", "type": "answer"}])), "INVALID_ID", &["actions[0].id"]),
        (flow(json!([{"id": "a\0", "type": "answer"}])), "INVALID_ID", &["actions[0].id"]),
        (flow(json!([{"type": "answer", "next_id": "7"}])), "INVALID_ID", &["actions[0].next_id"]),
        (flow(json!([{"type": "recording_start"}])), "ACTION_NOT_AVAILABLE", &["actions[0].type"]),
        (flow(json!([])), "INVALID_ARGUMENT", &["actions"]),
        (
            flow(json!([{"type": "connect", "option": {"destinations": [{"type": "tel", "target": "123"}]}}])),
            "INVALID_ADDRESS",
            &["actions[0].option.destinations[0].target"],
        ),
        // Two at once: both are told, the first decides.
        (
            flow(json!([{"type": "talk"}, {"id": "7", "type": "beep"}])),
            "INVALID_ACTION_OPTION",
            &["actions[0].option.text", "actions[1].id"],
        ),
        (json!({"name": "a\0b", "actions": [talk()]}), "INVALID_ARGUMENT", &["name"]),
        (json!({"name": "n".repeat(256), "actions": [talk()]}), "INVALID_ARGUMENT", &["name"]),
        (json!({"detail": "n".repeat(1001), "actions": [talk()]}), "INVALID_ARGUMENT", &["detail"]),
        (json!({"on_complete_flow_id": "7", "actions": [talk()]}), "INVALID_ID", &["on_complete_flow_id"]),
        (json!({"on_complete_flow_id": NOBODY, "actions": [talk()]}), "FLOW_NOT_FOUND", &["on_complete_flow_id"]),
        (flow(json!(vec![json!({"type": "answer"}); 1001])), "INVALID_ACTION_OPTION", &["actions"]),
    ];
    check(&faces, "CreateFlow", cases).await;
    check_rest(
        &guest,
        "POST",
        "/v1.0/flows",
        vec![
            (r#"{"actions": [{"type": "dance"}]}"#, "INVALID_ACTION_TYPE", &["actions[0].type"]),
            (
                r#"{"actions": [{"type": "talk", "option": {"txt": "a"}}]}"#,
                "INVALID_ACTION_OPTION",
                &["actions[0].option.txt"],
            ),
            (
                r#"{"actions": [{"type": "sleep", "option": {"duration": "5"}}]}"#,
                "INVALID_ACTION_OPTION",
                &["actions[0].option.duration"],
            ),
            (r#"{"actions": [{"type": "talk", "kind": 1}]}"#, "INVALID_JSON_BODY", &["actions[0].kind"]),
            (r#"{"actions": {}}"#, "INVALID_JSON_BODY", &["actions"]),
            (r#"{"nam": ""}"#, "INVALID_JSON_BODY", &["nam"]),
            (r#"{"name": 5}"#, "INVALID_JSON_BODY", &["name"]),
            (r#"{"id": "a", "name": ""}"#, "INVALID_JSON_BODY", &["id"]),
            (r#"{"name": "a",}"#, "INVALID_JSON_BODY", &[]),
            (r#"{"na\u0000me": "a"}"#, "INVALID_JSON_BODY", &[r"na\0me"]),
            ("{", "INVALID_JSON_BODY", &[]),
            ("[]", "INVALID_JSON_BODY", &[]),
            (&"[".repeat(100), "INVALID_JSON_BODY", &[]),
            (&format!(r#"{{"actions": {}1{}}}"#, "[".repeat(100), "]".repeat(100)), "INVALID_JSON_BODY", &[]),
        ],
    )
    .await;
    assert_eq!(all(&guest).await, before, "nothing has changed");
}

#[tokio::test]
async fn a_call_that_cannot_be_made_is_refused() {
    let guest = Guest::new().await;
    let faces = Faces::of(&guest).await;
    let before = all(&guest).await;
    let good = || {
        json!({
            "source": {"type": "tel", "target": "+15550000009"},
            "destinations": [{"type": "tel", "target": "+15550000001"}],
            "actions": [talk()],
        })
    };
    let with = |path: &str, value: Value| {
        let mut request = good();
        match request.pointer_mut(path) {
            Some(place) => *place = value,
            None => {
                let (object, key) = path.rsplit_once('/').unwrap();
                request.pointer_mut(object).unwrap()[key] = value;
            }
        }
        request
    };
    let without = |key: &str| {
        let mut request = good();
        request.as_object_mut().unwrap().shift_remove(key);
        request
    };
    let cases: Vec<(Value, &str, &[&str])> = vec![
        (with("/destinations/0/target", json!("123")), "INVALID_ADDRESS", &["destinations[0].target"]),
        (with("/destinations/0/target", json!("+82XXXXXXXX")), "INVALID_ADDRESS", &["destinations[0].target"]),
        (with("/destinations/0/target", json!("+1555000000\0")), "INVALID_ADDRESS", &["destinations[0].target"]),
        (with("/destinations/0/type", json!("fax")), "INVALID_ADDRESS", &["destinations[0].type"]),
        (with("/source/target", json!("")), "INVALID_ADDRESS", &["source.target"]),
        (with("/source/name", json!("a\0")), "INVALID_ADDRESS", &["source.name"]),
        (with("/source/type", json!("sip")), "INVALID_ADDRESS", &["source.target"]),
        (without("source"), "INVALID_ADDRESS", &["source"]),
        (without("destinations"), "INVALID_ARGUMENT", &["destinations"]),
        (
            with("/destinations", json!(vec![json!({"type": "tel", "target": "+15550000001"}); 21])),
            "INVALID_ARGUMENT",
            &["destinations"],
        ),
        (without("actions"), "INVALID_ARGUMENT", &["flow_id"]),
        (with("/flow_id", json!(NOBODY)), "INVALID_ARGUMENT", &["flow_id"]),
        (with("/variables", json!({"voipbin.call.id": "a"})), "INVALID_VARIABLES", &["variables.voipbin.call.id"]),
        (with("/variables", json!({"a": "b\0"})), "INVALID_VARIABLES", &["variables.a"]),
        (with("/variables", json!({"a": "b".repeat(40_000)})), "INVALID_VARIABLES", &["variables.a"]),
        (with("/actions/0", json!({"type": "talk"})), "INVALID_ACTION_OPTION", &["actions[0].option.text"]),
        (
            json!({
                "source": {"type": "tel", "target": "+15550000009"},
                "destinations": [{"type": "tel", "target": "+15550000001"}], "flow_id": NOBODY,
            }),
            "FLOW_NOT_FOUND",
            &["flow_id"],
        ),
        (
            json!({
                "source": {"type": "tel", "target": "+15550000009"},
                "destinations": [{"type": "tel", "target": "+15550000001"}], "flow_id": "7",
            }),
            "INVALID_ID",
            &["flow_id"],
        ),
    ];
    check(&faces, "CreateCalls", cases).await;
    let old = |destination: &str| {
        format!(
            r#"{{"source": {{"type": "tel", "target": "+15550000009"}}, {destination}, "actions": [{{"type": "talk", "option": {{"text": "a"}}}}]}}"#
        )
    };
    check_rest(
        &guest,
        "POST",
        "/v1.0/calls",
        vec![
            (&old(r#""destination": {"type": "tel", "target": "1"}"#), "INVALID_ADDRESS", &["destination.target"]),
            (&old(r#""destination": {"type": "tel", "number": "1"}"#), "INVALID_JSON_BODY", &["destination.number"]),
            (&old(r#""destination": {"type": "tel"}, "destinations": []"#), "INVALID_JSON_BODY", &["destination"]),
            (&old(r#""idempotency_key": "a", "destinations": []"#), "INVALID_JSON_BODY", &["idempotency_key"]),
        ],
    )
    .await;
    assert_eq!(all(&guest).await, before, "nothing has changed");
}

#[tokio::test]
async fn an_activeflow_that_cannot_start_is_refused() {
    let guest = Guest::new().await;
    let faces = Faces::of(&guest).await;
    let taken =
        text(&guest.rest.ok("POST", "/v1.0/activeflows", Some(json!({"actions": [{"type": "block"}]}))).await, "id");
    guest.rest.wait(&format!("/v1.0/activeflows/{taken}"), "current_action/type", "block").await;
    let before = all(&guest).await;
    let cases: Vec<(Value, &str, &[&str])> = vec![
        (json!({}), "INVALID_ARGUMENT", &["flow_id"]),
        (json!({"flow_id": NOBODY, "actions": [talk()]}), "INVALID_ARGUMENT", &["flow_id"]),
        (json!({"flow_id": NOBODY}), "FLOW_NOT_FOUND", &["flow_id"]),
        (json!({"flow_id": "a\0"}), "INVALID_ID", &["flow_id"]),
        (json!({"id": "7", "actions": [talk()]}), "INVALID_ID", &["id"]),
        (json!({"id": taken, "actions": [talk()]}), "ID_TAKEN", &["id"]),
        (json!({"on_complete_flow_id": NOBODY, "actions": [talk()]}), "FLOW_NOT_FOUND", &["on_complete_flow_id"]),
        (json!({"actions": [talk()], "variables": {"voipbin.a": "b"}}), "INVALID_VARIABLES", &["variables.voipbin.a"]),
        (json!({"actions": [talk()], "webhook_uri": "ftp://a"}), "INVALID_ARGUMENT", &["webhook_uri"]),
        (json!({"actions": [talk()], "webhook_method": "GET"}), "INVALID_ARGUMENT", &["webhook_method"]),
        (
            json!({"actions": [talk()], "webhook_uri": "https://a", "webhook_method": "get"}),
            "INVALID_ARGUMENT",
            &["webhook_method"],
        ),
    ];
    check(&faces, "CreateActiveflow", cases).await;
    assert_eq!(all(&guest).await, before, "nothing has changed");
}

#[tokio::test]
async fn ids_that_are_none_and_ids_of_nothing_are_refused_everywhere() {
    let guest = Guest::new().await;
    let faces = Faces::of(&guest).await;
    for (id, reason) in [
        ("7", ["INVALID_ID"; 4]),
        ("", ["INVALID_ID"; 4]),
        ("a\0", ["INVALID_ID"; 4]),
        ("00000000-0000-0000-0000-000000000000", ["INVALID_ID"; 4]),
        (NOBODY, ["FLOW_NOT_FOUND", "CALL_NOT_FOUND", "ACTIVEFLOW_NOT_FOUND", "ACCESS_KEY_NOT_FOUND"]),
    ] {
        for (rpc, request, reason) in by_id(id).into_iter().map(|(rpc, request, kind)| (rpc, request, reason[kind])) {
            let told = match id {
                // REST has no path for an id that is empty.
                "" => faces.grpc(rpc, &request, "").await.unwrap_err(),
                _ => faces.refused(rpc, request).await,
            };
            let path = if rpc.starts_with("Simulate") { "call_id" } else { "id" };
            let paths = if reason == "INVALID_ID" { vec![path] } else { vec![] };
            assert_eq!((told.reason.as_str(), told.paths()), (reason, paths), "{rpc} {id:?}: {told:?}");
        }
    }
}

/// Every RPC that names a resource, with an otherwise good request, and the kind of the resource: flow, call, activeflow,
/// access key.
fn by_id(id: &str) -> Vec<(&'static str, Value, usize)> {
    let rpcs = [
        ("GetFlow", json!({}), 0),
        ("UpdateFlow", json!({"name": "n", "actions": [talk()]}), 0),
        ("DeleteFlow", json!({}), 0),
        ("GetCall", json!({}), 1),
        ("DeleteCall", json!({}), 1),
        ("HangupCall", json!({}), 1),
        ("TalkCall", json!({"text": "a"}), 1),
        ("HoldCall", json!({}), 1),
        ("UnholdCall", json!({}), 1),
        ("MuteCall", json!({}), 1),
        ("UnmuteCall", json!({}), 1),
        ("SendDigits", json!({"digits": "1"}), 1),
        ("StartRecording", json!({}), 1),
        ("StopRecording", json!({}), 1),
        ("SimulateDigits", json!({"digits": "1"}), 1),
        ("SimulateHangup", json!({}), 1),
        ("GetActiveflow", json!({}), 2),
        ("DeleteActiveflow", json!({}), 2),
        ("StopActiveflow", json!({}), 2),
        ("ContinueActiveflow", json!({"current_action_id": A}), 2),
        ("PushActions", json!({"actions": [talk()]}), 2),
        ("GetVariables", json!({}), 2),
        ("SetVariables", json!({"variables": {"a": "b"}}), 2),
        ("ListActiveflowEvents", json!({}), 2),
        ("GetAccessKey", json!({}), 3),
        ("UpdateAccessKey", json!({"name": "n"}), 3),
        ("DeleteAccessKey", json!({}), 3),
    ];
    let named = |(rpc, mut request, kind): (&'static str, Value, usize)| {
        let field = if rpc.starts_with("Simulate") { "call_id" } else { "id" };
        request[field] = json!(id);
        (rpc, request, kind)
    };
    rpcs.into_iter().map(named).collect()
}

#[tokio::test]
async fn another_customers_things_are_not_there() {
    let guest = Guest::new().await;
    let stranger = guest.stranger().await;
    let faces = Faces::of(&stranger).await;
    let call = guest.rest.call_at(json!([{"type": "echo", "option": {"duration": 60000}}]), "echo").await;
    let flow = text(&guest.rest.ok("POST", "/v1.0/flows", Some(json!({"actions": [talk()]}))).await, "id");
    let key = text(&guest.rest.ok("POST", "/v1.0/accesskeys", Some(json!({"name": "mine"}))).await, "id");
    let (call, activeflow) = (text(&call, "id"), text(&call, "activeflow_id"));
    let (mine, theirs) = (all(&guest).await, all(&stranger).await);

    let ids = [&flow, &call, &activeflow, &key];
    let missing = ["FLOW_NOT_FOUND", "CALL_NOT_FOUND", "ACTIVEFLOW_NOT_FOUND", "ACCESS_KEY_NOT_FOUND"];
    for kind in 0..4 {
        for (rpc, request, _) in by_id(ids[kind]).into_iter().filter(|it| it.2 == kind) {
            let told = faces.refused(rpc, request.clone()).await;
            // Word for word what is told of an id that nobody has.
            let nobody: Value = serde_json::from_str(&request.to_string().replace(ids[kind].as_str(), NOBODY)).unwrap();
            let nothing = faces.refused(rpc, nobody).await;
            assert_eq!(told.reason, missing[kind], "{rpc}");
            assert_eq!(told.message.replace(ids[kind].as_str(), NOBODY), nothing.message, "{rpc}");
        }
    }
    let address = json!({"type": "tel", "target": "+15550000001"});
    check(
        &faces,
        "CreateActiveflow",
        vec![
            (json!({"flow_id": flow}), "FLOW_NOT_FOUND", &["flow_id"]),
            (json!({"actions": [talk()], "on_complete_flow_id": flow}), "FLOW_NOT_FOUND", &["on_complete_flow_id"]),
        ],
    )
    .await;
    check(
        &faces,
        "CreateFlow",
        vec![(json!({"actions": [talk()], "on_complete_flow_id": flow}), "FLOW_NOT_FOUND", &["on_complete_flow_id"])],
    )
    .await;
    check(
        &faces,
        "CreateCalls",
        vec![(json!({"source": address, "destinations": [address], "flow_id": flow}), "FLOW_NOT_FOUND", &["flow_id"])],
    )
    .await;
    check(
        &faces,
        "SimulateIncomingCall",
        vec![(json!({"source": address, "destination": address, "flow_id": flow}), "FLOW_NOT_FOUND", &["flow_id"])],
    )
    .await;
    check(
        &faces,
        "WatchActiveflows",
        vec![(json!({"ids": [activeflow], "until_ended": true}), "ACTIVEFLOW_NOT_FOUND", &[])],
    )
    .await;
    check(&faces, "WatchCalls", vec![(json!({"ids": [call], "until_ended": true}), "CALL_NOT_FOUND", &[])]).await;
    for (rpc, request) in [
        ("ListFlows", json!({})),
        ("ListCalls", json!({"activeflow_id": activeflow})),
        ("ListCalls", json!({})),
        ("ListActiveflows", json!({"reference_id": call})),
        ("ListActiveflows", json!({"flow_id": text(&mine[2]["result"][0], "flow_id")})),
        ("ListActiveflows", json!({})),
    ] {
        assert_eq!(faces.read(rpc, request).await["result"], json!([]), "{rpc}");
    }
    // A stream of everything tells nothing of it: what comes first is the stranger's own.
    let mut watch = sse(&stranger.rest, "/v1.0/activeflows/watch?include_snapshot=true", &[]).await;
    assert_eq!(watch.next().await.unwrap().data["type"], "progress");
    guest.rest.ok("POST", &format!("/v1.0/calls/{call}/hold"), None).await;
    let own = stranger.rest.call_at(json!([{"type": "echo", "option": {"duration": 60000}}]), "echo").await;
    let first = watch.next().await.unwrap();
    assert_eq!(first.data["activeflow"]["id"], own["activeflow_id"]);
    guest.rest.ok("DELETE", &format!("/v1.0/calls/{call}/hold"), None).await;
    // A token of the stranger's goes on with the stranger's events, whoever's log it is.
    let path = format!("/v1.0/activeflows/watch?resume_token={}", first.id);
    let next = sse(&stranger.rest, &path, &[]).await.next().await.unwrap();
    assert_eq!(next.data["activeflow"]["id"], own["activeflow_id"]);
    assert_eq!(all(&stranger).await[0], theirs[0]);
    let steady = |lists: &[Value]| vec![lists[0].clone(), lists[3].clone()];
    assert_eq!(steady(&all(&guest).await), steady(&mine));
    assert_eq!(guest.rest.ok("GET", &format!("/v1.0/calls/{call}"), None).await["status"], "progressing");
}

#[tokio::test]
async fn lists_and_watches_refuse_what_they_do_not_know() {
    let guest = Guest::new().await;
    let faces = Faces::of(&guest).await;
    let run =
        text(&guest.rest.ok("POST", "/v1.0/activeflows", Some(json!({"actions": [{"type": "block"}]}))).await, "id");
    for rpc in ["ListFlows", "ListCalls", "ListActiveflows", "ListAccessKeys", "ListActiveflowEvents"] {
        let with = |mut request: Value| {
            if rpc == "ListActiveflowEvents" {
                request["id"] = json!(run);
            }
            request
        };
        check(
            &faces,
            rpc,
            vec![
                (with(json!({"page_size": -1})), "INVALID_ARGUMENT", &["page_size"]),
                (with(json!({"page_token": "soon"})), "INVALID_PAGE_TOKEN", &["page_token"]),
                (with(json!({"page_token": "a\0"})), "INVALID_PAGE_TOKEN", &["page_token"]),
                (with(json!({"page_token": "2023-04-02 13:43:30.576077~7"})), "INVALID_PAGE_TOKEN", &["page_token"]),
            ],
        )
        .await;
    }
    check(&faces, "ListCalls", vec![(json!({"flow_id": "7"}), "INVALID_ID", &["flow_id"])]).await;
    check(&faces, "ListActiveflows", vec![(json!({"reference_id": "7"}), "INVALID_ID", &["reference_id"])]).await;
    let good = text(
        &sse(&guest.rest, "/v1.0/activeflows/watch?include_snapshot=true", &[]).await.next().await.unwrap().data,
        "resume_token",
    );
    let elsewhere = {
        let other = crate::server::Home::new(&[]);
        let server = other.start();
        let mut watch = sse(&server.rest(), "/v1.0/activeflows/watch?include_snapshot=true", &[]).await;
        text(&watch.next().await.unwrap().data, "resume_token")
    };
    for rpc in ["WatchActiveflows", "WatchCalls"] {
        let missing = if rpc == "WatchCalls" { "CALL_NOT_FOUND" } else { "ACTIVEFLOW_NOT_FOUND" };
        check(
            &faces,
            rpc,
            vec![
                (json!({"resume_token": "garbled"}), "INVALID_RESUME_TOKEN", &["resume_token"]),
                (json!({"resume_token": "a\0"}), "INVALID_RESUME_TOKEN", &["resume_token"]),
                (json!({"resume_token": &good[..good.len() - 2]}), "INVALID_RESUME_TOKEN", &["resume_token"]),
                (json!({"resume_token": elsewhere}), "INVALID_RESUME_TOKEN", &["resume_token"]),
                (json!({"ids": ["7"]}), "INVALID_ID", &["ids[0]"]),
                (json!({"ids": vec![A; 1001]}), "INVALID_ARGUMENT", &["ids"]),
                (json!({"until_ended": true}), "INVALID_ARGUMENT", &["ids"]),
                (json!({"ids": [NOBODY], "until_ended": true}), missing, &[]),
                (json!({"flow_id": "7"}), "INVALID_ID", &["flow_id"]),
            ],
        )
        .await;
    }
    let wrong = ["page_size=x", "page_size=1&page_size=2", "status=asleep", "colour=red", "page_size=99999999999"];
    for (query, path) in wrong.iter().zip(["page_size", "page_size", "status", "colour", "page_size"]) {
        for list in ["calls", "activeflows"] {
            check_rest(&guest, "GET", &format!("/v1.0/{list}?{query}"), vec![("", "INVALID_ARGUMENT", &[path])]).await;
        }
    }
    for number in [-1, 99] {
        // Only gRPC can say a choice by its number.
        let request = ringdown::proto::ListCallsRequest { status: number, ..Default::default() };
        let told = Told::from_status(&guest.grpc.calls.clone().list_calls(request).await.unwrap_err());
        assert_eq!((told.reason.as_str(), told.paths()), ("INVALID_ARGUMENT", vec!["status"]));
    }
}

#[tokio::test]
async fn what_has_ended_or_moved_on_stays_as_it_is() {
    let guest = Guest::new().await;
    let faces = Faces::of(&guest).await;
    let actions = json!([{"id": A, "type": "block"}, {"id": B, "type": "sleep", "option": {"duration": 600_000}}]);
    let run = text(&guest.rest.ok("POST", "/v1.0/activeflows", Some(json!({"actions": actions}))).await, "id");
    let path = format!("/v1.0/activeflows/{run}");
    guest.rest.wait(&path, "current_action/type", "block").await;
    let before = guest.rest.ok("GET", &path, None).await;
    check(
        &faces,
        "ContinueActiveflow",
        vec![
            (json!({"id": run, "current_action_id": B}), "STALE_ACTION", &[]),
            (json!({"id": run, "current_action_id": "7"}), "INVALID_ID", &["current_action_id"]),
            (json!({"id": run}), "INVALID_ID", &["current_action_id"]),
        ],
    )
    .await;
    check(
        &faces,
        "SetVariables",
        vec![
            (
                json!({"id": run, "variables": {"voipbin.activeflow.id": "a"}}),
                "INVALID_VARIABLES",
                &["variables.voipbin.activeflow.id"],
            ),
            (
                json!({"id": run, "variables": {"a": "1", "b": "x".repeat(33_000)}}),
                "INVALID_VARIABLES",
                &["variables.b"],
            ),
        ],
    )
    .await;
    check(
        &faces,
        "PushActions",
        vec![
            (json!({"id": run}), "INVALID_ARGUMENT", &["actions"]),
            (json!({"id": run, "actions": [{"type": "talk"}]}), "INVALID_ACTION_OPTION", &["actions[0].option.text"]),
            (
                json!({"id": run, "actions": [{"type": "answer", "next_id": A.replace('a', "c")}]}),
                "DANGLING_TARGET",
                &["actions[0].next_id"],
            ),
        ],
    )
    .await;
    assert_eq!(guest.rest.ok("GET", &path, None).await, before, "nothing has changed");

    guest.rest.ok("POST", &format!("{path}/continue"), Some(json!({"current_action_id": A}))).await;
    let sleeping = guest.rest.wait(&path, "current_action/type", "sleep").await;
    check(
        &faces,
        "ContinueActiveflow",
        vec![
            (json!({"id": run, "current_action_id": A}), "STALE_ACTION", &[]),
            (json!({"id": run, "current_action_id": B}), "ACTIVEFLOW_NOT_BLOCKED", &[]),
        ],
    )
    .await;
    assert_eq!(guest.rest.ok("GET", &path, None).await, sleeping, "nothing has changed");

    let ended = guest.rest.ok("POST", &format!("{path}/stop"), None).await;
    assert_eq!((&ended["status"], &ended["end_reason"]), (&json!("ended"), &json!("stopped")));
    // Stopping what has ended answers what has ended.
    let again = faces.both("StopActiveflow", json!({"id": run})).await;
    assert_eq!((again.0.unwrap(), again.1.unwrap()), (ended.clone(), ended.clone()));
    check(&faces, "ContinueActiveflow", vec![(json!({"id": run, "current_action_id": B}), "ACTIVEFLOW_ENDED", &[])])
        .await;
    check(&faces, "PushActions", vec![(json!({"id": run, "actions": [talk()]}), "ACTIVEFLOW_ENDED", &[])]).await;
    check(&faces, "SetVariables", vec![(json!({"id": run, "variables": {"a": "b"}}), "ACTIVEFLOW_ENDED", &[])]).await;
    assert_eq!(guest.rest.ok("GET", &path, None).await, ended, "nothing has changed");

    let call = guest.rest.call_at(json!([{"type": "echo"}]), "echo").await;
    let id = text(&call, "id");
    check(
        &faces,
        "TalkCall",
        vec![
            (json!({"id": id, "text": ""}), "INVALID_ARGUMENT", &["text"]),
            (json!({"id": id, "text": "x".repeat(5001)}), "INVALID_ARGUMENT", &["text"]),
            (json!({"id": id, "text": "a\0"}), "INVALID_ARGUMENT", &["text"]),
        ],
    )
    .await;
    check(
        &faces,
        "SendDigits",
        vec![
            (json!({"id": id, "digits": ""}), "INVALID_ARGUMENT", &["digits"]),
            (json!({"id": id, "digits": "12x"}), "INVALID_ARGUMENT", &["digits"]),
            (json!({"id": id, "digits": "1", "duration_ms": 99}), "INVALID_ARGUMENT", &["duration_ms"]),
            (json!({"id": id, "digits": "1", "interval_ms": 5001}), "INVALID_ARGUMENT", &["interval_ms"]),
        ],
    )
    .await;
    check(&faces, "SimulateDigits", vec![(json!({"call_id": id, "digits": "z"}), "INVALID_ARGUMENT", &["digits"])])
        .await;
    guest.rest.ok("POST", &format!("/v1.0/calls/{id}/hangup"), None).await;
    let over = guest.rest.wait(&format!("/v1.0/calls/{id}"), "status", "hangup").await;
    for (rpc, request) in [
        ("TalkCall", json!({"id": id, "text": "a"})),
        ("HoldCall", json!({"id": id})),
        ("UnholdCall", json!({"id": id})),
        ("MuteCall", json!({"id": id})),
        ("UnmuteCall", json!({"id": id})),
        ("SendDigits", json!({"id": id, "digits": "1"})),
        ("SimulateDigits", json!({"call_id": id, "digits": "1"})),
        ("SimulateHangup", json!({"call_id": id})),
    ] {
        check(&faces, rpc, vec![(request, "CALL_ENDED", &[])]).await;
    }
    // A call that is over is answered as it is.
    let again = faces.both("HangupCall", json!({"id": id})).await;
    assert_eq!((again.0.unwrap(), again.1.unwrap()), (over.clone(), over));
}

#[tokio::test]
async fn simulators_and_keys_refuse_what_they_do_not_understand() {
    let guest = Guest::new().await;
    let faces = Faces::of(&guest).await;
    let before = all(&guest).await;
    let callee = |key: &str, value: Value| {
        let mut request = json!({"target": "+15550007777"});
        request[key] = value;
        request
    };
    check(
        &faces,
        "SetCallee",
        vec![
            (callee("ring_ms", json!(-1)), "INVALID_ARGUMENT", &["ring_ms"]),
            (callee("steps", json!(["dance"])), "INVALID_ARGUMENT", &["steps[0]"]),
            (callee("steps", json!(["wait_prompt", "digits \"12x\""])), "INVALID_ARGUMENT", &["steps[1]"]),
            (
                json!({"target": "+15550007777", "answer": "busy", "steps": ["hangup"]}),
                "INVALID_ARGUMENT",
                &["steps[0]"],
            ),
            (callee("target", json!("nobody\0")), "INVALID_ADDRESS", &["target"]),
            (callee("target", json!("x".repeat(256))), "INVALID_ADDRESS", &["target"]),
        ],
    )
    .await;
    let address = json!({"type": "tel", "target": "+15550000001"});
    check(
        &faces,
        "SimulateIncomingCall",
        vec![
            (json!({"source": address, "actions": [talk()]}), "INVALID_ADDRESS", &["destination"]),
            (json!({"destination": address, "actions": [talk()]}), "INVALID_ADDRESS", &["source"]),
            (json!({"source": address, "destination": address}), "INVALID_ARGUMENT", &["flow_id"]),
        ],
    )
    .await;
    check(
        &faces,
        "CreateAccessKey",
        vec![
            (json!({"name": "a\0"}), "INVALID_ARGUMENT", &["name"]),
            (json!({"tm_expire": "2020-01-01 00:00:00.000000"}), "INVALID_ARGUMENT", &["tm_expire"]),
        ],
    )
    .await;
    check_rest(
        &guest,
        "POST",
        "/v1.0/accesskeys",
        vec![
            (r#"{"tm_expire": "soon"}"#, "INVALID_JSON_BODY", &["tm_expire"]),
            (r#"{"key": "rd_a"}"#, "INVALID_JSON_BODY", &["key"]),
        ],
    )
    .await;
    assert_eq!(all(&guest).await, before, "nothing has changed");
}

#[tokio::test]
async fn too_large_is_told_alike() {
    let guest = Guest::new().await;
    let faces = Faces::of(&guest).await;
    let large = json!({"name": "x".repeat(2 << 20), "actions": [talk()]});
    let told = faces.refused("CreateFlow", large).await;
    assert_eq!((told.status.as_str(), told.reason.as_str()), ("INVALID_ARGUMENT", "BODY_TOO_LARGE"));
    // The same without a length that is told before.
    let chunks = futures::stream::iter((0..64).map(|_| Ok::<_, std::io::Error>(vec![b' '; 32 << 10])));
    let request = guest.rest.http.post(format!("{}/v1.0/flows", guest.rest.url)).bearer_auth(&guest.rest.key);
    if let Ok(answer) = request.body(reqwest::Body::wrap_stream(chunks)).send().await {
        let status = answer.status().as_u16();
        assert_eq!(Told::from_envelope(status, &answer.json().await.unwrap()).reason, "BODY_TOO_LARGE");
    }
    // Headers, too.
    let many: Vec<(String, String)> = (0..20).map(|at| (format!("x-{at}"), "y".repeat(1000))).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let (status, envelope) = guest.rest.send_with("GET", "/v1.0/flows", None, &many).await;
    assert_eq!(Told::from_envelope(status, &envelope).reason, "INVALID_ARGUMENT");
    assert_eq!(faces.read("ListFlows", json!({})).await["result"], json!([]));
}

#[tokio::test]
async fn idempotency_keys_are_visible_characters() {
    let guest = Guest::new().await;
    let faces = Faces::of(&guest).await;
    let flow = json!({"actions": [talk()]});
    for key in ["k".repeat(129), "a b".to_owned()] {
        let (grpc, rest) = (faces.grpc("CreateFlow", &flow, &key).await, faces.rest("CreateFlow", &flow, &key).await);
        assert_eq!(grpc, rest);
        let told = grpc.unwrap_err();
        assert_eq!((told.reason.as_str(), told.paths()), ("INVALID_ARGUMENT", vec!["idempotency_key"]));
    }
    assert_eq!(faces.read("ListFlows", json!({})).await["result"], json!([]));
}

#[tokio::test]
async fn requests_have_ids() {
    let guest = Guest::new().await;
    let ask = async |id: Option<&str>| {
        let mut request = guest.rest.http.get(format!("{}/v1.0/flows/7", guest.rest.url)).bearer_auth(&guest.rest.key);
        if let Some(id) = id {
            request = request.header("x-request-id", id);
        }
        let answer = request.send().await.unwrap();
        let header = answer.headers()["x-request-id"].to_str().unwrap().to_owned();
        let envelope: Value = answer.json().await.unwrap();
        assert_eq!(envelope["error"]["request_id"], json!(header));
        header
    };
    assert_eq!(ask(Some("mine-1_A")).await, "mine-1_A");
    let made = ask(None).await;
    assert!((1..=64).contains(&made.len()) && ask(None).await != made);
    for bad in ["a b", &"x".repeat(65), "a.b"] {
        assert_ne!(ask(Some(bad)).await, bad);
    }
    let mut request = tonic::Request::new(ringdown::proto::GetFlowRequest { id: "7".to_owned() });
    request.metadata_mut().insert("x-request-id", "mine-2".parse().unwrap());
    let status = guest.grpc.flows.clone().get_flow(request).await.unwrap_err();
    let details = tonic_types::StatusExt::get_error_details(&status);
    assert_eq!(details.request_info().unwrap().request_id, "mine-2");
    assert_eq!(status.metadata().get("x-request-id").unwrap(), "mine-2");
    // A success has one too.
    let answer = guest.rest.http.get(format!("{}/v1.0/flows", guest.rest.url)).bearer_auth(&guest.rest.key);
    let answer = answer.header("x-request-id", "mine-3").send().await.unwrap();
    assert_eq!(answer.headers()["x-request-id"], "mine-3");
}

#[tokio::test]
async fn paths_and_methods_that_nobody_has() {
    let guest = Guest::new().await;
    for (verb, path, expected) in [
        ("GET", "/v1.0/nothing", 404),
        ("GET", "/v2.0/calls", 404),
        ("PUT", "/v1.0/calls", 405),
        ("DELETE", "/v1.0/activeflows/7/stop", 405),
    ] {
        let (status, envelope) = guest.rest.send(verb, path, None).await;
        assert_eq!((status, &envelope["error"]["reason"]), (expected, &json!("ROUTE_NOT_FOUND")), "{verb} {path}");
    }
    let channel = guest.common.server.channel().await;
    let mut grpc = tonic::client::Grpc::new(channel);
    grpc.ready().await.unwrap();
    let path = http::uri::PathAndQuery::from_static("/ringdown.v1.FlowService/Dance");
    let codec = tonic_prost::ProstCodec::<ringdown::proto::GetFlowRequest, ringdown::proto::GetFlowResponse>::default();
    let status = grpc.unary(tonic::Request::new(Default::default()), path, codec).await.unwrap_err();
    assert_eq!(Told::from_status(&status).reason, "METHOD_NOT_IMPLEMENTED");
}
