//! Floods of HTTP/2 frames, and streams that need no credential.

use crate::binary::{http, until};
use crate::raw::{answer, calls, connect};
use crate::server::Server;
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tonic::Code;
use tonic::transport::Channel;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const SETTINGS: &[u8] = &[0, 0, 0, 4, 0, 0, 0, 0, 0];
const PING: &[u8] = &[0, 0, 8, 6, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8];
const EMPTY_PRIORITY: &[u8] = &[0, 0, 5, 2, 0, 0, 0, 0, 1, 0, 0, 0, 0, 16];

/// Sends a frame again and again until the server closes the connection, and returns how many answers came.
async fn flood(address: SocketAddr, frame: &[u8]) -> usize {
    let (mut read, mut write) = connect(address, 1).await.into_split();
    let mut bytes = Vec::new();
    let reading = tokio::spawn(async move {
        let _ = read.read_to_end(&mut bytes).await;
        bytes.len() / 9
    });
    write.write_all(&[PREFACE, SETTINGS].concat()).await.unwrap();
    let many = frame.repeat(100);
    let mut sent = 0;
    while write.write_all(&many).await.is_ok() {
        sent += 100;
        assert!(sent < 1_000_000, "the server does not mind");
    }
    reading.await.unwrap()
}

/// Before: each was answered, a million as well.
#[tokio::test(flavor = "multi_thread")]
async fn floods_of_control_frames_close_their_connection() {
    let server = Server::start().await;
    let address = server.ready.address;
    for frame in [PING, SETTINGS, EMPTY_PRIORITY] {
        let answers = flood(address, frame).await;
        assert!(answers < 20_000, "{answers} answers");
        assert_eq!(answer(address, 1, &calls(&server.key), b"").await, "200 -");
    }
    let metrics = http().get(server.at("/metrics")).send().await.unwrap().text().await.unwrap();
    assert!(metrics.contains(r#"ringdown_connections_closed_total{reason="flood"} 3"#), "{metrics}");
    server.stop().await;
}

/// A client that works, with many requests on a connection, is not taken for one.
#[tokio::test(flavor = "multi_thread")]
async fn a_busy_client_keeps_its_connection() {
    let server = Server::start().await;
    let channel = Channel::from_shared(server.url.clone()).unwrap().connect().await.unwrap();
    let mut client = HealthClient::new(channel);
    for _ in 0..5_000 {
        client.check(HealthCheckRequest::default()).await.unwrap();
    }
    server.stop().await;
}

/// Before: without a limit, and a message might be 4 MiB large.
#[tokio::test(flavor = "multi_thread")]
async fn watches_of_health_are_limited() {
    let server = Server::start().await;
    let channel = Channel::from_shared(server.url.clone()).unwrap().connect().await.unwrap();
    let client = HealthClient::new(channel);
    let watch = async || client.clone().watch(HealthCheckRequest::default()).await;
    let mut watches = Vec::new();
    for _ in 0..100 {
        watches.push(watch().await.unwrap().into_inner());
    }
    for watch in &mut watches {
        assert!(watch.message().await.unwrap().is_some());
    }
    let refused = watch().await.unwrap_err();
    assert_eq!(refused.code(), Code::ResourceExhausted);
    assert!(client.clone().check(HealthCheckRequest::default()).await.is_ok(), "a check is no watch");
    watches.clear();
    until("that a watch has ended", async || watch().await.ok()).await;

    let large = HealthCheckRequest { service: "x".repeat(100_000) };
    let refused = client.clone().check(large).await.unwrap_err();
    assert_eq!(
        (refused.code(), refused.message()),
        (Code::InvalidArgument, "expected at most 65536 bytes without an access key")
    );
    server.stop().await;
}
