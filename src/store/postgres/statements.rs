//! The parts of a group's transaction: one statement for each kind of row, however many rows of it there are.
//!
//! Every part is a compare-and-set. It names its rows by ordinals and answers with those that it wrote; the commit of any
//! other row is refused, and the transaction is done again without it.

use super::members::{self, Members};
use super::runs;
use crate::store::{
    ALONE, ANSWERS_KEPT, AccessKey, Answer, Call, Commit, Customer, Flow, Message, NodeId, Number, Outgoing, Recording,
    Revision, RunWrite, Settled,
};
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::LazyLock;
use std::sync::atomic::Ordering;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

/// The rank of the parts that write runs: of these the lowest row's refusal counts, whatever it is.
const RUNS: usize = 100;

type Column<'a> = Box<dyn ToSql + Sync + Send + 'a>;

/// Why a row was not written, when it was not.
#[derive(Debug, Clone)]
pub(super) enum Refusal {
    Conflict,
    IdTaken(Uuid),
    /// What the caller wanted to be remembered: another answer is kept under that key.
    KeyUsed(Answer),
    /// The id is another customer's, or what it names in this table is deleted.
    Gone(&'static str, Uuid, Uuid),
    /// The id of the revision is in use, or its number in its flow.
    Revision(Uuid),
    /// The id is another customer's, or the number leads somewhere already, or it is deleted.
    Number(Number),
}

/// One statement with its rows as columns.
pub(super) struct Part<'a> {
    /// Which refusal counts when there are several.
    pub rank: usize,
    pub sql: &'static str,
    pub columns: Vec<Column<'a>>,
    /// The rows that the statement must answer for, by ordinal: the commit of each, and why it is refused.
    pub rows: HashMap<i64, (usize, Refusal)>,
}

/// Rows with the commit that each belongs to.
type Rows<'a, T> = Vec<(usize, &'a T)>;

/// A column for each expression, from the rows of a part.
macro_rules! columns {
    ($rows:expr, $row:ident => $($value:expr),+ $(,)?) => {
        vec![$(Box::new($rows.iter().map(|$row| $value).collect::<Vec<_>>()) as _),+]
    };
}
pub(super) use columns;

/// The parts of these commits. Of several refusals of a commit the first part's counts, and of that the lowest row's. `runs`
/// gives every write its ordinal.
pub(super) fn parts<'a>(
    commits: &[&'a Commit],
    runs: &'a [(usize, i64, &'a RunWrite)],
    members: &Members,
) -> Vec<Part<'a>> {
    let node = members.node();
    let writes = || runs.iter().map(|(commit, _, write)| (*commit, *write));
    let calls = writes().flat_map(|(commit, write)| write.calls.iter().map(move |call| (commit, call))).collect();
    let runs_of = |parts: [Part<'a>; 3]| parts.map(|part| Part { rank: RUNS, ..part });
    let others = [
        alive(commits, node),
        answers(all(commits, |it| it.answer.as_slice())),
        flows(all(commits, |it| &it.flows)),
        revisions(all(commits, |it| &it.revisions)),
        access_keys(all(commits, |it| &it.access_keys)),
        customers(all(commits, |it| &it.customers)),
        numbers(all(commits, |it| &it.numbers)),
        messages(all(commits, |it| &it.messages)),
        settled(all(commits, |it| &it.settled)),
        recordings(all(commits, |it| &it.recordings)),
        outgoing(all(commits, |it| &it.outgoing)),
        settings(all(commits, |it| &it.settings)),
    ];
    let others = others.into_iter().enumerate().map(|(rank, part)| Part { rank, ..part });
    let runs = runs_of([runs::changed(runs, node), runs::new(runs, node), runs::variables(runs)]);
    let calls = Part { rank: RUNS + 1, ..self::calls(calls) };
    others.chain(runs).chain([calls, hint(commits, members)]).filter(|part| !part.columns.is_empty()).collect()
}

fn all<'a, T>(commits: &[&'a Commit], of: impl Fn(&'a Commit) -> &'a [T]) -> Rows<'a, T> {
    let rows = commits.iter().enumerate();
    rows.flat_map(|(number, commit)| of(commit).iter().map(move |row| (number, row))).collect()
}

