//! What is received of one remote party, counted after RFC 3550: section 6.4.1, appendices A.1, A.3 and A.8.

use super::rtp::Header;

/// A sequence number that is further ahead is a restart of the sender (RFC 3550 A.1).
const MAX_DROPOUT: u16 = 3_000;
/// The sequence numbers behind the highest whose arrival is remembered, to tell late ones from duplicates.
const WINDOW: u16 = 128;
/// Packets in sequence after which another source replaces the current one, while that still sends.
const TAKEOVER: u8 = 3;
/// In samples: a source that was silent for so long is replaced by the first packet of another.
const ABANDONED: u32 = 800;

/// What a packet is to the stream that it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    /// The successor of the last packet.
    Next,
    /// New, with packets missing before it.
    AfterLoss,
    /// New, though later ones came before.
    Reordered,
    /// The first of a source: nothing of an earlier one belongs to it.
    Restarted,
    Duplicate,
    /// Of no stream that is known: dropped.
    Stray,
}

/// The counters of one remote party. They continue when its source (SSRC) changes.
#[derive(Debug, Default)]
pub struct Reception {
    source: Option<Source>,
    candidate: Option<Candidate>,
    /// The expected packets of earlier sources.
    expected_before: u64,
    received: u64,
    duplicates: u64,
    reordered: u64,
    /// Expected and received at the last report.
    reported: (u64, u64),
}

#[derive(Debug)]
struct Source {
    ssrc: u32,
    first: u32,
    /// The highest sequence number, with its wraps in the upper half.
    highest: u32,
    /// Bit n: the packet n before the highest came.
    window: u128,
    /// The sequence number that follows a jump, if it is a restart.
    after_jump: Option<u16>,
    transit: u32,
    /// In sixteenths of a sample, as in RFC 3550 A.8.
    jitter: u32,
    last_arrival: u32,
}

/// Another source that sends while the current one does.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    ssrc: u32,
    next: u16,
    count: u8,
}

/// A block of an RTCP report about this reception.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Block {
    pub ssrc: u32,
    /// Of 256.
    pub fraction_lost: u8,
    pub lost: u32,
    pub highest: u32,
    /// In samples.
    pub jitter: u32,
}

impl Reception {
    /// Counts a packet that arrived at `now`, in samples of the packet's clock from any moment on. The jitter is that of
    /// packets that are `timed`: those of a key all have the same timestamp.
    pub fn packet(&mut self, header: &Header, now: u32, timed: bool) -> Arrival {
        let Some(source) = &mut self.source else { return self.begin(header, now) };
        if source.ssrc != header.ssrc {
            return self.other_source(header, now);
        }
        self.candidate = None;
        let ahead = header.sequence.wrapping_sub(source.highest as u16);
        let arrival = if ahead == 0 || ahead > u16::MAX - WINDOW + 1 {
            let behind = 0_u16.wrapping_sub(ahead);
            let bit = 1_u128 << behind;
            if source.window & bit != 0 {
                self.duplicates += 1;
                return Arrival::Duplicate;
            }
            source.window |= bit;
            self.reordered += 1;
            Arrival::Reordered
        } else if ahead <= MAX_DROPOUT {
            source.highest = source.highest.wrapping_add(u32::from(ahead));
            source.window = source.window.checked_shl(u32::from(ahead)).unwrap_or(0) | 1;
            if ahead == 1 { Arrival::Next } else { Arrival::AfterLoss }
        } else if source.after_jump == Some(header.sequence) {
            return self.begin(header, now);
        } else {
            source.after_jump = Some(header.sequence.wrapping_add(1));
            return Arrival::Stray;
        };
        source.after_jump = None;
        source.arrived(header.timestamp, now, timed);
        self.received += 1;
        arrival
    }

    /// The remote party has another address: whatever comes next begins a source.
    pub fn leave_source(&mut self) {
        self.expected_before = self.expected();
        (self.source, self.candidate) = (None, None);
    }

    fn begin(&mut self, header: &Header, now: u32) -> Arrival {
        self.leave_source();
        let first = u32::from(header.sequence);
        self.source = Some(Source {
            ssrc: header.ssrc,
            first,
            highest: first,
            window: 1,
            after_jump: None,
            transit: now.wrapping_sub(header.timestamp),
            jitter: 0,
            last_arrival: now,
        });
        self.received += 1;
        Arrival::Restarted
    }

    /// A source that took over at every packet could reset the jitter buffer as often, so one that mixes itself in has to
    /// send a few packets in sequence.
    fn other_source(&mut self, header: &Header, now: u32) -> Arrival {
        let silent = self.source.as_ref().is_none_or(|it| now.wrapping_sub(it.last_arrival) >= ABANDONED);
        let count = match self.candidate {
            Some(it) if it.ssrc == header.ssrc && it.next == header.sequence => it.count.saturating_add(1),
            _ => 1,
        };
        if silent || count >= TAKEOVER {
            return self.begin(header, now);
        }
        self.candidate = Some(Candidate { ssrc: header.ssrc, next: header.sequence.wrapping_add(1), count });
        Arrival::Stray
    }

    /// Returns the packets that were sent to us as far as sequence numbers tell.
    pub fn expected(&self) -> u64 {
        let current = self.source.as_ref().map_or(0, |it| u64::from(it.highest.wrapping_sub(it.first)) + 1);
        self.expected_before + current
    }

    pub fn received(&self) -> u64 {
        self.received
    }

