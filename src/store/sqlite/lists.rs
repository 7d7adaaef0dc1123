//! Reads that answer with several rows.
//!
//! Each names the index that it walks. SQLite would choose by guesses that change with what the tables hold, and a wrong
//! guess reads a customer's every row for each page.

use super::rows;
use crate::store::{
    AccessKey, Call, CallFilter, Flow, LogRow, Message, MessageFilter, Number, OutgoingFilter, Page, Position,
    RunFilter, RunKey, State, StoredOutgoing, StoredRun,
};
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Result, Row, params_from_iter};
use uuid::Uuid;

/// A statement that grows with the filters that are set. There are few shapes of it, so each is compiled once.
pub(super) struct Query {
    sql: String,
    values: Vec<Value>,
}

impl Query {
    /// Rows of a customer that are not deleted.
    pub fn new(columns: &str, table: &str, index: &str, customer_id: Uuid) -> Query {
        let sql =
            format!("select {columns} from {table} indexed by {index} where customer_id = ? and tm_delete is null");
        Query { sql, values: vec![blob(customer_id)] }
    }

    pub fn and(&mut self, condition: &str, value: impl Into<Value>) {
        self.sql.push_str(" and ");
        self.sql.push_str(condition);
        self.values.push(value.into());
    }

    /// Newest first, from where the page begins.
    pub fn page<T>(
        mut self,
        db: &Connection,
        page: Page,
        read: impl Fn(&Row<'_>) -> Result<T>,
        bytes: impl Fn(&T) -> usize,
    ) -> Result<Vec<T>> {
        if let Some((time, id)) = page.before {
            self.and("(tm_create, id) < (?, ?)", time);
            self.values.push(blob(id));
        }
        self.sql.push_str(" order by tm_create desc, id desc limit ?");
        self.values.push(page.limit.into());
        self.rows(db, page.max_bytes, read, bytes)
    }

    /// In the order of the keys, after one of them.
    fn by_key<T>(
        mut self,
        db: &Connection,
        after: i64,
        limit: u32,
        read: impl Fn(&Row<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        self.and("key > ?", after);
        self.sql.push_str(" order by key limit ?");
        self.values.push(limit.into());
        self.rows(db, 0, read, |_| 0)
    }

    fn rows<T>(
        self,
        db: &Connection,
        max_bytes: usize,
        read: impl Fn(&Row<'_>) -> Result<T>,
        bytes: impl Fn(&T) -> usize,
    ) -> Result<Vec<T>> {
        let mut statement = db.prepare_cached(&self.sql)?;
        let rows = statement.query_map(params_from_iter(self.values), |row| read(row))?;
        until(rows, max_bytes, bytes)
    }
}

/// The rows up to the one with which they reach `max_bytes`; 0 is no bound.
pub(super) fn until<T>(
    rows: impl Iterator<Item = Result<T>>,
    max_bytes: usize,
    bytes: impl Fn(&T) -> usize,
) -> Result<Vec<T>> {
    let (mut taken, mut total) = (Vec::new(), 0);
    for row in rows {
        let row = row?;
        total += bytes(&row);
        taken.push(row);
        if max_bytes > 0 && total >= max_bytes {
            break;
        }
    }
    Ok(taken)
}

pub(super) fn blob(id: Uuid) -> Value {
    Value::Blob(id.as_bytes().to_vec())
}

pub(super) fn runs(db: &Connection, page: Page, filter: RunFilter) -> Result<Vec<StoredRun>> {
    let index = match filter {
        RunFilter { reference_id: Some(id), .. } if !id.is_nil() => "run_reference",
        RunFilter { flow_id: Some(_), .. } => "run_flow",
        RunFilter { status: 1.., .. } => "run_status",
        _ => "run_created",
    };
    let query = run_query(index, page.customer_id, filter);
    query.page(db, page, rows::run, |stored| stored.run.state.len())
}

pub(super) fn runs_by_key(
    db: &Connection,
    customer_id: Uuid,
    filter: RunFilter,
    after: RunKey,
    limit: u32,
) -> Result<Vec<StoredRun>> {
    let index = match filter {
        RunFilter { reference_id: Some(id), .. } if !id.is_nil() => "run_reference",
        _ => "run_customer",
    };
    run_query(index, customer_id, filter).by_key(db, after, limit, rows::run)
}

fn run_query(index: &str, customer_id: Uuid, filter: RunFilter) -> Query {
    let mut query = Query::new(rows::RUN, "run", index, customer_id);
    if filter.status != 0 {
        query.and("status = ?", filter.status);
    }
    if let Some(id) = filter.flow_id {
        query.and("flow_id = ?", blob(id));
    }
    if filter.reference_type != 0 {
        query.and("reference_type = ?", filter.reference_type);
    }
    match filter.reference_id {
        Some(id) if id.is_nil() => query.sql.push_str(" and reference_id is null"),
        Some(id) => query.and("reference_id = ?", blob(id)),
        None => {}
    }
    query
}

pub(super) fn calls(db: &Connection, page: Page, filter: CallFilter) -> Result<Vec<Call>> {
    let index = match filter {
        CallFilter { activeflow_id: Some(_), .. } => "call_activeflow",
        CallFilter { flow_id: Some(_), .. } => "call_flow",
        CallFilter { status: 1.., .. } => "call_status",
        _ => "call_created",
    };
    let query = call_query(index, page.customer_id, filter);
    query.page(db, page, |row| Ok(rows::call(row)?.1), |call| call.body.len())
}

pub(super) fn calls_by_key(
    db: &Connection,
    customer_id: Uuid,
    filter: CallFilter,
    after: i64,
    limit: u32,
) -> Result<Vec<(i64, Call)>> {
    let index = if filter.activeflow_id.is_some() { "call_activeflow" } else { "call_customer" };
    call_query(index, customer_id, filter).by_key(db, after, limit, rows::call)
}

fn call_query(index: &str, customer_id: Uuid, filter: CallFilter) -> Query {
    let mut query = Query::new(rows::CALL, "call", index, customer_id);
    if filter.status != 0 {
        query.and("status = ?", filter.status);
    }
    if filter.direction != 0 {
        query.and("direction = ?", filter.direction);
    }
    if let Some(id) = filter.flow_id {
        query.and("flow_id = ?", blob(id));
    }
    if let Some(id) = filter.activeflow_id {
        query.and("activeflow_id = ?", blob(id));
    }
    query
}

pub(super) fn flows(db: &Connection, page: Page) -> Result<Vec<Flow>> {
    let mut query = Query::new(rows::FLOW, "flow", "flow_created", page.customer_id);
    query.sql.push_str(" and listed = 1");
    query.page(db, page, rows::flow, |flow| flow.body.len())
}

pub(super) fn access_keys(db: &Connection, page: Page) -> Result<Vec<AccessKey>> {
    let query = Query::new(rows::ACCESS_KEY, "access_key", "access_key_created", page.customer_id);
    query.page(db, page, rows::access_key, |key| key.body.len())
}

pub(super) fn numbers(db: &Connection, page: Page) -> Result<Vec<Number>> {
    let query = Query::new(rows::NUMBER, "number", "number_created", page.customer_id);
    query.page(db, page, rows::number, |number| number.body.len())
}

pub(super) fn messages(db: &Connection, page: Page, filter: MessageFilter) -> Result<Vec<Message>> {
    let mut query = Query::new(rows::MESSAGE, "message", "message_created", page.customer_id);
    if filter.direction != 0 {
        query.and("direction = ?", filter.direction);
    }
    if filter.status != 0 {
        query.and("status = ?", filter.status);
    }
    query.page(db, page, rows::message, |message| message.body.len())
}

pub(super) fn outgoings(db: &Connection, page: Page, filter: OutgoingFilter) -> Result<Vec<StoredOutgoing>> {
    // Most are delivered, so those are found among all; the others have an index of their own.
    let index = match (filter.activeflow_id, filter.state) {
        (Some(_), _) => "outgoing_activeflow",
        (None, None | Some(State::Delivered)) => "outgoing_created",
        (None, Some(_)) => "outgoing_state",
    };
    let sql = format!("select {} from outgoing indexed by {index} where customer_id = ?", rows::OUTGOING);
    let mut query = Query { sql, values: vec![blob(page.customer_id)] };
    if let Some(state) = filter.state {
        // The planner takes a partial index only where the condition stands in the statement itself.
        query.sql.push_str(if index == "outgoing_state" { " and state <> 3" } else { "" });
        query.and("state = ?", state as i64);
    }
    if !filter.kinds.is_empty() {
        query.sql.push_str(&format!(" and kind in ({})", vec!["?"; filter.kinds.len()].join(", ")));
        query.values.extend(filter.kinds.iter().map(|kind| Value::from(*kind)));
    }
    if let Some(id) = filter.activeflow_id {
        query.and("activeflow_id = ?", blob(id));
    }
    query.page(db, page, rows::outgoing, |stored| stored.outgoing.body.len())
}

/// The last position that the log gave out.
pub(super) fn log_end(db: &Connection) -> Result<i64> {
    db.query_row("select ifnull((select seq from sqlite_sequence where name = 'log'), 0)", [], |row| row.get(0))
}

pub(super) fn log(db: &Connection, after: Position, limit: u32, max_bytes: usize) -> Result<Vec<LogRow>> {
    let mut select =
        db.prepare_cached("select position, run, record from log where position > ? order by position limit ?")?;
    until(select.query_map((rows::sequence(after), limit), rows::log)?, max_bytes, |row| row.record.len())
}

/// Follows the links from row to row. A row never changes, so single reads see what one long one would.
pub(super) fn history(
    db: &Connection,
    run: RunKey,
    before: Option<Position>,
    limit: u32,
    max_bytes: usize,
) -> Result<Vec<LogRow>> {
    let from = match before {
        None => {
            db.prepare_cached("select last from run where key = ?")?.query_row([run], |row| row.get(0)).optional()?
        }
        Some(before) => previous(db, run, rows::sequence(before))?,
    };
    let mut select = db.prepare_cached(
        "with recursive back (position, run, record, previous) as ( \
           select position, run, record, previous from log where position = ?1 and run = ?2 \
           union all \
           select log.position, log.run, log.record, log.previous from back join log on log.position = back.previous \
           limit ?3 \
         ) select position, run, record from back",
    )?;
    until(select.query_map((from, run, limit), rows::log)?, max_bytes, |row| row.record.len())
}

/// The newest row of a run before a position, which is one of its rows as a rule and else is searched for along the links.
fn previous(db: &Connection, run: RunKey, before: i64) -> Result<Option<i64>> {
    let mut link = db.prepare_cached("select previous from log where position = ? and run = ?")?;
    if let Some(previous) = link.query_row((before, run), |row| row.get(0)).optional()? {
        return Ok(previous);
    }
    let mut walk = db.prepare_cached(
        "with recursive back (position) as ( \
           select last from run where key = ?1 \
           union all \
           select log.previous from back join log on log.position = back.position where log.position >= ?2 \
         ) select position from back where position < ?2",
    )?;
    Ok(walk.query_row((run, before), |row| row.get(0)).optional()?.flatten())
}
