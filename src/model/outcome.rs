//! How an action ended.

use serde::{Deserialize, Serialize};

/// How an action ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Done,
    /// The action needs a call and there is none, or it was interrupted.
    Skipped,
    /// The action failed, with the reason in a word or a sentence.
    Failed(String),
    Timeout,
    /// The call that the action used has ended.
    Gone,
}

impl Outcome {
    /// Returns the value of `${voipbin.action.outcome}`.
    pub fn word(&self) -> &'static str {
        match self {
            Outcome::Done => "done",
            Outcome::Skipped => "skipped",
            Outcome::Failed(_) => "failed",
            Outcome::Timeout => "timeout",
            Outcome::Gone => "gone",
        }
    }

    /// Returns the reason of a failure; otherwise "".
    pub fn error(&self) -> &str {
        match self {
            Outcome::Failed(reason) => reason,
            _ => "",
        }
    }
}
