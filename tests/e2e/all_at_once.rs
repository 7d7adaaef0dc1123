//! All wrong fields of a request are named at once, under the reason of the first, the same on both faces.

use crate::bad_input::{NOBODY, all, check, check_rest, talk};
use crate::protocols::Protocols;
use crate::server::Guest;
use serde_json::json;

#[tokio::test]
async fn what_is_made_names_all_its_wrong_fields() {
    let guest = Guest::new().await;
    let protocols = Protocols::of(&guest).await;
    let before = all(&guest).await;
    let long = "n".repeat(256);
    let silent = json!([{"type": "talk"}]);
    check(
        &protocols,
        "CreateFlow",
        vec![
            (
                json!({"name": long, "detail": "a\0", "on_complete_flow_id": "7", "actions": silent}),
                "INVALID_ARGUMENT",
                &["name", "detail", "on_complete_flow_id", "actions[0].option.text"],
            ),
            (json!({"name": long, "actions": []}), "INVALID_ARGUMENT", &["actions", "name"]),
            (
                json!({"on_complete_flow_id": NOBODY, "actions": silent}),
                "FLOW_NOT_FOUND",
                &["on_complete_flow_id", "actions[0].option.text"],
            ),
        ],
    )
    .await;
    let many = json!({"source": {"type": "fax", "target": "1", "name": long}, "destinations": [
        {"type": "tel", "target": "1"}, {"type": "tel", "target": "+15550000001"}, {"type": "sip", "target": "a"},
    ], "variables": {"voipbin.a": "b", "c": "\0", "d": "e"}, "actions": silent});
    let paths: &[&str] = &[
        "source.type",
        "source.name",
        "destinations[0].target",
        "destinations[2].target",
        "variables.c",
        "variables.voipbin.a",
        "actions[0].option.text",
    ];
    check(&protocols, "CreateCalls", vec![(many, "INVALID_ADDRESS", paths)]).await;
    check(
        &protocols,
        "CreateActiveflow",
        vec![
            (
                json!({"id": "7", "webhook_uri": "ftp://a", "webhook_method": "GET", "actions": silent}),
                "INVALID_ARGUMENT",
                &["webhook_uri", "webhook_method", "id", "actions[0].option.text"],
            ),
            (
                json!({"on_complete_flow_id": NOBODY, "flow_id": NOBODY}),
                "FLOW_NOT_FOUND",
                &["on_complete_flow_id", "flow_id"],
            ),
        ],
    )
    .await;
    check(
        &protocols,
        "CreateAccessKey",
        vec![(
            json!({"name": long, "detail": "\0", "tm_expire": "2020-01-01 00:00:00.000000"}),
            "INVALID_ARGUMENT",
            &["name", "detail", "tm_expire"],
        )],
    )
    .await;
    check(
        &protocols,
        "CreateNumber",
        vec![
            (
                json!({"number": "1", "call_flow_id": "7", "message_flow_id": "8", "name": long}),
                "INVALID_ARGUMENT",
                &["number", "call_flow_id", "message_flow_id", "name"],
            ),
            (
                json!({"number": "+17770009998", "call_flow_id": NOBODY, "message_flow_id": NOBODY}),
                "FLOW_NOT_FOUND",
                &["call_flow_id", "message_flow_id"],
            ),
        ],
    )
    .await;
    let destinations = json!([{"type": "tel", "target": "1"}, {"type": "tel", "target": "2"}]);
    let paths: &[&str] = &["source", "destinations[0].target", "destinations[1].target", "text"];
    check(&protocols, "SendMessage", vec![(json!({"destinations": destinations}), "INVALID_ADDRESS", paths)]).await;
    assert_eq!(all(&guest).await, before, "nothing has changed");
}

