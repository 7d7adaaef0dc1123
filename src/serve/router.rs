//! Both faces on one router, and what every request goes through.

use super::{House, gate, inbound, measure, panics, probes};
use crate::config::Config;
use crate::error::Error;
use crate::grpc::{self, MAX_MESSAGE_BYTES, auth, cors, deadline, request_id};
use crate::proto;
use crate::proto::access_key_service_server::AccessKeyServiceServer;
use crate::proto::action_service_server::ActionServiceServer;
use crate::proto::activeflow_service_server::ActiveflowServiceServer;
use crate::proto::call_service_server::CallServiceServer;
use crate::proto::customer_service_server::CustomerServiceServer;
use crate::proto::flow_service_server::FlowServiceServer;
use crate::proto::message_service_server::MessageServiceServer;
use crate::proto::number_service_server::NumberServiceServer;
use crate::proto::recording_service_server::RecordingServiceServer;
use crate::proto::simulator_service_server::SimulatorServiceServer;
use crate::proto::webhook_service_server::WebhookServiceServer;
use crate::rest::{self, routes};
use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use prost_reflect::DescriptorPool;
use std::sync::Arc;
use tonic::service::{Routes, RoutesBuilder};
use tonic_health::ServingStatus;
use tonic_health::server::HealthReporter;
use tonic_reflection::server::Builder as Reflection;
use tonic_web::GrpcWebLayer;

/// The router of a server, and what tells the health of its services.
///
/// The outermost layer comes last: a request gets its id, then browsers get their answer, then it is asked who it is from.
pub async fn router(config: &Config, house: &House) -> Result<(Router, HealthReporter), Error> {
    let services = Services {
        flows: Arc::new(grpc::Flows(house.app.clone())),
        calls: Arc::new(grpc::Calls(house.app.clone())),
        activeflows: Arc::new(grpc::Activeflows(house.app.clone())),
        actions: Arc::new(grpc::Actions(house.app.clone())),
        recordings: Arc::new(grpc::Recordings(house.app.clone())),
        simulator: Arc::new(grpc::Simulator(house.app.clone())),
        access_keys: Arc::new(grpc::AccessKeys::new(house.keys.clone())),
        messages: Arc::new(grpc::Messages(house.app.clone())),
        numbers: Arc::new(grpc::Numbers(house.app.clone())),
        customers: Arc::new(grpc::Customers(house.app.customers.clone())),
        webhooks: Arc::new(grpc::Webhooks(house.app.clone())),
    };
    let (grpc, health) = grpc_routes(config, &services).await?;
    let metrics = house.metrics.clone();
    // Within gRPC-Web, which puts every answer into its own frame.
    let grpc = grpc
        .route_layer(from_fn(gate::grpc))
        .layer(from_fn(deadline::layer))
        .layer(from_fn_with_state(metrics.clone(), measure::grpc))
        .layer(GrpcWebLayer::new());
    let rest = services
        .rest()
        .route_layer(from_fn(gate::rest))
        // Whoever speaks to it has no key and proves itself otherwise.
        .merge(inbound::router(house))
        .layer(from_fn(gate::rest_deadline))
        .layer(from_fn_with_state(metrics.clone(), measure::rest));
    let mut router = grpc.merge(rest).merge(probes::router(house));
    if config.metrics_listen.is_none() {
        router = router.merge(probes::metrics_for_this_machine(metrics));
    }
    let router = router
        .layer(from_fn(panics::layer))
        .layer(from_fn_with_state(house.doors.clone(), auth::layer))
        .layer(cors::layer(&config.cors_origins))
        .layer(from_fn(request_id::layer));
    Ok((router, health))
}

/// The services, each served by both faces.
struct Services {
    flows: Arc<grpc::Flows>,
    calls: Arc<grpc::Calls>,
    activeflows: Arc<grpc::Activeflows>,
    actions: Arc<grpc::Actions>,
    recordings: Arc<grpc::Recordings>,
    simulator: Arc<grpc::Simulator>,
    access_keys: Arc<grpc::AccessKeys>,
    messages: Arc<grpc::Messages>,
    numbers: Arc<grpc::Numbers>,
    customers: Arc<grpc::Customers>,
    webhooks: Arc<grpc::Webhooks>,
}

impl Services {
    fn rest(&self) -> Router {
        rest::router([
            routes::flow_service(&self.flows),
            routes::call_service(&self.calls),
            routes::activeflow_service(&self.activeflows),
            routes::action_service(&self.actions),
            routes::recording_service(&self.recordings),
            routes::simulator_service(&self.simulator),
            routes::access_key_service(&self.access_keys),
            routes::message_service(&self.messages),
            routes::number_service(&self.numbers),
            routes::customer_service(&self.customers),
            routes::webhook_service(&self.webhooks),
        ])
    }
}

async fn grpc_routes(config: &Config, services: &Services) -> Result<(Router, HealthReporter), Error> {
    let mut routes = Routes::builder();
    macro_rules! add {
        ($($server:ident: $service:ident),*) => {$(
            let server = $server::from_arc(services.$service.clone());
            routes.add_service(server.max_decoding_message_size(MAX_MESSAGE_BYTES));
        )*};
    }
    add!(
        FlowServiceServer: flows, CallServiceServer: calls, ActiveflowServiceServer: activeflows,
        ActionServiceServer: actions, SimulatorServiceServer: simulator, AccessKeyServiceServer: access_keys,
        MessageServiceServer: messages, NumberServiceServer: numbers, CustomerServiceServer: customers,
        WebhookServiceServer: webhooks, RecordingServiceServer: recordings
    );
    let (health, server) = tonic_health::server::health_reporter();
    routes.add_service(server);
    for name in names() {
        health.set_service_status(name, ServingStatus::Serving).await;
    }
    if !config.no_reflection {
        reflect(&mut routes)?;
    }
    // Its own fallback would answer for every path that no service has, REST's too.
    Ok((routes.routes().into_axum_router().reset_fallback(), health))
}

/// Both versions: tools of either age find the contract.
fn reflect(routes: &mut RoutesBuilder) -> Result<(), Error> {
    let builder = || {
        Reflection::configure()
            .register_encoded_file_descriptor_set(proto::DESCRIPTOR)
            // What errors carry: a tool that knows it shows their reason and fields.
            .register_encoded_file_descriptor_set(tonic_types::pb::FILE_DESCRIPTOR_SET)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
    };
    routes.add_service(builder().build_v1().map_err(Error::internal)?);
    routes.add_service(builder().build_v1alpha().map_err(Error::internal)?);
    Ok(())
}

/// Tells load balancers to go elsewhere.
pub async fn not_serving(health: &HealthReporter) {
    for name in names() {
        health.set_service_status(name, ServingStatus::NotServing).await;
    }
}

/// The services of the contract, and "", which is the server as a whole.
fn names() -> Vec<String> {
    let pool = DescriptorPool::decode(proto::DESCRIPTOR).expect("the contract was encoded by the build script");
    pool.services().map(|service| service.full_name().to_owned()).chain([String::new()]).collect()
}
