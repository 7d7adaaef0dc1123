//! What a call sends to the network, and what it receives.

use crate::telephony::directory::{Hop, Unroutable};
use crate::telephony::sip::dialogs::Entry;
use crate::telephony::sip::invite::{Input, Output, Received, Sent, To};
use crate::telephony::sip::message::{Method, Request, Response};
use crate::telephony::sip::shared::Shared;
use crate::telephony::sip::uri::Uri;
use crate::telephony::sip::wire::{Client, Incoming, Mail, Replies};
use futures::StreamExt;
use futures::future::BoxFuture;
use futures::stream::FuturesUnordered;
use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use tokio::sync::mpsc;
use uuid::Uuid;

/// Messages from the network that wait for the call.
const MAILBOX: usize = 64;
const PORT: u16 = 5_060;

/// What came from the network.
pub enum Woken {
    Mail(Option<Mail>),
    /// The way to a remote address was found, or not.
    Reached(Box<Reached>),
}

pub struct Reached {
    sent: Sent,
    request: Request,
    /// The hop that was entered.
    hop: Option<usize>,
    way: Result<(SocketAddr, Option<Box<dyn Send>>), String>,
}

pub struct Network {
    shared: Arc<Shared>,
    /// An incoming call has none until it is taken.
    call_id: Option<Uuid>,
    mail: mpsc::Sender<Mail>,
    mails: mpsc::Receiver<Mail>,
    /// Requests of the remote party find the call by these.
    entries: Vec<Entry<mpsc::Sender<Mail>>>,
    received: u32,
    replies: HashMap<Received, Replies>,
    clients: HashMap<Sent, Client>,
    pub hops: Vec<Hop>,
    /// The hop that the last INVITE goes to.
    tried: usize,
    addresses: HashMap<usize, SocketAddr>,
    /// The room at each hop that was tried.
    rooms: Vec<Box<dyn Send>>,
    reaching: FuturesUnordered<BoxFuture<'static, Reached>>,
    /// The INVITEs among them.
    waiting: HashMap<Sent, Request>,
    /// Why no INVITE left, if none has been answered since.
    pub unreachable: Option<String>,
}

impl Network {
    pub fn new(shared: Arc<Shared>, call_id: Option<Uuid>) -> Network {
        let (mail, mails) = mpsc::channel(MAILBOX);
        Network {
            shared,
            call_id,
            mail,
            mails,
            entries: Vec::new(),
            received: 0,
            replies: HashMap::new(),
            clients: HashMap::new(),
            hops: Vec::new(),
            tried: 0,
            addresses: HashMap::new(),
            rooms: Vec::new(),
            reaching: FuturesUnordered::new(),
            waiting: HashMap::new(),
            unreachable: None,
        }
    }

    /// Takes the INVITE of an incoming call. Its requests find the call by Call-ID and our tag.
    pub fn open(&mut self, incoming: Incoming, (call_id, tag): (&str, &str), opening: Entry<mpsc::Sender<Mail>>) {
        self.entries.push(opening);
        self.entries.push(self.shared.dialogs.enter(call_id, tag, self.mail.clone()));
        self.replies.insert(Received(0), incoming.server.serve(Received(0), self.mail.clone()));
    }

    /// Returns the provider that the last INVITE goes to; `None` for an incoming call.
    pub fn hop(&self) -> Option<&Hop> {
        self.hops.get(self.tried)
    }

    /// Waits for what comes next. Cancel safe.
    pub async fn next(&mut self) -> Woken {
        tokio::select! {
            mail = self.mails.recv() => Woken::Mail(mail),
            Some(reached) = self.reaching.next() => Woken::Reached(Box::new(reached)),
        }
    }

    /// Returns what the machine is to know of it.
    pub fn read(&mut self, woken: Woken) -> Option<Input> {
        match woken {
            Woken::Mail(None) => None,
            Woken::Mail(Some(Mail::Request(incoming))) => {
                self.received += 1;
                let (received, incoming) = (Received(self.received), *incoming);
                self.replies.insert(received, incoming.server.serve(received, self.mail.clone()));
                Some(Input::Request { received, request: incoming.request })
            }
            Woken::Mail(Some(Mail::Response { sent, response })) => {
                self.unreachable = None;
                if !response.is_provisional() && !response.is_success() {
                    self.clients.remove(&sent);
                }
                Some(Input::Response { sent, response })
            }
            Woken::Mail(Some(Mail::Follow { received, request })) => Some(Input::Request { received, request }),
            Woken::Mail(Some(Mail::NoAck { received })) => Some(Input::NoAck { received }),
            Woken::Reached(reached) => self.reached(*reached),
        }
    }

