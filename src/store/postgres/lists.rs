//! Reads that return several rows.

use super::connections::Connections;
use super::rows;
use crate::store::{
    AccessKey, Call, CallFilter, Flow, LogRow, Message, MessageFilter, Number, OutgoingFilter, Page, Position,
    Recording, RecordingFilter, Result, RunFilter, RunKey, SNAPSHOT_BYTES, State, StoredOutgoing, StoredRun,
};
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::{Arguments, AssertSqlSafe, Encode, Postgres, Row, Type, query};
use uuid::Uuid;

/// A statement that grows with the filters that are set. Few combinations occur, so each is prepared only once.
#[derive(Clone)]
struct Query {
    columns: &'static str,
    /// The column whose size counts towards `max_bytes`.
    sized: &'static str,
    sql: String,
    values: PgArguments,
}

impl Query {
    /// Selects a customer's rows.
    fn new(columns: &'static str, sized: &'static str, table: &str, customer_id: Uuid) -> Query {
        let sql = format!("select {columns} from {table} where customer_id = $1");
        let mut query = Query { columns, sized, sql, values: PgArguments::default() };
        query.value(customer_id);
        query
    }

    /// Selects a customer's rows that are not deleted.
    fn kept(columns: &'static str, sized: &'static str, table: &str, customer_id: Uuid) -> Query {
        let mut query = Query::new(columns, sized, table, customer_id);
        query.sql.push_str(" and tm_delete is null");
        query
    }

    /// Binds a value and returns its placeholder.
    fn value(&mut self, value: impl for<'q> Encode<'q, Postgres> + Type<Postgres>) -> String {
        self.values.add(value).expect("numbers, ids and short lists of them can be encoded");
        format!("${}", self.values.len())
    }

    fn and(&mut self, condition: &str, value: impl for<'q> Encode<'q, Postgres> + Type<Postgres>) {
        let place = self.value(value);
        self.sql += &format!(" and {condition} {place}");
    }

    /// Returns the rows newest first, from the start of the page.
    async fn page<T>(
        mut self,
        connections: &Connections,
        page: Page,
        read: impl Fn(&PgRow) -> sqlx::Result<T>,
    ) -> Result<Vec<T>> {
        if let Some((time, id)) = page.before {
            let (time, id) = (self.value(time), self.value(id));
            self.sql += &format!(" and (tm_create, id) < ({time}, {id})");
        }
        let rows = |wanted| {
            let mut query = self.clone();
            let limit = query.value(wanted);
            query.sql += &format!(" order by tm_create desc, id desc limit {limit}");
            if page.max_bytes > 0 {
                // Damaged rows, which are replaced by others, need space too.
                let room = if wanted > i64::from(page.limit) { 2 } else { 1 };
                let bytes = query.value(max_bytes(page.max_bytes.saturating_mul(room)));
                let (columns, sized) = (query.columns, query.sized);
                query.sql = format!(
                    "select {columns} from (select *, sum(octet_length({sized})) over (order by tm_create desc, id desc) \
                     - octet_length({sized}) as before from ({}) as page) as bounded where before < {bytes} \
                     order by tm_create desc, id desc",
                    query.sql
                );
            }
            query.statement()
        };
        connections.sound(page.limit, rows, read).await
    }

    /// Returns the rows after a key, ordered by key.
    async fn by_key<T>(
        mut self,
        connections: &Connections,
        after: i64,
        limit: u32,
        read: impl Fn(&PgRow) -> sqlx::Result<T>,
    ) -> Result<Vec<T>> {
        self.and("key >", after);
        let rows = |wanted: i64| {
            let mut query = self.clone();
            let place = query.value(wanted);
            query.sql += &format!(" order by key limit {place}");
            // Damaged rows, which are replaced by others, need space too.
            let room = if wanted > i64::from(limit) { 2 } else { 1 };
            let bytes = query.value(max_bytes(SNAPSHOT_BYTES * room));
            let (columns, sized) = (query.columns, query.sized);
            query.sql = format!(
                "select {columns} from (select *, sum(octet_length({sized})) over (order by key) - octet_length({sized}) \
                 as before from ({}) as page) as bounded where before < {bytes} order by key",
                query.sql
            );
            query.statement()
        };
        connections.sound(limit, rows, read).await
    }

