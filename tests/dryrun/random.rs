//! Random flows against random scripts, random text, and flows whose JSON was spoiled: what the fuzzer does, for so long as a
//! test may take.

#[path = "../../fuzz/entry.rs"]
mod entry;

use crate::examples::directory;
use entry::AGAIN;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::{Config, RngAlgorithm, TestRunner};
use ringdown::model::flow::reserved;
use ringdown::proto::{self, action::Option as Opt};
use ringdown::simulation::{Script, response};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};
use uuid::Uuid;

/// Actions of a flow at most.
const MOST: usize = 6;

static IDS: LazyLock<Vec<String>> =
    LazyLock::new(|| (0..MOST).map(|at| Uuid::from_u128(0xf10 + at as u128).to_string()).collect());

/// A place in the flow, to be put right when its length is known.
fn index() -> impl Strategy<Value = String> {
    (0..MOST).prop_map(|at| IDS[at].clone())
}

fn text() -> impl Strategy<Value = String> {
    select(vec!["1", "${a}", "#", "hello", "+15550000001", "https://a.example/"]).prop_map(str::to_owned)
}

fn address(target: String) -> proto::Address {
    proto::Address { r#type: "tel".to_owned(), target, ..Default::default() }
}

fn number() -> proto::Address {
    address("+15550000001".to_owned())
}

fn option() -> impl Strategy<Value = Opt> {
    let types: Vec<&'static str> = proto::ACTION_TYPES.iter().map(|it| it.name).collect();
    prop_oneof![
        // Bare: half of them are not available or lack what they need.
        1 => select(types).prop_map(|name| Opt::empty(name).expect("a type of the catalogue")),
        6 => select(vec!["answer", "beep", "echo", "hold", "mute", "block", "amd", "recording_stop", "stop", "hangup"])
            .prop_map(|name| Opt::empty(name).expect("a type of the catalogue")),
        10 => voice(),
        10 => steering(),
        10 => outside(),
    ]
}

fn voice() -> impl Strategy<Value = Opt> {
    prop_oneof![
        (text(), any::<bool>()).prop_map(|(text, cut)| Opt::Talk(proto::TalkOption {
            text: Some(text),
            digits_handle: cut.then(|| "next".to_owned()),
            ..Default::default()
        })),
        (1..5_000, 0..4).prop_map(|(ms, length)| Opt::DigitsReceive(proto::DigitsReceiveOption {
            duration: Some(ms),
            length: Some(length),
            key: None
        })),
        select(vec!["+15550000001", "${a}"]).prop_map(|target| Opt::Connect(proto::ConnectOption {
            destinations: vec![address(target.to_owned())],
            timeout_ms: Some(5_000),
            ..Default::default()
        })),
        Just(Opt::ConferenceJoin(proto::ConferenceJoinOption { conference_id: Some(AGAIN.to_string()) })),
        (0..3, 0..3).prop_map(|(silence, duration)| Opt::RecordingStart(proto::RecordingStartOption {
            end_of_silence: Some(silence),
            duration: Some(duration),
            end_of_key: Some("any".to_owned()),
            ..Default::default()
        })),
    ]
}

fn steering() -> impl Strategy<Value = Opt> {
    prop_oneof![
        (1..5_000).prop_map(|ms| Opt::Sleep(proto::SleepOption { duration: Some(ms) })),
        (text(), text())
            .prop_map(|(key, value)| Opt::VariableSet(proto::VariableSetOption { key: Some(key), value: Some(value) })),
        (index(), 1..4)
            .prop_map(|(to, count)| Opt::Goto(proto::GotoOption { target_id: Some(to), loop_count: Some(count) })),
        (index(), index()).prop_map(|(one, other)| Opt::Branch(proto::BranchOption {
            variable: None,
            target_ids: [("1".to_owned(), one)].into(),
            default_target_id: Some(other),
        })),
    ]
}

fn outside() -> impl Strategy<Value = Opt> {
    let beep = proto::Action { option: Opt::empty("beep"), ..Default::default() };
    prop_oneof![
        4 => Just(Opt::Call(proto::CallOption {
            source: Some(number()),
            destinations: vec![number()],
            actions: vec![beep],
            chained: Some(true),
            ..Default::default()
        })),
        // It runs itself inside itself.
        1 => Just(Opt::FetchFlow(proto::FetchFlowOption { flow_id: Some(AGAIN.to_string()) })),
        4 => Just(Opt::Fetch(proto::FetchOption { event_url: Some("https://a.example/".to_owned()), ..Default::default() })),
        4 => any::<bool>().prop_map(|sync| Opt::WebhookSend(proto::WebhookSendOption {
            uri: Some("https://a.example/".to_owned()),
            sync: Some(sync),
            ..Default::default()
        })),
        4 => text().prop_map(|text| Opt::MessageSend(proto::MessageSendOption {
            source: Some(number()),
            destinations: vec![number()],
            text: Some(text),
        })),
    ]
}

/// A list of actions. Most lead only onward: one that goes back and back takes 10,000 actions to its end.
fn flow() -> impl Strategy<Value = Vec<proto::Action>> {
    let action = (option(), proptest::option::weighted(0.2, index()));
    (vec(action, 1..=MOST), proptest::bool::weighted(0.005)).prop_map(|(actions, back)| {
        let count = actions.len();
        let put_right = |target: &mut String, at: usize| {
            let Some(index) = IDS.iter().position(|id| id == target) else { return };
            *target = match index % count {
                index if back || index > at => IDS[index].clone(),
                _ => reserved::FINISH.to_string(),
            };
        };
        let actions = actions.into_iter().enumerate().map(|(at, (mut option, next))| {
            match &mut option {
                Opt::Branch(branch) => {
                    let targets = branch.target_ids.values_mut().chain(&mut branch.default_target_id);
                    targets.for_each(|target| put_right(target, at));
                }
                // A goto is counted, and may go back.
                Opt::Goto(goto) => goto.target_id.iter_mut().for_each(|target| put_right(target, at)),
                _ => {}
            }
            let mut next_id = next.unwrap_or_default();
            put_right(&mut next_id, at);
            proto::Action { id: IDS[at].clone(), next_id, option: Some(option) }
        });
        actions.collect()
    })
}

const BEGINS: [&str; 4] = ["start incoming", "start outgoing\nanswer", "start api", "start sms \"1\""];

const LINES: [&str; 24] = [
    "answer",
    "ring",
    "busy",
    "hangup",
    "digits \"1\"",
    "digits \"12#\"",
    "wait 1s",
    "wait 10s",
    "speak 1s",
    "human",
    "machine",
    "leave",
    "http 200 []",
    "http 200 [{\"type\": \"beep\"}]",
    "http 500",
    "http fails \"dns\"",
    "continue",
    "stop",
    "leg 1 answer",
    "leg 1 busy",
    "leg 1 hangup",
    "run 2 answer",
    "push interrupt [{\"type\": \"beep\"}]",
    "expect talk",
];

fn script() -> impl Strategy<Value = String> {
    let lines = vec(select(LINES.to_vec()), 0..5);
    (select(BEGINS.to_vec()), lines).prop_map(|(begins, lines)| format!("{begins}\n{}", lines.join("\n")))
}

/// With the generator that is quick where nothing is optimized.
fn config(cases: u32) -> Config {
    Config { cases, failure_persistence: None, rng_algorithm: RngAlgorithm::XorShift, ..Config::default() }
}

/// On two threads, since there is nothing to wait for.
#[test]
fn a_hundred_thousand_random_flows_end() {
    let played = AtomicU32::new(0);
    let run = || {
        let result = TestRunner::new(config(50_000)).run(&(flow(), script()), |(actions, script)| {
            played.fetch_add(u32::from(entry::flow_and_script(&actions, &script).is_some()), Ordering::Relaxed);
            Ok(())
        });
        result.unwrap_or_else(|failure| panic!("{failure}"));
    };
    std::thread::scope(|threads| {
        threads.spawn(run);
        threads.spawn(run);
    });
    let played = played.into_inner();
    assert!(played > 50_000, "too few of them could be saved: {played}");
}

#[test]
fn the_same_play_is_the_same_trace() {
    let result = TestRunner::new(config(500)).run(&(flow(), script()), |(actions, script)| {
        let [one, other] = [(); 2].map(|()| entry::flow_and_script(&actions, &script).map(|trace| response(&trace)));
        prop_assert_eq!(one, other);
        Ok(())
    });
    result.unwrap_or_else(|failure| panic!("{failure}"));
}

/// The actions of an example, a NUL, and its script.
fn example() -> impl Strategy<Value = Vec<u8>> {
    let names = ["after-call", "business-hours", "ring-group", "sms-auto-reply", "survey", "two-factor", "voicemail"];
    let read = |file: String| std::fs::read_to_string(directory().join(file)).expect("an example");
    let examples: Vec<Vec<u8>> = names
        .iter()
        .map(|name| {
            let flow: serde_json::Value = serde_json::from_str(&read(format!("{name}.json"))).expect("JSON");
            format!("{}\0{}", flow["actions"], read(format!("{name}.script"))).into_bytes()
        })
        .collect();
    select(examples)
}

/// What is put in place of a piece of an example.
fn piece() -> impl Strategy<Value = &'static str> {
    select(vec![
        "",
        "\"",
        "{",
        "]",
        ",",
        "0",
        "-1",
        "9999999999",
        "null",
        "\\u0000",
        "${a}",
        "[{}]",
        "\n",
        "wait 300d\n",
        "leg 9 ",
        "é",
    ])
}

