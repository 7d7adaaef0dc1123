//! The sections of a group: the rows of each kind that its commits write.
//!
//! Every section is a compare-and-set. It identifies its rows by ordinals, and the statement reports those that it did
//! not write. Their commits are refused, and the group is written again without them.

use super::kinds::{self, Kind};
use super::peers::{self, Peers};
use crate::store::{
    ALONE, AccessKey, Answer, Commit, Customer, Flow, Message, Number, Outgoing, Provider, Recording, Revision, Route,
    RunWrite, Settled,
};
use sqlx::Arguments;
use sqlx::error::BoxDynError;
use sqlx::postgres::{PgArguments, PgBindIterExt};
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::atomic::Ordering;
use uuid::Uuid;

/// Why a row was not written.
#[derive(Debug, Clone)]
pub(super) enum Refusal {
    Conflict,
    IdTaken(Uuid),
    /// Another answer is kept under the idempotency key of this one.
    KeyUsed(Answer),
    /// The id belongs to another customer, or the row in this table is deleted or at another revision.
    Gone(&'static str, Uuid, Uuid),
    /// The id of the revision is in use, or its number within its flow.
    Revision(Uuid),
    /// The id belongs to another customer, the number is in use, or the row is deleted or at another revision.
    Number(Number),
}

/// A write with the index of its commit and its ordinal, which becomes its sequence number in the log.
pub(super) type Write<'a> = (usize, i64, &'a RunWrite);

/// Rows, each with the index of its commit.
type Rows<'a, T> = Vec<(usize, &'a T)>;

/// The number of parameters that every group has: the writer's id and number, the node, the hint.
pub(super) const GROUP_PARAMETERS: usize = 4;

type Bound = Result<(), BoxDynError>;

/// Maps the ordinal of a row to its commit and the reason for the refusal.
type Refuse<'a> = Box<dyn Fn(usize) -> Option<(usize, Refusal)> + Send + Sync + 'a>;

pub(super) struct Section<'a> {
    pub kind: &'static Kind,
    refuse: Refuse<'a>,
}

/// The sections of a group in the order of their kinds, and the values of all of them.
pub(super) struct Sections<'a> {
    pub sections: Vec<Section<'a>>,
    pub values: PgArguments,
    /// Whether other nodes receive a hint that there is something to read.
    pub hint: bool,
}

/// Adds one column of values for each expression. Does nothing without rows, because the section is then left out.
macro_rules! columns {
    ($sections:expr, $rows:expr, $row:ident => $($value:expr),+ $(,)?) => {
        if !$rows.is_empty() {
            $($sections.values.add($rows.iter().map(|(_, $row)| $value).bind_iter())?;)+
        }
    };
}

