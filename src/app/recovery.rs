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
///
/// Nothing moves before every run is found. A run that begins in the meantime (an on_complete flow) would be found too, and
/// be taken over twice.
pub async fn recover(store: &dyn Store, runner: &Runner) -> Result<()> {
    let (mut after, mut asleep, mut unfinished) = (0, 0, Vec::new());
    loop {
        let page = store.working_set(after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.key;
        for run in page {
            match run.working {
                Working::Busy => unfinished.push(run.id),
                Working::Waiting | Working::No => {
                    runner.sleeping(run.id, run.due.map(Time));
                    asleep += 1;
                }
            }
        }
    }
    let busy = unfinished.len();
    stream::iter(unfinished).for_each_concurrent(AT_ONCE, |run_id| runner.recover(run_id)).await;
    runner.wake_up();
    if asleep + busy > 0 {
        tracing::info!(asleep, busy, "went on with the runs of an earlier process");
    }
    Ok(())
}
