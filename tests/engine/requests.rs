//! What people ask from outside, and what follows a flow that is complete.

use crate::script::check;

const SLEEP: &str = r#"[{"id": "@a", "type": "sleep", "option": {"duration": 1000}}, {"id": "@b", "type": "sleep", "option": {"duration": 1000}}]"#;

const ONE: &str = r#"[{"id": "@p", "type": "variable_set", "option": {"key": "p", "value": "1"}}]"#;
const TWO: &str = r#"[{"id": "@q", "type": "variable_set", "option": {"key": "q", "value": "1"}}, {"id": "@r", "type": "sleep", "option": {"duration": 5}}]"#;
const ONE_RUNS: &str = "started variable_set @p
    set p=1
    finished variable_set @p done";
const TWO_RUNS: &str = "started variable_set @q
    set q=1
    finished variable_set @q done
    started sleep @r";

#[test]
fn stop_is_idempotent_and_keeps_the_action() {
    check(
        SLEEP,
        "> api
         started sleep @a
         > wait 3ms
         > stop
         finished sleep @a skipped 3ms
         ended stopped
         > stop
         > wait 5s",
    );
}

#[test]
fn continue_only_at_a_block_and_only_at_that_action() {
    check(
        r#"[{"id": "@a", "type": "sleep", "option": {"duration": 1000}}, {"id": "@b", "type": "block"}]"#,
        "> api
         started sleep @a
         > continue @a
         refused: NotBlocked
         > continue @b
         refused: the cursor is at @a
         > wait 1s
         finished sleep @a done 1000ms
         started block @b
         blocked
         > continue @a
         refused: the cursor is at @b
         > continue @b
         continued
         finished block @b done
         ended finished
         > continue @b
         refused: Ended",
    );
}

#[test]
fn pushed_actions_run_when_the_current_one_is_over() {
    check(
        SLEEP,
        &format!(
            "> api
             started sleep @a
             > push {ONE}
             pushed 1
             > push {TWO}
             pushed 2
             > wait 1s
             finished sleep @a done 1000ms
             {ONE_RUNS}
             {TWO_RUNS}
             > wait 5ms
             finished sleep @r done 5ms
             started sleep @b"
        ),
    );
}

#[test]
fn pushed_actions_may_interrupt() {
    check(
        SLEEP,
        &format!(
            "> api
             started sleep @a
             > wait 10ms
             > push interrupt {ONE}
             pushed 1 to interrupt
             finished sleep @a skipped 10ms
             {ONE_RUNS}
             started sleep @b
             > wait 1s
             finished sleep @b done 1000ms
             ended finished
             > push {ONE}
             refused: Ended"
        ),
    );
    check(
        r#"[{"type": "talk", "option": {"text": "blah"}}, {"type": "sleep", "option": {"duration": 1}}]"#,
        &format!(
            "> up
             started talk
             ! speak \"blah\"
             > push interrupt {ONE}
             pushed 1 to interrupt
             finished talk skipped
             {ONE_RUNS}
             started sleep
             ! stop playing"
        ),
    );
    check(
        r#"[{"type": "connect", "option": {"destinations": [{"type": "tel", "target": "+15550000001"}]}}, {"type": "sleep", "option": {"duration": 1}}]"#,
        &format!(
            "> up
             started connect
             leg 1 created
             ! leg 1 dial +15550000001 from +15550000009
             > push interrupt {ONE}
             pushed 1 to interrupt
             set voipbin.connect.call_id= voipbin.connect.reason=cancel voipbin.connect.status=cancel
             leg 1 canceling
             finished connect skipped
             {ONE_RUNS}
             started sleep
             ! leg 1 hang up cancel"
        ),
    );
}

#[test]
fn what_is_pushed_before_the_first_action_runs_before_it() {
    for how in ["", "interrupt "] {
        let told = if how.is_empty() { "" } else { " to interrupt" };
        check(
            SLEEP,
            &format!(
                "> out
                 call created
                 ! dial +15550000001 from +15550000009
                 > push {how}{ONE}
                 pushed 1{told}
                 > push {how}{TWO}
                 pushed 2{told}
                 > answer
                 call progressing
                 {ONE_RUNS}
                 {TWO_RUNS}
                 > wait 5ms
                 finished sleep @r done 5ms
                 started sleep @a"
            ),
        );
    }
}

#[test]
fn what_is_pushed_while_a_flow_is_loaded_runs_before_it() {
    check(
        r#"[{"type": "fetch_flow", "option": {"flow_id": "@other"}}, {"id": "@b", "type": "sleep", "option": {"duration": 1}}]"#,
        &format!(
            "> api
             started fetch_flow
             ! load @other
             > push {ONE}
             pushed 1
             > loaded {TWO}
             finished fetch_flow done
             {ONE_RUNS}
             {TWO_RUNS}
             > wait 5ms
             finished sleep @r done 5ms
             started sleep @b"
        ),
    );
}

