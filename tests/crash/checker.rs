//! Holds a log, and what clients saw of it, against the promises.

use super::promises::{Dial, Promised, check_dials, check_promises, dials};
use prost::Message;
use ringdown::model::call::Status as CallStatus;
use ringdown::model::event::{CallKind, Kind, Outcome, Record};
use ringdown::model::view;
use ringdown::proto::action::Option as Act;
use ringdown::store::sqlite::{Config, Sqlite};
use ringdown::store::{Page, Position, Store};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// What is left in the database.
#[derive(Clone, Default)]
pub struct Log {
    /// In the order of the log.
    pub records: Vec<Record>,
    /// Runs that a server which starts would look after.
    pub working: Vec<Uuid>,
    /// The rows of all calls: id and status.
    pub calls: Vec<(Uuid, i32)>,
    /// The calls that were dialled, each as often as it was; None where that was not recorded.
    pub dials: Option<Vec<Dial>>,
}

/// An event as a watcher was told it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observed {
    pub id: String,
    /// All of it, encoded.
    pub bytes: Vec<u8>,
}

impl Observed {
    pub fn activeflow(event: &ringdown::proto::ActiveflowEvent) -> Observed {
        Observed { id: event.id.clone(), bytes: event.encode_to_vec() }
    }

    pub fn call(event: &ringdown::proto::CallEvent) -> Observed {
        Observed { id: event.id.clone(), bytes: event.encode_to_vec() }
    }
}

/// Everything that one watcher was told, over all its connections.
#[derive(Clone)]
pub struct Watcher {
    pub name: String,
    pub calls: bool,
    pub flow_id: Option<Uuid>,
    /// The event after which it began to watch; None from before all.
    pub after: Option<String>,
    pub told: Vec<Observed>,
}

impl Log {
    /// Reads the SQLite database of a server that has stopped.
    pub async fn read(path: &std::path::Path) -> Log {
        let url = format!("sqlite://{}", path.display());
        let config = Config { exclusive: false, ..Config::new(url.parse().unwrap()) };
        let store = Sqlite::open(config).await.unwrap();
        let log = Log::of(&store).await;
        store.close().await;
        log
    }

    /// Reads a database whose servers have stopped.
    pub async fn of(store: &dyn Store) -> Log {
        let (mut log, mut after) = (Log::default(), Position::default());
        loop {
            let rows = store.log(after, 1_000, 0).await.unwrap();
            let Some(last) = rows.last() else { break };
            after = last.position;
            log.records.extend(rows.iter().map(|row| rmp_serde::from_slice::<Record>(&row.record.bytes).unwrap()));
        }
        log.working = store.working_set(0, 10_000).await.unwrap().into_iter().map(|run| run.id).collect();
        let customers: HashSet<Uuid> = log.records.iter().map(|record| record.info.customer_id).collect();
        for customer_id in customers {
            let page = Page { customer_id, limit: 100_000, ..Page::default() };
            let calls = store.calls(page, Default::default()).await.unwrap();
            log.calls.extend(calls.into_iter().map(|call| (call.id, call.status)));
        }
        log
    }

    /// With the dials of which the servers told.
    pub fn with_dials(self, said: &str) -> Log {
        Log { dials: Some(dials(said)), ..self }
    }
}

/// What is wrong, a sentence each.
pub fn check(log: &Log, watchers: &[Watcher], promised: &Promised) -> Vec<String> {
    let mut wrong = check_log(log);
    wrong.extend(check_told(log, watchers, promised));
    wrong
}

/// What is wrong with a log itself, whoever its customers are.
pub fn check_log(log: &Log) -> Vec<String> {
    let mut wrong = Vec::new();
    check_revisions(log, &mut wrong);
    check_activeflows(log, &mut wrong);
    check_calls(log, &mut wrong);
    check_dials(log, &mut wrong);
    if !log.working.is_empty() {
        wrong.push(format!("{} runs are not over: {:?}", log.working.len(), log.working));
    }
    wrong
}

/// What is wrong with what clients were told and promised of a log, which is theirs alone.
pub fn check_told(log: &Log, watchers: &[Watcher], promised: &Promised) -> Vec<String> {
    let mut wrong = Vec::new();
    check_completions(log, &mut wrong);
    check_promises(log, promised, &mut wrong);
    for watcher in watchers {
        check_watcher(log, watcher, &mut wrong);
    }
    wrong
}

