//! The hub: follows the log and keeps its newest rows in memory.

use super::entry::Entry;
use super::frames::{BATCH_BYTES, Frames};
use super::relay::Relays;
use crate::config::Limits;
use crate::error::{Error, Reason, Result};
use crate::memory::{Memory, Part, Share, Turn, Turns};
use crate::store::{Position, Store};
use crate::supervisor::{Stage, Supervisor, Task, lock};
use crate::telemetry::{Gauged, Metrics};
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::watch;
use uuid::Uuid;

/// The most rows in memory. Their weight is bounded too.
const ROWS: usize = 4_096;
/// Pages of the log or of snapshots that are read for watchers at the same time, in all and for one customer.
const PAGES: usize = 4;
const PAGES_PER_CUSTOMER: usize = 2;
/// The most rows of one read.
pub const BATCH: u32 = 256;
/// Pause before a read of the log that failed is retried.
const RETRY: Duration = Duration::from_millis(200);

pub struct Hub {
    pub(super) store: Arc<dyn Store>,
    pub(super) log: Uuid,
    recent: Mutex<Recent>,
    /// The last position that was read. Watchers wait for it to rise.
    head: watch::Sender<Position>,
    relays: Relays,
    pub(super) frames: Frames,
    /// Watchers that are behind take turns.
    replays: Turns,
    supervisor: Supervisor,
    closing: watch::Sender<bool>,
    watchers: Mutex<Watchers>,
    pub(super) metrics: Arc<Metrics>,
    limits: Limits,
}

struct Recent {
    /// The position before the first row in memory: all rows after it are here.
    before: Position,
    rows: VecDeque<Arc<Entry>>,
    weight: usize,
    share: Share,
}

impl Recent {
    /// Returns the position of the last row that was read.
    fn end(&self) -> Position {
        self.rows.back().map_or(self.before, |entry| entry.position)
    }
}

#[derive(Default)]
struct Watchers {
    count: usize,
    per_customer: HashMap<Uuid, usize>,
}

impl Hub {
    pub async fn start(
        store: Arc<dyn Store>,
        supervisor: Supervisor,
        metrics: Arc<Metrics>,
        limits: Limits,
        memory: &Memory,
    ) -> Result<Arc<Hub>> {
        let log = store.log_name().await?;
        let (_, head) = store.log_bounds().await?;
        let hub = Arc::new(Hub {
            store,
            log,
            recent: Mutex::new(Recent {
                before: head,
                rows: VecDeque::new(),
                weight: 0,
                share: memory.share(Part::Log),
            }),
            head: watch::Sender::new(head),
            relays: Relays::default(),
            frames: Frames::new(memory.share(Part::Frames)),
            // The watchers themselves are limited, so that none is refused here.
            replays: Turns::new(PAGES, PAGES_PER_CUSTOMER, usize::MAX),
            supervisor,
            closing: watch::Sender::new(false),
            watchers: Mutex::default(),
            metrics,
            limits,
        });
        let following = hub.clone();
        hub.supervisor.spawn(Stage::Log, "watch_hub", move |task| following.clone().follow(task));
        Ok(hub)
    }

    /// Ends every watch after it has received everything that is committed.
    pub fn close(&self) {
        self.closing.send_replace(true);
    }

    async fn follow(self: Arc<Hub>, task: Task) {
        let mut growth = self.store.growth();
        // The task before this one may have failed between keeping rows and waking the watchers.
        self.tell_head();
        loop {
            growth.mark_unchanged();
            match self.read_on(&task).await {
                Ok(true) => continue,
                Ok(false) if task.is_closing() && !growth.has_changed().unwrap_or(false) => return,
                Ok(false) => {}
                // Watchers read the rest from the log themselves.
                Err(_) if task.is_closing() => return,
                Err(error) => {
                    tracing::warn!(%error, "the log cannot be read; retrying");
                    tokio::time::sleep(RETRY).await;
                    continue;
                }
            }
            tokio::select! {
                // The sender lives in the store, so waiting cannot fail.
                _ = growth.changed() => {}
                () = task.closing() => {}
                () = self.store.overdue() => {}
            }
        }
    }

    /// Reads the new rows. Returns true if there may be more.
    async fn read_on(&self, task: &Task) -> Result<bool> {
        // The kept rows say how far the log was read: no row is kept twice, wherever a task fails.
        let end = lock(&self.recent).end();
        let rows = self.store.log(end, BATCH, BATCH_BYTES).await?;
        if rows.is_empty() {
            return Ok(false);
        }
        self.keep(rows.iter().map(|row| Arc::new(Entry::read(row, self.log, self.store.damage()))).collect());
        task.failpoint().await;
        self.tell_head();
        Ok(true)
    }

