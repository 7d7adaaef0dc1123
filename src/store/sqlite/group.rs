//! Builds the SQL text that writes a group of commits: a statement for each kind of row in the group.
//!
//! Every text sent to sqlx's thread, and every response, wakes up a thread, and every new text is compiled. So a group
//! is a single text, and a group with one kind of row is a single statement, which is a transaction by itself.
//! Statements come in a few sizes and are padded with rows of nulls, which write nothing. That keeps the number of
//! different texts small.

use crate::store::{
    ANSWERS_KEPT, Answer, Call, Commit, Committed, Error, Number, Position, Recording, Result, RunKey, RunWrite,
};
use sqlx::error::BoxDynError;
use sqlx::sqlite::{Sqlite, SqliteArguments};
use sqlx::{Arguments, AssertSqlSafe, Encode, Executor, SqlSafeStr, SqlStr, Type};
use uuid::Uuid;

/// The views and triggers. Each trigger is extended with [`VERDICT`].
const WRITE: &str = include_str!("write.sql");
const VERDICT: &str = "    select raise(rollback, 'refused ' || (select group_concat(item) from refused))
        where new.item = 0 and exists (select 1 from refused);\nend;\n";
/// In the triggers that roll back at the first refused row, `AT_ONCE` replaces `NOTE`. The names of their views begin
/// with `HASTY`.
const NOTE: &str = "insert into refused select new.item";
const AT_ONCE: &str = "select raise(rollback, 'refused ' || new.item)";
const HASTY: &str = "hasty_";
/// The start of the error message that reports refused rows.
const REFUSED: &str = "refused ";

/// The numbers of rows that a statement can have; at least one of them is padding.
const SIZES: [usize; 15] = [2, 3, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257];
/// The maximum number of rows of commits in a statement.
const MOST: usize = SIZES[SIZES.len() - 1] - 1;
/// Refusals of runs rank in the order of the log, after those of all other rows except calls.
const RUNS: u8 = 1;
/// Texts with more rows are not cached: a cached text takes about a kilobyte of memory per row.
const KEPT: usize = 600;

/// Why a row was not written.
#[derive(Debug, Clone, Copy)]
pub(super) enum Refusal<'c> {
    Conflict,
    IdTaken(Uuid),
    /// Another answer is kept under the idempotency key of this one.
    KeyUsed(&'c Answer),
    /// The id belongs to another customer, which the statement here checks, or the row is deleted or at another
    /// revision.
    Gone(&'static str, Uuid, Uuid),
    /// The id of the revision is in use, or its number within its flow.
    Revision(Uuid),
    /// The id belongs to another customer, the number is in use, or the row is deleted or at another revision.
    Number(&'c Number),
}

/// The next numbers that the writer assigns.
#[derive(Debug, Clone, Copy)]
pub(super) struct Next {
    pub position: i64,
    pub run: RunKey,
}

/// Which refused rows an error reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Find {
    First,
    All,
}

/// A row of a commit.
#[derive(Debug, Clone, Copy)]
pub(super) struct Item<'c> {
    pub commit: usize,
    /// If a commit has several refusals, the lowest order counts.
    pub order: (u8, i64),
    /// The refusal if the row is not written.
    pub refusal: Refusal<'c>,
}

/// A group that is ready to be written.
pub(super) struct Group<'c> {
    pub text: SqlStr,
    pub arguments: SqliteArguments,
    /// Whether the compiled text should be cached.
    pub persistent: bool,
    /// The rows of the group. Item 1 is the first.
    pub items: Vec<Item<'c>>,
    /// The results, valid once the group is durable.
    pub committed: Vec<Committed>,
    /// The next numbers after the group.
    pub next: Next,
}

