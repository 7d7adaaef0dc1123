//! Changes of what several people change: revisions, conditions and masks.

use crate::bad_input::NOBODY;
use crate::server::{Guest, text};
use ringdown::proto::*;
use serde_json::{Value, json};
use tonic::Code;
use tonic_types::StatusExt;

/// A resource that can be changed.
struct Thing {
    path: String,
    /// All that can be changed of it, with these two texts.
    whole: fn(&str, &str) -> Value,
}

fn named(name: &str, detail: &str) -> Value {
    json!({"name": name, "detail": detail})
}

fn flow(name: &str, detail: &str) -> Value {
    json!({"name": name, "detail": detail, "actions": [{"type": "answer"}]})
}

/// One of each kind, just made.
async fn things(guest: &Guest, number: &str) -> Vec<Thing> {
    let make = async |path: &str, body: Value, whole| {
        let made = guest.rest.ok("POST", &format!("/v1.0/{path}"), Some(body)).await;
        Thing { path: format!("/v1.0/{path}/{}", text(&made, "id")), whole }
    };
    vec![
        make("flows", flow("n", "d"), flow as fn(&str, &str) -> Value).await,
        make("numbers", json!({"number": number, "name": "n", "detail": "d"}), named).await,
        make("accesskeys", named("n", "d"), named).await,
        Thing { path: "/v1.0/customer".to_owned(), whole: named },
    ]
}

/// Status, `ETag` and body.
struct Answer {
    status: u16,
    etag: Option<String>,
    body: Value,
}

async fn send(guest: &Guest, line: &str, headers: &[(&str, &str)], body: Option<Value>) -> Answer {
    let (verb, path) = line.split_once(' ').unwrap();
    let url = format!("{}{path}", guest.rest.url);
    let mut request = guest.rest.http.request(verb.parse().unwrap(), url).bearer_auth(&guest.rest.key);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    if let Some(body) = body {
        request = request.body(body.to_string());
    }
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    let etag = answer.headers().get("etag").map(|etag| etag.to_str().unwrap().to_owned());
    let bytes = answer.bytes().await.unwrap();
    let body = if bytes.is_empty() { Value::Null } else { serde_json::from_slice(&bytes).unwrap() };
    Answer { status, etag, body }
}

fn etag(revision: i64) -> String {
    format!("\"{revision}\"")
}

#[tokio::test]
async fn a_change_of_an_old_copy_is_refused() {
    let guest = Guest::new().await;
    for Thing { path, whole } in things(&guest, "+15554440001").await {
        let get = async || send(&guest, &format!("GET {path}"), &[], None).await;
        let put = format!("PUT {path}");
        let read = get().await;
        let (old, revision) = (read.etag.unwrap(), read.body["revision"].as_i64().unwrap());
        assert_eq!((old.as_str(), revision), ("\"1\"", 1), "{path}");
        let changed = send(&guest, &put, &[("if-match", &old)], Some(whole("two", "d"))).await;
        assert_eq!(
            (changed.status, changed.etag, &changed.body["revision"]),
            (200, Some(etag(2)), &json!(2)),
            "{path}"
        );

        let before = get().await.body;
        let late = send(&guest, &put, &[("if-match", &old)], Some(whole("late", ""))).await;
        assert_eq!((late.status, late.etag), (412, Some(etag(2))), "{path}: {}", late.body);
        assert_eq!(late.body["error"]["reason"], "STALE_REVISION");
        assert_eq!(late.body["error"]["details"][0]["field"], "If-Match");
        let mut body = whole("late", "");
        body["expected_revision"] = json!(1);
        for verb in ["PUT", "PATCH"] {
            let late = send(&guest, &format!("{verb} {path}"), &[], Some(body.clone())).await;
            assert_eq!((late.status, late.etag), (409, Some(etag(2))), "{path}: {}", late.body);
            assert_eq!(
                (&late.body["error"]["status"], &late.body["error"]["reason"]),
                (&json!("ABORTED"), &json!("STALE_REVISION"))
            );
        }
        for (condition, status) in [("W/\"2\"", 412), ("\"abc\"", 412), ("2", 400), ("\"2", 400)] {
            let refused = send(&guest, &put, &[("if-match", condition)], Some(whole("late", ""))).await;
            assert_eq!(refused.status, status, "{path} {condition}: {}", refused.body);
            assert_eq!(refused.body["error"]["details"][0]["field"], "If-Match");
        }
        assert_eq!(get().await.body, before, "nothing has changed");

        let known = send(&guest, &format!("GET {path}"), &[("if-none-match", &etag(2))], None).await;
        assert_eq!((known.status, known.etag, known.body), (304, Some(etag(2)), Value::Null), "{path}");
        let other = send(&guest, &format!("GET {path}"), &[("if-none-match", &old)], None).await;
        assert_eq!((other.status, other.body), (200, before));
        for headers in [&[("if-match", "*")][..], &[]] {
            let changed = send(&guest, &put, headers, Some(whole("three", "d"))).await;
            assert_eq!((changed.status, &changed.body["name"]), (200, &json!("three")), "{path}: {}", changed.body);
        }
        if path.ends_with("/customer") {
            continue;
        }
        let delete = async |query: &str, headers: &[(&str, &str)]| {
            send(&guest, &format!("DELETE {path}{query}"), headers, None).await
        };
        assert_eq!(delete("", &[("if-match", &old)]).await.status, 412);
        assert_eq!(delete("?expected_revision=1", &[]).await.status, 409);
        let deleted = delete("?expected_revision=4", &[]).await;
        assert_eq!((deleted.status, deleted.etag), (200, None), "{path}: {}", deleted.body);
        assert_eq!(delete("", &[("if-match", "*")]).await.status, 404);
        assert_eq!(send(&guest, &put, &[("if-match", &etag(5))], Some(whole("late", ""))).await.status, 404);
    }
}

