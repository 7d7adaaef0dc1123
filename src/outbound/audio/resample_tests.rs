//! What passes the filter, and what does not.

use super::*;

/// A tone of half the full scale.
fn tone(rate: u32, hertz: f64, samples: usize) -> Vec<f32> {
    (0..samples).map(|at| ((f64::from(at as u32) * hertz / f64::from(rate) * 2.0 * PI).sin() * 0.5) as f32).collect()
}

fn resampled(rate: u32, source: &[f32], piece: usize) -> Vec<i16> {
    let (mut out, mut resampler) = (Vec::new(), Resampler::new(rate).unwrap());
    let mut sink = |samples: &[i16]| {
        out.extend_from_slice(samples);
        Ok(())
    };
    source.chunks(piece).for_each(|piece| resampler.push(piece, &mut sink).unwrap());
    resampler.finish(&mut sink).unwrap();
    out
}

/// The level of the middle in decibels, compared with a tone of half the full scale.
fn level(samples: &[i16]) -> f64 {
    let middle = &samples[samples.len() / 4..samples.len() * 3 / 4];
    let power = middle.iter().map(|it| f64::from(*it).powi(2)).sum::<f64>() / middle.len() as f64;
    10.0 * (power.max(1e-9) / (16_384.0_f64.powi(2) / 2.0)).log10()
}

#[test]
fn the_band_of_telephones_passes_and_what_lies_above_does_not() {
    for rate in [11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 44_101, 48_000, 96_000] {
        for hertz in [56.0, 300.0, 1_000.0, 3_400.0, 3_480.0] {
            let level = level(&resampled(rate, &tone(rate, hertz, rate as usize / 4), 1_000));
            assert!(level.abs() < 0.1, "{hertz} Hz at {rate}: {level} dB");
        }
        for hertz in [4_150.0, 4_600.0, 5_200.0, 7_700.0, 12_000.0, 20_000.0, 40_000.0] {
            if hertz < f64::from(rate) / 2.0 {
                let level = level(&resampled(rate, &tone(rate, hertz, rate as usize / 4), 1_000));
                assert!(level < -74.0, "{hertz} Hz at {rate}: {level} dB");
            }
        }
    }
}

#[test]
fn a_tone_comes_out_as_the_same_tone() {
    for rate in [1_000, 4_000, 6_000, 8_000, 11_025, 22_050, 44_100, 192_000] {
        let hertz = f64::from(rate).min(8_000.0) / 8.0;
        let out = resampled(rate, &tone(rate, hertz, rate as usize / 4), 777);
        let expected = tone(RATE, hertz, out.len());
        let middle = out.len() / 4..out.len() * 3 / 4;
        let error = middle.map(|at| (f32::from(out[at]) / 32_768.0 - expected[at]).abs()).fold(0.0, f32::max);
        assert!(error < 0.001, "{rate}: off by {error}");
    }
}

#[test]
fn the_length_stays_and_pieces_do_not_matter() {
    for rate in [1_000, 7_999, 8_000, 22_050, 44_101] {
        for samples in [1, 2, 63, 1_000, 4_097] {
            let source = tone(rate, 200.0, samples);
            let whole = resampled(rate, &source, samples);
            let expected = (samples as u64 * u64::from(RATE)).div_ceil(u64::from(rate));
            assert_eq!(whole.len() as u64, expected, "{samples} at {rate}");
            assert_eq!(resampled(rate, &source, 1), whole, "{samples} at {rate}");
        }
    }
}

#[test]
fn nothing_is_louder_than_full_scale_and_no_rate_is_without_end() {
    let square: Vec<f32> = (0..1_000).map(|at| if at / 20 % 2 == 0 { 1.0 } else { -1.0 }).collect();
    let out = resampled(44_100, &square, 1_000);
    assert!(out.contains(&i16::MAX) && out.contains(&i16::MIN), "the filter overshoots, and that is cut off");
    for rate in [0, 999, 192_001, u32::MAX] {
        assert!(Resampler::new(rate).is_none());
    }
}
