//! Incoming calls that wait for a decision.

use super::calls::Line;
use crate::telephony::Gone;
use crate::telephony::offers::{Offer, OfferKey, Refusal};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

/// Set in the keys of this driver's offers.
pub const OURS: u64 = 1 << 63;

/// What becomes of an offered call.
pub enum Decision {
    Take { customer_id: Uuid, call_id: Uuid, line: Line },
    Refuse(Refusal),
}

/// What a decision needs to know about an offered call.
#[derive(Debug, Clone, Copy)]
pub struct Waiting {
    /// Whether the caller can hear something before the answer.
    pub early: bool,
}

pub struct Offered {
    offers: mpsc::Sender<Offer>,
    last: AtomicU64,
    waiting: Mutex<HashMap<u64, (Waiting, oneshot::Sender<Decision>)>>,
}

impl Offered {
    pub fn new(offers: mpsc::Sender<Offer>) -> Offered {
        Offered { offers, last: AtomicU64::new(OURS), waiting: Mutex::default() }
    }

    /// Offers a call. `None`: too many wait.
    pub fn offer(
        &self,
        waiting: Waiting,
        offer: impl FnOnce(OfferKey) -> Offer,
    ) -> Option<(OfferKey, oneshot::Receiver<Decision>)> {
        let place = self.offers.try_reserve().ok()?;
        let key = OfferKey(self.last.fetch_add(1, Ordering::Relaxed));
        let (decide, decision) = oneshot::channel();
        self.waiting().insert(key.0, (waiting, decide));
        place.send(offer(key));
        Some((key, decision))
    }

    /// Removes an offer: whoever gets it decides.
    pub fn remove(&self, key: OfferKey) -> Result<(Waiting, oneshot::Sender<Decision>), Gone> {
        self.waiting().remove(&key.0).ok_or(Gone)
    }

    /// Drops all offers: their calls are refused.
    pub fn close(&self) {
        let dropped = std::mem::take(&mut *self.waiting());
        drop(dropped);
    }

    fn waiting(&self) -> MutexGuard<'_, HashMap<u64, (Waiting, oneshot::Sender<Decision>)>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
