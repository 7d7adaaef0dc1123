//! What a server does first: it looks after the runs that an earlier process left behind.

use super::runner::Runner;
use crate::error::Result;
use crate::model::time::Time;
use crate::store::{Store, Working};
use futures::stream::{self, StreamExt};

/// Rows of the working set read at a time.
const PAGE: u32 = 1_000;
/// Runs with dead calls that are ended at the same moment.
const AT_ONCE: usize = 256;

/// Ends the calls that died with their process, begins again what was left unfinished, and sets the timers of all others.
pub async fn recover(store: &dyn Store, runner: &Runner) -> Result<()> {
    let (mut after, mut asleep, mut busy) = (0, 0, 0);
    loop {
        let page = store.working_set(after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.key;
        let (waiting, unfinished): (Vec<_>, Vec<_>) = page.into_iter().partition(|run| run.working == Working::Waiting);
        asleep += waiting.len();
        busy += unfinished.len();
        for run in waiting {
            runner.sleeping(run.id, run.due.map(Time));
        }
        stream::iter(unfinished).for_each_concurrent(AT_ONCE, |run| runner.recover(run.id)).await;
    }
    if asleep + busy > 0 {
        tracing::info!(asleep, busy, "went on with the runs of an earlier process");
    }
    Ok(())
}
