//! Writes a group of commits as one statement in one round trip, and finds out what became of it when the response was
//! lost.
//!
//! Before a group writes anything else, it increments its writer's number by one, by compare-and-set. A fence
//! increments the number by two: it waits for a group in flight, shows by the number whether that group was committed,
//! and rejects the group if it arrives later. Repeating a fence is safe.

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

/// Creates the writer's row before its first group. If the row exists, fences off everything sent earlier.
const MARK: &str = "insert into writer (id, number, at) values ($1, 0, now()) \
                    on conflict (id) do update set number = writer.number + 2, at = now() returning number";
const FENCE: &str = "update writer set number = number + 2, at = now() where id = $1 returning number, epoch";
/// The maximum number of cached statement texts. Many more combinations exist, but a server uses few of them.
const TEXTS: usize = 100;

/// A writer's id, and the number in its row.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    pub id: Uuid,
    pub number: i64,
}

/// Why a group was not written.
pub(super) enum Why {
    /// Nothing was written, because of these commits.
    Refused(HashMap<usize, Refusal>),
    /// Nothing was written: the writer's row was deleted or has another number.
    Fenced,
    /// The response was lost. The group may still be written.
    Lost,
    /// Nothing was written.
    Failed(Error),
}

/// The group's epoch in the log, and the keys of its new runs.
pub(super) struct Written {
    pub epoch: i64,
    keys: Vec<RunKey>,
}

/// The statement texts of groups, by their set of kinds.
#[derive(Default)]
pub(super) struct Texts(HashMap<u32, Arc<str>>);

impl Mark {
    /// Creates the row, and fences off everything sent earlier.
    pub async fn put(&mut self, db: &mut PgConnection) -> sqlx::Result<()> {
        self.number = query(MARK).bind(self.id).fetch_one(db).await?.try_get(0)?;
        Ok(())
    }

    /// Returns the epoch of the last group if it was committed. Either result is final.
    pub async fn fence(&mut self, db: &mut PgConnection) -> sqlx::Result<Option<i64>> {
        let Some(row) = query(FENCE).bind(self.id).fetch_optional(db).await? else { return Ok(None) };
        let before = self.number;
        self.number = row.try_get(0)?;
        let took_place = (self.number - before) % 2 != 0;
        if took_place { row.try_get(1) } else { Ok(None) }
    }
}

/// Returns the writes of runs with their ordinals, which are their sequence numbers in the log.
pub(super) fn writes<'a>(commits: &[&'a Commit]) -> Vec<Write<'a>> {
    let writes = commits.iter().enumerate().flat_map(|(number, commit)| commit.runs.iter().map(move |it| (number, it)));
    writes.zip(1..).map(|((number, write), ordinal)| (number, ordinal, write)).collect()
}

/// Writes all of these commits or none of them.
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

/// Parses the detail of a refusal, such as `3:1,7;12:4;`: the numbers of kinds, each with the ordinals of its rows.
fn missing(detail: &str) -> Vec<(u32, usize)> {
    let sections = detail.split(';').filter_map(|section| section.split_once(':'));
    let rows = sections.filter_map(|(kind, ordinals)| Some((kind.parse().ok()?, ordinals)));
    rows.flat_map(|(kind, ordinals)| ordinals.split(',').filter_map(move |it| Some((kind, it.parse().ok()?)))).collect()
}

impl Written {
    /// Reads back a group that was committed at this epoch and whose response was lost.
    pub async fn found(db: &mut PgConnection, epoch: i64, commits: &[&Commit]) -> sqlx::Result<Written> {
        let new = commits.iter().flat_map(|commit| &commit.runs).filter(|it| it.expected.is_none());
        let ids: Vec<Uuid> = new.map(|it| it.run.id).collect();
        let sql =
            "select key from unnest($1::uuid[]) with ordinality as w(id, ordinal) join run using (id) order by ordinal";
        let rows = query(sql).bind(ids).fetch_all(db).await?;
        Ok(Written { epoch, keys: rows.iter().map(|row| row.try_get(0)).collect::<sqlx::Result<_>>()? })
    }

    /// Returns the result of each commit.
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

/// Builds the text of a group. Everything depends on the mark, so nothing is written before it, and a fence waits for a
/// group that has begun to write.
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
    fn refusals_are_parsed() {
        assert_eq!(missing("3:1,7;12:4;"), [(3, 1), (3, 7), (12, 4)]);
        assert_eq!(missing(""), []);
    }

    #[test]
    fn cached_texts_are_bounded() {
        let mut texts = Texts((1..).take(TEXTS).map(|kinds| (kinds, "".into())).collect());
        let sections = Sections { sections: Vec::new(), values: Default::default(), hint: false };
        assert_eq!(&*texts.of(&sections), text(std::iter::empty(), false));
        assert_eq!(texts.0.len(), 1, "the cache is cleared when it is full");
    }
}
