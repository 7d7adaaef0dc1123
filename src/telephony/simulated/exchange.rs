//! The table that all phones share: the calls that are held, and which of them are connected to each other.
//!
//! Every operation here is short, takes one lock and never waits. Whatever concerns several phones (a bridge) is
//! decided here atomically, and each phone receives it through its mailbox. So every phone reports it in the order in
//! which it was decided.

use super::audio::Audio;
use super::witness::{Shown, Witness};
use crate::model::call::HangupReason;
use crate::model::telephony::{Command, OperationId, Signal};
use crate::telephony::{Gone, Refused};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};
use uuid::Uuid;

/// The maximum number of unread commands and other inputs of one phone. A phone that lags this far behind can no longer
/// be controlled (nobody reads its signals, or its user floods it), so it is dropped: hung up as `failed`.
pub const MAILBOX: usize = 64;
/// The maximum number of keys that a remote party still has to press.
pub const MAX_KEYS: u32 = 64;

/// An input of a phone.
pub enum Input {
    /// Boxed because a mailbox reserves space for many inputs and is mostly empty.
    Command(OperationId, Box<Command>),
    /// An action of the exchange on this call, which the phone has to report.
    Happened(Signal),
    /// The remote party presses keys; each key releases its permit when it is pressed.
    Press(String, OwnedSemaphorePermit),
    /// The remote party hangs up.
    RemoteHangup,
}

/// The side that ends a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    We(HangupReason),
    RemoteParty,
}

/// A phone's ends of the two channels from the exchange.
pub struct PhoneLine {
    pub mailbox: mpsc::Receiver<Input>,
    /// Carries a hang-up when the mailbox is full: always free, and used at most once.
    pub dropped: oneshot::Receiver<Ending>,
}

/// How far the audio of a call is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Media {
    /// There is none: an outgoing call that rings.
    None,
    /// There is none yet, but we can send a 183: an incoming call that is not answered.
    Possible,
    /// There is early media, before the answer.
    Early,
    /// The call is answered.
    Full,
}

struct Line {
    mailbox: mpsc::Sender<Input>,
    /// `None` once the call is being dropped; it receives nothing after that.
    drop: Option<oneshot::Sender<Ending>>,
    keys: Arc<Semaphore>,
    media: Media,
    audio: Audio,
    /// What the remote party heard last, if there is a witness.
    hears: Vec<String>,
    bridged: Option<Uuid>,
    /// The room that the call is in, and the operation that finishes when the call leaves it. A call is in a bridge or
    /// in a room, never in both.
    room: Option<(Room, OperationId)>,
}

/// A room of a customer. The same id under another customer is another room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    pub customer_id: Uuid,
    pub id: Uuid,
}

pub struct Exchange {
    max_calls: usize,
    /// Somebody wants to know what remote parties perceive.
    witnessed: bool,
    table: Mutex<Table>,
}

#[derive(Default)]
struct Table {
    closed: bool,
    lines: HashMap<Uuid, Line>,
    witness: Option<Arc<dyn Witness>>,
}

impl Exchange {
    pub fn new(max_calls: usize, witness: Option<Arc<dyn Witness>>) -> Exchange {
        let witnessed = witness.is_some();
        Exchange { max_calls, witnessed, table: Mutex::new(Table { witness, ..Table::default() }) }
    }

    pub fn held(&self) -> Vec<Uuid> {
        self.table().lines.keys().copied().collect()
    }

    pub fn holds(&self, call_id: Uuid) -> bool {
        self.table().lines.contains_key(&call_id)
    }

    /// Adds a new call. A closed exchange refuses calls like a full one.
    pub fn connect(&self, call_id: Uuid, media: Media) -> Result<PhoneLine, Refused> {
        let mut table = self.table();
        if table.lines.contains_key(&call_id) {
            return Err(Refused::Invalid("a call with this id already exists".to_owned()));
        }
        if table.closed || table.lines.len() >= self.max_calls {
            return Err(Refused::TooManyCalls);
        }
        let (mailbox, unread) = mpsc::channel(MAILBOX);
        let (drop, dropped) = oneshot::channel();
        let keys = Arc::new(Semaphore::new(MAX_KEYS as usize));
        let (audio, hears) = (Audio::default(), Vec::new());
        let line = Line { mailbox, drop: Some(drop), keys, media, audio, hears, bridged: None, room: None };
        table.lines.insert(call_id, line);
        Ok(PhoneLine { mailbox: unread, dropped })
    }

