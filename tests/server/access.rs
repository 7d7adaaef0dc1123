//! Credentials, origins and what is open, over both faces.

use crate::server::{Server, config, failure, http};
use reqwest::RequestBuilder;
use ringdown::proto::access_key_service_client::AccessKeyServiceClient;
use ringdown::proto::*;
use serde_json::Value;
use tonic::{Code, Request};

/// HTTP status and reason.
async fn told(request: RequestBuilder) -> String {
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let body: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap_or_default();
    format!("{status} {}", body["error"]["reason"].as_str().unwrap_or("-"))
}

#[tokio::test]
async fn every_door_lets_the_right_ones_in() {
    let server = Server::start().await;
    let http = http();
    let (calls, key) = (server.at("/v1.0/calls"), &server.key);
    assert_eq!(told(http.get(&calls)).await, "401 AUTHENTICATION_REQUIRED");
    assert_eq!(told(http.get(&calls).bearer_auth(key)).await, "200 -");
    assert_eq!(told(http.get(&calls).query(&[("accesskey", key)])).await, "200 -");
    assert_eq!(told(http.get(&calls).query(&[("accesskey", "rd_x")])).await, "401 INVALID_CREDENTIALS");
    // The first credential counts, and no other makes up for it.
    assert_eq!(told(http.get(&calls).bearer_auth("x").query(&[("accesskey", key)])).await, "401 INVALID_CREDENTIALS");
    // Nobody who is not let in is told anything else, wrong as the request may be.
    assert_eq!(told(http.post(&calls).body("{,")).await, "401 AUTHENTICATION_REQUIRED");
    assert_eq!(told(http.post(&calls).bearer_auth(key).body("{,")).await, "400 INVALID_JSON_BODY");
    server.stop().await;
}

#[tokio::test]
async fn what_is_open_is_open() {
    let server = Server::start().await;
    let http = http();
    for path in ["/healthz", "/readyz", "/metrics", "/docs", "/v1.0/openapi.json", "/"] {
        assert_eq!(told(http.get(server.at(path))).await, "200 -", "{path}");
    }
    assert_eq!(told(http.get(server.at("/metrics")).header("x-forwarded-for", "1.2.3.4")).await, "404 ROUTE_NOT_FOUND");
    assert_eq!(told(http.get(server.at("/elsewhere"))).await, "404 ROUTE_NOT_FOUND");
    server.stop().await;
}

#[tokio::test]
async fn headers_over_the_limit_are_refused() {
    let server = Server::start().await;
    let request = http().get(server.at("/v1.0/calls")).bearer_auth(&server.key);
    assert_eq!(told(request.header("x-large", "a".repeat(17 << 10))).await, "400 INVALID_ARGUMENT");
    server.stop().await;
}

#[tokio::test]
async fn grpc_asks_the_same() {
    let server = Server::start().await;
    let mut client = AccessKeyServiceClient::connect(server.url.clone()).await.unwrap();
    let mut ask = async |credential: Option<&str>| {
        let mut request = Request::new(ListAccessKeysRequest::default());
        if let Some(credential) = credential {
            request.metadata_mut().insert("authorization", credential.parse().unwrap());
        }
        client.list_access_keys(request).await.map(|it| it.into_inner().access_keys.len()).map_err(|it| it.code())
    };
    assert_eq!(ask(None).await, Err(Code::Unauthenticated));
    assert_eq!(ask(Some("Bearer rd_x")).await, Err(Code::Unauthenticated));
    assert_eq!(ask(Some(&format!("Bearer {}", server.key))).await, Ok(1));
    server.stop().await;
}

#[tokio::test]
async fn pages_of_configured_origins_may_call() {
    let mut config = config();
    config.cors_origins = vec!["https://app.example".to_owned()];
    let server = Server::with(config).await;
    let http = http();
    let preflight = async |origin: &str| {
        let request = http.request(reqwest::Method::OPTIONS, server.at("/ringdown.v1.CallService/ListCalls"));
        let request = request.header("origin", origin).header("access-control-request-method", "POST");
        request.send().await.unwrap().headers().get("access-control-allow-origin").cloned()
    };
    assert_eq!(preflight("https://app.example").await.unwrap(), "https://app.example");
    assert_eq!(preflight("https://evil.example").await, None);
    let request = http.get(server.at("/v1.0/calls")).bearer_auth(&server.key).header("origin", "https://app.example");
    let exposed = request.send().await.unwrap().headers()["access-control-expose-headers"].to_str().unwrap().to_owned();
    for name in ["grpc-status", "grpc-message", "grpc-status-details-bin", "x-request-id"] {
        assert!(exposed.contains(name), "{exposed}");
    }
    server.stop().await;
}

