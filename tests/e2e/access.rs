//! Who may come in and how, what is open, what is written down, and how a server goes.

use crate::protocols::{Protocols, Reply};
use crate::server::{Grpc, Guest, Home, Rest, Server, text, until};
use crate::watch::{Frames, sse};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use ringdown::proto::ListFlowsRequest;
use serde_json::{Value, json};
use sha2::Sha256;

const SECRET: &str = "a-secret-of-more-than-32-bytes-for-tests";

fn signed(header: Value, claims: Value, secret: &str) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let text = format!("{}.{}", part(&header), part(&claims));
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(text.as_bytes());
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
}

fn hs256() -> Value {
    json!({"alg": "HS256", "typ": "JWT"})
}

fn in_seconds(seconds: i64) -> i64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    now.as_secs() as i64 + seconds
}

/// What both faces say to a credential: "" when they let it in.
async fn entering(server: &Server, credential: &str) -> String {
    let rest = Rest { key: credential.to_owned(), ..server.rest() };
    let (status, answer) = rest.get("/v1.0/flows").await;
    let rest = if status == 200 { String::new() } else { Reply::from_envelope(status, &answer).reason };
    let grpc = Grpc::new(server.channel().await, credential);
    let grpc = match grpc.flows.clone().list_flows(ListFlowsRequest::default()).await {
        Ok(_) => String::new(),
        Err(status) => Reply::from_status(&status).reason,
    };
    assert_eq!(rest, grpc, "{credential}");
    rest
}

#[tokio::test]
async fn only_good_credentials_let_in() {
    let home = Home::new(&[]).env("RINGDOWN_JWT_SECRET", SECRET);
    let server = home.start();
    let mut token = home.command(&["token"]);
    let token = String::from_utf8(token.env("RINGDOWN_JWT_SECRET", SECRET).output().unwrap().stdout).unwrap();
    let token = token.trim();
    let claims: Value = {
        let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
        serde_json::from_slice(&claims).unwrap()
    };
    let customer = text(&claims, "customer_id");
    let good = json!({"customer_id": customer, "exp": in_seconds(60)});
    for credential in [server.key.as_str(), token, &signed(hs256(), good.clone(), SECRET)] {
        assert_eq!(entering(&server, credential).await, "", "{credential}");
    }
    let nobody = "6f18ae1c-ddf8-413b-9572-ad3057460000";
    let unsigned = signed(json!({"alg": "none"}), good.clone(), SECRET);
    let unsigned = unsigned.rsplit_once('.').unwrap().0;
    let swapped = signed(hs256(), json!({"customer_id": nobody, "exp": in_seconds(60)}), SECRET);
    let own = signed(hs256(), good.clone(), SECRET);
    let swapped = [own.split('.').next().unwrap(), swapped.split('.').nth(1).unwrap(), own.split('.').nth(2).unwrap()];
    for credential in [
        "x",
        "rd_x",
        "a.b.c",
        &server.key[..server.key.len() - 1],
        &signed(hs256(), json!({"customer_id": customer, "exp": in_seconds(-1)}), SECRET),
        &signed(hs256(), json!({"customer_id": customer}), SECRET),
        &signed(hs256(), json!({"exp": in_seconds(60)}), SECRET),
        &signed(hs256(), json!({"customer_id": nobody, "exp": in_seconds(60)}), SECRET),
        &signed(hs256(), json!({"customer_id": "7", "exp": in_seconds(60)}), SECRET),
        &signed(hs256(), good.clone(), "another-secret-of-more-than-32-bytes"),
        &signed(json!({"alg": "none"}), good.clone(), SECRET),
        &format!("{unsigned}."),
        unsigned,
        &signed(json!({"alg": "HS512"}), good.clone(), SECRET),
        &swapped.join("."),
        &"x".repeat(5_000),
    ] {
        assert_eq!(entering(&server, credential).await, "INVALID_CREDENTIALS", "{credential}");
    }
    // None at all.
    let (status, answer) = send(&server, "/v1.0/flows", &[]).await;
    assert_eq!((status, Reply::from_envelope(status, &answer).reason.as_str()), (401, "AUTHENTICATION_REQUIRED"));
    let bare = ringdown::proto::flow_service_client::FlowServiceClient::new(server.channel().await)
        .list_flows(ListFlowsRequest::default())
        .await;
    assert_eq!(Reply::from_status(&bare.unwrap_err()).reason, "AUTHENTICATION_REQUIRED");

    // Keys that are deleted, or whose time is over.
    let rest = server.rest();
    let key = rest.ok("POST", "/v1.0/accesskeys", Some(json!({"name": "a"}))).await;
    assert_eq!(entering(&server, &text(&key, "key")).await, "");
    rest.ok("DELETE", &format!("/v1.0/accesskeys/{}", text(&key, "id")), None).await;
    assert_eq!(entering(&server, &text(&key, "key")).await, "INVALID_CREDENTIALS");
    let soon = chrono::Utc::now() + chrono::Duration::seconds(2);
    let soon = soon.format("%Y-%m-%d %H:%M:%S%.6f").to_string();
    let key = rest.ok("POST", "/v1.0/accesskeys", Some(json!({"name": "a", "tm_expire": soon}))).await;
    let key = text(&key, "key");
    assert_eq!(entering(&server, &key).await, "");
    until("the key is over", async || {
        let (status, _) = send(&server, "/v1.0/flows", &[("authorization", &format!("Bearer {key}"))]).await;
        (status == 401).then_some(())
    })
    .await;
}