/// Creates the views on the connection that writes.
pub(super) async fn prepare(db: &mut sqlx::SqliteConnection) -> sqlx::Result<()> {
    db.execute(AssertSqlSafe(WRITE.replace("end;\n", VERDICT))).await?;
    let views = WRITE.split_once("create temp view").map_or("", |(_, views)| views);
    let mut hasty = format!("create temp view{views}").replace(NOTE, AT_ONCE);
    for before in ["temp view ", "temp trigger ", "insert on "] {
        hasty = hasty.replace(before, &format!("{before}{HASTY}"));
    }
    db.execute(AssertSqlSafe(hasty)).await.map(drop)
}

/// Returns the refused items if the error reports any.
pub(super) fn refused(error: &sqlx::Error) -> Option<Vec<usize>> {
    let items = error.as_database_error()?.message().strip_prefix(REFUSED)?;
    items.split(',').map(|item| item.parse().ok()).collect()
}

/// Builds a group. `next` holds the first free numbers.
pub(super) fn group<'c>(commits: &[&'c Commit], next: Next, find: Find) -> Result<Group<'c>> {
    let mut rows = Rows::default();
    let (runs, next, committed) = number(commits, next);
    rows.of("put_answer", all(commits, |it| it.answer.as_slice()), answer);
    rows.of("put_flow", all(commits, |it| &it.flows), |row, it| {
        row.item(Refusal::Gone("select 1 from flow where id = ? and customer_id <> ?", it.id, it.customer_id));
        row.add(it.id).add(it.customer_id).add(it.listed).add(it.tm_create).add(it.tm_delete).blob(&it.body);
    });
    rows.of("put_revision", all(commits, |it| &it.revisions), |row, it| {
        row.item(Refusal::Revision(it.id));
        row.add(it.id).add(it.flow_id).add(i64::from(it.number)).add(it.tm_create).blob(&it.body);
    });
    rows.of("put_access_key", all(commits, |it| &it.access_keys), |row, it| {
        row.item(Refusal::Gone("select 1 from access_key where id = ? and customer_id <> ?", it.id, it.customer_id));
        row.add(it.id).add(it.customer_id).blob(&it.hash).add(it.revision.cast_signed());
        row.add(it.tm_create).add(it.tm_delete).blob(&it.body);
    });
    rows.of("put_customer", all(commits, |it| &it.customers), |row, it| {
        row.item(Refusal::Conflict).add(it.id).add(it.name.as_str()).add(it.revision.cast_signed());
        row.add(it.tm_create).blob(&it.body);
    });
    rows.of("put_number", all(commits, |it| &it.numbers), |row, it| {
        row.item(Refusal::Number(it)).add(it.id).add(it.customer_id).add(it.number.as_str());
        row.add(it.revision.cast_signed()).add(it.tm_create).add(it.tm_delete).blob(&it.body);
    });
    rows.of("put_provider", all(commits, |it| &it.providers), |row, it| {
        row.item(Refusal::Conflict).add(it.id).add(it.revision.cast_signed()).add(it.tm_create).add(it.tm_delete);
        row.blob(&it.body).add(it.sealed.as_deref());
    });
    rows.of("put_route", all(commits, |it| &it.routes), |row, it| {
        row.item(Refusal::Gone("select 1 from route where id = ? and customer_id <> ?", it.id, it.customer_id));
        row.add(it.id).add(it.customer_id).add(it.revision.cast_signed()).add(it.tm_create).add(it.tm_delete);
        row.blob(&it.body);
    });
    rows.of("put_message", all(commits, |it| &it.messages), |row, it| {
        row.item(Refusal::IdTaken(it.id)).add(it.id).add(it.customer_id).add(it.direction).add(it.status);
        row.add(it.tm_create).add(it.tm_delete).blob(&it.body);
    });
    rows.of("settle_outgoing", all(commits, |it| &it.settled), |row, it| {
        row.item(Refusal::Conflict).add(it.key).add(it.expected as i64).add(it.state as i64);
        row.add(i64::from(it.attempts)).add(it.due).add(it.since).add(it.status);
        row.add(it.error.as_str()).add(it.at);
    });
    rows.of("put_recording", all(commits, |it| &it.recordings), recording);
    rows.of("insert_outgoing", all(commits, |it| &it.outgoing), |row, it| {
        row.item(Refusal::IdTaken(it.id)).add(it.id).add(it.customer_id).add(some(it.activeflow_id));
        row.add(it.kind).add(it.partition).add(it.due).add(it.tm_create).blob(&it.body);
    });
    rows.of("put_setting", all(commits, |it| &it.settings), |row, (name, value)| {
        row.item(Refusal::Conflict).add(name.as_str()).blob(value);
    });
    rows.of("write_run", runs.iter().map(|run| (run.commit, run)), write_run);
    let variables = runs.iter().filter_map(|run| Some((run.commit, (run.key, run.write.variables.as_deref()?))));
    rows.of("put_variables", variables, |row, (key, body)| {
        row.item(Refusal::Conflict).add(key).blob(body);
    });
    let calls = runs.iter().flat_map(|run| run.write.calls.iter().map(|call| (run.commit, call)));
    rows.of("put_call", calls, call);
    rows.end();
    let Rows { statements, arguments, items, failure, .. } = rows;
    let persistent = statements.iter().map(|it| it.size).sum::<usize>() <= KEPT;
    match failure {
        None => Ok(Group { text: text(&statements, find), arguments, persistent, items, committed, next }),
        Some(error) => Err(Error::Broken(error.to_string())),
    }
}

