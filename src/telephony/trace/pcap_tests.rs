use super::*;
use crate::model::time::Time;
use std::path::PathBuf;
use std::process::Command;

const INVITE: &str = "INVITE sip:+15557654321@192.0.2.7 SIP/2.0\r\nVia: SIP/2.0/UDP 203.0.113.5:5080;branch=z9hG4bK1\r\n\
    From: <sip:+15551230000@203.0.113.5>;tag=a\r\nTo: <sip:+15557654321@192.0.2.7>\r\nCall-ID: one@203.0.113.5\r\n\
    CSeq: 1 INVITE\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n";
const TRYING: &str = "SIP/2.0 100 Trying\r\nVia: SIP/2.0/UDP 203.0.113.5:5080;branch=z9hG4bK1\r\n\
    From: <sip:+15551230000@203.0.113.5>;tag=a\r\nTo: <sip:+15557654321@192.0.2.7>\r\nCall-ID: one@203.0.113.5\r\n\
    CSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n";

fn message(at: i64, sent: bool, addresses: (&str, &str), text: &str) -> Message {
    let (local, peer) = (addresses.0.parse().unwrap(), addresses.1.parse().unwrap());
    Message { at: Time(at), sent, local, peer, bytes: text.as_bytes().into() }
}

fn call(addresses: (&str, &str)) -> Vec<Message> {
    vec![
        message(1_700_000_000_000_001, false, addresses, INVITE),
        message(1_700_000_000_250_000, true, addresses, TRYING),
    ]
}

const V4: (&str, &str) = ("192.0.2.7:5060", "203.0.113.5:5080");
const V6: (&str, &str) = ("[2001:db8::7]:5060", "[2001:db8::5]:5080");

/// A packet as a reader finds it.
#[derive(Debug, PartialEq)]
struct Found {
    at: i64,
    source: SocketAddr,
    destination: SocketAddr,
    payload: String,
}

fn number<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    bytes[at..at + N].try_into().unwrap()
}

/// Reads a file as RFC 791, RFC 8200 and RFC 768 have it, and checks every length and checksum.
fn read(file: &[u8]) -> Vec<Found> {
    let le = |at| u32::from_le_bytes(number(file, at));
    assert_eq!((le(0), le(4), le(8), le(12), le(20)), (MAGIC, 0x0004_0002, 0, 0, 101));
    let (mut at, mut found) = (24, Vec::new());
    while at < file.len() {
        let (seconds, micros, kept, length) = (le(at), le(at + 4), le(at + 8) as usize, le(at + 12) as usize);
        assert_eq!(kept, length);
        let packet = &file[at + 16..at + 16 + length];
        let time = i64::from(seconds) * 1_000_000 + i64::from(micros);
        found.push(unpack(time, packet));
        at += 16 + length;
    }
    found
}

fn unpack(at: i64, packet: &[u8]) -> Found {
    let (header, addresses, source, destination): (usize, &[u8], IpAddr, IpAddr) = match packet[0] >> 4 {
        4 => {
            assert_eq!(usize::from(u16::from_be_bytes(number(packet, 2))), packet.len());
            assert_eq!((packet[9], words(&packet[..20])), (17, 0xffff), "the checksum of IPv4");
            (20, &packet[12..20], number::<4>(packet, 12).into(), number::<4>(packet, 16).into())
        }
        _ => {
            assert_eq!(usize::from(u16::from_be_bytes(number(packet, 4))) + 40, packet.len());
            assert_eq!(packet[6], 17);
            (40, &packet[8..40], number::<16>(packet, 8).into(), number::<16>(packet, 24).into())
        }
    };
    let udp = &packet[header..];
    assert_eq!(usize::from(u16::from_be_bytes(number(udp, 4))), udp.len());
    let length = (udp.len() as u16).to_be_bytes();
    let covered = [addresses, &[0, 17], &length, udp, &[0][..udp.len() % 2]].concat();
    assert_eq!(words(&covered), 0xffff, "the checksum of UDP");
    let port = |at| u16::from_be_bytes(number(udp, at));
    Found {
        at,
        source: SocketAddr::new(source, port(0)),
        destination: SocketAddr::new(destination, port(2)),
        payload: String::from_utf8(udp[8..].to_vec()).unwrap(),
    }
}

