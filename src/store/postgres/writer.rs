//! The two writers.
//!
//! Each takes the waiting commits as a group and writes them as one statement, which is its own transaction. While one
//! of them waits for the disk, commits gather for the other. A group is computed from committed states before its
//! transaction gets a number, so along each run the numbers rise with the revisions.
//!
//! A refused commit rolls its group back, and the rest of the group is written again. Callers are answered only when
//! the transaction is durable. If the connection is lost before that, a fence shows whether the group was committed,
//! and keeps it from being committed later.
//!
//! A panic while a group is written stops the server: whether the group was committed is unknown, and its callers would
//! repeat their work or leave it out. No caller is answered and nothing more is written. The next start continues from
//! the state of the database.

use super::connections::{Connections, pause};
use super::errors::{is_lost, to_error};
use super::group::{self, Mark, Texts, Why, Written};
use super::peers::Peers;
use super::statements::Refusal;
use super::{rows, unavailable};
use crate::store::queue::{Job, Queue};
use crate::store::{Commit, Committed, Error, Groups, Result};
use crate::supervisor::{Supervisor, panic_message};
use futures::FutureExt;
use sqlx::postgres::{PgListener, PgRow};
use sqlx::{Acquire, AssertSqlSafe, Row, query};
use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout};

/// How long a writer assumes that its row exists. A row without a write for a day is deleted as a dead server's.
const MARKED: Duration = Duration::from_secs(3_600);
/// How long to try to find out whether a group was committed.
const DOUBT: Duration = Duration::from_secs(60);

pub(super) struct Writer {
    pub queue: Arc<Queue>,
    pub connections: Arc<Connections>,
    /// The connection, while there is one: a listener, since only a listener reports that its connection has closed.
    pub line: Option<PgListener>,
    /// The writer's row, which records its groups.
    pub mark: Mark,
    /// When the row was last known to exist.
    pub marked: Option<Instant>,
    pub texts: Texts,
    /// The highest epoch of an answered commit.
    pub newest: Arc<AtomicU64>,
    pub peers: Arc<Peers>,
    pub groups: Option<Groups>,
    pub supervisor: Supervisor,
}

/// The result of an attempt to write a group.
enum Attempt {
    Done(Vec<Committed>),
    /// Nothing was written, because of these commits.
    Refused(HashMap<usize, Refusal>),
    /// Nothing was written, and the connection is lost.
    Lost(String),
    /// Nothing was written.
    Failed(Error),
}

impl Writer {
    pub async fn run(mut self) {
        while let Some(group) = self.queue.take().await {
            if let Err(panic) = AssertUnwindSafe(self.write(group)).catch_unwind().await {
                return self.fail(&panic_message(&*panic)).await;
            }
        }
        let leaving = query("delete from writer where id = $1").bind(self.mark.id);
        if let Ok(mut line) = self.connected(Instant::now()).await
            && let Ok(Err(error)) = timeout(self.connections.limit, leaving.execute(&mut line)).await
        {
            tracing::warn!("cannot delete the writer's row: {error}");
        }
    }

    /// Stops writing. Waiting callers receive no result.
    async fn fail(&mut self, why: &str) {
        self.queue.close();
        self.supervisor.fail("store_writer", format!("writing to the database panicked: {why}"));
        while self.queue.take().await.is_some() {}
    }