/// A statement cannot write the same row twice: of several with the same key the last is written. Commits of one group share
/// no rows, so these are always of one commit.
fn last_of<'a, T, K: Hash + Eq>(rows: Rows<'a, T>, key: impl Fn(&'a T) -> K) -> Rows<'a, T> {
    let mut places: HashMap<K, usize> = HashMap::new();
    let mut kept: Rows<'a, T> = Vec::new();
    for (commit, row) in rows {
        match places.insert(key(row), kept.len()) {
            Some(place) => {
                kept[place] = (commit, row);
                places.insert(key(row), place);
            }
            None => kept.push((commit, row)),
        }
    }
    kept
}

impl<'a> Part<'a> {
    /// One without rows, which is left out.
    pub fn none(sql: &'static str) -> Part<'a> {
        Part { rank: 0, sql, columns: Vec::new(), rows: HashMap::new() }
    }

    /// The ordinals are counted from 1 and go before the other columns.
    fn new<T>(
        sql: &'static str,
        rows: &Rows<'a, T>,
        columns: Vec<Column<'a>>,
        refusal: impl Fn(&T) -> Refusal,
    ) -> Part<'a> {
        if rows.is_empty() {
            return Part::none(sql);
        }
        let ordinals: Vec<i64> = (1..).take(rows.len()).collect();
        let expected = ordinals.iter().copied().zip(rows.iter().map(|(commit, row)| (*commit, refusal(row))));
        let expected = expected.collect();
        let columns = std::iter::once(Box::new(ordinals) as Column<'a>).chain(columns).collect();
        Part { rank: 0, sql, columns, rows: expected }
    }
}

/// The statement that inserts rows, or changes `changed` of those whose `owner` is the same.
fn upsert(table: &str, columns: &[(&str, &str)], owner: &str, changed: &[&str]) -> String {
    insert(table, columns, &change(table, owner, changed))
}

/// The same for what stays deleted once it is.
fn upsert_alive(table: &str, columns: &[(&str, &str)], owner: &str, changed: &[&str]) -> String {
    let alive = format!(" and ({table}.tm_delete is null or excluded.tm_delete is not null)");
    insert(table, columns, &(change(table, owner, changed) + &alive))
}

fn change(table: &str, owner: &str, changed: &[&str]) -> String {
    let set: Vec<_> = changed.iter().map(|name| format!("{name} = excluded.{name}")).collect();
    format!("on conflict (id) do update set {} where {table}.{owner} = excluded.{owner}", set.join(", "))
}

fn insert(table: &str, columns: &[(&str, &str)], on_conflict: &str) -> String {
    let names = columns.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    let arrays = columns.iter().zip(2..).map(|((_, kind), number)| format!(", ${number}::{kind}[]"));
    let arrays = arrays.collect::<String>();
    format!(
        "with w as (select * from unnest($1::bigint[]{arrays}) as w(ordinal, {names})), \
         i as (insert into {table} ({names}) select {names} from w order by ordinal {on_conflict} returning id) \
         select w.ordinal from i join w using (id)"
    )
}

/// What is the database's and not a run's is done by one node. One that was given up does it no more: its row is looked at
/// in the transaction, and whoever gives it up waits until that is over.
fn alive<'a>(commits: &[&'a Commit], node: NodeId) -> Part<'a> {
    let sql = "with w as (select * from unnest($1::bigint[], $2::bigint[]) as w(ordinal, node)), \
               n as (select id from node where id = any($2) and gone is null for share) \
               select ordinal from w join n on n.id = w.node";
    let duty = |commit: &Commit| !commit.settings.is_empty() || !commit.settled.is_empty();
    let rows: Rows<'a, Commit> = commits.iter().copied().enumerate().filter(|(_, commit)| duty(commit)).collect();
    match node {
        ALONE => Part::none(sql),
        node => Part::new(sql, &rows, columns!(rows, _commit => node), |_| Refusal::Conflict),
    }
}