    /// Sends an input to a phone without waiting.
    pub fn post(&self, call_id: Uuid, input: Input) -> Result<(), Gone> {
        self.table().lines.get_mut(&call_id).ok_or(Gone)?.post(input)
    }

    /// Queues keys for the remote party to press.
    pub fn press(&self, call_id: Uuid, keys: &str) -> Result<(), Refused> {
        let count = u32::try_from(keys.len()).unwrap_or(u32::MAX);
        let mut table = self.table();
        let line = table.lines.get_mut(&call_id).ok_or(Refused::Gone)?;
        if line.media != Media::Full {
            return Err(Refused::Invalid("the call is not answered".to_owned()));
        }
        let Ok(permit) = line.keys.clone().try_acquire_many_owned(count) else {
            return Err(Refused::Invalid(format!("the remote party can have at most {MAX_KEYS} keys still to press")));
        };
        // The remote party must not cause the call to be dropped: if the mailbox is full, its keys are refused instead.
        if line.mailbox.capacity() == 0 {
            return Err(Refused::Invalid("the call is too busy to receive keys".to_owned()));
        }
        Ok(line.post(Input::Press(keys.to_owned(), permit))?)
    }

    /// Marks the call as answered. From now on it can be bridged and keys can be pressed.
    pub fn picked_up(&self, call_id: Uuid) {
        let mut table = self.table();
        if let Some(line) = table.lines.get_mut(&call_id) {
            line.media = Media::Full;
        }
        table.listen(call_id);
    }

    /// Gives a call early media, unless it has media. An incoming call is sent a 183 for that.
    pub fn begin_early_media(&self, call_id: Uuid) {
        self.table().begin_early_media(call_id);
    }

    /// Like that for an incoming call; an outgoing one has media only when its remote party sends some.
    pub fn send_early_media(&self, call_id: Uuid) {
        let mut table = self.table();
        if table.lines.get(&call_id).is_some_and(|line| line.media == Media::Possible) {
            table.begin_early_media(call_id);
        }
    }

    /// Sets the sounds of a call. They matter to a witness alone.
    pub fn sounds(&self, call_id: Uuid, audio: impl FnOnce() -> Audio) {
        if !self.witnessed {
            return;
        }
        let (mut table, audio) = (self.table(), audio());
        let Some(line) = table.lines.get_mut(&call_id).filter(|line| line.audio != audio) else { return };
        line.audio = audio;
        let (bridged, room) = (line.bridged, line.room.map(|(room, _)| room));
        table.listen(call_id);
        bridged.into_iter().for_each(|other| table.listen(other));
        room.into_iter().for_each(|room| table.listen_in(room));
    }

    /// Shows a witness what the remote party sees.
    pub fn show(&self, call_id: Uuid, shown: Shown) {
        if !self.witnessed {
            return;
        }
        if let Some(witness) = &self.table().witness {
            witness.sees(call_id, shown);
        }
    }

