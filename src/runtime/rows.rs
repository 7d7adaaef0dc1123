//! Runs as rows: how the state, the log record and the calls of a step are stored, and how a run is read back.

use super::revisions::{Revisions, revision_row};
use crate::delivery::rows::add_outgoing;
use crate::engine::Output;
use crate::error::Result;
use crate::model::call::Call;
use crate::model::codec::to_bytes;
use crate::model::event::{Event, Kind, Record, Shown};
use crate::model::flow::Flow;
use crate::model::recording::Recording;
use crate::model::run::{Run, RunInfo, Status};
use crate::model::time::Time;
use crate::model::variables::Variables;
use crate::model::view;
use crate::store::{self, Commit, Damage, Loaded, LogRecord, RunWrite, StoredRun, Working};
use crate::watch::Glimpse;
use std::collections::HashSet;
use std::sync::Arc;
use uuid::Uuid;

/// Variables of more bytes are in a separate row, which is written only when they change.
const VARIABLES_INSIDE: usize = 4 * 1024;

/// Adds a step to a commit: the run itself, its events, the lists that it now refers to, and the runs that begin with it.
pub fn add_step(commit: &mut Commit, before: Option<&Loaded>, run: &mut Run, output: &mut Output, now: Time) {
    let shown = before.map_or_else(new_shown, |loaded| loaded.run.shown());
    let events = std::mem::take(&mut output.events);
    let calls = changed_calls(&run.info, &events);
    let record = Record { info: run.info.clone(), revision: run.revision, before: shown, events };
    let expected = before.map(|loaded| (loaded.key, loaded.run.revision));
    let had_row = before.is_some_and(|loaded| has_variables_row(&loaded.run));
    let large = has_variables_row(run);
    let variables = match (large, had_row) {
        (true, true) if !output.variables_changed => None,
        (true, _) => Some(to_bytes(&run.variables)),
        (false, true) => Some(Vec::new()),
        (false, false) => None,
    };
    commit.flows.extend(output.flows.iter().map(flow_row));
    let mut lists = 0;
    commit.revisions.extend(output.revisions.iter().map(|revision| {
        let row = revision_row(revision, now);
        lists += row.body.len();
        row
    }));
    for outgoing in &output.outgoing {
        add_outgoing(commit, outgoing, run.info.customer_id, run.info.id, now);
    }
    commit.recordings.extend(output.recordings.iter().map(recording_row));
    let record = LogRecord { bytes: to_bytes(&record).into(), decoded: Some(Arc::new(record)) };
    // The engine counted about as many bytes as it wrote.
    let written = (record.bytes.len() + lists) as u64;
    run.used.history_bytes = run.used.history_bytes.saturating_sub(output.written).saturating_add(written);
    commit.runs.push(RunWrite { expected, run: run_row(run, large), record, calls, variables });
    for (spawned, output) in &mut output.spawned {
        add_step(commit, None, spawned, output, now);
    }
}

fn has_variables_row(run: &Run) -> bool {
    run.variables.total() > VARIABLES_INSIDE
}

/// Returns what a run shows before its first event.
fn new_shown() -> Shown {
    Shown {
        status: Status::Running,
        end_reason: None,
        error: String::new(),
        current_action: None,
        forward_id: Uuid::nil(),
        tm_update: None,
        tm_delete: None,
    }
}

fn run_row(run: &mut Run, large: bool) -> store::Run {
    let apart = if large { std::mem::take(&mut run.variables) } else { Variables::default() };
    let state = to_bytes(run);
    if large {
        run.variables = apart;
    }
    let working = match (run.is_busy(), run.is_running()) {
        (true, _) => Working::Busy,
        (false, true) => Working::Waiting,
        (false, false) => Working::No,
    };
    store::Run {
        id: run.info.id,
        customer_id: run.info.customer_id,
        flow_id: run.info.flow_id,
        status: view::status(run.status).into(),
        reference_type: view::reference_type(run.info.reference_type).into(),
        reference_id: run.info.reference_id,
        revision: run.revision,
        working,
        due: run.due().map(|due| due.0),
        tm_create: run.info.tm_create.0,
        tm_delete: run.tm_delete.map(|at| at.0),
        state,
    }
}

/// Returns the calls that the events changed, each as of the last of them.
fn changed_calls(info: &RunInfo, events: &[Event]) -> Vec<store::Call> {
    let mut seen = HashSet::new();
    let calls = events.iter().rev().filter_map(|event| match &event.kind {
        Kind::Call { call, .. } if seen.insert(call.id) => Some(call_row(info, call)),
        _ => None,
    });
    calls.collect()
}

fn call_row(info: &RunInfo, call: &Call) -> store::Call {
    store::Call {
        id: call.id,
        customer_id: info.customer_id,
        flow_id: info.flow_id,
        activeflow_id: info.id,
        status: view::call_status(call.status).into(),
        direction: view::direction(call.direction).into(),
        tm_create: call.tm_create.0,
        tm_delete: call.tm_delete.map(|at| at.0),
        body: to_bytes(call),
    }
}

pub fn recording_row(recording: &Recording) -> store::Recording {
    store::Recording {
        id: recording.id,
        customer_id: recording.customer_id,
        activeflow_id: recording.activeflow_id,
        call_id: recording.call_id,
        status: view::recording_status(recording.status).into(),
        tm_create: recording.tm_start.0,
        tm_delete: recording.tm_delete.map(|at| at.0),
        body: to_bytes(recording),
    }
}

pub fn flow_row(flow: &Flow) -> store::Flow {
    store::Flow {
        id: flow.id,
        customer_id: flow.customer_id,
        listed: flow.listed,
        tm_create: flow.tm_create.0,
        tm_delete: flow.tm_delete.map(|at| at.0),
        body: to_bytes(flow),
    }
}

/// Reads a run and adds the revisions that it refers to.
pub async fn read_run(stored: StoredRun, revisions: &Revisions) -> Result<Arc<Loaded>> {
    let mut loaded = read_state(stored, revisions.damage())?;
    revisions.fill(&mut loaded.run).await?;
    Ok(Arc::new(loaded))
}

/// Reads a run for a list, with the only action that lists show.
pub async fn read_glimpse(stored: StoredRun, revisions: &Revisions) -> Result<Glimpse> {
    let loaded = read_state(stored, revisions.damage())?;
    let action = revisions.current_action(&loaded.run).await?;
    Ok(Glimpse::new(Arc::new(loaded), action))
}

/// Reads a run without its revisions.
fn read_state(stored: StoredRun, damage: &Damage) -> Result<Loaded> {
    let StoredRun { key, owner, run, variables } = stored;
    let mut read: Run = damage.read("run", run.id, &run.state)?;
    if let Some(bytes) = variables {
        read.variables = damage.read("variables", run.id, &bytes)?;
    }
    Ok(Loaded { key, owner, run: read })
}

pub fn read_recording(row: &store::Recording, damage: &Damage) -> Result<Recording> {
    Ok(damage.read("recording", row.id, &row.body)?)
}
