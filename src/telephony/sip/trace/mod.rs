//! What passed the SIP socket, kept for each call: the last messages, without their secrets, in memory.
//!
//! A call has a Call-ID for each hop that it was tried at. The driver links them, and says when the call has ended. Messages
//! of other Call-IDs wait in a small space of their own until they are linked, so that a stranger who invents Call-IDs
//! pushes out no message of a call.

mod mask;
mod ring;

use crate::model::time::Time;
use crate::telephony::trace::{self, Message};
use mask::masked;
use ring::Ring;
use std::collections::{BTreeMap, HashMap};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use uuid::Uuid;

/// The bytes of all calls. A call has about eight messages of 900 bytes, so these are the last 4,000 calls; a busy server
/// that also holds 10,000 calls keeps the ten seconds in which they are set up.
const MAX_BYTES: usize = 32 << 20;
/// The bytes of messages whose Call-ID is not linked.
const MAX_UNLINKED_BYTES: usize = 1 << 20;
/// The estimated bytes of a call or of an unlinked Call-ID beside its messages.
const OVERHEAD: usize = 512;
/// The Call-IDs of a call: three hops, and what their redirections may add.
const MAX_CALL_IDS: usize = 8;
/// The calls of a Call-ID: two if the server calls itself.
const MAX_SHARED: usize = 2;
/// The longest Call-ID, in bytes; that of the longest header.
const MAX_CALL_ID: usize = 1_024;

/// The messages of calls.
pub struct Traces {
    now: fn() -> Time,
    local: OnceLock<SocketAddr>,
    kept: Mutex<Kept>,
}

/// The place of a call in the order in which calls are forgotten: those that have ended first, the oldest first.
type Place = (bool, u64);

#[derive(Default)]
struct Kept {
    linked: HashMap<Box<[u8]>, Vec<Uuid>>,
    calls: HashMap<Uuid, Call>,
    order: BTreeMap<Place, Uuid>,
    bytes: usize,
    unlinked: HashMap<Box<[u8]>, (u64, Ring)>,
    unlinked_order: BTreeMap<u64, Box<[u8]>>,
    unlinked_bytes: usize,
    next: u64,
}

struct Call {
    place: Place,
    call_ids: Vec<Box<[u8]>>,
    ring: Ring,
}

impl Call {
    fn weight(&self) -> usize {
        OVERHEAD + self.call_ids.iter().map(|it| 2 * it.len()).sum::<usize>() + self.ring.bytes()
    }
}

impl Traces {
    /// `now` gives the times of messages.
    pub fn new(now: fn() -> Time) -> Traces {
        Traces { now, local: OnceLock::new(), kept: Mutex::default() }
    }

    /// Sets the address of the socket, as others know it. Messages before that have none.
    pub fn listens(&self, local: SocketAddr) {
        // A socket is bound once.
        let _ = self.local.set(local);
    }

