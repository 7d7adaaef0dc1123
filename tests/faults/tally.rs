//! What was done and what came of it, in numbers; and what happened when.

use super::checker::{Log, Watcher};
use super::promises::Promised;
use ringdown::model::event::{CallKind, Kind};
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Instant;

pub struct Tally {
    began: Instant,
    /// What happened, with its time.
    story: Mutex<Vec<String>>,
    counts: Mutex<BTreeMap<&'static str, usize>>,
}

impl Tally {
    pub fn new() -> Tally {
        Tally { began: Instant::now(), story: Mutex::default(), counts: Mutex::default() }
    }

    pub fn count(&self, what: &'static str, times: usize) {
        *self.counts.lock().unwrap().entry(what).or_default() += times;
    }

    pub fn of(&self, what: &str) -> usize {
        self.counts.lock().unwrap().get(what).copied().unwrap_or_default()
    }

    /// Something happened, which is counted under its name.
    pub fn note(&self, what: &'static str, who: &str) {
        self.count(what, 1);
        self.tell(format!("{who}: {what}"));
    }

    pub fn tell(&self, what: String) {
        let now = self.began.elapsed().as_millis();
        self.story.lock().unwrap().push(format!("{now:>8} ms  {what}"));
    }

    pub fn story(&self) -> String {
        self.story.lock().unwrap().join("\n")
    }

    /// What is in the end.
    pub fn sum_up(&self, log: &Log, watchers: &[Watcher], promised: &Promised) {
        let kinds = || log.records.iter().flat_map(|record| record.events.iter().map(|event| &event.kind));
        self.count("activeflows", kinds().filter(|kind| **kind == Kind::Created).count());
        let created = |kind: &&Kind| matches!(kind, Kind::Call { kind: CallKind::Created, .. });
        self.count("calls", kinds().filter(created).count());
        self.count("dials", log.dials.as_ref().map_or(0, Vec::len));
        self.count("events", kinds().count());
        self.count("events told to watchers", watchers.iter().map(|watcher| watcher.told.len()).sum());
        self.count("watchers", watchers.len());
        self.count("changes acknowledged", promised.answers.len());
        self.count("keys used again", promised.keys.iter().filter(|(_, ids)| ids.len() > 1).count());
    }

    /// Adds another's counts.
    pub fn add(&self, other: &Tally) {
        for (what, times) in other.counts.lock().unwrap().iter() {
            self.count(what, *times);
        }
    }

    pub fn counts(&self) -> String {
        let counts = self.counts.lock().unwrap();
        counts.iter().map(|(what, times)| format!("{what}: {times}")).collect::<Vec<_>>().join(", ")
    }
}
