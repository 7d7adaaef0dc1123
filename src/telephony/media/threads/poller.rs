//! One thread: waits for packets, commands and the clock, and passes them to its worker.

use super::schedule::Schedule;
use super::{Arrival, MediaCounters, Order, Station};
use crate::telephony::media::leg::{Leg, LegCommand, LegId};
use crate::telephony::media::rtp::MAX_DATAGRAM;
use crate::telephony::media::sockets::{Lease, Sockets};
use crate::telephony::media::worker::{Network, Slot, TICK, Transfers, Worker};
use mio::net::UdpSocket;
use mio::{Events, Interest, Poll, Registry, Token, Waker};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

const WAKER: Token = Token(usize::MAX);
/// Sockets that are told to be ready at once; the others follow in the next turn.
const EVENTS: usize = 1_024;
/// Datagrams of one socket in one turn, so that a flood delays nobody else.
const READS: usize = 16;
/// Sockets that are read before the clock is looked at again.
const STRETCH: usize = 32;
/// Orders in one turn.
const ORDERS: usize = 256;
/// Ticks between two publications of the counters: 1 s.
const PUBLISH: u64 = 200;

/// The sockets of a leg in a thread.
#[derive(Debug)]
pub struct Pair {
    rtp: UdpSocket,
    rtcp: Option<UdpSocket>,
    _lease: Lease,
}

impl From<Sockets> for Pair {
    fn from(sockets: Sockets) -> Pair {
        let Sockets { rtp, rtcp, lease } = sockets;
        Pair { rtp: UdpSocket::from_std(rtp), rtcp: rtcp.map(UdpSocket::from_std), _lease: lease }
    }
}

pub struct Poller {
    poll: Poll,
    worker: Worker,
    transfers: Transfers<Order>,
    sockets: Open,
    orders: Receiver<Order>,
    arrivals: Receiver<Arrival>,
    counters: Arc<MediaCounters>,
    stopping: Arc<AtomicBool>,
    schedule: Schedule,
    /// Sockets that may have more: readiness is told only once.
    again: Vec<Token>,
    received: u64,
    latest: Duration,
}

/// The sockets by the slots of their legs.
#[derive(Default)]
struct Open {
    pairs: Vec<Option<Pair>>,
    sent: u64,
    unsent: u64,
}

impl Open {
    fn count(&mut self, sent: io::Result<usize>) {
        match sent {
            Ok(_) => self.sent += 1,
            // Like a packet that is lost on its way: there is no second try for sound.
            Err(_) => self.unsent += 1,
        }
    }
}

impl Network for Open {
    fn rtp(&mut self, slot: Slot, to: SocketAddr, packet: &[u8]) {
        if let Some(Some(pair)) = self.pairs.get(slot) {
            let sent = pair.rtp.send_to(packet, to);
            self.count(sent);
        }
    }

    fn rtcp(&mut self, slot: Slot, to: SocketAddr, packet: &[u8]) {
        if let Some(Some(pair)) = self.pairs.get(slot) {
            let sent = pair.rtcp.as_ref().unwrap_or(&pair.rtp).send_to(packet, to);
            self.count(sent);
        }
    }
}

impl Poller {
    pub fn new(
        epoch: Instant,
        orders: Receiver<Order>,
        arrivals: Receiver<Arrival>,
        counters: Arc<MediaCounters>,
        stopping: Arc<AtomicBool>,
    ) -> io::Result<(Poller, Waker)> {
        let poll = Poll::new()?;
        let waker = Waker::new(poll.registry(), WAKER)?;
        let poller = Poller {
            poll,
            worker: Worker::default(),
            transfers: Transfers::default(),
            sockets: Open::default(),
            orders,
            arrivals,
            counters,
            stopping,
            schedule: Schedule::new(epoch, Instant::now()),
            again: Vec::new(),
            received: 0,
            latest: Duration::ZERO,
        };
        Ok((poller, waker))
    }

