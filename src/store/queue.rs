//! Waiting commits, taken in groups. Two commits that touch the same row are never in flight at the same time: they
//! would wait for each other inside the database, which detects a deadlock only after a second.
//!
//! While commits of several customers wait, each has a share of the next group in bytes: a customer with many large
//! commits does not make the others wait for all of them.

use super::size::size;
use super::unavailable;
use crate::memory::{Budget, Share, Taken};
use crate::store::{Commit, Committed, Error, Meter, Result, RunKey, RunWrite};
use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, oneshot};
use tokio::time::{Instant, timeout_at};
use uuid::Uuid;

/// The maximum number of commits in a transaction.
const GROUP: usize = 256;
/// A group takes commits of a customer until they have this many bytes, while commits of other customers wait.
const SHARE: usize = 128 * 1024;
/// How many commits may wait before further callers block.
const WAITING: usize = 1024;

/// A row that a commit changes and that another commit could change too.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum RowKey {
    Run(RunKey),
    Outgoing(i64),
    Id(Uuid),
    Revision(Uuid, u32),
    Answer(Uuid, String, String),
    Number(String),
    Setting(String),
}

pub(in crate::store) struct Queue {
    inner: Mutex<Inner>,
    changed: Notify,
    permits: Arc<Semaphore>,
    /// Bytes of commits that wait or are in flight.
    bytes: Budget,
    /// How long a commit waits while the database is unavailable.
    timeout: Duration,
    meter: Option<Meter>,
}

#[derive(Default)]
struct Inner {
    waiting: VecDeque<Waiting>,
    /// The rows of commits in flight.
    in_flight: HashSet<RowKey>,
    /// Whether a writer holds the turn.
    written: bool,
    closed: bool,
}

struct Waiting {
    commit: Commit,
    /// Nil for commits that belong to no customer, which have no share.
    customer_id: Uuid,
    size: usize,
    keys: Vec<RowKey>,
    until: Instant,
    reply: oneshot::Sender<Result<Committed>>,
    permit: OwnedSemaphorePermit,
    bytes: Taken,
}

/// A commit in flight. Dropping it releases its rows for other commits, and its caller receives an error instead of a
/// result.
pub(in crate::store) struct Job {
    queue: Arc<Queue>,
    waiting: Option<Waiting>,
}

/// The right to write, for writers that do not run permanently. When it is dropped, the next caller that commits gets
/// it.
pub(in crate::store) struct WriteTurn(Arc<Queue>);

impl Drop for WriteTurn {
    fn drop(&mut self) {
        self.0.lock().written = false;
    }
}

impl Queue {
    /// Creates a queue in which commits wait for at most `timeout`, and of which those inside have at most the bytes of
    /// the share.
    pub fn new(timeout: Duration, meter: Option<Meter>, share: Share) -> Arc<Queue> {
        let (permits, bytes) = (Arc::new(Semaphore::new(WAITING)), Budget::new(share));
        Arc::new(Queue { inner: Mutex::default(), changed: Notify::new(), permits, bytes, timeout, meter })
    }

    /// Adds a commit and waits until it is durable. The commit completes even if the caller stops waiting.
    pub async fn commit(&self, commit: Commit) -> Result<Committed> {
        let (answer, _) = self.add(commit, false).await?;
        answered(answer).await
    }

    /// Adds a commit. Also returns the turn if no writer holds it: its holder writes the waiting commits, taken with
    /// [`Queue::next`].
    pub async fn put(
        self: &Arc<Queue>,
        commit: Commit,
    ) -> Result<(oneshot::Receiver<Result<Committed>>, Option<WriteTurn>)> {
        let (answer, free) = self.add(commit, true).await?;
        Ok((answer, free.then(|| WriteTurn(self.clone()))))
    }

