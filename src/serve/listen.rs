//! Listeners: HTTP/1.1 and HTTP/2 on one port, with or without TLS.

use super::cores::{self, Dealt, Peer};
use super::service::ServiceFactory;
use super::{Failure, probes};
use crate::config::Config;
use crate::telemetry::Metrics;
use axum_server::accept::NoDelayAcceptor;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use axum_server::{Address, Handle, Server};
use hyper_util::rt::TokioTimer;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::{AbortHandle, JoinSet};

/// The maximum size of a request head. `http::auth` has a lower limit and refuses larger heads in the error envelope; a
/// URL may be long, because a watch may name a thousand ids.
const MAX_HEAD_BYTES: u32 = 128 << 10;

/// The time limit for a client to send the head of a request.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);

/// A connection that is silent for this long receives a ping, and is closed if it does not answer within the same time.
const KEEP_ALIVE: Duration = Duration::from_secs(20);

/// The maximum number of concurrent requests on one HTTP/2 connection: a client with many watches has them all on one.
const MAX_STREAMS: u32 = 1_024;

/// The time limit for the last responses after the streams have ended.
const LAST_ANSWERS: Duration = Duration::from_secs(5);

/// The certificate and its key.
#[derive(Clone)]
pub struct Tls(RustlsConfig);

pub async fn tls(config: &Config) -> Result<Option<Tls>, Failure> {
    let (Some(cert), Some(key)) = (&config.tls_cert, &config.tls_key) else { return Ok(None) };
    // Fails if a provider was installed before, which is fine too.
    let _ = rustls::crypto::ring::default_provider().install_default();
    match RustlsConfig::from_pem_file(cert, key).await {
        Ok(tls) => Ok(Some(Tls(tls))),
        Err(source) => Err(Failure::Tls { cert: cert.clone(), key: key.clone(), source }),
    }
}

pub fn metrics_listener(config: &Config) -> Result<Option<TcpListener>, Failure> {
    let bind = |address| TcpListener::bind(address).map_err(|source| Failure::Listen { address, source });
    config.metrics_listen.map(bind).transpose()
}

/// The running listeners.
pub struct Servers {
    address: SocketAddr,
    /// Controls the cores.
    handle: Handle<Peer>,
    metrics: Handle<SocketAddr>,
    /// Assigns connections to the cores.
    dealer: AbortHandle,
    tasks: tokio::sync::Mutex<JoinSet<io::Result<()>>>,
}

pub fn start(
    listener: TcpListener,
    tls: Option<Tls>,
    factory: ServiceFactory,
    metrics_listener: Option<TcpListener>,
    metrics: Arc<Metrics>,
) -> io::Result<Servers> {
    let (address, handle, mut tasks) = (listener.local_addr()?, Handle::new(), JoinSet::new());
    listener.set_nonblocking(true)?;
    let of_cores = handle.clone();
    let serve = move |dealt| serve(dealt, tls.clone(), of_cores.clone(), factory.clone());
    let (dealing, cores) = cores::start(tokio::net::TcpListener::from_std(listener)?, address, serve)?;
    let dealer = tasks.spawn(dealing);
    for serving in cores {
        tasks.spawn(async { serving.await.unwrap_or_else(|_| Err(io::Error::other("a core panicked"))) });
    }
    let of_metrics = Handle::new();
    if let Some(listener) = metrics_listener {
        listener.set_nonblocking(true)?;
        let server = configured(axum_server::from_tcp(listener)?, &of_metrics);
        tasks.spawn(server.serve(probes::metrics_for_anyone(metrics).into_make_service()));
    }
    Ok(Servers { address, handle, metrics: of_metrics, dealer, tasks: tasks.into() })
}

/// Serves the connections of one core.
async fn serve(dealt: Dealt, tls: Option<Tls>, handle: Handle<Peer>, factory: ServiceFactory) -> io::Result<()> {
    let server = configured(Server::from_listener(dealt), &handle);
    match tls {
        Some(Tls(tls)) => {
            let acceptor = RustlsAcceptor::new(tls).acceptor(NoDelayAcceptor::new());
            server.acceptor(acceptor).serve(factory).await
        }
        None => server.acceptor(NoDelayAcceptor::new()).serve(factory).await,
    }
}

fn configured<A: Address>(server: Server<A>, handle: &Handle<A>) -> Server<A> {
    let mut server = server.handle(handle.clone());
    let http = server.http_builder();
    http.http1().timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT).max_buf_size(MAX_HEAD_BYTES as usize);
    http.http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(KEEP_ALIVE)
        .keep_alive_timeout(KEEP_ALIVE)
        .max_concurrent_streams(MAX_STREAMS)
        .max_header_list_size(MAX_HEAD_BYTES);
    server
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
