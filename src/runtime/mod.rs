//! The runtime: executes runs.
//!
//! Nothing happens outside the process before the state that requests it is durable: the [`runner`] steps, commits, and
//! only then performs effects.

mod admission;
pub mod available;
pub mod idempotency;
pub mod rates;
pub mod recordings;
pub mod recovery;
pub mod refusal;
pub mod response;
pub mod revisions;
mod routes;
pub mod rows;
pub mod runner;
mod timers;

pub use admission::Permit;
