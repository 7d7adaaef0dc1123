//! The path of every request: it gets its id, then CORS is handled, then it is authenticated, and then its protocol
//! answers it.
//!
//! These are plain function calls rather than router layers: each layer adds allocations and copies to every request,
//! and together they would cost more than most responses.

use super::{Components, panics};
use crate::api::App;
use crate::auth::Authenticator;
use crate::grpc::native_errors;
use crate::http::{auth, cors, deadline, metrics};
use crate::rest::Envelope;
use crate::telemetry::Metrics;
use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use axum::response::{IntoResponse, Response};
use futures::future::BoxFuture;
use hyper::body::Incoming;
use std::collections::HashSet;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::task::{Context, Poll};
use tonic::Status;
use tonic_web::{GrpcWebLayer, GrpcWebService};
use tower::{Layer, Service};
use tower_http::cors::Cors;

type Answer = BoxFuture<'static, Result<Response, Infallible>>;

/// The service of one connection.
#[derive(Clone)]
pub struct ConnectionService {
    within: Cors<ProtocolSwitch>,
    peer: SocketAddr,
}

/// Creates the service of each connection.
#[derive(Clone)]
pub struct ServiceFactory(Cors<ProtocolSwitch>);

/// Authenticates requests and passes them to their protocol.
#[derive(Clone)]
struct ProtocolSwitch(Arc<Protocols>);

struct Protocols {
    app: Arc<App>,
    authenticator: Arc<Authenticator>,
    metrics: Arc<Metrics>,
    grpc: GrpcWebService<Rpcs>,
    /// The names of the gRPC services: every other path belongs to REST.
    services: HashSet<&'static str>,
    rest: Router,
}

/// The gRPC router, below gRPC-Web, which wraps every response in its own framing.
#[derive(Clone)]
struct Rpcs {
    router: Router,
    metrics: Arc<Metrics>,
}

impl ServiceFactory {
    /// Creates the factory. `grpc` is the router of the gRPC services, and their names.
    pub fn new(
        components: &Components,
        cors_origins: &[String],
        (grpc, services): (Router, HashSet<&'static str>),
        rest: Router,
    ) -> ServiceFactory {
        let metrics = components.metrics.clone();
        let grpc = GrpcWebLayer::new().layer(Rpcs { router: grpc, metrics: metrics.clone() });
        let protocols = Protocols {
            app: components.app.clone(),
            authenticator: components.authenticator.clone(),
            metrics,
            grpc,
            services,
            rest,
        };
        ServiceFactory(cors::layer(cors_origins).layer(ProtocolSwitch(Arc::new(protocols))))
    }

    pub fn of(&self, peer: SocketAddr) -> ConnectionService {
        ConnectionService { within: self.0.clone(), peer }
    }
}

impl Service<Request<Incoming>> for ConnectionService {
    type Response = Response;
    type Error = Infallible;
    type Future = Answer;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Incoming>) -> Answer {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(self.peer));
        let mut within = self.within.clone();
        Box::pin(async move {
            let answer = native_errors::within(request, |request| async move {
                let Ok(response) = match cors::concerns(&request) {
                    true => within.call(request).await,
                    false => within.get_mut().call(request).await,
                };
                response
            });
            Ok(answer.await)
        })
    }
}

impl Service<Request> for ProtocolSwitch {
    type Response = Response;
    type Error = Infallible;
    type Future = Answer;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Answer {
        let protocols = self.0.clone();
        Box::pin(async move { Ok(protocols.answer(request).await) })
    }
}

impl Protocols {
    async fn answer(&self, mut request: Request) -> Response {
        auth::admit(&self.authenticator, &mut request).await;
        if let Some(customer_id) = auth::customer(&request)
            && let Err(error) = self.app.admit_request(customer_id).await
        {
            auth::refuse(&mut request, error);
        }
        panics::caught(is_grpc(&request), self.shown(request)).await
    }

    async fn shown(&self, request: Request) -> Response {
        let service = request.uri().path().split('/').nth(1).unwrap_or_default();
        if self.services.contains(service) {
            let Ok(response) = self.grpc.clone().call(request).await;
            return response.map(Body::new);
        }
        let limit = deadline::given(request.headers());
        let answer = async {
            let Ok(response) = self.rest.clone().call(request).await;
            response
        };
        let kept = deadline::kept(limit, metrics::rest(&self.metrics, answer)).await;
        kept.unwrap_or_else(|error| Envelope::of(error.into()).into_response())
    }
}

impl Service<http::Request<tonic::body::Body>> for Rpcs {
    type Response = Response;
    type Error = Infallible;
    type Future = Answer;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<tonic::body::Body>) -> Answer {
        let mut rpcs = self.clone();
        Box::pin(async move {
            let rpc = metrics::rpc(request.uri().path());
            Ok(metrics::grpc(&rpcs.metrics.clone(), rpc, rpcs.answer(request)).await)
        })
    }
}

impl Rpcs {
    async fn answer(&mut self, request: http::Request<tonic::body::Body>) -> Response {
        // A request that is not authenticated is refused before its body is read.
        if let Some(error) = auth::refusal(request.extensions()) {
            return Status::from(error).into_http();
        }
        let limit = deadline::given(request.headers());
        let answer = async {
            let Ok(response) = self.router.call(request).await;
            response
        };
        deadline::kept(limit, answer).await.unwrap_or_else(|error| Status::from(error).into_http())
    }
}

fn is_grpc(request: &Request) -> bool {
    let content_type = request.headers().get(http::header::CONTENT_TYPE);
    content_type.is_some_and(|it| it.as_bytes().starts_with(b"application/grpc"))
}
