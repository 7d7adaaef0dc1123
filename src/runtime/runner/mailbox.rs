//! The mailboxes of runs.

use super::Effects;
use crate::engine::{Input, Request};
use crate::error::{Error, Reason, Result};
use crate::memory::Taken;
use crate::model::telephony::Signal;
use crate::runtime::idempotency::IdempotentRequest;
use crate::runtime::response::ResponseView;
use crate::store::Loaded;
use crate::supervisor::lock;
use crate::telemetry::Throttle;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};
use tokio::sync::{Notify, oneshot};
use uuid::Uuid;

/// The most requests and keys that wait for one run. Everything else that a run can receive is bounded by its calls.
const WAITING: usize = 256;

static DROPPED: Throttle = Throttle::new();

/// The result of a request.
pub enum Reply {
    /// It was done, or there was nothing to do: the run in its current state.
    Now(Arc<Loaded>),
    /// Its idempotency key was used before: the response of that time.
    Again(Vec<u8>),
}

/// An item of a mailbox.
pub enum Item {
    Input(Input),
    /// The same, with its bytes of the budget for large inputs.
    Large {
        input: Box<Input>,
        bytes: Option<Taken>,
    },
    /// A timer of the run has passed.
    Due,
    /// The run was created by the commit of another run or a request; these are the effects of its first step.
    Begin {
        effects: Effects,
    },
    Recover {
        done: oneshot::Sender<()>,
    },
    Request {
        request: Box<Request>,
        idempotency: Option<IdempotentRequest>,
        view: ResponseView,
        reply: oneshot::Sender<Result<Reply>>,
    },
}

#[derive(Default)]
pub struct Mailboxes {
    boxes: Mutex<Boxes>,
    /// Notified when no run has work.
    idle: Notify,
}

#[derive(Default)]
struct Boxes {
    /// A run has an entry from the first item until its worker finds no more, and while a commit creates it.
    of: HashMap<Uuid, Mailbox>,
    /// No worker runs any more: new items are dropped, and requests that wait fail.
    closed: bool,
}

#[derive(Default)]
struct Mailbox {
    items: VecDeque<Item>,
    /// Commits in progress that create the run. It can be read, and receive requests, before its creator knows that it
    /// exists; they wait until the effects of its first step are performed.
    held: usize,
    /// A worker has the run, or the run waits for one.
    worked: bool,
}

impl Mailboxes {
    /// Adds an item. Returns whether the run needs a worker now, which is true only once until that worker releases it.
    #[must_use]
    pub fn post(&self, run_id: Uuid, item: Item) -> bool {
        let mut boxes = self.lock();
        if boxes.closed {
            return false;
        }
        let mailbox = boxes.of.entry(run_id).or_default();
        match mailbox.items.len() >= WAITING {
            true => refuse_or_keep(&mut mailbox.items, item),
            false => mailbox.items.push_back(item),
        }
        self.want(&mut boxes, run_id)
    }

    /// Keeps workers from a run that a commit is about to create, until `release`.
    pub fn hold(&self, run_id: Uuid) {
        let mut boxes = self.lock();
        boxes.of.entry(run_id).or_default().held += 1;
    }

    /// Puts the first item of a run that is held at the front. Returns the same as [`Mailboxes::post`].
    #[must_use]
    pub fn begin(&self, run_id: Uuid, item: Item) -> bool {
        let mut boxes = self.lock();
        if boxes.closed {
            return false;
        }
        boxes.of.entry(run_id).or_default().items.push_front(item);
        self.want(&mut boxes, run_id)
    }

    /// Ends a hold. Returns the same as [`Mailboxes::post`].
    #[must_use]
    pub fn release(&self, run_id: Uuid) -> bool {
        let mut boxes = self.lock();
        let Some(mailbox) = boxes.of.get_mut(&run_id) else { return false };
        mailbox.held -= 1;
        self.want(&mut boxes, run_id)
    }

    /// Returns whether there is work and no worker has it. Removes a mailbox that is no longer needed.
    fn want(&self, boxes: &mut Boxes, run_id: Uuid) -> bool {
        let free = |mailbox: &&mut Mailbox| mailbox.held == 0 && !mailbox.worked;
        let Some(mailbox) = boxes.of.get_mut(&run_id).filter(free) else { return false };
        if mailbox.items.is_empty() {
            boxes.of.remove(&run_id);
            if boxes.of.is_empty() {
                self.idle.notify_waiters();
            }
            return false;
        }
        mailbox.worked = true;
        true
    }

