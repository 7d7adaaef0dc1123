//! Several servers on one database: their leases, their runs, and the commands that they forward to each other.

use super::peers::COMMANDS;
use super::{Postgres, only, rows, schema};
use crate::store::{ChangeHints, CommandId, Micros, NodeId, Nodes, Result, RunKey, Working, WorkingRun};
use async_trait::async_trait;
use sqlx::{AssertSqlSafe, Row, query};
use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use std::time::Duration;
use uuid::Uuid;

/// The database's time in microseconds since 1970.
const MICROS: &str = "(extract(epoch from clock_timestamp()) * 1000000)::bigint";

/// How long after a node was declared dead its runs are still taken over. A paused node may still write for a while,
/// and the runs that it creates then have no living owner.
const REMEMBERED: &str = "interval '1 day'";

#[async_trait]
impl Nodes for Postgres {
    async fn join(&self, name: &str, ttl: Duration) -> Result<NodeId> {
        let sql = "with before as (update node set gone = now() where name = $1 and name <> '' and gone is null), \
                   old as (delete from node where gone < now() - interval '2 days') \
                   insert into node (name, lease) values ($1, now() + make_interval(secs => $2)) returning id";
        let joining = query(sql).bind(name).bind(ttl.as_secs_f64());
        let node = only(&self.connections.once(joining, rows::number_of).await?)?;
        self.peers.node.store(node, Ordering::Release);
        self.peers.lease_for(ttl);
        Ok(node)
    }

    async fn time(&self) -> Result<Micros> {
        let sql = format!("select {MICROS}");
        only(&self.connections.steady(query(AssertSqlSafe(sql)), rows::number_of).await?)
    }

    /// Also returns None once the tables no longer permit this version. A lease without a gap begins anew when the
    /// database's clock is set back: otherwise this node would declare no other dead until the clock has caught up.
    async fn renew(&self, ttl: Duration) -> Result<Option<Micros>> {
        let sql = format!(
            "update node set lease = clock_timestamp() + make_interval(secs => $2), \
               since = case when lease < clock_timestamp() or since > clock_timestamp() then clock_timestamp() else since end \
             where id = $1 and gone is null \
               and not exists (select from migration where number > $3 and coalesce(oldest, number) > $3) returning {MICROS}"
        );
        let known = schema::as_number(schema::known());
        let renewing = query(AssertSqlSafe(sql)).bind(self.peers.node()).bind(ttl.as_secs_f64()).bind(known);
        Ok(self.connections.steady(renewing, rows::number_of).await?.pop())
    }

    async fn leave(&self) -> Result<()> {
        let sql = "update node set gone = now() where id = $1 and gone is null";
        self.connections.rows(query(sql).bind(self.peers.node())).await.map(drop)
    }

    async fn retire(&self) -> Result<()> {
        let sql = "update node set retired = true where id = $1";
        self.connections.rows(query(sql).bind(self.peers.node())).await.map(drop)
    }

    async fn living(&self, steady: Duration) -> Result<Vec<NodeId>> {
        let sql = "with own as (select from node where id = $2 and gone is null and lease > clock_timestamp() \
                     and since <= clock_timestamp() - make_interval(secs => $1)), \
                   dead as (update node set gone = now() where exists (select from own) \
                     and gone is null and lease < clock_timestamp() and id <> $2 returning id), \
                   far as (update node set lease = clock_timestamp() + make_interval(secs => $3) where gone is null \
                     and id <> $2 and lease > clock_timestamp() + 2 * make_interval(secs => $3)) \
                   select id from node where gone is null and id not in (select id from dead) order by retired, id";
        let node = self.peers.node();
        let living = query(sql).bind(steady.as_secs_f64()).bind(node).bind(self.peers.lease().as_secs_f64());
        let living = self.connections.steady(living, rows::number_of).await?;
        self.peers.others.store(living.iter().any(|id| *id != node), Ordering::Release);
        Ok(living)
    }

