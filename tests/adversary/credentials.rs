//! Attempts with bad credentials, and the address of a client behind a proxy.

use crate::binary::http;
use crate::raw::{answer, calls, rest, sent};
use crate::server::{Server, config};
use ringdown::proto::ListCallsRequest;
use ringdown::proto::call_service_client::CallServiceClient;
use tonic::transport::Channel;
use tonic::{Code, Request};

/// Before: each was looked up in the database, as many as came.
#[tokio::test]
async fn attempts_are_slowed_and_others_at_the_address_are_not() {
    let server = Server::start().await;
    let address = server.ready.address;
    assert_eq!(answer(address, 1, &calls(&server.key), b"").await, "200 -");
    let mut answers = Vec::new();
    for number in 0..150 {
        answers.push(answer(address, 1, &calls(&format!("rd_{number}")), b"").await);
    }
    let (first, last) = answers.split_at(100);
    assert!(first.iter().all(|it| it == "401 INVALID_CREDENTIALS"), "{first:?}");
    // One passes for each second that this takes.
    assert!(last.iter().filter(|it| *it == "429 TOO_MANY_REQUESTS").count() > 25, "{last:?}");
    let head = format!("{}\r\nhost: x\r\nconnection: close\r\n\r\n", calls("eyJ.no.token"));
    let response = rest(sent(address, 1, head.as_bytes()).await).await;
    assert!(response.contains("retry-after: 1") && response.contains("TOO_MANY_REQUESTS"), "{response}");
    assert_eq!(grpc(&server, "rd_x").await, Err(Code::ResourceExhausted));
    // A customer behind the same address goes on, and so does everybody elsewhere.
    assert_eq!(answer(address, 1, &calls(&server.key), b"").await, "200 -");
    assert_eq!(grpc(&server, &server.key).await, Ok(()));
    assert_eq!(answer(address, 2, &calls("rd_x"), b"").await, "401 INVALID_CREDENTIALS");
    assert_eq!(answer(address, 1, "GET /v1.0/calls HTTP/1.1", b"").await, "401 AUTHENTICATION_REQUIRED");
    server.stop().await;
}

async fn grpc(server: &Server, key: &str) -> Result<(), Code> {
    let channel = Channel::from_shared(server.url.clone()).unwrap().connect().await.unwrap();
    let mut request = Request::new(ListCallsRequest::default());
    request.metadata_mut().insert("authorization", format!("Bearer {key}").parse().unwrap());
    CallServiceClient::new(channel).list_calls(request).await.map(drop).map_err(|status| status.code())
}

/// Without a trusted proxy a client cannot choose its address, and with one it cannot either.
#[tokio::test]
async fn a_client_does_not_choose_the_address_that_counts() {
    let server = Server::start().await;
    let forged = |number: u32| format!("{}\r\nx-forwarded-for: 198.51.100.{number}", calls("rd_x"));
    let mut refused = 0;
    for number in 0..150 {
        refused += u32::from(answer(server.ready.address, 1, &forged(number), b"").await.starts_with("429"));
    }
    assert!(refused > 25, "{refused}");
    server.stop().await;

    let mut config = config();
    config.connections.trusted_proxies = vec!["127.0.0.1/32".parse().unwrap()];
    let server = Server::with(config).await;
    let forged = |number: u32| format!("{}\r\nx-forwarded-for: 203.0.113.{number}, 198.51.100.1", calls("rd_x"));
    let mut refused = 0;
    for number in 0..150 {
        refused += u32::from(answer(server.ready.address, 1, &forged(number), b"").await.starts_with("429"));
    }
    assert!(refused > 25, "{refused}");
    let other = format!("{}\r\nx-forwarded-for: 198.51.100.2", calls("rd_x"));
    assert_eq!(answer(server.ready.address, 1, &other, b"").await, "401 INVALID_CREDENTIALS");
    server.stop().await;
}

#[tokio::test]
async fn a_request_through_a_trusted_proxy_on_this_machine_is_not_local() {
    let mut config = config();
    config.connections.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
    let server = Server::with(config).await;
    let metrics = async |name: &str, value: &str| {
        let request = http().get(server.at("/metrics")).header(name, value);
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!(metrics("x-other", "1").await, 200);
    assert_eq!(metrics("x-forwarded-for", "198.51.100.1").await, 404);
    assert_eq!(metrics("x-forwarded-for", "127.0.0.1").await, 404);
    assert_eq!(metrics("forwarded", "for=127.0.0.1").await, 404);
    server.stop().await;
}
