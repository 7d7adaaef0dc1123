//! Runs as rows: how the state, the log record and the calls of a step are stored, and how a run is read back.

use super::revisions::Revisions;
use super::{messages, time_of};
use crate::engine::Output;
use crate::error::{Error, Reason, Result};
use crate::model::call::Call;
use crate::model::event::{Event, Kind, Record, Shown};
use crate::model::flow::{Flow, Revision};
use crate::model::outgoing::{Outgoing, Parcel};
use crate::model::recording::Recording;
use crate::model::run::{Head, Run, Status};
use crate::model::time::Time;
use crate::model::variables::Variables;
use crate::model::view;
use crate::proto;
use crate::store::{self, Commit, LogRecord, NodeId, RunKey, RunWrite, StoredRun, Working};
use prost::Message;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use std::sync::Arc;
use uuid::Uuid;

/// Variables of more bytes live in a row of their own, which is written only when they change.
const VARIABLES_INSIDE: usize = 4 * 1024;

/// A run as it stands in the store.
#[derive(Debug, Clone)]
pub struct Loaded {
    pub key: RunKey,
    /// The node that alone may change it.
    pub owner: NodeId,
    pub run: Run,
}

impl Loaded {
    fn has_variables_row(&self) -> bool {
        self.run.variables.total() > VARIABLES_INSIDE
    }
}

/// Everything stored by name, so that a later version may add fields and both read both.
pub fn to_bytes(value: &impl Serialize) -> Vec<u8> {
    rmp_serde::to_vec_named(value).expect("plain data in memory can be written")
}

fn from_bytes<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    rmp_serde::from_slice(bytes).map_err(strange)
}

/// What cannot be read was written by a newer version, beside which this one runs while servers are upgraded: one of that
/// version can answer. Or it is damaged, which the log tells.
pub fn strange(why: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    let message = "a newer version wrote this, and this server cannot read it; ask one of that version";
    Error { source: Some(why.into()), ..Error::new(Reason::NodeUnavailable, message) }
}

/// Adds a step to a commit: the run itself, its events, the lists that it points to now, and the runs that begin with it.
pub fn add_step(commit: &mut Commit, before: Option<&Loaded>, run: &mut Run, output: &mut Output, now: Time) {
    let shown = before.map_or_else(new_shown, |loaded| loaded.run.shown());
    let events = std::mem::take(&mut output.events);
    let calls = changed_calls(&run.head, &events);
    let record = Record { head: run.head.clone(), revision: run.revision, before: shown, events };
    let expected = before.map(|loaded| (loaded.key, loaded.run.revision));
    let had_row = before.is_some_and(Loaded::has_variables_row);
    let large = run.variables.total() > VARIABLES_INSIDE;
    let variables = match (large, had_row) {
        (true, true) if !output.variables_changed => None,
        (true, _) => Some(to_bytes(&run.variables)),
        (false, true) => Some(Vec::new()),
        (false, false) => None,
    };
    commit.flows.extend(output.flows.iter().map(flow_row));
    commit.revisions.extend(output.revisions.iter().map(|revision| revision_row(revision, now)));
    for outgoing in &output.outgoing {
        add_outgoing(commit, outgoing, run.head.customer_id, run.head.id, now);
    }
    commit.recordings.extend(output.recordings.iter().map(recording_row));
    let record = LogRecord { bytes: to_bytes(&record).into(), decoded: Some(Arc::new(record)) };
    commit.runs.push(RunWrite { expected, run: run_row(run, large), record, calls, variables });
    for (spawned, output) in &mut output.spawned {
        add_step(commit, None, spawned, output, now);
    }
}

/// Adds something to be sent to a commit; a text message is also kept as one.
pub fn add_outgoing(commit: &mut Commit, outgoing: &Outgoing, customer_id: Uuid, activeflow_id: Uuid, now: Time) {
    if let Parcel::Message { source, destination, text } = &outgoing.what {
        let message = messages::queued(outgoing.id, customer_id, (source, destination), text, now);
        commit.messages.push(message_row(&proto::Message { activeflow_id: view::id(activeflow_id), ..message }));
    }
    commit.outgoing.push(store::Outgoing {
        id: outgoing.id,
        customer_id,
        activeflow_id,
        kind: outgoing.what.kind(),
        lane: lane(customer_id, &outgoing.what),
        due: now.0,
        tm_create: now.0,
        body: to_bytes(&outgoing.what),
    });
}