    pub fn lost(&self) -> u64 {
        self.expected().saturating_sub(self.received)
    }

    pub fn duplicates(&self) -> u64 {
        self.duplicates
    }

    pub fn reordered(&self) -> u64 {
        self.reordered
    }

    /// The interarrival jitter in samples.
    pub fn jitter(&self) -> u32 {
        self.source.as_ref().map_or(0, |it| it.jitter >> 4)
    }

    pub fn ssrc(&self) -> Option<u32> {
        self.source.as_ref().map(|it| it.ssrc)
    }

    /// Returns the block for the next report; its fraction covers the time since the last one. `None` before the first
    /// packet.
    pub fn block(&mut self) -> Option<Block> {
        let (expected, received) = (self.expected(), self.received);
        let (due, came) = (expected.saturating_sub(self.reported.0), received.saturating_sub(self.reported.1));
        let source = self.source.as_ref()?;
        self.reported = (expected, received);
        let fraction_lost = (due.saturating_sub(came) * 256).checked_div(due).unwrap_or(0).min(255) as u8;
        // 24 bits, signed: RFC 3550 6.4.1.
        let lost = expected.saturating_sub(received).min(0x7f_ffff) as u32;
        Some(Block { ssrc: source.ssrc, fraction_lost, lost, highest: source.highest, jitter: source.jitter >> 4 })
    }
}

impl Source {
    fn arrived(&mut self, timestamp: u32, now: u32, timed: bool) {
        self.last_arrival = now;
        if !timed {
            return;
        }
        let transit = now.wrapping_sub(timestamp);
        let difference = transit.wrapping_sub(self.transit).cast_signed().unsigned_abs();
        self.transit = transit;
        // A jump of the timestamps is no jitter.
        if difference < 8_000 {
            self.jitter = self.jitter + difference - ((self.jitter + 8) >> 4);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(ssrc: u32, sequence: u16) -> Header {
        let timestamp = u32::from(sequence) * 160;
        Header { marker: false, payload_type: 0, sequence, timestamp, ssrc }
    }

    /// Reads `ssrc:sequence` and returns a letter for each: what the packet was.
    fn trace(reception: &mut Reception, script: &str) -> String {
        let mut now = 0;
        let letters = script.split_whitespace().map(|word| {
            now += 160;
            let (ssrc, sequence) = word.split_once(':').unwrap_or(("1", word));
            match reception.packet(&header(ssrc.parse().unwrap(), sequence.parse().unwrap()), now, true) {
                Arrival::Next => 'n',
                Arrival::AfterLoss => 'l',
                Arrival::Reordered => 'o',
                Arrival::Restarted => 'R',
                Arrival::Duplicate => 'd',
                Arrival::Stray => 's',
            }
        });
        letters.collect()
    }

    #[test]
    fn packets_are_told_apart_by_their_numbers() {
        for (script, letters, lost) in [
            ("1 2 3", "Rnn", 0),
            ("1 2 4 5", "Rnln", 1),
            ("1 2 4 3 5 3", "Rnlond", 0),
            ("7 7 7", "Rdd", 0),
            ("65534 65535 0 1 65535", "Rnnnd", 0),
            ("1 3000 2999", "Rlo", 2_997),
            // A restart of the sender needs two in sequence; one alone is a stray.
            ("1 40000 2 3", "Rsnn", 0),
            ("1 40000 40001 40002", "RsRn", 0),
            ("1 40000 2 40001", "Rsns", 0),
            ("500 300 301 302", "RsRn", 0),
            // Another source: three in sequence while the first still sends.
            ("1:1 2:9 1:2 2:10 1:3 2:11", "Rsnsns", 0),
            ("1:1 2:9 2:10 2:11 2:12 1:2", "RssRns", 0),
        ] {
            let mut reception = Reception::default();
            let seen = trace(&mut reception, script);
            assert_eq!((seen.as_str(), reception.lost()), (letters, lost), "{script}");
        }
    }

    #[test]
    fn the_counters_continue_over_sources_and_the_fraction_is_since_the_last_report() {
        let mut reception = Reception::default();
        assert_eq!(reception.block(), None);
        trace(&mut reception, "1 2 4");
        let block = reception.block().unwrap();
        assert_eq!((block.fraction_lost, block.lost, block.highest), (64, 1, 4));
        trace(&mut reception, "5 6 7 8");
        assert_eq!(reception.block().map(|it| (it.fraction_lost, it.lost)), Some((0, 1)));
        trace(&mut reception, "2:1 2:2 2:3 2:6 2:6");
        assert_eq!((reception.expected(), reception.received(), reception.duplicates()), (14, 11, 1));
        assert_eq!(reception.block().map(|it| (it.ssrc, it.lost)), Some((2, 3)));
    }

    #[test]
    fn jitter_is_that_of_the_rfc() {
        let mut reception = Reception::default();
        // Alternately 5 ms early and late: the mean difference is 10 ms, 80 samples.
        for n in 0..400_u16 {
            let wobble = if n % 2 == 0 { 40 } else { 120 };
            reception.packet(&header(1, n), u32::from(n) * 160 + wobble, true);
        }
        assert!((75..=80).contains(&reception.jitter()), "{}", reception.jitter());
        reception.packet(&Header { timestamp: 0, ..header(1, 400) }, 64_000, true);
        assert!(reception.jitter() <= 80, "a jump of the clock is none");
    }
}