    /// Takes a datagram that passes the socket. Never waits.
    pub fn passed(&self, incoming: bool, bytes: &[u8], peer: SocketAddr) {
        let Some(call_id) = call_id(bytes) else { return };
        let local = self.local.get().copied().unwrap_or(SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0));
        let message = Message { at: (self.now)(), sent: !incoming, local, peer, bytes: masked(bytes).into() };
        self.kept().add(call_id, message);
    }

    /// Links a Call-ID to a call, which gets the messages that have passed with it.
    pub fn link(&self, sip_call_id: &str, call_id: Uuid) {
        if sip_call_id.len() <= MAX_CALL_ID {
            self.kept().link(sip_call_id.as_bytes(), call_id);
        }
    }

    /// Takes note that a call has ended. Its messages stay until there are too many; those of live calls stay longer.
    pub fn ended(&self, call_id: Uuid) {
        self.kept().ended(call_id);
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl trace::Traces for Traces {
    fn of(&self, call_id: Uuid) -> Vec<Message> {
        let mut messages: Vec<Message> = match self.kept().calls.get(&call_id) {
            Some(call) => call.ring.messages().cloned().collect(),
            None => Vec::new(),
        };
        // Messages that waited to be linked come behind later ones of another hop.
        messages.sort_by_key(|message| message.at);
        messages
    }
}

impl Kept {
    fn add(&mut self, call_id: &[u8], message: Message) {
        let Some(calls) = self.linked.get(call_id) else { return self.add_unlinked(call_id, message) };
        for id in calls {
            if let Some(call) = self.calls.get_mut(id) {
                self.bytes -= call.weight();
                call.ring.push(message.clone());
                self.bytes += call.weight();
            }
        }
        self.shrink();
    }

    fn add_unlinked(&mut self, call_id: &[u8], message: Message) {
        let entry = |ring: &Ring| OVERHEAD + 2 * call_id.len() + ring.bytes();
        match self.unlinked.get_mut(call_id) {
            Some((_, ring)) => {
                self.unlinked_bytes -= entry(ring);
                ring.push(message);
                self.unlinked_bytes += entry(ring);
            }
            None => {
                let mut ring = Ring::default();
                ring.push(message);
                self.unlinked_bytes += entry(&ring);
                self.next += 1;
                self.unlinked.insert(call_id.into(), (self.next, ring));
                self.unlinked_order.insert(self.next, call_id.into());
            }
        }
        while self.unlinked_bytes > MAX_UNLINKED_BYTES
            && let Some((_, oldest)) = self.unlinked_order.pop_first()
        {
            self.take_unlinked(&oldest);
        }
    }

    /// Removes the messages of a Call-ID that was not linked.
    fn take_unlinked(&mut self, call_id: &[u8]) -> Ring {
        let Some((number, ring)) = self.unlinked.remove(call_id) else { return Ring::default() };
        self.unlinked_order.remove(&number);
        self.unlinked_bytes -= OVERHEAD + 2 * call_id.len() + ring.bytes();
        ring
    }

    fn link(&mut self, call_id: &[u8], id: Uuid) {
        let calls = self.linked.entry(call_id.into()).or_default();
        if calls.contains(&id) {
            return;
        }
        let full = self.calls.get(&id).is_some_and(|call| call.call_ids.len() >= MAX_CALL_IDS);
        if calls.len() >= MAX_SHARED || full {
            if calls.is_empty() {
                self.linked.remove(call_id);
            }
            return;
        }
        calls.push(id);
        // The other call of this Call-ID, if there is one, has the messages so far.
        let other = calls.first().copied().filter(|first| *first != id);
        let shared = other.and_then(|other| Some(self.calls.get(&other)?.ring.of_call_id(call_id)));
        let earlier = shared.unwrap_or_else(|| self.take_unlinked(call_id));
        if !self.calls.contains_key(&id) {
            self.next += 1;
            let call = Call { place: (true, self.next), call_ids: Vec::new(), ring: Ring::default() };
            self.order.insert(call.place, id);
            self.bytes += call.weight();
            self.calls.insert(id, call);
        }
        if let Some(call) = self.calls.get_mut(&id) {
            self.bytes -= call.weight();
            call.call_ids.push(call_id.into());
            earlier.into_messages().for_each(|message| call.ring.push(message));
            self.bytes += call.weight();
        }
        self.shrink();
    }

    fn ended(&mut self, id: Uuid) {
        let Some(call) = self.calls.get_mut(&id).filter(|call| call.place.0) else { return };
        self.next += 1;
        self.order.remove(&call.place);
        call.place = (false, self.next);
        self.order.insert(call.place, id);
    }

    /// Forgets calls until the others fit.
    fn shrink(&mut self) {
        while self.bytes > MAX_BYTES
            && let Some((_, oldest)) = self.order.pop_first()
            && let Some(call) = self.calls.remove(&oldest)
        {
            self.bytes -= call.weight();
            for call_id in call.call_ids {
                if let Some(calls) = self.linked.get_mut(&call_id) {
                    calls.retain(|id| *id != oldest);
                    if calls.is_empty() {
                        self.linked.remove(&call_id);
                    }
                }
            }
        }
    }
}

/// Returns the Call-ID of a message (RFC 3261 20.8, 7.3.3).
fn call_id(bytes: &[u8]) -> Option<&[u8]> {
    let lines = bytes.split(|byte| *byte == b'\n').skip(1).map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    for line in lines.take_while(|line| !line.is_empty()) {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { continue };
        let (name, value) = line.split_at(colon);
        let name = name.trim_ascii_end();
        if name.eq_ignore_ascii_case(b"Call-ID") || name.eq_ignore_ascii_case(b"i") {
            let value = value.get(1..).unwrap_or_default().trim_ascii();
            return (!value.is_empty() && value.len() <= MAX_CALL_ID).then_some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests;
