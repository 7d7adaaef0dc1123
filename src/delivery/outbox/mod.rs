//! The deliverer: sends the items of the outbox.
//!
//! Items for one receiver share a partition. One task at a time works on a partition. It tries one item first and, while
//! all goes well, twice as many at a time, up to a bound; on the first failure it stops. Partitions that fail or are slow
//! have their own permits, and a partition that turns out to be slow returns its permit while it waits. So however many
//! receivers are down, the others soon get a permit.
//!
//! The customers take turns ([`turns`]), and each has a limit of permits: however many receivers one has and however slow
//! they are, the others are served.
//!
//! A webhook is retried under one id until it is accepted or given up. A message or a mail is marked as started before it
//! is sent; one that is found started when the server begins may have been sent, and is not sent again.

mod attempt;
mod transport;
mod turns;

pub use transport::{MailMessage, Outcome, Post, Text, Transport, Verdict};

use super::customers::Customers;
use crate::clock::Clock;
use crate::cluster::lease::Lease;
use crate::error::Result;
use crate::memory::{Budget, Share};
use crate::model::time::Time;
use crate::store::{Micros, OUTBOX_BYTES, Store};
use crate::supervisor::{Stage, Supervisor, Task, lock, panic_message};
use attempt::AttemptResult;
use futures::FutureExt;
use futures::future::join_all;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;
use turns::{Begun, PartitionPermit, Partitions};

/// The most concurrent attempts in one partition.
const WIDTH: usize = 16;
/// After this many items a partition makes room for another one.
const PARTITION_BATCH: usize = 512;
/// A receiver that takes longer is slow.
const SLOW: Duration = Duration::from_secs(2);
/// Wake-ups within this time are combined.
const GATHER: Duration = Duration::from_millis(5);
/// The longest time after which the due times are compared with the clock again: it may be set, or the machine may sleep.
const LOOK_AGAIN: Duration = Duration::from_secs(10);
/// Pause before an access to the store that failed is retried.
const RETRY: Duration = Duration::from_millis(500);
/// How long a closing server waits for attempts in progress.
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
    partitions: Arc<Mutex<Partitions>>,
    /// How many partitions are worked on, for waiting until there are none.
    busy: watch::Sender<usize>,
    /// Bytes of items that are sent at the same time as others of their partition.
    bytes: Budget,
    supervisor: Supervisor,
    closing: CancellationToken,
}

impl Deliverer {
    pub fn new(
        store: Arc<dyn Store>,
        customers: Arc<Customers>,
        transport: Arc<dyn Transport>,
        lease: Arc<Lease>,
        supervisor: Supervisor,
        share: Share,
    ) -> Deliverer {
        Deliverer(Arc::new(Inner {
            store,
            customers,
            transport,
            lease,
            wake: Notify::new(),
            partitions: Arc::default(),
            busy: watch::Sender::new(0),
            bytes: Budget::new(share),
            closing: supervisor.closing(Stage::Outbox),
            supervisor,
        }))
    }

    /// Starts sending. Items that an earlier process had started are settled before, once.
    pub fn start(&self) {
        let deliverer = self.clone();
        self.0.supervisor.spawn(Stage::Outbox, "outbox", move |task| deliverer.clone().run(task));
    }

    /// Wakes up the outbox: there is a new item.
    pub fn wake(&self) {
        self.0.wake.notify_one();
    }

    /// Starts no more attempts, and waits a while for those in progress.
    pub async fn close(&self) {
        self.0.supervisor.stop(Stage::Outbox).await;
        let mut busy = self.0.busy.subscribe();
        let _ = tokio::time::timeout(TIMEOUT, busy.wait_for(|busy| *busy == 0)).await;
    }

    async fn run(self, task: Task) {
        let mut round = turns::Round::default();
        loop {
            let pause = match self.look(&mut round, &task).await {
                Ok(Some(due)) => Duration::from_micros((due - Clock::now().0).max(0) as u64).min(LOOK_AGAIN),
                Ok(None) => Duration::from_secs(3_600),
                Err(error) => {
                    tracing::warn!(%error, "the outbox cannot be read; retrying");
                    RETRY
                }
            };
            let pause = if round.is_unfinished() { pause.min(turns::PAUSE) } else { pause };
            tokio::select! {
                _ = self.0.wake.notified() => round.renew(),
                _ = tokio::time::sleep(pause) => if !round.is_unfinished() { round.renew() },
                () = task.closing() => return,
            }
            tokio::time::sleep(GATHER).await;
        }
    }

    /// Starts work on a partition, if there are permits.
    fn begin(&self, partition: i64) -> Begun {
        let mut partitions = lock(&self.0.partitions);
        let begun = partitions.begin(partition);
        if let Begun::Now { suspect } = begun {
            self.0.busy.send_replace(partitions.busy());
            let permit = PartitionPermit::new(self.0.partitions.clone(), partition, suspect);
            tokio::spawn(self.clone().work(partition, suspect, permit));
        }
        begun
    }

    async fn work(self, partition: i64, suspect: bool, permit: PartitionPermit) {
        let mut permit = Some(permit);
        // A panic ends only the turn of this partition.
        let sending = AssertUnwindSafe(self.send_all(partition, suspect, &mut permit)).catch_unwind().await;
        let result = match sending {
            Ok(Ok(well)) => Some(well),
            Ok(Err(error)) => {
                tracing::warn!(%error, "the result of a delivery cannot be stored; retrying");
                tokio::time::sleep(RETRY).await;
                None
            }
            Err(panic) => {
                tracing::error!(why = panic_message(&*panic), "work on an outbox partition panicked; retrying");
                tokio::time::sleep(RETRY).await;
                Some(false)
            }
        };
        drop(permit);
        let mut partitions = lock(&self.0.partitions);
        partitions.end(partition, result);
        self.0.busy.send_replace(partitions.busy());
        self.wake();
    }

    /// Sends due items of a partition for a while. Returns whether the partition is healthy.
    async fn send_all(&self, partition: i64, suspect: bool, permit: &mut Option<PartitionPermit>) -> Result<bool> {
        let (mut width, mut sent, mut well) = (1, 0, !suspect);
        while sent < PARTITION_BATCH && !self.0.closing.is_cancelled() {
            // While the memory for several items at a time is taken, partitions send one after the other.
            let several = if width > 1 { self.0.bytes.try_take(OUTBOX_BYTES) } else { None };
            let now_sent = if several.is_some() { width } else { 1 };
            let due = self.0.store.due_outgoing(partition, Clock::now().0, now_sent as u32).await?;
            if due.is_empty() {
                break;
            }
            // An item that failed before may fail again, and slowly: after a restart this identifies receivers that are
            // down.
            if well && due[0].attempts > 0 {
                return Ok(false);
            }
            let mut sending = pin!(join_all(due.iter().map(|stored| self.attempt(stored))));
            let (result, quick) = match tokio::time::timeout(SLOW, &mut sending).await {
                Ok(result) => (result, true),
                Err(_) => {
                    // Only the first slow batch of a partition waits without a permit, no longer than the timeout of its
                    // receiver.
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
                // It continues among partitions like it.
                break;
            }
        }
        Ok(well)
    }
}

/// Returns how long ago something was.
fn age(since: Micros, now: Time) -> Duration {
    Duration::from_micros(now.0.saturating_sub(since).max(0) as u64)
}
