//! Connections that say nothing, and too many of them.

use crate::binary::{Home, http, until};
use crate::raw::{answer, calls, connect, rest, sent};
use crate::server::{Server, config};
use futures::future::join_all;
use ringdown::config::Config;
use std::path::Path;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// A server that does not wait for long.
fn impatient() -> Config {
    let mut config = config();
    config.connections.bounds.header = Duration::from_millis(300);
    config
}

/// Before: 200 connections that said nothing were held for 180 s.
#[tokio::test]
async fn a_connection_that_says_nothing_is_closed() {
    let server = Server::with(impatient()).await;
    let address = server.ready.address;
    let said: [&[u8]; 4] = [b"", b"G", b"GET /healthz HTTP/1.1\r\nhost: x\r\n", b"PRI * HTTP/2.0\r\n\r\nSM"];
    let silent = join_all((0..200).map(|number| sent(address, 1, said[number % 4]))).await;
    assert_eq!(answer(address, 1, &calls(&server.key), b"").await, "200 -");
    for answered in join_all(silent.into_iter().map(rest)).await {
        assert!(!answered.contains("200"), "{answered}");
    }
    let metrics = http().get(server.at("/metrics")).send().await.unwrap().text().await.unwrap();
    assert!(metrics.contains(r#"ringdown_connections_closed_total{reason="silent"} 200"#), "{metrics}");
    server.stop().await;
}

/// The bound covers the handshake and the request after it.
#[tokio::test]
async fn a_handshake_that_does_not_end_is_closed() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/server");
    let mut config = impatient();
    config.tls_cert = Some(directory.join("localhost.cert.pem"));
    config.tls_key = Some(directory.join("localhost.key.pem"));
    let server = Server::with(config).await;
    // The record of a ClientHello whose rest does not come.
    let silent = join_all((0..50).map(|_| sent(server.ready.address, 1, &[0x16, 3, 1, 2, 0, 1, 0]))).await;
    join_all(silent.into_iter().map(rest)).await;
    server.stop().await;
}

#[tokio::test]
async fn a_second_request_must_be_complete_in_time_too() {
    let server = Server::with(impatient()).await;
    let mut stream = sent(server.ready.address, 1, b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n").await;
    let mut answer = vec![0; 12];
    stream.read_exact(&mut answer).await.unwrap();
    assert_eq!(answer, b"HTTP/1.1 200");
    stream.write_all(b"GET /healthz").await.unwrap();
    assert!(!rest(stream).await.contains("HTTP/1.1 200"));
    server.stop().await;
}

#[tokio::test]
async fn a_connection_without_a_further_request_is_closed() {
    let mut config = config();
    config.connections.bounds.idle = Duration::from_millis(100);
    config.connections.bounds.http2_idle = Duration::from_millis(100);
    let server = Server::with(config).await;
    let stream = sent(server.ready.address, 1, b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n").await;
    assert!(rest(stream).await.contains("HTTP/1.1 200"));
    // The preface and settings of HTTP/2, and nothing else.
    rest(sent(server.ready.address, 1, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0").await).await;
    let metrics = http().get(server.at("/metrics")).send().await.unwrap().text().await.unwrap();
    assert!(metrics.contains(r#"ringdown_connections_closed_total{reason="idle"} 2"#), "{metrics}");
    server.stop().await;
}

/// Before: no limit.
#[tokio::test]
async fn one_address_leaves_connections_for_others() {
    let mut config = config();
    (config.connections.max_connections, config.connections.max_connections_per_address) = (Some(40), Some(10));
    let server = Server::with(config).await;
    let address = server.ready.address;
    let get = "GET /healthz HTTP/1.1";
    // From one address: all those beyond the tenth are closed at once.
    let mut held = Vec::new();
    for _ in 0..10 {
        held.push(connect(address, 1).await);
    }
    for _ in 0..30 {
        assert_eq!(rest(connect(address, 1).await).await, "");
    }
    assert_eq!(answer(address, 2, &calls(&server.key), b"").await, "200 -");
    // From many addresses: the total.
    for number in 0..30 {
        held.push(connect(address, 3 + number / 10).await);
    }
    assert_eq!(rest(connect(address, 9).await).await, "");
    // As soon as one is closed, there is room for another.
    held.pop();
    until("that there is room", async || (answer(address, 9, get, b"").await == "200 -").then_some(())).await;
    drop(held);
    until("that metrics are shown", async || {
        let text = http().get(server.at("/metrics")).send().await.ok()?.text().await.ok()?;
        assert!(text.contains(r#"ringdown_connections_refused_total{reason="address"} 30"#), "{text}");
        assert!(text.contains(r#"ringdown_connections_refused_total{reason="total"}"#), "{text}");
        Some(())
    })
    .await;
    server.stop().await;
}

/// Before: 400 connections took a server with 256 descriptors down, and each was a line of the log.
#[tokio::test(flavor = "multi_thread")]
async fn four_hundred_connections_do_not_take_a_small_server_down() {
    let home = Home::new(&["--sim-speed", "0"]).before("ulimit -n 256");
    let server = home.start();
    let address = server.url.strip_prefix("http://").unwrap().parse().unwrap();
    // A customer that has a connection.
    let mut stream = sent(address, 1, format!("{}\r\nhost: localhost\r\n\r\n", calls(&server.key)).as_bytes()).await;
    let mut status = [0; 12];
    stream.read_exact(&mut status).await.unwrap();
    assert_eq!(&status, b"HTTP/1.1 200");
    let crowd = join_all((0..400).map(|_| connect(address, 1))).await;
    // It still works, with the database and all.
    let flow = r#"{"name": "a", "actions": [{"type": "answer"}]}"#;
    let head = format!("POST /v1.0/flows HTTP/1.1\r\nauthorization: Bearer {}\r\nhost: localhost", server.key);
    for number in 1..=20 {
        let connection = if number == 20 { "close" } else { "keep-alive" };
        let request = format!("{head}\r\nconnection: {connection}\r\ncontent-length: {}\r\n\r\n{flow}", flow.len());
        stream.write_all(request.as_bytes()).await.unwrap();
    }
    let answers = rest(stream).await;
    assert_eq!(answers.matches("HTTP/1.1 200").count(), 20, "{answers}");
    drop(crowd);
    // And so do new connections after the crowd.
    let again = async || (answer(address, 1, &calls(&server.key), b"").await == "200 -").then_some(());
    until("that the crowd has left", again).await;
    let log = home.log();
    assert_eq!(log.matches("too many connections").count(), 1, "{log}");
    assert_eq!(log.matches("cannot accept").count(), 0, "{log}");
    assert_eq!(server.stop().code(), Some(0));
}

/// Before: it had what the shell gave it.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_raises_its_limit_of_open_files_and_says_so() {
    let home = Home::new(&[]).before("ulimit -S -n 256; ulimit -H -n 2048");
    let server = home.start_with(&[("RINGDOWN_LOG", "info")]);
    let log = home.log();
    let line = log.lines().find(|line| line.contains("limit of open files")).unwrap_or_else(|| panic!("{log}"));
    for word in ["open_files=2048", "raised_from=256", "max_connections=1536"] {
        assert!(line.contains(word), "{line}");
    }
    server.stop();
}
