//! The options about credentials and about what operators keep to themselves.

use super::duration;
use clap::{Args, ValueEnum};
use std::time::Duration;

#[derive(Debug, Clone, Args)]
pub struct OperatorOptions {
    /// Longest time that a JWT may be valid. One that is valid for longer is refused.
    #[arg(
        long,
        env = "RINGDOWN_JWT_LONGEST_LIFE",
        default_value = "30days",
        value_parser = duration,
        value_name = "DURATION"
    )]
    pub jwt_longest_life: Duration,

    /// Who creates, changes and deletes numbers: self-service (every customer its own) or operator (operators only).
    #[arg(long, env = "RINGDOWN_NUMBERS", value_enum, default_value = "self-service", value_name = "WHO")]
    pub numbers: Numbers,
}

/// Who assigns numbers to customers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Numbers {
    Operator,
    SelfService,
}
