//! The task that writes, with the only connection that does.
//!
//! While one group of commits is on its way to the disk the next one gathers. Nobody is answered before the transaction is
//! durable, not even those who were refused: a refused commit takes its transaction with it, and the rest is written anew.

use super::checkpoint::Checkpoints;
use super::group::{self, Group, Next, Refusal};
use super::readers::Readers;
use super::tail::Tail;
use super::{Error, Gate, Result, lists, rows, schema, unavailable};
use crate::store::queue::{Job, Queue};
use crate::store::{Commit, Groups, LogRow};
use futures::FutureExt;
use futures::future::BoxFuture;
use sqlx::sqlite::SqliteConnection;
use sqlx::{Connection, Executor};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fs::File;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Mutex as Turn;
use tokio::task::JoinHandle;

/// Bytes of a page, and how many pages a row may dirty beside those that it fills.
const PAGE: usize = 4_096;
const BESIDE: usize = 3;

/// The handle. The task ends when the queue is closed and empty.
pub(super) struct Writer {
    queue: Arc<Queue>,
    connection: Arc<Turn<Option<SqliteConnection>>>,
    gate: Gate,
    task: Mutex<Option<JoinHandle<()>>>,
}

/// What the task has to itself.
pub(super) struct Writing {
    pub queue: Arc<Queue>,
    pub gate: Gate,
    pub readers: Arc<Readers>,
    /// None in memory, and for a command, which leaves them to the server.
    pub checkpoints: Option<Checkpoints>,
    /// Of a server: nobody else writes runs and the log.
    pub tail: Option<Arc<Tail>>,
    pub next: Next,
    pub groups: Option<Groups>,
    /// Let go of only after all connections are closed.
    pub lock: Option<File>,
}

impl Writer {
    pub fn start(db: SqliteConnection, writing: Writing) -> Writer {
        let connection = Arc::new(Turn::new(Some(db)));
        let (queue, gate) = (writing.queue.clone(), writing.gate.clone());
        let task = tokio::spawn(writing.run(connection.clone()));
        Writer { queue, connection, gate, task: Mutex::new(Some(task)) }
    }

    /// Does rare work in a transaction of its own, between two groups. It is done even if the caller stops waiting.
    pub async fn write<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, Result<T>> + Send + 'static,
    {
        let (connection, gate) = (self.connection.clone(), self.gate.clone());
        let done = tokio::spawn(async move {
            let mut connection = connection.lock().await;
            let db = connection.as_mut().ok_or_else(|| unavailable("it is closed"))?;
            let _alone = alone(&gate).await;
            let mut transaction = db.begin_with("begin immediate").await?;
            let value = work(&mut transaction).await?;
            transaction.commit().await?;
            Ok(value)
        });
        done.await.unwrap_or_else(|_| Err(unavailable("the writer failed before it answered")))
    }

    /// Takes no more work, and gives the task that does what was taken, to be waited for.
    pub fn stop(&self) -> Option<JoinHandle<()>> {
        self.queue.close();
        self.task.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// In memory nobody reads while somebody writes.
async fn alone(gate: &Gate) -> Option<tokio::sync::RwLockWriteGuard<'_, ()>> {
    match gate {
        Some(gate) => Some(gate.write().await),
        None => None,
    }
}

impl Writing {
    async fn run(mut self, connection: Arc<Turn<Option<SqliteConnection>>>) {
        while let Some(group) = self.queue.take().await {
            let mut connection = connection.lock().await;
            let Some(db) = connection.as_mut() else { return };
            // A panic costs the callers of one group their answer (they learn it as `Unavailable`), not the server.
            if AssertUnwindSafe(self.write(db, group)).catch_unwind().await.is_err() {
                tracing::error!("a commit panicked; its transaction is undone");
                undo(db).await;
            }
        }
        if let Some(db) = connection.lock().await.take() {
            self.close(db).await;
        }
    }

    /// Writes the group without those that are refused; if it breaks, each by itself.
    async fn write(&mut self, db: &mut SqliteConnection, mut group: Vec<Job>) {
        while !group.is_empty() {
            match self.attempt(db, &mut group).await {
                Ok(refused) if refused.is_empty() => {}
                Ok(refused) => group = refuse(group, refused),
                Err(error @ Error::Unavailable(_)) => {
                    return group.into_iter().for_each(|job| job.answer(Err(copy(&error))));
                }
                Err(error) if group.len() == 1 => {
                    return group.into_iter().zip([error]).for_each(|(job, error)| job.answer(Err(error)));
                }
                // One of them broke, by a fault of its own: it shall fail alone.
                Err(_) => {
                    for job in group {
                        Box::pin(self.write(db, vec![job])).await;
                    }
                    return;
                }
            }
        }
    }

