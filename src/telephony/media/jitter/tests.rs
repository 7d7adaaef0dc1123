use super::*;
use proptest::prelude::*;

/// The sample that a script's stream has at a timestamp: never silence, so that what is heard tells where it was.
fn byte(timestamp: u32) -> u8 {
    (timestamp / 20 % 100) as u8
}

fn payload(timestamp: u32, samples: usize) -> Vec<u8> {
    (0..samples as u32).map(|n| byte(timestamp.wrapping_add(n))).collect()
}

/// Runs a script: a number puts the packet of 20 ms with that place in the stream, `.` pulls a frame. Returns what was
/// pulled: the place, `~` for a frame that was concealed, `-` for silence; `L` and `O` for packets that were not taken.
fn trace(script: &str) -> String {
    let mut buffer = JitterBuffer::new(Law::Mu);
    let mut out = Vec::new();
    for word in script.split_whitespace() {
        if word == "." {
            let (frame, pulled) = buffer.pull();
            out.push(match pulled {
                Pulled::Sound => {
                    let place = (0..200).find(|n| frame[..] == payload(n * 160, 160)[..]);
                    place.map_or("?".to_owned(), |n| n.to_string())
                }
                Pulled::Concealed => "~".to_owned(),
                Pulled::Silence => "-".to_owned(),
            });
            continue;
        }
        let timestamp = word.parse::<u32>().unwrap() * 160;
        match buffer.put(Law::Mu, timestamp, &payload(timestamp, 160), 0) {
            Put::Stored => {}
            Put::Late => out.push("L".to_owned()),
            Put::Odd => out.push("O".to_owned()),
        }
    }
    out.join(" ")
}

#[test]
fn scripts() {
    for (name, script, expected) in [
        ("nothing yet", ". .", "- -"),
        ("40 ms after the first", "0 . 1 . 2 . 3 . 4 .", "- - 0 1 2"),
        ("reordered", "1 0 . 2 . 3 . 4 . .", "- 0 1 2 3"),
        ("one is lost", "0 . 1 . 3 . 4 . 5 . 6 .", "- - 0 1 ~ 3"),
        ("the sender stops", "0 . 1 . . . . . . . .", "- - 0 1 ~ ~ ~ - -"),
        (
            "late, nothing newer: the delay grows and nothing is missing",
            "0 . 1 . . . . 2 . 3 . 4 . 5 .",
            "- - 0 1 ~ ~ 2 3 4",
        ),
        (
            "late, newer was played: the next get more time",
            "0 . 1 . 3 . 4 . 5 . 6 . 7 2 . 8 . 9 .",
            "- - 0 1 ~ 3 L ~ ~ 4",
        ),
        ("a burst", "0 1 2 3 . . . .", "- - 0 1"),
        ("one of another time line", "0 . 1 . 190 . 2 . 3 . 4 .", "- - O 0 1 2 3"),
    ] {
        assert_eq!(trace(script), expected, "{name}: {script}");
    }
}

#[test]
fn a_time_line_that_jumps_is_followed_at_the_second_packet() {
    let mut buffer = JitterBuffer::new(Law::Mu);
    assert_eq!(buffer.put(Law::Mu, 0, &[1; 160], 0), Put::Stored);
    assert_eq!(buffer.put(Law::Mu, 1 << 30, &[2; 160], 0), Put::Odd);
    assert_eq!(buffer.put(Law::Mu, (1 << 30) + 160, &[3; 160], 0), Put::Stored);
    let frames: Vec<_> = (0..3).map(|_| buffer.pull()).collect();
    assert_eq!(frames.last(), Some(&([3; 160], Pulled::Sound)));
}

#[test]
fn every_packet_time_gives_the_same_sound() {
    for samples in [40, 80, 100, 160, 240, 320, 480] {
        let mut buffer = JitterBuffer::new(Law::Mu);
        let (mut sent, mut heard) = (0_u32, Vec::new());
        // The timestamps wrap in the middle.
        let base = u32::MAX - 7_999;
        for frame in 1..200_u32 {
            while sent + samples as u32 <= frame * 160 {
                let bytes: Vec<u8> = (0..samples as u32).map(|n| byte(sent + n)).collect();
                assert_eq!(buffer.put(Law::Mu, base.wrapping_add(sent), &bytes, 0), Put::Stored);
                sent += samples as u32;
            }
            let (bytes, pulled) = buffer.pull();
            if pulled != Pulled::Silence || !heard.is_empty() {
                assert_ne!(pulled, Pulled::Concealed, "{samples} samples, frame {frame}");
                heard.extend(bytes);
            }
        }
        let first = heard.iter().position(|it| *it == byte(0)).unwrap();
        assert!(heard[first..].len() > 30_000);
        assert_eq!(heard[first..], payload(0, heard.len() - first)[..], "{samples} samples");
    }
}

