//! Session descriptions of one audio line: PCMU and keys.

use std::net::{IpAddr, SocketAddr};

/// The audio line of a description.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Description {
    pub address: SocketAddr,
    /// The payload type of RFC 4733 events.
    pub keys: Option<u8>,
    pub sends: bool,
    pub receives: bool,
}

impl Description {
    pub fn parse(body: &str) -> Option<Description> {
        let (mut ip, mut port, mut keys, mut direction) = (None::<IpAddr>, None, None, "sendrecv");
        for line in body.lines() {
            if let Some(value) = line.strip_prefix("c=IN IP4 ") {
                ip = value.parse().ok();
            } else if let Some(value) = line.strip_prefix("m=audio ") {
                port = value.split(' ').next()?.parse::<u16>().ok();
            } else if let Some(value) = line.strip_prefix("a=rtpmap:") {
                let (format, name) = value.split_once(' ')?;
                keys = if name.starts_with("telephone-event/8000") { format.parse().ok() } else { keys };
            } else if let Some(value @ ("sendrecv" | "sendonly" | "recvonly" | "inactive")) = line.strip_prefix("a=") {
                direction = value;
            }
        }
        let (sends, receives) =
            (["sendrecv", "sendonly"].contains(&direction), ["sendrecv", "recvonly"].contains(&direction));
        Some(Description { address: SocketAddr::new(ip?, port?), keys, sends, receives })
    }

    pub fn write(&self, version: u32) -> String {
        let direction = match (self.sends, self.receives) {
            (true, true) => "sendrecv",
            (true, false) => "sendonly",
            (false, true) => "recvonly",
            (false, false) => "inactive",
        };
        let (ip, port, keys) = (self.address.ip(), self.address.port(), self.keys.unwrap_or(101));
        format!(
            "v=0\r\no=- 7 {version} IN IP4 {ip}\r\ns=-\r\nc=IN IP4 {ip}\r\nt=0 0\r\nm=audio {port} RTP/AVP 0 {keys}\r\n\
             a=rtpmap:0 PCMU/8000\r\na=rtpmap:{keys} telephone-event/8000\r\na=fmtp:{keys} 0-15\r\na={direction}\r\n"
        )
    }
}
