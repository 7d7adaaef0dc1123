//! What bounds a run.

use crate::script::{check, check_end, named, revision};
use crate::world::{START, World};
use ringdown::engine::{Effect, Input, Refusal, Request, Start};
use ringdown::model::event::{Event, Kind};
use ringdown::model::flow::Revision;
use ringdown::model::run::{EndReason, WaitKind};
use ringdown::model::variables::Variables;
use std::sync::Arc;
use uuid::Uuid;

fn start(revision: Arc<Revision>) -> Start {
    Start {
        id: named("activeflow"),
        customer_id: named("customer"),
        revision,
        call: None,
        early_execution: false,
        variables: Variables::default(),
        on_complete_flow_id: Uuid::nil(),
        webhook_uri: String::new(),
        webhook_method: String::new(),
    }
}

fn started(events: &[Event]) -> usize {
    events.iter().filter(|event| matches!(event.kind, Kind::ActionStarted { .. })).count()
}

#[test]
fn a_thousand_actions_in_a_row_without_a_wait() {
    let circle = r#"[{"id": "@a", "type": "branch", "option": {"default_target_id": "@a"}}]"#;
    check_end(
        circle,
        "> api\n> resume",
        "started branch @a\nfinished branch @a done\nforwarded @a\nended limit (over 1000 actions in a row without a wait)",
    );
    let (mut world, first) = World::start(start(revision(circle, 0)), START, 1);
    let second = world.step(Input::Resume).unwrap();
    assert_eq!(started(&first.events) + started(&second.events), 1_000);
    assert_eq!((world.run.executed_count, world.run.executed.len()), (1_000, 100));
}

/// At the door these wait; without a call they are skipped, and then nothing in the loop takes time.
#[test]
fn a_loop_of_skipped_actions_ends_at_the_same_limit() {
    let circle = r#"[{"id": "@a", "type": "mute"}, {"type": "talk", "option": {"text": "hello"}, "next_id": "@a"}]"#;
    check_end(
        circle,
        "> api",
        "started talk\nfinished talk skipped\nended limit (over 1000 actions in a row without a wait)",
    );
    let (world, first) = World::start(start(revision(circle, 0)), START, 1);
    assert_eq!((started(&first.events), world.run.executed_count), (1_000, 1_000));
}

#[test]
fn a_wait_begins_the_count_anew() {
    let flow = r#"[{"id": "@a", "type": "variable_set", "option": {"key": "k", "value": "v"}},
        {"type": "goto", "option": {"target_id": "@a", "loop_count": 499}},
        {"type": "sleep", "option": {"duration": 1}},
        {"id": "@b", "type": "variable_set", "option": {"key": "k", "value": "v"}},
        {"type": "goto", "option": {"target_id": "@b", "loop_count": 499}}]"#;
    // The sleep itself is the action after the first 1,000, and one more than they may be.
    check_end(flow, "> api", "ended limit (over 1000 actions in a row without a wait)");
    check_end(&flow.replacen("499", "498", 1), "> api\n> wait 1ms", "ended finished");
}

#[test]
fn ten_thousand_actions_in_all() {
    let flow = r#"[{"id": "@a", "type": "sleep", "option": {"duration": 1}}, {"type": "branch", "option": {"default_target_id": "@a"}}]"#;
    let (mut world, mut output) = World::start(start(revision(flow, 0)), START, 1);
    while let Some(due) = world.run.due() {
        world.now = due;
        output = world.step(Input::tick(&world.run, due)).unwrap();
    }
    assert_eq!(world.run.executed_count, 10_000);
    let ended = Kind::Ended { reason: EndReason::Limit, error: "over 10000 actions".to_owned() };
    assert_eq!(output.events.last().map(|event| &event.kind), Some(&ended));
}

#[test]
fn a_hundred_lists_inside_one_another() {
    let flow = r#"[{"type": "fetch_flow", "option": {"flow_id": "@flow"}}, {"type": "stop"}]"#;
    let own = revision(flow, 0);
    let (mut world, _) = World::start(start(own.clone()), START, 1);
    let mut loads = 0;
    while let Some(WaitKind::Load { operation, .. }) = world.run.wait.as_ref().map(|wait| wait.kind.clone()) {
        world.step(Input::Loaded { operation, revision: Some(own.clone()) }).unwrap();
        loads += 1;
    }
    // The hundredth load would have made the 101st list.
    assert_eq!(loads, 100);
    assert_eq!(world.run.end_reason, Some(EndReason::Limit));
    assert_eq!(world.run.error, "over 100 lists of actions inside one another");
}

