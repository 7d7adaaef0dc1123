//! What a server knows of itself and of others on the same database, and how they give each other hints.
//!
//! A hint is a NOTIFY whose text is the sender's number and a letter for each thing that there may be: `7:lo`. Hints get
//! lost with connections; whoever waits for one looks by itself now and then.

use super::connections::pause;
use super::errors::told;
use super::pool::{Way, unmade};
use super::unavailable;
use crate::store::{ALONE, News, NodeId, Result};
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
pub(super) const ORDERS: &str = "n";
pub(super) const CALLEES: &str = "c";

/// How often the connection that listens is used, so that one that died silently is noticed.
const PING: Duration = Duration::from_secs(30);

pub(super) struct Members {
    /// This server's number; [`ALONE`] until it has joined.
    pub node: AtomicI64,
    /// There are others: they want hints.
    pub others: AtomicBool,
    /// The mark of a take-over whose answer was lost.
    pub taking: Mutex<Option<Uuid>>,
    log: watch::Sender<u64>,
    outbox: watch::Sender<u64>,
    orders: watch::Sender<u64>,
    callees: watch::Sender<u64>,
}

impl Members {
    pub fn new() -> Arc<Members> {
        Arc::new(Members {
            node: AtomicI64::new(ALONE),
            others: AtomicBool::new(false),
            taking: Mutex::default(),
            log: watch::Sender::new(0),
            outbox: watch::Sender::new(0),
            orders: watch::Sender::new(0),
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

    pub fn news(&self) -> News {
        News { callees: self.callees.subscribe(), outbox: self.outbox.subscribe(), orders: self.orders.subscribe() }
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
    pub async fn listen(self: Arc<Members>, way: Way) {
        let mut tries = 0;
        loop {
            match self.hear(&way).await {
                Ok(()) => tries = 0,
                Err(error) => tracing::debug!(%error, "hints of other servers are not heard"),
            }
            sleep(pause(tries)).await;
            tries += 1;
        }
    }

    /// Listens until the connection is gone.
    async fn hear(&self, way: &Way) -> Result<()> {
        let mut listener = way.listener(way.within).await?;
        match timeout(way.within, listener.listen("ringdown")).await {
            Ok(listening) => listening.map_err(|error| unmade(&error))?,
            Err(_) => return Err(unavailable("the database does not answer")),
        }
        // Whatever was told before was missed.
        self.tell(&[LOG, OUTBOX, ORDERS, CALLEES].concat());
        loop {
            tokio::select! {
                hint = listener.try_recv() => match hint.map_err(|error| told(&error))? {
                    Some(hint) => self.heard(hint.payload()),
                    None => return Ok(()),
                },
                () = sleep(PING) => match timeout(way.within, query("select 1").execute(&mut listener)).await {
                    Ok(done) => {
                        done.map_err(|error| told(&error))?;
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
        let news = [(LOG, &self.log), (OUTBOX, &self.outbox), (ORDERS, &self.orders), (CALLEES, &self.callees)];
        for (letter, news) in news {
            if letters.contains(letter) {
                rise(news);
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
        let members = Members::new();
        members.node.store(7, Ordering::Release);
        let (growth, news) = (members.growth(), members.news());
        let counts = || [*growth.borrow(), *news.outbox.borrow(), *news.orders.borrow(), *news.callees.borrow()];
        members.heard(&members.hint("lonc"));
        members.heard("garbled");
        assert_eq!(counts(), [0; 4]);
        members.heard("8:lo");
        members.heard("9:n");
        members.heard("9:czy");
        assert_eq!(counts(), [1; 4]);
    }
}
