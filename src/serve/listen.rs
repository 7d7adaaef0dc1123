//! Listeners: HTTP/1.1 and HTTP/2 on one port, with or without TLS.

use super::connections::Connections;
use super::control_frames::{CountedFrames, Event};
use super::cores::{self, Dealt, Peer};
use super::metrics_listener::{MetricsListener, MetricsService, Scraper};
use super::service::{ConnectionService, ServiceFactory};
use super::tls::Tls;
use super::{Failure, probes};
use crate::config::{Config, ConnectionBounds};
use crate::telemetry::{Metrics, Throttle};
use axum_server::accept::{Accept, DefaultAcceptor};
use axum_server::tls_rustls::RustlsAcceptor;
use axum_server::{Address, Handle, Server};
use futures::future::BoxFuture;
use hyper_util::rt::TokioTimer;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::{AbortHandle, JoinSet};

/// The maximum size of a request head. `http::auth` has a lower limit and refuses larger heads in the error envelope; a
/// URL may be long, because a watch may name a thousand ids.
const MAX_HEAD_BYTES: u32 = 128 << 10;

/// The maximum number of concurrent requests on one HTTP/2 connection: a client with many watches has them all on one.
const MAX_STREAMS: u32 = 1_024;

/// The bytes of bodies that an HTTP/2 client may send before the server has read them, per request and connection.
const STREAM_WINDOW: u32 = 256 << 10;
const CONNECTION_WINDOW: u32 = 512 << 10;

/// The requests of an HTTP/2 client that it may cancel before the server has looked at them, and those that the server may
/// reset because of errors, until the connection is closed (CVE-2023-44487).
const MAX_CANCELLED: usize = 20;
const MAX_RESET: usize = 256;

/// The time limit for the last responses after the streams have ended.
const LAST_ANSWERS: Duration = Duration::from_secs(5);

static FLOOD: Throttle = Throttle::new();

pub fn metrics_listener(config: &Config) -> Result<Option<TcpListener>, Failure> {
    let bind = |address| TcpListener::bind(address).map_err(|source| Failure::Listen { address, source });
    config.metrics_listen.map(bind).transpose()
}

/// The running listeners.
pub struct Servers {
    address: SocketAddr,
    /// Controls the cores.
    handle: Handle<Peer>,
    metrics: Handle<Scraper>,
    /// Assigns connections to the cores.
    dealer: AbortHandle,
    tasks: tokio::sync::Mutex<JoinSet<io::Result<()>>>,
}

/// The listener of clients, and the one of metrics.
pub struct Listeners {
    pub clients: TcpListener,
    pub tls: Option<Tls>,
    pub limits: Arc<Connections>,
    pub metrics: Option<(TcpListener, Arc<Connections>)>,
}

pub fn start(listeners: Listeners, factory: ServiceFactory, metrics: Arc<Metrics>) -> io::Result<Servers> {
    let Listeners { clients: listener, tls, limits, metrics: metrics_listener } = listeners;
    let (address, handle, mut tasks) = (listener.local_addr()?, Handle::new(), JoinSet::new());
    listener.set_nonblocking(true)?;
    let (of_cores, of_clients) = (handle.clone(), limits.clone());
    let serve = move |dealt| serve(dealt, tls.clone(), of_clients.clone(), of_cores.clone(), factory.clone());
    let (dealing, cores) = cores::start(tokio::net::TcpListener::from_std(listener)?, address, limits, serve)?;
    let dealer = tasks.spawn(dealing);
    for serving in cores {
        tasks.spawn(async { serving.await.unwrap_or_else(|_| Err(io::Error::other("a core panicked"))) });
    }
    let of_metrics = Handle::new();
    if let Some((listener, limits)) = metrics_listener {
        listener.set_nonblocking(true)?;
        let bounds = limits.bounds;
        let listener = MetricsListener::new(tokio::net::TcpListener::from_std(listener)?, limits);
        let server = configured(Server::from_listener(listener), &bounds, &of_metrics);
        tasks.spawn(server.serve(MetricsService::new(probes::metrics_for_anyone(metrics))));
    }
    Ok(Servers { address, handle, metrics: of_metrics, dealer, tasks: tasks.into() })
}

