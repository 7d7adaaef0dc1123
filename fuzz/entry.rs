//! What the fuzzer and the test suite try flows and scripts on: the check at the door, the warnings, and the dry run. Nothing
//! may panic, hang or go past a limit, whatever comes in.

use ringdown::engine::check::{MAX_ACTIONS, check_actions};
use ringdown::engine::warnings::{MAX_WARNINGS, warnings};
use ringdown::engine::{MAX_EXECUTED, MAX_IMMEDIATE};
use ringdown::model::flow::Revision;
use ringdown::proto;
use ringdown::simulation::script::MAX_LINES;
use ringdown::simulation::{self, MAX_RUNS, MONDAY, Play, Played, Script, Trace, YEAR_MS};
use std::sync::Arc;
use uuid::Uuid;

/// A flow that others may name, and run again.
pub const AGAIN: Uuid = Uuid::from_u128(0xa9a1);

/// Bytes as a list of actions in JSON and, behind the first NUL, a script. None: they could not be played.
pub fn bytes(data: &[u8]) -> Option<Box<Trace>> {
    let mut parts = data.splitn(2, |byte| *byte == 0);
    let flow = parts.next().unwrap_or_default();
    let script = String::from_utf8_lossy(parts.next().unwrap_or_default());
    let actions: Vec<proto::Action> = proto::json::read(serde_json::from_slice(flow).ok()?).ok()?;
    flow_and_script(&actions, &script)
}

/// None: the flow could not be saved, or the script not be read.
pub fn flow_and_script(actions: &[proto::Action], script: &str) -> Option<Box<Trace>> {
    let script = Script::read(script);
    let actions = check_actions(actions, "actions", Uuid::nil).ok()?;
    assert!(actions.len() <= MAX_ACTIONS && warnings(&actions, "actions", false).len() <= MAX_WARNINGS);
    let mut it = Play::new(Arc::new(Revision::new(Uuid::from_u128(1), AGAIN, 1, Uuid::nil(), actions)), script.ok()?);
    it.flows.insert(AGAIN, Some(it.revision.clone()));
    loop {
        // An error is a variable that the script may not set.
        match simulation::play(&it).ok()? {
            Played::Over(trace) => {
                hold(&it, &trace);
                return Some(trace);
            }
            Played::Needs(id) => assert!(it.flows.insert(id, None).is_none(), "it is told once that there is none"),
        }
    }
}

/// What holds of every play.
fn hold(it: &Play, trace: &Trace) {
    assert!(it.script.lines.len() <= MAX_LINES && trace.runs.len() <= MAX_RUNS);
    assert!(trace.failures.len() <= it.script.lines.len(), "a line fails once");
    let began = it.script.setup.clock.unwrap_or(MONDAY);
    assert!(trace.steps.iter().all(|step| (0..=YEAR_MS).contains(&step.at.ms_since(began))));
    assert!(trace.steps.is_sorted_by_key(|step| step.at), "a trace is in order of time");
    for run in &trace.runs {
        assert!(run.executed_count <= MAX_EXECUTED && run.immediate_count <= MAX_IMMEDIATE);
    }
    let told = simulation::response(trace);
    assert_eq!((told.steps.len(), told.runs.len()), (trace.steps.len(), trace.runs.len()));
    assert!(simulation::show(trace).lines().count() >= trace.steps.len(), "every step is a line");
}
