use super::*;
use std::time::Duration;

const SETTINGS: u8 = 4;
const PING: u8 = 6;

fn frame(kind: u8, flags: u8, length: usize) -> Vec<u8> {
    let [.., a, b, c] = (length as u32).to_be_bytes();
    [vec![a, b, c, kind, flags, 0, 0, 0, 1], vec![0xaa; length]].concat()
}

fn counter() -> (Counter, Instant) {
    let now = Instant::now();
    (
        Counter::new(&ConnectionBounds { control_frames: 10, control_frames_per_second: 2, ..Default::default() }, now),
        now,
    )
}

fn http2() -> (Counter, Instant) {
    let (mut counter, now) = counter();
    assert_eq!(counter.read(PREFACE, || now), Found::Http2);
    (counter, now)
}

/// Returns how many of a hundred frames pass.
fn passed(counter: &mut Counter, now: Instant, frame: &[u8]) -> usize {
    (0..100).take_while(|_| counter.read(frame, || now) == Found::Nothing).count()
}

#[test]
fn a_flood_of_each_control_frame_is_found() {
    for (kind, length) in [(SETTINGS, 0), (SETTINGS, 6), (PING, 8), (2, 5), (3, 4), (9, 1), (42, 3), (DATA, 0)] {
        let (mut counter, now) = http2();
        assert_eq!(passed(&mut counter, now, &frame(kind, 0, length)), 10, "{kind}");
    }
    let (mut counter, now) = http2();
    assert_eq!(passed(&mut counter, now, &frame(WINDOW_UPDATE, 0, 4)), 40);
}

#[test]
fn requests_and_their_bodies_are_not_counted() {
    let (mut counter, now) = http2();
    for frame in [frame(HEADERS, 5, 30), frame(DATA, 0, 1), frame(DATA, END_STREAM, 0), frame(DATA, 0, 16_384)] {
        assert_eq!(passed(&mut counter, now, &frame), 100);
    }
}

#[test]
fn time_and_responses_give_credit_and_answers_to_a_flood_do_not() {
    let (mut counter, now) = http2();
    let ping = frame(PING, 0, 8);
    assert!((0..10).all(|_| counter.read(&ping, || now) == Found::Nothing));
    assert_eq!(passed(&mut counter, now + Duration::from_secs(2), &ping), 4);
    let (mut counter, now) = http2();
    let while_downloading = (0..1_000).all(|_| {
        counter.wrote(16_384);
        counter.read(&ping, || now) == Found::Nothing
    });
    assert!(while_downloading);
    let (mut counter, now) = http2();
    let flood = (0..1_000).take_while(|_| {
        counter.wrote(HEADER + 8);
        counter.read(&ping, || now) == Found::Nothing
    });
    assert!(flood.count() < 20);
}

#[test]
fn frames_are_found_however_they_arrive() {
    let bytes = [PREFACE.to_vec(), frame(HEADERS, 0, 300), frame(PING, 0, 8), frame(DATA, 0, 70_000)].concat();
    let bytes = [bytes, frame(PING, 0, 8).repeat(9), frame(SETTINGS, 0, 0)].concat();
    for size in [1, 2, 3, 7, 9, 10, 1_000, bytes.len()] {
        let (mut counter, now) = counter();
        let chunks: Vec<&[u8]> = bytes.chunks(size).collect();
        let found: Vec<Found> = chunks.iter().map(|chunk| counter.read(chunk, || now)).collect();
        assert_eq!(found.last(), Some(&Found::Flood), "{size}");
        assert_eq!(found.iter().filter(|it| **it == Found::Flood).count(), 1, "{size}");
        assert!(size == bytes.len() || found.contains(&Found::Http2), "{size}");
    }
}

#[test]
fn other_protocols_are_not_read() {
    for text in ["GET / HTTP/1.1\r\n", "PRI * HTTP/1.1\r\n", "P", ""] {
        let (mut counter, now) = counter();
        counter.read(text.as_bytes(), || now);
        let flood = frame(PING, 0, 8).repeat(100);
        assert_eq!(counter.read(&flood, || now), Found::Nothing, "{text}");
    }
}
