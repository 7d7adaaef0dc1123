//! Runs the traces of `tests/sip/traces`: what happens to a call, line by line, and all that the machines say to it.
//! How to read them is written at the top of `outgoing.txt`. `RINGDOWN_TRACES=write` writes down what they say now.

use super::*;
use crate::telephony::sip::digest::Credentials;
use crate::telephony::sip::message::{Headers, Method};
use crate::telephony::sip::sdp::{Codec, Description, MEDIA_TYPE};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

const CODECS: [Codec; 2] = [Codec::Pcmu, Codec::Pcma];

fn ours() -> Ours {
    Ours { sent_by: "192.0.2.1:5060".to_owned(), agent: "Ringdown".to_owned() }
}

fn local() -> Local {
    Local { address: "192.0.2.1".parse().unwrap(), port: 20_000, codecs: CODECS.to_vec() }
}

/// One call of a trace, and the remote party of it.
pub(super) struct Bench {
    start: Instant,
    now: Instant,
    call: Option<Invite>,
    pub(super) sent: BTreeMap<u32, Request>,
    /// Call-IDs in the order in which they appeared.
    calls: Vec<String>,
    /// The request that made the remote party's dialog: From, To and Call-ID as it writes them.
    from: String,
    to: String,
    call_id: String,
    number: u32,
    received: u32,
    pub(super) over: bool,
    wakes: u32,
    pub(super) text: String,
}

impl Bench {
    pub(super) fn new() -> Bench {
        let start = Instant::now();
        Bench {
            start,
            now: start,
            call: None,
            sent: BTreeMap::new(),
            calls: Vec::new(),
            from: String::new(),
            to: String::new(),
            call_id: String::new(),
            number: 100,
            received: 0,
            over: false,
            wakes: 0,
            text: String::new(),
        }
    }

    pub(super) fn run(&mut self, line: &str) {
        let parts: Vec<&str> = line.split('|').map(str::trim).collect();
        let words: Vec<&str> = parts[0].split_ascii_whitespace().collect();
        let mut out = Vec::new();
        match words[0] {
            "at" => return self.advance(words[1]),
            "dial" => self.dial(&words[1..], &parts[1..], &mut out),
            "invite" => self.invite(&parts[1..], &mut out),
            _ => {
                let input = self.input(&words, &parts[1..]);
                self.call.as_mut().unwrap().handle(input, self.now, &mut out);
            }
        }
        self.show(out);
    }

    /// Lets the time pass, and wakes the machine whenever it wants to be.
    fn advance(&mut self, seconds: &str) {
        let until = self.start + Duration::from_millis((seconds.parse::<f64>().unwrap() * 1_000.0) as u64);
        while let Some(call) = &mut self.call {
            let Some(wake) = call.wake().filter(|it| *it <= until) else { break };
            self.wakes += 1;
            assert!(wake >= self.now && self.wakes < 1_000, "the machine would never sleep");
            self.now = wake.max(self.now);
            let mut out = Vec::new();
            call.handle(Input::Wake, self.now, &mut out);
            if !out.is_empty() {
                let at = self.now.duration_since(self.start).as_secs_f64();
                writeln!(self.text, "  at {at}").unwrap();
            }
            self.show(out);
        }
        self.now = until;
    }

    fn dial(&mut self, words: &[&str], headers: &[&str], out: &mut Vec<Output>) {
        let has = |word: &str| words.contains(&word);
        let credentials = Credentials { username: "bob".to_owned(), password: "secret".to_owned() };
        let hop = |host: &str| Hop {
            uri: format!("sip:+15557654321@{host}"),
            domain: "ringdown.example".to_owned(),
            credentials: has("auth").then(|| credentials.clone()),
        };
        let count = if has("three") {
            3
        } else if has("two") {
            2
        } else {
            1
        };
        let hops = ["one.example", "two.example", "three.example"][..count].iter().map(|it| hop(it)).collect();
        let who = Identity { user: "+15551234567".to_owned(), name: "Ann".to_owned(), hidden: has("hidden") };
        let headers: Vec<(String, String)> =
            headers.iter().map(|it| it.split_once(": ").unwrap()).map(|(a, b)| (a.to_owned(), b.to_owned())).collect();
        let tokens = Tokens::new([1; 32], [1, 2, 3, 4]);
        let uac = Uac::dial(hops, who, &headers, local(), (ours(), tokens), self.now, out);
        self.call = Some(Invite::Outgoing(Box::new(uac)));
    }

