//! Which action comes next, and the flow that everyone builds first.

use crate::script::{check, check_end, named, revision};
use crate::world::{START, World};
use ringdown::engine::{Input, Request, Start, cursor};
use ringdown::model::variables::Variables;
use uuid::Uuid;

#[test]
fn next_id_comes_before_the_order() {
    check(
        r#"[{"id": "@a", "type": "sleep", "option": {"duration": 0}, "next_id": "@c"},
            {"id": "@b", "type": "sleep", "option": {"duration": 0}, "next_id": "00000000-0000-0000-0000-000000000002"},
            {"id": "@c", "type": "sleep", "option": {"duration": 0}, "next_id": "@b"}]"#,
        "> api
         started sleep @a
         > wait 1ms
         finished sleep @a done
         started sleep @c
         finished sleep @c done
         started sleep @b
         finished sleep @b done
         ended finished",
    );
}

#[test]
fn reserved_ids_as_targets() {
    let to = |target: &str| {
        format!(
            r#"[{{"id": "@a", "type": "branch", "option": {{"variable": "way", "target_ids": {{"x": "00000000-0000-0000-0000-00000000000{target}"}}}}, "next_id": "@c"}},
                {{"id": "@b", "type": "sleep", "option": {{"duration": 1}}}}, {{"id": "@c", "type": "sleep", "option": {{"duration": 1}}}}]"#
        )
    };
    let begins = "> api way=x
         started branch @a
         set way=
         finished branch @a done";
    check(&to("0"), &format!("{begins}\nstarted sleep @c"));
    check(
        &to("1"),
        &format!("{begins}\nforwarded start\nstarted branch @a\nfinished branch @a done\nstarted sleep @c"),
    );
    check(&to("2"), &format!("{begins}\nforwarded finish\nended finished"));
    check(&to("3"), &format!("{begins}\nforwarded next\nstarted sleep @b"));
}

