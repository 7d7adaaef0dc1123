//! One thread per core, each with its own runtime.
//!
//! A connection stays on the thread that it was assigned to, and so do its requests: waking a task there means pushing
//! it to a queue that no other thread uses, whereas a work-stealing runtime wakes another thread. For requests as small
//! as these that is a large part of their cost.

use super::service::{ConnectionService, ServiceFactory};
use axum_server::{AddrListener, Address};
use std::convert::Infallible;
use std::future::Ready;
use std::io;
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::task::{Context, Poll};
use std::thread::{self, available_parallelism};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Mutex, mpsc, oneshot};
use tower::Service;

/// The maximum number of connections assigned to a core and not yet accepted by it. Further ones wait in the backlog of
/// the operating system.
const DEALT: usize = 256;
/// The pause after a failed accept, for example when too many files are open.
const PAUSE: Duration = Duration::from_millis(50);

/// The client's address of a connection.
#[derive(Debug, Clone, Copy)]
pub struct Peer(SocketAddr);

type Connection = (std::net::TcpStream, SocketAddr);

/// The connections assigned to one core.
pub struct Dealt {
    address: SocketAddr,
    connections: Mutex<mpsc::Receiver<Connection>>,
}

impl Address for Peer {
    type Stream = TcpStream;
    type Listener = Dealt;
}

impl AddrListener<TcpStream, Peer> for Dealt {
    async fn bind_to(Peer(address): Peer) -> io::Result<Dealt> {
        Err(io::Error::other(format!("connections to {address} are assigned, not listened for")))
    }

    async fn accept_stream(&self) -> io::Result<(TcpStream, Peer)> {
        match self.connections.lock().await.recv().await {
            Some((stream, peer)) => Ok((TcpStream::from_std(stream)?, Peer(peer))),
            // The dispatcher has ended: the server is about to stop.
            None => std::future::pending().await,
        }
    }

    fn get_local_addr(&self) -> io::Result<Peer> {
        Ok(Peer(self.address))
    }
}

impl Service<Peer> for ServiceFactory {
    type Response = ConnectionService;
    type Error = Infallible;
    type Future = Ready<Result<ConnectionService, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, Peer(address): Peer) -> Self::Future {
        std::future::ready(Ok(self.of(address)))
    }
}

/// Receives the result of a core when it ends: success, or why it failed.
pub type Serving = oneshot::Receiver<io::Result<()>>;

/// Starts a thread for each core and assigns the listener's connections to them in turn. `serve` runs on each of the
/// threads. The first returned value is the future that assigns connections; it never ends unless it fails.
pub fn start<S>(
    listener: TcpListener,
    address: SocketAddr,
    serve: impl Fn(Dealt) -> S + Clone + Send + 'static,
) -> io::Result<(impl Future<Output = io::Result<()>> + Send, Vec<Serving>)>
where
    S: Future<Output = io::Result<()>>,
{
    let (mut hands, mut cores) = (Vec::new(), Vec::new());
    for number in 0..available_parallelism().map_or(1, NonZeroUsize::get) {
        let (hand, connections) = mpsc::channel(DEALT);
        let (done, serving) = oneshot::channel();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (dealt, serve) = (Dealt { address, connections: Mutex::new(connections) }, serve.clone());
        thread::Builder::new().name(format!("core-{number}")).spawn(move || {
            let outcome = runtime.block_on(serve(dealt));
            // Nobody waits for the outcome if the server was aborted.
            let _ = done.send(outcome);
        })?;
        hands.push(hand);
        cores.push(serving);
    }
    Ok((deal(listener, hands), cores))
}

async fn deal(listener: TcpListener, hands: Vec<mpsc::Sender<Connection>>) -> io::Result<()> {
    for hand in hands.iter().cycle() {
        let connection = loop {
            match listener.accept().await.and_then(|(stream, peer)| Ok((stream.into_std()?, peer))) {
                Ok(connection) => break connection,
                Err(error) => {
                    tracing::warn!(%error, "cannot accept a connection");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        };
        hand.send(connection).await.map_err(|_| io::Error::other("a core no longer serves"))?;
    }
    Err(io::Error::other("there is no core"))
}
