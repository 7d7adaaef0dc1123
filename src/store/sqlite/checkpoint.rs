//! Keeps the write-ahead log short without making commits wait.
//!
//! Copying the log's pages into the file takes tens of milliseconds, and the log starts over only at a moment when every
//! page of it is copied and nobody reads it. A thread that copies behind the writer's back never finds that moment while
//! the writer goes on, so it does the bulk, several times over, until little more than what was written during the last
//! pass is missing; that little the writer copies itself, between two groups.

use super::{Result, unavailable};
use rusqlite::Connection;
use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{Builder, JoinHandle};

/// Pages in the log (4 KiB each) at which the thread begins.
const BEGIN: u32 = 4_096;
/// Missing pages that the writer copies itself without being asked to wait.
const LITTLE: u32 = 256;
/// Passes after which the thread hands over whatever is missing.
const PASSES: usize = 6;
/// Pages in the log at which the writer waits, for readers too, until the log starts over: the bound.
const BOUND: u32 = 65_536;

thread_local! {
    /// Pages in the log after the last commit on this thread, as SQLite tells its hook, which carries no state.
    static PAGES: Cell<u32> = const { Cell::new(0) };
}

/// What the writer and the thread tell each other.
#[derive(Default)]
struct Shared {
    /// Pages in the log, by the writer.
    pages: AtomicU32,
    /// The thread copies: set by the writer, cleared by the thread when the rest is the writer's.
    copying: AtomicBool,
}

/// The writer's side.
pub(super) struct Checkpoints {
    shared: Arc<Shared>,
    begin: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
    /// The thread was asked, so what it leaves is to be finished.
    asked: bool,
}

impl Checkpoints {
    /// `db` is the writer's connection, `background` the thread's.
    pub fn start(db: &Connection, background: Connection) -> Result<Checkpoints> {
        db.wal_hook(Some(|_, pages| {
            PAGES.set(u32::try_from(pages).unwrap_or(0));
            Ok(())
        }));
        let shared = Arc::new(Shared::default());
        let (begin, asked) = sync_channel(1);
        let theirs = shared.clone();
        let thread = Builder::new()
            .name("store-checkpoint".to_owned())
            .spawn(move || copy_when_asked(&background, &asked, &theirs))
            .map_err(|error| unavailable(format!("the checkpoint thread did not start: {error}")))?;
        Ok(Checkpoints { shared, begin: Some(begin), thread: Some(thread), asked: false })
    }

    /// The writer's turn between two groups, on its own thread and connection.
    pub fn after_group(&mut self, db: &Connection) {
        let pages = PAGES.get();
        self.shared.pages.store(pages, Ordering::Relaxed);
        if pages >= BOUND {
            self.finish(db, "pragma wal_checkpoint(restart)");
        } else if self.asked && !self.shared.copying.load(Ordering::Acquire) {
            self.finish(db, "pragma wal_checkpoint(passive)");
        } else if pages >= BEGIN && !self.asked {
            self.asked = true;
            self.shared.copying.store(true, Ordering::Release);
            if let Some(begin) = &self.begin {
                let _ = begin.try_send(());
            }
        }
    }

    fn finish(&mut self, db: &Connection, pragma: &str) {
        match checkpoint(db, pragma) {
            // The next commit begins the log anew; if a reader still stands in it, a later one will.
            Ok(_) => self.asked = self.shared.copying.load(Ordering::Acquire),
            Err(error) => tracing::warn!("the write-ahead log could not be copied: {error}"),
        }
    }

    /// Ends the thread.
    pub fn stop(&mut self) {
        self.begin.take();
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the checkpoint thread panicked");
        }
    }
}

fn copy_when_asked(db: &Connection, asked: &Receiver<()>, shared: &Shared) {
    while asked.recv().is_ok() {
        for _ in 0..PASSES {
            match checkpoint(db, "pragma wal_checkpoint(passive)") {
                Ok(copied) if shared.pages.load(Ordering::Relaxed).saturating_sub(copied) > LITTLE => {}
                Ok(_) => break,
                Err(error) => {
                    tracing::warn!("the write-ahead log could not be copied: {error}");
                    break;
                }
            }
        }
        shared.copying.store(false, Ordering::Release);
    }
}

/// How many pages of the log are in the file now.
fn checkpoint(db: &Connection, pragma: &str) -> Result<u32> {
    let copied: i64 = db.prepare_cached(pragma)?.query_row([], |row| row.get(2))?;
    Ok(u32::try_from(copied).unwrap_or(0))
}
