//! Which call a request belongs to: by Call-ID and our tag (RFC 3261 12). The tag of the remote party is not part of it: while
//! an outgoing call rings there may be several.

use super::message::Request;
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// So that calls on different threads do not wait for one another.
const SHARDS: usize = 64;

/// Call-ID and our tag.
type Key = (String, String);
/// Call-ID, their tag and CSeq of an INVITE that is not answered.
type Opening = (String, String, u32);

#[derive(Debug)]
struct Shard<T> {
    calls: HashMap<Key, T>,
    openings: HashSet<Opening>,
}

/// The calls of this server, each with its mailbox `T`.
#[derive(Debug)]
pub struct Dialogs<T> {
    shards: Arc<[Mutex<Shard<T>>]>,
    hasher: RandomState,
}

impl<T: Clone> Default for Dialogs<T> {
    fn default() -> Dialogs<T> {
        let shard = || Mutex::new(Shard { calls: HashMap::new(), openings: HashSet::new() });
        Dialogs { shards: (0..SHARDS).map(|_| shard()).collect(), hasher: RandomState::new() }
    }
}

impl<T: Clone> Dialogs<T> {
    /// Notes a call until the entry is dropped. It is there before the first message leaves, so that a BYE right behind the
    /// 200 finds it.
    pub fn enter(&self, call_id: &str, tag: &str, mailbox: T) -> Entry<T> {
        let shard = self.index(call_id);
        let key = (call_id.to_owned(), tag.to_owned());
        if let Some(mut shard) = lock(&self.shards, shard) {
            shard.calls.insert(key.clone(), mailbox);
        }
        Entry { shards: Arc::clone(&self.shards), shard, key: Held::Call(key) }
    }

    /// Returns the mailbox of the call that a request belongs to. `None`: 481, unless it is an ACK.
    pub fn find(&self, request: &Request) -> Option<T> {
        let (call_id, to) = (request.headers.call_id()?, request.headers.to()?);
        let shard = lock(&self.shards, self.index(call_id))?;
        shard.calls.get(&(call_id.to_owned(), to.tag()?.to_owned())).cloned()
    }

    /// Notes an INVITE that opens a call, until the entry is dropped. `None`: the same INVITE is here already, by another
    /// way: 482 (RFC 3261 8.2.2.2).
    pub fn open(&self, request: &Request) -> Option<Entry<T>> {
        let (call_id, from) = (request.headers.call_id()?, request.headers.from()?);
        let shard = self.index(call_id);
        let opening = (call_id.to_owned(), from.tag()?.to_owned(), request.headers.cseq()?.0);
        let new = lock(&self.shards, shard)?.openings.insert(opening.clone());
        new.then(|| Entry { shards: Arc::clone(&self.shards), shard, key: Held::Opening(opening) })
    }

    /// Returns the number of calls.
    pub fn len(&self) -> usize {
        (0..SHARDS).filter_map(|at| lock(&self.shards, at)).map(|it| it.calls.len()).sum()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn index(&self, call_id: &str) -> usize {
        usize::try_from(self.hasher.hash_one(call_id) % SHARDS as u64).unwrap_or(0)
    }
}

fn lock<T>(shards: &[Mutex<Shard<T>>], at: usize) -> Option<MutexGuard<'_, Shard<T>>> {
    shards.get(at).map(|it| it.lock().unwrap_or_else(PoisonError::into_inner))
}

#[derive(Debug)]
enum Held {
    Call(Key),
    Opening(Opening),
}

/// Holds an entry of [`Dialogs`]; dropped, it is gone.
#[derive(Debug)]
pub struct Entry<T> {
    shards: Arc<[Mutex<Shard<T>>]>,
    shard: usize,
    key: Held,
}

impl<T> Drop for Entry<T> {
    fn drop(&mut self) {
        let Some(mut shard) = lock(&self.shards, self.shard) else { return };
        match &self.key {
            Held::Call(key) => drop(shard.calls.remove(key)),
            Held::Opening(opening) => drop(shard.openings.remove(opening)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::telephony::sip::message::{Message, Request};

    fn request(method: &str, from: &str, to: &str, number: u32) -> Request {
        let text = format!(
            "{method} sip:a@b SIP/2.0\r\nFrom: <sip:a@b>{from}\r\nTo: <sip:c@d>{to}\r\nCall-ID: c\r\nCSeq: {number} {method}\r\n\r\n"
        );
        match Message::parse(text.as_bytes()).unwrap() {
            Message::Request(request) => request,
            Message::Response(_) => unreachable!(),
        }
    }

    #[test]
    fn requests_find_their_call_as_long_as_it_is_there() {
        let dialogs = Dialogs::default();
        let bye = |tag: &str| request("BYE", ";tag=x", tag, 1);
        let (one, two) = (dialogs.enter("c", "one", 1), dialogs.enter("c", "two", 2));
        assert_eq!((dialogs.find(&bye(";tag=one")), dialogs.find(&bye(";tag=two"))), (Some(1), Some(2)));
        assert_eq!((dialogs.find(&bye(";tag=ONE")), dialogs.find(&bye(""))), (None, None));
        drop(one);
        assert_eq!((dialogs.find(&bye(";tag=one")), dialogs.len()), (None, 1));
        drop(two);
        assert!(dialogs.is_empty());
    }

    #[test]
    fn an_invite_opens_one_call() {
        let dialogs: Dialogs<()> = Dialogs::default();
        let first = dialogs.open(&request("INVITE", ";tag=x", "", 1)).unwrap();
        assert!(dialogs.open(&request("INVITE", ";tag=x", "", 1)).is_none());
        assert!(dialogs.open(&request("INVITE", ";tag=x", "", 2)).is_some());
        assert!(dialogs.open(&request("INVITE", ";tag=y", "", 1)).is_some());
        drop(first);
        assert!(dialogs.open(&request("INVITE", ";tag=x", "", 1)).is_some());
    }
}
