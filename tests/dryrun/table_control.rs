//! The table: what steers the flow.

use crate::play::check;

/// Rows of one flow: the variables or the clock that it begins with, and the trace, which ends as it is told.
#[track_caller]
fn rows(actions: &str, rows: &[(&str, &str)]) {
    for (begins, trace) in rows {
        let trace: Vec<String> = trace.lines().map(|line| format!("0.000 {}", line.trim())).collect();
        check(actions, &format!("start api\n{begins}"), &trace.join("\n"));
    }
}

/// Where the steering leads: to `no`, `yes`, or past both.
fn fork(action: &str) -> String {
    format!(r#"[{action}, {{"type": "stop"}}, {{"id": "@no", "type": "variable_set", "option": {{"key": "k"}}}}]"#)
}

const HOLDS: &str = "stop done\nended finished";
const FAILS: &str = "-> @no\nvariable_set \"k\" done k=\"\"\nended finished";

#[test]
pub fn branch() {
    let flow = r#"[{"type": "branch", "option": {"variable": "v", "target_ids": {"1": "@one", "2": "${two}"}DEFAULT}}, {"type": "stop"},
        {"id": "@one", "type": "variable_set", "option": {"key": "one", "value": "${v}"}}]"#;
    rows(
        &flow.replace("DEFAULT", ""),
        &[
            // The value is cleared before anyone can act on it again.
            (
                "set v \"1\"\nset two \"@one\"",
                "branch \"v\" done -> @one v=\"\"\nvariable_set \"one\" done one=\"\"\nended finished",
            ),
            ("set two \"@one\"", "branch \"v\" done\nstop done\nended finished"),
            ("set v \"3\"\nset two \"@one\"", "branch \"v\" done v=\"\"\nstop done\nended finished"),
            // What is filled in is checked as a whole.
            (
                "set v \"1\"",
                "branch \"v\" failed: target_ids.2: expected a UUID\nended failed: target_ids.2: expected a UUID",
            ),
            // A target that is not there is no branch without a match.
            (
                "set v \"2\"\nset two \"00000000-0000-0000-0000-0000000000aa\"",
                "branch \"v\" failed: the target 00000000-0000-0000-0000-0000000000aa is not here v=\"\"
                 ended failed: the target 00000000-0000-0000-0000-0000000000aa is not here",
            ),
        ],
    );
    rows(
        &flow.replace("DEFAULT", r#", "default_target_id": "@one""#),
        &[(
            "set v \"3\"\nset two \"@one\"",
            "branch \"v\" done -> @one v=\"\"\nvariable_set \"one\" done one=\"\"\nended finished",
        )],
    );
    rows(
        &flow.replace("\"v\"", "\"${v}\"").replace("DEFAULT", ""),
        &[(
            "set v \"w\"\nset w \"1\"\nset two \"@one\"",
            "branch \"w\" done -> @one w=\"\"\nvariable_set \"one\" done one=\"w\"\nended finished",
        )],
    );
    // By default it is what the caller has pressed.
    check(
        r#"[{"type": "digits_receive"}, {"type": "branch", "option": {"target_ids": {"1": "00000000-0000-0000-0000-000000000002"}}},
            {"type": "beep"}]"#,
        "start incoming\ndigits \"1\"",
        "0.000 digits_receive done 100 ms voipbin.call.digits=\"1\"
         0.000 call progressing
         0.000 > digits \"1\"
         0.100 branch done -> … voipbin.call.digits=\"\"
         0.100 ended finished
         0.100 call hangup normal by us",
    );
}

