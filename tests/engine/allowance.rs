//! What a step may begin, and the budgets of an activeflow.

use crate::script::{named, revision};
use crate::world::{START, World};
use ringdown::engine::{Allowance, Begun, Effect, Input, MAX_SPAWNS, Output, Refusal, Request, Start};
use ringdown::model::call::{Address, AddressType, Call, Direction, Status};
use ringdown::model::event::{Event, Kind, Outcome};
use ringdown::model::run::{EndReason, WaitKind};
use ringdown::model::telephony::{Command, Signal};
use ringdown::model::variables::Variables;
use std::collections::BTreeMap;
use uuid::Uuid;

fn start(actions: &str) -> Start {
    Start {
        id: named("activeflow"),
        customer_id: named("customer"),
        revision: revision(actions, 0),
        call: None,
        early_execution: false,
        variables: Variables::default(),
        on_complete_flow_id: Uuid::nil(),
        webhook_uri: String::new(),
        webhook_method: String::new(),
    }
}

/// The world after a pause of one millisecond, from which on this is allowed.
fn after_pause(actions: &str, change: impl Fn(&mut Allowance)) -> (World, Output) {
    let actions = format!(r#"[{{"type": "sleep", "option": {{"duration": 1}}}}, {actions}]"#);
    let (mut world, _) = World::start(start(&actions), START, 1);
    change(&mut world.allowance);
    world.now = world.now.plus_ms(1);
    let tick = Input::tick(&world.run, world.now);
    let output = world.step(tick).unwrap();
    (world, output)
}

fn destinations(count: usize) -> String {
    vec![r#"{"type": "tel", "target": "+15550000001"}"#; count].join(",")
}

fn call(count: usize) -> String {
    let source = r#"{"type": "tel", "target": "+15550000009"}"#;
    let destinations = destinations(count);
    format!(
        r#"{{"type": "call", "option": {{"source": {source}, "destinations": [{destinations}], "actions": [{{"type": "block"}}]}}}}"#
    )
}

/// Why actions of this type failed.
fn failures(events: &[Event], kind: &str) -> Vec<String> {
    let failure = |event: &Event| match &event.kind {
        Kind::ActionFinished { action, outcome: Outcome::Failed(why), .. } => {
            action.option.as_ref().is_some_and(|option| option.type_name() == kind).then(|| why.clone())
        }
        _ => None,
    };
    events.iter().filter_map(failure).collect()
}

fn blocks(world: &World) -> bool {
    world.run.wait.as_ref().is_some_and(|wait| wait.kind == WaitKind::Block)
}

#[test]
fn calls_that_do_not_all_fit_are_not_made() {
    let flow = format!("{}, {}, {{\"type\": \"block\"}}", call(20), call(20));
    let (world, output) = after_pause(&flow, |allowance| allowance.calls = 39);
    assert_eq!(output.begun, Begun { calls: 20, activeflows: 20 });
    assert_eq!((output.spawned.len(), output.flows.len()), (20, 1), "no flow is saved for calls that are not made");
    assert_eq!(failures(&output.events, "call"), ["TOO_MANY_CALLS: 20 new calls, and 19 more may begin now"]);
    assert!(blocks(&world), "the flow continues");
    assert!(output.spawned.iter().all(|(run, _)| run.info.generation == 1 && run.info.complete_count == 0));

    let (_, output) = after_pause(&flow, |allowance| allowance.activeflows = 7);
    let why = "TOO_MANY_ACTIVEFLOWS: 20 new activeflows, and 7 more may begin now";
    assert_eq!((failures(&output.events, "call"), output.begun), (vec![why.to_owned(); 2], Begun::default()));
}

#[test]
fn a_step_starts_a_bounded_number_of_activeflows() {
    let flow = format!("{}, {{\"type\": \"block\"}}", vec![call(20); 13].join(","));
    let (mut world, mut output) = after_pause(&flow, |_| {});
    let mut begun = Vec::new();
    loop {
        begun.push(output.begun.activeflows);
        assert!(failures(&output.events, "call").is_empty());
        if output.effects != [Effect::Resume] {
            break;
        }
        output = world.step(Input::Resume).unwrap();
    }
    assert_eq!((begun, MAX_SPAWNS), (vec![100, 100, 60], 100));
    assert!(blocks(&world));
}

#[test]
fn legs_of_connect_are_calls() {
    let nobody = Call::blank();
    let number = Address { kind: AddressType::Tel, target: "+15550000009".to_owned(), ..nobody.source.clone() };
    let (direction, status) = (Direction::Incoming, Status::Ringing);
    let call = Call {
        id: named("call"),
        source: number.clone(),
        destination: number,
        direction,
        status,
        tm_create: START,
        ..nobody
    };
    let connect = format!(r#"{{"type": "connect", "option": {{"destinations": [{}]}}}}"#, destinations(3));
    let flow = format!(r#"[{{"type": "answer"}}, {connect}, {{"type": "block"}}]"#);
    for (calls, begun) in [(3, 3), (2, 0)] {
        let (mut world, _) = World::start(Start { call: Some(call.clone()), ..start(&flow) }, START, 1);
        world.allowance.calls = calls;
        let output = world.step(Input::Signal { call_id: call.id, signal: Signal::Answered }).unwrap();
        assert_eq!(output.begun, Begun { calls: begun, activeflows: 0 });
        assert_eq!(blocks(&world), begun == 0);
        if begun == 0 {
            assert_eq!(failures(&output.events, "connect"), ["TOO_MANY_CALLS: 3 new calls, and 2 more may begin now"]);
            assert_eq!(world.run.variables.get("voipbin.connect.status"), Some("failed"));
        }
    }
}

#[test]
fn generations_are_limited() {
    let (_, output) = after_pause(&call(1), |allowance| allowance.generations = 1);
    assert_eq!(
        failures(&output.events, "call"),
        ["TOO_MANY_GENERATIONS: at most 1 activeflows may start each other in a row"]
    );
    // Earlier versions counted only the on_complete chain.
    let (mut world, _) = World::start(start(r#"[{"type": "block"}]"#), START, 1);
    world.run.info.complete_count = 3;
    assert_eq!(world.run.info.generation(), 3);
}

#[test]
fn the_history_says_that_a_flow_does_not_follow() {
    let begun = Start { on_complete_flow_id: named("after"), ..start(r#"[{"type": "block"}]"#) };
    let (mut world, _) = World::start(begun, START, 1);
    world.step(Input::Request(Request::Stop)).unwrap();
    world.allowance.activeflows = 0;
    let operation = world.run.pending_flows[0].operation;
    let revision = Some(revision(r#"[{"type": "block"}]"#, 1));
    let output = world.step(Input::Loaded { operation, revision }).unwrap();
    let reason = "TOO_MANY_ACTIVEFLOWS: 1 new activeflows, and 0 more may begin now".to_owned();
    assert_eq!(output.events.into_iter().map(|event| event.kind).collect::<Vec<_>>(), [Kind::NotStarted { reason }]);
    assert!(output.spawned.is_empty() && world.run.pending_flows.is_empty());
}

#[test]
fn an_activeflow_ends_when_a_budget_is_used_up() {
    let message = format!(
        r#"{{"type": "message_send", "option": {{"source": {{"type": "tel", "target": "+15550000009"}}, "destinations": [{}], "text": "x"}}}}"#,
        destinations(20)
    );
    let mail = r#"{"type": "email_send", "option": {"destinations": [{"type": "email", "target": "a@b.example"}, {"type": "email", "target": "c@d.example"}], "subject": "x", "attachments": [{"name": "x", "url": "https://a.example/"}]}}"#;
    let webhook = r#"{"type": "webhook_send", "option": {"uri": "https://a.example/"}}"#;
    let fetch = r#"{"type": "fetch", "option": {"event_url": "https://a.example/"}}"#;
    type Change = fn(&mut Allowance);
    let cases: [(&str, &str, Change, &str, usize); 5] = [
        (&message, "message_send", |it| it.messages = 40, "over 40 messages (activeflow_messages)", 40),
        (mail, "email_send", |it| it.mails = 5, "over 5 mails (activeflow_mails)", 2),
        (mail, "email_send", |it| it.requests = 3, "over 3 HTTP requests (activeflow_requests)", 3),
        (webhook, "webhook_send", |it| it.requests = 3, "over 3 HTTP requests (activeflow_requests)", 3),
        (fetch, "fetch", |it| it.requests = 0, "over 0 HTTP requests (activeflow_requests)", 0),
    ];
    for (action, kind, change, sentence, sent) in cases {
        let (world, output) = after_pause(&[action; 5].join(","), change);
        let error = format!("BUDGET_USED_UP: {sentence}");
        assert_eq!((world.run.end_reason, world.run.error.as_str()), (Some(EndReason::Limit), error.as_str()));
        assert_eq!((failures(&output.events, kind), output.outgoing.len()), (vec![error], sent));
    }
}

#[test]
fn what_ends_something_is_never_refused() {
    let (mut world, _) = World::start(start(r#"[{"type": "block"}]"#), START, 1);
    let used = world.run.used.history_bytes;
    assert!(used > 0);
    world.allowance.history_bytes = used + 100;
    let variables = BTreeMap::from([("k".to_owned(), "x".repeat(100))]);
    let refused = world.step(Input::Request(Request::SetVariables { variables }));
    assert!(matches!(refused, Err(Refusal::BudgetUsedUp(_))), "{refused:?}");
    world.step(Input::Request(Request::Delete)).unwrap();
    assert!(world.run.tm_delete.is_some());
}

#[test]
fn an_activeflow_with_a_smaller_limit_than_its_history_ends() {
    let (mut world, _) = World::start(start(r#"[{"type": "block", "option": {"timeout_ms": 5}}]"#), START, 1);
    world.allowance.history_bytes = 1;
    let tick = Input::tick(&world.run, world.now);
    world.step(tick).unwrap();
    assert_eq!(world.run.end_reason, Some(EndReason::Limit));
}

#[test]
fn a_recording_is_as_long_as_the_budget_permits() {
    let nobody = Call::blank();
    let call = Call { id: named("call"), direction: Direction::Outgoing, tm_create: START, ..nobody };
    let record = r#"[{"type": "recording_start", "option": {"duration": 60}}, {"type": "block"}]"#;
    for (bytes, expected) in [(u64::MAX, Some(60_000)), (44 + 16 * 1_500, Some(1_500)), (44 + 15, None), (0, None)] {
        let (mut world, _) = World::start(Start { call: Some(call.clone()), ..start(record) }, START, 1);
        world.allowance.recording_bytes = bytes;
        let output = world.step(Input::Signal { call_id: call.id, signal: Signal::Answered }).unwrap();
        let durations = output.effects.iter().filter_map(|effect| match effect {
            Effect::Call { command: Command::Record { duration_ms, .. }, .. } => Some(*duration_ms),
            _ => None,
        });
        assert_eq!(durations.collect::<Vec<_>>(), expected.into_iter().collect::<Vec<_>>());
        let refused = failures(&output.events, "recording_start");
        assert_eq!(refused.len(), usize::from(expected.is_none()));
        assert!(refused.iter().all(|why| why.starts_with("BUDGET_USED_UP: ")) && blocks(&world));
    }
}
