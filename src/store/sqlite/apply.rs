//! One commit, inside the transaction of its group.
//!
//! Everything that can refuse it is asked before the first write. So a refused commit has written nothing, and the group
//! goes on without a savepoint, which would cost a copy of every page that a commit touches.

use super::writer::Fault;
use super::{outbox, recordings, rows};
use crate::store::{
    ANSWERS_KEPT, AccessKey, Answer, Call, Commit, Committed, Error, Flow, Micros, Position, Revision, RunKey, RunWrite,
};
use rusqlite::{Connection, OptionalExtension, Result, params};
use uuid::Uuid;

pub(super) fn commit(db: &Connection, commit: &Commit) -> Result<Committed, Fault> {
    if let Some(answer) = &commit.answer {
        check_answer(db, answer)?;
    }
    for flow in &commit.flows {
        let select = "select customer_id, tm_delete from flow where id = ?";
        check_change(db, select, flow.id, flow.customer_id, flow.tm_delete)?;
    }
    for revision in &commit.revisions {
        check_revision(db, revision)?;
    }
    for key in &commit.access_keys {
        let select = "select customer_id, tm_delete from access_key where id = ?";
        check_change(db, select, key.id, key.customer_id, key.tm_delete)?;
    }
    outbox::check(db, commit)?;
    for recording in &commit.recordings {
        let select = "select customer_id from recording where id = ?";
        check_owner(db, select, recording.id, recording.customer_id)?;
    }
    let stands = commit.runs.iter().map(|write| check_run(db, write)).collect::<Result<Vec<_>, Fault>>()?;

    if let Some(answer) = &commit.answer {
        put_answer(db, answer)?;
    }
    for flow in &commit.flows {
        put_flow(db, flow)?;
    }
    for revision in &commit.revisions {
        put_revision(db, revision)?;
    }
    for key in &commit.access_keys {
        put_access_key(db, key)?;
    }
    outbox::put(db, commit)?;
    for recording in &commit.recordings {
        recordings::put(db, recording)?;
    }
    let writes = commit.runs.iter().zip(stands);
    Ok(Committed { runs: writes.map(|(write, stands)| put_run(db, write, stands)).collect::<Result<_, Fault>>()? })
}

/// What there is of a run before it is written.
struct Stands {
    /// None for a new run.
    run: Option<Before>,
    /// In the order of the write's calls; none for a new call.
    calls: Vec<Option<CallBefore>>,
}

/// The columns of a run that an index covers are written only when they change.
struct Before {
    key: RunKey,
    last: i64,
    status: i32,
    working: i64,
    tm_delete: Option<i64>,
}

struct CallBefore {
    key: i64,
    status: i32,
    tm_delete: Option<i64>,
}

fn check_answer(db: &Connection, answer: &Answer) -> Result<(), Fault> {
    let mut select = db.prepare_cached(
        "select customer_id, rpc, name, request, response, tm_create from answer \
         where customer_id = ? and name = ? and rpc = ?",
    )?;
    let kept = select.query_row(params![answer.customer_id, answer.key, answer.rpc], rows::answer).optional()?;
    match kept {
        Some(kept) if kept.tm_create >= answer.tm_create.saturating_sub(ANSWERS_KEPT) => {
            Err(Fault::Refused(Error::KeyUsed(Box::new(kept))))
        }
        _ => Ok(()),
    }
}

/// What is there under this id must be the same customer's.
pub(super) fn check_owner(db: &Connection, select: &str, id: Uuid, customer_id: Uuid) -> Result<(), Fault> {
    let owner: Option<Uuid> = db.prepare_cached(select)?.query_row([id], |row| row.get(0)).optional()?;
    match owner {
        Some(owner) if owner != customer_id => Err(Fault::Refused(Error::IdTaken(id))),
        _ => Ok(()),
    }
}

/// As [`check_owner`]; and what was deleted does not come back, by someone who read it before.
pub(super) fn check_change(
    db: &Connection,
    select: &str,
    id: Uuid,
    customer_id: Uuid,
    tm_delete: Option<Micros>,
) -> Result<(), Fault> {
    let mut select = db.prepare_cached(select)?;
    let there = select.query_row([id], |row| Ok((row.get::<_, Uuid>(0)?, row.get::<_, Option<Micros>>(1)?)));
    match there.optional()? {
        Some((owner, _)) if owner != customer_id => Err(Fault::Refused(Error::IdTaken(id))),
        Some((_, Some(_))) if tm_delete.is_none() => Err(Fault::Refused(Error::Conflict)),
        _ => Ok(()),
    }
}

