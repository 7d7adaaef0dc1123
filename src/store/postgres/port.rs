//! Implements the port: commits go to the writers, reads to the reading connections.

use super::connections::Query;
use super::peers::CALLEES;
use super::{Postgres, lists, outbox, prune, rows, usage};
use crate::store::*;
use async_trait::async_trait;
use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, Row, query};
use tokio::sync::watch;

/// How often the log is polled even without a commit of this server: rows that another client's open transaction held
/// up become readable without a notification.
const POLL: std::time::Duration = std::time::Duration::from_secs(1);

#[async_trait]
impl Store for Postgres {
    async fn commit(&self, commit: Commit) -> Result<Committed> {
        self.queue.commit(commit).await
    }

    async fn run(&self, id: Uuid) -> Result<Option<StoredRun>> {
        let sql = format!("select {}, body from run left join variables on run = key where id = $1", rows::RUN);
        let read = |row: &PgRow| Ok(StoredRun { variables: row.try_get(14)?, ..rows::run(row)? });
        self.connections.one(of(sql).bind(id), read).await
    }

    async fn call_owner(&self, call_id: Uuid) -> Result<Option<Uuid>> {
        let sql = "select activeflow_id from call where id = $1";
        self.connections.one(query(sql).bind(call_id), |row| row.try_get(0)).await
    }

    async fn working_set(&self, after: RunKey, limit: u32) -> Result<Vec<WorkingRun>> {
        let sql =
            "select key, id, working, due, customer_id from run where working > 0 and key > $1 order by key limit $2";
        self.connections.sound(limit, |limit| query(sql).bind(after).bind(limit), rows::working_run).await
    }

    async fn runs(&self, page: Page, filter: RunFilter) -> Result<Vec<StoredRun>> {
        lists::runs(&self.connections, page, filter).await
    }

    async fn runs_by_key(
        &self,
        customer_id: Uuid,
        filter: RunFilter,
        after: RunKey,
        limit: u32,
    ) -> Result<Vec<StoredRun>> {
        lists::runs_by_key(&self.connections, customer_id, filter, after, limit).await
    }

    async fn call(&self, id: Uuid) -> Result<Option<Call>> {
        let sql = format!("select {} from call where id = $1", rows::CALL);
        Ok(self.connections.one(of(sql).bind(id), rows::call).await?.map(|(_, call)| call))
    }

    async fn calls(&self, page: Page, filter: CallFilter) -> Result<Vec<Call>> {
        lists::calls(&self.connections, page, filter).await
    }

    async fn calls_by_key(
        &self,
        customer_id: Uuid,
        filter: CallFilter,
        after: i64,
        limit: u32,
    ) -> Result<Vec<(i64, Call)>> {
        lists::calls_by_key(&self.connections, customer_id, filter, after, limit).await
    }

    async fn flow(&self, id: Uuid) -> Result<Option<Flow>> {
        let sql = format!("select {} from flow where id = $1", rows::FLOW);
        self.connections.one(of(sql).bind(id), rows::flow).await
    }

    async fn flows(&self, page: Page) -> Result<Vec<Flow>> {
        lists::flows(&self.connections, page).await
    }

    async fn revision(&self, id: Uuid) -> Result<Option<Revision>> {
        let sql = format!("select {} from revision where id = $1", rows::REVISION);
        self.connections.one(of(sql).bind(id), rows::revision).await
    }

    async fn revisions(&self, flow_id: Uuid, before: u32, limit: u32) -> Result<Vec<Revision>> {
        let sql = format!(
            "select {} from revision where flow_id = $1 and number > 0 and number < $2 order by number desc limit $3",
            rows::REVISION
        );
        let before = if before == 0 { i64::MAX } else { before.into() };
        let page = |limit| of(sql.clone()).bind(flow_id).bind(before).bind(limit);
        self.connections.sound(limit, page, rows::revision).await
    }

    async fn answer(&self, customer_id: Uuid, rpc: &str, key: &str, since: Micros) -> Result<Option<Answer>> {
        let sql = format!(
            "select {} from answer where customer_id = $1 and name = $2 and rpc = $3 and tm_create >= $4",
            rows::ANSWER
        );
        self.connections.one(of(sql).bind(customer_id).bind(key).bind(rpc).bind(since), rows::answer).await
    }

    async fn forget_answers(&self, before: Micros, limit: u32) -> Result<u32> {
        prune::answers(&self.connections, before, limit).await
    }

    async fn log_name(&self) -> Result<Uuid> {
        Ok(self.log_name)
    }

    async fn log_bounds(&self) -> Result<(Position, Position)> {
        let horizon = self.settled().await?;
        // Positions continue after pruning, so a valid resume token stays valid.
        let sql = "select coalesce(gone.epoch, 0), coalesce(gone.sequence, 0), \
                     coalesce(newest.epoch, gone.epoch, 0), coalesce(newest.sequence, gone.sequence, 0) \
                   from (select) as always \
                   left join (select epoch, sequence from log where epoch < greatest($1, (select horizon())) \
                     order by epoch desc, sequence desc limit 1) as newest on true \
                   left join log_forgotten as gone on true";
        let read = |row: &PgRow| Ok((rows::position(row, 0)?, rows::position(row, 2)?));
        Ok(self.connections.one(query(sql).bind(horizon), read).await?.unwrap_or_default())
    }