#[test]
fn what_is_missing_fades_by_half_each_time() {
    let mut buffer = JitterBuffer::new(Law::A);
    let loud = Law::A.encode(8_000);
    buffer.put(Law::A, 0, &[loud; 160], 0);
    let levels: Vec<i16> = (0..7).map(|_| Law::A.decode(buffer.pull().0[0])).collect();
    assert!(levels[0] == 8 && levels[1] == 8 && levels[6] == 8, "{levels:?}");
    for (n, level) in levels[2..6].iter().enumerate() {
        assert!((level - (8_000 >> n)).abs() < 300, "{levels:?}");
    }
}

#[test]
fn a_pause_is_not_concealed() {
    let mut buffer = JitterBuffer::new(Law::Mu);
    buffer.put(Law::Mu, 0, &[5; 160], 0);
    buffer.pause();
    let pulled: Vec<_> = (0..6).map(|_| buffer.pull().1).collect();
    assert!(!pulled.contains(&Pulled::Concealed) && pulled.contains(&Pulled::Sound), "{pulled:?}");
}

#[test]
fn the_delay_shrinks_in_silence_and_never_in_speech() {
    for (byte, shrinks) in [(0xff, true), (0x10, false)] {
        let mut buffer = JitterBuffer::new(Law::Mu);
        let mut timestamp = 0;
        let mut put = |buffer: &mut JitterBuffer, jitter| {
            buffer.put(Law::Mu, timestamp, &[byte; 160], jitter);
            timestamp += 160;
        };
        // The delay is 140 ms at first, for a jitter of 40 ms that then calms down.
        put(&mut buffer, 320);
        for _ in 0..1_000 {
            buffer.pull();
            put(&mut buffer, 0);
        }
        let delay_ms = buffer.wait / 16 / 8;
        assert_eq!(delay_ms < 50, shrinks, "{delay_ms} ms");
        assert_eq!(delay_ms >= 130, !shrinks, "{delay_ms} ms");
    }
}

#[test]
fn other_laws_are_converted() {
    let mut buffer = JitterBuffer::new(Law::A);
    buffer.put(Law::Mu, 8_100, &[Law::Mu.encode(1_000); 200], 0);
    let frame = (0..3).map(|_| buffer.pull()).last().unwrap().0;
    assert!((Law::A.decode(frame[0]) - 1_000).abs() < 40);
}

proptest! {
    /// Whatever comes, a frame comes out, nothing outside of the stretch is marked, and the delay stays within bounds.
    #[test]
    fn any_stream_is_survived(
        steps in proptest::collection::vec((any::<u32>(), 0_usize..2_100, 0_u32..5_000, 0_u8..6), 0..300),
        base: u32,
    ) {
        let mut buffer = JitterBuffer::new(Law::Mu);
        let mut timestamp = base;
        for (random, length, jitter, pulls) in steps {
            timestamp = match random % 10 {
                0 => random,
                1 => timestamp.wrapping_sub(random % 4_000),
                2 => timestamp.wrapping_add(random % 8_000),
                _ => timestamp.wrapping_add(160),
            };
            buffer.put(Law::Mu, timestamp, &vec![1; length], jitter);
            (0..pulls).for_each(|_| _ = buffer.pull());
            if random % 50 == 0 {
                buffer.skip_frames(random % 100);
            }
            let depth = buffer.newest.wrapping_sub(buffer.next).cast_signed();
            let inside = (0..depth.max(0).unsigned_abs() as usize).filter(|n| buffer.present.has(buffer.next as usize + n));
            prop_assert_eq!(buffer.present.count(0, RING) as usize, inside.count());
            prop_assert!((20..=200).contains(&buffer.target_ms()));
        }
    }
}
