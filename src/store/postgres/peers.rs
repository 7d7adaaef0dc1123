//! What a server knows of itself and of others on the same database, and how they give each other hints.
//!
//! A hint is a NOTIFY whose text is the sender's number and a letter for each thing that there may be: `7:lo`. Hints get
//! lost with connections; whoever waits for one looks by itself now and then.

use super::connections::pause;
use super::errors::to_error;
use super::pool::{Connector, unmade};
use super::unavailable;
use crate::store::{ALONE, ChangeHints, NodeId, Result};
use crate::supervisor::Task;
use sqlx::query;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
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

/// How often the connection that listens is used, so that one that died silently is noticed.
const PING: Duration = Duration::from_secs(30);

pub(super) struct Peers {
    /// This server's number; [`ALONE`] until it has joined.
    pub node: AtomicI64,
    /// There are others: they want hints.
    pub others: AtomicBool,
    /// The mark of a take-over whose answer was lost.
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

    /// The text of a hint, from this server.
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

    /// Rises with each hint that the log has grown, and with what this server writes itself.
    pub fn growth(&self) -> watch::Receiver<u64> {
        self.log.subscribe()
    }

    /// This server has written to the log.
    pub fn wrote(&self) {
        rise(&self.log);
    }

    /// Listens for as long as the database is open.
    pub async fn listen(self: Arc<Peers>, connector: Connector, task: Task) {
        let mut tries = 0;
        let listening = async {
            loop {
                match self.hear(&connector, &task).await {
                    Ok(()) => tries = 0,
                    Err(error) => tracing::debug!(%error, "hints of other servers are not heard"),
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

    /// Listens until the connection is gone.
    async fn hear(&self, connector: &Connector, task: &Task) -> Result<()> {
        let mut listener = connector.listener(connector.within).await?;
        match timeout(connector.within, listener.listen("ringdown")).await {
            Ok(listening) => listening.map_err(|error| unmade(&error))?,
            Err(_) => return Err(unavailable("the database does not answer")),
        }
        // Whatever was told before was missed.
        self.tell(&[LOG, OUTBOX, COMMANDS, CALLEES].concat());
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
            self.tell(letters);
        }
    }

    fn tell(&self, letters: &str) {
        // A newer version may have letters more.
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
    fn hints_are_heard_from_others_alone() {
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
