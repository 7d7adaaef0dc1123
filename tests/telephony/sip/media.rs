//! The sound of all far ends: one RTP socket and one thread. The driver's ports tell the calls apart.

use super::ear::Ear;
use super::phone::Event;
use super::sound::{self, FRAME, Frame, Prompts};
use std::collections::{HashMap, VecDeque};
use std::net::{SocketAddr, UdpSocket};
use std::sync::{Arc, Mutex, Weak};
use std::thread;
use std::time::{Duration, Instant};
use tokio::sync::mpsc::UnboundedSender;

const TICK: Duration = Duration::from_millis(20);
/// The payload type of PCMU.
const PCMU: u8 = 0;
/// Ticks of a key, and between two keys.
const KEY: u16 = 4;
const BETWEEN: u16 = 2;
const EVENTS: &str = "0123456789*#ABCD";

pub struct Media {
    socket: UdpSocket,
    pub address: SocketAddr,
    pub prompts: Prompts,
    lines: Mutex<HashMap<SocketAddr, Arc<Line>>>,
}

/// The sound of one call.
pub struct Line {
    media: Weak<Media>,
    state: Mutex<State>,
    events: UnboundedSender<Event>,
}

struct State {
    remote: Option<SocketAddr>,
    /// The payload type that the driver takes keys with.
    keys_payload: Option<u8>,
    sends: bool,
    says: Frame,
    ear: Ear,
    /// Keys to press, the first with the ticks since it was pressed.
    keys: VecDeque<char>,
    pressed: u16,
    sequence: u16,
    timestamp: u32,
    marker: bool,
    ssrc: u32,
}

impl Media {
    /// Starts the thread; it ends with the last owner.
    pub fn start() -> Arc<Media> {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.set_nonblocking(true).unwrap();
        let address = socket.local_addr().unwrap();
        let media = Arc::new(Media { socket, address, prompts: Prompts::default(), lines: Mutex::default() });
        let weak = Arc::downgrade(&media);
        thread::spawn(move || {
            let mut next = Instant::now();
            while let Some(media) = weak.upgrade() {
                media.receive();
                // Every tick has its packets, also those that come too late: their time is in their timestamps.
                while Instant::now() >= next {
                    next += TICK;
                    media.send();
                }
                drop(media);
                thread::sleep(Duration::from_millis(4));
            }
        });
        media
    }

    fn receive(&self) {
        let mut buffer = [0; 2_048];
        while let Ok((length, from)) = self.socket.recv_from(&mut buffer) {
            let line = self.lines.lock().unwrap().get(&from).cloned();
            let packet = &buffer[..length];
            // No extension, no other sources, 20 ms of PCMU (RFC 3550 5.1).
            let Some(line) =
                line.filter(|_| packet.len() == 12 + FRAME && packet[0] == 0x80 && packet[1] & 127 == PCMU)
            else {
                continue;
            };
            let frame: Frame = packet[12..].try_into().unwrap();
            line.state.lock().unwrap().ear.frame(&frame, &self.prompts, Instant::now());
        }
    }

    fn send(&self) {
        let lines: Vec<Arc<Line>> = self.lines.lock().unwrap().values().cloned().collect();
        for line in lines {
            line.tick(&self.socket);
        }
    }
}

impl Line {
    pub fn new(media: &Arc<Media>, events: UnboundedSender<Event>, number: u32) -> Arc<Line> {
        let state = State {
            remote: None,
            keys_payload: None,
            sends: false,
            says: sound::frame(&[]),
            ear: Ear::default(),
            keys: VecDeque::new(),
            pressed: 0,
            sequence: 65_000_u16.wrapping_add(number as u16),
            timestamp: number.wrapping_mul(77_777),
            marker: true,
            ssrc: number,
        };
        Arc::new(Line { media: Arc::downgrade(media), state: Mutex::new(state), events })
    }

