//! A SIP message as this engine sees it. Getters return `None` where a value is missing or malformed, and never panic.

mod address;
mod build;
mod headers;
pub(super) mod scan;
mod syntax;
#[cfg(test)]
mod tests;
mod via;

pub use address::NameAddr;
pub(super) use build::phrase;
pub use build::{ALLOW, Ours};
pub use headers::Headers;
pub use scan::Malformed;
pub use syntax::{Params, is_token, quoted, split_outside, unquoted};
pub use via::Via;

use scan::{Scan, Start};
use std::fmt;

/// The methods that the SIP crate can parse. Any other is answered with 405 before it gets there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    Ack,
    Bye,
    Cancel,
    Info,
    Invite,
    Message,
    Notify,
    Options,
    Prack,
    Publish,
    Refer,
    Register,
    Subscribe,
    Update,
}

impl Method {
    const ALL: [Method; 14] = [
        Method::Ack,
        Method::Bye,
        Method::Cancel,
        Method::Info,
        Method::Invite,
        Method::Message,
        Method::Notify,
        Method::Options,
        Method::Prack,
        Method::Publish,
        Method::Refer,
        Method::Register,
        Method::Subscribe,
        Method::Update,
    ];

    /// Methods are case-sensitive (RFC 3261 7.1).
    pub fn parse(name: &str) -> Option<Method> {
        Method::ALL.into_iter().find(|it| it.name() == name)
    }

    pub fn name(self) -> &'static str {
        match self {
            Method::Ack => "ACK",
            Method::Bye => "BYE",
            Method::Cancel => "CANCEL",
            Method::Info => "INFO",
            Method::Invite => "INVITE",
            Method::Message => "MESSAGE",
            Method::Notify => "NOTIFY",
            Method::Options => "OPTIONS",
            Method::Prack => "PRACK",
            Method::Publish => "PUBLISH",
            Method::Refer => "REFER",
            Method::Register => "REGISTER",
            Method::Subscribe => "SUBSCRIBE",
            Method::Update => "UPDATE",
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    pub method: Method,
    /// The Request-URI as it was sent.
    pub uri: String,
    pub headers: Headers,
    pub body: Vec<u8>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// 100 to 699.
    pub code: u16,
    pub reason: String,
    pub headers: Headers,
    pub body: Vec<u8>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    Request(Request),
    Response(Response),
}

impl Message {
    /// Reads one datagram, with the limits of [`scan`]. A body ends where Content-Length says, or with the datagram.
    pub fn parse(bytes: &[u8]) -> Result<Message, Malformed> {
        let scan = Scan::of(bytes)?;
        scan.flaw.map_or(Ok(()), Err)?;
        let length = scan.content_length()?.unwrap_or(scan.rest.len());
        let body = scan.rest.get(..length).ok_or(Malformed("Content-Length"))?.to_vec();
        let mut headers = Headers::default();
        for (name, value) in &scan.headers {
            headers.push(name, value.as_ref());
        }
        // It is written anew with the body.
        headers.remove("Content-Length");
        match scan.start {
            Start::Request { method, uri, .. } => {
                let method = Method::parse(method).ok_or(Malformed("method"))?;
                Ok(Message::Request(Request { method, uri: uri.to_owned(), headers, body }))
            }
            Start::Response { code, reason, .. } => {
                let code = scan::status_code(code).ok_or(Malformed("status code"))?;
                Ok(Message::Response(Response { code, reason: reason.to_owned(), headers, body }))
            }
            Start::Neither => Err(Malformed("start line")),
        }
    }

    pub fn headers(&self) -> &Headers {
        match self {
            Message::Request(request) => &request.headers,
            Message::Response(response) => &response.headers,
        }
    }
}

impl Request {
    /// Returns the message as it is sent. Content-Length is written here and nowhere else.
    pub fn to_bytes(&self) -> Vec<u8> {
        write(format!("{} {} SIP/2.0\r\n", self.method, self.uri), &self.headers, &self.body)
    }

    /// Returns the option tags of a header (`Require`, `Supported`).
    pub fn has_option(&self, header: &str, tag: &str) -> bool {
        self.headers.elements(header).iter().any(|it| it.eq_ignore_ascii_case(tag))
    }

    /// Whether the request is inside a dialog.
    pub fn is_in_dialog(&self) -> bool {
        self.headers.to().is_some_and(|to| to.tag().is_some())
    }
}

impl Response {
    /// Returns the message as it is sent.
    pub fn to_bytes(&self) -> Vec<u8> {
        write(format!("SIP/2.0 {} {}\r\n", self.code, self.reason), &self.headers, &self.body)
    }

    pub fn is_provisional(&self) -> bool {
        self.code < 200
    }

    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.code)
    }

    /// Returns the cause in words: the text of a Reason header (RFC 3326), else the reason phrase. At most 200 bytes.
    pub fn cause(&self) -> String {
        self.headers.reason_text().unwrap_or_else(|| shortened(&self.reason))
    }
}

/// Returns the text up to 200 bytes, cut at a character.
pub(super) fn shortened(text: &str) -> String {
    let mut end = text.len().min(200);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default().to_owned()
}

fn write(start: String, headers: &Headers, body: &[u8]) -> Vec<u8> {
    let mut bytes = start.into_bytes();
    for (name, value) in headers.iter() {
        bytes.extend_from_slice(name.as_bytes());
        bytes.extend_from_slice(b": ");
        bytes.extend_from_slice(value.as_bytes());
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(format!("Content-Length: {}\r\n\r\n", body.len()).as_bytes());
    bytes.extend_from_slice(body);
    bytes
}
