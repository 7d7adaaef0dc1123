//! Points in time, as the whole server represents them.

use serde::{Deserialize, Serialize};

/// Microseconds since 1970-01-01T00:00:00Z, the precision of the REST API's times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Time(pub i64);

impl Time {
    /// Returns this time plus `ms` milliseconds, capped at the largest representable time.
    pub fn plus_ms(self, ms: i64) -> Time {
        Time(self.0.saturating_add(ms.saturating_mul(1_000)))
    }

    /// Returns the whole milliseconds since `earlier`, never negative.
    pub fn ms_since(self, earlier: Time) -> i64 {
        (self.0.saturating_sub(earlier.0) / 1_000).max(0)
    }
}
