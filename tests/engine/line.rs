//! Actions that listen to the call, or join it with others in a room.

use crate::script::check;

#[test]
fn amd_tells_who_answered() {
    check(
        r#"[{"type": "amd"}, {"type": "amd", "option": {"machine_handle": "hangup"}}, {"type": "beep"}]"#,
        "> up
         started amd
         ! detect
         > human
         set voipbin.amd.result=human
         finished amd done
         started amd
         ! detect
         > machine
         set voipbin.amd.result=machine
         finished amd done
         call terminating
         ended finished
         ! hang up amd",
    );
}

/// What an earlier one has told is not this one's answer, whether the driver cannot tell or takes too long.
#[test]
fn amd_that_cannot_tell_leaves_no_old_answer() {
    check(
        r#"[{"type": "amd"}, {"type": "amd"}, {"type": "amd"}]"#,
        "> up
         started amd
         ! detect
         > human
         set voipbin.amd.result=human
         finished amd done
         started amd
         ! detect
         > finished with no media
         set voipbin.amd.result=
         finished amd failed (no media)
         started amd
         ! detect
         > wait 30s
         set voipbin.amd.result=
         finished amd timeout 30000ms
         call terminating
         ended finished
         ! hang up normal",
    );
}

#[test]
fn amd_goes_on_meanwhile_and_nobody_is_told_after_the_end() {
    check(
        r#"[{"type": "amd", "option": {"async": true}}, {"type": "sleep", "option": {"duration": 1000}}, {"type": "stop"}]"#,
        "> up
         started amd
         finished amd done
         started sleep
         ! detect
         > finished with no media
         > wait 1s
         finished sleep done 1000ms
         started stop
         finished stop done
         call terminating
         ended finished
         ! hang up normal
         > machine",
    );
}

#[test]
fn a_conference_that_cannot_be_joined_ends_the_activeflow() {
    check(
        r#"[{"type": "conference_join", "option": {"conference_id": "@room"}}, {"type": "beep"}]"#,
        "> up
         started conference_join
         ! join @room
         > finished with the room is full
         finished conference_join failed (the room is full)
         call terminating
         ended failed (the room is full)
         ! hang up normal",
    );
}

#[test]
fn a_bridge_that_cannot_be_joined_is_recorded_and_the_flow_goes_on() {
    check(
        r#"[{"type": "confbridge_join", "option": {"confbridge_id": "@room"}}, {"type": "sleep", "option": {"duration": 1}}]"#,
        "> up
         started confbridge_join
         ! join @room
         > finished with the room is full
         finished confbridge_join failed (the room is full)
         started sleep",
    );
}
