//! `--memory`: how much memory the caches and queues of a server may use.

use clap::Args;
use std::str::FromStr;

/// The memory of a server.
#[derive(Debug, Clone, Args)]
pub struct MemoryOptions {
    /// Memory that the caches and queues divide among themselves: 512MiB, 2GiB, or 25% of the memory of the machine or of
    /// its control group. Default: 25%, at least 128MiB.
    #[arg(long, env = "RINGDOWN_MEMORY", value_name = "SIZE")]
    pub memory: Option<MemorySize>,
}

/// A number of bytes, or a share of what the machine has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MemorySize {
    Bytes(u64),
    /// 1 to 100.
    Percent(u8),
}

impl MemorySize {
    /// Returns the bytes, of this many that the machine has.
    pub fn bytes(self, available: u64) -> u64 {
        match self {
            MemorySize::Bytes(bytes) => bytes,
            MemorySize::Percent(percent) => available / 100 * u64::from(percent),
        }
    }
}

impl FromStr for MemorySize {
    type Err = String;

    fn from_str(text: &str) -> Result<MemorySize, String> {
        let wrong = || "expected a size such as 512MiB or 2GiB, or a percentage such as 25%".to_owned();
        if let Some(percent) = text.strip_suffix('%') {
            let percent = percent.parse().ok().filter(|percent| (1..=100).contains(percent));
            return percent.map(MemorySize::Percent).ok_or_else(wrong);
        }
        let units = [("KiB", 10), ("MiB", 20), ("GiB", 30), ("TiB", 40)];
        let (number, shift) =
            units.iter().find_map(|(unit, shift)| Some((text.strip_suffix(unit)?, *shift))).ok_or_else(wrong)?;
        let number: u64 = number.trim_end().parse().map_err(|_| wrong())?;
        number.checked_mul(1 << shift).map(MemorySize::Bytes).ok_or_else(wrong)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read() {
        let read = |text: &str| text.parse::<MemorySize>();
        assert_eq!(read("512MiB"), Ok(MemorySize::Bytes(512 << 20)));
        assert_eq!(read("2 GiB"), Ok(MemorySize::Bytes(2 << 30)));
        assert_eq!(read("25%").map(|it| it.bytes(400)), Ok(100));
        for wrong in ["", "0%", "101%", "-1MiB", "1.5GiB", "512", "512MB", "GiB", "99999999999TiB", "25 %"] {
            assert!(read(wrong).unwrap_err().contains("512MiB"), "{wrong}");
        }
    }
}
