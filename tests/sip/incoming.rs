//! Phones call in.

use crate::peers::{NUMBER, Phones, installed, run};
use crate::server::text;
use crate::sipp;
use serde_json::json;
use std::net::UdpSocket;
use std::process::Command;
use std::time::Duration;

fn greeting() -> serde_json::Value {
    json!([{"type": "answer"}, {"type": "beep"}, {"type": "digits_receive", "option": {"length": 1, "duration": 20_000}}])
}

#[tokio::test]
async fn callers_hear_a_flow_and_hang_up() {
    if !installed(&["sipp"]) {
        return;
    }
    let phones = Phones::start(&[]);
    phones.number(NUMBER, greeting()).await;
    for scenario in ["uac.xml", "uac_twice.xml"] {
        sipp::calls(scenario, phones.sip, NUMBER, 20, &[]);
    }
    let calls = phones.calls().await;
    assert_eq!(calls.len(), 40, "one for each INVITE, however often it was sent");
    for call in &calls {
        let call = phones.ended(call).await;
        let ended = ["hangup_by", "hangup_reason", "direction"].map(|key| text(&call, key));
        assert_eq!(ended, ["remote", "normal", "incoming"], "{call}");
        assert_eq!(text(&call["source"], "target"), "+15550001111");
        assert_eq!(call["quality"]["codec"], "PCMU", "{call}");
        assert!(call["quality"]["packets_sent"].as_u64().unwrap_or_default() > 5, "{call}");
    }
}

#[tokio::test]
async fn a_flow_hangs_up() {
    if !installed(&["sipp"]) {
        return;
    }
    let phones = Phones::start(&[]);
    phones.number(NUMBER, json!([{"type": "answer"}, {"type": "beep"}, {"type": "hangup"}])).await;
    sipp::calls("uac_ended.xml", phones.sip, NUMBER, 10, &[]);
    for call in phones.calls().await {
        let call = phones.ended(&call).await;
        assert_eq!((text(&call, "hangup_by"), text(&call, "hangup_reason")), ("local".to_owned(), "normal".to_owned()));
    }
}

#[tokio::test]
async fn callers_that_give_up_leave_nothing_behind() {
    if !installed(&["sipp"]) {
        return;
    }
    let phones = Phones::start(&[]);
    // Nothing answers for a while.
    phones.number(NUMBER, json!([{"type": "sleep", "option": {"duration": 60_000}}])).await;
    sipp::calls("uac_cancel.xml", phones.sip, NUMBER, 20, &[]);
    for call in phones.calls().await {
        let call = phones.ended(&call).await;
        let ended = ["hangup_by", "hangup_reason"].map(|key| text(&call, key));
        assert_eq!((ended, &call["sip_code"]), (["remote", "cancel"].map(str::to_owned), &json!(487)), "{call}");
    }
}

#[tokio::test]
async fn what_cannot_be_taken_is_refused_by_name_and_makes_no_call() {
    if !installed(&["sipp"]) {
        return;
    }
    let phones = Phones::start(&[]);
    phones.number(NUMBER, greeting()).await;
    sipp::calls("uac_404.xml", phones.sip, "+15559990000", 3, &[]);
    sipp::calls("uac_488.xml", phones.sip, NUMBER, 3, &[]);
    sipp::calls("uac_420.xml", phones.sip, NUMBER, 3, &[]);
    sipp::calls("uac_483.xml", phones.sip, NUMBER, 3, &[]);
    assert!(phones.calls().await.is_empty());
}

#[tokio::test]
async fn a_lossy_network_loses_no_call() {
    if !installed(&["sipp"]) {
        return;
    }
    let phones = Phones::start(&[]);
    phones.number(NUMBER, greeting()).await;
    sipp::calls("uac.xml", phones.sip, NUMBER, 30, &["-lost", "10", "-recv_timeout", "20000"]);
    let calls = phones.calls().await;
    assert_eq!(calls.len(), 30);
    for call in &calls {
        assert_eq!(text(&phones.ended(call).await, "hangup_by"), "remote");
    }
}

/// What strangers get: nothing. Those that are allowed get an answer to the same.
#[tokio::test]
async fn strangers_get_no_answer() {
    let phones = Phones::start(&["--sip-allow", "127.0.0.1/32"]);
    let options = |from: &str| {
        let socket = UdpSocket::bind((from, 0)).unwrap();
        let at = socket.local_addr().unwrap();
        let message = format!(
            "OPTIONS sip:x@{to} SIP/2.0\r\nVia: SIP/2.0/UDP {at};branch=z9hG4bK1\r\nFrom: <sip:a@{at}>;tag=1\r\n\
             To: <sip:x@{to}>\r\nCall-ID: {at}\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n",
            to = phones.sip
        );
        socket.send_to(message.as_bytes(), phones.sip).unwrap();
        socket.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
        let mut answer = [0; 1_500];
        socket.recv(&mut answer).ok().map(|length| String::from_utf8_lossy(&answer[..length]).into_owned())
    };
    assert_eq!(options("127.0.0.2"), None);
    assert!(options("127.0.0.1").unwrap().starts_with("SIP/2.0 200"));
    assert_eq!(options("127.0.0.2"), None);
    if installed(&["sipsak"]) {
        run(Command::new("sipsak").args(["-s", &format!("sip:x@{}", phones.sip)]));
    }
    assert!(phones.calls().await.is_empty());
}