impl<'a> Sections<'a> {
    /// Builds the sections of these commits. `mark` identifies the writer; `writes` gives each write of a run its
    /// ordinal.
    pub fn new(
        mark: (Uuid, i64),
        commits: &[&'a Commit],
        writes: &'a [Write<'a>],
        peers: &Peers,
    ) -> Result<Sections<'a>, BoxDynError> {
        let letters = hint(commits, peers);
        let mut sections = Sections { sections: Vec::new(), values: PgArguments::default(), hint: !letters.is_empty() };
        // The first `GROUP_PARAMETERS` values, which every statement has.
        sections.values.add(mark.0)?;
        sections.values.add(mark.1)?;
        sections.values.add(peers.node())?;
        sections.values.add(peers.hint(&letters))?;
        sections.alive(commits, peers)?;
        sections.answers(all(commits, |it| it.answer.as_slice()))?;
        sections.flows(all(commits, |it| &it.flows))?;
        sections.revisions(all(commits, |it| &it.revisions))?;
        sections.access_keys(all(commits, |it| &it.access_keys))?;
        sections.customers(all(commits, |it| &it.customers))?;
        sections.numbers(all(commits, |it| &it.numbers))?;
        sections.messages(all(commits, |it| &it.messages))?;
        sections.settled(all(commits, |it| &it.settled))?;
        sections.recordings(all(commits, |it| &it.recordings))?;
        sections.outgoing(all(commits, |it| &it.outgoing))?;
        sections.settings(all(commits, |it| &it.settings))?;
        sections.providers(all(commits, |it| &it.providers))?;
        sections.routes(all(commits, |it| &it.routes))?;
        sections.changed_runs(writes)?;
        sections.new_runs(writes)?;
        sections.variables(writes)?;
        sections.calls(writes)?;
        Ok(sections)
    }

    /// Returns the reason for each refused commit. If a commit has several, the first section counts, and in it the
    /// lowest ordinal. The sections that write runs count as one.
    pub fn refusals(&self, missing: &[(u32, usize)]) -> HashMap<usize, Refusal> {
        let mut refused: HashMap<usize, (u32, usize, Refusal)> = HashMap::new();
        for (number, ordinal) in missing {
            let section = self.sections.iter().find(|section| section.kind.number == *number);
            let Some((section, (commit, refusal))) = section.and_then(|it| Some((it, (it.refuse)(*ordinal)?))) else {
                continue;
            };
            let rank = section.kind.rank();
            let first = refused.get(&commit).is_none_or(|(before, at, _)| (rank, *ordinal) < (*before, *at));
            if first {
                refused.insert(commit, (rank, *ordinal, refusal));
            }
        }
        refused.into_iter().map(|(commit, (_, _, refusal))| (commit, refusal)).collect()
    }

    /// Adds a section for rows whose columns were added, with ordinals from 1. Does nothing without rows.
    fn section<T: Sync>(
        &mut self,
        kind: &'static Kind,
        rows: Rows<'a, T>,
        refusal: impl Fn(&T) -> Refusal + Send + Sync + 'a,
    ) -> Bound {
        if rows.is_empty() {
            return Ok(());
        }
        self.values.add((1_i64..).take(rows.len()).bind_iter())?;
        let refuse = move |ordinal: usize| {
            let (commit, row) = rows.get(ordinal.checked_sub(1)?)?;
            Some((*commit, refusal(row)))
        };
        self.sections.push(Section { kind, refuse: Box::new(refuse) });
        Ok(())
    }

    /// Adds the check that this node is alive to commits that only the leader writes: settings and settled deliveries.
    /// The transaction locks the node's row, so declaring the node dead waits for the transaction to end, and a node that
    /// was declared dead can no longer write them.
    fn alive(&mut self, commits: &[&'a Commit], peers: &Peers) -> Bound {
        let leaders = |commit: &Commit| !commit.settings.is_empty() || !commit.settled.is_empty();
        let rows: Rows<'a, Commit> = match peers.node() {
            ALONE => Vec::new(),
            _ => commits.iter().copied().enumerate().filter(|(_, commit)| leaders(commit)).collect(),
        };
        self.section(&kinds::ALIVE, rows, |_| Refusal::Conflict)
    }

    fn answers(&mut self, rows: Rows<'a, Answer>) -> Bound {
        columns!(self, rows, it => it.customer_id, it.rpc.as_str(), it.key.as_str(), it.request.as_slice(),
            it.response.as_slice(), it.tm_create);
        self.section(&kinds::ANSWERS, rows, |it| Refusal::KeyUsed(it.clone()))
    }

    fn flows(&mut self, rows: Rows<'a, Flow>) -> Bound {
        let rows = last_of(rows, |it| it.id);
        columns!(self, rows, it => it.id, it.customer_id, it.listed, it.tm_create, it.tm_delete, it.body.as_slice());
        self.section(&kinds::FLOWS, rows, |it| Refusal::Gone("flow", it.id, it.customer_id))
    }

    fn revisions(&mut self, rows: Rows<'a, Revision>) -> Bound {
        columns!(self, rows, it => it.id, it.flow_id, i64::from(it.number), it.tm_create, it.body.as_slice());
        self.section(&kinds::REVISIONS, rows, |it| Refusal::Revision(it.id))
    }

    fn access_keys(&mut self, rows: Rows<'a, AccessKey>) -> Bound {
        let rows = last_of(rows, |it| it.id);
        columns!(self, rows, it => it.id, it.customer_id, it.hash.as_slice(), after(it.revision), it.tm_create,
            it.tm_delete, it.body.as_slice());
        self.section(&kinds::ACCESS_KEYS, rows, |it| Refusal::Gone("access_key", it.id, it.customer_id))
    }

    fn customers(&mut self, rows: Rows<'a, Customer>) -> Bound {
        let rows = last_of(rows, |it| it.id);
        columns!(self, rows, it => it.id, it.name.as_str(), after(it.revision), it.tm_create, it.body.as_slice());
        self.section(&kinds::CUSTOMERS, rows, |_| Refusal::Conflict)
    }

    fn numbers(&mut self, rows: Rows<'a, Number>) -> Bound {
        let rows = last_of(rows, |it| it.id);
        columns!(self, rows, it => it.id, it.customer_id, it.number.as_str(), after(it.revision), it.tm_create,
            it.tm_delete, it.body.as_slice());
        self.section(&kinds::NUMBERS, rows, |it| Refusal::Number(it.clone()))
    }

    fn providers(&mut self, rows: Rows<'a, Provider>) -> Bound {
        let rows = last_of(rows, |it| it.id);
        columns!(self, rows, it => it.id, after(it.revision), it.tm_create, it.tm_delete, it.body.as_slice(),
            it.sealed.as_deref());
        self.section(&kinds::PROVIDERS, rows, |_| Refusal::Conflict)
    }

    fn routes(&mut self, rows: Rows<'a, Route>) -> Bound {
        let rows = last_of(rows, |it| it.id);
        columns!(self, rows, it => it.id, it.customer_id, after(it.revision), it.tm_create, it.tm_delete,
            it.body.as_slice());
        self.section(&kinds::ROUTES, rows, |it| Refusal::Gone("route", it.id, it.customer_id))
    }

    fn messages(&mut self, rows: Rows<'a, Message>) -> Bound {
        let rows = last_of(rows, |it| it.id);
        columns!(self, rows, it => it.id, it.customer_id, it.direction, it.status, it.tm_create, it.tm_delete,
            it.body.as_slice());
        self.section(&kinds::MESSAGES, rows, |it| Refusal::IdTaken(it.id))
    }

    fn settled(&mut self, rows: Rows<'a, Settled>) -> Bound {
        columns!(self, rows, it => it.key, it.expected as i32, it.state as i32, i64::from(it.attempts), it.due,
            it.since, it.status, it.error.as_str(), it.at);
        self.section(&kinds::SETTLED, rows, |_| Refusal::Conflict)
    }

    fn recordings(&mut self, rows: Rows<'a, Recording>) -> Bound {
        let rows = last_of(rows, |it| it.id);
        columns!(self, rows, it => it.id, it.customer_id, it.activeflow_id, it.call_id, it.status, it.tm_create,
            it.tm_delete, it.body.as_slice());
        self.section(&kinds::RECORDINGS, rows, |it| Refusal::IdTaken(it.id))
    }

    fn outgoing(&mut self, rows: Rows<'a, Outgoing>) -> Bound {
        columns!(self, rows, it => it.id, it.customer_id, some(it.activeflow_id), it.kind, it.partition, it.due,
            it.tm_create, it.body.as_slice());
        self.section(&kinds::OUTGOING, rows, |it| Refusal::IdTaken(it.id))
    }

    fn settings(&mut self, rows: Rows<'a, (String, Vec<u8>)>) -> Bound {
        let rows = last_of(rows, |(name, _)| name.as_str());
        columns!(self, rows, it => it.0.as_str(), it.1.as_slice());
        self.section(&kinds::SETTINGS, rows, |_| Refusal::Conflict)
    }

    /// Adds the changes of runs. All writers change rows in key order, so that they cannot deadlock.
    fn changed_runs(&mut self, writes: &'a [Write<'a>]) -> Bound {
        let mut changes: Vec<_> = writes.iter().filter_map(|it| Some((it.1, (it.2.expected?, it.2)))).collect();
        changes.sort_by_key(|(_, ((key, _), _))| *key);
        columns!(self, changes, it => it.0.0, it.0.1.cast_signed(), it.1.run.revision.cast_signed(),
            it.1.run.status, it.1.run.working as i32, it.1.run.due, it.1.run.tm_delete, it.1.run.state.as_slice(),
            &*it.1.record.bytes);
        self.runs(&kinds::CHANGED, &changes, writes, |_| Refusal::Conflict)
    }

    fn new_runs(&mut self, writes: &'a [Write<'a>]) -> Bound {
        let made: Vec<_> = writes.iter().filter(|it| it.2.expected.is_none()).map(|it| (it.1, it.2)).collect();
        columns!(self, made, it => it.run.id, it.run.customer_id, it.run.flow_id, it.run.status,
            it.run.reference_type, some(it.run.reference_id), it.run.revision.cast_signed(), it.run.working as i32,
            it.run.due, it.run.tm_create, it.run.tm_delete, it.run.state.as_slice(), &*it.record.bytes,
            it.variables.as_deref());
        self.runs(&kinds::MADE, &made, writes, |it| Refusal::IdTaken(it.run.id))
    }

    /// Adds variables of existing runs; those of new runs are written with them. These rows cannot be refused.
    fn variables(&mut self, writes: &'a [Write<'a>]) -> Bound {
        let of = |it: &Write<'a>| Some((it.1, (it.2.expected?.0, it.2.variables.as_deref()?)));
        let changes: Vec<_> = writes.iter().filter_map(of).collect();
        columns!(self, changes, it => it.0, it.1);
        self.runs(&kinds::VARIABLES, &changes, writes, |_| Refusal::Conflict)
    }

    /// Adds a section for writes of runs, which already have ordinals.
    fn runs<T>(
        &mut self,
        kind: &'static Kind,
        rows: &[(i64, T)],
        writes: &'a [Write<'a>],
        refusal: fn(&RunWrite) -> Refusal,
    ) -> Bound {
        if rows.is_empty() {
            return Ok(());
        }
        self.values.add(rows.iter().map(|(ordinal, _)| *ordinal).bind_iter())?;
        let refuse = move |ordinal: usize| {
            let (commit, _, write) = writes.get(ordinal.checked_sub(1)?)?;
            Some((*commit, refusal(write)))
        };
        self.sections.push(Section { kind, refuse: Box::new(refuse) });
        Ok(())
    }

    fn calls(&mut self, writes: &'a [Write<'a>]) -> Bound {
        let rows = writes.iter().flat_map(|(commit, _, write)| write.calls.iter().map(|call| (*commit, call)));
        let rows = last_of(rows.collect(), |it| it.id);
        columns!(self, rows, it => it.id, it.customer_id, it.flow_id, it.activeflow_id, it.status, it.direction,
            it.tm_create, it.tm_delete, it.body.as_slice());
        self.section(&kinds::CALLS, rows, |it| Refusal::IdTaken(it.id))
    }
}

