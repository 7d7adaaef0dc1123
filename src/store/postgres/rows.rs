//! Conversions of rows to the types of the port, with the columns that each reads.

use super::errors::DamagedRow;
use crate::store::{
    AccessKey, Answer, Call, Customer, Flow, LogRow, Message, Number, Outgoing, Position, Provider, Recording,
    Revision, Route, Run, State, StoredOutgoing, StoredRun, Working, WorkingRun,
};
use sqlx::postgres::PgRow;
use sqlx::{Error, Result, Row};
use uuid::Uuid;

/// Reads a row. If it cannot be read, the error names the table, and the key in this column.
fn named<'r, K, T>(table: &'static str, row: &'r PgRow, column: usize, read: impl FnOnce() -> Result<T>) -> Result<T>
where
    K: sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres> + ToString,
{
    read().map_err(|why| {
        let key = row.try_get::<K, _>(column).map_or_else(|_| "?".to_owned(), |key| key.to_string());
        Error::Decode(Box::new(DamagedRow { table, key, why: why.to_string() }))
    })
}

pub(super) const RUN: &str = "key, id, customer_id, flow_id, status, reference_type, reference_id, revision, working, due, \
     tm_create, tm_delete, state, owner";

/// Reads a run without its variables.
pub(super) fn run(row: &PgRow) -> Result<StoredRun> {
    named::<Uuid, _>("run", row, 1, || {
        let run = Run {
            id: row.try_get(1)?,
            customer_id: row.try_get(2)?,
            flow_id: row.try_get(3)?,
            status: row.try_get(4)?,
            reference_type: row.try_get(5)?,
            reference_id: row.try_get::<Option<Uuid>, _>(6)?.unwrap_or_default(),
            revision: count(row, 7)?,
            working: working(row, 8)?,
            due: row.try_get(9)?,
            tm_create: row.try_get(10)?,
            tm_delete: row.try_get(11)?,
            state: row.try_get(12)?,
        };
        Ok(StoredRun { key: row.try_get(0)?, owner: row.try_get(13)?, run, variables: None })
    })
}

pub(super) const CALL: &str =
    "key, id, customer_id, flow_id, activeflow_id, status, direction, tm_create, tm_delete, body";

/// Reads a call with its row number.
pub(super) fn call(row: &PgRow) -> Result<(i64, Call)> {
    named::<Uuid, _>("call", row, 1, || {
        let call = Call {
            id: row.try_get(1)?,
            customer_id: row.try_get(2)?,
            flow_id: row.try_get(3)?,
            activeflow_id: row.try_get(4)?,
            status: row.try_get(5)?,
            direction: row.try_get(6)?,
            tm_create: row.try_get(7)?,
            tm_delete: row.try_get(8)?,
            body: row.try_get(9)?,
        };
        Ok((row.try_get(0)?, call))
    })
}

pub(super) const FLOW: &str = "id, customer_id, listed, tm_create, tm_delete, body";

pub(super) fn flow(row: &PgRow) -> Result<Flow> {
    named::<Uuid, _>("flow", row, 0, || {
        Ok(Flow {
            id: row.try_get(0)?,
            customer_id: row.try_get(1)?,
            listed: row.try_get(2)?,
            tm_create: row.try_get(3)?,
            tm_delete: row.try_get(4)?,
            body: row.try_get(5)?,
        })
    })
}

pub(super) const REVISION: &str = "id, flow_id, number, tm_create, body";

pub(super) fn revision(row: &PgRow) -> Result<Revision> {
    named::<Uuid, _>("revision", row, 0, || {
        Ok(Revision {
            id: row.try_get(0)?,
            flow_id: row.try_get(1)?,
            number: small(row, 2)?,
            tm_create: row.try_get(3)?,
            body: row.try_get(4)?,
        })
    })
}

pub(super) const ACCESS_KEY: &str = "id, customer_id, hash, tm_create, tm_delete, body, revision";

