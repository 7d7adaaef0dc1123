//! What really happened in a small server of its own, with all that its watchers were told.

use super::checker::{Log, Observed, Watcher};
use super::promises::{Answer, Dial, Done, Promised};
use futures::StreamExt;
use prost::Message;
use ringdown::api::App;
use ringdown::api::activeflows::NewActiveflow;
use ringdown::api::calls::NewCalls;
use ringdown::api::flows::Program;
use ringdown::config::Limits;
use ringdown::model::call::{Address, AddressType};
use ringdown::model::time::Time;
use ringdown::model::variables::Variables;
use ringdown::proto::action::Option as Act;
use ringdown::proto::{self, Action, BlockOption, SleepOption, TalkOption, WatchType};
use ringdown::store::sqlite::{Config, Sqlite};
use ringdown::watch::{Filter, Subject, Watch};
use std::sync::Arc;
use uuid::Uuid;

fn action(option: Act) -> Action {
    Action { option: Some(option), ..Action::default() }
}

fn tel(target: &str) -> Address {
    let empty = String::new;
    Address { kind: AddressType::Tel, target: target.into(), target_name: empty(), name: empty(), detail: empty() }
}

fn sleep() -> Action {
    action(Act::Sleep(SleepOption { duration: Some(5) }))
}

async fn create(app: &App, customer: Uuid, actions: Vec<Action>) -> proto::Activeflow {
    let new = NewActiveflow {
        id: None,
        program: Program::Actions(actions),
        on_complete_flow_id: Uuid::nil(),
        variables: Variables::default(),
        webhook_uri: String::new(),
        webhook_method: String::new(),
    };
    app.create_activeflow(customer, new, None).await.unwrap().activeflow.unwrap()
}

/// One that blocks, is given a variable and goes on, and one that is stopped where it blocks.
async fn steer(app: &App, customer: Uuid) -> Promised {
    let block = || action(Act::Block(BlockOption::default()));
    let made = create(app, customer, vec![block(), sleep()]).await;
    let (id, at) = (made.id.parse().unwrap(), made.current_action.unwrap().id.parse().unwrap());
    let set = ("a".to_owned(), "1".to_owned());
    app.set_variables(customer, id, [set.clone()].into()).await.unwrap();
    let continued = app.continue_activeflow(customer, id, at, None).await.unwrap().activeflow.unwrap();
    let made = create(app, customer, vec![block()]).await;
    let other = made.id.parse().unwrap();
    let stopped = app.stop_activeflow(customer, other, None).await.unwrap().activeflow.unwrap();
    let answers = vec![
        Answer { activeflow: id, revision: 0, done: Done::Set(set.0, set.1) },
        Answer::of(&continued, Done::Continued),
        Answer::stopped(&stopped).unwrap(),
    ];
    let keys = vec![("a key".to_owned(), vec![id, id])];
    Promised { activeflows: vec![id, other], answers, keys, ..Promised::default() }
}

/// Activeflows that sleep, are steered and stopped, and calls.
pub async fn recorded() -> (Log, Vec<Watcher>, Promised) {
    let store = Arc::new(Sqlite::open(Config::new("sqlite::memory:".parse().unwrap())).await.unwrap());
    let (ports, _phones) = super::inside::ports(store.clone(), 100).await;
    let app = App::start(ports, Limits::default()).await.unwrap();
    let customer = Uuid::now_v7();
    let mut promised = steer(&app, customer).await;
    for _ in 0..2 {
        let made = create(&app, customer, vec![sleep(), sleep()]).await;
        promised.activeflows.push(made.id.parse().unwrap());
    }
    let mut ids: std::collections::HashSet<Uuid> = promised.activeflows.iter().copied().collect();
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
    let dials = promised.calls.iter().map(|call_id| Dial { call_id: *call_id, at: Time::default() }).collect();
    let log = Log { working: Vec::new(), dials: Some(dials), ..Log::of(&*store).await };
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
        true => view::call_event(record, at).map(|(_, event)| Observed::call(&event)),
        false => view::activeflow_event(record, at).map(|event| Observed::activeflow(&event)),
    });
    Watcher { name: format!("calls: {calls}"), calls, flow_id: None, after: None, told: told.collect() }
}
