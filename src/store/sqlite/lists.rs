//! Reads that return several rows.
//!
//! Each statement names the index to use. SQLite would choose one by statistics that change with the content of the
//! tables, and a wrong choice reads all rows of a customer for each page.

use super::group::Next;
use super::readers::Readers;
use super::rows;
use super::select::Select;
use crate::store::{
    AccessKey, Call, CallFilter, Error, Flow, LogRow, Message, MessageFilter, Number, OutgoingFilter, Page, Position,
    Recording, RecordingFilter, Result, RunFilter, RunKey, SNAPSHOT_BYTES, State, StoredOutgoing, StoredRun,
};
use futures::TryStreamExt;
use sqlx::sqlite::{Sqlite, SqliteConnection, SqliteRow};
use sqlx::{Encode, Executor, Row, Type};
use uuid::Uuid;

/// How many positions of a damaged log are tried in one read.
const PROBES: usize = 10_000;

/// A statement that grows with the filters that are set. Few combinations occur, so each is compiled only once.
struct Query(Select);

impl Query {
    /// Selects a customer's rows.
    fn new(columns: &'static str, table: &'static str, index: &str, customer_id: Uuid) -> Query {
        let mut select = Select::new(columns, table, format!("indexed by {index} where customer_id = ?"));
        select.bind(customer_id);
        Query(select)
    }

    /// Selects a customer's rows that are not deleted.
    fn kept(columns: &'static str, table: &'static str, index: &str, customer_id: Uuid) -> Query {
        let mut query = Query::new(columns, table, index, customer_id);
        query.0.push(" and tm_delete is null");
        query
    }

    fn and<'t>(&mut self, condition: &str, value: impl Encode<'t, Sqlite> + Type<Sqlite>) {
        self.0.push(" and ");
        self.0.push(condition);
        self.0.push(" ?");
        self.0.bind(value);
    }

    /// Returns the rows newest first, from the start of the page.
    async fn page<T>(
        mut self,
        readers: &Readers,
        page: Page,
        read: impl Fn(&SqliteRow) -> Result<T>,
        bytes: impl Fn(&T) -> usize,
    ) -> Result<Vec<T>> {
        if let Some((time, id)) = page.before {
            self.0.push(" and (tm_create, id) < (?, ?)");
            self.0.bind(time);
            self.0.bind(id);
        }
        self.0.push(" order by tm_create desc, id desc");
        self.0.rows(readers, page.limit, (page.max_bytes, bytes), read).await
    }

    /// Returns the rows after a key, ordered by key.
    async fn by_key<T>(
        mut self,
        readers: &Readers,
        after: i64,
        limit: u32,
        read: impl Fn(&SqliteRow) -> Result<T>,
        bytes: impl Fn(&T) -> usize,
    ) -> Result<Vec<T>> {
        self.and("key >", after);
        self.0.push(" order by key");
        self.0.rows(readers, limit, (SNAPSHOT_BYTES, bytes), read).await
    }
}

pub(super) async fn runs(readers: &Readers, page: Page, filter: RunFilter) -> Result<Vec<StoredRun>> {
    let index = match filter {
        RunFilter { reference_id: Some(id), .. } if !id.is_nil() => "run_reference",
        RunFilter { flow_id: Some(_), .. } => "run_flow",
        RunFilter { status: 1.., .. } => "run_status",
        _ => "run_created",
    };
    let query = run_query(index, page.customer_id, filter);
    query.page(readers, page, rows::run, |stored| stored.run.state.len()).await
}

pub(super) async fn runs_by_key(
    readers: &Readers,
    customer_id: Uuid,
    filter: RunFilter,
    after: RunKey,
    limit: u32,
) -> Result<Vec<StoredRun>> {
    let index = match filter {
        RunFilter { reference_id: Some(id), .. } if !id.is_nil() => "run_reference",
        _ => "run_customer",
    };
    run_query(index, customer_id, filter)
        .by_key(readers, after, limit, rows::run, |stored| stored.run.state.len())
        .await
}

fn run_query(index: &str, customer_id: Uuid, filter: RunFilter) -> Query {
    let mut query = Query::kept(rows::RUN, "run", index, customer_id);
    if filter.status != 0 {
        query.and("status =", filter.status);
    }
    if let Some(id) = filter.flow_id {
        query.and("flow_id =", id);
    }
    if filter.reference_type != 0 {
        query.and("reference_type =", filter.reference_type);
    }
    match filter.reference_id {
        Some(id) if id.is_nil() => {
            query.0.push(" and reference_id is null");
        }
        Some(id) => query.and("reference_id =", id),
        None => {}
    }
    query
}

