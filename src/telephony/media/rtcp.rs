//! RTCP (RFC 3550 section 6): our reports, and what we read of theirs.
//!
//! A datagram is parsed once, front to back, without allocation; of its packets and blocks only those that concern us are
//! kept. We send SR or RR with a CNAME, and BYE at the end.

use super::reception::Block;

pub const SENDER_REPORT: u8 = 200;
pub const RECEIVER_REPORT: u8 = 201;
const SOURCE_DESCRIPTION: u8 = 202;
const BYE: u8 = 203;
/// The packets of a datagram that are read. A report with everything that is usual has four.
const MAX_PACKETS: usize = 16;
/// Bytes of our largest datagram: SR with one block, SDES, BYE.
pub const MAX_REPORT: usize = 128;
/// Bytes of our CNAME.
pub const CNAME: usize = 16;

/// What a remote party reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Report {
    /// The middle 32 bits of the NTP time of its sender report.
    pub sent: Option<u32>,
    /// How it receives us.
    pub block: Option<TheirBlock>,
    pub bye: bool,
}

/// A report block about the packets that we send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TheirBlock {
    /// Of 256, since its last report.
    pub fraction_lost: u8,
    /// Cumulative; negative if there are duplicates.
    pub lost: i32,
    pub highest: u32,
    /// In samples.
    pub jitter: u32,
    /// The middle 32 bits of the NTP time of our last sender report that it has, 0 for none.
    pub last_report: u32,
    /// Between receiving that one and sending this, in 1/65,536 s.
    pub delay: u32,
}

/// Reads a datagram; `ours` is our SSRC. `None` if it is not RTCP from its first to its last byte.
pub fn parse(datagram: &[u8], ours: u32) -> Option<Report> {
    let mut report = Report::default();
    let mut rest = datagram;
    for _ in 0..MAX_PACKETS {
        let (head, body) = rest.split_first_chunk::<4>()?;
        let [first, kind, length @ ..] = *head;
        if first >> 6 != 2 || !(192..=223).contains(&kind) {
            return None;
        }
        let words = usize::from(u16::from_be_bytes(length));
        let (packet, behind) = body.split_at_checked(words * 4)?;
        packet_into(&mut report, kind, usize::from(first & 0x1f), packet, ours)?;
        if behind.is_empty() {
            return Some(report);
        }
        rest = behind;
    }
    None
}

fn packet_into(report: &mut Report, kind: u8, count: usize, packet: &[u8], ours: u32) -> Option<()> {
    match kind {
        SENDER_REPORT => {
            let (_ssrc, rest) = word(packet)?;
            let (seconds, rest) = word(rest)?;
            let (fraction, rest) = word(rest)?;
            report.sent = Some(seconds << 16 | fraction >> 16);
            blocks_into(report, count, rest.get(12..)?, ours)
        }
        RECEIVER_REPORT => blocks_into(report, count, word(packet)?.1, ours),
        BYE => {
            report.bye = true;
            Some(())
        }
        _ => Some(()),
    }
}

fn blocks_into(report: &mut Report, count: usize, mut rest: &[u8], ours: u32) -> Option<()> {
    for _ in 0..count {
        let (ssrc, fields) = word(rest)?;
        let (loss, fields) = word(fields)?;
        let (highest, fields) = word(fields)?;
        let (jitter, fields) = word(fields)?;
        let (last_report, fields) = word(fields)?;
        let (delay, fields) = word(fields)?;
        rest = fields;
        if ssrc == ours {
            let fraction_lost = (loss >> 24) as u8;
            // 24 bits with a sign.
            let lost = (loss << 8).cast_signed() >> 8;
            report.block = Some(TheirBlock { fraction_lost, lost, highest, jitter, last_report, delay });
        }
    }
    Some(())
}

fn word(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let (word, rest) = bytes.split_first_chunk::<4>()?;
    Some((u32::from_be_bytes(*word), rest))
}

/// What a report of ours says.
#[derive(Debug, Clone, Copy)]
pub struct OurReport<'a> {
    pub ssrc: u32,
    pub cname: &'a [u8; CNAME],
    /// Set if we have sent since the last report: it is a sender report then.
    pub sender: Option<Sent>,
    pub block: Option<(Block, Heard)>,
    pub bye: bool,
}

/// What we sent up to a moment.
#[derive(Debug, Clone, Copy)]
pub struct Sent {
    pub ssrc: u32,
    /// 64 bits of NTP time, of any clock that only we read (RFC 3550 section 4).
    pub ntp: u64,
    pub timestamp: u32,
    pub packets: u32,
    pub octets: u32,
}

/// The last sender report that we have of the remote party, 0 for none, and the time since, in 1/65,536 s.
#[derive(Debug, Clone, Copy, Default)]
pub struct Heard {
    pub last_report: u32,
    pub delay: u32,
}

