//! Implements the port: writes go to the writer, reads to the readers.

use super::select::Select;
use super::{Sqlite, lists, outbox, prune, rows, settings, usage};
use crate::store::*;
use async_trait::async_trait;
use futures::FutureExt;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use tokio::sync::watch;

#[async_trait]
impl Store for Sqlite {
    async fn commit(&self, commit: Commit) -> Result<Committed> {
        self.writer.commit(commit).await
    }

    async fn run(&self, id: Uuid) -> Result<Option<StoredRun>> {
        self.runs.get(&self.readers, id).await
    }

    async fn call_owner(&self, call_id: Uuid) -> Result<Option<Uuid>> {
        let sql = "select activeflow_id from call where id = ?";
        self.readers.one(sqlx::query(sql).bind(call_id), |row| Ok(row.try_get(0)?)).await
    }

    async fn working_set(&self, after: RunKey, limit: u32) -> Result<Vec<WorkingRun>> {
        let rest = "indexed by run_working where working > 0 and key > ? order by key";
        let mut select = Select::new("key, id, working, due, customer_id", "run", rest);
        select.bind(after);
        select.rows(&self.readers, limit, (0, |_: &WorkingRun| 0), rows::working_run).await
    }

    async fn runs(&self, page: Page, filter: RunFilter) -> Result<Vec<StoredRun>> {
        lists::runs(&self.readers, page, filter).await
    }

    async fn runs_by_key(
        &self,
        customer_id: Uuid,
        filter: RunFilter,
        after: RunKey,
        limit: u32,
    ) -> Result<Vec<StoredRun>> {
        lists::runs_by_key(&self.readers, customer_id, filter, after, limit).await
    }

    async fn call(&self, id: Uuid) -> Result<Option<Call>> {
        self.calls.get(&self.readers, id).await
    }

    async fn calls(&self, page: Page, filter: CallFilter) -> Result<Vec<Call>> {
        lists::calls(&self.readers, page, filter).await
    }

    async fn calls_by_key(
        &self,
        customer_id: Uuid,
        filter: CallFilter,
        after: i64,
        limit: u32,
    ) -> Result<Vec<(i64, Call)>> {
        lists::calls_by_key(&self.readers, customer_id, filter, after, limit).await
    }

    async fn flow(&self, id: Uuid) -> Result<Option<Flow>> {
        self.flows.get(&self.readers, id).await
    }

    async fn flows(&self, page: Page) -> Result<Vec<Flow>> {
        lists::flows(&self.readers, page).await
    }

    async fn revision(&self, id: Uuid) -> Result<Option<Revision>> {
        let sql = rows::select(rows::REVISION, "revision where id = ?");
        self.readers.one(sqlx::query(sql).bind(id), rows::revision).await
    }

    async fn revisions(&self, flow_id: Uuid, before: u32, limit: u32) -> Result<Vec<Revision>> {
        let rest = "indexed by revision_number where flow_id = ? and number > 0 and number < ? order by number desc";
        let mut select = Select::new(rows::REVISION, "revision", rest);
        select.bind(flow_id);
        select.bind(if before == 0 { i64::MAX } else { before.into() });
        select.rows(&self.readers, limit, (0, |_: &Revision| 0), rows::revision).await
    }

    async fn answer(&self, customer_id: Uuid, rpc: &str, key: &str, since: Micros) -> Result<Option<Answer>> {
        let sql =
            rows::select(rows::ANSWER, "answer where customer_id = ? and name = ? and rpc = ? and tm_create >= ?");
        let query = sqlx::query(sql).bind(customer_id).bind(key).bind(rpc).bind(since);
        self.readers.one(query, rows::answer).await
    }

    async fn forget_answers(&self, before: Micros, limit: u32) -> Result<u32> {
        self.writer.write(move |db| prune::answers(db, before, limit).boxed()).await
    }

    async fn log_name(&self) -> Result<Uuid> {
        Ok(self.log_name)
    }

    async fn log_bounds(&self) -> Result<(Position, Position)> {
        // The sequence continues after pruning, so a valid resume token stays valid.
        let sql = "select coalesce((select min(position) - 1 from log), \
                     (select seq from sqlite_sequence where name = 'log'), 0), \
                   ifnull((select seq from sqlite_sequence where name = 'log'), 0)";
        let read = |row: &SqliteRow| Ok((rows::position(row.try_get(0)?), rows::position(row.try_get(1)?)));
        Ok(self.readers.one(sqlx::query(sql), read).await?.unwrap_or_default())
    }

