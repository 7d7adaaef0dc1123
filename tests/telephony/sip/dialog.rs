//! One dialog of a far end, as text (RFC 3261 12 to 15): what it says, what it repeats, and what the other side has said.

use super::description::Description;
use super::media::Line;
use super::message::{Message, address_of, tag_of, uri_of, with_body};
use super::network::Network;
use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// T1 and T2 of RFC 3261 17.1.1.1.
const T1: Duration = Duration::from_millis(500);
const T2: Duration = Duration::from_secs(4);
/// When a re-INVITE that met another one is sent again: by whom began the call, and by the other (RFC 3261 14.1).
const AGAIN: [Duration; 2] = [Duration::from_millis(2_100), Duration::from_millis(300)];
/// The payload types that it takes keys with: what is agreed in one call is another number in the next.
const KEYS: [u8; 2] = [101, 96];

/// What the other side has said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Provisional(u16),
    Answered,
    Refused {
        code: u16,
        retry_after_s: Option<u32>,
    },
    Acknowledged,
    Cancelled,
    Bye,
    /// It holds us, or no longer does.
    Held(bool),
    HoldAnswered,
    KeysSent,
}

pub struct Dialog {
    network: Arc<Network>,
    line: Arc<Line>,
    pub call_id: String,
    /// From and To, as requests of ours have them.
    local: String,
    remote: String,
    target: String,
    to: SocketAddr,
    cseq: u32,
    /// Their INVITE, if they call.
    invited: Option<Message>,
    ours: Description,
    version: u32,
    held: bool,
    holds: bool,
    sent: Vec<Sent>,
    /// Our final response to an INVITE, until its ACK.
    unacknowledged: Option<Repeat>,
    replies: HashMap<(u32, String), String>,
    acks: HashMap<u32, String>,
    keys: VecDeque<char>,
    /// To be cancelled as soon as that is allowed, and hung up if it is answered nevertheless.
    cancelled: bool,
    /// To be hung up as soon as it is acknowledged.
    leaving: bool,
    again: Option<Instant>,
}

/// A request of ours.
struct Sent {
    method: &'static str,
    branch: String,
    provisional: bool,
    repeat: Repeat,
}

struct Repeat {
    cseq: u32,
    text: String,
    interval: Duration,
    at: Option<Instant>,
}

impl Repeat {
    fn new(cseq: u32, text: String) -> Repeat {
        Repeat { cseq, text, interval: T1, at: Some(Instant::now() + T1) }
    }

    fn is_due(&mut self, now: Instant) -> bool {
        let due = self.at.is_some_and(|at| at <= now);
        if due {
            self.interval = (self.interval * 2).min(T2);
            self.at = Some(now + self.interval);
        }
        due
    }
}

impl Dialog {
    pub fn called(network: Arc<Network>, line: Arc<Line>, invite: Message, from: SocketAddr) -> Dialog {
        let tag = format!("far-{}", network.next());
        let (local, remote) = (format!("{};tag={tag}", invite.get("To")), invite.get("From").to_owned());
        let target = uri_of(invite.get("Contact")).to_owned();
        let mut dialog = Dialog::new(network, line, invite.get("Call-ID"), (local, remote, target), from);
        let theirs = Description::parse(&invite.body).expect("the driver offers audio");
        dialog.line.connect(theirs.address, theirs.keys);
        dialog.invited = Some(invite);
        dialog.provisional("100 Trying", false);
        dialog
    }

    pub fn calling(network: Arc<Network>, line: Arc<Line>, number: &str, destination: &str, to: SocketAddr) -> Dialog {
        let unique = network.next();
        let (target, remote) = (format!("sip:{destination}@{to}"), format!("<sip:{destination}@{to}>"));
        let local = format!("<sip:{number}@{}>;tag=far-{unique}", network.address);
        let call_id = format!("far-{unique}-{}", network.address.port());
        Dialog::new(network, line, &call_id, (local, remote, target), to)
    }

