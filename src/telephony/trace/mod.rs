//! The messages of a call on the network, as a driver keeps them for whoever asks why the call went wrong.

pub mod pcap;

use crate::model::time::Time;
use std::net::SocketAddr;
use std::sync::Arc;
use uuid::Uuid;

/// What a driver of real phones remembers of its calls. Secrets are masked.
pub trait Traces: Send + Sync {
    /// Returns the messages of a call, in the order of their times. Empty if none are kept: the call was not on a real
    /// phone, it is too long ago, or another process held it.
    fn of(&self, call_id: Uuid) -> Vec<Message>;
}

/// A datagram that was sent or received for a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    pub at: Time,
    /// Sent by us; otherwise received.
    pub sent: bool,
    pub local: SocketAddr,
    pub peer: SocketAddr,
    pub bytes: Arc<[u8]>,
}

impl Message {
    /// Returns where the message came from.
    pub fn source(&self) -> SocketAddr {
        if self.sent { self.local } else { self.peer }
    }

    /// Returns where the message went.
    pub fn destination(&self) -> SocketAddr {
        if self.sent { self.peer } else { self.local }
    }

    /// Returns the method of a request, and the status code of a response.
    pub fn method(&self) -> String {
        let line = self.bytes.split(|byte| *byte == b'\r' || *byte == b'\n').next().unwrap_or_default();
        let mut words = line.split(|byte| *byte == b' ');
        let word = match words.next() {
            Some(b"SIP/2.0") => words.next(),
            method => method,
        };
        String::from_utf8_lossy(word.unwrap_or_default()).into_owned()
    }
}
