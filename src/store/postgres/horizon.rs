//! How far the log can be read without skipping a row that is committed late.
//!
//! Rows of the log have the number of their transaction, and transactions do not end in the order of their numbers. So
//! the log is read up to a horizon: every transaction below it that writes the log has ended, and its rows are visible.
//!
//! `horizon()` is the oldest open transaction of the whole cluster. That is always right and cheap, but a transaction
//! that somebody leaves open anywhere, even in another database, holds it back. The exact horizon counts only the
//! transactions that can write the log:
//!
//! - A group is one statement. PostgreSQL locks every table of a statement before it executes it, and the transaction
//!   gets its number during the execution. So a transaction of ours that has a number holds the lock `RowExclusiveLock`
//!   on the table `log`, until after it has ended for everybody else. Users of any role can see all locks.
//! - The statement takes its snapshot first and reads the locks after that. A transaction that was open in the snapshot
//!   and that holds no such lock either is not ours, or has ended meanwhile. In both cases later snapshots miss nothing of
//!   it. So the horizon must be used by a later statement, never by the one that computes it.
//! - A transaction publishes its own number as a lock a moment after it is given the number. A number in the snapshot
//!   without such a lock counts as ours.
//!
//! Versions before the fifth migration wrote a group in several statements, which locked the log after the transaction
//! had a number. While such a server shares the database, and for a while after, only `horizon()` is used.

use super::connections::Connections;
use super::schema;
use crate::store::Result;
use crate::supervisor::{Task, lock};
use crate::telemetry::Metrics;
use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, Row, query};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::time::sleep;

/// The schema from which on a version writes a group as one statement.
const GROUPS: i32 = 5;
/// How long after a server of an older version was seen its last transaction may still be open.
const OLDER: Duration = Duration::from_secs(60);
/// How often the monitor looks.
const LOOK: Duration = Duration::from_secs(1);
/// How long the log may be held back before the log file says so, and how often it is repeated.
const PATIENCE: Duration = Duration::from_secs(5);
const REPEAT: Duration = Duration::from_secs(60);

/// Tracks what holds the log back. Shared by the reads of the log and the monitor.
pub(super) struct Horizon {
    metrics: Arc<Metrics>,
    /// Whether the oldest transaction of the cluster is one that does not write the log: reads use the exact horizon.
    foreign: AtomicBool,
    /// When a server of an older version was last seen.
    older: Mutex<Option<Instant>>,
    held_back: Mutex<Option<HeldBack>>,
}

/// A session holds the log back.
#[derive(Debug, Clone)]
struct HeldBack {
    /// The exact horizon, in epochs.
    at: i64,
    since: Instant,
    /// Which session, and since when.
    by: String,
    /// When the log file last said so.
    told: Option<Instant>,
}

/// What the monitor sees.
struct Seen {
    /// The oldest open transaction, the exact horizon, and the end: the first number that had not been given out.
    oldest: i64,
    exact: i64,
    end: i64,
    older: bool,
}

impl Seen {
    fn read(row: &PgRow) -> sqlx::Result<Seen> {
        Ok(Seen { oldest: row.try_get(0)?, exact: row.try_get(1)?, end: row.try_get(2)?, older: row.try_get(3)? })
    }
}

/// Returns the statement that computes both horizons, in epochs. It reads the locks after its snapshot was taken.
fn statement() -> String {
    let classid = schema::KNOWS;
    format!(
        "with snapshot as materialized (select pg_current_snapshot() as it), \
           locks as materialized (select locktype, database, relation, virtualtransaction, transactionid, classid, \
             objid, objsubid, mode from pg_locks where granted), \
           here as (select oid from pg_database where datname = current_database()), \
           writers as (select virtualtransaction from locks, here where locktype = 'relation' and database = here.oid \
             and relation = 'ringdown.log'::regclass and mode = 'RowExclusiveLock'), \
           numbers as (select (transactionid::text)::bigint as number, virtualtransaction from locks \
             where locktype = 'transactionid' and mode = 'ExclusiveLock'), \
           pending as (select min(open::text::bigint) as first from snapshot, pg_snapshot_xip(it) as open \
             left join numbers on numbers.number = (open::text::bigint & 4294967295) \
             where virtualtransaction is null or virtualtransaction in (select virtualtransaction from writers)), \
           older as (select exists (select from locks, here where locktype = 'advisory' and database = here.oid \
             and classid = {classid} and objsubid = 2 and objid < {GROUPS}) as it) \
         select pg_snapshot_xmin(snapshot.it)::text::bigint + base, \
           case when older.it then pg_snapshot_xmin(snapshot.it)::text::bigint \
             else coalesce(pending.first, pg_snapshot_xmax(snapshot.it)::text::bigint) end + base, \
           pg_snapshot_xmax(snapshot.it)::text::bigint + base, older.it \
         from snapshot, pending, older, epoch_base"
    )
}

/// Returns the session of a transaction, by its epoch.
const HOLDER: &str = "select coalesce(a.pid::text, ''), coalesce(a.application_name, ''), coalesce(a.datname, p.database, ''), \
       coalesce(a.usename, p.owner, ''), coalesce(to_char(coalesce(a.xact_start, p.prepared) at time zone 'utc', \
         'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), ''), coalesce(p.gid, '') \
     from (select ($1 - base) & 4294967295 as number from epoch_base) as held \
     left join pg_locks as l on l.locktype = 'transactionid' and l.mode = 'ExclusiveLock' and l.granted \
       and l.transactionid::text::bigint = held.number \
     left join pg_stat_activity as a on a.pid = l.pid \
     left join pg_prepared_xacts as p on p.transaction::text::bigint = held.number limit 1";