    fn new(
        network: Arc<Network>,
        line: Arc<Line>,
        call_id: &str,
        (local, remote, target): (String, String, String),
        to: SocketAddr,
    ) -> Dialog {
        let keys = Some(KEYS[network.next() as usize % 2]);
        let ours = Description { address: network.media.address, keys, sends: true, receives: true };
        Dialog {
            network,
            line,
            call_id: call_id.to_owned(),
            local,
            remote,
            target,
            to,
            cseq: 100,
            invited: None,
            ours,
            version: 0,
            held: false,
            holds: false,
            sent: Vec::new(),
            unacknowledged: None,
            replies: HashMap::new(),
            acks: HashMap::new(),
            keys: VecDeque::new(),
            cancelled: false,
            leaving: false,
            again: None,
        }
    }

    pub fn was_called(&self) -> bool {
        self.invited.is_some()
    }

    pub fn close(&self) {
        self.network.forget(&self.call_id);
    }

    pub fn wake(&self) -> Option<Instant> {
        let sent = self.sent.iter().filter_map(|it| it.repeat.at).min();
        [sent, self.unacknowledged.as_ref().and_then(|it| it.at), self.again].into_iter().flatten().min()
    }

    /// Sends again what was not answered.
    pub fn repeat(&mut self, now: Instant) {
        for repeat in self.sent.iter_mut().map(|it| &mut it.repeat).chain(&mut self.unacknowledged) {
            if repeat.is_due(now) {
                self.network.send(&repeat.text, self.to);
            }
        }
        if self.again.is_some_and(|at| at <= now) {
            self.again = None;
            self.hold(self.holds);
        }
    }

    /// A provisional response to their INVITE.
    pub fn provisional(&mut self, status: &str, media: bool) {
        let body = if media { self.describe() } else { String::new() };
        self.line.allow(media);
        self.respond_to_invite(status, &body);
    }

    pub fn answer(&mut self) {
        let body = self.describe();
        self.line.allow(true);
        self.respond_to_invite("200 OK", &body);
    }

    pub fn refuse(&mut self, status: &str) {
        self.respond_to_invite(status, "");
    }

    fn respond_to_invite(&mut self, status: &str, body: &str) {
        let Some(invite) = self.invited.clone() else { return };
        self.reply(&invite, status, body);
    }

    /// Answers a request; copies of it are answered with the same.
    fn reply(&mut self, request: &Message, status: &str, body: &str) {
        let (cseq, method) = request.cseq().expect("parsed");
        let tag = if status.starts_with("100") { "" } else { tag_of(&self.local) };
        let contact = format!("Contact: <sip:far@{}>\r\n", self.network.address);
        let text = request.respond(status, tag, &contact, body);
        self.network.send(&text, self.to);
        if method == "INVITE" && !status.starts_with('1') {
            self.unacknowledged = Some(Repeat::new(cseq, text.clone()));
        }
        self.replies.insert((cseq, method.to_owned()), text);
    }

    fn describe(&mut self) -> String {
        self.version += 1;
        self.ours.write(self.version)
    }

    pub fn invite(&mut self) {
        let body = self.describe();
        self.request("INVITE", "", &body);
    }

    /// Holds the other side, or lets it go.
    pub fn hold(&mut self, holds: bool) {
        self.holds = holds;
        (self.ours.sends, self.ours.receives) = (!self.held, !self.holds);
        let body = self.describe();
        self.request("INVITE", "", &body);
    }

    pub fn bye(&mut self) {
        self.leaving = self.unacknowledged.is_some();
        if !self.leaving {
            self.request("BYE", "", "");
        }
    }

    /// A CANCEL is allowed once something was said (RFC 3261 9.1).
    pub fn cancel(&mut self) {
        self.cancelled = true;
        let Some(invite) = self.sent.iter().find(|it| it.method == "INVITE" && it.provisional) else { return };
        let (cseq, branch) = (invite.repeat.cseq, invite.branch.clone());
        self.send("CANCEL", cseq, branch, "", "");
    }

