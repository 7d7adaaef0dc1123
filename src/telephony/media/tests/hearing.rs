use super::bench::Bench;
use super::parrot;
use crate::telephony::media::codec::Law;
use crate::telephony::media::leg::LegCommand;
use crate::telephony::media::player::Sound;
use crate::telephony::sounds::Prompt;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;

const BOTH: [Law; 2] = [Law::Mu, Law::A];

#[test]
fn the_parrot_hears_itself_and_every_cut() {
    for text in ["press 1 for sales", "Grüß Gott ☎", ""] {
        let mut samples = vec![0; 1_234];
        samples.extend(parrot::encode(text));
        samples.extend([0; 800]);
        assert_eq!(parrot::texts(&samples), [text]);
        if text.is_empty() {
            continue;
        }
        for cut in [40, 80, 160] {
            let mut samples = samples.clone();
            samples[1_234 + 640 + 320 * 5 + 100..][..cut].fill(0);
            assert!(parrot::texts(&samples)[0].ends_with('~'), "{text}: a cut of {} ms", cut / 8);
        }
    }
    let two = [parrot::encode("alpha"), vec![0; 3_000], parrot::encode("beta")].concat();
    assert_eq!(parrot::texts(&two), ["alpha", "beta"]);
}

#[test]
fn what_is_played_is_heard_exactly() {
    for law in BOTH {
        let mut bench = Bench::new(&[law]);
        bench.run(500);
        bench.play(0, 7, parrot::encode("press 1 for sales"));
        bench.run(1_000);
        assert_eq!(bench.phones[0].told(), "", "{law:?}: it is still played");
        bench.run(1_000);
        assert_eq!(
            (bench.phones[0].texts(), bench.phones[0].told()),
            (vec!["press 1 for sales".to_owned()], "finished 7".to_owned())
        );
        let times: Vec<_> = bench.phones[0].received.iter().map(|it| it.0).collect();
        assert!(times.windows(2).all(|pair| pair[1] - pair[0] == Duration::from_millis(20)), "a packet every 20 ms");
        let headers: Vec<_> = bench.phones[0].received.iter().map(|it| it.1).collect();
        assert!(headers.windows(2).all(|pair| pair[1].sequence == pair[0].sequence.wrapping_add(1)));
        assert!(headers.windows(2).all(|pair| pair[1].timestamp == pair[0].timestamp.wrapping_add(160)));
        assert_eq!(headers.iter().filter(|it| it.marker).count(), 1, "where the prompt begins");
        assert!(headers.iter().all(|it| it.payload_type == law.payload_type()));
    }
}

#[test]
fn a_prompt_is_replaced_and_stopped_at_once() {
    let mut bench = Bench::new(&[Law::Mu]);
    bench.play(0, 1, parrot::encode("never heard to its end"));
    bench.run(500);
    bench.play(0, 2, parrot::encode("alpha"));
    assert_eq!(bench.phones[0].told(), "finished 1");
    bench.run(300);
    let before = bench.phones[0].received.len();
    bench.command(0, LegCommand::StopPlaying);
    bench.run(100);
    assert_eq!(bench.phones[0].told(), "finished 2");
    bench.run(1_000);
    let silent = bench.phones[0].received[before..].iter().all(|it| it.2.iter().all(|byte| *byte == 0xff));
    assert!(silent && bench.phones[0].received.len() == before + 55, "the next frame is silence");
    bench.play(0, 3, parrot::encode("beta"));
    bench.run(1_000);
    assert_eq!(bench.phones[0].texts().last().map(String::as_str), Some("beta"));
}

#[test]
fn a_sound_is_heard_while_it_is_made() {
    let mut bench = Bench::new(&[Law::A]);
    let (sender, chunks) = mpsc::channel(20);
    bench.command(0, LegCommand::Play { operation: 1, sound: Sound::Coming(chunks) });
    for chunk in parrot::encode("your balance is 12.50 euros").chunks(800) {
        sender.try_send(Ok(chunk.to_vec())).unwrap();
        bench.run(100);
    }
    assert_eq!(bench.phones[0].told(), "");
    sender.try_send(Err("the server is gone".to_owned())).unwrap();
    bench.run(200);
    assert_eq!(bench.phones[0].told(), "finished 1: the server is gone");
    assert_eq!(bench.phones[0].texts(), ["your balance is 12.50 euros"]);
}

#[test]
fn before_the_remote_party_has_an_address_a_prompt_runs_its_time() {
    let mut bench = Bench::new(&[]);
    let n = bench.dial(Law::Mu);
    bench.play(n, 4, vec![1_000; 8_000]);
    bench.run(1_100);
    assert_eq!((bench.phones[n].told().as_str(), bench.phones[n].received.len()), ("finished 4", 0));
    // An SDP without an address, as in a hold of old.
    bench.phones[n].still = true;
    bench.agree(n, |stream| stream.expected.address = "0.0.0.0:4000".parse().unwrap());
    bench.run(100);
    assert_eq!((bench.phones[n].received.len(), bench.phones[n].astray), (0, 0));
    bench.agree(n, |_| {});
    bench.run(100);
    assert_eq!(bench.phones[n].received.len(), 5);
}

