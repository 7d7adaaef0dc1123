//! What REST makes of `PATCH`, of revisions, and of the headers that ask for them.

use crate::fake::Fake;
use prost_types::FieldMask;
use ringdown::error::{Error, Reason};
use ringdown::proto::*;
use serde_json::Value;

fn mask(paths: &[&str]) -> Option<FieldMask> {
    Some(FieldMask { paths: paths.iter().map(|path| path.to_string()).collect() })
}

#[tokio::test]
async fn patch_names_the_keys_of_its_body() {
    let fake = Fake::default();
    let body = r#"{"detail": "d", "on_complete_flow_id": null, "id": "other", "expected_revision": 7}"#;
    fake.send("PATCH /v1.0/flows/abc", &[], body).await;
    let (rpc, request, _) = fake.asked::<UpdateFlowRequest>();
    let expected = UpdateFlowRequest {
        id: "abc".into(),
        detail: "d".into(),
        update_mask: mask(&["detail", "on_complete_flow_id"]),
        expected_revision: 7,
        ..Default::default()
    };
    assert_eq!((rpc, request), ("update_flow", expected));
    fake.send("PUT /v1.0/flows/abc", &[], r#"{"detail": "d"}"#).await;
    assert_eq!(fake.asked::<UpdateFlowRequest>().1.update_mask, None, "PUT replaces all");
    fake.send("PATCH /v1.0/customer", &[], r#"{"rotate_webhook_secret": true}"#).await;
    assert_eq!(fake.asked::<UpdateCustomerRequest>().1.update_mask, mask(&["rotate_webhook_secret"]));
    for (body, told) in [
        ("", "400 INVALID_JSON_BODY expected at least one of: name, detail, actions, on_complete_flow_id"),
        (r#"{"expected_revision": 7}"#, "400 INVALID_JSON_BODY expected at least one of: name"),
        (r#"{"nam": null}"#, "400 INVALID_JSON_BODY nam: unknown key"),
        (r#"{"name": 7}"#, "400 INVALID_JSON_BODY name: expected a string"),
        (r#"{"name": "a", "update_mask": "name"}"#, "400 INVALID_JSON_BODY update_mask: unknown key"),
    ] {
        let answer = fake.send("PATCH /v1.0/flows/abc", &[], body).await;
        assert!(answer.error().starts_with(told), "{body}: {}", answer.error());
        assert!(!fake.was_asked(), "{body}");
    }
}

#[tokio::test]
async fn if_match_is_the_revision_that_is_expected() {
    let fake = Fake::default();
    let expected = async |header: &str| {
        let answer = fake.send("DELETE /v1.0/numbers/abc", &[("if-match", header)], "").await;
        assert_eq!(answer.status, 200, "{header}: {}", answer.text);
        fake.asked::<DeleteNumberRequest>().1.expected_revision
    };
    assert_eq!(expected("\"7\"").await, 7);
    assert_eq!(expected("*").await, 0);
    assert_eq!(expected("W/\"7\"").await, i64::MAX, "a weak tag matches nothing");
    fake.send("DELETE /v1.0/numbers/abc?expected_revision=8", &[], "").await;
    assert_eq!(fake.asked::<DeleteNumberRequest>().1.expected_revision, 8);
    let twice = r#"{"expected_revision": 7}"#;
    let both = fake.send("PUT /v1.0/numbers/abc", &[("if-match", "\"7\"")], twice).await;
    let told = "400 INVALID_ARGUMENT expected_revision: cannot be given together with the header If-Match";
    assert_eq!(both.error(), told);
    let malformed = fake.send("PUT /v1.0/numbers/abc", &[("if-match", "7")], "{}").await;
    assert!(malformed.error().starts_with("400 INVALID_ARGUMENT If-Match: expected the ETag"), "{}", malformed.text);
    assert_eq!(malformed.json()["error"]["details"][0]["field"], "If-Match");
    // Whoever asked by the header is told by the header.
    let stale = || Error::stale_revision(8);
    let by_header = fake.fails(stale()).send("PUT /v1.0/numbers/abc", &[("if-match", "\"7\"")], "{}").await;
    let by_body = fake.fails(stale()).send("PUT /v1.0/numbers/abc", &[], r#"{"expected_revision": 7}"#).await;
    for (answer, status, field) in [(by_header, 412, "If-Match"), (by_body, 409, "expected_revision")] {
        let error = &answer.json()["error"];
        assert_eq!((answer.status.as_u16(), &error["reason"]), (status, &Value::from("STALE_REVISION")));
        assert_eq!((&error["status"], &error["details"][0]["field"]), (&"ABORTED".into(), &field.into()));
        assert_eq!(answer.headers["etag"], "\"8\"");
    }
    let other = Error::new(Reason::NumberNotFound, "no");
    let answer = fake.fails(other).send("PUT /v1.0/numbers/abc", &[("if-match", "\"7\"")], "{}").await;
    assert_eq!(answer.error(), "404 NUMBER_NOT_FOUND no");
}

#[tokio::test]
async fn a_resource_has_the_etag_of_its_revision() {
    let fake = Fake::default();
    let flow = || Some(Flow { revision: 7, ..Default::default() });
    let created = fake.answers(&CreateFlowResponse { flow: flow() }).send("POST /v1.0/flows", &[], "{}").await;
    let put = fake.answers(&UpdateFlowResponse { flow: flow() }).send("PUT /v1.0/flows/abc", &[], "{}").await;
    let deleted = fake.answers(&DeleteFlowResponse { flow: flow() }).send("DELETE /v1.0/flows/abc", &[], "").await;
    assert_eq!(
        (&created.headers["etag"], &put.headers["etag"]),
        (&"\"7\"".parse().unwrap(), &"\"7\"".parse().unwrap())
    );
    assert!(deleted.headers.get("etag").is_none(), "what is gone has none");
    let get = async |header: &str| {
        fake.answers(&GetFlowResponse { flow: flow() })
            .send("GET /v1.0/flows/abc", &[("if-none-match", header)], "")
            .await
    };
    for known in ["\"7\"", "W/\"7\"", "\"6\", \"7\"", "*"] {
        let answer = get(known).await;
        assert_eq!((answer.status.as_u16(), answer.text.as_str()), (304, ""), "{known}");
        assert_eq!(answer.headers["etag"], "\"7\"");
    }
    let other = get("\"6\"").await;
    assert_eq!((other.status.as_u16(), other.json()["revision"].as_i64()), (200, Some(7)));
    assert!(get("7").await.error().starts_with("400 INVALID_ARGUMENT If-None-Match: "));
    // It asks for what is not sent again, and nothing else.
    let answer = fake.answers(&UpdateFlowResponse { flow: flow() });
    assert_eq!(answer.send("PUT /v1.0/flows/abc", &[("if-none-match", "\"7\"")], "{}").await.status, 200);
}
