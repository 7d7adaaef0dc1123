//! What reaches the service of what was sent.

use crate::fake::Fake;
use ringdown::proto::*;

#[tokio::test]
async fn path_query_header_and_body_make_one_request() {
    let fake = Fake::default();
    let headers = [("idempotency-key", "k1"), ("authorization", "Bearer x")];
    let body = r#"{"id": "other", "text": "Hello.", "language": "en-GB"}"#;
    fake.send("POST /v1.0/calls/abc/talk?token=secret&accesskey=rd_1", &headers, body).await;
    let (rpc, request, metadata) = fake.asked::<TalkCallRequest>();
    assert_eq!(rpc, "talk_call");
    let expected = TalkCallRequest {
        id: "abc".into(),
        text: "Hello.".into(),
        language: "en-GB".into(),
        idempotency_key: "k1".into(),
        ..TalkCallRequest::default()
    };
    assert_eq!(request, expected);
    assert_eq!(metadata["authorization"], "Bearer x");
}

#[tokio::test]
async fn the_query_is_read_by_type() {
    let fake = Fake::default();
    let line = "GET /v1.0/calls?page_size=-1&page_token=2023-04-02%2013:43:30.576077&status=hangup&direction=incoming";
    fake.send(line, &[], "").await;
    let expected = ListCallsRequest {
        page_size: -1,
        page_token: "2023-04-02 13:43:30.576077".into(),
        status: CallStatus::Hangup.into(),
        direction: CallDirection::Incoming.into(),
        ..ListCallsRequest::default()
    };
    assert_eq!(fake.asked::<ListCallsRequest>().1, expected);

    let nil = json::NIL;
    fake.send(&format!("GET /v1.0/activeflows/watch?ids=a&ids=b&until_ended=true&flow_id={nil}"), &[], "").await;
    let expected = WatchActiveflowsRequest {
        ids: vec!["a".into(), "b".into()],
        until_ended: true,
        ..WatchActiveflowsRequest::default()
    };
    assert_eq!(fake.asked::<WatchActiveflowsRequest>().1, expected);
}

#[tokio::test]
async fn an_empty_body_is_an_empty_request() {
    let fake = Fake::default();
    for body in ["", " \n", "{}"] {
        let answer = fake.send("POST /v1.0/activeflows/abc/stop", &[], body).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert_eq!(fake.asked::<StopActiveflowRequest>().1.id, "abc");
    }
    fake.send("DELETE /v1.0/calls/abc/hold", &[], "{}").await;
    assert_eq!(fake.asked::<UnholdCallRequest>().0, "unhold_call");
}

#[tokio::test]
async fn times_ids_and_maps_are_read() {
    let fake = Fake::default();
    let body = r#"{"name": "build", "tm_expire": "2030-01-01 00:00:00.5"}"#;
    fake.send("POST /v1.0/accesskeys", &[], body).await;
    let expire = fake.asked::<CreateAccessKeyRequest>().1.tm_expire.unwrap();
    assert_eq!((expire.seconds, expire.nanos), (1_893_456_000, 500_000_000));
    fake.send("POST /v1.0/accesskeys", &[], r#"{"tm_expire": "9999-01-01 00:00:00.000000"}"#).await;
    assert_eq!(fake.asked::<CreateAccessKeyRequest>().1.tm_expire, None);

    let body = r#"{"flow_id": "00000000-0000-0000-0000-000000000000", "actions": [{"type": "answer"}], "variables": {"a": "1"}}"#;
    fake.send("POST /v1.0/activeflows", &[], body).await;
    let request = fake.asked::<CreateActiveflowRequest>().1;
    assert_eq!((request.flow_id.as_str(), request.variables["a"].as_str()), ("", "1"));
    assert_eq!(request.actions[0].option, action::Option::empty("answer"));

    fake.send("PUT /v1.0/simulator/callees/%2B15550000009", &[], r#"{"answer": "no_answer", "ring_ms": 5}"#).await;
    let request = fake.asked::<SetCalleeRequest>().1;
    assert_eq!((request.target.as_str(), request.answer()), ("+15550000009", CalleeAnswer::NoAnswer));
}

#[tokio::test]
async fn the_request_id_is_the_callers_if_it_is_one() {
    let fake = Fake::default();
    let answer = fake.send("GET /v1.0/calls/x", &[("x-request-id", "mine-1")], "").await;
    assert_eq!(answer.headers["x-request-id"], "mine-1");
    let answer = fake.send("GET /v1.0/nothing", &[("x-request-id", "not mine!")], "").await;
    let id = answer.headers["x-request-id"].to_str().unwrap();
    assert_eq!(answer.json()["error"]["request_id"], id);
    assert_eq!(id.len(), 32);
}
