//! Offer and answer (RFC 3264): what we say of ourselves, and what both sides then agreed on.

use super::description::{Description, Direction, Line, Mapping};
use std::fmt::Write;
use std::net::{IpAddr, SocketAddr};

/// Packets that we send carry so many milliseconds, unless the remote party takes less.
const PACKET_MS: u8 = 20;
/// The payload type that we offer for RFC 4733 events.
const EVENTS_PAYLOAD: u8 = 101;
const EVENTS: &str = "telephone-event";
const CLOCK: u32 = 8_000;
/// Our place of audio in a description that we began ourselves.
const AUDIO: &str = "audio";
const PROTOCOL: &str = "RTP/AVP";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Codec {
    Pcmu,
    Pcma,
}

impl Codec {
    pub fn name(self) -> &'static str {
        match self {
            Codec::Pcmu => "PCMU",
            Codec::Pcma => "PCMA",
        }
    }

    /// The payload type of RFC 3551.
    pub fn payload(self) -> u8 {
        match self {
            Codec::Pcmu => 0,
            Codec::Pcma => 8,
        }
    }
}

/// Where we receive, and what we speak, the best first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Local {
    pub address: IpAddr,
    /// Of RTP; RTCP is at the next one.
    pub port: u16,
    pub codecs: Vec<Codec>,
}

/// Payload types of RFC 4733 events in each direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Events {
    pub send: u8,
    pub receive: u8,
}

/// What both sides agreed on. A new one replaces the old one as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreed {
    /// Where to send. `None`: the description names no usable address; wait until packets of the remote party arrive.
    pub remote: Option<SocketAddr>,
    pub remote_rtcp: Option<SocketAddr>,
    pub rtcp_mux: bool,
    pub codec: Codec,
    /// The payload type that they expect.
    pub send: u8,
    /// The payload type that we said.
    pub receive: u8,
    pub events: Option<Events>,
    /// Milliseconds of a packet that we send.
    pub packet_ms: u8,
    /// Ours: whether we send and receive.
    pub direction: Direction,
    /// The remote party holds us: it wants no audio.
    pub held: bool,
}

/// Why a description cannot be agreed to: 488, with a Warning (RFC 3261 20.43).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unacceptable {
    #[error("Session description cannot be read")]
    Malformed,
    #[error("Media type not available")]
    NoAudio,
    #[error("Incompatible media format")]
    NoCodec,
}

impl Unacceptable {
    /// Returns the value of a Warning header.
    pub fn warning(self, host: &str) -> String {
        let code = match self {
            Unacceptable::Malformed => 399,
            Unacceptable::NoAudio => 304,
            Unacceptable::NoCodec => 305,
        };
        format!("{code} {host} \"{self}\"")
    }
}

/// A media line as all later descriptions repeat it: their number and order never change (RFC 3264 8).
#[derive(Debug, Clone, PartialEq, Eq)]
enum Slot {
    Audio,
    /// Refused with port 0.
    Refused {
        kind: String,
        protocol: String,
        format: String,
    },
}

/// What our audio line says.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Ours {
    formats: Vec<(u8, Codec)>,
    events: Option<u8>,
    direction: Direction,
    rtcp_mux: bool,
}

/// The description of one side of a dialog over its life.
#[derive(Debug, Clone)]
pub struct Negotiation {
    local: Local,
    id: u32,
    version: u64,
    /// The last description that was sent, without the line that holds the version.
    sent: String,
    slots: Vec<Slot>,
    /// Our offer that is not answered yet.
    offered: Option<Ours>,
    pub agreed: Option<Agreed>,
}

impl Negotiation {
    /// `id` is that of our `o=` line.
    pub fn new(local: Local, id: u32) -> Negotiation {
        let (sent, slots) = (String::new(), Vec::new());
        Negotiation { local, id, version: 0, sent, slots, offered: None, agreed: None }
    }

    /// Returns an offer. `hold`: we want no audio of theirs.
    pub fn offer(&mut self, hold: bool) -> String {
        let formats = self.local.codecs.iter().map(|codec| (codec.payload(), *codec)).collect();
        let direction = if hold { Direction::SendOnly } else { Direction::SendRecv };
        let ours = Ours { formats, events: Some(EVENTS_PAYLOAD), direction, rtcp_mux: false };
        if self.slots.is_empty() {
            self.slots.push(Slot::Audio);
        }
        let text = self.written(&ours);
        self.offered = Some(ours);
        text
    }