fn check_revisions(log: &Log, wrong: &mut Vec<String>) {
    let mut last: HashMap<Uuid, u64> = HashMap::new();
    for record in &log.records {
        let run = record.info.id;
        let before = last.insert(run, record.revision).unwrap_or(0);
        if record.revision != before + 1 {
            wrong.push(format!("run {run} goes from revision {before} to {}", record.revision));
        }
    }
}

/// Where one activeflow stands while its events are followed.
#[derive(Default)]
struct PendingFlow {
    created: bool,
    /// The action that was begun and has not finished: its id, when, and how long it sleeps.
    open: Option<(String, i64, Option<i64>)>,
    blocks: usize,
    continued: usize,
    ended: bool,
    deleted: bool,
}

fn check_activeflows(log: &Log, wrong: &mut Vec<String>) {
    let mut all: HashMap<Uuid, PendingFlow> = HashMap::new();
    for record in &log.records {
        let run = record.info.id;
        let at = all.entry(run).or_default();
        for event in record.events.iter().filter(|event| !matches!(event.kind, Kind::Call { .. })) {
            if let Err(problem) = at.follow(&event.kind, event.at.0) {
                wrong.push(format!("activeflow {run}, revision {}: {problem}", record.revision));
            }
        }
    }
    for (run, at) in all {
        if !at.ended {
            wrong.push(format!("activeflow {run} has no end"));
        }
        if at.open.is_some() {
            wrong.push(format!("activeflow {run} has an action that was begun and never finished"));
        }
        if at.blocks != at.continued {
            wrong.push(format!("activeflow {run} blocked {} times and went on {} times", at.blocks, at.continued));
        }
    }
}

impl PendingFlow {
    fn follow(&mut self, kind: &Kind, now: i64) -> Result<(), String> {
        if self.deleted {
            return Err("something after its deletion".to_owned());
        }
        if self.ended && !matches!(kind, Kind::Deleted) {
            return Err(format!("something after its end: {kind:?}"));
        }
        if !self.created && *kind != Kind::Created {
            return Err("something before its creation".to_owned());
        }
        match kind {
            Kind::Created if self.created => return Err("a second creation".to_owned()),
            Kind::Created => self.created = true,
            Kind::ActionStarted { action, .. } => {
                let sleep = match &action.option {
                    Some(Act::Sleep(sleep)) => sleep.duration.map(i64::from),
                    _ => None,
                };
                let before = self.open.replace((action.id.clone(), now, sleep));
                if before.is_some() {
                    return Err("an action before the last one, which never finished".to_owned());
                }
            }
            Kind::ActionFinished { action, outcome, duration_ms } => {
                // What is stopped in the middle of a block is not continued.
                self.blocks -= usize::from(*outcome == Outcome::Skipped && self.blocks > self.continued);
                let Some((id, began, sleep)) = self.open.take() else {
                    return Err("an action finished that was not begun, or finished twice".to_owned());
                };
                if id != action.id {
                    return Err("another action finished than was begun".to_owned());
                }
                if *duration_ms != (now - began) / 1_000 {
                    return Err(format!("{duration_ms} ms is not how long the action took"));
                }
                if let (Some(sleep), Outcome::Done) = (sleep, outcome)
                    && now - began < sleep * 1_000
                {
                    return Err(format!("a sleep of {sleep} ms fired after {} µs", now - began));
                }
            }
            Kind::Blocked => self.blocks += 1,
            Kind::Continued => self.continued += 1,
            Kind::Ended { .. } => self.ended = true,
            Kind::Deleted if !self.ended => return Err("it was deleted before its end".to_owned()),
            Kind::Deleted => self.deleted = true,
            _ => {}
        }
        Ok(())
    }
}

/// How far a call is: its status never goes back.
fn rank(status: CallStatus) -> u8 {
    match status {
        CallStatus::Dialing => 0,
        CallStatus::Ringing => 1,
        CallStatus::Progressing => 2,
        CallStatus::Terminating | CallStatus::Canceling => 3,
        CallStatus::Hangup => 4,
    }
}