pub(super) fn access_key(row: &PgRow) -> Result<AccessKey> {
    named::<Uuid, _>("access_key", row, 0, || {
        Ok(AccessKey {
            id: row.try_get(0)?,
            customer_id: row.try_get(1)?,
            hash: hash(row, 2)?,
            tm_create: row.try_get(3)?,
            tm_delete: row.try_get(4)?,
            body: row.try_get(5)?,
            revision: count(row, 6)?,
        })
    })
}

pub(super) const CUSTOMER: &str = "id, name, tm_create, body, revision";

pub(super) fn customer(row: &PgRow) -> Result<Customer> {
    named::<Uuid, _>("customer", row, 0, || {
        Ok(Customer {
            id: row.try_get(0)?,
            name: row.try_get(1)?,
            tm_create: row.try_get(2)?,
            body: row.try_get(3)?,
            revision: count(row, 4)?,
        })
    })
}

pub(super) const NUMBER: &str = "id, customer_id, number, tm_create, tm_delete, body, revision";

pub(super) fn number(row: &PgRow) -> Result<Number> {
    named::<Uuid, _>("number", row, 0, || {
        Ok(Number {
            id: row.try_get(0)?,
            customer_id: row.try_get(1)?,
            number: row.try_get(2)?,
            tm_create: row.try_get(3)?,
            tm_delete: row.try_get(4)?,
            body: row.try_get(5)?,
            revision: count(row, 6)?,
        })
    })
}

pub(super) const PROVIDER: &str = "id, tm_create, tm_delete, body, sealed, revision";

pub(super) fn provider(row: &PgRow) -> Result<Provider> {
    named::<Uuid, _>("provider", row, 0, || {
        Ok(Provider {
            id: row.try_get(0)?,
            tm_create: row.try_get(1)?,
            tm_delete: row.try_get(2)?,
            body: row.try_get(3)?,
            sealed: row.try_get(4)?,
            revision: count(row, 5)?,
        })
    })
}

pub(super) const ROUTE: &str = "id, customer_id, tm_create, tm_delete, body, revision";

pub(super) fn route(row: &PgRow) -> Result<Route> {
    named::<Uuid, _>("route", row, 0, || {
        Ok(Route {
            id: row.try_get(0)?,
            customer_id: row.try_get(1)?,
            tm_create: row.try_get(2)?,
            tm_delete: row.try_get(3)?,
            body: row.try_get(4)?,
            revision: count(row, 5)?,
        })
    })
}

pub(super) const MESSAGE: &str = "id, customer_id, direction, status, tm_create, tm_delete, body";

pub(super) fn message(row: &PgRow) -> Result<Message> {
    named::<Uuid, _>("message", row, 0, || {
        Ok(Message {
            id: row.try_get(0)?,
            customer_id: row.try_get(1)?,
            direction: row.try_get(2)?,
            status: row.try_get(3)?,
            tm_create: row.try_get(4)?,
            tm_delete: row.try_get(5)?,
            body: row.try_get(6)?,
        })
    })
}

pub(super) const OUTGOING: &str = "key, id, customer_id, activeflow_id, kind, lane, due, tm_create, state, attempts, since, \
     status, error, tm_update, body";

pub(super) fn outgoing(row: &PgRow) -> Result<StoredOutgoing> {
    named::<Uuid, _>("outgoing", row, 1, || {
        let outgoing = Outgoing {
            id: row.try_get(1)?,
            customer_id: row.try_get(2)?,
            activeflow_id: row.try_get::<Option<Uuid>, _>(3)?.unwrap_or_default(),
            kind: row.try_get(4)?,
            partition: row.try_get(5)?,
            due: row.try_get(6)?,
            tm_create: row.try_get(7)?,
            body: row.try_get(14)?,
        };
        Ok(StoredOutgoing {
            key: row.try_get(0)?,
            outgoing,
            state: state(row, 8)?,
            attempts: small(row, 9)?,
            since: row.try_get(10)?,
            status: row.try_get(11)?,
            error: row.try_get(12)?,
            tm_update: row.try_get(13)?,
        })
    })
}

