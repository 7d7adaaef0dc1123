//! At the door: a flow is saved only if it can run, and all that is wrong is told at once.

use crate::script::read_actions;
use ringdown::engine::check::{ProblemKind, check_actions};
use uuid::Uuid;

/// The paths of all problems in order, each with its fault.
#[track_caller]
fn refused(json: &str, wanted: &[(&str, ProblemKind)]) {
    let problems = check_actions(&read_actions(json), "actions", Uuid::now_v7).err().unwrap_or_default();
    let told: Vec<(&str, ProblemKind)> =
        problems.iter().map(|problem| (problem.path.as_str(), problem.fault)).collect();
    assert_eq!(told, wanted, "{problems:#?}");
    assert!(problems.iter().all(|problem| !problem.description.is_empty()));
}

#[track_caller]
fn saved(json: &str) {
    refused(json, &[]);
}

/// One action with this option, which has these faulty fields.
#[track_caller]
fn option(kind: &str, option: &str, fields: &[&str]) {
    let paths: Vec<String> = fields.iter().map(|field| format!("actions[0].option.{field}")).collect();
    let wanted: Vec<(&str, ProblemKind)> = paths.iter().map(|path| (path.as_str(), ProblemKind::Option)).collect();
    refused(&format!(r#"[{{"id": "@a", "type": "{kind}", "option": {{{option}}}}}]"#), &wanted);
}

#[test]
fn options_in_range() {
    option("talk", "", &["text"]);
    option("talk", r#""text": """#, &["text"]);
    option("talk", &format!(r#""text": "{}""#, "ü".repeat(5_000)), &[]);
    option("talk", &format!(r#""text": "{}""#, "ü".repeat(5_001)), &["text"]);
    option(
        "talk",
        r#""text": "a\u0000b", "digits_handle": "all", "language": "\u0000""#,
        &["digits_handle", "text", "language"],
    );
    option("play", "", &["stream_urls"]);
    option("play", &format!(r#""stream_urls": [{}]"#, vec![r#""https://a.example/1.wav""#; 20].join(",")), &[]);
    option(
        "play",
        &format!(r#""stream_urls": [{}]"#, vec![r#""https://a.example/1.wav""#; 21].join(",")),
        &["stream_urls"],
    );
    option(
        "play",
        r#""stream_urls": ["http://a.example/1.wav", "ftp://a.example", "https://a b", "http://a\u0000"]"#,
        &["stream_urls[1]", "stream_urls[2]", "stream_urls[3]"],
    );
    option("digits_receive", r#""duration": 0, "length": 65, "key": "1x""#, &["duration", "length", "key"]);
    option("digits_receive", r##""duration": 1, "length": 0, "key": "0123456789ABCD*#""##, &[]);
    option("digits_receive", r#""length": -1"#, &["length"]);
    option("digits_send", "", &["digits"]);
    option("digits_send", r#""digits": "12a", "duration": 99, "interval": 5001"#, &["digits", "duration", "interval"]);
    option("digits_send", &format!(r#""digits": "{}", "duration": 1000, "interval": 0"#, "1".repeat(100)), &[]);
    option("digits_send", &format!(r#""digits": "{}""#, "1".repeat(101)), &["digits"]);
    option("echo", r#""duration": 0"#, &["duration"]);
    option("sleep", "", &["duration"]);
    option("sleep", r#""duration": -1"#, &["duration"]);
    option("block", r#""timeout_ms": 0"#, &["timeout_ms"]);
    option("hangup", r#""reason": "bored", "reference_id": "x""#, &["reason", "reference_id"]);
    option("mute", r#""direction": "up""#, &["direction"]);
    option("unmute", r#""direction": "up""#, &["direction"]);
    option("variable_set", "", &["key"]);
    option("variable_set", r#""key": "voipbin.call.digits""#, &["key"]);
    option("variable_set", &format!(r#""key": "k", "value": "{}""#, "ü".repeat(16_385)), &["value"]);
    option("variable_set", &format!(r#""key": "k", "value": "{}""#, "x".repeat(32_769)), &["value"]);
    option("fetch_flow", "", &["flow_id"]);
    option("fetch_flow", r#""flow_id": "00000000-0000-0000-0000-000000000000""#, &["flow_id"]);
}

#[test]
fn options_that_steer() {
    option("branch", "", &["target_ids"]);
    option("branch", r#""target_ids": {"1": "x", "\u0000": "@a"}"#, &["target_ids.1", "target_ids"]);
    option("branch", r#""target_ids": {"1": "@a"}"#, &[]);
    option("goto", "", &["target_id", "loop_count"]);
    option("goto", r#""target_id": "@a", "loop_count": 0"#, &["loop_count"]);
    option("goto", r#""target_id": "@a", "loop_count": 10000"#, &[]);
    option("goto", r#""target_id": "@a", "loop_count": 10001"#, &["loop_count"]);
    option("condition_variable", "", &["condition", "variable", "false_target_id"]);
    option(
        "condition_variable",
        r#""condition": "=", "variable": "a", "value_type": "number", "false_target_id": "@a""#,
        &["condition", "value_number"],
    );
    option(
        "condition_variable",
        r#""condition": "==", "variable": "a", "value_type": "length", "false_target_id": "@a""#,
        &["value_length"],
    );
    option(
        "condition_datetime",
        r#""condition": "==", "minute": 60, "hour": 24, "day": 32, "month": 13, "weekdays": [7, 1, -1], "timezone": "Mars", "false_target_id": "@a""#,
        &["minute", "hour", "day", "month", "weekdays[0]", "weekdays[2]", "timezone"],
    );
    option(
        "condition_datetime",
        r#""condition": "==", "minute": -1, "hour": -1, "day": 0, "month": 0, "timezone": "Europe/Berlin", "false_target_id": "@a""#,
        &[],
    );
}

#[test]
fn addresses() {
    let connect = |addresses: &str| format!(r#"[{{"type": "connect", "option": {{"destinations": [{addresses}]}}}}]"#);
    let one = |kind: &str, target: &str| format!(r#"{{"type": "{kind}", "target": "{target}"}}"#);
    for (kind, target) in [
        ("tel", "+1234567"),
        ("tel", "+123456789012345"),
        ("sip", "bob@example.com:5080"),
        ("extension", "desk-1"),
        ("tel", "${n}"),
        ("${t}", "${n}"),
        ("${t}", "bob"),
    ] {
        saved(&connect(&one(kind, target)));
    }
    for (kind, target) in [
        ("tel", "15550000001"),
        ("tel", "+123456"),
        ("tel", "+1234567890123456"),
        ("tel", "+82XXXXXXXX"),
        ("tel", "<your source number>"),
        ("sip", "bob"),
        ("sip", "bob@example.com:0"),
        ("extension", "a b"),
        ("tel", ""),
    ] {
        refused(&connect(&one(kind, target)), &[("actions[0].option.destinations[0].target", ProblemKind::Address)]);
    }
    refused(&connect(&one("fax", "+15550000001")), &[("actions[0].option.destinations[0].type", ProblemKind::Address)]);
    refused(&connect(&one("fax", "${n}")), &[("actions[0].option.destinations[0].type", ProblemKind::Address)]);
    refused(
        r#"[{"type": "connect", "option": {"source": {"type": "tel", "target": "1"}, "anonymous": "maybe", "timeout_ms": 0,
            "destinations": [{"type": "tel", "target": "+15550000001"}, {"type": "tel", "target": "+15550000001", "name": "\u0000"}]}}]"#,
        &[
            ("actions[0].option.source.target", ProblemKind::Address),
            ("actions[0].option.destinations[1].name", ProblemKind::Address),
            ("actions[0].option.anonymous", ProblemKind::Option),
            ("actions[0].option.timeout_ms", ProblemKind::Option),
        ],
    );
    refused(&connect(""), &[("actions[0].option.destinations", ProblemKind::Option)]);
    refused(
        &connect(&vec![one("tel", "+15550000001"); 21].join(",")),
        &[("actions[0].option.destinations", ProblemKind::Option)],
    );
}

#[test]
fn ids_and_targets() {
    refused(r#"[{"id": "@a", "type": "beep"}, {"id": "@a", "type": "beep"}]"#, &[("actions[1].id", ProblemKind::Id)]);
    for reserved in 1..=3 {
        refused(
            &format!(r#"[{{"id": "00000000-0000-0000-0000-00000000000{reserved}", "type": "beep"}}]"#),
            &[("actions[0].id", ProblemKind::Id)],
        );
        saved(&format!(r#"[{{"type": "beep", "next_id": "00000000-0000-0000-0000-00000000000{reserved}"}}]"#));
    }
    saved(r#"[{"id": "00000000-0000-0000-0000-000000000000", "type": "beep"}, {"type": "beep"}]"#);
    refused(r#"[{"id": "@a", "type": "beep", "next_id": "@b"}]"#, &[("actions[0].next_id", ProblemKind::Target)]);
    refused(
        r#"[{"type": "branch", "option": {"target_ids": {"1": "@x", "2": "${there}"}, "default_target_id": "@y"}},
            {"type": "goto", "option": {"target_id": "@x", "loop_count": 1}},
            {"type": "condition_variable", "option": {"condition": "==", "variable": "a", "false_target_id": "@x"}},
            {"type": "condition_datetime", "option": {"condition": "==", "false_target_id": "@x"}}]"#,
        &[
            ("actions[0].option.target_ids.1", ProblemKind::Target),
            ("actions[0].option.default_target_id", ProblemKind::Target),
            ("actions[1].option.target_id", ProblemKind::Target),
            ("actions[2].option.false_target_id", ProblemKind::Target),
            ("actions[3].option.false_target_id", ProblemKind::Target),
        ],
    );
    let mut list = read_actions(r#"[{"type": "beep"}]"#);
    list[0].id = "one".to_owned();
    list[0].next_id = "two".to_owned();
    let problems = check_actions(&list, "actions", Uuid::now_v7).unwrap_err();
    let told: Vec<(&str, ProblemKind)> =
        problems.iter().map(|problem| (problem.path.as_str(), problem.fault)).collect();
    assert_eq!(told, [("actions[0].id", ProblemKind::Id), ("actions[0].next_id", ProblemKind::Id)]);
}

#[test]
fn types() {
    refused("[{}]", &[("actions[0].type", ProblemKind::Type)]);
    for kind in
        ["queue_join", "transcribe_start", "ai_talk", "external_media_start", "conversation_send", "case_create"]
    {
        refused(&format!(r#"[{{"type": "{kind}"}}]"#), &[("actions[0].type", ProblemKind::NotAvailable)]);
    }
}

#[test]
fn all_at_once_in_the_order_of_the_actions() {
    refused(
        r#"[{"id": "@a", "type": "talk", "next_id": "@nowhere"},
            {"id": "@a", "type": "sleep", "option": {"duration": -1}},
            {"id": "@c"},
            {"type": "ai_talk", "next_id": "@c"},
            {"type": "goto", "option": {"target_id": "@lost", "loop_count": 1}},
            {"type": "connect", "option": {"destinations": [{"type": "tel", "target": "1"}]}}]"#,
        &[
            ("actions[0].next_id", ProblemKind::Target),
            ("actions[0].option.text", ProblemKind::Option),
            ("actions[1].id", ProblemKind::Id),
            ("actions[1].option.duration", ProblemKind::Option),
            ("actions[2].type", ProblemKind::Type),
            ("actions[3].type", ProblemKind::NotAvailable),
            ("actions[4].option.target_id", ProblemKind::Target),
            ("actions[5].option.destinations[0].target", ProblemKind::Address),
        ],
    );
}

#[test]
fn endless_loops() {
    let set = |id: &str, next: &str| {
        format!(r#"{{"id": "@{id}", "type": "variable_set", "option": {{"key": "k"}}, "next_id": {next}}}"#)
    };
    let none = "null";
    refused(&format!("[{}]", set("a", "\"@a\"")), &[("actions[0].next_id", ProblemKind::Target)]);
    refused(
        &format!("[{}, {}, {}]", set("a", none), set("b", none), set("c", "\"@b\"")),
        &[("actions[1].next_id", ProblemKind::Target)],
    );
    let restart = r#""00000000-0000-0000-0000-000000000001""#;
    refused(&format!("[{}, {}]", set("a", none), set("b", restart)), &[("actions[0].next_id", ProblemKind::Target)]);
    // Left by a wait, a condition, a count, the end.
    saved(&format!(r#"[{}, {{"type": "sleep", "option": {{"duration": 0}}, "next_id": "@a"}}]"#, set("a", none)));
    saved(&format!(
        r#"[{}, {{"type": "branch", "option": {{"default_target_id": "@a"}}, "next_id": "@a"}}]"#,
        set("a", none)
    ));
    saved(&format!(r#"[{}, {{"type": "goto", "option": {{"target_id": "@a", "loop_count": 9}}}}]"#, set("a", none)));
    saved(&format!("[{}]", set("a", r#""00000000-0000-0000-0000-000000000002""#)));
    // A goto that falls through leads on like any other action.
    refused(
        &format!(
            r#"[{}, {{"type": "goto", "option": {{"target_id": "@a", "loop_count": 9}}, "next_id": "@a"}}]"#,
            set("a", none)
        ),
        &[("actions[0].next_id", ProblemKind::Target)],
    );
}

#[test]
fn variables_are_let_through_where_text_stands() {
    saved(
        r#"[{"type": "talk", "option": {"text": "${a}", "digits_handle": "${a}"}},
            {"type": "play", "option": {"stream_urls": ["${a}"]}},
            {"type": "digits_receive", "option": {"key": "${a}"}},
            {"type": "digits_send", "option": {"digits": "${a}"}},
            {"type": "hangup", "option": {"reason": "${a}", "reference_id": "${a}"}},
            {"type": "mute", "option": {"direction": "${a}"}},
            {"type": "branch", "option": {"variable": "${a}", "target_ids": {"1": "${a}"}, "default_target_id": "${a}"}},
            {"type": "condition_variable", "option": {"condition": "${a}", "variable": "${a}", "value_type": "${a}", "false_target_id": "${a}"}},
            {"type": "condition_datetime", "option": {"condition": "${a}", "timezone": "${a}", "false_target_id": "${a}"}},
            {"type": "goto", "option": {"target_id": "${a}", "loop_count": 1}},
            {"type": "variable_set", "option": {"key": "${a}", "value": "${a}"}},
            {"type": "fetch_flow", "option": {"flow_id": "${a}"}},
            {"type": "connect", "option": {"source": {"type": "tel", "target": "${a}"}, "anonymous": "${a}",
             "destinations": [{"type": "${a}", "target": "${a}"}]}}]"#,
    );
}

#[test]
fn sizes() {
    let beeps = |count: usize| format!("[{}]", vec![r#"{"type": "beep"}"#; count].join(","));
    saved(&beeps(1_000));
    refused(&beeps(1_001), &[("actions", ProblemKind::Option)]);
    let talk = format!(r#"{{"type": "talk", "option": {{"text": "{}"}}}}"#, "x".repeat(4_900));
    saved(&format!("[{}]", vec![talk.as_str(); 50].join(",")));
    refused(&format!("[{}]", vec![talk.as_str(); 54].join(",")), &[("actions", ProblemKind::Option)]);
}

#[test]
fn missing_ids_are_made() {
    let actions =
        check_actions(&read_actions(r#"[{"type": "beep"}, {"id": "@a", "type": "beep"}]"#), "actions", || {
            Uuid::from_u128(99)
        });
    let ids: Vec<Uuid> = actions.unwrap().iter().map(|action| action.id).collect();
    assert_eq!(ids, [Uuid::from_u128(99), crate::script::named("a")]);
}
