//! The options about clocks.

use super::duration;
use clap::Args;
use std::time::Duration;

/// Smaller differences are normal, and only logged.
const LEAST: Duration = Duration::from_secs(1);

#[derive(Debug, Clone, Args)]
pub struct Clocks {
    /// PostgreSQL: the largest difference between this machine's clock and the database's, at least 1s. A server whose
    /// clock differs by more does not start, and one that runs hands its work to the others and stops.
    #[arg(
        long,
        env = "RINGDOWN_MAX_CLOCK_OFFSET",
        default_value = "10s",
        value_parser = offset,
        value_name = "DURATION"
    )]
    pub max_clock_offset: Duration,
}

fn offset(text: &str) -> Result<Duration, String> {
    let offset = duration(text)?;
    if offset < LEAST {
        Err("expected at least 1s: the clocks of machines always differ".to_owned())
    } else {
        Ok(offset)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_that_is_normal_is_no_bound() {
        assert_eq!(offset("10s"), Ok(Duration::from_secs(10)));
        assert!(offset("999ms").unwrap_err().contains("at least 1s") && offset("far").is_err());
    }
}
