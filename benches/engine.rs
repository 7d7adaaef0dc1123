//! Measures how many actions per second the engine runs: a flow of ten immediate actions, started and run to its end,
//! repeatedly. Then compares dry runs of an IVR with its script against the bare engine with the same inputs. Prints
//! the figures and asserts nothing: `cargo bench --bench engine`.

use ringdown::engine::check::check_actions;
use ringdown::engine::{Allowance, Effect, Input, Output, Start, start, step};
use ringdown::model::call::{Address, AddressType, Call, Direction, HangupBy, HangupReason, Status};
use ringdown::model::flow::Revision;
use ringdown::model::run::{Run, WaitKind};
use ringdown::model::telephony::{Command, Signal};
use ringdown::model::variables::Variables;
use ringdown::simulation::{self, MONDAY, Play, Played, Script};
use std::collections::VecDeque;
use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};
use uuid::Uuid;

const SPELL: Duration = Duration::from_secs(2);

/// Ten immediate actions, none of which substitutes a variable.
const PLAIN: &str = r#"[
    {"type": "variable_set", "option": {"key": "a", "value": "1"}},
    {"id": "00000000-0000-4000-8000-000000000001", "type": "condition_variable", "option": {"condition": "==",
        "variable": "a", "value_string": "1", "false_target_id": "00000000-0000-4000-8000-000000000002"}},
    {"type": "goto", "option": {"target_id": "00000000-0000-4000-8000-000000000001", "loop_count": 1}},
    {"id": "00000000-0000-4000-8000-000000000002", "type": "variable_set", "option": {"key": "b", "value": "2"}},
    {"type": "branch", "option": {"variable": "b", "target_ids": {"2": "00000000-0000-4000-8000-000000000003"}}},
    {"id": "00000000-0000-4000-8000-000000000003", "type": "condition_datetime", "option": {"condition": ">=", "hour": 0,
        "false_target_id": "00000000-0000-4000-8000-000000000002"}},
    {"type": "variable_set", "option": {"key": "c", "value": "3"}},
    {"type": "stop"}]"#;

/// An immediate action that substitutes variables.
const FILLED: &str = r#"{"type": "variable_set", "option": {"key": "a", "value": "${a} at ${voipbin.activeflow.id}"}}"#;

/// An IVR and its caller, who presses a wrong key, then the right one, and talks to sales.
const IVR: &str = include_str!("../examples/flows/business-hours.json");
const CALLER: &str = include_str!("../examples/flows/business-hours.script");