    fn statement(self) -> super::connections::Query {
        sqlx::query_with(AssertSqlSafe(self.sql), self.values)
    }
}

/// Converts a size limit; 0 means no limit.
fn max_bytes(bytes: usize) -> i64 {
    match bytes {
        0 => i64::MAX,
        bytes => i64::try_from(bytes).unwrap_or(i64::MAX),
    }
}

pub(super) async fn runs(connections: &Connections, page: Page, filter: RunFilter) -> Result<Vec<StoredRun>> {
    run_query(page.customer_id, filter).page(connections, page, rows::run).await
}

pub(super) async fn runs_by_key(
    connections: &Connections,
    customer_id: Uuid,
    filter: RunFilter,
    after: RunKey,
    limit: u32,
) -> Result<Vec<StoredRun>> {
    run_query(customer_id, filter).by_key(connections, after, limit, rows::run).await
}

fn run_query(customer_id: Uuid, filter: RunFilter) -> Query {
    let mut query = Query::kept(rows::RUN, "state", "run", customer_id);
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
        Some(id) if id.is_nil() => query.sql.push_str(" and reference_id is null"),
        Some(id) => query.and("reference_id =", id),
        None => {}
    }
    query
}

pub(super) async fn calls(connections: &Connections, page: Page, filter: CallFilter) -> Result<Vec<Call>> {
    call_query(page.customer_id, filter).page(connections, page, |row| Ok(rows::call(row)?.1)).await
}

pub(super) async fn calls_by_key(
    connections: &Connections,
    customer_id: Uuid,
    filter: CallFilter,
    after: i64,
    limit: u32,
) -> Result<Vec<(i64, Call)>> {
    call_query(customer_id, filter).by_key(connections, after, limit, rows::call).await
}

