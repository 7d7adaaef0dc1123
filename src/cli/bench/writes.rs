//! Measures requests whose result is durable when they return.

use super::Failure;
use super::load::{self, Recorder};
use super::report::Report;
use super::target::{Activeflows, Target};
use ringdown::proto::*;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

const BLOCK: &str = "b10c0000-0000-4000-8000-000000000001";
/// How often an activeflow is continued before a new one is created: a long call has several dozen events.
const TURNS: i32 = 25;
/// Numbers of concurrent requests.
const IN_FLIGHT: [usize; 3] = [1, 64, 256];

pub fn action(option: action::Option) -> Action {
    Action { option: Some(option), ..Action::default() }
}

/// Returns actions that block, and block again whenever the activeflow is continued.
fn blocking() -> Vec<Action> {
    let block = Action { id: BLOCK.to_owned(), ..action(action::Option::Block(BlockOption::default())) };
    let goto = GotoOption { target_id: Some(BLOCK.to_owned()), loop_count: Some(TURNS) };
    vec![block, action(action::Option::Goto(goto))]
}

fn set() -> Action {
    let (key, value) = (Some("a".to_owned()), Some("b".to_owned()));
    action(action::Option::VariableSet(VariableSetOption { key, value }))
}

pub async fn make_flow(target: &Target, actions: Vec<Action>) -> Result<String, Failure> {
    let request = CreateFlowRequest { name: "bench".to_owned(), actions, ..Default::default() };
    let flow = target.flows()?.create_flow(request).await?.into_inner().flow;
    Ok(flow.ok_or("no flow was made")?.id)
}

pub async fn create(activeflows: &mut Activeflows, flow_id: &str) -> Result<String, Failure> {
    let request = CreateActiveflowRequest { flow_id: flow_id.to_owned(), ..Default::default() };
    let made = activeflows.create_activeflow(request).await?.into_inner().activeflow;
    Ok(made.ok_or("no activeflow was made")?.id)
}

async fn go_on(activeflows: &mut Activeflows, id: &str) -> Result<(), Failure> {
    let (id, current_action_id) = (id.to_owned(), BLOCK.to_owned());
    let request = ContinueActiveflowRequest { id, current_action_id, ..Default::default() };
    activeflows.continue_activeflow(request).await?;
    Ok(())
}

pub async fn starts(target: &Target, time: Duration, report: &mut Report) -> Result<(), Failure> {
    let flow_id = make_flow(target, vec![action(action::Option::Block(BlockOption::default()))]).await?;
    for in_flight in IN_FLIGHT {
        let name = format!("starts, {in_flight} in flight");
        let connections = target.connections(in_flight)?;
        let work = |number: usize, mut recorder: Recorder| {
            let (mut client, flow_id) = (connections[number % connections.len()].clone(), flow_id.clone());
            async move {
                while !recorder.is_over() {
                    recorder.time(create(&mut client, &flow_id)).await?;
                }
                Ok(recorder)
            }
        };
        let measured = load::together(&name, in_flight, time, work).await?;
        report.rate(name, &measured, None);
    }
    Ok(())
}

pub async fn events(target: &Target, time: Duration, report: &mut Report) -> Result<(), Failure> {
    let flow_id = make_flow(target, blocking()).await?;
    for in_flight in IN_FLIGHT {
        let name = format!("external events, {in_flight} in flight");
        let connections = target.connections(in_flight)?;
        let work = |number: usize, mut recorder: Recorder| {
            let (mut client, flow_id) = (connections[number % connections.len()].clone(), flow_id.clone());
            async move {
                while !recorder.is_over() {
                    let id = create(&mut client, &flow_id).await?;
                    let mut left = TURNS;
                    while left > 0 && !recorder.is_over() {
                        recorder.time(go_on(&mut client, &id)).await?;
                        left -= 1;
                    }
                }
                Ok(recorder)
            }
        };
        let measured = load::together(&name, in_flight, time, work).await?;
        report.rate(name, &measured, None);
    }
    Ok(())
}

/// The tasks that wait for the end of an activeflow, by its id.
#[derive(Clone, Default)]
struct Ends(Arc<Mutex<HashMap<String, Waiting>>>);

