//! How well a call could be heard: what its packets went through, and the opinion that follows from it by the E-model
//! (ITU-T G.107).

/// A summary of one leg, told when it ends.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Quality {
    /// The name in SDP: `PCMU` or `PCMA`.
    pub codec: &'static str,
    pub sent: u64,
    pub received: u64,
    pub lost: u64,
    /// Packets whose time was over when they came.
    pub late: u64,
    pub duplicate: u64,
    pub reordered: u64,
    pub jitter_us: u32,
    pub rtt_us: Option<u32>,
    /// The mean opinion score of what we hear, in hundredths.
    pub mos_in_x100: u16,
    /// That of what the remote party hears, if it sends reports.
    pub mos_out_x100: Option<u16>,
    /// Sound that was made up for what was missing.
    pub concealed_ms: u64,
    /// The longest time between two packets of sound, unless a pause was announced.
    pub longest_gap_ms: u32,
    /// From the first SDP of the remote party to its first packet.
    pub first_packet_ms: Option<u32>,
    /// The loss that the remote party reports, in hundredths of a percent.
    pub remote_loss_x100: Option<u16>,
    /// Times at which our own sending stalled, so that frames were dropped.
    pub glitches: u64,
}

/// Robustness of G.711 with concealment against loss (G.113 appendix I).
const BPL: f64 = 25.1;

/// Returns the mean opinion score in hundredths, for G.711 with concealment. `loss` is the part of packets, from 0 to 1, that
/// were not heard, lost at random; `delay_ms` is from mouth to ear.
pub fn mos_x100(loss: f64, delay_ms: f64) -> u16 {
    let delay = 0.024 * delay_ms + 0.11 * (delay_ms - 177.3).max(0.0);
    let percent = loss.clamp(0.0, 1.0) * 100.0;
    let equipment = 95.0 * percent / (percent + BPL);
    let rating = (93.2 - delay - equipment).clamp(0.0, 100.0);
    let mos = 1.0 + 0.035 * rating + 7e-6 * rating * (rating - 60.0) * (100.0 - rating);
    // Below a rating of 6.5 the polynomial is less than 1, which is the lowest opinion.
    (mos.clamp(1.0, 4.5) * 100.0).round() as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opinions_are_those_of_the_model() {
        // G.107 with R = 93.2 gives 4.41; each row is calculated by hand from the formulas of G.107 and G.113.
        for (loss, delay_ms, mos) in [
            (0.0, 0.0, 441),
            (0.0, 60.0, 438),
            (0.01, 60.0, 429),
            (0.05, 100.0, 382),
            (0.20, 300.0, 162),
            (1.0, 0.0, 118),
        ] {
            let calculated = mos_x100(loss, delay_ms);
            assert!(calculated.abs_diff(mos) <= 1, "{loss} {delay_ms}: {calculated}");
        }
        let falling = [0.0, 0.01, 0.02, 0.05, 0.1, 0.3].map(|loss| mos_x100(loss, 80.0));
        assert!(falling.is_sorted_by(|one, other| one > other), "{falling:?}");
    }
}
