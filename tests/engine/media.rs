//! Actions that speak, listen, or change how the call sounds.

use crate::script::check;

#[test]
fn answer_waits_for_the_answer() {
    check(
        r#"[{"type": "answer"}, {"type": "talk", "option": {"text": "hello"}}]"#,
        "> in
         call created
         started answer
         ! answer
         > wait 80ms
         > answer
         call progressing
         finished answer done 80ms
         started talk
         ! speak \"hello\"
         > finished
         finished talk done
         call terminating
         ended finished
         ! hang up normal
         > hung up
         call hangup local normal",
    );
}

#[test]
fn answer_has_nothing_to_do_on_an_answered_call() {
    check(
        r#"[{"type": "answer"}]"#,
        "> up
         started answer
         finished answer done
         call terminating
         ended finished
         ! hang up normal",
    );
}

#[test]
fn answer_that_cannot_be_done_is_recorded_and_the_flow_goes_on() {
    check(
        r#"[{"type": "answer"}, {"type": "sleep", "option": {"duration": 1}}]"#,
        "> in
         call created
         started answer
         ! answer
         > finished with no codec in common
         finished answer failed (no codec in common)
         started sleep",
    );
}

#[test]
fn answer_is_asked_for_once() {
    check(
        r#"[{"type": "talk", "option": {"text": "one", "async": true}}, {"type": "answer"}]"#,
        "> in
         call created
         started talk
         finished talk done
         started answer
         ! answer
         ! speak \"one\"
         > answer
         call progressing
         finished answer done
         call terminating
         ended finished
         ! hang up normal",
    );
}

#[test]
fn talk_speaks_and_waits() {
    check(
        r#"[{"type": "talk", "option": {"text": "hello ${name}"}}]"#,
        "> up name=Bob
         started talk
         ! speak \"hello Bob\"
         > wait 1200ms
         > finished
         finished talk done 1200ms
         call terminating
         ended finished
         ! hang up normal",
    );
}

#[test]
fn talk_that_fails_goes_on() {
    check(
        r#"[{"type": "talk", "option": {"text": "hello"}}, {"type": "talk", "option": {"text": "${voipbin.action.outcome}: ${voipbin.action.error}"}}]"#,
        "> up
         started talk
         ! speak \"hello\"
         > finished with no voice
         finished talk failed (no voice)
         started talk
         ! speak \"failed: no voice\"",
    );
}

#[test]
fn talk_to_a_call_that_is_gone() {
    check(
        r#"[{"type": "talk", "option": {"text": "hello"}}, {"type": "sleep", "option": {"duration": 1}}]"#,
        "> up
         started talk
         ! speak \"hello\"
         > gone
         finished talk gone
         started sleep
         > hangup
         call hangup remote normal
         finished sleep gone
         ended hangup",
    );
}

#[test]
fn talk_without_text_left_fails_when_it_runs() {
    check(
        r#"[{"type": "talk", "option": {"text": "${nobody}"}}, {"type": "sleep", "option": {"duration": 1}}]"#,
        "> up
         started talk
         finished talk failed (text: is required: 1 to 5000 characters)
         started sleep",
    );
}

#[test]
fn asynchronous_talk_does_not_wait() {
    check(
        r#"[{"type": "talk", "option": {"text": "music", "async": true}}, {"type": "sleep", "option": {"duration": 100}}]"#,
        "> up
         started talk
         finished talk done
         started sleep
         ! speak \"music\"",
    );
}

#[test]
fn play_plays_its_files() {
    check(
        r#"[{"type": "play", "option": {"stream_urls": ["https://a.example/1.wav", "https://a.example/2.mp3"]}},
            {"type": "sleep", "option": {"duration": 1}}]"#,
        "> up
         started play
         ! play https://a.example/1.wav https://a.example/2.mp3
         > wait 4s
         > finished
         finished play done 4000ms
         started sleep",
    );
}

#[test]
fn play_that_fails_goes_on() {
    check(
        r#"[{"type": "play", "option": {"stream_urls": ["https://a.example/1.wav"]}}, {"type": "sleep", "option": {"duration": 1}}]"#,
        "> up
         started play
         ! play https://a.example/1.wav
         > finished with not a WAV file
         finished play failed (not a WAV file)
         started sleep",
    );
}

