//! What is refused, and in which words.

use crate::fake::Fake;
use ringdown::error::{Error, Reason, Violation};
use serde_json::json;

#[track_caller]
fn assert_starts(text: &str, expected: &str) {
    assert!(text.starts_with(expected), "{text}\nexpected: {expected}");
}

#[tokio::test]
async fn a_bad_body_never_reaches_a_service() {
    let fake = Fake::default();
    let check = async |line: &str, body: &str, expected: &str| {
        let answer = fake.send(line, &[], body.to_owned()).await;
        assert_starts(&answer.error(), expected);
        assert!(!fake.was_asked(), "{line} {body}");
    };
    let flows = "POST /v1.0/flows";
    let calls = "POST /v1.0/calls";
    check(flows, "{", "400 INVALID_JSON_BODY the body is not JSON: EOF").await;
    check(flows, r#"{"name": "a",}"#, "400 INVALID_JSON_BODY the body is not JSON: trailing comma").await;
    check(flows, "[]", "400 INVALID_JSON_BODY expected an object").await;
    check(flows, r#"{"nam": "a"}"#, "400 INVALID_JSON_BODY nam: unknown key; expected one of: name, detail, actions")
        .await;
    check(flows, r#"{"name": 1}"#, "400 INVALID_JSON_BODY name: expected a string").await;
    check(flows, &("[".repeat(100) + &"]".repeat(100)), "400 INVALID_JSON_BODY the body is nested more than 64 levels")
        .await;
    check(flows, r#"{"actions": [{"type": "dance"}]}"#, "400 INVALID_ACTION_TYPE actions[0].type: unknown type").await;
    check(
        flows,
        r#"{"actions": [{"type": "answer"}, {"type": "sleep", "option": {"duration": "long"}}]}"#,
        "400 INVALID_ACTION_OPTION actions[1].option.duration: expected an integer",
    )
    .await;
    check(flows, r#"{"idempotency_key": "a"}"#, "400 INVALID_JSON_BODY idempotency_key: unknown key").await;
    check(calls, r#"{"destination": {"typ": "tel"}}"#, "400 INVALID_JSON_BODY destination.typ: unknown key").await;
    check(
        calls,
        r#"{"destination": {}, "destinations": []}"#,
        "400 INVALID_JSON_BODY destination: cannot be given together with destinations",
    )
    .await;
    check("GET /v1.0/calls", r#"{"page_size": 1}"#, "400 INVALID_JSON_BODY no body is expected here").await;
    check("GET /v1.0/calls?page_size=many", "", "400 INVALID_ARGUMENT page_size: expected an integer").await;
    check("GET /v1.0/calls?status=lost", "", "400 INVALID_ARGUMENT status: expected one of: dialing, ringing").await;
    check(
        "GET /v1.0/calls?colour=red",
        "",
        "400 INVALID_ARGUMENT colour: unknown parameter; expected one of: page_size",
    )
    .await;
    check("GET /v1.0/calls?status=ringing&status=hangup", "", "400 INVALID_ARGUMENT status: is given twice").await;
    check("GET /v1.0/calls/watch?until_ended=1", "", "400 INVALID_ARGUMENT until_ended: expected true or false").await;
    check("GET /v1.0/calls/x?id=y", "", "400 INVALID_ARGUMENT id: unknown parameter; none is expected here").await;
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_told_or_not() {
    let fake = Fake::default();
    let body = format!(r#"{{"name": "{}"}}"#, "a".repeat(2 << 20));
    let answer = fake.send("POST /v1.0/flows", &[("content-length", &body.len().to_string())], body.clone()).await;
    assert_starts(&answer.error(), "400 BODY_TOO_LARGE");
    let answer = fake.send("POST /v1.0/flows", &[], body).await;
    assert_starts(&answer.error(), "400 BODY_TOO_LARGE");
}

#[tokio::test]
async fn an_error_of_a_service_is_told_whole() {
    let fake = Fake::default();
    let violation = |field: &str| Violation { field: field.to_owned(), description: "is not E.164".to_owned() };
    let error =
        || Error::fields(Reason::InvalidAddress, vec![violation("destinations[0].target"), violation("source.target")]);
    fake.fails(error());
    let answer = fake.send("POST /v1.0/calls", &[("x-request-id", "r1")], r#"{"destinations": []}"#).await;
    let expected = json!({"error": {
        "status": "INVALID_ARGUMENT",
        "reason": "INVALID_ADDRESS",
        "message": "destinations[0].target: is not E.164 (and 1 more)",
        "request_id": "r1",
        "details": [
            {"field": "destinations[0].target", "description": "is not E.164"},
            {"field": "source.target", "description": "is not E.164"},
        ],
    }});
    assert_eq!(answer.text, expected.to_string());
    // A caller who gave one destination is told of that one.
    fake.fails(error());
    let answer = fake.send("POST /v1.0/calls", &[], r#"{"destination": {}}"#).await;
    assert_eq!(answer.json()["error"]["details"][0]["field"], "destination.target");
    assert_starts(&answer.error(), "400 INVALID_ADDRESS destination.target: is not E.164");
}

#[tokio::test]
async fn each_reason_has_its_status() {
    let fake = Fake::default();
    for reason in [
        Reason::CallNotFound,
        Reason::StaleAction,
        Reason::StaleRevision,
        Reason::TooManyCalls,
        Reason::ActionNotAvailable,
        Reason::ShuttingDown,
    ] {
        let answer = fake.fails(Error::new(reason, "no")).send("GET /v1.0/calls/x", &[], "").await;
        assert_eq!(answer.error(), format!("{} {} no", reason.http(), reason.name()));
    }
    let answer = fake.fails(Error::internal("disk full")).send("GET /v1.0/calls/x", &[], "").await;
    assert!(answer.error().starts_with("500 INTERNAL") && !answer.text.contains("disk"), "{}", answer.text);
}

#[tokio::test]
async fn paths_and_methods_that_are_not_there() {
    let fake = Fake::default();
    assert_starts(&fake.send("GET /v2/calls", &[], "").await.error(), "404 ROUTE_NOT_FOUND no route for GET /v2/calls");
    let answer = fake.send("PATCH /v1.0/calls", &[], "").await;
    assert_starts(&answer.error(), "405 ROUTE_NOT_FOUND /v1.0/calls does not support PATCH");
    assert!(answer.headers["allow"].to_str().unwrap().contains("POST"));
    let answer = fake.send("POST /ringdown.v1.CallService/Dance", &[("content-type", "application/grpc")], "").await;
    assert_eq!((answer.status.as_u16(), answer.headers["grpc-status"].to_str().unwrap()), (200, "12"));
    assert!(answer.headers.contains_key("grpc-status-details-bin"));
}
