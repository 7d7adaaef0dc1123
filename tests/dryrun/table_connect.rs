//! The table: what joins the call with others.

use crate::play::check;

const UP: &str = "0.000 > answer\n0.000 call ringing\n0.000 call progressing\n";

/// A connect to so many numbers, and a stop behind it.
fn connect(legs: usize, more: &str) -> String {
    let to = |leg| format!(r#"{{"type": "tel", "target": "+1555000010{leg}"}}"#);
    let to = (1..=legs).map(to).collect::<Vec<_>>().join(", ");
    format!(r#"[{{"type": "connect", "option": {{"destinations": [{to}]{more}}}}}, {{"type": "stop"}}]"#)
}

/// What it sets.
fn set(status: &str, call_id: &str, reason: &str) -> String {
    format!(
        "voipbin.connect.call_id=\"{call_id}\" voipbin.connect.reason=\"{reason}\" voipbin.connect.status=\"{status}\""
    )
}

fn stopped(at: &str) -> String {
    format!("{at} stop done\n{at} ended finished\n{at} call hangup normal by us")
}

#[test]
pub fn the_far_end_answers_and_hangs_up() {
    check(
        &connect(1, ""),
        "answer\nwait 1s\nleg 1 answer\nwait 10s\nleg 1 hangup",
        &format!(
            "{UP}0.000 connect \"+15550000101\" done 11000 ms {}
             0.000 leg 1 dials +15550000101
             0.000 > wait 1s
             1.000 > leg 1 answer
             1.000 leg 1 ringing
             1.000 leg 1 progressing
             1.000 call bridged with leg 1
             1.000 leg 1 bridged with the call
             1.000 > wait 10s
             11.000 > leg 1 hangup
             11.000 call unbridged from leg 1
             11.000 leg 1 hangup normal by the remote party
             {}",
            set("answered", "…", "normal"),
            stopped("11.000")
        ),
    );
}

/// The caller is answered with the first that answers; the others are cancelled.
#[test]
pub fn the_first_answer_wins() {
    check(
        &connect(2, ""),
        "start incoming\nleg 1 ring\nleg 2 answer\nwait 1s\nleg 2 hangup",
        &format!(
            "0.000 connect \"+15550000101\" done 1000 ms {}
             0.000 leg 1 dials +15550000101
             0.000 leg 2 dials +15550000102
             0.000 > leg 1 ring
             0.000 leg 1 ringing
             0.000 > leg 2 answer
             0.000 leg 2 ringing
             0.000 leg 2 progressing
             0.000 leg 1 hangup cancel by us
             0.000 call progressing
             0.000 call bridged with leg 2
             0.000 leg 2 bridged with the call
             0.000 > wait 1s
             1.000 > leg 2 hangup
             1.000 call unbridged from leg 2
             1.000 leg 2 hangup normal by the remote party
             {}",
            set("answered", "…", "normal"),
            stopped("1.000")
        ),
    );
}

#[test]
pub fn nobody_answers() {
    for (does, status, reason) in [("busy", "busy", "busy"), ("reject", "failed", "failed")] {
        check(
            &connect(1, ""),
            &format!("answer\nleg 1 {does}"),
            &format!(
                "{UP}0.000 connect \"+15550000101\" failed: {status} {}
                 0.000 leg 1 dials +15550000101
                 0.000 > leg 1 {does}
                 0.000 leg 1 hangup {reason} by the remote party
                 {}",
                set(status, "", reason),
                stopped("0.000")
            ),
        );
    }
    check(
        &connect(1, r#", "timeout_ms": 2000"#),
        "answer\nleg 1 no_answer",
        &format!(
            "{UP}0.000 connect \"+15550000101\" failed: noanswer 2000 ms {}
             0.000 leg 1 dials +15550000101
             0.000 > leg 1 no_answer
             0.000 leg 1 ringing
             2.000 leg 1 hangup dialout by us
             {}",
            set("noanswer", "", "dialout"),
            stopped("2.000")
        ),
    );
    // Where several do not answer, the last of them tells why.
    check(
        &connect(2, ""),
        "answer\nleg 1 busy\nleg 2 reject",
        &format!(
            "{UP}0.000 connect \"+15550000101\" failed: failed {}
             0.000 leg 1 dials +15550000101
             0.000 leg 2 dials +15550000102
             0.000 > leg 1 busy
             0.000 leg 1 hangup busy by the remote party
             0.000 > leg 2 reject
             0.000 leg 2 hangup failed by the remote party
             {}",
            set("failed", "", "failed"),
            stopped("0.000")
        ),
    );
    // A minute by default.
    check(
        &connect(1, ""),
        "answer",
        &format!(
            "{UP}0.000 connect \"+15550000101\" failed: noanswer 60000 ms {}
             0.000 leg 1 dials +15550000101
             60.000 leg 1 hangup dialout by us
             {}",
            set("noanswer", "", "dialout"),
            stopped("60.000")
        ),
    );
}

#[test]
pub fn the_reason_is_relayed() {
    check(
        &connect(1, r#", "relay_reason": true"#),
        "answer\nleg 1 busy",
        &format!(
            "{UP}0.000 connect \"+15550000101\" failed: busy {}
             0.000 leg 1 dials +15550000101
             0.000 > leg 1 busy
             0.000 leg 1 hangup busy by the remote party
             0.000 ended finished
             0.000 call hangup busy by us",
            set("busy", "", "busy"),
        ),
    );
}

#[test]
pub fn the_caller_hangs_up() {
    check(
        &connect(1, ""),
        "answer\nleg 1 ring\nhangup",
        &format!(
            "{UP}0.000 connect \"+15550000101\" gone {}
             0.000 leg 1 dials +15550000101
             0.000 > leg 1 ring
             0.000 leg 1 ringing
             0.000 > hangup
             0.000 call hangup normal by the remote party
             0.000 ended hangup
             0.000 leg 1 hangup cancel by us",
            set("cancel", "", "cancel"),
        ),
    );
    // A stop gives it up too.
    check(
        &connect(1, ""),
        "answer\nleg 1 ring\nstop",
        &format!(
            "{UP}0.000 connect \"+15550000101\" skipped {}
             0.000 leg 1 dials +15550000101
             0.000 > leg 1 ring
             0.000 leg 1 ringing
             0.000 > stop
             0.000 ended stopped
             0.000 leg 1 hangup cancel by us
             0.000 call hangup normal by us",
            set("cancel", "", "cancel"),
        ),
    );
    // Once they talk it is a conversation that was had.
    check(
        &connect(1, ""),
        "answer\nleg 1 answer\nwait 1s\nhangup",
        &format!(
            "{UP}0.000 connect \"+15550000101\" done 1000 ms {}
             0.000 leg 1 dials +15550000101
             0.000 > leg 1 answer
             0.000 leg 1 ringing
             0.000 leg 1 progressing
             0.000 call bridged with leg 1
             0.000 leg 1 bridged with the call
             0.000 > wait 1s
             1.000 > hangup
             1.000 leg 1 unbridged from the call
             1.000 call hangup normal by the remote party
             1.000 ended hangup
             1.000 leg 1 hangup normal by us",
            set("answered", "…", ""),
        ),
    );
}

/// The caller hears the far end before it answers, and is answered only then.
#[test]
pub fn early_media() {
    check(
        &connect(1, r#", "early_media": true"#),
        "answer\nleg 1 early_media\nleg 1 answer\nleg 1 hangup",
        &format!(
            "{UP}0.000 connect \"+15550000101\" done {}
             0.000 leg 1 dials +15550000101
             0.000 > leg 1 early_media
             0.000 call bridged with leg 1
             0.000 leg 1 bridged with the call
             0.000 > leg 1 answer
             0.000 leg 1 ringing
             0.000 leg 1 progressing
             0.000 > leg 1 hangup
             0.000 call unbridged from leg 1
             0.000 leg 1 hangup normal by the remote party
             {}",
            set("answered", "…", "normal"),
            stopped("0.000")
        ),
    );
}

#[test]
pub fn who_cannot_be_dialled() {
    let to = r#", {"type": "tel", "target": "${nobody}"}"#;
    let some = r#"[{"type": "connect", "option": {"destinations": [{"type": "tel", "target": "+15550000101"} TO]}}]"#;
    // One that cannot be dialled does not keep the others from ringing.
    check(
        &some.replace("TO", to),
        "answer\nleg 1 busy",
        &format!(
            "{UP}0.000 connect \"+15550000101\" failed: busy {}
             0.000 leg 1 dials +15550000101
             0.000 > leg 1 busy
             0.000 leg 1 hangup busy by the remote party
             0.000 ended finished
             0.000 call hangup normal by us",
            set("busy", "", "busy")
        ),
    );
    check(
        r#"[{"type": "connect", "option": {"destinations": [{"type": "tel", "target": "${nobody}"}]}}, {"type": "stop"}]"#,
        "answer",
        &format!(
            "{UP}0.000 connect \"tel\" failed: no destination can be dialled
             0.000 ended failed: no destination can be dialled
             0.000 call hangup normal by us"
        ),
    );
    check(
        &connect(1, r#", "source": {"type": "tel", "target": "${nobody}"}"#),
        "answer",
        &format!(
            "{UP}0.000 connect \"+15550000101\" failed: source.target: expected a number in E.164: + and 7 to 15 digits
             {}",
            stopped("0.000")
        ),
    );
}

#[test]
pub fn rooms() {
    for (kind, id) in [("conference_join", "conference_id"), ("confbridge_join", "confbridge_id")] {
        check(
            &format!(r#"[{{"type": "{kind}", "option": {{"{id}": "@room"}}}}, {{"type": "stop"}}]"#),
            "start incoming\nwait 60s\nleave",
            &format!(
                "0.000 {kind} done 60000 ms
                 0.000 call progressing
                 0.000 > wait 60s
                 60.000 > leave
                 {}",
                stopped("60.000")
            ),
        );
    }
    // Without the conference a flow cannot go on; without the plain bridge it can.
    let flow = |kind: &str, id: &str| {
        format!(r#"[{{"type": "{kind}", "option": {{"{id}": "${{room}}"}}}}, {{"type": "stop"}}]"#)
    };
    check(
        &flow("conference_join", "conference_id"),
        "answer\n",
        &format!(
            "{UP}0.000 conference_join failed: conference_id: is required: a UUID
             0.000 ended failed: conference_id: is required: a UUID
             0.000 call hangup normal by us"
        ),
    );
    check(
        &flow("confbridge_join", "confbridge_id"),
        "answer\n",
        &format!("{UP}0.000 confbridge_join failed: confbridge_id: is required: a UUID\n{}", stopped("0.000")),
    );
}
