//! What a server knows about itself and the other servers on the same database, and the hints that they send each
//! other.
//!
//! A hint is a NOTIFY with the sender's number and a letter for each thing that changed: `7:lo`. Hints get lost with
//! connections, so readers also poll.

use super::connections::pause;
use super::errors::to_error;
use super::pool::{Connector, unmade};
use super::unavailable;
use crate::store::{ALONE, ChangeHints, NodeId, Result};
use crate::supervisor::Task;
use sqlx::query;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};
use uuid::Uuid;

/// The letters of a hint.
pub(super) const LOG: &str = "l";
pub(super) const OUTBOX: &str = "o";
pub(super) const COMMANDS: &str = "n";
pub(super) const CALLEES: &str = "c";

/// How often the listening connection is used, to detect one that died silently.
const PING: Duration = Duration::from_secs(30);

pub(super) struct Peers {
    /// This server's number; [`ALONE`] until it has joined.
    pub node: AtomicI64,
    /// How long a lease lasts, in milliseconds. Equal on all servers.
    lease_ms: AtomicU64,
    /// Whether other servers exist that need hints.
    pub others: AtomicBool,
    /// The token of a takeover whose response was lost.
    pub taking: Mutex<Option<Uuid>>,
    log: watch::Sender<u64>,
    outbox: watch::Sender<u64>,
    commands: watch::Sender<u64>,
    callees: watch::Sender<u64>,
}

impl Peers {
    pub fn new() -> Arc<Peers> {
        Arc::new(Peers {
            node: AtomicI64::new(ALONE),
            lease_ms: AtomicU64::new(0),
            others: AtomicBool::new(false),
            taking: Mutex::default(),
            log: watch::Sender::new(0),
            outbox: watch::Sender::new(0),
            commands: watch::Sender::new(0),
            callees: watch::Sender::new(0),
        })
    }

    pub fn node(&self) -> NodeId {
        self.node.load(Ordering::Acquire)
    }

    /// Notes how long a lease lasts.
    pub fn lease_for(&self, ttl: Duration) {
        self.lease_ms.store(u64::try_from(ttl.as_millis()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// Returns how long a lease lasts.
    pub fn lease(&self) -> Duration {
        Duration::from_millis(self.lease_ms.load(Ordering::Relaxed))
    }

    /// Returns the text of a hint from this server.
    pub fn hint(&self, letters: &str) -> String {
        format!("{}:{letters}", self.node())
    }

    pub fn hints(&self) -> ChangeHints {
        ChangeHints {
            callees: self.callees.subscribe(),
            outbox: self.outbox.subscribe(),
            commands: self.commands.subscribe(),
        }
    }

    /// Returns a counter that rises with each hint that the log has grown, and with each write of this server.
    pub fn growth(&self) -> watch::Receiver<u64> {
        self.log.subscribe()
    }

    /// Reports that this server has written to the log.
    pub fn wrote(&self) {
        rise(&self.log);
    }

    /// Listens for as long as the database is open.
    pub async fn listen(self: Arc<Peers>, connector: Connector, task: Task) {
        let mut tries = 0;
        let listening = async {
            loop {
                match self.receive_hints(&connector, &task).await {
                    Ok(()) => tries = 0,
                    Err(error) => tracing::debug!(%error, "cannot receive hints from other servers"),
                }
                sleep(pause(tries)).await;
                tries += 1;
            }
        };
        tokio::select! {
            () = listening => {}
            () = task.closing() => {}
        }
    }

    /// Listens until the connection is lost.
    async fn receive_hints(&self, connector: &Connector, task: &Task) -> Result<()> {
        let mut listener = connector.listener(connector.within).await?;
        match timeout(connector.within, listener.listen("ringdown")).await {
            Ok(listening) => listening.map_err(|error| unmade(&error))?,
            Err(_) => return Err(unavailable("the database does not answer")),
        }
        // Earlier hints were missed.
        self.signal(&[LOG, OUTBOX, COMMANDS, CALLEES].concat());
        task.failpoint().await;
        loop {
            tokio::select! {
                hint = listener.try_recv() => match hint.map_err(|error| to_error(&error))? {
                    Some(hint) => self.heard(hint.payload()),
                    None => return Ok(()),
                },
                () = sleep(PING) => match timeout(connector.within, query("select 1").execute(&mut listener)).await {
                    Ok(done) => {
                        done.map_err(|error| to_error(&error))?;
                    }
                    Err(_) => return Err(unavailable("the database does not answer")),
                },
            }
        }
    }

    fn heard(&self, hint: &str) {
        if let Some((node, letters)) = hint.split_once(':')
            && node.parse() != Ok(self.node())
        {
            self.signal(letters);
        }
    }

    fn signal(&self, letters: &str) {
        // Ignores other letters, which a newer version may send.
        let hints = [(LOG, &self.log), (OUTBOX, &self.outbox), (COMMANDS, &self.commands), (CALLEES, &self.callees)];
        for (letter, hints) in hints {
            if letters.contains(letter) {
                rise(hints);
            }
        }
    }
}

fn rise(count: &watch::Sender<u64>) {
    count.send_modify(|count| *count = count.wrapping_add(1));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_hints_are_ignored() {
        let peers = Peers::new();
        peers.node.store(7, Ordering::Release);
        let (growth, hints) = (peers.growth(), peers.hints());
        let counts = || [*growth.borrow(), *hints.outbox.borrow(), *hints.commands.borrow(), *hints.callees.borrow()];
        peers.heard(&peers.hint("lonc"));
        peers.heard("garbled");
        assert_eq!(counts(), [0; 4]);
        peers.heard("8:lo");
        peers.heard("9:n");
        peers.heard("9:czy");
        assert_eq!(counts(), [1; 4]);
    }
}