    /// Joins two calls and takes them out of their current bridges. Two calls that are already joined receive the
    /// signal again.
    pub fn bridge(&self, one: Uuid, other: Uuid) -> Result<(), &'static str> {
        let mut table = self.table();
        if one == other {
            return Err("a call cannot be bridged with itself");
        }
        if !table.can_have_media(one) {
            return Err("the call has no media");
        }
        if !table.can_have_media(other) {
            return Err("the other call has no media or is gone");
        }
        for call_id in [one, other] {
            table.begin_early_media(call_id);
        }
        for (call_id, partner) in [(one, other), (other, one)] {
            if table.lines[&call_id].bridged != Some(partner) {
                table.leave(call_id);
            }
            table.leave_room(call_id);
        }
        for (call_id, partner) in [(one, other), (other, one)] {
            if let Some(line) = table.lines.get_mut(&call_id) {
                line.bridged = Some(partner);
                line.happened(Signal::Bridged { other: partner });
            }
        }
        table.listen(one);
        table.listen(other);
        Ok(())
    }

    /// Takes the call out of its bridge. Returns whether it was in one.
    pub fn unbridge(&self, call_id: Uuid) -> bool {
        self.table().leave(call_id)
    }

    /// Moves a call into a room, out of its current bridge or room.
    pub fn join(&self, call_id: Uuid, room: Room, operation: OperationId) -> Result<(), &'static str> {
        let mut table = self.table();
        if !table.is_up(call_id) {
            return Err("the call is not answered");
        }
        table.leave(call_id);
        table.leave_room(call_id);
        if let Some(line) = table.lines.get_mut(&call_id) {
            line.room = Some((room, operation));
        }
        table.listen_in(room);
        Ok(())
    }

    /// Takes the call out of its room. Returns whether it was in one.
    pub fn leave_room(&self, call_id: Uuid) -> bool {
        self.table().leave_room(call_id)
    }

    /// Removes a call that is over, and takes its partner out of the bridge. Returns whether the call had media.
    pub fn forget(&self, call_id: Uuid) -> bool {
        let mut table = self.table();
        table.leave(call_id);
        let Some(line) = table.lines.remove(&call_id) else { return false };
        line.room.into_iter().for_each(|(room, _)| table.listen_in(room));
        matches!(line.media, Media::Early | Media::Full)
    }

    /// Accepts no more calls and drops all lines.
    pub fn close(&self) {
        let mut table = self.table();
        table.closed = true;
        table.lines.clear();
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().expect("no code panics under this lock")
    }
}

impl Table {
    fn is_up(&self, call_id: Uuid) -> bool {
        self.lines.get(&call_id).is_some_and(|line| line.media == Media::Full && line.drop.is_some())
    }

    fn can_have_media(&self, call_id: Uuid) -> bool {
        self.lines.get(&call_id).is_some_and(|line| line.media != Media::None && line.drop.is_some())
    }

    fn begin_early_media(&mut self, call_id: Uuid) {
        let Some(line) = self.lines.get_mut(&call_id) else { return };
        let before = line.media;
        if !matches!(before, Media::None | Media::Possible) {
            return;
        }
        line.media = Media::Early;
        if before == Media::Possible
            && let Some(witness) = &self.witness
        {
            witness.sees(call_id, Shown::Status(183));
        }
        self.listen(call_id);
    }

    /// Returns what the remote party of a call hears: in a bridge the other call and none of what we play, in a room the
    /// other calls as well.
    fn heard_by(&self, call_id: Uuid) -> Vec<String> {
        let Some(line) = self.lines.get(&call_id) else { return Vec::new() };
        if line.audio.hears_nothing || !matches!(line.media, Media::Early | Media::Full) {
            return Vec::new();
        }
        if let Some(other) = line.bridged {
            return self.lines.get(&other).and_then(|other| other.audio.said()).into_iter().cloned().collect();
        }
        let echo = line.audio.said().filter(|_| line.audio.echo);
        let room = line.room.map(|(room, _)| room);
        let inside = self
            .lines
            .iter()
            .filter(|(id, other)| **id != call_id && room.is_some() && other.room.map(|(room, _)| room) == room);
        let others = inside.filter_map(|(_, other)| other.audio.said());
        line.audio.ours.iter().chain(echo).chain(others).cloned().collect()
    }

    /// Tells the witness what a remote party hears, if that has changed.
    fn listen(&mut self, call_id: Uuid) {
        let Some(witness) = self.witness.clone() else { return };
        let hears = self.heard_by(call_id);
        if let Some(line) = self.lines.get_mut(&call_id).filter(|line| line.hears != hears) {
            line.hears.clone_from(&hears);
            witness.hears(call_id, hears);
        }
    }

    fn listen_in(&mut self, room: Room) {
        if self.witness.is_none() {
            return;
        }
        let inside = self.lines.iter().filter(|(_, line)| line.room.is_some_and(|(its, _)| its == room));
        let inside: Vec<Uuid> = inside.map(|(call_id, _)| *call_id).collect();
        inside.into_iter().for_each(|call_id| self.listen(call_id));
    }