    /// Forgets our offer: it was refused. What was agreed before holds.
    pub fn withdraw(&mut self) {
        self.offered = None;
    }

    pub fn has_offered(&self) -> bool {
        self.offered.is_some()
    }

    /// Checks whether an offer can be answered, before there is a port to answer with.
    pub fn check(offer: &[u8], codecs: &[Codec]) -> Result<(), Unacceptable> {
        let offer = Description::parse(offer).ok_or(Unacceptable::Malformed)?;
        audio_of(&offer, codecs).map(|_| ())
    }

    /// Takes their answer to our offer.
    pub fn accept(&mut self, answer: &[u8]) -> Result<Agreed, Unacceptable> {
        let answer = Description::parse(answer).ok_or(Unacceptable::Malformed)?;
        let ours = self.offered.clone().ok_or(Unacceptable::Malformed)?;
        let place = self.slots.iter().position(|it| *it == Slot::Audio).unwrap_or(0);
        let line = answer.lines.get(place).or(answer.lines.first()).ok_or(Unacceptable::NoAudio)?;
        if line.kind != AUDIO || line.port == 0 {
            return Err(Unacceptable::NoAudio);
        }
        let (theirs, codec) = first_codec(line, &self.local.codecs).ok_or(Unacceptable::NoCodec)?;
        let receive = ours.formats.iter().find(|(_, it)| *it == codec).map_or(codec.payload(), |(it, _)| *it);
        let events = ours.events.zip(events_of(line)).map(|(receive, send)| Events { send, receive });
        let direction = meeting(ours.direction, line);
        let agreed = self.agreement(line, (theirs, codec), receive, events, direction);
        self.offered = None;
        self.agreed = Some(agreed.clone());
        Ok(agreed)
    }

    /// Takes their offer and returns our answer: in the order of the offer, every line answered.
    pub fn answer(&mut self, offer: &[u8], hold: bool) -> Result<(String, Agreed), Unacceptable> {
        let offer = Description::parse(offer).ok_or(Unacceptable::Malformed)?;
        let (place, payload, codec) = audio_of(&offer, &self.local.codecs)?;
        let line = offer.lines.get(place).ok_or(Unacceptable::NoAudio)?;
        let events = events_of(line).map(|it| Events { send: it, receive: it });
        let direction = meeting(if hold { Direction::SendOnly } else { Direction::SendRecv }, line);
        let ours = Ours {
            formats: vec![(payload, codec)],
            events: events.map(|it| it.receive),
            direction,
            rtcp_mux: line.rtcp_mux,
        };
        self.slots = offer.lines.iter().enumerate().map(|(at, it)| slot(it, at == place)).collect();
        let agreed = self.agreement(line, (payload, codec), payload, events, direction);
        let text = self.written(&ours);
        self.agreed = Some(agreed.clone());
        Ok((text, agreed))
    }

    fn agreement(
        &self,
        line: &Line,
        (send, codec): (u8, Codec),
        receive: u8,
        events: Option<Events>,
        direction: Direction,
    ) -> Agreed {
        let address = line.address.filter(|it| self.is_reachable(it));
        let remote = address.map(|it| SocketAddr::new(it, line.port));
        let (rtcp_port, rtcp_address) = line.rtcp.unwrap_or((line.port.saturating_add(1), None));
        let rtcp_address = rtcp_address.filter(|it| self.is_reachable(it)).or(address);
        let remote_rtcp = match line.rtcp_mux {
            true => remote,
            false => rtcp_address.filter(|_| rtcp_port != 0).map(|it| SocketAddr::new(it, rtcp_port)),
        };
        let packet_ms = if line.maxptime.is_some_and(|it| it < u32::from(PACKET_MS)) { 10 } else { PACKET_MS };
        let held = !directed(line).receives();
        let rtcp_mux = line.rtcp_mux;
        Agreed { remote, remote_rtcp, rtcp_mux, codec, send, receive, events, packet_ms, direction, held }
    }

    /// Whether audio may be sent to an address of a description. Nobody makes us send to ourselves or to a group.
    fn is_reachable(&self, address: &IpAddr) -> bool {
        let everyone = matches!(address, IpAddr::V4(it) if it.is_broadcast());
        let apart = address.is_loopback() && !self.local.address.is_loopback();
        let fits = address.is_ipv4() == self.local.address.is_ipv4();
        fits && !apart && !everyone && !address.is_unspecified() && !address.is_multicast()
    }

