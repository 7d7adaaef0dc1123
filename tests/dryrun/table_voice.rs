//! The table: what speaks to the caller, listens to it, or changes how the call sounds.

use crate::play::check;

/// Plays a list of rows: the actions, the script, the trace.
#[track_caller]
fn rows(rows: &[(&str, &str, &str)]) {
    for (actions, script, trace) in rows {
        check(actions, script, trace);
    }
}

/// A row of one action on a call that was answered at once and that we hang up at the end.
#[track_caller]
fn on_call(rows: &[(&str, &str)]) {
    for (action, trace) in rows {
        let begins = "0.000 > answer\n0.000 call ringing\n0.000 call progressing\n";
        let ends = "0.000 stop done\n0.000 ended finished\n0.000 call hangup normal by us";
        check(&format!("[{action}, {{\"type\": \"stop\"}}]"), "answer", &format!("{begins}{trace}\n{ends}"));
    }
}

#[test]
pub fn without_a_call_they_are_skipped() {
    let id = r#""00000000-0000-0000-0000-0000000000aa""#;
    for (kind, option, shown) in [
        ("amd", "{}", ""),
        ("answer", "{}", ""),
        ("beep", "{}", ""),
        ("condition_call_digits", r#"{"length": 1, "false_target_id": "@a"}"#, ""),
        ("condition_call_status", r#"{"status": "hangup", "false_target_id": "@a"}"#, "\"hangup\""),
        ("confbridge_join", &format!(r#"{{"confbridge_id": {id}}}"#), ""),
        ("conference_join", &format!(r#"{{"conference_id": {id}}}"#), ""),
        ("connect", r#"{"destinations": [{"type": "tel", "target": "+15550000002"}]}"#, "\"+15550000002\""),
        ("digits_receive", "{}", ""),
        ("digits_send", r#"{"digits": "1"}"#, "\"1\""),
        ("echo", "{}", ""),
        ("hangup", "{}", ""),
        ("hold", "{}", ""),
        ("mute", "{}", ""),
        ("play", r#"{"stream_urls": ["https://a.example/1.wav"]}"#, "\"https://a.example/1.wav\""),
        ("recording_start", "{}", ""),
        ("recording_stop", "{}", ""),
        ("stream_echo", "{}", ""),
        ("talk", r#"{"text": "hello"}"#, "\"hello\""),
        // A value that would not do is not looked at.
        ("talk", r#"{"text": "${nothing}"}"#, ""),
        ("unhold", "{}", ""),
        ("unmute", "{}", ""),
    ] {
        check(
            &format!(r#"[{{"id": "@a", "type": "{kind}", "option": {option}}}, {{"type": "stop"}}]"#),
            "start api",
            &format!("0.000 {kind} {shown} skipped\n0.000 stop done\n0.000 ended finished"),
        );
    }
}

#[test]
pub fn what_waits_is_gone_with_the_call_and_skipped_by_a_stop() {
    for (kind, option, shown) in [
        ("amd", "{}", ""),
        ("beep", "{}", ""),
        ("block", "{}", ""),
        ("confbridge_join", r#"{"confbridge_id": "@room"}"#, ""),
        ("conference_join", r#"{"conference_id": "@room"}"#, ""),
        ("digits_receive", "{}", ""),
        ("digits_send", r#"{"digits": "1"}"#, "\"1\""),
        ("echo", "{}", ""),
        ("fetch", r#"{"event_url": "https://a.example/"}"#, "\"https://a.example/\""),
        ("play", r#"{"stream_urls": ["https://a.example/1.wav"]}"#, "\"https://a.example/1.wav\""),
        ("sleep", r#"{"duration": 500}"#, ""),
        ("stream_echo", "{}", ""),
        ("talk", r#"{"text": "hello"}"#, "\"hello\""),
        ("webhook_send", r#"{"uri": "https://a.example/", "sync": true}"#, "\"https://a.example/\""),
    ] {
        let asks = ["fetch", "webhook_send"].contains(&kind);
        let asked = if asks { "0.000 sent request https://a.example/ \"\"\n" } else { "" };
        for (does, outcome, ended) in [
            ("hangup", "gone", "0.100 call hangup normal by the remote party\n0.100 ended hangup"),
            ("stop", "skipped", "0.100 ended stopped\n0.100 call hangup normal by us"),
        ] {
            check(
                &format!(r#"[{{"type": "{kind}", "option": {option}}}, {{"type": "stop"}}]"#),
                &format!("answer\nwait 100ms\n{does}"),
                &format!(
                    "0.000 > answer
                     0.000 call ringing
                     0.000 call progressing
                     0.000 {kind} {shown} {outcome} 100 ms
                     {asked}0.000 > wait 100ms
                     0.100 > {does}
                     {ended}"
                ),
            );
        }
    }
}

#[test]
pub fn answer() {
    rows(&[
        (
            r#"[{"type": "answer"}, {"type": "beep"}]"#,
            "start incoming",
            "0.000 answer done
             0.000 call progressing
             0.000 beep done 300 ms
             0.300 ended finished
             0.300 call hangup normal by us",
        ),
        // A call that was never answered is not hung up but given up.
        (
            r#"[{"type": "sleep", "option": {"duration": 1000}}]"#,
            "start incoming\nwait 100ms\nhangup",
            "0.000 sleep gone 100 ms
             0.000 > wait 100ms
             0.100 > hangup
             0.100 call hangup cancel by the remote party
             0.100 ended hangup",
        ),
    ]);
    on_call(&[(r#"{"type": "answer"}"#, "0.000 answer done")]);
}

#[test]
pub fn hangup() {
    let up = "0.000 > answer\n0.000 call ringing\n0.000 call progressing\n";
    let ends = |reason: &str| format!("{up}0.000 hangup done\n0.000 ended finished\n0.000 call hangup {reason} by us");
    let after = r#", {"type": "beep"}]"#;
    check(&format!(r#"[{{"type": "hangup"}}{after}"#), "answer", &ends("normal"));
    for reason in ["normal", "busy", "noanswer", "cancel", "dialout", "timeout", "failed", "amd"] {
        let option = format!(r#"{{"type": "hangup", "option": {{"reason": "{reason}"}}}}"#);
        let told = ends(reason).replace("hangup done", &format!("hangup \"{reason}\" done"));
        check(&format!("[{option}{after}"), "answer", &told);
    }
    // What cannot be read or found is recorded, and the flow goes on.
    on_call(&[
        (
            r#"{"type": "hangup", "option": {"reason": "${why}no"}}"#,
            "0.000 hangup \"no\" failed: reason: expected one of \"normal\", \"busy\", \"noanswer\", \"cancel\", \"dialout\", \"timeout\", \"failed\", \"amd\"",
        ),
        (
            r#"{"type": "hangup", "option": {"reference_id": "00000000-0000-0000-0000-0000000000aa"}}"#,
            "0.000 hangup failed: the referenced call is not one of this activeflow",
        ),
        (
            r#"{"type": "hangup", "option": {"reference_id": "${voipbin.call.id}"}}"#,
            "0.000 hangup failed: the referenced call is not hung up",
        ),
    ]);
    // An incoming call that was never answered is turned away for the reason.
    check(
        r#"[{"type": "hangup", "option": {"reason": "busy"}}]"#,
        "start incoming",
        "0.000 hangup \"busy\" done\n0.000 ended finished\n0.000 call hangup busy by us",
    );
}

#[test]
pub fn talk() {
    rows(&[
        (
            r#"[{"type": "talk", "option": {"text": "hello ${n}"}}, {"type": "talk", "option": {"text": "${nothing}"}}]"#,
            "start incoming\nset n \"Ada\"",
            "0.000 talk \"hello Ada\" done 540 ms
             0.000 call progressing
             0.540 talk failed: text: is required: 1 to 5000 characters
             0.540 ended finished
             0.540 call hangup normal by us",
        ),
        // The first key cuts it off and counts for what comes next; one that is there already keeps it from beginning.
        (
            r#"[{"type": "talk", "option": {"text": "0123456789", "digits_handle": "next"}},
                {"type": "talk", "option": {"text": "0123456789", "digits_handle": "next"}}, {"type": "digits_receive"}]"#,
            "start incoming\nwait 100ms\ndigits \"1\"",
            "0.000 talk \"0123456789\" done 200 ms
             0.000 call progressing
             0.000 > wait 100ms
             0.100 > digits \"1\"
             0.200 talk \"0123456789\" done
             0.200 digits_receive done voipbin.call.digits=\"1\"
             0.200 ended finished
             0.200 call hangup normal by us",
        ),
        // Without it keys do not disturb.
        (
            r#"[{"type": "talk", "option": {"text": "0123456789"}}]"#,
            "start incoming\nwait 100ms\ndigits \"1\"",
            "0.000 talk \"0123456789\" done 600 ms
             0.000 call progressing
             0.000 > wait 100ms
             0.100 > digits \"1\"
             0.600 ended finished
             0.600 call hangup normal by us",
        ),
        (
            r#"[{"type": "talk", "option": {"text": "hello", "async": true}}, {"type": "sleep", "option": {"duration": 100}}]"#,
            "start incoming",
            "0.000 talk \"hello\" done
             0.000 sleep done 100 ms
             0.000 call progressing
             0.100 ended finished
             0.100 call hangup normal by us",
        ),
    ]);
}

#[test]
pub fn play() {
    rows(&[
        (
            r#"[{"type": "play", "option": {"stream_urls": ["https://a.example/1.wav", "http://a.example/longer.mp3"]}}]"#,
            "start incoming",
            "0.000 play \"http://a.example/longer.mp3\" done 4000 ms
             0.000 call progressing
             4.000 ended finished
             4.000 call hangup normal by us",
        ),
        (
            r#"[{"type": "play", "option": {"stream_urls": ["https://a.example/1.wav", "${nothing}"]}}]"#,
            "start incoming",
            "0.000 play \"https://a.example/1.wav\" failed: stream_urls[1]: expected an http or https address of at most 2048 characters
             0.000 ended finished
             0.000 call hangup cancel by us",
        ),
    ]);
}

#[test]
pub fn echo_and_stream_echo() {
    for kind in ["echo", "stream_echo"] {
        check(
            &format!(r#"[{{"type": "{kind}", "option": {{"duration": 1500}}}}]"#),
            "start incoming",
            &format!(
                "0.000 {kind} done 1500 ms
                 0.000 call progressing
                 1.500 ended finished
                 1.500 call hangup normal by us"
            ),
        );
        check(
            &format!(r#"[{{"type": "{kind}"}}]"#),
            "start incoming",
            &format!(
                "0.000 {kind} done 180000 ms
                 0.000 call progressing
                 180.000 ended finished
                 180.000 call hangup normal by us"
            ),
        );
    }
}

#[test]
pub fn digits_receive() {
    let flow = |option: &str| format!(r#"[{{"type": "digits_receive", "option": {option}}}]"#);
    let ended = |option: &str, keys: &str, said: &str, ms: i64| {
        let s = ms as f64 / 1_000.0;
        check(
            &flow(option),
            &format!("start incoming\ndigits \"{keys}\""),
            &format!(
                "0.000 digits_receive {said}\n0.000 call progressing\n0.000 > digits \"{keys}\"\n{s:.3} ended finished\n{s:.3} call hangup normal by us"
            ),
        )
    };
    // By default one digit ends it.
    ended("{}", "7", r#"done 100 ms voipbin.call.digits="7""#, 100);
    ended(r#"{"length": 3}"#, "123", r#"done 300 ms voipbin.call.digits="123""#, 300);
    // A key that ends it stays in the result.
    ended(r##"{"length": 0, "key": "#*"}"##, "12*", r##""#*" done 300 ms voipbin.call.digits="12*""##, 300);
    // What came before the time was up stands.
    ended(r#"{"length": 3, "duration": 1000}"#, "12", r#"timeout 1000 ms voipbin.call.digits="12""#, 1_000);
    check(
        &flow("{}"),
        "start incoming",
        "0.000 digits_receive timeout 5000 ms voipbin.call.digits=\"\"
         0.000 call progressing
         5.000 ended finished
         5.000 call hangup normal by us",
    );
    on_call(&[(
        r#"{"type": "digits_receive", "option": {"key": "${voipbin.call.direction}"}}"#,
        "0.000 digits_receive \"outgoing\" failed: key: expected 0 to 16 keys of 0-9A-D*#",
    )]);
}

#[test]
pub fn digits_send() {
    rows(&[(
        r#"[{"type": "digits_send", "option": {"digits": "${pin}#"}},
            {"type": "digits_send", "option": {"digits": "1", "duration": 100, "interval": 0}}]"#,
        "start incoming\nset pin \"12\"",
        "0.000 digits_send \"12#\" done 1050 ms
         0.000 call progressing
         1.050 digits_send \"1\" done 100 ms
         1.150 ended finished
         1.150 call hangup normal by us",
    )]);
    on_call(&[
        (
            r#"{"type": "digits_send", "option": {"digits": "${nothing}"}}"#,
            "0.000 digits_send failed: digits: expected 1 to 100 keys of 0-9A-D*#",
        ),
        (
            r#"{"type": "digits_send", "option": {"digits": "x${nothing}"}}"#,
            "0.000 digits_send \"x\" failed: digits: expected 1 to 100 keys of 0-9A-D*#",
        ),
    ]);
}

#[test]
pub fn mute_and_hold() {
    on_call(&[
        (r#"{"type": "mute"}"#, "0.000 mute done\n0.000 call muted"),
        // What is so already is not told again.
        (
            r#"{"type": "mute", "option": {"direction": "in"}}, {"type": "mute", "option": {"direction": "in"}}"#,
            "0.000 mute \"in\" done\n0.000 call muted\n0.000 mute \"in\" done",
        ),
        (
            r#"{"type": "mute"}, {"type": "unmute"}"#,
            "0.000 mute done\n0.000 call muted\n0.000 unmute done\n0.000 call unmuted",
        ),
        (r#"{"type": "unmute"}"#, "0.000 unmute done"),
        (
            r#"{"type": "mute", "option": {"direction": "${a}up"}}, {"type": "unmute", "option": {"direction": "${a}up"}}"#,
            "0.000 mute \"up\" failed: direction: expected one of \"both\", \"in\", \"out\"
             0.000 unmute \"up\" failed: direction: expected one of \"both\", \"in\", \"out\"",
        ),
        (r#"{"type": "hold"}, {"type": "hold"}"#, "0.000 hold done\n0.000 call held\n0.000 hold done"),
        (
            r#"{"type": "hold"}, {"type": "unhold"}, {"type": "unhold"}"#,
            "0.000 hold done\n0.000 call held\n0.000 unhold done\n0.000 call unheld\n0.000 unhold done",
        ),
    ]);
    // On hold the far end hears something, so the call is answered; a mute is silent.
    rows(&[(
        r#"[{"type": "mute"}, {"type": "hold"}, {"type": "sleep", "option": {"duration": 100}}]"#,
        "start incoming",
        "0.000 mute done
         0.000 call muted
         0.000 hold done
         0.000 call held
         0.000 sleep done 100 ms
         0.000 call progressing
         0.100 ended finished
         0.100 call hangup normal by us",
    )]);
}

#[test]
pub fn recording() {
    let set = r#"voipbin.recording.format="wav" voipbin.recording.id="…" voipbin.recording.reference_id="…""#;
    let flow = |option: &str, then: &str| {
        format!(
            r#"[{{"type": "recording_start", "option": {option}}}, {then} {{"type": "sleep", "option": {{"duration": 9000}}}}]"#
        )
    };
    let begins = |option: &str| {
        format!(
            "0.000 recording_start {option} done {set}\n0.000 call recording started\n0.000 sleep done 9000 ms\n0.000 call progressing\n"
        )
    };
    let over = "9.000 ended finished\n9.000 call hangup normal by us";
    let finished =
        |s: &str| format!("{s} sent recording \"{} s\"\n{s} call recording finished\n", s.trim_end_matches(['0', '.']));
    // It ends by itself: after its time, in silence, by a key.
    check(&flow(r#"{"duration": 2}"#, ""), "start incoming", &format!("{}{}{over}", begins(""), finished("2.000")));
    check(
        &flow(r#"{"end_of_silence": 2}"#, ""),
        "start incoming\nwait 1s\nspeak 3s",
        &format!("{}0.000 > wait 1s\n1.000 > speak 3s\n{}{over}", begins(""), finished("6.000")),
    );
    check(
        &flow(r##"{"end_of_key": "#"}"##, ""),
        "start incoming\nwait 800ms\ndigits \"1#\"",
        &format!("{}0.000 > wait 800ms\n0.800 > digits \"1#\"\n{}{over}", begins("\"#\""), finished("1.000")),
    );
    // A recording that runs does not let another one begin.
    check(
        &flow("{}", r#"{"type": "recording_start"}, {"type": "recording_stop"}, {"type": "recording_stop"},"#),
        "answer",
        &format!(
            "0.000 > answer
             0.000 call ringing
             0.000 call progressing
             0.000 recording_start done {set}
             0.000 call recording started
             0.000 recording_start failed: this call is already being recorded
             0.000 recording_stop done
             0.000 recording_stop done
             0.000 sleep done 9000 ms
             0.000 sent recording \"0 s\"
             0.000 call recording finished
             {over}"
        ),
    );
    // It ends with its call, and then its flow runs.
    check(
        r#"[{"type": "recording_start", "option": {"on_end_flow_id": "@other"}}, {"type": "beep"}]"#,
        "answer",
        &format!(
            "0.000 1 > answer
             0.000 1 call ringing
             0.000 1 call progressing
             0.000 1 recording_start done {set}
             0.000 1 call recording started
             0.000 1 beep done 300 ms
             0.300 1 ended finished
             0.300 1 sent recording \"0.3 s\"
             0.300 1 call recording finished
             0.300 1 call hangup normal by us
             0.300 2 started after activeflow 1
             0.300 2 variable_set \"other\" done other=\"1\"
             0.300 2 ended finished"
        ),
    );
    on_call(&[(
        r#"{"type": "recording_start", "option": {"end_of_key": "${a}7"}}"#,
        "0.000 recording_start \"7\" failed: end_of_key: expected one of \"\", \"none\", \"any\", \"*\", \"#\"",
    )]);
}

#[test]
pub fn amd() {
    let flow = |option: &str| {
        format!(r#"[{{"type": "amd", "option": {option}}}, {{"type": "sleep", "option": {{"duration": 1000}}}}]"#)
    };
    let heard = |who: &str| format!("start incoming\nwait 100ms\n{who}");
    let goes_on = |who: &str| {
        format!(
            "0.000 amd done 100 ms voipbin.amd.result=\"{who}\"
             0.000 call progressing
             0.000 > wait 100ms
             0.100 > {who}
             0.100 sleep done 1000 ms
             1.100 ended finished
             1.100 call hangup normal by us"
        )
    };
    check(&flow("{}"), &heard("human"), &goes_on("human"));
    check(&flow("{}"), &heard("machine"), &goes_on("machine"));
    check(
        &flow(r#"{"machine_handle": "hangup"}"#),
        &heard("machine"),
        "0.000 amd \"hangup\" done 100 ms voipbin.amd.result=\"machine\"
         0.000 call progressing
         0.000 > wait 100ms
         0.100 > machine
         0.100 ended finished
         0.100 call hangup amd by us",
    );
    check(
        &flow("{}"),
        "start incoming",
        "0.000 amd timeout 30000 ms voipbin.amd.result=\"\"
         0.000 call progressing
         30.000 sleep done 1000 ms
         31.000 ended finished
         31.000 call hangup normal by us",
    );
    // Meanwhile the flow goes on, and a machine ends it wherever it is.
    check(
        &flow(r#"{"async": true, "machine_handle": "hangup"}"#),
        &heard("machine"),
        "0.000 amd \"hangup\" done
         0.000 sleep skipped 100 ms voipbin.amd.result=\"machine\"
         0.000 call progressing
         0.000 > wait 100ms
         0.100 > machine
         0.100 ended finished
         0.100 call hangup amd by us",
    );
    on_call(&[(
        r#"{"type": "amd", "option": {"machine_handle": "${a}talk"}}"#,
        "0.000 amd \"talk\" failed: machine_handle: expected one of \"continue\", \"hangup\"",
    )]);
}
