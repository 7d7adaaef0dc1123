//! Requests and responses as we write them (RFC 3261 8.1.1, 8.2.6).

use super::{Headers, Method, Request, Response};
use crate::telephony::sip::token::Tokens;

/// The methods that are answered with something else than 405.
pub const ALLOW: &str = "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE";
/// As a request leaves us (RFC 3261 8.1.1.6).
const MAX_FORWARDS: &str = "70";

/// How this server names itself in messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ours {
    /// `host:port` under which others reach our socket.
    pub sent_by: String,
    /// The value of User-Agent and Server.
    pub agent: String,
}

impl Ours {
    /// `rport` asks for the answer at the port that the request came from (RFC 3581).
    pub fn via(&self, branch: &str) -> String {
        format!("SIP/2.0/UDP {};branch={branch};rport", self.sent_by)
    }

    pub fn contact(&self) -> String {
        format!("<sip:{}>", self.sent_by)
    }
}

impl Request {
    /// Begins a request: Via, Max-Forwards and User-Agent.
    pub fn begin(method: Method, uri: &str, ours: &Ours, branch: &str) -> Request {
        let mut headers = Headers::default();
        headers.push("Via", ours.via(branch));
        headers.push("Max-Forwards", MAX_FORWARDS);
        // A URI cannot leave its line, wherever it comes from.
        let uri = uri.replace(|it: char| it.is_control() || it.is_whitespace(), "");
        let request = Request { method, uri, headers, body: Vec::new() };
        request.with("User-Agent", ours.agent.clone())
    }

    /// Returns an OPTIONS that asks a peer whether it is there (RFC 3261 11).
    pub fn ping(uri: &str, ours: &Ours, tokens: &mut Tokens) -> Request {
        Request::begin(Method::Options, uri, ours, &tokens.branch())
            .with("From", format!("<sip:{}>;tag={}", ours.sent_by, tokens.tag()))
            .with("To", format!("<{uri}>"))
            .with("Call-ID", tokens.call_id())
            .with("CSeq", "1 OPTIONS")
            .with("Contact", ours.contact())
            .with("Accept", "application/sdp")
    }

    pub fn with(mut self, name: &str, value: impl Into<String>) -> Request {
        self.headers.push(name, value);
        self
    }

    pub fn with_body(mut self, media: &str, body: Vec<u8>) -> Request {
        self.headers.push("Content-Type", media);
        self.body = body;
        self
    }

    /// Returns a response: Via, From, To, Call-ID and CSeq as they came. The tag goes into a To that has none; a 100 needs
    /// none.
    pub fn respond(&self, code: u16, tag: &str, ours: &Ours) -> Response {
        let mut headers = Headers::default();
        for value in self.headers.all("Via") {
            headers.push("Via", value);
        }
        headers.push("From", self.headers.get("From").unwrap_or_default());
        let to = self.headers.get("To").unwrap_or_default();
        match code > 100 && !self.is_in_dialog() {
            true => headers.push("To", format!("{to};tag={tag}")),
            false => headers.push("To", to),
        }
        for name in ["Call-ID", "CSeq"] {
            headers.push(name, self.headers.get(name).unwrap_or_default());
        }
        if let Some(timestamp) = self.headers.get("Timestamp").filter(|_| code == 100) {
            headers.push("Timestamp", timestamp);
        }
        headers.push("Server", ours.agent.clone());
        Response { code, reason: phrase(code).to_owned(), headers, body: Vec::new() }
    }

    /// Returns the CANCEL of an INVITE (RFC 3261 9.1): the same Request-URI, Call-ID, From, To, Route, topmost Via and
    /// number.
    pub fn cancel(&self, ours: &Ours) -> Request {
        let mut headers = Headers::default();
        headers.push("Via", self.headers.get("Via").unwrap_or_default());
        headers.push("Max-Forwards", MAX_FORWARDS);
        for name in ["Route", "From", "To", "Call-ID"] {
            for value in self.headers.all(name) {
                headers.push(name, value);
            }
        }
        let number = self.headers.cseq().map_or(0, |(number, _)| number);
        headers.push("CSeq", format!("{number} {}", Method::Cancel));
        headers.push("User-Agent", ours.agent.clone());
        Request { method: Method::Cancel, uri: self.uri.clone(), headers, body: Vec::new() }
    }

    /// Returns the answer to OPTIONS (RFC 3261 11.2).
    pub fn options(&self, tag: &str, ours: &Ours) -> Response {
        self.respond(200, tag, ours).with("Allow", ALLOW).with("Accept", "application/sdp")
    }
}

impl Response {
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Response {
        self.headers.push(name, value);
        self
    }

    pub fn with_body(mut self, media: &str, body: Vec<u8>) -> Response {
        self.headers.push("Content-Type", media);
        self.body = body;
        self
    }
}

/// Returns the standard phrase of a status code (RFC 3261 21, RFC 3326 and others).
pub(in super::super) fn phrase(code: u16) -> &'static str {
    match code {
        100 => "Trying",
        180 => "Ringing",
        183 => "Session Progress",
        200 => "OK",
        202 => "Accepted",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        407 => "Proxy Authentication Required",
        408 => "Request Timeout",
        415 => "Unsupported Media Type",
        416 => "Unsupported URI Scheme",
        420 => "Bad Extension",
        480 => "Temporarily Unavailable",
        481 => "Call/Transaction Does Not Exist",
        482 => "Loop Detected",
        483 => "Too Many Hops",
        486 => "Busy Here",
        487 => "Request Terminated",
        488 => "Not Acceptable Here",
        491 => "Request Pending",
        500 => "Server Internal Error",
        503 => "Service Unavailable",
        505 => "Version Not Supported",
        603 => "Decline",
        604 => "Does Not Exist Anywhere",
        _ => match code / 100 {
            1 => "Session Progress",
            2 => "OK",
            3 => "Redirection",
            4 => "Request Failure",
            5 => "Server Failure",
            _ => "Global Failure",
        },
    }
}