    /// Marks the rows with a token of this call, so that a retry after a lost response returns the same runs. Otherwise
    /// no node would continue them.
    async fn take_over(&self, working: Working, limit: u32) -> Result<Vec<WorkingRun>> {
        let pending = *self.peers.taking.lock().unwrap_or_else(PoisonError::into_inner);
        let mark = pending.unwrap_or_else(Uuid::new_v4);
        if pending.is_none() {
            *self.peers.taking.lock().unwrap_or_else(PoisonError::into_inner) = Some(mark);
            let take = format!(
                "update run set owner = $1, taken = $2 where key in (select key from run where working > 0 and working = $4 \
                   and owner = any(array(select id from node where gone > now() - {REMEMBERED})) \
                   limit $3 for update skip locked)"
            );
            let take = query(AssertSqlSafe(take)).bind(self.peers.node()).bind(mark);
            self.connections.once(take.bind(i64::from(limit)).bind(working as i32), |_| Ok(())).await?;
        }
        let taken = "select key, id, working, due, customer_id from run \
                     where owner = $1 and working > 0 and taken = $2 order by key";
        let taken = query(taken).bind(self.peers.node()).bind(mark);
        let taken = self.connections.all(taken, rows::working_run).await?;
        *self.peers.taking.lock().unwrap_or_else(PoisonError::into_inner) = None;
        Ok(taken)
    }

    async fn adopt(&self, run: RunKey) -> Result<bool> {
        let sql = "update run set owner = $1 where key = $2 and (owner = $1 or working = 0 \
                     and not exists (select from node where node.id = run.owner and gone is null)) returning key";
        let rows = self.connections.rows(query(sql).bind(self.peers.node()).bind(run)).await?;
        Ok(!rows.is_empty())
    }

    async fn post(&self, to: NodeId, command: Vec<u8>, expiry: Duration) -> Result<CommandId> {
        let sql = "with posted as (insert into node_order (node, request, until) \
                     values ($1, $2, clock_timestamp() + make_interval(secs => $4)) returning id) \
                   select id from posted, (select pg_notify('ringdown', $3)) as told";
        let posting = query(sql).bind(to).bind(command).bind(self.peers.hint(COMMANDS)).bind(expiry.as_secs_f64());
        only(&self.connections.once(posting, rows::number_of).await?)
    }

    async fn withdraw(&self, command: CommandId) -> Result<bool> {
        let sql = "delete from node_order where id = $1 and not taken returning id";
        Ok(!self.connections.rows(query(sql).bind(command)).await?.is_empty())
    }

    async fn take_commands(&self, limit: u32) -> Result<Vec<(CommandId, Vec<u8>)>> {
        let sql = "update node_order set taken = true where id in (select id from node_order \
                     where node = $1 and not taken and (until is null or until > clock_timestamp()) \
                     order by id limit $2 for update skip locked) returning id, request";
        let taking = query(sql).bind(self.peers.node()).bind(i64::from(limit));
        self.connections.once(taking, |row| Ok((row.try_get(0)?, row.try_get(1)?))).await
    }

    async fn reply(&self, command: CommandId, reply: Vec<u8>) -> Result<()> {
        let sql = "with replied as (update node_order set reply = $2 where id = $1 returning id) \
                   select id from replied, (select pg_notify('ringdown', $3)) as told";
        self.connections.rows(query(sql).bind(command).bind(reply).bind(self.peers.hint(COMMANDS))).await.map(drop)
    }

    async fn take_reply(&self, command: CommandId) -> Result<Option<Vec<u8>>> {
        let sql = "delete from node_order where id = $1 and reply is not null returning reply";
        Ok(self.connections.once(query(sql).bind(command), |row| row.try_get(0)).await?.pop())
    }

    async fn forget_commands(&self, age: Duration, limit: u32) -> Result<u32> {
        let sql = "with gone as (delete from node_order where id in (select id from node_order \
                     where at < now() - make_interval(secs => $1) order by id limit $2) returning 1) \
                   select count(*) from gone";
        let forgetting = query(sql).bind(age.as_secs_f64()).bind(i64::from(limit));
        let gone = only(&self.connections.all(forgetting, rows::number_of).await?)?;
        Ok(u32::try_from(gone).unwrap_or(u32::MAX))
    }

    fn hints(&self) -> ChangeHints {
        self.peers.hints()
    }
}
