//! Recovery: what a server does first, for the runs that an earlier process left behind.

use super::runner::Runner;
use crate::error::{Error, Result};
use crate::model::time::Time;
use crate::store::{Nodes, Store, Working, WorkingRun};
use crate::supervisor::{Supervisor, lock};
use futures::stream::{self, StreamExt};
use std::collections::VecDeque;
use std::sync::Mutex;
use uuid::Uuid;

/// Rows of the working set that are read at a time.
const PAGE: u32 = 1_000;
/// Runs with dead calls that are ended at the same time.
const AT_ONCE: usize = 256;

/// Ends the calls that died with their process, resumes its unfinished work, and sets the timers of all other runs.
///
/// Nothing continues before all runs are found. A run that begins in the meantime (an on_complete flow) would be found as
/// well, and be taken over twice.
pub async fn recover(store: &dyn Store, runner: &Runner) -> Result<()> {
    let unfinished = Mutex::default();
    let mut found = Found::new(&unfinished);
    while found.add(&store.working_set(found.last, PAGE).await?, runner) {}
    found.go_on(runner).await;
    Ok(())
}

/// Does the same for runs of dead nodes. A run that begins in the meantime belongs to this node already. Busy runs come
/// first: people are waiting on their calls, while sleeping runs can wait, however many wake up at the same time.
pub async fn take_over(nodes: &dyn Nodes, runner: &Runner, unfinished: &Unfinished) -> Result<()> {
    take_over_those(Working::Busy, nodes, runner, unfinished).await?;
    take_over_those(Working::Waiting, nodes, runner, unfinished).await
}

async fn take_over_those(working: Working, nodes: &dyn Nodes, runner: &Runner, unfinished: &Unfinished) -> Result<()> {
    let mut found = Found::new(unfinished);
    loop {
        // Runs that this node has taken over must continue, even if the next page cannot be read.
        let page = nodes.take_over(working, PAGE).await;
        if page.as_ref().is_ok_and(|page| found.add(page, runner)) {
            Supervisor::failpoint("take_over").await;
            continue;
        }
        found.go_on(runner).await;
        return page.map(drop).map_err(Error::from);
    }
}

/// Runs that this node owns and has not continued yet. The list outlives the task that fills it: if that fails, the next
/// one continues each of them exactly once.
pub type Unfinished = Mutex<VecDeque<Uuid>>;

struct Found<'a> {
    last: i64,
    asleep: usize,
    busy: usize,
    unfinished: &'a Unfinished,
}

impl<'a> Found<'a> {
    fn new(unfinished: &'a Unfinished) -> Found<'a> {
        Found { last: 0, asleep: 0, busy: 0, unfinished }
    }

    /// Adds a page. Returns false if it is empty: there are no more.
    fn add(&mut self, page: &[WorkingRun], runner: &Runner) -> bool {
        let Some(last) = page.last() else { return false };
        self.last = last.key;
        for run in page {
            match run.working {
                Working::Busy => {
                    lock(self.unfinished).push_back(run.id);
                    self.busy += 1;
                }
                Working::Waiting | Working::No => {
                    runner.sleeping(run.id, run.customer_id, run.due.map(Time));
                    self.asleep += 1;
                }
            }
        }
        true
    }

    async fn go_on(self, runner: &Runner) {
        let (asleep, busy) = (self.asleep, self.busy);
        let unfinished = std::iter::from_fn(|| lock(self.unfinished).pop_front());
        stream::iter(unfinished).for_each_concurrent(AT_ONCE, |run_id| runner.recover(run_id)).await;
        if asleep + busy > 0 {
            tracing::info!(asleep, busy, "continued the runs of an earlier process");
        }
    }
}
