//! From whom media is accepted, and where it is sent: symmetric RTP that a stranger cannot steal.
//!
//! Media is sent to the address of the SDP at once. It is accepted from that address, which locks it. Behind a NAT the
//! remote party has another address than it knows: until locked, the first source that sends [`PROOF`] consecutive valid
//! packets is learned. Everything else is dropped. Whoever merely guesses a port hears nothing and is not heard: a
//! stranger that was faster than the remote party loses to it as soon as the address of the SDP sends.

use super::rtp::Header;
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

/// Packets in sequence that make a source known.
const PROOF: u8 = 5;
/// The largest step between two of them.
const STEP: u16 = 3;
/// The silence after which a remote party behind a NAT may have moved to another port.
const REOPEN: Duration = Duration::from_secs(2);
/// A candidate that is silent for so long gives its place to another.
const STALE: Duration = Duration::from_millis(100);

/// Where the remote party says it is, and how far it is trusted to be elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expected {
    /// The address of the SDP.
    pub address: SocketAddr,
    /// The address that the signalling came from.
    pub signalling: Option<IpAddr>,
    /// The remote party is behind a NAT: after 2 s of silence another source may be learned.
    pub nat: bool,
    /// Only the IP address of the SDP or of the signalling is learned, at any port.
    pub strict: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Accepted,
    /// Accepted, and from now on media goes to this source.
    Learned,
    Dropped,
}

#[derive(Debug)]
pub struct Learning {
    expected: Expected,
    locked: Option<SocketAddr>,
    heard: Option<Instant>,
    /// The candidates: one from an IP address of the SDP or the signalling, so that nobody else can displace it, and one
    /// from elsewhere.
    candidates: [Option<Candidate>; 2],
}

#[derive(Debug)]
struct Candidate {
    source: SocketAddr,
    ssrc: u32,
    sequence: u16,
    count: u8,
    at: Instant,
}

impl Learning {
    pub fn new(expected: Expected) -> Learning {
        Learning { expected, locked: None, heard: None, candidates: [None, None] }
    }

    /// Takes a new SDP. What was learned remains as long as the SDP names the same address as before.
    pub fn expect(&mut self, expected: Expected) {
        if expected.address != self.expected.address {
            self.locked = None;
            self.candidates = [None, None];
        }
        self.expected = expected;
    }

    /// Where media goes.
    pub fn destination(&self) -> SocketAddr {
        self.locked.unwrap_or(self.expected.address)
    }

    /// The source that media is accepted from, once there is one.
    pub fn locked(&self) -> Option<SocketAddr> {
        self.locked
    }

    /// Decides about a valid packet of a payload type that we take.
    pub fn packet(&mut self, source: SocketAddr, header: &Header, now: Instant) -> Verdict {
        if self.locked == Some(source) {
            self.heard = Some(now);
            return Verdict::Accepted;
        }
        if source == self.expected.address {
            return self.lock(source, now);
        }
        if self.locked.is_some() && !self.is_open(now) || !self.may_learn(source) {
            return Verdict::Dropped;
        }
        if self.has_proved(source, header, now) { self.lock(source, now) } else { Verdict::Dropped }
    }

    /// RTCP is accepted from the IP address that is locked, or else from that of the SDP.
    pub fn accepts_rtcp(&self, source: SocketAddr) -> bool {
        source.ip() == self.destination().ip()
    }

    fn is_open(&self, now: Instant) -> bool {
        self.expected.nat && self.heard.is_none_or(|heard| now.duration_since(heard) >= REOPEN)
    }

    fn is_known(&self, ip: IpAddr) -> bool {
        ip == self.expected.address.ip() || Some(ip) == self.expected.signalling
    }

    fn may_learn(&self, source: SocketAddr) -> bool {
        !self.expected.strict || self.is_known(source.ip())
    }

    fn lock(&mut self, source: SocketAddr, now: Instant) -> Verdict {
        self.locked = Some(source);
        self.heard = Some(now);
        self.candidates = [None, None];
        Verdict::Learned
    }