fn check_revision(db: &Connection, revision: &Revision) -> Result<(), Fault> {
    if db.prepare_cached("select 1 from revision where id = ?")?.exists([revision.id])? {
        return Err(Fault::Refused(Error::IdTaken(revision.id)));
    }
    let mut number = db.prepare_cached("select 1 from revision where flow_id = ? and number = ? and number > 0")?;
    match number.exists(params![revision.flow_id, revision.number])? {
        true => Err(Fault::Refused(Error::Conflict)),
        false => Ok(()),
    }
}

fn check_run(db: &Connection, write: &RunWrite) -> Result<Stands, Fault> {
    let run = match write.expected {
        None => {
            if db.prepare_cached("select 1 from run where id = ?")?.exists([write.run.id])? {
                return Err(Fault::Refused(Error::IdTaken(write.run.id)));
            }
            None
        }
        Some((key, revision)) => {
            let mut select =
                db.prepare_cached("select last, status, working, tm_delete from run where key = ? and revision = ?")?;
            let before = select.query_row((key, revision.cast_signed()), |row| {
                let (last, status) = (row.get(0)?, row.get(1)?);
                Ok(Before { key, last, status, working: row.get(2)?, tm_delete: row.get(3)? })
            });
            Some(before.optional()?.ok_or(Fault::Refused(Error::Conflict))?)
        }
    };
    let calls = write.calls.iter().map(|call| check_call(db, call)).collect::<Result<_, Fault>>()?;
    Ok(Stands { run, calls })
}

fn check_call(db: &Connection, call: &Call) -> Result<Option<CallBefore>, Fault> {
    let mut select = db.prepare_cached("select activeflow_id, key, status, tm_delete from call where id = ?")?;
    let before = select.query_row([call.id], |row| {
        let owner: Uuid = row.get(0)?;
        Ok((owner, CallBefore { key: row.get(1)?, status: row.get(2)?, tm_delete: row.get(3)? }))
    });
    match before.optional()? {
        Some((owner, _)) if owner != call.activeflow_id => Err(Fault::Refused(Error::IdTaken(call.id))),
        before => Ok(before.map(|(_, before)| before)),
    }
}

fn put_run(db: &Connection, write: &RunWrite, stands: Stands) -> Result<(RunKey, Position), Fault> {
    let (key, previous) = match &stands.run {
        Some(before) => (before.key, Some(before.last)),
        None => (insert_run(db, write)?, None),
    };
    db.prepare_cached("insert into log (run, previous, record) values (?, ?, ?)")?.execute(params![
        key,
        previous,
        write.record
    ])?;
    let position = db.last_insert_rowid();
    match &stands.run {
        Some(before) => update_run(db, write, before, position)?,
        None => {
            db.prepare_cached("update run set last = ? where key = ?")?.execute((position, key))?;
        }
    }
    for (call, before) in write.calls.iter().zip(&stands.calls) {
        put_call(db, call, before.as_ref())?;
    }
    match write.variables.as_deref() {
        None => {}
        Some([]) => {
            db.prepare_cached("delete from variables where run = ?")?.execute([key])?;
        }
        Some(body) => {
            db.prepare_cached("insert or replace into variables (run, body) values (?, ?)")?.execute((key, body))?;
        }
    }
    Ok((key, rows::position(position)))
}

fn insert_run(db: &Connection, write: &RunWrite) -> Result<RunKey, Fault> {
    let run = &write.run;
    let mut insert = db.prepare_cached(
        "insert into run (id, customer_id, flow_id, status, reference_type, reference_id, revision, working, due, \
         last, tm_create, tm_delete, state) values (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?)",
    )?;
    insert.execute(params![
        run.id,
        run.customer_id,
        run.flow_id,
        run.status,
        run.reference_type,
        Some(run.reference_id).filter(|id| !id.is_nil()),
        run.revision.cast_signed(),
        run.working as i64,
        run.due,
        run.tm_create,
        run.tm_delete,
        run.state,
    ])?;
    Ok(db.last_insert_rowid())
}