    /// Adds a commit. If `turn` is set, also takes the turn if it is free.
    async fn add(&self, commit: Commit, write_turn: bool) -> Result<(oneshot::Receiver<Result<Committed>>, bool)> {
        let keys = keys(&commit)?;
        let until = Instant::now() + self.timeout;
        let permit = timeout_at(until, self.permits.clone().acquire_owned()).await;
        let permit = permit.map_err(|_| unavailable("too many commits are waiting"))?.map_err(|_| closed())?;
        let (customer_id, size) = (customer_of(&commit), size(&commit));
        let bytes = timeout_at(until, self.bytes.take(size)).await;
        let bytes = bytes.map_err(|_| unavailable("too many bytes of commits are waiting"))?;
        // A commit that fails is counted as well: what is counted bounds what is written.
        if let Some(Meter(count)) = &self.meter {
            count(&commit);
        }
        let (reply, answer) = oneshot::channel();
        let mut inner = self.lock();
        if inner.closed {
            return Err(closed());
        }
        inner.waiting.push_back(Waiting { commit, customer_id, size, keys, until, reply, permit, bytes });
        let free = write_turn && !std::mem::replace(&mut inner.written, write_turn);
        drop(inner);
        self.changed.notify_one();
        Ok((answer, free))
    }

    /// Returns the next group to the holder of the turn after it has finished the previous one. Returns `None` and
    /// frees the turn if no commit waits.
    pub fn next(self: &Arc<Queue>) -> Option<Vec<Job>> {
        let mut inner = self.lock();
        let group = inner.pick();
        inner.written = !group.is_empty();
        let job = |waiting| Job { queue: self.clone(), waiting: Some(waiting) };
        inner.written.then(|| group.into_iter().map(job).collect())
    }

    /// Returns whether commits wait. If not, frees the turn, like [`Queue::next`].
    pub fn goes_on(&self) -> bool {
        let mut inner = self.lock();
        inner.written = !inner.waiting.is_empty();
        inner.written
    }

    /// Waits for the next group, in the order of arrival. Returns `None` when the queue is closed and empty.
    pub async fn take(self: &Arc<Queue>) -> Option<Vec<Job>> {
        // A caller that was just answered often commits again at once. Without this yield the first of them would be
        // written alone.
        tokio::task::yield_now().await;
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            {
                let mut inner = self.lock();
                let group = inner.pick();
                if !group.is_empty() {
                    let job = |waiting| Job { queue: self.clone(), waiting: Some(waiting) };
                    return Some(group.into_iter().map(job).collect());
                }
                if inner.closed && inner.waiting.is_empty() {
                    return None;
                }
            }
            changed.await;
        }
    }

    /// Rejects further commits. Waiting commits are still written.
    pub fn close(&self) {
        self.lock().closed = true;
        self.permits.close();
        self.changed.notify_waiters();
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn pick(&mut self) -> Vec<Waiting> {
        let mut shares = Shares::of(&self.waiting);
        let (mut group, mut left) = (Vec::new(), VecDeque::new());
        // A commit that must wait keeps its place ahead of later commits on the same rows.
        let mut before: HashSet<RowKey> = HashSet::new();
        while let Some(waiting) = self.waiting.pop_front() {
            let free = |lock_rows: &RowKey| !self.in_flight.contains(lock_rows) && !before.contains(lock_rows);
            if group.len() == GROUP {
                left.push_back(waiting);
                break;
            }
            match waiting.keys.iter().all(free) && shares.take(&waiting) {
                true => {
                    self.in_flight.extend(waiting.keys.iter().cloned());
                    group.push(waiting);
                }
                false => {
                    before.extend(waiting.keys.iter().cloned());
                    left.push_back(waiting);
                }
            }
        }
        left.append(&mut self.waiting);
        self.waiting = left;
        group
    }
}

/// What each customer has in a group.
struct Shares {
    /// Whether several customers wait.
    limited: bool,
    bytes: HashMap<Uuid, usize>,
}

impl Shares {
    fn of(waiting: &VecDeque<Waiting>) -> Shares {
        let mut customers = waiting.iter().map(|it| it.customer_id).filter(|id| !id.is_nil());
        let first = customers.next();
        Shares { limited: customers.any(|id| Some(id) != first), bytes: HashMap::new() }
    }

    /// Takes a commit. Returns false if its customer has its share already.
    fn take(&mut self, waiting: &Waiting) -> bool {
        if !self.limited || waiting.customer_id.is_nil() {
            return true;
        }
        let bytes = self.bytes.entry(waiting.customer_id).or_default();
        let fits = *bytes < SHARE;
        *bytes += if fits { waiting.size } else { 0 };
        fits
    }
}

