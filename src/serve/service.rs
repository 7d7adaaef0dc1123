//! What every request goes through, on its way to the face that answers it: it gets its id, then browsers get their answer,
//! then it is asked who it is from.
//!
//! One function after the other, and not a layer of a router each: a layer costs every request boxes and copies of its own,
//! and together they cost more than most answers.

use super::{Components, panics};
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

/// What a connection is served by.
#[derive(Clone)]
pub struct ConnectionService {
    within: Cors<ProtocolSwitch>,
    peer: SocketAddr,
}

/// Serves connections.
#[derive(Clone)]
pub struct ServiceFactory(Cors<ProtocolSwitch>);

/// Lets requests in and shows them to their face.
#[derive(Clone)]
struct ProtocolSwitch(Arc<Protocols>);

struct Protocols {
    authenticator: Arc<Authenticator>,
    metrics: Arc<Metrics>,
    grpc: GrpcWebService<Rpcs>,
    /// The services that gRPC has: every other path is REST's.
    services: HashSet<&'static str>,
    rest: Router,
}

/// gRPC, within gRPC-Web, which puts every answer into its own frame.
#[derive(Clone)]
struct Rpcs {
    router: Router,
    metrics: Arc<Metrics>,
}

impl ServiceFactory {
    /// `grpc` is the router of its services, and their names.
    pub fn new(
        components: &Components,
        cors_origins: &[String],
        (grpc, services): (Router, HashSet<&'static str>),
        rest: Router,
    ) -> ServiceFactory {
        let metrics = components.metrics.clone();
        let grpc = GrpcWebLayer::new().layer(Rpcs { router: grpc, metrics: metrics.clone() });
        let protocols = Protocols { authenticator: components.authenticator.clone(), metrics, grpc, services, rest };
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
                let Ok(response) = within.call(request).await;
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
        // A request that was not authenticated is turned away before it is read.
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
