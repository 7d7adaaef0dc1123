//! Forgetting what is old, in pieces so small that commits hardly notice.

use super::rows;
use crate::store::{Micros, Position, RunKey};
use rusqlite::{Connection, OptionalExtension, Params, Result};
use uuid::Uuid;

pub(super) fn log(db: &Connection, up_to: Position, limit: u32) -> Result<u32> {
    let sql = "delete from log where position in \
               (select position from log where position <= ? order by position limit ?)";
    delete(db, sql, (rows::sequence(up_to), limit))
}

pub(super) fn outgoing(db: &Connection, before: Micros, limit: u32) -> Result<u32> {
    let sql = "delete from outgoing where key in \
               (select key from outgoing where key < ? and tm_create < ? and state in (3, 4) order by key limit ?)";
    delete(db, sql, (first_since(db, "outgoing", before)?, before, limit))
}

pub(super) fn messages(db: &Connection, before: Micros, limit: u32) -> Result<u32> {
    let sql = "delete from message where key in \
               (select key from message where key < ? and tm_create < ? and status <> 1 order by key limit ?)";
    delete(db, sql, (first_since(db, "message", before)?, before, limit))
}

/// The first key of a table made at that time or after. Keys rise with time, so it is found by halves: to look at every row
/// would hold up commits.
pub(super) fn first_since(db: &Connection, table: &str, time: Micros) -> Result<i64> {
    let bounds = format!("select ifnull(min(key), 0), ifnull(max(key) + 1, 0) from {table}");
    let (mut low, mut high): (i64, i64) =
        db.prepare_cached(&bounds)?.query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let next = format!("select key, tm_create from {table} where key >= ? order by key limit 1");
    let mut next = db.prepare_cached(&next)?;
    while low < high {
        let middle = low + (high - low) / 2;
        match next.query_row([middle], |row| Ok((row.get(0)?, row.get(1)?))).optional()? {
            Some((key, made)) if Micros::lt(&made, &time) => low = i64::saturating_add(key, 1),
            _ => high = middle,
        }
    }
    Ok(low)
}

fn delete(db: &Connection, sql: &str, params: impl Params) -> Result<u32> {
    Ok(u32::try_from(db.prepare_cached(sql)?.execute(params)?).unwrap_or(u32::MAX))
}

/// Runs that may go, by a reader: the writer has better things to do than to search. The last that was looked at is none
/// at the end of the table.
pub(super) fn find_runs(
    db: &Connection,
    after: RunKey,
    up_to: Position,
    created: Micros,
    limit: u32,
) -> Result<(Option<RunKey>, Vec<RunKey>)> {
    // Keys rise with time: past the first run that is too young all others are. A clock that was set back only delays.
    let mut select =
        db.prepare_cached("select key, working, last, tm_create from run where key > ? order by key limit ?")?;
    let rows = select.query_map((after, limit), |row| {
        Ok((row.get::<_, RunKey>(0)?, row.get::<_, i64>(1)?, row.get::<_, i64>(2)?, row.get::<_, Micros>(3)?))
    })?;
    let (mut seen, mut last, mut keys) = (0, None, Vec::new());
    for row in rows {
        let (key, working, newest, tm_create) = row?;
        if tm_create >= created {
            return Ok((None, keys));
        }
        if working == 0 && newest <= rows::sequence(up_to) {
            keys.push(key);
        }
        (seen, last) = (seen + 1, Some(key));
    }
    Ok((last.filter(|_| seen == limit), keys))
}

/// Asks again whether each may go: it may have been deleted by its owner since, which is news for the log.
pub(super) fn runs(db: &Connection, keys: &[RunKey], up_to: Position) -> Result<Vec<Uuid>> {
    let mut gone = Vec::new();
    for key in keys {
        let mut select =
            db.prepare_cached("select id, customer_id, flow_id from run where key = ? and working = 0 and last <= ?")?;
        let found: Option<(Uuid, Uuid, Uuid)> = select
            .query_row((key, rows::sequence(up_to)), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .optional()?;
        let Some((id, customer_id, flow_id)) = found else { continue };
        delete(db, "delete from call where activeflow_id = ?", [id])?;
        delete(db, "delete from variables where run = ?", [key])?;
        delete(db, "delete from run where key = ?", [key])?;
        forget_flow(db, customer_id, flow_id)?;
        gone.push(id);
    }
    Ok(gone)
}

/// A flow of inline actions goes with the last run of it.
fn forget_flow(db: &Connection, customer_id: Uuid, flow_id: Uuid) -> Result<()> {
    let mut used = db.prepare_cached(
        "select 1 from run indexed by run_flow where customer_id = ? and flow_id = ? and tm_delete is null limit 1",
    )?;
    if used.exists((customer_id, flow_id))? {
        return Ok(());
    }
    if delete(db, "delete from flow where id = ? and listed = 0", [flow_id])? > 0 {
        delete(db, "delete from revision where flow_id = ? and number > 0", [flow_id])?;
    }
    Ok(())
}