/// Writes a compound packet into `out` and returns its bytes.
pub fn write<'a>(report: &OurReport<'_>, out: &'a mut [u8; MAX_REPORT]) -> &'a [u8] {
    let mut writer = Writer { out, at: 0 };
    let blocks = u8::from(report.block.is_some());
    match &report.sender {
        Some(sent) => {
            writer.head(SENDER_REPORT, blocks, 6 + 6 * u16::from(blocks));
            writer.words([report.ssrc, (sent.ntp >> 32) as u32, sent.ntp as u32]);
            writer.words([sent.timestamp, sent.packets, sent.octets]);
        }
        None => {
            writer.head(RECEIVER_REPORT, blocks, 1 + 6 * u16::from(blocks));
            writer.words([report.ssrc]);
        }
    }
    if let Some((block, heard)) = &report.block {
        let loss = u32::from(block.fraction_lost) << 24 | block.lost & 0xff_ffff;
        writer.words([block.ssrc, loss, block.highest, block.jitter, heard.last_report, heard.delay]);
    }
    // One chunk: SSRC, CNAME (item 1) with its length, and at least one zero up to the next word.
    writer.head(SOURCE_DESCRIPTION, 1, 6);
    writer.words([report.ssrc]);
    writer.bytes(&[1, CNAME as u8]);
    writer.bytes(report.cname);
    writer.bytes(&[0, 0]);
    if report.bye {
        writer.head(BYE, 1, 1);
        writer.words([report.ssrc]);
    }
    let Writer { out, at } = writer;
    &out[..at.min(MAX_REPORT)]
}

struct Writer<'a> {
    out: &'a mut [u8; MAX_REPORT],
    at: usize,
}

impl Writer<'_> {
    fn head(&mut self, kind: u8, count: u8, words: u16) {
        let [high, low] = words.to_be_bytes();
        self.bytes(&[0x80 | count, kind, high, low]);
    }

    fn words<const N: usize>(&mut self, words: [u32; N]) {
        words.iter().for_each(|word| self.bytes(&word.to_be_bytes()));
    }

    fn bytes(&mut self, bytes: &[u8]) {
        if let Some(place) = self.out.get_mut(self.at..self.at + bytes.len()) {
            place.copy_from_slice(bytes);
        }
        self.at += bytes.len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn full(bye: bool) -> OurReport<'static> {
        let sender = Some(Sent { ssrc: 1, ntp: 0x0001_0002_0003_0004, timestamp: 5, packets: 6, octets: 7 });
        let block = Block { ssrc: 8, fraction_lost: 9, lost: 10, highest: 11, jitter: 12 };
        let block = Some((block, Heard { last_report: 13, delay: 14 }));
        OurReport { ssrc: 1, cname: b"0123456789abcdef", sender, block, bye }
    }

    #[test]
    fn a_report_is_read_as_it_was_written() {
        let mut out = [0; MAX_REPORT];
        let bytes = write(&full(true), &mut out);
        assert_eq!(bytes.len(), 52 + 28 + 8);
        let block = TheirBlock { fraction_lost: 9, lost: 10, highest: 11, jitter: 12, last_report: 13, delay: 14 };
        assert_eq!(parse(bytes, 8), Some(Report { sent: Some(0x0002_0003), block: Some(block), bye: true }));
        assert_eq!(parse(bytes, 9).unwrap().block, None, "a block about somebody else");
        let mut out = [0; MAX_REPORT];
        let bytes = write(&OurReport { sender: None, block: None, ..full(false) }, &mut out);
        assert_eq!((bytes.len(), parse(bytes, 8)), (8 + 28, Some(Report::default())));
    }

    #[test]
    fn the_loss_has_a_sign_and_no_cut_datagram_is_read() {
        let mut report = full(false);
        report.block.as_mut().unwrap().0.lost = (-2_i32).cast_unsigned();
        let mut out = [0; MAX_REPORT];
        let bytes = write(&report, &mut out);
        assert_eq!(parse(bytes, 8).unwrap().block.unwrap().lost, -2);
        for cut in 0..bytes.len() {
            // Between two packets of a compound the rest is one too.
            assert!(parse(&bytes[..cut], 8).is_none() || cut == 52, "{cut}");
        }
        assert_eq!(parse(&[0x80, 200, 0, 0], 8), None, "a sender report without its fields");
        assert_eq!(parse(&[0x9f, 201, 0, 1, 0, 0, 0, 1], 8), None, "31 blocks that are not there");
        assert_eq!(parse(&[0x80, 204, 0, 0].repeat(17), 8), None, "too many packets");
    }

    proptest! {
        #[test]
        fn no_datagram_panics(mut bytes in proptest::collection::vec(any::<u8>(), 0..200), kind in 192_u8..224, ours: u32) {
            let _ = parse(&bytes, ours);
            if let [first, second, ..] = bytes.as_mut_slice() {
                (*first, *second) = (0x80 | *first & 0x3f, kind);
            }
            let _ = parse(&bytes, ours);
        }
    }
}
