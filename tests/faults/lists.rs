//! All that the API lists in the end, page by page, held against the log.

use super::checker::{Log, Observed};
use super::fixture::Fixture;
use super::server::Grpc;
use super::servers::Servers;
use ringdown::model::event::Kind;
use ringdown::model::view;
use ringdown::proto::*;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use tokio::task::JoinSet;
use uuid::Uuid;

/// Histories that are read at the same time.
const AT_ONCE: usize = 16;

/// What the API lists when all is over.
#[derive(Clone, Default)]
pub struct Listed {
    /// Activeflows, and whether they have ended.
    pub activeflows: Vec<(Uuid, bool)>,
    /// Calls, and whether they are hung up.
    pub calls: Vec<(Uuid, bool)>,
    /// The events of each activeflow, the oldest first.
    pub events: Vec<(Uuid, Vec<Observed>)>,
}

fn id(text: &str) -> Uuid {
    text.parse().expect("an id")
}

pub async fn all(fixture: &Arc<Fixture>) -> Listed {
    let mut listed = Listed::default();
    let mut page_token = String::new();
    loop {
        let request = ListActiveflowsRequest { page_token, page_size: 1_000, ..Default::default() };
        let ask = |mut grpc: Grpc, request| async move { grpc.activeflows.list_activeflows(request).await };
        let page = fixture.ask(&request, ask).await.unwrap();
        let ended = |it: &Activeflow| it.status() == ActiveflowStatus::Ended;
        listed.activeflows.extend(page.activeflows.iter().map(|it| (id(&it.id), ended(it))));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    loop {
        let request = ListCallsRequest { page_token, page_size: 1_000, ..Default::default() };
        let ask = |mut grpc: Grpc, request| async move { grpc.calls.list_calls(request).await };
        let page = fixture.ask(&request, ask).await.unwrap();
        listed.calls.extend(page.calls.iter().map(|it| (id(&it.id), it.status() == CallStatus::Hangup)));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    let mut reading = JoinSet::new();
    for (id, _) in &listed.activeflows {
        if reading.len() == AT_ONCE {
            listed.events.extend(reading.join_next().await.map(|read| read.expect("it is read")));
        }
        reading.spawn(history(fixture.clone(), *id));
    }
    listed.events.extend(reading.join_all().await);
    listed
}

/// The events of an activeflow, the oldest first.
async fn history(fixture: Arc<Fixture>, id: Uuid) -> (Uuid, Vec<Observed>) {
    let (mut told, mut page_token) = (Vec::new(), String::new());
    loop {
        let request = ListActiveflowEventsRequest { id: id.to_string(), page_token, ..Default::default() };
        let ask = |mut grpc: Grpc, request| async move { grpc.activeflows.list_activeflow_events(request).await };
        let page = fixture.ask(&request, ask).await.unwrap();
        told.extend(page.events.iter().map(Observed::activeflow));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            told.reverse();
            return (id, told);
        }
    }
}

/// The lists show what is in the log, all of it and nothing else.
pub fn check(log: &Log, listed: &Listed, wrong: &mut Vec<String>) {
    let mut histories: HashMap<Uuid, Vec<Observed>> = HashMap::new();
    let mut calls: HashSet<Uuid> = HashSet::new();
    for record in &log.records {
        let history = histories.entry(record.info.id).or_default();
        for (at, event) in record.events.iter().enumerate() {
            history.extend(view::activeflow_event(record, at).map(|event| Observed::activeflow(&event)));
            if let Kind::Call { call, .. } = &event.kind {
                calls.insert(call.id);
            }
        }
    }
    let activeflows: HashSet<Uuid> = histories.keys().copied().collect();
    for (what, listed, logged) in [("activeflows", &listed.activeflows, activeflows), ("calls", &listed.calls, calls)] {
        let ids: HashSet<Uuid> = listed.iter().map(|(id, _)| *id).collect();
        if ids.len() != listed.len() || ids != logged {
            wrong.push(format!("{} {what} are listed, and {} are in the log", listed.len(), logged.len()));
        }
        wrong.extend(listed.iter().filter(|(_, over)| !over).map(|(id, _)| format!("{id} is listed with no end")));
    }
    for (id, events) in &listed.events {
        if histories.get(id) != Some(events) {
            wrong.push(format!("the events that are listed of activeflow {id} are not those of the log"));
        }
    }
}