#[test]
fn a_nested_list_goes_back_to_where_the_action_says() {
    check(
        r#"[{"type": "fetch_flow", "option": {"flow_id": "@other"}, "next_id": "@c"},
            {"id": "@b", "type": "sleep", "option": {"duration": 1}}, {"id": "@c", "type": "sleep", "option": {"duration": 1}}]"#,
        "> api
         started fetch_flow
         ! load @other
         > loaded [{\"id\": \"@in\", \"type\": \"variable_set\", \"option\": {\"key\": \"a\", \"value\": \"1\"}}]
         finished fetch_flow done
         started variable_set @in
         set a=1
         finished variable_set @in done
         started sleep @c",
    );
}

#[test]
fn targets_are_looked_up_outwards_and_leave_the_frames_inside() {
    check(
        r#"[{"type": "fetch_flow", "option": {"flow_id": "@other"}}, {"id": "@b", "type": "sleep", "option": {"duration": 1}},
            {"id": "@c", "type": "sleep", "option": {"duration": 1}}]"#,
        &format!(
            "> api to={}
             started fetch_flow
             ! load @other
             > loaded [{{\"type\": \"branch\", \"option\": {{\"default_target_id\": \"${{to}}\"}}}}, {{\"id\": \"@in\", \"type\": \"sleep\", \"option\": {{\"duration\": 1}}}}]
             finished fetch_flow done
             started branch
             finished branch done
             forwarded @c
             started sleep @c
             > wait 1s
             finished sleep @c done 1ms
             ended finished",
            named("c")
        ),
    );
}

#[test]
fn the_innermost_of_two_with_the_same_id_is_meant() {
    check(
        r#"[{"type": "fetch_flow", "option": {"flow_id": "@other"}}, {"id": "@x", "type": "sleep", "option": {"duration": 1}}]"#,
        "> api
         started fetch_flow
         ! load @other
         > loaded [{\"type\": \"branch\", \"option\": {\"default_target_id\": \"@x\"}}, {\"type\": \"stop\"}, {\"id\": \"@x\", \"type\": \"block\"}]
         finished fetch_flow done
         started branch
         finished branch done
         forwarded @x
         started block @x
         blocked",
    );
}

#[test]
fn a_goto_is_counted_in_the_life_of_its_frame() {
    let inner = r#"[{"id": "@in", "type": "variable_set", "option": {"key": "a", "value": "1"}}, {"type": "goto", "option": {"target_id": "@in", "loop_count": 1}}]"#;
    let once = "started variable_set @in
         set a=1
         finished variable_set @in done
         started goto
         finished goto done";
    let visit = format!(
        "> loaded {inner}
         finished fetch_flow @a done
         {once}
         forwarded @in
         {once}
         started goto @again"
    );
    check(
        r#"[{"id": "@a", "type": "fetch_flow", "option": {"flow_id": "@other"}},
            {"id": "@again", "type": "goto", "option": {"target_id": "@a", "loop_count": 1}}]"#,
        &format!(
            "> api
             started fetch_flow @a
             ! load @other
             {visit}
             finished goto @again done
             forwarded @a
             started fetch_flow @a
             ! load @other
             {visit}
             finished goto @again done
             ended finished"
        ),
    );
}

#[test]
fn an_empty_flow_is_over_at_once() {
    check("[]", "> api\nended finished");
    check("[]", "> up\ncall terminating\nended finished\n! hang up normal");
}

#[test]
fn pending_actions_are_what_would_run_next() {
    let flow = r#"[{"id": "@a", "type": "block", "next_id": "@c"}, {"id": "@b", "type": "stop"}, {"id": "@c", "type": "beep"},
        {"id": "@d", "type": "answer", "next_id": "@b"}]"#;
    let start = Start {
        id: named("activeflow"),
        customer_id: named("customer"),
        revision: revision(flow, 0),
        call: None,
        early_execution: false,
        variables: Variables::default(),
        on_complete_flow_id: Uuid::nil(),
        webhook_uri: String::new(),
        webhook_method: String::new(),
    };
    let (mut world, _) = World::start(start, START, 1);
    let pending = |world: &World| -> Vec<Uuid> {
        let pending = cursor::pending(&world.run, 6);
        pending.into_iter().map(|at| world.run.program.action(at).id).collect()
    };
    assert_eq!(pending(&world), ["c", "d", "b"].map(named));
    let pushed =
        revision(r#"[{"id": "@p", "type": "sleep", "option": {"duration": 1}}, {"id": "@q", "type": "beep"}]"#, 1);
    world.step(Input::Request(Request::Push { revision: pushed, interrupt: false })).unwrap();
    assert_eq!(pending(&world), ["p", "q", "c", "d", "b"].map(named));
    world.step(Input::Request(Request::Continue { action_id: named("a") })).unwrap();
    assert_eq!(pending(&world), ["q", "c", "d", "b"].map(named));
}

/// Talk, digits_receive, branch to two talks, goto back at most twice, connect to a busy number and on to a second.
const IVR: &str = r#"[
    {"id": "@menu", "type": "talk", "option": {"text": "sales 1, support 2", "digits_handle": "next"}},
    {"type": "digits_receive", "option": {"duration": 4000}},
    {"type": "branch", "option": {"target_ids": {"1": "@sales", "2": "@support"}}},
    {"type": "goto", "option": {"target_id": "@menu", "loop_count": 2}},
    {"type": "hangup"},
    {"id": "@sales", "type": "talk", "option": {"text": "sales"}, "next_id": "@dial"},
    {"id": "@support", "type": "talk", "option": {"text": "support"}},
    {"id": "@dial", "type": "connect", "option": {"destinations": [{"type": "tel", "target": "+15550000002"}]}},
    {"type": "condition_variable", "option": {"condition": "!=", "variable": "voipbin.connect.status", "value_string": "answered", "false_target_id": "@bye"}},
    {"type": "connect", "option": {"destinations": [{"type": "tel", "target": "+15550000001"}]}},
    {"id": "@bye", "type": "talk", "option": {"text": "bye"}}]"#;

#[test]
fn the_menu() {
    check(
        IVR,
        "> in
         call created
         started talk @menu
         ! answer
         ! speak \"sales 1, support 2\"
         > answer
         call progressing
         > wait 1080ms
         > finished
         finished talk @menu done 1080ms
         started digits_receive
         > wait 4s
         set voipbin.call.digits=
         finished digits_receive timeout 4000ms
         started branch
         finished branch done
         started goto
         finished goto done
         forwarded @menu
         started talk @menu
         ! speak \"sales 1, support 2\"
         > wait 500ms
         > digits 9
         digit 9
         finished talk @menu done 500ms
         started digits_receive
         set voipbin.call.digits=9
         finished digits_receive done
         started branch
         set voipbin.call.digits=
         finished branch done
         started goto
         finished goto done
         forwarded @menu
         started talk @menu
         ! stop playing
         ! speak \"sales 1, support 2\"
         > finished
         finished talk @menu done
         started digits_receive
         > wait 700ms
         > digits 1
         digit 1
         set voipbin.call.digits=1
         finished digits_receive done 700ms
         started branch
         set voipbin.call.digits=
         finished branch done
         forwarded @sales
         started talk @sales
         ! speak \"sales\"
         > wait 300ms
         > finished
         finished talk @sales done 300ms
         started connect @dial
         leg 1 created
         ! leg 1 dial +15550000002 from +15550000009
         > leg 1 busy
         leg 1 hangup remote busy
         set voipbin.connect.call_id= voipbin.connect.reason=busy voipbin.connect.status=busy
         finished connect @dial failed (busy)
         started condition_variable
         finished condition_variable done
         started connect
         leg 2 created
         ! leg 2 dial +15550000001 from +15550000009
         > leg 2 ring
         leg 2 ringing
         > wait 200ms
         > leg 2 answer
         leg 2 progressing
         set voipbin.connect.call_id=leg 2 voipbin.connect.reason= voipbin.connect.status=answered
         ! bridge with leg 2
         > wait 5s
         > leg 2 hangup
         leg 2 hangup remote normal
         set voipbin.connect.reason=normal
         finished connect done 5200ms
         started talk @bye
         ! speak \"bye\"
         > finished
         finished talk @bye done
         call terminating
         ended finished
         ! hang up normal
         > hung up
         call hangup local normal",
    );
}

#[test]
fn the_menu_is_told_three_times() {
    check_end(
        IVR,
        "> up\n> finished\n> wait 4s\n> finished\n> wait 4s\n> finished\n> wait 4s",
        "> wait 4s
         set voipbin.call.digits=
         finished digits_receive timeout 4000ms
         started branch
         finished branch done
         started goto
         finished goto done
         started hangup
         finished hangup done
         call terminating
         ended finished
         ! hang up normal",
    );
}
