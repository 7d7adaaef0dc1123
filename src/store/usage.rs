//! What customers use each day.

use super::Commit;
use crate::model::amounts::Amounts;
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

/// Returns the amounts in the order of the columns. They never reach the sign: an exabyte takes longer than a day.
pub(in crate::store) fn columns_of(amounts: &Amounts) -> [i64; 6] {
    let Amounts { history_bytes, recording_bytes, messages, mails, requests, call_seconds } = *amounts;
    [history_bytes, recording_bytes, messages, mails, requests, call_seconds]
        .map(|amount| i64::try_from(amount).unwrap_or(i64::MAX))
}

pub(in crate::store) fn amounts_of(columns: [i64; 6]) -> Amounts {
    let [history_bytes, recording_bytes, messages, mails, requests, call_seconds] = columns.map(i64::unsigned_abs);
    Amounts { history_bytes, recording_bytes, messages, mails, requests, call_seconds }
}

/// A callback that receives every commit before it is written. The caller of the store runs it: it must not block.
#[derive(Clone)]
pub struct Meter(pub Arc<dyn Fn(&Commit) + Send + Sync>);

impl std::fmt::Debug for Meter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Meter")
    }
}