/// A write of a run with its numbers.
struct Run<'a> {
    commit: usize,
    key: RunKey,
    position: i64,
    write: &'a RunWrite,
}

/// Gives every write its position in the log, and every new run its key.
fn number<'a>(commits: &[&'a Commit], mut next: Next) -> (Vec<Run<'a>>, Next, Vec<Committed>) {
    let (mut runs, mut committed) = (Vec::new(), vec![Committed::default(); commits.len()]);
    for (commit, (it, committed)) in commits.iter().zip(&mut committed).enumerate() {
        for write in &it.runs {
            let key = write.expected.map_or(next.run, |(key, _)| key);
            next.run += i64::from(write.expected.is_none());
            let position = next.position;
            next.position += 1;
            committed.runs.push((key, Position { epoch: 0, sequence: position.cast_unsigned() }));
            runs.push(Run { commit, key, position, write });
        }
    }
    (runs, next, committed)
}

fn all<'a, T: 'a>(commits: &[&'a Commit], of: impl Fn(&'a Commit) -> &'a [T]) -> impl Iterator<Item = (usize, &'a T)> {
    let rows = commits.iter().enumerate();
    rows.flat_map(move |(number, commit)| of(commit).iter().map(move |row| (number, row)))
}

fn answer<'c>(row: &mut Row<'_, 'c>, it: &'c Answer) {
    row.item(Refusal::KeyUsed(it)).add(it.customer_id).add(it.rpc.as_str()).add(it.key.as_str());
    row.blob(&it.request).blob(&it.response).add(it.tm_create).add(it.tm_create.saturating_sub(ANSWERS_KEPT));
}

fn recording(row: &mut Row<'_, '_>, it: &Recording) {
    row.item(Refusal::IdTaken(it.id)).add(it.id).add(it.customer_id).add(it.activeflow_id).add(it.call_id);
    row.add(it.status).add(it.tm_create).add(it.tm_delete).blob(&it.body);
}

fn call(row: &mut Row<'_, '_>, it: &Call) {
    let order = (RUNS + 1, row.rows.items.len() as i64);
    row.ordered(order, Refusal::IdTaken(it.id)).add(it.id).add(it.customer_id).add(it.flow_id).add(it.activeflow_id);
    row.add(it.status).add(it.direction).add(it.tm_create).add(it.tm_delete).blob(&it.body);
}

fn write_run(row: &mut Row<'_, '_>, it: &Run<'_>) {
    let run = &it.write.run;
    let (expected, refusal) = match it.write.expected {
        Some((_, revision)) => (Some(revision.cast_signed()), Refusal::Conflict),
        None => (None, Refusal::IdTaken(run.id)),
    };
    row.ordered((RUNS, it.position), refusal).add(it.key).add(expected).add(it.position);
    row.add(run.id).add(run.customer_id).add(run.flow_id).add(run.status).add(run.reference_type);
    row.add(some(run.reference_id)).add(run.revision.cast_signed()).add(run.working as i64).add(run.due);
    row.add(run.tm_create).add(run.tm_delete).blob(&run.state).blob(&it.write.record.bytes);
}