    fn has_proved(&mut self, source: SocketAddr, header: &Header, now: Instant) -> bool {
        let known = self.is_known(source.ip());
        let [ours, others] = &mut self.candidates;
        let place = if known { ours } else { others };
        let count = match place {
            Some(it) if it.source == source => {
                let step = header.sequence.wrapping_sub(it.sequence);
                if it.ssrc == header.ssrc && (1..=STEP).contains(&step) { it.count.saturating_add(1) } else { 1 }
            }
            Some(it) if now.duration_since(it.at) < STALE => return false,
            _ => 1,
        };
        *place = Some(Candidate { source, ssrc: header.ssrc, sequence: header.sequence, count, at: now });
        count >= PROOF
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(name: &str) -> SocketAddr {
        match name {
            "sdp" => "10.0.0.7:4000",
            // The same host behind its NAT, as its signalling comes.
            "nat" => "203.0.113.5:40000",
            "moved" => "203.0.113.5:41000",
            "thief" => "198.51.100.66:9",
            "other" => "198.51.100.67:9",
            _ => panic!("{name}"),
        }
        .parse()
        .unwrap()
    }

    /// Reads lines `at_ms source first..last` and returns, for each, the verdicts: `.` dropped, `a` accepted, `L` learned.
    fn trace(nat: bool, strict: bool, script: &str) -> String {
        let start = Instant::now();
        let signalling = Some(address("nat").ip());
        let mut learning = Learning::new(Expected { address: address("sdp"), signalling, nat, strict });
        let lines = script.split(';').map(|line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            let [at, source, range] = words[..] else { panic!("{line}") };
            let (first, last) = range.split_once("..").unwrap_or((range, range));
            let mut at = start + Duration::from_millis(at.parse().unwrap());
            let verdicts = (first.parse::<u16>().unwrap()..=last.parse().unwrap()).map(|sequence| {
                let header = Header { marker: false, payload_type: 0, sequence, timestamp: 0, ssrc: 1 };
                let verdict = learning.packet(address(source), &header, at);
                at += Duration::from_millis(20);
                match verdict {
                    Verdict::Accepted => 'a',
                    Verdict::Learned => 'L',
                    Verdict::Dropped => '.',
                }
            });
            verdicts.collect::<String>()
        });
        lines.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn scripts() {
        for (name, nat, strict, script, verdicts) in [
            ("the address of the SDP", false, false, "0 sdp 1..3", "Laa"),
            ("another one by proof", false, false, "0 nat 1..6", "....La"),
            ("no proof: not in sequence", false, false, "0 nat 1..4;80 nat 9..12", ".... ...."),
            (
                "the remote party is locked: a stranger is not heard",
                false,
                false,
                "0 sdp 1..2;40 thief 1..9;250 sdp 3",
                "La ......... a",
            ),
            (
                "a stranger was faster: the SDP's own address wins",
                false,
                false,
                "0 thief 1..6;120 sdp 1..2;160 thief 7..9",
                "....La La ...",
            ),
            ("locked for good without NAT", false, false, "0 nat 1..5;9000 moved 1..6", "....L ......"),
            (
                "moved behind its NAT, after 2 s",
                true,
                false,
                "0 nat 1..5;100 moved 1..6;2200 moved 7..11",
                "....L ...... ....L",
            ),
            (
                "strict: the IP of the signalling, not of a stranger",
                false,
                true,
                "0 thief 1..9;180 nat 1..5",
                "......... ....L",
            ),
            (
                "a candidate is not displaced by a stranger",
                false,
                false,
                "0 thief 1..2;10 other 1;50 thief 3..5",
                ".. . ..L",
            ),
            (
                "nor the remote party by a stranger's flood",
                false,
                false,
                "0 thief 1;5 nat 1..4;10 thief 9;85 nat 5",
                ". .... . L",
            ),
        ] {
            assert_eq!(trace(nat, strict, script), verdicts, "{name}");
        }
    }

    #[test]
    fn a_new_sdp_opens_and_the_same_address_keeps_what_was_learned() {
        let now = Instant::now();
        let expected = Expected { address: address("sdp"), signalling: None, nat: false, strict: false };
        let mut learning = Learning::new(expected);
        for sequence in 0..5 {
            let header = Header { marker: false, payload_type: 0, sequence, timestamp: 0, ssrc: 1 };
            learning.packet(address("nat"), &header, now);
        }
        learning.expect(expected);
        assert_eq!(learning.destination(), address("nat"));
        assert!(learning.accepts_rtcp("203.0.113.5:40001".parse().unwrap()));
        assert!(!learning.accepts_rtcp("10.0.0.7:4001".parse().unwrap()));
        learning.expect(Expected { address: address("moved"), ..expected });
        assert_eq!((learning.destination(), learning.locked()), (address("moved"), None));
    }
}
