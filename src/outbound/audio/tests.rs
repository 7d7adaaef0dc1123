//! WAV and MP3 of every kind, broken ones, and ones that were made to break us.

use super::*;
use proptest::prelude::*;
use std::f64::consts::TAU;

const MP3S: [(&str, &[u8]); 4] = [
    ("MPEG-1", include_bytes!("../../../tests/audio/mpeg1-joint-stereo-id3v2.mp3")),
    ("MPEG-2 VBR", include_bytes!("../../../tests/audio/mpeg2-mono-vbr-id3v1.mp3")),
    ("MPEG-2.5", include_bytes!("../../../tests/audio/mpeg25-mono-no-contents.mp3")),
    ("MPEG-2 stereo", include_bytes!("../../../tests/audio/mpeg2-stereo.mp3")),
];

fn decoded(bytes: &[u8]) -> Result<Vec<i16>, Fault> {
    let mut out = Vec::new();
    read(bytes, &mut |samples| {
        out.extend_from_slice(samples);
        Ok(())
    })?;
    Ok(out)
}

/// The part of the energy of the middle that is at one frequency, and the amplitude there.
fn purity(samples: &[i16], hertz: f64) -> (f64, f64) {
    let middle = &samples[samples.len() / 4..samples.len() * 3 / 4];
    let (mut sine, mut cosine, mut power) = (0.0, 0.0, 0.0);
    for (at, sample) in middle.iter().enumerate() {
        let (turn, sample) = (at as f64 * hertz / f64::from(RATE) * TAU, f64::from(*sample));
        sine += sample * turn.sin();
        cosine += sample * turn.cos();
        power += sample * sample;
    }
    let (count, square) = (middle.len() as f64, sine * sine + cosine * cosine);
    (square * 2.0 / count / power, square.sqrt() * 2.0 / count)
}

/// A WAV file of one tone of 1,000 Hz at half of the full scale.
struct Wav {
    tag: u16,
    bits: u16,
    channels: u16,
    rate: u32,
    /// Milliseconds.
    length: u32,
}

const PLAIN: Wav = Wav { tag: 1, bits: 16, channels: 1, rate: 8_000, length: 250 };

impl Wav {
    fn sample(&self, at: u32) -> Vec<u8> {
        let level = (f64::from(at) * 1_000.0 / f64::from(self.rate) * TAU).sin() * 0.5;
        match (self.tag, self.bits) {
            (1, 8) => vec![(level * 127.0 + 128.0).round() as u8],
            (1, 16) => ((level * 32_767.0) as i16).to_le_bytes().to_vec(),
            (1, 24) => ((level * 8_388_607.0) as i32).to_le_bytes()[..3].to_vec(),
            (1, 32) => ((level * 2_147_483_647.0) as i32).to_le_bytes().to_vec(),
            (3, 32) => (level as f32).to_le_bytes().to_vec(),
            (3, 64) => level.to_le_bytes().to_vec(),
            (6, 8) => audio_codec::Encoder::encode(&mut audio_codec::pcma::PcmaEncoder::new(), &[self.linear(level)]),
            (7, 8) => audio_codec::Encoder::encode(&mut audio_codec::pcmu::PcmuEncoder::new(), &[self.linear(level)]),
            other => panic!("{other:?}"),
        }
    }

    fn linear(&self, level: f64) -> i16 {
        (level * 32_767.0) as i16
    }

    fn format(&self) -> Vec<u8> {
        let align = self.bits.div_ceil(8) * self.channels;
        let mut chunk = Vec::new();
        chunk.extend(self.tag.to_le_bytes());
        chunk.extend(self.channels.to_le_bytes());
        chunk.extend(self.rate.to_le_bytes());
        chunk.extend((self.rate * u32::from(align)).to_le_bytes());
        chunk.extend(align.to_le_bytes());
        chunk.extend(self.bits.to_le_bytes());
        chunk
    }

    fn data(&self) -> Vec<u8> {
        let frames = 0..self.rate * self.length / 1_000;
        frames.flat_map(|at| self.sample(at).repeat(usize::from(self.channels))).collect()
    }

    fn file(&self) -> Vec<u8> {
        riff(&[chunk(b"fmt ", &self.format()), chunk(b"data", &self.data())])
    }
}

fn chunk(id: &[u8; 4], bytes: &[u8]) -> Vec<u8> {
    chunk_of(id, bytes.len() as u32, bytes)
}

