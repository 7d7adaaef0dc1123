//! Whatever is simulated ends soon, and never with a panic.

use crate::play::{named, play, revision};
use ringdown::simulation::{self, MAX_RUNS, Play, Played, Script, YEAR_MS};
use std::time::{Duration, Instant};

#[test]
fn loops_end_at_a_limit() {
    let trace = play(
        r#"[{"id": "@a", "type": "variable_set", "option": {"key": "k"}}, {"type": "goto", "option": {"target_id": "@a", "loop_count": 10000}}]"#,
        "start api",
    );
    assert_eq!(trace.runs[0].error, "over 1000 actions in a row without a wait");
    let trace = play(
        r#"[{"id": "@a", "type": "sleep", "option": {"duration": 1000}, "next_id": "@a"}]"#,
        "start api\nexpect ended limit \"over 10000 actions\"",
    );
    assert!(trace.passed(), "{:?} {:?}", trace.failures, trace.limit);
}

#[test]
fn a_year_is_the_longest_play() {
    let long = r#"[{"id": "@a", "type": "sleep", "option": {"duration": 2147483647}, "next_id": "@a"}]"#;
    let trace = play(long, "start api\nexpect ended finished");
    assert_eq!(trace.failures.len(), 1);
    let last = trace.steps.last().unwrap().at.ms_since(trace.began);
    assert!(last > YEAR_MS / 2 && last <= YEAR_MS);
}

#[test]
fn calls_that_make_calls_end_at_a_limit() {
    let number = r#"{"type": "tel", "target": "+15550000001"}"#;
    let twenty = vec![number; 20].join(",");
    let inner = format!(
        r#"[{{"type": "call", "option": {{"destinations": [{twenty}], "flow_id": "{}", "early_execution": true}}}}]"#,
        named("again")
    );
    let mut it = Play::new(
        revision(&inner, named("again")),
        Script::read(&("answer\n".to_owned() + &(2..=60).map(|run| format!("run {run} answer\n")).collect::<String>()))
            .unwrap(),
    );
    it.flows.insert(named("again"), Some(it.revision.clone()));
    let began = Instant::now();
    let Ok(Played::Over(trace)) = simulation::play(&it) else { panic!("it names no other flow") };
    assert!(trace.limit.is_some_and(|limit| limit.contains(&MAX_RUNS.to_string())));
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
}

/// Ten use up what may be searched in one play: ninety times as many are looked up, and no longer searched for.
#[test]
fn what_is_expected_in_vain_is_bounded_too() {
    let forever = r#"[{"id": "@a", "type": "sleep", "option": {"duration": 1000}, "next_id": "@a"}]"#;
    let time = |lines: usize| {
        let began = Instant::now();
        let trace = play(forever, &("start api\n".to_owned() + &"expect talk\n".repeat(lines)));
        assert_eq!(trace.failures.len(), lines);
        began.elapsed()
    };
    let (ten, all) = (time(10), time(900));
    assert!(all < ten * 45, "{ten:?} for ten, {all:?} for all");
}

#[test]
fn large_texts_are_bounded() {
    let trace = play(
        r#"[{"id": "@a", "type": "variable_set", "option": {"key": "k", "value": "${k}${k}x"}},
            {"type": "goto", "option": {"target_id": "@a", "loop_count": 900}}]"#,
        "start api",
    );
    assert!(trace.limit.is_some_and(|limit| limit.contains("of trace")));
}
