//! Keys and tokens with less than all rights, and what becomes of what they opened when they end.

use crate::binary::{Home, Rest, Server, text};
use crate::operators::operator_key;
use jsonwebtoken::{EncodingKey, Header};
use prost_reflect::DescriptorPool;
use ringdown::auth::{Role, access};
use serde_json::{Value, json};
use std::time::Duration;

const SECRET: &str = "a-secret-of-more-than-32-bytes-for-tests";

/// How long a watch may take to end: a check every two seconds, and the cache of keys.
const PATIENCE: Duration = Duration::from_secs(30);

fn with_key(server: &Server, key: &str) -> Rest {
    Rest { key: key.to_owned(), ..server.rest() }
}

async fn key_of_role(server: &Server, role: &str) -> Value {
    server.rest().ok("POST", "/v1.0/accesskeys", Some(json!({"name": role, "role": role}))).await
}

fn reason(answer: &Value) -> &str {
    answer["error"]["reason"].as_str().unwrap_or_default()
}

/// The gRPC status of an RPC that is called with an empty message, by gRPC-Web. `None` where it streams.
async fn status_of(server: &Server, rpc: &str, key: &str) -> Option<u16> {
    let http = server.rest().http;
    let request = http.post(format!("{}/{rpc}", server.url)).bearer_auth(key);
    let request = request.header("content-type", "application/grpc-web+proto").body(vec![0_u8; 5]);
    let response = request.send().await.unwrap();
    response.headers().get("grpc-status").map(|status| status.to_str().unwrap().parse().unwrap())
}

/// Before, every key could do everything: there were no roles.
#[tokio::test]
async fn every_rpc_is_refused_to_the_roles_that_it_is_not_for() {
    let home = Home::new(&[]);
    let server = home.start();
    let operator = operator_key(&server);
    let mut credentials = vec![(Role::Operator, operator), (Role::Full, server.key.clone())];
    for (role, name) in [(Role::Operate, "operate"), (Role::Read, "read")] {
        credentials.push((role, text(&key_of_role(&server, name).await, "key")));
    }
    let pool = DescriptorPool::decode(ringdown::proto::DESCRIPTOR).unwrap();
    let methods = pool.services().flat_map(|service| service.methods().collect::<Vec<_>>());
    let rpcs: Vec<String> =
        methods.map(|method| format!("{}/{}", method.parent_service().full_name(), method.name())).collect();
    assert!(rpcs.len() > 60);
    for (role, key) in &credentials {
        for rpc in &rpcs {
            let refused = status_of(&server, rpc, key).await == Some(7);
            assert_eq!(refused, role.check(Some(rpc.as_str())).is_err(), "{role:?} {rpc}");
        }
        let unknown = status_of(&server, "ringdown.v1.CallService/Unknown", key).await;
        assert_eq!(unknown, Some(if *role == Role::Full { 12 } else { 7 }), "{role:?}");
    }
    assert!(access("ringdown.v1.CallService/CreateCalls").is_some());
}

#[tokio::test]
async fn rest_refuses_alike_and_says_why() {
    let home = Home::new(&[]);
    let server = home.start();
    let read = key_of_role(&server, "read").await;
    assert_eq!(text(&read, "role"), "read");
    let reader = with_key(&server, &text(&read, "key"));
    reader.ok("GET", "/v1.0/flows", None).await;
    let operate = with_key(&server, &text(&key_of_role(&server, "operate").await, "key"));
    let flow = json!({"name": "n", "actions": [{"type": "answer"}]});
    operate.ok("POST", "/v1.0/flows", Some(flow.clone())).await;
    for (rest, verb, path, body) in [
        (&reader, "POST", "/v1.0/flows", flow.clone()),
        (&reader, "DELETE", "/v1.0/flows/6f18ae1c-ddf8-413b-9572-ad3057460000", Value::Null),
        (&reader, "POST", "/v1.0/simulator/calls", json!({})),
        (&operate, "POST", "/v1.0/accesskeys", json!({"name": "more"})),
        (&operate, "PATCH", "/v1.0/customer", json!({"rotate_webhook_secret": true})),
        (&operate, "GET", "/v1.0/customers", Value::Null),
    ] {
        let body = Some(body).filter(|body| !body.is_null());
        let (status, answer) = rest.send(verb, path, body.as_ref()).await;
        assert_eq!((status, reason(&answer)), (403, "ROLE_NOT_SUFFICIENT"), "{verb} {path}");
    }
    let (status, answer) = server.rest().post("/v1.0/accesskeys", json!({"role": "operator"})).await;
    assert_eq!((status, reason(&answer)), (403, "ROLE_NOT_SUFFICIENT"), "no customer makes an operator");
    // The last use is stored when the server stops, and leaves the revision.
    let id = text(&read, "id");
    assert!(server.stop().success());
    let server = home.start();
    let used = server.rest().ok("GET", &format!("/v1.0/accesskeys/{id}"), None).await;
    assert!(!text(&used, "tm_last_use").starts_with("9999") && used["revision"] == 1, "{used}");
}

fn signed(claims: Value) -> String {
    jsonwebtoken::encode(&Header::default(), &claims, &EncodingKey::from_secret(SECRET.as_bytes())).unwrap()
}

fn in_seconds(seconds: i64) -> i64 {
    chrono::Utc::now().timestamp() + seconds
}

