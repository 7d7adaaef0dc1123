//! The routers of both protocols, on the same services.

use super::service::ServiceFactory;
use super::{Components, inbound, probes};
use crate::api::operators::Operators;
use crate::config::Config;
use crate::error::Error;
use crate::grpc::{self, MAX_MESSAGE_BYTES};
use crate::proto;
use crate::proto::access_key_service_server::AccessKeyServiceServer;
use crate::proto::action_service_server::ActionServiceServer;
use crate::proto::activeflow_service_server::ActiveflowServiceServer;
use crate::proto::call_service_server::CallServiceServer;
use crate::proto::codec::CONTRACT;
use crate::proto::customer_service_server::CustomerServiceServer;
use crate::proto::flow_service_server::FlowServiceServer;
use crate::proto::message_service_server::MessageServiceServer;
use crate::proto::number_service_server::NumberServiceServer;
use crate::proto::provider_service_server::ProviderServiceServer;
use crate::proto::recording_service_server::RecordingServiceServer;
use crate::proto::route_service_server::RouteServiceServer;
use crate::proto::simulator_service_server::SimulatorServiceServer;
use crate::proto::webhook_service_server::WebhookServiceServer;
use crate::rest::{self, routes};
use axum::Router;
use axum::response::IntoResponse;
use std::collections::HashSet;
use std::convert::Infallible;
use std::sync::Arc;
use tonic::server::NamedService;
use tonic::service::RoutesBuilder;
use tonic_health::ServingStatus;
use tonic_health::server::HealthReporter;
use tonic_reflection::server::Builder as Reflection;
use tower::Service;

/// Builds the service factory of a server, and the reporter of its services' health.
pub async fn factory(config: &Config, components: &Components) -> Result<(ServiceFactory, HealthReporter), Error> {
    let sessions = || components.authenticator.sessions();
    let (app, keys) = (components.app.clone(), components.keys.clone());
    let operators = Operators::new(app, keys, components.authenticator.clone());
    let services = Services {
        flows: Arc::new(grpc::Flows(components.app.clone())),
        calls: Arc::new(grpc::Calls(components.app.clone(), sessions())),
        activeflows: Arc::new(grpc::Activeflows(components.app.clone(), sessions())),
        actions: Arc::new(grpc::Actions(components.app.clone())),
        recordings: Arc::new(grpc::Recordings(components.app.clone())),
        simulator: Arc::new(grpc::Simulator(components.app.clone())),
        access_keys: Arc::new(grpc::AccessKeys::new(components.keys.clone())),
        messages: Arc::new(grpc::Messages(components.app.clone())),
        numbers: Arc::new(grpc::Numbers(components.app.clone(), config.operators.numbers)),
        providers: Arc::new(grpc::Providers(components.app.clone())),
        routes: Arc::new(grpc::Routes(components.app.clone())),
        customers: Arc::new(grpc::Customers(components.app.clone(), operators)),
        webhooks: Arc::new(grpc::Webhooks(components.app.clone())),
    };
    let (rpcs, health) = rpcs(config, &services).await?;
    let mut rest = services.rest().merge(inbound::router(components)).merge(probes::router(components));
    if config.metrics_listen.is_none() {
        rest = rest.merge(probes::metrics_for_this_machine(components.metrics.clone()));
    }
    let grpc = (rpcs.router(), rpcs.names);
    Ok((ServiceFactory::new(components, config, grpc, rest)?, health))
}

/// The services, each offered by both protocols.
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
    providers: Arc<grpc::Providers>,
    routes: Arc<grpc::Routes>,
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
            routes::provider_service(&self.providers),
            routes::route_service(&self.routes),
            routes::customer_service(&self.customers),
            routes::webhook_service(&self.webhooks),
        ])
    }
}

/// The gRPC services and their names.
#[derive(Default)]
struct Rpcs {
    routes: RoutesBuilder,
    names: HashSet<&'static str>,
}

impl Rpcs {
    fn add<S>(&mut self, service: S)
    where
        S: Service<http::Request<tonic::body::Body>, Error = Infallible> + NamedService + Clone + Send + Sync + 'static,
        S::Response: IntoResponse,
        S::Future: Send + 'static,
    {
        self.names.insert(S::NAME);
        self.routes.add_service(service);
    }

    fn router(&self) -> Router {
        self.routes.clone().routes().into_axum_router()
    }
}

async fn rpcs(config: &Config, services: &Services) -> Result<(Rpcs, HealthReporter), Error> {
    let mut rpcs = Rpcs::default();
    macro_rules! add {
        ($($server:ident: $service:ident),*) => {$(
            let server = $server::from_arc(services.$service.clone());
            rpcs.add(server.max_decoding_message_size(MAX_MESSAGE_BYTES));
        )*};
    }
    add!(
        FlowServiceServer: flows, CallServiceServer: calls, ActiveflowServiceServer: activeflows,
        ActionServiceServer: actions, SimulatorServiceServer: simulator, AccessKeyServiceServer: access_keys,
        MessageServiceServer: messages, NumberServiceServer: numbers, CustomerServiceServer: customers,
        ProviderServiceServer: providers, RouteServiceServer: routes, WebhookServiceServer: webhooks, RecordingServiceServer: recordings
    );
    let (health, server) = tonic_health::server::health_reporter();
    rpcs.add(server);
    for name in names() {
        health.set_service_status(name, ServingStatus::Serving).await;
    }
    if !config.no_reflection {
        reflect(&mut rpcs)?;
    }
    Ok((rpcs, health))
}

/// Adds both versions of reflection, so that older and newer tools find the contract.
fn reflect(rpcs: &mut Rpcs) -> Result<(), Error> {
    let builder = || {
        Reflection::configure()
            .register_encoded_file_descriptor_set(proto::DESCRIPTOR)
            // The error details: a tool that knows them shows the reason and the fields of an error.
            .register_encoded_file_descriptor_set(tonic_types::pb::FILE_DESCRIPTOR_SET)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
    };
    rpcs.add(builder().build_v1().map_err(Error::internal)?);
    rpcs.add(builder().build_v1alpha().map_err(Error::internal)?);
    Ok(())
}

/// Reports NOT_SERVING, so that load balancers send requests elsewhere.
pub async fn not_serving(health: &HealthReporter) {
    for name in names() {
        health.set_service_status(name, ServingStatus::NotServing).await;
    }
}

/// Returns the services of the contract, and "" for the server as a whole.
fn names() -> Vec<String> {
    CONTRACT.services().map(|service| service.full_name().to_owned()).chain([String::new()]).collect()
}
