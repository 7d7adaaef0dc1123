//! The one thread that writes.
//!
//! It applies what waits, one after the other, in one transaction, and takes in what arrives meanwhile: while one group
//! is on its way to the disk the next one gathers. Nobody is answered before the transaction is durable, not even those
//! who were refused, since what refused them may be part of it.

use super::checkpoint::Checkpoints;
use super::tail::Tail;
use super::{Error, Gate, Result, schema, unavailable};
use crate::store::Groups;
use rusqlite::Connection;
use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread::{Builder, JoinHandle};
use tokio::sync::{mpsc, oneshot};

/// The most commits in one transaction: past a few hundred the flush is a small part of the cost, and all wait for it.
const GROUP: usize = 256;
/// Commits that may wait before their callers do.
const WAITING: usize = 1024;

/// Why a piece of work was not done.
pub(super) enum Fault {
    /// It found out before its first write: the transaction goes on without it.
    Refused(Error),
    /// Something of it may be written: the transaction must be undone.
    Torn(Error),
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Fault {
        Fault::Torn(error.into())
    }
}

/// A piece of work for the writer.
trait Job: Send {
    /// Does the work inside the transaction that is open. May be called again after that one was undone.
    fn apply(&mut self, db: &Connection) -> Result<(), Error>;
    /// Tells the caller, who may be gone: with the outcome of `apply`, or with what befell the whole transaction.
    fn answer(self: Box<Self>, failure: Option<&Error>);
}

struct Work<T, F> {
    work: F,
    outcome: Option<Result<T>>,
    reply: oneshot::Sender<Result<T>>,
}

impl<T: Send, F: FnMut(&Connection) -> Result<T, Fault> + Send> Job for Work<T, F> {
    fn apply(&mut self, db: &Connection) -> Result<(), Error> {
        let (outcome, torn) = match (self.work)(db) {
            Ok(value) => (Ok(value), Ok(())),
            Err(Fault::Refused(error)) => (Err(error), Ok(())),
            Err(Fault::Torn(error)) => (Err(copy(&error)), Err(error)),
        };
        self.outcome = Some(outcome);
        torn
    }

    fn answer(self: Box<Self>, failure: Option<&Error>) {
        let outcome = match (failure, self.outcome) {
            (Some(error), _) => Err(copy(error)),
            (None, Some(outcome)) => outcome,
            (None, None) => Err(unavailable("the transaction ended before this part of it")),
        };
        let _ = self.reply.send(outcome);
    }
}

/// Errors that befall several callers at once are told to each.
fn copy(error: &Error) -> Error {
    match error {
        Error::Conflict => Error::Conflict,
        Error::IdTaken(id) => Error::IdTaken(*id),
        Error::KeyUsed(answer) => Error::KeyUsed(answer.clone()),
        Error::NumberTaken(number) => Error::NumberTaken(number.clone()),
        Error::Unavailable(sentence) => Error::Unavailable(sentence.clone()),
        Error::Broken(sentence) => Error::Broken(sentence.clone()),
    }
}

/// Who is told of what becomes durable.
#[derive(Default)]
pub(super) struct Told {
    pub groups: Option<Groups>,
    /// Has the rows of the log before anyone is answered.
    pub tail: Option<Arc<Tail>>,
}

/// The handle. The thread ends when the handle lets go of the channel and the last who waits in it was served.
pub(super) struct Writer {
    jobs: RwLock<Option<mpsc::Sender<Box<dyn Job>>>>,
    thread: Mutex<Option<JoinHandle<Held>>>,
}

/// What the thread had to itself and leaves to whoever joins it.
pub(super) struct Held {
    /// To be closed last of all connections: SQLite takes the write-ahead log away with the last one, and not at all when
    /// two close at the same moment.
    pub db: Connection,
    pub lock: Option<File>,
}

