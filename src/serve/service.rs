//! The path of every request: it gets its client's address and its id, then CORS is handled, then it is authenticated, and
//! then its protocol answers it.
//!
//! These are plain function calls rather than router layers: each layer adds allocations and copies to every request,
//! and together they would cost more than most responses.

use super::bodies::{Account, Bodies, BodyAccount, LimitedBody};
use super::large::{Large, Received};
use super::open_streams::OpenStreams;
use super::stream::Activity;
use super::{Components, panics};
use crate::api::App;
use crate::auth::Authenticator;
use crate::config::Config;
use crate::error::Error;
use crate::grpc::native_errors;
use crate::http::client_address::{ClientAddress, TrustedProxies};
use crate::http::{auth, cors, deadline, metrics};
use crate::rest::Envelope;
use crate::telemetry::Metrics;
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use futures::future::BoxFuture;
use http_body::Body as _;
use hyper::body::Incoming;
use std::collections::HashSet;
use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::task::{Context, Poll};
use tonic::Status;
use tonic_web::{GrpcWebLayer, GrpcWebService};
use tower::{Layer, Service};
use tower_http::cors::Cors;
use uuid::Uuid;

type Answer = BoxFuture<'static, Result<Response, Infallible>>;

/// The service of one connection.
#[derive(Clone)]
pub struct ConnectionService {
    within: Cors<ProtocolSwitch>,
    peer: IpAddr,
    activity: Arc<Activity>,
    shared: Arc<Shared>,
}

/// Creates the service of each connection.
#[derive(Clone)]
pub struct ServiceFactory {
    within: Cors<ProtocolSwitch>,
    shared: Arc<Shared>,
}

/// What all connections need to receive a request.
struct Shared {
    proxies: TrustedProxies,
    bodies: Arc<Bodies>,
}

/// Authenticates requests and passes them to their protocol.
#[derive(Clone)]
struct ProtocolSwitch(Arc<Protocols>);

struct Protocols {
    app: Arc<App>,
    authenticator: Arc<Authenticator>,
    metrics: Arc<Metrics>,
    open_streams: OpenStreams,
    grpc: GrpcWebService<Rpcs>,
    /// The names of the gRPC services: every other path belongs to REST.
    services: HashSet<&'static str>,
    rest: Router,
    large: Large,
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
        config: &Config,
        (grpc, services): (Router, HashSet<&'static str>),
        rest: Router,
    ) -> Result<ServiceFactory, Error> {
        let metrics = components.metrics.clone();
        let grpc = GrpcWebLayer::new().layer(Rpcs { router: grpc, metrics: metrics.clone() });
        let shared = Arc::new(Shared {
            proxies: TrustedProxies::new(&config.connections.trusted_proxies),
            bodies: Bodies::new(config.connections.bounds, metrics.clone()),
        });
        let (authenticator, app) = (components.authenticator.clone(), components.app.clone());
        let (open_streams, large) = (OpenStreams::new(), Large::start()?);
        let protocols = Protocols { app, authenticator, metrics, open_streams, grpc, services, rest, large };
        let within = cors::layer(&config.cors_origins).layer(ProtocolSwitch(Arc::new(protocols)));
        Ok(ServiceFactory { within, shared })
    }

    pub fn of(&self, peer: IpAddr, activity: Arc<Activity>) -> ConnectionService {
        ConnectionService { within: self.within.clone(), peer, activity, shared: self.shared.clone() }
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
        let client = ClientAddress::of(self.peer, request.headers(), &self.shared.proxies);
        let (mut request, account) = self.shared.with_account(request, client);
        request.extensions_mut().insert(client);
        let (mut within, open) = (self.within.clone(), self.activity.request());
        Box::pin(async move {
            // The bytes of the body are held until the request is answered.
            let _account = account;
            let answer = native_errors::within(request, open, |request| async move {
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

impl ConnectionService {
    pub fn peer(&self) -> IpAddr {
        self.peer
    }

    pub fn activity(&self) -> Arc<Activity> {
        self.activity.clone()
    }
}

impl Shared {
    /// Limits the body of a request, if it has one.
    fn with_account(&self, request: Request<Incoming>, client: ClientAddress) -> (Request, Option<Arc<Account>>) {
        if request.body().is_end_stream() {
            return (request.map(Body::new), None);
        }
        let account = self.bodies.account(client.network());
        let mut request = request.map(|body| Body::new(LimitedBody::new(body, account.clone())));
        request.extensions_mut().insert(BodyAccount(account.clone()));
        (request, Some(account))
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
    async fn answer(self: Arc<Self>, mut request: Request) -> Response {
        // Every request of a connection has the address of its client.
        let client =
            request.extensions().get::<ClientAddress>().map_or(Ipv4Addr::UNSPECIFIED.into(), |it| it.network());
        auth::admit(&self.authenticator, client, &mut request).await;
        if let Some(customer_id) = auth::customer(request.extensions())
            && let Err(error) = self.app.admit_request(customer_id).await
        {
            auth::refuse(&mut request, error);
        }
        let extensions = request.extensions();
        if let (Some(BodyAccount(account)), Some(customer)) = (extensions.get(), auth::customer(extensions)) {
            account.authenticated(customer);
        }
        let place = match OpenStreams::concern(request.uri().path()).then(|| self.open_streams.place(client)) {
            Some(Err(error)) => return Status::from(error).into_http(),
            place => place.and_then(Result::ok),
        };
        let response = self.clone().spread(request).await;
        match place {
            Some(place) => place.until_end_of(response),
            None => response,
        }
    }

    /// Answers a request on this core, or elsewhere if it is large.
    async fn spread(self: Arc<Self>, request: Request) -> Response {
        match self.large.candidate(&request) {
            None => panics::caught(is_grpc(&request), self.shown(request)).await,
            // In a box: what this path holds would make the future of every request several times as large.
            Some(customer_id) => Box::pin(self.weighed(request, customer_id)).await,
        }
    }

    /// Answers a request of a customer that may be large.
    async fn weighed(self: Arc<Self>, request: Request, customer_id: Uuid) -> Response {
        let grpc = is_grpc(&request);
        let request = match self.large.receive(request).await {
            Received::Small(request) => return panics::caught(grpc, self.shown(request)).await,
            Received::Large(request) => request,
        };
        let protocols = self.clone();
        let answer = async move { panics::caught(grpc, protocols.shown(request)).await };
        let answered = self.large.answer(customer_id, answer).await;
        answered.unwrap_or_else(|error| match grpc {
            true => Status::from(error).into_http(),
            false => Envelope::of(error.into()).into_response(),
        })
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
            Ok(metrics::grpc(&rpcs.metrics.clone(), rpc, rpcs.answer(rpc, request)).await)
        })
    }
}

impl Rpcs {
    async fn answer(&mut self, rpc: Option<&str>, request: http::Request<tonic::body::Body>) -> Response {
        // A request that is not permitted is refused before its body is read.
        if let Some(error) = auth::refusal(request.extensions(), rpc) {
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
