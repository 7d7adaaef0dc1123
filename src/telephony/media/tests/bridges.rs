use super::bench::Bench;
use super::parrot;
use crate::telephony::media::codec::{self, Law};
use crate::telephony::media::leg::LegCommand;
use crate::telephony::media::tap::{Ends, TapReader, tap};
use std::time::Duration;
use uuid::Uuid;

fn texts(bench: &Bench) -> Vec<String> {
    bench.phones.iter().map(|phone| phone.texts().join(" ")).collect()
}

#[test]
fn two_hear_each_other_and_not_themselves_in_all_laws_and_packet_times() {
    for (laws, ptimes) in [
        ([Law::Mu, Law::Mu], [20, 20]),
        ([Law::A, Law::A], [10, 60]),
        ([Law::Mu, Law::A], [20, 30]),
        ([Law::A, Law::Mu], [40, 20]),
    ] {
        let mut bench = Bench::new(&laws);
        for (phone, ptime_ms) in bench.phones.iter_mut().zip(ptimes) {
            phone.ptime_ms = ptime_ms;
        }
        bench.run(200);
        bench.bridge(0, 1);
        bench.run(300);
        bench.say(0, &parrot::encode("alpha"));
        bench.say(1, &parrot::encode("omega bravo"));
        bench.run(2_500);
        assert_eq!(texts(&bench), ["omega bravo", "alpha"], "{laws:?} {ptimes:?}");
    }
}

/// Between two legs of the same law the bytes are passed on as they came.
#[test]
fn the_same_law_passes_through_untouched() {
    let mut bench = Bench::new(&[Law::Mu, Law::Mu]);
    bench.bridge(0, 1);
    bench.run(200);
    // 0x7f is the other zero, which decoding and encoding would not keep.
    let odd: Vec<u8> = (0..160).map(|n| if n % 2 == 0 { 0x7f } else { n as u8 }).collect();
    let header = bench.phones[1].received.last().unwrap().1;
    let mut packet = crate::telephony::media::rtp::Header { ssrc: 0, sequence: 65_510, ..header };
    packet.timestamp = (1_u32 << 31) + 10 * 160;
    bench.phones[0].still = true;
    let mut bytes = packet.bytes().to_vec();
    bytes.extend(&odd);
    let from = bench.phones[0].address;
    bench.inject(0, from, &bytes);
    bench.run(200);
    assert!(bench.phones[1].received.iter().any(|it| it.2 == odd));
}

#[test]
fn of_three_the_later_bridge_wins_and_the_end_of_one_leaves_silence() {
    let mut bench = Bench::new(&[Law::Mu, Law::Mu, Law::Mu]);
    bench.bridge(0, 1);
    bench.run(100);
    bench.bridge(2, 0);
    bench.bridge(2, 0);
    bench.run(300);
    for (n, text) in ["alpha", "bravo", "charlie"].into_iter().enumerate() {
        bench.say(n, &parrot::encode(text));
    }
    bench.run(2_000);
    assert_eq!(texts(&bench), ["charlie", "", "alpha"]);
    bench.worker.unbridge(bench.phones[0].leg);
    bench.say(0, &parrot::encode("delta"));
    bench.run(1_500);
    assert_eq!(texts(&bench), ["charlie", "", "alpha"]);
    bench.bridge(0, 2);
    bench.run(200);
    bench.close(0);
    assert!(bench.worker.len() == 2);
    bench.say(2, &parrot::encode("echo"));
    bench.run(1_500);
    assert_eq!(texts(&bench), ["charlie", "", "alpha"]);
    assert_eq!(bench.phones[2].received.len(), 300 / 20 + 2_000 / 20 + 100 / 20 + 1_500 / 20 + 200 / 20 + 1_500 / 20);
}

/// A prompt in a bridge runs its time unheard; mute and hold of one side are silence for the other.
#[test]
fn in_a_bridge_only_the_partner_is_heard() {
    let mut bench = Bench::new(&[Law::Mu, Law::A]);
    bench.bridge(0, 1);
    bench.play(1, 5, parrot::encode("unheard"));
    bench.run(200);
    bench.say(0, &parrot::encode("alpha"));
    bench.run(1_500);
    assert_eq!((bench.phones[1].texts(), bench.phones[1].told()), (vec!["alpha".to_owned()], "finished 5".to_owned()));
    for silence in [LegCommand::Mute { heard: true, spoken: false }, LegCommand::Hold { music: None }] {
        bench.command(0, silence);
        bench.say(0, &parrot::encode("beta"));
        bench.run(1_500);
        assert_eq!(bench.phones[1].texts(), ["alpha"]);
        bench.command(0, LegCommand::Unhold);
        bench.command(0, LegCommand::Mute { heard: false, spoken: false });
    }
    bench.agree(0, |stream| stream.receives = false);
    bench.say(0, &parrot::encode("gamma"));
    bench.run(1_500);
    assert_eq!(bench.phones[1].texts(), ["alpha"], "what comes though it should not is not heard");
}