#[test]
fn an_echo_is_exact_at_every_packet_time_in_both_laws() {
    for law in BOTH {
        for ptime_ms in [10, 20, 30, 40, 60] {
            let mut bench = Bench::new(&[law]);
            bench.phones[0].ptime_ms = ptime_ms;
            bench.command(0, LegCommand::Echo { operation: 1, duration: Duration::from_secs(3), digits: false });
            bench.run(300);
            bench.say(0, &parrot::encode("Grüß Gott ☎"));
            bench.run(2_700);
            assert_eq!(bench.phones[0].told(), "", "{law:?} {ptime_ms} ms");
            bench.run(20);
            assert_eq!(bench.phones[0].told(), "finished 1");
            assert_eq!(bench.phones[0].texts(), ["Grüß Gott ☎"], "{law:?} {ptime_ms} ms");
            let heard = bench.phones[0].hears().len();
            bench.say(0, &parrot::encode("nobody hears this"));
            bench.run(2_500);
            assert!(bench.phones[0].hears()[heard..].iter().all(|it| it.abs() <= 8), "the echo is over");
        }
    }
}

/// Single frames that are lost are concealed; everything else is heard exactly.
#[test]
fn roads_that_reorder_delay_and_lose() {
    let mut random = 7_u64;
    let mut next = move || {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        random >> 33
    };
    let noises: Vec<u64> = (0..2_000).map(|_| next()).collect();
    type Delay = fn(u64, u64) -> Option<u64>;
    let rows: [(&str, Delay, bool); 5] = [
        ("every second one is late by one", |n, _| Some(if n % 2 == 0 { 25 } else { 0 }), true),
        ("jitter of 30 ms", |_, noise| Some(noise % 30), true),
        ("a delay that is always the same", |_, _| Some(80), true),
        ("jitter of 90 ms", |_, noise| Some(noise % 90), true),
        ("one in a hundred is lost", |n, _| (n % 100 != 0).then_some(0), false),
    ];
    for (name, road, exact) in rows {
        let mut bench = Bench::new(&[Law::Mu]);
        let noises = noises.clone();
        bench.phones[0].road = Box::new(move |n| road(n, noises[n as usize % noises.len()]));
        bench.command(0, LegCommand::Echo { operation: 1, duration: Duration::from_secs(60), digits: false });
        // The buffer learns the road first.
        bench.run(3_000);
        bench.say(0, &parrot::encode("your balance is 12.50 euros"));
        bench.run(4_000);
        let heard: Vec<String> = bench.phones[0].texts();
        match exact {
            true => assert_eq!(heard, ["your balance is 12.50 euros"], "{name}"),
            false => assert_eq!(heard[0].trim_end_matches('~'), "your balance is 12.50 euros", "{name}"),
        }
    }
}

#[test]
fn mute_and_hold_act_on_what_is_heard() {
    let mut bench = Bench::new(&[Law::Mu]);
    bench.command(0, LegCommand::Echo { operation: 1, duration: Duration::from_secs(600), digits: false });
    let mute = |heard, spoken| LegCommand::Mute { heard, spoken };
    let music = Arc::new(Prompt::new(parrot::encode("la")));
    let steps: [(&str, LegCommand, bool); 7] = [
        ("at first", mute(false, false), true),
        ("we do not hear", mute(true, false), false),
        ("they do not hear", mute(false, true), false),
        ("unmuted", mute(false, false), true),
        ("held in silence", LegCommand::Hold { music: None }, false),
        ("let go", LegCommand::Unhold, true),
        ("held with music", LegCommand::Hold { music: Some(music) }, false),
    ];
    for (name, command, echoed) in steps {
        bench.command(0, command);
        bench.phones[0].received.clear();
        bench.run(100);
        bench.say(0, &parrot::encode("alpha"));
        bench.run(1_000);
        let heard = bench.phones[0].texts();
        match name {
            "held with music" => assert!(heard.iter().filter(|it| *it == "la").count() >= 2, "{heard:?}"),
            _ => assert_eq!(heard, if echoed { vec!["alpha"] } else { vec![] }, "{name}"),
        }
        assert_eq!(bench.phones[0].received.len(), 55, "{name}: carriers hang up legs that send nothing");
    }
}

#[test]
fn a_remote_party_that_holds_us_is_sent_nothing_but_rtcp() {
    let mut bench = Bench::new(&[Law::Mu]);
    bench.run(100);
    bench.play(0, 1, parrot::encode("alpha"));
    bench.agree(0, |stream| stream.sends = false);
    bench.phones[0].received.clear();
    bench.run(8_000);
    assert_eq!((bench.phones[0].received.len(), bench.phones[0].told().as_str()), (0, "finished 1"));
    assert!(!bench.phones[0].rtcp.is_empty());
    bench.agree(0, |_| {});
    bench.play(0, 2, parrot::encode("beta"));
    bench.run(1_500);
    assert_eq!(bench.phones[0].texts(), ["beta"]);
}

/// After a stall what was missed is dropped: a burst would fill the remote party's buffer for the rest of the call.
#[test]
fn a_stall_of_the_worker_is_a_gap_in_time() {
    let mut bench = Bench::new(&[Law::Mu]);
    bench.run(1_000);
    bench.stall(500);
    bench.run(1_000);
    let headers: Vec<_> = bench.phones[0].received.iter().map(|it| it.1).collect();
    assert_eq!(headers.len(), 100);
    assert_eq!(headers[99].sequence.wrapping_sub(headers[0].sequence), 99);
    assert_eq!(headers[99].timestamp.wrapping_sub(headers[0].timestamp), 124 * 160);
    bench.command(0, LegCommand::Echo { operation: 1, duration: Duration::from_secs(60), digits: false });
    bench.say(0, &parrot::encode("alpha"));
    bench.run(1_500);
    assert_eq!(bench.phones[0].texts(), ["alpha"]);
    assert_eq!(bench.close(0).glitches, 1);
}
