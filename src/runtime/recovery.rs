//! What a server does first: it looks after the runs that an earlier process left behind.

use super::runner::Runner;
use crate::error::{Error, Result};
use crate::model::time::Time;
use crate::store::{Nodes, Store, Working, WorkingRun};
use futures::stream::{self, StreamExt};
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
    let mut found = Found::default();
    while found.add(&store.working_set(found.last, PAGE).await?, runner) {}
    found.go_on(runner).await;
    Ok(())
}

/// The same for what nodes owned that were given up. A run that begins in the meantime is this node's already. Calls come
/// first: somebody hears the silence, and however many wake at once, they can wait.
pub async fn take_over(nodes: &dyn Nodes, runner: &Runner) -> Result<()> {
    take_over_those(Working::Busy, nodes, runner).await?;
    take_over_those(Working::Waiting, nodes, runner).await
}

async fn take_over_those(working: Working, nodes: &dyn Nodes, runner: &Runner) -> Result<()> {
    let mut found = Found::default();
    loop {
        // What is ours from now on must be gone on with, also when the next page cannot be had.
        let page = nodes.take_over(working, PAGE).await;
        if page.as_ref().is_ok_and(|page| found.add(page, runner)) {
            continue;
        }
        found.go_on(runner).await;
        return page.map(drop).map_err(Error::from);
    }
}

#[derive(Default)]
struct Found {
    last: i64,
    asleep: usize,
    unfinished: Vec<Uuid>,
}

impl Found {
    /// False when the page is empty: there are no more.
    fn add(&mut self, page: &[WorkingRun], runner: &Runner) -> bool {
        let Some(last) = page.last() else { return false };
        self.last = last.key;
        for run in page {
            match run.working {
                Working::Busy => self.unfinished.push(run.id),
                Working::Waiting | Working::No => {
                    runner.sleeping(run.id, run.due.map(Time));
                    self.asleep += 1;
                }
            }
        }
        true
    }

    async fn go_on(self, runner: &Runner) {
        let (asleep, busy) = (self.asleep, self.unfinished.len());
        stream::iter(self.unfinished).for_each_concurrent(AT_ONCE, |run_id| runner.recover(run_id)).await;
        if asleep + busy > 0 {
            tracing::info!(asleep, busy, "went on with the runs of a process that is gone");
        }
    }
}
