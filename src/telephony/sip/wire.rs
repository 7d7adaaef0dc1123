//! The network side of SIP: one UDP socket, its transport and its transactions. The only file that names the SIP crate.
//!
//! What the crate does here: RFC 3261 17 and RFC 6026 transactions with their timers, the 200 to a CANCEL, the ACK of
//! every final response, and the copies of our 2xx until their ACK. What it does not, and why this file looks as it does:
//!
//! - Its channels are unbounded, so load is shed before them, in [`GateSocket`]; what comes out is forwarded through bounded channels.
//! - A transaction moves only while its owner calls `receive`, which must not be cancelled: each has a task that does just
//!   that. Responses of ours enter by the transaction's own channel.
//! - Its `send_cancel` is never repeated: CANCEL is a client transaction here, like any other request.
//! - It would follow a Contact or a name wherever that leads, over TCP too: [`Locator`] resolves for it, to UDP alone.

use super::convert::{from_request, from_response, to_request, to_response};
use super::gate::{Dropped, Gate, Verdict};
use super::invite::{Received, Sent};
use super::message::{Method, Ours, Request, Response};
use super::resolve::Resolver;
use super::token::Cookie;
use super::uri::Uri;
use async_trait::async_trait;
use rsipstack::platform::net::UdpSocket as PlatformSocket;
use rsipstack::sip::{self, SipMessage};
use rsipstack::transaction::endpoint::{EndpointInnerRef, EndpointOption, MessageInspector, TargetLocator};
use rsipstack::transaction::key::{TransactionKey, TransactionRole};
use rsipstack::transaction::transaction::{TransactionEvent, TransactionEventSender};
use rsipstack::transaction::{EndpointBuilder, Transaction, TransactionState};
use rsipstack::transport::transport_layer::DomainResolver;
use rsipstack::transport::{SipAddr, SipConnection, TransportLayer, udp::UdpConnection};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::net::UdpSocket;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// A call may ring for ten minutes; the crate's 180 s would end it (trap: its Timer C is never refreshed).
const TIMER_C: Duration = Duration::from_secs(900);
/// Requests that wait for somebody to take them.
const MAX_WAITING: usize = 1_024;
/// Server transactions at a time. Requests beyond them are dropped; they come again.
const MAX_TRANSACTIONS: usize = 20_000;
/// A server transaction is looked at so often whether it can still end.
const STUCK: Duration = Duration::from_secs(60);
/// How long a transaction waits for a full mailbox.
const DELIVERY: Duration = Duration::from_secs(5);
/// The port of a URI without one.
const PORT: u16 = 5_060;

/// Decides who may send, and sees what passes. Called for every datagram: it must not wait.
pub trait Peers: Send + Sync + 'static {
    /// Returns how many datagrams a second an address may send; `None` for a stranger.
    fn rate(&self, from: IpAddr) -> Option<u32>;
    /// A datagram was let in, or is sent.
    fn passed(&self, incoming: bool, bytes: &[u8], peer: SocketAddr);
    fn dropped(&self, why: Dropped, from: SocketAddr);
}

#[derive(Debug, Clone)]
pub struct Settings {
    pub ours: Ours,
    pub cookie: Cookie,
    /// T1 of RFC 3261 17.1.1.1: 500 ms.
    pub t1: Duration,
}

/// What a call receives from the network.
#[derive(Debug)]
pub enum Mail {
    /// A request inside its dialog.
    Request(Box<Incoming>),
    /// A response to a request of ours; also the 408 that the transaction makes when none came.
    Response { sent: Sent, response: Response },
    /// An ACK or a CANCEL for an INVITE that is served under this number.
    Follow { received: Received, request: Request },
    /// A 2xx of ours was never acknowledged.
    NoAck { received: Received },
}

/// A new request. Dropped without an answer, it is answered with 500.
#[derive(Debug)]
pub struct Incoming {
    pub request: Request,
    /// Where it came from.
    pub from: SocketAddr,
    pub server: Server,
}

