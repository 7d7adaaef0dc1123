use super::bench::{Bench, address};
use super::parrot;
use crate::telephony::media::codec::Law;
use crate::telephony::media::dtmf;
use crate::telephony::media::leg::{Event, LegCommand};
use crate::telephony::media::rtp::Header;
use std::time::Duration;

/// Lets somebody else send noise and keys for as long as the phone speaks.
fn attack(bench: &mut Bench, from: std::net::SocketAddr, frames: u32, keys: bool) {
    for n in 0..frames {
        let header = Header { marker: false, payload_type: 0, sequence: n as u16, timestamp: n * 160, ssrc: 666 };
        let mut packet = header.bytes().to_vec();
        packet.extend([0x00; 160]);
        bench.inject(0, from, &packet);
        if !keys {
            bench.run(20);
            continue;
        }
        let mut key = Header { payload_type: 101, sequence: n as u16 + 30_000, ..header }.bytes().to_vec();
        key.extend(dtmf::Event { code: 6, end: false, duration: 160 }.bytes());
        bench.inject(0, from, &key);
        bench.run(20);
    }
}

#[test]
fn a_stranger_is_not_heard_hears_nothing_and_presses_no_keys() {
    let mut bench = Bench::new(&[Law::Mu]);
    bench.command(0, LegCommand::Echo { operation: 1, duration: Duration::from_secs(60), digits: false });
    bench.run(200);
    bench.say(0, &parrot::encode("alpha"));
    attack(&mut bench, address(66), 100, true);
    assert_eq!((bench.phones[0].texts(), bench.phones[0].told()), (vec!["alpha".to_owned()], String::new()));
    assert_eq!((bench.phones[0].astray, bench.worker.counters().strangers), (0, 200));
    assert_eq!(bench.close(0).received, 110);
}

/// A stranger that guesses the port before the remote party speaks gets nothing once that does.
#[test]
fn a_stranger_that_was_first_loses_to_the_address_of_the_sdp() {
    let mut bench = Bench::new(&[Law::Mu]);
    bench.phones[0].still = true;
    attack(&mut bench, address(66), 6, false);
    bench.phones[0].still = false;
    bench.command(0, LegCommand::Echo { operation: 1, duration: Duration::from_secs(60), digits: false });
    bench.run(300);
    let astray = bench.phones[0].astray;
    assert!(astray > 0, "it was sent what the leg says until then");
    bench.say(0, &parrot::encode("alpha"));
    attack(&mut bench, address(66), 100, true);
    assert_eq!(bench.phones[0].texts(), ["alpha"]);
    assert_eq!(bench.phones[0].astray, astray, "nothing more goes to the stranger");
}

#[test]
fn behind_a_nat_the_remote_party_is_found_and_said_to_be() {
    let mut bench = Bench::new(&[]);
    let n = bench.dial(Law::A);
    bench.agree(n, |stream| {
        stream.expected.address = "192.168.1.7:4000".parse().unwrap();
        stream.expected.signalling = Some(address(n).ip());
        stream.expected.strict = true;
    });
    bench.command(n, LegCommand::Echo { operation: 1, duration: Duration::from_secs(60), digits: false });
    bench.run(200);
    assert!(bench.phones[n].astray > 0, "to the address of the SDP until it is found");
    let found = Event::Found { source: address(n) };
    assert_eq!(bench.phones[n].events(), [found]);
    bench.say(n, &parrot::encode("alpha"));
    attack(&mut bench, address(66), 60, true);
    assert_eq!((bench.phones[n].texts(), bench.phones[n].events()), (vec!["alpha".to_owned()], vec![]));
}

#[test]
fn a_new_sdp_moves_the_media_within_a_packet() {
    let mut bench = Bench::new(&[Law::Mu]);
    bench.command(0, LegCommand::Echo { operation: 1, duration: Duration::from_secs(60), digits: false });
    bench.run(500);
    bench.phones[0].address = address(50);
    bench.agree(0, |_| {});
    bench.phones[0].received.clear();
    bench.run(100);
    assert_eq!((bench.phones[0].received.len(), bench.phones[0].astray), (5, 0));
    bench.say(0, &parrot::encode("alpha"));
    bench.run(1_500);
    assert_eq!(bench.phones[0].texts(), ["alpha"]);
}
