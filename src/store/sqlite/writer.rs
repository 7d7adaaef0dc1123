//! The only connection that writes, and who has it write.
//!
//! Whoever commits while nobody writes starts a task that does, on its own runtime and so on its own core: that spares a commit
//! which comes alone two wake-ups. What has gathered when that group is on the disk is written by a thread that does nothing
//! else, so that no request and no step holds it up, until nothing waits any more.
//!
//! Nobody is answered before the transaction is durable, not even those who were refused: a refused commit takes its transaction
//! with it, and the rest is written anew.
//!
//! A panic while a group is written is the end of the server. Whether the group became durable is not known, and whoever waits for
//! it would do its work again or leave it out. So nobody is answered, nothing more is written, and the server shuts down; the next
//! start goes on from what the database has.

use super::checkpoint::Checkpoints;
use super::group::{self, Find, Group, Item, Next, Refusal};
use super::readers::Readers;
use super::tail::Tail;
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

/// Bytes of a page, and how many pages a row may dirty beside those that it fills.
const PAGE: usize = 4_096;
const EXTRA_PAGES: usize = 3;

/// Why commits of a group were refused, by their places in it. None: nothing is in the way any more.
type Refused = BTreeMap<usize, Option<Error>>;

/// The handle.
#[derive(Clone)]
pub(super) struct Writer {
    queue: Arc<Queue>,
    /// None when it is closed.
    writing: Arc<Mutex<Option<Writing>>>,
    thread: Arc<Thread>,
}

/// Writes what has gathered: a thread with a runtime of its own, which the system wakes beside others that are busy.
struct Thread {
    runtime: Handle,
    /// Dropped, it ends the thread.
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

/// What it takes to write, one at a time.
pub(super) struct Writing {
    pub db: SqliteConnection,
    pub gate: Gate,
    /// None in memory, and for a command, which leaves them to the server.
    pub checkpoints: Option<Checkpoints>,
    /// Of a server: nobody else writes runs and the log.
    pub tail: Option<Arc<Tail>>,
    pub next: Next,
    pub groups: Option<Groups>,
    /// Rises after each group.
    pub growth: watch::Sender<u64>,
    /// Let go of only after all connections are closed.
    pub lock: Option<File>,
    /// It is not known what became of the last text: who sent it has ended before its answer.
    pub torn: bool,
    /// A panic left it in a state that nobody knows: nothing is written any more.
    pub failed: bool,
    pub supervisor: Supervisor,
}

impl Writer {
    pub fn new(queue: Arc<Queue>, writing: Writing) -> Result<Writer> {
        Ok(Writer { queue, writing: Arc::new(Mutex::new(Some(writing))), thread: Thread::start()? })
    }

    /// Has a commit written, and waits until that is durable. It is done even if the caller stops waiting.
    pub async fn commit(&self, commit: Commit) -> Result<Committed> {
        let (answer, turn) = self.queue.put(commit).await?;
        if let Some(turn) = turn {
            tokio::spawn(self.clone().write_first(turn));
        }
        answered(answer).await
    }

    async fn write_first(self, turn: WriteTurn) {
        // Requests that came in together shall be written together.
        tokio::task::yield_now().await;
        if self.write_group().await && self.queue.goes_on() {
            self.thread.clone().runtime.spawn(self.write_all(turn));
        }
    }

    async fn write_all(self, _turn: WriteTurn) {
        while self.write_group().await {
            // Who was answered just now often has the next commit at hand: without this the first of them would go alone.
            tokio::task::yield_now().await;
        }
    }

    /// Writes what waits. False: there was nothing.
    async fn write_group(&self) -> bool {
        // A group is taken by who may write it at once: nobody else finds the queue empty while it waits.
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

    /// Writes nothing more.
    fn fail(&self, writing: &mut Writing, why: &str) {
        writing.failed = true;
        self.queue.close();
        while self.queue.next().is_some() {}
        writing.supervisor.fail("store_writer", format!("writing to the database panicked: {why}"));
    }

    /// Does rare work in a transaction of its own, between two groups. It is done even if the caller stops waiting.
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
            let mut transaction = writing.db.begin_with("begin immediate").await?;
            let value = work(&mut transaction).await?;
            transaction.commit().await?;
            Ok(value)
        });
        done.await.unwrap_or_else(|_| Err(unavailable("the writer failed before it answered")))
    }

    /// Takes no more work, finishes what was taken, and closes all connections.
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

/// In memory nobody reads while somebody writes.
async fn alone(gate: &Gate) -> Option<tokio::sync::OwnedRwLockWriteGuard<()>> {
    match gate {
        Some(gate) => Some(gate.clone().write_owned().await),
        None => None,
    }
}

