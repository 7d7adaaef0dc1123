//! A group of commits as one statement, one flight there and back; and what became of it when its answer was lost.
//!
//! The group raises its writer's number by one, by compare-and-set and before it writes anything else. A fence raises it by two:
//! it waits for a group that is under way, tells by the number whether one took place, and lets none that comes later through,
//! however often it is put up.

use super::errors::{is_lost, said, to_error};
use super::kinds::{Kind, MADE};
use super::peers::Peers;
use super::statements::{GROUP_PARAMETERS, Refusal, Sections, Write};
use crate::store::{Commit, Committed, Error, Position, RunKey};
use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, PgConnection, Row, query};
use std::collections::HashMap;
use std::sync::Arc;
use uuid::Uuid;

/// Puts the row there, before a group changes it, or a fence round what was written to it before.
const MARK: &str = "insert into writer (id, number, at) values ($1, 0, now()) \
                    on conflict (id) do update set number = writer.number + 2, at = now() returning number";
const FENCE: &str = "update writer set number = number + 2, at = now() where id = $1 returning number, epoch";
/// The most texts of groups that are kept. There are many more, but few of them in one server's days.
const TEXTS: usize = 100;

/// Who writes, and the number of its row.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    pub id: Uuid,
    pub number: i64,
}

/// Why a group was not written.
pub(super) enum Why {
    /// Nothing is written, and these commits are the cause.
    Refused(HashMap<usize, Refusal>),
    /// Nothing is written: the writer's row is gone, or has another number.
    Fenced,
    /// There is no answer. It may be written yet.
    Lost,
    /// Nothing is written.
    Failed(Error),
}

/// Where the group stands in the log, and the keys of its new runs.
pub(super) struct Written {
    pub epoch: i64,
    keys: Vec<RunKey>,
}

/// The texts of groups by the kinds that they have.
#[derive(Default)]
pub(super) struct Texts(HashMap<u32, Arc<str>>);

impl Mark {
    /// Puts the row there, and closes it to what was sent before.
    pub async fn put(&mut self, db: &mut PgConnection) -> sqlx::Result<()> {
        self.number = query(MARK).bind(self.id).fetch_one(db).await?.try_get(0)?;
        Ok(())
    }

    /// Whether the last group took place, and at which epoch. Whatever the answer is, it does not change any more.
    pub async fn fence(&mut self, db: &mut PgConnection) -> sqlx::Result<Option<i64>> {
        let Some(row) = query(FENCE).bind(self.id).fetch_optional(db).await? else { return Ok(None) };
        let before = self.number;
        self.number = row.try_get(0)?;
        let took_place = (self.number - before) % 2 != 0;
        if took_place { row.try_get(1) } else { Ok(None) }
    }
}

/// The writes of runs, with the ordinals that are their places in the log.
pub(super) fn writes<'a>(commits: &[&'a Commit]) -> Vec<Write<'a>> {
    let writes = commits.iter().enumerate().flat_map(|(number, commit)| commit.runs.iter().map(move |it| (number, it)));
    writes.zip(1..).map(|((number, write), ordinal)| (number, ordinal, write)).collect()
}

/// Writes all of these commits or nothing.
pub(super) async fn write(
    db: &mut PgConnection,
    mark: &mut Mark,
    peers: &Peers,
    commits: &[&Commit],
    texts: &mut Texts,
) -> Result<Written, Why> {
    let writes = writes(commits);
    let sections = Sections::new((mark.id, mark.number), commits, &writes, peers);
    let mut sections = sections.map_err(|error| Why::Failed(Error::Broken(error.to_string())))?;
    let made = sections.sections.iter().any(|section| section.kind.number == MADE.number);
    let sql = AssertSqlSafe(texts.of(&sections));
    let asked = sqlx::query_with(sql, std::mem::take(&mut sections.values)).fetch_one(db).await;
    let read = |row: PgRow| {
        let keys = if made { row.try_get(1)? } else { Vec::new() };
        Ok(Written { epoch: row.try_get(0)?, keys })
    };
    let written = asked.and_then(read).map_err(|error| why(&error, &sections))?;
    mark.number += 1;
    Ok(written)
}

fn why(error: &sqlx::Error, sections: &Sections<'_>) -> Why {
    let refused = said(error).filter(|it| it.code() == "RD001").and_then(|it| it.detail());
    match refused {
        Some(detail) if detail.starts_with("fenced;") => Why::Fenced,
        Some(detail) => match sections.refusals(&missing(detail)) {
            refused if refused.is_empty() => Why::Failed(Error::Broken(format!("a group was refused: {detail}"))),
            refused => Why::Refused(refused),
        },
        None if is_lost(error) => Why::Lost,
        None => Why::Failed(to_error(error)),
    }
}

