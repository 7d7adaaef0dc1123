//! Bytes that are taken and given back.

use super::Share;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Bytes of one permit.
const UNIT: usize = 1024;

/// A number of bytes from which callers take some for a while, in the order in which they ask.
#[derive(Debug, Clone)]
pub struct Budget {
    free: Arc<Semaphore>,
    share: Share,
}

/// Bytes in use. Dropping it gives them back.
#[derive(Debug)]
pub struct Taken {
    permit: OwnedSemaphorePermit,
    share: Share,
}

impl Budget {
    pub fn new(share: Share) -> Budget {
        let units = (share.limit / UNIT).clamp(1, u32::MAX as usize).min(Semaphore::MAX_PERMITS);
        let share = Share { limit: units * UNIT, ..share };
        Budget { free: Arc::new(Semaphore::new(units)), share }
    }

    /// Returns the number of permits for this many bytes. What is larger than the whole budget takes all of it.
    fn units(&self, bytes: usize) -> u32 {
        let units = bytes.div_ceil(UNIT).clamp(1, self.share.limit / UNIT);
        u32::try_from(units).unwrap_or(u32::MAX)
    }

    /// Takes bytes if they are free.
    pub fn try_take(&self, bytes: usize) -> Option<Taken> {
        let permit = self.free.clone().try_acquire_many_owned(self.units(bytes)).ok()?;
        Some(self.taken(permit))
    }

    /// Waits until the bytes are free, and takes them.
    pub async fn take(&self, bytes: usize) -> Taken {
        let permit = self.free.clone().acquire_many_owned(self.units(bytes)).await;
        self.taken(permit.expect("the semaphore is never closed"))
    }

    fn taken(&self, permit: OwnedSemaphorePermit) -> Taken {
        self.share.usage.add(permit.num_permits() * UNIT);
        Taken { permit, share: self.share.clone() }
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        self.share.usage.sub(self.permit.num_permits() * UNIT);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn bytes_are_waited_for() {
        let budget = Budget::new(Share::unseen(10 * UNIT));
        let most = budget.take(9 * UNIT).await;
        assert!(budget.try_take(2 * UNIT).is_none());
        let little = budget.try_take(1).unwrap();
        assert!(budget.try_take(1).is_none());
        drop((most, little));
        // Larger than the budget: it takes all, and is not refused for ever.
        let all = budget.take(1_000 * UNIT).await;
        assert!(budget.try_take(1).is_none());
        drop(all);
        assert!(budget.try_take(10 * UNIT).is_some());
    }
}
