//! Access keys over gRPC and REST: one resource, and a stranger sees none of it.

use crate::server::{Server, http};
use ringdown::proto::access_key_service_client::AccessKeyServiceClient;
use ringdown::proto::*;
use serde_json::{Value, json};
use tonic::service::Interceptor;
use tonic::transport::Channel;
use tonic::{Code, Request, Status};
use tonic_types::StatusExt;

#[derive(Clone)]
pub struct As(pub String);

impl Interceptor for As {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        request.metadata_mut().insert("authorization", format!("Bearer {}", self.0).parse().unwrap());
        Ok(request)
    }
}

type Keys = AccessKeyServiceClient<tonic::service::interceptor::InterceptedService<Channel, As>>;

async fn client(server: &Server, key: &str) -> Keys {
    let channel = Channel::from_shared(server.url.clone()).unwrap().connect().await.unwrap();
    AccessKeyServiceClient::with_interceptor(channel, As(key.to_owned()))
}

pub fn reason(status: &Status) -> String {
    status.get_error_details().error_info().map(|it| it.reason.clone()).unwrap_or_default()
}

#[tokio::test]
async fn a_key_lives_from_create_to_delete() {
    let server = Server::start().await;
    let mut keys = client(&server, &server.key).await;
    let request = CreateAccessKeyRequest { name: "ci".into(), ..CreateAccessKeyRequest::default() };
    let made = keys.create_access_key(request).await.unwrap().into_inner().access_key.unwrap();
    let http = http();
    let path = server.at(&format!("/v1.0/accesskeys/{}", made.id));
    let shown: Value = http.get(&path).bearer_auth(&made.key).send().await.unwrap().json().await.unwrap();
    assert_eq!((&shown["name"], &shown["key"]), (&json!("ci"), &json!("")));
    let update = UpdateAccessKeyRequest { id: made.id.clone(), name: "cd".into(), ..UpdateAccessKeyRequest::default() };
    let changed = keys.update_access_key(update).await.unwrap().into_inner().access_key.unwrap();
    let got = keys.get_access_key(GetAccessKeyRequest { id: made.id.clone() }).await.unwrap().into_inner();
    assert_eq!(got.access_key.unwrap(), changed);
    keys.delete_access_key(DeleteAccessKeyRequest { id: made.id.clone(), ..Default::default() }).await.unwrap();
    let refused = http.get(&path).bearer_auth(&made.key).send().await.unwrap();
    assert_eq!(refused.status(), 401, "a deleted key lets nobody in, at once");
    let status = keys.get_access_key(GetAccessKeyRequest { id: made.id }).await.unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::NotFound, "ACCESS_KEY_NOT_FOUND"));
    server.stop().await;
}

#[tokio::test]
async fn both_faces_refuse_alike() {
    let server = Server::start().await;
    let mut keys = client(&server, &server.key).await;
    let http = http();
    let path = server.at("/v1.0/accesskeys");
    for (body, field) in [
        (json!({"name": "a".repeat(256)}), "name"),
        (json!({"detail": "a".repeat(1_001)}), "detail"),
        (json!({"tm_expire": "2001-01-01 00:00:00.000000"}), "tm_expire"),
    ] {
        let answer = http.post(&path).bearer_auth(&server.key).json(&body).send().await.unwrap();
        assert_eq!(answer.status(), 400);
        let told: Value = answer.json().await.unwrap();
        assert_eq!(told["error"]["details"][0]["field"], field, "{told}");
        let request: CreateAccessKeyRequest = serde_json::from_value(body).unwrap();
        let status = keys.create_access_key(request).await.unwrap_err();
        assert_eq!(reason(&status), told["error"]["reason"]);
        assert_eq!(status.get_error_details().bad_request().unwrap().field_violations[0].field, field);
    }
    for id in ["", "7", "6f18ae1cddf8413b9572ad30574604ex"] {
        let status = keys.get_access_key(GetAccessKeyRequest { id: id.into() }).await.unwrap_err();
        assert_eq!(reason(&status), "INVALID_ID", "{id:?}");
    }
    for (size, token, expect) in [(-1, "", "INVALID_ARGUMENT"), (0, "soon", "INVALID_PAGE_TOKEN")] {
        let request = ListAccessKeysRequest { page_size: size, page_token: token.into() };
        assert_eq!(reason(&keys.list_access_keys(request).await.unwrap_err()), expect);
    }
    server.stop().await;
}

#[tokio::test]
async fn fifty_equal_requests_make_one_key() {
    let server = Server::start().await;
    let http = http();
    let post = || async {
        let request = http.post(server.at("/v1.0/accesskeys")).bearer_auth(&server.key);
        let request = request.header("idempotency-key", "once").json(&json!({"name": "one"}));
        request.send().await.unwrap().json::<Value>().await.unwrap()
    };
    let answers = futures::future::join_all((0..50).map(|_| post())).await;
    assert!(answers[0]["key"].as_str().unwrap().starts_with("rd_"));
    assert!(answers.iter().all(|answer| *answer == answers[0]));
    let mut keys = client(&server, answers[0]["key"].as_str().unwrap()).await;
    let all = keys.list_access_keys(ListAccessKeysRequest::default()).await.unwrap().into_inner().access_keys;
    assert_eq!(all.len(), 2, "the first one and this one");
    server.stop().await;
}
