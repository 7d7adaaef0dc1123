//! A worker: some of the legs of this process, and what happens between them. Pure: packets, commands and ticks go in,
//! packets and events come out. The thread around it is [`threads`](super::threads).
//!
//! A leg belongs to one worker, so nothing here is locked. The two legs of a bridge are on the same worker, and in the same
//! phase, so that what one side says is sent to the other in the same tick.

mod transfer;

pub use transfer::{About, Transfers};

use super::leg::{Dropped, Leg, LegCommand, LegId, Outlet};
use super::quality::Quality;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// A tick: the legs of one phase hear and speak.
pub const TICK: Duration = Duration::from_millis(5);
/// The phases of a frame of 20 ms: the work of a worker is spread over them.
pub const PHASES: u64 = 4;

/// The place of a leg in its worker. It is used again when the leg is gone.
pub type Slot = usize;

/// Where the packets of all legs of a worker go.
pub trait Network {
    fn rtp(&mut self, slot: Slot, to: SocketAddr, packet: &[u8]);
    fn rtcp(&mut self, slot: Slot, to: SocketAddr, packet: &[u8]);
}

/// What a worker counts. The thread publishes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counters {
    pub malformed: u64,
    pub payload_type: u64,
    pub strangers: u64,
    /// Strays, duplicates, and what came too late or too early.
    pub untimely: u64,
    pub lost: u64,
    pub concealed_ms: u64,
}

#[derive(Default)]
pub struct Worker {
    legs: Vec<Option<Seat>>,
    free: Vec<Slot>,
    by_id: HashMap<LegId, Slot>,
    phases: [Vec<Slot>; PHASES as usize],
    counters: Counters,
}

struct Seat {
    leg: Box<Leg>,
    phase: usize,
    /// The frame of this tick is a new one.
    due: bool,
    /// The other side of the bridge.
    partner: Option<Slot>,
}

/// The outlet of one leg.
struct Socket<'a, N> {
    slot: Slot,
    network: &'a mut N,
}

impl<N: Network> Outlet for Socket<'_, N> {
    fn rtp(&mut self, to: SocketAddr, packet: &[u8]) {
        self.network.rtp(self.slot, to, packet);
    }

    fn rtcp(&mut self, to: SocketAddr, packet: &[u8]) {
        self.network.rtcp(self.slot, to, packet);
    }
}

impl Worker {
    /// Takes a leg, in the phase that has the fewest.
    pub fn add(&mut self, leg: Box<Leg>) -> Slot {
        let id = leg.id();
        let phase = (0..self.phases.len()).min_by_key(|phase| self.phases[*phase].len()).unwrap_or_default();
        let seat = Seat { leg, phase, due: false, partner: None };
        let slot = match self.free.pop() {
            Some(slot) => {
                self.legs[slot] = Some(seat);
                slot
            }
            None => {
                self.legs.push(Some(seat));
                self.legs.len() - 1
            }
        };
        self.by_id.insert(id, slot);
        self.phases[phase].push(slot);
        slot
    }

    pub fn slot(&self, id: LegId) -> Option<Slot> {
        self.by_id.get(&id).copied()
    }

    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    pub fn counters(&self) -> Counters {
        self.counters
    }

    /// Passes a command to a leg. Returns the slot that is free now if the leg has ended. A leg that is gone ignores
    /// commands.
    pub fn command(
        &mut self,
        id: LegId,
        command: LegCommand,
        now: Instant,
        network: &mut impl Network,
    ) -> Option<Slot> {
        let slot = self.slot(id)?;
        if let LegCommand::Close { quality: waiting } = command {
            let mut leg = self.remove(slot)?;
            let quality = leg.close(now, &mut Socket { slot, network });
            self.count(&quality);
            // Nobody needs it if the receiver is gone.
            let _ = waiting.send(Box::new(quality));
            return Some(slot);
        }
        let seat = self.seat(slot)?;
        let (key, partner) = (seat.leg.command(command, now), seat.partner);
        self.relay(key, partner);
        None
    }

    /// Passes a key on to the other side of a bridge.
    fn relay(&mut self, key: Option<char>, partner: Option<Slot>) {
        if let Some((key, partner)) = key.zip(partner.and_then(|partner| self.seat(partner))) {
            partner.leg.relay(key);
        }
    }

    fn count(&mut self, quality: &Quality) {
        self.counters.lost += quality.lost;
        self.counters.concealed_ms += quality.concealed_ms;
    }