pub(super) async fn calls(readers: &Readers, page: Page, filter: CallFilter) -> Result<Vec<Call>> {
    let index = match filter {
        CallFilter { activeflow_id: Some(_), .. } => "call_activeflow",
        CallFilter { flow_id: Some(_), .. } => "call_flow",
        CallFilter { status: 1.., .. } => "call_status",
        _ => "call_created",
    };
    let query = call_query(index, page.customer_id, filter);
    query.page(readers, page, |row| Ok(rows::call(row)?.1), |call| call.body.len()).await
}

pub(super) async fn calls_by_key(
    readers: &Readers,
    customer_id: Uuid,
    filter: CallFilter,
    after: i64,
    limit: u32,
) -> Result<Vec<(i64, Call)>> {
    let index = if filter.activeflow_id.is_some() { "call_activeflow" } else { "call_customer" };
    call_query(index, customer_id, filter).by_key(readers, after, limit, rows::call, |(_, call)| call.body.len()).await
}

fn call_query(index: &str, customer_id: Uuid, filter: CallFilter) -> Query {
    let mut query = Query::kept(rows::CALL, "call", index, customer_id);
    if filter.status != 0 {
        query.and("status =", filter.status);
    }
    if filter.direction != 0 {
        query.and("direction =", filter.direction);
    }
    if let Some(id) = filter.flow_id {
        query.and("flow_id =", id);
    }
    if let Some(id) = filter.activeflow_id {
        query.and("activeflow_id =", id);
    }
    query
}

pub(super) async fn flows(readers: &Readers, page: Page) -> Result<Vec<Flow>> {
    let mut query = Query::kept(rows::FLOW, "flow", "flow_created", page.customer_id);
    query.0.push(" and listed = 1");
    query.page(readers, page, rows::flow, |flow| flow.body.len()).await
}

pub(super) async fn access_keys(readers: &Readers, page: Page) -> Result<Vec<AccessKey>> {
    let query = Query::kept(rows::ACCESS_KEY, "access_key", "access_key_created", page.customer_id);
    query.page(readers, page, rows::access_key, |key| key.body.len()).await
}

pub(super) async fn numbers(readers: &Readers, page: Page) -> Result<Vec<Number>> {
    let query = Query::kept(rows::NUMBER, "number", "number_created", page.customer_id);
    query.page(readers, page, rows::number, |number| number.body.len()).await
}

pub(super) async fn messages(readers: &Readers, page: Page, filter: MessageFilter) -> Result<Vec<Message>> {
    let mut query = Query::kept(rows::MESSAGE, "message", "message_created", page.customer_id);
    if filter.direction != 0 {
        query.and("direction =", filter.direction);
    }
    if filter.status != 0 {
        query.and("status =", filter.status);
    }
    query.page(readers, page, rows::message, |message| message.body.len()).await
}

pub(super) async fn recordings(readers: &Readers, page: Page, filter: RecordingFilter) -> Result<Vec<Recording>> {
    let index = match filter {
        RecordingFilter { call_id: Some(_), .. } => "recording_call",
        RecordingFilter { activeflow_id: Some(_), .. } => "recording_activeflow",
        RecordingFilter { status: 1.., .. } => "recording_status",
        _ => "recording_created",
    };
    let mut query = Query::kept(rows::RECORDING, "recording", index, page.customer_id);
    if filter.status != 0 {
        query.and("status =", filter.status);
    }
    if let Some(id) = filter.activeflow_id {
        query.and("activeflow_id =", id);
    }
    if let Some(id) = filter.call_id {
        query.and("call_id =", id);
    }
    query.page(readers, page, rows::recording, |recording| recording.body.len()).await
}

pub(super) async fn outgoings(readers: &Readers, page: Page, filter: OutgoingFilter) -> Result<Vec<StoredOutgoing>> {
    // Most rows are delivered, so they are found by the index of all rows. The other states have their own index.
    let index = match (filter.activeflow_id, filter.state) {
        (Some(_), _) => "outgoing_activeflow",
        (None, None | Some(State::Delivered)) => "outgoing_created",
        (None, Some(_)) => "outgoing_state",
    };
    let mut query = Query::new(rows::OUTGOING, "outgoing", index, page.customer_id);
    if let Some(state) = filter.state {
        // The planner uses a partial index only if its condition is part of the statement's text.
        query.0.push(if index == "outgoing_state" { " and state <> 3" } else { "" });
        query.and("state =", state as i64);
    }
    if !filter.kinds.is_empty() {
        let places = vec!["?"; filter.kinds.len()].join(", ");
        query.0.push(&format!(" and kind in ({places})"));
        filter.kinds.iter().for_each(|kind| query.0.bind(*kind));
    }
    if let Some(id) = filter.activeflow_id {
        query.and("activeflow_id =", id);
    }
    query.page(readers, page, rows::outgoing, |stored| stored.outgoing.body.len()).await
}

