//! The OpenAPI document describes this very server.

use crate::parity::Fresh;
use crate::server::{Guest, http};
use serde_json::{Value, json};
use std::collections::HashSet;

/// What stands for a parameter of a path.
const ID: &str = "6f18ae1c-ddf8-413b-9572-ad3057460000";

async fn document(guest: &Guest) -> Value {
    // It is open to all.
    let answer = http().get(format!("{}/v1.0/openapi.json", guest.rest.url)).send().await.unwrap();
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["content-type"]),
        (200, &"application/json".parse().unwrap())
    );
    answer.json().await.unwrap()
}

#[tokio::test]
async fn every_path_of_it_is_there() {
    let guest = Guest::new().await;
    let document = document(&guest).await;
    assert_eq!((&document["openapi"], &document["info"]["title"]), (&json!("3.1.0"), &json!("Ringdown")));
    let mut names = HashSet::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (verb, operation) in operations.as_object().unwrap() {
            let name = operation["operationId"].as_str().unwrap();
            assert!(names.insert(name.to_owned()), "{name} is there twice");
            let full: Vec<&str> = path.split('/').map(|part| if part.starts_with('{') { ID } else { part }).collect();
            let mut request = guest
                .rest
                .http
                .request(verb.to_uppercase().parse().unwrap(), format!("{}{}", guest.rest.url, full.join("/")));
            request = request.bearer_auth(&guest.rest.key);
            if operation.get("requestBody").is_some() {
                request = request.header("content-type", "application/json").body("{}");
            }
            let answer = request.send().await.unwrap();
            let status = answer.status().as_u16();
            // A watch goes on: its body is not waited for.
            if answer.headers()["content-type"] == "text/event-stream" {
                assert_eq!(
                    operation["responses"]["200"]["content"].as_object().unwrap().keys().next().unwrap(),
                    "text/event-stream"
                );
                continue;
            }
            let body: Value = answer.json().await.unwrap();
            let reason = body["error"]["reason"].as_str().unwrap_or_default();
            assert!(status != 405 && reason != "ROUTE_NOT_FOUND", "{verb} {path}: {status} {body}");
            assert!(status < 500, "{verb} {path}: {status} {body}");
        }
    }
    let pool = prost_reflect::DescriptorPool::decode(ringdown::proto::DESCRIPTOR).unwrap();
    let services = pool.services().filter(|it| it.package_name() == "ringdown.v1");
    let rpcs: HashSet<String> =
        services.flat_map(|it| it.methods().map(|it| it.name().to_owned()).collect::<Vec<_>>()).collect();
    // `PATCH` is another way to an RPC that has a name.
    names.retain(|name| !name.starts_with("Patch"));
    assert_eq!(names, rpcs);
}

#[tokio::test]
async fn every_reference_in_it_leads_somewhere() {
    let guest = Guest::new().await;
    let document = document(&guest).await;
    fn references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
        match value {
            Value::Object(object) => {
                found.extend(object.get("$ref").and_then(Value::as_str));
                object.values().for_each(|value| references(value, found));
            }
            Value::Array(items) => items.iter().for_each(|value| references(value, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    references(&document, &mut found);
    assert!(found.len() > 50);
    for reference in found {
        let place = reference.strip_prefix('#').unwrap_or_else(|| panic!("{reference} leads elsewhere"));
        assert!(document.pointer(place).is_some(), "{reference} leads nowhere");
    }
}

#[tokio::test]
async fn answers_have_the_keys_that_it_shows() {
    let guest = Guest::new().await;
    let document = document(&guest).await;
    let call = guest.rest.call_at(json!([{"type": "echo"}]), "echo").await;
    let flow = json!({"name": "n", "actions": [{"type": "answer"}]});
    let flow = guest.rest.ok("POST", "/v1.0/flows", Some(flow)).await;
    let run = format!("/v1.0/activeflows/{}", call["activeflow_id"].as_str().unwrap());
    let run = guest.rest.ok("GET", &run, None).await;
    let fresh = Fresh::of(&guest);
    let (number, message) = (fresh.owned().await.0, fresh.sent().await);
    let ((recording, _), (delivery, _)) = (fresh.recorded().await, fresh.delivered().await);
    let get = async |path: String| guest.rest.ok("GET", &format!("/v1.0/{path}"), None).await;
    for (schema, answer) in [
        ("Call", call),
        ("Flow", flow),
        ("Activeflow", run),
        ("Number", get(format!("numbers/{number}")).await),
        ("Message", get(format!("messages/{message}")).await),
        ("Recording", get(format!("recordings/{recording}")).await),
        ("WebhookDelivery", get(format!("webhook_deliveries/{delivery}")).await),
        ("Customer", get("customer".to_owned()).await),
    ] {
        let shown = document["components"]["schemas"][schema]["properties"].as_object().unwrap();
        let shown: HashSet<&String> = shown.keys().collect();
        assert_eq!(answer.as_object().unwrap().keys().collect::<HashSet<_>>(), shown, "{schema}");
    }
}

#[tokio::test]
async fn the_page_is_all_there() {
    let guest = Guest::new().await;
    let get = async |path: &str| {
        let answer = guest.rest.http.get(format!("{}{path}", guest.rest.url)).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
        assert!(policy.contains("default-src 'none'"), "{path}");
        answer.text().await.unwrap()
    };
    let page = get("/docs").await;
    // What it loads is here, and nothing is loaded from elsewhere.
    for part in ["/docs/page.js", "/docs/page.css"] {
        assert!(page.contains(part));
        assert!(get(part).await.len() > 100);
    }
    assert!(!page.contains("https://") && !page.contains("//cdn"));
    // The first page that anyone sees leads to it.
    let answer = guest.rest.http.get(&guest.rest.url).send().await.unwrap();
    assert!(answer.url().path() == "/docs" && answer.status() == 200);
}