    /// Takes a leg away, out of its bridge.
    pub fn remove(&mut self, slot: Slot) -> Option<Box<Leg>> {
        self.leave(slot);
        let seat = self.legs.get_mut(slot)?.take()?;
        self.phases[seat.phase].retain(|it| *it != slot);
        self.by_id.remove(&seat.leg.id());
        self.free.push(slot);
        Some(seat.leg)
    }

    /// Lets two legs hear each other, and no longer those that they heard before. Does nothing if one is gone.
    pub fn bridge(&mut self, one: LegId, other: LegId) {
        let (Some(one), Some(other)) = (self.slot(one), self.slot(other)) else { return };
        if one == other {
            return;
        }
        for (slot, partner) in [(one, other), (other, one)] {
            if self.partner(slot) != Some(partner) {
                self.leave(slot);
            }
        }
        let phase = self.seat(one).map_or(0, |seat| seat.phase);
        for (slot, partner) in [(one, other), (other, one)] {
            self.move_to(slot, phase);
            if let Some(seat) = self.seat(slot) {
                seat.partner = Some(partner);
            }
        }
    }

    /// Ends the bridge that a leg is in.
    pub fn unbridge(&mut self, id: LegId) {
        if let Some(slot) = self.slot(id) {
            self.leave(slot);
        }
    }

    fn leave(&mut self, slot: Slot) {
        let partner = self.seat(slot).and_then(|seat| seat.partner.take());
        if let Some(seat) = partner.and_then(|partner| self.seat(partner)) {
            seat.partner = None;
        }
    }

    fn move_to(&mut self, slot: Slot, phase: usize) {
        let Some(seat) = self.legs.get_mut(slot).and_then(Option::as_mut) else { return };
        if seat.phase != phase {
            self.phases[seat.phase].retain(|it| *it != slot);
            self.phases[phase].push(slot);
            seat.phase = phase;
        }
    }

    /// Takes a datagram of a leg's RTP socket.
    pub fn packet(&mut self, slot: Slot, datagram: &[u8], source: SocketAddr, now: Instant) {
        let Some(seat) = self.seat(slot) else { return };
        let partner = seat.partner;
        match seat.leg.packet(datagram, source, now) {
            Ok(key) => self.relay(key, partner),
            Err(dropped) => self.dropped(dropped),
        }
    }

    /// Takes a datagram of a leg's RTCP socket.
    pub fn rtcp(&mut self, slot: Slot, datagram: &[u8], source: SocketAddr, now: Instant) {
        let Some(seat) = self.seat(slot) else { return };
        if let Err(dropped) = seat.leg.rtcp(datagram, source, now) {
            self.dropped(dropped);
        }
    }

    fn dropped(&mut self, dropped: Dropped) {
        let counter = match dropped {
            Dropped::Malformed => &mut self.counters.malformed,
            Dropped::PayloadType => &mut self.counters.payload_type,
            Dropped::Stranger => &mut self.counters.strangers,
            Dropped::TooEarly | Dropped::Stray | Dropped::Duplicate | Dropped::Late => &mut self.counters.untimely,
        };
        *counter += 1;
    }

    /// Lets the legs of a phase hear and speak. `tick` counts steps of 5 ms, the same in all workers.
    pub fn tick(&mut self, tick: u64, now: Instant, network: &mut impl Network) {
        let (phase, frame) = ((tick % PHASES) as usize, tick / PHASES);
        let Worker { legs, phases, .. } = self;
        // Whoever has had this frame in another phase waits for the next one.
        let due = phases[phase].iter().copied();
        for slot in due.clone() {
            if let Some(seat) = legs.get_mut(slot).and_then(Option::as_mut) {
                seat.due = seat.leg.hear(frame);
            }
        }
        for slot in due {
            let Some(seat) = legs.get(slot).and_then(Option::as_ref).filter(|seat| seat.due) else { continue };
            let partner = seat.partner.and_then(|partner| legs.get(partner)?.as_ref());
            let heard = partner.map(|partner| *partner.leg.heard());
            if let Some(seat) = legs.get_mut(slot).and_then(Option::as_mut) {
                seat.leg.speak(now, heard.as_ref(), &mut Socket { slot, network });
            }
        }
    }

    fn partner(&self, slot: Slot) -> Option<Slot> {
        self.legs.get(slot)?.as_ref()?.partner
    }

    fn seat(&mut self, slot: Slot) -> Option<&mut Seat> {
        self.legs.get_mut(slot)?.as_mut()
    }
}