    /// An INVITE of the remote party. A part that is a header replaces the one of that name.
    fn invite(&mut self, parts: &[&str], out: &mut Vec<Output>) {
        (self.from, self.to) =
            ("<sip:+15551234567@10.0.0.2>;tag=them".to_owned(), "<sip:+15557654321@192.0.2.1>".to_owned());
        self.call_id = "c".to_owned();
        let request = self.request(Method::Invite, parts);
        let tokens = Tokens::new([1; 32], [1, 2, 3, 4]);
        match Uas::offered(Received(0), request, &CODECS, (ours(), tokens), out) {
            Ok(uas) => {
                let (_, tag) = uas.key();
                self.to = format!("{};tag={tag}", self.to);
                self.call = Some(Invite::Incoming(Box::new(uas)));
            }
            Err(response) => out.push(Output::Respond { received: Received(0), response }),
        }
    }

    fn input(&mut self, words: &[&str], parts: &[&str]) -> Input {
        let follow = |bench: &mut Bench, method: Method| {
            let received = words.get(1).map_or(0, |it| it.parse().unwrap());
            Input::Request { received: Received(received), request: bench.request(method, parts) }
        };
        match words[0] {
            "take" => Input::Take(local()),
            "refuse" => {
                let retry_after = words.get(2).map(|it| it.parse().unwrap());
                Input::Refuse { code: words[1].parse().unwrap(), retry_after }
            }
            "early" => Input::EarlyMedia,
            "answer" => Input::Answer,
            "hold" => Input::Hold(true),
            "unhold" => Input::Hold(false),
            "hangup" => Input::Hangup(reason(words[1])),
            "noack" => Input::NoAck { received: Received(words.get(1).map_or(0, |it| it.parse().unwrap())) },
            "ACK" => follow(self, Method::Ack),
            "CANCEL" => follow(self, Method::Cancel),
            word => match Method::parse(word) {
                Some(method) => {
                    self.received += 1;
                    self.number += 1;
                    Input::Request { received: Received(self.received), request: self.request(method, parts) }
                }
                None => self.response(words, parts),
            },
        }
    }

    /// `200 tag to 3`: a response to our third request, else to our last INVITE.
    fn response(&mut self, words: &[&str], parts: &[&str]) -> Input {
        let code: u16 = words[0].parse().unwrap();
        let invites = self.sent.iter().filter(|(_, it)| it.method == Method::Invite);
        let last = invites.map(|(at, _)| *at).next_back();
        let at = words.iter().position(|it| *it == "to").map(|at| words[at + 1].parse().unwrap()).or(last).unwrap();
        let request = &self.sent[&at];
        let tag = words.get(1).filter(|it| **it != "to").copied().unwrap_or("them");
        let mut response = request.respond(code, tag, &ours());
        if code == 408 && tag == "them" {
            // The transaction's own has no tag.
            response.headers.remove("To");
            response.headers.push("To", request.headers.get("To").unwrap());
        }
        response.headers = with(response.headers, "Contact: <sip:them@10.0.0.2:5070>");
        for part in parts {
            match body(part) {
                Some(body) => response = response.with_body(MEDIA_TYPE, body),
                None => response.headers = with(response.headers, part),
            }
        }
        if request.method == Method::Invite && code > 100 {
            self.from = response.headers.get("To").unwrap().to_owned();
            self.to = request.headers.get("From").unwrap().to_owned();
            self.call_id = request.headers.call_id().unwrap().to_owned();
        }
        Input::Response { sent: Sent(at), response }
    }

    fn request(&self, method: Method, parts: &[&str]) -> Request {
        let theirs = Ours { sent_by: "10.0.0.2:5070".to_owned(), agent: "them".to_owned() };
        let mut request = Request::begin(method, "sip:192.0.2.1:5060", &theirs, "z9hG4bKthem")
            .with("From", self.from.clone())
            .with("To", self.to.clone())
            .with("Call-ID", self.call_id.clone())
            .with("CSeq", format!("{} {method}", self.number))
            .with("Contact", "<sip:them@10.0.0.2:5070>");
        for part in parts {
            match body(part) {
                Some(body) => request = request.with_body(MEDIA_TYPE, body),
                None => match part.strip_prefix("body ") {
                    Some(body) => request.body = body.replace("\\r\\n", "\r\n").into_bytes(),
                    None => request.headers = with(request.headers, part),
                },
            }
        }
        request
    }

    fn show(&mut self, out: Vec<Output>) {
        for output in out {
            let line = match output {
                Output::Send { sent, request, to } => self.sends(sent, *request, &to),
                Output::Abandon(sent) => format!("abandon #{}", sent.0),
                Output::Respond { received, response } => responds(received, &response),
                Output::HopDown { hop, seconds } => format!("hop {hop} is down for {seconds} s"),
                Output::Media(agreed) => media(&agreed),
                Output::Report(report) => report_line(&report),
            };
            writeln!(self.text, "  {line}").unwrap();
        }
        if self.call.as_ref().is_some_and(Invite::is_over) && !self.over {
            self.over = true;
            writeln!(self.text, "  over").unwrap();
        }
    }

