//! What goes outside, and the messages, numbers and customers that belong to it: their part of a commit, and what is due.

use super::apply::{check_change, check_owner};
use super::rows;
use super::writer::Fault;
use crate::store::{Commit, Customer, Error, Message, Micros, Number, Outgoing, Settled, StoredOutgoing};
use rusqlite::{Connection, OptionalExtension, Result, params};
use uuid::Uuid;

/// Everything of this part that can refuse a commit.
pub(super) fn check(db: &Connection, commit: &Commit) -> Result<(), Fault> {
    for customer in &commit.customers {
        if !db.prepare_cached("select 1 from customer where id = ?")?.exists([customer.id])? {
            return Err(Fault::Refused(Error::Conflict));
        }
    }
    for number in &commit.numbers {
        check_number(db, number)?;
    }
    for message in &commit.messages {
        check_owner(db, "select customer_id from message where id = ?", message.id, message.customer_id)?;
    }
    for settled in &commit.settled {
        let mut select = db.prepare_cached("select 1 from outgoing where key = ? and state = ?")?;
        if !select.exists((settled.key, settled.expected as i64))? {
            return Err(Fault::Refused(Error::Conflict));
        }
    }
    Ok(())
}

fn check_number(db: &Connection, number: &Number) -> Result<(), Fault> {
    let select = "select customer_id, tm_delete from number where id = ?";
    check_change(db, select, number.id, number.customer_id, number.tm_delete)?;
    if number.tm_delete.is_some() {
        return Ok(());
    }
    let mut select = db.prepare_cached("select id from number where number = ? and tm_delete is null")?;
    let holder: Option<Uuid> = select.query_row([&number.number], |row| row.get(0)).optional()?;
    match holder {
        Some(id) if id != number.id => Err(Fault::Refused(Error::NumberTaken(number.number.clone()))),
        _ => Ok(()),
    }
}

pub(super) fn put(db: &Connection, commit: &Commit) -> Result<(), Fault> {
    for customer in &commit.customers {
        put_customer(db, customer)?;
    }
    for number in &commit.numbers {
        put_number(db, number)?;
    }
    for message in &commit.messages {
        put_message(db, message)?;
    }
    for outgoing in &commit.outgoing {
        insert(db, outgoing)?;
    }
    for settled in &commit.settled {
        settle(db, settled)?;
    }
    for (name, value) in &commit.settings {
        let mut replace = db.prepare_cached("insert or replace into setting (name, value) values (?, ?)")?;
        replace.execute((name, value))?;
    }
    Ok(())
}

fn put_customer(db: &Connection, customer: &Customer) -> Result<()> {
    let mut update = db.prepare_cached("update customer set name = ?, body = ? where id = ?")?;
    update.execute(params![customer.name, customer.body, customer.id])?;
    Ok(())
}

fn put_number(db: &Connection, number: &Number) -> Result<()> {
    let mut insert = db.prepare_cached(
        "insert into number (id, customer_id, number, tm_create, tm_delete, body) values (?, ?, ?, ?, ?, ?) \
         on conflict (id) do update set number = excluded.number, tm_create = excluded.tm_create, \
         tm_delete = excluded.tm_delete, body = excluded.body",
    )?;
    insert.execute(params![
        number.id,
        number.customer_id,
        number.number,
        number.tm_create,
        number.tm_delete,
        number.body
    ])?;
    Ok(())
}

/// One that its owner has deleted stays so, whatever the network says of it afterwards.
fn put_message(db: &Connection, message: &Message) -> Result<()> {
    let mut insert = db.prepare_cached(
        "insert into message (id, customer_id, direction, status, tm_create, tm_delete, body) \
         values (?, ?, ?, ?, ?, ?, ?) on conflict (id) do update set direction = excluded.direction, \
         status = excluded.status, tm_create = excluded.tm_create, \
         tm_delete = ifnull(tm_delete, excluded.tm_delete), body = excluded.body",
    )?;
    insert.execute(params![
        message.id,
        message.customer_id,
        message.direction,
        message.status,
        message.tm_create,
        message.tm_delete,
        message.body
    ])?;
    Ok(())
}

fn insert(db: &Connection, outgoing: &Outgoing) -> Result<()> {
    let mut insert = db.prepare_cached(
        "insert into outgoing (id, customer_id, activeflow_id, kind, lane, state, attempts, due, since, status, error, \
         tm_create, tm_update, body) values (?, ?, ?, ?, ?, 1, 0, ?, ?, 0, '', ?, null, ?)",
    )?;
    insert.execute(params![
        outgoing.id,
        outgoing.customer_id,
        Some(outgoing.activeflow_id).filter(|id| !id.is_nil()),
        outgoing.kind,
        outgoing.lane,
        outgoing.due,
        outgoing.tm_create,
        outgoing.tm_create,
        outgoing.body,
    ])?;
    Ok(())
}

fn settle(db: &Connection, settled: &Settled) -> Result<(), Fault> {
    let mut update = db.prepare_cached(
        "update outgoing set state = ?, attempts = ?, due = ?, since = ?, status = ?, error = ?, tm_update = ? \
         where key = ? and state = ?",
    )?;
    let changed = update.execute(params![
        settled.state as i64,
        settled.attempts,
        settled.due,
        settled.since,
        settled.status,
        settled.error,
        settled.at,
        settled.key,
        settled.expected as i64,
    ])?;
    match changed {
        1 => Ok(()),
        // Only a commit that settles the same one twice gets here.
        _ => Err(Fault::Torn(Error::Conflict)),
    }
}

/// Jumps from lane to lane along the index: a lane with a million rows costs as little as one with a single row.
pub(super) fn due_lanes(
    db: &Connection,
    now: Micros,
    after: Option<i64>,
    limit: u32,
) -> Result<(Vec<i64>, Option<i64>)> {
    let mut first = db.prepare_cached(
        "select lane, due from outgoing indexed by outgoing_lane where state = 1 and lane >= ? order by lane, due limit 1",
    )?;
    let (mut lanes, mut last) = (Vec::new(), after);
    for _ in 0..limit {
        let from = match last {
            None => i64::MIN,
            Some(i64::MAX) => return Ok((lanes, None)),
            Some(last) => last + 1,
        };
        let found: Option<(i64, Micros)> = first.query_row([from], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
        let Some((lane, due)) = found else { return Ok((lanes, None)) };
        if due <= now {
            lanes.push(lane);
        }
        last = Some(lane);
    }
    Ok((lanes, last))
}

pub(super) fn due(db: &Connection, lane: i64, now: Micros, limit: u32) -> Result<Vec<StoredOutgoing>> {
    let sql = format!(
        "select {} from outgoing indexed by outgoing_lane where state = 1 and lane = ? and due <= ? \
         order by due, key limit ?",
        rows::OUTGOING
    );
    let mut select = db.prepare_cached(&sql)?;
    select.query_map((lane, now, limit), rows::outgoing)?.collect()
}

pub(super) fn started(db: &Connection, limit: u32) -> Result<Vec<StoredOutgoing>> {
    let sql = format!(
        "select {} from outgoing indexed by outgoing_started where state = 2 order by key limit ?",
        rows::OUTGOING
    );
    let mut select = db.prepare_cached(&sql)?;
    select.query_map([limit], rows::outgoing)?.collect()
}
