//! What customers use each day.

use super::Commit;
use std::sync::Arc;
use uuid::Uuid;

/// What a customer used on one day (UTC).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Usage {
    pub customer_id: Uuid,
    /// Days since 1970-01-01.
    pub day: i32,
    pub amounts: Amounts,
}

/// Amounts of everything that has a budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Amounts {
    pub history_bytes: u64,
    pub recording_bytes: u64,
    pub messages: u64,
    pub mails: u64,
    /// Webhooks, and HTTP requests of actions.
    pub requests: u64,
}

impl Amounts {
    pub fn is_empty(&self) -> bool {
        *self == Amounts::default()
    }

    /// The amounts in the order of the columns. They never reach the sign: an exabyte takes longer than a day.
    pub(in crate::store) fn columns(&self) -> [i64; 5] {
        [self.history_bytes, self.recording_bytes, self.messages, self.mails, self.requests]
            .map(|amount| i64::try_from(amount).unwrap_or(i64::MAX))
    }

    pub(in crate::store) fn from_columns(columns: [i64; 5]) -> Amounts {
        let [history_bytes, recording_bytes, messages, mails, requests] = columns.map(i64::unsigned_abs);
        Amounts { history_bytes, recording_bytes, messages, mails, requests }
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
    }
}

/// A callback that receives every commit before it is written. The caller of the store runs it: it must not block.
#[derive(Clone)]
pub struct Meter(pub Arc<dyn Fn(&Commit) + Send + Sync>);

impl std::fmt::Debug for Meter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Meter")
    }
}