fn update_run(db: &Connection, write: &RunWrite, before: &Before, position: i64) -> Result<(), Fault> {
    let (run, key) = (&write.run, before.key);
    let expected = write.expected.map_or(0, |(_, revision)| revision.cast_signed());
    let changed = db
        .prepare_cached("update run set revision = ?, due = ?, last = ?, state = ? where key = ? and revision = ?")?
        .execute(params![run.revision.cast_signed(), run.due, position, run.state, key, expected])?;
    if changed != 1 {
        // Only a commit that writes the same run twice gets here.
        return Err(Fault::Torn(Error::Conflict));
    }
    if run.working as i64 != before.working {
        db.prepare_cached("update run set working = ? where key = ?")?.execute((run.working as i64, key))?;
    }
    if run.status != before.status {
        db.prepare_cached("update run set status = ? where key = ?")?.execute((run.status, key))?;
    }
    if run.tm_delete != before.tm_delete {
        db.prepare_cached("update run set tm_delete = ? where key = ?")?.execute((run.tm_delete, key))?;
    }
    Ok(())
}

fn put_call(db: &Connection, call: &Call, before: Option<&CallBefore>) -> Result<()> {
    let Some(before) = before else {
        let mut insert = db.prepare_cached(
            "insert into call (id, customer_id, flow_id, activeflow_id, status, direction, tm_create, tm_delete, body) \
             values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )?;
        insert.execute(params![
            call.id,
            call.customer_id,
            call.flow_id,
            call.activeflow_id,
            call.status,
            call.direction,
            call.tm_create,
            call.tm_delete,
            call.body,
        ])?;
        return Ok(());
    };
    db.prepare_cached("update call set body = ? where key = ?")?.execute(params![call.body, before.key])?;
    if call.status != before.status {
        db.prepare_cached("update call set status = ? where key = ?")?.execute((call.status, before.key))?;
    }
    if call.tm_delete != before.tm_delete {
        db.prepare_cached("update call set tm_delete = ? where key = ?")?.execute((call.tm_delete, before.key))?;
    }
    Ok(())
}

fn put_answer(db: &Connection, answer: &Answer) -> Result<()> {
    let mut insert = db.prepare_cached(
        "insert into answer (customer_id, rpc, name, request, response, tm_create) values (?, ?, ?, ?, ?, ?) \
         on conflict (customer_id, name, rpc) do update \
         set request = excluded.request, response = excluded.response, tm_create = excluded.tm_create",
    )?;
    insert.execute(params![
        answer.customer_id,
        answer.rpc,
        answer.key,
        answer.request,
        answer.response,
        answer.tm_create
    ])?;
    Ok(())
}

fn put_flow(db: &Connection, flow: &Flow) -> Result<()> {
    let mut insert = db.prepare_cached(
        "insert into flow (id, customer_id, listed, tm_create, tm_delete, body) values (?, ?, ?, ?, ?, ?) \
         on conflict (id) do update set listed = excluded.listed, tm_create = excluded.tm_create, \
         tm_delete = excluded.tm_delete, body = excluded.body",
    )?;
    insert.execute(params![flow.id, flow.customer_id, flow.listed, flow.tm_create, flow.tm_delete, flow.body])?;
    Ok(())
}

fn put_revision(db: &Connection, revision: &Revision) -> Result<()> {
    let mut insert =
        db.prepare_cached("insert into revision (id, flow_id, number, tm_create, body) values (?, ?, ?, ?, ?)")?;
    insert.execute(params![revision.id, revision.flow_id, revision.number, revision.tm_create, revision.body])?;
    Ok(())
}

pub(super) fn put_access_key(db: &Connection, key: &AccessKey) -> Result<()> {
    let mut insert = db.prepare_cached(
        "insert into access_key (id, customer_id, hash, tm_create, tm_delete, body) values (?, ?, ?, ?, ?, ?) \
         on conflict (id) do update set hash = excluded.hash, tm_create = excluded.tm_create, \
         tm_delete = excluded.tm_delete, body = excluded.body",
    )?;
    insert.execute(params![key.id, key.customer_id, key.hash, key.tm_create, key.tm_delete, key.body])?;
    Ok(())
}
