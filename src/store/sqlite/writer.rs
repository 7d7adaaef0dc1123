//! The only connection that writes, and the tasks that use it.
//!
//! A commit that arrives while nobody writes starts a task on its own runtime, and so on its own core. That saves a
//! single commit two thread wake-ups. The commits that gather meanwhile are written by a dedicated thread until none
//! waits any more, so that no request and no step delays them.
//!
//! Callers are answered only when the transaction is durable, even those whose commits are refused: a refused commit
//! rolls its transaction back, and the rest of the group is written again.
//!
//! A panic while a group is written stops the server. Whether the group became durable is unknown, and its callers
//! would repeat their work or leave it out. So no caller is answered, nothing more is written, and the server shuts
//! down. The next start continues from the state of the database.

use super::checkpoint::Checkpoints;
use super::group::{self, Find, Group, Item, Next, Refusal};
use super::guard::Guard;
use super::readers::Readers;
use super::tail::Tail;
use super::trouble::Trouble;
use super::{Error, Gate, Result, copy, lists, rows, schema, unavailable};
use crate::store::queue::{Job, Queue, WriteTurn, answered};
use crate::store::{Commit, Committed, Groups, LogRow};
use crate::supervisor::{Supervisor, panic_message};
use futures::FutureExt;
use futures::future::BoxFuture;
use sqlx::sqlite::SqliteConnection;
use sqlx::{Connection, Executor};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fs::File;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use tokio::runtime::{Builder, Handle};
use tokio::sync::{Mutex, oneshot, watch};

/// The size of a page in bytes, and how many further pages a row may dirty in addition to those that it fills.
const PAGE: usize = 4_096;
const EXTRA_PAGES: usize = 3;

/// The reasons for refused commits, by their index in the group. `None` if nothing is in the way any more.
type Refused = BTreeMap<usize, Option<Error>>;

/// A handle of the writer.
#[derive(Clone)]
pub(super) struct Writer {
    queue: Arc<Queue>,
    /// `None` once it is closed.
    writing: Arc<Mutex<Option<Writing>>>,
    thread: Arc<Thread>,
}

/// A dedicated thread with its own runtime that writes the groups after the first. The operating system can schedule it
/// while the other threads are busy.
struct Thread {
    runtime: Handle,
    /// Dropping it ends the thread.
    _open: oneshot::Sender<()>,
}

impl Thread {
    fn start() -> Result<Arc<Thread>> {
        let failed = |error: std::io::Error| unavailable(format!("the writer's thread did not start: {error}"));
        let runtime = Builder::new_current_thread().build().map_err(failed)?;
        let (handle, (open, closed)) = (runtime.handle().clone(), oneshot::channel::<()>());
        let run = move || drop(runtime.block_on(closed));
        std::thread::Builder::new().name("store-writer".to_owned()).spawn(run).map_err(failed)?;
        Ok(Arc::new(Thread { runtime: handle, _open: open }))
    }
}

/// What is needed to write, held by one task at a time.
pub(super) struct Writing {
    pub db: SqliteConnection,
    pub gate: Gate,
    /// `None` in memory, and for a command, which leaves checkpoints to the server.
    pub checkpoints: Option<Checkpoints>,
    /// Only for a server, since nobody else then writes runs and the log.
    pub tail: Option<Arc<Tail>>,
    pub next: Next,
    pub groups: Option<Groups>,
    /// Rises after each group.
    pub growth: watch::Sender<u64>,
    /// Released only after all connections are closed.
    pub lock: Option<File>,
    /// The outcome of the last text is unknown, because the task that sent it ended before the response.
    pub torn: bool,
    /// A panic left the state unknown: nothing more is written.
    pub failed: bool,
    pub supervisor: Supervisor,
    /// Records whether writes succeed.
    pub trouble: Arc<Trouble>,
    /// Only for a server.
    pub guard: Option<Arc<Guard>>,
}

impl Writer {
    pub fn new(queue: Arc<Queue>, writing: Writing) -> Result<Writer> {
        Ok(Writer { queue, writing: Arc::new(Mutex::new(Some(writing))), thread: Thread::start()? })
    }