/// Tells other nodes that there is something to be read, where there are others.
fn hint<'a>(commits: &[&'a Commit], members: &Members) -> Part<'a> {
    let sql = "with told as materialized (select pg_notify('ringdown', $1)) select 0::bigint from told";
    let letters = [
        if commits.iter().any(|it| !it.runs.is_empty()) { members::LOG } else { "" },
        if commits.iter().any(|it| !it.outgoing.is_empty()) { members::OUTBOX } else { "" },
    ];
    let letters = letters.concat();
    match letters.is_empty() || !members.others.load(Ordering::Acquire) {
        true => Part::none(sql),
        false => Part { columns: vec![Box::new(members.hint(&letters))], ..Part::none(sql) },
    }
}

fn answers<'a>(rows: Rows<'a, Answer>) -> Part<'a> {
    static SQL: LazyLock<String> = LazyLock::new(|| {
        format!(
            "with w as (select * from unnest($1::bigint[], $2::uuid[], $3::text[], $4::text[], $5::bytea[], \
               $6::bytea[], $7::bigint[]) as w(ordinal, customer_id, rpc, name, request, response, tm_create)), \
             i as (insert into answer (customer_id, rpc, name, request, response, tm_create) \
               select customer_id, rpc, name, request, response, tm_create from w order by ordinal \
               on conflict (customer_id, name, rpc) do update \
               set request = excluded.request, response = excluded.response, tm_create = excluded.tm_create \
               where answer.tm_create < excluded.tm_create - {ANSWERS_KEPT} returning customer_id, name, rpc) \
             select w.ordinal from i join w using (customer_id, name, rpc)"
        )
    });
    let columns = columns!(rows, it => it.1.customer_id, it.1.rpc.as_str(), it.1.key.as_str(), it.1.request.as_slice(),
        it.1.response.as_slice(), it.1.tm_create);
    Part::new(&SQL, &rows, columns, |it| Refusal::KeyUsed(it.clone()))
}

fn flows<'a>(rows: Rows<'a, Flow>) -> Part<'a> {
    static SQL: LazyLock<String> = LazyLock::new(|| {
        let columns = [("id", "uuid"), ("customer_id", "uuid"), ("listed", "boolean"), ("tm_create", "bigint")];
        let columns = [columns.as_slice(), &[("tm_delete", "bigint"), ("body", "bytea")]].concat();
        upsert_alive("flow", &columns, "customer_id", &["listed", "tm_create", "tm_delete", "body"])
    });
    let rows = last_of(rows, |it| it.id);
    let columns = columns!(rows, it => it.1.id, it.1.customer_id, it.1.listed, it.1.tm_create, it.1.tm_delete, it.1.body.as_slice());
    Part::new(&SQL, &rows, columns, |it| Refusal::Gone("flow", it.id, it.customer_id))
}

fn revisions<'a>(rows: Rows<'a, Revision>) -> Part<'a> {
    static SQL: LazyLock<String> = LazyLock::new(|| {
        let columns = [("id", "uuid"), ("flow_id", "uuid"), ("number", "bigint"), ("tm_create", "bigint")];
        insert("revision", &[columns.as_slice(), &[("body", "bytea")]].concat(), "on conflict do nothing")
    });
    let columns =
        columns!(rows, it => it.1.id, it.1.flow_id, i64::from(it.1.number), it.1.tm_create, it.1.body.as_slice());
    Part::new(&SQL, &rows, columns, |it| Refusal::Revision(it.id))
}

fn access_keys<'a>(rows: Rows<'a, AccessKey>) -> Part<'a> {
    static SQL: LazyLock<String> = LazyLock::new(|| {
        let columns = [("id", "uuid"), ("customer_id", "uuid"), ("hash", "bytea"), ("tm_create", "bigint")];
        let columns = [columns.as_slice(), &[("tm_delete", "bigint"), ("body", "bytea")]].concat();
        upsert_alive("access_key", &columns, "customer_id", &["hash", "tm_create", "tm_delete", "body"])
    });
    let rows = last_of(rows, |it| it.id);
    let columns = columns!(rows, it => it.1.id, it.1.customer_id, it.1.hash.as_slice(), it.1.tm_create, it.1.tm_delete,
        it.1.body.as_slice());
    Part::new(&SQL, &rows, columns, |it| Refusal::Gone("access_key", it.id, it.customer_id))
}