/// Returns the next free numbers of runs and of the log.
pub(super) async fn next(db: &mut SqliteConnection) -> Result<Next> {
    let sql = "select ifnull((select seq from sqlite_sequence where name = 'log'), 0) + 1, \
               ifnull((select seq from sqlite_sequence where name = 'run'), 0) + 1";
    let (position, run) = sqlx::query_as(sql).fetch_one(db).await?;
    Ok(Next { position, run })
}

pub(super) async fn log(readers: &Readers, after: Position, limit: u32, max_bytes: usize) -> Result<Vec<LogRow>> {
    let mut select = Select::new(rows::LOG, "log", "where position > ? order by position").by("position");
    select.bind(rows::sequence(after));
    let bytes = |row: &LogRow| row.record.bytes.len();
    match select.rows(readers, limit, (max_bytes, bytes), rows::log).await {
        Err(Error::Damaged { .. }) => log_one_by_one(readers, rows::sequence(after), limit, max_bytes).await,
        found => found,
    }
}

/// Reads each position by itself where not even the positions can be read in order. They have no gaps except where
/// commits were refused, so this finds the next rows that can be read.
async fn log_one_by_one(readers: &Readers, after: i64, limit: u32, max_bytes: usize) -> Result<Vec<LogRow>> {
    let last = "select ifnull((select seq from sqlite_sequence where name = 'log'), 0)";
    let last: i64 = readers.one(sqlx::query(last), |row| Ok(row.try_get(0)?)).await?.unwrap_or_default();
    let (mut found, mut bytes) = (Vec::new(), 0);
    for position in (after.saturating_add(1)..=last).take(PROBES) {
        let row = sqlx::query(rows::select(rows::LOG, "log where position = ?")).bind(position);
        match readers.one(row, rows::log).await {
            Ok(row) => found.extend(row),
            Err(Error::Damaged { why, .. }) => drop(readers.damage().found("log", position, why)),
            Err(error) => return Err(error),
        }
        bytes += found.last().map_or(0, |row: &LogRow| row.record.bytes.len());
        if found.len() >= limit as usize || max_bytes > 0 && bytes >= max_bytes {
            break;
        }
    }
    Ok(found)
}

/// Follows the links from row to row. Rows never change, so separate reads return the same as one long read.
pub(super) async fn history(
    readers: &Readers,
    run: RunKey,
    before: Option<Position>,
    limit: u32,
    max_bytes: usize,
) -> Result<Vec<LogRow>> {
    let from = match before {
        None => {
            let newest = sqlx::query("select last from run where key = ?").bind(run);
            readers.one(newest, |row| Ok(row.try_get(0)?)).await?
        }
        Some(before) => previous(readers, run, rows::sequence(before)).await?,
    };
    let Some(from): Option<i64> = from else { return Ok(Vec::new()) };
    let sql = "with recursive back (position, run, record, previous) as ( \
                 select position, run, record, previous from log where position = ?1 and run = ?2 \
                 union all \
                 select log.position, log.run, log.record, log.previous from back \
                   join log on log.position = back.previous \
                 limit ?3 \
               ) select position, run, record from back";
    let query = sqlx::query(sql).bind(from).bind(run).bind(limit);
    let mut reader = readers.take().await?;
    let mut links = reader.connection()?.fetch(query);
    let (mut found, mut bytes) = (Vec::new(), 0);
    while let Some(row) = links.try_next().await? {
        let row = rows::log(&row)?;
        bytes += row.record.bytes.len();
        found.push(row);
        if max_bytes > 0 && bytes >= max_bytes {
            break;
        }
    }
    Ok(found)
}

/// Returns the position of a run's newest row before `before`. Usually `before` is one of the run's rows and links to
/// it; otherwise the links are searched.
async fn previous(readers: &Readers, run: RunKey, before: i64) -> Result<Option<i64>> {
    let link = sqlx::query("select previous from log where position = ? and run = ?").bind(before).bind(run);
    if let Some(previous) = readers.one(link, |row| Ok(row.try_get(0)?)).await? {
        return Ok(previous);
    }
    let walk = "with recursive back (position) as ( \
                  select last from run where key = ?1 \
                  union all \
                  select log.previous from back join log on log.position = back.position where log.position >= ?2 \
                ) select position from back where position < ?2";
    let walk = sqlx::query(walk).bind(run).bind(before);
    Ok(readers.one(walk, |row| Ok(row.try_get(0)?)).await?.flatten())
}