/// Converts nil to `None`.
fn some(id: Uuid) -> Option<Uuid> {
    Some(id).filter(|id| !id.is_nil())
}

/// A statement of the text.
struct Statement {
    view: &'static str,
    columns: usize,
    size: usize,
}

#[derive(Default)]
struct Rows<'c> {
    statements: Vec<Statement>,
    arguments: SqliteArguments,
    items: Vec<Item<'c>>,
    /// The number of columns of the last padding row. They are bound later, when it is known whether the row ends the
    /// group.
    open: usize,
    /// The first failure.
    failure: Option<BoxDynError>,
}

impl<'c> Rows<'c> {
    fn add<'t, T: Encode<'t, Sqlite> + Type<Sqlite>>(&mut self, value: T) {
        if let Err(error) = self.arguments.add(value) {
            self.failure.get_or_insert(error);
        }
    }

    /// Adds the rows of one kind, with the padding of their statements.
    fn of<T>(
        &mut self,
        view: &'static str,
        mut rows: impl Iterator<Item = (usize, T)>,
        bind: impl Fn(&mut Row<'_, 'c>, T),
    ) {
        loop {
            let (mut count, mut columns) = (0, 0);
            for (commit, it) in rows.by_ref().take(MOST) {
                let open = std::mem::take(&mut self.open);
                self.fill(open);
                let before = self.arguments.len();
                bind(&mut Row { commit, rows: self }, it);
                columns = self.arguments.len() - before;
                count += 1;
            }
            if count == 0 {
                return;
            }
            let size = SIZES[SIZES.partition_point(|size| *size <= count)];
            self.fill((size - count - 1) * columns);
            self.open = columns;
            self.statements.push(Statement { view, columns, size });
        }
    }

    fn fill(&mut self, columns: usize) {
        (0..columns).for_each(|_| self.add(None::<i64>));
    }

    /// Marks the very last row as the end of the group. sqlx binds null to unbound parameters.
    fn end(&mut self) {
        if self.open > 0 {
            self.add(0);
        }
    }
}

/// The values of one row, in the order of the view's columns.
struct Row<'r, 'c> {
    commit: usize,
    rows: &'r mut Rows<'c>,
}

impl<'c> Row<'_, 'c> {
    /// Adds the first column, the row's item number.
    fn item(&mut self, refusal: Refusal<'c>) -> &mut Self {
        let item = self.rows.items.len() as i64 + 1;
        self.ordered((0, item), refusal)
    }

    fn ordered(&mut self, order: (u8, i64), refusal: Refusal<'c>) -> &mut Self {
        self.rows.items.push(Item { commit: self.commit, order, refusal });
        self.add(self.rows.items.len() as i64)
    }

    fn add<'t, T: Encode<'t, Sqlite> + Type<Sqlite>>(&mut self, value: T) -> &mut Self {
        self.rows.add(value);
        self
    }

    fn blob(&mut self, bytes: &[u8]) -> &mut Self {
        self.add(bytes)
    }
}

/// Builds the text. A single statement is a transaction by itself. A statement that violates a constraint rolls the
/// whole transaction back.
fn text(statements: &[Statement], find: Find) -> SqlStr {
    let before = if find == Find::First { HASTY } else { "" };
    let mut text = String::new();
    for Statement { view, columns, size } in statements {
        let row = format!("({}),", vec!["?"; *columns].join(","));
        text += &format!("insert or rollback into {before}{view} values {}; ", row.repeat(*size).trim_end_matches(','));
    }
    match statements {
        [_] => AssertSqlSafe(text).into_sql_str(),
        _ => AssertSqlSafe(format!("begin immediate; {text}commit")).into_sql_str(),
    }
}