fn call_query(customer_id: Uuid, filter: CallFilter) -> Query {
    let mut query = Query::kept(rows::CALL, "body", "call", customer_id);
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

pub(super) async fn flows(connections: &Connections, page: Page) -> Result<Vec<Flow>> {
    let mut query = Query::kept(rows::FLOW, "body", "flow", page.customer_id);
    query.sql.push_str(" and listed");
    query.page(connections, page, rows::flow).await
}

pub(super) async fn access_keys(connections: &Connections, page: Page) -> Result<Vec<AccessKey>> {
    let query = Query::kept(rows::ACCESS_KEY, "body", "access_key", page.customer_id);
    query.page(connections, page, rows::access_key).await
}

pub(super) async fn numbers(connections: &Connections, page: Page) -> Result<Vec<Number>> {
    let query = Query::kept(rows::NUMBER, "body", "number", page.customer_id);
    query.page(connections, page, rows::number).await
}

pub(super) async fn messages(connections: &Connections, page: Page, filter: MessageFilter) -> Result<Vec<Message>> {
    let mut query = Query::kept(rows::MESSAGE, "body", "message", page.customer_id);
    if filter.direction != 0 {
        query.and("direction =", filter.direction);
    }
    if filter.status != 0 {
        query.and("status =", filter.status);
    }
    query.page(connections, page, rows::message).await
}

pub(super) async fn recordings(
    connections: &Connections,
    page: Page,
    filter: RecordingFilter,
) -> Result<Vec<Recording>> {
    let mut query = Query::kept(rows::RECORDING, "body", "recording", page.customer_id);
    if filter.status != 0 {
        query.and("status =", filter.status);
    }
    if let Some(id) = filter.activeflow_id {
        query.and("activeflow_id =", id);
    }
    if let Some(id) = filter.call_id {
        query.and("call_id =", id);
    }
    query.page(connections, page, rows::recording).await
}

pub(super) async fn outgoings(
    connections: &Connections,
    page: Page,
    filter: OutgoingFilter,
) -> Result<Vec<StoredOutgoing>> {
    let mut query = Query::new(rows::OUTGOING, "body", "outgoing", page.customer_id);
    if let Some(state) = filter.state {
        // The planner uses a partial index only if its condition is part of the statement's text.
        query.sql.push_str(if state == State::Delivered { "" } else { " and state <> 3" });
        query.and("state =", state as i32);
    }
    if !filter.kinds.is_empty() {
        let kinds = query.value(filter.kinds);
        query.sql += &format!(" and kind = any({kinds})");
    }
    if let Some(id) = filter.activeflow_id {
        query.and("activeflow_id =", id);
    }
    query.page(connections, page, rows::outgoing).await
}

/// Reads only up to the horizon: below it no open transaction can still insert a row. `horizon` was computed by an
/// earlier statement, 0 if none was.
pub(super) async fn log(
    connections: &Connections,
    after: Position,
    horizon: i64,
    limit: u32,
    bytes: usize,
) -> Result<Vec<LogRow>> {
    let (epoch, sequence) = rows::columns(after);
    let sql = "select epoch, sequence, run, record from (select epoch, sequence, run, record, \
                 sum(octet_length(record)) over (order by epoch, sequence) - octet_length(record) as before \
               from (select epoch, sequence, run, record from log \
                 where (epoch, sequence) > ($1, $2) and epoch < greatest($5, (select horizon())) \
                 order by epoch, sequence limit $3) as page) as bounded where before < $4 order by epoch, sequence";
    let page = |limit| query(sql).bind(epoch).bind(sequence).bind(limit).bind(max_bytes(bytes)).bind(horizon);
    connections.sound(limit, page, rows::log).await
}

/// Follows the links from row to row. Rows never change, so separate reads return the same as one long read.
pub(super) async fn history(
    connections: &Connections,
    run: RunKey,
    before: Option<Position>,
    limit: u32,
    bytes: usize,
) -> Result<Vec<LogRow>> {
    let from = match before {
        None => {
            let sql = "select last_epoch, last_sequence from run where key = $1";
            connections.one(query(sql).bind(run), |row| rows::position(row, 0)).await?
        }
        Some(before) => previous(connections, run, before).await?,
    };
    let Some(from) = from else { return Ok(Vec::new()) };
    let (epoch, sequence) = rows::columns(from);
    let sql = "with recursive back as ( \
                 select epoch, sequence, run, record, previous_epoch, previous_sequence, 1::bigint as depth from log \
                 where epoch = $1 and sequence = $2 and run = $3 and $4 > 0::bigint \
                 union all \
                 select log.epoch, log.sequence, log.run, log.record, log.previous_epoch, log.previous_sequence, \
                   depth + 1 from back join log \
                   on log.epoch = back.previous_epoch and log.sequence = back.previous_sequence where depth < $4 \
               ) select epoch, sequence, run, record from (select *, \
                 sum(octet_length(record)) over (order by depth) - octet_length(record) as before from back) as bounded \
               where before < $5 order by depth";
    let links = query(sql).bind(epoch).bind(sequence).bind(run).bind(i64::from(limit)).bind(max_bytes(bytes));
    connections.all(links, rows::log).await
}

/// Returns the position of a run's newest row before `before`. Usually `before` is one of the run's rows and links to
/// it; otherwise the links are searched.
async fn previous(connections: &Connections, run: RunKey, before: Position) -> Result<Option<Position>> {
    let (epoch, sequence) = rows::columns(before);
    let link = "select previous_epoch, previous_sequence from log \
                where epoch = $1 and sequence = $2 and run = $3";
    let read = |row: &PgRow| row.try_get::<Option<i64>, _>(0)?.map(|_| rows::position(row, 0)).transpose();
    if let Some(previous) = connections.one(query(link).bind(epoch).bind(sequence).bind(run), read).await? {
        return Ok(previous);
    }
    let walk = "with recursive back (epoch, sequence) as ( \
                  select last_epoch, last_sequence from run where key = $1 \
                  union all \
                  select log.previous_epoch, log.previous_sequence from back \
                    join log on log.epoch = back.epoch and log.sequence = back.sequence \
                  where (log.epoch, log.sequence) >= ($2, $3) \
                ) select epoch, sequence from back where (epoch, sequence) < ($2, $3)";
    connections.one(query(walk).bind(run).bind(epoch).bind(sequence), |row| rows::position(row, 0)).await
}