    async fn newest(&self) -> Result<Position> {
        let sql = "select coalesce(newest.epoch, gone.epoch, 0), coalesce(newest.sequence, gone.sequence, 0) \
                   from (select) as always \
                   left join (select epoch, sequence from log order by epoch desc, sequence desc limit 1) as newest on true \
                   left join log_forgotten as gone on true";
        Ok(self.connections.one(query(sql), |row| rows::position(row, 0)).await?.unwrap_or_default())
    }

    async fn log(&self, after: Position, limit: u32, max_bytes: usize) -> Result<Vec<LogRow>> {
        let horizon = self.settled().await?;
        lists::log(&self.connections, after, horizon, limit, max_bytes).await
    }

    async fn history(
        &self,
        run: RunKey,
        before: Option<Position>,
        limit: u32,
        max_bytes: usize,
    ) -> Result<Vec<LogRow>> {
        lists::history(&self.connections, run, before, limit, max_bytes).await
    }

    fn growth(&self) -> watch::Receiver<u64> {
        self.peers.growth()
    }

    async fn overdue(&self) {
        tokio::time::sleep(POLL).await;
    }

    async fn customer(&self, id: Uuid) -> Result<Option<Customer>> {
        let sql = format!("select {} from customer where id = $1", rows::CUSTOMER);
        self.connections.one(of(sql).bind(id), rows::customer).await
    }

    async fn first_customer(&self) -> Result<Option<Customer>> {
        let sql = format!("select {} from customer order by key limit 1", rows::CUSTOMER);
        self.connections.one(of(sql), rows::customer).await
    }

    async fn create_customer(&self, customer: Customer, first_key: AccessKey) -> Result<()> {
        let sql = "with taken as (select exists (select from customer where id = $1) as customer, \
                     exists (select from access_key where id = $5) as key), \
                   c as (insert into customer (id, name, tm_create, body) select $1, $2, $3::bigint, $4 from taken \
                     where not customer and not key), \
                   k as (insert into access_key (id, customer_id, hash, tm_create, tm_delete, body) \
                     select $5, $6, $7, $8::bigint, $9::bigint, $10 from taken where not customer and not key) \
                   select customer, key from taken";
        let (it, key) = (&customer, &first_key);
        let of_customer = query(sql).bind(it.id).bind(&it.name).bind(it.tm_create).bind(&it.body);
        let of_key = of_customer.bind(key.id).bind(key.customer_id).bind(key.hash.as_slice()).bind(key.tm_create);
        let taken = |row: &PgRow| Ok((row.try_get(0)?, row.try_get(1)?));
        let taken = self.connections.once(of_key.bind(key.tm_delete).bind(&key.body), taken).await?;
        match taken.first() {
            Some((true, _)) => Err(Error::IdTaken(customer.id)),
            Some((_, true)) => Err(Error::IdTaken(first_key.id)),
            _ => Ok(()),
        }
    }

    async fn access_key(&self, id: Uuid) -> Result<Option<AccessKey>> {
        let sql = format!("select {} from access_key where id = $1", rows::ACCESS_KEY);
        self.connections.one(of(sql).bind(id), rows::access_key).await
    }

    async fn access_key_by_hash(&self, hash: [u8; 32]) -> Result<Option<AccessKey>> {
        let sql = format!("select {} from access_key where hash = $1 and tm_delete is null", rows::ACCESS_KEY);
        self.connections.one(of(sql).bind(hash.as_slice()), rows::access_key).await
    }

    async fn access_keys(&self, page: Page) -> Result<Vec<AccessKey>> {
        lists::access_keys(&self.connections, page).await
    }

    async fn number(&self, id: Uuid) -> Result<Option<Number>> {
        let sql = format!("select {} from number where id = $1", rows::NUMBER);
        self.connections.one(of(sql).bind(id), rows::number).await
    }

    async fn number_called(&self, number: &str) -> Result<Option<Number>> {
        let sql = format!("select {} from number where number = $1 and tm_delete is null", rows::NUMBER);
        self.connections.one(of(sql).bind(number), rows::number).await
    }

    async fn numbers(&self, page: Page) -> Result<Vec<Number>> {
        lists::numbers(&self.connections, page).await
    }

    async fn message(&self, id: Uuid) -> Result<Option<Message>> {
        let sql = format!("select {} from message where id = $1", rows::MESSAGE);
        self.connections.one(of(sql).bind(id), rows::message).await
    }

    async fn messages(&self, page: Page, filter: MessageFilter) -> Result<Vec<Message>> {
        lists::messages(&self.connections, page, filter).await
    }

    async fn outgoing(&self, id: Uuid) -> Result<Option<StoredOutgoing>> {
        let sql = format!("select {} from outgoing where id = $1", rows::OUTGOING);
        self.connections.one(of(sql).bind(id), rows::outgoing).await
    }

