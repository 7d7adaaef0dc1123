//! We call phones, through a provider that is a phone on this machine.

use crate::peers::{Phones, free, installed};
use crate::server::text;
use crate::sipp::Callee;
use serde_json::{Value, json};

fn provider(at: std::net::SocketAddr) -> [String; 2] {
    ["--sip-provider".to_owned(), format!("sip:{at}")]
}

fn phones(at: std::net::SocketAddr) -> Phones {
    let provider = provider(at);
    Phones::start(&[&provider[0], &provider[1]])
}

fn waits() -> Value {
    json!([{"type": "digits_receive", "option": {"length": 1, "duration": 30_000}}])
}

#[tokio::test]
async fn a_phone_answers_and_hangs_up() {
    if !installed(&["sipp"]) {
        return;
    }
    let at = free();
    let callee = Callee::start("uas_hangup.xml", at);
    let phones = phones(at);
    for number in 0..5 {
        let call = phones.call(&format!("+1555000222{number}"), waits()).await;
        let call = phones.ended(&call).await;
        let ended = ["hangup_by", "hangup_reason", "cause"].map(|key| text(&call, key));
        assert_eq!(ended[..2], ["remote", "normal"], "{call}");
        assert!(!text(&call, "tm_ringing").is_empty() && !text(&call, "tm_progressing").is_empty(), "{call}");
    }
    callee.finish();
}

#[tokio::test]
async fn a_flow_hangs_up_the_phone_that_it_called() {
    if !installed(&["sipp"]) {
        return;
    }
    let at = free();
    let callee = Callee::start("uas.xml", at);
    let phones = phones(at);
    let call = phones.call("+15550002222", json!([{"type": "beep"}, {"type": "hangup"}])).await;
    let call = phones.ended(&call).await;
    assert_eq!((text(&call, "hangup_by"), text(&call, "hangup_reason")), ("local".to_owned(), "normal".to_owned()));
    callee.finish();
}

#[tokio::test]
async fn each_refusal_has_its_reason() {
    if !installed(&["sipp"]) {
        return;
    }
    for (code, reason) in [
        (403, "failed"),
        (404, "failed"),
        (408, "noanswer"),
        (480, "noanswer"),
        (486, "busy"),
        (500, "failed"),
        (600, "busy"),
        (603, "failed"),
    ] {
        let at = free();
        let callee = Callee::refusing(code, at);
        let phones = phones(at);
        let call = phones.call("+15550002222", waits()).await;
        let call = phones.ended(&call).await;
        assert_eq!((text(&call, "hangup_reason").as_str(), &call["sip_code"]), (reason, &json!(code)), "{call}");
        assert_eq!(text(&call, "cause"), "No");
        callee.finish();
    }
}

#[tokio::test]
async fn we_give_up_while_it_rings() {
    if !installed(&["sipp"]) {
        return;
    }
    let at = free();
    let callee = Callee::start("uas_rings.xml", at);
    let phones = phones(at);
    let call = phones.call("+15550002222", waits()).await;
    let path = format!("/v1.0/calls/{}", text(&call, "id"));
    phones.rest.wait(&path, "status", "ringing").await;
    phones.rest.ok("POST", &format!("{path}/hangup"), Some(json!({}))).await;
    let call = phones.ended(&call).await;
    assert_eq!(text(&call, "hangup_by"), "local", "{call}");
    callee.finish();
}

/// Premium numbers, a customer's 11th call and what no route leads to are refused by name; simulated numbers stay.
#[tokio::test]
async fn calls_that_nobody_carries_are_refused_by_name() {
    let phones = Phones::start(&[]);
    let call = |number: &str| {
        json!({"source": {"type": "tel", "target": "+15550009999"},
               "destination": {"type": "tel", "target": number}, "actions": waits()})
    };
    let (status, refusal) = phones.rest.post("/v1.0/calls", call("+15550002222")).await;
    assert_eq!((status, &refusal["error"]["reason"]), (409, &json!("NO_ROUTE")), "{refusal}");
    let simulated = phones.call("+15550000002", waits()).await;
    assert_eq!(text(&phones.ended(&simulated).await, "hangup_reason"), "busy");
}
