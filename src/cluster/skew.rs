//! The difference between this node's clock and the database's.
//!
//! Other nodes continue the runs that this node writes, so their times should agree. The database's clock is the one
//! that all nodes can compare theirs with.

use crate::clock::{Clock, Uptime};
use crate::model::time::Time;
use crate::store::{Micros, Nodes, Result};
use crate::telemetry::{Metrics, Throttle};
use std::sync::Arc;
use std::time::Duration;

/// A certain difference of this much is logged.
const WARN: Duration = Duration::from_secs(1);
/// How many renewals of the lease in a row must find too large a difference. Renewals are 750 ms apart, so that a clock
/// that is wrong for one second changes nothing, while the node gives up before it follows a clock that was set
/// (`clock::HOLD`, 5 s).
const IN_A_ROW: u32 = 3;

/// What one comparison found, in microseconds; positive if this node is ahead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offset {
    pub estimate: i64,
    /// The least difference: the database read its clock at some moment between the request and the response.
    pub certain: i64,
}

impl Offset {
    /// Compares the system's clock with the time that the database returned to a request which began at `asked`.
    pub fn measure(asked: Uptime, database: Micros) -> Offset {
        let system = Clock::system();
        Offset::of(Uptime::now().since(asked), system, database)
    }

    fn of(took: i64, system: Time, database: Micros) -> Offset {
        let most = system.0.saturating_sub(database);
        let least = most.saturating_sub(took);
        let certain = if least > 0 { least } else { most.min(0) };
        Offset { estimate: least.saturating_add(took / 2), certain }
    }

    /// Returns whether the difference is certainly larger than a bound.
    pub fn exceeds(self, bound: Duration) -> bool {
        Duration::from_micros(self.certain.unsigned_abs()) > bound
    }

    /// Returns a phrase such as `3600.0 s ahead of the database's`.
    pub fn words(self) -> String {
        let side = if self.estimate < 0 { "behind" } else { "ahead of" };
        format!("{:.1} s {side} the database's", self.estimate.unsigned_abs() as f64 / 1e6)
    }
}

/// Asks the database for its time, and compares.
pub async fn compare(nodes: &dyn Nodes) -> Result<Offset> {
    let asked = Uptime::now();
    Ok(Offset::measure(asked, nodes.time().await?))
}

/// Watches the difference while the node serves.
pub struct Skew {
    /// The largest difference with which the node takes part.
    pub max: Duration,
    pub metrics: Arc<Metrics>,
}

impl Skew {
    /// Reports a comparison. Counts in `in_a_row` how often the difference was too large, and returns true when the node
    /// must give up.
    pub fn is_too_large(&self, offset: Offset, in_a_row: &mut u32) -> bool {
        static DIFFERS: Throttle = Throttle::new();
        self.metrics.clock_offset(offset.estimate as f64 / 1e6);
        if offset.exceeds(WARN)
            && let Some(suppressed) = DIFFERS.pass()
        {
            let (max, offset) = (self.max, offset.words());
            tracing::warn!(
                ?max,
                suppressed,
                "this node's clock is {offset}; set it by NTP: past the maximum the node gives up"
            );
        }
        *in_a_row = if offset.exceeds(self.max) { *in_a_row + 1 } else { 0 };
        *in_a_row >= IN_A_ROW
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000_000;

    #[test]
    fn what_may_be_the_round_trip_is_not_certain() {
        let check = |took, system, certain, estimate| {
            assert_eq!(Offset::of(took, Time(system), 100 * SECOND), Offset { estimate, certain });
        };
        check(0, 100 * SECOND, 0, 0);
        check(2 * SECOND, 101 * SECOND, 0, 0);
        check(2 * SECOND, 100 * SECOND, 0, -SECOND);
        check(2 * SECOND, 99 * SECOND, -SECOND, -2 * SECOND);
        check(2 * SECOND, 105 * SECOND, 3 * SECOND, 4 * SECOND);
    }

    #[test]
    fn a_node_gives_up_after_several_comparisons() {
        let skew = Skew { max: Duration::from_secs(10), metrics: Arc::default() };
        let (far, near) = (Offset { estimate: 0, certain: -11 * SECOND }, Offset { estimate: 0, certain: 9 * SECOND });
        let mut in_a_row = 0;
        let outcomes = [far, far, near, far, far, far].map(|offset| skew.is_too_large(offset, &mut in_a_row));
        assert_eq!(outcomes, [false, false, false, false, false, true]);
    }

    #[test]
    fn the_words_say_which_clock_is_ahead() {
        let words = |estimate| Offset { estimate, certain: 0 }.words();
        assert_eq!(words(3_600 * SECOND), "3600.0 s ahead of the database's");
        assert_eq!(words(-SECOND / 2), "0.5 s behind the database's");
    }
}