enum Waiting {
    /// The activeflow ended before anyone waited for it.
    Ended(Instant),
    Asked(oneshot::Sender<Instant>),
}

impl Ends {
    /// Follows all activeflows of a flow, from now on.
    async fn of(target: &Target, flow_id: &str) -> Result<Ends, Failure> {
        let request = WatchActiveflowsRequest { flow_id: flow_id.to_owned(), ..Default::default() };
        let mut frames = target.activeflows()?.watch_activeflows(request).await?.into_inner();
        let ends = Ends::default();
        let observed = ends.clone();
        tokio::spawn(async move {
            // When the watch is lost, dropping this makes all waiting tasks fail.
            while let Ok(Some(frame)) = frames.message().await {
                let seen = Instant::now();
                let Ok(frame) = frame.into_message() else { return };
                let ended = frame.event.filter(|event| event.r#type() == ActiveflowEventType::Ended);
                if let Some(event) = ended {
                    observed.end(event.activeflow_id, seen);
                }
            }
            observed.0.lock().expect("no holder panics").clear();
        });
        Ok(ends)
    }

    fn end(&self, id: String, seen: Instant) {
        let mut all = self.0.lock().expect("no holder panics");
        match all.remove(&id) {
            // The receiver may be gone when the measurement is over.
            Some(Waiting::Asked(asked)) => drop(asked.send(seen)),
            _ => drop(all.insert(id, Waiting::Ended(seen))),
        }
    }

    /// Returns when the end of this activeflow was seen.
    async fn wait(&self, id: &str) -> Result<Instant, Failure> {
        let end = {
            let mut all = self.0.lock().expect("no holder panics");
            if let Some(Waiting::Ended(seen)) = all.remove(id) {
                return Ok(seen);
            }
            let (asked, end) = oneshot::channel();
            all.insert(id.to_owned(), Waiting::Asked(asked));
            end
        };
        Ok(end.await.map_err(|_| "the watch ended early")?)
    }
}

/// The pause between the steps of a flow, in milliseconds.
const PAUSE_MS: i32 = 1;

pub async fn flows(target: &Target, time: Duration, report: &mut Report) -> Result<(), Failure> {
    const WORKERS: usize = 64;
    let sleep = || action(action::Option::Sleep(SleepOption { duration: Some(PAUSE_MS) }));
    let steps = (0..5).flat_map(|step| if step == 0 { vec![set()] } else { vec![sleep(), set()] });
    let flow_id = make_flow(target, steps.collect()).await?;
    let ends = Ends::of(target, &flow_id).await?;
    let name = format!("flows of 5 steps, a wait of {PAUSE_MS} ms between each, {WORKERS} in flight");
    let connections = target.connections(WORKERS)?;
    let work = |number: usize, mut recorder: Recorder| {
        let (mut client, flow_id) = (connections[number % connections.len()].clone(), flow_id.clone());
        let ends = ends.clone();
        async move {
            while !recorder.is_over() {
                let flow = async {
                    let id = create(&mut client, &flow_id).await?;
                    ends.wait(&id).await
                };
                recorder.time(flow).await?;
            }
            Ok(recorder)
        }
    };
    let measured = load::together(&name, WORKERS, time, work).await?;
    report.rate("flows of 5 steps and 4 waits, 64 in flight", &measured, None);
    Ok(())
}

pub async fn signal(target: &Target, time: Duration, report: &mut Report) -> Result<(), Failure> {
    let block = Action { id: BLOCK.to_owned(), ..action(action::Option::Block(BlockOption::default())) };
    let flow_id = make_flow(target, vec![block, set()]).await?;
    let ends = Ends::of(target, &flow_id).await?;
    let client = target.activeflows()?;
    let work = |_, mut recorder: Recorder| {
        let (mut client, flow_id, ends) = (client.clone(), flow_id.clone(), ends.clone());
        async move {
            while !recorder.is_over() {
                let id = create(&mut client, &flow_id).await?;
                let asked = Instant::now();
                go_on(&mut client, &id).await?;
                recorder.add(ends.wait(&id).await?.duration_since(asked));
            }
            Ok(recorder)
        }
    };
    let measured = load::together("signal to end, 1 in flight", 1, time, work).await?;
    report.rate("signal to end as a watcher sees it, 1 in flight", &measured, None);
    Ok(())
}
