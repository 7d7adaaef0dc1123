//! Keys: collected, kept, dropped.

use crate::script::check;

const RECEIVE_AND_SAY: &str = r##"[{"type": "digits_receive", "option": {"length": 3, "key": "#", "duration": 2000}},
    {"type": "talk", "option": {"text": "${voipbin.call.digits}"}}]"##;

#[test]
fn ends_at_its_length() {
    check(
        RECEIVE_AND_SAY,
        "> up
         started digits_receive
         > wait 1s
         > digits 123
         digit 1
         digit 2
         digit 3
         set voipbin.call.digits=123
         finished digits_receive done 1000ms
         started talk
         ! speak \"123\"",
    );
}

#[test]
fn ends_at_a_key_which_is_kept() {
    check(
        RECEIVE_AND_SAY,
        "> up
         started digits_receive
         > digits 1#
         digit 1
         digit #
         set voipbin.call.digits=1#
         finished digits_receive done
         started talk
         ! speak \"1#\"",
    );
}

#[test]
fn ends_at_the_time_out_with_what_there_is() {
    check(
        RECEIVE_AND_SAY,
        "> up
         started digits_receive
         > digits 1
         digit 1
         > wait 1999ms
         > wait 1ms
         set voipbin.call.digits=1
         finished digits_receive timeout 2000ms
         started talk
         ! speak \"1\"",
    );
}

#[test]
fn waits_five_seconds_for_one_key_unless_it_is_told() {
    check(
        r#"[{"type": "digits_receive"}, {"type": "digits_receive"}]"#,
        "> in
         call created
         started digits_receive
         ! answer
         > answer
         call progressing
         > wait 4s
         > digits *
         digit *
         set voipbin.call.digits=*
         finished digits_receive done 4000ms
         started digits_receive
         > wait 5s
         set voipbin.call.digits=
         finished digits_receive timeout 5000ms
         call terminating
         ended finished
         ! hang up normal",
    );
}

#[test]
fn without_a_length_the_time_ends_it() {
    check(
        r#"[{"type": "digits_receive", "option": {"length": 0}}]"#,
        "> up
         started digits_receive
         > digits 12
         digit 1
         digit 2
         > wait 5s
         set voipbin.call.digits=12
         finished digits_receive timeout 5000ms
         call terminating
         ended finished
         ! hang up normal",
    );
}

#[test]
fn keys_that_are_none_fail_when_it_runs() {
    check(
        r#"[{"type": "digits_receive", "option": {"key": "${key}"}}, {"type": "sleep", "option": {"duration": 1}}]"#,
        "> up key=x
         started digits_receive
         finished digits_receive failed (key: expected 0 to 16 keys of 0-9A-D*#)
         started sleep",
    );
}

#[test]
fn keys_pressed_early_count_for_the_next_one() {
    check(
        r#"[{"type": "talk", "option": {"text": "hello"}}, {"type": "digits_receive", "option": {"length": 2}},
            {"type": "digits_receive", "option": {"length": 2}}]"#,
        "> up
         started talk
         ! speak \"hello\"
         > digits 123
         digit 1
         digit 2
         digit 3
         > finished
         finished talk done
         started digits_receive
         set voipbin.call.digits=12
         finished digits_receive done
         started digits_receive
         > digits 4
         digit 4
         set voipbin.call.digits=34
         finished digits_receive done
         call terminating
         ended finished
         ! hang up normal",
    );
}

#[test]
fn a_key_cuts_speech_off_that_says_so() {
    check(
        r#"[{"type": "talk", "option": {"text": "press a key", "digits_handle": "next"}},
            {"type": "talk", "option": {"text": "again", "digits_handle": "next"}}, {"type": "digits_receive"}]"#,
        "> up
         started talk
         ! speak \"press a key\"
         > wait 300ms
         > digits 7
         digit 7
         finished talk done 300ms
         started talk
         finished talk done
         started digits_receive
         set voipbin.call.digits=7
         finished digits_receive done
         call terminating
         ended finished
         ! stop playing
         ! hang up normal",
    );
}

#[test]
fn the_sixty_fifth_unread_key_is_dropped() {
    let pressed = "0123456789".repeat(6) + "01239";
    let kept: String = pressed[..64].chars().map(|key| format!("digit {key}\n")).collect();
    check(
        r#"[{"type": "sleep", "option": {"duration": 1000}}, {"type": "digits_receive", "option": {"length": 64}}]"#,
        &format!(
            "> up
             started sleep
             > digits {pressed}
             {kept}digit 9 dropped
             > wait 1s
             finished sleep done 1000ms
             started digits_receive
             set voipbin.call.digits={}
             finished digits_receive done
             call terminating
             ended finished
             ! hang up normal",
            &pressed[..64]
        ),
    );
}

#[test]
fn keys_of_a_leg_are_the_legs() {
    check(
        r#"[{"type": "connect", "option": {"destinations": [{"type": "tel", "target": "+15550000001"}]}}, {"type": "digits_receive"}]"#,
        "> up
         started connect
         leg 1 created
         ! leg 1 dial +15550000001 from +15550000009
         > leg 1 answer
         leg 1 progressing
         set voipbin.connect.call_id=leg 1 voipbin.connect.reason= voipbin.connect.status=answered
         ! bridge with leg 1
         > leg 1 digits 5
         leg 1 digit 5
         > leg 1 hangup
         leg 1 hangup remote normal
         set voipbin.connect.reason=normal
         finished connect done
         started digits_receive",
    );
}