#[test]
fn beep_is_a_short_tone_and_answers() {
    check(
        r#"[{"type": "beep"}, {"type": "sleep", "option": {"duration": 1}}]"#,
        "> in
         call created
         started beep
         ! answer
         ! tone 1000Hz 300ms
         > answer
         call progressing
         > wait 300ms
         > finished
         finished beep done 300ms
         started sleep",
    );
}

#[test]
fn beep_that_fails_goes_on() {
    check(
        r#"[{"type": "beep"}, {"type": "sleep", "option": {"duration": 1}}]"#,
        "> up
         started beep
         ! tone 1000Hz 300ms
         > finished with no line
         finished beep failed (no line)
         started sleep",
    );
}

#[test]
fn echo_lasts_three_minutes_unless_it_is_told() {
    check(
        r#"[{"type": "echo", "option": {"duration": 500}}, {"type": "echo"}, {"type": "echo"}, {"type": "sleep", "option": {"duration": 1}}]"#,
        "> up
         started echo
         ! echo 500ms
         > wait 500ms
         > finished
         finished echo done 500ms
         started echo
         ! echo 180000ms
         > finished with no audio
         finished echo failed (no audio)
         started echo
         ! echo 180000ms
         > gone
         finished echo gone
         started sleep",
    );
}

#[test]
fn digits_are_sent() {
    check(
        r##"[{"type": "digits_send", "option": {"digits": "1${n}#", "duration": 100, "interval": 0}},
            {"type": "digits_send", "option": {"digits": "9"}},
            {"type": "digits_send", "option": {"digits": "${name}"}},
            {"type": "sleep", "option": {"duration": 1}}]"##,
        "> up n=2 name=Bob
         started digits_send
         ! send 12# 100ms 0ms
         > wait 300ms
         > finished
         finished digits_send done 300ms
         started digits_send
         ! send 9 250ms 100ms
         > finished with too many digits
         finished digits_send failed (too many digits)
         started digits_send
         finished digits_send failed (digits: expected 1 to 100 keys of 0-9A-D*#)
         started sleep",
    );
}

#[test]
fn a_value_that_looks_like_a_variable_is_no_key() {
    check(
        r#"[{"type": "digits_send", "option": {"digits": "${a}"}}, {"type": "sleep", "option": {"duration": 1}}]"#,
        "> up a=${b} b=1
         started digits_send
         finished digits_send failed (digits: expected 1 to 100 keys of 0-9A-D*#)
         started sleep",
    );
}

#[test]
fn mute_adds_up_and_unmute_takes_away() {
    check(
        r#"[{"type": "mute", "option": {"direction": "in"}}, {"type": "mute", "option": {"direction": "in"}},
            {"type": "mute", "option": {"direction": "out"}}, {"type": "unmute", "option": {"direction": "in"}},
            {"type": "unmute"}, {"type": "unmute"}, {"type": "mute"}, {"type": "sleep", "option": {"duration": 1}}]"#,
        "> up
         started mute
         call muted in
         finished mute done
         started mute
         finished mute done
         started mute
         call muted both
         finished mute done
         started unmute
         call unmuted, now out
         finished unmute done
         started unmute
         call unmuted, now not at all
         finished unmute done
         started unmute
         finished unmute done
         started mute
         call muted both
         finished mute done
         started sleep
         ! mute in
         ! mute out
         ! unmute in
         ! unmute both
         ! mute both",
    );
}

