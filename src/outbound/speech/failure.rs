//! Why a text is not spoken.

use super::super::audio::Fault;
use super::super::http;
use std::time::Duration;

/// Why a text is not spoken. Customers see it in their history.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    #[error("The text has more than {} characters, or more than 64 KiB with its tags.", super::text::MAX_CHARACTERS)]
    TooLong,
    #[error("Too many texts wait to be spoken.")]
    Busy,
    #[error("This server has no such voice.")]
    Unavailable,
    #[error("The speech command did not finish within {} ms.", .after.as_millis())]
    CommandTimeout { after: Duration },
    #[error("The speech command could not be run: {0}.")]
    CommandNotRun(String),
    /// With what it wrote to standard error.
    #[error("The speech command failed ({status}){}", quoted(.said))]
    CommandFailed { status: String, said: String },
    #[error("The speech command wrote no sound.")]
    CommandSilent,
    #[error("The speech server was not reached. {0}")]
    Unreachable(http::Failure),
    #[error("The speech server broke off. {0}")]
    Broken(http::Failure),
    #[error("The speech server refused the text with status {status}{}", quoted(.said))]
    Refused { status: u16, said: String },
    #[error("What was to be heard {0}.")]
    Media(Fault),
}

/// Returns what somebody said, as the end of a sentence.
fn quoted(said: &str) -> String {
    if said.is_empty() { ".".to_owned() } else { format!(": {}.", said.trim_end_matches('.')) }
}

/// Returns the beginning of what a program or a server said, in one line.
pub(super) fn excerpt(text: &str) -> String {
    let printed = text.split(|c: char| c.is_control() || c == ' ').filter(|word| !word.is_empty());
    printed.collect::<Vec<_>>().join(" ").chars().take(200).collect()
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Failure {
        Failure::Media(fault)
    }
}
