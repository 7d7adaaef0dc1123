//! Both protocols on a database in memory, without listeners. Strangers are answered, and a key that may only read: nothing
//! that comes in changes what comes after it.

#[path = "../../tests/watch/inside.rs"]
mod inside;

use axum::Router;
use axum::body::Body;
use http::{HeaderMap, Request, Response};
use ringdown::api::App;
use ringdown::api::access_keys::{AccessKeys, New, Role};
use ringdown::api::operators::Operators;
use ringdown::auth::{Authenticator, Caller};
use ringdown::config::{Limits, Numbers};
use ringdown::grpc;
use ringdown::grpc::native_errors;
use ringdown::http::auth;
use ringdown::proto::access_key_service_server::AccessKeyServiceServer;
use ringdown::proto::action_service_server::ActionServiceServer;
use ringdown::proto::activeflow_service_server::ActiveflowServiceServer;
use ringdown::proto::call_service_server::CallServiceServer;
use ringdown::proto::customer_service_server::CustomerServiceServer;
use ringdown::proto::flow_service_server::FlowServiceServer;
use ringdown::proto::message_service_server::MessageServiceServer;
use ringdown::proto::number_service_server::NumberServiceServer;
use ringdown::proto::recording_service_server::RecordingServiceServer;
use ringdown::proto::simulator_service_server::SimulatorServiceServer;
use ringdown::proto::webhook_service_server::WebhookServiceServer;
use ringdown::rest::{self, routes};
use ringdown::seal::Sealer;
use ringdown::store::Store;
use ringdown::store::sqlite::{Config, Sqlite};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, LazyLock};
use tokio::runtime::{Builder, Runtime};
use tonic::service::Routes;
use tower::ServiceExt;

/// The secret that signs tokens.
pub const SECRET: &[u8] = b"a secret of thirty-two bytes, at least";

static SERVICE: LazyLock<Service> = LazyLock::new(|| {
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
    let parts = runtime.block_on(Parts::new());
    Service { runtime, parts }
});

struct Service {
    runtime: Runtime,
    parts: Parts,
}

struct Parts {
    authenticator: Arc<Authenticator>,
    rest: Router,
    grpc: Router,
    customer_id: String,
    reader: String,
}

/// The id of the only customer.
pub fn customer_id() -> &'static str {
    &SERVICE.parts.customer_id
}

/// Authenticates a request from this address, and says whether it may be answered.
pub fn admit(request: &mut Request<Body>, from: u32) -> bool {
    let from = IpAddr::V4(Ipv4Addr::from(from));
    SERVICE.runtime.block_on(auth::admit(&SERVICE.parts.authenticator, from, request));
    auth::admitted(request.extensions()).is_ok()
}

/// Answers a request of a stranger, which is read to its end and then refused, and the same of a reader, which is carried
/// out if its RPC only reads. `rpc` is that of gRPC.
pub fn answer(make: impl Fn() -> Option<Request<Body>>, rpc: Option<&str>) {
    let router = if rpc.is_some() { &SERVICE.parts.grpc } else { &SERVICE.parts.rest };
    let Some(strange) = make() else { return };
    SERVICE.exchange(router, strange);
    let Some(mut known) = make() else { return };
    let bearer = format!("Bearer {}", SERVICE.parts.reader).parse().expect("a header");
    known.headers_mut().insert(http::header::AUTHORIZATION, bearer);
    if admit(&mut known, 1) && auth::refusal(known.extensions(), rpc).is_none() {
        SERVICE.exchange(router, known);
    }
}

impl Service {
    fn exchange(&self, router: &Router, request: Request<Body>) {
        let answer =
            |request| async move { router.clone().oneshot(request).await.unwrap_or_else(|never| match never {}) };
        let response = self.runtime.block_on(native_errors::within(request, (), answer));
        hold(&response);
    }
}