/// Reads a recording to its end, both sides, with silence where frames are missing.
fn read(reader: &TapReader) -> ([Vec<i16>; 2], u64) {
    let mut sides = [Vec::new(), Vec::new()];
    let over = loop {
        match reader.next() {
            Ok(Some(frame)) => {
                for (side, samples) in sides.iter_mut().zip([frame.ours, frame.theirs]) {
                    side.resize(frame.number as usize * codec::FRAME, 0);
                    side.extend(samples);
                }
            }
            Ok(None) => panic!("the recording has not ended"),
            Err(over) => break over,
        }
    };
    (sides, over.frames)
}

fn start_of(samples: &[i16]) -> usize {
    parrot::decode(samples).first().map(|message| message.at).unwrap()
}

#[test]
fn a_recording_of_a_bridge_has_both_sides_aligned_by_time() {
    let mut bench = Bench::new(&[Law::Mu, Law::A]);
    bench.bridge(0, 1);
    bench.run(500);
    let (recording, reader) = tap(Uuid::from_u128(9), Ends::default(), false);
    bench.command(0, LegCommand::Record { tap: Box::new(recording), beep: false });
    // Within the two seconds that the channel holds.
    bench.run(200);
    bench.say(0, &parrot::encode("alpha"));
    bench.run(400);
    bench.say(1, &parrot::encode("omega"));
    bench.run(1_200);
    bench.command(0, LegCommand::StopRecording { recording_id: Uuid::from_u128(8) });
    assert_eq!(bench.phones[0].told(), "", "another recording");
    bench.command(0, LegCommand::StopRecording { recording_id: Uuid::from_u128(9) });
    assert_eq!(bench.phones[0].told(), "recorded 1800 ms, lost 0");
    let (sides, frames) = read(&reader);
    assert_eq!(frames, 90);
    assert_eq!(
        (parrot::texts(&sides[0]), parrot::texts(&sides[1])),
        (vec!["omega".to_owned()], vec!["alpha".to_owned()])
    );
    let apart = start_of(&sides[0]) as i64 - start_of(&sides[1]) as i64;
    assert!((apart - 3_200).abs() <= 320, "400 ms apart: {apart} samples");
}

#[test]
fn recordings_end_by_time_silence_and_key() {
    let ends = |duration_ms: u64, silence_ms: u64, keys: &str| Ends {
        duration: Some(Duration::from_millis(duration_ms)).filter(|it| !it.is_zero()),
        silence: Some(Duration::from_millis(silence_ms)).filter(|it| !it.is_zero()),
        keys: keys.to_owned(),
    };
    for (name, ends, told) in [
        ("by its duration", ends(1_000, 0, ""), "recorded 1000 ms, lost 0"),
        ("by silence after the beep", ends(0, 400, ""), "recorded 700 ms, lost 0"),
        ("by a key", ends(0, 0, "#"), "#, recorded 1500 ms, lost 0"),
    ] {
        let mut bench = Bench::new(&[Law::Mu]);
        bench.run(200);
        let (recording, reader) = tap(Uuid::nil(), ends, true);
        bench.command(0, LegCommand::Record { tap: Box::new(recording), beep: true });
        bench.run(1_500);
        let event = crate::telephony::media::dtmf::Event { code: 11, end: false, duration: 160 };
        if name == "by a key" {
            bench.key(0, event, 0, 101);
            bench.run(5);
        }
        assert_eq!(bench.phones[0].told(), told, "{name}");
        let (sides, _) = read(&reader);
        let heard = bench.phones[0].hears();
        let beep = heard.iter().filter(|it| it.abs() > 1_000).count();
        assert!((1_700..1_900).contains(&beep), "{name}: the remote party hears the beep for 300 ms: {beep}");
        assert!(sides[0][..2_400].iter().any(|it| it.abs() > 4_000), "{name}: it is in the recording");
    }
}

/// The mute of what the remote party says holds for its recording too, and a reader that is too slow costs no time.
#[test]
fn a_recording_hears_what_the_others_hear() {
    let mut bench = Bench::new(&[Law::Mu]);
    let (recording, reader) = tap(Uuid::nil(), Ends::default(), false);
    bench.command(0, LegCommand::Record { tap: Box::new(recording), beep: false });
    bench.command(0, LegCommand::Mute { heard: true, spoken: true });
    bench.say(0, &parrot::encode("alpha"));
    bench.play(0, 1, parrot::encode("beta"));
    bench.run(3_000);
    bench.close(0);
    assert_eq!(bench.phones[0].told(), "finished 1, recorded 3000 ms, lost 1000");
    let (sides, frames) = read(&reader);
    assert!(frames == 150 && sides.iter().all(|side| side.iter().all(|it| it.abs() <= 8)));
}
