//! Measures many watchers of the same activeflows.

use super::Failure;
use super::load::Measured;
use super::report::{Progress, Report};
use super::target::{Activeflows, Target};
use super::writes::{action, create, make_flow};
use futures::future::try_join_all;
use ringdown::proto::*;
use std::time::{Duration, Instant, SystemTime};

/// Streams per connection.
const STREAMS: usize = 100;
/// Events of the backlog that each watcher reads. An activeflow with a creation and an end has several.
const BACKLOG: usize = 1_000;
/// Activeflows started per second while the watchers receive live events.
const PACES: [u32; 2] = [100, 400];

pub async fn measure(target: &Target, time: Duration, watchers: u32, report: &mut Report) -> Result<(), Failure> {
    // About one event per activeflow: it is created and stays at its block.
    let flow_id = make_flow(target, vec![action(action::Option::Block(BlockOption::default()))]).await?;
    let connections = (0..(watchers as usize).div_ceil(STREAMS)).map(|_| target.activeflows());
    let connections = connections.collect::<Result<Vec<_>, Failure>>()?;
    backlog(target, &connections, &flow_id, watchers as usize, report).await?;
    for pace in PACES {
        live(target, &connections, &flow_id, watchers as usize, (pace, time), report).await?;
    }
    Ok(())
}

async fn watch(
    client: &Activeflows,
    flow_id: &str,
    resume_token: String,
) -> Result<tonic::Streaming<Shared<ActiveflowFrame>>, Failure> {
    let flow_id = flow_id.to_owned();
    let request = WatchActiveflowsRequest { flow_id, resume_token, ..Default::default() };
    Ok(client.clone().watch_activeflows(request).await?.into_inner())
}

/// Returns a resume token of the current position: the backlog comes after it.
async fn now(target: &Target, flow_id: &str) -> Result<String, Failure> {
    let request = WatchActiveflowsRequest { flow_id: flow_id.to_owned(), include_snapshot: true, ..Default::default() };
    let mut frames = target.activeflows()?.watch_activeflows(request).await?.into_inner();
    loop {
        let frame = frames.message().await?.ok_or("the watch ended early")?.into_message()?;
        if frame.r#type() == WatchType::Progress {
            return Ok(frame.resume_token);
        }
    }
}

/// Lets all watchers read the backlog, as fast as they can.
async fn backlog(
    target: &Target,
    connections: &[Activeflows],
    flow_id: &str,
    watchers: usize,
    report: &mut Report,
) -> Result<(), Failure> {
    let (token, mut client) = (now(target, flow_id).await?, target.activeflows()?);
    for _ in 0..BACKLOG {
        create(&mut client, flow_id).await?;
    }
    let progress = Progress::of(format!("backlog of {watchers} watchers"));
    progress.show(0.0);
    let began = Instant::now();
    let readers = (0..watchers).map(|number| {
        let (client, flow_id, token) = (connections[number / STREAMS].clone(), flow_id.to_owned(), token.clone());
        tokio::spawn(async move {
            let mut frames = watch(&client, &flow_id, token).await?;
            for _ in 0..BACKLOG {
                frames.message().await?.ok_or("the watch ended early")?;
            }
            Ok::<_, Failure>(())
        })
    });
    try_join_all(readers).await?.into_iter().collect::<Result<Vec<()>, Failure>>()?;
    let rate = (BACKLOG * watchers) as f64 / began.elapsed().as_secs_f64();
    report.value(format!("watch, {watchers} watchers read {BACKLOG} events: deliveries"), rate, "/s");
    Ok(())
}

/// Starts activeflows at a pace; measures how long after each event every watcher receives it.
async fn live(
    target: &Target,
    connections: &[Activeflows],
    flow_id: &str,
    watchers: usize,
    (pace, time): (u32, Duration),
    report: &mut Report,
) -> Result<(), Failure> {
    let count = (f64::from(pace) * time.as_secs_f64()) as usize;
    let mut readers = Vec::with_capacity(watchers);
    for number in 0..watchers {
        let mut frames = watch(&connections[number / STREAMS], flow_id, String::new()).await?;
        readers.push(tokio::spawn(async move {
            let mut took = Vec::with_capacity(count);
            while took.len() < count {
                let frame = frames.message().await?.ok_or("the watch ended early")?.into_message()?;
                took.extend(frame.event.and_then(|event| age_us(&event)));
            }
            Ok::<_, Failure>(took)
        }));
    }
    let progress = Progress::of(format!("{watchers} watchers at {pace} events/s"));
    let mut client = target.activeflows()?;
    let (began, mut pulse) = (Instant::now(), tokio::time::interval(Duration::from_secs(1) / pace));
    for done in 0..count {
        pulse.tick().await;
        create(&mut client, flow_id).await?;
        progress.show(done as f64 / count as f64);
    }
    let took = try_join_all(readers).await?.into_iter().collect::<Result<Vec<_>, Failure>>()?;
    let measured = Measured::of(took.concat(), began.elapsed());
    report.rate(format!("watch, {watchers} watchers at {pace} events/s: deliveries"), &measured, None);
    Ok(())
}

/// Returns the age of an event in microseconds. Server and client share a clock when they share a machine.
fn age_us(event: &ActiveflowEvent) -> Option<u32> {
    let at = SystemTime::try_from(event.tm_create?).ok()?;
    let age = SystemTime::now().duration_since(at).unwrap_or_default();
    Some(u32::try_from(age.as_micros()).unwrap_or(u32::MAX))
}
