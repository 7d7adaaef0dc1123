//! The network side against a peer that is a few string templates over one socket: two programs with one parser would agree
//! on its mistakes.

use super::*;
use crate::telephony::sip::message::Message;
use std::collections::BTreeMap;

/// T1, so that 64 × T1 is 3.2 seconds.
const T1: Duration = Duration::from_millis(50);
/// A test waits no longer for anything.
const PATIENCE: Duration = Duration::from_secs(10);
const COOKIE: Cookie = [1, 2, 3, 4];

#[derive(Default)]
struct Everybody {
    strangers: Mutex<Vec<SocketAddr>>,
    dropped: Mutex<BTreeMap<&'static str, u32>>,
    passed: Mutex<Vec<(bool, usize)>>,
}

impl Peers for Everybody {
    fn rate(&self, _: IpAddr) -> Option<u32> {
        let strangers = self.strangers.lock().unwrap();
        strangers.is_empty().then_some(10_000)
    }

    fn passed(&self, incoming: bool, bytes: &[u8], _: SocketAddr) {
        self.passed.lock().unwrap().push((incoming, bytes.len()));
    }

    fn dropped(&self, why: Dropped, _: SocketAddr) {
        *self.dropped.lock().unwrap().entry(why.word()).or_default() += 1;
    }
}

/// Our wire and a peer.
struct Bench {
    wire: Wire,
    incoming: mpsc::Receiver<Incoming>,
    peers: Arc<Everybody>,
    ours: Ours,
    at: SocketAddr,
    peer: Peer,
}

async fn bench() -> Bench {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let at = socket.local_addr().unwrap();
    let ours = Ours { sent_by: at.to_string(), agent: "Ringdown/test".to_owned() };
    let peers = Arc::new(Everybody::default());
    let settings = Settings { ours: ours.clone(), cookie: COOKIE, t1: T1 };
    let (wire, incoming) = Wire::start(socket, settings, Arc::clone(&peers) as Arc<dyn Peers>).await.unwrap();
    Bench { wire, incoming, peers, ours, at, peer: Peer::new(at).await }
}

impl Bench {
    fn invite(&self, number: u32) -> Request {
        let to = self.peer.at;
        Request::begin(Method::Invite, &format!("sip:x@{to}"), &self.ours, &format!("z9hG4bK01020304i{number}"))
            .with("From", "<sip:me@a>;tag=me")
            .with("To", format!("<sip:x@{to}>"))
            .with("Call-ID", format!("c{number}"))
            .with("CSeq", "1 INVITE")
            .with("Contact", self.ours.contact())
    }

    /// Sends a request and returns what comes back.
    fn send(&self, request: &Request) -> (Client, mpsc::Receiver<Mail>) {
        let (sender, receiver) = mpsc::channel(64);
        (self.wire.send(Sent(7), request, self.peer.at, sender).unwrap(), receiver)
    }

    async fn incoming(&mut self) -> Incoming {
        tokio::time::timeout(PATIENCE, self.incoming.recv()).await.unwrap().unwrap()
    }
}

struct Peer {
    socket: UdpSocket,
    at: SocketAddr,
    to: SocketAddr,
}

impl Peer {
    async fn new(to: SocketAddr) -> Peer {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let at = socket.local_addr().unwrap();
        Peer { socket, at, to }
    }

    async fn say(&self, text: &str) {
        self.socket.send_to(text.as_bytes(), self.to).await.unwrap();
    }

    async fn hear(&self) -> String {
        let mut buffer = [0; 8_192];
        let (length, _) = tokio::time::timeout(PATIENCE, self.socket.recv_from(&mut buffer)).await.unwrap().unwrap();
        String::from_utf8_lossy(&buffer[..length]).into_owned()
    }

    /// Returns the next message that begins so; copies of others are passed over.
    async fn await_start(&self, start: &str) -> String {
        loop {
            let text = self.hear().await;
            if text.starts_with(start) {
                return text;
            }
        }
    }

