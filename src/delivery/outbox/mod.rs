//! The deliverer: sends what is in the outbox.
//!
//! What goes to one receiver shares a lane. A lane is worked on by one task at a time, which tries one first and, while all
//! goes well, twice as many at a time, up to a bound; on the first failure it stops. Lanes that fail or are slow wait for
//! places of their own, and one that turns out to be slow gives its place back while it is waited for. So however many
//! receivers are dead, the others soon find a place.
//!
//! A webhook is repeated until it is taken or given up, under one id. A message or a mail is marked as started before it
//! is sent; what is found started when the server begins may have gone out, and is not sent again.

mod attempt;
mod transport;

pub use transport::{MailMessage, Outcome, Post, Text, Transport, Verdict};

use super::customers::Customers;
use crate::clock::Clock;
use crate::cluster::lease::Lease;
use crate::error::Result;
use crate::model::time::Time;
use crate::store::{Micros, Store};
use crate::supervisor::{Stage, Supervisor, Task, lock, panic_message};
use attempt::AttemptResult;
use futures::FutureExt;
use futures::future::join_all;
use lru::LruCache;
use std::collections::HashSet;
use std::num::NonZeroUsize;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, watch};
use tokio_util::sync::CancellationToken;

/// Lanes that are worked on at a time, those that do well and those that do not.
const PARTITIONS: usize = 64;
const SUSPECTS: usize = 64;
/// What is under way in one lane at most.
const WIDTH: usize = 16;
/// After so many a lane makes room for another one.
const PARTITION_BATCH: usize = 512;
/// Lanes that are remembered for their last failure.
const REMEMBERED: NonZeroUsize = NonZeroUsize::new(65_536).expect("it is not zero");
/// A receiver that takes longer is slow.
const SLOW: Duration = Duration::from_secs(2);
/// Lanes that are looked at in one read.
const PARTITIONS_PER_READ: u32 = 512;
/// Wake-ups that come so close to each other are one.
const GATHER: Duration = Duration::from_millis(5);
/// Pause before a store that failed is asked again.
const RETRY: Duration = Duration::from_millis(500);
/// How long a server that closes waits for what is under way.
const TIMEOUT: Duration = Duration::from_secs(20);

#[derive(Clone)]
pub struct Deliverer(Arc<Inner>);

struct Inner {
    store: Arc<dyn Store>,
    customers: Arc<Customers>,
    transport: Arc<dyn Transport>,
    /// Nothing is sent without it.
    lease: Arc<Lease>,
    wake: Notify,
    partitions: Mutex<Partitions>,
    /// How many lanes are worked on, for whoever waits until none is.
    busy: watch::Sender<usize>,
    well: Arc<Semaphore>,
    suspects: Arc<Semaphore>,
    supervisor: Supervisor,
    closing: CancellationToken,
}

struct Partitions {
    busy: HashSet<i64>,
    suspect: LruCache<i64, ()>,
    /// The lane that was begun last: the next look goes on after it.
    last: i64,
}

impl Deliverer {
    pub fn new(
        store: Arc<dyn Store>,
        customers: Arc<Customers>,
        transport: Arc<dyn Transport>,
        lease: Arc<Lease>,
        supervisor: Supervisor,
    ) -> Deliverer {
        let partitions = Partitions { busy: HashSet::new(), suspect: LruCache::new(REMEMBERED), last: i64::MIN };
        Deliverer(Arc::new(Inner {
            store,
            customers,
            transport,
            lease,
            wake: Notify::new(),
            partitions: Mutex::new(partitions),
            busy: watch::Sender::new(0),
            well: Arc::new(Semaphore::new(PARTITIONS)),
            suspects: Arc::new(Semaphore::new(SUSPECTS)),
            closing: supervisor.closing(Stage::Outbox),
            supervisor,
        }))
    }

    /// Sends from now on. What an earlier process had begun is settled before, once.
    pub fn start(&self) {
        let deliverer = self.clone();
        self.0.supervisor.spawn(Stage::Outbox, "outbox", move |task| deliverer.clone().run(task));
    }

    /// There is something new to be sent.
    pub fn wake(&self) {
        self.0.wake.notify_one();
    }

    /// Begins nothing more, and waits a while for what is under way.
    pub async fn close(&self) {
        self.0.supervisor.stop(Stage::Outbox).await;
        let mut busy = self.0.busy.subscribe();
        let _ = tokio::time::timeout(TIMEOUT, busy.wait_for(|busy| *busy == 0)).await;
    }

