//! What an operator sees of a call: its messages, as text and as a capture file, and what was wrong with its audio.

use crate::peers::{NUMBER, Phones, installed, run};
use crate::server::{text, until};
use crate::sipp;
use serde_json::{Value, json};
use std::process::Command;

impl Phones {
    async fn get(&self, path: &str) -> reqwest::Response {
        let request = self.rest.http.get(format!("{}{path}", self.rest.url)).bearer_auth(&self.rest.key);
        request.send().await.unwrap().error_for_status().unwrap()
    }

    fn sip(&self, arguments: &[&str]) -> String {
        let arguments = &[&["sip"], arguments, &["--server", &self.server.url]].concat();
        run(self.home.command(arguments).env("RINGDOWN_KEY", &self.rest.key))
    }
}

#[tokio::test]
async fn a_call_shows_its_messages() {
    if !installed(&["sipp"]) {
        return;
    }
    let phones = Phones::start(&[]);
    phones.number(NUMBER, json!([{"type": "answer"}, {"type": "beep"}, {"type": "hangup"}])).await;
    sipp::calls("uac_ended.xml", phones.sip, NUMBER, 2, &[]);
    let call = phones.ended(&phones.calls().await[0]).await;
    let id = text(&call, "id");
    let trace = phones.rest.ok("GET", &format!("/v1.0/timelines/calls/{id}/sip-analysis"), None).await;
    let messages = trace["sip_messages"].as_array().unwrap();
    let methods: Vec<String> = messages.iter().map(|it| text(it, "method")).collect();
    let kept = ["INVITE", "180", "200", "ACK", "BYE", "200"];
    let mut seen: Vec<&str> = methods.iter().map(String::as_str).filter(|it| *it != "100").collect();
    // A slow machine sends again.
    seen.dedup();
    assert_eq!(seen, kept, "only those of this call: {methods:?}");
    let invite = &messages[0];
    assert_eq!((text(invite, "dst_ip"), &invite["dst_port"]), ("127.0.0.1".to_owned(), &json!(phones.sip.port())));
    assert_eq!((&invite["sent"], text(invite, "transport").as_str()), (&json!(false), "udp"));
    assert!(text(invite, "raw").contains("m=audio"), "{invite}");
    assert_eq!(trace["quality"], call["quality"]);
    assert_eq!(trace["rtcp_stats"]["rtp_packets"], call["quality"]["packets_sent"]);

    let said = phones.sip(&["trace", &id]);
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines.len(), messages.len(), "{said}");
    assert!(lines[0].contains("<--") && lines[0].ends_with("1 INVITE"), "{said}");
    assert!(phones.sip(&["trace", &id, "--full"]).contains("    m=audio"));

    let file = phones.home.path().join("call.pcap");
    phones.sip(&["trace", &id, "--pcap", file.to_str().unwrap()]);
    let answer = phones.get(&format!("/v1.0/timelines/calls/{id}/pcap")).await;
    assert_eq!(answer.headers()["content-type"], "application/vnd.tcpdump.pcap");
    assert_eq!(answer.bytes().await.unwrap(), std::fs::read(&file).unwrap());
    if installed(&["tshark"]) {
        // It is read as SIP whatever the port.
        let port = format!("udp.port=={},sip", phones.sip.port());
        let fields = ["-T", "fields", "-e", "sip.Method", "-e", "sip.Status-Code", "-e", "udp.checksum.status"];
        let mut command = Command::new("tshark");
        command.args(["-n", "-o", "udp.check_checksum:TRUE", "-d", &port]).args(fields).arg("-r").arg(&file);
        let output = command.output().unwrap();
        let read = String::from_utf8(output.stdout).unwrap();
        let expected: Vec<String> = methods
            .iter()
            .map(|it| if it.starts_with(char::is_numeric) { format!("\t{it}\t1") } else { format!("{it}\t\t1") })
            .collect();
        assert_eq!(read.lines().collect::<Vec<_>>(), expected);
    }

    for (name, least) in [
        (r#"ringdown_sip_requests_total{method="INVITE",direction="in"}"#, 2),
        (r#"ringdown_sip_requests_total{method="BYE",direction="out"}"#, 2),
        (r#"ringdown_media_packets_total{direction="out"}"#, 10),
        (r#"ringdown_sip_held_calls{direction="incoming"}"#, 0),
        (r#"ringdown_media_legs{worker="0"}"#, 0),
    ] {
        // The media threads publish their counters once a second.
        until(name, async || {
            let metrics = phones.get("/metrics").await.text().await.unwrap();
            let value = metrics.lines().find_map(|line| line.strip_prefix(name)?.trim().parse::<u64>().ok());
            let value = value.unwrap_or_else(|| panic!("{name} is not in\n{metrics}"));
            (if least == 0 { value == 0 } else { value >= least }).then_some(())
        })
        .await;
    }
}

/// SIPp sends no audio.
#[tokio::test]
async fn a_call_without_audio_says_so() {
    if !installed(&["sipp"]) {
        return;
    }
    let phones = Phones::start(&[]);
    let wait = json!({"type": "digits_receive", "option": {"length": 1, "duration": 3_000}});
    phones.number(NUMBER, json!([{"type": "answer"}, {"type": "beep"}, wait, {"type": "hangup"}])).await;
    let sip = phones.sip;
    let caller = std::thread::spawn(move || sipp::calls("uac_ended.xml", sip, NUMBER, 1, &[]));
    let call = loop {
        if let Some(call) = phones.calls().await.into_iter().next() {
            break call;
        }
    };
    let told = phones.get(&format!("/v1.0/calls/watch?until_ended=true&ids={}", text(&call, "id"))).await;
    let told = told.text().await.unwrap();
    caller.join().unwrap();
    let frames = told.lines().filter_map(|line| serde_json::from_str::<Value>(line.strip_prefix("data:")?).ok());
    let hangup = frames.map(|frame| frame["event"].clone()).find(|event| event["type"] == "hangup").unwrap();
    let message = text(&hangup, "message");
    let expected = "one-way audio: nothing was heard from the remote party; its SDP said 127.0.0.1:";
    assert!(message.starts_with(expected), "{message}");
}

/// Passwords of a provider are not shown to the customer who called through it.
#[tokio::test]
async fn secrets_are_masked() {
    if !installed(&["sipp"]) {
        return;
    }
    let carrier = crate::peers::free();
    let provider = format!("sip:me:hunter2@{carrier}");
    let phones = Phones::start(&["--sip-provider", &provider]);
    let callee = sipp::Callee::start("uas_challenges.xml", carrier);
    let call = phones.call("+15557770001", json!([{"type": "hangup"}])).await;
    let id = text(&phones.ended(&call).await, "id");
    callee.finish();
    let trace = phones.rest.ok("GET", &format!("/v1.0/timelines/calls/{id}/sip-analysis"), None).await;
    let raw: Vec<String> = trace["sip_messages"].as_array().unwrap().iter().map(|it| text(it, "raw")).collect();
    let credentials: Vec<&str> =
        raw.iter().flat_map(|it| it.lines()).filter(|line| line.starts_with("Authorization:")).collect();
    assert!(!credentials.is_empty(), "{raw:?}");
    for line in credentials {
        let (_, response) = line.split_once("response=").unwrap();
        let response = response.split(',').next().unwrap();
        assert!(response.len() > 30 && response.bytes().all(|it| it == b'*'), "{line}");
        assert!(line.contains("username=\"me\""), "{line}");
    }
}
