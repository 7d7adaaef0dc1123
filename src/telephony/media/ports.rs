//! The ports of media: pairs of an even port for RTP and the odd one above it for RTCP (RFC 3550 section 11).

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// How long a pair rests after its use: otherwise the last packets of one call are heard in the next one.
const QUARANTINE: Duration = Duration::from_secs(10);

/// The pairs of a range.
#[derive(Debug)]
pub struct Ports {
    free: VecDeque<u16>,
    /// In the order in which they may be used again.
    resting: VecDeque<(Instant, u16)>,
    taken: Vec<bool>,
    first: u16,
}

impl Ports {
    /// Creates the pool of all pairs between two ports. The pairs are taken in a random order, which `seed` determines, so
    /// that the port of the next call cannot be guessed.
    pub fn new(range: std::ops::RangeInclusive<u16>, seed: u64) -> Ports {
        let first = range.start().checked_next_multiple_of(2).unwrap_or(u16::MAX).max(2);
        let mut free: Vec<u16> = (first..=*range.end()).step_by(2).filter(|rtp| *rtp < *range.end()).collect();
        let mut random = Random(seed);
        for last in (1..free.len()).rev() {
            free.swap(last, (random.number() % (last as u64 + 1)) as usize);
        }
        let taken = vec![false; free.len()];
        Ports { free: free.into(), resting: VecDeque::new(), taken, first }
    }

    /// Takes a pair and returns its RTP port. `None` if all are used or resting.
    pub fn take(&mut self, now: Instant) -> Option<u16> {
        while let Some((_, port)) = self.resting.pop_front_if(|(until, _)| *until <= now) {
            self.free.push_back(port);
        }
        let port = self.free.pop_front()?;
        self.mark(port, true);
        Some(port)
    }

    /// Returns a pair after its use. A pair that was not taken is ignored.
    pub fn give_back(&mut self, port: u16, now: Instant) {
        if self.mark(port, false) {
            self.resting.push_back((now + QUARANTINE, port));
        }
    }

    /// The pairs that are used now.
    pub fn used(&self) -> usize {
        self.taken.len() - self.free.len() - self.resting.len()
    }

    /// The pairs of the range.
    pub fn capacity(&self) -> usize {
        self.taken.len()
    }

    /// Returns whether that is a change.
    fn mark(&mut self, port: u16, taken: bool) -> bool {
        let pair = port.checked_sub(self.first).map(|it| usize::from(it / 2));
        let place = pair.and_then(|at| self.taken.get_mut(at));
        place.is_some_and(|place| std::mem::replace(place, taken) != taken)
    }
}

/// A sequence of numbers that a seed determines (SplitMix64): for numbers that merely have to differ.
#[derive(Debug, Clone)]
pub struct Random(pub u64);

impl Random {
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn pairs_are_even_and_each_is_taken_once() {
        for (range, count) in [
            (20_000..=20_009, 5),
            (20_001..=20_009, 4),
            (20_001..=20_003, 1),
            (20_000..=20_000, 0),
            (0..=u16::MAX, 32_767),
        ] {
            let mut ports = Ports::new(range.clone(), 1);
            let now = Instant::now();
            let taken: BTreeSet<u16> = std::iter::from_fn(|| ports.take(now)).collect();
            assert_eq!((taken.len(), ports.used(), ports.capacity()), (count, count, count), "{range:?}");
            assert!(taken.iter().all(|port| port % 2 == 0 && range.contains(port) && range.contains(&(port + 1))));
        }
    }

    #[test]
    fn a_pair_rests_before_it_is_used_again() {
        let (mut ports, now) = (Ports::new(2_000..=2_003, 1), Instant::now());
        let after = |ms| now + Duration::from_millis(ms);
        let (one, other) = (ports.take(now).unwrap(), ports.take(now).unwrap());
        ports.give_back(other, now);
        ports.give_back(other, now);
        ports.give_back(7, now);
        assert_eq!((ports.take(after(9_999)), ports.used()), (None, 1));
        assert_eq!((ports.take(after(10_000)), ports.take(after(10_000))), (Some(other), None));
        ports.give_back(one, after(10_000));
        assert_eq!(ports.used(), 1);
    }

    #[test]
    fn the_order_cannot_be_guessed_from_the_last_port() {
        let order = |seed| {
            let mut ports = Ports::new(20_000..=20_199, seed);
            (0..100).filter_map(|_| ports.take(Instant::now())).collect::<Vec<u16>>()
        };
        assert_eq!(order(1), order(1));
        assert_ne!(order(1), order(2));
        assert!(order(1).windows(2).filter(|pair| pair[1] == pair[0] + 2).count() < 5);
    }
}