proptest! {
    #![proptest_config(config(3_000))]

    #[test]
    fn any_text_is_a_script_or_is_told_why_not(text in "\\PC{0,200}") {
        let _ = Script::read(&text);
    }

    #[test]
    fn scrambled_lines_are_read_or_refused(words in vec(select(WORDS.to_vec()), 0..8)) {
        let _ = Script::read(&words.join(" "));
    }

    #[test]
    fn any_json_is_a_flow_or_is_told_why_not(text in json()) {
        entry::bytes(text.as_bytes());
    }

    #[test]
    fn spoiled_examples_are_played_or_refused(example in example(), cuts in vec((any::<Index>(), 0..40_usize, piece()), 1..4)) {
        let mut bytes = example;
        for (at, length, piece) in cuts {
            let at = at.index(bytes.len().max(1)).min(bytes.len());
            let end = (at + length).min(bytes.len());
            bytes.splice(at..end, piece.bytes());
        }
        entry::bytes(&bytes);
    }
}

const WORDS: [&str; 22] = [
    "expect", "not", "talk", "\"a\"", "digits", "leg", "run", "1", "0", "call", "hangup", "failed", "sent", "message",
    "variable", "http", "200", "{", "push", "[", "start", "#",
];

/// JSON that is nearly a list of actions.
fn json() -> impl Strategy<Value = String> {
    let leaf = select(vec![
        "1",
        "-1",
        "null",
        "true",
        "1e999",
        "\"\"",
        "\"talk\"",
        "\"goto\"",
        "\"${a}\"",
        "[]",
        "{}",
        "\"\\u0000\"",
        "\"00000000-0000-0000-0000-000000000002\"",
    ])
    .prop_map(str::to_owned);
    let key = select(vec!["id", "next_id", "type", "option", "text", "target_id", "actions", "duration", "x"]);
    leaf.prop_recursive(5, 40, 6, move |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(|list| format!("[{}]", list.join(","))),
            vec((key.clone(), inner), 0..5).prop_map(|pairs| {
                let pairs: Vec<String> = pairs.iter().map(|(key, value)| format!("\"{key}\": {value}")).collect();
                format!("{{{}}}", pairs.join(","))
            }),
        ]
    })
    .prop_map(|json| format!("[{json}]"))
}
