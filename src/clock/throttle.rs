//! Log lines about the clock that repeat.

use super::Uptime;
use std::sync::atomic::{AtomicI64, Ordering};

/// How often a line is logged at most, in microseconds.
const EVERY: i64 = 60_000_000;

/// Permits one log line a minute.
pub struct Throttle(AtomicI64);

impl Throttle {
    pub const fn new() -> Throttle {
        Throttle(AtomicI64::new(i64::MIN))
    }

    /// Returns whether the line may be logged now.
    pub fn permits(&self) -> bool {
        self.permits_at(Uptime::now())
    }

    fn permits_at(&self, now: Uptime) -> bool {
        let next = self.0.load(Ordering::Relaxed);
        now.0 >= next && self.0.compare_exchange(next, now.plus(EVERY).0, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_a_minute() {
        let throttle = Throttle::new();
        let permitted = [0, 1, EVERY - 1, EVERY, EVERY + 1].map(|at| throttle.permits_at(Uptime(at)));
        assert_eq!(permitted, [true, false, false, true, false]);
    }
}
