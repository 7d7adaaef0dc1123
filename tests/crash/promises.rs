//! What clients were promised, and what else is known of what happened, held against the log.

use super::checker::Log;
use ringdown::model::call::{Direction, Status as CallStatus};
use ringdown::model::event::{Kind, Record};
use ringdown::model::run::ReferenceType;
use ringdown::model::time::Time;
use ringdown::model::view;
use ringdown::proto::{self, ActiveflowStatus, EndReason};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// What a server's log is to hold so that it tells of each call that it dials.
pub const TELLS_OF_DIALS: &str = "warn,ringdown::runtime::runner::perform=debug";

/// What clients were promised.
#[derive(Clone, Default)]
pub struct Promised {
    /// Activeflows and calls whose creation was answered, each once however often it was asked for.
    pub activeflows: Vec<Uuid>,
    pub calls: Vec<Uuid>,
    pub answers: Vec<Answer>,
    /// What was made under each idempotency key, as often as it was used.
    pub keys: Vec<(String, Vec<Uuid>)>,
    /// What clients found to be wrong themselves, a sentence each.
    pub complaints: Vec<String>,
}

impl Promised {
    pub fn call(id: Uuid) -> Promised {
        Promised { calls: vec![id], ..Promised::default() }
    }

    pub fn add(&mut self, other: Promised) {
        self.activeflows.extend(other.activeflows);
        self.calls.extend(other.calls);
        self.answers.extend(other.answers);
        self.keys.extend(other.keys);
        self.complaints.extend(other.complaints);
    }
}

/// A change of an activeflow that was acknowledged.
#[derive(Clone, Debug)]
pub struct Answer {
    pub activeflow: Uuid,
    /// The revision that the answer shows; 0 where it shows none.
    pub revision: u64,
    pub done: Done,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Done {
    Continued,
    /// It ended, now or before.
    Ended(EndReason),
    /// A variable with a value that it is given once.
    Set(String, String),
}

impl Answer {
    pub fn of(told: &proto::Activeflow, done: Done) -> Answer {
        Answer { activeflow: told.id.parse().expect("an id"), revision: told.revision as u64, done }
    }

    /// What was answered to a request to stop it.
    pub fn stopped(told: &proto::Activeflow) -> Result<Answer, String> {
        match told.status() {
            ActiveflowStatus::Ended => Ok(Answer::of(told, Done::Ended(told.end_reason()))),
            status => Err(format!("activeflow {} was stopped, and the answer shows it {status:?}", told.id)),
        }
    }

    fn is_in(&self, record: &Record) -> bool {
        let mut kinds = record.events.iter().map(|event| &event.kind);
        match &self.done {
            Done::Continued => record.revision == self.revision && kinds.any(|kind| *kind == Kind::Continued),
            Done::Ended(_) => {
                let shown = |at| view::activeflow_event(record, at).map(|event| event.end_reason());
                let ended = (0..record.events.len()).filter_map(shown).find(|it| *it != EndReason::Unspecified);
                record.revision <= self.revision && ended.is_some_and(|reason| self.done == Done::Ended(reason))
            }
            Done::Set(name, value) => kinds.any(
                |kind| matches!(kind, Kind::VariablesSet { variables } if variables.get(name).is_some_and(|it| it == value)),
            ),
        }
    }
}

/// A call that was dialled, and when.
#[derive(Clone, Copy)]
pub struct Dial {
    pub call_id: Uuid,
    pub at: Time,
}

/// The calls that were dialled, each as often as it was, by what servers said.
pub fn dials(said: &str) -> Vec<Dial> {
    let dial = |line: &str| {
        let at = chrono::DateTime::parse_from_rfc3339(line.split_whitespace().next()?).ok()?;
        let call_id = line.split("call_id=").nth(1)?.get(..36)?.parse().ok()?;
        Some(Dial { call_id, at: Time(at.timestamp_micros()) })
    };
    said.lines().filter(|line| line.contains(" dials ")).filter_map(dial).collect()
}

pub fn check_promises(log: &Log, promised: &Promised, wrong: &mut Vec<String>) {
    let first = || log.records.iter().filter(|record| record.revision == 1);
    let asked = first().filter(|record| record.info.complete_count == 0);
    let (by_call, by_api): (Vec<_>, Vec<_>) =
        asked.partition(|record| record.info.reference_type == ReferenceType::Call);
    compare("activeflows", by_api.iter().map(|record| record.info.id), &promised.activeflows, wrong);
    compare("calls", by_call.iter().map(|record| record.info.reference_id), &promised.calls, wrong);
    let mut of: HashMap<Uuid, Vec<&Record>> = HashMap::new();
    for record in &log.records {
        of.entry(record.info.id).or_default().push(record);
    }
    for answer in &promised.answers {
        if !of.get(&answer.activeflow).is_some_and(|records| records.iter().any(|record| answer.is_in(record))) {
            wrong.push(format!("an acknowledged write is lost: {answer:?}"));
        }
    }
    for (key, ids) in promised.keys.iter().filter(|(_, ids)| ids.iter().any(|id| *id != ids[0])) {
        wrong.push(format!("the idempotency key {key} made several: {ids:?}"));
    }
    wrong.extend(promised.complaints.iter().cloned());
}

fn compare(what: &str, made: impl Iterator<Item = Uuid>, promised: &[Uuid], wrong: &mut Vec<String>) {
    let (mut made, mut promised): (Vec<Uuid>, Vec<Uuid>) = (made.collect(), promised.to_vec());
    made.sort_unstable();
    promised.sort_unstable();
    if made != promised {
        let known: (HashSet<Uuid>, HashSet<Uuid>) =
            (made.iter().copied().collect(), promised.iter().copied().collect());
        let lost: Vec<&Uuid> = promised.iter().filter(|id| !known.0.contains(id)).collect();
        let extra: Vec<&Uuid> = made.iter().filter(|id| !known.1.contains(id)).collect();
        wrong.push(format!(
            "of {} {what} promised {} are lost: {lost:?}; of {} made {} were unasked: {extra:?}, or some are there twice",
            promised.len(),
            lost.len(),
            made.len(),
            extra.len()
        ));
    }
}

/// No call is dialled twice or after its end, and none rings that was not dialled.
pub fn check_dials(log: &Log, wrong: &mut Vec<String>) {
    let Some(dials) = &log.dials else { return };
    let (mut ends, mut rang) = (HashMap::new(), HashSet::new());
    for event in log.records.iter().flat_map(|record| &record.events) {
        let Kind::Call { call, .. } = &event.kind else { continue };
        ends.insert(call.id, call.tm_hangup);
        let up = matches!(call.status, CallStatus::Ringing | CallStatus::Progressing);
        if up && call.direction == Direction::Outgoing {
            rang.insert(call.id);
        }
    }
    let mut dialled = HashSet::new();
    for Dial { call_id, at } in dials {
        if !dialled.insert(*call_id) {
            wrong.push(format!("call {call_id} was dialled twice"));
        }
        match ends.get(call_id) {
            None => wrong.push(format!("call {call_id} was dialled and is not in the log")),
            Some(Some(end)) if end < at => wrong.push(format!("call {call_id} was dialled after its end")),
            Some(_) => {}
        }
    }
    wrong.extend(rang.difference(&dialled).map(|id| format!("call {id} rang and nobody dialled it")));
}