impl Horizon {
    pub fn new(metrics: Arc<Metrics>) -> Arc<Horizon> {
        let (foreign, older, held_back) = Default::default();
        Arc::new(Horizon { metrics, foreign, older, held_back })
    }

    /// Returns whether reads need the exact horizon.
    pub fn is_foreign(&self) -> bool {
        self.foreign.load(Ordering::Acquire)
    }

    /// Returns the exact horizon. It is valid for statements that begin after this returned.
    pub async fn exact(&self, connections: &Connections) -> Result<i64> {
        Ok(self.look(connections).await?.map_or(0, |seen| seen.exact))
    }

    async fn look(&self, connections: &Connections) -> Result<Option<Seen>> {
        let seen = connections.one(query(AssertSqlSafe(statement())), Seen::read).await?;
        let mut older = lock(&self.older);
        if seen.as_ref().is_some_and(|seen| seen.older) {
            *older = Some(Instant::now());
        }
        let uncertain = older.is_some_and(|at| at.elapsed() < OLDER);
        Ok(seen.map(|seen| Seen { exact: if uncertain { seen.oldest } else { seen.exact }, ..seen }))
    }

    /// Watches the horizon for as long as the database is open.
    pub async fn monitor(self: Arc<Horizon>, connections: Arc<Connections>, task: Task) {
        let mut before = 0;
        loop {
            tokio::select! {
                () = sleep(LOOK) => {}
                () = task.closing() => return,
            }
            task.failpoint().await;
            match self.check(&connections, before).await {
                Ok(oldest) => before = oldest,
                Err(error) => tracing::debug!(%error, "cannot see how far the log can be read"),
            }
        }
    }

    /// Looks closer if the oldest open transaction is the same as before. Returns the oldest one.
    async fn check(&self, connections: &Connections, before: i64) -> Result<i64> {
        let sql = "select horizon(), pg_snapshot_xmax(pg_current_snapshot())::text::bigint + base from epoch_base";
        let read = |row: &PgRow| Ok((row.try_get::<i64, _>(0)?, row.try_get::<i64, _>(1)?));
        let Some((oldest, end)) = connections.one(query(sql), read).await? else { return Ok(before) };
        if oldest != before || oldest == end {
            self.foreign.store(false, Ordering::Release);
            self.moves();
            return Ok(oldest);
        }
        let Some(seen) = self.look(connections).await? else { return Ok(oldest) };
        self.foreign.store(seen.exact > seen.oldest, Ordering::Release);
        match seen.exact < seen.end {
            true => self.holds(connections, &seen).await?,
            false => self.moves(),
        }
        Ok(oldest)
    }

    /// Records that nothing holds the log back.
    fn moves(&self) {
        if let Some(held) = lock(&self.held_back).take()
            && held.told.is_some()
        {
            tracing::info!(for_s = held.since.elapsed().as_secs(), "the log is no longer held back");
        }
        self.metrics.log_held_back(Duration::ZERO);
    }

    /// Records that a transaction holds the log back, if it is the same as before.
    async fn holds(&self, connections: &Connections, seen: &Seen) -> Result<()> {
        let same = lock(&self.held_back).clone().filter(|held| held.at == seen.exact);
        let mut held = match same {
            Some(held) => held,
            None => {
                let by = connections.one(query(HOLDER).bind(seen.exact), session).await?.unwrap_or_default();
                HeldBack { at: seen.exact, since: Instant::now(), by, told: None }
            }
        };
        let lag = held.since.elapsed();
        if lag >= PATIENCE && held.told.is_none_or(|at| at.elapsed() >= REPEAT) {
            held.told = Some(Instant::now());
            let (by, older) = (&held.by, seen.older);
            tracing::warn!(
                by,
                for_s = lag.as_secs(),
                beside_an_older_version = older,
                "watches and webhooks are held back by an open transaction; end it"
            );
        }
        self.metrics.log_held_back(lag);
        *lock(&self.held_back) = Some(held);
        Ok(())
    }

    /// Returns what holds the log back, as a sentence.
    pub fn note(&self) -> Option<String> {
        let held = lock(&self.held_back).clone()?;
        let seconds = held.since.elapsed().as_secs();
        Some(format!("watches and webhooks are held back for {seconds} s by an open transaction of {}", held.by))
    }
}

/// Describes a session, or a prepared transaction.
fn session(row: &PgRow) -> sqlx::Result<String> {
    let word = |column| row.try_get::<String, _>(column);
    let (pid, name, database, user) = (word(0)?, word(1)?, word(2)?, word(3)?);
    let (since, prepared) = (word(4)?, word(5)?);
    let which = match (pid.is_empty(), prepared.is_empty()) {
        (false, _) => format!("the session {pid} (application {name:?}, "),
        (true, false) => format!("the prepared transaction {prepared:?} ("),
        (true, true) => return Ok("a session that has just ended".to_owned()),
    };
    // Only a superuser and the user itself see when a transaction began.
    let since = if since.is_empty() { String::new() } else { format!(", open since {since}") };
    Ok(format!("{which}database {database:?}, user {user:?}{since})"))
}
