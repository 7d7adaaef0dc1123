//! Whole calls over loopback: the machines on two wires, with the least that an owner of a machine has to do.

use super::dialogs::{Dialogs, Entry};
use super::gate::Dropped;
use super::invite::{Hop, Identity, Input, Invite, Output, Received, Report, Sent, To, Uac, Uas};
use super::message::{Method, Ours};
use super::sdp::{Agreed, Codec, Local};
use super::token::{Cookie, Tokens};
use super::wire::{Client, Incoming, Mail, Peers, Replies, Settings, Wire};
use crate::model::call::{HangupBy, HangupReason};
use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::mpsc;

const PATIENCE: Duration = Duration::from_secs(30);
const CODECS: [Codec; 1] = [Codec::Pcmu];

/// Lets everybody in, but for every n-th datagram.
struct Lossy {
    count: AtomicU32,
    lost: u32,
}

impl Peers for Lossy {
    fn rate(&self, _: IpAddr) -> Option<u32> {
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        (self.lost == 0 || !count.is_multiple_of(self.lost)).then_some(100_000)
    }

    fn passed(&self, _: bool, _: &[u8], _: SocketAddr) {}

    fn dropped(&self, _: Dropped, _: SocketAddr) {}
}

/// What a test sees of a call.
#[derive(Debug)]
enum Seen {
    Report(Report),
    Media(Box<Agreed>),
}

struct Side {
    wire: Arc<Wire>,
    at: SocketAddr,
    ours: Ours,
    cookie: Cookie,
    seed: AtomicU64,
    dialogs: Arc<Dialogs<mpsc::Sender<Mail>>>,
}

impl Side {
    async fn new(cookie: Cookie, lost: u32) -> (Arc<Side>, mpsc::Receiver<Incoming>) {
        let socket = super::socket::bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let at = socket.local_addr().unwrap();
        let ours = Ours { sent_by: at.to_string(), agent: "Ringdown/test".to_owned() };
        let settings = Settings { ours: ours.clone(), cookie, t1: Duration::from_millis(100) };
        let peers = Arc::new(Lossy { count: AtomicU32::new(0), lost });
        let socket = tokio::net::UdpSocket::from_std(socket).unwrap();
        let (wire, incoming) = Wire::start(socket, settings, peers).await.unwrap();
        let (seed, dialogs) = (AtomicU64::new(1), Arc::new(Dialogs::default()));
        (Arc::new(Side { wire: Arc::new(wire), at, ours, cookie, seed, dialogs }), incoming)
    }

    fn tokens(&self) -> Tokens {
        let mut seed = [0; 32];
        seed[..8].copy_from_slice(&self.seed.fetch_add(1, Ordering::Relaxed).to_be_bytes());
        seed[8..12].copy_from_slice(&self.cookie);
        Tokens::new(seed, self.cookie)
    }

    fn local(&self) -> Local {
        Local { address: self.at.ip(), port: 20_000, codecs: CODECS.to_vec() }
    }

    /// Dials, and returns the way for commands and what is seen of the call.
    fn dial(self: &Arc<Side>, to: SocketAddr) -> (mpsc::Sender<Input>, mpsc::Receiver<Seen>) {
        let hop = Hop { uri: format!("sip:+1555@{to}"), domain: "a".to_owned(), credentials: None };
        let who = Identity { user: "+1444".to_owned(), ..Identity::default() };
        let mut out = Vec::new();
        let names = (self.ours.clone(), self.tokens());
        let uac = Uac::dial(vec![hop], who, &[], self.local(), names, Instant::now(), &mut out);
        Owner::start(self, Invite::Outgoing(Box::new(uac)), vec![to], None, out)
    }

    /// Takes requests: a new call is rung and goes to the channel, others go to their call.
    fn serve(
        self: Arc<Side>,
        mut incoming: mpsc::Receiver<Incoming>,
    ) -> mpsc::Receiver<(mpsc::Sender<Input>, mpsc::Receiver<Seen>)> {
        let (sender, receiver) = mpsc::channel(1_000);
        tokio::spawn(async move {
            while let Some(incoming) = incoming.recv().await {
                match self.dialogs.find(&incoming.request) {
                    Some(mail) => incoming.deliver(&mail),
                    None if incoming.request.method != Method::Invite => incoming.answer(481),
                    None => sender.send(self.offer(incoming)).await.unwrap(),
                }
            }
        });
        receiver
    }

    fn offer(self: &Arc<Side>, incoming: Incoming) -> (mpsc::Sender<Input>, mpsc::Receiver<Seen>) {
        let mut out = Vec::new();
        let names = (self.ours.clone(), self.tokens());
        let uas = Uas::offered(Received(0), incoming.request.clone(), &CODECS, names, &mut out).unwrap();
        Owner::start(self, Invite::Incoming(Box::new(uas)), Vec::new(), Some(incoming), out)
    }
}

