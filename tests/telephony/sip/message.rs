//! SIP messages as text: nothing here knows the parser of the driver, so the two cannot agree on a mistake.

use std::net::SocketAddr;

#[derive(Debug, Clone, Default)]
pub struct Message {
    /// The request line or the status line.
    pub start: String,
    headers: Vec<(String, String)>,
    pub body: String,
}

impl Message {
    pub fn parse(datagram: &[u8]) -> Option<Message> {
        let (head, body) = std::str::from_utf8(datagram).ok()?.split_once("\r\n\r\n")?;
        let mut lines = head.split("\r\n");
        let start = lines.next()?.to_owned();
        let pair =
            |line: &str| line.split_once(':').map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()));
        let headers = lines.map(pair).collect::<Option<Vec<_>>>()?;
        let message = Message { start, headers, body: body.to_owned() };
        let length = message.header("Content-Length")?.parse::<usize>().ok()?;
        (length == body.len() && message.header("Call-ID").is_some() && message.cseq().is_some()).then_some(message)
    }

    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        let same = move |it: &&(String, String)| it.0.eq_ignore_ascii_case(name);
        self.headers.iter().filter(same).map(|(_, value)| value.as_str())
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// Returns a header that [`Message::parse`] has made sure of.
    pub fn get(&self, name: &str) -> &str {
        self.header(name).unwrap_or_default()
    }

    pub fn cseq(&self) -> Option<(u32, &str)> {
        let (number, method) = self.header("CSeq")?.split_once(' ')?;
        Some((number.parse().ok()?, method.trim()))
    }

    /// The status of a response and its phrase; `None` for a request.
    pub fn status(&self) -> Option<u16> {
        self.start.strip_prefix("SIP/2.0 ")?.get(..3)?.parse().ok()
    }

    /// The URI of a request.
    pub fn uri(&self) -> &str {
        self.start.split(' ').nth(1).unwrap_or_default()
    }

    /// The response to a request: Via, From, To, Call-ID and CSeq are copied (RFC 3261 8.2.6.2).
    pub fn respond(&self, status: &str, tag: &str, more: &str, body: &str) -> String {
        let mut text = format!("SIP/2.0 {status}\r\n");
        for via in self.all("Via") {
            text += &format!("Via: {via}\r\n");
        }
        let to = self.get("To");
        let tag = if to.contains(";tag=") || tag.is_empty() { String::new() } else { format!(";tag={tag}") };
        text += &format!("From: {}\r\nTo: {to}{tag}\r\n", self.get("From"));
        text += &format!("Call-ID: {}\r\nCSeq: {}\r\n{more}", self.get("Call-ID"), self.get("CSeq"));
        with_body(text, body)
    }
}

/// Ends the head and adds a session description, if there is one.
pub fn with_body(mut head: String, body: &str) -> String {
    if !body.is_empty() {
        head += "Content-Type: application/sdp\r\n";
    }
    format!("{head}Content-Length: {}\r\n\r\n{body}", body.len())
}

/// The part of a header between `<` and `>`.
pub fn uri_of(value: &str) -> &str {
    value.split_once('<').and_then(|(_, rest)| rest.split_once('>')).map_or(value, |(uri, _)| uri)
}

/// The user of a SIP URI.
pub fn user_of(uri: &str) -> &str {
    uri.trim_start_matches("sip:").split_once('@').map_or("", |(user, _)| user)
}

/// Where the host of a SIP URI is: the driver writes addresses, no names.
pub fn address_of(uri: &str) -> Option<SocketAddr> {
    let rest = uri.trim_start_matches("sip:");
    let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    host.split([';', '?']).next()?.parse().ok()
}

/// The tag of a From or To.
pub fn tag_of(value: &str) -> &str {
    value.split_once(";tag=").map_or("", |(_, rest)| rest.split(';').next().unwrap_or_default())
}
