//! The options about disks.

use super::size;
use clap::Args;

#[derive(Debug, Clone, Args)]
pub struct DiskOptions {
    /// Free space that recordings leave on their disk, such as 512MiB: recordings fail rather than use it. 0 for none.
    #[arg(
        long,
        env = "RINGDOWN_RECORDINGS_MIN_FREE",
        default_value = "1GiB",
        value_parser = size::bytes,
        value_name = "SIZE"
    )]
    pub recordings_min_free: u64,
}
