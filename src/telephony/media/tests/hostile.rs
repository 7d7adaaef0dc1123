use super::bench::{Bench, address};
use super::parrot;
use crate::telephony::media::codec::Law;
use crate::telephony::media::leg::LegCommand;
use proptest::prelude::*;
use std::time::Duration;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever the remote party itself sends: nothing panics, a packet goes out every 20 ms, and afterwards it is heard.
    #[test]
    fn no_datagram_does_harm(
        datagrams in proptest::collection::vec((proptest::collection::vec(any::<u8>(), 0..300), any::<bool>(), 0_u8..5), 0..150),
        mux: bool,
    ) {
        let mut bench = Bench::new(&[Law::Mu]);
        bench.agree(0, |stream| stream.mux = mux);
        bench.run(100);
        for (mut bytes, plausible, wait) in datagrams {
            if plausible && bytes.len() > 12 {
                bytes[0] = 0x80;
                bytes[1] = [0, 8, 101, 13, 200, 201][usize::from(bytes[1]) % 6];
            }
            bench.inject(0, address(0), &bytes);
            bench.inject_rtcp(0, address(0), &bytes);
            bench.run(u64::from(wait) * 5);
        }
        bench.phones[0].received.clear();
        bench.run(1_200);
        prop_assert_eq!(bench.phones[0].received.len(), 60);
        bench.command(0, LegCommand::Echo { operation: 1, duration: Duration::from_secs(9), digits: false });
        bench.say(0, &parrot::encode("alpha"));
        bench.run(1_500);
        prop_assert_eq!(bench.phones[0].texts(), ["alpha"]);
        bench.close(0);
    }

    /// Two sources at the same address: the one that was first is heard.
    #[test]
    fn another_source_at_the_same_address_does_not_reset_it(ssrc in 100_u32.., sequence: u16) {
        let mut bench = Bench::new(&[Law::Mu]);
        bench.command(0, LegCommand::Echo { operation: 1, duration: Duration::from_secs(9), digits: false });
        bench.run(200);
        bench.say(0, &parrot::encode("alpha"));
        for n in 0..60 {
            let header = crate::telephony::media::rtp::Header { marker: false, payload_type: 0, sequence: sequence.wrapping_add(n), timestamp: 0, ssrc };
            bench.inject(0, address(0), &[&header.bytes()[..], &[0; 160]].concat());
            bench.run(20);
        }
        bench.run(300);
        prop_assert_eq!(bench.phones[0].texts(), ["alpha"]);
    }
}

/// A hundred thousand datagrams of a stranger at once cost counters alone.
#[test]
fn a_flood_is_counted_and_nothing_else() {
    let mut bench = Bench::new(&[Law::Mu]);
    bench.command(0, LegCommand::Echo { operation: 1, duration: Duration::from_secs(9), digits: false });
    bench.run(200);
    bench.say(0, &parrot::encode("alpha"));
    for n in 0..100_000_u32 {
        let header = crate::telephony::media::rtp::Header {
            marker: false,
            payload_type: 0,
            sequence: n as u16,
            timestamp: n * 160,
            ssrc: n,
        };
        let from = std::net::SocketAddr::from(([198, 51, 100, n as u8], 1_000 + (n >> 8) as u16));
        bench.inject(0, from, &header.bytes());
        bench.inject(0, from, &[0x80, 0]);
        if n % 1_000 == 0 {
            bench.run(20);
        }
    }
    assert_eq!(bench.phones[0].texts(), ["alpha"]);
    assert_eq!((bench.worker.counters().strangers, bench.worker.counters().malformed), (100_000, 100_000));
}
