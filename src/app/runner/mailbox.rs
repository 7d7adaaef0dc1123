//! The mailboxes of runs.

use super::{Answer, Effects};
use crate::app::once::Once;
use crate::app::rows::Loaded;
use crate::engine::{Input, Request};
use crate::error::{Error, Reason, Result};
use crate::model::telephony::Signal;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};
use tokio::sync::{mpsc, oneshot, watch};
use uuid::Uuid;

/// Requests and keys that wait for one run at most. Everything else that can come to a run is bounded by its calls.
const WAITING: usize = 256;

/// How a request was answered.
pub enum Reply {
    /// It was done, or there was nothing to do: the run as it stands now.
    Now(Arc<Loaded>),
    /// Its idempotency key was used before: the response given then.
    Again(Vec<u8>),
}

/// Something that happens to a run.
pub enum Item {
    Input(Input),
    /// The run was created by someone else's commit; this is what its first step asked for.
    Begin {
        effects: Effects,
    },
    Recover {
        done: oneshot::Sender<()>,
    },
    Request {
        request: Box<Request>,
        once: Option<Once>,
        answer: Answer,
        reply: oneshot::Sender<Result<Reply>>,
    },
}

pub struct Mailboxes {
    /// A run has an entry from the first item until its worker finds no more.
    boxes: Mutex<HashMap<Uuid, VecDeque<Item>>>,
    /// Runs that want a worker, each at most once: bounded by the entries above.
    ready: mpsc::UnboundedSender<Uuid>,
    count: watch::Sender<usize>,
}

impl Mailboxes {
    pub fn new() -> (Mailboxes, mpsc::UnboundedReceiver<Uuid>) {
        let (ready, wanted) = mpsc::unbounded_channel();
        (Mailboxes { boxes: Mutex::default(), ready, count: watch::Sender::new(0) }, wanted)
    }

    pub fn post(&self, run_id: Uuid, item: Item) {
        let mut boxes = self.boxes.lock().expect("no holder panics");
        match boxes.get_mut(&run_id) {
            Some(waiting) if waiting.len() >= WAITING => refuse_or_keep(waiting, item),
            Some(waiting) => waiting.push_back(item),
            None => {
                boxes.insert(run_id, VecDeque::from([item]));
                self.count.send_replace(boxes.len());
                // Fails only when the dispatcher has gone, and with it the server.
                let _ = self.ready.send(run_id);
            }
        }
    }

    /// The next item for the worker of a run; None closes the mailbox.
    pub fn next(&self, run_id: Uuid) -> Option<Item> {
        let mut boxes = self.boxes.lock().expect("no holder panics");
        let item = boxes.get_mut(&run_id)?.pop_front();
        if item.is_none() {
            boxes.remove(&run_id);
            self.count.send_replace(boxes.len());
        }
        item
    }

    /// Returns when no run has anything to do.
    pub async fn empty(&self) {
        let mut count = self.count.subscribe();
        let _ = count.wait_for(|count| *count == 0).await;
    }
}

/// A full mailbox takes what the life of a run depends on, and refuses what people can send again.
fn refuse_or_keep(waiting: &mut VecDeque<Item>, item: Item) {
    match item {
        Item::Request { reply, .. } => {
            let error = Error::new(Reason::TooManyRequests, "too many requests wait for this activeflow; try again");
            let _ = reply.send(Err(error));
        }
        Item::Input(Input::Signal { call_id, signal: Signal::Digit { .. } }) => {
            tracing::warn!(%call_id, "a key is dropped: too many wait for this run");
        }
        item => waiting.push_back(item),
    }
}
