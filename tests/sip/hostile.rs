//! 30,000 spoiled datagrams: the server lives, and takes calls all the while.

use crate::peers::{NUMBER, Phones};
use serde_json::json;
use std::net::{SocketAddr, UdpSocket};
use std::time::Duration;

const DATAGRAMS: usize = 30_000;
/// Each address may send a thousand a second.
const ADDRESSES: u8 = 60;

/// Numbers that look random and are the same in each run.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end.max(1)
    }
}

fn invite(from: SocketAddr, to: SocketAddr, number: usize) -> String {
    let sdp = "v=0\r\no=a 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 40000 RTP/AVP 0 101\r\n\
               a=rtpmap:101 telephone-event/8000\r\n";
    format!(
        "INVITE sip:{NUMBER}@{to} SIP/2.0\r\nVia: SIP/2.0/UDP {from};branch=z9hG4bK{number}\r\nMax-Forwards: 70\r\n\
         From: \"A\" <sip:+15550001111@{from}>;tag={number}\r\nTo: <sip:{NUMBER}@{to}>\r\nCall-ID: {number}\r\n\
         CSeq: 1 INVITE\r\nContact: <sip:a@{from}>\r\nContent-Type: application/sdp\r\nContent-Length: {}\r\n\r\n{sdp}",
        sdp.len()
    )
}

fn other(method: &str, from: SocketAddr, to: SocketAddr, number: usize) -> String {
    format!(
        "{method} sip:{NUMBER}@{to} SIP/2.0\r\nVia: SIP/2.0/UDP {from};branch=z9hG4bK{number}\r\nMax-Forwards: 70\r\n\
         From: <sip:a@{from}>;tag={number}\r\nTo: <sip:{NUMBER}@{to}>;tag=x\r\nCall-ID: {number}\r\nCSeq: 2 {method}\r\n\
         Content-Length: 0\r\n\r\n"
    )
}

/// Changes, removes, doubles or cuts some bytes.
fn spoil(message: &mut Vec<u8>, random: &mut Random) {
    for _ in 0..=random.below(4) {
        let at = random.below(message.len());
        match random.below(6) {
            0 => message[at] = random.below(256) as u8,
            1 => drop(message.remove(at)),
            2 => message.insert(at, b"\r\n:;,\"<>@ \0\xff"[random.below(12)]),
            3 => message.truncate(at + 1),
            4 => {
                let part = message[at..message.len().min(at + 40)].to_vec();
                message.splice(at..at, part);
            }
            _ => {
                let number = ["-1", "4294967296", "99999999999999999999", "0"][random.below(4)];
                message.splice(at..at, number.bytes());
            }
        }
        if message.is_empty() {
            message.push(b'x');
        }
    }
}

/// Asks whether the server is there, and again if an answer is lost in the flood.
fn answers(to: SocketAddr, number: usize) -> bool {
    let socket = UdpSocket::bind("127.0.1.1:0").unwrap();
    socket.set_read_timeout(Some(Duration::from_millis(500))).unwrap();
    let from = socket.local_addr().unwrap();
    let mut answer = [0; 2_000];
    (0..20).any(|attempt| {
        let ask = other("OPTIONS", from, to, 1_000_000 + number * 100 + attempt).replace(";tag=x", "");
        socket.send_to(ask.as_bytes(), to).unwrap();
        socket.recv(&mut answer).is_ok_and(|length| answer[..length].starts_with(b"SIP/2.0 200"))
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn spoiled_datagrams_harm_nobody() {
    let mut phones = Phones::start(&[]);
    phones.number(NUMBER, json!([{"type": "answer"}, {"type": "hangup"}])).await;
    let to = phones.sip;
    let sent = tokio::task::spawn_blocking(move || {
        let sockets: Vec<UdpSocket> =
            (1..=ADDRESSES).map(|last| UdpSocket::bind(format!("127.0.2.{last}:0")).unwrap()).collect();
        let mut random = Random(20_261_122);
        for number in 0..DATAGRAMS {
            let socket = &sockets[number % sockets.len()];
            let from = socket.local_addr().unwrap();
            let mut message = match random.below(4) {
                0 | 1 => invite(from, to, number),
                2 => other(["BYE", "CANCEL", "OPTIONS", "INFO", "ACK", "NEWMETHOD"][random.below(6)], from, to, number),
                _ => format!("SIP/2.0 200 OK\r\n{}", &other("INVITE", from, to, number)[40..]),
            }
            .into_bytes();
            spoil(&mut message, &mut random);
            socket.send_to(&message, to).unwrap();
            if number % 1_000 == 999 {
                assert!(answers(to, number), "after {number}");
            }
        }
    });
    sent.await.unwrap();
    assert!(!phones.server.has_ended(), "{}", phones.home.log());
    assert!(!phones.home.log().contains("panicked"), "{}", phones.home.log());
}
