//! What is wrong with numbers, messages, recordings, destinations of webhooks and simulations is told with the path of the
//! field, the same on both faces, and nothing has changed.

use crate::bad_input::{A, NOBODY, all, check, check_rest, talk};
use crate::parity::Fresh;
use crate::protocols::Protocols;
use crate::server::Guest;
use serde_json::{Value, json};

fn tel(target: &str) -> Value {
    json!({"type": "tel", "target": target})
}

#[tokio::test]
async fn numbers_refuse_what_they_cannot_lead_to() {
    let guest = Guest::new().await;
    let protocols = Protocols::of(&guest).await;
    let (id, taken) = Fresh::of(&guest).owned().await;
    let before = all(&guest).await;
    let create = |key: &str, value: Value| {
        let mut request = json!({"number": "+17770009998"});
        request[key] = value;
        request
    };
    let mut cases: Vec<(Value, &str, &[&str])> = vec![
        (json!({}), "INVALID_ARGUMENT", &["number"]),
        (create("number", json!("17770009998")), "INVALID_ARGUMENT", &["number"]),
        (create("number", json!("+1777000999\0")), "INVALID_ARGUMENT", &["number"]),
        (create("number", json!(taken)), "NUMBER_TAKEN", &["number"]),
    ];
    let leads: Vec<(&str, Value, &str)> = vec![
        ("call_flow_id", json!("7"), "INVALID_ID"),
        ("message_flow_id", json!("a\0"), "INVALID_ID"),
        ("call_flow_id", json!(NOBODY), "FLOW_NOT_FOUND"),
        ("message_flow_id", json!(NOBODY), "FLOW_NOT_FOUND"),
        ("name", json!("n".repeat(256)), "INVALID_ARGUMENT"),
        ("detail", json!("d".repeat(1_001)), "INVALID_ARGUMENT"),
    ];
    let paths: Vec<[&str; 1]> = leads.iter().map(|(key, ..)| [*key]).collect();
    for ((key, value, reason), path) in leads.iter().zip(&paths) {
        cases.push((create(key, value.clone()), reason, path));
    }
    check(&protocols, "CreateNumber", cases).await;
    let mut cases: Vec<(Value, &str, &[&str])> = Vec::new();
    for ((key, value, reason), path) in leads.iter().zip(&paths) {
        cases.push((json!({"id": id, *key: value}), reason, path));
    }
    check(&protocols, "UpdateNumber", cases).await;
    let path = format!("/v1.0/numbers/{id}");
    // The number itself stays what it is.
    check_rest(&guest, "PUT", &path, vec![(r#"{"number": "+17770009997"}"#, "INVALID_JSON_BODY", &["number"])]).await;
    assert_eq!(all(&guest).await, before, "nothing has changed");
}

#[tokio::test]
async fn messages_refuse_whom_they_cannot_reach() {
    let guest = Guest::new().await;
    let protocols = Protocols::of(&guest).await;
    let before = all(&guest).await;
    let send = |key: &str, value: Value| {
        let mut request =
            json!({"source": tel("+15550000009"), "destinations": [tel("+15550000001")], "text": "Hello."});
        request[key] = value;
        request
    };
    check(
        &protocols,
        "SendMessage",
        vec![
            (json!({"destinations": [tel("+15550000001")], "text": "a"}), "INVALID_ADDRESS", &["source"]),
            (send("source", tel("9")), "INVALID_ADDRESS", &["source.target"]),
            (send("source", json!({"type": "sip", "target": "a@b.example"})), "INVALID_ADDRESS", &["source.type"]),
            (send("destinations", json!([])), "INVALID_ARGUMENT", &["destinations"]),
            (send("destinations", json!(vec![tel("+15550000001"); 101])), "INVALID_ARGUMENT", &["destinations"]),
            (
                send("destinations", json!([tel("+15550000001"), tel("no\0")])),
                "INVALID_ADDRESS",
                &["destinations[1].target"],
            ),
            (send("text", json!("")), "INVALID_ARGUMENT", &["text"]),
            (send("text", json!("x".repeat(1_601))), "INVALID_ARGUMENT", &["text"]),
            (send("text", json!("a\0")), "INVALID_ARGUMENT", &["text"]),
        ],
    )
    .await;
    let arrive = |key: &str, value: Value| {
        let mut request = json!({"source": tel("+15550000009"), "destination": tel("+17770009996"), "text": "Hello."});
        request[key] = value;
        request
    };
    check(
        &protocols,
        "ReceiveMessage",
        vec![
            (arrive("text", json!("Hello.")), "NUMBER_NOT_FOUND", &[]),
            (arrive("source", json!({})), "INVALID_ADDRESS", &["source"]),
            (
                arrive("destination", json!({"type": "sip", "target": "a@b.example"})),
                "INVALID_ADDRESS",
                &["destination.type"],
            ),
            (arrive("text", json!("x".repeat(1_601))), "INVALID_ARGUMENT", &["text"]),
        ],
    )
    .await;
    let old = r#"{"source": {"type": "tel", "target": "+15550000009"}, "destination": {"type": "tel", "target": "1"}}"#;
    check_rest(&guest, "POST", "/v1.0/messages", vec![(old, "INVALID_ADDRESS", &["destination.target", "text"])]).await;
    for (query, path) in [("direction=sideways", "direction"), ("status=lost", "status")] {
        let path = &[path][..];
        check_rest(&guest, "GET", &format!("/v1.0/messages?{query}"), vec![("", "INVALID_ARGUMENT", path)]).await;
    }
    assert_eq!(all(&guest).await, before, "nothing has changed");
}

#[tokio::test]
async fn destinations_and_deliveries_refuse_what_is_none() {
    let guest = Guest::new().await;
    let protocols = Protocols::of(&guest).await;
    let before = all(&guest).await;
    check(
        &protocols,
        "UpdateCustomer",
        vec![
            (json!({"webhook_uri": "ftp://a.example"}), "INVALID_ARGUMENT", &["webhook_uri"]),
            (json!({"webhook_uri": "http://a.example/\0"}), "INVALID_ARGUMENT", &["webhook_uri"]),
            (json!({"webhook_uri": "http://"}), "INVALID_ARGUMENT", &["webhook_uri"]),
            (
                json!({"webhook_uri": format!("http://a.example/{}", "x".repeat(2_048))}),
                "INVALID_ARGUMENT",
                &["webhook_uri"],
            ),
            (
                json!({"webhook_uri": "http://a.example", "webhook_method": "GET"}),
                "INVALID_ARGUMENT",
                &["webhook_method"],
            ),
            (json!({"webhook_method": "POST"}), "INVALID_ARGUMENT", &["webhook_method"]),
            (json!({"name": "n".repeat(256)}), "INVALID_ARGUMENT", &["name"]),
            (json!({"detail": "d\0"}), "INVALID_ARGUMENT", &["detail"]),
        ],
    )
    .await;
    let body = r#"{"webhook_secret": "whsec_mine"}"#;
    check_rest(&guest, "PUT", "/v1.0/customer", vec![(body, "INVALID_JSON_BODY", &["webhook_secret"])]).await;
    let bad = vec![(json!({"activeflow_id": "7"}), "INVALID_ID", &["activeflow_id"][..])];
    check(&protocols, "ListWebhookDeliveries", bad).await;
    let path = "/v1.0/webhook_deliveries?status=lost";
    check_rest(&guest, "GET", path, vec![("", "INVALID_ARGUMENT", &["status"])]).await;
    assert_eq!(all(&guest).await, before, "nothing has changed");
}

#[tokio::test]
async fn recordings_refuse_what_they_cannot_be() {
    let guest = Guest::new().await;
    let protocols = Protocols::of(&guest).await;
    let (recording, _) = Fresh::of(&guest).recorded().await;
    let call = guest.rest.call_at(json!([{"type": "echo", "option": {"duration": 60_000}}]), "echo").await;
    let start = |key: &str, value: Value| json!({"id": call["id"], key: value});
    check(
        &protocols,
        "StartRecording",
        vec![
            (start("format", json!("mp3")), "INVALID_ARGUMENT", &["format"]),
            (start("end_of_silence", json!(-1)), "INVALID_ARGUMENT", &["end_of_silence"]),
            (start("end_of_silence", json!(3_601)), "INVALID_ARGUMENT", &["end_of_silence"]),
            (start("end_of_key", json!("7")), "INVALID_ARGUMENT", &["end_of_key"]),
            (start("duration", json!(14_401)), "INVALID_ARGUMENT", &["duration"]),
            (start("on_end_flow_id", json!("7")), "INVALID_ID", &["on_end_flow_id"]),
            (start("on_end_flow_id", json!(NOBODY)), "FLOW_NOT_FOUND", &["on_end_flow_id"]),
        ],
    )
    .await;
    check(
        &protocols,
        "ListRecordings",
        vec![
            (json!({"call_id": "7"}), "INVALID_ID", &["call_id"]),
            (json!({"activeflow_id": "7"}), "INVALID_ID", &["activeflow_id"]),
        ],
    )
    .await;
    let shown = guest.rest.ok("GET", &format!("/v1.0/calls/{}", call["id"].as_str().unwrap()), None).await;
    assert_eq!(shown["recording_ids"], json!([]), "nothing has changed");
    assert_eq!(protocols.read("ListRecordings", json!({})).await["result"][0]["id"], json!(recording));
}

#[tokio::test]
async fn simulations_and_revisions_refuse_what_is_not_there() {
    let guest = Guest::new().await;
    let protocols = Protocols::of(&guest).await;
    let flow = guest.rest.ok("POST", "/v1.0/flows", Some(json!({"actions": [talk()]}))).await;
    let id = flow["id"].clone();
    let before = all(&guest).await;
    let play = |key: &str, value: Value| {
        let mut request = json!({"actions": [talk()]});
        request[key] = value;
        request
    };
    check(
        &protocols,
        "SimulateFlow",
        vec![
            (json!({}), "INVALID_ARGUMENT", &["flow_id"]),
            (json!({"flow_id": NOBODY}), "FLOW_NOT_FOUND", &["flow_id"]),
            (play("flow_id", id.clone()), "INVALID_ARGUMENT", &["flow_id"]),
            (play("actions", json!([{"type": "talk"}])), "INVALID_ACTION_OPTION", &["actions[0].option.text"]),
            (play("script", json!(["answer", "dance"])), "INVALID_ARGUMENT", &["script[1]"]),
            (play("script", json!(["answer\nhangup"])), "INVALID_ARGUMENT", &["script[0]"]),
            (play("variables", json!({"voipbin.a": "b"})), "INVALID_VARIABLES", &["variables.voipbin.a"]),
            (play("source", json!({"type": "tel", "target": "1"})), "INVALID_ADDRESS", &["source.target"]),
            (play("on_complete_flow_id", json!("7")), "INVALID_ID", &["on_complete_flow_id"]),
        ],
    )
    .await;
    let bad =
        vec![(json!({"actions": [talk()], "on_complete_flow_id": "7"}), "INVALID_ID", &["on_complete_flow_id"][..])];
    check(&protocols, "ValidateFlow", bad).await;
    check(
        &protocols,
        "ListFlowRevisions",
        vec![
            (json!({"id": id, "page_size": -1}), "INVALID_ARGUMENT", &["page_size"]),
            (json!({"id": id, "page_token": "soon"}), "INVALID_PAGE_TOKEN", &["page_token"]),
        ],
    )
    .await;
    check(
        &protocols,
        "DiffFlowRevisions",
        vec![
            (json!({"id": id, "from": 1, "to": 2}), "INVALID_ARGUMENT", &["to"]),
            (json!({"id": id, "from": -1, "to": 1}), "INVALID_ARGUMENT", &["from"]),
            (json!({"id": A, "from": 1, "to": 1}), "FLOW_NOT_FOUND", &[]),
        ],
    )
    .await;
    assert_eq!(all(&guest).await, before, "nothing has changed");
}
