//! The threads that read, each with a connection of its own.

use super::{Gate, Result, unavailable};
use rusqlite::Connection;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread::{Builder, JoinHandle};
use tokio::sync::{mpsc, oneshot};

/// Reads that may wait before their callers do.
const WAITING: usize = 256;

type Read = Box<dyn FnOnce(&Connection) + Send>;

pub(super) struct Readers {
    reads: RwLock<Option<mpsc::Sender<Read>>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl Readers {
    pub fn start(connections: Vec<Connection>, gate: Gate) -> Result<Readers> {
        let (sender, reads) = mpsc::channel(WAITING);
        let reads = Arc::new(Mutex::new(reads));
        let mut threads = Vec::new();
        for db in connections {
            let (reads, gate) = (reads.clone(), gate.clone());
            let thread = Builder::new()
                .name("store-reader".to_owned())
                .spawn(move || serve(&db, &reads, &gate))
                .map_err(|error| unavailable(format!("a reader's thread did not start: {error}")))?;
            threads.push(thread);
        }
        Ok(Readers { reads: RwLock::new(Some(sender)), threads: Mutex::new(threads) })
    }

    /// Runs `read` on one of the threads. It sees every commit that was answered before.
    pub async fn read<T, F>(&self, read: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T> + Send + 'static,
    {
        let reads = self.reads.read().unwrap_or_else(PoisonError::into_inner).clone();
        let reads = reads.ok_or_else(|| unavailable("it is closed"))?;
        let (reply, answer) = oneshot::channel();
        let job: Read = Box::new(move |db| {
            // Nobody waits any more: the caller's deadline passed, or it hung up.
            if !reply.is_closed() {
                let _ = reply.send(read(db));
            }
        });
        reads.send(job).await.map_err(|_| unavailable("it is closed"))?;
        drop(reads);
        answer.await.unwrap_or_else(|_| Err(unavailable("the reader failed before it answered")))
    }

    /// Takes no more reads. Whoever joins the threads waits for those that were taken.
    pub fn stop(&self) -> Vec<JoinHandle<()>> {
        self.reads.write().unwrap_or_else(PoisonError::into_inner).take();
        std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn serve(db: &Connection, reads: &Mutex<mpsc::Receiver<Read>>, gate: &Gate) {
    loop {
        // The idle threads queue for the lock, and the one that holds it waits for work.
        let read = reads.lock().unwrap_or_else(PoisonError::into_inner).blocking_recv();
        let Some(read) = read else { return };
        let _shared = gate.as_ref().map(|gate| gate.read().unwrap_or_else(PoisonError::into_inner));
        if catch_unwind(AssertUnwindSafe(|| read(db))).is_err() {
            tracing::error!("a read panicked");
        }
    }
}
