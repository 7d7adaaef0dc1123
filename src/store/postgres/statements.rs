//! The parts of a group: the rows of each kind that its commits write, however many there are.
//!
//! Every part is a compare-and-set. It names its rows by ordinals, and the statement tells those that it did not write; their
//! commits are refused, and the group is written again without them.

use super::kinds::{self, Kind};
use super::peers::{self, Peers};
use crate::store::{
    ALONE, AccessKey, Answer, Commit, Customer, Flow, Message, Number, Outgoing, Recording, Revision, RunWrite, Settled,
};
use sqlx::Arguments;
use sqlx::error::BoxDynError;
use sqlx::postgres::{PgArguments, PgBindIterExt};
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::atomic::Ordering;
use uuid::Uuid;

/// Why a row was not written, when it was not.
#[derive(Debug, Clone)]
pub(super) enum Refusal {
    Conflict,
    IdTaken(Uuid),
    /// What the caller wanted to be remembered: another answer is kept under that key.
    KeyUsed(Answer),
    /// The id is another customer's, or what it names in this table is deleted or has moved on.
    Gone(&'static str, Uuid, Uuid),
    /// The id of the revision is in use, or its number in its flow.
    Revision(Uuid),
    /// The id is another customer's, or the number leads somewhere already, or it is deleted or has moved on.
    Number(Number),
}

/// A write with its commit and its ordinal, which becomes its place in the log within the transaction.
pub(super) type Write<'a> = (usize, i64, &'a RunWrite);

/// Rows with the commit that each belongs to.
type Rows<'a, T> = Vec<(usize, &'a T)>;

/// Places of every group: the writer's id and number, the node, the hint.
pub(super) const GROUP_PARAMETERS: usize = 4;

type Bound = Result<(), BoxDynError>;

/// The commit of a row, by its ordinal, and why it is refused.
type Refuse<'a> = Box<dyn Fn(usize) -> Option<(usize, Refusal)> + Send + Sync + 'a>;

pub(super) struct Section<'a> {
    pub kind: &'static Kind,
    refuse: Refuse<'a>,
}

/// The parts of a group, in the order of their kinds, and the values of all of them.
pub(super) struct Sections<'a> {
    pub sections: Vec<Section<'a>>,
    pub values: PgArguments,
    /// Other nodes are told that there is something to be read.
    pub hint: bool,
}

/// Adds a column for each expression of a row to the values. Without rows the part is left out.
macro_rules! columns {
    ($sections:expr, $rows:expr, $row:ident => $($value:expr),+ $(,)?) => {
        if !$rows.is_empty() {
            $($sections.values.add($rows.iter().map(|(_, $row)| $value).bind_iter())?;)+
        }
    };
}

impl<'a> Sections<'a> {
    /// Of these commits. `mark` is that of the writer, and `writes` gives every write of a run its ordinal.
    pub fn new(
        mark: (Uuid, i64),
        commits: &[&'a Commit],
        writes: &'a [Write<'a>],
        peers: &Peers,
    ) -> Result<Sections<'a>, BoxDynError> {
        let letters = hint(commits, peers);
        let mut sections = Sections { sections: Vec::new(), values: PgArguments::default(), hint: !letters.is_empty() };
        // The first places, which every statement has: so many as `PLACES` says.
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
        sections.changed_runs(writes)?;
        sections.new_runs(writes)?;
        sections.variables(writes)?;
        sections.calls(writes)?;
        Ok(sections)
    }

    /// Of several refusals of a commit the first part's counts, and of that the lowest row's. Those who write runs are one.
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

    /// Rows of a kind whose columns are added, with ordinals from 1. Without rows the part is left out.
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

    /// What is the database's and not a run's is done by one node. One that was given up does it no more: its row is looked at
    /// in the transaction, and whoever gives it up waits until that is over.
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
        columns!(self, rows, it => it.id, it.name.as_str(), after(it.revision), it.body.as_slice());
        self.section(&kinds::CUSTOMERS, rows, |_| Refusal::Conflict)
    }

    fn numbers(&mut self, rows: Rows<'a, Number>) -> Bound {
        let rows = last_of(rows, |it| it.id);
        columns!(self, rows, it => it.id, it.customer_id, it.number.as_str(), after(it.revision), it.tm_create,
            it.tm_delete, it.body.as_slice());
        self.section(&kinds::NUMBERS, rows, |it| Refusal::Number(it.clone()))
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

    /// Everyone changes rows in the order of their keys, so that nobody waits for another crosswise.
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

    /// Of runs that are there; those of new runs are written with them. Nobody refuses them.
    fn variables(&mut self, writes: &'a [Write<'a>]) -> Bound {
        let of = |it: &Write<'a>| Some((it.1, (it.2.expected?.0, it.2.variables.as_deref()?)));
        let changes: Vec<_> = writes.iter().filter_map(of).collect();
        columns!(self, changes, it => it.0, it.1);
        self.runs(&kinds::VARIABLES, &changes, writes, |_| Refusal::Conflict)
    }

    /// The same for writes of runs, which have their ordinals.
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

/// What is to be read by other nodes, where there are others, as letters of a hint.
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

/// The revision that a row gets.
fn after(revision: u64) -> i64 {
    revision.saturating_add(1).cast_signed()
}

/// Nil stands for none.
fn some(id: Uuid) -> Option<Uuid> {
    Some(id).filter(|id| !id.is_nil())
}
