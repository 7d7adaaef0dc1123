//! What is wrong with a request is told in the contract's words, with the path of the field, the same on both faces, and
//! nothing has changed.

use crate::protocols::{Protocols, Reply};
use crate::server::{Guest, text};
use serde_json::{Value, json};

pub const NOBODY: &str = "6f18ae1c-ddf8-413b-9572-ad3057460000";
pub const A: &str = "6f18ae1c-ddf8-413b-9572-ad305746000a";
pub const B: &str = "6f18ae1c-ddf8-413b-9572-ad305746000b";

pub fn talk() -> Value {
    json!({"type": "talk", "option": {"text": "Hello."}})
}

/// Everything that a customer has, as lists tell it.
pub async fn all(guest: &Guest) -> Vec<Value> {
    let mut lists = Vec::new();
    for path in
        ["flows", "calls", "activeflows", "accesskeys", "numbers", "messages", "recordings", "webhook_deliveries"]
    {
        lists.push(guest.rest.ok("GET", &format!("/v1.0/{path}?page_size=1000"), None).await);
    }
    lists.push(guest.rest.ok("GET", "/v1.0/customer", None).await);
    lists
}

/// Sends requests of one RPC that both faces can say, and holds reason and paths against what is expected.
pub async fn check(protocols: &Protocols, rpc: &str, cases: Vec<(Value, &str, &[&str])>) {
    for (request, reason, paths) in cases {
        let told = protocols.refused(rpc, request.clone()).await;
        assert_eq!((told.reason.as_str(), told.paths()), (reason, paths.to_vec()), "{rpc} {request}: {told:?}");
        assert!(!told.message.is_empty() && told.fields.iter().all(|(_, words)| !words.is_empty()), "{told:?}");
    }
}

/// The same for what REST alone can say: gRPC has types where JSON has none.
pub async fn check_rest(guest: &Guest, verb: &str, path: &str, cases: Vec<(&str, &str, &[&str])>) {
    for (body, reason, paths) in cases {
        let (status, envelope) = guest.rest.send_raw(verb, path, body.as_bytes().to_vec()).await;
        let told = Reply::from_envelope(status, &envelope);
        let body: String = body.chars().take(200).collect();
        assert_eq!((told.reason.as_str(), told.paths()), (reason, paths.to_vec()), "{verb} {path} {body}: {told:?}");
    }
}

#[tokio::test]
async fn a_flow_that_cannot_run_is_refused() {
    let guest = Guest::new().await;
    let protocols = Protocols::of(&guest).await;
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
        (flow(json!([{"type": "queue_join"}])), "ACTION_NOT_AVAILABLE", &["actions[0].type"]),
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
    check(&protocols, "CreateFlow", cases).await;
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
    let protocols = Protocols::of(&guest).await;
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
    check(&protocols, "CreateCalls", cases).await;
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
    let protocols = Protocols::of(&guest).await;
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
    check(&protocols, "CreateActiveflow", cases).await;
    assert_eq!(all(&guest).await, before, "nothing has changed");
}

#[tokio::test]
async fn simulators_and_keys_refuse_what_they_do_not_understand() {
    let guest = Guest::new().await;
    let protocols = Protocols::of(&guest).await;
    let before = all(&guest).await;
    let callee = |key: &str, value: Value| {
        let mut request = json!({"target": "+15550007777"});
        request[key] = value;
        request
    };
    check(
        &protocols,
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
        &protocols,
        "SimulateIncomingCall",
        vec![
            (json!({"source": address, "actions": [talk()]}), "INVALID_ADDRESS", &["destination"]),
            (json!({"destination": address, "actions": [talk()]}), "INVALID_ADDRESS", &["source"]),
            // Without a flow it goes where the number leads.
            (json!({"source": address, "destination": address}), "NUMBER_NOT_FOUND", &[]),
            (json!({"source": address, "destination": address, "flow_id": NOBODY}), "FLOW_NOT_FOUND", &["flow_id"]),
        ],
    )
    .await;
    check(
        &protocols,
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
