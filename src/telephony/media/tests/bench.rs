//! A worker with phones: each phone has a road to us, which may lose, delay and reorder its packets.

use crate::telephony::media::codec::Law;
use crate::telephony::media::dtmf::Event as KeyEvent;
use crate::telephony::media::learning::Expected;
use crate::telephony::media::leg::{Event, Leg, LegCommand, LegId, LegSettings, Stream};
use crate::telephony::media::player::Sound;
use crate::telephony::media::quality::Quality;
use crate::telephony::media::rtp::{self, Header};
use crate::telephony::media::worker::{Network, Slot, TICK, Worker};
use crate::telephony::sounds::Prompt;
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, oneshot};

/// What happens to a phone's packet with this number: after how many ms it arrives, or that it is lost.
pub type Road = Box<dyn FnMut(u64) -> Option<u64>>;

pub struct Bench {
    pub worker: Worker,
    pub start: Instant,
    tick: u64,
    network: Wire,
    pub phones: Vec<Phone>,
    /// Packets on their way to us: when they arrive, at which leg, from where.
    underway: Vec<(Instant, Slot, SocketAddr, Vec<u8>)>,
}

#[derive(Default)]
struct Wire {
    rtp: Vec<(Slot, SocketAddr, Vec<u8>)>,
    rtcp: Vec<(Slot, SocketAddr, Vec<u8>)>,
}

impl Network for Wire {
    fn rtp(&mut self, slot: Slot, to: SocketAddr, packet: &[u8]) {
        self.rtp.push((slot, to, packet.to_vec()));
    }

    fn rtcp(&mut self, slot: Slot, to: SocketAddr, packet: &[u8]) {
        self.rtcp.push((slot, to, packet.to_vec()));
    }
}

pub struct Phone {
    pub leg: LegId,
    pub slot: Slot,
    pub address: SocketAddr,
    pub law: Law,
    pub ptime_ms: u64,
    pub road: Road,
    pub events: mpsc::Receiver<Event>,
    /// Says nothing at all, not even silence.
    pub still: bool,
    said: VecDeque<i16>,
    header: Header,
    packets: u64,
    /// The packets that reached the phone, and when.
    pub received: Vec<(Duration, Header, Vec<u8>)>,
    pub rtcp: Vec<(Duration, SocketAddr, Vec<u8>)>,
    /// What we sent elsewhere.
    pub astray: usize,
}

pub fn address(n: usize) -> SocketAddr {
    SocketAddr::from(([10, 0, 0, n as u8], 4_000))
}

pub fn stream(law: Law, address: SocketAddr) -> Stream {
    Stream {
        law,
        expected: Expected { address, signalling: None, nat: false, strict: false },
        rtcp: None,
        mux: false,
        events_in: Some(101),
        events_out: Some(97),
        sends: true,
        receives: true,
    }
}

impl Bench {
    /// Phones with an agreed stream, one for each law.
    pub fn new(laws: &[Law]) -> Bench {
        let mut bench = Bench {
            worker: Worker::default(),
            start: Instant::now(),
            tick: 0,
            network: Wire::default(),
            phones: Vec::new(),
            underway: Vec::new(),
        };
        for law in laws {
            let n = bench.dial(*law);
            bench.agree(n, |_| {});
        }
        bench
    }

    /// A phone whose stream is not agreed upon.
    pub fn dial(&mut self, law: Law) -> usize {
        let n = self.phones.len();
        let leg = LegId(n as u64 + 1);
        let (sender, events) = mpsc::channel(8);
        let settings =
            LegSettings { id: leg, seed: n as u64 * 7 + 1, events: sender, no_media: Duration::from_secs(60) };
        let slot = self.worker.add(Box::new(Leg::new(settings, self.now())));
        self.phones.push(Phone {
            leg,
            slot,
            address: address(n),
            law,
            ptime_ms: 20,
            road: Box::new(|_| Some(0)),
            events,
            still: false,
            said: VecDeque::new(),
            header: Header {
                marker: true,
                payload_type: law.payload_type(),
                sequence: 65_500,
                timestamp: 1 << 31,
                ssrc: n as u32,
            },
            packets: 0,
            received: Vec::new(),
            rtcp: Vec::new(),
            astray: 0,
        });
        n
    }

    pub fn agree(&mut self, n: usize, change: impl FnOnce(&mut Stream)) {
        let mut stream = stream(self.phones[n].law, self.phones[n].address);
        change(&mut stream);
        self.command(n, LegCommand::Stream(Box::new(stream)));
    }

    pub fn now(&self) -> Instant {
        self.start + TICK * self.tick as u32
    }

    pub fn time(&self) -> Duration {
        TICK * self.tick as u32
    }

    pub fn command(&mut self, n: usize, command: LegCommand) {
        let (leg, now) = (self.phones[n].leg, self.now());
        self.worker.command(leg, command, now, &mut self.network);
    }

    pub fn close(&mut self, n: usize) -> Quality {
        let (quality, mut told) = oneshot::channel();
        self.command(n, LegCommand::Close { quality });
        self.deliver();
        *told.try_recv().unwrap()
    }

    pub fn bridge(&mut self, one: usize, other: usize) {
        self.worker.bridge(self.phones[one].leg, self.phones[other].leg);
    }

    pub fn play(&mut self, n: usize, operation: u64, samples: Vec<i16>) {
        let prompt = Arc::new(Prompt::new(samples));
        prompt.prepare(self.phones[n].law);
        self.command(n, LegCommand::Play { operation, sound: Sound::Ready(prompt) });
    }

    /// A phone speaks, behind what it still has to say.
    pub fn say(&mut self, n: usize, samples: &[i16]) {
        self.phones[n].said.extend(samples);
    }