fn check_calls(log: &Log, wrong: &mut Vec<String>) {
    let mut all: HashMap<Uuid, (u8, usize, usize, bool)> = HashMap::new();
    for record in &log.records {
        for event in &record.events {
            let Kind::Call { call, kind } = &event.kind else { continue };
            let created = *kind == CallKind::Created;
            if created == all.contains_key(&call.id) {
                wrong.push(format!("call {}: {kind:?} and it was {} there", call.id, if created { "" } else { "not" }));
            }
            let (at, hangups, progressed, deleted) = all.entry(call.id).or_insert((0, 0, 0, false));
            if *hangups > 0 && *kind != CallKind::Deleted || *deleted {
                wrong.push(format!("call {}: {kind:?} after its end", call.id));
            }
            if rank(call.status) < *at {
                wrong.push(format!("call {} goes back to {:?}", call.id, call.status));
            }
            *at = rank(call.status);
            *hangups += usize::from(*kind == CallKind::Hangup);
            *progressed += usize::from(*kind == CallKind::Progressing);
            *deleted |= *kind == CallKind::Deleted;
            if (*kind == CallKind::Hangup) != (call.status == CallStatus::Hangup && call.tm_hangup == Some(event.at)) {
                wrong.push(format!("call {}: {kind:?} with status {:?}", call.id, call.status));
            }
        }
    }
    for (id, (at, hangups, progressed, _)) in &all {
        if *hangups != 1 || *at != rank(CallStatus::Hangup) || *progressed > 1 {
            wrong.push(format!("call {id} has {hangups} hang-ups and {progressed} answers, and ends at {at}"));
        }
    }
    let rows: HashSet<Uuid> = log.calls.iter().map(|(id, _)| *id).collect();
    if !log.calls.is_empty() && (rows.len() != log.calls.len() || rows != all.keys().copied().collect()) {
        wrong.push("the rows of the calls are not those of the log".to_owned());
    }
    let hung_up = i32::from(view::call_status(CallStatus::Hangup));
    for (id, _) in log.calls.iter().filter(|(_, status)| *status != hung_up) {
        wrong.push(format!("the row of call {id} does not say that it is hung up"));
    }
}

/// Where a flow is to run on completion it runs once, as far as the chain may go.
fn check_completions(log: &Log, wrong: &mut Vec<String>) {
    let mut begun: HashMap<Uuid, usize> = HashMap::new();
    for record in log.records.iter().filter(|record| record.revision == 1) {
        *begun.entry(record.info.reference_activeflow_id).or_default() += 1;
    }
    for record in log.records.iter().filter(|record| !record.info.on_complete_flow_id.is_nil()) {
        let ended = |event: &&_| matches!(event, ringdown::model::event::Event { kind: Kind::Ended { .. }, .. });
        let count = begun.get(&record.info.id).copied().unwrap_or(0);
        if record.events.iter().find(ended).is_some() && count != 1 {
            wrong.push(format!("{count} flows ran on completion of {}", record.info.id));
        }
    }
}

fn check_watcher(log: &Log, watcher: &Watcher, wrong: &mut Vec<String>) {
    let events = log.records.iter().flat_map(|record| (0..record.events.len()).map(move |at| (record, at)));
    // Nothing of what came before it began.
    let mut begun = watcher.after.is_none();
    let later = events.filter(|(record, at)| {
        let now = begun;
        begun = begun || watcher.after.as_ref().is_some_and(|after| *after == view::event_id(record, *at));
        now
    });
    let wanted = later.filter(|(record, _)| watcher.flow_id.is_none_or(|id| id == record.info.flow_id));
    let told = wanted.filter_map(|(record, at)| match watcher.calls {
        true => view::call_event(record, at).map(|(_, event)| Observed::call(&event)),
        false => view::activeflow_event(record, at).map(|event| Observed::activeflow(&event)),
    });
    let expected: Vec<Observed> = told.collect();
    if expected == watcher.told {
        return;
    }
    let at = expected.iter().zip(&watcher.told).take_while(|(one, other)| one == other).count();
    let place = |told: &[Observed]| told.get(at).map_or("nothing".to_owned(), |told| told.id.clone());
    wrong.push(format!(
        "{} was told {} of {} events; the first difference is at {at}: {} was to come, {} came",
        watcher.name,
        watcher.told.len(),
        expected.len(),
        place(&expected),
        place(&watcher.told)
    ));
}
