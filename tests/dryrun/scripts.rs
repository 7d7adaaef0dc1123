//! Scripts: what can be written, when a line happens, and what is told of what did not hold.

use crate::play::{check, failures, play};
use ringdown::simulation::Script;

const MENU: &str = r#"[{"id": "@t", "type": "talk", "option": {"text": "0123456789"}}, {"type": "digits_receive"},
    {"type": "branch", "option": {"target_ids": {"1": "@a"}, "default_target_id": "@t"}},
    {"id": "@a", "type": "talk", "option": {"text": "one"}}]"#;

#[track_caller]
fn unreadable(script: &str, wanted: &str) {
    let told = Script::read(script).unwrap_err().to_string();
    assert_eq!(told, wanted);
}

#[test]
fn what_cannot_be_read_names_its_line() {
    unreadable("answer\n\n  # nothing\ndance", &format!("line 4: expected {HAPPENS}, found `dance`"));
    unreadable(
        "digits 12#",
        "line 1: expected `digits \"…\"` with 1 to 64 of 0-9, A-D, * and # in quotes, found `digits 12#`",
    );
    unreadable(
        "digits \"1x\"",
        "line 1: expected `digits \"…\"` with 1 to 64 of 0-9, A-D, * and # in quotes, found `digits \"1x\"`",
    );
    unreadable(
        "wait 5",
        "line 1: expected a time of at most a year, such as `200ms`, `5s`, `2m`, `8h` or `1d`, found `wait 5`",
    );
    unreadable(
        "wait 366d",
        "line 1: expected a time of at most a year, such as `200ms`, `5s`, `2m`, `8h` or `1d`, found `wait 366d`",
    );
    unreadable("expect talk \"Hi", "line 1: expected a closing quote, found `expect talk \"Hi`");
    unreadable("leg 0 answer", "line 1: expected `leg` and its number, from 1, found `leg 0 answer`");
    unreadable("leg 1 stop", "line 1: expected an action of a remote party, found `leg 1 stop`");
    unreadable("answer\nstart incoming", &format!("line 2: expected {HAPPENS}, found `start incoming`"));
    unreadable("start sms", "line 1: expected the text of the message in quotes, found `start sms`");
    unreadable("from +12", "line 1: expected a number in E.164: + and 7 to 15 digits, found `from +12`");
    unreadable(
        "push [{\"type\": \"talk\"}]",
        "line 1: expected at most 1000 actions that can run (actions[0].option.text: is required: 1 to 5000 characters), found `push [{\"type\": \"talk\"}]`",
    );
    unreadable(
        "http 99",
        "line 1: expected `http 200 {…}` with a status of 100 to 599, or `http fails \"why\"`, found `http 99`",
    );
    unreadable(
        "expect sent letter",
        "line 1: expected `message`, `webhook`, `request`, `mail` or `recording`, found `expect sent letter`",
    );
    unreadable(
        "expect ended well",
        "line 1: expected `finished`, `stopped`, `hangup`, `failed` or `limit`, found `expect ended well`",
    );
    assert!(
        Script::read(&"answer\n".repeat(1_001))
            .unwrap_err()
            .to_string()
            .starts_with("line 1001: expected at most 1000 lines")
    );
    assert!(
        Script::read(&"x".repeat(5_000)).unwrap_err().to_string().starts_with("line 1: expected at most 4096 bytes")
    );
}

const HAPPENS: &str = "`ring`, `answer`, `busy`, `reject`, `no_answer`, `early_media`, `digits \"1\"`, `speak 2s`, `human`, `machine`, \
     `leave`, `hangup`, `http`, `continue`, `stop`, `set`, `push`, `wait 5s`, `wait_prompt` or `expect`";

#[test]
fn a_line_happens_when_the_flow_waits_and_right_after_a_wait_at_once() {
    check(
        MENU,
        "answer
         digits \"1\"
         wait 100ms
         hangup",
        "0.000 > answer
         0.000 call ringing
         0.000 call progressing
         0.000 talk \"0123456789\" done 600 ms
         0.600 digits_receive done 100 ms voipbin.call.digits=\"1\"
         0.600 > digits \"1\"
         0.700 branch done -> @a voipbin.call.digits=\"\"
         0.700 talk \"one\" gone 100 ms
         0.700 > wait 100ms
         0.800 > hangup
         0.800 call hangup normal by the remote party
         0.800 ended hangup",
    );
}

#[test]
fn what_is_expected_is_waited_for() {
    let trace = play(
        MENU,
        "answer
         expect digits_receive timeout
         expect talk \"0123\"
         digits \"1\"
         expect talk \"one\" done
         expect variable voipbin.call.digits \"\"
         expect not talk \"two\"
         expect call progressing
         expect call hangup normal
         expect ended finished",
    );
    assert_eq!(failures(&trace), [""; 0]);
    let trace = play(MENU, &format!("answer\n{}", "expect connect\n".repeat(900)));
    assert_eq!(trace.failures.len(), 900, "each is told, however long one could look for it");
}

#[test]
fn what_does_not_hold_is_told_and_changes_nothing() {
    let trace = play(
        MENU,
        "answer
         expect connect
         expect talk \"two\"
         expect variable a \"1\"
         expect variable voipbin.call.status \"ringing\"
         expect run 2 talk
         expect sent message
         expect leg 1 progressing
         expect not talk
         leg 1 answer
         run 3 answer
         http 200
         human
         leave
         continue
         answer
         expect digits_receive timeout
         digits \"1\"
         expect ended stopped",
    );
    assert_eq!(
        failures(&trace),
        [
            "2: found talk \"0123456789\" done, digits_receive timeout, branch done, talk \"0123456789\" done, digits_receive timeout, …",
            "3: found talk \"0123456789\" done, digits_receive timeout, branch done, talk \"0123456789\" done, digits_receive timeout, …",
            "4: it was never set",
            "5: at the end it was \"progressing\"",
            "6: activeflow 2 never began",
            "7: found nothing of this kind",
            "8: found call ringing, call progressing",
            "9: it ran",
            "10: leg 1 is not dialled",
            "11: there is no activeflow 3 yet",
            "12: no request waits for an answer",
            "13: no detection by `amd` is running",
            "14: the call is in no room",
            "15: the activeflow is not at a `block` action",
            "16: the call is answered already",
            "19: it ended finished",
        ]
    );
}

#[test]
fn people_steer_from_outside() {
    check(
        r#"[{"type": "block"}, {"type": "sleep", "option": {"duration": 60000}}, {"type": "block"}]"#,
        "start api
         set a \"1\"
         wait 1s
         set b \"${a}\"
         continue
         wait 1s
         push interrupt [{\"type\": \"variable_set\", \"option\": {\"key\": \"c\", \"value\": \"${b}\"}}]
         wait 1s
         stop",
        "0.000 block done 1000 ms b=\"${a}\"
         0.000 > wait 1s
         1.000 > set b \"${a}\"
         1.000 > continue
         1.000 sleep skipped 1000 ms
         1.000 > wait 1s
         2.000 > push interrupt [{\"type\": \"variable_set\", \"option\": {\"key\": \"c\", \"value\": \"${b}\"}}]
         2.000 pushed 1
         2.000 variable_set \"${a}\" done c=\"${a}\"
         2.000 block skipped 1000 ms
         2.000 > wait 1s
         3.000 > stop
         3.000 ended stopped",
    );
}