/// The one's complement sum, with a carry after each word.
fn words(bytes: &[u8]) -> u16 {
    bytes.chunks(2).fold(0, |sum: u16, pair| {
        let (sum, carry) = sum.overflowing_add(u16::from_be_bytes(pair.try_into().unwrap()));
        sum + u16::from(carry)
    })
}

#[test]
fn a_reader_finds_each_message_as_it_was_sent() {
    for addresses in [V4, V6] {
        let messages = call(addresses);
        let found = read(&write(&messages));
        let (local, peer): (SocketAddr, SocketAddr) = (addresses.0.parse().unwrap(), addresses.1.parse().unwrap());
        let received = Found { at: messages[0].at.0, source: peer, destination: local, payload: INVITE.to_owned() };
        let sent = Found { at: messages[1].at.0, source: local, destination: peer, payload: TRYING.to_owned() };
        assert_eq!(found, [received, sent]);
    }
}

#[test]
fn a_packet_has_addresses_of_one_family() {
    let both = ("0.0.0.0:5060", "[2001:db8::5]:5080");
    let found = read(&write(&call(both)));
    assert_eq!(found[1].source, "[::ffff:0.0.0.0]:5060".parse().unwrap());
    let within = ("[::ffff:192.0.2.7]:5060", "203.0.113.5:5080");
    assert_eq!(read(&write(&call(within)))[1].source, "192.0.2.7:5060".parse().unwrap());
}

/// Checksums of every remainder, and payloads of odd length.
#[test]
fn checksums_hold_for_any_payload() {
    for length in 0..70_u32 {
        let text: String = (0..length).map(|at| char::from(b'0' + (at * 7 % 64) as u8)).collect();
        for addresses in [V4, V6] {
            assert_eq!(read(&write(&[message(1, true, addresses, &text)]))[0].payload, text);
        }
    }
}

#[test]
fn what_fits_into_no_datagram_is_left_out() {
    let long = "x".repeat(65_508);
    let messages = [message(1, true, V4, &long), message(2, true, V4, "OPTIONS"), message(3, true, V6, &long)];
    let found = read(&write(&messages));
    assert_eq!(found.iter().map(|it| it.at).collect::<Vec<_>>(), [2, 3]);
    assert_eq!(read(&write(&[])), []);
}

/// `RINGDOWN_PEERS=required` makes a missing tshark a failure.
#[test]
fn tshark_reads_the_same() {
    let file = std::env::temp_dir().join(format!("ringdown-{}.pcap", std::process::id()));
    std::fs::write(&file, write(&[call(V4), call(V6)].concat())).unwrap();
    let told = tshark(&file);
    std::fs::remove_file(&file).unwrap();
    let Some(told) = told else {
        assert!(std::env::var("RINGDOWN_PEERS").as_deref() != Ok("required"), "tshark is not installed");
        println!("skipped: tshark is not installed");
        return;
    };
    let rows = [
        "203.0.113.5\t\t192.0.2.7\t\t5080\t5060\t1\t1\tINVITE\t\tone@203.0.113.5",
        "192.0.2.7\t\t203.0.113.5\t\t5060\t5080\t1\t1\t\t100\tone@203.0.113.5",
        "\t2001:db8::5\t\t2001:db8::7\t5080\t5060\t\t1\tINVITE\t\tone@203.0.113.5",
        "\t2001:db8::7\t\t2001:db8::5\t5060\t5080\t\t1\t\t100\tone@203.0.113.5",
    ];
    assert_eq!(told.lines().collect::<Vec<_>>(), rows);
}

/// The addresses, ports, states of the checksums (1 is good) and what is SIP. `None`: it is not installed.
fn tshark(file: &PathBuf) -> Option<String> {
    let mut command = Command::new("tshark");
    command.args(["-n", "-o", "ip.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE", "-T", "fields"]);
    for field in [
        "ip.src",
        "ipv6.src",
        "ip.dst",
        "ipv6.dst",
        "udp.srcport",
        "udp.dstport",
        "ip.checksum.status",
        "udp.checksum.status",
        "sip.Method",
        "sip.Status-Code",
        "sip.Call-ID",
    ] {
        command.args(["-e", field]);
    }
    let output = command.arg("-r").arg(file).output().ok()?;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).unwrap())
}