fn customers<'a>(rows: Rows<'a, Customer>) -> Part<'a> {
    let sql = "with w as (select * from unnest($1::bigint[], $2::uuid[], $3::text[], $4::bytea[]) \
               as w(ordinal, id, name, body)) \
               update customer set name = w.name, body = w.body from w where customer.id = w.id returning w.ordinal";
    let rows = last_of(rows, |it| it.id);
    let columns = columns!(rows, it => it.1.id, it.1.name.as_str(), it.1.body.as_slice());
    Part::new(sql, &rows, columns, |_| Refusal::Conflict)
}

fn numbers<'a>(rows: Rows<'a, Number>) -> Part<'a> {
    let sql = "with w as (select * from unnest($1::bigint[], $2::uuid[], $3::uuid[], $4::text[], $5::bigint[], \
                 $6::bigint[], $7::bytea[]) as w(ordinal, id, customer_id, number, tm_create, tm_delete, body)), \
               free as (select * from w where tm_delete is not null or not exists \
                 (select from number as other where other.number = w.number and other.tm_delete is null \
                   and other.id <> w.id)), \
               i as (insert into number (id, customer_id, number, tm_create, tm_delete, body) \
                 select id, customer_id, number, tm_create, tm_delete, body from free order by ordinal \
                 on conflict (id) do update set number = excluded.number, tm_create = excluded.tm_create, \
                   tm_delete = excluded.tm_delete, body = excluded.body \
                 where number.customer_id = excluded.customer_id \
                   and (number.tm_delete is null or excluded.tm_delete is not null) returning id) \
               select w.ordinal from i join w using (id)";
    let rows = last_of(rows, |it| it.id);
    let columns = columns!(rows, it => it.1.id, it.1.customer_id, it.1.number.as_str(), it.1.tm_create, it.1.tm_delete,
        it.1.body.as_slice());
    Part::new(sql, &rows, columns, |it| Refusal::Number(it.clone()))
}

fn messages<'a>(rows: Rows<'a, Message>) -> Part<'a> {
    static SQL: LazyLock<String> = LazyLock::new(|| {
        let columns = [("id", "uuid"), ("customer_id", "uuid"), ("direction", "integer"), ("status", "integer")];
        let columns =
            [columns.as_slice(), &[("tm_create", "bigint"), ("tm_delete", "bigint"), ("body", "bytea")]].concat();
        // One that its owner has deleted stays so, whatever the network says of it afterwards.
        let change = change("message", "customer_id", &["direction", "status", "tm_create", "tm_delete", "body"])
            .replace("= excluded.tm_delete", "= coalesce(message.tm_delete, excluded.tm_delete)");
        insert("message", &columns, &change)
    });
    let rows = last_of(rows, |it| it.id);
    let columns = columns!(rows, it => it.1.id, it.1.customer_id, it.1.direction, it.1.status, it.1.tm_create, it.1.tm_delete,
        it.1.body.as_slice());
    Part::new(&SQL, &rows, columns, |it| Refusal::IdTaken(it.id))
}

fn settled<'a>(rows: Rows<'a, Settled>) -> Part<'a> {
    let sql = "with w as (select * from unnest($1::bigint[], $2::bigint[], $3::integer[], $4::integer[], \
                 $5::bigint[], $6::bigint[], $7::bigint[], $8::integer[], $9::text[], $10::bigint[]) \
                 as w(ordinal, key, expected, state, attempts, due, since, status, error, at)) \
               update outgoing set state = w.state, attempts = w.attempts, due = w.due, since = w.since, \
                 status = w.status, error = w.error, tm_update = w.at \
               from w where outgoing.key = w.key and outgoing.state = w.expected returning w.ordinal";
    let columns = columns!(rows, it => it.1.key, it.1.expected as i32, it.1.state as i32, i64::from(it.1.attempts), it.1.due,
        it.1.since, it.1.status, it.1.error.as_str(), it.1.at);
    Part::new(sql, &rows, columns, |_| Refusal::Conflict)
}