/// GET with headers alone.
async fn send(server: &Server, path: &str, headers: &[(&str, &str)]) -> (u16, Value) {
    let mut request = reqwest::Client::new().get(format!("{}{path}", server.url));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    (status, serde_json::from_str(&answer.text().await.unwrap()).unwrap_or_default())
}

#[tokio::test]
async fn there_are_four_ways_in() {
    let guest = Guest::new().await;
    let server = &guest.common.server;
    let key = guest.rest.key.clone();
    let token = guest.common.home.run(&["token", "--customer", &guest.customer_id, "--ttl", "1h"]).trim().to_owned();
    guest.rest.ok("POST", "/v1.0/flows", Some(json!({"name": "mine", "actions": [{"type": "answer"}]}))).await;
    let cookie = format!("a=b; token={token}");
    let bearer = format!("Bearer {key}");
    let authority = server.url.strip_prefix("http://").unwrap();
    let origin = format!("http://{authority}");
    let check = async |path: String, headers: &[(&str, &str)], let_in: bool| {
        let (status, answer) = send(server, &path, headers).await;
        assert_eq!(status == 200, let_in, "{path} {headers:?}: {answer}");
        if let_in {
            assert_eq!(answer["result"][0]["customer_id"], guest.customer_id.as_str());
        } else {
            assert_eq!(status, 401);
        }
    };
    let flows = || "/v1.0/flows".to_owned();
    check(flows(), &[("authorization", &bearer)], true).await;
    check(flows(), &[("authorization", &format!("bearer {token}"))], true).await;
    check(flows(), &[("authorization", &format!("Basic {key}"))], false).await;
    check(format!("/v1.0/flows?token={token}"), &[], true).await;
    check(format!("/v1.0/flows?page_size=1&token={token}"), &[], true).await;
    check(format!("/v1.0/flows?accesskey={key}"), &[], true).await;
    // Each has its own kind.
    check(format!("/v1.0/flows?token={key}"), &[], false).await;
    check(format!("/v1.0/flows?accesskey={token}"), &[], false).await;
    check(flows(), &[("cookie", &cookie)], true).await;
    check(flows(), &[("cookie", &cookie), ("origin", &origin)], true).await;
    check(flows(), &[("cookie", &cookie), ("sec-fetch-site", "same-origin")], true).await;
    for foreign in [("origin", "https://evil.example"), ("origin", "null"), ("sec-fetch-site", "cross-site")] {
        check(flows(), &[("cookie", &cookie), foreign], false).await;
    }
    check(flows(), &[("cookie", &cookie), ("sec-fetch-site", "same-site")], false).await;
    // The first counts, right or wrong.
    check(format!("/v1.0/flows?token={token}"), &[("authorization", "Bearer x")], false).await;
    check(format!("/v1.0/flows?token=x&accesskey={key}"), &[], false).await;
    check(format!("/v1.0/flows?accesskey={key}"), &[("cookie", "token=x")], false).await;
    check(flows(), &[("authorization", &bearer), ("cookie", "token=x")], true).await;
}