    /// Adds a commit and waits until it is durable. The commit completes even if the caller stops waiting.
    pub async fn commit(&self, commit: Commit) -> Result<Committed> {
        let (answer, write_turn) = self.queue.put(commit).await?;
        if let Some(write_turn) = write_turn {
            tokio::spawn(self.clone().write_first(write_turn));
        }
        answered(answer).await
    }

    async fn write_first(self, write_turn: WriteTurn) {
        // Lets requests that arrived together join the same group.
        tokio::task::yield_now().await;
        if self.write_group().await && self.queue.goes_on() {
            self.thread.clone().runtime.spawn(self.write_all(write_turn));
        }
    }

    async fn write_all(self, _turn: WriteTurn) {
        while self.write_group().await {
            // A caller that was just answered often commits again at once. Without this yield the first of them would
            // be written alone.
            tokio::task::yield_now().await;
        }
    }

    /// Writes the waiting commits. Returns false if there were none.
    async fn write_group(&self) -> bool {
        // Takes the group only once it can be written: nobody must find the queue empty while a group waits for the
        // lock.
        let mut writing = self.writing.lock().await;
        let Some(open) = writing.as_mut() else { return false };
        let Some(group) = self.queue.next() else { return false };
        let written = AssertUnwindSafe(open.write(group)).catch_unwind().await;
        if let Err(panic) = written {
            self.fail(open, &panic_message(&*panic));
            return false;
        }
        true
    }

    /// Stops writing.
    fn fail(&self, writing: &mut Writing, why: &str) {
        writing.failed = true;
        self.queue.close();
        while self.queue.next().is_some() {}
        writing.supervisor.fail("store_writer", format!("writing to the database panicked: {why}"));
    }

    /// Runs rare work in a separate transaction between two groups. The work completes even if the caller stops
    /// waiting.
    pub async fn write<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, Result<T>> + Send + 'static,
    {
        let writing = self.writing.clone();
        let done = tokio::spawn(async move {
            let mut writing = writing.lock().await;
            let open = writing.as_mut().filter(|writing| !writing.failed);
            let writing = open.ok_or_else(|| unavailable("it is closed"))?;
            writing.mend().await?;
            let _alone = alone(&writing.gate).await;
            let worked = writing.in_transaction(work).await;
            worked.inspect_err(|error| writing.failed_with(error))
        });
        done.await.unwrap_or_else(|_| Err(unavailable("the writer failed before it replied")))
    }

    /// Takes no more work, finishes the accepted work, and closes all connections.
    pub async fn close(&self, readers: &Readers) {
        self.queue.close();
        if let Some(mut writing) = self.writing.lock().await.take() {
            while let Some(group) = self.queue.next() {
                if !writing.failed
                    && let Err(panic) = AssertUnwindSafe(writing.write(group)).catch_unwind().await
                {
                    self.fail(&mut writing, &panic_message(&*panic));
                }
            }
            writing.close(readers).await;
        }
    }
}

/// Waits until nobody reads a database in memory.
async fn alone(gate: &Gate) -> Option<tokio::sync::OwnedRwLockWriteGuard<()>> {
    match gate {
        Some(gate) => Some(gate.clone().write_owned().await),
        None => None,
    }
}

impl Writing {
    /// Writes the group without the commits that are refused. If the group fails otherwise, writes each commit
    /// separately.
    async fn write(&mut self, mut group: Vec<Job>) {
        let mut find = Find::First;
        while !group.is_empty() {
            match self.attempt(&mut group, find).await {
                Ok(None) => {}
                // Refusals are rare. Only after a first one are all of them looked for.
                Ok(Some(_)) if find == Find::First => find = Find::All,
                Ok(Some(refused)) => group = refuse(group, refused),
                Err(error @ (Error::Unavailable(_) | Error::Full(_))) => {
                    return group.into_iter().for_each(|job| job.answer(Err(copy(&error))));
                }
                Err(error) if group.len() == 1 => {
                    return group.into_iter().zip([error]).for_each(|(job, error)| job.answer(Err(error)));
                }
                // Writes each commit separately, so that only the faulty one fails.
                Err(_) => {
                    for job in group {
                        Box::pin(self.write(vec![job])).await;
                    }
                    return;
                }
            }
        }
    }