impl Writer {
    /// `lock`, if any, is held until whoever joins the thread lets go of it. `background` is the connection that checkpoints.
    pub fn start(
        db: Connection,
        background: Connection,
        file: Option<Arc<File>>,
        lock: Option<File>,
        gate: Gate,
        told: Told,
    ) -> Result<Writer> {
        let (sender, jobs) = mpsc::channel(WAITING);
        let checkpoints = Checkpoints::start(&db, background, file)?;
        let writing = Writing { db, jobs, gate, checkpoints, lock, told };
        let thread = Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || writing.run())
            .map_err(|error| unavailable(format!("the writer's thread did not start: {error}")))?;
        Ok(Writer { jobs: RwLock::new(Some(sender)), thread: Mutex::new(Some(thread)) })
    }

    /// Has `work` done in a transaction, and waits until that is durable. It is done even if the caller stops waiting.
    pub async fn write<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnMut(&Connection) -> Result<T, Fault> + Send + 'static,
    {
        let jobs = self.jobs.read().unwrap_or_else(PoisonError::into_inner).clone();
        let jobs = jobs.ok_or_else(|| unavailable("it is closed"))?;
        let (reply, answer) = oneshot::channel();
        let job = Box::new(Work { work, outcome: None, reply });
        jobs.send(job).await.map_err(|_| unavailable("it is closed"))?;
        // The thread goes on only when nobody can send any more: those who wait for an answer must not look as if they could.
        drop(jobs);
        answer.await.unwrap_or_else(|_| Err(unavailable("the writer failed before it answered")))
    }

    /// Takes no more work. Whoever joins the thread waits for the work that was taken.
    pub fn stop(&self) -> Option<JoinHandle<Held>> {
        self.jobs.write().unwrap_or_else(PoisonError::into_inner).take();
        self.thread.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// What the thread owns.
struct Writing {
    jobs: mpsc::Receiver<Box<dyn Job>>,
    checkpoints: Checkpoints,
    db: Connection,
    gate: Gate,
    lock: Option<File>,
    told: Told,
}

impl Writing {
    fn run(mut self) -> Held {
        while let Some(first) = self.jobs.blocking_recv() {
            // A panic costs the callers of one group their answer (they learn it as `Unavailable`), not the server.
            if catch_unwind(AssertUnwindSafe(|| self.group(first))).is_err() {
                tracing::error!("a commit panicked; its transaction is undone");
                self.undo();
            }
            self.checkpoints.after_group(&self.db);
        }
        self.checkpoints.stop();
        if self.lock.is_some()
            && let Err(error) = schema::stop(&self.db)
        {
            tracing::warn!("the database was not closed in order: {error}");
        }
        Held { db: self.db, lock: self.lock }
    }

    fn group(&mut self, first: Box<dyn Job>) {
        let gate = self.gate.clone();
        let _alone = gate.as_ref().map(|gate| gate.write().unwrap_or_else(PoisonError::into_inner));
        let mut group = vec![first];
        match self.transaction(&mut group) {
            Ok(()) => {
                if let Some(Groups(told)) = &self.told.groups {
                    told(group.len());
                }
                group.into_iter().for_each(|job| job.answer(None));
            }
            Err(error @ Error::Unavailable(_)) => group.into_iter().for_each(|job| job.answer(Some(&error))),
            // One of them broke, by a fault of its own. Each is tried by itself, so that it fails alone.
            Err(_) => {
                for job in group {
                    let mut one = vec![job];
                    let failure = self.alone(&mut one).err();
                    one.into_iter().for_each(|job| job.answer(failure.as_ref()));
                }
            }
        }
    }

    /// One transaction for the group and for what joins it. On an error nothing of it is left.
    fn transaction(&mut self, group: &mut Vec<Box<dyn Job>>) -> Result<()> {
        self.begin()?;
        let mut next = 0;
        while let Some(job) = group.get_mut(next) {
            if let Err(error) = job.apply(&self.db) {
                self.undo();
                return Err(error);
            }
            next += 1;
            if group.len() < GROUP
                && let Ok(job) = self.jobs.try_recv()
            {
                group.push(job);
            }
        }
        self.commit()
    }

    fn alone(&mut self, one: &mut [Box<dyn Job>]) -> Result<()> {
        self.begin()?;
        for job in one {
            if let Err(error) = job.apply(&self.db) {
                self.undo();
                return Err(error);
            }
        }
        self.commit()
    }

    fn begin(&self) -> Result<()> {
        self.db.prepare_cached("begin immediate")?.execute([])?;
        Ok(())
    }

    fn commit(&self) -> Result<()> {
        let done = self.db.prepare_cached("commit").and_then(|mut commit| commit.execute([]));
        if let Err(error) = done {
            self.undo();
            return Err(unavailable(format!("the transaction failed: {error}")));
        }
        if let Some(tail) = &self.told.tail {
            tail.committed();
        }
        Ok(())
    }

    /// Ends a transaction that SQLite has not already ended by itself, as it does when the disk is full.
    fn undo(&self) {
        if !self.db.is_autocommit()
            && let Err(error) = self.db.execute_batch("rollback")
        {
            tracing::error!("a transaction could not be undone: {error}");
        }
        if let Some(tail) = &self.told.tail {
            tail.undone();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::sqlite::Location;

    /// A writer on a table of its own.
    fn writer() -> Writer {
        let place = Location::Memory.place();
        let (db, background) = (place.writing().unwrap(), place.writing().unwrap());
        db.execute_batch("create table seen (number integer primary key)").unwrap();
        Writer::start(db, background, None, None, None, Told::default()).unwrap()
    }

    fn insert(db: &Connection, number: i64) -> Result<(), Fault> {
        db.execute("insert into seen values (?)", [number])?;
        Ok(())
    }

    async fn seen(writer: &Writer) -> i64 {
        writer.write(|db| Ok(db.query_row("select count(*) from seen", [], |row| row.get(0))?)).await.unwrap()
    }

    #[tokio::test]
    async fn a_panic_is_told_and_undone() {
        let writer = writer();
        let panicked = writer
            .write(|db| {
                insert(db, 1)?;
                if true {
                    panic!("for the test")
                }
                Ok(())
            })
            .await;
        assert!(matches!(panicked, Err(Error::Unavailable(_))));
        assert_eq!(seen(&writer).await, 0);
        writer.write(|db| insert(db, 1)).await.expect("the writer goes on");
        assert_eq!(seen(&writer).await, 1);
    }

    #[tokio::test]
    async fn what_breaks_midway_is_undone_and_the_rest_of_its_group_is_not() {
        let writer = writer();
        let works = (0..100).map(|number| {
            writer.write(move |db| {
                insert(db, number)?;
                // Every tenth finds its second row taken, by itself.
                if number % 10 == 0 { insert(db, number) } else { Ok(()) }
            })
        });
        let outcomes = futures::future::join_all(works).await;
        for (number, outcome) in outcomes.iter().enumerate() {
            match outcome {
                Err(Error::Broken(_)) => assert_eq!(number % 10, 0),
                Ok(()) => assert_ne!(number % 10, 0),
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(seen(&writer).await, 90);
    }

    #[tokio::test]
    async fn the_work_that_was_taken_is_done_before_the_thread_ends() {
        let writer = writer();
        let works = (0..2_000).map(|number| writer.write(move |db| insert(db, number)));
        let (outcomes, thread) = tokio::join!(futures::future::join_all(works), async { writer.stop() });
        thread.unwrap().join().unwrap();
        for outcome in outcomes {
            outcome.expect("it was taken before the stop");
        }
    }
}