    fn tell_head(&self) {
        let end = lock(&self.recent).end();
        self.head.send_if_modified(|head| std::mem::replace(head, end) != end);
    }

    fn keep(&self, entries: Vec<Arc<Entry>>) {
        let mut recent = lock(&self.recent);
        for entry in entries {
            recent.weight += entry.size;
            recent.share.add(entry.size);
            recent.rows.push_back(entry);
        }
        while recent.rows.len() > ROWS || recent.weight > recent.share.limit {
            let Some(oldest) = recent.rows.pop_front() else { break };
            recent.weight -= oldest.size;
            recent.share.sub(oldest.size);
            recent.before = oldest.position;
        }
    }

    /// Returns rows after a position, from memory if they are there. While the server closes the hub may no longer follow
    /// the log: then they are read from the log itself, so that none is missing.
    pub async fn rows_after(&self, after: Position, closing: bool) -> Result<Vec<Arc<Entry>>> {
        match self.recent_after(after, BATCH_BYTES).filter(|_| !closing) {
            Some(rows) => Ok(rows),
            None => self.read_after(after, BATCH_BYTES).await,
        }
    }

    /// Reads rows after a position from the log: at least one if there is one, and about this many bytes.
    pub(super) async fn read_after(&self, after: Position, bytes: usize) -> Result<Vec<Arc<Entry>>> {
        let rows = self.store.log(after, BATCH, bytes).await?;
        Ok(rows.iter().map(|row| Arc::new(Entry::read(row, self.log, self.store.damage()))).collect())
    }

    /// Returns rows after a position if they are in memory: at least one if there is one, and about this weight.
    pub(super) fn recent_after(&self, after: Position, weight: usize) -> Option<Vec<Arc<Entry>>> {
        let recent = lock(&self.recent);
        if after < recent.before {
            return None;
        }
        let first = recent.rows.partition_point(|entry| entry.position <= after);
        let mut taken = 0;
        let within = |entry: &&Arc<Entry>| {
            let before = taken;
            taken += entry.size;
            before < weight
        };
        Some(recent.rows.iter().skip(first).take(BATCH as usize).take_while(within).cloned().collect())
    }

    /// Waits for a customer's turn to read a page for one of its watchers.
    pub(super) async fn turn(&self, customer_id: Uuid) -> Result<Turn> {
        let full = |_| Error::new(Reason::TooManyWatchers, "too many watches wait for the log; try again later");
        self.replays.take(customer_id).await.map_err(full)
    }

    pub fn head(&self) -> watch::Receiver<Position> {
        self.head.subscribe()
    }

    /// Does the same for one of many watchers, which a task on its own core wakes up.
    pub(super) fn head_here(&self) -> watch::Receiver<Position> {
        self.relays.here(&self.head, &self.supervisor)
    }

    pub fn closing(&self) -> watch::Receiver<bool> {
        self.closing.subscribe()
    }

    /// Returns how many watches a customer has open here.
    pub fn watches_of(&self, customer_id: Uuid) -> usize {
        lock(&self.watchers).per_customer.get(&customer_id).copied().unwrap_or_default()
    }

    /// Admits a watcher within the limits. Dropping the permit makes room for another one.
    pub(super) fn admit(
        self: &Arc<Hub>,
        customer_id: Uuid,
        limit: u64,
        resource: &'static str,
    ) -> Result<WatcherPermit> {
        let mut watchers = lock(&self.watchers);
        let own = watchers.per_customer.get(&customer_id).copied().unwrap_or_default();
        if watchers.count >= self.limits.watchers || own as u64 >= limit {
            return Err(Error::new(Reason::TooManyWatchers, "too many watches are open; try again later"));
        }
        watchers.count += 1;
        watchers.per_customer.insert(customer_id, own + 1);
        Ok(WatcherPermit { hub: self.clone(), customer_id, _counted: self.metrics.watcher(resource) })
    }
}

/// Counts a watcher against the limits.
pub struct WatcherPermit {
    hub: Arc<Hub>,
    customer_id: Uuid,
    _counted: Gauged,
}

impl Drop for WatcherPermit {
    fn drop(&mut self) {
        let mut watchers = lock(&self.hub.watchers);
        watchers.count -= 1;
        if let Some(own) = watchers.per_customer.get_mut(&self.customer_id) {
            *own -= 1;
            if *own == 0 {
                watchers.per_customer.remove(&self.customer_id);
            }
        }
    }
}
