//! The OpenAPI document and the page that shows it.

use crate::fake::Fake;
use prost_reflect::DescriptorPool;
use ringdown::proto::{self, ACTION_TYPES};
use ringdown::rest::openapi;
use serde_json::Value;
use std::collections::BTreeSet;

fn visit<'a>(value: &'a Value, see: &mut dyn FnMut(&'a str, &'a Value)) {
    match value {
        Value::Object(object) => object.iter().for_each(|(key, value)| {
            see(key, value);
            visit(value, see);
        }),
        Value::Array(items) => items.iter().for_each(|item| visit(item, see)),
        _ => {}
    }
}

#[test]
fn every_reference_leads_somewhere() {
    let document = openapi::document();
    visit(&document, &mut |key, value| {
        if key == "$ref" {
            let path = value.as_str().unwrap().strip_prefix('#').unwrap();
            assert!(document.pointer(path).is_some(), "{path}");
        }
    });
}

#[test]
fn every_rpc_with_a_route_is_in_it() {
    let pool = DescriptorPool::decode(proto::DESCRIPTOR).unwrap();
    let http = pool.get_extension_by_name("google.api.http").unwrap();
    let ours = pool.services().filter(|service| service.package_name() == "ringdown.v1").collect::<Vec<_>>();
    let expected: BTreeSet<String> = ours
        .iter()
        .flat_map(|service| {
            service.methods().filter(|method| method.options().has_extension(&http)).collect::<Vec<_>>()
        })
        .map(|method| method.name().to_owned())
        .chain(
            ["AccessKey", "Customer", "CustomerLimits", "Flow", "Number", "Provider", "Route"]
                .map(|name| format!("Patch{name}")),
        )
        .collect();
    let document = openapi::document();
    let mut found = BTreeSet::new();
    visit(&document["paths"], &mut |key, value| {
        if key == "operationId" {
            assert!(found.insert(value.as_str().unwrap().to_owned()), "{value} is there twice");
        }
    });
    assert_eq!(found, expected);
    assert!(found.len() >= 38);
}

#[test]
fn everything_is_described() {
    let document = openapi::document();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (verb, operation) in operations.as_object().unwrap() {
            let described = |value: &Value| value["description"].as_str().is_some_and(|text| !text.is_empty());
            assert!(described(operation), "{verb} {path}");
            for parameter in operation["parameters"].as_array().unwrap() {
                assert!(described(parameter), "{verb} {path} {parameter}");
            }
            let in_path = path.matches('{').count();
            let told = operation["parameters"].as_array().unwrap().iter().filter(|it| it["in"] == "path").count();
            assert_eq!(in_path, told, "{verb} {path}");
        }
    }
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        assert!(schema["description"].is_string(), "{name}");
    }
}

#[test]
fn an_action_is_told_apart_by_its_type() {
    let document = openapi::document();
    let action = &document["components"]["schemas"]["Action"];
    let mapping = action["discriminator"]["mapping"].as_object().unwrap();
    assert_eq!(mapping.len(), ACTION_TYPES.len() + 1);
    let talk = document.pointer(&mapping["talk"].as_str().unwrap()[1..]).unwrap();
    assert_eq!(talk["properties"]["type"]["const"], "talk");
    let option = document.pointer(&talk["properties"]["option"]["$ref"].as_str().unwrap()[1..]).unwrap();
    assert!(option["properties"]["text"]["description"].as_str().unwrap().contains("SSML"));
    assert_eq!(option["additionalProperties"], false);
}

#[test]
fn requests_and_answers_have_the_shape_that_is_sent() {
    let document = openapi::document();
    let schemas = &document["components"]["schemas"];
    let request = &schemas["CreateCallsRequest"]["properties"];
    assert!(request["destination"].is_object() && request["idempotency_key"].is_null());
    assert!(schemas["StopActiveflowRequest"]["properties"].as_object().unwrap().is_empty());
    let required = schemas["Call"]["required"].as_array().unwrap();
    assert_eq!(required.len(), schemas["Call"]["properties"].as_object().unwrap().len());
    assert!(schemas["Call"]["additionalProperties"].is_null());
    let required = schemas["Activeflow"]["required"].as_array().unwrap();
    assert!(!required.iter().any(|key| key == "variables"), "lists have none");
    assert_eq!(schemas["Call"]["properties"]["status"]["enum"][1], "dialing");
}

#[test]
fn changes_are_told_with_their_conditions() {
    let document = openapi::document();
    let flow = &document["paths"]["/v1.0/flows/{id}"];
    let parameters = |verb: &str| -> Vec<&str> {
        flow[verb]["parameters"].as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap()).collect()
    };
    assert_eq!(parameters("get"), ["id", "If-None-Match"]);
    assert_eq!(parameters("put"), ["id", "If-Match"]);
    assert_eq!(parameters("patch"), ["id", "If-Match"]);
    assert_eq!(parameters("delete"), ["id", "expected_revision", "If-Match"]);
    assert!(flow["get"]["responses"]["304"].is_object() && flow["patch"]["responses"]["412"].is_object());
    for (verb, tagged) in [("get", true), ("put", true), ("patch", true), ("delete", false)] {
        assert_eq!(flow[verb]["responses"]["200"]["headers"]["ETag"].is_object(), tagged, "{verb}");
    }
    assert_eq!(flow["patch"]["requestBody"], flow["put"]["requestBody"]);
    let request = document["components"]["schemas"]["UpdateFlowRequest"]["properties"].as_object().unwrap();
    assert!(request.contains_key("expected_revision") && !request.contains_key("update_mask"));
    assert!(document["paths"]["/v1.0/calls/{id}"]["get"]["responses"]["304"].is_null(), "a call has no ETag");
}

#[tokio::test]
async fn the_pages_are_served() {
    let fake = Fake::default();
    let answer = fake.send("GET /v1.0/openapi.json", &[], "").await;
    assert_eq!(answer.json()["openapi"], "3.1.0");
    assert_eq!(fake.send("GET /", &[], "").await.headers["location"], "/docs");
    let page = fake.send("GET /docs", &[], "").await;
    for part in ["/docs/page.js", "/docs/page.css"] {
        assert!(page.text.contains(part));
        assert_eq!(fake.send(&format!("GET {part}"), &[], "").await.status, 200);
    }
    assert!(!page.text.contains("http://") && !page.text.contains("https://"), "nothing comes from elsewhere");
}
