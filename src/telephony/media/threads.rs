//! The threads of media: each runs a [`Worker`] with the sockets of its legs.
//!
//! A thread sleeps until a packet comes, a command comes or the next tick is due. Ticks follow an absolute schedule that is the
//! same in all threads. After a stall at most three frames of each leg are sent late; what is older is dropped, because a burst
//! would only fill the buffer of the remote party.

mod poller;
mod schedule;

use super::leg::{Leg, LegCommand, LegId, LegSettings};
use super::quality::Quality;
use super::sockets::Sockets;
use super::worker::About;
use crate::telemetry::phones::MediaTotals;
use poller::{Pair, Poller};
use std::collections::HashMap;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Sender, SyncSender, TrySendError};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::{self, JoinHandle};
use std::time::Instant;
use tokio::sync::oneshot;

/// Commands that wait for one thread.
const QUEUE: usize = 4_096;

/// Why a command was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MediaError {
    #[error("there is no such leg")]
    Gone,
    #[error("the media workers are overloaded")]
    Busy,
}

/// A command to a worker.
enum Order {
    Open(Box<Leg>, Pair),
    Leg(LegId, LegCommand),
    Bridge(LegId, LegId),
    Unbridge(LegId),
    /// A leg will come from another worker.
    Expect(LegId),
    /// A leg is to go to another worker.
    Depart(LegId, usize),
}

impl About for Order {
    fn legs(&self) -> [Option<LegId>; 2] {
        match self {
            Order::Leg(leg, _) | Order::Unbridge(leg) | Order::Depart(leg, _) => [Some(*leg), None],
            Order::Bridge(one, other) => [Some(*one), Some(*other)],
            Order::Open(..) | Order::Expect(_) => [None, None],
        }
    }
}

/// A leg that comes from another worker. At most as many as there are legs.
enum Arrival {
    Leg(Box<Leg>, Pair),
    /// It had ended before it could leave.
    Gone(LegId),
}

/// What a thread counts, for metrics.
#[derive(Debug, Default)]
pub struct MediaCounters {
    pub legs: AtomicUsize,
    /// Ticks that began more than 5 ms late, and those that were dropped.
    pub late_ticks: AtomicU64,
    pub dropped_ticks: AtomicU64,
    /// The latest tick of the last second, in µs.
    pub latest_us: AtomicU64,
    pub sent: AtomicU64,
    /// Packets that the system did not take.
    pub unsent: AtomicU64,
    pub received: AtomicU64,
    pub malformed: AtomicU64,
    pub payload_type: AtomicU64,
    pub strangers: AtomicU64,
    pub untimely: AtomicU64,
    /// Of legs that have ended.
    pub lost: AtomicU64,
    pub concealed_ms: AtomicU64,
}

impl MediaCounters {
    /// Returns what the metrics show.
    pub fn totals(&self) -> MediaTotals {
        let number = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        MediaTotals {
            legs: self.legs.load(Ordering::Relaxed),
            late_ticks: number(&self.late_ticks),
            dropped_ticks: number(&self.dropped_ticks),
            sent: number(&self.sent),
            received: number(&self.received),
            malformed: number(&self.malformed),
            payload_type: number(&self.payload_type),
            strangers: number(&self.strangers),
            untimely: number(&self.untimely),
            lost: number(&self.lost),
            concealed_ms: number(&self.concealed_ms),
        }
    }
}

/// How others reach a thread.
struct Station {
    orders: SyncSender<Order>,
    arrivals: Sender<Arrival>,
    waker: mio::Waker,
    counters: Arc<MediaCounters>,
}

/// The media of this process. Dropping it ends the threads and all legs.
pub struct Media {
    stations: Arc<[Station]>,
    /// The worker of each leg. Held while an order is sent, so that orders are in one order for all.
    places: Mutex<HashMap<LegId, usize>>,
    stopping: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
    next: AtomicU64,
}

impl Media {
    /// Starts the threads, `media-0` and so on.
    pub fn start(workers: usize) -> io::Result<Media> {
        let (epoch, stopping) = (Instant::now(), Arc::new(AtomicBool::new(false)));
        let (mut stations, mut pollers) = (Vec::new(), Vec::new());
        for _ in 0..workers.max(1) {
            let (orders, unread) = mpsc::sync_channel(QUEUE);
            let (arrivals, arriving) = mpsc::channel();
            let counters = Arc::new(MediaCounters::default());
            let (poller, waker) = Poller::new(epoch, unread, arriving, counters.clone(), stopping.clone())?;
            stations.push(Station { orders, arrivals, waker, counters });
            pollers.push(poller);
        }
        let stations: Arc<[Station]> = stations.into();
        let mut media = Media {
            stations: stations.clone(),
            places: Mutex::default(),
            stopping,
            threads: Vec::new(),
            next: AtomicU64::new(1),
        };
        for (n, poller) in pollers.into_iter().enumerate() {
            let others = stations.clone();
            let thread = thread::Builder::new().name(format!("media-{n}"));
            media.threads.push(thread.spawn(move || poller.run(&others))?);
        }
        Ok(media)
    }