/// Owns a call: carries out what its machine says.
struct Owner {
    side: Arc<Side>,
    call: Invite,
    hops: Vec<SocketAddr>,
    mail: mpsc::Sender<Mail>,
    seen: mpsc::Sender<Seen>,
    entries: Vec<Entry<mpsc::Sender<Mail>>>,
    replies: HashMap<Received, Replies>,
    clients: HashMap<Sent, Client>,
}

impl Owner {
    fn start(
        side: &Arc<Side>,
        call: Invite,
        hops: Vec<SocketAddr>,
        incoming: Option<Incoming>,
        out: Vec<Output>,
    ) -> (mpsc::Sender<Input>, mpsc::Receiver<Seen>) {
        let (mail, mut mails) = mpsc::channel(64);
        let (command, mut commands) = mpsc::channel(64);
        let (seen, sees) = mpsc::channel(64);
        let (entries, replies, clients) = (Vec::new(), HashMap::new(), HashMap::new());
        let mut owner = Owner { side: Arc::clone(side), call, hops, mail, seen, entries, replies, clients };
        if let (Invite::Incoming(uas), Some(incoming)) = (&owner.call, incoming) {
            let (call_id, tag) = uas.key();
            owner.entries.push(owner.side.dialogs.enter(call_id, tag, owner.mail.clone()));
            owner.replies.insert(Received(0), incoming.server.serve(Received(0), owner.mail.clone()));
        }
        tokio::spawn(async move {
            let mut out = out;
            let mut received = 0;
            loop {
                owner.perform(std::mem::take(&mut out)).await;
                if owner.call.is_over() {
                    break;
                }
                let wake = owner.call.wake().map_or(Instant::now() + PATIENCE, |it| it).into();
                let input = tokio::select! {
                    mail = mails.recv() => owner.read(mail.unwrap(), &mut received),
                    Some(command) = commands.recv() => command,
                    () = tokio::time::sleep_until(wake) => Input::Wake,
                };
                owner.call.handle(input, Instant::now(), &mut out);
            }
        });
        (command, sees)
    }

    fn read(&mut self, mail: Mail, received: &mut u32) -> Input {
        match mail {
            Mail::Request(incoming) => {
                *received += 1;
                let (received, incoming) = (Received(*received), *incoming);
                self.replies.insert(received, incoming.server.serve(received, self.mail.clone()));
                Input::Request { received, request: incoming.request }
            }
            Mail::Response { sent, response } => Input::Response { sent, response },
            Mail::Follow { received, request } => Input::Request { received, request },
            Mail::NoAck { received } => Input::NoAck { received },
        }
    }

    async fn perform(&mut self, out: Vec<Output>) {
        for output in out {
            match output {
                Output::Send { sent, request, to } => {
                    if request.method == Method::Invite && !request.is_in_dialog() {
                        let from = request.headers.from().unwrap();
                        let call_id = request.headers.call_id().unwrap();
                        self.entries.push(self.side.dialogs.enter(call_id, from.tag().unwrap(), self.mail.clone()));
                    }
                    let to = match to {
                        To::Hop(hop) => self.hops[hop],
                        To::Uri(uri) => self.side.wire.resolve(&uri).await.unwrap(),
                    };
                    self.clients.insert(sent, self.side.wire.send(sent, &request, to, self.mail.clone()).unwrap());
                }
                Output::Abandon(sent) => self.clients[&sent].abandon(),
                Output::Respond { received, response } => self.replies[&received].respond(&response),
                Output::Media(agreed) => self.seen.try_send(Seen::Media(agreed)).unwrap(),
                Output::Report(report) => self.seen.try_send(Seen::Report(report)).unwrap(),
                Output::HopDown { .. } => {}
            }
        }
    }
}

/// Waits for the next report; media are passed over.
async fn reported(seen: &mut mpsc::Receiver<Seen>) -> Report {
    loop {
        let next = tokio::time::timeout(PATIENCE, seen.recv()).await.unwrap().unwrap();
        if let Seen::Report(report) = next {
            return report;
        }
    }
}

async fn media(seen: &mut mpsc::Receiver<Seen>) -> Agreed {
    loop {
        let next = tokio::time::timeout(PATIENCE, seen.recv()).await.unwrap().unwrap();
        if let Seen::Media(agreed) = next {
            return *agreed;
        }
    }
}

async fn ended(seen: &mut mpsc::Receiver<Seen>) -> (HangupBy, HangupReason, u16) {
    loop {
        if let Report::Hangup(end) = reported(seen).await {
            return (end.by, end.reason, end.code);
        }
    }
}

/// The owner is gone, and nothing comes after the end.
async fn gone(seen: &mut mpsc::Receiver<Seen>) {
    let next = tokio::time::timeout(PATIENCE, seen.recv()).await.unwrap();
    assert!(next.is_none(), "{next:?}");
}

