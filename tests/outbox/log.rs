//! The database of a server that is not running: what its log holds, and what it has noted of webhooks.

use crate::server::Home;
use ringdown::model::event::Record;
use ringdown::model::outgoing::OutboxPayload;
use rusqlite::Connection;
use std::collections::BTreeSet;

fn open(home: &Home) -> Connection {
    Connection::open(home.path().join("ringdown.db")).unwrap()
}

/// The ids of all events of the log, in its order.
pub fn events(home: &Home) -> Vec<String> {
    let db = open(home);
    let mut select = db.prepare("select record from log order by position").unwrap();
    let rows = select.query_map([], |row| row.get::<_, Vec<u8>>(0)).unwrap();
    let records = rows.map(|row| rmp_serde::from_slice::<Record>(&row.unwrap()).unwrap());
    let ids = |record: Record| {
        let (id, revision) = (record.info.id, record.revision);
        (0..record.events.len()).map(move |at| format!("{id}-{revision}-{at}")).collect::<Vec<_>>()
    };
    records.flat_map(ids).collect()
}

/// The events whose delivery is noted.
pub fn delivered(home: &Home) -> BTreeSet<String> {
    let db = open(home);
    let mut select = db.prepare("select body from outgoing where state = 3").unwrap();
    let rows = select.query_map([], |row| row.get::<_, Vec<u8>>(0)).unwrap();
    let ids = rows.filter_map(|row| match rmp_serde::from_slice(&row.unwrap()).unwrap() {
        OutboxPayload::Event(event) => Some(event.id),
        _ => None,
    });
    ids.collect()
}
