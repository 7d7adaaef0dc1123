//! The separate listener for metrics: its connections are limited like those of clients.

use super::connections::Connections;
use super::stream::{Activity, OpenRequest, Stream};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::response::Response;
use axum_server::{AddrListener, Address};
use futures::future::BoxFuture;
use http_body::{Frame, SizeHint};
use hyper::body::Incoming;
use std::convert::Infallible;
use std::future::Ready;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::net::TcpListener;
use tower::Service;

/// The other end of a connection to the listener.
#[derive(Clone)]
pub struct Scraper {
    address: SocketAddr,
    activity: Arc<Activity>,
}

/// Accepts the connections of a listener within limits.
pub struct MetricsListener {
    listener: TcpListener,
    limits: Arc<Connections>,
}

impl MetricsListener {
    pub fn new(listener: TcpListener, limits: Arc<Connections>) -> MetricsListener {
        MetricsListener { listener, limits }
    }
}

impl Address for Scraper {
    type Stream = Stream;
    type Listener = MetricsListener;
}

impl AddrListener<Stream, Scraper> for MetricsListener {
    async fn bind_to(Scraper { address, .. }: Scraper) -> io::Result<MetricsListener> {
        Err(io::Error::other(format!("{address} is bound before the server starts")))
    }

    async fn accept_stream(&self) -> io::Result<(Stream, Scraper)> {
        let (stream, address, slot) = self.limits.accept(&self.listener).await;
        let activity = Activity::new();
        Ok((Stream::new(stream, activity.clone(), slot, self.limits.clone()), Scraper { address, activity }))
    }

    fn get_local_addr(&self) -> io::Result<Scraper> {
        Ok(Scraper { address: self.listener.local_addr()?, activity: Activity::new() })
    }
}

/// Serves a router to each connection.
#[derive(Clone)]
pub struct MetricsService {
    router: Router,
    activity: Option<Arc<Activity>>,
}

impl MetricsService {
    pub fn new(router: Router) -> MetricsService {
        MetricsService { router, activity: None }
    }
}

impl Service<Scraper> for MetricsService {
    type Response = MetricsService;
    type Error = Infallible;
    type Future = Ready<Result<MetricsService, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, scraper: Scraper) -> Self::Future {
        std::future::ready(Ok(MetricsService { router: self.router.clone(), activity: Some(scraper.activity) }))
    }
}

impl Service<Request<Incoming>> for MetricsService {
    type Response = Response;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Incoming>) -> Self::Future {
        let open = self.activity.as_ref().map(Activity::request);
        let answer = Service::<Request>::call(&mut self.router, request.map(Body::new));
        Box::pin(async move { Ok(answer.await?.map(|body| Body::new(Open { body, _open: open }))) })
    }
}

/// The body of a response whose request is open until it ends.
struct Open {
    body: Body,
    _open: Option<OpenRequest>,
}

impl http_body::Body for Open {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