impl Job {
    pub fn commit(&self) -> &Commit {
        &self.waiting().commit
    }

    /// Returns the run writes, so that the writer can take parts that are no longer needed.
    pub fn runs(&mut self) -> &mut [RunWrite] {
        let waiting = self.waiting.as_mut().expect("present until `answer` consumes the job");
        &mut waiting.commit.runs
    }

    /// Returns when to give up while the database is unavailable.
    pub fn until(&self) -> Instant {
        self.waiting().until
    }

    fn waiting(&self) -> &Waiting {
        self.waiting.as_ref().expect("present until `answer` consumes the job")
    }

    pub fn answer(mut self, outcome: Result<Committed>) {
        let Some(waiting) = self.waiting.take() else { return };
        self.free(&waiting.keys);
        drop((waiting.permit, waiting.bytes));
        // The caller may have stopped waiting.
        let _ = waiting.reply.send(outcome);
    }

    fn free(&self, keys: &[RowKey]) {
        let mut inner = self.queue.lock();
        for lock_rows in keys {
            inner.in_flight.remove(lock_rows);
        }
        let more = !inner.waiting.is_empty() || inner.closed;
        drop(inner);
        if more {
            self.queue.changed.notify_waiters();
        }
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        if let Some(waiting) = self.waiting.take() {
            self.free(&waiting.keys);
        }
    }
}

/// Waits for the result of a commit. A commit without a result may have been written: callers must not treat it as
/// failed and retry it.
pub(in crate::store) async fn answered(answer: oneshot::Receiver<Result<Committed>>) -> Result<Committed> {
    answer.await.unwrap_or_else(|_| Err(Error::Broken("the writer failed before it replied".to_owned())))
}

pub(in crate::store) fn closed() -> Error {
    unavailable("it is closed")
}

/// Returns the customer that a commit is for, nil if it is not for one.
fn customer_of(commit: &Commit) -> Uuid {
    let run = commit.runs.first().map(|it| it.run.customer_id);
    let flow = || commit.flows.first().map(|it| it.customer_id);
    let message = || commit.messages.first().map(|it| it.customer_id);
    run.or_else(flow).or_else(message).unwrap_or_default()
}

