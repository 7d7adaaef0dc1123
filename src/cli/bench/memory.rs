//! Measures the memory of a server. Only for a server that we started, and only where the system reports it.

use super::Failure;
use super::load;
use super::report::Report;
use super::target::Target;
use super::writes::{action, create, make_flow};
use ringdown::proto::*;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// Streams per connection.
const STREAMS: usize = 100;
/// How long the server is idle before its memory is read.
const SETTLE: Duration = Duration::from_secs(1);
const WORKERS: usize = 64;
/// The time limit; any number of activeflows within the limits takes less.
const LONGEST: Duration = Duration::from_secs(600);

pub async fn measure(target: &Target, watchers: u32, asleep: u32, report: &mut Report) -> Result<(), Failure> {
    let Some(at_rest) = target.resident() else { return Ok(()) };
    report.value("memory at rest", at_rest / 1024.0 / 1024.0, " MiB");

    let connections = (0..(watchers as usize).div_ceil(STREAMS)).map(|_| target.activeflows());
    let connections = connections.collect::<Result<Vec<_>, Failure>>()?;
    let mut watches = Vec::new();
    for number in 0..watchers as usize {
        let mut client = connections[number / STREAMS].clone();
        watches.push(client.watch_activeflows(WatchActiveflowsRequest::default()).await?.into_inner());
    }
    tokio::time::sleep(SETTLE).await;
    let with_watchers = target.resident().unwrap_or_default();
    report.value(
        format!("memory of an idle watcher, of {watchers}"),
        (with_watchers - at_rest) / f64::from(watchers) / 1024.0,
        " KiB",
    );
    drop((watches, connections));

    let before = target.resident().unwrap_or_default();
    let sleep = action(action::Option::Sleep(SleepOption { duration: Some(3_600_000) }));
    let flow_id = make_flow(target, vec![sleep]).await?;
    let (connections, left) = (target.connections(WORKERS)?, Arc::new(AtomicU32::new(asleep)));
    let work = |number: usize, recorder| {
        let (mut client, flow_id) = (connections[number % connections.len()].clone(), flow_id.clone());
        let left = left.clone();
        async move {
            let take = |left: u32| left.checked_sub(1);
            while left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).is_ok() {
                create(&mut client, &flow_id).await?;
            }
            Ok(recorder)
        }
    };
    load::together(&format!("{asleep} activeflows that sleep"), WORKERS, LONGEST, work).await?;
    tokio::time::sleep(SETTLE).await;
    let each = (target.resident().unwrap_or_default() - before) / f64::from(asleep) / 1024.0;
    report.value(format!("memory of a sleeping activeflow, of {asleep} just created"), each, " KiB");
    Ok(())
}
