//! Amounts of everything that has a budget: what an activeflow has used, what a customer has used in a day, what is left.

use serde::{Deserialize, Serialize};

/// The stored names are short because the state of every activeflow has them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Amounts {
    /// Bytes of log records, and of the lists of actions that activeflows saved.
    #[serde(rename = "h", skip_serializing_if = "is_zero")]
    pub history_bytes: u64,
    /// Bytes of the files of recordings that have ended.
    #[serde(rename = "r", skip_serializing_if = "is_zero")]
    pub recording_bytes: u64,
    /// Text messages, one for each destination.
    #[serde(rename = "t", skip_serializing_if = "is_zero")]
    pub messages: u64,
    /// Mails, one for each destination.
    #[serde(rename = "m", skip_serializing_if = "is_zero")]
    pub mails: u64,
    /// HTTP requests of actions, attachments of mails, and webhooks. The webhooks count for a customer's day alone.
    #[serde(rename = "q", skip_serializing_if = "is_zero")]
    pub requests: u64,
    /// Seconds of outgoing calls through providers. They count for a customer's day alone.
    #[serde(rename = "c", skip_serializing_if = "is_zero")]
    pub call_seconds: u64,
}

fn is_zero(amount: &u64) -> bool {
    *amount == 0
}

impl Amounts {
    pub fn is_empty(&self) -> bool {
        *self == Amounts::default()
    }
}

impl std::ops::AddAssign for Amounts {
    fn add_assign(&mut self, more: Amounts) {
        let add = |amount: &mut u64, more: u64| *amount = amount.saturating_add(more);
        add(&mut self.history_bytes, more.history_bytes);
        add(&mut self.recording_bytes, more.recording_bytes);
        add(&mut self.messages, more.messages);
        add(&mut self.mails, more.mails);
        add(&mut self.requests, more.requests);
        add(&mut self.call_seconds, more.call_seconds);
    }
}