    /// Presses keys by INFO.
    pub fn inform(&mut self, keys: &str) {
        let idle = self.keys.is_empty();
        self.keys.extend(keys.chars());
        if idle {
            self.next_key();
        }
    }

    fn next_key(&mut self) {
        let Some(key) = self.keys.front() else { return };
        let body = format!("Signal={key}\r\nDuration=100\r\n");
        self.cseq += 1;
        let branch = self.branch();
        self.send("INFO", self.cseq, branch, "Content-Type: application/dtmf-relay\r\n", &body);
    }

    fn branch(&self) -> String {
        format!("z9hG4bKfar{}", self.network.next())
    }

    fn request(&mut self, method: &'static str, more: &str, body: &str) {
        self.cseq += 1;
        let branch = self.branch();
        self.send(method, self.cseq, branch, more, body);
    }

    fn send(&mut self, method: &'static str, cseq: u32, branch: String, more: &str, body: &str) {
        let head = self.head(method, cseq, &branch) + more;
        let text = match more.is_empty() {
            true => with_body(head, body),
            false => format!("{head}Content-Length: {}\r\n\r\n{body}", body.len()),
        };
        self.network.send(&text, self.to);
        self.sent.push(Sent { method, branch, provisional: false, repeat: Repeat::new(cseq, text) });
    }

    fn head(&self, method: &str, cseq: u32, branch: &str) -> String {
        let (target, at) = (&self.target, self.network.address);
        format!(
            "{method} {target} SIP/2.0\r\nVia: SIP/2.0/UDP {at};rport;branch={branch}\r\nMax-Forwards: 70\r\nFrom: {}\r\n\
             To: {}\r\nCall-ID: {}\r\nCSeq: {cseq} {method}\r\nContact: <sip:far@{at}>\r\n",
            self.local, self.remote, self.call_id
        )
    }

    pub fn take(&mut self, message: Message, from: SocketAddr) -> Vec<Step> {
        match message.status() {
            Some(code) => self.on_response(&message, code).into_iter().collect(),
            None => {
                self.to = from;
                self.on_request(&message)
            }
        }
    }

    fn on_request(&mut self, request: &Message) -> Vec<Step> {
        let (cseq, method) = request.cseq().expect("parsed");
        if method == "ACK" {
            return self.on_ack(cseq);
        }
        if let Some(reply) = self.replies.get(&(cseq, method.to_owned())) {
            self.network.send(reply, self.to);
            return Vec::new();
        }
        match method {
            "CANCEL" => self.on_cancel(request),
            "BYE" => {
                self.reply(request, "200 OK", "");
                (self.unacknowledged, self.again) = (None, None);
                vec![Step::Bye]
            }
            "INVITE" if self.sent.iter().any(|it| it.method == "INVITE") => {
                self.reply(request, "491 Request Pending", "");
                Vec::new()
            }
            "INVITE" => self.on_offer(request),
            "INFO" | "OPTIONS" | "UPDATE" => {
                self.reply(request, "200 OK", "");
                Vec::new()
            }
            _ => {
                self.reply(request, "405 Method Not Allowed", "");
                Vec::new()
            }
        }
    }

    fn on_ack(&mut self, cseq: u32) -> Vec<Step> {
        let Some(answer) = self.unacknowledged.take_if(|it| it.cseq == cseq) else { return Vec::new() };
        if std::mem::take(&mut self.leaving) {
            self.request("BYE", "", "");
        }
        if answer.text.starts_with("SIP/2.0 2") { vec![Step::Acknowledged] } else { Vec::new() }
    }

