use super::bench::Bench;
use super::parrot;
use crate::telephony::media::codec::Law;
use crate::telephony::media::dtmf::Event;
use crate::telephony::media::leg::LegCommand;
use std::time::Duration;

fn event(code: u8, end: bool, duration: u16) -> Event {
    Event { code, end, duration }
}

/// The phone presses a key as telephones do: an update every 20 ms, the end three times.
fn press(bench: &mut Bench, n: usize, code: u8, timestamp: u32) {
    bench.phones[n].still = true;
    for update in 1..=5 {
        bench.key(n, event(code, update == 5, update * 160), timestamp, 101);
        bench.run(20);
    }
    bench.key(n, event(code, true, 800), timestamp, 101);
    bench.key(n, event(code, true, 800), timestamp, 101);
    bench.phones[n].still = false;
}

/// The keys that a phone receives as telephone-events, each with its duration in ms and the number of its ends.
fn events_received(bench: &Bench, n: usize) -> Vec<(char, u16, usize)> {
    let mut keys: Vec<(u32, char, u16, usize)> = Vec::new();
    for (_, header, payload) in bench.phones[n].received.iter().filter(|it| it.1.payload_type == 97) {
        let event = Event::parse(payload).unwrap();
        match keys.last_mut() {
            Some(last) if last.0 == header.timestamp => {
                assert!(!header.marker, "the marker is on the first packet alone");
                last.2 = event.duration / 8;
                last.3 += usize::from(event.end);
            }
            _ => {
                assert!(header.marker);
                keys.push((header.timestamp, event.digit().unwrap(), event.duration / 8, usize::from(event.end)));
            }
        }
    }
    keys.into_iter().map(|(_, digit, ms, ends)| (digit, ms, ends)).collect()
}

#[test]
fn a_key_is_told_at_its_first_packet_while_a_prompt_plays() {
    let mut bench = Bench::new(&[Law::Mu]);
    bench.play(0, 1, parrot::encode("press 1 for sales or wait until this is over"));
    bench.run(500);
    bench.key(0, event(1, false, 160), 1 << 20, 101);
    bench.run(5);
    assert_eq!(bench.phones[0].told(), "1");
    // Barge-in: the engine stops the prompt, and the next frame is silence.
    bench.command(0, LegCommand::StopPlaying);
    let before = bench.phones[0].received.len();
    bench.run(40);
    assert!(bench.phones[0].received[before..].iter().all(|it| it.2.iter().all(|byte| *byte == 0xff)));
}

#[test]
fn keys_count_once_whatever_the_road_does() {
    for (name, expected) in [("as they are", "1, 2, 3"), ("twice each", "1, 2, 3"), ("every second one", "1, 2, 3")] {
        let mut bench = Bench::new(&[Law::Mu]);
        bench.phones[0].road = Box::new(move |n| (name != "every second one" || n % 2 == 0).then_some(0));
        bench.run(200);
        for (n, code) in [1, 2, 3].into_iter().enumerate() {
            press(&mut bench, 0, code, 1 << 20 | (n as u32) << 13);
            if name == "twice each" {
                // The same packets with new numbers, as some gateways repeat them.
                press(&mut bench, 0, code, 1 << 20 | (n as u32) << 13);
            }
            bench.run(100);
        }
        assert_eq!(bench.phones[0].told(), expected, "{name}");
    }
}

#[test]
fn keys_of_another_payload_type_do_not_count_and_info_counts_once() {
    let mut bench = Bench::new(&[Law::Mu]);
    bench.run(100);
    bench.key(0, event(1, false, 160), 1 << 20, 100);
    bench.run(20);
    assert_eq!((bench.phones[0].told(), bench.worker.counters().payload_type), (String::new(), 1));
    bench.key(0, event(1, false, 160), 1 << 20, 101);
    bench.run(100);
    bench.command(0, LegCommand::Info { digit: '1' });
    bench.command(0, LegCommand::Info { digit: '1' });
    assert_eq!(bench.phones[0].told(), "1, 1", "one is the repetition, the other a key");
}

