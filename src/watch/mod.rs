//! Watches: deliver events to subscribers in the order of the log, without gaps or duplicates after a resume token.
//!
//! The log is the source of truth. The hub follows it with one reader and keeps its newest rows in memory, decoded once and
//! encoded once. A watcher pulls from there at its own pace, or from the log itself if it is further behind. Nothing is
//! pushed, so a slow watcher delays no other, and a wake-up is only a hint to look.

mod entry;
mod frames;
mod hub;
mod present;
mod relay;
mod snapshot;
mod stream;
mod subscription;
mod token;

pub use entry::{Entry, read_record};
pub use hub::Hub;
pub use present::{Glimpse, Present, read_call, show_row};
pub use subscription::{Filter, Subject, Watch};
pub use token::Token;