    /// Tries one transaction. Either it writes and answers all commits, or it writes nothing and returns the refused
    /// ones.
    async fn attempt(&mut self, jobs: &mut Vec<Job>, find: Find) -> Result<Option<Refused>> {
        self.mend().await?;
        let _alone = alone(&self.gate).await;
        let commits: Vec<&Commit> = jobs.iter().map(Job::commit).collect();
        let Group { text, arguments, persistent, items, committed, next } = group::group(&commits, self.next, find)?;
        let pages = commits.iter().map(|it| weight(it)).sum();
        self.torn = true;
        // Frees the arguments on the thread that allocated them. If sqlx's thread freed them, the memory would come
        // back from another core's cache.
        let _kept = arguments.clone();
        let written = self.db.execute(sqlx::query_with(text, arguments).persistent(persistent)).await;
        if let Err(error) = written {
            if let Some(refused) = group::refused(&error) {
                self.torn = false;
                return Ok(Some(self.reasons(&items, refused).await?));
            }
            if let Err(error) = self.mend().await {
                tracing::warn!("a transaction may still be open: {error}");
            }
            let error = error.into();
            self.failed_with(&error);
            return Err(error);
        }
        self.trouble.passed();
        Supervisor::failpoint("store_writer").await;
        self.torn = false;
        self.next = next;
        if let Some(Groups(report)) = &self.groups {
            report(jobs.len());
        }
        if let Some(tail) = &self.tail {
            // Nobody else needs the records any more.
            let writes = jobs.iter_mut().zip(&committed).flat_map(|(job, done)| job.runs().iter_mut().zip(&done.runs));
            tail.append(writes.map(|(write, (run, position))| LogRow {
                position: *position,
                run: *run,
                record: std::mem::take(&mut write.record),
            }));
        }
        jobs.drain(..).zip(committed).for_each(|(job, done)| job.answer(Ok(done)));
        self.rise();
        if let Some(checkpoints) = &mut self.checkpoints {
            checkpoints.after_group(&mut self.db, pages).await;
        }
        Ok(None)
    }

    /// Runs work in a transaction. (sqlx's own transactions do not survive a commit that fails: SQLite has rolled it back,
    /// but sqlx believes that it is still open, and begins no other on this connection.)
    async fn in_transaction<T, F>(&mut self, work: F) -> Result<T>
    where
        F: for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, Result<T>>,
    {
        self.db.execute("begin immediate").await?;
        self.torn = true;
        let worked = match work(&mut self.db).await {
            Ok(value) => self.db.execute("commit").await.map(|_| value).map_err(Error::from),
            Err(error) => Err(error),
        };
        if worked.is_err()
            && let Err(error) = self.db.execute("rollback").await
        {
            // SQLite has rolled back already.
            tracing::debug!("there is nothing to roll back: {error}");
        }
        self.torn = false;
        worked
    }

    /// Records that a write failed, and has the files looked at: one may be missing.
    fn failed_with(&self, error: &Error) {
        self.trouble.failed(error);
        if let Some(guard) = &self.guard {
            guard.ask();
        }
    }

    /// Recovers from a text without a response, or from an error that may have left its transaction open.
    async fn mend(&mut self) -> Result<()> {
        if self.guard.as_ref().is_some_and(|guard| guard.is_lost()) {
            return Err(unavailable("its file was deleted or replaced"));
        }
        if self.torn {
            // Fails if no transaction is open.
            if let Err(error) = self.db.execute("rollback").await {
                tracing::debug!("there is nothing to roll back: {error}");
            }
        }
        // A server may write while this command runs.
        if self.torn || self.tail.is_none() {
            self.next = lists::next(&mut self.db).await?;
            if let Some(tail) = &self.tail {
                tail.restart(self.next.position - 1);
            }
            // The group may have been written after all, without a notification.
            self.rise();
        }
        self.torn = false;
        Ok(())
    }

    fn rise(&self) {
        self.growth.send_modify(|count| *count = count.wrapping_add(1));
    }