    /// Writes a description. The version grows with each one that differs from the last (RFC 3264 8).
    fn written(&mut self, ours: &Ours) -> String {
        let family = if self.local.address.is_ipv4() { "IP4" } else { "IP6" };
        let place = format!("IN {family} {}", self.local.address);
        let mut text = format!("s=-\r\nc={place}\r\nt=0 0\r\n");
        for slot in &self.slots {
            match slot {
                Slot::Audio => text.push_str(&audio_lines(self.local.port, ours)),
                Slot::Refused { kind, protocol, format } => {
                    text.push_str(&format!("m={kind} 0 {protocol} {format}\r\n"));
                }
            }
        }
        if text != self.sent {
            self.version += 1;
            self.sent.clone_from(&text);
        }
        format!("v=0\r\no=- {} {} {place}\r\n{text}", self.id, self.version)
    }
}

fn audio_lines(port: u16, ours: &Ours) -> String {
    let mut formats: Vec<u8> = ours.formats.iter().map(|(it, _)| *it).collect();
    formats.extend(ours.events);
    let formats: Vec<String> = formats.iter().map(u8::to_string).collect();
    let mut text = format!("m={AUDIO} {port} {PROTOCOL} {}\r\n", formats.join(" "));
    for (payload, codec) in &ours.formats {
        let _ = write!(text, "a=rtpmap:{payload} {}/{CLOCK}\r\n", codec.name());
    }
    if let Some(events) = ours.events {
        let _ = write!(text, "a=rtpmap:{events} {EVENTS}/{CLOCK}\r\na=fmtp:{events} 0-15\r\n");
    }
    let _ = write!(text, "a=ptime:{PACKET_MS}\r\n");
    if ours.rtcp_mux {
        text.push_str("a=rtcp-mux\r\n");
    }
    let _ = write!(text, "a={}\r\n", ours.direction.word());
    text
}

/// Returns the line that we answer with audio: the first one that is ours in kind, protocol and codec, with the payload
/// type and the codec. The offer's order decides.
fn audio_of(offer: &Description, codecs: &[Codec]) -> Result<(usize, u8, Codec), Unacceptable> {
    let audio = |it: &Line| it.kind == AUDIO && it.protocol == PROTOCOL && it.port != 0;
    let mut lines = offer.lines.iter().enumerate().filter(|(_, it)| audio(it)).peekable();
    if lines.peek().is_none() {
        return Err(Unacceptable::NoAudio);
    }
    let found = lines.find_map(|(at, line)| first_codec(line, codecs).map(|(payload, codec)| (at, payload, codec)));
    found.ok_or(Unacceptable::NoCodec)
}

fn first_codec(line: &Line, codecs: &[Codec]) -> Option<(u8, Codec)> {
    line.formats.iter().filter_map(|it| line.mapping(it)).find_map(|mapping| {
        let codec = codecs.iter().find(|it| it.name().eq_ignore_ascii_case(&mapping.name))?;
        (mapping.clock == CLOCK).then_some((mapping.payload, *codec))
    })
}

/// Events of another clock than the audio's would not fit its time stamps (RFC 4733 2.1).
fn events_of(line: &Line) -> Option<u8> {
    let is_events = |it: &Mapping| it.name.eq_ignore_ascii_case(EVENTS) && it.clock == CLOCK;
    line.formats.iter().filter_map(|it| line.mapping(it)).find(is_events).map(|it| it.payload)
}

/// Their direction. `c=0.0.0.0` is how RFC 2543 said hold.
fn directed(line: &Line) -> Direction {
    match line.address.is_some_and(|it| it.is_unspecified()) {
        true => Direction::Inactive,
        false => line.direction,
    }
}

/// Our direction, given what we want and what they said.
fn meeting(wanted: Direction, line: &Line) -> Direction {
    let theirs = directed(line);
    Direction::of(wanted.sends() && theirs.receives(), wanted.receives() && theirs.sends())
}

fn slot(line: &Line, is_ours: bool) -> Slot {
    match is_ours {
        true => Slot::Audio,
        false => Slot::Refused {
            kind: line.kind.clone(),
            protocol: line.protocol.clone(),
            format: line.formats.first().cloned().unwrap_or_else(|| "0".to_owned()),
        },
    }
}
