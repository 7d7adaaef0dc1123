//! Keeps the write-ahead log short without making commits wait.
//!
//! Copying the log's pages into the file and flushing them takes tens of milliseconds, and the log restarts only at a
//! moment when all of its pages are copied and nobody reads it. A background task never finds that moment while the
//! writer keeps writing. So the task copies and flushes in several passes, until little more is missing than was
//! written during the last pass. The writer copies that rest itself, between two groups.

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

/// The number of pages in the log (4 KiB each) at which the task starts.
const BEGIN: u32 = 4_096;
/// The number of pages that the writer may write before it measures the log.
const ASK: usize = 1_024;
/// The number of missing pages that the writer can copy itself.
const LITTLE: u32 = 256;
/// The number of passes after which the task leaves the rest to the writer in any case.
const PASSES: usize = 6;
/// The number of pages in the log at which the writer waits for readers, because they have kept the log from
/// restarting.
const BOUND: u32 = 32_768;
/// How long the writer waits for readers.
const READERS: Duration = Duration::from_millis(50);

/// The state shared by the writer and the task. It outlives the task, which is restarted when it fails.
struct Shared {
    /// The task's connection; `None` once it is closed.
    background: Mutex<Option<SqliteConnection>>,
    /// The database file, which the task flushes.
    file: Arc<File>,
    /// Wakes up the task.
    asked: Notify,
    /// The number of pages in the log, measured by the writer.
    pages: AtomicU32,
    /// Whether the task is copying. The writer sets it, and the task clears it when it leaves the rest to the writer.
    copying: AtomicBool,
}

/// The writer's side of checkpoints.
pub(super) struct Checkpoints {
    shared: Arc<Shared>,
    supervisor: Supervisor,
    /// Whether the task was woken up and the rest is still to be copied.
    asked: bool,
    /// Roughly the number of pages written since the log was measured.
    unmeasured: usize,
    /// The number of pages in the log at which the writer next waits for readers.
    bound: u32,
}

impl Checkpoints {
    /// Starts the task. `background` is its connection, `file` the file that it flushes.
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

    /// Runs the writer's part between two groups, on its own connection. `written` is roughly the number of pages of
    /// the last group.
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
        // SQLite could report the size to a hook after each commit, but sqlx has no such hook. This copies nothing.
        let (pages, _) = checkpoint(db, "pragma wal_checkpoint(noop)").await?;
        self.shared.pages.store(pages, Ordering::Relaxed);
        if pages < BOUND {
            self.bound = BOUND;
        }
        if pages >= self.bound && !copying {
            // Another process may read for hours: after a wait without success, the log may grow before the next one.
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

    /// Copies the missing pages. The next commit restarts the log unless a reader still uses it.
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

    /// Ends the task. Returns the file, which must stay open until all connections are closed.
    pub async fn stop(self) -> Arc<File> {
        self.supervisor.stop(Stage::Store).await;
        if let Some(db) = self.shared.background.lock().await.take()
            && let Err(error) = db.close().await
        {
            tracing::warn!("the checkpoint task's connection was not closed cleanly: {error}");
        }
        self.shared.file.clone()
    }
}

impl Shared {
    async fn copy_when_asked(self: Arc<Shared>, task: Task) {
        // A previous task may have failed while copying. The writer copies what it left.
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

/// SQLite flushes the file only with the last page, which the writer copies. Without this flush the writer would have
/// to flush everything that the task has copied.
async fn copy(db: &mut SqliteConnection, file: &Arc<File>) -> Result<u32> {
    let (_, copied) = checkpoint(db, "pragma wal_checkpoint(passive)").await?;
    let file = file.clone();
    let flushed = tokio::task::spawn_blocking(move || file.sync_data()).await;
    flushed.map_err(std::io::Error::other).flatten().map_err(|error| unavailable(error.to_string()))?;
    Ok(copied)
}

/// Returns the number of pages in the log, and how many of them are in the file.
async fn checkpoint(db: &mut SqliteConnection, pragma: &'static str) -> Result<(u32, u32)> {
    let row = db.fetch_one(sqlx::query(pragma)).await?;
    let pages = |column| row.try_get::<i64, _>(column).map(|pages| u32::try_from(pages).unwrap_or(0));
    Ok((pages(1)?, pages(2)?))
}

async fn busy_timeout(db: &mut SqliteConnection, time: Duration) -> Result<()> {
    let pragma = AssertSqlSafe(format!("pragma busy_timeout = {}", time.as_millis()));
    Ok(db.execute(pragma).await.map(drop)?)
}