fn outgoing<'a>(rows: Rows<'a, Outgoing>) -> Part<'a> {
    let sql = "with w as (select * from unnest($1::bigint[], $2::uuid[], $3::uuid[], $4::uuid[], $5::integer[], \
           $6::bigint[], $7::bigint[], $8::bigint[], $9::bytea[]) \
           as w(ordinal, id, customer_id, activeflow_id, kind, lane, due, tm_create, body)), \
         i as (insert into outgoing (id, customer_id, activeflow_id, kind, lane, state, attempts, due, since, status, \
             error, tm_create, body) \
           select id, customer_id, activeflow_id, kind, lane, 1, 0, due, tm_create, 0, '', tm_create, body from w \
           order by ordinal on conflict do nothing returning id) \
         select w.ordinal from i join w using (id)";
    let columns = columns!(rows, it => it.1.id, it.1.customer_id, some(it.1.activeflow_id), it.1.kind, it.1.lane,
        it.1.due, it.1.tm_create, it.1.body.as_slice());
    Part::new(sql, &rows, columns, |it| Refusal::IdTaken(it.id))
}

fn settings<'a>(rows: Rows<'a, (String, Vec<u8>)>) -> Part<'a> {
    let sql = "with w as (select * from unnest($1::bigint[], $2::text[], $3::bytea[]) as w(ordinal, name, value)), \
               i as (insert into setting (name, value) select name, value from w \
                 on conflict (name) do update set value = excluded.value returning name) \
               select w.ordinal from i join w using (name)";
    let rows = last_of(rows, |(name, _)| name.as_str());
    let columns = columns!(rows, it => it.1.0.as_str(), it.1.1.as_slice());
    Part::new(sql, &rows, columns, |_| Refusal::Conflict)
}

fn recordings<'a>(rows: Rows<'a, Recording>) -> Part<'a> {
    static SQL: LazyLock<String> = LazyLock::new(|| {
        let columns = [("id", "uuid"), ("customer_id", "uuid"), ("activeflow_id", "uuid"), ("call_id", "uuid")];
        let later = [("status", "integer"), ("tm_create", "bigint"), ("tm_delete", "bigint"), ("body", "bytea")];
        upsert("recording", &[columns, later].concat(), "customer_id", &["status", "tm_delete", "body"])
    });
    let rows = last_of(rows, |it| it.id);
    let columns = columns!(rows, it => it.1.id, it.1.customer_id, it.1.activeflow_id, it.1.call_id, it.1.status, it.1.tm_create,
        it.1.tm_delete, it.1.body.as_slice());
    Part::new(&SQL, &rows, columns, |it| Refusal::IdTaken(it.id))
}

fn calls<'a>(rows: Rows<'a, Call>) -> Part<'a> {
    static SQL: LazyLock<String> = LazyLock::new(|| {
        let columns = [("id", "uuid"), ("customer_id", "uuid"), ("flow_id", "uuid"), ("activeflow_id", "uuid")];
        let later = [("status", "integer"), ("direction", "integer"), ("tm_create", "bigint")];
        let columns = [columns.as_slice(), &later, &[("tm_delete", "bigint"), ("body", "bytea")]].concat();
        upsert("call", &columns, "activeflow_id", &["status", "tm_delete", "body"])
    });
    let rows = last_of(rows, |it| it.id);
    let columns = columns!(rows, it => it.1.id, it.1.customer_id, it.1.flow_id, it.1.activeflow_id, it.1.status, it.1.direction,
        it.1.tm_create, it.1.tm_delete, it.1.body.as_slice());
    Part::new(&SQL, &rows, columns, |it| Refusal::IdTaken(it.id))
}

/// Nil stands for none.
pub(super) fn some(id: Uuid) -> Option<Uuid> {
    Some(id).filter(|id| !id.is_nil())
}
