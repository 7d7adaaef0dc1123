//! What an activeflow has used of its budgets. The names are short because every stored state has them.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Used {
    /// Bytes of its log records and of the lists of actions that it saved.
    #[serde(rename = "h", skip_serializing_if = "is_zero")]
    pub history_bytes: u64,
    /// Bytes of the files of its recordings that have ended.
    #[serde(rename = "r", skip_serializing_if = "is_zero")]
    pub recording_bytes: u64,
    /// Text messages, one for each destination.
    #[serde(rename = "t", skip_serializing_if = "is_zero")]
    pub messages: u64,
    /// Mails, one for each destination.
    #[serde(rename = "m", skip_serializing_if = "is_zero")]
    pub mails: u64,
    /// HTTP requests of actions, and attachments of mails.
    #[serde(rename = "q", skip_serializing_if = "is_zero")]
    pub requests: u64,
}

fn is_zero(count: &u64) -> bool {
    *count == 0
}
