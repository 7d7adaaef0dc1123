//! The two who write.
//!
//! Each takes what waits, closed to what comes later, and writes it in one transaction: all its statements in one flight, the
//! commit in a second. While one of them waits for the disk the other gathers. A group is computed from committed states
//! before its transaction has a number, so that along each run the numbers rise with the revisions.
//!
//! A refused commit takes its transaction with it, and the rest is written anew. Nobody is answered before COMMIT is. When
//! the connection is lost in between, the row that the group wrote about itself tells what became of it.

use super::connections::{Connection, Connections, is_lost, pause, told};
use super::group::{self, Filled};
use super::members::Members;
use super::statements::Refusal;
use super::{rows, unavailable};
use crate::store::queue::{Job, Queue};
use crate::store::{Committed, Error, Groups, Result};
use futures::FutureExt;
use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout};
use uuid::Uuid;

/// Puts the row there, before a group writes to it: one that a group inserts cannot be waited for by who does not see it yet.
const MARK: &str =
    "insert into writer (id, number, at) values ($1, 0, now()) on conflict (id) do update set at = now()";
/// A row that nobody wrote to for a day is taken for a dead server's.
const MARKED: Duration = Duration::from_secs(3_600);
/// How long it may stay unknown whether a group was committed.
const DOUBT: Duration = Duration::from_secs(60);

pub(super) struct Writer {
    pub queue: Arc<Queue>,
    pub connections: Arc<Connections>,
    /// Names the row that this one writes about its groups.
    pub id: Uuid,
    /// Groups so far.
    pub number: i64,
    /// When the row was last known to be there.
    pub marked: Option<Instant>,
    /// The highest epoch of an answered commit.
    pub newest: Arc<AtomicU64>,
    pub members: Arc<Members>,
    pub groups: Option<Groups>,
}

/// What became of a try to write a group.
enum Attempt {
    Done(Vec<Committed>),
    /// Nothing is written, and these commits are the cause.
    Refused(HashMap<usize, Refusal>),
    /// Nothing is written, and the connection is gone.
    Lost(String),
    /// Nothing is written.
    Failed(Error),
}

impl Writer {
    pub async fn run(mut self) {
        while let Some(group) = self.queue.take().await {
            // A panic costs the callers of one group their answer (they learn it as `Unavailable`), not the server.
            if AssertUnwindSafe(self.write(group)).catch_unwind().await.is_err() {
                tracing::error!("a commit panicked; its transaction is undone");
            }
        }
        if let Ok(connection) = self.connections.write().await
            && let Err(error) = connection.execute("delete from writer where id = $1", &[&self.id]).await
        {
            tracing::warn!("a writer leaves its mark behind: {error}");
        }
    }

    /// Writes the group without those that are refused; if it breaks, each by itself.
    async fn write(&mut self, mut group: Vec<Job>) {
        let mut tries = 0;
        while let Some(first) = group.first() {
            let until = first.until();
            match self.attempt(&group, until).await {
                Attempt::Done(committed) => {
                    if let Some(Groups(told)) = &self.groups {
                        told(group.len());
                    }
                    return group.into_iter().zip(committed).for_each(|(job, done)| job.answer(Ok(done)));
                }
                Attempt::Refused(refused) => group = self.refuse(group, refused).await,
                Attempt::Lost(_) if Instant::now() < until => {
                    sleep(pause(tries)).await;
                    tries += 1;
                }
                Attempt::Lost(sentence) | Attempt::Failed(Error::Unavailable(sentence)) => {
                    return group.into_iter().for_each(|job| job.answer(Err(unavailable(sentence.clone()))));
                }
                Attempt::Failed(error) => {
                    if group.len() > 1 {
                        return self.write_each(group).await;
                    }
                    return group.into_iter().zip([error]).for_each(|(job, error)| job.answer(Err(error)));
                }
            }
        }
    }

    /// One of them broke, by a fault of its own: it shall fail alone.
    async fn write_each(&mut self, group: Vec<Job>) {
        for job in group {
            Box::pin(self.write(vec![job])).await;
        }
    }

    async fn attempt(&mut self, group: &[Job], until: Instant) -> Attempt {
        let connection = match self.connected(until).await {
            Ok(connection) => connection,
            Err(error) => return Attempt::Failed(error),
        };
        let limit = self.connections.limit;
        if self.marked.is_none_or(|at| at.elapsed() > MARKED) {
            match timeout(limit, connection.execute(MARK, &[&self.id])).await {
                Ok(Ok(_)) => self.marked = Some(Instant::now()),
                Ok(Err(error)) if !is_lost(&error) => return Attempt::Failed(told(&error)),
                _ => {
                    drop(Connection::take(connection));
                    return Attempt::Lost("the connection was lost".to_owned());
                }
            }
        }
        self.number += 1;
        let open = Open(Some(connection));
        let commits: Vec<_> = group.iter().map(Job::commit).collect();
        let filled =
            match timeout(limit, group::fill(open.client(), (self.id, self.number), &self.members, &commits)).await {
                Ok(Ok(filled)) => filled,
                Ok(Err(error)) if is_lost(&error) => return Attempt::Lost(error.to_string()),
                Ok(Err(error)) => {
                    open.undo(limit).await;
                    return Attempt::Failed(told(&error));
                }
                Err(_) => return Attempt::Failed(unavailable("the database does not answer")),
            };
        match filled {
            Filled::Refused(refused) => {
                open.undo(limit).await;
                Attempt::Refused(refused)
            }
            Filled::Whole(epoch, committed) => match self.commit(open).await {
                Attempt::Done(_) => {
                    self.newest.fetch_max(epoch, Ordering::AcqRel);
                    Attempt::Done(committed)
                }
                other => other,
            },
        }
    }

