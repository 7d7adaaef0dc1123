//! Bodies of requests that do not arrive, or that nobody has signed.

use crate::raw::{answer, calls, connect, outcome, rest, sent};
use crate::server::{Server, config};
use bytes::Bytes;
use futures::StreamExt;
use futures::future::join_all;
use futures::stream::{self, FuturesUnordered};
use http::Request;
use http_body::Frame;
use http_body_util::StreamBody;
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use std::convert::Infallible;
use std::time::Duration;
use tokio::io::AsyncReadExt;

const MESSAGES: &str = "POST /v1.0/providers/http/messages HTTP/1.1";

/// Before: such a body was waited for without a limit.
#[tokio::test]
async fn a_body_that_does_not_arrive_is_given_up() {
    let mut config = config();
    config.connections.bounds.body_pause = Duration::from_millis(200);
    let server = Server::with(config).await;
    let head = format!(
        "POST /v1.0/flows HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\ncontent-length: 100\r\n\r\n{{",
        server.key
    );
    for response in
        join_all((0..20).map(async |_| rest(sent(server.ready.address, 1, head.as_bytes()).await).await)).await
    {
        assert_eq!(outcome(&response), "504 DEADLINE_EXCEEDED");
    }
    assert_eq!(half_a_message(&server).await, "4");
    server.stop().await;
}

/// The `grpc-status` of a request of which only a part arrives.
async fn half_a_message(server: &Server) -> String {
    let stream = TokioIo::new(connect(server.ready.address, 1).await);
    let (mut client, connection) = http2::handshake(TokioExecutor::new(), stream).await.unwrap();
    let connection = tokio::spawn(connection);
    // The prefix of a message of 100 bytes, and one of them.
    let part = Frame::data(Bytes::from_static(&[0, 0, 0, 0, 100, 1]));
    let body = StreamBody::new(stream::iter([Ok::<_, Infallible>(part)]).chain(stream::pending()));
    let request = Request::post(server.at("/ringdown.v1.CallService/ListCalls"))
        .header("content-type", "application/grpc")
        .header("authorization", format!("Bearer {}", server.key));
    let response = client.send_request(request.body(Box::pin(body)).unwrap()).await.unwrap();
    connection.abort();
    response.headers()["grpc-status"].to_str().unwrap().to_owned()
}

/// Before: 300 unsigned bodies, each of which lacked its last byte, held 294 MiB.
#[tokio::test]
async fn unsigned_bodies_hold_little_and_leave_room_for_signed_ones() {
    let mut config = config();
    config.message_inbound_secret = Some("a secret of the gateway".parse().unwrap());
    let server = Server::with(config).await;
    let address = server.ready.address;
    // More than a message can have: refused as soon as that is known.
    let large = format!("{MESSAGES}\r\nhost: x\r\ncontent-length: 1048576\r\n\r\n{}", "x".repeat(100 << 10));
    assert_eq!(outcome(&rest(sent(address, 1, large.as_bytes()).await).await), "400 BODY_TOO_LARGE");
    // 60 KiB each, and one byte is missing: eight of them are the share of an address.
    let body = "x".repeat(60 << 10);
    let lacking =
        format!("{MESSAGES}\r\nhost: x\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}", body.len() + 1);
    let held = join_all((0..100).map(|_| sent(address, 1, lacking.as_bytes()))).await;
    let mut responses = FuturesUnordered::from_iter(held.into_iter().map(rest));
    for _ in 0..92 {
        let response = responses.next().await.unwrap();
        assert_eq!(outcome(&response), "429 TOO_MANY_REQUESTS");
        assert!(response.contains("retry-after: 1"), "{response}");
    }
    // Another address is heard, and so is a customer at the same one.
    assert_eq!(answer(address, 2, MESSAGES, body.as_bytes()).await, "401 INVALID_CREDENTIALS");
    assert_eq!(answer(address, 1, &calls(&server.key), b"").await, "200 -");
    let flow = format!("POST /v1.0/flows HTTP/1.1\r\nauthorization: Bearer {}", server.key);
    let actions = format!(r#"{{"name": "a", "detail": "{}", "actions": [{{"type": "answer"}}]}}"#, "x".repeat(1_000));
    assert_eq!(answer(address, 1, &flow, actions.as_bytes()).await, "200 -");
    drop(responses);
    server.stop().await;
}

/// The body of a request without a valid credential is not read.
#[tokio::test]
async fn a_request_without_a_credential_is_refused_before_its_body() {
    let server = Server::start().await;
    for credential in ["x-other: 1", "authorization: Bearer rd_x"] {
        let head = format!("POST /v1.0/flows HTTP/1.1\r\nhost: x\r\n{credential}\r\ncontent-length: 1000000\r\n\r\n");
        let mut stream = sent(server.ready.address, 1, head.as_bytes()).await;
        let mut status = [0; 12];
        stream.read_exact(&mut status).await.unwrap();
        assert_eq!(&status, b"HTTP/1.1 401");
    }
    server.stop().await;
}
