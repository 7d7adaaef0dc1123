//! `--telephony sip`: real phones next to simulated ones, and what is refused before anything is made.

use crate::server::{Server, config, failure, http};
use ringdown::config::{Config, Telephony};
use serde_json::{Value, json};
use std::net::UdpSocket;

/// SIP on any free port of this machine, with the provider of an option.
fn sip(provider: Option<&str>) -> Config {
    let mut config = Config { telephony: Telephony::Sip, ..config() };
    config.sip.sip_listen = "127.0.0.1:0".parse().unwrap();
    config.carriers.sip_provider = provider.map(str::parse);
    config
}

async fn post(server: &Server, path: &str, body: Value) -> (u16, Value) {
    answer(server, http().post(server.at(path)).json(&body)).await
}

/// Lets a simulated phone at this number reject calls.
async fn reject(server: &Server, number: &str) -> (u16, Value) {
    let path = server.at(&format!("/v1.0/simulator/callees/{number}"));
    answer(server, http().put(path).json(&json!({"answer": "reject"}))).await
}

async fn answer(server: &Server, request: reqwest::RequestBuilder) -> (u16, Value) {
    let answer = request.bearer_auth(&server.key).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

async fn dial(server: &Server, kind: &str, target: &str) -> (u16, Value) {
    let destinations = json!([{"type": "tel", "target": "+15550000001"}, {"type": kind, "target": target}]);
    let source = json!({"type": "tel", "target": "+15550000000"});
    post(
        server,
        "/v1.0/calls",
        json!({"source": source, "destinations": destinations, "actions": [{"type": "hangup"}]}),
    )
    .await
}

async fn calls(server: &Server) -> usize {
    let (_, list) = answer(server, http().get(server.at("/v1.0/calls"))).await;
    list["result"].as_array().unwrap().len()
}

#[tokio::test]
async fn a_call_that_leads_nowhere_is_refused_before_anything_is_made() {
    let server = Server::with(sip(Some("sip:carrier.invalid"))).await;
    for (kind, target, status, reason) in [
        ("tel", "+881612345678", 403, "DESTINATION_NOT_ALLOWED"),
        ("sip", "00881612345678@carrier.invalid", 403, "DESTINATION_NOT_ALLOWED"),
        ("sip", "alice@elsewhere.invalid", 409, "NO_ROUTE"),
        ("extension", "alice", 409, "NO_ROUTE"),
    ] {
        let (code, told) = dial(&server, kind, target).await;
        let field = &told["error"]["details"][0]["field"];
        assert_eq!(
            (code, &told["error"]["reason"], field),
            (status, &json!(reason), &json!("destinations[1]")),
            "{told}"
        );
    }
    assert_eq!(calls(&server).await, 0);
    let (code, told) = dial(&server, "tel", "+15550000002").await;
    assert_eq!(code, 200, "simulated: {told}");
    server.stop().await;
}

#[tokio::test]
async fn numbers_with_a_script_are_simulated_unless_the_operator_turns_that_off() {
    let server = Server::with(sip(None)).await;
    let (code, told) = dial(&server, "tel", "+821012345678").await;
    assert_eq!((code, &told["error"]["reason"]), (409, &json!("NO_ROUTE")));
    let (code, told) = reject(&server, "+821012345678").await;
    assert_eq!(code, 200, "{told}");
    assert_eq!(dial(&server, "tel", "+821012345678").await.0, 200);
    server.stop().await;

    let mut config = sip(None);
    config.sip.no_simulator = true;
    let server = Server::with(config).await;
    let (code, told) = dial(&server, "tel", "+15550000002").await;
    assert_eq!((code, &told["error"]["reason"]), (409, &json!("NO_ROUTE")));
    let (code, told) = reject(&server, "+821012345678").await;
    assert_eq!((code, &told["error"]["reason"]), (409, &json!("NOT_SIMULATED")));
    server.stop().await;
}

#[tokio::test]
async fn a_flow_has_only_what_real_phones_can_do() {
    let server = Server::with(sip(None)).await;
    for (action, words) in [
        (json!({"type": "talk", "option": {"text": "Hello."}}), "--speech-command"),
        (json!({"type": "amd"}), "--telephony simulated"),
        (json!({"type": "confbridge_join", "option": {"confbridge_id": uuid()}}), "--telephony simulated"),
    ] {
        let (code, told) = post(&server, "/v1.0/flows", json!({"name": "x", "actions": [action]})).await;
        assert_eq!((code, &told["error"]["reason"]), (501, &json!("ACTION_NOT_AVAILABLE")), "{told}");
        assert!(told.to_string().contains(words), "{told}");
    }
    server.stop().await;
}

fn uuid() -> &'static str {
    "6f18ae1c-ddf8-413b-9572-ad30574604ec"
}

#[tokio::test]
async fn a_port_that_is_used_is_named() {
    let taken = UdpSocket::bind("127.0.0.1:0").unwrap();
    let mut config = sip(None);
    config.sip.sip_listen = taken.local_addr().unwrap();
    let told = failure(config).await;
    assert!(told.starts_with("cannot listen for SIP on 127.0.0.1:") && told.contains("--sip-listen"), "{told}");
}