    /// Returns the next item for the worker of a run. With None the worker releases the run.
    pub fn next(&self, run_id: Uuid) -> Option<Item> {
        let mut boxes = self.lock();
        let mailbox = boxes.of.get_mut(&run_id)?;
        let item = mailbox.items.pop_front();
        if item.is_none() {
            mailbox.worked = false;
            // The mailbox is empty, so this only removes it.
            self.want(&mut boxes, run_id);
        }
        item
    }

    /// Drops all items, waiting and new. Requests that wait for a reply fail.
    pub fn close(&self) {
        let waiting = {
            let mut boxes = self.lock();
            boxes.closed = true;
            self.idle.notify_waiters();
            std::mem::take(&mut boxes.of)
        };
        drop(waiting);
    }

    fn lock(&self) -> MutexGuard<'_, Boxes> {
        lock(&self.boxes)
    }

    /// Returns when no run has work.
    pub async fn empty(&self) {
        loop {
            let idle = self.idle.notified();
            if self.lock().of.is_empty() {
                return;
            }
            idle.await;
        }
    }

    #[cfg(test)]
    fn count(&self) -> usize {
        self.lock().of.len()
    }
}

/// Keeps items that the life of a run depends on in a full mailbox, and refuses those that people can send again.
fn refuse_or_keep(waiting: &mut VecDeque<Item>, item: Item) {
    match item {
        Item::Request { reply, .. } => {
            let error = Error::new(Reason::TooManyRequests, "too many requests wait for this activeflow; try again");
            let _ = reply.send(Err(error));
        }
        Item::Input(Input::Signal { call_id, signal: Signal::Digit { .. } }) => {
            if let Some(suppressed) = DROPPED.pass() {
                tracing::warn!(%call_id, suppressed, "a key press was dropped: too many wait for this run");
            }
        }
        item => waiting.push_back(item),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tick(mailboxes: &Mailboxes, run_id: Uuid) -> bool {
        mailboxes.post(run_id, Item::Due)
    }

    #[test]
    fn a_run_has_one_worker_until_its_mailbox_is_empty() {
        let (mailboxes, run_id) = (Mailboxes::default(), Uuid::from_u128(1));
        assert!(tick(&mailboxes, run_id));
        assert!(!tick(&mailboxes, run_id));
        assert!(mailboxes.next(run_id).is_some() && mailboxes.next(run_id).is_some());
        assert!(mailboxes.next(run_id).is_none());
        assert_eq!(mailboxes.count(), 0);
        assert!(tick(&mailboxes, run_id));
    }

    #[test]
    fn items_for_a_run_that_is_being_created_wait_until_it_has_begun() {
        let (mailboxes, run_id) = (Mailboxes::default(), Uuid::from_u128(1));
        mailboxes.hold(run_id);
        assert!(!tick(&mailboxes, run_id), "it is held");
        assert!(!mailboxes.begin(run_id, Item::Begin { effects: Vec::new() }));
        assert!(mailboxes.release(run_id));
        assert!(matches!(mailboxes.next(run_id), Some(Item::Begin { .. })));
        assert!(matches!(mailboxes.next(run_id), Some(Item::Due)));
        assert!(mailboxes.next(run_id).is_none());
    }

    #[test]
    fn a_run_that_was_not_created_leaves_no_mailbox() {
        let (mailboxes, run_id) = (Mailboxes::default(), Uuid::from_u128(1));
        mailboxes.hold(run_id);
        mailboxes.hold(run_id);
        assert!(!mailboxes.release(run_id));
        assert_eq!(mailboxes.count(), 1);
        assert!(!mailboxes.release(run_id));
        assert_eq!(mailboxes.count(), 0);
    }

    #[test]
    fn a_worker_keeps_a_run_while_its_id_is_held() {
        let (mailboxes, run_id) = (Mailboxes::default(), Uuid::from_u128(1));
        assert!(tick(&mailboxes, run_id));
        mailboxes.hold(run_id);
        assert!(mailboxes.next(run_id).is_some() && mailboxes.next(run_id).is_none());
        assert!(!tick(&mailboxes, run_id));
        assert!(mailboxes.release(run_id));
    }

    #[test]
    fn waiting_requests_fail_when_the_server_closes() {
        let mailboxes = Mailboxes::default();
        for before in [true, false] {
            let (done, mut recovered) = oneshot::channel();
            if !before {
                mailboxes.close();
            }
            assert_eq!(mailboxes.post(Uuid::from_u128(1), Item::Recover { done }), before);
            mailboxes.close();
            assert_eq!(recovered.try_recv(), Err(oneshot::error::TryRecvError::Closed));
        }
        assert_eq!(mailboxes.count(), 0);
    }
}
