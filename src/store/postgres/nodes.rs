//! Several servers on one database: their leases, what they own, and what one asks of another.

use super::members::ORDERS;
use super::{Postgres, schema};
use crate::store::{News, NodeId, Nodes, OrderId, Result, RunKey, Working, WorkingRun};
use async_trait::async_trait;
use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use std::time::Duration;
use uuid::Uuid;

/// How long a node that was given up is remembered: one that was paused for longer may still write for a while, and what it
/// makes then is nobody's.
const REMEMBERED: &str = "interval '1 day'";

#[async_trait]
impl Nodes for Postgres {
    async fn join(&self, name: &str, ttl: Duration) -> Result<NodeId> {
        let sql = "with before as (update node set gone = now() where name = $1 and name <> '' and gone is null), \
                   old as (delete from node where gone < now() - interval '2 days') \
                   insert into node (name, lease) values ($1, now() + make_interval(secs => $2)) returning id";
        let rows = self.connections.once(sql, &[&name, &ttl.as_secs_f64()]).await?;
        let node = super::only(&rows)?;
        self.members.node.store(node, Ordering::Release);
        Ok(node)
    }

    /// A version that the tables are no longer for has lost its lease too.
    async fn renew(&self, ttl: Duration) -> Result<bool> {
        let sql = "update node set lease = clock_timestamp() + make_interval(secs => $2), \
                     since = case when lease < clock_timestamp() then clock_timestamp() else since end \
                   where id = $1 and gone is null \
                     and not exists (select from migration where number > $3 and coalesce(oldest, number) > $3) returning id";
        let known = schema::as_number(schema::known());
        let rows = self.connections.steady(sql, &[&self.members.node(), &ttl.as_secs_f64(), &known]).await?;
        Ok(!rows.is_empty())
    }

    async fn leave(&self) -> Result<()> {
        let sql = "update node set gone = now() where id = $1 and gone is null";
        self.connections.rows(sql, &[&self.members.node()]).await.map(drop)
    }

    async fn retire(&self) -> Result<()> {
        self.connections.rows("update node set retired = true where id = $1", &[&self.members.node()]).await.map(drop)
    }

    async fn living(&self, steady: Duration) -> Result<Vec<NodeId>> {
        let sql = "with own as (select from node where id = $2 and gone is null and lease > clock_timestamp() \
                     and since <= clock_timestamp() - make_interval(secs => $1)), \
                   dead as (update node set gone = now() where exists (select from own) \
                     and gone is null and lease < clock_timestamp() and id <> $2 returning id) \
                   select id from node where gone is null and id not in (select id from dead) order by retired, id";
        let node = self.members.node();
        let rows = self.connections.steady(sql, &[&steady.as_secs_f64(), &node]).await?;
        let living = rows.iter().map(|row| Ok(row.try_get::<_, i64>(0)?)).collect::<Result<Vec<_>>>()?;
        self.members.others.store(living.iter().any(|id| *id != node), Ordering::Release);
        Ok(living)
    }

    /// The rows bear the mark of this call, so that a lost answer can be had again: what was taken and not heard of would be
    /// gone on with by nobody.
    async fn take_over(&self, working: Working, limit: u32) -> Result<Vec<WorkingRun>> {
        let pending = *self.members.taking.lock().unwrap_or_else(PoisonError::into_inner);
        let mark = pending.unwrap_or_else(Uuid::new_v4);
        if pending.is_none() {
            *self.members.taking.lock().unwrap_or_else(PoisonError::into_inner) = Some(mark);
            let take = format!(
                "update run set owner = $1, taken = $2 where key in (select key from run where working > 0 and working = $4 \
                   and owner = any(array(select id from node where gone > now() - {REMEMBERED})) \
                   limit $3 for update skip locked)"
            );
            self.connections.once(&take, &[&self.members.node(), &mark, &i64::from(limit), &(working as i32)]).await?;
        }
        let taken =
            "select key, id, working, due from run where owner = $1 and working > 0 and taken = $2 order by key";
        let read = |row: &tokio_postgres::Row| {
            let (key, id, due) = (row.try_get(0)?, row.try_get(1)?, row.try_get(3)?);
            Ok(WorkingRun { key, id, working: super::rows::working(row, 2)?, due })
        };
        let taken = self.connections.all(taken, &[&self.members.node(), &mark], read).await?;
        *self.members.taking.lock().unwrap_or_else(PoisonError::into_inner) = None;
        Ok(taken)
    }

    async fn adopt(&self, run: RunKey) -> Result<bool> {
        let sql = "update run set owner = $1 where key = $2 and (owner = $1 or working = 0 \
                     and not exists (select from node where node.id = run.owner and gone is null)) returning key";
        let rows = self.connections.rows(sql, &[&self.members.node(), &run]).await?;
        Ok(!rows.is_empty())
    }

    async fn post(&self, to: NodeId, order: Vec<u8>, wanted: Duration) -> Result<OrderId> {
        let sql = "with posted as (insert into node_order (node, request, until) \
                     values ($1, $2, clock_timestamp() + make_interval(secs => $4)) returning id) \
                   select id from posted, (select pg_notify('ringdown', $3)) as told";
        let (hint, wanted) = (self.members.hint(ORDERS), wanted.as_secs_f64());
        let rows = self.connections.once(sql, &[&to, &order, &hint, &wanted]).await?;
        super::only(&rows)
    }

    async fn withdraw(&self, order: OrderId) -> Result<bool> {
        let sql = "delete from node_order where id = $1 and not taken returning id";
        Ok(!self.connections.rows(sql, &[&order]).await?.is_empty())
    }

    async fn take_orders(&self, limit: u32) -> Result<Vec<(OrderId, Vec<u8>)>> {
        let sql = "update node_order set taken = true where id in (select id from node_order \
                     where node = $1 and not taken and (until is null or until > clock_timestamp()) \
                     order by id limit $2 for update skip locked) returning id, request";
        let rows = self.connections.once(sql, &[&self.members.node(), &i64::from(limit)]).await?;
        rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
    }

    async fn reply(&self, order: OrderId, reply: Vec<u8>) -> Result<()> {
        let sql = "with replied as (update node_order set reply = $2 where id = $1 returning id) \
                   select id from replied, (select pg_notify('ringdown', $3)) as told";
        self.connections.rows(sql, &[&order, &reply, &self.members.hint(ORDERS)]).await.map(drop)
    }

    async fn take_reply(&self, order: OrderId) -> Result<Option<Vec<u8>>> {
        let sql = "delete from node_order where id = $1 and reply is not null returning reply";
        let rows = self.connections.once(sql, &[&order]).await?;
        rows.first().map(|row| Ok(row.try_get(0)?)).transpose()
    }

    async fn forget_orders(&self, age: Duration, limit: u32) -> Result<u32> {
        let sql = "with gone as (delete from node_order where id in (select id from node_order \
                     where at < now() - make_interval(secs => $1) order by id limit $2) returning 1) \
                   select count(*) from gone";
        let rows = self.connections.rows(sql, &[&age.as_secs_f64(), &i64::from(limit)]).await?;
        Ok(u32::try_from(super::only(&rows)?).unwrap_or(u32::MAX))
    }

    fn news(&self) -> News {
        self.members.news()
    }
}
