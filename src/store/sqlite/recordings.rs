//! The table of recordings.

use super::lists::{Query, blob};
use super::prune::first_since;
use crate::store::{Micros, Page, Recording, RecordingFilter};
use rusqlite::{Connection, Result, Row, params};
use uuid::Uuid;

pub(super) const COLUMNS: &str = "id, customer_id, activeflow_id, call_id, status, tm_create, tm_delete, body";

pub(super) fn row(row: &Row<'_>) -> Result<Recording> {
    Ok(Recording {
        id: row.get(0)?,
        customer_id: row.get(1)?,
        activeflow_id: row.get(2)?,
        call_id: row.get(3)?,
        status: row.get(4)?,
        tm_create: row.get(5)?,
        tm_delete: row.get(6)?,
        body: row.get(7)?,
    })
}

/// What a recording is of never changes.
pub(super) fn put(db: &Connection, recording: &Recording) -> Result<()> {
    let mut insert = db.prepare_cached(
        "insert into recording (id, customer_id, activeflow_id, call_id, status, tm_create, tm_delete, body) \
         values (?, ?, ?, ?, ?, ?, ?, ?) on conflict (id) do update \
         set status = excluded.status, tm_delete = excluded.tm_delete, body = excluded.body",
    )?;
    insert.execute(params![
        recording.id,
        recording.customer_id,
        recording.activeflow_id,
        recording.call_id,
        recording.status,
        recording.tm_create,
        recording.tm_delete,
        recording.body,
    ])?;
    Ok(())
}

pub(super) fn list(db: &Connection, page: Page, filter: RecordingFilter) -> Result<Vec<Recording>> {
    let index = match filter {
        RecordingFilter { call_id: Some(_), .. } => "recording_call",
        RecordingFilter { activeflow_id: Some(_), .. } => "recording_activeflow",
        RecordingFilter { status: 1.., .. } => "recording_status",
        _ => "recording_created",
    };
    let mut query = Query::new(COLUMNS, "recording", index, page.customer_id);
    if filter.status != 0 {
        query.and("status = ?", filter.status);
    }
    if let Some(id) = filter.activeflow_id {
        query.and("activeflow_id = ?", blob(id));
    }
    if let Some(id) = filter.call_id {
        query.and("call_id = ?", blob(id));
    }
    query.page(db, page, row, |recording| recording.body.len())
}

/// Rows were made in the order of their keys, so the old ones come first.
pub(super) fn old(db: &Connection, before: Micros, limit: u32) -> Result<Vec<Uuid>> {
    let mut select = db.prepare_cached(
        "select id from recording where key < ? and tm_create < ? and status <> 1 order by key limit ?",
    )?;
    select.query_map((first_since(db, "recording", before)?, before, limit), |row| row.get(0))?.collect()
}

pub(super) fn forget(db: &Connection, ids: &[Uuid]) -> Result<()> {
    let mut delete = db.prepare_cached("delete from recording where id = ?")?;
    ids.iter().try_for_each(|id| delete.execute([id]).map(drop))
}