/// `3:1,7;12:4;`: the numbers of kinds, each with the ordinals of its rows.
fn missing(detail: &str) -> Vec<(u32, usize)> {
    let sections = detail.split(';').filter_map(|section| section.split_once(':'));
    let rows = sections.filter_map(|(kind, ordinals)| Some((kind.parse().ok()?, ordinals)));
    rows.flat_map(|(kind, ordinals)| ordinals.split(',').filter_map(move |it| Some((kind, it.parse().ok()?)))).collect()
}

impl Written {
    /// What took place at this epoch, when its answer was lost.
    pub async fn found(db: &mut PgConnection, epoch: i64, commits: &[&Commit]) -> sqlx::Result<Written> {
        let new = commits.iter().flat_map(|commit| &commit.runs).filter(|it| it.expected.is_none());
        let ids: Vec<Uuid> = new.map(|it| it.run.id).collect();
        let sql =
            "select key from unnest($1::uuid[]) with ordinality as w(id, ordinal) join run using (id) order by ordinal";
        let rows = query(sql).bind(ids).fetch_all(db).await?;
        Ok(Written { epoch, keys: rows.iter().map(|row| row.try_get(0)).collect::<sqlx::Result<_>>()? })
    }

    /// What each of these commits did.
    pub fn committed(&self, commits: &[&Commit]) -> Vec<Committed> {
        let mut committed = vec![Committed::default(); commits.len()];
        let mut keys = self.keys.iter().copied();
        for (commit, ordinal, write) in writes(commits) {
            let key = write.expected.map(|(key, _)| key).or_else(|| keys.next());
            let position = Position { epoch: self.epoch.cast_unsigned(), sequence: ordinal.cast_unsigned() };
            committed[commit].runs.extend(key.map(|key| (key, position)));
        }
        committed
    }
}

impl Texts {
    fn of(&mut self, sections: &Sections<'_>) -> Arc<str> {
        let hint = u32::from(sections.hint) << 31;
        let kinds = sections.sections.iter().fold(hint, |kinds, section| kinds | section.kind.bit());
        if self.0.len() == TEXTS && !self.0.contains_key(&kinds) {
            self.0.clear();
        }
        self.0
            .entry(kinds)
            .or_insert_with(|| text(sections.sections.iter().map(|it| it.kind), sections.hint).into())
            .clone()
    }
}

/// Nothing is written before the mark is: whoever puts up a fence waits for a group that has begun to write.
fn text<'a>(kinds: impl Iterator<Item = &'a Kind>, hint: bool) -> String {
    let mut expressions = vec![
        "mark as (update writer set number = $2 + 1, at = now(), epoch = epoch() where id = $1 and number = $2 \
           returning epoch)"
            .to_owned(),
    ];
    let (mut whole, mut missing) = (vec!["exists (select from mark)".to_owned()], Vec::new());
    let (mut place, mut keys) = (GROUP_PARAMETERS + 1, "");
    for kind in kinds {
        expressions.push(kind.expressions(place));
        whole.extend(kind.whole(place));
        missing.extend(kind.missing(place));
        place += kind.parameters();
        if kind.number == MADE.number {
            keys = ", (select array_agg(key order by ordinal) from made)";
        }
    }
    if hint {
        expressions.push("hint as materialized (select pg_notify('ringdown', $4))".to_owned());
        whole.push("exists (select from hint)".to_owned());
    }
    missing.insert(0, "case when exists (select from mark) then '' else 'fenced;' end".to_owned());
    let (expressions, whole, missing) = (expressions.join(", "), whole.join(" and "), missing.join(" || "));
    format!(
        "with {expressions} select case when {whole} then (select epoch from mark) else refuse({missing}) end{keys}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_refused_is_read() {
        assert_eq!(missing("3:1,7;12:4;"), [(3, 1), (3, 7), (12, 4)]);
        assert_eq!(missing(""), []);
    }

    #[test]
    fn texts_do_not_add_up() {
        let mut texts = Texts((1..).take(TEXTS).map(|kinds| (kinds, "".into())).collect());
        let sections = Sections { sections: Vec::new(), values: Default::default(), hint: false };
        assert_eq!(&*texts.of(&sections), text(std::iter::empty(), false));
        assert_eq!(texts.0.len(), 1, "they are forgotten when there are too many");
    }
}
