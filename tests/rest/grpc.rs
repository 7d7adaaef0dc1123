//! What both faces have in common, seen from gRPC.

use crate::fake::Fake;
use axum::Router;
use prost::Message;
use ringdown::error::{Error, Reason};
use ringdown::grpc::MAX_MESSAGE_BYTES;
use ringdown::proto::activeflow_service_client::ActiveflowServiceClient;
use ringdown::proto::activeflow_service_server::ActiveflowServiceServer;
use ringdown::proto::flow_service_client::FlowServiceClient;
use ringdown::proto::flow_service_server::FlowServiceServer;
use ringdown::proto::*;
use tonic::{Code, Request, Status};
use tonic_types::StatusExt;

/// gRPC and REST on one router, as the server has them.
fn both(fake: &Fake) -> Router {
    let flows = FlowServiceServer::new(fake.clone()).max_decoding_message_size(MAX_MESSAGE_BYTES);
    let activeflows = ActiveflowServiceServer::new(fake.clone()).max_decoding_message_size(MAX_MESSAGE_BYTES);
    let mut routes = tonic::service::Routes::builder();
    routes.add_service(flows).add_service(activeflows);
    let grpc = routes.routes().into_axum_router().reset_fallback();
    grpc.merge(fake.rest()).layer(axum::middleware::from_fn(crate::fake::named))
}

fn named<T>(message: T) -> Request<T> {
    let mut request = Request::new(message);
    request.metadata_mut().insert("x-request-id", "g1".parse().unwrap());
    request
}

/// Code, reason and request id.
fn told(status: &Status) -> (Code, String, String) {
    let details = status.get_error_details();
    let id = details.request_info().map(|info| info.request_id.clone()).unwrap_or_default();
    (status.code(), details.error_info().unwrap().reason.clone(), id)
}

#[tokio::test]
async fn an_error_names_its_request() {
    let fake = Fake::default();
    // The error is made inside the service, as services make them.
    fake.refuses(Reason::FlowNotFound);
    let mut client = FlowServiceClient::new(both(&fake));
    let status = client.get_flow(named(GetFlowRequest::default())).await.unwrap_err();
    assert_eq!(told(&status), (Code::NotFound, "FLOW_NOT_FOUND".into(), "g1".into()));
    assert_eq!(status.metadata().get("x-request-id").unwrap(), "g1");
}

#[tokio::test]
async fn a_message_over_the_limit_is_refused_as_in_rest() {
    let fake = Fake::default();
    let mut client = FlowServiceClient::new(both(&fake));
    let request = CreateFlowRequest { name: "a".repeat(MAX_MESSAGE_BYTES), ..CreateFlowRequest::default() };
    let status = client.create_flow(named(request)).await.unwrap_err();
    assert_eq!(told(&status), (Code::InvalidArgument, "BODY_TOO_LARGE".into(), "g1".into()));
    assert!(!fake.was_asked());
}

#[tokio::test]
async fn a_watch_is_read_as_messages_and_its_fault_names_its_request() {
    let fake = Fake::default();
    let frame = ActiveflowFrame { resume_token: "t1".into(), ..ActiveflowFrame::default() };
    fake.tells(vec![Ok(frame.encode_to_vec())]).ends_with(Reason::ShuttingDown);
    let mut client = ActiveflowServiceClient::new(both(&fake));
    let answer = client.watch_activeflows(named(WatchActiveflowsRequest::default())).await.unwrap();
    assert_eq!(answer.metadata().get("x-request-id").unwrap(), "g1");
    let mut stream = answer.into_inner();
    let first = stream.message().await.unwrap().unwrap();
    assert!(matches!(&first, Shared::Message(it) if **it == frame), "{first:?}");
    let status = stream.message().await.unwrap_err();
    assert_eq!(told(&status), (Code::Unavailable, "SHUTTING_DOWN".into(), "g1".into()));
}

#[tokio::test]
async fn rest_is_on_the_same_router() {
    let fake = Fake::default();
    fake.fails(Error::new(Reason::CallNotFound, "no"));
    let answer = fake.send_to(both(&fake), "GET /v1.0/calls/x", &[], "").await;
    assert_eq!(answer.error(), "404 CALL_NOT_FOUND no");
    let answer = fake.send_to(both(&fake), "GET /elsewhere", &[], "").await;
    assert_eq!(answer.error(), "404 ROUTE_NOT_FOUND no route for GET /elsewhere");
    let grpc = [("content-type", "application/grpc")];
    for path in ["/ringdown.v1.NoService/Get", "/ringdown.v1.FlowService/Dance"] {
        let answer = fake.send_to(both(&fake), &format!("POST {path}"), &grpc, "").await;
        assert_eq!(answer.headers["grpc-status"], "12", "{path}");
        assert!(answer.headers.contains_key("grpc-status-details-bin"), "{path}");
    }
}
