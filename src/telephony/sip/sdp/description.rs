//! A session description as it was received: what concerns audio, and enough of the rest to refuse it in order.

use std::net::IpAddr;

/// Media lines, and formats of one.
const MAX_LINES: usize = 16;
const MAX_FORMATS: usize = 64;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Direction {
    #[default]
    SendRecv,
    SendOnly,
    RecvOnly,
    Inactive,
}

impl Direction {
    pub fn of(sends: bool, receives: bool) -> Direction {
        match (sends, receives) {
            (true, true) => Direction::SendRecv,
            (true, false) => Direction::SendOnly,
            (false, true) => Direction::RecvOnly,
            (false, false) => Direction::Inactive,
        }
    }

    pub fn sends(self) -> bool {
        matches!(self, Direction::SendRecv | Direction::SendOnly)
    }

    pub fn receives(self) -> bool {
        matches!(self, Direction::SendRecv | Direction::RecvOnly)
    }

    pub fn word(self) -> &'static str {
        match self {
            Direction::SendRecv => "sendrecv",
            Direction::SendOnly => "sendonly",
            Direction::RecvOnly => "recvonly",
            Direction::Inactive => "inactive",
        }
    }

    fn parse(word: &str) -> Option<Direction> {
        let all = [Direction::SendRecv, Direction::SendOnly, Direction::RecvOnly, Direction::Inactive];
        all.into_iter().find(|it| it.word() == word)
    }
}

/// A payload type and the encoding that it stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    pub payload: u8,
    pub name: String,
    pub clock: u32,
}

/// One `m=` line and what follows it. Session-level values are copied into it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Line {
    /// `audio`, `video`, …
    pub kind: String,
    /// 0: refused.
    pub port: u16,
    pub protocol: String,
    pub formats: Vec<String>,
    /// `None` if it is missing, or is a name.
    pub address: Option<IpAddr>,
    pub direction: Direction,
    pub mappings: Vec<Mapping>,
    /// Milliseconds.
    pub maxptime: Option<u32>,
    /// The port of `a=rtcp` and its address, if it has one (RFC 3605).
    pub rtcp: Option<(u16, Option<IpAddr>)>,
    pub rtcp_mux: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Description {
    pub lines: Vec<Line>,
}

impl Description {
    /// Reads a description. `None` if it is malformed: not text, no `v=0`, a media line or a connection line that cannot be
    /// read, too many lines. Unknown lines and attributes are skipped.
    pub fn parse(bytes: &[u8]) -> Option<Description> {
        let text = std::str::from_utf8(bytes).ok()?;
        let mut rows = text.lines().map(str::trim_end).filter(|it| !it.is_empty());
        if rows.next()? != "v=0" {
            return None;
        }
        let mut session = Line::default();
        let mut lines: Vec<Line> = Vec::new();
        for row in rows {
            let (key, value) = row.split_once('=').filter(|(key, _)| key.len() == 1)?;
            if key == "m" {
                if lines.len() == MAX_LINES {
                    return None;
                }
                lines.push(media_line(value, &session)?);
                continue;
            }
            let line = lines.last_mut().unwrap_or(&mut session);
            match key {
                "c" => line.address = connection(value)?,
                "a" => attribute(value, line),
                _ => {}
            }
        }
        Some(Description { lines })
    }
}

impl Line {
    /// Returns what a format stands for: by its `a=rtpmap`, else as RFC 3551 has it.
    pub fn mapping(&self, format: &str) -> Option<Mapping> {
        let payload = format.parse().ok().filter(|it: &u8| *it < 128)?;
        let mapped = self.mappings.iter().find(|it| it.payload == payload).cloned();
        mapped.or_else(|| {
            let name = match payload {
                0 => "PCMU",
                8 => "PCMA",
                _ => return None,
            };
            Some(Mapping { payload, name: name.to_owned(), clock: 8_000 })
        })
    }
}

/// `audio 4000 RTP/AVP 0 8 101`.
fn media_line(value: &str, session: &Line) -> Option<Line> {
    let mut words = value.split_ascii_whitespace();
    let (kind, port, protocol) = (words.next()?, words.next()?, words.next()?);
    // `4000/2` is two streams; the first is at that port.
    let port = port.split('/').next()?.parse().ok()?;
    let formats: Vec<String> = words.take(MAX_FORMATS).map(str::to_owned).collect();
    let line = Line { kind: kind.to_owned(), port, protocol: protocol.to_owned(), formats, ..session.clone() };
    Some(line)
}

/// `IN IP4 192.0.2.1`. The inner `None`: a name, or a kind of network that is none of ours.
fn connection(value: &str) -> Option<Option<IpAddr>> {
    let mut words = value.split_ascii_whitespace();
    let (network, family, address) = (words.next()?, words.next()?, words.next()?);
    let address: Option<IpAddr> = address.split('/').next().and_then(|it| it.parse().ok());
    let fits = |it: &IpAddr| network == "IN" && it.is_ipv4() == (family == "IP4") && it.is_ipv6() == (family == "IP6");
    Some(address.filter(fits))
}

/// An attribute that cannot be read is skipped, as an unknown one is.
fn attribute(value: &str, line: &mut Line) {
    if let Some(direction) = Direction::parse(value) {
        line.direction = direction;
    }
    if value == "rtcp-mux" {
        line.rtcp_mux = true;
    }
    let Some((name, value)) = value.split_once(':') else { return };
    match name {
        "rtpmap" if line.mappings.len() < MAX_FORMATS => line.mappings.extend(mapping(value)),
        "maxptime" => line.maxptime = value.trim().parse().ok(),
        "rtcp" => {
            let (port, address) = value.trim().split_once(' ').unwrap_or((value.trim(), ""));
            line.rtcp = port.parse().ok().map(|port| (port, connection(address).flatten()));
        }
        _ => {}
    }
}

/// `101 telephone-event/8000/1`.
fn mapping(value: &str) -> Option<Mapping> {
    let (payload, encoding) = value.trim().split_once(' ')?;
    let mut parts = encoding.trim().split('/');
    let (name, clock) = (parts.next()?, parts.next()?.parse().ok()?);
    // More than one channel is nothing that we speak.
    let channels = parts.next().unwrap_or("1");
    let payload = payload.parse().ok()?;
    (channels == "1").then(|| Mapping { payload, name: name.to_owned(), clock })
}
