//! The port, method by method: what goes to the writer, and what a reader answers.

use super::writer::Fault;
use super::{Sqlite, apply, lists, outbox, prune, recordings, rows};
use crate::store::*;
use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension, Params, Row, params};

/// At most one row.
fn one<T>(
    db: &Connection,
    sql: &str,
    params: impl Params,
    read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Option<T>> {
    Ok(db.prepare_cached(sql)?.query_row(params, read).optional()?)
}

#[async_trait]
impl Store for Sqlite {
    async fn commit(&self, commit: Commit) -> Result<Committed> {
        let tail = self.tail.clone();
        let apply = move |db: &Connection| {
            let committed = apply::commit(db, &commit)?;
            if let Some(tail) = &tail {
                for (write, (run, position)) in commit.runs.iter().zip(&committed.runs) {
                    tail.write(LogRow { position: *position, run: *run, record: write.record.clone() });
                }
            }
            Ok(committed)
        };
        self.writer.write(apply).await
    }

    async fn run(&self, id: Uuid) -> Result<Option<StoredRun>> {
        let sql = format!("select {}, body from run left join variables on run = key where id = ?", rows::RUN);
        self.readers
            .read(move |db| one(db, &sql, [id], |row| Ok(StoredRun { variables: row.get(13)?, ..rows::run(row)? })))
            .await
    }

    async fn call_owner(&self, call_id: Uuid) -> Result<Option<Uuid>> {
        let sql = "select activeflow_id from call where id = ?";
        self.readers.read(move |db| one(db, sql, [call_id], |row| row.get(0))).await
    }

    async fn working_set(&self, after: RunKey, limit: u32) -> Result<Vec<WorkingRun>> {
        let read = |row: &Row<'_>| {
            Ok(WorkingRun { key: row.get(0)?, id: row.get(1)?, working: rows::working(row, 2)?, due: row.get(3)? })
        };
        self.readers
            .read(move |db| {
                let mut select = db.prepare_cached(
                    "select key, id, working, due from run indexed by run_working \
                     where working > 0 and key > ? order by key limit ?",
                )?;
                Ok(select.query_map((after, limit), read)?.collect::<rusqlite::Result<_>>()?)
            })
            .await
    }

    async fn runs(&self, page: Page, filter: RunFilter) -> Result<Vec<StoredRun>> {
        self.readers.read(move |db| Ok(lists::runs(db, page, filter)?)).await
    }

    async fn runs_by_key(
        &self,
        customer_id: Uuid,
        filter: RunFilter,
        after: RunKey,
        limit: u32,
    ) -> Result<Vec<StoredRun>> {
        self.readers.read(move |db| Ok(lists::runs_by_key(db, customer_id, filter, after, limit)?)).await
    }

    async fn call(&self, id: Uuid) -> Result<Option<Call>> {
        let sql = format!("select {} from call where id = ?", rows::CALL);
        Ok(self.readers.read(move |db| one(db, &sql, [id], rows::call)).await?.map(|(_, call)| call))
    }

    async fn calls(&self, page: Page, filter: CallFilter) -> Result<Vec<Call>> {
        self.readers.read(move |db| Ok(lists::calls(db, page, filter)?)).await
    }

    async fn calls_by_key(
        &self,
        customer_id: Uuid,
        filter: CallFilter,
        after: i64,
        limit: u32,
    ) -> Result<Vec<(i64, Call)>> {
        self.readers.read(move |db| Ok(lists::calls_by_key(db, customer_id, filter, after, limit)?)).await
    }

    async fn flow(&self, id: Uuid) -> Result<Option<Flow>> {
        let sql = format!("select {} from flow where id = ?", rows::FLOW);
        self.readers.read(move |db| one(db, &sql, [id], rows::flow)).await
    }

    async fn flows(&self, page: Page) -> Result<Vec<Flow>> {
        self.readers.read(move |db| Ok(lists::flows(db, page)?)).await
    }

    async fn revision(&self, id: Uuid) -> Result<Option<Revision>> {
        let sql = format!("select {} from revision where id = ?", rows::REVISION);
        self.readers.read(move |db| one(db, &sql, [id], rows::revision)).await
    }

    async fn revisions(&self, flow_id: Uuid, before: u32, limit: u32) -> Result<Vec<Revision>> {
        let sql = format!(
            "select {} from revision indexed by revision_number where flow_id = ? and number > 0 and number < ? \
             order by number desc limit ?",
            rows::REVISION
        );
        let before = if before == 0 { i64::MAX } else { before.into() };
        self.readers
            .read(move |db| {
                let mut select = db.prepare_cached(&sql)?;
                let rows = select.query_map((flow_id, before, limit), rows::revision)?;
                Ok(rows.collect::<rusqlite::Result<_>>()?)
            })
            .await
    }

    async fn answer(&self, customer_id: Uuid, rpc: &str, key: &str, since: Micros) -> Result<Option<Answer>> {
        let sql = format!(
            "select {} from answer where customer_id = ? and name = ? and rpc = ? and tm_create >= ?",
            rows::ANSWER
        );
        let (rpc, key) = (rpc.to_owned(), key.to_owned());
        self.readers.read(move |db| one(db, &sql, (customer_id, key, rpc, since), rows::answer)).await
    }

    async fn forget_answers(&self, before: Micros, limit: u32) -> Result<u32> {
        let sql = "delete from answer where key in (select key from answer where tm_create < ? limit ?)";
        let gone = self.writer.write(move |db| Ok(db.prepare_cached(sql)?.execute((before, limit))?)).await?;
        Ok(u32::try_from(gone).unwrap_or(u32::MAX))
    }

    async fn log_name(&self) -> Result<Uuid> {
        Ok(self.log_name)
    }

    async fn log_bounds(&self) -> Result<(Position, Position)> {
        // The sequence goes on where rows are pruned, and a token that was good stays good.
        let sql = "select coalesce((select min(position) - 1 from log), \
                     (select seq from sqlite_sequence where name = 'log'), 0), \
                   ifnull((select seq from sqlite_sequence where name = 'log'), 0)";
        let bounds = self
            .readers
            .read(move |db| one(db, sql, [], |row| Ok((rows::position(row.get(0)?), rows::position(row.get(1)?)))));
        Ok(bounds.await?.unwrap_or_default())
    }

    async fn log(&self, after: Position, limit: u32, max_bytes: usize) -> Result<Vec<LogRow>> {
        // Who reads again and again must not keep a thread from everyone else, though nothing here waits.
        tokio::task::coop::consume_budget().await;
        match self.tail.as_ref().and_then(|tail| tail.after(after, limit, max_bytes)) {
            Some(rows) => Ok(rows),
            None => self.readers.read(move |db| Ok(lists::log(db, after, limit, max_bytes)?)).await,
        }
    }

    async fn history(
        &self,
        run: RunKey,
        before: Option<Position>,
        limit: u32,
        max_bytes: usize,
    ) -> Result<Vec<LogRow>> {
        self.readers.read(move |db| Ok(lists::history(db, run, before, limit, max_bytes)?)).await
    }

    async fn customer(&self, id: Uuid) -> Result<Option<Customer>> {
        let sql = format!("select {} from customer where id = ?", rows::CUSTOMER);
        self.readers.read(move |db| one(db, &sql, [id], rows::customer)).await
    }

    async fn first_customer(&self) -> Result<Option<Customer>> {
        let sql = format!("select {} from customer order by key limit 1", rows::CUSTOMER);
        self.readers.read(move |db| one(db, &sql, [], rows::customer)).await
    }

    async fn create_customer(&self, customer: Customer, first_key: AccessKey) -> Result<()> {
        self.writer
            .write(move |db| {
                for (sql, id) in [
                    ("select 1 from customer where id = ?", customer.id),
                    ("select 1 from access_key where id = ?", first_key.id),
                ] {
                    if db.prepare_cached(sql)?.exists([id])? {
                        return Err(Fault::Refused(Error::IdTaken(id)));
                    }
                }
                db.prepare_cached("insert into customer (id, name, tm_create, body) values (?, ?, ?, ?)")?
                    .execute(params![customer.id, customer.name, customer.tm_create, customer.body])?;
                Ok(apply::put_access_key(db, &first_key)?)
            })
            .await
    }

    async fn access_key(&self, id: Uuid) -> Result<Option<AccessKey>> {
        let sql = format!("select {} from access_key where id = ?", rows::ACCESS_KEY);
        self.readers.read(move |db| one(db, &sql, [id], rows::access_key)).await
    }

    async fn access_key_by_hash(&self, hash: [u8; 32]) -> Result<Option<AccessKey>> {
        let sql = format!("select {} from access_key where hash = ? and tm_delete is null", rows::ACCESS_KEY);
        self.readers.read(move |db| one(db, &sql, [hash], rows::access_key)).await
    }

    async fn access_keys(&self, page: Page) -> Result<Vec<AccessKey>> {
        self.readers.read(move |db| Ok(lists::access_keys(db, page)?)).await
    }

    async fn number(&self, id: Uuid) -> Result<Option<Number>> {
        let sql = format!("select {} from number where id = ?", rows::NUMBER);
        self.readers.read(move |db| one(db, &sql, [id], rows::number)).await
    }

    async fn number_called(&self, number: &str) -> Result<Option<Number>> {
        let sql = format!("select {} from number where number = ? and tm_delete is null", rows::NUMBER);
        let number = number.to_owned();
        self.readers.read(move |db| one(db, &sql, [number], rows::number)).await
    }

    async fn numbers(&self, page: Page) -> Result<Vec<Number>> {
        self.readers.read(move |db| Ok(lists::numbers(db, page)?)).await
    }

    async fn message(&self, id: Uuid) -> Result<Option<Message>> {
        let sql = format!("select {} from message where id = ?", rows::MESSAGE);
        self.readers.read(move |db| one(db, &sql, [id], rows::message)).await
    }

    async fn messages(&self, page: Page, filter: MessageFilter) -> Result<Vec<Message>> {
        self.readers.read(move |db| Ok(lists::messages(db, page, filter)?)).await
    }

    async fn outgoing(&self, id: Uuid) -> Result<Option<StoredOutgoing>> {
        let sql = format!("select {} from outgoing where id = ?", rows::OUTGOING);
        self.readers.read(move |db| one(db, &sql, [id], rows::outgoing)).await
    }

    async fn outgoings(&self, page: Page, filter: OutgoingFilter) -> Result<Vec<StoredOutgoing>> {
        self.readers.read(move |db| Ok(lists::outgoings(db, page, filter)?)).await
    }

    async fn due_lanes(&self, now: Micros, after: Option<i64>, limit: u32) -> Result<(Vec<i64>, Option<i64>)> {
        self.readers.read(move |db| Ok(outbox::due_lanes(db, now, after, limit)?)).await
    }

    async fn due_outgoing(&self, lane: i64, now: Micros, limit: u32) -> Result<Vec<StoredOutgoing>> {
        self.readers.read(move |db| Ok(outbox::due(db, lane, now, limit)?)).await
    }

    async fn next_due(&self, now: Micros) -> Result<Option<Micros>> {
        let sql = "select due from outgoing indexed by outgoing_due where state = 1 and due > ? order by due limit 1";
        self.readers.read(move |db| one(db, sql, [now], |row| row.get(0))).await
    }

    async fn started_outgoing(&self, limit: u32) -> Result<Vec<StoredOutgoing>> {
        self.readers.read(move |db| Ok(outbox::started(db, limit)?)).await
    }

    async fn forget_log(&self, up_to: Position, limit: u32) -> Result<u32> {
        let pruned = self.writer.write(move |db| Ok(prune::log(db, up_to, limit)?)).await?;
        if let Some(tail) = &self.tail {
            tail.pruned(up_to);
        }
        Ok(pruned)
    }

    async fn forget_runs(
        &self,
        after: RunKey,
        up_to: Position,
        created: Micros,
        limit: u32,
    ) -> Result<(Option<RunKey>, Vec<Uuid>)> {
        let found = self.readers.read(move |db| Ok(prune::find_runs(db, after, up_to, created, limit)?)).await?;
        let (last, keys) = found;
        match keys.is_empty() {
            true => Ok((last, Vec::new())),
            false => Ok((last, self.writer.write(move |db| Ok(prune::runs(db, &keys, up_to)?)).await?)),
        }
    }

    async fn forget_outgoing(&self, before: Micros, limit: u32) -> Result<u32> {
        self.writer.write(move |db| Ok(prune::outgoing(db, before, limit)?)).await
    }

    async fn forget_messages(&self, before: Micros, limit: u32) -> Result<u32> {
        self.writer.write(move |db| Ok(prune::messages(db, before, limit)?)).await
    }

    async fn recording(&self, id: Uuid) -> Result<Option<Recording>> {
        let sql = format!("select {} from recording where id = ?", recordings::COLUMNS);
        self.readers.read(move |db| one(db, &sql, [id], recordings::row)).await
    }

    async fn recordings(&self, page: Page, filter: RecordingFilter) -> Result<Vec<Recording>> {
        self.readers.read(move |db| Ok(recordings::list(db, page, filter)?)).await
    }

    async fn old_recordings(&self, before: Micros, limit: u32) -> Result<Vec<Uuid>> {
        self.readers.read(move |db| Ok(recordings::old(db, before, limit)?)).await
    }

    async fn forget_recordings(&self, ids: &[Uuid]) -> Result<()> {
        let ids = ids.to_vec();
        self.writer.write(move |db| Ok(recordings::forget(db, &ids)?)).await
    }

    async fn setting(&self, name: &str, value: Vec<u8>) -> Result<Vec<u8>> {
        let name = name.to_owned();
        self.writer
            .write(move |db| {
                db.prepare_cached("insert into setting (name, value) values (?, ?) on conflict do nothing")?
                    .execute((&name, &value))?;
                let mut select = db.prepare_cached("select value from setting where name = ?")?;
                Ok(select.query_row([&name], |row| row.get(0))?)
            })
            .await
    }

    async fn set_callee(&self, customer_id: Uuid, number: &str, script: &[u8]) -> Result<()> {
        let (number, script) = (number.to_owned(), script.to_owned());
        self.writer
            .write(move |db| {
                match script.is_empty() {
                    true => db
                        .prepare_cached("delete from callee where customer_id = ? and number = ?")?
                        .execute((customer_id, &number))?,
                    false => db
                        .prepare_cached("insert or replace into callee (customer_id, number, script) values (?, ?, ?)")?
                        .execute((customer_id, &number, &script))?,
                };
                Ok(())
            })
            .await
    }

    async fn callees(&self) -> Result<Vec<(Uuid, String, Vec<u8>)>> {
        self.readers
            .read(move |db| {
                let mut select =
                    db.prepare_cached("select customer_id, number, script from callee order by customer_id, number")?;
                let rows = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
                Ok(rows.collect::<rusqlite::Result<_>>()?)
            })
            .await
    }

    async fn ping(&self) -> Result<()> {
        self.readers.read(|db| one(db, "select 1", [], |_| Ok(()))).await?;
        self.writer.write(|_| Ok(())).await
    }

    async fn close(&self) {
        let stopping = self.stop();
        if tokio::task::spawn_blocking(stopping).await.is_err() {
            tracing::error!("the store was not closed in order");
        }
    }
}
