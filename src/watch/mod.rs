//! Watches: everyone who wants to know is told what happens, in the order of the log, once per token.
//!
//! The log is the truth. The hub follows it with one reader and keeps its newest rows at hand, decoded once and encoded
//! once; a watcher pulls from there at its own pace, or from the log itself where it is further behind. Nobody is pushed
//! to, so that a slow watcher holds nobody up, and a wake-up is only a hint to look.

mod entry;
mod hub;
mod present;
mod relay;
mod snapshot;
mod stream;
mod subscription;
mod token;

pub use entry::{Entry, read_record};
pub use hub::Hub;
pub use present::{Present, read_call, show_row};
pub use subscription::{Filter, Subject, Watch};