/// Serves the connections of one core.
async fn serve(
    dealt: Dealt,
    tls: Option<Tls>,
    limits: Arc<Connections>,
    handle: Handle<Peer>,
    factory: ServiceFactory,
) -> io::Result<()> {
    let server = configured(Server::from_listener(dealt), &limits.bounds, &handle);
    match tls {
        Some(tls) => {
            let within = RustlsAcceptor::new(tls.config()).handshake_timeout(limits.bounds.header);
            server.acceptor(CountingAcceptor { within, limits }).serve(factory).await
        }
        None => server.acceptor(CountingAcceptor { within: DefaultAcceptor, limits }).serve(factory).await,
    }
}

fn configured<A: Address>(server: Server<A>, bounds: &ConnectionBounds, handle: &Handle<A>) -> Server<A> {
    let mut server = server.handle(handle.clone());
    let http = server.http_builder();
    // The stream of the connection has the deadlines: here the same would count for a header and for an idle connection.
    http.http1().timer(TokioTimer::new()).header_read_timeout(None::<Duration>).max_buf_size(MAX_HEAD_BYTES as usize);
    http.http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(bounds.ping)
        .keep_alive_timeout(bounds.ping)
        .max_concurrent_streams(MAX_STREAMS)
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .max_pending_accept_reset_streams(MAX_CANCELLED)
        .max_local_error_reset_streams(MAX_RESET)
        .max_header_list_size(MAX_HEAD_BYTES);
    server
}

/// Counts the control frames of the connections that another acceptor accepts.
#[derive(Clone)]
struct CountingAcceptor<A> {
    within: A,
    limits: Arc<Connections>,
}

impl<A, I> Accept<I, ConnectionService> for CountingAcceptor<A>
where
    A: Accept<I, ConnectionService, Service = ConnectionService>,
    A::Stream: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    A::Future: Send + 'static,
{
    type Stream = CountedFrames<A::Stream, Box<dyn FnMut(Event) + Send>>;
    type Service = ConnectionService;
    type Future = BoxFuture<'static, io::Result<(Self::Stream, ConnectionService)>>;

    fn accept(&self, stream: I, service: ConnectionService) -> Self::Future {
        let (limits, activity) = (self.limits.clone(), service.activity());
        let (bounds, peer) = (limits.bounds, service.peer());
        let accepted = self.within.accept(stream, service);
        let report = move |event| match event {
            Event::Http2 => activity.is_http2(),
            Event::Flood => {
                limits.metrics.connection_closed("flood");
                if let Some(suppressed) = FLOOD.pass() {
                    tracing::warn!(%peer, suppressed, "a client sent too many HTTP/2 control frames; it was disconnected");
                }
            }
        };
        Box::pin(async move {
            let (stream, service) = accepted.await?;
            Ok((CountedFrames::new(stream, &bounds, Box::new(report) as Box<_>), service))
        })
    }
}

impl Servers {
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns when a listener fails. None should end before it is stopped.
    pub async fn failed(&self) -> io::Error {
        match self.tasks.lock().await.join_next().await {
            Some(Ok(Err(error))) => error,
            Some(Err(error)) => io::Error::other(error),
            Some(Ok(Ok(()))) | None => io::Error::other("it ended unexpectedly"),
        }
    }

    /// Stops accepting connections, and returns when the open ones have their responses.
    pub async fn stop(mut self) {
        self.dealer.abort();
        self.handle.graceful_shutdown(Some(LAST_ANSWERS));
        self.metrics.graceful_shutdown(Some(LAST_ANSWERS));
        let mut tasks = std::mem::take(self.tasks.get_mut());
        while tasks.join_next().await.is_some() {}
    }
}

impl Drop for Servers {
    /// The cores have threads of their own, which run until they are shut down.
    fn drop(&mut self) {
        self.handle.shutdown();
    }
}