    async fn run(self, task: Task) {
        loop {
            let pause = match self.look(&task).await {
                Ok(Some(due)) => Duration::from_micros((due - Clock::now().0).max(0) as u64),
                Ok(None) => Duration::from_secs(3_600),
                Err(error) => {
                    tracing::warn!(%error, "the outbox cannot be read; it is tried again");
                    RETRY
                }
            };
            tokio::select! {
                _ = self.0.wake.notified() => {}
                _ = tokio::time::sleep(pause) => {}
                () = task.closing() => return,
            }
            tokio::time::sleep(GATHER).await;
        }
    }

    /// Begins the lanes that have something due, as far as there are places, and says when the next thing is due.
    async fn look(&self, task: &Task) -> Result<Option<Micros>> {
        let now = Clock::now().0;
        let (mut due, mut after) = (Vec::new(), None);
        loop {
            let (partitions, last) = self.0.store.due_partitions(now, after, PARTITIONS_PER_READ).await?;
            due.extend(partitions);
            match last {
                Some(last) => after = Some(last),
                None => break,
            }
        }
        if !due.is_empty() {
            task.failpoint().await;
        }
        let last = lock(&self.0.partitions).last;
        let next = due.partition_point(|partition| *partition <= last);
        due.rotate_left(next);
        due.into_iter().for_each(|partition| self.begin(partition));
        Ok(self.0.store.next_due(now).await?)
    }

    fn begin(&self, partition: i64) {
        let mut partitions = lock(&self.0.partitions);
        if partitions.busy.contains(&partition) {
            return;
        }
        let suspect = partitions.suspect.contains(&partition);
        let places = if suspect { &self.0.suspects } else { &self.0.well };
        // Without a place it waits for the next look, which comes when a lane is done.
        let Ok(permit) = places.clone().try_acquire_owned() else { return };
        partitions.busy.insert(partition);
        partitions.last = partition;
        self.0.busy.send_replace(partitions.busy.len());
        tokio::spawn(self.clone().work(partition, suspect, permit));
    }

    async fn work(self, partition: i64, suspect: bool, permit: OwnedSemaphorePermit) {
        let mut permit = Some(permit);
        // A panic costs the lane its turn, and nobody else's.
        let sending = AssertUnwindSafe(self.send_all(partition, suspect, &mut permit)).catch_unwind().await;
        let result = match sending {
            Ok(Ok(well)) => Some(well),
            Ok(Err(error)) => {
                tracing::warn!(%error, "what was sent cannot be noted; it is tried again");
                tokio::time::sleep(RETRY).await;
                None
            }
            Err(panic) => {
                tracing::error!(why = panic_message(&*panic), "sending panicked; it is tried again");
                tokio::time::sleep(RETRY).await;
                Some(false)
            }
        };
        let mut partitions = lock(&self.0.partitions);
        match result {
            Some(true) => drop(partitions.suspect.pop(&partition)),
            Some(false) => drop(partitions.suspect.put(partition, ())),
            None => {}
        }
        partitions.busy.remove(&partition);
        self.0.busy.send_replace(partitions.busy.len());
        drop(permit);
        self.wake();
    }

    /// Sends what is due in a lane for a while, and says whether it does well.
    async fn send_all(&self, partition: i64, suspect: bool, permit: &mut Option<OwnedSemaphorePermit>) -> Result<bool> {
        let (mut width, mut sent, mut well) = (1, 0, !suspect);
        while sent < PARTITION_BATCH && !self.0.closing.is_cancelled() {
            let due = self.0.store.due_outgoing(partition, Clock::now().0, width as u32).await?;
            if due.is_empty() {
                break;
            }
            // What failed before may fail again, and slowly: after a restart this is how dead receivers are known.
            if well && due[0].attempts > 0 {
                return Ok(false);
            }
            let mut sending = pin!(join_all(due.iter().map(|stored| self.attempt(stored))));
            let (result, quick) = match tokio::time::timeout(SLOW, &mut sending).await {
                Ok(result) => (result, true),
                Err(_) => {
                    // Only those that begin wait without a place, and each for no longer than a receiver is given.
                    if !suspect && permit.take().is_some() {
                        self.wake();
                    }
                    (sending.await, false)
                }
            };
            sent += due.len();
            let result = result.into_iter().collect::<Result<Vec<AttemptResult>>>()?;
            if result.contains(&AttemptResult::Failed) {
                return Ok(false);
            }
            width = (width * 2).min(WIDTH);
            let was = std::mem::replace(&mut well, quick);
            if was != well {
                // It goes on among its like.
                break;
            }
        }
        Ok(well)
    }
}

/// How long ago something was.
fn age(since: Micros, now: Time) -> Duration {
    Duration::from_micros(now.0.saturating_sub(since).max(0) as u64)
}