    async fn log(&self, after: Position, limit: u32, max_bytes: usize) -> Result<Vec<LogRow>> {
        // Nothing below waits, so without this a task that reads in a loop could block its thread.
        tokio::task::coop::consume_budget().await;
        match self.tail.as_ref().and_then(|tail| tail.after(after, limit, max_bytes)) {
            Some(rows) => Ok(rows),
            None => lists::log(&self.readers, after, limit, max_bytes).await,
        }
    }

    async fn history(
        &self,
        run: RunKey,
        before: Option<Position>,
        limit: u32,
        max_bytes: usize,
    ) -> Result<Vec<LogRow>> {
        lists::history(&self.readers, run, before, limit, max_bytes).await
    }

    fn growth(&self) -> watch::Receiver<u64> {
        self.growth.subscribe()
    }

    async fn customer(&self, id: Uuid) -> Result<Option<Customer>> {
        let sql = rows::select(rows::CUSTOMER, "customer where id = ?");
        self.readers.one(sqlx::query(sql).bind(id), rows::customer).await
    }

    async fn first_customer(&self) -> Result<Option<Customer>> {
        let sql = rows::select(rows::CUSTOMER, "customer order by key limit 1");
        self.readers.one(sqlx::query(sql), rows::customer).await
    }

    async fn create_customer(&self, customer: Customer, first_key: AccessKey) -> Result<()> {
        self.writer.write(move |db| settings::create_customer(db, customer, first_key).boxed()).await
    }

    async fn access_key(&self, id: Uuid) -> Result<Option<AccessKey>> {
        let sql = rows::select(rows::ACCESS_KEY, "access_key where id = ?");
        self.readers.one(sqlx::query(sql).bind(id), rows::access_key).await
    }

    async fn access_key_by_hash(&self, hash: [u8; 32]) -> Result<Option<AccessKey>> {
        let sql = rows::select(rows::ACCESS_KEY, "access_key where hash = ? and tm_delete is null");
        self.readers.one(sqlx::query(sql).bind(hash.to_vec()), rows::access_key).await
    }

    async fn access_keys(&self, page: Page) -> Result<Vec<AccessKey>> {
        lists::access_keys(&self.readers, page).await
    }

    async fn number(&self, id: Uuid) -> Result<Option<Number>> {
        let sql = rows::select(rows::NUMBER, "number where id = ?");
        self.readers.one(sqlx::query(sql).bind(id), rows::number).await
    }

    async fn number_called(&self, number: &str) -> Result<Option<Number>> {
        let sql = rows::select(rows::NUMBER, "number where number = ? and tm_delete is null");
        self.readers.one(sqlx::query(sql).bind(number), rows::number).await
    }

    async fn numbers(&self, page: Page) -> Result<Vec<Number>> {
        lists::numbers(&self.readers, page).await
    }

    async fn message(&self, id: Uuid) -> Result<Option<Message>> {
        let sql = rows::select(rows::MESSAGE, "message where id = ?");
        self.readers.one(sqlx::query(sql).bind(id), rows::message).await
    }

    async fn messages(&self, page: Page, filter: MessageFilter) -> Result<Vec<Message>> {
        lists::messages(&self.readers, page, filter).await
    }

    async fn outgoing(&self, id: Uuid) -> Result<Option<StoredOutgoing>> {
        let sql = rows::select(rows::OUTGOING, "outgoing where id = ?");
        self.readers.one(sqlx::query(sql).bind(id), rows::outgoing).await
    }

    async fn outgoings(&self, page: Page, filter: OutgoingFilter) -> Result<Vec<StoredOutgoing>> {
        lists::outgoings(&self.readers, page, filter).await
    }

    async fn due_partitions(&self, now: Micros, scan: PartitionScan) -> Result<ScannedPartitions> {
        outbox::due_partitions(&self.readers, now, scan).await
    }