    /// The driver is there, and takes keys with this payload type.
    pub fn connect(self: &Arc<Line>, remote: SocketAddr, keys_payload: Option<u8>) {
        let mut state = self.state.lock().unwrap();
        let before = state.remote.replace(remote);
        state.keys_payload = keys_payload;
        drop(state);
        if let Some(media) = self.media.upgrade().filter(|_| before != Some(remote)) {
            let mut lines = media.lines.lock().unwrap();
            before.map(|before| lines.remove(&before));
            lines.insert(remote, self.clone());
        }
    }

    pub fn close(self: &Arc<Line>) {
        let remote = self.state.lock().unwrap().remote.take();
        if let (Some(media), Some(remote)) = (self.media.upgrade(), remote) {
            media.lines.lock().unwrap().retain(|at, line| *at != remote || !Arc::ptr_eq(line, self));
        }
    }

    /// Whether it may send (RFC 3264 direction).
    pub fn allow(&self, sends: bool) {
        self.state.lock().unwrap().sends = sends;
    }

    pub fn say(&self, hertz: &[f64]) {
        self.state.lock().unwrap().says = sound::frame(hertz);
    }

    pub fn heard(&self) -> Vec<String> {
        self.state.lock().unwrap().ear.heard.clone()
    }

    /// Presses keys, after those that are being pressed. `false`: it may not send, or the driver takes no such keys.
    pub fn press(&self, keys: &str) -> bool {
        let mut state = self.state.lock().unwrap();
        let possible = state.sends && state.keys_payload.is_some();
        if possible {
            state.keys.extend(keys.chars());
        }
        possible
    }

    fn tick(&self, socket: &UdpSocket) {
        let mut state = self.state.lock().unwrap();
        if state.ear.prompt_is_over(Instant::now()) {
            let _ = self.events.send(Event::PromptIsOver);
        }
        let Some(remote) = state.remote else { return };
        let packets = state.packets();
        for packet in packets {
            let _ = socket.send_to(&packet, remote);
        }
        if state.pressed == KEY + BETWEEN {
            state.pressed = 0;
            state.keys.pop_front();
            if state.keys.is_empty() {
                let _ = self.events.send(Event::KeysAreOver);
            }
        }
    }
}

impl State {
    /// What is sent in this tick.
    fn packets(&mut self) -> Vec<Vec<u8>> {
        self.timestamp = self.timestamp.wrapping_add(FRAME as u32);
        let (Some(key), Some(payload)) = (self.keys.front().copied(), self.keys_payload) else {
            if !self.sends {
                self.marker = true;
                return Vec::new();
            }
            let (marker, says, timestamp) = (std::mem::take(&mut self.marker), self.says, self.timestamp);
            return vec![self.packet(marker, PCMU, timestamp, &says)];
        };
        self.pressed += 1;
        if self.pressed > KEY {
            self.marker = true;
            return Vec::new();
        }
        // RFC 4733 2.5: the timestamp is that of the beginning, the duration grows, and the end comes three times.
        let event = EVENTS.find(key).expect("a key") as u8;
        let begin = self.timestamp.wrapping_sub(u32::from(self.pressed - 1) * FRAME as u32);
        let duration = (self.pressed * FRAME as u16).to_be_bytes();
        let (end, copies) = if self.pressed == KEY { (0x80, 3) } else { (0, 1) };
        let marker = self.pressed == 1;
        (0..copies).map(|_| self.packet(marker, payload, begin, &[event, end | 10, duration[0], duration[1]])).collect()
    }

    fn packet(&mut self, marker: bool, payload: u8, timestamp: u32, content: &[u8]) -> Vec<u8> {
        self.sequence = self.sequence.wrapping_add(1);
        let mut packet = vec![0x80, u8::from(marker) << 7 | payload];
        packet.extend(self.sequence.to_be_bytes());
        packet.extend(timestamp.to_be_bytes());
        packet.extend(self.ssrc.to_be_bytes());
        packet.extend(content);
        packet
    }
}
