//! The use cases: what a caller may ask of the server, in the words of the contract and above the ports.

pub mod access_keys;
pub mod clock;
pub mod doors;
pub mod once;
pub mod page;
mod store_error;

use crate::model::time::Time;

/// A time of the contract as the server counts it; what is finer than a microsecond is cut off.
pub fn time_of(time: &prost_types::Timestamp) -> Time {
    Time(time.seconds.saturating_mul(1_000_000).saturating_add(i64::from(time.nanos / 1_000)))
}