/// Whoever a customer sends to at one place shares a lane there: one web server, the message provider, the mail server. Two
/// customers never do, so neither holds up the other's.
fn lane(customer_id: Uuid, parcel: &Parcel) -> i64 {
    let receiver = match parcel {
        Parcel::Webhook(request) => origin(&request.uri).to_ascii_lowercase(),
        Parcel::Event(event) => origin(&event.uri).to_ascii_lowercase(),
        Parcel::Message { .. } => "a message".to_owned(),
        Parcel::Mail { .. } => "a mail".to_owned(),
    };
    let mut hash = Sha256::new();
    hash.update(customer_id.as_bytes());
    hash.update(receiver);
    let bytes = hash.finalize();
    i64::from_be_bytes(std::array::from_fn(|at| bytes[at]))
}

/// Scheme, host and port of an address.
fn origin(uri: &str) -> &str {
    let host = uri.find("://").map_or(0, |at| at + 3);
    uri[host..].find(['/', '?', '#']).map_or(uri, |end| &uri[..host + end])
}

pub fn message_row(message: &proto::Message) -> store::Message {
    let id = |text: &str| text.parse().unwrap_or_default();
    store::Message {
        id: id(&message.id),
        customer_id: id(&message.customer_id),
        direction: message.direction,
        status: message.status,
        tm_create: message.tm_create.as_ref().map_or(0, |time| time_of(time).0),
        tm_delete: message.tm_delete.as_ref().map(|time| time_of(time).0),
        body: message.encode_to_vec(),
    }
}

/// What a run shows before its first event.
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
        id: run.head.id,
        customer_id: run.head.customer_id,
        flow_id: run.head.flow_id,
        status: view::status(run.status).into(),
        reference_type: view::reference_type(run.head.reference_type).into(),
        reference_id: run.head.reference_id,
        revision: run.revision,
        working,
        due: run.due().map(|due| due.0),
        tm_create: run.head.tm_create.0,
        tm_delete: run.tm_delete.map(|at| at.0),
        state,
    }
}

/// The calls that the events changed, each as it is after the last of them.
fn changed_calls(head: &Head, events: &[Event]) -> Vec<store::Call> {
    let mut seen = HashSet::new();
    let calls = events.iter().rev().filter_map(|event| match &event.kind {
        Kind::Call { call, .. } if seen.insert(call.id) => Some(call_row(head, call)),
        _ => None,
    });
    calls.collect()
}

fn call_row(head: &Head, call: &Call) -> store::Call {
    store::Call {
        id: call.id,
        customer_id: head.customer_id,
        flow_id: head.flow_id,
        activeflow_id: head.id,
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

pub fn revision_row(revision: &Revision, now: Time) -> store::Revision {
    store::Revision {
        id: revision.id,
        flow_id: revision.flow_id,
        number: revision.number,
        tm_create: now.0,
        body: revision.to_bytes(),
    }
}

pub fn read_revision(row: &store::Revision) -> Result<Revision> {
    Revision::from_bytes(row.id, row.flow_id, row.number, &row.body).map_err(Error::internal)
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

/// Reads a run and puts in the revisions that it points to.
pub async fn read_run(stored: StoredRun, revisions: &Revisions) -> Result<Arc<Loaded>> {
    let StoredRun { key, owner, run, variables } = stored;
    let mut read: Run = from_bytes(&run.state)?;
    if let Some(bytes) = variables {
        read.variables = from_bytes(&bytes)?;
    }
    revisions.fill(&mut read).await?;
    Ok(Arc::new(Loaded { key, owner, run: read }))
}

pub fn read_call(row: &store::Call) -> Result<Call> {
    from_bytes(&row.body)
}

/// The record of a row of the log, which is decoded where this process did not write it a moment ago.
pub fn read_record(record: &LogRecord) -> Result<Arc<Record>> {
    match &record.decoded {
        Some(decoded) => Ok(decoded.clone()),
        None => from_bytes(&record.bytes).map(Arc::new),
    }
}

/// Whose record this is, where no more of it can be read.
pub fn read_head(bytes: &[u8]) -> Result<Head> {
    #[derive(Deserialize)]
    struct Front {
        head: Head,
    }
    from_bytes::<Front>(bytes).map(|front| front.head)
}

pub fn read_recording(row: &store::Recording) -> Result<Recording> {
    from_bytes(&row.body)
}
