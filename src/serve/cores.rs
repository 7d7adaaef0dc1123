//! One thread per core, each with its own runtime.
//!
//! A connection stays on the thread that it was assigned to, and so do its requests: waking a task there means pushing
//! it to a queue that no other thread uses, whereas a work-stealing runtime wakes another thread. For requests as small
//! as these that is a large part of their cost.

use super::connections::{Connections, Slot};
use super::service::{ConnectionService, ServiceFactory};
use super::stream::{Activity, Stream};
use axum_server::{AddrListener, Address};
use std::convert::Infallible;
use std::future::Ready;
use std::io;
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::thread::{self, available_parallelism};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Mutex, mpsc, oneshot};
use tower::Service;

/// The maximum number of connections assigned to a core and not yet accepted by it. Further ones wait in the backlog of
/// the operating system.
const DEALT: usize = 256;

/// The other end of a connection: its address, and what it does.
#[derive(Clone)]
pub struct Peer {
    address: SocketAddr,
    activity: Arc<Activity>,
}

type Connection = (std::net::TcpStream, SocketAddr, Slot);

/// The connections assigned to one core.
pub struct Dealt {
    address: SocketAddr,
    limits: Arc<Connections>,
    connections: Mutex<mpsc::Receiver<Connection>>,
}

impl Address for Peer {
    type Stream = Stream;
    type Listener = Dealt;
}

impl AddrListener<Stream, Peer> for Dealt {
    async fn bind_to(Peer { address, .. }: Peer) -> io::Result<Dealt> {
        Err(io::Error::other(format!("connections to {address} are assigned, not listened for")))
    }

    async fn accept_stream(&self) -> io::Result<(Stream, Peer)> {
        match self.connections.lock().await.recv().await {
            Some((stream, address, slot)) => {
                let stream = TcpStream::from_std(stream)?;
                stream.set_nodelay(true)?;
                let activity = Activity::new();
                let stream = Stream::new(stream, activity.clone(), slot, self.limits.clone());
                Ok((stream, Peer { address, activity }))
            }
            // The dispatcher has ended: the server is about to stop.
            None => std::future::pending().await,
        }
    }

    fn get_local_addr(&self) -> io::Result<Peer> {
        Ok(Peer { address: self.address, activity: Activity::new() })
    }
}

impl Service<Peer> for ServiceFactory {
    type Response = ConnectionService;
    type Error = Infallible;
    type Future = Ready<Result<ConnectionService, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, Peer { address, activity }: Peer) -> Self::Future {
        std::future::ready(Ok(self.of(address.ip(), activity)))
    }
}

/// Receives the result of a core when it ends: success, or why it failed.
pub type Serving = oneshot::Receiver<io::Result<()>>;

/// Starts a thread for each core and assigns the listener's connections to them in turn. `serve` runs on each of the
/// threads. The first returned value is the future that assigns connections; it never ends unless it fails.
pub fn start<S>(
    listener: TcpListener,
    address: SocketAddr,
    limits: Arc<Connections>,
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
        let (limits, connections) = (limits.clone(), Mutex::new(connections));
        let (dealt, serve) = (Dealt { address, limits, connections }, serve.clone());
        thread::Builder::new().name(format!("core-{number}")).spawn(move || {
            let outcome = runtime.block_on(serve(dealt));
            // Nobody waits for the outcome if the server was aborted.
            let _ = done.send(outcome);
        })?;
        hands.push(hand);
        cores.push(serving);
    }
    Ok((deal(listener, limits, hands), cores))
}

async fn deal(listener: TcpListener, limits: Arc<Connections>, hands: Vec<mpsc::Sender<Connection>>) -> io::Result<()> {
    for hand in hands.iter().cycle() {
        let connection = loop {
            let (stream, peer, slot) = limits.accept(&listener).await;
            match stream.into_std() {
                Ok(stream) => break (stream, peer, slot),
                Err(error) => limits.accept_failed(&error),
            }
        };
        hand.send(connection).await.map_err(|_| io::Error::other("a core no longer serves"))?;
    }
    Err(io::Error::other("there is no core"))
}