#[test]
fn a_hundred_lists_pushed_from_outside() {
    let (mut world, _) = World::start(start(revision(r#"[{"type": "block"}]"#, 0)), START, 1);
    let mut push = |seed| {
        let revision = revision(r#"[{"type": "variable_set", "option": {"key": "k", "value": "v"}}]"#, seed);
        world.step(Input::Request(Request::Push { revision, interrupt: false }))
    };
    for seed in 1..100 {
        push(seed).unwrap();
    }
    assert_eq!(push(100), Err(Refusal::TooManyFrames));
    let action_id = world.run.program.action(world.run.current.unwrap()).id;
    let output = world.step(Input::Request(Request::Continue { action_id })).unwrap();
    assert_eq!((started(&output.events), world.run.end_reason), (99, Some(EndReason::Finished)));
}

#[test]
fn a_step_that_tells_much_goes_on_in_the_next() {
    let value = "x".repeat(30_000);
    let set = format!(r#"{{"type": "variable_set", "option": {{"key": "k", "value": "${{v}}{}"}}}}"#, &value[..25_000]);
    let flow = format!("[{}]", vec![set; 9].join(","));
    let (mut world, first) = World::start(start(revision(&flow, 0)), START, 1);
    assert_eq!(first.effects, [Effect::Resume]);
    assert!(started(&first.events) < 9);
    let second = world.step(Input::Resume).unwrap();
    assert_eq!(started(&first.events) + started(&second.events), 9);
    assert_eq!(world.run.end_reason, Some(EndReason::Finished));
}

#[test]
fn between_two_steps_lists_can_be_pushed_and_the_flow_be_stopped() {
    let long = "x".repeat(16_000);
    let set = format!(r#"{{"type": "variable_set", "option": {{"key": "k", "value": "{long}"}}}}"#);
    let jump = format!(
        r#"{{"type": "branch", "option": {{"target_ids": {{"{long}": "@end"}}, "default_target_id": "@end"}}}}"#
    );
    let last = r#"{"id": "@end", "type": "sleep", "option": {"duration": 1}}"#;
    // Eight of them and the jump fill a step, and the cursor then stands at what follows.
    let full = format!("[{}, {jump}, {set}, {last}]", vec![set.clone(); 8].join(","));
    let pushed = r#"[{"id": "@p", "type": "variable_set", "option": {"key": "p", "value": "1"}}]"#;
    check_end(
        &full,
        &format!("> api\n> push interrupt {pushed}\n> resume"),
        &format!(
            "forwarded @end
             ! resume
             > push interrupt {pushed}
             pushed 1 to interrupt
             > resume
             started variable_set @p
             set p=1
             finished variable_set @p done
             started sleep @end"
        ),
    );
    check_end(&full, "> api\n> stop\n> resume", "forwarded @end\n! resume\n> stop\nended stopped\n> resume");
}

#[test]
fn variables_are_bounded() {
    let large = "x".repeat(30_000);
    let set = |key: usize| format!(r#"{{"type": "variable_set", "option": {{"key": "k{key}", "value": "${{v}}"}}}}"#);
    let flow = format!("[{}]", (0..10).map(set).collect::<Vec<_>>().join(","));
    let told = "finished variable_set failed (the variables would have over 262144 bytes in all)";
    check_end(
        &flow,
        &format!("> api v={large}\n> resume"),
        &format!("started variable_set\n{told}\nstarted variable_set\n{told}\nended finished"),
    );
}

#[test]
fn an_on_complete_chain_is_five_long() {
    let actions = revision(
        r#"[{"type": "variable_set", "option": {"key": "k", "value": "${voipbin.activeflow.complete_count}"}}]"#,
        0,
    );
    let again = |number: u128| {
        let id = Uuid::from_u128(number << 100);
        Arc::new(Revision::new(id, named("flow"), 1, named("flow"), actions.actions.clone()))
    };
    let (mut world, mut output) = World::start(start(again(1)), START, 1);
    let mut activeflows = 1;
    while let Some(operation) = world.run.pending_flows.first().map(|it| it.operation) {
        assert_eq!(output.effects, [Effect::Load { operation, flow_id: named("flow") }]);
        let loaded = world.step(Input::Loaded { operation, revision: Some(again(activeflows + 1)) }).unwrap();
        let (run, first) = loaded.spawned.into_iter().next().expect("a flow that follows is started");
        assert_eq!(run.info.reference_activeflow_id, world.run.info.id);
        assert_eq!(u128::from(run.info.complete_count), activeflows);
        world = world.spawned(run, &first);
        output = first;
        activeflows += 1;
    }
    assert_eq!(activeflows, 5);
    assert_eq!(world.run.variables.get("k"), Some("4"));
    let last: Vec<&Kind> = output.events.iter().rev().take(2).map(|event| &event.kind).collect();
    assert!(matches!(last[..], [Kind::Ended { .. }, Kind::ChainCut]), "{last:?}");
}

#[test]
fn a_flow_may_dial_more_legs_than_it_remembers() {
    let flow = r#"[{"id": "@a", "type": "connect", "option": {"destinations": [{"type": "tel", "target": "+15550000002"}]}},
        {"type": "goto", "option": {"target_id": "@a", "loop_count": 99}}, {"id": "@b", "type": "block"}]"#;
    let busy: String = (1..=100).map(|leg| format!("> leg {leg} busy\n")).collect();
    check_end(flow, &format!("> up\n{busy}"), "finished goto done\nstarted block @b\nblocked");
}

#[test]
fn a_loop_that_waits_is_none() {
    check(
        r#"[{"id": "@a", "type": "sleep", "option": {"duration": 1}, "next_id": "@a"}]"#,
        "> api
         started sleep @a
         > wait 2ms
         finished sleep @a done 1ms
         started sleep @a
         finished sleep @a done 1ms
         started sleep @a",
    );
}
