//! The offers that nobody has decided yet.

use super::witness::Witness;
use crate::telephony::offers::{DECISION, Offer, OfferKey, Refusal};
use crate::telephony::{Gone, Refused};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};
use tokio::sync::mpsc;
use tokio::task::AbortHandle;
use uuid::Uuid;

/// Sends offers and keeps them until they are decided, but at most for [`DECISION`]: in real time, because the application
/// does not decide faster on a simulated clock.
pub struct Offered {
    offers: mpsc::Sender<Offer>,
    table: Arc<Mutex<Table>>,
    witness: Option<Arc<dyn Witness>>,
}

#[derive(Default)]
struct Table {
    closed: bool,
    last: u64,
    undecided: HashMap<OfferKey, Undecided>,
}

struct Undecided {
    caller: Caller,
    /// Drops the offer when its time is over.
    timeout: AbortHandle,
}

/// The remote party of an offered call.
pub struct Caller {
    pub customer_id: Uuid,
    pub number: String,
}

impl Offered {
    pub fn new(offers: mpsc::Sender<Offer>, witness: Option<Arc<dyn Witness>>) -> Offered {
        Offered { offers, table: Arc::default(), witness }
    }

    /// Offers a call without waiting. The number of undecided offers is bounded by the channel, and by the number that the
    /// application works on at a time.
    pub fn offer(&self, caller: Caller, with_key: impl FnOnce(OfferKey) -> Offer) -> Result<OfferKey, Refused> {
        let mut table = lock(&self.table);
        if table.closed {
            return Err(Refused::TooManyCalls);
        }
        table.last += 1;
        let key = OfferKey(table.last);
        self.offers.try_send(with_key(key)).map_err(|_| Refused::TooManyCalls)?;
        let timeout = tokio::spawn(expire(self.table.clone(), key, self.witness.clone())).abort_handle();
        table.undecided.insert(key, Undecided { caller, timeout });
        Ok(key)
    }

    /// Removes an offer, because it is decided or its caller gives up.
    pub fn remove(&self, key: OfferKey) -> Result<Caller, Gone> {
        let Undecided { caller, timeout } = lock(&self.table).undecided.remove(&key).ok_or(Gone)?;
        timeout.abort();
        Ok(caller)
    }

    pub fn refuse(&self, key: OfferKey, refusal: Refusal) {
        if self.remove(key).is_ok() {
            self.refused(key, refusal);
        }
    }

    /// Shows the caller of an offer that was removed a refusal.
    pub fn refused(&self, key: OfferKey, refusal: Refusal) {
        if let Some(witness) = &self.witness {
            witness.refused(key, refusal);
        }
    }

    /// Makes no more offers and drops all.
    pub fn close(&self) {
        let mut table = lock(&self.table);
        table.closed = true;
        table.undecided.drain().for_each(|(_, offer)| offer.timeout.abort());
    }
}

async fn expire(table: Arc<Mutex<Table>>, key: OfferKey, witness: Option<Arc<dyn Witness>>) {
    tokio::time::sleep(DECISION).await;
    let expired = lock(&table).undecided.remove(&key);
    if let (Some(_), Some(witness)) = (expired, witness) {
        witness.refused(key, Refusal::UNAVAILABLE);
    }
}

fn lock(table: &Mutex<Table>) -> MutexGuard<'_, Table> {
    table.lock().expect("no code panics under this lock")
}
