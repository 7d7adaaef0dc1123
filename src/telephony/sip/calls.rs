//! The calls that the driver holds, and which of them are joined.
//!
//! Every operation is short, takes one lock and never waits. What concerns two calls (a bridge) is decided here, and each
//! call receives it through its mailbox. So each call reports it in the order in which it was decided.

use crate::model::telephony::{Command, OperationId, Signal};
use crate::telephony::Gone;
use crate::telephony::media::leg::LegId;
use crate::telephony::media::threads::Media;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

/// The most unread commands of one call. A call that lags this far behind can no longer be controlled, so it is ended as
/// `failed`.
const MAILBOX: usize = 64;

/// What a call receives from us.
pub enum Post {
    /// Boxed because a mailbox reserves space for many and is mostly empty.
    Command(OperationId, Box<Command>),
    /// Something that was decided about this call, to be reported.
    Happened(Signal),
    /// The caller is to receive a 183, because another call is joined to it.
    EarlyMedia,
}

/// How far the audio of a call is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// An outgoing call that rings, or an incoming one whose caller takes no audio before the answer.
    Silent,
    /// An incoming call that is not answered: a 183 can be sent.
    Possible,
    Early,
    Answered,
}

/// The call's ends of its channels.
pub struct Line {
    pub mailbox: mpsc::Receiver<Post>,
    /// Completes when the mailbox is full, or the driver closes.
    pub dropped: oneshot::Receiver<()>,
}

struct Held {
    mailbox: mpsc::Sender<Post>,
    /// `None` once the call is being dropped; it receives nothing after that.
    drop: Option<oneshot::Sender<()>>,
    stage: Stage,
    leg: Option<LegId>,
    bridged: Option<Uuid>,
}

pub struct Calls {
    max_calls: usize,
    media: Arc<Media>,
    table: Mutex<Table>,
}

#[derive(Default)]
struct Table {
    closed: bool,
    calls: HashMap<Uuid, Held>,
}

impl Calls {
    pub fn new(max_calls: usize, media: Arc<Media>) -> Calls {
        Calls { max_calls, media, table: Mutex::default() }
    }

    pub fn held(&self) -> Vec<Uuid> {
        self.table().calls.keys().copied().collect()
    }

    pub fn holds(&self, call_id: Uuid) -> bool {
        self.table().calls.contains_key(&call_id)
    }

    /// Adds a call. Fails if there is one with this id, if there are too many, and once the driver closes.
    pub fn add(&self, call_id: Uuid, stage: Stage) -> Result<Line, Gone> {
        let mut table = self.table();
        if table.closed || table.calls.len() >= self.max_calls || table.calls.contains_key(&call_id) {
            return Err(Gone);
        }
        let (mailbox, unread) = mpsc::channel(MAILBOX);
        let (drop, dropped) = oneshot::channel();
        table.calls.insert(call_id, Held { mailbox, drop: Some(drop), stage, leg: None, bridged: None });
        Ok(Line { mailbox: unread, dropped })
    }

    /// Passes a command to a call, without waiting.
    pub fn post(&self, call_id: Uuid, post: Post) -> Result<(), Gone> {
        self.table().calls.get_mut(&call_id).ok_or(Gone)?.post(post)
    }

    /// Takes note of the leg of a call.
    pub fn has_leg(&self, call_id: Uuid, leg: LegId) {
        if let Some(held) = self.table().calls.get_mut(&call_id) {
            held.leg = Some(leg);
        }
    }

    /// Takes note of how far the audio of a call is. It only ever gets further.
    pub fn reached(&self, call_id: Uuid, stage: Stage) {
        if let Some(held) = self.table().calls.get_mut(&call_id).filter(|held| held.stage != Stage::Answered) {
            held.stage = stage;
        }
    }

    /// Joins two calls and takes them out of their current bridges. Two calls that are already joined are reported again.
    pub fn bridge(&self, one: Uuid, other: Uuid) -> Result<(), &'static str> {
        let mut table = self.table();
        if one == other {
            return Err("a call cannot be bridged with itself");
        }
        let first = table.leg_with_media(one).ok_or("the call has no media")?;
        let second = table.leg_with_media(other).ok_or("the other call has no media or is gone")?;
        self.media.bridge(first, second).map_err(|_| "the media threads are overloaded")?;
        for call_id in [one, other] {
            table.begin_early_media(call_id);
        }
        for (call_id, partner) in [(one, other), (other, one)] {
            if table.partner(call_id) != Some(partner) {
                table.part(call_id);
            }
        }
        for (call_id, partner) in [(one, other), (other, one)] {
            if let Some(held) = table.calls.get_mut(&call_id) {
                held.bridged = Some(partner);
                held.happened(Signal::Bridged { other: partner });
            }
        }
        Ok(())
    }

    /// Takes a call out of its bridge. Returns whether it was in one.
    pub fn unbridge(&self, call_id: Uuid) -> bool {
        let mut table = self.table();
        let leg = table.calls.get(&call_id).and_then(|held| held.leg);
        let parted = table.part(call_id);
        if let Some(leg) = leg.filter(|_| parted) {
            // A leg that has ended is in no bridge.
            let _ = self.media.unbridge(leg);
        }
        parted
    }

    /// Removes a call that is over, and takes its partner out of the bridge. Returns whether the call had media.
    pub fn remove(&self, call_id: Uuid) -> bool {
        self.unbridge(call_id);
        let removed = self.table().calls.remove(&call_id);
        removed.is_some_and(|held| matches!(held.stage, Stage::Early | Stage::Answered))
    }

    /// Accepts no more calls, and ends those that are held.
    pub fn close(&self) {
        let mut table = self.table();
        table.closed = true;
        table.calls.clear();
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    fn leg_with_media(&self, call_id: Uuid) -> Option<LegId> {
        let held = self.calls.get(&call_id)?;
        held.leg.filter(|_| held.stage != Stage::Silent && held.drop.is_some())
    }

    fn partner(&self, call_id: Uuid) -> Option<Uuid> {
        self.calls.get(&call_id).and_then(|held| held.bridged)
    }

    fn begin_early_media(&mut self, call_id: Uuid) {
        if let Some(held) = self.calls.get_mut(&call_id).filter(|held| held.stage == Stage::Possible) {
            held.stage = Stage::Early;
            // A call that is being dropped needs no audio.
            let _ = held.post(Post::EarlyMedia);
        }
    }

    /// Ends the bridge of a call, for both.
    fn part(&mut self, call_id: Uuid) -> bool {
        let Some(partner) = self.calls.get_mut(&call_id).and_then(|held| held.bridged.take()) else { return false };
        if let Some(held) = self.calls.get_mut(&call_id) {
            held.happened(Signal::Unbridged { other: partner });
        }
        if let Some(held) = self.calls.get_mut(&partner) {
            held.bridged = None;
            held.happened(Signal::Unbridged { other: call_id });
        }
        true
    }
}

impl Held {
    fn post(&mut self, post: Post) -> Result<(), Gone> {
        if self.drop.is_none() {
            return Err(Gone);
        }
        self.mailbox.try_send(post).map_err(|_| {
            self.drop = None;
            Gone
        })
    }

    fn happened(&mut self, signal: Signal) {
        // A call that is being dropped reports its end only.
        let _ = self.post(Post::Happened(signal));
    }
}