/// A chunk that claims a length.
fn chunk_of(id: &[u8; 4], length: u32, bytes: &[u8]) -> Vec<u8> {
    [id.as_slice(), &length.to_le_bytes(), bytes, if bytes.len() % 2 == 1 { &[0] } else { &[] }].concat()
}

fn riff(chunks: &[Vec<u8>]) -> Vec<u8> {
    let length = chunks.iter().map(Vec::len).sum::<usize>() as u32 + 4;
    [b"RIFF".as_slice(), &length.to_le_bytes(), b"WAVE", &chunks.concat()].concat()
}

#[track_caller]
fn is_tone(samples: &[i16], millis: usize, about: &str) {
    assert!(samples.len().abs_diff(millis * 8) <= 1, "{about}: {} samples", samples.len());
    let (pure, level) = purity(samples, 1_000.0);
    assert!(pure > 0.98 && (level - 16_384.0).abs() < 400.0, "{about}: {pure} pure, {level} loud");
}

#[test]
fn wav_of_every_kind_is_heard() {
    for (tag, bits) in [(1, 8), (1, 16), (1, 24), (1, 32), (3, 32), (3, 64), (6, 8), (7, 8)] {
        for channels in [1, 2] {
            for rate in [8_000, 11_025, 16_000, 22_050, 44_100, 48_000] {
                let wav = Wav { tag, bits, channels, rate, ..PLAIN };
                let about = format!("{tag} of {bits} bits, {channels} channels at {rate}");
                is_tone(&decoded(&wav.file()).expect(&about), 250, &about);
            }
        }
    }
}

#[test]
fn sixteen_bits_at_eight_kilohertz_stay_as_they_are() {
    let data: Vec<u8> = [0, 1, -1, i16::MAX, i16::MIN, 12_345].into_iter().flat_map(i16::to_le_bytes).collect();
    let file = riff(&[chunk(b"fmt ", &PLAIN.format()), chunk(b"data", &data)]);
    assert_eq!(decoded(&file).unwrap(), [0, 1, -1, i16::MAX, i16::MIN, 12_345]);
}

#[test]
fn broken_headers_are_played_as_others_play_them() {
    let (format, data) = (PLAIN.format(), PLAIN.data());
    let fmt = || chunk(b"fmt ", &format);
    let list = chunk(b"LIST", b"INFOISFT\x04\0\0\0Lavf");
    let odd = chunk_of(b"junk", 3, b"abc");
    let mut wrong_align = PLAIN.format();
    wrong_align[12] = 0;
    let mut no_rate = PLAIN.format();
    no_rate[8..12].fill(0);
    let mut extensible = PLAIN.format();
    extensible[..2].copy_from_slice(&[0xfe, 0xff]);
    extensible.extend(b"\x16\0\x10\0\x04\0\0\0\x01\0\0\0\0\0\x10\0\x80\0\0\xaa\0\x38\x9b\x71");
    // 24 bits in 4 bytes, the lowest of which is not used.
    let mut wide = Wav { bits: 24, ..PLAIN }.format();
    wide[8..12].copy_from_slice(&32_000_u32.to_le_bytes());
    wide[12] = 4;
    let wide_data: Vec<u8> =
        Wav { bits: 24, ..PLAIN }.data().chunks(3).flat_map(|it| [0, it[0], it[1], it[2]]).collect();
    let mut rf64 = riff(&[chunk(b"ds64", &[0; 28]), fmt(), chunk_of(b"data", u32::MAX, &data)]);
    rf64[..4].copy_from_slice(b"RF64");
    rf64[4..8].fill(0xff);
    let mut no_length = PLAIN.file();
    no_length[4..8].fill(0);
    let cases: [(&str, Vec<u8>); 14] = [
        ("other chunks", riff(&[list.clone(), fmt(), odd.clone(), list.clone(), chunk(b"data", &data), list.clone()])),
        ("espeak-ng --stdout", riff(&[fmt(), chunk_of(b"data", 0x7fff_f000, &data)])),
        ("ffmpeg to a pipe", riff(&[fmt(), chunk_of(b"data", u32::MAX, &data)])),
        ("data of 0 bytes", riff(&[fmt(), chunk_of(b"data", 0, &data)])),
        ("no padding", [&riff(&[chunk_of(b"junk", 3, b"abcd")])[..23], &fmt(), &chunk(b"data", &data)].concat()),
        ("data before fmt", riff(&[chunk(b"data", &data), fmt()])),
        ("two of each", riff(&[fmt(), fmt(), chunk(b"data", &data), chunk(b"data", &data)])),
        ("no block alignment", riff(&[chunk(b"fmt ", &wrong_align), chunk(b"data", &data)])),
        ("no bytes per second", riff(&[chunk(b"fmt ", &no_rate), chunk(b"data", &data)])),
        ("extensible", riff(&[chunk(b"fmt ", &extensible), chunk(b"data", &data)])),
        ("24 bits in 4 bytes", riff(&[chunk(b"fmt ", &wide), chunk(b"data", &wide_data)])),
        ("RF64", rf64),
        ("no length of the file", no_length),
        ("garbage at the end", [PLAIN.file(), b"data\x10".to_vec()].concat()),
    ];
    for (about, file) in cases {
        let samples = decoded(&file).unwrap_or_else(|fault| panic!("{about}: {fault}"));
        is_tone(&samples, 250, about);
    }
    let cut = &PLAIN.file()[..2_045];
    assert_eq!(decoded(cut).unwrap().len(), 1_000, "the part that is there is played");
}