impl Incoming {
    /// Passes a request to the call of its dialog. A call that cannot keep up refuses with 503; one that is gone has no
    /// dialog any more.
    pub fn deliver(self, mail: &mpsc::Sender<Mail>) {
        let (code, mail) = match mail.try_send(Mail::Request(Box::new(self))) {
            Ok(()) => return,
            Err(mpsc::error::TrySendError::Full(mail)) => (503, mail),
            Err(mpsc::error::TrySendError::Closed(mail)) => (481, mail),
        };
        if let Mail::Request(incoming) = mail {
            incoming.answer(code);
        }
    }

    /// Answers with a code and nothing else.
    pub fn answer(self, code: u16) {
        let response = self.request.respond(code, &self.server.tag, &self.server.ours);
        self.server.answer(response);
    }
}

/// A server transaction that nobody has taken yet.
pub struct Server {
    transaction: Transaction,
    ours: Ours,
    /// For an answer that makes no dialog.
    tag: String,
    count: Count,
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Server").field(&self.transaction.key.to_string()).finish()
    }
}

impl Server {
    /// Serves the transaction: ACK and CANCEL go to the mailbox under this number.
    pub fn serve(self, received: Received, mail: mpsc::Sender<Mail>) -> Replies {
        let replies = self.replies();
        tokio::spawn(serve(self.transaction, Some((received, mail)), self.count));
        replies
    }

    /// Answers once and for all.
    pub fn answer(self, response: Response) {
        let replies = self.replies();
        replies.respond(&response);
        tokio::spawn(serve(self.transaction, None, self.count));
    }

    fn replies(&self) -> Replies {
        let fallback = from_request(&self.transaction.original).respond(500, &self.tag, &self.ours);
        Replies { sender: self.transaction.tu_sender.clone(), fallback, finished: AtomicBool::new(false) }
    }
}

/// The way for responses into a server transaction. Dropped without a final one, it sends 500: a transaction that is never
/// answered would never end.
#[derive(Debug)]
pub struct Replies {
    sender: TransactionEventSender,
    fallback: Response,
    finished: AtomicBool,
}

impl Replies {
    /// Sends a response. After a final one nothing is sent.
    pub fn respond(&self, response: &Response) {
        let before = self.finished.fetch_or(!response.is_provisional(), Ordering::AcqRel);
        if let Some(response) = to_response(response).filter(|_| !before) {
            let _ = self.sender.send(TransactionEvent::Respond(response));
        }
    }
}

impl Drop for Replies {
    fn drop(&mut self) {
        let fallback = self.fallback.clone();
        self.respond(&fallback);
    }
}

/// A client transaction that is under way.
#[derive(Debug, Clone)]
pub struct Client {
    sender: TransactionEventSender,
    key: TransactionKey,
}

impl Client {
    /// Ends the transaction: no response is awaited any more.
    pub fn abandon(&self) {
        let _ = self.sender.send(TransactionEvent::Terminate(self.key.clone()));
    }
}

/// One in a number, while it lives.
struct Count(Arc<AtomicUsize>);

impl Count {
    fn below(number: &Arc<AtomicUsize>, most: usize) -> Option<Count> {
        let count = Count(Arc::clone(number));
        (number.fetch_add(1, Ordering::AcqRel) < most).then_some(count)
    }
}