#[tokio::test]
async fn what_is_changed_asked_and_steered_names_all_its_wrong_fields() {
    let guest = Guest::new().await;
    let protocols = Protocols::of(&guest).await;
    let before = all(&guest).await;
    let long = "n".repeat(256);
    let cases: Vec<(&str, serde_json::Value, &str, &[&str])> = vec![
        (
            "UpdateCustomer",
            json!({"name": long, "detail": "\0", "webhook_uri": "ftp://a", "webhook_method": "GET"}),
            "INVALID_ARGUMENT",
            &["webhook_uri", "webhook_method", "name", "detail"],
        ),
        ("UpdateAccessKey", json!({"id": "7", "name": long}), "INVALID_ID", &["id", "name"]),
        ("UpdateNumber", json!({"id": "7", "name": long, "detail": "\0"}), "INVALID_ID", &["id", "name", "detail"]),
        (
            "UpdateFlow",
            json!({"id": "7", "name": long, "actions": [{"type": "talk"}]}),
            "INVALID_ID",
            &["id", "name", "actions[0].option.text"],
        ),
        (
            "PushActions",
            json!({"id": "7", "actions": [{"type": "talk"}, {"type": "sleep"}]}),
            "INVALID_ID",
            &["id", "actions[0].option.text", "actions[1].option.duration"],
        ),
        (
            "SetVariables",
            json!({"id": "7", "variables": {"voipbin.a": "", "voipbin.b": ""}}),
            "INVALID_ID",
            &["id", "variables.voipbin.a", "variables.voipbin.b"],
        ),
        (
            "ContinueActiveflow",
            json!({"id": "7", "current_action_id": "8"}),
            "INVALID_ID",
            &["id", "current_action_id"],
        ),
        ("TalkCall", json!({"id": "7", "language": "l".repeat(129)}), "INVALID_ID", &["id", "text", "language"]),
        (
            "SendDigits",
            json!({"id": "7", "digits": "x", "duration_ms": 1, "interval_ms": -1}),
            "INVALID_ID",
            &["id", "digits", "duration_ms", "interval_ms"],
        ),
        (
            "StartRecording",
            json!({"id": "7", "format": "mp3", "duration": -1, "on_end_flow_id": "8"}),
            "INVALID_ID",
            &["id", "on_end_flow_id", "format", "duration"],
        ),
        ("SimulateDigits", json!({"call_id": "7", "digits": ""}), "INVALID_ID", &["call_id", "digits"]),
        ("SimulateDigits", json!({"call_id": "7", "digits": "1".repeat(65)}), "INVALID_ID", &["call_id", "digits"]),
        (
            "SetCallee",
            json!({"target": "\0", "ring_ms": -1, "steps": ["dance", "beep", "digits 1"]}),
            "INVALID_ADDRESS",
            &["target", "ring_ms", "steps[0]", "steps[2]"],
        ),
        (
            "SetCallee",
            json!({"target": "+15550007777", "steps": ["dance", "digits 1"]}),
            "INVALID_ARGUMENT",
            &["steps[0]", "steps[1]"],
        ),
        (
            "SimulateIncomingCall",
            json!({"source": {"type": "tel", "target": "1"}, "flow_id": "7"}),
            "INVALID_ADDRESS",
            &["source.target", "destination", "flow_id"],
        ),
        (
            "SimulateFlow",
            json!({"script": ["dance", "answer", "wait"], "variables": {"voipbin.a": ""}, "actions": [{"type": "talk"}]}),
            "INVALID_VARIABLES",
            &["variables.voipbin.a", "script[0]", "script[2]", "actions[0].option.text"],
        ),
        (
            "ListCalls",
            json!({"page_size": -1, "page_token": "soon", "flow_id": "7", "activeflow_id": "8"}),
            "INVALID_ARGUMENT",
            &["page_size", "page_token", "flow_id", "activeflow_id"],
        ),
        (
            "ListActiveflows",
            json!({"page_token": "soon", "flow_id": "7", "reference_id": "8"}),
            "INVALID_PAGE_TOKEN",
            &["page_token", "flow_id", "reference_id"],
        ),
        (
            "ListRecordings",
            json!({"page_size": -1, "activeflow_id": "7", "call_id": "8"}),
            "INVALID_ARGUMENT",
            &["page_size", "activeflow_id", "call_id"],
        ),
        (
            "ListWebhookDeliveries",
            json!({"page_size": -1, "activeflow_id": "7"}),
            "INVALID_ARGUMENT",
            &["page_size", "activeflow_id"],
        ),
        (
            "ListFlowRevisions",
            json!({"id": "7", "page_size": -1, "page_token": "soon"}),
            "INVALID_ID",
            &["id", "page_size", "page_token"],
        ),
        (
            "ListActiveflowEvents",
            json!({"id": "7", "page_size": -1, "page_token": "soon"}),
            "INVALID_ID",
            &["id", "page_size", "page_token"],
        ),
        (
            "WatchCalls",
            json!({"ids": ["7", NOBODY, "8"], "flow_id": "9", "resume_token": "soon"}),
            "INVALID_ID",
            &["ids[0]", "ids[2]", "flow_id", "resume_token"],
        ),
        (
            "WatchActiveflows",
            json!({"until_ended": true, "reference_id": "7", "resume_token": "soon"}),
            "INVALID_ARGUMENT",
            &["ids", "reference_id", "resume_token"],
        ),
    ];
    for (rpc, request, reason, paths) in cases {
        check(&protocols, rpc, vec![(request, reason, paths)]).await;
    }
    assert_eq!(all(&guest).await, before, "nothing has changed");
}

#[tokio::test]
async fn wrong_types_and_unknown_keys_are_named_at_once() {
    let guest = Guest::new().await;
    let flow = json!({
        "name": 7,
        "actions": [
            {"type": "talk", "option": {"txt": "a", "text": 5}},
            talk(),
            {"type": "dance", "option": {"x": 1}},
            {"type": "sleep", "option": {"duration": "5"}, "kind": 1},
        ],
        "nam": "",
    });
    let paths: &[&str] = &[
        "name",
        "actions[0].option.txt",
        "actions[0].option.text",
        "actions[2].type",
        "actions[3].option.duration",
        "actions[3].kind",
        "nam",
    ];
    check_rest(&guest, "POST", "/v1.0/flows", vec![(&flow.to_string(), "INVALID_JSON_BODY", paths)]).await;
    let call = r#"{"destination": {"target": 1, "number": "1"}, "variables": {"a": 1, "b": "", "c": 2}}"#;
    let paths: &[&str] = &["variables.a", "variables.c", "destination.target", "destination.number"];
    check_rest(&guest, "POST", "/v1.0/calls", vec![(call, "INVALID_JSON_BODY", paths)]).await;
    let query = "/v1.0/calls?colour=red&page_size=many&status=lost&page_token=a&page_token=b&size=1";
    let paths: &[&str] = &["colour", "page_token", "size", "page_size", "status"];
    check_rest(&guest, "GET", query, vec![("", "INVALID_ARGUMENT", paths)]).await;
}

/// The trailers of an answer are small in any case, and the message counts what they leave out.
#[tokio::test]
async fn what_is_told_is_bounded() {
    let guest = Guest::new().await;
    let protocols = Protocols::of(&guest).await;
    let told = protocols.refused("CreateFlow", json!({"actions": vec![json!({"type": "talk"}); 1_000]})).await;
    assert!((20..=50).contains(&told.fields.len()), "{}", told.fields.len());
    assert!(told.message.ends_with("(and 999 more)"), "{}", told.message);
}