    /// A phone sends a packet of a key.
    pub fn key(&mut self, n: usize, event: KeyEvent, timestamp: u32, payload_type: u8) {
        let header = Header { payload_type, timestamp, marker: false, ..self.phones[n].next_header() };
        self.send(n, header, &event.bytes());
    }

    fn send(&mut self, n: usize, header: Header, payload: &[u8]) {
        let now = self.now();
        let phone = &mut self.phones[n];
        let mut packet = header.bytes().to_vec();
        packet.extend(payload);
        phone.packets += 1;
        if let Some(delay) = (phone.road)(phone.packets) {
            self.underway.push((now + Duration::from_millis(delay), phone.slot, phone.address, packet));
        }
    }

    /// Anybody sends anything to the leg of a phone.
    pub fn inject(&mut self, n: usize, from: SocketAddr, packet: &[u8]) {
        let (slot, now) = (self.phones[n].slot, self.now());
        self.worker.packet(slot, packet, from, now);
    }

    pub fn inject_rtcp(&mut self, n: usize, from: SocketAddr, packet: &[u8]) {
        let (slot, now) = (self.phones[n].slot, self.now());
        self.worker.rtcp(slot, packet, from, now);
    }

    /// Lets time pass: the phones send, their packets arrive, the worker ticks.
    pub fn run(&mut self, ms: u64) {
        for _ in 0..ms / 5 {
            self.phones_send();
            self.arrive();
            let now = self.now();
            self.worker.tick(self.tick, now, &mut self.network);
            self.deliver();
            self.tick += 1;
        }
    }

    /// A phone sends nothing for a while; its clock goes on.
    pub fn pause(&mut self, n: usize, ms: u64) {
        self.phones[n].still = true;
        self.run(ms);
        self.phones[n].still = false;
        let phone = &mut self.phones[n];
        phone.header.timestamp = phone.header.timestamp.wrapping_add(ms as u32 * 8);
    }

    /// Time passes in which the worker does not run.
    pub fn stall(&mut self, ms: u64) {
        for _ in 0..ms / 5 {
            self.phones_send();
            self.tick += 1;
        }
    }

    fn phones_send(&mut self) {
        for n in 0..self.phones.len() {
            let phone = &mut self.phones[n];
            // Phones are out of step with each other.
            let due = (self.tick * 5 + n as u64 * 5).is_multiple_of(phone.ptime_ms);
            if phone.still || !due {
                continue;
            }
            let samples = phone.ptime_ms as usize * 8;
            let law = phone.law;
            let payload: Vec<u8> = (0..samples).map(|_| law.encode(phone.said.pop_front().unwrap_or(0))).collect();
            let header = phone.next_header();
            phone.header.timestamp = phone.header.timestamp.wrapping_add(samples as u32);
            self.send(n, header, &payload);
        }
    }

    fn arrive(&mut self) {
        let now = self.now();
        self.underway.sort_by_key(|packet| packet.0);
        let count = self.underway.partition_point(|packet| packet.0 <= now);
        for (_, slot, from, packet) in self.underway.drain(..count) {
            self.worker.packet(slot, &packet, from, now);
        }
    }

    fn deliver(&mut self) {
        let time = self.time();
        for (slot, to, packet) in self.network.rtp.drain(..) {
            let Some(phone) = self.phones.iter_mut().find(|it| it.slot == slot) else { continue };
            if to != phone.address {
                phone.astray += 1;
                continue;
            }
            let parsed = rtp::parse(&packet).unwrap();
            phone.received.push((time, parsed.header, parsed.payload.to_vec()));
        }
        for (slot, to, packet) in self.network.rtcp.drain(..) {
            if let Some(phone) = self.phones.iter_mut().find(|it| it.slot == slot) {
                phone.rtcp.push((time, to, packet));
            }
        }
    }
}

impl Phone {
    fn next_header(&mut self) -> Header {
        let header = self.header;
        self.header.sequence = self.header.sequence.wrapping_add(1);
        self.header.marker = false;
        header
    }

    /// What the phone hears, by its timestamps: silence where nothing came.
    pub fn hears(&self) -> Vec<i16> {
        let sound =
            || self.received.iter().filter_map(|it| Law::of_payload_type(it.1.payload_type).map(|law| (law, it)));
        let Some((_, first)) = sound().next() else { return Vec::new() };
        let mut samples = Vec::new();
        for (law, (_, header, payload)) in sound() {
            let at = header.timestamp.wrapping_sub(first.1.timestamp) as usize;
            samples.resize(samples.len().max(at + payload.len()), 0);
            samples[at..at + payload.len()].iter_mut().zip(payload).for_each(|(to, byte)| *to = law.decode(*byte));
        }
        samples
    }

    /// The texts that the phone hears.
    pub fn texts(&self) -> Vec<String> {
        super::parrot::texts(&self.hears())
    }

    pub fn events(&mut self) -> Vec<Event> {
        std::iter::from_fn(|| self.events.try_recv().ok()).collect()
    }

    /// The events but for those that say where the phone is, in short: digits, operations, errors.
    pub fn told(&mut self) -> String {
        let words = self.events().into_iter().filter_map(|event| match event {
            Event::Found { .. } => None,
            Event::Digit { digit } => Some(digit.to_string()),
            Event::Finished { operation, error } => {
                Some(format!("finished {operation}{}", error.map(|it| format!(": {it}")).unwrap_or_default()))
            }
            Event::RecordingEnded { duration_ms, lost_ms, .. } => {
                Some(format!("recorded {duration_ms} ms, lost {lost_ms}"))
            }
            Event::NoMedia => Some("no media".to_owned()),
        });
        words.collect::<Vec<_>>().join(", ")
    }
}
