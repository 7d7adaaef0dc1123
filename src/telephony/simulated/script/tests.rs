//! How scripts are parsed and printed, and the errors for scripts that cannot be parsed.

use super::*;
use proptest::prelude::*;

#[test]
fn scripts_print_as_they_read() {
    for (text, printed) in [
        ("answer", "answer"),
        ("busy", "busy"),
        ("ring 3s; reject", "ring 3s; reject"),
        ("reject 603", "reject"),
        ("reject\t403  \"Forbidden\"", "reject 403"),
        ("reject 403 \"No; # way\" # never", "reject 403 \"No; # way\""),
        ("reject 499", "reject 499"),
        ("ring 1s; early_media 1500ms; reject 404", "ring 1s; early_media 1500ms; reject 404"),
        ("early_media 0s; no_answer", "early_media 0s; no_answer"),
        ("answer; hold; silence 1s; unhold", "answer; hold; silence 1s; unhold"),
        ("no_answer # for ever", "no_answer"),
        ("ring 1000ms\nanswer", "ring 1s; answer"),
        ("\n\n  ring   0s ;; answer ;\n# a comment\n", "ring 0s; answer"),
        ("answer;digits \"12#\";hangup", "answer; digits \"12#\"; hangup"),
        ("answer\r\ndigits\t\"#\" # pound ; hangup\r\nbeep", "answer; digits \"#\"; beep"),
        ("answer; silence 1500ms; speak 3600s; beep", "answer; silence 1500ms; speak 3600s; beep"),
        ("answer; wait_prompt; digits \"1\"; repeat", "answer; wait_prompt; digits \"1\"; repeat"),
    ] {
        assert_eq!(text.parse::<Script>().map(|script| script.to_string()), Ok(printed.to_owned()), "{text}");
    }
}

#[test]
fn errors_name_the_line_and_what_was_expected() {
    let too_many = format!("answer\n{}", "beep\n".repeat(MAX_STEPS + 1));
    let too_long = "#".repeat(MAX_TEXT + 1);
    for (text, error) in [
        ("", "line 1: expected `answer`, `busy`, `reject` or `no_answer`, found the end"),
        ("# nothing\n\n", "line 2: expected `answer`, `busy`, `reject` or `no_answer`, found the end"),
        (
            "hello",
            "line 1: expected `ring 200ms`, `early_media 2s`, `answer`, `busy`, `reject` or `no_answer`, found `hello`",
        ),
        (
            "answer me",
            "line 1: expected `ring 200ms`, `early_media 2s`, `answer`, `busy`, `reject` or `no_answer`, found `answer me`",
        ),
        (
            "ring 1s\nring 1s",
            "line 2: expected `early_media 2s`, `answer`, `busy`, `reject` or `no_answer`, found `ring 1s`",
        ),
        ("early_media 1s\nring 1s", "line 2: expected `answer`, `busy`, `reject` or `no_answer`, found `ring 1s`"),
        (
            "early_media; busy",
            "line 1: expected a time of at most one hour, such as `early_media 200ms` or `early_media 2s`, found `early_media`",
        ),
        (
            "reject 403 Forbidden",
            "line 1: expected `reject`, or `reject 403 \"Forbidden\"` with a status from 300 to 699 and a phrase of 1 to 64 \
             characters in quotes, found `reject 403 Forbidden`",
        ),
        (
            "ring soon; answer",
            "line 1: expected a time of at most one hour, such as `ring 200ms` or `ring 2s`, found `ring soon`",
        ),
        ("busy\nbeep", "line 2: expected the end: only a script that answers has steps, found `beep`"),
        ("answer\n\nhangup; beep", "line 3: expected the end after `hangup`, found `beep`"),
        (
            "answer; repeat",
            "line 1: expected a `wait_prompt` somewhere before `repeat`, or it would never rest, found `repeat`",
        ),
        ("answer; wait_prompt; repeat; hangup", "line 1: expected the end after `repeat`, found `hangup`"),
        (
            "answer; beep beep",
            "line 1: expected `wait_prompt`, `digits \"…\"`, `silence 2s`, `speak 2s`, `beep`, `hold`, `unhold`, `hangup` or `repeat`, found `beep beep`",
        ),
        (&too_many, "line 102: expected the end after 100 steps, found `beep`"),
        (&too_long, "line 1: expected at most 4096 bytes of script, found 4097"),
    ] {
        assert_eq!(text.parse::<Script>(), Err(error.to_owned()), "{text}");
    }
}