#[test]
fn what_cannot_be_played_is_named() {
    #[track_caller]
    fn check(file: Vec<u8>, words: &str) {
        let fault = decoded(&file).unwrap_err().to_string();
        assert_eq!(fault, words);
    }
    let with = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut format = PLAIN.format();
        change(&mut format);
        riff(&[chunk(b"fmt ", &format), chunk(b"data", &PLAIN.data())])
    };
    check(Vec::new(), "is neither WAV nor MP3");
    check(b"<html><body>404</body></html>".repeat(100), "is neither WAV nor MP3");
    check(b"OggS".repeat(1_000), "is neither WAV nor MP3");
    check(vec![0xff; 100_000], "is neither WAV nor MP3");
    check(riff(&[]), "is damaged: the chunk \"fmt \" is missing");
    check(riff(&[chunk(b"fmt ", &PLAIN.format())]), "is damaged: the chunk \"data\" is missing");
    check(riff(&[chunk(b"fmt ", &[1, 0]), chunk(b"data", &[0; 10])]), "is damaged: the chunk \"fmt \" is too short");
    check(riff(&[chunk(b"fmt ", &PLAIN.format()), chunk(b"data", b"")]), "has no sound");
    check(with(&|format| format[0] = 0x11), "cannot be played: its format is ADPCM");
    check(with(&|format| format[0] = 0x31), "cannot be played: its format is GSM 6.10");
    check(
        with(&|format| (format[0], format[14]) = (3, 16)),
        "cannot be played: its format is floating point with 16 bits",
    );
    check(with(&|format| format[14] = 0), "cannot be played: its format is PCM with 0 bits");
    check(with(&|format| format[2] = 0), "cannot be played: it has 0 channels");
    check(with(&|format| format[2] = 6), "cannot be played: it has 6 channels");
    check(with(&|format| format[4..8].fill(0)), "cannot be played: its sample rate is 0 Hz");
    check(with(&|format| format[4..8].fill(255)), "cannot be played: its sample rate is 4294967295 Hz");
}

#[test]
fn mp3_of_every_kind_is_heard() {
    for (about, file) in MP3S {
        let samples = decoded(file).unwrap_or_else(|fault| panic!("{about}: {fault}"));
        let (pure, level) = purity(&samples, 1_000.0);
        assert!(pure > 0.98 && (level - 16_384.0).abs() < 900.0, "{about}: {pure} pure, {level} loud");
        let millis = samples.len() / 8;
        assert!((400..860).contains(&millis), "{about}: {millis} ms");
        // Junk in front and between, and a file that is cut.
        let junk = [b"junk".repeat(50).as_slice(), file, b"TAG".repeat(43).as_slice()].concat();
        assert_eq!(decoded(&junk).unwrap_or_else(|fault| panic!("{about}: {fault}")).len(), samples.len(), "{about}");
        let cut = decoded(&file[..file.len() * 2 / 3]).unwrap();
        assert!(cut.len() < samples.len() && purity(&cut, 1_000.0).0 > 0.9, "{about}");
        let inside = riff(&[
            chunk(b"fmt ", &[&[0x55, 0], &PLAIN.format()[2..]].concat()),
            chunk(b"data", &file[file.iter().position(|it| *it == 0xff).unwrap()..]),
        ]);
        assert_eq!(decoded(&inside).unwrap().len(), samples.len(), "{about} in WAV");
    }
}