async fn pair(lost: u32) -> (Arc<Side>, Arc<Side>, mpsc::Receiver<(mpsc::Sender<Input>, mpsc::Receiver<Seen>)>) {
    let (caller, from) = Side::new([1; 4], lost).await;
    let (callee, to) = Side::new([2; 4], lost).await;
    drop(Arc::clone(&caller).serve(from));
    let calls = Arc::clone(&callee).serve(to);
    (caller, callee, calls)
}

#[tokio::test]
async fn a_call_is_held_and_let_go_and_hung_up() {
    let (caller, callee, mut calls) = pair(0).await;
    let (dialled, mut here) = caller.dial(callee.at);
    let (taken, mut there) = calls.recv().await.unwrap();
    taken.send(Input::Take(callee.local())).await.unwrap();
    assert_eq!(reported(&mut here).await, Report::Ringing);
    taken.send(Input::EarlyMedia).await.unwrap();
    assert_eq!(reported(&mut here).await, Report::EarlyMedia);
    taken.send(Input::Answer).await.unwrap();
    assert_eq!((reported(&mut here).await, reported(&mut there).await), (Report::Answered, Report::Answered));
    dialled.send(Input::Hold(true)).await.unwrap();
    assert_eq!(reported(&mut there).await, Report::FarHold(true));
    assert!(!media(&mut here).await.direction.receives());
    dialled.send(Input::Hold(false)).await.unwrap();
    assert_eq!(reported(&mut there).await, Report::FarHold(false));
    taken.send(Input::Hold(true)).await.unwrap();
    assert_eq!(reported(&mut here).await, Report::FarHold(true));
    taken.send(Input::Hangup(HangupReason::Normal)).await.unwrap();
    assert_eq!(ended(&mut here).await, (HangupBy::Remote, HangupReason::Normal, 0));
    assert_eq!(ended(&mut there).await, (HangupBy::Local, HangupReason::Normal, 0));
    gone(&mut here).await;
    gone(&mut there).await;
    assert!(caller.dialogs.is_empty() && callee.dialogs.is_empty());
}

#[tokio::test]
async fn a_call_is_cancelled_while_it_rings() {
    let (caller, callee, mut calls) = pair(0).await;
    let (dialled, mut here) = caller.dial(callee.at);
    let (taken, mut there) = calls.recv().await.unwrap();
    taken.send(Input::Take(callee.local())).await.unwrap();
    assert_eq!(reported(&mut here).await, Report::Ringing);
    dialled.send(Input::Hangup(HangupReason::Dialout)).await.unwrap();
    assert_eq!(ended(&mut here).await, (HangupBy::Local, HangupReason::Dialout, 0));
    assert_eq!(ended(&mut there).await, (HangupBy::Remote, HangupReason::Cancel, 487));
    gone(&mut there).await;
    gone(&mut here).await;
}

/// A CANCEL and a 200 that meet: whoever wins, both sides know that it is over.
#[tokio::test]
async fn a_cancel_crosses_the_answer() {
    let (caller, callee, mut calls) = pair(0).await;
    for _ in 0..50 {
        let (dialled, mut here) = caller.dial(callee.at);
        let (taken, mut there) = calls.recv().await.unwrap();
        taken.send(Input::Take(callee.local())).await.unwrap();
        assert_eq!(reported(&mut here).await, Report::Ringing);
        let (cancel, answer) = (dialled.send(Input::Hangup(HangupReason::Cancel)), taken.send(Input::Answer));
        let (one, other) = tokio::join!(cancel, answer);
        one.unwrap();
        other.unwrap();
        assert_eq!(ended(&mut here).await.0, HangupBy::Local);
        assert_eq!(ended(&mut there).await.0, HangupBy::Remote);
    }
}

/// Every fourth datagram is lost in each direction: requests, responses of a stranger's branch, ACKs.
#[tokio::test]
async fn a_hundred_calls_over_a_bad_network() {
    let (caller, callee, mut calls) = pair(4).await;
    let local = callee.local();
    let answering = tokio::spawn(async move {
        let mut answered = Vec::new();
        for _ in 0..100 {
            let (taken, mut there) = calls.recv().await.unwrap();
            let local = local.clone();
            answered.push(tokio::spawn(async move {
                taken.send(Input::Take(local)).await.unwrap();
                taken.send(Input::Answer).await.unwrap();
                assert_eq!(reported(&mut there).await, Report::Answered);
                assert_eq!(ended(&mut there).await, (HangupBy::Remote, HangupReason::Normal, 0));
                gone(&mut there).await;
            }));
        }
        for answered in answered {
            answered.await.unwrap();
        }
    });
    let dialling = (0..100).map(|_| {
        let (dialled, mut here) = caller.dial(callee.at);
        tokio::spawn(async move {
            while reported(&mut here).await != Report::Answered {}
            dialled.send(Input::Hangup(HangupReason::Normal)).await.unwrap();
            assert_eq!(ended(&mut here).await, (HangupBy::Local, HangupReason::Normal, 0));
        })
    });
    for dialled in dialling.collect::<Vec<_>>() {
        dialled.await.unwrap();
    }
    answering.await.unwrap();
}
