//! Rows as the port speaks of them, with the columns that each is read from.

use crate::store::{
    ALONE, AccessKey, Answer, Call, Customer, Flow, LogRow, Message, Number, Outgoing, Position, Revision, Run, State,
    StoredOutgoing, StoredRun, Working,
};
use rusqlite::types::Type;
use rusqlite::{Result, Row};
use uuid::Uuid;

pub(super) const RUN: &str = "key, id, customer_id, flow_id, status, reference_type, reference_id, revision, working, due, \
     tm_create, tm_delete, state";

/// Without its variables.
pub(super) fn run(row: &Row<'_>) -> Result<StoredRun> {
    let run = Run {
        id: row.get(1)?,
        customer_id: row.get(2)?,
        flow_id: row.get(3)?,
        status: row.get(4)?,
        reference_type: row.get(5)?,
        reference_id: row.get::<_, Option<Uuid>>(6)?.unwrap_or_default(),
        revision: count(row, 7)?,
        working: working(row, 8)?,
        due: row.get(9)?,
        tm_create: row.get(10)?,
        tm_delete: row.get(11)?,
        state: row.get(12)?,
    };
    Ok(StoredRun { key: row.get(0)?, owner: ALONE, run, variables: None })
}

pub(super) const CALL: &str =
    "key, id, customer_id, flow_id, activeflow_id, status, direction, tm_create, tm_delete, body";

/// With its row number.
pub(super) fn call(row: &Row<'_>) -> Result<(i64, Call)> {
    let call = Call {
        id: row.get(1)?,
        customer_id: row.get(2)?,
        flow_id: row.get(3)?,
        activeflow_id: row.get(4)?,
        status: row.get(5)?,
        direction: row.get(6)?,
        tm_create: row.get(7)?,
        tm_delete: row.get(8)?,
        body: row.get(9)?,
    };
    Ok((row.get(0)?, call))
}

pub(super) const FLOW: &str = "id, customer_id, listed, tm_create, tm_delete, body";

pub(super) fn flow(row: &Row<'_>) -> Result<Flow> {
    Ok(Flow {
        id: row.get(0)?,
        customer_id: row.get(1)?,
        listed: row.get(2)?,
        tm_create: row.get(3)?,
        tm_delete: row.get(4)?,
        body: row.get(5)?,
    })
}

pub(super) const REVISION: &str = "id, flow_id, number, tm_create, body";

pub(super) fn revision(row: &Row<'_>) -> Result<Revision> {
    Ok(Revision {
        id: row.get(0)?,
        flow_id: row.get(1)?,
        number: row.get(2)?,
        tm_create: row.get(3)?,
        body: row.get(4)?,
    })
}

pub(super) const ACCESS_KEY: &str = "id, customer_id, hash, tm_create, tm_delete, body";

pub(super) fn access_key(row: &Row<'_>) -> Result<AccessKey> {
    Ok(AccessKey {
        id: row.get(0)?,
        customer_id: row.get(1)?,
        hash: row.get(2)?,
        tm_create: row.get(3)?,
        tm_delete: row.get(4)?,
        body: row.get(5)?,
    })
}

pub(super) const CUSTOMER: &str = "id, name, tm_create, body";

pub(super) fn customer(row: &Row<'_>) -> Result<Customer> {
    Ok(Customer { id: row.get(0)?, name: row.get(1)?, tm_create: row.get(2)?, body: row.get(3)? })
}

pub(super) const NUMBER: &str = "id, customer_id, number, tm_create, tm_delete, body";

pub(super) fn number(row: &Row<'_>) -> Result<Number> {
    Ok(Number {
        id: row.get(0)?,
        customer_id: row.get(1)?,
        number: row.get(2)?,
        tm_create: row.get(3)?,
        tm_delete: row.get(4)?,
        body: row.get(5)?,
    })
}

pub(super) const MESSAGE: &str = "id, customer_id, direction, status, tm_create, tm_delete, body";

pub(super) fn message(row: &Row<'_>) -> Result<Message> {
    Ok(Message {
        id: row.get(0)?,
        customer_id: row.get(1)?,
        direction: row.get(2)?,
        status: row.get(3)?,
        tm_create: row.get(4)?,
        tm_delete: row.get(5)?,
        body: row.get(6)?,
    })
}

pub(super) const OUTGOING: &str = "key, id, customer_id, activeflow_id, kind, lane, due, tm_create, state, attempts, since, \
     status, error, tm_update, body";

pub(super) fn outgoing(row: &Row<'_>) -> Result<StoredOutgoing> {
    let outgoing = Outgoing {
        id: row.get(1)?,
        customer_id: row.get(2)?,
        activeflow_id: row.get::<_, Option<Uuid>>(3)?.unwrap_or_default(),
        kind: row.get(4)?,
        lane: row.get(5)?,
        due: row.get(6)?,
        tm_create: row.get(7)?,
        body: row.get(14)?,
    };
    Ok(StoredOutgoing {
        key: row.get(0)?,
        outgoing,
        state: state(row, 8)?,
        attempts: row.get(9)?,
        since: row.get(10)?,
        status: row.get(11)?,
        error: row.get(12)?,
        tm_update: row.get(13)?,
    })
}

fn state(row: &Row<'_>, column: usize) -> Result<State> {
    match row.get(column)? {
        1 => Ok(State::Waiting),
        2 => Ok(State::Started),
        3 => Ok(State::Delivered),
        4 => Ok(State::Dead),
        other => Err(rusqlite::Error::IntegralValueOutOfRange(column, other)),
    }
}

pub(super) const ANSWER: &str = "customer_id, rpc, name, request, response, tm_create";

pub(super) fn answer(row: &Row<'_>) -> Result<Answer> {
    Ok(Answer {
        customer_id: row.get(0)?,
        rpc: row.get(1)?,
        key: row.get(2)?,
        request: row.get(3)?,
        response: row.get(4)?,
        tm_create: row.get(5)?,
    })
}

pub(super) fn log(row: &Row<'_>) -> Result<LogRow> {
    Ok(LogRow { position: position(row.get(0)?), run: row.get(1)?, record: row.get(2)? })
}

/// One writer: the sequence alone is the order.
pub(super) fn position(sequence: i64) -> Position {
    Position { epoch: 0, sequence: u64::try_from(sequence).unwrap_or(0) }
}

/// The row of a position, past every row if it lies in a later epoch, which this store has none of.
pub(super) fn sequence(position: Position) -> i64 {
    match position.epoch {
        0 => i64::try_from(position.sequence).unwrap_or(i64::MAX),
        _ => i64::MAX,
    }
}

pub(super) fn working(row: &Row<'_>, column: usize) -> Result<Working> {
    match row.get(column)? {
        0 => Ok(Working::No),
        1 => Ok(Working::Waiting),
        2 => Ok(Working::Busy),
        other => Err(rusqlite::Error::IntegralValueOutOfRange(column, other)),
    }
}

fn count(row: &Row<'_>, column: usize) -> Result<u64> {
    let value: i64 = row.get(column)?;
    u64::try_from(value)
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(column, Type::Integer, Box::new(error)))
}
