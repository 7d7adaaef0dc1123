//! How many actions a second the engine runs: a flow of ten immediate actions, started and run to its end, over and over.
//! Nothing is asserted; `cargo bench --bench engine` prints the figures.

use ringdown::engine::check::check_actions;
use ringdown::engine::{Input, Output, Start, start, step};
use ringdown::model::flow::Revision;
use ringdown::model::run::Run;
use ringdown::model::time::Time;
use ringdown::model::variables::Variables;
use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};
use uuid::Uuid;

const SPELL: Duration = Duration::from_secs(2);

/// Ten immediate actions of which none fills in a variable.
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

/// Ten that all do.
const FILLED: &str = r#"{"type": "variable_set", "option": {"key": "a", "value": "${a} at ${voipbin.activeflow.id}"}}"#;

fn main() {
    figures("10 immediate actions", PLAIN, 1);
    figures("10 immediate actions with variables", &format!("[{}]", [FILLED; 10].join(",")), 1);
    let sleeps = [r#"{"type": "sleep", "option": {"duration": 0}}"#; 10].join(",");
    figures("10 waits, each a step of its own", &format!("[{sleeps}]"), 11);
}

fn figures(name: &str, json: &str, steps: u32) {
    let value = serde_json::from_str(json).expect("JSON");
    let list: Vec<ringdown::proto::Action> = ringdown::proto::json::read(value).expect("actions");
    let actions = check_actions(&list, "actions", Uuid::now_v7).expect("a flow that can run");
    let revision = Arc::new(Revision::new(Uuid::now_v7(), Uuid::now_v7(), 1, Uuid::nil(), actions));
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

fn run(revision: &Arc<Revision>, seed: u128) -> (Run, Output) {
    let head = Start {
        id: Uuid::from_u128(seed + 1),
        customer_id: Uuid::from_u128(1),
        revision: revision.clone(),
        call: None,
        early_execution: false,
        variables: Variables::default(),
        on_complete_flow_id: Uuid::nil(),
        webhook_uri: String::new(),
        webhook_method: String::new(),
    };
    let mut now = Time(1_767_614_400_000_000);
    let (mut run, mut output) = start(head, now, seed);
    while run.is_running() {
        now = now.plus_ms(1);
        output = step(&mut run, Input::Tick, now, seed).expect("a tick is not refused");
    }
    (run, output)
}
