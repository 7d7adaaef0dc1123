//! Whether a customer may still act.

use super::codec::from_bytes;
use super::time::Time;
use serde::{Deserialize, Serialize};

/// Whether an operator has suspended or deleted a customer: a part of the customer's stored settings.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Standing {
    /// Since when the customer is suspended.
    pub tm_suspend: Option<Time>,
    /// Since when the customer is deleted. Its data may still be there: deleting takes time.
    pub tm_delete: Option<Time>,
}

impl Standing {
    /// Reads it from the stored settings, which are empty for a customer that never changed them.
    pub fn read(settings: &[u8]) -> Result<Standing, rmp_serde::decode::Error> {
        if settings.is_empty() { Ok(Standing::default()) } else { from_bytes(settings) }
    }

    pub fn is_suspended(&self) -> bool {
        self.tm_suspend.is_some() || self.tm_delete.is_some()
    }
}
