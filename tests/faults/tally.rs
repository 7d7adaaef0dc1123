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
    counts: Mutex<BTreeMap<String, usize>>,
    /// The largest that was measured of something.
    largest: Mutex<BTreeMap<String, usize>>,
}

impl Tally {
    pub fn new() -> Tally {
        Tally { began: Instant::now(), story: Mutex::default(), counts: Mutex::default(), largest: Mutex::default() }
    }

    pub fn count(&self, what: &str, times: usize) {
        *self.counts.lock().unwrap().entry(what.to_owned()).or_default() += times;
    }

    /// Keeps the largest of what was measured.
    pub fn at_most(&self, what: &str, measured: usize) {
        let mut largest = self.largest.lock().unwrap();
        let known = largest.entry(what.to_owned()).or_default();
        *known = measured.max(*known);
    }

    pub fn of(&self, what: &str) -> usize {
        self.counts.lock().unwrap().get(what).copied().unwrap_or_default()
    }

    /// Something happened, which is counted under its name.
    pub fn note(&self, what: &str, who: &str) {
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
        for (what, measured) in other.largest.lock().unwrap().iter() {
            self.at_most(what, *measured);
        }
    }

    pub fn counts(&self) -> String {
        let (counts, largest) = (self.counts.lock().unwrap(), self.largest.lock().unwrap());
        let all = counts.iter().chain(largest.iter()).map(|(what, number)| format!("{what}: {number}"));
        let (attacks, others): (Vec<_>, Vec<_>) = all.partition(|line| line.contains("attack"));
        format!("{}\n{}", others.join(", "), attacks.join(", "))
    }
}
