//! Actions that steer the flow.

use crate::script::check;

/// The rest of a flow by which to see where it went.
const ROOMS: &str = r#"{"id": "@one", "type": "sleep", "option": {"duration": 1}},
    {"id": "@two", "type": "sleep", "option": {"duration": 2}},
    {"id": "@three", "type": "sleep", "option": {"duration": 3}}"#;

fn with_rooms(action: &str) -> String {
    format!("[{action}, {ROOMS}]")
}

#[test]
fn sleep_is_a_timer_in_every_kind_of_flow() {
    check(
        r#"[{"type": "sleep", "option": {"duration": 1500}}, {"type": "sleep", "option": {"duration": 0}}]"#,
        "> api
         started sleep
         > wait 1499ms
         > wait 1ms
         finished sleep done 1500ms
         started sleep
         finished sleep done
         ended finished",
    );
}

#[test]
fn branch_jumps_by_the_value_and_clears_it() {
    check(
        &with_rooms(
            r#"{"type": "branch", "option": {"variable": "choice", "target_ids": {"1": "@one", "2": "@two"}, "default_target_id": "@three"}}"#,
        ),
        "> api choice=2
         started branch
         set choice=
         finished branch done
         forwarded @two
         started sleep @two",
    );
}

#[test]
fn branch_takes_the_default_or_goes_on() {
    check(
        &with_rooms(r#"{"type": "branch", "option": {"target_ids": {"2": "@two"}, "default_target_id": "@three"}}"#),
        "> api
         started branch
         finished branch done
         forwarded @three
         started sleep @three",
    );
    check(
        &with_rooms(r#"{"type": "branch", "option": {"variable": "choice", "target_ids": {"2": "@two"}}}"#),
        "> api choice=9
         started branch
         set choice=
         finished branch done
         started sleep @one",
    );
}

#[test]
fn branch_to_nowhere_ends_the_activeflow() {
    let lost =
        with_rooms(r#"{"type": "branch", "option": {"target_ids": {"2": "@two"}, "default_target_id": "${where}"}}"#);
    check(
        &lost,
        "> api where=home
         started branch
         finished branch failed (default_target_id: expected a UUID)
         ended failed (default_target_id: expected a UUID)",
    );
    check(
        &lost,
        "> up where=10000000-0000-0000-0000-000000000000
         started branch
         finished branch failed (the target 10000000-0000-0000-0000-000000000000 is not here)
         call terminating
         ended failed (the target 10000000-0000-0000-0000-000000000000 is not here)
         ! hang up normal",
    );
}

fn condition(option: &str) -> String {
    with_rooms(&format!(r#"{{"type": "condition_variable", "option": {{{option}, "false_target_id": "@two"}}}}"#))
}

const TRUE: &str = "started condition_variable
    finished condition_variable done
    started sleep @one";
const FALSE: &str = "started condition_variable
    finished condition_variable done
    forwarded @two
    started sleep @two";

#[test]
fn condition_variable_compares() {
    let cases = [
        (r#""condition": "==", "variable": "${name}", "value_string": "Bob""#, TRUE),
        (r#""condition": "==", "variable": "name", "value_string": "Bob""#, TRUE),
        (r#""condition": "==", "variable": "nobody", "value_string": "nobody""#, TRUE),
        (r#""condition": "==", "variable": "${nobody}x", "value_string": "x""#, TRUE),
        (r#""condition": "!=", "variable": "${name}", "value_string": "Bob""#, FALSE),
        (r#""condition": "<", "variable": "${name}", "value_string": "Carl""#, TRUE),
        (r#""condition": ">=", "variable": "${n}", "value_type": "number", "value_number": 10"#, TRUE),
        (r#""condition": ">", "variable": "${n}", "value_type": "number", "value_number": 10"#, FALSE),
        // As text "9" is more than "10"; as a number it is less.
        (r#""condition": ">", "variable": "9", "value_type": "string", "value_string": "10""#, TRUE),
        (r#""condition": ">", "variable": "9", "value_type": "number", "value_number": 10"#, FALSE),
        // What is no number compares to nothing, whatever the condition.
        (r#""condition": "!=", "variable": "${name}", "value_type": "number", "value_number": 10"#, FALSE),
        (r#""condition": "==", "variable": "${name}", "value_type": "length", "value_length": 3"#, TRUE),
        (r#""condition": "<=", "variable": "${nobody}", "value_type": "length", "value_length": 0"#, TRUE),
        // One pass: the value of `twice` is the name of a variable, and stays a name.
        (r#""condition": "==", "variable": "${twice}", "value_string": "name""#, TRUE),
    ];
    for (option, way) in cases {
        check(&condition(option), &format!("> api name=Bob n=10 twice=name\n{way}"));
    }
}

#[test]
fn condition_variable_that_cannot_compare_ends_the_activeflow() {
    check(
        &condition(r#""condition": "${how}", "variable": "a""#),
        "> api how=like
         started condition_variable
         finished condition_variable failed (condition: expected one of \"==\", \"!=\", \">\", \">=\", \"<\", \"<=\")
         ended failed (condition: expected one of \"==\", \"!=\", \">\", \">=\", \"<\", \"<=\")",
    );
}

#[test]
fn condition_datetime_compares_what_is_given_as_one_value() {
    // It is Monday, 2026-01-05, 12:00 UTC.
    let cases = [
        (r#""condition": ">=", "hour": 8, "minute": 30"#, true),
        (r#""condition": ">=", "hour": 11, "minute": 30"#, true),
        (r#""condition": ">=", "hour": 12, "minute": 1"#, false),
        (r#""condition": "==", "hour": 12"#, true),
        (r#""condition": "!=", "hour": 12, "minute": -1"#, false),
        (r#""condition": "<", "month": 1, "day": 6"#, true),
        (r#""condition": ">", "month": 0, "day": 4, "hour": 23"#, true),
        (r#""condition": "==", "weekdays": [1, 2, 3, 4, 5]"#, true),
        (r#""condition": "==", "weekdays": [0, 6]"#, false),
        (r#""condition": "<=", "hour": 17, "weekdays": [0, 1]"#, true),
        (r#""condition": "==", "hour": 13, "timezone": "Europe/Berlin""#, true),
        (r#""condition": "==", "day": 6, "hour": 1, "timezone": "Pacific/Auckland""#, true),
        (r#""condition": "==", "hour": 21, "timezone": "${zone}""#, true),
    ];
    for (option, holds) in cases {
        let flow = with_rooms(&format!(
            r#"{{"type": "condition_datetime", "option": {{{option}, "false_target_id": "@two"}}}}"#
        ));
        let way = if holds { TRUE } else { FALSE }.replace("condition_variable", "condition_datetime");
        check(&flow, &format!("> api zone=Asia/Tokyo\n{way}"));
    }
}

#[test]
fn condition_datetime_in_no_zone_ends_the_activeflow() {
    check(
        r#"[{"id": "@a", "type": "condition_datetime",
             "option": {"condition": "==", "hour": 1, "timezone": "${zone}", "false_target_id": "@a"}}]"#,
        "> api zone=Mars/Olympus
         started condition_datetime @a
         finished condition_datetime @a failed (timezone: expected a name of the IANA time zone database, as Europe/Berlin)
         ended failed (timezone: expected a name of the IANA time zone database, as Europe/Berlin)",
    );
}

#[test]
fn goto_jumps_so_often_and_falls_through() {
    check(
        r#"[{"id": "@a", "type": "variable_set", "option": {"key": "k", "value": "v"}},
            {"type": "goto", "option": {"target_id": "@a", "loop_count": 2}}, {"type": "stop"}]"#,
        "> api
         started variable_set @a
         set k=v
         finished variable_set @a done
         started goto
         finished goto done
         forwarded @a
         started variable_set @a
         set k=v
         finished variable_set @a done
         started goto
         finished goto done
         forwarded @a
         started variable_set @a
         set k=v
         finished variable_set @a done
         started goto
         finished goto done
         started stop
         finished stop done
         ended finished",
    );
}

#[test]
fn goto_nowhere_ends_the_activeflow() {
    check(
        r#"[{"type": "goto", "option": {"target_id": "${there}", "loop_count": 1}}]"#,
        "> api
         started goto
         finished goto failed (target_id: is required: a UUID)
         ended failed (target_id: is required: a UUID)",
    );
}

#[test]
fn variable_set_writes_one_variable_that_is_not_the_systems() {
    check(
        r#"[{"type": "variable_set", "option": {"key": "${key}", "value": "${name} and ${name}"}},
            {"type": "variable_set", "option": {"key": "${system}", "value": "x"}},
            {"type": "variable_set", "option": {"key": "empty"}},
            {"type": "sleep", "option": {"duration": 1}}]"#,
        "> api key=both name=Bob system=voipbin.call.id
         started variable_set
         set both=Bob and Bob
         finished variable_set done
         started variable_set
         finished variable_set failed (key: voipbin.call.id: names that begin with voipbin. are reserved)
         started variable_set
         set empty=
         finished variable_set done
         started sleep",
    );
}

#[test]
fn a_value_that_is_too_long_fails_and_is_not_cut() {
    let kilobytes = "x".repeat(1_000);
    let text = "${a}".repeat(33);
    check(
        &format!(
            r#"[{{"type": "variable_set", "option": {{"key": "long", "value": "{text}"}}}},
                {{"type": "sleep", "option": {{"duration": 1}}}}]"#
        ),
        &format!(
            "> api a={kilobytes}
             started variable_set
             finished variable_set failed (value: expected at most 32768 characters)
             started sleep"
        ),
    );
}

#[test]
fn fetch_flow_runs_the_other_flow_inside() {
    check(
        r#"[{"type": "fetch_flow", "option": {"flow_id": "@other"}}, {"id": "@back", "type": "sleep", "option": {"duration": 1}}]"#,
        "> api
         started fetch_flow
         ! load @other
         > wait 3ms
         > loaded [{\"id\": \"@in\", \"type\": \"sleep\", \"option\": {\"duration\": 5}}]
         finished fetch_flow done 3ms
         started sleep @in
         > wait 5ms
         finished sleep @in done 5ms
         started sleep @back",
    );
}

#[test]
fn fetch_flow_of_nothing() {
    let flow =
        r#"[{"type": "fetch_flow", "option": {"flow_id": "@other"}}, {"type": "sleep", "option": {"duration": 1}}]"#;
    check(
        flow,
        "> api
         started fetch_flow
         ! load @other
         > loaded nothing
         finished fetch_flow failed (the flow does not exist)
         ended failed (the flow does not exist)",
    );
    check(
        flow,
        "> api
         started fetch_flow
         ! load @other
         > loaded []
         finished fetch_flow done
         started sleep",
    );
}

#[test]
fn block_waits_to_be_continued() {
    check(
        r#"[{"id": "@a", "type": "block"}, {"type": "sleep", "option": {"duration": 1}}]"#,
        "> api
         started block @a
         blocked
         > wait 1000h
         > continue @a
         continued
         finished block @a done 3600000000ms
         started sleep",
    );
}

#[test]
fn block_times_out() {
    check(
        r#"[{"id": "@a", "type": "block", "option": {"timeout_ms": 60000}}, {"type": "variable_set", "option": {"key": "how", "value": "${voipbin.action.outcome}"}}]"#,
        "> api
         started block @a
         blocked
         > wait 1m
         finished block @a timeout 60000ms
         started variable_set
         set how=timeout
         finished variable_set done
         ended finished",
    );
}

#[test]
fn stop_ends_the_activeflow_and_its_call() {
    check(
        r#"[{"type": "stop"}, {"type": "talk", "option": {"text": "never"}}]"#,
        "> up
         started stop
         finished stop done
         call terminating
         ended finished
         ! hang up normal",
    );
}

#[test]
fn variables_of_the_system() {
    check(
        r#"[{"type": "talk", "option": {"text": "${voipbin.activeflow.reference_type} ${voipbin.activeflow.complete_count} ${voipbin.call.direction} ${voipbin.call.status} ${voipbin.call.source.type}:${voipbin.call.source.target} ${voipbin.call.destination.target} ${voipbin.call.master_call_id}. ${ n } ${unclosed"}}]"#,
        "> up n=1
         started talk
         ! speak \"call 0 outgoing progressing tel:+15550000009 +15550000001 . 1 ${unclosed\"",
    );
}