    /// One transaction. Either all are written and answered, or nothing is written, and these are why.
    async fn attempt(
        &mut self,
        db: &mut SqliteConnection,
        jobs: &mut Vec<Job>,
    ) -> Result<BTreeMap<usize, Option<Error>>> {
        let gate = self.gate.clone();
        let _alone = alone(&gate).await;
        if self.tail.is_none() {
            // Beside a command, a server may have written since.
            self.next = lists::next(db).await?;
        }
        let commits: Vec<&Commit> = jobs.iter().map(Job::commit).collect();
        let Group { text, arguments, persistent, items, committed, next } = group::group(&commits, self.next)?;
        let pages = commits.iter().map(|it| weight(it)).sum();
        let written = db.execute(sqlx::query_with(text, arguments).persistent(persistent)).await;
        match written {
            Ok(_) => {}
            Err(error) => {
                let Some(refused) = group::refused(&error) else {
                    undo(db).await;
                    self.next = lists::next(db).await.unwrap_or(self.next);
                    return Err(error.into());
                };
                let mut refused: Vec<_> =
                    refused.into_iter().filter_map(|item| items.get(item.checked_sub(1)?)).collect();
                refused.sort_unstable_by_key(|item| item.order);
                let mut reasons = BTreeMap::new();
                for item in refused {
                    if let Entry::Vacant(first) = reasons.entry(item.commit) {
                        first.insert(reason(db, item.refusal).await?);
                    }
                }
                return Ok(reasons);
            }
        }
        self.next = next;
        if let Some(Groups(told)) = &self.groups {
            told(jobs.len());
        }
        if let Some(tail) = &self.tail {
            let writes = commits.iter().zip(&committed).flat_map(|(commit, done)| commit.runs.iter().zip(&done.runs));
            tail.append(writes.map(|(write, (run, position))| LogRow {
                position: *position,
                run: *run,
                record: write.record.clone(),
            }));
        }
        jobs.drain(..).zip(committed).for_each(|(job, done)| job.answer(Ok(done)));
        if let Some(checkpoints) = &mut self.checkpoints {
            checkpoints.after_group(db, pages).await;
        }
        Ok(BTreeMap::new())
    }

    /// The connection that writes is closed last: SQLite takes the write-ahead log away with the last one, and not at all when
    /// two close at the same moment.
    async fn close(self, mut db: SqliteConnection) {
        self.readers.close().await;
        let file = match self.checkpoints {
            Some(checkpoints) => checkpoints.stop().await,
            None => None,
        };
        if self.lock.is_some()
            && let Err(error) = schema::stop(&mut db).await
        {
            tracing::warn!("the database was not closed in order: {error}");
        }
        if let Err(error) = db.close().await {
            tracing::warn!("the database was not closed in order: {error}");
        }
        drop(file);
        drop(self.lock);
    }
}

/// About how many pages a commit dirties.
fn weight(commit: &Commit) -> usize {
    let run = |it: &crate::store::RunWrite| BESIDE + (it.run.state.len() + it.record.len()) / PAGE;
    let others = commit.flows.len() + commit.revisions.len() + commit.outgoing.len() + commit.settled.len();
    commit.runs.iter().map(run).sum::<usize>() + BESIDE * (1 + others)
}

/// Ends a transaction that SQLite has not already ended by itself, as it does with most errors: then this one fails.
async fn undo(db: &mut SqliteConnection) {
    if let Err(error) = db.execute("rollback").await {
        tracing::debug!("nothing is left to undo: {error}");
    }
}

/// Answers those that were refused and gives back the others.
fn refuse(group: Vec<Job>, mut refused: BTreeMap<usize, Option<Error>>) -> Vec<Job> {
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
            let sql =
                "select customer_id <> ? from number where id = ? and (customer_id <> ? or tm_delete is not null)";
            let query = sqlx::query_scalar(sql).bind(asked.customer_id).bind(asked.id).bind(asked.customer_id);
            match query.fetch_optional(db).await? {
                Some(true) => Error::IdTaken(asked.id),
                Some(false) => Error::Conflict,
                None => Error::NumberTaken(asked.number.clone()),
            }
        }
    }))
}

/// An error that befalls several callers at once is told to each.
fn copy(error: &Error) -> Error {
    match error {
        Error::Unavailable(sentence) => Error::Unavailable(sentence.clone()),
        other => Error::Broken(other.to_string()),
    }
}