    /// Answers a request with a tag, a Contact of its own and more headers.
    async fn answer(&self, request: &str, status: &str, tag: &str, more: &str) {
        let to = header(request, "To");
        let to = if to.contains("tag=") { to } else { format!("{to};tag={tag}") };
        let contact =
            if more.contains("Contact:") { String::new() } else { format!("Contact: <sip:peer@{}>\r\n", self.at) };
        let copied = ["Via", "From", "Call-ID", "CSeq"].map(|it| header(request, it)).join("\r\n");
        self.say(&format!("SIP/2.0 {status}\r\n{copied}\r\n{to}\r\n{contact}{more}Content-Length: 0\r\n\r\n")).await;
    }

    fn request(&self, method: &str, branch: &str, to_tag: &str, more: &str) -> String {
        let tag = if to_tag.is_empty() { String::new() } else { format!(";tag={to_tag}") };
        let call = &branch[..4];
        format!(
            "{method} sip:me@{} SIP/2.0\r\nVia: SIP/2.0/UDP {};branch=z9hG4bK{branch};rport\r\nFrom: <sip:peer@b>;tag=p\r\n\
             To: <sip:me@a>{tag}\r\nCall-ID: {call}\r\nCSeq: 1 {method}\r\nContact: <sip:peer@{}>\r\nMax-Forwards: 70\r\n{more}",
            self.to, self.at, self.at
        )
    }
}

fn header(text: &str, name: &str) -> String {
    text.lines().find(|it| it.starts_with(&format!("{name}:"))).unwrap_or_default().to_owned()
}

async fn mail(receiver: &mut mpsc::Receiver<Mail>) -> Mail {
    tokio::time::timeout(PATIENCE, receiver.recv()).await.unwrap().unwrap()
}