    async fn reasons(&mut self, items: &[Item<'_>], refused: Vec<usize>) -> Result<Refused> {
        let mut refused: Vec<_> = refused.into_iter().filter_map(|item| items.get(item.checked_sub(1)?)).collect();
        refused.sort_unstable_by_key(|item| item.order);
        let mut reasons = BTreeMap::new();
        for item in refused {
            if let Entry::Vacant(first) = reasons.entry(item.commit) {
                first.insert(reason(&mut self.db, item.refusal).await?);
            }
        }
        // Writing the same group again would be refused forever.
        match reasons.is_empty() {
            true => Err(Error::Broken("a group was refused without naming a row".to_owned())),
            false => Ok(reasons),
        }
    }

    /// Closes the connection that writes last: SQLite deletes the write-ahead log with the last connection, and not at
    /// all when two close at the same moment.
    async fn close(mut self, readers: &Readers) {
        readers.close().await;
        let file = match self.checkpoints {
            Some(checkpoints) => Some(checkpoints.stop().await),
            None => None,
        };
        if self.guard.is_some_and(|guard| guard.is_lost()) {
            // SQLite would delete the write-ahead log at the path of the file, which may be another database's now. The
            // connection ends with the process.
            std::mem::forget((self.db, file, self.lock));
            return;
        }
        // A writer that failed did not stop cleanly.
        if self.lock.is_some()
            && !self.failed
            && let Err(error) = schema::stop(&mut self.db).await
        {
            tracing::warn!("the database was not closed cleanly: {error}");
        }
        if let Err(error) = self.db.close().await {
            tracing::warn!("the database was not closed cleanly: {error}");
        }
        drop(file);
        drop(self.lock);
    }
}

/// Estimates how many pages a commit dirties.
fn weight(commit: &Commit) -> usize {
    let run = |it: &crate::store::RunWrite| EXTRA_PAGES + (it.run.state.len() + it.record.bytes.len()) / PAGE;
    let others = commit.flows.len() + commit.revisions.len() + commit.outgoing.len() + commit.settled.len();
    commit.runs.iter().map(run).sum::<usize>() + EXTRA_PAGES * (1 + others)
}

/// Answers the refused commits and returns the others.
fn refuse(group: Vec<Job>, mut refused: Refused) -> Vec<Job> {
    let mut left = Vec::new();
    for (number, job) in group.into_iter().enumerate() {
        match refused.remove(&number) {
            Some(Some(error)) => job.answer(Err(error)),
            // Not refused, or the row in its way no longer exists.
            None | Some(None) => left.push(job),
        }
    }
    left
}

/// Returns the error for a refused row. `None` if nothing is in its way any more.
async fn reason(db: &mut SqliteConnection, refusal: Refusal<'_>) -> Result<Option<Error>> {
    Ok(Some(match refusal {
        Refusal::Conflict => Error::Conflict,
        Refusal::IdTaken(id) => Error::IdTaken(id),
        Refusal::KeyUsed(asked) => {
            let sql = rows::select(rows::ANSWER, "answer where customer_id = ? and name = ? and rpc = ?");
            let query = sqlx::query(sql).bind(asked.customer_id).bind(asked.key.clone()).bind(asked.rpc.clone());
            let kept = db.fetch_optional(query).await?;
            return kept.map(|row| Ok(Error::KeyUsed(Box::new(rows::answer(&row)?)))).transpose();
        }
        Refusal::Gone(sql, id, customer_id) => {
            let query = sqlx::query(sql).bind(id).bind(customer_id);
            match db.fetch_optional(query).await? {
                Some(_) => Error::IdTaken(id),
                None => Error::Conflict,
            }
        }
        Refusal::Revision(id) => {
            match db.fetch_optional(sqlx::query("select 1 from revision where id = ?").bind(id)).await? {
                Some(_) => Error::IdTaken(id),
                None => Error::Conflict,
            }
        }
        Refusal::Number(asked) => {
            let sql = "select customer_id <> ? from number \
                       where id = ? and (customer_id <> ? or revision <> ? or tm_delete is not null)";
            let query = sqlx::query_scalar(sql).bind(asked.customer_id).bind(asked.id).bind(asked.customer_id);
            let query = query.bind(asked.revision.cast_signed());
            match query.fetch_optional(db).await? {
                Some(true) => Error::IdTaken(asked.id),
                Some(false) => Error::Conflict,
                None => Error::NumberTaken(asked.number.clone()),
            }
        }
    }))
}