    async fn commit(&self, open: Open) -> Attempt {
        match timeout(self.connections.limit, open.client().batch_execute("commit")).await {
            Ok(Ok(())) => {
                open.done();
                return Attempt::Done(Vec::new());
            }
            Ok(Err(error)) if !is_lost(&error) => {
                open.undo(self.connections.limit).await;
                return Attempt::Failed(told(&error));
            }
            _ => drop(open),
        }
        tracing::warn!("the connection was lost while a transaction was committed; asking what became of it");
        match self.took_place().await {
            Ok(true) => Attempt::Done(Vec::new()),
            Ok(false) => Attempt::Lost("the connection was lost".to_owned()),
            Err(error) => {
                tracing::error!("it is not known whether the last commits took place: {error}");
                Attempt::Failed(error)
            }
        }
    }

    /// Whether the last group is there. Its transaction wrote the row first, so that reading the row for update waits for
    /// its end, should it still be under way.
    async fn took_place(&self) -> Result<bool> {
        let (until, mut tries) = (Instant::now() + DOUBT, 0);
        loop {
            let connection = match self.connections.ask().await {
                Ok(connection) => connection,
                Err(error) if Instant::now() >= until => return Err(error),
                Err(_) => {
                    sleep(pause(tries)).await;
                    tries += 1;
                    continue;
                }
            };
            let open = Open(Some(connection));
            let select = "select number from writer where id = $1 for update";
            match timeout(self.connections.limit, open.client().query_opt(select, &[&self.id])).await {
                Ok(Ok(row)) => {
                    open.done();
                    return Ok(row.is_some_and(|row| row.get::<_, i64>(0) == self.number));
                }
                Ok(Err(error)) if Instant::now() >= until => return Err(unavailable(error.to_string())),
                Err(_) if Instant::now() >= until => return Err(unavailable("the database does not answer")),
                _ => sleep(pause(tries)).await,
            }
            tries += 1;
        }
    }

    /// A connection, as soon as there is one.
    async fn connected(&self, until: Instant) -> Result<Connection> {
        let mut tries = 0;
        loop {
            let pause = pause(tries);
            match self.connections.write().await {
                Err(error) if Instant::now() + pause >= until => return Err(error),
                Err(_) => sleep(pause).await,
                connection => return connection,
            }
            tries += 1;
        }
    }

    /// Answers those that were refused and gives back the others.
    async fn refuse(&self, group: Vec<Job>, mut refused: HashMap<usize, Refusal>) -> Vec<Job> {
        let mut left = Vec::new();
        for (number, job) in group.into_iter().enumerate() {
            match refused.remove(&number) {
                None => left.push(job),
                Some(refusal) => match self.reason(refusal).await {
                    Ok(Some(error)) | Err(error) => job.answer(Err(error)),
                    // What was in its way is gone.
                    Ok(None) => left.push(job),
                },
            }
        }
        left
    }

    async fn reason(&self, refusal: Refusal) -> Result<Option<Error>> {
        let connections = &self.connections;
        Ok(Some(match refusal {
            Refusal::Conflict => Error::Conflict,
            Refusal::IdTaken(id) => Error::IdTaken(id),
            Refusal::KeyUsed(asked) => {
                let sql =
                    format!("select {} from answer where customer_id = $1 and name = $2 and rpc = $3", rows::ANSWER);
                let kept = connections.one(&sql, &[&asked.customer_id, &asked.key, &asked.rpc], rows::answer).await?;
                return Ok(kept.map(|kept| Error::KeyUsed(Box::new(kept))));
            }
            Refusal::Gone(table, id, customer_id) => {
                let sql = format!("select 1 from {table} where id = $1 and customer_id <> $2");
                match connections.one(&sql, &[&id, &customer_id], |_| Ok(())).await? {
                    Some(()) => Error::IdTaken(id),
                    None => Error::Conflict,
                }
            }
            Refusal::Revision(id) => {
                match connections.one("select 1 from revision where id = $1", &[&id], |_| Ok(())).await? {
                    Some(()) => Error::IdTaken(id),
                    None => Error::Conflict,
                }
            }
            Refusal::Number(asked) => {
                let sql = "select customer_id <> $2 from number where id = $1 and \
                           (customer_id <> $2 or tm_delete is not null)";
                let read = |row: &tokio_postgres::Row| Ok(row.try_get::<_, bool>(0)?);
                match connections.one(sql, &[&asked.id, &asked.customer_id], read).await? {
                    Some(true) => Error::IdTaken(asked.id),
                    Some(false) => Error::Conflict,
                    None => Error::NumberTaken(asked.number),
                }
            }
        }))
    }
}

/// A connection that may have a transaction open. It goes back to the others when it is known to have none, and is closed
/// otherwise.
struct Open(Option<Connection>);

impl Open {
    fn client(&self) -> &Connection {
        self.0.as_ref().expect("it is there until it is given up, by value")
    }

    fn done(mut self) {
        drop(self.0.take());
    }

    async fn undo(self, limit: Duration) {
        if let Ok(Ok(())) = timeout(limit, self.client().batch_execute("rollback")).await {
            self.done();
        }
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        if let Some(connection) = self.0.take() {
            drop(Connection::take(connection));
        }
    }
}
