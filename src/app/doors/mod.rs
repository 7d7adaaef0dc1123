//! placeholder until the merge
use uuid::Uuid;
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caller {
    pub customer_id: Uuid,
}