impl Drop for Count {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

/// The socket and what runs on it. Dropped, everything ends.
pub struct Wire {
    ours: Ours,
    endpoint: EndpointInnerRef,
    connection: SipConnection,
    resolver: Arc<Resolver>,
    stop: CancellationToken,
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl Wire {
    /// Runs on a bound socket. Requests outside the known transactions come through the channel.
    pub async fn start(
        socket: UdpSocket,
        settings: Settings,
        peers: Arc<dyn Peers>,
    ) -> io::Result<(Wire, mpsc::Receiver<Incoming>)> {
        let stop = CancellationToken::new();
        let local = socket.local_addr()?;
        let resolver = Arc::new(Resolver::new(local.is_ipv4()));
        let layer = TransportLayer::new_with_domain_resolver(stop.clone(), Box::new(Locator(Arc::clone(&resolver))));
        let gate = Mutex::new(Gate::new(&settings.cookie));
        let socket = Arc::new(GateSocket { socket, gate, peers });
        let connection =
            UdpConnection::from_socket(socket, None, Some(stop.clone())).await.map_err(io::Error::other)?;
        let connection = SipConnection::Udp(connection);
        layer.add_transport(connection.clone());
        let host = settings.ours.sent_by.clone();
        let option = EndpointOption {
            t1: settings.t1,
            t1x64: settings.t1 * 64,
            timerc: TIMER_C,
            callid_suffix: Some(host),
            ..EndpointOption::default()
        };
        let endpoint = EndpointBuilder::new()
            .with_cancel_token(stop.clone())
            .with_transport_layer(layer)
            .with_user_agent(&settings.ours.agent)
            .with_option(option)
            .with_inspector(Box::new(NearContact))
            .with_target_locator(Box::new(Locator(Arc::clone(&resolver))))
            .build();
        let mut new = endpoint.incoming_transactions().map_err(io::Error::other)?;
        let inner = Arc::clone(&endpoint.inner);
        tokio::spawn(async move { endpoint.serve().await });
        let (sender, receiver) = mpsc::channel(MAX_WAITING);
        let ours = settings.ours.clone();
        let number = Arc::new(AtomicUsize::new(0));
        tokio::spawn(async move {
            while let Some(transaction) = new.recv().await {
                accept(transaction, &ours, &number, &sender);
            }
        });
        Ok((Wire { ours: settings.ours, endpoint: inner, connection, resolver, stop }, receiver))
    }

    /// Sends a request in a client transaction of its own. Its responses go to the mailbox: final ones wait for room,
    /// provisional ones are dropped if there is none. `Err`: the request is malformed.
    pub fn send(&self, sent: Sent, request: &Request, to: SocketAddr, mail: mpsc::Sender<Mail>) -> io::Result<Client> {
        let request = to_request(request).map_err(io::Error::other)?;
        let key = TransactionKey::from_request(&request, TransactionRole::Client).map_err(io::Error::other)?;
        let (endpoint, connection) = (Arc::clone(&self.endpoint), self.connection.clone());
        let mut transaction = Transaction::new_client(key.clone(), request, endpoint, Some(connection));
        transaction.destination = Some(on_udp(to));
        let client = Client { sender: transaction.tu_sender.clone(), key };
        tokio::spawn(ask(transaction, sent, mail, self.ours.clone()));
        Ok(client)
    }

    /// Returns the address that a URI leads to, within 5 seconds.
    pub async fn resolve(&self, uri: &str) -> io::Result<SocketAddr> {
        let uri = Uri::parse(uri).ok_or_else(|| io::Error::other("not a SIP URI"))?;
        self.resolver.address(&uri.host, uri.port.unwrap_or(PORT)).await
    }

    /// Returns how many transactions are under way, and how many are remembered for late copies.
    pub fn transactions(&self) -> (usize, usize) {
        let stats = self.endpoint.get_stats();
        (stats.running_transactions, stats.finished_transactions)
    }
}

/// Forwards a new request, or refuses it when the channel is full.
fn accept(transaction: Transaction, ours: &Ours, number: &Arc<AtomicUsize>, sender: &mpsc::Sender<Incoming>) {
    let Some(count) = Count::below(number, MAX_TRANSACTIONS) else { return };
    let request = from_request(&transaction.original);
    let remote = transaction.connection.as_ref().and_then(|it| it.get_remote_addr()?.get_socketaddr().ok());
    let Some(from) = remote else { return };
    // Unlike that of a dialog, the tag of a refusal need not be unguessable.
    let tag = request.headers.top_via().and_then(|it| it.branch().map(tag_of)).unwrap_or_default();
    let server = Server { transaction, ours: ours.clone(), tag, count };
    if let Err(error) = sender.try_send(Incoming { request, from, server }) {
        error.into_inner().answer(503);
    }
}

/// Returns letters and digits of a branch, as a tag.
fn tag_of(branch: &str) -> String {
    let end = branch.chars().rev().filter(char::is_ascii_alphanumeric).take(16);
    format!("r{}", end.collect::<String>())
}

/// Owns a server transaction until it ends.
async fn serve(mut transaction: Transaction, call: Option<(Received, mpsc::Sender<Mail>)>, _count: Count) {
    let accepted = |it: &Transaction| it.last_response.as_ref().is_some_and(|it| it.status_code.code() / 100 == 2);
    let invite = transaction.original.method == sip::Method::Invite;
    let mut acknowledged = false;
    while let Some(message) = next(&mut transaction).await {
        let (SipMessage::Request(request), Some((received, mail))) = (message, &call) else { continue };
        let request = from_request(&request);
        if request.method == Method::Ack && !accepted(&transaction) {
            continue;
        }
        acknowledged |= request.method == Method::Ack;
        let _ = mail.send_timeout(Mail::Follow { received: *received, request }, DELIVERY).await;
    }
    if let Some((received, mail)) = call.filter(|_| invite && !acknowledged && accepted(&transaction)) {
        let _ = mail.send_timeout(Mail::NoAck { received }, DELIVERY).await;
    }
}

/// Returns what comes next. `None`: the transaction has ended, or it never will: its final response could not be sent.
async fn next(transaction: &mut Transaction) -> Option<SipMessage> {
    loop {
        // Between messages `receive` only waits for its channel, and may be cancelled.
        if let Ok(message) = tokio::time::timeout(STUCK, transaction.receive()).await {
            return message;
        }
        let answered = transaction.last_response.as_ref().is_some_and(|it| it.status_code.code() >= 200);
        if answered && matches!(transaction.state, TransactionState::Trying | TransactionState::Proceeding) {
            return None;
        }
    }
}

/// Owns a client transaction until it ends. A call that is gone no longer reads; the transaction still acknowledges.
async fn ask(mut transaction: Transaction, sent: Sent, mail: mpsc::Sender<Mail>, ours: Ours) {
    if let Err(error) = transaction.send().await {
        tracing::warn!(%error, "a SIP request cannot be sent");
        let response = from_request(&transaction.original).respond(503, "local", &ours);
        drop(mail.send_timeout(Mail::Response { sent, response }, DELIVERY).await);
        return;
    }
    while let Some(message) = transaction.receive().await {
        let SipMessage::Response(response) = message else { continue };
        let response = from_response(&response);
        match response.is_provisional() {
            true => drop(mail.try_send(Mail::Response { sent, response })),
            false => drop(mail.send_timeout(Mail::Response { sent, response }, DELIVERY).await),
        }
    }
}

fn on_udp(address: SocketAddr) -> SipAddr {
    SipAddr { r#type: Some(sip::Transport::Udp), addr: address.into() }
}

/// Where the crate sends the ACK of a 2xx: UDP, whatever the URI says.
struct Locator(Arc<Resolver>);

impl Locator {
    async fn udp(&self, address: &sip::HostWithPort) -> rsipstack::Result<SipAddr> {
        let port = address.port.as_ref().map_or(PORT, |it| it.value());
        Ok(on_udp(self.0.address(&address.host.to_string(), port).await?))
    }
}

#[async_trait]
impl TargetLocator for Locator {
    async fn locate(&self, uri: &sip::Uri) -> rsipstack::Result<SipAddr> {
        self.udp(&uri.host_with_port).await
    }
}

#[async_trait]
impl DomainResolver for Locator {
    async fn resolve(&self, target: &SipAddr) -> rsipstack::Result<SipAddr> {
        self.udp(&target.addr).await
    }
}

/// Rewrites the Contact of a phone behind NAT to where its message came from, so that ACK and BYE reach it. Without this
/// such a call drops after 32 seconds.
struct NearContact;

impl MessageInspector for NearContact {
    fn before_send(&self, message: SipMessage, _: Option<&SipAddr>) -> SipMessage {
        message
    }

    fn after_received(&self, mut message: SipMessage, from: Option<&SipAddr>) -> SipMessage {
        let headers = match &mut message {
            SipMessage::Request(request) => &mut request.headers,
            SipMessage::Response(response) => &mut response.headers,
        };
        let Some(from) = from.and_then(|it| it.get_socketaddr().ok()) else { return message };
        if headers.iter().any(|it| matches!(it, sip::Header::RecordRoute(_))) {
            return message;
        }
        for header in headers.iter_mut() {
            if let sip::Header::Contact(contact) = header
                && let Some(near) = super::nat::near_contact(contact.value(), from)
            {
                *contact = near.into();
            }
        }
        message
    }
}

/// The socket below the crate: nothing reaches its parser that the gate has not let in.
struct GateSocket {
    socket: UdpSocket,
    gate: Mutex<Gate>,
    peers: Arc<dyn Peers>,
}

impl GateSocket {
    fn admit(&self, bytes: &[u8], from: SocketAddr) -> Verdict {
        let rate = self.peers.rate(from.ip());
        self.gate.lock().unwrap_or_else(PoisonError::into_inner).admit(bytes, from, rate, Instant::now())
    }
}

#[async_trait]
impl PlatformSocket for GateSocket {
    async fn recv_from(&self, buffer: &mut [u8]) -> rsipstack::Result<(usize, SocketAddr)> {
        loop {
            let (length, from) = match self.socket.recv_from(buffer).await {
                Ok(received) => received,
                Err(error) => {
                    // The crate retries at once and without a limit.
                    tokio::time::sleep(Duration::from_millis(10)).await;
                    return Err(error.into());
                }
            };
            let bytes = buffer.get(..length).unwrap_or_default();
            // A datagram that fills the buffer was cut.
            let verdict = match length == buffer.len() {
                true => Verdict::Drop(Dropped::NotSip),
                false => self.admit(bytes, from),
            };
            match verdict {
                Verdict::Pass => {
                    self.peers.passed(true, bytes, from);
                    return Ok((length, from));
                }
                Verdict::PassWithLength { at, length: body } => {
                    self.peers.passed(true, bytes, from);
                    if let Some(length) = insert(buffer, length, at, &format!("Content-Length: {body}\r\n")) {
                        return Ok((length, from));
                    }
                    self.peers.dropped(Dropped::NotSip, from);
                }
                Verdict::Answer(answer) => {
                    self.peers.passed(true, bytes, from);
                    self.peers.passed(false, &answer, from);
                    let _ = self.socket.send_to(&answer, from).await;
                }
                Verdict::Drop(why) => self.peers.dropped(why, from),
            }
        }
    }

    async fn send_to(&self, bytes: &[u8], to: SocketAddr) -> rsipstack::Result<usize> {
        self.peers.passed(false, bytes, to);
        Ok(self.socket.send_to(bytes, to).await?)
    }

    fn local_addr(&self) -> rsipstack::Result<SocketAddr> {
        Ok(self.socket.local_addr()?)
    }
}

/// Inserts a text into the first `length` bytes of a buffer, if it fits.
fn insert(buffer: &mut [u8], length: usize, at: usize, text: &str) -> Option<usize> {
    let end = length + text.len();
    if end > buffer.len() || at > length {
        return None;
    }
    buffer.copy_within(at..length, at + text.len());
    buffer.get_mut(at..at + text.len())?.copy_from_slice(text.as_bytes());
    Some(end)
}

#[cfg(test)]
#[path = "wire_tests.rs"]
mod tests;
