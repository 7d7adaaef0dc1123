//! `connect`: who rings, who wins, who is hung up and why.

use crate::script::check;

fn connect(options: &str) -> String {
    format!(
        r#"[{{"type": "connect", "option": {{"destinations": [{{"type": "tel", "target": "+15550000001"}},
            {{"type": "tel", "target": "+15550000002"}}] {options}}}}},
            {{"type": "talk", "option": {{"text": "${{voipbin.connect.status}} ${{voipbin.connect.reason}}"}}}}]"#
    )
}

const DIALLED: &str = "> up
    started connect
    leg 1 created
    leg 2 created
    ! leg 1 dial +15550000001 from +15550000009
    ! leg 2 dial +15550000002 from +15550000009";

const FIRST_ANSWERS: &str = "> leg 1 answer
    leg 1 progressing
    leg 2 canceling
    set voipbin.connect.call_id=leg 1 voipbin.connect.reason= voipbin.connect.status=answered
    ! leg 2 hang up cancel
    ! bridge with leg 1";

#[test]
fn the_first_answer_wins_and_the_far_end_hangs_up() {
    check(
        &connect(""),
        &format!(
            "{DIALLED}
             > leg 1 ring
             leg 1 ringing
             > wait 3s
             {FIRST_ANSWERS}
             > bridged
             call bridged with leg 1
             > leg 1 bridged
             leg 1 bridged with call
             > leg 2 hung up
             leg 2 hangup local cancel
             > wait 10s
             > unbridged
             call unbridged from leg 1
             > leg 1 hangup
             leg 1 hangup remote normal
             set voipbin.connect.reason=normal
             finished connect done 13000ms
             started talk
             ! speak \"answered normal\""
        ),
    );
}

#[test]
fn the_caller_hangs_up() {
    check(
        &connect(""),
        &format!(
            "{DIALLED}
             {FIRST_ANSWERS}
             > wait 20s
             > hangup
             call hangup remote normal
             leg 1 terminating
             finished connect done 20000ms
             ended hangup
             ! leg 1 hang up normal
             > leg 1 hung up
             leg 1 hangup local normal
             > leg 2 hung up
             leg 2 hangup local cancel"
        ),
    );
}

#[test]
fn the_caller_gives_up_while_it_rings() {
    check(
        &connect(""),
        &format!(
            "{DIALLED}
             > hangup
             call hangup remote normal
             set voipbin.connect.call_id= voipbin.connect.reason=cancel voipbin.connect.status=cancel
             leg 1 canceling
             leg 2 canceling
             finished connect gone
             ended hangup
             ! leg 1 hang up cancel
             ! leg 2 hang up cancel"
        ),
    );
}

#[test]
fn a_later_answer_is_hung_up_as_an_answered_call() {
    check(
        &connect(""),
        &format!(
            "{DIALLED}
             {FIRST_ANSWERS}
             > leg 2 answer
             > leg 2 answer
             > leg 2 hung up
             leg 2 hangup local normal"
        ),
    );
}

#[test]
fn an_incoming_caller_is_answered_with_the_far_end() {
    check(
        r#"[{"type": "connect", "option": {"destinations": [{"type": "sip", "target": "bob@example.com"}]}}]"#,
        "> in
         call created
         started connect
         leg 1 created
         ! leg 1 dial bob@example.com from +15550000009
         > leg 1 answer
         leg 1 progressing
         set voipbin.connect.call_id=leg 1 voipbin.connect.reason= voipbin.connect.status=answered
         ! answer
         ! bridge with leg 1
         > answer
         call progressing
         > leg 1 hangup
         leg 1 hangup remote normal
         set voipbin.connect.reason=normal
         finished connect done
         call terminating
         ended finished
         ! hang up normal",
    );
}

#[test]
fn nobody_answers_and_the_last_one_tells_why() {
    check(
        &connect(""),
        &format!(
            "{DIALLED}
             > leg 1 noanswer
             leg 1 hangup remote noanswer
             > leg 2 busy
             leg 2 hangup remote busy
             set voipbin.connect.call_id= voipbin.connect.reason=busy voipbin.connect.status=busy
             finished connect failed (busy)
             started talk
             ! speak \"busy busy\""
        ),
    );
    check(
        &connect(""),
        &format!(
            "{DIALLED}
             > leg 1 busy
             leg 1 hangup remote busy
             > leg 2 reject
             leg 2 hangup remote failed
             set voipbin.connect.call_id= voipbin.connect.reason=failed voipbin.connect.status=failed
             finished connect failed (failed)
             started talk
             ! speak \"failed failed\""
        ),
    );
}

