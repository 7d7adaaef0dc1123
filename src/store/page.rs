//! Pages and filters of lists.

use super::Micros;
use uuid::Uuid;

/// A page of a list, newest first by `(tm_create, id)`, without deleted rows.
#[derive(Debug, Clone, Copy, Default)]
pub struct Page {
    pub customer_id: Uuid,
    /// Only rows strictly older than this pair. With a nil id: strictly older than this time.
    pub before: Option<(Micros, Uuid)>,
    /// The maximum number of rows.
    pub limit: u32,
    /// The page ends with the row whose state or body brings the total to this many bytes. 0 for no limit.
    pub max_bytes: usize,
}

/// Filters of a list of runs; `None` and 0 do not filter.
#[derive(Debug, Clone, Copy, Default)]
pub struct RunFilter {
    pub status: i32,
    pub flow_id: Option<Uuid>,
    pub reference_type: i32,
    pub reference_id: Option<Uuid>,
}

/// Filters of a list of calls; `None` and 0 do not filter.
#[derive(Debug, Clone, Copy, Default)]
pub struct CallFilter {
    pub status: i32,
    pub direction: i32,
    pub flow_id: Option<Uuid>,
    pub activeflow_id: Option<Uuid>,
}

/// Filters of a list of messages; 0 does not filter.
#[derive(Debug, Clone, Copy, Default)]
pub struct MessageFilter {
    pub direction: i32,
    pub status: i32,
}
