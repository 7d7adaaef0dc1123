//! What a server does first: it looks after the runs that an earlier process left behind.

use super::runner::Runner;
use crate::error::{Error, Result};
use crate::model::time::Time;
use crate::store::{Nodes, Store, Working, WorkingRun};
use crate::supervisor::{Supervisor, lock};
use futures::stream::{self, StreamExt};
use std::collections::VecDeque;
use std::sync::Mutex;
use uuid::Uuid;

/// Rows of the working set read at a time.
const PAGE: u32 = 1_000;
/// Runs with dead calls that are ended at the same moment.
const AT_ONCE: usize = 256;

/// Ends the calls that died with their process, begins again what it left unfinished, and sets the timers of all others.
///
/// Nothing moves before every run is found. A run that begins in the meantime (an on_complete flow) would be found too, and
/// be taken over twice.
pub async fn recover(store: &dyn Store, runner: &Runner) -> Result<()> {
    let unfinished = Mutex::default();
    let mut found = Found::new(&unfinished);
    while found.add(&store.working_set(found.last, PAGE).await?, runner) {}
    found.go_on(runner).await;
    Ok(())
}

/// The same for what nodes owned that were given up. A run that begins in the meantime is this node's already. Calls come
/// first: somebody hears the silence, and however many wake at once, they can wait.
pub async fn take_over(nodes: &dyn Nodes, runner: &Runner, unfinished: &Unfinished) -> Result<()> {
    take_over_those(Working::Busy, nodes, runner, unfinished).await?;
    take_over_those(Working::Waiting, nodes, runner, unfinished).await
}

async fn take_over_those(working: Working, nodes: &dyn Nodes, runner: &Runner, unfinished: &Unfinished) -> Result<()> {
    let mut found = Found::new(unfinished);
    loop {
        // What is ours from now on must be gone on with, also when the next page cannot be had.
        let page = nodes.take_over(working, PAGE).await;
        if page.as_ref().is_ok_and(|page| found.add(page, runner)) {
            Supervisor::failpoint("take_over").await;
            continue;
        }
        found.go_on(runner).await;
        return page.map(drop).map_err(Error::from);
    }
}

/// Runs that this node owns and has not gone on with yet. It outlives the task that looks for them: if that fails, the next one
/// goes on with each of them, once.
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

    /// False when the page is empty: there are no more.
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
                    runner.sleeping(run.id, run.due.map(Time));
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
            tracing::info!(asleep, busy, "went on with the runs of a process that is gone");
        }
    }
}