/// Returns the rows that a commit touches. Fails if it changes a run or settles a delivery twice.
fn keys(commit: &Commit) -> Result<Vec<RowKey>> {
    let mut keys = Vec::new();
    let mut once = HashSet::new();
    let several = commit.runs.len() + commit.settled.len() > 1;
    for write in &commit.runs {
        let (lock_rows, twice) = match write.expected {
            Some((key, _)) => (RowKey::Run(key), Error::Conflict),
            None => (RowKey::Id(write.run.id), Error::IdTaken(write.run.id)),
        };
        if several && !once.insert(lock_rows.clone()) {
            return Err(twice);
        }
        keys.push(lock_rows);
        keys.extend(write.calls.iter().map(|call| RowKey::Id(call.id)));
    }
    for settled in &commit.settled {
        if several && !once.insert(RowKey::Outgoing(settled.key)) {
            return Err(Error::Conflict);
        }
        keys.push(RowKey::Outgoing(settled.key));
    }
    let answer = |it: &crate::store::Answer| RowKey::Answer(it.customer_id, it.rpc.clone(), it.key.clone());
    keys.extend(commit.answer.iter().map(answer));
    keys.extend(commit.flows.iter().map(|it| RowKey::Id(it.id)));
    keys.extend(commit.revisions.iter().map(|it| RowKey::Id(it.id)));
    let numbered = commit.revisions.iter().filter(|it| it.number > 0);
    keys.extend(numbered.map(|it| RowKey::Revision(it.flow_id, it.number)));
    keys.extend(commit.access_keys.iter().map(|it| RowKey::Id(it.id)));
    keys.extend(commit.customers.iter().map(|it| RowKey::Id(it.id)));
    keys.extend(commit.numbers.iter().map(|it| RowKey::Id(it.id)));
    keys.extend(commit.numbers.iter().map(|it| RowKey::Number(it.number.clone())));
    keys.extend(commit.providers.iter().map(|it| RowKey::Id(it.id)));
    keys.extend(commit.routes.iter().map(|it| RowKey::Id(it.id)));
    keys.extend(commit.messages.iter().map(|it| RowKey::Id(it.id)));
    keys.extend(commit.outgoing.iter().map(|it| RowKey::Id(it.id)));
    keys.extend(commit.recordings.iter().map(|it| RowKey::Id(it.id)));
    keys.extend(commit.settings.iter().map(|(name, _)| RowKey::Setting(name.clone())));
    Ok(keys)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Flow;

    fn setting(name: &str) -> Commit {
        Commit { settings: vec![(name.to_owned(), Vec::new())], ..Commit::default() }
    }

    fn names(group: &[Job]) -> Vec<&str> {
        group.iter().map(|job| job.commit().settings[0].0.as_str()).collect()
    }

    #[tokio::test]
    async fn the_turn_is_free_when_no_commit_waits() {
        let queue = Queue::new(Duration::from_secs(9), None, Share::unseen(1 << 20));
        let (_a, write_turn) = queue.put(setting("a")).await.unwrap();
        let (_b, no_turn) = queue.put(setting("b")).await.unwrap();
        assert!(write_turn.is_some() && no_turn.is_none() && queue.goes_on());
        assert_eq!(names(&queue.next().unwrap()), ["a", "b"]);
        assert!(!queue.goes_on());
        let (_c, write_turn) = queue.put(setting("c")).await.unwrap();
        assert!(write_turn.is_some());
    }

    #[tokio::test]
    async fn customers_share_a_group_while_several_wait() {
        let queue = Queue::new(Duration::from_secs(9), None, Share::unseen(1 << 24));
        let flow = |customer: u128, id: u128| {
            let body = vec![0; 50_000];
            let (id, customer_id) = (Uuid::from_u128(id), Uuid::from_u128(customer));
            let row = Flow { id, customer_id, listed: true, tm_create: 0, tm_delete: None, body };
            Commit { flows: vec![row], ..Commit::default() }
        };
        let mut answers = Vec::new();
        for id in 1..=6 {
            answers.push(queue.put(flow(1, id)).await.unwrap().0);
        }
        answers.push(queue.put(flow(2, 7)).await.unwrap().0);
        answers.push(queue.put(setting("nobody's")).await.unwrap().0);
        let ids = |group: &[Job]| -> Vec<u128> {
            group.iter().filter_map(|job| Some(job.commit().flows.first()?.id.as_u128())).collect()
        };
        let first = queue.next().unwrap();
        assert_eq!((ids(&first), first.len()), (vec![1, 2, 3, 7], 5));
        let second = queue.next().unwrap();
        assert_eq!(ids(&second), [4, 5, 6], "nobody else waits");
    }

    #[tokio::test]
    async fn commits_on_the_same_row_wait() {
        let queue = Queue::new(Duration::from_secs(9), None, Share::unseen(1 << 20));
        let waiting: Vec<_> = ["a", "b", "a", "c", "a"]
            .into_iter()
            .map(|name| {
                let queue = queue.clone();
                tokio::spawn(async move { queue.commit(setting(name)).await })
            })
            .collect();
        while queue.lock().waiting.len() < 5 {
            tokio::task::yield_now().await;
        }
        let first = queue.take().await.unwrap();
        assert_eq!(names(&first), ["a", "b", "c"]);
        let mut first = first.into_iter();
        first.next().unwrap().answer(Ok(Committed::default()));
        let second = queue.take().await.unwrap();
        assert_eq!(names(&second), ["a"], "after the previous commit on the row");
        drop(first);
        drop(second);
        queue.close();
        let third = queue.take().await.unwrap();
        assert_eq!(names(&third), ["a"], "waiting commits are written after the close");
        third.into_iter().for_each(|job| job.answer(Ok(Committed::default())));
        assert!(queue.take().await.is_none());
        let mut outcomes = Vec::new();
        for task in waiting {
            outcomes.push(task.await.unwrap().is_ok());
        }
        assert_eq!(outcomes, [true, false, false, false, true], "a dropped job has no result");
        assert!(matches!(queue.commit(setting("d")).await, Err(Error::Unavailable(_))));
    }
}