    fn sends(&mut self, sent: Sent, request: Request, to: &To) -> String {
        let call_id = request.headers.call_id().unwrap().to_owned();
        let call = self.calls.iter().position(|it| *it == call_id).unwrap_or_else(|| {
            self.calls.push(call_id);
            self.calls.len() - 1
        });
        let to = match to {
            To::Hop(hop) => format!("hop {hop}"),
            To::Uri(uri) => uri.clone(),
        };
        let number = request.headers.cseq().unwrap().0;
        let mut line = format!("#{} {} {} to {to}, call {call}, {number}", sent.0, request.method, request.uri);
        line.push_str(&notable(
            &request.headers,
            &["Route", "Authorization", "Proxy-Authorization", "Privacy", "Reason"],
        ));
        if request.headers.get("Privacy").is_some() || request.headers.iter().any(|(name, _)| name.starts_with("X-")) {
            line.push_str(&notable(&request.headers, &["From", "P-Asserted-Identity", "X-Note", "Via"]));
        }
        line.push_str(&described(&request.body));
        assert!(request.to_bytes().len() < 1_300, "too long for UDP");
        self.sent.insert(sent.0, request);
        line
    }
}

fn reason(word: &str) -> HangupReason {
    match word {
        "normal" => HangupReason::Normal,
        "busy" => HangupReason::Busy,
        "noanswer" => HangupReason::Noanswer,
        "cancel" => HangupReason::Cancel,
        "dialout" => HangupReason::Dialout,
        "timeout" => HangupReason::Timeout,
        "failed" => HangupReason::Failed,
        "amd" => HangupReason::Amd,
        _ => panic!("{word}"),
    }
}

/// Replaces a header, or adds it. `Name: -` takes it away.
fn with(headers: Headers, part: &str) -> Headers {
    let (name, value) = part.split_once(": ").unwrap_or_else(|| panic!("{part}"));
    let mut changed = Headers::default();
    let mut done = value == "-";
    for (known, old) in headers.iter() {
        match known.eq_ignore_ascii_case(name) {
            true if done => {}
            true => {
                changed.push(known, value);
                done = true;
            }
            false => changed.push(known, old),
        }
    }
    if !done {
        changed.push(name, value);
    }
    changed
}

/// `sdp sendonly port=4002 ip=0.0.0.0 formats=8,96 event=96`: a description of the remote party.
fn body(part: &str) -> Option<Vec<u8>> {
    let rest = part.strip_prefix("sdp")?;
    let value = |key: &str| rest.split_ascii_whitespace().find_map(|it| it.strip_prefix(key)?.strip_prefix('='));
    let directions = ["sendonly", "recvonly", "inactive"];
    let direction = rest.split_ascii_whitespace().find(|it| directions.contains(it)).unwrap_or("sendrecv");
    let (ip, port) = (value("ip").unwrap_or("10.0.0.2"), value("port").unwrap_or("4000"));
    let formats = value("formats").unwrap_or("0,101").replace(',', " ");
    let event = value("event").unwrap_or("101");
    let text = format!(
        "v=0\r\no=- 1 1 IN IP4 10.0.0.2\r\ns=-\r\nc=IN IP4 {ip}\r\nt=0 0\r\nm=audio {port} RTP/AVP {formats}\r\n\
         a=rtpmap:{event} telephone-event/8000\r\na={direction}\r\n"
    );
    Some(text.into_bytes())
}

fn responds(received: Received, response: &Response) -> String {
    let mut line = format!("{} {} to {}", response.code, response.reason, received.0);
    let names = ["Retry-After", "Allow", "Unsupported", "Accept", "Warning", "Record-Route"];
    // Allow is in every answer that makes a dialog.
    let names = if response.code < 300 { &names[5..] } else { &names[..5] };
    line.push_str(&notable(&response.headers, names));
    line.push_str(&described(&response.body));
    line
}

fn notable(headers: &Headers, names: &[&str]) -> String {
    let pairs = names.iter().flat_map(|name| headers.all(name).map(move |value| format!(", {name}: {value}")));
    pairs.collect()
}

/// Our description: version, port, formats and direction.
fn described(body: &[u8]) -> String {
    let Some(description) = Description::parse(body) else { return String::new() };
    let text = String::from_utf8_lossy(body);
    let version = text.split_ascii_whitespace().nth(3).unwrap_or_default().to_owned();
    let lines = description
        .lines
        .iter()
        .map(|it| format!("{} {} {} {}", it.kind, it.port, it.formats.join(" "), it.direction.word()));
    format!(", sdp {version}: {}", lines.collect::<Vec<_>>().join("; "))
}