#[tokio::test]
async fn grpc_web_is_told_who_it_is_not() {
    let server = Server::start().await;
    let ask = async |key: &str| {
        let request = http().post(server.at("/ringdown.v1.CallService/ListCalls")).bearer_auth(key);
        let request = request.header("content-type", "application/grpc-web+proto").body(vec![0_u8; 5]);
        let response = request.send().await.unwrap();
        assert!(response.headers()["content-type"].to_str().unwrap().starts_with("application/grpc-web"));
        let status = response.headers().get("grpc-status").cloned();
        (status, String::from_utf8_lossy(&response.bytes().await.unwrap()).into_owned())
    };
    let (_, body) = ask(&server.key).await;
    assert!(body.contains("grpc-status:0"), "{body:?}");
    let (status, body) = ask("rd_x").await;
    assert!(status.is_some_and(|it| it == "16") || body.contains("grpc-status:16"), "{body:?}");
    server.stop().await;
}

#[tokio::test]
async fn reflection_can_be_closed_and_metrics_moved() {
    let mut config = config();
    config.no_reflection = true;
    config.metrics_listen = Some("127.0.0.1:0".parse().unwrap());
    let server = Server::with(config).await;
    assert_eq!(told(http().get(server.at("/metrics"))).await, "404 ROUTE_NOT_FOUND");
    let path = server.at("/grpc.reflection.v1.ServerReflection/ServerReflectionInfo");
    let response = http().post(path).header("content-type", "application/grpc").send().await.unwrap();
    assert_eq!(response.headers()["grpc-status"], "12");
    server.stop().await;
}

#[tokio::test]
async fn what_cannot_work_does_not_start() {
    let mut wrong = config();
    wrong.max_calls = 0;
    wrong.cors_origins = vec!["app.example".to_owned()];
    let told = failure(wrong).await;
    assert!(
        told.lines().count() == 2 && told.contains("--max-calls must be") && told.contains("app.example"),
        "{told}"
    );
    let mut wrong = config();
    wrong.database = "mysql://x".to_owned();
    assert!(failure(wrong).await.contains("is not a SQLite URL"));
    let mut wrong = config();
    (wrong.tls_cert, wrong.tls_key) = (Some("/no/cert.pem".into()), Some("/no/key.pem".into()));
    assert!(failure(wrong).await.contains("/no/cert.pem"));
}

#[tokio::test]
async fn rpcs_are_counted_on_both_faces() {
    let server = Server::start().await;
    let http = http();
    let id = "6f18ae1c-ddf8-413b-9572-ad30574604ef";
    told(http.get(server.at(&format!("/v1.0/calls/{id}"))).bearer_auth(&server.key)).await;
    let mut client = AccessKeyServiceClient::connect(server.url.clone()).await.unwrap();
    client.list_access_keys(ListAccessKeysRequest::default()).await.unwrap_err();
    let mut request = Request::new(ListAccessKeysRequest::default());
    request.metadata_mut().insert("authorization", format!("Bearer {}", server.key).parse().unwrap());
    client.list_access_keys(request).await.unwrap();
    let text = http.get(server.at("/metrics")).send().await.unwrap().text().await.unwrap();
    for line in [
        r#"ringdown_rpcs_total{rpc="ringdown.v1.CallService/GetCall",code="NOT_FOUND"} 1"#,
        r#"ringdown_rpcs_total{rpc="ringdown.v1.AccessKeyService/ListAccessKeys",code="UNAUTHENTICATED"} 1"#,
        r#"ringdown_rpcs_total{rpc="ringdown.v1.AccessKeyService/ListAccessKeys",code="OK"} 1"#,
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
    server.stop().await;
}