fn state(row: &PgRow, column: usize) -> Result<State> {
    match row.try_get::<i32, _>(column)? {
        1 => Ok(State::Waiting),
        2 => Ok(State::Started),
        3 => Ok(State::Delivered),
        4 => Ok(State::Dead),
        other => Err(strange(column, other)),
    }
}

pub(super) const ANSWER: &str = "customer_id, rpc, name, request, response, tm_create";

pub(super) fn answer(row: &PgRow) -> Result<Answer> {
    named::<String, _>("answer", row, 2, || {
        Ok(Answer {
            customer_id: row.try_get(0)?,
            rpc: row.try_get(1)?,
            key: row.try_get(2)?,
            request: hash(row, 3)?,
            response: row.try_get(4)?,
            tm_create: row.try_get(5)?,
        })
    })
}

pub(super) const RECORDING: &str = "id, customer_id, activeflow_id, call_id, status, tm_create, tm_delete, body";

pub(super) fn recording(row: &PgRow) -> Result<Recording> {
    named::<Uuid, _>("recording", row, 0, || {
        Ok(Recording {
            id: row.try_get(0)?,
            customer_id: row.try_get(1)?,
            activeflow_id: row.try_get(2)?,
            call_id: row.try_get(3)?,
            status: row.try_get(4)?,
            tm_create: row.try_get(5)?,
            tm_delete: row.try_get(6)?,
            body: row.try_get(7)?,
        })
    })
}

pub(super) fn log(row: &PgRow) -> Result<LogRow> {
    named::<i64, _>("log", row, 0, || {
        let record: Vec<u8> = row.try_get(3)?;
        Ok(LogRow { position: position(row, 0)?, run: row.try_get(2)?, record: record.into() })
    })
}

/// Reads a member of the working set: key, id, working, due and customer_id.
pub(super) fn working_run(row: &PgRow) -> Result<WorkingRun> {
    named::<Uuid, _>("run", row, 1, || {
        let (key, id, due, customer_id) = (row.try_get(0)?, row.try_get(1)?, row.try_get(3)?, row.try_get(4)?);
        Ok(WorkingRun { key, id, customer_id, working: working(row, 2)?, due })
    })
}

/// Reads the first column.
pub(super) fn number_of(row: &PgRow) -> Result<i64> {
    row.try_get(0)
}

/// Reads a position from two adjacent columns.
pub(super) fn position(row: &PgRow, column: usize) -> Result<Position> {
    Ok(Position { epoch: count(row, column)?, sequence: count(row, column + 1)? })
}

/// Converts a position to column values. Numbers too large for a column become the largest value, which is after every
/// row.
pub(super) fn columns(position: Position) -> (i64, i64) {
    let column = |number| i64::try_from(number).unwrap_or(i64::MAX);
    (column(position.epoch), column(position.sequence))
}

fn working(row: &PgRow, column: usize) -> Result<Working> {
    match row.try_get::<i32, _>(column)? {
        0 => Ok(Working::No),
        1 => Ok(Working::Waiting),
        2 => Ok(Working::Busy),
        other => Err(strange(column, other)),
    }
}

fn hash(row: &PgRow, column: usize) -> Result<[u8; 32]> {
    let bytes: &[u8] = row.try_get(column)?;
    bytes.try_into().map_err(|_| strange(column, bytes.len()))
}

fn count(row: &PgRow, column: usize) -> Result<u64> {
    let value: i64 = row.try_get(column)?;
    u64::try_from(value).map_err(|_| strange(column, value))
}

fn small(row: &PgRow, column: usize) -> Result<u32> {
    let value: i64 = row.try_get(column)?;
    u32::try_from(value).map_err(|_| strange(column, value))
}

fn strange(column: usize, value: impl std::fmt::Display) -> Error {
    Error::Decode(format!("column {column} holds {value}, which this version does not write").into())
}