    /// Writes the group without the commits that are refused. If the group fails otherwise, writes each commit
    /// separately.
    async fn write(&mut self, mut group: Vec<Job>) {
        let mut tries = 0;
        while let Some(first) = group.first() {
            let until = first.until();
            match self.attempt(&group, until).await {
                Attempt::Done(committed) => {
                    Supervisor::failpoint("store_writer").await;
                    if let Some(Groups(report)) = &self.groups {
                        report(group.len());
                    }
                    group.into_iter().zip(committed).for_each(|(job, done)| job.answer(Ok(done)));
                    return self.peers.wrote();
                }
                Attempt::Refused(refused) => group = self.refuse(group, refused).await,
                Attempt::Lost(_) if Instant::now() < until => {
                    sleep(pause(tries)).await;
                    tries += 1;
                }
                Attempt::Lost(sentence) | Attempt::Failed(Error::Unavailable(sentence)) => {
                    return group.into_iter().for_each(|job| job.answer(Err(unavailable(sentence.clone()))));
                }
                Attempt::Failed(Error::Full(sentence)) => {
                    return group.into_iter().for_each(|job| job.answer(Err(Error::Full(sentence.clone()))));
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

    /// Writes each commit separately, so that only the faulty one fails.
    async fn write_each(&mut self, group: Vec<Job>) {
        for job in group {
            Box::pin(self.write(vec![job])).await;
        }
    }

    async fn attempt(&mut self, group: &[Job], until: Instant) -> Attempt {
        let mut line = match self.connected(until).await {
            Ok(line) => line,
            Err(error) => return Attempt::Failed(error),
        };
        let limit = self.connections.limit;
        if self.marked.is_none_or(|at| at.elapsed() > MARKED) {
            let putting = async { self.mark.put(line.acquire().await?).await };
            match timeout(limit, putting).await {
                Ok(Ok(())) => self.marked = Some(Instant::now()),
                Ok(Err(error)) if !is_lost(&error) => {
                    self.line = Some(line);
                    return Attempt::Failed(to_error(&error));
                }
                _ => return Attempt::Lost("the connection was lost".to_owned()),
            }
        }
        let commits: Vec<_> = group.iter().map(Job::commit).collect();
        let writing = async {
            let db = line.acquire().await.map_err(|_| Why::Lost)?;
            group::write(db, &mut self.mark, &self.peers, &commits, &mut self.texts).await
        };
        let why = match timeout(limit, writing).await {
            Ok(Ok(written)) => {
                self.line = Some(line);
                return self.done(&written, &commits);
            }
            Ok(Err(why)) => why,
            Err(_) => Why::Lost,
        };
        if let Why::Lost = why {
            drop(line);
            return self.doubt(&commits).await;
        }
        self.line = Some(line);
        match why {
            Why::Refused(refused) => Attempt::Refused(refused),
            Why::Failed(error) => Attempt::Failed(error),
            Why::Fenced | Why::Lost => {
                self.marked = None;
                Attempt::Lost("the writer's row was deleted or changed".to_owned())
            }
        }
    }

    fn done(&self, written: &Written, commits: &[&Commit]) -> Attempt {
        self.newest.fetch_max(written.epoch.cast_unsigned(), Ordering::AcqRel);
        Attempt::Done(written.committed(commits))
    }

    /// Finds out whether the last group was committed after its response was lost.
    async fn doubt(&mut self, commits: &[&Commit]) -> Attempt {
        tracing::warn!("lost the connection while writing a group; checking whether it was committed");
        match self.took_place(commits).await {
            Ok(Some(written)) => self.done(&written, commits),
            Ok(None) => Attempt::Lost("the connection was lost".to_owned()),
            Err(error) => {
                tracing::error!("it is unknown whether the last commits were written: {error}");
                self.marked = None;
                Attempt::Failed(error)
            }
        }
    }

    /// Returns the result of the last group if it was committed. If not, it never will be.
    async fn took_place(&mut self, commits: &[&Commit]) -> Result<Option<Written>> {
        let (until, mut tries) = (Instant::now() + DOUBT, 0);
        let mut epoch = None;
        loop {
            match self.ask(commits, &mut epoch).await {
                Err(error) if Instant::now() >= until => return Err(error),
                Err(_) => sleep(pause(tries)).await,
                found => return found,
            }
            tries += 1;
        }
    }

    /// Queries the outcome on another connection. `epoch` is kept from the first response on.
    async fn ask(&mut self, commits: &[&Commit], epoch: &mut Option<i64>) -> Result<Option<Written>> {
        let mut db = self.connections.connector.connect().await?;
        let asking = async {
            if epoch.is_none() {
                *epoch = self.mark.fence(&mut db).await?;
            }
            match *epoch {
                None => Ok(None),
                Some(epoch) => Written::found(&mut db, epoch, commits).await.map(Some),
            }
        };
        match timeout(self.connections.limit, asking).await {
            Ok(found) => found.map_err(|error| unavailable(error.to_string())),
            Err(_) => Err(unavailable("the database does not answer")),
        }
    }

    /// Returns a connection, waiting for one until `until`.
    async fn connected(&mut self, until: Instant) -> Result<PgListener> {
        // Gives the runtime a chance to notice that the connection has closed. A group sent on a dead connection stays
        // in doubt for as long as the database is unavailable.
        tokio::task::yield_now().await;
        let mut tries = 0;
        loop {
            let pause = pause(tries);
            match self.line(until).await {
                Err(error) if Instant::now() + pause >= until => return Err(error),
                Err(_) => sleep(pause).await,
                line => return line,
            }
            tries += 1;
        }
    }

    /// Returns the connection of the last group if it is alive, or a new one.
    async fn line(&mut self, until: Instant) -> Result<PgListener> {
        self.connections.may_write()?;
        if let Some(mut line) = self.line.take()
            && line.try_recv().now_or_never().is_none()
        {
            return Ok(line);
        }
        self.connections.connector.listener(until.saturating_duration_since(Instant::now())).await
    }

    /// Answers the refused commits and returns the others.
    async fn refuse(&self, group: Vec<Job>, mut refused: HashMap<usize, Refusal>) -> Vec<Job> {
        let mut left = Vec::new();
        for (number, job) in group.into_iter().enumerate() {
            match refused.remove(&number) {
                None => left.push(job),
                Some(refusal) => match self.reason(refusal).await {
                    Ok(Some(error)) | Err(error) => job.answer(Err(error)),
                    // The row in its way no longer exists.
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
                let kept = query(AssertSqlSafe(sql)).bind(asked.customer_id).bind(asked.key).bind(asked.rpc);
                let kept = connections.one(kept, rows::answer).await?;
                return Ok(kept.map(|kept| Error::KeyUsed(Box::new(kept))));
            }
            Refusal::Gone(table, id, customer_id) => {
                let sql = format!("select 1 from {table} where id = $1 and customer_id <> $2");
                match connections.one(query(AssertSqlSafe(sql)).bind(id).bind(customer_id), |_| Ok(())).await? {
                    Some(()) => Error::IdTaken(id),
                    None => Error::Conflict,
                }
            }
            Refusal::Revision(id) => {
                let taken = query("select 1 from revision where id = $1").bind(id);
                match connections.one(taken, |_| Ok(())).await? {
                    Some(()) => Error::IdTaken(id),
                    None => Error::Conflict,
                }
            }
            Refusal::Number(asked) => {
                let sql = "select customer_id <> $2 from number where id = $1 and \
                           (customer_id <> $2 or revision <> $3 or tm_delete is not null)";
                let taken = query(sql).bind(asked.id).bind(asked.customer_id).bind(asked.revision.cast_signed());
                match connections.one(taken, |row: &PgRow| row.try_get(0)).await? {
                    Some(true) => Error::IdTaken(asked.id),
                    Some(false) => Error::Conflict,
                    None => Error::NumberTaken(asked.number),
                }
            }
        }))
    }
}
