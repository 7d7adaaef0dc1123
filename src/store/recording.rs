//! Stored recordings.

use super::Micros;
use uuid::Uuid;

/// A recording of a call: a projection of its run, written in the same commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recording {
    pub id: Uuid,
    pub customer_id: Uuid,
    pub activeflow_id: Uuid,
    pub call_id: Uuid,
    /// The API's enum number (`RecordingStatus`).
    pub status: i32,
    pub tm_create: Micros,
    pub tm_delete: Option<Micros>,
    pub body: Vec<u8>,
}

/// Filters of a list of recordings; `None` and 0 do not filter.
#[derive(Debug, Clone, Copy, Default)]
pub struct RecordingFilter {
    pub status: i32,
    pub activeflow_id: Option<Uuid>,
    pub call_id: Option<Uuid>,
}
