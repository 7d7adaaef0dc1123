//! REST: routes generated from `google.api.http` in the contract. Each calls the gRPC service in this process, so there is
//! no second handler and no second validation.

mod answer;
mod download;
mod envelope;
pub mod openapi;
mod pages;
mod request;
mod route;
mod routes;
mod sse;
mod strict;

pub use envelope::Envelope;
pub use route::Called;

use crate::error::{Error, Reason};
use crate::grpc::status;
use crate::proto::access_key_service_server::AccessKeyService;
use crate::proto::action_service_server::ActionService;
use crate::proto::activeflow_service_server::ActiveflowService;
use crate::proto::call_service_server::CallService;
use crate::proto::customer_service_server::CustomerService;
use crate::proto::flow_service_server::FlowService;
use crate::proto::message_service_server::MessageService;
use crate::proto::number_service_server::NumberService;
use crate::proto::recording_service_server::RecordingService;
use crate::proto::simulator_service_server::SimulatorService;
use crate::proto::webhook_service_server::WebhookService;
use axum::Router;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// The services that the routes call: the very ones that gRPC serves.
pub struct Services<
    Flows,
    Calls,
    Activeflows,
    Actions,
    Recordings,
    Simulator,
    AccessKeys,
    Messages,
    Numbers,
    Customers,
    Webhooks,
> {
    pub flows: Arc<Flows>,
    pub calls: Arc<Calls>,
    pub activeflows: Arc<Activeflows>,
    pub actions: Arc<Actions>,
    pub recordings: Arc<Recordings>,
    pub simulator: Arc<Simulator>,
    pub access_keys: Arc<AccessKeys>,
    pub messages: Arc<Messages>,
    pub numbers: Arc<Numbers>,
    pub customers: Arc<Customers>,
    pub webhooks: Arc<Webhooks>,
}

/// All of REST: the routes of the contract, the OpenAPI document and the pages.
///
/// Its fallback answers for gRPC too, so that it can be merged with the gRPC routes once they have none of their own.
pub fn router<F, C, A, T, R, S, K, M, N, U, W>(services: Services<F, C, A, T, R, S, K, M, N, U, W>) -> Router
where
    F: FlowService,
    C: CallService,
    A: ActiveflowService,
    T: ActionService,
    R: RecordingService,
    S: SimulatorService,
    K: AccessKeyService,
    M: MessageService,
    N: NumberService,
    U: CustomerService,
    W: WebhookService,
{
    Router::new()
        .merge(routes::flow_service(&services.flows))
        .merge(routes::call_service(&services.calls))
        .merge(routes::activeflow_service(&services.activeflows))
        .merge(routes::action_service(&services.actions))
        .merge(routes::recording_service(&services.recordings))
        .merge(routes::simulator_service(&services.simulator))
        .merge(routes::access_key_service(&services.access_keys))
        .merge(routes::message_service(&services.messages))
        .merge(routes::number_service(&services.numbers))
        .merge(routes::customer_service(&services.customers))
        .merge(routes::webhook_service(&services.webhooks))
        .merge(pages::router())
        .fallback(no_such_route)
        .method_not_allowed_fallback(no_such_method)
}

/// The answer to a path that is neither REST's nor gRPC's, as the caller's protocol tells it.
pub async fn no_such_route(request: Request) -> Response {
    let path = request.uri().path();
    let content_type = request.headers().get(http::header::CONTENT_TYPE);
    if content_type.is_some_and(|value| value.as_bytes().starts_with(b"application/grpc")) {
        return status::no_such_rpc(path).into_http();
    }
    let error = Error::new(Reason::RouteNotFound, format!("there is no {} {path}", request.method()));
    envelope::Envelope::of(error.into()).into_response()
}

async fn no_such_method(request: Request) -> Response {
    let message = format!("{} has no {}", request.uri().path(), request.method());
    let mut response = envelope::Envelope::of(Error::new(Reason::RouteNotFound, message).into()).into_response();
    *response.status_mut() = http::StatusCode::METHOD_NOT_ALLOWED;
    response
}