/// Returns the letters of the hint to other nodes; empty if there are none.
fn hint(commits: &[&Commit], peers: &Peers) -> String {
    if !peers.others.load(Ordering::Acquire) {
        return String::new();
    }
    let log = commits.iter().any(|it| !it.runs.is_empty());
    let outbox = commits.iter().any(|it| !it.outgoing.is_empty());
    [if log { peers::LOG } else { "" }, if outbox { peers::OUTBOX } else { "" }].concat()
}

fn all<'a, T>(commits: &[&'a Commit], of: impl Fn(&'a Commit) -> &'a [T]) -> Rows<'a, T> {
    let rows = commits.iter().enumerate();
    rows.flat_map(|(number, commit)| of(commit).iter().map(move |row| (number, row))).collect()
}

/// Keeps only the last row for each key, because a statement cannot write a row twice. The commits of a group share no
/// rows, so rows with the same key belong to the same commit.
fn last_of<'a, T, K: Hash + Eq>(rows: Rows<'a, T>, key: impl Fn(&'a T) -> K) -> Rows<'a, T> {
    let mut positions: HashMap<K, usize> = HashMap::new();
    let mut kept: Rows<'a, T> = Vec::new();
    for (commit, row) in rows {
        match positions.insert(key(row), kept.len()) {
            Some(position) => {
                kept[position] = (commit, row);
                positions.insert(key(row), position);
            }
            None => kept.push((commit, row)),
        }
    }
    kept
}

/// Returns the revision after a write.
fn after(revision: u64) -> i64 {
    revision.saturating_add(1).cast_signed()
}

/// Converts nil to `None`.
fn some(id: Uuid) -> Option<Uuid> {
    Some(id).filter(|id| !id.is_nil())
}