#[tokio::test]
async fn commands_beside_a_server_make_tokens_and_customers() {
    let guest = Guest::new().await;
    let home = &guest.common.home;
    assert_ne!(guest.stranger().await.customer_id, guest.customer_id);
    // A token is for the first customer when none is named.
    let token = home.run(&["token"]);
    assert_eq!(token.lines().count(), 1);
    assert_eq!(entering(&guest.common.server, token.trim()).await, "");
    let short = home.run(&["token", "--customer", &guest.customer_id, "--ttl", "1s"]);
    until("the token is over", async || {
        let path = format!("/v1.0/flows?token={}", short.trim());
        (send(&guest.common.server, &path, &[]).await.0 == 401).then_some(())
    })
    .await;
    let nobody = home.command(&["token", "--customer", "6f18ae1c-ddf8-413b-9572-ad3057460000"]).output().unwrap();
    assert!(!nobody.status.success() && nobody.stdout.is_empty());
    assert!(String::from_utf8_lossy(&nobody.stderr).contains("there is no customer"));
}

#[tokio::test]
async fn what_is_open_is_open_and_nothing_else() {
    let guest = Guest::new().await;
    let server = &guest.common.server;
    let get = async |path: &str, headers: &[(&str, &str)]| {
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let mut request = client.get(format!("{}{path}", server.url));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    for (path, status, says) in [
        ("/healthz", 200, "ok"),
        ("/readyz", 200, "ready"),
        ("/", 307, ""),
        ("/docs", 200, "<html"),
        ("/v1.0/openapi.json", 200, "openapi"),
        ("/metrics", 200, "ringdown_"),
        ("/v1.0/flows", 401, "AUTHENTICATION_REQUIRED"),
        ("/v1.0/activeflows/watch", 401, "AUTHENTICATION_REQUIRED"),
        ("/v1.0/action_types", 401, "AUTHENTICATION_REQUIRED"),
    ] {
        let (told, body) = get(path, &[]).await;
        assert_eq!(told, status, "{path}: {body}");
        assert!(body.contains(says), "{path}: {body}");
    }
    // Whoever comes over a proxy is not on this machine.
    assert_eq!(get("/metrics", &[("x-forwarded-for", "203.0.113.9")]).await.0, 404);
    let mut health = tonic_health::pb::health_client::HealthClient::new(server.channel().await);
    for service in ["", "ringdown.v1.CallService"] {
        let request = tonic_health::pb::HealthCheckRequest { service: service.to_owned() };
        assert_eq!(health.check(request).await.unwrap().into_inner().status, 1, "{service}");
    }
    assert!(services(server).await.unwrap().contains(&"ringdown.v1.CallService".to_owned()));
}

/// The services that reflection names.
async fn services(server: &Server) -> Result<Vec<String>, tonic::Status> {
    use tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient;
    use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
    use tonic_reflection::pb::v1::server_reflection_response::MessageResponse;
    let request = tonic_reflection::pb::v1::ServerReflectionRequest {
        host: String::new(),
        message_request: Some(MessageRequest::ListServices(String::new())),
    };
    let mut client = ServerReflectionClient::new(server.channel().await);
    let mut answers = client.server_reflection_info(futures::stream::iter([request])).await?.into_inner();
    match answers.message().await?.and_then(|it| it.message_response) {
        Some(MessageResponse::ListServicesResponse(list)) => Ok(list.service.into_iter().map(|it| it.name).collect()),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn flags_close_reflection_and_open_other_origins() {
    let home = Home::new(&["--no-reflection", "--cors-origin", "https://app.example.com"]);
    let server = home.start();
    assert_eq!(services(&server).await.unwrap_err().code(), tonic::Code::Unimplemented);
    let allowed = async |origin: &str| {
        let request = reqwest::Client::new().get(format!("{}/v1.0/flows", server.url)).bearer_auth(&server.key);
        let answer = request.header("origin", origin).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        assert!(answer.headers()["access-control-expose-headers"].to_str().unwrap().contains("etag"));
        answer.headers().get("access-control-allow-origin").map(|it| it.to_str().unwrap().to_owned())
    };
    assert_eq!(allowed("https://app.example.com").await.as_deref(), Some("https://app.example.com"));
    assert_eq!(allowed("https://evil.example").await, None);
    let preflight = reqwest::Client::new()
        .request("OPTIONS".parse().unwrap(), format!("{}/v1.0/calls", server.url))
        .header("origin", "https://app.example.com")
        .header("access-control-request-method", "PATCH")
        .header("access-control-request-headers", "authorization,idempotency-key,if-match,if-none-match");
    let answer = preflight.send().await.unwrap();
    assert!(answer.status().is_success());
    let allowed = |header: &str, word: &str| answer.headers()[header].to_str().unwrap().contains(word);
    assert!(allowed("access-control-allow-methods", "PATCH"));
    assert!(
        allowed("access-control-allow-headers", "if-match") && allowed("access-control-allow-headers", "if-none-match")
    );
}

/// A unary request of gRPC-Web, made by hand over HTTP/1.1; the answer's headers, message and trailers.
async fn grpc_web(
    rest: &Rest,
    path: &str,
    message: Vec<u8>,
    headers: &[(&str, &str)],
) -> (http::HeaderMap, Vec<u8>, String) {
    let mut body = vec![0];
    body.extend((message.len() as u32).to_be_bytes());
    body.extend(message);
    let mut request =
        rest.http.post(format!("{}{path}", rest.url)).header("content-type", "application/grpc-web+proto");
    request = request.header("x-grpc-web", "1").bearer_auth(&rest.key);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let answer = request.body(body).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let headers = answer.headers().clone();
    let bytes = answer.bytes().await.unwrap();
    let (mut rest, mut message, mut trailers) = (&bytes[..], Vec::new(), String::new());
    while let [flags, a, b, c, d, after @ ..] = rest {
        let (frame, next) = after.split_at(u32::from_be_bytes([*a, *b, *c, *d]) as usize);
        match flags {
            0x80 => trailers += std::str::from_utf8(frame).unwrap(),
            _ => message.extend(frame),
        }
        rest = next;
    }
    (headers, message, trailers)
}

#[tokio::test]
async fn pages_speak_grpc_web() {
    use prost::Message;
    let guest = Guest::new().await;
    guest.rest.ok("POST", "/v1.0/flows", Some(json!({"name": "mine", "actions": [{"type": "answer"}]}))).await;
    let path = "/ringdown.v1.FlowService/ListFlows";
    let (headers, message, trailers) = grpc_web(&guest.rest, path, Vec::new(), &[]).await;
    assert_eq!(headers["content-type"], "application/grpc-web+proto");
    let list = ringdown::proto::ListFlowsResponse::decode(message.as_slice()).unwrap();
    assert_eq!((list.flows.len(), list.flows[0].name.as_str()), (1, "mine"));
    assert!(trailers.contains("grpc-status:0"), "{trailers}");

    let wrong = ringdown::proto::ListFlowsRequest { page_size: -1, ..Default::default() }.encode_to_vec();
    let (headers, _, trailers) = grpc_web(&guest.rest, path, wrong, &[]).await;
    let status = headers.get("grpc-status").map(|it| it.to_str().unwrap().to_owned());
    assert!(status.as_deref() == Some("3") || trailers.contains("grpc-status:3"), "{headers:?} {trailers}");
    assert_eq!(headers["content-type"], "application/grpc-web+proto");
}

#[tokio::test]
async fn a_deadline_that_is_over_is_told() {
    use prost::Message;
    let guest = Guest::new().await;
    // A write takes longer than a nanosecond. tonic's client would give up by itself, so this one is made by hand.
    let flow = json!({"name": "late", "actions": [{"type": "answer"}]});
    let flow: ringdown::proto::CreateFlowRequest = ringdown::proto::json::read(flow).unwrap();
    let path = "/ringdown.v1.FlowService/CreateFlow";
    let late = [("grpc-timeout", "1n")];
    let (headers, ..) = grpc_web(&guest.rest, path, flow.encode_to_vec(), &late).await;
    assert_eq!(headers["grpc-status"], "4", "{headers:?}");
    assert_eq!(headers["content-type"], "application/grpc-web+proto");
    // REST has deadlines, too.
    let body = json!({"name": "late", "actions": [{"type": "answer"}]});
    let (status, envelope) = guest.rest.send_with("POST", "/v1.0/flows", Some(&body), &late).await;
    assert_eq!((status, Reply::from_envelope(status, &envelope).reason.as_str()), (504, "DEADLINE_EXCEEDED"));
    let (status, _) = guest.rest.send_with("POST", "/v1.0/flows", Some(&body), &[("grpc-timeout", "30S")]).await;
    assert_eq!(status, 200);
    // One that cannot be read is not left out in silence.
    let garbled = [("grpc-timeout", "soon")];
    let (headers, ..) = grpc_web(&guest.rest, path, flow.encode_to_vec(), &garbled).await;
    assert_eq!(headers["grpc-status"], "3", "{headers:?}");
    let (status, envelope) = guest.rest.send_with("POST", "/v1.0/flows", Some(&body), &garbled).await;
    let told = Reply::from_envelope(status, &envelope);
    assert_eq!((status, told.reason.as_str()), (400, "INVALID_ARGUMENT"), "{envelope}");
}

#[tokio::test]
async fn secrets_and_queries_are_never_written_down() {
    let home = Home::new(&[]);
    let server = home.start_with(&[("RINGDOWN_LOG", "trace")]);
    let token = home.run(&["token"]).trim().to_owned();
    let rest = server.rest();
    let key = rest.ok("POST", "/v1.0/accesskeys", Some(json!({"name": "a"}))).await;
    let key = text(&key, "key");
    for path in [
        format!("/v1.0/flows?token={token}"),
        format!("/v1.0/flows?accesskey={key}"),
        format!("/v1.0/flows?page_token=in-the-query&accesskey={key}"),
        "/v1.0/nothing?where=in-the-query".to_owned(),
        "/v1.0/flows?colour=in-the-query".to_owned(),
    ] {
        send(&server, &path, &[("cookie", &format!("token={token}"))]).await;
    }
    let mut watch = sse(&rest, "/v1.0/activeflows/watch?include_snapshot=true&reference_type=api", &[]).await;
    watch.next().await.unwrap();
    for credential in [&token, &key, &server.key] {
        let grpc = Grpc::new(server.channel().await, credential);
        grpc.flows.clone().list_flows(ListFlowsRequest::default()).await.unwrap();
    }
    let first = server.key.clone();
    drop(watch);
    server.stop();
    let log = home.log();
    // It was asked for everything, and wrote.
    assert!(log.len() > 1_000, "{log}");
    let signature = token.rsplit('.').next().unwrap();
    for secret in [first.as_str(), key.as_str(), token.as_str(), signature, "in-the-query", "reference_type=api"] {
        if let Some(line) = log.lines().find(|line| line.contains(secret)) {
            panic!("{secret:?} is in the log: {line}");
        }
    }
}

#[tokio::test]
async fn one_port_speaks_both_versions_of_http_over_tls() {
    let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/server");
    let (cert, key) = (format!("{directory}/localhost.cert.pem"), format!("{directory}/localhost.key.pem"));
    let home = Home::new(&["--tls-cert", &cert, "--tls-key", &key]);
    let server = home.start();
    assert!(server.url.starts_with("https://127.0.0.1:"), "{}", server.said);
    let ca = std::fs::read(&cert).unwrap();
    let tls = tonic::transport::ClientTlsConfig::new()
        .ca_certificate(tonic::transport::Certificate::from_pem(&ca))
        .domain_name("localhost");
    let endpoint = tonic::transport::Endpoint::from_shared(server.url.clone()).unwrap().tls_config(tls).unwrap();
    let grpc = Grpc::new(endpoint.connect().await.unwrap(), &server.key);
    grpc.flows.clone().list_flows(ListFlowsRequest::default()).await.unwrap();

    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio_rustls::rustls::pki_types::{CertificateDer, pem::PemObject};
    let mut roots = tokio_rustls::rustls::RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(&ca).unwrap()).unwrap();
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = config.with_root_certificates(roots).with_no_client_auth();
    let tcp = tokio::net::TcpStream::connect(server.url.strip_prefix("https://").unwrap()).await.unwrap();
    let connector = tokio_rustls::TlsConnector::from(std::sync::Arc::new(config));
    let mut stream = connector.connect("localhost".try_into().unwrap(), tcp).await.unwrap();
    let request = format!(
        "GET /v1.0/flows HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {}\r\nconnection: close\r\n\r\n",
        server.key
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer).await;
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("next_page_token"), "{answer}");
}

#[tokio::test]
async fn a_server_that_is_told_to_stop_lets_calls_go_on() {
    let home = Home::new(&["--drain-timeout", "60s"]);
    let mut server = home.start();
    let rest = server.rest();
    let call = rest.call_at(json!([{"type": "echo", "option": {"duration": 180_000}}]), "echo").await;
    let (id, run) = (text(&call, "id"), text(&call, "activeflow_id"));
    let mut grpc = Frames::activeflows(&server.grpc().await, json!({"ids": [run], "include_snapshot": true})).await;
    let mut events = sse(&rest, &format!("/v1.0/activeflows/watch?ids={run}&include_snapshot=true"), &[]).await;
    assert_eq!(grpc.next().await.unwrap()["type"], "snapshot");
    assert_eq!(events.next().await.unwrap().data["type"], "snapshot");
    let protocols = Protocols::new(server.grpc().await, rest.clone()).await;
    server.terminate();
    until("it is not ready", async || (send(&server, "/readyz", &[]).await.0 == 503).then_some(())).await;

    // Nothing new begins.
    let address = json!({"type": "tel", "target": "+15550000001"});
    let actions = json!([{"type": "answer"}]);
    for (rpc, request) in [
        ("CreateCalls", json!({"source": address, "destinations": [address], "actions": actions})),
        ("SimulateIncomingCall", json!({"source": address, "destination": address, "actions": actions})),
        ("CreateActiveflow", json!({"actions": actions})),
        ("WatchActiveflows", json!({})),
        ("WatchCalls", json!({})),
    ] {
        let told = protocols.refused(rpc, request).await;
        assert_eq!((told.status.as_str(), told.reason.as_str()), ("UNAVAILABLE", "SHUTTING_DOWN"), "{rpc}");
    }
    // What is up goes on, and takes commands.
    assert_eq!(rest.ok("GET", &format!("/v1.0/calls/{id}"), None).await["status"], "progressing");
    rest.ok("POST", &format!("/v1.0/calls/{id}/hold"), None).await;
    assert!(!server.has_ended());
    rest.ok("POST", &format!("/v1.0/calls/{id}/hangup"), None).await;
    // The streams tell all that there is to tell, and then why they end.
    let (mut ended, mut fault) = (false, None);
    while let Some(frame) = grpc.told().await {
        match frame {
            Ok(frame) => ended |= frame["event"]["type"] == "ended",
            Err(status) => fault = Some(Reply::from_status(&status).reason),
        }
    }
    assert_eq!((ended, fault.as_deref()), (true, Some("SHUTTING_DOWN")));
    let events = events.whole().await;
    let (last, before) = events.split_last().unwrap();
    assert!(before.iter().any(|it| it.data["event"]["type"] == "ended"));
    assert_eq!((last.name.as_str(), &last.data["error"]["reason"]), ("fault", &json!("SHUTTING_DOWN")));
    assert_eq!(server.wait().code(), Some(0));

    let server = home.start();
    let call = server.rest().ok("GET", &format!("/v1.0/calls/{id}"), None).await;
    assert_eq!((&call["status"], &call["hangup_reason"]), (&json!("hangup"), &json!("normal")));
}

#[tokio::test]
async fn calls_that_go_on_too_long_are_hung_up() {
    let home = Home::new(&["--drain-timeout", "0s"]);
    let server = home.start();
    let call = server.rest().call_at(json!([{"type": "echo", "option": {"duration": 180_000}}]), "echo").await;
    let id = text(&call, "id");
    assert_eq!(server.stop().code(), Some(0));
    let server = home.start();
    let call = server.rest().ok("GET", &format!("/v1.0/calls/{id}"), None).await;
    assert_eq!((&call["status"], &call["hangup_reason"]), (&json!("hangup"), &json!("failed")));
}

#[tokio::test]
async fn a_second_server_on_a_file_is_turned_away() {
    let guest = Guest::new().await;
    // Servers share a database in PostgreSQL: tests/postgres/nodes.rs.
    if guest.common.home.database().starts_with("postgres") {
        return;
    }
    let second = guest.common.home.command(&["serve", "--listen", "127.0.0.1:0"]).output().unwrap();
    assert!(!second.status.success());
    let said = String::from_utf8_lossy(&second.stderr);
    let sentence = said.lines().rfind(|line| line.starts_with("ringdown: ")).unwrap_or_else(|| panic!("{said}"));
    assert!(sentence.contains("another") || sentence.contains("in use"), "{said}");
    guest.rest.ok("GET", "/v1.0/flows", None).await;
}