#[test]
fn keys_are_sent_as_events_and_sound_goes_on_behind_them() {
    let mut bench = Bench::new(&[Law::A]);
    bench.run(100);
    bench.command(0, LegCommand::SendDigits { operation: 3, digits: "1*#".into(), tone_ms: 100, gap_ms: 100 });
    bench.command(0, LegCommand::SendDigits { operation: 4, digits: "x".into(), tone_ms: 100, gap_ms: 100 });
    assert_eq!(bench.phones[0].told(), "finished 4: these are no keys");
    bench.run(580);
    assert_eq!(bench.phones[0].told(), "");
    bench.run(20);
    assert_eq!(bench.phones[0].told(), "finished 3");
    assert_eq!(events_received(&bench, 0), [('1', 100, 3), ('*', 100, 3), ('#', 100, 3)]);
    let timestamps: Vec<u32> = bench.phones[0].received.iter().map(|it| it.1.timestamp).collect();
    let starts: Vec<u32> = bench.phones[0]
        .received
        .iter()
        .filter(|it| it.1.payload_type == 97 && it.1.marker)
        .map(|it| it.1.timestamp)
        .collect();
    assert!(starts.windows(2).all(|pair| pair[1].wrapping_sub(pair[0]) == 1_600), "200 ms from key to key");
    bench.play(0, 5, parrot::encode("alpha"));
    bench.run(1_000);
    assert_eq!(bench.phones[0].texts(), ["alpha"]);
    let last = bench.phones[0].received.last().unwrap();
    let packets = bench.phones[0].received.len() as u16 - 1;
    assert_eq!(last.1.sequence.wrapping_sub(bench.phones[0].received[0].1.sequence), packets);
    assert_eq!(last.1.timestamp.wrapping_sub(timestamps[0]), u32::from(packets) * 160, "the clock goes on during keys");
}

#[test]
fn without_telephone_event_keys_are_tones() {
    let mut bench = Bench::new(&[]);
    let n = bench.dial(Law::Mu);
    bench.agree(n, |stream| stream.events_out = None);
    bench.command(n, LegCommand::SendDigits { operation: 3, digits: "5".into(), tone_ms: 100, gap_ms: 100 });
    bench.run(300);
    assert_eq!(bench.phones[n].told(), "finished 3");
    let loud = bench.phones[n].hears().iter().filter(|it| it.abs() > 1_000).count();
    assert!((600..800).contains(&loud), "{loud} samples of 800");
}

/// Event by event: told as the key of whoever pressed it, and passed on to the other side.
#[test]
fn a_bridge_passes_keys_on_unless_muted() {
    let mut bench = Bench::new(&[Law::Mu, Law::A]);
    bench.bridge(0, 1);
    bench.run(200);
    press(&mut bench, 0, 7, 1 << 20);
    bench.run(200);
    assert_eq!((bench.phones[0].told().as_str(), bench.phones[1].told().as_str()), ("7", ""));
    assert_eq!(events_received(&bench, 1), [('7', 100, 3)]);
    assert_eq!(events_received(&bench, 0), []);
    bench.command(0, LegCommand::Mute { heard: true, spoken: false });
    press(&mut bench, 0, 8, 1 << 21);
    bench.run(200);
    assert_eq!((bench.phones[0].told().as_str(), events_received(&bench, 1).len()), ("8", 1), "told and not passed on");
}

/// Whoever sends keys without end takes no more than two seconds of the other side's sound.
#[test]
fn a_flood_of_keys_is_passed_on_within_bounds() {
    let mut bench = Bench::new(&[Law::Mu, Law::Mu]);
    bench.bridge(0, 1);
    bench.run(200);
    for n in 0..500 {
        bench.key(0, event(1, false, 160), 1 << 20 | n << 12, 101);
    }
    bench.run(2_200);
    assert_eq!(events_received(&bench, 1).len(), 12);
    bench.say(0, &parrot::encode("alpha"));
    bench.run(1_500);
    assert_eq!(bench.phones[1].texts(), ["alpha"]);
}

#[test]
fn an_echo_sends_keys_back_if_it_is_to() {
    for (digits, expected) in [(true, vec![('9', 100, 3)]), (false, vec![])] {
        let mut bench = Bench::new(&[Law::Mu]);
        bench.command(0, LegCommand::Echo { operation: 1, duration: Duration::from_secs(9), digits });
        bench.run(100);
        press(&mut bench, 0, 9, 1 << 20);
        bench.run(200);
        assert_eq!((bench.phones[0].told().as_str(), events_received(&bench, 0)), ("9", expected));
    }
}

/// Nobody reads the events: keys beyond a few are dropped, ends of operations are not, and the order stays.
#[test]
fn events_wait_for_their_reader_within_bounds() {
    let mut bench = Bench::new(&[Law::Mu]);
    bench.run(100);
    for n in 0..40 {
        bench.key(0, event(1, false, 160), 1 << 20 | n << 12, 101);
        bench.run(20);
    }
    bench.play(0, 6, vec![0; 160]);
    bench.run(60);
    let mut told = String::new();
    for _ in 0..10 {
        told += &bench.phones[0].told();
        told += ", ";
        bench.run(20);
    }
    let keys = told.matches('1').count();
    assert!((20..=24).contains(&keys), "8 in the channel, 16 parked: {told}");
    assert!(told.contains("1, finished 6"), "{told}");
}