fn main() {
    figures("10 immediate actions", PLAIN, 1);
    figures("10 immediate actions with variables", &format!("[{}]", [FILLED; 10].join(",")), 1);
    let sleeps = [r#"{"type": "sleep", "option": {"duration": 0}}"#; 10].join(",");
    figures("10 waits, each a step of its own", &format!("[{sleeps}]"), 11);
    let flow: serde_json::Value = serde_json::from_str(IVR).expect("JSON");
    simulations(&flow["actions"].to_string());
}

fn revision(json: &str) -> Arc<Revision> {
    let value = serde_json::from_str(json).expect("JSON");
    let list: Vec<ringdown::proto::Action> = ringdown::proto::json::read(value).expect("actions");
    let actions = check_actions(&list, "actions", Uuid::now_v7).expect("a flow that can run");
    Arc::new(Revision::new(Uuid::now_v7(), Uuid::now_v7(), 1, Uuid::nil(), actions))
}

/// Measures dry runs per second with the script parsed once, and the same activeflow driven by hand.
fn simulations(json: &str) {
    let play = Play::new(revision(json), Script::read(CALLER).expect("a script"));
    let Ok(Played::Over(trace)) = simulation::play(&play) else { panic!("it names no other flow") };
    assert!(trace.passed(), "{:?}", trace.failures);
    let dry = a_second(|| drop(black_box(simulation::play(&play))));
    let ran = trace.runs[0].executed_count;
    let bare = a_second(|| assert_eq!(black_box(by_hand(&play.revision)).executed_count, ran));
    println!(
        "the IVR of {ran} actions: {dry:.0} simulations/s; the bare engine {bare:.0}/s, {:.1} times as many",
        bare / dry
    );
}

fn a_second(mut once: impl FnMut()) -> f64 {
    let (begun, mut times) = (Instant::now(), 0_u32);
    while begun.elapsed() < SPELL {
        (0..100).for_each(|_| once());
        times += 100;
    }
    f64::from(times) / begun.elapsed().as_secs_f64()
}

/// Drives the engine with only the inputs that the script's phones would send.
fn by_hand(revision: &Arc<Revision>) -> Run {
    let tel = |target: &str| Address { kind: AddressType::Tel, target: target.to_owned(), ..Call::blank().source };
    let call_id = Uuid::from_u128(9);
    let (source, destination) = (tel("+491711234567"), tel("+15550000001"));
    let (direction, status) = (Direction::Incoming, Status::Ringing);
    let call = Call { id: call_id, source, destination, direction, status, tm_create: MONDAY, ..Call::blank() };
    let mut now = MONDAY.plus_ms(-3_600_000);
    let (mut run, mut output) = start(Start { call: Some(call), ..of(revision, 1) }, now, 1, &Allowance::default());
    let (mut keys, mut inputs) = ("91".chars(), VecDeque::new());
    for seed in 2.. {
        inputs.extend(output.effects.drain(..).filter_map(|effect| told(effect, call_id)));
        let reads = matches!(run.wait.as_ref().map(|wait| &wait.kind), Some(WaitKind::Digits { .. }));
        let key = keys.as_str().chars().next().filter(|_| inputs.is_empty() && reads);
        if let Some(digit) = key {
            keys.next();
            inputs.push_back(Input::Signal { call_id, signal: Signal::Digit { digit } });
        }
        let Some(input) = inputs.pop_front() else { break };
        now = now.plus_ms(1_000);
        output = step(&mut run, input, now, seed, &Allowance::default()).expect("a signal is not refused");
    }
    run
}

/// Returns the input that follows from an effect.
fn told(effect: Effect, own: Uuid) -> Option<Input> {
    let Effect::Call { call_id, operation, command } = effect else { return None };
    let hangup = |by, reason| Signal::Hangup { by, reason, sip_code: 0, cause: String::new() };
    let (call_id, signal) = match command {
        Command::Answer | Command::Dial { .. } => (call_id, Signal::Answered),
        Command::Play { .. } => (own, Signal::Finished { operation, error: None }),
        // The two parties have talked.
        Command::Bridge { other } => (other, hangup(HangupBy::Remote, HangupReason::Normal)),
        Command::Hangup { reason } => (call_id, hangup(HangupBy::Local, reason)),
        _ => return None,
    };
    Some(Input::Signal { call_id, signal })
}

fn figures(name: &str, json: &str, steps: u32) {
    let revision = revision(json);
    let (begun, mut runs) = (Instant::now(), 0_u32);
    while begun.elapsed() < SPELL {
        for seed in 0..100 {
            let (run, output) = run(&revision, seed);
            assert!(!run.is_running() && run.executed_count == 10);
            black_box((run, output));
        }
        runs += 100;
    }
    let a_second = |count: u32| f64::from(count) * f64::from(runs) / begun.elapsed().as_secs_f64();
    println!("{name}: {:.0} actions/s, {:.0} steps/s", a_second(10), a_second(steps));
}

fn of(revision: &Arc<Revision>, seed: u128) -> Start {
    Start {
        id: Uuid::from_u128(seed + 1),
        customer_id: Uuid::from_u128(1),
        revision: revision.clone(),
        call: None,
        early_execution: false,
        variables: Variables::default(),
        on_complete_flow_id: Uuid::nil(),
        webhook_uri: String::new(),
        webhook_method: String::new(),
    }
}

fn run(revision: &Arc<Revision>, seed: u128) -> (Run, Output) {
    let mut now = MONDAY;
    let (mut run, mut output) = start(of(revision, seed), now, seed, &Allowance::default());
    while run.is_running() {
        now = now.plus_ms(1);
        let tick = Input::tick(&run, now);
        output = step(&mut run, tick, now, seed, &Allowance::default()).expect("a tick is not refused");
    }
    (run, output)
}
