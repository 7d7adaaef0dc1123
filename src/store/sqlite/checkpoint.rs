//! Keeps the write-ahead log short without making commits wait.
//!
//! Copying the log's pages into the file and flushing them takes tens of milliseconds, and the log starts over only at a
//! moment when every page of it is copied and nobody reads it. A task that copies behind the writer's back never finds
//! that moment while the writer goes on, so it does the bulk, and flushes, several times over, until little more than
//! what was written during the last pass is missing; that little the writer copies itself, between two groups.

use super::Result;
use super::location::BUSY;
use super::unavailable;
use crate::supervisor::{Stage, Supervisor, Task};
use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, Connection, Executor, Row};
use std::fs::File;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;
use tokio::sync::{Mutex, Notify};

/// Pages in the log (4 KiB each) at which the task begins.
const BEGIN: u32 = 4_096;
/// Pages that may be written before the writer asks how many there are.
const ASK: usize = 1_024;
/// Missing pages that are little enough for the writer.
const LITTLE: u32 = 256;
/// Passes after which the task hands over whatever is missing.
const PASSES: usize = 6;
/// Pages in the log at which the writer waits for readers, since they have kept the log from starting over so far.
const BOUND: u32 = 32_768;
/// How long it waits for them.
const READERS: Duration = Duration::from_millis(50);

/// What the writer and the task tell each other. It outlives the task, which is started again when it fails.
struct Shared {
    /// The task's connection; none once it is closed.
    background: Mutex<Option<SqliteConnection>>,
    /// What the task flushes.
    file: Arc<File>,
    /// The task shall begin.
    asked: Notify,
    /// Pages in the log, by the writer.
    pages: AtomicU32,
    /// The task is at work: set by the writer, cleared by the task when the rest is the writer's.
    copying: AtomicBool,
}

/// The writer's side.
pub(super) struct Checkpoints {
    shared: Arc<Shared>,
    supervisor: Supervisor,
    /// The task was asked, and what it leaves is still to be copied.
    asked: bool,
    /// Pages written since the log was measured, about.
    unmeasured: usize,
    /// Pages in the log at which the writer waits for readers the next time.
    bound: u32,
}

impl Checkpoints {
    /// `background` is the task's connection, `file` what it flushes.
    pub fn start(background: SqliteConnection, file: Arc<File>, supervisor: Supervisor) -> Checkpoints {
        let shared = Arc::new(Shared {
            background: Mutex::new(Some(background)),
            file,
            asked: Notify::new(),
            pages: AtomicU32::default(),
            copying: AtomicBool::default(),
        });
        let copied = shared.clone();
        supervisor.spawn(Stage::Store, "checkpoints", move |task| copied.clone().copy_when_asked(task));
        Checkpoints { shared, supervisor, asked: false, unmeasured: 0, bound: BOUND }
    }

    /// The writer's turn between two groups, on its own connection. The last group wrote about so many pages.
    pub async fn after_group(&mut self, db: &mut SqliteConnection, written: usize) {
        if let Err(error) = self.checkpoint_once(db, written).await {
            tracing::warn!("the write-ahead log could not be copied: {error}");
        }
    }

    async fn checkpoint_once(&mut self, db: &mut SqliteConnection, written: usize) -> Result<()> {
        self.unmeasured += written;
        let copying = self.shared.copying.load(Ordering::Acquire);
        if self.unmeasured < ASK {
            return if self.asked && !copying { self.finish(db, None).await } else { Ok(()) };
        }
        self.unmeasured = 0;
        // SQLite would tell a hook after each commit; sqlx has none. This copies nothing.
        let (pages, _) = checkpoint(db, "pragma wal_checkpoint(noop)").await?;
        self.shared.pages.store(pages, Ordering::Relaxed);
        if pages < BOUND {
            self.bound = BOUND;
        }
        if pages >= self.bound && !copying {
            // Somebody outside may read for hours: after a vain wait the log may grow before the next one.
            self.bound = pages.saturating_add(BEGIN);
            self.finish(db, Some(READERS)).await
        } else if self.asked && !copying {
            self.finish(db, None).await
        } else {
            if pages >= BEGIN && !self.asked {
                self.asked = true;
                self.shared.copying.store(true, Ordering::Release);
                self.shared.asked.notify_one();
            }
            Ok(())
        }
    }

    /// Copies what is missing. The next commit begins the log anew, unless a reader stands in it still.
    async fn finish(&mut self, db: &mut SqliteConnection, wait: Option<Duration>) -> Result<()> {
        self.asked = false;
        let Some(wait) = wait else {
            return checkpoint(db, "pragma wal_checkpoint(passive)").await.map(drop);
        };
        busy_timeout(db, wait).await?;
        let done = checkpoint(db, "pragma wal_checkpoint(restart)").await;
        busy_timeout(db, BUSY).await?;
        done.map(drop)
    }

    /// Ends the task. Gives back the file, to be let go of when no connection is left.
    pub async fn stop(self) -> Arc<File> {
        self.supervisor.stop(Stage::Store).await;
        if let Some(db) = self.shared.background.lock().await.take()
            && let Err(error) = db.close().await
        {
            tracing::warn!("the checkpoint task's connection was not closed in order: {error}");
        }
        self.shared.file.clone()
    }
}

impl Shared {
    async fn copy_when_asked(self: Arc<Shared>, task: Task) {
        // A task before this one may have failed at work: what it has not copied is the writer's.
        self.copying.store(false, Ordering::Release);
        let mut background = self.background.lock().await;
        let Some(db) = background.as_mut() else { return };
        loop {
            tokio::select! {
                () = self.asked.notified() => {}
                () = task.closing() => return,
            }
            task.failpoint().await;
            for _ in 0..PASSES {
                match copy(db, &self.file).await {
                    Ok(copied) if self.pages.load(Ordering::Relaxed).saturating_sub(copied) > LITTLE => {}
                    Ok(_) => break,
                    Err(error) => {
                        tracing::warn!("the write-ahead log could not be copied: {error}");
                        break;
                    }
                }
            }
            self.copying.store(false, Ordering::Release);
        }
    }
}

/// SQLite flushes the file only when the very last page is copied, which is the writer's part. Without the flush here the
/// writer would pay for all that the task has copied.
async fn copy(db: &mut SqliteConnection, file: &Arc<File>) -> Result<u32> {
    let (_, copied) = checkpoint(db, "pragma wal_checkpoint(passive)").await?;
    let file = file.clone();
    let flushed = tokio::task::spawn_blocking(move || file.sync_data()).await;
    flushed.map_err(std::io::Error::other).flatten().map_err(|error| unavailable(error.to_string()))?;
    Ok(copied)
}

/// How many pages are in the log, and how many of them are in the file now.
async fn checkpoint(db: &mut SqliteConnection, pragma: &'static str) -> Result<(u32, u32)> {
    let row = db.fetch_one(sqlx::query(pragma)).await?;
    let pages = |column| row.try_get::<i64, _>(column).map(|pages| u32::try_from(pages).unwrap_or(0));
    Ok((pages(1)?, pages(2)?))
}

async fn busy_timeout(db: &mut SqliteConnection, time: Duration) -> Result<()> {
    let pragma = AssertSqlSafe(format!("pragma busy_timeout = {}", time.as_millis()));
    Ok(db.execute(pragma).await.map(drop)?)
}