#[tokio::test]
async fn patch_changes_the_keys_of_its_body() {
    let guest = Guest::new().await;
    for Thing { path, .. } in things(&guest, "+15554440002").await {
        let patch = async |body: Value| {
            let answer = send(&guest, &format!("PATCH {path}"), &[], Some(body)).await;
            assert_eq!(answer.status, 200, "{path}: {}", answer.body);
            answer.body
        };
        let before = patch(json!({"name": "a", "detail": "b"})).await;
        let after = patch(json!({"detail": "c"})).await;
        assert_eq!((&after["name"], &after["detail"]), (&json!("a"), &json!("c")));
        assert_eq!(after["revision"].as_i64(), before["revision"].as_i64().map(|it| it + 1));
        let mut same = before.clone();
        for key in ["detail", "revision", "tm_update"] {
            same[key] = after[key].clone();
        }
        assert_eq!(after, same, "{path}: the rest stays");
        assert_eq!(patch(json!({"detail": null})).await["detail"], "");
        for (body, fields) in [
            (json!({}), vec![]),
            (json!({"nam": "a"}), vec!["nam"]),
            (json!({"name": 5}), vec!["name"]),
            (json!({"name": "n".repeat(256)}), vec!["name"]),
            (json!({"name": "a", "expected_revision": -1}), vec!["expected_revision"]),
        ] {
            let refused = send(&guest, &format!("PATCH {path}"), &[], Some(body.clone())).await;
            let told: Vec<&str> = refused.body["error"]["details"]
                .as_array()
                .unwrap()
                .iter()
                .map(|it| it["field"].as_str().unwrap())
                .collect();
            assert_eq!((refused.status, told), (400, fields), "{path} {body}");
        }
    }
}

#[tokio::test]
async fn a_flow_keeps_its_actions_when_its_name_changes() {
    let guest = Guest::new().await;
    let made = guest.rest.ok("POST", "/v1.0/flows", Some(flow("n", "d"))).await;
    let path = format!("/v1.0/flows/{}", text(&made, "id"));
    let patch = async |body: Value| send(&guest, &format!("PATCH {path}"), &[], Some(body)).await;
    let renamed = patch(json!({"name": "m"})).await.body;
    assert_eq!((&renamed["actions"], &renamed["revision"]), (&made["actions"], &json!(2)));
    let actions = json!([{"type": "answer"}, {"type": "hangup"}]);
    let changed = patch(json!({"actions": actions, "on_complete_flow_id": made["id"]})).await.body;
    assert_eq!((changed["actions"].as_array().unwrap().len(), &changed["name"]), (2, &json!("m")));
    let alone = patch(json!({"on_complete_flow_id": null})).await.body;
    assert_eq!((&alone["actions"], &alone["on_complete_flow_id"]), (&changed["actions"], &json!(json::NIL)));
    for (body, reason, field) in [
        (json!({"actions": []}), "INVALID_ARGUMENT", "actions"),
        (json!({"actions": null}), "INVALID_ARGUMENT", "actions"),
        (json!({"actions": [{"type": "talk"}]}), "INVALID_ACTION_OPTION", "actions[0].option.text"),
        (json!({"on_complete_flow_id": NOBODY}), "FLOW_NOT_FOUND", "on_complete_flow_id"),
    ] {
        let refused = patch(body.clone()).await.body;
        let error = &refused["error"];
        assert_eq!((&error["reason"], &error["details"][0]["field"]), (&json!(reason), &json!(field)), "{body}");
    }
    let revisions = guest.rest.ok("GET", &format!("{path}/revisions"), None).await;
    assert_eq!(revisions["result"].as_array().unwrap().len(), 4, "each change made one");
    assert_eq!(guest.rest.ok("DELETE", &path, None).await["revision"], 4);
    assert_eq!(guest.rest.get(&format!("{path}/revisions")).await.0, 404);
}

