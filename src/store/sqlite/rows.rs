//! Conversions of rows to the types of the port, with the columns that each reads.

use crate::store::{
    ALONE, AccessKey, Answer, Call, Customer, Error, Flow, LogRow, Message, Number, Outgoing, Position, Provider,
    Recording, Result, Revision, Route, Run, State, StoredOutgoing, StoredRun, Working, WorkingRun,
};
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Row, SqlSafeStr, SqlStr};
use uuid::Uuid;

/// Reads a row. If it cannot be read, the error names the table, and the key in this column.
fn named<'r, K, T>(
    table: &'static str,
    row: &'r SqliteRow,
    column: usize,
    read: impl FnOnce() -> Result<T>,
) -> Result<T>
where
    K: sqlx::Decode<'r, sqlx::Sqlite> + sqlx::Type<sqlx::Sqlite> + ToString,
{
    read().map_err(|why| {
        let key = row.try_get::<K, _>(column).map_or_else(|_| "?".to_owned(), |key| key.to_string());
        Error::Damaged { table, key, why: why.to_string() }
    })
}

/// Reads a member of the working set: key, id, working, due and customer_id.
pub(super) fn working_run(row: &SqliteRow) -> Result<WorkingRun> {
    named::<Uuid, _>("run", row, 1, || {
        let (key, id, due, customer_id) = (row.try_get(0)?, row.try_get(1)?, row.try_get(3)?, row.try_get(4)?);
        Ok(WorkingRun { key, id, customer_id, working: working(row, 2)?, due })
    })
}

/// Returns a select of these columns. Both parts are constants of this program.
pub(super) fn select(columns: &'static str, from: &'static str) -> SqlStr {
    AssertSqlSafe(format!("select {columns} from {from}")).into_sql_str()
}

pub(super) const RUN: &str = "key, id, customer_id, flow_id, status, reference_type, reference_id, revision, working, due, \
     tm_create, tm_delete, state";

/// Includes the separate row that holds large variables.
pub(super) const RUN_AND_VARIABLES: &str = "key, id, customer_id, flow_id, status, reference_type, reference_id, revision, \
     working, due, tm_create, tm_delete, state, body";

pub(super) fn whole_run(row: &SqliteRow) -> Result<StoredRun> {
    let stored = run(row)?;
    let variables = named::<Uuid, _>("variables", row, 1, || Ok(row.try_get(13)?))?;
    Ok(StoredRun { variables, ..stored })
}

/// Reads a run without its variables.
pub(super) fn run(row: &SqliteRow) -> Result<StoredRun> {
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
        Ok(StoredRun { key: row.try_get(0)?, owner: ALONE, run, variables: None })
    })
}

pub(super) const CALL: &str =
    "key, id, customer_id, flow_id, activeflow_id, status, direction, tm_create, tm_delete, body";

/// Reads a call with its row number.
pub(super) fn call(row: &SqliteRow) -> Result<(i64, Call)> {
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

pub(super) fn flow(row: &SqliteRow) -> Result<Flow> {
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

pub(super) fn revision(row: &SqliteRow) -> Result<Revision> {
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

pub(super) fn access_key(row: &SqliteRow) -> Result<AccessKey> {
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

pub(super) fn customer(row: &SqliteRow) -> Result<Customer> {
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

pub(super) fn number(row: &SqliteRow) -> Result<Number> {
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

pub(super) fn provider(row: &SqliteRow) -> Result<Provider> {
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

pub(super) fn route(row: &SqliteRow) -> Result<Route> {
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

pub(super) fn message(row: &SqliteRow) -> Result<Message> {
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

pub(super) fn outgoing(row: &SqliteRow) -> Result<StoredOutgoing> {
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

fn state(row: &SqliteRow, column: usize) -> Result<State> {
    match row.try_get::<i64, _>(column)? {
        1 => Ok(State::Waiting),
        2 => Ok(State::Started),
        3 => Ok(State::Delivered),
        4 => Ok(State::Dead),
        other => Err(strange(column, other)),
    }
}

pub(super) const ANSWER: &str = "customer_id, rpc, name, request, response, tm_create";

/// With the row number last.
pub(super) const ANSWER_AND_KEY: &str = "customer_id, rpc, name, request, response, tm_create, key";

pub(super) fn answer(row: &SqliteRow) -> Result<Answer> {
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

pub(super) fn recording(row: &SqliteRow) -> Result<Recording> {
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

pub(super) const LOG: &str = "position, run, record";

pub(super) fn log(row: &SqliteRow) -> Result<LogRow> {
    named::<i64, _>("log", row, 0, || {
        let record: Vec<u8> = row.try_get(2)?;
        Ok(LogRow { position: position(row.try_get(0)?), run: row.try_get(1)?, record: record.into() })
    })
}

/// Converts a sequence number. With a single writer it determines the order alone.
pub(super) fn position(sequence: i64) -> Position {
    Position { epoch: 0, sequence: u64::try_from(sequence).unwrap_or(0) }
}

/// Returns the sequence number of a position. A position in a later epoch, which this store does not have, is after
/// every row.
pub(super) fn sequence(position: Position) -> i64 {
    match position.epoch {
        0 => i64::try_from(position.sequence).unwrap_or(i64::MAX),
        _ => i64::MAX,
    }
}

fn working(row: &SqliteRow, column: usize) -> Result<Working> {
    match row.try_get::<i64, _>(column)? {
        0 => Ok(Working::No),
        1 => Ok(Working::Waiting),
        2 => Ok(Working::Busy),
        other => Err(strange(column, other)),
    }
}

fn count(row: &SqliteRow, column: usize) -> Result<u64> {
    let value: i64 = row.try_get(column)?;
    u64::try_from(value).map_err(|_| strange(column, value))
}

fn small(row: &SqliteRow, column: usize) -> Result<u32> {
    let value: i64 = row.try_get(column)?;
    u32::try_from(value).map_err(|_| strange(column, value))
}

fn hash(row: &SqliteRow, column: usize) -> Result<[u8; 32]> {
    let bytes: &[u8] = row.try_get(column)?;
    bytes.try_into().map_err(|_| strange(column, bytes.len()))
}

fn strange(column: usize, value: impl std::fmt::Display) -> Error {
    Error::Broken(format!("column {column} holds {value}, which this version does not write"))
}