#[test]
fn it_rings_so_long_and_no_longer() {
    check(
        &connect(r#", "timeout_ms": 20000"#),
        &format!(
            "{DIALLED}
             > wait 20s
             leg 1 canceling
             leg 2 canceling
             ! leg 1 hang up dialout
             ! leg 2 hang up dialout
             > leg 1 hung up
             leg 1 hangup local dialout
             > leg 2 hung up
             leg 2 hangup local dialout
             set voipbin.connect.call_id= voipbin.connect.reason=dialout voipbin.connect.status=noanswer
             finished connect failed (noanswer) 20000ms
             started talk
             ! speak \"noanswer dialout\""
        ),
    );
}

#[test]
fn the_reason_is_relayed() {
    check(
        &connect(r#", "relay_reason": true"#),
        &format!(
            "{DIALLED}
             > leg 1 noanswer
             leg 1 hangup remote noanswer
             > leg 2 busy
             leg 2 hangup remote busy
             set voipbin.connect.call_id= voipbin.connect.reason=busy voipbin.connect.status=busy
             finished connect failed (busy)
             call terminating
             ended finished
             ! hang up busy
             > hung up
             call hangup local busy"
        ),
    );
    check(
        &connect(r#", "relay_reason": true"#),
        &format!(
            "{DIALLED}
             {FIRST_ANSWERS}
             > leg 1 hangup
             leg 1 hangup remote normal
             set voipbin.connect.reason=normal
             finished connect done
             call terminating
             ended finished
             ! hang up normal"
        ),
    );
}

#[test]
fn early_media_is_heard_where_it_is_asked_for() {
    check(
        &connect(r#", "early_media": true"#),
        &format!(
            "{DIALLED}
             > leg 1 early media
             ! bridge with leg 1
             > bridged
             call bridged with leg 1
             {FIRST_ANSWERS}
             > bridged"
        ),
    );
    check(&connect(""), &format!("{DIALLED}\n> leg 1 early media"));
}

#[test]
fn a_caller_may_be_withheld_or_another() {
    check(
        r#"[{"type": "connect", "option": {"destinations": [{"type": "tel", "target": "${to}"}], "anonymous": "yes",
             "source": {"type": "tel", "target": "+15550000123"}}}]"#,
        "> up to=+15550000001
         started connect
         leg 1 created
         ! leg 1 dial +15550000001 from +15550000123 anonymously",
    );
    check(
        r#"[{"type": "connect", "option": {"destinations": [{"type": "tel", "target": "+15550000001"}],
             "source": {"type": "tel", "target": "${from}"}}}, {"type": "sleep", "option": {"duration": 1}}]"#,
        "> up from=Bob
         started connect
         finished connect failed (source.target: expected a number in E.164: + and 7 to 15 digits)
         started sleep",
    );
}

#[test]
fn one_wrong_address_does_not_keep_the_others_from_ringing() {
    let flow = r#"[{"type": "connect", "option": {"destinations":
        [{"type": "tel", "target": "${one}"}, {"type": "tel", "target": "${other}"}]}}]"#;
    check(
        flow,
        "> up one=Bob other=+15550000001
         started connect
         leg 1 created
         ! leg 1 dial +15550000001 from +15550000009",
    );
    check(
        flow,
        "> up one=Bob other=Eve
         started connect
         finished connect failed (no destination can be dialled)
         call terminating
         ended failed (no destination can be dialled)
         ! hang up normal",
    );
}

#[test]
fn a_leg_that_is_never_dialled_has_failed() {
    check(
        &connect(""),
        &format!(
            "{DIALLED}
             > leg 1 refused
             leg 1 hangup local failed
             > leg 2 busy
             leg 2 hangup remote busy
             set voipbin.connect.call_id= voipbin.connect.reason=busy voipbin.connect.status=busy
             finished connect failed (busy)
             started talk
             ! speak \"busy busy\""
        ),
    );
}

#[test]
fn two_that_cannot_be_joined_are_not_left_alone() {
    check(
        &connect(""),
        &format!(
            "{DIALLED}
             {FIRST_ANSWERS}
             > finished with no codec in common
             leg 1 terminating
             ! leg 1 hang up normal
             > leg 1 hung up
             leg 1 hangup local normal
             set voipbin.connect.reason=normal
             finished connect failed (no codec in common)
             started talk
             ! speak \"answered normal\""
        ),
    );
}

#[test]
fn a_stop_hangs_everyone_up() {
    check(
        &connect(""),
        &format!(
            "{DIALLED}
             > leg 1 answer
             leg 1 progressing
             leg 2 canceling
             set voipbin.connect.call_id=leg 1 voipbin.connect.reason= voipbin.connect.status=answered
             ! leg 2 hang up cancel
             ! bridge with leg 1
             > stop
             leg 1 terminating
             finished connect skipped
             call terminating
             ended stopped
             ! leg 1 hang up normal
             ! hang up normal"
        ),
    );
}

#[test]
fn a_hangup_may_take_the_reason_of_a_leg() {
    check(
        r#"[{"type": "connect", "option": {"destinations": [{"type": "tel", "target": "+15550000002"}]}},
            {"type": "hangup", "option": {"reference_id": "${leg}"}}, {"type": "hangup", "option": {"reason": "${voipbin.connect.reason}"}}]"#,
        "> in
         call created
         started connect
         leg 1 created
         ! leg 1 dial +15550000002 from +15550000009
         > leg 1 busy
         leg 1 hangup remote busy
         set voipbin.connect.call_id= voipbin.connect.reason=busy voipbin.connect.status=busy
         finished connect failed (busy)
         started hangup
         finished hangup done
         call canceling
         ended finished
         ! hang up normal",
    );
}
