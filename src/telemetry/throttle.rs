//! Limits how often a warning is logged that a stranger can cause at will.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The shortest time between two warnings of one kind.
const INTERVAL: Duration = Duration::from_secs(60);

/// Lets one warning of a kind pass per minute and counts the others. One static per kind.
///
/// ```
/// # use ringdown::telemetry::Throttle;
/// static TOO_LONG: Throttle = Throttle::new();
/// assert_eq!(TOO_LONG.pass(), Some(0));
/// assert_eq!(TOO_LONG.pass(), None);
/// ```
#[derive(Debug)]
pub struct Throttle(Mutex<State>);

#[derive(Debug)]
struct State {
    last: Option<Instant>,
    suppressed: u64,
}

impl Throttle {
    #[allow(clippy::new_without_default, reason = "it is a static")]
    pub const fn new() -> Throttle {
        Throttle(Mutex::new(State { last: None, suppressed: 0 }))
    }

    /// Returns the number of warnings that were suppressed since the last one, if one may be logged now.
    pub fn pass(&self) -> Option<u64> {
        self.pass_at(Instant::now())
    }

    fn pass_at(&self, now: Instant) -> Option<u64> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if state.last.is_some_and(|last| now.saturating_duration_since(last) < INTERVAL) {
            state.suppressed += 1;
            return None;
        }
        state.last = Some(now);
        Some(std::mem::take(&mut state.suppressed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_warning_a_minute_passes_and_says_how_many_did_not() {
        let (throttle, start) = (Throttle::new(), Instant::now());
        assert_eq!(throttle.pass_at(start), Some(0));
        for second in 0..60 {
            assert_eq!(throttle.pass_at(start + Duration::from_secs(second)), None);
        }
        assert_eq!(throttle.pass_at(start + INTERVAL), Some(60));
        assert_eq!(throttle.pass_at(start + INTERVAL), None);
        assert_eq!(throttle.pass_at(start + 2 * INTERVAL), Some(1));
    }
}
