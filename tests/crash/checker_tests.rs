//! The checker itself: it finds every event that is dropped, doubled or out of order.

use super::checker::{Log, Observed, Watcher, check};
use super::promises::Promised;
use super::recorded::recorded;
use ringdown::model::event::{Kind, Record};
use uuid::Uuid;

/// Every event of the log by record and place.
fn places(log: &Log) -> Vec<(usize, usize)> {
    let of = |(row, record): (usize, &Record)| (0..record.events.len()).map(move |at| (row, at)).collect::<Vec<_>>();
    log.records.iter().enumerate().flat_map(of).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_checker_finds_what_is_dropped_doubled_or_swapped() {
    let (good, watchers, promised) = recorded().await;
    assert_eq!(check(&good, &watchers, &promised), Vec::<String>::new());
    let caught = |log: &Log, watchers: &[Watcher], what: &str| {
        assert!(!check(log, watchers, &promised).is_empty(), "the checker takes it for good: {what}");
    };

    let places = places(&good);
    assert!(places.len() > 20, "{}", places.len());
    for (n, (row, at)) in places.iter().copied().enumerate() {
        let mut log = good.clone();
        let event = log.records[row].events.remove(at);
        caught(&log, &watchers, &format!("{event:?} dropped"));
        log.records[row].events.insert(at, event.clone());
        log.records[row].events.insert(at, event.clone());
        caught(&log, &watchers, &format!("{event:?} doubled"));
        let Some((next_row, next_at)) = places.get(n + 1).copied() else { continue };
        let mut log = good.clone();
        let other = log.records[next_row].events[next_at].clone();
        log.records[row].events[at] = other;
        log.records[next_row].events[next_at] = event.clone();
        caught(&log, &watchers, &format!("{event:?} swapped with the next"));
    }
    // The same in what watchers were told.
    for (which, watcher) in watchers.iter().enumerate() {
        for at in 0..watcher.told.len() {
            let broken = |change: &dyn Fn(&mut Vec<Observed>)| {
                let mut all = watchers.clone();
                change(&mut all[which].told);
                caught(&good, &all, &format!("{} at {at}", watcher.name));
            };
            broken(&|told| drop(told.remove(at)));
            broken(&|told| told.insert(at, told[at].clone()));
            if at + 1 < watcher.told.len() {
                broken(&|told| told.swap(at, at + 1));
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_checker_needs_no_watcher_to_see_that_a_log_is_broken() {
    let (good, _, promised) = recorded().await;
    let caught = |log: &Log, what: String| assert!(!check(log, &[], &promised).is_empty(), "taken for good: {what}");
    for row in 0..good.records.len() {
        let mut log = good.clone();
        let record = log.records.remove(row);
        caught(&log, format!("row {row} dropped"));
        log.records.insert(row, record.clone());
        log.records.insert(row, record.clone());
        caught(&log, format!("row {row} doubled"));
        let next = (row + 1..good.records.len()).find(|next| good.records[*next].info.id == record.info.id);
        if let Some(next) = next {
            let mut log = good.clone();
            log.records.swap(row, next);
            caught(&log, format!("rows {row} and {next} of a run swapped"));
        }
    }
    // A sleep that fires twice, an end that comes twice or not at all, a call with two hang-ups.
    for (row, at) in places(&good) {
        let kind = &good.records[row].events[at].kind;
        let ends = matches!(kind, Kind::ActionFinished { .. } | Kind::Ended { .. })
            || matches!(kind, Kind::Call { call, .. } if call.tm_hangup.is_some());
        if ends {
            let mut log = good.clone();
            let event = log.records[row].events.remove(at);
            caught(&log, format!("{event:?} dropped"));
            log.records[row].events.insert(at, event.clone());
            log.records[row].events.insert(at, event.clone());
            caught(&log, format!("{event:?} doubled"));
        }
    }
    // What was promised and is not there, and what is there and was not asked for.
    let mut more = promised.clone();
    more.activeflows.push(Uuid::now_v7());
    assert!(!check(&good, &[], &more).is_empty());
    let less = Promised { calls: promised.calls[1..].to_vec(), ..promised.clone() };
    assert!(!check(&good, &[], &less).is_empty());
    let unfinished = Log { working: vec![promised.activeflows[0]], ..good.clone() };
    assert!(!check(&unfinished, &[], &promised).is_empty());
    let mut rung = good.clone();
    rung.calls[0].1 = 1;
    assert!(!check(&rung, &[], &promised).is_empty());
}
