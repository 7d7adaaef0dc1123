//! Messages as a capture file that Wireshark opens: the classic pcap format (draft-ietf-opsawg-pcap), with packets of raw
//! IP (LINKTYPE_RAW). Messages are kept without their packets, so the headers of IP and UDP are made up; lengths and
//! checksums are correct.

use super::Message;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// The media type of the format.
pub const CONTENT_TYPE: &str = "application/vnd.tcpdump.pcap";

/// Times have microseconds, numbers the byte order of the writer: little-endian here.
const MAGIC: u32 = 0xa1b2_c3d4;
const VERSION: (u16, u16) = (2, 4);
/// The most bytes of a packet.
const SNAP_LENGTH: u32 = 262_144;
const LINKTYPE_RAW: u32 = 101;

const IPV4_HEADER: usize = 20;
const UDP_HEADER: usize = 8;
const UDP: u8 = 17;
const TTL: u8 = 64;

/// Writes messages. One that fits into no datagram is left out.
pub fn write<'a>(messages: impl IntoIterator<Item = &'a Message>) -> Vec<u8> {
    let mut file = Vec::new();
    file.extend(MAGIC.to_le_bytes());
    file.extend(VERSION.0.to_le_bytes());
    file.extend(VERSION.1.to_le_bytes());
    // The offset of the time zone and the accuracy of times, which are always 0.
    file.extend([0; 8]);
    file.extend(SNAP_LENGTH.to_le_bytes());
    file.extend(LINKTYPE_RAW.to_le_bytes());
    for message in messages {
        let Some(packet) = packet(message) else { continue };
        let (seconds, micros) = (message.at.0.div_euclid(1_000_000), message.at.0.rem_euclid(1_000_000));
        file.extend(u32::try_from(seconds).unwrap_or_default().to_le_bytes());
        file.extend(u32::try_from(micros).unwrap_or_default().to_le_bytes());
        // The bytes in the file and those on the network.
        let length = u32::try_from(packet.len()).unwrap_or_default().to_le_bytes();
        file.extend(length);
        file.extend(length);
        file.extend(packet);
    }
    file
}

/// Returns a message as the packet of IP that may have carried it.
fn packet(message: &Message) -> Option<Vec<u8>> {
    let (from, to) = (message.source(), message.destination());
    match (from.ip().to_canonical(), to.ip().to_canonical()) {
        (IpAddr::V4(source), IpAddr::V4(destination)) => ipv4(source, destination, datagram(from, to, &message.bytes)?),
        // Packets have addresses of one family. A socket may have none of its own yet.
        (source, destination) => ipv6(mapped(source), mapped(destination), datagram(from, to, &message.bytes)?),
    }
}

fn mapped(address: IpAddr) -> Ipv6Addr {
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped(),
        IpAddr::V6(address) => address,
    }
}

/// Returns a datagram of UDP without its checksum (RFC 768). `None`: it is too long.
fn datagram(from: SocketAddr, to: SocketAddr, payload: &[u8]) -> Option<Vec<u8>> {
    let length = u16::try_from(UDP_HEADER + payload.len()).ok()?;
    let mut datagram = Vec::with_capacity(usize::from(length));
    datagram.extend(from.port().to_be_bytes());
    datagram.extend(to.port().to_be_bytes());
    datagram.extend(length.to_be_bytes());
    datagram.extend([0, 0]);
    datagram.extend(payload);
    Some(datagram)
}

/// Returns a packet of IPv4 (RFC 791).
fn ipv4(source: Ipv4Addr, destination: Ipv4Addr, mut datagram: Vec<u8>) -> Option<Vec<u8>> {
    let length = u16::try_from(IPV4_HEADER + datagram.len()).ok()?;
    let pseudo = [source.octets(), destination.octets()].concat();
    finish(&mut datagram, &pseudo);
    // Version 4 and five words of header; no fragments.
    let mut packet = vec![0x45, 0];
    packet.extend(length.to_be_bytes());
    packet.extend([0, 0, 0x40, 0, TTL, UDP, 0, 0]);
    packet.extend(pseudo);
    let checksum = !folded(sum(&packet));
    packet.splice(10..12, checksum.to_be_bytes());
    packet.extend(datagram);
    Some(packet)
}

/// Returns a packet of IPv6 (RFC 8200).
fn ipv6(source: Ipv6Addr, destination: Ipv6Addr, mut datagram: Vec<u8>) -> Option<Vec<u8>> {
    let length = u16::try_from(datagram.len()).ok()?;
    let pseudo = [source.octets(), destination.octets()].concat();
    finish(&mut datagram, &pseudo);
    let mut packet = vec![0x60, 0, 0, 0];
    packet.extend(length.to_be_bytes());
    packet.extend([UDP, TTL]);
    packet.extend(pseudo);
    packet.extend(datagram);
    Some(packet)
}

/// Sets the checksum of a datagram. It covers the addresses, the protocol and the length as well; the pseudo-headers of
/// both versions of IP have the same sum.
fn finish(datagram: &mut Vec<u8>, addresses: &[u8]) {
    let length = u32::try_from(datagram.len()).unwrap_or_default();
    let checksum = !folded(sum(addresses) + u32::from(UDP) + length + sum(datagram));
    // 0 means that there is no checksum.
    let checksum = if checksum == 0 { u16::MAX } else { checksum };
    datagram.splice(6..8, checksum.to_be_bytes());
}

/// Returns the sum of the words of some bytes. 64 KiB do not overflow it.
fn sum(bytes: &[u8]) -> u32 {
    let word = |pair: &[u8]| match pair {
        [high, low] => u32::from(u16::from_be_bytes([*high, *low])),
        [high] => u32::from(*high) << 8,
        _ => 0,
    };
    bytes.chunks(2).map(word).sum()
}

/// Folds a sum into a word, as one's complement does (RFC 1071).
fn folded(sum: u32) -> u16 {
    let once = (sum & 0xffff) + (sum >> 16);
    let twice = (once & 0xffff) + (once >> 16);
    u16::try_from(twice).unwrap_or(u16::MAX)
}

#[cfg(test)]
#[path = "pcap_tests.rs"]
mod tests;
