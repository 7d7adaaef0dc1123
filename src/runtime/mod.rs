//! What keeps runs going.
//!
//! Nothing outside the process happens before the state that asks for it is durable: the [`runner`] steps, commits, and only
//! then performs.

pub mod available;
pub mod idempotency;
pub mod recordings;
pub mod recovery;
pub mod refusal;
pub mod response;
pub mod revisions;
mod routes;
pub mod rows;
pub mod runner;
mod timers;
