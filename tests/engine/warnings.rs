//! What runs but may surprise.

use crate::script::read_actions;
use ringdown::engine::check::check_actions;
use ringdown::engine::warnings::warnings;
use uuid::Uuid;

#[track_caller]
fn check(json: &str, with_call: bool, wanted: &[&str]) {
    let actions = check_actions(&read_actions(json), "actions", Uuid::now_v7).unwrap();
    let told = warnings(&actions, "actions", with_call);
    assert!(told.iter().all(|warning| !warning.description.is_empty()));
    let told: Vec<String> = told.iter().map(|it| format!("{} {}", it.path, it.kind.name())).collect();
    assert_eq!(told, wanted);
}

#[test]
fn actions_that_no_way_leads_to() {
    let beep = r#"{"type": "beep"}"#;
    let named = r#"{"id": "@a", "type": "beep"}"#;
    check(&format!(r#"[{{"type": "stop"}}, {beep}]"#), true, &["actions[1].id UNREACHABLE_ACTION"]);
    check(
        &format!(r#"[{{"type": "beep", "next_id": "@a"}}, {beep}, {named}]"#),
        true,
        &["actions[1].id UNREACHABLE_ACTION"],
    );
    let finish = r#"{"type": "beep", "next_id": "00000000-0000-0000-0000-000000000002"}"#;
    check(&format!("[{finish}, {beep}]"), true, &["actions[1].id UNREACHABLE_ACTION"]);
    check(
        &format!(
            r#"[{{"type": "branch", "option": {{"target_ids": {{"1": "@a"}}, "default_target_id": "@a"}}}}, {beep}, {named}]"#
        ),
        true,
        &["actions[1].id UNREACHABLE_ACTION"],
    );
    // What is known only when it runs may lead anywhere; a counted jump falls through; without a call nothing is hung up.
    check(&format!(r#"[{{"type": "branch", "option": {{"default_target_id": "${{a}}"}}}}, {beep}]"#), true, &[]);
    check(
        &format!(r#"[{named}, {{"type": "goto", "option": {{"target_id": "@a", "loop_count": 1}}}}, {beep}]"#),
        true,
        &[],
    );
    check(&format!(r#"[{{"type": "hangup"}}, {beep}]"#), true, &["actions[1].id UNREACHABLE_ACTION"]);
    check(r#"[{"type": "hangup"}, {"type": "stop"}]"#, false, &["actions[0].type ACTION_WITHOUT_CALL"]);
}

#[test]
fn branches_calls_and_names() {
    check(
        r#"[{"type": "branch", "option": {"target_ids": {"1": "@a"}}}, {"id": "@a", "type": "beep"}]"#,
        true,
        &["actions[0].option.default_target_id BRANCH_WITHOUT_DEFAULT"],
    );
    check(
        r#"[{"type": "talk", "option": {"text": "a"}}, {"type": "stop"}]"#,
        false,
        &["actions[0].type ACTION_WITHOUT_CALL"],
    );
    check(
        r#"[{"type": "talk", "option": {"text": "${voipbin.call.digit} ${name} ${voipbin.call.digits} ${voipbin.activeflow.id}"}}]"#,
        true,
        &["actions[0].option UNKNOWN_VARIABLE"],
    );
    check(
        r#"[{"type": "call", "option": {"destinations": [{"type": "tel", "target": "+15550000001"}],
            "actions": [{"type": "stop"}, {"type": "beep"}]}}]"#,
        false,
        &["actions[0].option.actions[1].id UNREACHABLE_ACTION"],
    );
}
