use super::bench::{Bench, address};
use super::parrot;
use crate::telephony::media::codec::Law;
use crate::telephony::media::leg::LegCommand;
use crate::telephony::media::reception::Block;
use crate::telephony::media::rtcp::{self, Heard, MAX_REPORT, OurReport, Report};
use std::time::Duration;

#[test]
fn a_call_without_faults_is_as_good_as_g711_is() {
    let mut bench = Bench::new(&[Law::A]);
    bench.run(10_000);
    let quality = bench.close(0);
    assert_eq!((quality.codec, quality.sent, quality.received, quality.lost), ("PCMA", 500, 500, 0));
    assert_eq!((quality.late, quality.duplicate, quality.concealed_ms, quality.longest_gap_ms), (0, 0, 0, 20));
    assert_eq!((quality.first_packet_ms, quality.rtt_us, quality.mos_out_x100), (Some(0), None, None));
    assert_eq!((quality.mos_in_x100, quality.glitches), (439, 0));
}

#[test]
fn loss_and_gaps_are_counted_and_lower_the_opinion() {
    let mut bench = Bench::new(&[Law::Mu]);
    bench.phones[0].road =
        Box::new(|n| (n % 20 != 0 && !(200..210).contains(&n)).then_some(if n % 50 == 0 { 70 } else { 0 }));
    bench.run(10_000);
    let quality = bench.close(0);
    assert_eq!((quality.received, quality.lost, quality.longest_gap_ms), (466, 33, 220));
    assert!((500..800).contains(&quality.concealed_ms), "{quality:?}");
    assert!((340..400).contains(&quality.mos_in_x100), "{quality:?}");
}

#[test]
fn reports_go_out_and_theirs_are_read() {
    let mut bench = Bench::new(&[Law::Mu]);
    bench.run(60_000);
    let reports: Vec<_> = bench.phones[0].rtcp.iter().map(|it| (it.0, it.1)).collect();
    assert!((9..=18).contains(&reports.len()), "one in 5 s on average: {}", reports.len());
    assert!(reports.windows(2).all(|pair| (2_500..=7_505).contains(&((pair[1].0 - pair[0].0).as_millis() as u64))));
    let port_above = std::net::SocketAddr::new(address(0).ip(), 4_001);
    assert!(reports.iter().all(|it| it.1 == port_above));
    let count = reports.len();
    while bench.phones[0].rtcp.len() == count {
        bench.run(5);
    }
    // The phone answers 130 ms after the last one, after a delay of 50 ms: the round trip is 80 ms.
    let (at, _, report) = bench.phones[0].rtcp.last().unwrap().clone();
    let ours = bench.phones[0].received[0].1.ssrc;
    let sent = rtcp::parse(&report, 0).unwrap().sent.unwrap();
    assert_eq!(bench.time(), at + Duration::from_millis(5));
    bench.run(125);
    let block = Block { ssrc: ours, fraction_lost: 0, lost: 300, highest: 0, jitter: 0 };
    let heard = Heard { last_report: sent, delay: 65_536 / 20 };
    let theirs =
        OurReport { ssrc: 5, cname: b"0123456789abcdef", sender: None, block: Some((block, heard)), bye: false };
    let mut bytes = [0; MAX_REPORT];
    let bytes = rtcp::write(&theirs, &mut bytes);
    bench.inject_rtcp(0, address(66), bytes);
    bench.inject_rtcp(0, "10.0.0.0:4999".parse().unwrap(), bytes);
    let count = bench.phones[0].rtcp.len();
    bench.run(8_000);
    assert!(bench.phones[0].rtcp[count..].iter().all(|it| it.1.port() == 4_999), "to where theirs come from");
    let quality = bench.close(0);
    assert!(quality.rtt_us.is_some_and(|rtt| rtt.abs_diff(80_000) < 5_200), "{quality:?}");
    assert_eq!(quality.remote_loss_x100.map(|loss| loss / 100), Some(8), "300 of 3,400");
    assert!(quality.mos_out_x100.unwrap() < quality.mos_in_x100);
    let last = &bench.phones[0].rtcp.last().unwrap().2;
    assert!(matches!(rtcp::parse(last, 0), Some(Report { bye: true, .. })));
}

#[test]
fn silence_of_the_remote_party_is_told_once_unless_somebody_holds() {
    let mut bench = Bench::new(&[Law::Mu]);
    bench.run(1_000);
    bench.phones[0].still = true;
    bench.run(59_900);
    assert_eq!(bench.phones[0].told(), "");
    bench.run(200);
    assert_eq!(bench.phones[0].told(), "no media");
    bench.run(120_000);
    assert_eq!(bench.phones[0].told(), "");
    // RTCP is life, and so is a hold.
    let empty = OurReport { ssrc: 5, cname: b"0123456789abcdef", sender: None, block: None, bye: false };
    let mut bytes = [0; MAX_REPORT];
    let bytes = rtcp::write(&empty, &mut bytes).to_vec();
    for _ in 0..5 {
        bench.inject_rtcp(0, address(0), &bytes);
        bench.run(50_000);
    }
    bench.command(0, LegCommand::Hold { music: None });
    bench.run(100_000);
    bench.command(0, LegCommand::Unhold);
    bench.agree(0, |stream| stream.sends = false);
    bench.run(100_000);
    bench.agree(0, |_| {});
    bench.run(59_000);
    assert_eq!(bench.phones[0].told(), "");
    bench.run(2_000);
    assert_eq!(bench.phones[0].told(), "no media");
}

/// Pauses that the remote party announces are neither loss nor gaps.
#[test]
fn comfort_noise_is_a_pause() {
    let mut bench = Bench::new(&[Law::Mu]);
    bench.command(0, LegCommand::Echo { operation: 1, duration: Duration::from_secs(60), digits: false });
    for _ in 0..3 {
        bench.say(0, &parrot::encode("alpha"));
        bench.run(1_100);
        // The payload of comfort noise is its level.
        bench.key(0, crate::telephony::media::dtmf::Event { code: 60, end: false, duration: 0 }, 0, 13);
        bench.pause(0, 700);
    }
    assert_eq!(bench.phones[0].texts(), ["alpha", "alpha", "alpha"]);
    let quality = bench.close(0);
    assert_eq!((quality.lost, quality.longest_gap_ms), (0, 20));
    assert!(quality.concealed_ms <= 60, "{quality:?}");
}