fn media(agreed: &Agreed) -> String {
    let place = |it: Option<std::net::SocketAddr>| it.map_or("nowhere".to_owned(), |it| it.to_string());
    let events = agreed.events.map_or(String::new(), |it| format!(", events {} and {}", it.send, it.receive));
    format!(
        "media {} and {}, {} as {} and {}{events}, {} ms, {}",
        place(agreed.remote),
        place(agreed.remote_rtcp),
        agreed.codec.name(),
        agreed.send,
        agreed.receive,
        agreed.packet_ms,
        agreed.direction.word()
    )
}

fn report_line(report: &Report) -> String {
    match report {
        Report::Hangup(end) => format!("report Hangup {:?} {:?} {} {:?}", end.by, end.reason, end.code, end.cause),
        other => format!("report {other:?}"),
    }
}

/// Runs a file and returns it as the machines fill it in.
fn filled(text: &str) -> String {
    let mut filled = String::new();
    let mut bench: Option<Bench> = None;
    for line in text.lines() {
        match (line.strip_prefix("> "), &mut bench) {
            (Some(input), Some(bench)) => {
                bench.text = format!("> {input}\n");
                bench.run(input);
                filled.push_str(&bench.text);
            }
            _ if line.starts_with("  ") => {}
            _ => {
                if line.starts_with("== ") {
                    bench = Some(Bench::new());
                }
                filled.push_str(line);
                filled.push('\n');
            }
        }
    }
    filled
}

fn trace(name: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sip/traces").join(name);
    let text = std::fs::read_to_string(&path).unwrap();
    let now = filled(&text);
    if std::env::var("RINGDOWN_TRACES").is_ok_and(|it| it == "write") {
        std::fs::write(&path, &now).unwrap();
    }
    for (at, (expected, line)) in text.lines().zip(now.lines()).enumerate() {
        assert_eq!(line, expected, "{name}, line {}; all of it:\n{now}", at + 1);
    }
    assert_eq!(text.lines().count(), now.lines().count(), "{name}:\n{now}");
}

#[test]
fn outgoing() {
    trace("outgoing.txt");
}

#[test]
fn outgoing_failures() {
    trace("outgoing_failures.txt");
}

#[test]
fn incoming() {
    trace("incoming.txt");
}

#[test]
fn sessions() {
    trace("sessions.txt");
}

/// Requests that no call takes.
#[test]
fn outside_of_dialogs() {
    let mut bench = Bench::new();
    bench.from = "<sip:them@b>;tag=them".to_owned();
    let mut code = |method: Method, to: &str, parts: &[&str], available: bool| {
        (bench.to, bench.call_id) = (to.to_owned(), "c".to_owned());
        let response = outside_dialog(&bench.request(method, parts), "us", available, &ours())?;
        Some((response.code, notable(&response.headers, &["Allow", "Unsupported", "Retry-After", "Accept"])))
    };
    const ALLOWED: &str = ", Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE";
    for (method, to, parts, available, answer, headers) in [
        (Method::Options, "<sip:us>", &[][..], true, 200, &format!("{ALLOWED}, Accept: application/sdp")[..]),
        (Method::Options, "<sip:us>", &["Max-Forwards: 0"], true, 200, &format!("{ALLOWED}, Accept: application/sdp")),
        (Method::Options, "<sip:us>", &["Require: path"], true, 420, ", Unsupported: path"),
        (Method::Options, "<sip:us>", &[], false, 503, ", Retry-After: 5"),
        (Method::Options, "<sip:us>;tag=1", &[], true, 481, ""),
        (Method::Invite, "<sip:us>;tag=1", &[], true, 481, ""),
        (Method::Bye, "<sip:us>;tag=1", &[], true, 481, ""),
        (Method::Bye, "<sip:us>", &[], true, 481, ""),
        (Method::Info, "<sip:us>", &[], true, 481, ""),
        (Method::Update, "<sip:us>", &[], true, 481, ""),
        (Method::Register, "<sip:us>", &[], true, 405, ALLOWED),
        (Method::Subscribe, "<sip:us>", &[], true, 405, ALLOWED),
        (Method::Refer, "<sip:us>;tag=1", &[], true, 405, ALLOWED),
    ] {
        assert_eq!(code(method, to, parts, available), Some((answer, headers.to_owned())), "{method} {to} {parts:?}");
    }
    assert_eq!(code(Method::Ack, "<sip:us>;tag=1", &[], true), None);
}
