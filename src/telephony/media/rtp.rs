//! RTP packets (RFC 3550 section 5): reads and writes the header in place, without allocation.

/// Bytes of the header that we send: no CSRC, no extension.
pub const HEADER: usize = 12;
/// The largest datagram that is read. Longer ones are cut by the socket and then fail to parse or lose their end, which
/// no audio packet of at most 60 ms needs.
pub const MAX_DATAGRAM: usize = 1_500;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    pub marker: bool,
    pub payload_type: u8,
    pub sequence: u16,
    /// In samples of the payload's clock: 8,000 a second for G.711 and its telephone-event.
    pub timestamp: u32,
    pub ssrc: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Packet<'a> {
    pub header: Header,
    /// Without CSRC, header extension and padding.
    pub payload: &'a [u8],
}

/// Returns whether a datagram on a port that carries both is RTCP (RFC 5761 section 4).
pub fn is_rtcp(datagram: &[u8]) -> bool {
    datagram.get(1).is_some_and(|kind| (192..=223).contains(kind))
}

/// Parses a datagram. `None` for one that is not RTP of version 2 or whose lengths are inconsistent.
pub fn parse(datagram: &[u8]) -> Option<Packet<'_>> {
    let (header, mut payload) = datagram.split_first_chunk::<HEADER>()?;
    let [first, second, seq1, seq0, ts3, ts2, ts1, ts0, ssrc3, ssrc2, ssrc1, ssrc0] = *header;
    if first >> 6 != 2 {
        return None;
    }
    let csrc_bytes = usize::from(first & 0x0f) * 4;
    payload = payload.get(csrc_bytes..)?;
    if first & 0x10 != 0 {
        let (extension, rest) = payload.split_first_chunk::<4>()?;
        let words = u16::from_be_bytes([extension[2], extension[3]]);
        payload = rest.get(usize::from(words) * 4..)?;
    }
    if first & 0x20 != 0 {
        let padding = usize::from(*payload.last()?);
        if padding == 0 {
            return None;
        }
        payload = payload.get(..payload.len().checked_sub(padding)?)?;
    }
    let header = Header {
        marker: second & 0x80 != 0,
        payload_type: second & 0x7f,
        sequence: u16::from_be_bytes([seq1, seq0]),
        timestamp: u32::from_be_bytes([ts3, ts2, ts1, ts0]),
        ssrc: u32::from_be_bytes([ssrc3, ssrc2, ssrc1, ssrc0]),
    };
    Some(Packet { header, payload })
}

impl Header {
    pub fn bytes(&self) -> [u8; HEADER] {
        let [seq1, seq0] = self.sequence.to_be_bytes();
        let [ts3, ts2, ts1, ts0] = self.timestamp.to_be_bytes();
        let [ssrc3, ssrc2, ssrc1, ssrc0] = self.ssrc.to_be_bytes();
        let second = u8::from(self.marker) << 7 | self.payload_type & 0x7f;
        [0x80, second, seq1, seq0, ts3, ts2, ts1, ts0, ssrc3, ssrc2, ssrc1, ssrc0]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn packet(bytes: &[u8]) -> Option<(u8, u16, &[u8])> {
        parse(bytes).map(|it| (it.header.payload_type, it.header.sequence, it.payload))
    }

    #[test]
    fn lengths_that_do_not_fit_are_no_packet() {
        let base = [0, 0, 1, 0, 2, 0, 0, 0, 3, 0, 0, 0];
        let with = |first: u8, tail: &[u8]| {
            let mut bytes = base.to_vec();
            bytes[0] = first;
            bytes.extend(tail);
            bytes
        };
        type Payload<'a> = Option<&'a [u8]>;
        let rows: [(&str, u8, &[u8], Payload<'_>); 12] = [
            ("plain", 0x80, b"ab", Some(b"ab")),
            ("empty", 0x80, b"", Some(b"")),
            ("version 1", 0x40, b"ab", None),
            ("one CSRC", 0x81, b"cccca", Some(b"a")),
            ("CSRC cut", 0x82, b"cccca", None),
            ("extension", 0x90, &[1, 2, 0, 1, 9, 9, 9, 9, 7], Some(&[7])),
            ("empty extension", 0x90, &[1, 2, 0, 0, 7], Some(&[7])),
            ("extension cut", 0x90, &[1, 2, 0, 2, 9, 9, 9, 9], None),
            ("padding", 0xa0, &[7, 0, 2], Some(&[7])),
            ("padding of everything", 0xa0, &[0, 0, 3], Some(&[])),
            ("padding too long", 0xa0, &[0, 0, 4], None),
            ("padding of nothing", 0xa0, &[7, 0], None),
        ];
        for (name, first, tail, payload) in rows {
            assert_eq!(packet(&with(first, tail)).map(|it| it.2), payload, "{name}");
        }
        assert!((0..HEADER).all(|short| parse(&with(0x80, b"")[..short]).is_none()));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(marker: bool, payload_type in 0_u8..128, sequence: u16, timestamp: u32, ssrc: u32) {
            let header = Header { marker, payload_type, sequence, timestamp, ssrc };
            let mut bytes = header.bytes().to_vec();
            bytes.extend(b"payload");
            prop_assert_eq!(parse(&bytes), Some(Packet { header, payload: b"payload" }));
        }

        #[test]
        fn no_datagram_panics(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            let _ = (parse(&bytes), is_rtcp(&bytes));
        }
    }
}
