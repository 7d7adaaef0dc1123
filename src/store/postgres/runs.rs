//! The parts of a group's transaction that write runs: one state row and one log row for each transition.

use super::statements::{Part, Refusal, columns, some};
use crate::store::{NodeId, RunWrite};

/// A write with its commit and its ordinal, which becomes its place in the log within the transaction.
type Write<'a> = (usize, i64, &'a RunWrite);

/// Compares every expected revision and owner, and changes those that stand there. The log's rows are made from what was changed.
const CHANGED: &str = "\
    with w as (select * from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::integer[], \
        $6::integer[], $7::bigint[], $8::bigint[], $9::bytea[], $10::bytea[], $11::bigint[]) \
      as w(ordinal, key, expected, revision, status, working, due, tm_delete, state, record, owner)), \
    u as (update run set previous_epoch = run.last_epoch, previous_sequence = run.last_sequence, \
        last_epoch = (select epoch()), last_sequence = w.ordinal, revision = w.revision, status = w.status, \
        working = w.working, due = w.due, tm_delete = w.tm_delete, state = w.state \
      from w where run.key = w.key and run.revision = w.expected and run.owner = w.owner \
      returning w.ordinal, run.key, run.previous_epoch, run.previous_sequence, w.record), \
    l as (insert into log (epoch, sequence, run, previous_epoch, previous_sequence, record) \
      select (select epoch()), ordinal, key, previous_epoch, previous_sequence, record from u) \
    select ordinal from u";

/// Answers with the key of each new run beside its ordinal.
const NEW: &str = "\
    with w as (select * from unnest($1::bigint[], $2::uuid[], $3::uuid[], $4::uuid[], $5::integer[], $6::integer[], \
        $7::uuid[], $8::bigint[], $9::integer[], $10::bigint[], $11::bigint[], $12::bigint[], $13::bytea[], \
        $14::bytea[], $15::bytea[], $16::bigint[]) \
      as w(ordinal, id, customer_id, flow_id, status, reference_type, reference_id, revision, working, due, \
        tm_create, tm_delete, state, record, variables, owner)), \
    i as (insert into run (last_epoch, last_sequence, id, customer_id, flow_id, status, reference_type, reference_id, \
        revision, working, due, tm_create, tm_delete, state, owner) \
      select (select epoch()), ordinal, id, customer_id, flow_id, status, reference_type, reference_id, revision, \
        working, due, tm_create, tm_delete, state, owner from w order by ordinal \
      on conflict do nothing returning key, id), \
    l as (insert into log (epoch, sequence, run, record) \
      select (select epoch()), w.ordinal, i.key, w.record from i join w using (id)), \
    v as (insert into variables (run, body) \
      select i.key, w.variables from i join w using (id) where octet_length(w.variables) > 0) \
    select w.ordinal, i.key from i join w using (id)";

const VARIABLES: &str = "\
    with w as (select * from unnest($1::bigint[], $2::bytea[]) as w(run, body)), \
    d as (delete from variables using w where variables.run = w.run and octet_length(w.body) = 0) \
    insert into variables (run, body) select run, body from w where octet_length(body) > 0 \
    on conflict (run) do update set body = excluded.body";

pub(super) fn changed<'a>(writes: &'a [Write<'a>], node: NodeId) -> Part<'a> {
    let expected = |it: &Write<'a>| it.2.expected.unwrap_or_default();
    let mut changes: Vec<_> = writes.iter().filter(|it| it.2.expected.is_some()).collect();
    if changes.is_empty() {
        return Part::none(CHANGED);
    }
    // Everyone changes rows in the order of their keys, so that nobody waits for another crosswise.
    changes.sort_by_key(|it| expected(it).0);
    let rows = changes.iter().map(|(commit, ordinal, _)| (*ordinal, (*commit, Refusal::Conflict))).collect();
    let columns = columns!(changes, it => it.1, expected(it).0, expected(it).1.cast_signed(),
        it.2.run.revision.cast_signed(), it.2.run.status, it.2.run.working as i32, it.2.run.due, it.2.run.tm_delete,
        it.2.run.state.as_slice(), it.2.record.as_slice(), (it, node).1);
    Part { columns, rows, ..Part::none(CHANGED) }
}

pub(super) fn new<'a>(writes: &'a [Write<'a>], node: NodeId) -> Part<'a> {
    let made: Vec<_> = writes.iter().filter(|it| it.2.expected.is_none()).collect();
    if made.is_empty() {
        return Part::none(NEW);
    }
    let taken = |it: &RunWrite| Refusal::IdTaken(it.run.id);
    let rows = made.iter().map(|(commit, ordinal, it)| (*ordinal, (*commit, taken(it)))).collect();
    let columns = columns!(made, it => it.1, it.2.run.id, it.2.run.customer_id, it.2.run.flow_id, it.2.run.status,
        it.2.run.reference_type, some(it.2.run.reference_id), it.2.run.revision.cast_signed(),
        it.2.run.working as i32, it.2.run.due, it.2.run.tm_create, it.2.run.tm_delete, it.2.run.state.as_slice(),
        it.2.record.as_slice(), it.2.variables.as_deref(), (it, node).1);
    Part { columns, rows, ..Part::none(NEW) }
}

/// Of runs that are there; those of new runs are written with them.
pub(super) fn variables<'a>(writes: &'a [Write<'a>]) -> Part<'a> {
    let of = |it: &Write<'a>| Some((it.2.expected?.0, it.2.variables.as_deref()?));
    let changes: Vec<_> = writes.iter().filter_map(of).collect();
    match changes.is_empty() {
        true => Part::none(VARIABLES),
        false => Part { columns: columns!(changes, it => it.0, it.1), ..Part::none(VARIABLES) },
    }
}
