//! The checker itself: it finds every event that is dropped, doubled or out of order.

use super::checker::{Log, Promised, Told, Watcher, check};
use futures::StreamExt;
use prost::Message;
use ringdown::app::activeflows::NewActiveflow;
use ringdown::app::calls::NewCalls;
use ringdown::app::flows::Program;
use ringdown::app::watch::{Filter, Subject, Watch};
use ringdown::app::{App, Limits};
use ringdown::model::call::{Address, AddressType};
use ringdown::model::event::{Kind, Record};
use ringdown::model::variables::Variables;
use ringdown::proto::action::Option as Act;
use ringdown::proto::{self, Action, SleepOption, TalkOption, WatchType};
use ringdown::store::sqlite::{Config, Sqlite};
use ringdown::store::{Page, Position, Store};
use std::sync::Arc;
use uuid::Uuid;

fn action(option: Act) -> Action {
    Action { option: Some(option), ..Action::default() }
}

fn tel(target: &str) -> Address {
    let empty = String::new;
    Address { kind: AddressType::Tel, target: target.into(), target_name: empty(), name: empty(), detail: empty() }
}

/// What really happened in a small server of its own, with all that its watchers were told.
async fn recorded() -> (Log, Vec<Watcher>, Promised) {
    let store = Arc::new(Sqlite::open(Config::new("sqlite::memory:".parse().unwrap())).unwrap());
    let (ports, _phones) = super::inside::ports(store.clone(), 100);
    let app = App::start(ports, Limits::default()).await.unwrap();
    let customer = Uuid::now_v7();
    let mut promised = Promised::default();
    let sleep = || action(Act::Sleep(SleepOption { duration: Some(5) }));
    let mut ids = std::collections::HashSet::new();
    for _ in 0..2 {
        let new = NewActiveflow {
            id: None,
            program: Program::Actions(vec![sleep(), sleep()]),
            on_complete_flow_id: Uuid::nil(),
            variables: Variables::default(),
            webhook_uri: String::new(),
            webhook_method: String::new(),
        };
        let made = app.create_activeflow(customer, new, None).await.unwrap().activeflow.unwrap();
        promised.activeflows.push(made.id.parse().unwrap());
        ids.insert(made.id.parse().unwrap());
    }
    let talk = action(Act::Talk(TalkOption { text: Some("Hello.".to_owned()), ..TalkOption::default() }));
    let new = NewCalls {
        source: tel("+15550001000"),
        destinations: vec![tel("+15550000001"), tel("+15550000002")],
        program: Program::Actions(vec![talk, sleep()]),
        variables: Variables::default(),
    };
    for call in app.create_calls(customer, new, None).await.unwrap().calls {
        promised.calls.push(call.id.parse().unwrap());
        ids.insert(call.activeflow_id.parse().unwrap());
    }
    until_over(&app, customer, Subject::Activeflows, ids).await;
    until_over(&app, customer, Subject::Calls, promised.calls.iter().copied().collect()).await;
    let rows = store.log(Position::default(), 1_000, 0).await.unwrap();
    let records = rows.iter().map(|row| rmp_serde::from_slice::<Record>(&row.record).unwrap()).collect();
    let page = Page { customer_id: customer, limit: 100, ..Page::default() };
    let calls = store.calls(page, Default::default()).await.unwrap();
    let log = Log { records, working: Vec::new(), calls: calls.iter().map(|call| (call.id, call.status)).collect() };
    app.drain(std::time::Duration::ZERO).await;
    let watchers = vec![watcher(&log, false), watcher(&log, true)];
    (log, watchers, promised)
}

async fn until_over(app: &Arc<App>, customer: Uuid, subject: Subject, ids: std::collections::HashSet<Uuid>) {
    let filter = Filter { ids, ..Filter::default() };
    let watch = Watch { subject, filter, resume_token: String::new(), include_snapshot: true, until_ended: true };
    let frames = app.watch(customer, watch).await.unwrap();
    let all = tokio::time::timeout(std::time::Duration::from_secs(20), frames.collect::<Vec<_>>()).await.unwrap();
    for frame in all {
        let frame = proto::ActiveflowFrame::decode(frame.unwrap());
        assert!(subject == Subject::Calls || frame.unwrap().r#type() != WatchType::Unspecified);
    }
}

/// Who was told all of this log.
fn watcher(log: &Log, calls: bool) -> Watcher {
    use ringdown::model::view;
    let events = log.records.iter().flat_map(|record| (0..record.events.len()).map(move |at| (record, at)));
    let told = events.filter_map(|(record, at)| match calls {
        true => view::call_event(record, at).map(|(_, event)| Told::call(&event)),
        false => view::activeflow_event(record, at).map(|event| Told::activeflow(&event)),
    });
    Watcher { name: format!("calls: {calls}"), calls, flow_id: None, told: told.collect() }
}

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
            let broken = |change: &dyn Fn(&mut Vec<Told>)| {
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
        let next = (row + 1..good.records.len()).find(|next| good.records[*next].head.id == record.head.id);
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