    /// Runs until the media of the process ends.
    pub fn run(mut self, stations: &[Station]) {
        let mut events = Events::with_capacity(EVENTS);
        let mut tokens = Vec::with_capacity(EVENTS);
        while !self.stopping.load(Ordering::Acquire) {
            let rest = if self.again.is_empty() { self.schedule.rest(Instant::now()) } else { Duration::ZERO };
            match self.poll.poll(&mut events, Some(rest)) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => {
                    tracing::error!(%error, "media stops: cannot wait for packets");
                    return;
                }
            }
            self.tick();
            tokens.clear();
            tokens.append(&mut self.again);
            tokens.extend(events.iter().map(|event| event.token()).filter(|token| *token != WAKER));
            for stretch in tokens.chunks(STRETCH) {
                let now = Instant::now();
                stretch.iter().for_each(|token| self.read(*token, now));
                self.tick();
            }
            self.carry_out(stations);
        }
    }

    fn tick(&mut self) {
        let now = Instant::now();
        let Some(due) = self.schedule.due(now) else { return };
        self.latest = self.latest.max(due.late);
        self.counters.late_ticks.fetch_add(u64::from(due.late > TICK), Ordering::Relaxed);
        self.counters.dropped_ticks.fetch_add(due.dropped, Ordering::Relaxed);
        for tick in due.ticks {
            self.worker.tick(tick, now, &mut self.sockets);
            if tick.is_multiple_of(PUBLISH) {
                self.publish();
            }
        }
    }

    /// Passes on what a socket has received.
    fn read(&mut self, token: Token, now: Instant) {
        let (slot, is_rtcp) = (token.0 / 2, token.0 % 2 == 1);
        let Some(Some(pair)) = self.sockets.pairs.get(slot) else { return };
        let socket = if is_rtcp { pair.rtcp.as_ref() } else { Some(&pair.rtp) };
        let Some(socket) = socket else { return };
        let mut datagram = [0; MAX_DATAGRAM];
        for _ in 0..READS {
            match socket.recv_from(&mut datagram) {
                Ok((length, source)) => {
                    self.received += 1;
                    let bytes = datagram.get(..length).unwrap_or_default();
                    match is_rtcp {
                        true => self.worker.rtcp(slot, bytes, source, now),
                        false => self.worker.packet(slot, bytes, source, now),
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                // An error of a packet that we sent, reported here: the next read goes on.
                Err(_) => {}
            }
        }
        self.again.push(token);
    }

    fn carry_out(&mut self, stations: &[Station]) {
        while let Ok(arrival) = self.arrivals.try_recv() {
            let leg = match arrival {
                Arrival::Leg(leg, pair) => {
                    let id = leg.id();
                    self.seat(leg, pair);
                    id
                }
                Arrival::Gone(leg) => leg,
            };
            for order in self.transfers.arrived(leg) {
                self.order(order, stations);
            }
        }
        for _ in 0..ORDERS {
            let Ok(order) = self.orders.try_recv() else { return };
            self.order(order, stations);
        }
        // There may be more, and the waker was read.
        self.again.push(WAKER);
    }

    fn order(&mut self, order: Order, stations: &[Station]) {
        let Some(order) = self.transfers.pass(order) else { return };
        let now = Instant::now();
        match order {
            Order::Open(leg, pair) => self.seat(leg, pair),
            Order::Leg(leg, command) => {
                if matches!(&command, LegCommand::Stream(stream) if stream.mux) {
                    self.share_port(leg);
                }
                if let Some(free) = self.worker.command(leg, command, now, &mut self.sockets) {
                    self.sockets.pairs[free] = None;
                }
            }
            Order::Bridge(one, other) => self.worker.bridge(one, other),
            Order::Unbridge(leg) => self.worker.unbridge(leg),
            Order::Expect(leg) => self.transfers.expect(leg),
            Order::Depart(leg, to) => {
                let arrival = self.leave(leg).map_or(Arrival::Gone(leg), |(leg, pair)| Arrival::Leg(leg, pair));
                if let Some(station) = stations.get(to) {
                    station.arrive(arrival);
                }
            }
        }
    }

    /// RTCP comes to the port of RTP from now on: its own socket is closed.
    fn share_port(&mut self, leg: LegId) {
        let slot = self.worker.slot(leg);
        if let Some(Some(pair)) = slot.and_then(|slot| self.sockets.pairs.get_mut(slot)) {
            pair.rtcp = None;
        }
    }

    fn seat(&mut self, leg: Box<Leg>, mut pair: Pair) {
        let slot = self.worker.add(leg);
        if let Err(error) = register(self.poll.registry(), &mut pair, slot) {
            // Without its sockets the leg hears nothing, and its watch for media ends the call.
            tracing::error!(%error, "cannot wait for the packets of a leg");
        }
        if self.sockets.pairs.len() <= slot {
            self.sockets.pairs.resize_with(slot + 1, || None);
        }
        self.sockets.pairs[slot] = Some(pair);
        // What came before the registration.
        self.again.extend([Token(slot * 2), Token(slot * 2 + 1)]);
    }

    fn leave(&mut self, leg: LegId) -> Option<(Box<Leg>, Pair)> {
        let slot = self.worker.slot(leg)?;
        let mut pair = self.sockets.pairs.get_mut(slot)?.take()?;
        let registry = self.poll.registry();
        for socket in [Some(&mut pair.rtp), pair.rtcp.as_mut()].into_iter().flatten() {
            if let Err(error) = registry.deregister(socket) {
                tracing::error!(%error, "cannot move the sockets of a leg");
            }
        }
        self.worker.remove(slot).map(|leg| (leg, pair))
    }

    fn publish(&mut self) {
        let counters = self.worker.counters();
        let shown = &self.counters;
        let latest = u64::try_from(self.latest.as_micros()).unwrap_or(u64::MAX);
        self.latest = Duration::ZERO;
        for (shown, value) in [
            (&shown.latest_us, latest),
            (&shown.sent, self.sockets.sent),
            (&shown.unsent, self.sockets.unsent),
            (&shown.received, self.received),
            (&shown.malformed, counters.malformed),
            (&shown.payload_type, counters.payload_type),
            (&shown.strangers, counters.strangers),
            (&shown.untimely, counters.untimely),
            (&shown.lost, counters.lost),
            (&shown.concealed_ms, counters.concealed_ms),
        ] {
            shown.store(value, Ordering::Relaxed);
        }
    }
}

fn register(registry: &Registry, pair: &mut Pair, slot: Slot) -> io::Result<()> {
    registry.register(&mut pair.rtp, Token(slot * 2), Interest::READABLE)?;
    pair.rtcp.as_mut().map_or(Ok(()), |rtcp| registry.register(rtcp, Token(slot * 2 + 1), Interest::READABLE))
}