    async fn due_outgoing(&self, partition: i64, now: Micros, limit: u32) -> Result<Vec<StoredOutgoing>> {
        outbox::due(&self.readers, partition, now, limit).await
    }

    async fn next_due(&self, now: Micros) -> Result<Option<Micros>> {
        let sql = "select due from outgoing indexed by outgoing_due where state = 1 and due > ? order by due limit 1";
        self.readers.one(sqlx::query(sql).bind(now), |row| Ok(row.try_get(0)?)).await
    }

    async fn started_outgoing(&self, limit: u32) -> Result<Vec<StoredOutgoing>> {
        outbox::started(&self.readers, limit).await
    }

    async fn forget_log(&self, up_to: Position, limit: u32) -> Result<u32> {
        let pruned = self.writer.write(move |db| prune::log(db, up_to, limit).boxed()).await?;
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
        let (last, keys) = prune::find_runs(&self.readers, after, up_to, created, limit).await?;
        if keys.is_empty() {
            return Ok((last, Vec::new()));
        }
        let gone = self.writer.write(move |db| async move { prune::runs(db, &keys, up_to).await }.boxed());
        Ok((last, gone.await?))
    }

    async fn forget_outgoing(&self, before: Micros, limit: u32) -> Result<u32> {
        self.writer.write(move |db| prune::outgoing(db, before, limit).boxed()).await
    }

    async fn forget_messages(&self, before: Micros, limit: u32) -> Result<u32> {
        self.writer.write(move |db| prune::messages(db, before, limit).boxed()).await
    }

    async fn recording(&self, id: Uuid) -> Result<Option<Recording>> {
        let sql = rows::select(rows::RECORDING, "recording where id = ?");
        self.readers.one(sqlx::query(sql).bind(id), rows::recording).await
    }

    async fn recordings(&self, page: Page, filter: RecordingFilter) -> Result<Vec<Recording>> {
        lists::recordings(&self.readers, page, filter).await
    }

    async fn old_recordings(&self, before: Micros, limit: u32) -> Result<Vec<Uuid>> {
        prune::old_recordings(&self.readers, before, limit).await
    }

    async fn forget_recordings(&self, ids: &[Uuid]) -> Result<()> {
        let ids = ids.to_vec();
        self.writer.write(move |db| async move { prune::recordings(db, &ids).await }.boxed()).await
    }

    async fn setting(&self, name: &str, value: Vec<u8>) -> Result<Vec<u8>> {
        let name = name.to_owned();
        self.writer.write(move |db| settings::keep(db, name, value).boxed()).await
    }

    async fn set_callee(&self, customer_id: Uuid, number: &str, script: &[u8]) -> Result<()> {
        let (number, script) = (number.to_owned(), script.to_owned());
        self.writer.write(move |db| settings::set_callee(db, customer_id, number, script).boxed()).await
    }

    async fn callees(&self) -> Result<Vec<(Uuid, String, Vec<u8>)>> {
        let sql = "select customer_id, number, script from callee order by customer_id, number";
        let read = |row: &SqliteRow| Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?));
        self.readers.all(sqlx::query(sql), read).await
    }

    async fn add_usage(&self, used: Vec<Usage>) -> Result<Vec<Usage>> {
        self.writer.write(move |db| usage::add(db, used).boxed()).await
    }

    async fn usage(&self, customer_id: Uuid, day: i32) -> Result<Amounts> {
        let select = sqlx::query(usage::SELECT).bind(customer_id).bind(day);
        Ok(self.readers.one(select, usage::amounts).await?.unwrap_or_default())
    }

    async fn forget_usage(&self, before: i32, limit: u32) -> Result<u32> {
        self.writer.write(move |db| usage::forget(db, before, limit).boxed()).await
    }

    async fn ping(&self) -> Result<()> {
        self.readers.one(sqlx::query("select 1"), |_| Ok(())).await?;
        if self.trouble.try_now()? {
            self.writer.write(|db| settings::probe(db).boxed()).await?;
            self.trouble.passed();
            return self.writer.write(|db| settings::forget_probe(db).boxed()).await;
        }
        self.writer.write(|_| async { Ok(()) }.boxed()).await
    }

    fn damage(&self) -> &Damage {
        self.readers.damage()
    }

    async fn close(&self) {
        self.writer.close(&self.readers).await;
    }
}