    fn on_cancel(&mut self, cancel: &Message) -> Vec<Step> {
        let (cseq, _) = cancel.cseq().expect("parsed");
        self.reply(cancel, "200 OK", "");
        let invite = self.replies.get(&(cseq, "INVITE".to_owned()));
        if !invite.is_some_and(|it| it.starts_with("SIP/2.0 1")) {
            return Vec::new();
        }
        self.respond_to_invite("487 Request Terminated", "");
        vec![Step::Cancelled]
    }

    /// An offer in the dialog: they hold us, let us go, or move.
    fn on_offer(&mut self, invite: &Message) -> Vec<Step> {
        let Some(theirs) = Description::parse(&invite.body) else {
            let body = self.describe();
            self.reply(invite, "200 OK", &body);
            return Vec::new();
        };
        self.held = !theirs.receives;
        self.line.connect(theirs.address, theirs.keys);
        (self.ours.sends, self.ours.receives) = (theirs.receives, theirs.sends && !self.holds);
        self.line.allow(self.ours.sends);
        let body = self.describe();
        self.reply(invite, "200 OK", &body);
        vec![Step::Held(self.held)]
    }

    fn on_response(&mut self, response: &Message, code: u16) -> Option<Step> {
        let (cseq, method) = response.cseq().expect("parsed");
        if let Some(ack) = self.acks.get(&cseq).filter(|_| method == "INVITE" && code >= 200) {
            self.network.send(ack, self.to);
            return None;
        }
        let at = self.sent.iter().position(|it| it.repeat.cseq == cseq && it.method == method)?;
        let sent = &mut self.sent[at];
        if code < 200 {
            sent.repeat.at = None;
            let first = !std::mem::replace(&mut sent.provisional, true);
            if first && self.cancelled {
                self.cancel();
            }
            self.agree(response);
            return Some(Step::Provisional(code));
        }
        let sent = self.sent.remove(at);
        match method {
            "INVITE" => self.on_final(sent, response, code),
            "INFO" => {
                self.keys.pop_front();
                self.next_key();
                self.keys.is_empty().then_some(Step::KeysSent)
            }
            _ => None,
        }
    }

    fn on_final(&mut self, sent: Sent, response: &Message, code: u16) -> Option<Step> {
        let cseq = sent.repeat.cseq;
        let first = tag_of(&self.remote).is_empty();
        if code >= 300 {
            // The ACK of a refusal belongs to the transaction, that of a 2xx is a request of its own (RFC 3261 17.1.1.3, 13.2.2.4).
            let head = self
                .head("ACK", cseq, &sent.branch)
                .replace(&format!("To: {}\r\n", self.remote), &format!("To: {}\r\n", response.get("To")));
            self.acknowledge(cseq, with_body(head, ""));
            return match (first, code) {
                (true, _) => Some(Step::Refused {
                    code,
                    retry_after_s: response.header("Retry-After").and_then(|it| it.parse().ok()),
                }),
                (false, 491 | 500) => {
                    self.again = Some(Instant::now() + AGAIN[usize::from(self.was_called())]);
                    None
                }
                (false, _) => Some(Step::HoldAnswered),
            };
        }
        self.remote = response.get("To").to_owned();
        self.target = uri_of(response.get("Contact")).to_owned();
        self.to = address_of(&self.target).unwrap_or(self.to);
        self.agree(response);
        let ack = with_body(self.head("ACK", cseq, &self.branch()), "");
        self.acknowledge(cseq, ack);
        match first {
            true if self.cancelled => {
                self.request("BYE", "", "");
                None
            }
            true => Some(Step::Answered),
            false => Some(Step::HoldAnswered),
        }
    }

    fn acknowledge(&mut self, cseq: u32, ack: String) {
        self.network.send(&ack, self.to);
        self.acks.insert(cseq, ack);
    }

    /// Takes their answer to our offer.
    fn agree(&mut self, response: &Message) {
        if let Some(theirs) = Description::parse(&response.body) {
            self.line.connect(theirs.address, theirs.keys);
            self.line.allow(self.ours.sends && theirs.receives);
        }
    }
}