#[test]
fn the_kind_is_known_by_the_first_bytes() {
    for (about, file) in MP3S {
        assert_eq!(kind(&file[..KIND_BYTES]), Some(Kind::Mp3), "{about}");
    }
    assert_eq!(kind(&PLAIN.file()[..KIND_BYTES]), Some(Kind::Wav));
    for raw in [[0_u8; 12], [0xff; 12], *b"{\"error\": 1}"] {
        assert_eq!(kind(&raw), None);
    }
}

#[test]
fn long_and_costly_files_end_at_their_limits() {
    // 11 minutes of silence: 5 MB of µ-law.
    let long = Wav { tag: 7, bits: 8, ..PLAIN };
    let file = riff(&[chunk(b"fmt ", &long.format()), chunk(b"data", &vec![0xff; 11 * 60 * 8_000])]);
    assert_eq!(decoded(&file), Err(Fault::TooLong));
    let mut taken = 0;
    let refused = read(&file, &mut |samples| {
        taken += samples.len();
        if taken > 100_000 { Err(Fault::NoMemory) } else { Ok(()) }
    });
    assert_eq!((refused, taken < 110_000), (Err(Fault::NoMemory), true), "the sink ends the reading");
    // Frames of two rates in turn, each of which would need another filter.
    let frames = |file: &[u8]| {
        let at = (0..file.len()).find(|at| kind(&file[*at..]) == Some(Kind::Mp3)).unwrap();
        file[at..].to_vec()
    };
    let turns = [frames(MP3S[3].1), frames(MP3S[2].1)].concat().repeat(40);
    assert_eq!(decoded(&turns), Err(Fault::Damaged("most of it is no sound")));
    // Headers of frames, and nothing behind them.
    let empty = [&[0xff, 0xf3, 0x10, 0xc0], [0xaa_u8; 20].as_slice()].concat().repeat(50_000);
    assert!(decoded(&empty).is_err());
}

/// Valid files to be spoiled.
fn seeds() -> Vec<Vec<u8>> {
    let short = |tag, bits, rate| Wav { tag, bits, rate, length: 20, channels: 2 }.file();
    let wavs =
        [short(1, 16, 8_000), short(1, 24, 44_100), short(3, 32, 22_050), short(6, 8, 8_000), short(7, 8, 11_025)];
    wavs.into_iter().chain(MP3S.iter().map(|(_, file)| file.to_vec())).collect()
}

/// A change of a file: what, where, and with what.
fn spoil(file: &mut Vec<u8>, kind: u8, at: usize, with: u8) {
    let at = at % file.len().max(1);
    match kind % 6 {
        0 => file.iter_mut().skip(at).take(1).for_each(|byte| *byte = with),
        1 => file.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= 1 << (with % 8)),
        2 => file.truncate(at),
        3 => file.iter_mut().skip(at).take(4).for_each(|byte| *byte = if with > 127 { 255 } else { 0 }),
        4 => drop(file.drain(at..(at + usize::from(with)).min(file.len()))),
        _ => file.splice(at..at, vec![with; usize::from(with)]).for_each(drop),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_break_the_readers(bytes in prop::collection::vec(any::<u8>(), 0..3_000), head in 0..4_usize) {
        let heads: [&[u8]; 4] = [b"", b"RIFF\0\0\0\0WAVE", b"ID3\x04\0\0\0\0\0\0", &[0xff, 0xfb, 0x90, 0x64]];
        let _ = decoded(&[heads[head], &bytes].concat());
    }

    #[test]
    fn no_spoiled_file_breaks_the_readers(
        seed in 0..9_usize,
        changes in prop::collection::vec((any::<u8>(), any::<usize>(), any::<u8>()), 1..12),
        head in any::<bool>(),
    ) {
        let mut file = seeds().swap_remove(seed);
        for (kind, at, with) in changes {
            // Half of the cases spoil the headers.
            spoil(&mut file, kind, if head { at % 64 } else { at }, with);
        }
        if let Ok(samples) = decoded(&file) {
            // A frame of MP3 has at least 24 bytes and at most 1,152 samples at 32,000 Hz or 576 at 8,000; a byte of WAV is at
            // most 8 samples.
            prop_assert!(samples.len() <= 32 * file.len() + 4_096);
        }
    }
}