#[test]
pub fn condition_variable() {
    let flow = |condition: &str, variable: &str, value: &str| {
        fork(&format!(
            r#"{{"type": "condition_variable", "option": {{"condition": "{condition}", "variable": "{variable}", {value}, "false_target_id": "@no"}}}}"#
        ))
    };
    let string = |text: &str| format!(r#""value_string": "{text}""#);
    let number = |number: &str| format!(r#""value_type": "number", "value_number": {number}"#);
    let length = |length: usize| format!(r#""value_type": "length", "value_length": {length}"#);
    for (condition, variable, value, holds) in [
        ("==", "abc", string("abc"), true),
        ("==", "abc", string("abd"), false),
        ("!=", "abc", string("abd"), true),
        ("<", "abc", string("abd"), true),
        (">=", "abc", string("abd"), false),
        // Numbers are numbers only where it is told so.
        ("<", "10", string("9"), true),
        ("<", "10", number("9"), false),
        (">", "10", number("9.5"), true),
        ("<=", "-1", number("-1"), true),
        ("==", "ten", number("10"), false),
        ("!=", "ten", number("10"), false),
        ("==", "äöü", length(3), true),
        (">", "", length(0), false),
    ] {
        let begins = format!("set v \"{variable}\"");
        for variable in ["v", "${v}"] {
            let json = flow(condition, variable, &value);
            let script = format!("start api\n{begins}");
            let told = ringdown::simulation::show(&crate::play::play(&json, &script));
            assert_eq!(told.contains("stop done"), holds, "{json}\n{told}");
        }
    }
    rows(
        &flow("==", "${v}", &string("1")),
        &[
            ("set v \"1\"", &format!("condition_variable \"==\" done\n{HOLDS}")),
            ("set v \"2\"", &format!("condition_variable \"==\" done {FAILS}")),
        ],
    );
    rows(
        &flow("${c}", "v", &string("1")),
        &[(
            "set c \"~\"",
            "condition_variable \"~\" failed: condition: expected one of \"==\", \"!=\", \">\", \">=\", \"<\", \"<=\"
             ended failed: condition: expected one of \"==\", \"!=\", \">\", \">=\", \"<\", \"<=\"",
        )],
    );
}

#[test]
pub fn condition_datetime() {
    let flow = |option: &str| {
        fork(&format!(r#"{{"type": "condition_datetime", "option": {{{option}, "false_target_id": "@no"}}}}"#))
    };
    // A Monday.
    for (option, clock, holds) in [
        (r#""condition": ">=", "hour": 8, "minute": 30"#, "2026-01-05 09:10:00", true),
        (r#""condition": ">=", "hour": 8, "minute": 30"#, "2026-01-05 08:10:00", false),
        (r#""condition": "<", "month": 1, "day": 6, "hour": 0"#, "2026-01-05 23:59:59", true),
        (r#""condition": "<", "month": 1, "day": 6, "hour": 0"#, "2026-02-01 00:00:00", false),
        // 0 is any month and any day, -1 anything.
        (r#""condition": "==", "month": 0, "day": 0, "hour": -1, "minute": 10"#, "2026-03-05 09:10:59", true),
        (r#""condition": "==", "weekdays": [1, 2]"#, "2026-01-05 09:10:00", true),
        (r#""condition": "==", "weekdays": [0, 6]"#, "2026-01-05 09:10:00", false),
        (r#""condition": "==", "hour": 9, "timezone": "Europe/Berlin""#, "2026-01-05 08:10:00", true),
        (r#""condition": "==", "weekdays": [2], "timezone": "Asia/Tokyo""#, "2026-01-05 16:00:00", true),
    ] {
        let script = format!("start api\nclock {clock}");
        let told = ringdown::simulation::show(&crate::play::play(&flow(option), &script));
        assert_eq!(told.contains("stop done"), holds, "{option} at {clock}\n{told}");
    }
    rows(
        &flow(r#""condition": "==", "hour": 12, "timezone": "${zone}""#),
        &[
            ("", &format!("condition_datetime \"==\" done\n{HOLDS}")),
            ("clock 2026-01-05 11:00:00", &format!("condition_datetime \"==\" done {FAILS}")),
            (
                "set zone \"Mars\"",
                "condition_datetime \"Mars\" failed: timezone: expected a name of the IANA time zone database, as Europe/Berlin
                 ended failed: timezone: expected a name of the IANA time zone database, as Europe/Berlin",
            ),
        ],
    );
}

#[test]
pub fn condition_call() {
    let up = "0.000 > answer\n0.000 call ringing\n0.000 call progressing\n";
    let no = "0.000 variable_set \"k\" done k=\"\"\n";
    let ended = "0.000 ended finished\n0.000 call hangup normal by us";
    let failed = |shown: &str, why: &str| {
        format!("{up}0.000 {shown} failed: {why}\n0.000 ended failed: {why}\n0.000 call hangup normal by us")
    };
    let status = |status: &str| {
        fork(&format!(
            r#"{{"type": "condition_call_status", "option": {{"status": "{status}", "false_target_id": "@no"}}}}"#
        ))
    };
    check(
        &status("progressing"),
        "answer",
        &format!("{up}0.000 condition_call_status \"progressing\" done\n0.000 stop done\n{ended}"),
    );
    check(
        &status("ringing"),
        "answer",
        &format!("{up}0.000 condition_call_status \"ringing\" done -> @no\n{no}{ended}"),
    );
    check(
        &status("${s}gone"),
        "answer",
        &failed(
            "condition_call_status \"gone\"",
            "status: expected one of \"dialing\", \"ringing\", \"progressing\", \"terminating\", \"canceling\", \"hangup\"",
        ),
    );
    let digits = |option: &str| {
        let condition = format!(
            r#"{{"type": "sleep", "option": {{"duration": 1000}}}}, {{"type": "condition_call_digits", "option": {{{option}, "false_target_id": "@no"}}}}"#
        );
        fork(&condition)
    };
    for (option, shown, holds) in [
        (r#""length": 2"#, "", true),
        (r#""length": 3"#, "", false),
        (r##""key": "#*""##, "\"#*\"", true),
        (r#""key": "3""#, "\"3\"", false),
        (r#""length": 3, "key": "1""#, "\"1\"", true),
    ] {
        let then = if holds { "1.000 stop done\n" } else { "1.000 variable_set \"k\" done k=\"\"\n" };
        let to = if holds { "" } else { "-> @no" };
        check(
            &digits(option),
            "answer\nwait 100ms\ndigits \"1#\"",
            &format!(
                "{up}0.000 sleep done 1000 ms
                 0.000 > wait 100ms
                 0.100 > digits \"1#\"
                 1.000 condition_call_digits {shown} done {to}
                 {then}1.000 ended finished
                 1.000 call hangup normal by us"
            ),
        );
    }
    let flow =
        fork(r#"{"type": "condition_call_digits", "option": {"key": "${k}x", "length": 1, "false_target_id": "@no"}}"#);
    check(&flow, "answer", &failed("condition_call_digits \"x\"", "key: expected 1 to 16 keys of 0-9A-D*#"));
}

#[test]
pub fn goto() {
    rows(
        r#"[{"id": "@a", "type": "variable_set", "option": {"key": "n", "value": "${n}x"}},
            {"type": "goto", "option": {"target_id": "@a", "loop_count": 2}}]"#,
        &[(
            "",
            "variable_set \"n\" done n=\"x\"
             goto done -> @a
             variable_set \"xx\" done n=\"xx\"
             goto done -> @a
             variable_set \"xxx\" done n=\"xxx\"
             goto done
             ended finished",
        )],
    );
    rows(
        r#"[{"type": "goto", "option": {"target_id": "${there}", "loop_count": 1}}, {"type": "stop"}]"#,
        &[
            ("", "goto failed: target_id: is required: a UUID\nended failed: target_id: is required: a UUID"),
            (
                "set there \"00000000-0000-0000-0000-0000000000aa\"",
                "goto failed: the target 00000000-0000-0000-0000-0000000000aa is not here
                 ended failed: the target 00000000-0000-0000-0000-0000000000aa is not here",
            ),
        ],
    );
}

#[test]
pub fn variable_set() {
    let flow = r#"[{"type": "variable_set", "option": {"key": "${k}", "value": "${v} ${nothing}"}}, {"type": "stop"}]"#;
    rows(
        flow,
        &[
            // One pass: what a value holds is not looked at again.
            (
                "set k \"name\"\nset v \"${k}\"",
                "variable_set \"${k} \" done name=\"${k} \"\nstop done\nended finished",
            ),
            ("", "variable_set \" \" failed: key: is required: 1 to 256 characters\nstop done\nended finished"),
            (
                "set k \"voipbin.call.id\"",
                "variable_set \"voipbin.call.id\" failed: key: voipbin.call.id: names that begin with voipbin. are reserved
                 stop done
                 ended finished",
            ),
        ],
    );
    // Its value may be 32 KiB; one that grows beyond that fails, and stands as it was.
    let grows = r#"[{"type": "variable_set", "option": {"key": "k", "value": "X"}}, {"type": "variable_set", "option": {"key": "k", "value": "${k}${k}"}}]"#;
    let trace = crate::play::play(
        &grows.replace('X', &"x".repeat(20_000)),
        "start api\nexpect variable_set done\nexpect variable_set failed \"value: expected at most\"",
    );
    assert!(trace.passed(), "{:?}", trace.failures);
    assert_eq!(trace.runs[0].variables.get("k").map(str::len), Some(20_000));
}

#[test]
pub fn sleep_and_block() {
    check(
        r#"[{"type": "sleep", "option": {"duration": 0}}, {"type": "sleep", "option": {"duration": 86400000}}]"#,
        "start api",
        "0.000 sleep done
         0.000 sleep done 86400000 ms
         86400.000 ended finished",
    );
    check(
        r#"[{"type": "block", "option": {"timeout_ms": 5000}}, {"type": "block", "option": {"timeout_ms": 5000}}, {"type": "block"}]"#,
        "start api\nwait 1s\ncontinue\nwait 9s\ncontinue",
        "0.000 block done 1000 ms
         0.000 > wait 1s
         1.000 > continue
         1.000 block timeout 5000 ms
         1.000 > wait 9s
         6.000 block done 4000 ms
         10.000 > continue
         10.000 ended finished",
    );
}

#[test]
pub fn stop() {
    rows(r#"[{"type": "stop"}, {"type": "stop"}]"#, &[("", "stop done\nended finished")]);
    check(
        r#"[{"type": "stop"}, {"type": "beep"}]"#,
        "start incoming",
        "0.000 stop done\n0.000 ended finished\n0.000 call hangup cancel by us",
    );
}

#[test]
pub fn fetch_flow() {
    rows(
        r#"[{"type": "fetch_flow", "option": {"flow_id": "${flow}"}}, {"type": "stop"}]"#,
        &[
            (
                "set flow \"@other\"",
                "fetch_flow done\nvariable_set \"other\" done other=\"1\"\nstop done\nended finished",
            ),
            (
                "set flow \"@nobody\"",
                "fetch_flow failed: the flow does not exist\nended failed: the flow does not exist",
            ),
            ("", "fetch_flow failed: flow_id: is required: a UUID\nended failed: flow_id: is required: a UUID"),
        ],
    );
}