#[tokio::test]
async fn a_webhook_changes_in_parts() {
    let guest = Guest::new().await;
    let patch = async |body: Value| {
        let answer = send(&guest, "PATCH /v1.0/customer", &[], Some(body)).await;
        (answer.status, answer.body)
    };
    let (status, refused) = patch(json!({"webhook_method": "PUT"})).await;
    assert_eq!((status, &refused["error"]["details"][0]["field"]), (400, &json!("webhook_method")));
    let (_, set) = patch(json!({"webhook_uri": "http://127.0.0.1:9/a"})).await;
    assert!(text(&set, "webhook_secret").starts_with("whsec_") && set["webhook_method"] == "POST", "{set}");
    let (_, put) = patch(json!({"webhook_method": "PUT"})).await;
    assert_eq!((&put["webhook_uri"], &put["webhook_method"]), (&set["webhook_uri"], &json!("PUT")));
    assert_eq!(put["webhook_secret"], "", "it is shown once");
    let (_, renamed) = patch(json!({"name": "m"})).await;
    assert_eq!((&renamed["webhook_uri"], &renamed["webhook_method"]), (&set["webhook_uri"], &json!("PUT")));
    let (_, rotated) = patch(json!({"rotate_webhook_secret": true})).await;
    assert!(text(&rotated, "webhook_secret").starts_with("whsec_") && rotated["name"] == "m", "{rotated}");
    let (_, gone) = patch(json!({"webhook_uri": ""})).await;
    assert_eq!((&gone["webhook_uri"], &gone["webhook_method"]), (&json!(""), &json!("")));
}

#[tokio::test]
async fn a_mask_names_what_changes() {
    let guest = Guest::new().await;
    let mask = |paths: &[&str]| Some(prost_types::FieldMask { paths: paths.iter().map(|it| it.to_string()).collect() });
    let mut numbers = guest.grpc.numbers.clone();
    let create = CreateNumberRequest {
        number: "+15554440003".to_owned(),
        name: "n".to_owned(),
        detail: "d".to_owned(),
        ..Default::default()
    };
    let made = numbers.create_number(create).await.unwrap().into_inner().number.unwrap();
    assert_eq!(made.revision, 1);
    // What the mask does not name does not count, whatever it is.
    let update = UpdateNumberRequest {
        id: made.id.clone(),
        name: "m".to_owned(),
        detail: "\0".to_owned(),
        call_flow_id: "nonsense".to_owned(),
        update_mask: mask(&["name"]),
        expected_revision: 1,
        ..Default::default()
    };
    let changed = numbers.update_number(update.clone()).await.unwrap().into_inner().number.unwrap();
    assert_eq!((changed.name.as_str(), changed.detail.as_str(), changed.revision), ("m", "d", 2));
    let stale = numbers.update_number(update.clone()).await.unwrap_err();
    let info = stale.get_error_details().error_info().unwrap().clone();
    assert_eq!((stale.code(), info.reason.as_str()), (Code::Aborted, "STALE_REVISION"));
    assert_eq!(info.metadata["revision"], "2");
    for (paths, word) in [(&["nam"][..], "\"nam\""), (&["name", "id"], "\"id\""), (&[], "no field")] {
        let update = UpdateNumberRequest { update_mask: mask(paths), expected_revision: 0, ..update.clone() };
        let refused = numbers.update_number(update).await.unwrap_err();
        let violation = refused.get_error_details().bad_request().unwrap().field_violations[0].clone();
        assert_eq!((refused.code(), violation.field.as_str()), (Code::InvalidArgument, "update_mask"));
        assert!(violation.description.contains(word), "{violation:?}");
    }
    for update_mask in [mask(&["*"]), None] {
        let (id, name) = (made.id.clone(), "whole".to_owned());
        let update = UpdateNumberRequest { id, name, update_mask, ..Default::default() };
        let changed = numbers.update_number(update).await.unwrap().into_inner().number.unwrap();
        assert_eq!((changed.name.as_str(), changed.detail.as_str()), ("whole", ""), "all is replaced");
    }
    let delete = |expected_revision| DeleteNumberRequest { id: made.id.clone(), expected_revision };
    assert_eq!(numbers.delete_number(delete(-1)).await.unwrap_err().code(), Code::InvalidArgument);
    assert_eq!(numbers.delete_number(delete(2)).await.unwrap_err().code(), Code::Aborted);
    assert_eq!(numbers.delete_number(delete(4)).await.unwrap().into_inner().number.unwrap().revision, 5);
}

/// Many at the same moment: each is done, and none undoes another.
#[tokio::test]
async fn changes_at_the_same_moment_are_all_kept() {
    let guest = Guest::new().await;
    for Thing { path, .. } in things(&guest, "+15554440004").await {
        let (guest, path) = (&guest, &path);
        let changes = (0..12).map(|number| async move {
            let key = if number % 2 == 0 { "name" } else { "detail" };
            let body = json!({key: format!("{key} {number}")});
            let answer = send(guest, &format!("PATCH {path}"), &[], Some(body)).await;
            assert_eq!(answer.status, 200, "{path}: {}", answer.body);
            answer.body["revision"].as_i64().unwrap()
        });
        let mut revisions = futures::future::join_all(changes).await;
        revisions.sort();
        assert_eq!(revisions, (2..=13).collect::<Vec<_>>(), "{path}");
        let after = guest.rest.ok("GET", path, None).await;
        assert!(text(&after, "name").starts_with("name ") && text(&after, "detail").starts_with("detail "), "{after}");
    }
}
