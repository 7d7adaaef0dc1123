//! Who is on the line and who is joined to whom: the one table that all phones share.
//!
//! Everything here is short and under one lock, and nothing waits. What concerns several phones (a bridge) is decided
//! here in one piece, and each phone learns of it through its own mailbox: so every phone tells it in the order in
//! which it was decided.

use crate::model::call::HangupReason;
use crate::model::telephony::{Command, OperationId, Signal};
use crate::telephony::{Gone, Refused};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};
use uuid::Uuid;

/// Commands and other input that one phone may have unread. A phone that lags so far behind cannot be steered any more
/// (its signals are not read, or its user floods it), so it is dropped: hung up as `failed`.
pub const MAILBOX: usize = 64;
/// Keys that a far end may have still to press.
pub const MAX_KEYS: u32 = 64;

/// What reaches a phone.
pub enum Input {
    /// Boxed because a mailbox keeps room for many and is mostly empty.
    Command(OperationId, Box<Command>),
    /// Something that the exchange has done with this call and the phone has to tell.
    Happened(Signal),
    /// The far end presses keys; each one gives its permit back when it is pressed.
    Press(String, OwnedSemaphorePermit),
    /// The far end hangs up.
    RemoteHangup,
}

/// Who ends a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    We(HangupReason),
    RemoteParty,
}

/// A phone's two ends of the wires that the exchange holds.
pub struct PhoneLine {
    pub mailbox: mpsc::Receiver<Input>,
    /// The way for a hang-up when the mailbox is full: always free, and used at most once.
    pub dropped: oneshot::Receiver<Ending>,
}

struct Line {
    mailbox: mpsc::Sender<Input>,
    /// `None` once the call is being dropped; nothing reaches it any more.
    drop: Option<oneshot::Sender<Ending>>,
    keys: Arc<Semaphore>,
    /// Answered.
    up: bool,
    bridged: Option<Uuid>,
    /// The room that the call is in, and the operation that is over when it leaves. A call is in a bridge or in a room,
    /// never in both.
    room: Option<(Room, OperationId)>,
}

/// A room of a customer. The same id of another customer is another room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    pub customer_id: Uuid,
    pub id: Uuid,
}

pub struct Exchange {
    max_calls: usize,
    table: Mutex<Table>,
}

#[derive(Default)]
struct Table {
    closed: bool,
    lines: HashMap<Uuid, Line>,
}

impl Exchange {
    pub fn new(max_calls: usize) -> Exchange {
        Exchange { max_calls, table: Mutex::default() }
    }

    pub fn held(&self) -> Vec<Uuid> {
        self.table().lines.keys().copied().collect()
    }

    /// Takes a new call. A closed exchange is as good as a full one.
    pub fn connect(&self, call_id: Uuid) -> Result<PhoneLine, Refused> {
        let mut table = self.table();
        if table.lines.contains_key(&call_id) {
            return Err(Refused::Invalid("a call with this id is held already".to_owned()));
        }
        if table.closed || table.lines.len() >= self.max_calls {
            return Err(Refused::TooManyCalls);
        }
        let (mailbox, unread) = mpsc::channel(MAILBOX);
        let (drop, dropped) = oneshot::channel();
        let keys = Arc::new(Semaphore::new(MAX_KEYS as usize));
        table.lines.insert(call_id, Line { mailbox, drop: Some(drop), keys, up: false, bridged: None, room: None });
        Ok(PhoneLine { mailbox: unread, dropped })
    }

    /// Hands something to a phone without waiting.
    pub fn post(&self, call_id: Uuid, input: Input) -> Result<(), Gone> {
        self.table().lines.get_mut(&call_id).ok_or(Gone)?.post(input)
    }

    /// Hands keys to the far end's fingers.
    pub fn press(&self, call_id: Uuid, keys: &str) -> Result<(), Refused> {
        let count = u32::try_from(keys.len()).unwrap_or(u32::MAX);
        let mut table = self.table();
        let line = table.lines.get_mut(&call_id).ok_or(Refused::Gone)?;
        if !line.up {
            return Err(Refused::Invalid("the call is not answered".to_owned()));
        }
        let Ok(permit) = line.keys.clone().try_acquire_many_owned(count) else {
            return Err(Refused::Invalid(format!("the far end has {MAX_KEYS} keys to press at most")));
        };
        // The far end is no reason to drop a call: with a full mailbox it is simply too fast.
        if line.mailbox.capacity() == 0 {
            return Err(Refused::Invalid("the call is too busy to hear keys".to_owned()));
        }
        Ok(line.post(Input::Press(keys.to_owned(), permit))?)
    }

    /// From now on the call can be bridged and keys can be pressed.
    pub fn picked_up(&self, call_id: Uuid) {
        if let Some(line) = self.table().lines.get_mut(&call_id) {
            line.up = true;
        }
    }

    /// Joins two calls, out of whatever bridges they are in. Two that are joined already are told so once more.
    pub fn bridge(&self, one: Uuid, other: Uuid) -> Result<(), &'static str> {
        let mut table = self.table();
        if one == other {
            return Err("a call cannot be bridged with itself");
        }
        if !table.is_up(one) {
            return Err("the call is not answered");
        }
        if !table.is_up(other) {
            return Err("the other call is not answered or is gone");
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
        Ok(())
    }

    /// Whether there was a bridge to leave.
    pub fn unbridge(&self, call_id: Uuid) -> bool {
        self.table().leave(call_id)
    }

    /// Takes a call into a room, out of the bridge or room that it is in.
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
        Ok(())
    }

    /// Whether there was a room to leave.
    pub fn leave_room(&self, call_id: Uuid) -> bool {
        self.table().leave_room(call_id)
    }

    /// The call is over; whoever was joined to it is alone.
    pub fn forget(&self, call_id: Uuid) {
        let mut table = self.table();
        table.leave(call_id);
        table.lines.remove(&call_id);
    }

    /// Takes no more calls and lets go of all lines.
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
        self.lines.get(&call_id).is_some_and(|line| line.up && line.drop.is_some())
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
        true
    }

    fn leave_room(&mut self, call_id: Uuid) -> bool {
        let Some(line) = self.lines.get_mut(&call_id) else { return false };
        let Some((_, operation)) = line.room.take() else { return false };
        line.happened(Signal::Finished { operation, error: None });
        true
    }
}

impl Line {
    /// A hang-up always gets through. Anything else that finds the mailbox full ends the call, so that `Gone` is true.
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

    /// A line that cannot be told any more is dropped by `post`, which needs no answer here.
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

    /// Answered calls; their wires have to live as long as they do.
    fn calls<const N: usize>(exchange: &Exchange) -> ([Uuid; N], Vec<PhoneLine>) {
        let ids = std::array::from_fn(|n| Uuid::from_u128(n as u128 + 1));
        let line_end = ids.iter().map(|id| exchange.connect(*id).unwrap()).collect();
        ids.iter().for_each(|id| exchange.picked_up(*id));
        (ids, line_end)
    }

    #[test]
    fn rooms_are_their_customers_own_and_a_call_is_in_one_place() {
        let exchange = Exchange::new(9);
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
        assert!(!exchange.unbridge(b), "its partner has gone to a room");
        exchange.forget(c);
        assert_eq!(members(&exchange, theirs), [a].into());
        assert!(exchange.leave_room(a) && !exchange.leave_room(a));
    }
}