    fn leave(&mut self, call_id: Uuid) -> bool {
        let Some(other) = self.lines.get_mut(&call_id).and_then(|line| line.bridged.take()) else {
            return false;
        };
        for (call_id, partner) in [(call_id, other), (other, call_id)] {
            if let Some(line) = self.lines.get_mut(&call_id) {
                line.bridged = None;
                line.happened(Signal::Unbridged { other: partner });
            }
        }
        self.listen(call_id);
        self.listen(other);
        true
    }

    fn leave_room(&mut self, call_id: Uuid) -> bool {
        let Some(line) = self.lines.get_mut(&call_id) else { return false };
        let Some((room, operation)) = line.room.take() else { return false };
        line.happened(Signal::Finished { operation, error: None });
        self.listen(call_id);
        self.listen_in(room);
        true
    }
}

impl Line {
    /// Sends an input. A hang-up is always delivered. Any other input that finds the mailbox full ends the call and
    /// returns `Gone`.
    fn post(&mut self, input: Input) -> Result<(), Gone> {
        if self.drop.is_none() {
            return Err(Gone);
        }
        let (ending, answer) = match self.mailbox.try_send(input) {
            Ok(()) => return Ok(()),
            Err(mpsc::error::TrySendError::Closed(_)) => return Err(Gone),
            Err(mpsc::error::TrySendError::Full(input)) => match ending(&input) {
                Some(ending) => (ending, Ok(())),
                None => (Ending::We(HangupReason::Failed), Err(Gone)),
            },
        };
        match self.drop.take().map(|drop| drop.send(ending)) {
            Some(Ok(())) => answer,
            _ => Err(Gone),
        }
    }

    /// Reports a signal to the phone. If the mailbox is full, `post` drops the line, so there is no error to handle
    /// here.
    fn happened(&mut self, signal: Signal) {
        let _ = self.post(Input::Happened(signal));
    }
}

fn ending(input: &Input) -> Option<Ending> {
    match input {
        Input::RemoteHangup => Some(Ending::RemoteParty),
        Input::Command(_, command) => match **command {
            Command::Hangup { reason } => Some(Ending::We(reason)),
            _ => None,
        },
        Input::Happened(_) | Input::Press(..) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn members(exchange: &Exchange, room: Room) -> BTreeSet<Uuid> {
        let table = exchange.table();
        let inside = table.lines.iter().filter(|(_, line)| line.room.is_some_and(|(its, _)| its == room));
        inside.map(|(call_id, _)| *call_id).collect()
    }

    /// Returns answered calls; their lines have to live as long as the calls.
    fn calls<const N: usize>(exchange: &Exchange) -> ([Uuid; N], Vec<PhoneLine>) {
        let ids = std::array::from_fn(|n| Uuid::from_u128(n as u128 + 1));
        let line_end = ids.iter().map(|id| exchange.connect(*id, Media::None).unwrap()).collect();
        ids.iter().for_each(|id| exchange.picked_up(*id));
        (ids, line_end)
    }

    #[test]
    fn rooms_are_their_customers_own_and_a_call_is_in_one_place() {
        let exchange = Exchange::new(9, None);
        let ([a, b, c], _wires) = calls(&exchange);
        let [ours, theirs] = [7, 8].map(|n| Room { customer_id: Uuid::from_u128(n), id: Uuid::from_u128(1) });
        exchange.join(a, ours, 1).unwrap();
        exchange.join(b, ours, 2).unwrap();
        exchange.join(c, theirs, 3).unwrap();
        assert_eq!(members(&exchange, ours), [a, b].into());
        assert_eq!(members(&exchange, theirs), [c].into());
        exchange.join(b, theirs, 4).unwrap();
        assert_eq!((members(&exchange, ours), members(&exchange, theirs)), ([a].into(), [b, c].into()));
        exchange.bridge(a, b).unwrap();
        assert_eq!((members(&exchange, ours), members(&exchange, theirs)), ([].into(), [c].into()));
        exchange.join(a, theirs, 5).unwrap();
        assert!(!exchange.unbridge(b), "its partner has moved to a room");
        exchange.forget(c);
        assert_eq!(members(&exchange, theirs), [a].into());
        assert!(exchange.leave_room(a) && !exchange.leave_room(a));
    }
}