#[test]
fn mute_in_a_direction_that_is_none() {
    check(
        r#"[{"type": "mute", "option": {"direction": "${way}"}}, {"type": "unmute", "option": {"direction": "${way}"}},
            {"type": "sleep", "option": {"duration": 1}}]"#,
        "> up way=up
         started mute
         finished mute failed (direction: expected one of \"both\", \"in\", \"out\")
         started unmute
         finished unmute failed (direction: expected one of \"both\", \"in\", \"out\")
         started sleep",
    );
}

#[test]
fn hold_and_unhold() {
    check(
        r#"[{"type": "hold"}, {"type": "hold"}, {"type": "unhold"}, {"type": "unhold"}, {"type": "sleep", "option": {"duration": 1}}]"#,
        "> up
         started hold
         call held
         finished hold done
         started hold
         finished hold done
         started unhold
         call unheld
         finished unhold done
         started unhold
         finished unhold done
         started sleep
         ! hold
         ! unhold",
    );
}

/// The driver tells a refusal alone. What came after it counts.
#[test]
fn a_hold_that_is_refused_leaves_the_call_as_it_was() {
    check(
        r#"[{"type": "hold"}, {"type": "block"}]"#,
        "> up
         started hold
         call held
         finished hold done
         started block
         blocked
         ! hold
         > finished with 488
         call is unheld still (488)
         > ask unhold
         > ask hold
         call held
         ! hold
         > ask unhold
         call unheld
         ! unhold
         > finished with 488
         call is held still (488)
         > finished with 488",
    );
}

#[test]
fn the_far_end_may_hold_us_and_the_flow_goes_on() {
    check(
        r#"[{"type": "sleep", "option": {"duration": 1000}}, {"type": "block"}]"#,
        "> up
         started sleep
         > holds
         call held by the remote party
         > holds
         > wait 1s
         finished sleep done 1000ms
         started block
         blocked
         > unholds
         call unheld by the remote party
         > unholds",
    );
}

#[test]
fn hold_answers_because_the_far_end_hears_it() {
    check(
        r#"[{"type": "hold"}, {"type": "sleep", "option": {"duration": 1}}]"#,
        "> in
         call created
         started hold
         call held
         finished hold done
         started sleep
         ! answer
         ! hold",
    );
}

/// The codec's name may come from a far end.
#[test]
fn the_quality_of_a_call_is_kept_once_and_shown_at_its_end() {
    check(
        r#"[{"type": "block"}]"#,
        "> up
         started block
         blocked
         > quality
         > quality
         > hangup
         call hangup remote normal, PCMUxxxxxxxxxxxxxxxxxxxxxxxxxxxx at 437
         finished block gone
         ended hangup",
    );
}

#[test]
fn hangup_ends_the_flow_with_its_reason() {
    check(
        r#"[{"type": "hangup", "option": {"reason": "busy"}}, {"type": "talk", "option": {"text": "never"}}]"#,
        "> in
         call created
         started hangup
         finished hangup done
         call canceling
         ended finished
         ! hang up busy
         > hung up
         call hangup local busy",
    );
    check(
        r#"[{"type": "hangup"}]"#,
        "> up
         started hangup
         finished hangup done
         call terminating
         ended finished
         ! hang up normal",
    );
}

#[test]
fn hangup_by_a_call_that_is_none_goes_on() {
    check(
        r#"[{"type": "hangup", "option": {"reference_id": "@nobody"}}, {"type": "hangup", "option": {"reference_id": "@call"}},
            {"type": "hangup", "option": {"reason": "${why}"}}, {"type": "sleep", "option": {"duration": 1}}]"#,
        "> up why=bored
         started hangup
         finished hangup failed (the referenced call is not one of this activeflow)
         started hangup
         finished hangup failed (the referenced call is not hung up)
         started hangup
         finished hangup failed (reason: expected one of \"normal\", \"busy\", \"noanswer\", \"cancel\", \"dialout\", \"timeout\", \"failed\", \"amd\")
         started sleep",
    );
}

#[test]
fn without_a_call_they_are_skipped() {
    let actions = r#"[
        {"type": "answer"}, {"type": "hangup"}, {"type": "talk", "option": {"text": "${none}"}},
        {"type": "play", "option": {"stream_urls": ["https://a.example/1.wav"]}}, {"type": "beep"},
        {"type": "digits_receive"}, {"type": "digits_send", "option": {"digits": "1"}}, {"type": "echo"},
        {"type": "mute"}, {"type": "unmute"}, {"type": "hold"}, {"type": "unhold"},
        {"type": "connect", "option": {"destinations": [{"type": "tel", "target": "${none}"}]}},
        {"type": "variable_set", "option": {"key": "a", "value": "${voipbin.action.outcome}"}}]"#;
    let types = "answer hangup talk play beep digits_receive digits_send echo mute unmute hold unhold connect";
    let skipped: Vec<String> = types.split(' ').map(|it| format!("started {it}\nfinished {it} skipped\n")).collect();
    check(
        actions,
        &format!(
            "> api\n{}started variable_set\nset a=skipped\nfinished variable_set done\nended finished",
            skipped.concat()
        ),
    );
}
