//! Watches that are open: each ends when its access key, its token or its customer does.

use super::key_cache::Subject;
use super::{Caller, invalid};
use crate::clock::Clock;
use crate::error::{Error, Reason, Result};
use futures::stream::{self, Stream, StreamExt};
use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio::time::Sleep;

/// The credentials of open watches, one entry for each, however many watches it has. Cheap to clone.
#[derive(Clone, Default)]
pub struct Sessions(Arc<Inner>);

#[derive(Default)]
struct Inner {
    /// Bounded by the limits of watches.
    open: Mutex<HashMap<Subject, Open>>,
    /// Wakes the task that checks them.
    changed: Notify,
}

struct Open {
    watches: usize,
    ended: watch::Sender<Option<Reason>>,
}

/// One open watch.
pub struct Session {
    ended: watch::Receiver<Option<Reason>>,
    /// Completes when the credential expires.
    expired: Option<Pin<Box<Sleep>>>,
    subject: Subject,
    sessions: Sessions,
}

impl Sessions {
    /// Registers a watch of this caller.
    pub fn open(&self, caller: &Caller) -> Session {
        let subject = caller.key_id.map_or(Subject::Customer(caller.customer_id), Subject::Key);
        let expired = caller.expire.map(|expire| {
            let left = expire.ms_since(Clock::now()).unsigned_abs();
            // Rounded up: a credential does not expire early.
            Box::pin(tokio::time::sleep(Duration::from_millis(left.saturating_add(1))))
        });
        let mut open = self.0.lock();
        let entry = open.entry(subject).or_insert_with(|| Open { watches: 0, ended: watch::Sender::new(None) });
        entry.watches += 1;
        Session { ended: entry.ended.subscribe(), expired, subject, sessions: self.clone() }
    }

    /// Passes on the frames of a watch of this caller, until its credential ends: the last item is then the reason.
    pub fn within<T, E>(
        &self,
        caller: &Caller,
        frames: impl Stream<Item = Result<T, E>> + Send + 'static,
    ) -> impl Stream<Item = Result<T, E>> + Send + 'static
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let state = Some((self.open(caller), frames.boxed()));
        stream::unfold(state, |state| async move {
            let (mut session, mut frames) = state?;
            // Asked first, so that it also ends a watch that always has a frame.
            if let Some(why) = session.why() {
                return Some((Err(why.into()), None));
            }
            tokio::select! {
                biased;
                frame = frames.next() => frame.map(|frame| (frame, Some((session, frames)))),
                why = session.ended() => Some((Err(why.into()), None)),
            }
        })
    }

    /// Returns the credentials of all open watches.
    pub(super) fn subjects(&self) -> Vec<Subject> {
        self.0.lock().keys().copied().collect()
    }

    /// Ends all watches of a credential.
    pub(super) fn end(&self, subject: &Subject, reason: Reason) {
        if let Some(open) = self.0.lock().get(subject) {
            open.ended.send_replace(Some(reason));
        }
    }

    /// Has all credentials checked again now.
    pub(super) fn check_soon(&self) {
        self.0.changed.notify_one();
    }

    /// Returns when [`Sessions::check_soon`] was called.
    pub(super) async fn changed(&self) {
        self.0.changed.notified().await;
    }
}

impl Session {
    /// Returns why the watch has ended, if it has.
    fn why(&self) -> Option<Error> {
        match (*self.ended.borrow(), &self.expired) {
            (Some(reason), _) => Some(error(reason)),
            (None, Some(expired)) if expired.deadline() <= tokio::time::Instant::now() => {
                Some(error(Reason::InvalidCredentials))
            }
            (None, _) => None,
        }
    }

    /// Returns when the watch has ended. Can be dropped and called again.
    async fn ended(&mut self) -> Error {
        let Session { ended, expired, .. } = self;
        let expired = async {
            match expired {
                Some(expired) => expired.as_mut().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            // The sender is dropped after the last session only.
            reason = ended.wait_for(Option::is_some) => {
                error(reason.ok().and_then(|it| *it).unwrap_or(Reason::InvalidCredentials))
            }
            () = expired => error(Reason::InvalidCredentials),
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let mut open = self.sessions.0.lock();
        if let Some(entry) = open.get_mut(&self.subject) {
            entry.watches -= 1;
            if entry.watches == 0 {
                open.remove(&self.subject);
            }
        }
    }
}

impl Inner {
    /// A poisoned lock is fine: no panic leaves the map inconsistent.
    fn lock(&self) -> MutexGuard<'_, HashMap<Subject, Open>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn error(reason: Reason) -> Error {
    match reason {
        Reason::CustomerSuspended => Error::new(reason, "the customer was suspended"),
        _ => invalid("the access key or the token of this watch was deleted or has expired"),
    }
}