async fn code(receiver: &mut mpsc::Receiver<Mail>) -> u16 {
    match mail(receiver).await {
        Mail::Response { sent: Sent(7), response } => response.code,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_invite_is_answered_and_every_copy_is_acknowledged() {
    let bench = bench().await;
    let (_client, mut receiver) = bench.send(&bench.invite(1));
    let invite = bench.peer.hear().await;
    for (status, tag) in [("100 Trying", ""), ("180 Ringing", "A"), ("200 OK", "B")] {
        bench.peer.answer(&invite, status, tag, "").await;
        assert_eq!(code(&mut receiver).await.to_string(), status[..3]);
    }
    let ack = bench.peer.await_start("ACK").await;
    assert!(header(&ack, "To").ends_with(";tag=B") && header(&ack, "CSeq") == "CSeq: 1 ACK", "{ack}");
    // A copy, then another phone of a fork.
    for tag in ["B", "C"] {
        bench.peer.answer(&invite, "200 OK", tag, "").await;
        assert_eq!(code(&mut receiver).await, 200);
        let ack = bench.peer.await_start("ACK").await;
        assert!(header(&ack, "To").ends_with(&format!(";tag={tag}")), "{ack}");
    }
}

#[tokio::test]
async fn a_cancel_is_repeated_until_it_is_answered() {
    let bench = bench().await;
    let invite = bench.invite(2);
    let (_client, mut receiver) = bench.send(&invite);
    let text = bench.peer.hear().await;
    bench.peer.answer(&text, "180 Ringing", "A", "").await;
    assert_eq!(code(&mut receiver).await, 180);
    let (_cancelling, mut cancelled) = bench.send(&invite.cancel(&bench.ours));
    for _ in 0..3 {
        let cancel = bench.peer.await_start("CANCEL").await;
        assert_eq!(header(&cancel, "Via"), header(&text, "Via"));
    }
    let cancel = bench.peer.await_start("CANCEL").await;
    bench.peer.answer(&cancel, "200 OK", "A", "").await;
    bench.peer.answer(&text, "487 Request Terminated", "A", "").await;
    assert_eq!((code(&mut cancelled).await, code(&mut receiver).await), (200, 487));
    let ack = bench.peer.await_start("ACK").await;
    assert_eq!(header(&ack, "Via"), header(&text, "Via"));
}

#[tokio::test]
async fn no_answer_is_408_and_an_abandoned_request_ends() {
    let bench = bench().await;
    let (_client, mut receiver) = bench.send(&bench.invite(3));
    assert_eq!(code(&mut receiver).await, 408);
    let (client, mut receiver) = bench.send(&bench.invite(4));
    bench.peer.await_start("INVITE").await;
    client.abandon();
    let end = tokio::time::timeout(PATIENCE, receiver.recv()).await.unwrap();
    assert!(end.is_none(), "{end:?}");
    assert_eq!(bench.wire.transactions().0, 0);
}

#[tokio::test]
async fn an_ack_finds_a_phone_behind_nat_and_follows_routes() {
    let bench = bench().await;
    let (_client, mut receiver) = bench.send(&bench.invite(5));
    let invite = bench.peer.hear().await;
    bench.peer.answer(&invite, "200 OK", "A", "Contact: <sip:peer@10.9.9.9:5070>\r\n").await;
    let Mail::Response { response, .. } = mail(&mut receiver).await else { panic!() };
    assert_eq!(response.headers.contact().unwrap().uri, format!("sip:peer@{}", bench.peer.at));
    assert!(bench.peer.await_start("ACK").await.starts_with(&format!("ACK sip:peer@{} ", bench.peer.at)));
    // With a route, the Contact is the business of the proxy, and TCP in it is not ours.
    let proxy = Peer::new(bench.at).await;
    let (_client, mut receiver) = bench.send(&bench.invite(6));
    let invite = bench.peer.await_start("INVITE sip").await;
    let more = format!(
        "Contact: <sip:peer@10.9.9.9:5070;transport=tcp>\r\nRecord-Route: <sip:{};lr;transport=tcp>\r\n",
        proxy.at
    );
    bench.peer.answer(&invite, "200 OK", "A", &more).await;
    assert_eq!(code(&mut receiver).await, 200);
    let ack = proxy.await_start("ACK").await;
    assert!(
        ack.starts_with("ACK sip:peer@10.9.9.9:5070;transport=tcp ")
            || ack.starts_with("ACK sip:peer@10.9.9.9:5070;transport=TCP "),
        "{ack}"
    );
}

#[tokio::test]
async fn our_2xx_is_repeated_until_its_ack() {
    let mut bench = bench().await;
    let text = bench.peer.request("INVITE", "one1", "", "Content-Length: 0\r\n\r\n");
    bench.peer.say(&text).await;
    let incoming = bench.incoming().await;
    assert_eq!(incoming.from, bench.peer.at);
    let request = incoming.request.clone();
    let (sender, mut receiver) = mpsc::channel(64);
    let replies = incoming.server.serve(Received(3), sender);
    for code in [100, 180, 200] {
        replies.respond(&request.respond(code, "us", &bench.ours).with("Contact", bench.ours.contact()));
    }
    for start in ["SIP/2.0 100", "SIP/2.0 180", "SIP/2.0 200", "SIP/2.0 200", "SIP/2.0 200"] {
        let text = bench.peer.hear().await;
        assert!(text.starts_with(start), "{text}");
        assert!(header(&text, "Via").contains(&format!("rport={}", bench.peer.at.port())), "{text}");
    }
    // A final response is the last.
    replies.respond(&request.respond(486, "us", &bench.ours));
    bench.peer.say(&bench.peer.request("ACK", "one1ack", "us", "\r\n")).await;
    let Mail::Follow { received: Received(3), request } = mail(&mut receiver).await else { panic!() };
    assert_eq!(request.method, Method::Ack);
    assert!(tokio::time::timeout(PATIENCE, receiver.recv()).await.unwrap().is_none());
    // Copies that were under way, and nothing of another code.
    bench.peer.say(&bench.peer.request("OPTIONS", "two2", "", "\r\n")).await;
    bench.incoming().await.answer(200);
    loop {
        let text = bench.peer.hear().await;
        assert!(text.starts_with("SIP/2.0 200"), "{text}");
        if header(&text, "CSeq") == "CSeq: 1 OPTIONS" {
            break;
        }
    }
}

#[tokio::test]
async fn a_2xx_without_an_ack_is_reported() {
    let mut bench = bench().await;
    bench.peer.say(&bench.peer.request("INVITE", "one1", "", "\r\n")).await;
    let incoming = bench.incoming().await;
    let request = incoming.request.clone();
    let (sender, mut receiver) = mpsc::channel(64);
    let replies = incoming.server.serve(Received(3), sender);
    replies.respond(&request.respond(200, "us", &bench.ours).with("Contact", bench.ours.contact()));
    assert!(matches!(mail(&mut receiver).await, Mail::NoAck { received: Received(3) }));
}

#[tokio::test]
async fn a_cancel_follows_its_invite() {
    let mut bench = bench().await;
    bench.peer.say(&bench.peer.request("INVITE", "one1", "", "\r\n")).await;
    let incoming = bench.incoming().await;
    let request = incoming.request.clone();
    let (sender, mut receiver) = mpsc::channel(64);
    let replies = incoming.server.serve(Received(3), sender);
    replies.respond(&request.respond(180, "us", &bench.ours));
    bench.peer.await_start("SIP/2.0 180").await;
    bench.peer.say(&bench.peer.request("CANCEL", "one1", "", "\r\n")).await;
    let Mail::Follow { received: Received(3), request: cancel } = mail(&mut receiver).await else { panic!() };
    assert_eq!(cancel.method, Method::Cancel);
    assert_eq!(header(&bench.peer.await_start("SIP/2.0 200").await, "CSeq"), "CSeq: 1 CANCEL");
    replies.respond(&request.respond(487, "us", &bench.ours));
    assert_eq!(header(&bench.peer.await_start("SIP/2.0 487").await, "CSeq"), "CSeq: 1 INVITE");
    // A CANCEL of nothing.
    bench.peer.say(&bench.peer.request("CANCEL", "none", "", "\r\n")).await;
    bench.peer.await_start("SIP/2.0 481").await;
}

#[tokio::test]
async fn nobody_waits_for_ever() {
    let mut bench = bench().await;
    // Nobody answers: 500.
    bench.peer.say(&bench.peer.request("INVITE", "one1", "", "\r\n")).await;
    let incoming = bench.incoming().await;
    let (sender, _receiver) = mpsc::channel(1);
    drop(incoming.server.serve(Received(1), sender));
    assert!(header(&bench.peer.await_start("SIP/2.0 500").await, "To").contains(";tag=r"));
    bench.peer.say(&bench.peer.request("INFO", "two2", "", "\r\n")).await;
    drop(bench.incoming().await);
    bench.peer.await_start("SIP/2.0 500").await;
    // A full mailbox: 503. One that is gone: 481.
    let (sender, receiver) = mpsc::channel(1);
    for (branch, start) in [("thr3", ""), ("fou4", "SIP/2.0 503"), ("fiv5", "SIP/2.0 481")] {
        bench.peer.say(&bench.peer.request("INFO", branch, "us", "\r\n")).await;
        let incoming = bench.incoming().await;
        if branch == "fiv5" {
            drop(receiver);
            incoming.deliver(&sender);
            bench.peer.await_start(start).await;
            break;
        }
        incoming.deliver(&sender);
        if !start.is_empty() {
            bench.peer.await_start(start).await;
        }
    }
}

#[tokio::test]
async fn the_gate_stands_before_the_parser() {
    let mut bench = bench().await;
    // Unknown to the crate, which would say nothing.
    bench.peer.say(&bench.peer.request("NEWMETHOD", "one1", "", "\r\n")).await;
    assert!(header(&bench.peer.await_start("SIP/2.0 405").await, "Allow").contains("INVITE"));
    bench.peer.say(&bench.peer.request("INFO", "two2", "", "\r\n").replace("1 INFO", "1 BYE")).await;
    bench.peer.await_start("SIP/2.0 400 Bad CSeq").await;
    // A body without a length arrives whole.
    bench.peer.say(&bench.peer.request("INFO", "thr3", "", "\r\nSignal=5")).await;
    let incoming = bench.incoming().await;
    assert_eq!(incoming.request.body, b"Signal=5");
    incoming.answer(200);
    bench.peer.await_start("SIP/2.0 200").await;
    // A keep-alive.
    bench.peer.say("\r\n\r\n").await;
    assert_eq!(bench.peer.hear().await, "\r\n");
    // A stranger hears nothing, not even what a known peer hears right after it.
    bench.peers.strangers.lock().unwrap().push(bench.peer.at);
    bench.peer.say(&bench.peer.request("OPTIONS", "fou4", "", "\r\n")).await;
    while !bench.peers.dropped.lock().unwrap().contains_key("stranger") {
        tokio::task::yield_now().await;
    }
    bench.peers.strangers.lock().unwrap().clear();
    bench.peer.say(&bench.peer.request("OPTIONS", "fiv5", "", "\r\n")).await;
    bench.incoming().await.answer(200);
    assert_eq!(header(&bench.peer.hear().await, "Call-ID"), "Call-ID: fiv5");
    let passed = bench.peers.passed.lock().unwrap();
    assert_eq!(passed.iter().filter(|(incoming, _)| *incoming).count(), 5);
}

/// Whatever a peer sends, the next request is answered.
#[tokio::test]
async fn changed_messages_change_nothing() {
    let mut bench = bench().await;
    let good = bench.peer.request("INVITE", "one1", "", "Content-Length: 0\r\n\r\n").into_bytes();
    let mut seed = 1_u64;
    let mut random = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % below
    };
    for round in 0..20 {
        for _ in 0..100 {
            let mut bytes = good.clone();
            for _ in 0..=random(4) {
                let at = random(bytes.len());
                match random(3) {
                    0 => bytes[at] = random(256) as u8,
                    1 => drop(bytes.remove(at)),
                    _ => bytes.truncate(at.max(1)),
                }
            }
            bench.peer.socket.send_to(&bytes, bench.at).await.unwrap();
        }
        let branch = format!("{round:04}");
        bench.peer.say(&bench.peer.request("OPTIONS", &branch, "", "\r\n")).await;
        loop {
            let incoming = bench.incoming().await;
            let ours = incoming.request.headers.call_id() == Some(&branch);
            incoming.answer(if ours { 200 } else { 486 });
            if ours {
                break;
            }
        }
        loop {
            let text = bench.peer.hear().await;
            if header(&text, "Call-ID") == format!("Call-ID: {branch}") && text.starts_with("SIP/2.0 200") {
                break;
            }
        }
    }
}

#[tokio::test]
async fn uris_lead_to_addresses() {
    let bench = bench().await;
    for (uri, address) in [
        ("sip:x@127.0.0.1:5080;lr", Some("127.0.0.1:5080")),
        ("sip:127.0.0.1", Some("127.0.0.1:5060")),
        ("sip:x@localhost:5090", Some("127.0.0.1:5090")),
        ("sip:x@no-such-host.invalid", None),
        ("tel:+15557654321", None),
        ("", None),
    ] {
        let found = bench.wire.resolve(uri).await.ok();
        assert_eq!(found, address.map(|it| it.parse().unwrap()), "{uri}");
    }
}

#[tokio::test]
async fn a_malformed_request_is_refused_here() {
    let bench = bench().await;
    let (sender, _receiver) = mpsc::channel(1);
    let request = Request { uri: "no uri".to_owned(), ..bench.invite(9) };
    assert!(bench.wire.send(Sent(1), &request, bench.peer.at, sender).is_err());
    assert!(Message::parse(&bench.invite(9).to_bytes()).is_ok());
}
