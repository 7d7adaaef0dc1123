//! Recordings on disk.

pub mod live;