/// Before, a token outlived the key of whoever made it, and could be valid for a hundred years.
#[tokio::test]
async fn a_token_lives_no_longer_than_its_key_and_no_longer_than_is_allowed() {
    let home = Home::new(&["--jwt-longest-life", "1h"]).env("RINGDOWN_JWT_SECRET", SECRET);
    let server = home.start();
    let key = key_of_role(&server, "read").await;
    let (customer, key_id) = (text(&key, "customer_id"), text(&key, "id"));
    let say = async |claims: Value, verb: &str| {
        let rest = with_key(&server, &signed(claims));
        let flow = json!({"name": "n", "actions": [{"type": "answer"}]});
        let body = (verb == "POST").then_some(flow);
        let (status, answer) = rest.send(verb, "/v1.0/flows", body.as_ref()).await;
        if status == 200 { "ok".to_owned() } else { reason(&answer).to_owned() }
    };
    let of_key = json!({"customer_id": customer, "key_id": key_id, "exp": in_seconds(600)});
    assert_eq!(say(of_key.clone(), "GET").await, "ok");
    assert_eq!(say(of_key.clone(), "POST").await, "ROLE_NOT_SUFFICIENT");
    let mut command = home.command(&["token", "--customer", &customer, "--key-id", &key_id, "--ttl", "10m"]);
    let minted = command.env("RINGDOWN_JWT_SECRET", SECRET).output().unwrap().stdout;
    let minted = with_key(&server, String::from_utf8(minted).unwrap().trim());
    minted.ok("GET", "/v1.0/flows", None).await;
    let (status, answer) = minted.post("/v1.0/flows", json!({"name": "n", "actions": [{"type": "answer"}]})).await;
    assert_eq!((status, reason(&answer)), (403, "ROLE_NOT_SUFFICIENT"));
    let of_backend = json!({"customer_id": customer, "exp": in_seconds(600)});
    assert_eq!(say(of_backend, "POST").await, "ok");
    let with = |name: &str, value: Value| {
        let mut claims = json!({"customer_id": customer, "exp": in_seconds(600)});
        claims[name] = value;
        claims
    };
    assert_eq!(say(with("role", json!("read")), "GET").await, "ok");
    assert_eq!(say(with("role", json!("read")), "POST").await, "ROLE_NOT_SUFFICIENT");
    for claims in [
        with("exp", json!(in_seconds(3_700))),
        with("exp", json!(in_seconds(100 * 365 * 86_400))),
        json!({"customer_id": customer, "iat": in_seconds(-4_000), "exp": in_seconds(60)}),
        with("iat", json!(in_seconds(3_000))),
        with("role", json!("operator")),
        with("role", json!("root")),
        with("key_id", json!("6f18ae1c-ddf8-413b-9572-ad3057460000")),
        json!({"customer_id": "00000000-0000-0000-0000-000000000000", "key_id": key_id, "exp": in_seconds(60)}),
        json!({"customer_id": customer, "key_id": key_id, "role": "full", "exp": in_seconds(60)}),
    ] {
        assert_eq!(say(claims.clone(), "GET").await, "INVALID_CREDENTIALS", "{claims}");
    }
    server.rest().ok("DELETE", &format!("/v1.0/accesskeys/{key_id}"), None).await;
    assert_eq!(say(of_key, "GET").await, "INVALID_CREDENTIALS");
}

/// Opens a watch by SSE, once its first frame has come.
pub async fn watch(server: &Server, credential: &str) -> reqwest::Response {
    let http = server.rest().http;
    let request = http.get(format!("{}/v1.0/activeflows/watch", server.url)).bearer_auth(credential);
    let mut response = request.send().await.unwrap();
    assert_eq!(response.status(), 200);
    response.chunk().await.unwrap().expect("a progress frame");
    response
}

/// Reads a watch to its end, which must come.
pub async fn last_word(mut watch: reqwest::Response) -> String {
    let mut said = String::new();
    let whole = async {
        while let Some(chunk) = watch.chunk().await.unwrap() {
            said += &String::from_utf8_lossy(&chunk);
        }
    };
    tokio::time::timeout(PATIENCE, whole).await.expect("the watch ends");
    said
}

/// Before, a watch went on for as long as its connection: the thief of a key kept what it had opened.
#[tokio::test]
async fn a_watch_ends_with_its_key_or_token() {
    let home = Home::new(&[]).env("RINGDOWN_JWT_SECRET", SECRET);
    let server = home.start();
    let key = key_of_role(&server, "read").await;
    let (customer, key_id) = (text(&key, "customer_id"), text(&key, "id"));
    let claims = |exp| json!({"customer_id": customer, "key_id": key_id, "exp": exp});
    let stays = watch(&server, &server.key).await;
    let by_key = watch(&server, &text(&key, "key")).await;
    let by_token = watch(&server, &signed(claims(in_seconds(600)))).await;
    let expiring = watch(&server, &signed(claims(in_seconds(2)))).await;
    assert!(last_word(expiring).await.contains("INVALID_CREDENTIALS"));
    server.rest().ok("DELETE", &format!("/v1.0/accesskeys/{key_id}"), None).await;
    for watch in [by_key, by_token] {
        assert!(last_word(watch).await.contains("INVALID_CREDENTIALS"));
    }
    // The watch of the other key is still there, and tells what happens.
    let mut stays = stays;
    server.rest().ok("POST", "/v1.0/activeflows", Some(json!({"actions": [{"type": "answer"}]}))).await;
    let mut said = String::new();
    while !said.contains("\"created\"") {
        said += &String::from_utf8_lossy(&stays.chunk().await.unwrap().expect("a frame"));
    }
    assert!(!said.contains("INVALID_CREDENTIALS"), "{said}");
}