impl Writing {
    /// Writes the group without those that are refused; if it breaks, each by itself.
    async fn write(&mut self, mut group: Vec<Job>) {
        let mut find = Find::First;
        while !group.is_empty() {
            match self.attempt(&mut group, find).await {
                Ok(None) => {}
                // Seldom is any refused. Once one is, all are looked for.
                Ok(Some(_)) if find == Find::First => find = Find::All,
                Ok(Some(refused)) => group = refuse(group, refused),
                Err(error @ Error::Unavailable(_)) => {
                    return group.into_iter().for_each(|job| job.answer(Err(copy(&error))));
                }
                Err(error) if group.len() == 1 => {
                    return group.into_iter().zip([error]).for_each(|(job, error)| job.answer(Err(error)));
                }
                // One of them broke, by a fault of its own: it shall fail alone.
                Err(_) => {
                    for job in group {
                        Box::pin(self.write(vec![job])).await;
                    }
                    return;
                }
            }
        }
    }

    /// One transaction. Either all are written and answered, or nothing is written, and this is why.
    async fn attempt(&mut self, jobs: &mut Vec<Job>, find: Find) -> Result<Option<Refused>> {
        self.mend().await?;
        let _alone = alone(&self.gate).await;
        let commits: Vec<&Commit> = jobs.iter().map(Job::commit).collect();
        let Group { text, arguments, persistent, items, committed, next } = group::group(&commits, self.next, find)?;
        let pages = commits.iter().map(|it| weight(it)).sum();
        self.torn = true;
        // What was allocated here is freed here: freed by sqlx's thread, it would come back from another core's cache.
        let _kept = arguments.clone();
        let written = self.db.execute(sqlx::query_with(text, arguments).persistent(persistent)).await;
        if let Err(error) = written {
            if let Some(refused) = group::refused(&error) {
                self.torn = false;
                return Ok(Some(self.reasons(&items, refused).await?));
            }
            if let Err(error) = self.mend().await {
                tracing::warn!("a transaction may be open still: {error}");
            }
            return Err(error.into());
        }
        Supervisor::failpoint("store_writer").await;
        self.torn = false;
        self.next = next;
        if let Some(Groups(told)) = &self.groups {
            told(jobs.len());
        }
        if let Some(tail) = &self.tail {
            // Nobody else wants the records any more.
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

    /// Begins anew after a text that was not answered, or with an error that may have left its transaction open.
    async fn mend(&mut self) -> Result<()> {
        if self.torn {
            // Fails where nothing is open.
            if let Err(error) = self.db.execute("rollback").await {
                tracing::debug!("nothing is left to undo: {error}");
            }
        }
        // Beside a command, a server may have written since.
        if self.torn || self.tail.is_none() {
            self.next = lists::next(&mut self.db).await?;
            if let Some(tail) = &self.tail {
                tail.restart(self.next.position - 1);
            }
            // It may have been written after all, and nobody was told.
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
        // Written anew without anybody it would be refused for ever.
        match reasons.is_empty() {
            true => Err(Error::Broken("a group was refused, and none of its rows".to_owned())),
            false => Ok(reasons),
        }
    }

    /// The connection that writes is closed last: SQLite takes the write-ahead log away with the last one, and not at all when
    /// two close at the same moment.
    async fn close(mut self, readers: &Readers) {
        readers.close().await;
        let file = match self.checkpoints {
            Some(checkpoints) => Some(checkpoints.stop().await),
            None => None,
        };
        // One that failed is not said to have stopped in order.
        if self.lock.is_some()
            && !self.failed
            && let Err(error) = schema::stop(&mut self.db).await
        {
            tracing::warn!("the database was not closed in order: {error}");
        }
        if let Err(error) = self.db.close().await {
            tracing::warn!("the database was not closed in order: {error}");
        }
        drop(file);
        drop(self.lock);
    }
}

/// About how many pages a commit dirties.
fn weight(commit: &Commit) -> usize {
    let run = |it: &crate::store::RunWrite| EXTRA_PAGES + (it.run.state.len() + it.record.bytes.len()) / PAGE;
    let others = commit.flows.len() + commit.revisions.len() + commit.outgoing.len() + commit.settled.len();
    commit.runs.iter().map(run).sum::<usize>() + EXTRA_PAGES * (1 + others)
}

/// Answers those that were refused and gives back the others.
fn refuse(group: Vec<Job>, mut refused: Refused) -> Vec<Job> {
    let mut left = Vec::new();
    for (number, job) in group.into_iter().enumerate() {
        match refused.remove(&number) {
            Some(Some(error)) => job.answer(Err(error)),
            // Not refused, or what was in its way is gone.
            None | Some(None) => left.push(job),
        }
    }
    left
}

/// Why a row was refused, as its caller is told. None: nothing is in its way any more.
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