    async fn outgoings(&self, page: Page, filter: OutgoingFilter) -> Result<Vec<StoredOutgoing>> {
        lists::outgoings(&self.connections, page, filter).await
    }

    async fn due_partitions(&self, now: Micros, scan: PartitionScan) -> Result<ScannedPartitions> {
        outbox::due_partitions(&self.connections, now, scan).await
    }

    async fn due_outgoing(&self, partition: i64, now: Micros, limit: u32) -> Result<Vec<StoredOutgoing>> {
        outbox::due(&self.connections, partition, now, limit).await
    }

    async fn next_due(&self, now: Micros) -> Result<Option<Micros>> {
        let sql = "select due from outgoing where state = 1 and due > $1 order by due limit 1";
        self.connections.one(query(sql).bind(now), |row| row.try_get(0)).await
    }

    async fn started_outgoing(&self, limit: u32) -> Result<Vec<StoredOutgoing>> {
        outbox::started(&self.connections, limit).await
    }

    async fn forget_log(&self, up_to: Position, limit: u32) -> Result<u32> {
        prune::log(&self.connections, up_to, limit).await
    }

    async fn forget_runs(
        &self,
        after: RunKey,
        up_to: Position,
        created: Micros,
        limit: u32,
    ) -> Result<(Option<RunKey>, Vec<Uuid>)> {
        prune::runs(&self.connections, after, up_to, created, limit).await
    }

    async fn forget_outgoing(&self, before: Micros, limit: u32) -> Result<u32> {
        prune::outgoing(&self.connections, before, limit).await
    }

    async fn forget_messages(&self, before: Micros, limit: u32) -> Result<u32> {
        prune::messages(&self.connections, before, limit).await
    }

    async fn recording(&self, id: Uuid) -> Result<Option<Recording>> {
        let sql = format!("select {} from recording where id = $1", rows::RECORDING);
        self.connections.one(of(sql).bind(id), rows::recording).await
    }

    async fn recordings(&self, page: Page, filter: RecordingFilter) -> Result<Vec<Recording>> {
        lists::recordings(&self.connections, page, filter).await
    }

    async fn old_recordings(&self, before: Micros, limit: u32) -> Result<Vec<Uuid>> {
        let sql = "select id from recording where tm_create < $1 and status <> 1 order by key limit $2";
        self.connections.all(query(sql).bind(before).bind(i64::from(limit)), |row| row.try_get(0)).await
    }

    async fn forget_recordings(&self, ids: &[Uuid]) -> Result<()> {
        self.connections.rows(query("delete from recording where id = any($1)").bind(ids)).await.map(drop)
    }

    async fn setting(&self, name: &str, value: Vec<u8>) -> Result<Vec<u8>> {
        let insert = "insert into setting (name, value) values ($1, $2) on conflict do nothing";
        self.connections.rows(query(insert).bind(name).bind(value)).await?;
        let select = "select value from setting where name = $1";
        let kept = self.connections.one(query(select).bind(name), |row| row.try_get(0)).await?;
        kept.ok_or_else(|| Error::Broken(format!("the setting {name} was deleted")))
    }

    async fn set_callee(&self, customer_id: Uuid, number: &str, script: &[u8]) -> Result<()> {
        let hint = self.peers.hint(CALLEES);
        if script.is_empty() {
            let sql = "with gone as (delete from callee where customer_id = $1 and number = $2) \
                       select pg_notify('ringdown', $3)";
            return self.connections.rows(query(sql).bind(customer_id).bind(number).bind(hint)).await.map(drop);
        }
        let sql = "with set as (insert into callee (customer_id, number, script) values ($1, $2, $3) \
                     on conflict (customer_id, number) do update set script = excluded.script) \
                   select pg_notify('ringdown', $4)";
        self.connections.rows(query(sql).bind(customer_id).bind(number).bind(script).bind(hint)).await.map(drop)
    }

    async fn callees(&self) -> Result<Vec<(Uuid, String, Vec<u8>)>> {
        let sql = "select customer_id, number, script from callee order by customer_id, number";
        let read = |row: &PgRow| Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?));
        self.connections.all(query(sql), read).await
    }

    async fn add_usage(&self, used: Vec<Usage>) -> Result<Vec<Usage>> {
        usage::add(&self.connections, used).await
    }

    async fn usage(&self, customer_id: Uuid, day: i32) -> Result<Amounts> {
        usage::of(&self.connections, customer_id, day).await
    }

    async fn forget_usage(&self, before: i32, limit: u32) -> Result<u32> {
        usage::forget(&self.connections, before, limit).await
    }

    async fn ping(&self) -> Result<()> {
        self.connections.rows(query("select 1")).await?;
        self.queue.commit(Commit::default()).await.map(drop)
    }

    fn damage(&self) -> &Damage {
        &self.damage
    }

    fn notes(&self) -> Vec<String> {
        self.horizon.note().into_iter().chain(self.damage.note()).collect()
    }

    async fn close(&self) {
        self.stop().await;
    }
}

/// Returns a statement whose text is composed of constants.
fn of(sql: String) -> Query {
    query(AssertSqlSafe(sql))
}
