//! `docs/metrics.md` has a row for each metric that a server exposes, with its type, its labels and their values.

use crate::table::{page, quoted, rows, same_names};
use ringdown::memory::{MIN, Memory, Part};
use ringdown::model::call::Status;
use ringdown::model::outcome::Outcome;
use ringdown::outbound::speech::Adapter;
use ringdown::store::inspect::TABLES;
use ringdown::telemetry::phones::{METHODS, MediaTotals};
use ringdown::telemetry::{Metrics, Moved};
use ringdown::telephony::sip::gate::Dropped;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

const PAGE: &str = "metrics.md";
const SOURCES: [&str; 2] =
    [include_str!("../../src/telemetry/metrics.rs"), include_str!("../../src/telemetry/phones.rs")];

/// Labels with more values than a table can list. The page describes their values instead.
const OPEN: [&str; 6] = ["type", "rpc", "code", "task", "table", "worker"];

const TOOK: Duration = Duration::from_millis(1);

/// All metrics, with all values of the labels that are not open. The registry exposes a family once it has a value.
fn exposed() -> String {
    let metrics = Arc::new(Metrics::new());
    for status in Status::ALL {
        metrics.call(Moved { from: None, to: Some(status.word()) });
    }
    for state in ["running", "waiting", "ended"] {
        metrics.activeflow(Moved { from: None, to: Some(state) });
    }
    let failed = Outcome::Failed(String::new());
    for outcome in [Outcome::Done, Outcome::Skipped, failed, Outcome::Timeout, Outcome::Gone] {
        metrics.action("talk", outcome.word(), TOOK);
    }
    for outcome in ["done", "conflict", "failed"] {
        metrics.commit(outcome, TOOK);
    }
    metrics.committed(1);
    metrics.rpc("ringdown.v1.CallService/GetCall", "OK", TOOK);
    for resource in ["activeflows", "calls"] {
        metrics.watched(resource, TOOK);
        drop(metrics.watcher(resource));
    }
    drop(metrics.connection());
    for reason in ["total", "address", "error"] {
        metrics.connection_refused(reason);
    }
    for reason in ["silent", "idle", "stalled", "flood"] {
        metrics.connection_closed(reason);
    }
    for reason in ["size", "memory", "time"] {
        metrics.body_refused(reason);
    }
    metrics.task("watch_hub");
    metrics.clock_offset(0.5);
    for table in TABLES {
        metrics.damaged_row(table);
    }
    let memory = Memory::new(MIN, metrics.clone());
    Part::ALL.iter().for_each(|part| drop(memory.share(*part)));
    drop(metrics.memory("prompts", MIN));
    for outcome in ["kept", "joined", "made", "failed"] {
        metrics.prompt(outcome);
    }
    for adapter in [Adapter::Command, Adapter::OpenAi] {
        metrics.spoken(adapter.name(), TOOK);
        metrics.speech_failed(adapter.name());
    }
    phones(&metrics);
    metrics.text()
}

fn phones(metrics: &Metrics) {
    for incoming in [true, false] {
        for method in METHODS.into_iter().chain(["INVENTED"]) {
            metrics.phones.passed(incoming, format!("{method} sip:a SIP/2.0\r\n\r\n").as_bytes());
        }
        (1..=6).for_each(|class| metrics.phones.passed(incoming, format!("SIP/2.0 {class}00 A\r\n").as_bytes()));
        drop(metrics.phones.held(incoming));
    }
    for why in Dropped::ALL {
        metrics.phones.dropped(why.word());
    }
    metrics.phones.media(|| vec![MediaTotals::default()]);
}

/// The values of each label.
type Labels = BTreeMap<String, BTreeSet<String>>;

/// Each metric of an OpenMetrics text: its name in a query, its type, its labels.
fn metrics(text: &str) -> Vec<(String, String, Labels)> {
    let mut all: Vec<(String, String, Labels)> = Vec::new();
    for line in text.lines() {
        if let Some((name, kind)) = line.strip_prefix("# TYPE ").and_then(|rest| rest.split_once(' ')) {
            let suffix = if kind == "counter" { "_total" } else { "" };
            all.push((format!("{name}{suffix}"), kind.to_owned(), Labels::new()));
        } else if let Some((_, labels)) = line.split_once('{').filter(|_| !line.starts_with('#')) {
            let labels = labels.split_once('}').unwrap().0;
            for (key, value) in labels.split(',').filter_map(|it| it.split_once('=')).filter(|(key, _)| *key != "le") {
                let of = &mut all.last_mut().unwrap().2;
                of.entry(key.to_owned()).or_default().insert(value.trim_matches('"').to_owned());
            }
        }
    }
    all
}

fn names_of_page() -> Vec<String> {
    rows(&page(PAGE)).into_iter().map(|row| row[0].clone()).collect()
}

#[test]
fn every_metric_has_a_row_and_every_row_is_a_metric() {
    let exposed: Vec<String> = metrics(&exposed()).into_iter().map(|(name, ..)| name).collect();
    same_names(PAGE, &names_of_page(), &exposed);
}

/// Finds a metric in the source that `exposed` gives no value.
#[test]
fn every_name_in_the_source_has_a_row() {
    let constant = |line: &str| {
        let (name, value) = line.strip_prefix("pub const ")?.split_once(": &str = \"")?;
        (name != "CONTENT_TYPE").then(|| format!("ringdown_{}", value.trim_end_matches("\";")))
    };
    let names: Vec<String> = SOURCES.into_iter().flat_map(str::lines).filter_map(constant).collect();
    let plain = |name: String| name.trim_end_matches("_total").trim_end_matches("_seconds").to_owned();
    same_names(PAGE, &names_of_page().into_iter().map(plain).collect::<Vec<_>>(), &names);
}

/// `| metric | type | labels | meaning | alert |`. Labels: `` `status`: `dialing`, `ringing`; `other`: … ``, or `–`.
#[test]
fn types_and_labels_are_those_that_are_exposed() {
    let exposed = metrics(&exposed());
    for row in rows(&page(PAGE)) {
        let [name, kind, labels, meaning, alert] = &row[..] else { panic!("{row:?} has not five cells") };
        let (_, exposed_kind, exposed_labels) = exposed.iter().find(|(it, ..)| it == name).unwrap();
        assert_eq!(kind, exposed_kind, "{name}");
        let mut written = Labels::new();
        for label in labels.split("; ").filter(|label| *label != "–") {
            let mut words = quoted(label).into_iter().map(str::to_owned);
            written.insert(words.next().unwrap(), words.collect());
        }
        let mut wanted = exposed_labels.clone();
        for open in OPEN {
            wanted.entry(open.to_owned()).and_modify(BTreeSet::clear);
            written.entry(open.to_owned()).and_modify(BTreeSet::clear);
        }
        assert_eq!(written, wanted, "{name}");
        assert!(meaning.ends_with('.') && alert.ends_with('.'), "{name} says what it means and what to alert on");
    }
}
