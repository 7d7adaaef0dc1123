//! The life of a call: forward only, one hang-up.

use crate::script::{check, check_end};

const TALK: &str = r#"[{"type": "talk", "option": {"text": "hello"}}]"#;

const DIALLED: &str = "> out
    call created
    ! dial +15550000001 from +15550000009";

#[test]
fn dialing_ringing_progressing_terminating_hangup() {
    check(
        TALK,
        &format!(
            "{DIALLED}
             > ring
             call ringing
             > answer
             call progressing
             started talk
             ! speak \"hello\"
             > finished
             finished talk done
             call terminating
             ended finished
             ! hang up normal
             > hung up
             call hangup local normal"
        ),
    );
}

#[test]
fn a_call_may_be_answered_without_a_ring() {
    check(TALK, &format!("{DIALLED}\n> answer\ncall progressing\nstarted talk\n! speak \"hello\"\n> ring"));
}

#[test]
fn dialing_canceling_hangup() {
    for ring in ["", "> ring\ncall ringing\n"] {
        check(
            TALK,
            &format!(
                "{DIALLED}
                 {ring}> stop
                 call canceling
                 ended stopped
                 ! hang up cancel
                 > hung up
                 call hangup local cancel"
            ),
        );
    }
}

#[test]
fn the_far_end_does_not_take_the_call() {
    for (how, reason) in [("busy", "busy"), ("noanswer", "noanswer"), ("reject", "failed")] {
        check(TALK, &format!("{DIALLED}\n> {how}\ncall hangup remote {reason}\nended hangup"));
    }
    check(TALK, &format!("{DIALLED}\n> refused\ncall hangup local failed\nended hangup"));
}

#[test]
fn late_and_repeated_signals_change_nothing() {
    check(
        TALK,
        &format!(
            "{DIALLED}
             > ring
             call ringing
             > ring
             > answer
             call progressing
             started talk
             ! speak \"hello\"
             > answer
             > ring
             > stop
             finished talk skipped
             call terminating
             ended stopped
             ! hang up normal
             > ring
             > answer
             > hung up
             call hangup local normal
             > hung up
             > hangup
             > answer
             > ring
             > digits 1
             > bridged
             > finished
             > gone
             > refused
             > died
             > resume
             > wait 5h
             > stop"
        ),
    );
}

#[test]
fn an_answer_after_we_gave_up_is_no_answer() {
    check(
        TALK,
        &format!(
            "{DIALLED}
             > stop
             call canceling
             ended stopped
             ! hang up cancel
             > answer
             > hung up
             call hangup local cancel"
        ),
    );
}

#[test]
fn both_sides_hang_up_at_once() {
    check(
        TALK,
        "> up
         started talk
         ! speak \"hello\"
         > stop
         finished talk skipped
         call terminating
         ended stopped
         ! hang up normal
         > hangup
         call hangup local normal
         > hung up",
    );
}

#[test]
fn an_incoming_caller_gives_up() {
    check(
        TALK,
        "> in
         call created
         started talk
         ! answer
         ! speak \"hello\"
         > hangup
         call hangup remote cancel
         finished talk gone
         ended hangup",
    );
}

#[test]
fn it_rings_for_a_minute() {
    check(
        TALK,
        &format!(
            "{DIALLED}
             > wait 30s
             > ring
             call ringing
             > wait 29999ms
             > wait 1ms
             call canceling
             ! hang up dialout
             > hung up
             call hangup local dialout
             ended hangup"
        ),
    );
}

#[test]
fn a_call_lasts_four_hours() {
    check(
        r#"[{"id": "@a", "type": "block"}]"#,
        "> in
         call created
         started block @a
         blocked
         > wait 1h
         > answer
         call progressing
         > wait 14399s
         > wait 1s
         call terminating
         ! hang up timeout
         > hung up
         call hangup local timeout
         finished block @a gone 18000000ms
         ended hangup",
    );
}

#[test]
fn a_hangup_that_nobody_confirms_is_one_all_the_same() {
    check(
        TALK,
        "> up
         started talk
         ! speak \"hello\"
         > stop
         finished talk skipped
         call terminating
         ended stopped
         ! hang up normal
         > wait 31s
         > wait 1s
         call hangup local normal
         > hung up",
    );
}

#[test]
fn what_died_is_hung_up_as_failed() {
    check(
        TALK,
        "> up
         started talk
         ! speak \"hello\"
         > died
         call hangup local failed
         finished talk gone
         ended hangup
         > died",
    );
    check(TALK, &format!("{DIALLED}\n> died\ncall hangup local failed\nended hangup"));
    check(
        r#"[{"type": "connect", "option": {"destinations": [{"type": "tel", "target": "+15550000001"}]}}]"#,
        "> up on_complete @after
         started connect
         leg 1 created
         ! leg 1 dial +15550000001 from +15550000009
         > leg 1 answer
         leg 1 progressing
         set voipbin.connect.call_id=leg 1 voipbin.connect.reason= voipbin.connect.status=answered
         ! bridge with leg 1
         > died
         call hangup local failed
         leg 1 terminating
         finished connect done
         ended hangup
         leg 1 hangup local failed
         ! load @after",
    );
}

#[test]
fn a_run_without_a_call_outlives_its_process() {
    check(
        r#"[{"type": "sleep", "option": {"duration": 1000}}]"#,
        "> api
         started sleep
         > wait 400ms
         > died
         > wait 600ms
         finished sleep done 1000ms
         ended finished",
    );
}

#[test]
fn the_end_of_the_flow_hangs_up_whoever_is_left() {
    check_end(
        r#"[{"type": "connect", "option": {"destinations": [{"type": "tel", "target": "+15550000001"}, {"type": "tel", "target": "+15550000002"}]}}]"#,
        "> up\n> leg 1 answer\n> leg 1 hangup",
        "> leg 1 hangup
         leg 1 hangup remote normal
         set voipbin.connect.reason=normal
         finished connect done
         call terminating
         ended finished
         ! hang up normal",
    );
}