    /// Returns an id for the next leg.
    pub fn next_leg(&self) -> LegId {
        LegId(self.next.fetch_add(1, Ordering::Relaxed))
    }

    /// Creates a leg on the worker that has the fewest.
    pub fn open(&self, settings: LegSettings, sockets: Sockets) -> Result<(), MediaError> {
        let id = settings.id;
        let leg = Box::new(Leg::new(settings, Instant::now()));
        let mut places = self.places();
        let legs = |worker: &usize| self.stations[*worker].counters.legs.load(Ordering::Relaxed);
        let worker = (0..self.stations.len()).min_by_key(legs).unwrap_or_default();
        self.send(worker, Order::Open(leg, Pair::from(sockets)))?;
        self.stations[worker].counters.legs.fetch_add(1, Ordering::Relaxed);
        places.insert(id, worker);
        Ok(())
    }

    /// Passes a command to a leg, without waiting. A prompt that is to be played should be
    /// [prepared](crate::telephony::sounds::Prompt::prepare) before.
    pub fn command(&self, leg: LegId, command: LegCommand) -> Result<(), MediaError> {
        let mut places = self.places();
        let worker = *places.get(&leg).ok_or(MediaError::Gone)?;
        let closes = matches!(command, LegCommand::Close { .. });
        self.send(worker, Order::Leg(leg, command))?;
        if closes {
            places.remove(&leg);
            self.stations[worker].counters.legs.fetch_sub(1, Ordering::Relaxed);
        }
        Ok(())
    }

    /// Ends a leg. The quality comes when its thread has ended it, within a few milliseconds.
    pub fn close(&self, leg: LegId) -> Result<oneshot::Receiver<Box<Quality>>, MediaError> {
        let (quality, told) = oneshot::channel();
        self.command(leg, LegCommand::Close { quality }).map(|()| told)
    }

    /// Lets two legs hear each other, and no longer those that they heard before. If they are on different workers, the
    /// second one moves.
    pub fn bridge(&self, one: LegId, other: LegId) -> Result<(), MediaError> {
        let mut places = self.places();
        let worker = *places.get(&one).ok_or(MediaError::Gone)?;
        let from = *places.get(&other).ok_or(MediaError::Gone)?;
        if worker != from {
            self.send(worker, Order::Expect(other))?;
            if let Err(error) = self.send(from, Order::Depart(other, worker)) {
                self.stations[worker].arrive(Arrival::Gone(other));
                return Err(error);
            }
            places.insert(other, worker);
            self.stations[from].counters.legs.fetch_sub(1, Ordering::Relaxed);
            self.stations[worker].counters.legs.fetch_add(1, Ordering::Relaxed);
        }
        self.send(worker, Order::Bridge(one, other))
    }

    /// Ends the bridge that a leg is in.
    pub fn unbridge(&self, leg: LegId) -> Result<(), MediaError> {
        let places = self.places();
        let worker = *places.get(&leg).ok_or(MediaError::Gone)?;
        self.send(worker, Order::Unbridge(leg))
    }

    /// The counters of each worker.
    pub fn counters(&self) -> impl Iterator<Item = &MediaCounters> {
        self.stations.iter().map(|station| &*station.counters)
    }

    fn send(&self, worker: usize, order: Order) -> Result<(), MediaError> {
        let station = &self.stations[worker];
        match station.orders.try_send(order) {
            Ok(()) => {
                station.wake();
                Ok(())
            }
            Err(TrySendError::Full(_)) => Err(MediaError::Busy),
            Err(TrySendError::Disconnected(_)) => Err(MediaError::Gone),
        }
    }

    fn places(&self) -> MutexGuard<'_, HashMap<LegId, usize>> {
        self.places.lock().expect("no code panics under this lock")
    }
}

impl Drop for Media {
    fn drop(&mut self) {
        self.stopping.store(true, Ordering::Release);
        self.stations.iter().for_each(Station::wake);
        for thread in self.threads.drain(..) {
            if thread.join().is_err() {
                tracing::error!("a media thread has panicked");
            }
        }
    }
}

impl Station {
    fn wake(&self) {
        if let Err(error) = self.waker.wake() {
            // It wakes up for its next tick all the same.
            tracing::warn!(%error, "cannot wake a media thread");
        }
    }

    fn arrive(&self, arrival: Arrival) {
        // A thread that has ended has no legs.
        if self.arrivals.send(arrival).is_ok() {
            self.wake();
        }
    }
}