#[test]
fn statuses_and_phrases_have_their_bounds() {
    let longest = "é".repeat(MAX_PHRASE);
    for (argument, fits) in [
        ("300", true),
        ("699", true),
        ("299", false),
        ("700", false),
        ("+40", false),
        ("0403", false),
        ("403 \"\"", false),
        ("403 \"a\" \"b\"", false),
        ("403\"a\"", false),
        ("\"a\"", false),
        (&format!("403 \"{longest}\""), true),
        (&format!("403 \"{longest}é\""), false),
    ] {
        assert_eq!(format!("reject {argument}").parse::<Script>().is_ok(), fits, "{argument}");
    }
}

#[test]
fn times_and_keys_have_their_bounds() {
    let longest = "1".repeat(MAX_DIGITS);
    for (step, fits) in [
        ("silence 3600s", true),
        ("silence 3600000ms", true),
        ("silence 3601s", false),
        ("silence 99999999999999999999s", false),
        ("silence 18446744073709551615s", false),
        ("silence", false),
        ("silence ms", false),
        ("silence s", false),
        ("silence 2", false),
        ("silence +2s", false),
        ("silence -2s", false),
        ("silence 1.5s", false),
        ("silence 2 s", false),
        ("digits \"0123456789ABCD*#\"", true),
        ("digits \"a\"", false),
        ("digits \"\"", false),
        ("digits 12", false),
        ("digits \"", false),
        ("digits \"1;2\"", false),
        ("digits \"1\" \"2\"", false),
        (&format!("digits \"{longest}\""), true),
        (&format!("digits \"1{longest}\""), false),
    ] {
        assert_eq!(format!("answer; {step}").parse::<Script>().is_ok(), fits, "{step}");
    }
}

fn time() -> impl Strategy<Value = Duration> {
    prop_oneof![(0..=3600u64).prop_map(Duration::from_secs), (0..=3_600_000u64).prop_map(Duration::from_millis)]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        Just(Step::WaitPrompt),
        "[0-9A-D*#]{1,64}".prop_map(Step::Digits),
        time().prop_map(Step::Silence),
        time().prop_map(Step::Speak),
        Just(Step::Beep),
        Just(Step::Hold),
        Just(Step::Unhold),
    ]
}

fn rejection() -> impl Strategy<Value = Reply> {
    let usual = (300..700_u16).prop_map(|code| Reply::Reject { code, phrase: codes::phrase(code).to_owned() });
    let own = (300..700_u16, "[a-z# é]{1,64}").prop_map(|(code, phrase)| Reply::Reject { code, phrase });
    prop_oneof![usual, own]
}

fn script() -> impl Strategy<Value = Script> {
    let times = || (proptest::option::of(time()), proptest::option::of(time()));
    let reply = prop_oneof![Just(Reply::Busy), rejection(), Just(Reply::NoAnswer)];
    let silent =
        (times(), reply).prop_map(|((ring, early_media), reply)| Script { ring, early_media, reply, steps: vec![] });
    let steps = proptest::collection::vec(step(), 0..40);
    let end = proptest::option::of(prop_oneof![Just(Step::Hangup), Just(Step::Repeat)]);
    let talking = (times(), steps, end).prop_map(|((ring, early_media), mut steps, end)| {
        steps.extend(end.filter(|end| *end != Step::Repeat || steps.contains(&Step::WaitPrompt)));
        Script { ring, early_media, reply: Reply::Answer, steps }
    });
    prop_oneof![silent, talking]
}

proptest! {
    #[test]
    fn what_prints_reads_back(script in script()) {
        prop_assert_eq!(script.to_string().parse(), Ok(script.clone()));
        prop_assert_eq!(script.to_string().replace("; ", "\r\n").parse(), Ok(script));
    }

    #[test]
    fn no_text_makes_it_panic(text in any::<String>()) {
        let _ = text.parse::<Script>();
    }

    /// Text that is nearly a script gets further into the parser than arbitrary text.
    #[test]
    fn no_nearly_right_text_makes_it_panic(text in "((ring|answer|busy|silence|digits|repeat|wait_prompt|é)[ \"#;\n0-9ms]{0,6}){0,12}") {
        if let Ok(script) = text.parse::<Script>() {
            prop_assert_eq!(script.to_string().parse(), Ok(script));
        }
    }
}