    fn reached(&mut self, reached: Reached) -> Option<Input> {
        let Reached { sent, request, hop, way } = reached;
        if hop.is_some() && self.waiting.remove(&sent).is_none() {
            return None;
        }
        match way {
            Ok((address, room)) => {
                self.rooms.extend(room);
                if let Some(hop) = hop {
                    self.addresses.insert(hop, address);
                }
                self.go(sent, request, address);
                None
            }
            Err(why) => {
                self.unreachable = Some(why);
                let response = request.respond(503, "local", &self.shared.ours);
                Some(Input::Response { sent, response })
            }
        }
    }

    /// INVITEs that have not left yet never will. Returns the answers that the machine gets instead of those of others.
    pub fn give_up(&mut self) -> Vec<(Sent, Response)> {
        let ours = &self.shared.ours;
        self.waiting.drain().map(|(sent, request)| (sent, request.respond(487, "local", ours))).collect()
    }

    /// Carries out an output that concerns the network.
    pub fn perform(&mut self, output: Output) {
        match output {
            Output::Send { sent, request, to } => self.send(sent, *request, to),
            Output::Abandon(sent) => {
                self.waiting.remove(&sent);
                if let Some(client) = self.clients.remove(&sent) {
                    client.abandon();
                }
            }
            Output::Respond { received, response } => {
                if let Some(replies) = self.replies.get(&received) {
                    replies.respond(&response);
                }
                if !response.is_provisional() {
                    self.replies.remove(&received);
                }
            }
            Output::HopDown { hop, seconds } => {
                if let Some(hop) = self.hops.get(hop) {
                    tracing::info!(provider_id = %hop.provider_id, seconds, "a provider asks to be left alone");
                }
            }
            Output::Media(_) | Output::Report(_) => {}
        }
    }

    fn send(&mut self, sent: Sent, request: Request, to: To) {
        let opens = request.method == Method::Invite && !request.is_in_dialog();
        if opens {
            // An INVITE that has not left yet and that another one replaces never will.
            self.waiting.clear();
            self.enter(&request);
        }
        match to {
            To::Hop(hop) if opens => {
                self.tried = hop;
                self.send_to_hop(sent, request, hop);
            }
            To::Hop(hop) => self.send_to_hop(sent, request, hop),
            To::Uri(uri) => match literal(&uri) {
                Some(address) => self.go(sent, request, address),
                None => {
                    let shared = self.shared.clone();
                    self.reaching.push(Box::pin(async move {
                        let way = shared.wire.resolve(&uri).await;
                        let way = way.map(|address| (address, None)).map_err(|error| error.to_string());
                        Reached { sent, request, hop: None, way }
                    }));
                }
            },
        }
    }

    fn send_to_hop(&mut self, sent: Sent, request: Request, hop: usize) {
        match self.addresses.get(&hop).copied() {
            Some(address) => self.go(sent, request, address),
            None => self.reach_hop(sent, request, hop),
        }
    }

    fn reach_hop(&mut self, sent: Sent, request: Request, index: usize) {
        let Some(hop) = self.hops.get(index).cloned() else { return };
        let shared = self.shared.clone();
        self.waiting.insert(sent, request.clone());
        self.reaching.push(Box::pin(async move {
            let way = enter(&shared, &hop).await.map(|(address, room)| (address, Some(room)));
            Reached { sent, request, hop: Some(index), way }
        }));
    }

    /// Requests of the remote party come under Call-ID and our tag.
    fn enter(&mut self, request: &Request) {
        let tag = request.headers.from().and_then(|from| from.tag().map(str::to_owned));
        if let (Some(call_id), Some(tag)) = (request.headers.call_id(), tag) {
            self.entries.push(self.shared.dialogs.enter(call_id, &tag, self.mail.clone()));
            if let Some(id) = self.call_id {
                self.shared.traces.link(call_id, id);
            }
        }
    }

    fn go(&mut self, sent: Sent, request: Request, address: SocketAddr) {
        match self.shared.wire.send(sent, &request, address, self.mail.clone()) {
            Ok(client) => drop(self.clients.insert(sent, client)),
            Err(error) => {
                tracing::warn!(%error, "a SIP request cannot be sent");
                let way = Err("a SIP request cannot be sent".to_owned());
                self.reaching.push(Box::pin(std::future::ready(Reached { sent, request, hop: None, way })));
            }
        }
    }
}

/// Takes room at a hop and finds its address.
async fn enter(shared: &Shared, hop: &Hop) -> Result<(SocketAddr, Box<dyn Send>), String> {
    let room = shared.directory.enter(hop).await.map_err(|Unroutable(why)| why)?;
    let uri = format!("sip:{}:{}", hop.host, hop.port);
    let address = shared.wire.resolve(&uri).await.map_err(|error| format!("{} has no address: {error}", hop.host))?;
    Ok((address, room))
}

/// Returns the address that a URI names, if it names one.
fn literal(uri: &str) -> Option<SocketAddr> {
    let uri = Uri::parse(uri)?;
    let host: IpAddr = uri.host.trim_start_matches('[').trim_end_matches(']').parse().ok()?;
    Some(SocketAddr::new(host, uri.port.unwrap_or(PORT)))
}
