//! The cases, and the rows that they are made of.

pub mod carriers;
pub mod concurrency;
pub mod customers;
pub mod lists;
pub mod log;
pub mod model;
pub mod outbox;
pub mod prune;
pub mod recordings;
pub mod rest;
pub mod runs;

use ringdown::store::{
    AccessKey, Answer, Call, Commit, Customer, Flow, Message, Micros, Number, Outgoing, Page, Position, Revision, Run,
    RunKey, RunWrite, Store, Working,
};
use uuid::Uuid;

/// An arbitrary moment.
pub const NOW: Micros = 1_790_000_000_000_000;

pub fn id() -> Uuid {
    Uuid::now_v7()
}

/// A run at its first revision, with a record that says so.
pub fn new_run(customer_id: Uuid) -> RunWrite {
    let run = Run {
        id: id(),
        customer_id,
        flow_id: id(),
        status: 1,
        reference_type: 2,
        reference_id: Uuid::nil(),
        revision: 1,
        working: Working::Waiting,
        due: None,
        tm_create: NOW,
        tm_delete: None,
        state: b"state 1".to_vec(),
    };
    RunWrite { expected: None, run, record: b"record 1".to_vec().into(), calls: Vec::new(), variables: None }
}

/// The same run one revision later.
pub fn next(key: RunKey, write: &RunWrite) -> RunWrite {
    let revision = write.run.revision + 1;
    let state = format!("state {revision}").into_bytes();
    let run = Run { revision, state, ..write.run.clone() };
    RunWrite {
        expected: Some((key, write.run.revision)),
        run,
        record: format!("record {revision}").into_bytes().into(),
        calls: Vec::new(),
        variables: None,
    }
}

pub fn new_call(run: &Run) -> Call {
    Call {
        id: id(),
        customer_id: run.customer_id,
        flow_id: run.flow_id,
        activeflow_id: run.id,
        status: 1,
        direction: 1,
        tm_create: NOW,
        tm_delete: None,
        body: b"call".to_vec(),
    }
}

pub fn new_flow(customer_id: Uuid) -> Flow {
    Flow { id: id(), customer_id, listed: true, tm_create: NOW, tm_delete: None, body: b"flow".to_vec() }
}

pub fn new_revision(flow_id: Uuid, number: u32) -> Revision {
    Revision { id: id(), flow_id, number, tm_create: NOW, body: b"actions".to_vec() }
}

/// As it is read after it was created.
pub fn new_customer(name: &str) -> Customer {
    Customer { id: id(), name: name.to_owned(), revision: 1, tm_create: NOW, body: Vec::new() }
}

pub fn new_access_key(customer_id: Uuid) -> AccessKey {
    let mut hash = [7; 32];
    hash[..16].copy_from_slice(id().as_bytes());
    AccessKey { id: id(), customer_id, hash, revision: 0, tm_create: NOW, tm_delete: None, body: b"key".to_vec() }
}

pub fn new_answer(customer_id: Uuid, key: &str) -> Answer {
    Answer {
        customer_id,
        rpc: "/ringdown.v1.CallService/CreateCalls".to_owned(),
        key: key.to_owned(),
        request: [3; 32],
        response: b"response".to_vec(),
        tm_create: NOW,
    }
}

/// One that is due at once, in a lane.
pub fn new_outgoing(customer_id: Uuid, partition: i64) -> Outgoing {
    Outgoing {
        id: id(),
        customer_id,
        activeflow_id: Uuid::nil(),
        kind: 1,
        partition,
        due: NOW,
        tm_create: NOW,
        body: b"payload".to_vec(),
    }
}

pub fn new_number(customer_id: Uuid, number: &str) -> Number {
    let (number, body) = (number.to_owned(), b"n".to_vec());
    Number { id: id(), customer_id, number, revision: 0, tm_create: NOW, tm_delete: None, body }
}

pub fn new_message(customer_id: Uuid) -> Message {
    let body = b"hello".to_vec();
    Message { id: id(), customer_id, direction: 1, status: 1, tm_create: NOW, tm_delete: None, body }
}

/// Commits one run alone.
pub async fn put(store: &dyn Store, write: &RunWrite) -> (RunKey, Position) {
    put_all(store, std::slice::from_ref(write)).await[0]
}

/// Commits runs together.
pub async fn put_all(store: &dyn Store, runs: &[RunWrite]) -> Vec<(RunKey, Position)> {
    let commit = Commit { runs: runs.to_vec(), ..Commit::default() };
    store.commit(commit).await.expect("committed").runs
}

pub fn page(customer_id: Uuid, limit: u32) -> Page {
    Page { customer_id, before: None, limit, max_bytes: 0 }
}