#[test]
fn an_empty_push_runs_nothing_twice() {
    check(
        SLEEP,
        &format!(
            "> api
             started sleep @a
             > push []
             pushed 0
             > push {ONE}
             pushed 1
             > push []
             pushed 0
             > push {TWO}
             pushed 2
             > push interrupt []
             pushed 0 to interrupt
             finished sleep @a skipped
             {ONE_RUNS}
             {TWO_RUNS}
             > wait 5ms
             finished sleep @r done 5ms
             started sleep @b
             > push interrupt []
             pushed 0 to interrupt
             finished sleep @b skipped
             ended finished"
        ),
    );
}

#[test]
fn variables_are_merged_and_seen_by_the_next_action() {
    check(
        r#"[{"type": "sleep", "option": {"duration": 1}}, {"type": "variable_set", "option": {"key": "c", "value": "${a}${b}"}}]"#,
        "> api a=1
         started sleep
         > set b=2
         set b=2
         > set a=3 voipbin.call.digits=4
         refused: Variables(\"voipbin.call.digits: names that begin with voipbin. are reserved\")
         > wait 1ms
         finished sleep done 1ms
         started variable_set
         set c=12
         finished variable_set done
         ended finished
         > set a=1
         refused: Ended",
    );
}

#[test]
fn too_large_variables_change_nothing() {
    let large = "x".repeat(40_000);
    check(
        r#"[{"type": "sleep", "option": {"duration": 1}}, {"type": "variable_set", "option": {"key": "c", "value": "${a}"}}]"#,
        &format!(
            "> api a=1
             started sleep
             > set a=2 b={large}
             refused: Variables(\"the value of b has over 32768 bytes\")
             > wait 1ms
             finished sleep done 1ms
             started variable_set
             set c=1
             finished variable_set done
             ended finished"
        ),
    );
}

#[test]
fn delete_stops_what_runs() {
    check(
        SLEEP,
        "> up
         started sleep @a
         > delete
         finished sleep @a skipped
         call terminating
         ended stopped
         deleted
         ! hang up normal
         > delete
         > hung up
         call hangup local normal
         > ask delete
         call deleted
         > ask delete",
    );
}

#[test]
fn commands_to_the_call_act_at_once_and_do_not_move_the_cursor() {
    check(
        r#"[{"type": "talk", "option": {"text": "blah"}}, {"type": "sleep", "option": {"duration": 1000}}]"#,
        "> up
         started talk
         ! speak \"blah\"
         > ask digits 12
         call sent 12
         ! send 12 250ms 100ms
         > ask hold
         call held
         ! hold
         > ask hold
         > ask unhold
         call unheld
         ! unhold
         > ask mute in
         call muted in
         ! mute in
         > ask mute out
         call muted both
         ! mute out
         > ask unmute in
         call unmuted, now out
         ! unmute in
         > ask talk hear this
         call talk
         ! speak \"hear this\"
         > finished
         finished talk done
         started sleep
         > ask hangup
         call terminating
         ! hang up normal
         > ask hangup
         > ask talk hello
         refused: CallNotUp
         > hung up
         call hangup local normal
         finished sleep gone
         ended hangup
         > ask hangup
         > ask hold
         refused: CallEnded",
    );
}

#[test]
fn commands_need_an_answered_call() {
    check(
        SLEEP,
        "> out
         call created
         ! dial +15550000001 from +15550000009
         > ask talk hello
         refused: CallNotUp
         > ask digits 1
         refused: CallNotUp
         > ask hold
         refused: CallNotUp
         > ask unmute in
         refused: CallNotUp
         > ask delete
         call canceling
         call deleted
         ! hang up cancel
         > hung up
         call hangup local cancel
         ended hangup",
    );
    check(
        SLEEP,
        "> api
         started sleep @a
         > ask hangup
         > ask hold
         refused: CallEnded",
    );
}

#[test]
fn on_complete_follows_and_inherits() {
    check(
        r#"[{"type": "digits_receive"}]"#,
        "> up name=Bob on_complete @after
         started digits_receive
         > digits 4
         digit 4
         set voipbin.call.digits=4
         finished digits_receive done
         call terminating
         ended finished
         ! load @after
         ! hang up normal
         > loaded [{\"type\": \"talk\", \"option\": {\"text\": \"x\"}}, {\"type\": \"variable_set\", \"option\": {\"key\": \"all\", \"value\": \"${name} ${voipbin.call.digits} ${voipbin.call.source.target} ${voipbin.activeflow.complete_count} ${voipbin.activeflow.reference_type} ${voipbin.action.outcome}\"}}]
         + started talk
         + finished talk skipped
         + started variable_set
         + set all=Bob 4 +15550000009 1 call skipped
         + finished variable_set done
         + ended finished
         > hung up
         call hangup local normal",
    );
}

#[test]
fn on_complete_follows_a_stop_and_a_hangup_and_no_failure() {
    check(
        SLEEP,
        "> api on_complete @after\nstarted sleep @a\n> stop\nfinished sleep @a skipped\nended stopped\n! load @after\n> loaded nothing",
    );
    check(
        SLEEP,
        "> up on_complete @after
         started sleep @a
         > hangup
         call hangup remote normal
         finished sleep @a gone
         ended hangup
         ! load @after",
    );
    check(
        r#"[{"type": "goto", "option": {"target_id": "${there}", "loop_count": 1}}]"#,
        "> api on_complete @after
         started goto
         finished goto failed (target_id: is required: a UUID)
         ended failed (target_id: is required: a UUID)",
    );
}
