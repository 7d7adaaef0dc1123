//! Text messages: what a provider gets, what its answers mean, and whom we believe.

use crate::http::{Names, config};
use crate::server::{Reply, Server, answer};
use ringdown::outbound::http::Http;
use ringdown::outbound::message::{Config, Failure, Forged, Generic, Log, Provider, ProviderId, Sms, sign, verify};
use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use uuid::Uuid;

const ID: Uuid = Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001);

fn sms() -> Sms {
    Sms {
        id: ID, source: "+15550001".into(), destination: "+15550002".into(), text: "Your code is \"4711\" ☎".into()
    }
}

fn provider(url: String) -> Generic {
    let http = Arc::new(Http::new(config("127.0.0.1:*", &Names::new(&["fail"]))));
    Generic::new(http, Config { url, token: Some("t0ken".to_owned()), timeout: Duration::from_millis(500) })
}

#[tokio::test]
async fn a_message_is_posted_with_its_key() {
    let server = Server::always(answer("202 Accepted", "", r#"{"id": "prov-1"}"#)).await;
    assert_eq!(provider(server.url("/send")).send(sms()).await.unwrap(), ProviderId("prov-1".to_owned()));
    let heard = server.heard().remove(0);
    let (head, body) = heard.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("POST /send HTTP/1.1\r\n"), "{head}");
    for line in ["content-type: application/json", "authorization: Bearer t0ken", &format!("idempotency-key: {ID}")] {
        assert!(head.lines().any(|have| have == line), "{line} in {head}");
    }
    let sms = sms();
    let expect =
        serde_json::json!({ "id": ID, "source": sms.source, "destination": sms.destination, "text": sms.text });
    assert_eq!(serde_json::from_str::<serde_json::Value>(body).unwrap(), expect);
}

#[tokio::test]
async fn whatever_a_provider_says_of_a_sent_message_it_is_sent() {
    let ours = ID.to_string();
    let long = format!(r#"{{"id": "x", "more": "{}"}}"#, "x".repeat(20_000));
    for (body, id) in [
        (r#"{"id": 42}"#, "42"),
        (r#"{"id": ""}"#, &ours),
        (r#"{"id": [1]}"#, &ours),
        ("[]", &ours),
        ("<html>", &ours),
        ("", &ours),
        (&long, &ours),
    ] {
        let server = Server::always(answer("200 OK", "", body)).await;
        assert_eq!(provider(server.url("/")).send(sms()).await.unwrap().0, id, "{body:.40}");
    }
}

#[tokio::test]
async fn answers_say_whether_the_message_may_be_under_way() {
    let table = [
        ("refused", "400 X"),
        ("refused", "401 X"),
        ("refused", "422 X"),
        ("busy", "408 X"),
        ("busy", "425 X"),
        ("busy", "429 X"),
        ("busy", "503 X"),
        ("unknown", "500 X"),
        ("unknown", "502 X"),
        ("unknown", "302 X"),
    ];
    for (expect, status) in table {
        let server = Server::always(answer(status, "", "")).await;
        let failure = provider(server.url("/")).send(sms()).await.unwrap_err();
        assert_eq!((failure.word(), failure.may_have_gone_out()), (expect, expect == "unknown"), "{status}");
    }
    for reply in [Reply::Hang(String::new()), Reply::Close(String::new()), Reply::Close("220 hello\r\n".to_owned())] {
        let server = Server::always(reply).await;
        let failure = provider(server.url("/")).send(sms()).await.unwrap_err();
        assert_eq!(failure.word(), "unknown", "{failure}");
    }
    // Nothing listens; the guard stands before it; it cannot be resolved.
    for url in ["http://127.0.0.1:9/", "http://127.0.0.2/", "http://a.example/"] {
        let failure = provider(url.to_owned()).send(sms()).await.unwrap_err();
        assert!(matches!(failure, Failure::Unreachable(_)) && !failure.may_have_gone_out(), "{url}: {failure}");
    }
}

/// A log that a test can read.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn the_log_has_the_length_of_a_message_and_not_its_text() {
    let lines = Lines::default();
    let writer = lines.clone();
    let log = tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let id = tracing::subscriber::with_default(log, || runtime.block_on(Log.send(sms()))).unwrap();
    assert_eq!(id.0, ID.to_string());
    let written = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    for part in [&id.0, "+15550001", "+15550002", "length=21"] {
        assert!(written.contains(part), "{part} in {written}");
    }
    assert!(!written.contains("4711"), "{written}");
}

#[test]
fn only_whoever_shares_the_secret_is_believed() {
    let (secret, body, now) = (b"a secret".as_slice(), b"{\"text\":\"hi\"}".as_slice(), 1_700_000_000);
    // echo -n '1700000000.{"text":"hi"}' | openssl dgst -sha256 -hmac 'a secret'
    let known = "5273f5e7ac8ac86cd7cc5352abdcfc9eebf88d8927afcafd4c4082d1c9af231a";
    assert_eq!(sign(secret, "1700000000", body), known);
    let check = |timestamp: &str, now| verify(secret, timestamp, &sign(secret, timestamp, body), body, now);
    for apart in [-300, -299, 0, 299, 300] {
        assert_eq!(check("1700000000", now + apart), Ok(()), "{apart}");
    }
    for apart in [-301, 301, i64::MAX - now, -now, i64::MIN + now] {
        assert_eq!(check("1700000000", now + apart), Err(Forged::Stale), "{apart}");
    }
    for wrong in ["", "now", "1700000000.5", "1e9", " 1700000000", "99999999999999999999"] {
        assert_eq!(check(wrong, now), Err(Forged::Timestamp), "{wrong:?}");
    }
    let upper = known.to_uppercase();
    assert_eq!(verify(secret, "1700000000", &upper, body, now), Ok(()));
    let (short, long, changed) = (&known[..62], format!("{known}00"), known.replace('0', "1"));
    for wrong in ["", "zz", short, &long, &changed, &"é".repeat(32), &"０".repeat(64), &format!("sha256={known}")] {
        assert_eq!(verify(secret, "1700000000", wrong, body, now), Err(Forged::Signature), "{wrong:?}");
    }
    assert_eq!(verify(b"another", "1700000000", known, body, now), Err(Forged::Signature));
    assert_eq!(verify(secret, "1700000001", known, body, now), Err(Forged::Signature));
    assert_eq!(verify(secret, "1700000000", known, b"{}", now), Err(Forged::Signature));
}