/// Whatever came in, it was no fault of the server's.
fn hold(response: &Response<Body>) {
    let code = |headers: &HeaderMap| headers.get("grpc-status").map(|code| code.as_bytes() == b"13");
    assert_ne!(response.status(), 500, "{response:?}");
    assert_ne!(code(response.headers()), Some(true), "{response:?}");
}

impl Parts {
    async fn new() -> Parts {
        let location = "sqlite::memory:".parse().expect("a location");
        let store: Arc<dyn Store> = Arc::new(Sqlite::open(Config::new(location)).await.expect("a database"));
        let sealer = Arc::new(Sealer::in_memory());
        let authenticator = Authenticator::open(store.clone(), &sealer, Some(SECRET)).await.expect("an authenticator");
        let authenticator = Arc::new(authenticator);
        let keys = Arc::new(AccessKeys::new(store.clone(), authenticator.clone(), sealer));
        let customer_id = authenticator.create_customer("a customer").await.expect("a customer").customer_id;
        let new = New { name: "reader".to_owned(), role: Some(Role::Read), ..New::default() };
        let reader = keys.create(Caller::full(customer_id), new, None).await.expect("a key").key;
        let (ports, _phones) = inside::ports(store, 10).await;
        let app = App::start(ports, Limits::default()).await.expect("an app");
        let (rest, grpc) = routers(&app, keys, &authenticator);
        Parts { rest, grpc, customer_id: customer_id.to_string(), reader, authenticator }
    }
}

/// The routers of REST and of gRPC.
fn routers(app: &Arc<App>, keys: Arc<AccessKeys>, authenticator: &Arc<Authenticator>) -> (Router, Router) {
    let (sessions, numbers) = (|| authenticator.sessions(), Numbers::SelfService);
    let operators = Operators::new(app.clone(), keys.clone(), authenticator.clone());
    let flows = Arc::new(grpc::Flows(app.clone()));
    let calls = Arc::new(grpc::Calls(app.clone(), sessions()));
    let activeflows = Arc::new(grpc::Activeflows(app.clone(), sessions()));
    let actions = Arc::new(grpc::Actions(app.clone()));
    let recordings = Arc::new(grpc::Recordings(app.clone()));
    let simulator = Arc::new(grpc::Simulator(app.clone()));
    let access_keys = Arc::new(grpc::AccessKeys::new(keys));
    let messages = Arc::new(grpc::Messages(app.clone()));
    let numbers = Arc::new(grpc::Numbers(app.clone(), numbers));
    let customers = Arc::new(grpc::Customers(app.clone(), operators));
    let webhooks = Arc::new(grpc::Webhooks(app.clone()));
    let rest = rest::router([
        routes::flow_service(&flows),
        routes::call_service(&calls),
        routes::activeflow_service(&activeflows),
        routes::action_service(&actions),
        routes::recording_service(&recordings),
        routes::simulator_service(&simulator),
        routes::access_key_service(&access_keys),
        routes::message_service(&messages),
        routes::number_service(&numbers),
        routes::customer_service(&customers),
        routes::webhook_service(&webhooks),
    ]);
    let mut grpc = Routes::builder();
    grpc.add_service(FlowServiceServer::from_arc(flows))
        .add_service(CallServiceServer::from_arc(calls))
        .add_service(ActiveflowServiceServer::from_arc(activeflows))
        .add_service(ActionServiceServer::from_arc(actions))
        .add_service(RecordingServiceServer::from_arc(recordings))
        .add_service(SimulatorServiceServer::from_arc(simulator))
        .add_service(AccessKeyServiceServer::from_arc(access_keys))
        .add_service(MessageServiceServer::from_arc(messages))
        .add_service(NumberServiceServer::from_arc(numbers))
        .add_service(CustomerServiceServer::from_arc(customers))
        .add_service(WebhookServiceServer::from_arc(webhooks));
    (rest, grpc.routes().into_axum_router())
}
