//! Random flows, nine in ten of them valid, and random things that happen to them.

use crate::script::named;
use proptest::prelude::*;
use proptest::sample::select;
use ringdown::engine::actions::{Mode, spec};
use ringdown::model::call::{HangupBy, HangupReason, MuteDirection};
use ringdown::proto::action::Option as Opt;
use ringdown::proto::{self, Action, Address};

/// A list of actions, and whether it may be saved.
#[derive(Debug, Clone)]
pub struct Flow {
    pub actions: Vec<Action>,
    pub valid: bool,
}

/// Something that happens; what it hits is decided when it does.
#[derive(Debug, Clone)]
pub enum Act {
    /// What the run waits for; the number decides where there is a choice.
    Awaited(usize),
    Ringing(usize),
    EarlyMedia(usize),
    Answered(usize),
    Digit(usize, char),
    Bridged(usize, usize),
    Unbridged(usize, usize),
    FarHold(usize, bool),
    Quality(usize),
    Hangup(usize, HangupBy, HangupReason),
    /// Of the operation that is waited for, or of one with this number.
    Finished(Option<u64>, bool),
    Gone(Option<u64>, bool),
    /// Time passes: so many milliseconds, or until the run wants to be woken.
    Time(Option<i64>),
    /// One of the flows of the case, or none.
    Loaded(Option<u64>, Option<usize>),
    /// With one of the flows of the case, or an error.
    Fetched(Option<u64>, Option<usize>),
    /// With a status, or 0 for an error.
    Sent(Option<u64>, u16),
    Detected(Option<u64>, bool),
    Recorded(bool),
    HangUp,
    Resume,
    Died,
    Stop,
    Continue(bool),
    Push(usize, bool),
    Set(&'static str, &'static str),
    Delete,
    Ask(usize, Command),
}

/// Asked for a call.
#[derive(Debug, Clone)]
pub enum Command {
    Hangup,
    Talk,
    Digits,
    Hold,
    Unhold,
    Mute(MuteDirection),
    Unmute(MuteDirection),
    Delete,
}

pub fn flow() -> impl Strategy<Value = Flow> {
    let actions = (0..9_usize).prop_flat_map(|count| (0..count).map(|at| action(at, count)).collect::<Vec<_>>());
    (actions, 0..10_u32, 0..8_u32).prop_map(|(mut actions, one_in_ten, how)| {
        let valid = one_in_ten > 0 || actions.is_empty();
        if !valid {
            spoil(&mut actions, how);
        }
        Flow { actions, valid }
    })
}

/// Puts one mistake into the last action.
fn spoil(actions: &mut [Action], how: u32) {
    let first_id = actions[0].id.clone();
    let count = actions.len();
    let last = actions.last_mut().expect("a mistake needs an action");
    match how {
        0 => last.next_id = named("nowhere").to_string(),
        1 => last.id = "00000000-0000-0000-0000-000000000002".to_owned(),
        2 if count > 1 => last.id = first_id,
        3 => last.option = None,
        4 => last.option = Opt::empty("ai_talk"),
        5 => last.option = Some(Opt::Sleep(proto::SleepOption { duration: Some(-1) })),
        6 => last.option = Some(Opt::Talk(proto::TalkOption::default())),
        _ => last.id = "one".to_owned(),
    }
}

fn id_at(at: usize) -> String {
    named(&format!("a{at}")).to_string()
}

fn action(at: usize, count: usize) -> impl Strategy<Value = Action> {
    let next = prop_oneof![
        6 => Just(None),
        1 => (0..count).prop_map(Some),
    ];
    (option(at + 1, count), next).prop_map(move |(option, next)| {
        // Back by next_id alone, an action that is done at once would never leave its loop, and is refused at the door.
        let next = next.filter(|next| !is_immediate(&option) || *next > at);
        Action { id: id_at(at), next_id: next.map(id_at).unwrap_or_default(), option: Some(option) }
    })
}

/// Whether it is done at once: some that wait do not where they are told so.
fn is_immediate(option: &Opt) -> bool {
    match option {
        Opt::Talk(proto::TalkOption { r#async, .. }) | Opt::Amd(proto::AmdOption { r#async, .. }) => {
            *r#async == Some(true)
        }
        option => spec(option.type_name()).mode == Mode::Immediate,
    }
}

fn text() -> impl Strategy<Value = String> {
    select(vec![
        "hello",
        "${a}",
        "${b} and ${b}",
        "${voipbin.call.digits}",
        "${nobody}",
        "${voipbin.action.error}",
        "1",
    ])
    .prop_map(str::to_owned)
}

/// Mostly ahead: who goes back and back is soon at a limit.
fn target(at: usize, count: usize) -> impl Strategy<Value = String> {
    prop_oneof![
        10 => (at.min(count - 1)..count).prop_map(id_at),
        2 => (0..count).prop_map(id_at),
        1 => Just("${a}".to_owned()),
        1 => (1..4_u8).prop_map(|reserved| format!("00000000-0000-0000-0000-00000000000{reserved}")),
    ]
}

fn address() -> impl Strategy<Value = Address> {
    select(vec!["+15550000001", "+15550000002", "${a}"]).prop_map(|target| Address {
        r#type: "tel".to_owned(),
        target: target.to_owned(),
        ..Address::default()
    })
}

fn word(words: &[&'static str]) -> impl Strategy<Value = Option<String>> + use<> {
    proptest::option::of(select(words.to_vec()).prop_map(str::to_owned))
}

fn number(range: std::ops::Range<i32>) -> impl Strategy<Value = Option<i32>> {
    proptest::option::of(range)
}

const CONDITIONS: [&str; 6] = ["==", "!=", ">", ">=", "<", "<="];

fn option(next: usize, count: usize) -> impl Strategy<Value = Opt> {
    prop_oneof![6 => of_call(), 1 => connect(), 4 => of_flow(), 3 => outside(), 2 => of_line(), 3 => steering(next, count)]
}

fn of_call() -> impl Strategy<Value = Opt> {
    let ways = ["both", "in", "out"];
    prop_oneof![
        Just(Opt::Answer(proto::AnswerOption {})),
        word(&["busy", "normal", "amd", "${a}"])
            .prop_map(|reason| Opt::Hangup(proto::HangupOption { reason, reference_id: None })),
        (text(), word(&["", "next"]), any::<Option<bool>>()).prop_map(|(text, digits_handle, r#async)| {
            Opt::Talk(proto::TalkOption { text: Some(text), digits_handle, r#async, ..Default::default() })
        }),
        Just(Opt::Play(proto::PlayOption { stream_urls: vec!["https://a.example/1.wav".to_owned()] })),
        Just(Opt::Beep(proto::BeepOption {})),
        (number(0..4), number(1..3_000), word(&["#", "1*", "${a}"])).prop_map(|(length, duration, key)| {
            Opt::DigitsReceive(proto::DigitsReceiveOption { length, duration, key })
        }),
        word(&["12#", "${voipbin.call.digits}"]).prop_map(|digits| {
            Opt::DigitsSend(proto::DigitsSendOption { digits: digits.or(Some("1".to_owned())), ..Default::default() })
        }),
        number(1..2_000).prop_map(|duration| Opt::Echo(proto::EchoOption { duration })),
        word(&ways).prop_map(|direction| Opt::Mute(proto::MuteOption { direction })),
        word(&ways).prop_map(|direction| Opt::Unmute(proto::UnmuteOption { direction })),
        Just(Opt::Hold(proto::HoldOption {})),
        Just(Opt::Unhold(proto::UnholdOption {})),
    ]
}

fn connect() -> impl Strategy<Value = Opt> {
    let destinations = proptest::collection::vec(address(), 1..4);
    (destinations, any::<Option<bool>>(), any::<Option<bool>>(), number(1..9_000)).prop_map(
        |(destinations, early_media, relay_reason, timeout_ms)| {
            let option =
                proto::ConnectOption { destinations, early_media, relay_reason, timeout_ms, ..Default::default() };
            Opt::Connect(option)
        },
    )
}

fn of_flow() -> impl Strategy<Value = Opt> {
    prop_oneof![
        3 => (0..2_000).prop_map(|ms| Opt::Sleep(proto::SleepOption { duration: Some(ms) })),
        2 => (word(&["a", "b", "${a}", "long"]), text()).prop_map(|(key, value)| {
            let value = if key.as_deref() == Some("long") { "x".repeat(31_000) } else { value };
            Opt::VariableSet(proto::VariableSetOption { key: key.or(Some("c".to_owned())), value: Some(value) })
        }),
        2 => Just(Opt::FetchFlow(proto::FetchFlowOption { flow_id: Some(named("other").to_string()) })),
        2 => number(1..5_000).prop_map(|timeout_ms| Opt::Block(proto::BlockOption { timeout_ms })),
        1 => Just(Opt::Stop(proto::StopOption {})),
    ]
}

/// What goes out of the flow.
fn outside() -> impl Strategy<Value = Opt> {
    let mail = Address { r#type: "email".to_owned(), target: "a@a.example".to_owned(), ..Address::default() };
    prop_oneof![
        Just(Opt::Fetch(proto::FetchOption { event_url: Some("https://a.example/".to_owned()), ..Default::default() })),
        any::<bool>().prop_map(|sync| {
            let uri = Some("https://a.example/".to_owned());
            Opt::WebhookSend(proto::WebhookSendOption { uri, sync: Some(sync), ..Default::default() })
        }),
        (address(), address(), text()).prop_map(|(source, to, text)| {
            let (source, destinations, text) = (Some(source), vec![to], Some(text));
            Opt::MessageSend(proto::MessageSendOption { source, destinations, text })
        }),
        text().prop_map(move |subject| {
            let (destinations, subject) = (vec![mail.clone()], Some(subject));
            Opt::EmailSend(proto::EmailSendOption { destinations, subject, ..Default::default() })
        }),
        (proptest::collection::vec(address(), 1..3), any::<bool>(), any::<bool>(), any::<bool>()).prop_map(
            |(destinations, chained, early, own)| {
                let actions = vec![Action { option: Opt::empty("beep"), ..Action::default() }];
                Opt::Call(proto::CallOption {
                    destinations,
                    flow_id: (!own).then(|| named("other").to_string()),
                    actions: if own { actions } else { Vec::new() },
                    chained: Some(chained),
                    early_execution: Some(early),
                    ..Default::default()
                })
            }
        ),
    ]
}

/// What listens to the call, or joins it with others.
fn of_line() -> impl Strategy<Value = Opt> {
    let id = || Some(named("other").to_string());
    prop_oneof![
        (word(&["continue", "hangup"]), any::<Option<bool>>())
            .prop_map(|(machine_handle, r#async)| Opt::Amd(proto::AmdOption { machine_handle, r#async })),
        number(0..9).prop_map(move |duration| {
            let option = proto::RecordingStartOption { duration, on_end_flow_id: id(), ..Default::default() };
            Opt::RecordingStart(option)
        }),
        Just(Opt::RecordingStop(proto::RecordingStopOption {})),
        Just(Opt::ConferenceJoin(proto::ConferenceJoinOption { conference_id: id() })),
        Just(Opt::ConfbridgeJoin(proto::ConfbridgeJoinOption { confbridge_id: id() })),
        number(1..2_000).prop_map(|duration| Opt::StreamEcho(proto::StreamEchoOption { duration })),
    ]
}

fn steering(next: usize, count: usize) -> impl Strategy<Value = Opt> {
    let values = proptest::collection::btree_map(select(vec!["1", "2", "#", "hello"]), target(next, count), 1..3);
    let condition = || select(CONDITIONS.to_vec()).prop_map(|it| Some(it.to_owned()));
    prop_oneof![
        (word(&["a", "voipbin.connect.status"]), values, proptest::option::of(target(next, count))).prop_map(
            |(variable, target_ids, default_target_id)| {
                let target_ids = target_ids.into_iter().map(|(value, id)| (value.to_owned(), id)).collect();
                Opt::Branch(proto::BranchOption { variable, target_ids, default_target_id })
            }
        ),
        (condition(), text(), word(&["string", "number", "length"]), target(next, count)).prop_map(
            |(condition, variable, value_type, false_target_id)| {
                Opt::ConditionVariable(proto::ConditionVariableOption {
                    condition,
                    variable: Some(variable),
                    value_type,
                    value_string: Some("hello".to_owned()),
                    value_number: Some(1.0),
                    value_length: Some(1),
                    false_target_id: Some(false_target_id),
                })
            }
        ),
        (condition(), number(-1..24), number(-1..60), target(next, count)).prop_map(
            |(condition, hour, minute, false_target_id)| {
                let false_target_id = Some(false_target_id);
                let option =
                    proto::ConditionDatetimeOption { condition, hour, minute, false_target_id, ..Default::default() };
                Opt::ConditionDatetime(option)
            }
        ),
        (condition_word(), target(next, count)).prop_map(|(status, false_target_id)| {
            let false_target_id = Some(false_target_id);
            Opt::ConditionCallStatus(proto::ConditionCallStatusOption { status, false_target_id })
        }),
        (1..4, word(&["#", "12"]), target(next, count)).prop_map(|(length, key, false_target_id)| {
            let (length, false_target_id) = (Some(length), Some(false_target_id));
            Opt::ConditionCallDigits(proto::ConditionCallDigitsOption { length, key, false_target_id })
        }),
        (target(next, count), 1..4).prop_map(|(target_id, loop_count)| {
            Opt::Goto(proto::GotoOption { target_id: Some(target_id), loop_count: Some(loop_count) })
        }),
    ]
}

fn condition_word() -> impl Strategy<Value = Option<String>> {
    select(vec!["ringing", "progressing", "hangup"]).prop_map(|word| Some(word.to_owned()))
}

pub fn act() -> impl Strategy<Value = Act> {
    let call = || 0..4_usize;
    let operation = || prop_oneof![4 => Just(None), 1 => (0..12_u64).prop_map(Some)];
    let by = select(vec![HangupBy::Local, HangupBy::Remote]);
    let reason = select(HangupReason::ALL.to_vec());
    let key = select("0123456789ABCD*#".chars().collect::<Vec<_>>());
    let names = select(vec!["a", "b", "voipbin.call.id", ""]);
    let values = select(vec!["1", "", "+15550000002", "busy"]);
    prop_oneof![
        50 => (0..6_usize).prop_map(Act::Awaited),
        2 => call().prop_map(Act::Ringing),
        1 => call().prop_map(Act::EarlyMedia),
        6 => call().prop_map(Act::Answered),
        5 => (call(), key).prop_map(|(call, key)| Act::Digit(call, key)),
        1 => (call(), call()).prop_map(|(one, other)| Act::Bridged(one, other)),
        1 => (call(), call()).prop_map(|(one, other)| Act::Unbridged(one, other)),
        1 => (call(), any::<bool>()).prop_map(|(call, held)| Act::FarHold(call, held)),
        1 => call().prop_map(Act::Quality),
        2 => (call(), by, reason).prop_map(|(call, by, reason)| Act::Hangup(call, by, reason)),
        10 => (operation(), any::<bool>()).prop_map(|(operation, well)| Act::Finished(operation, well)),
        1 => (operation(), any::<bool>()).prop_map(|(operation, was_dial)| Act::Gone(operation, was_dial)),
        8 => proptest::option::of(0..20_000_i64).prop_map(Act::Time),
        5 => (operation(), proptest::option::weighted(0.9, 0..3_usize)).prop_map(|(operation, flow)| Act::Loaded(operation, flow)),
        2 => (operation(), proptest::option::weighted(0.7, 0..3_usize)).prop_map(|(operation, flow)| Act::Fetched(operation, flow)),
        2 => (operation(), select(vec![0_u16, 200, 500])).prop_map(|(operation, status)| Act::Sent(operation, status)),
        2 => (operation(), any::<bool>()).prop_map(|(operation, machine)| Act::Detected(operation, machine)),
        2 => any::<bool>().prop_map(Act::Recorded),
        1 => prop_oneof![9 => Just(Act::Resume), 1 => Just(Act::HangUp)],
        3 => Just(Act::Resume),
        1 => prop_oneof![9 => Just(Act::Resume), 1 => Just(Act::Died), 1 => Just(Act::Stop), 1 => Just(Act::Delete)],
        3 => prop_oneof![5 => Just(true), 1 => Just(false)].prop_map(Act::Continue),
        2 => (0..3_usize, any::<bool>()).prop_map(|(flow, interrupt)| Act::Push(flow, interrupt)),
        1 => (names, values).prop_map(|(name, value)| Act::Set(name, value)),
        2 => (call(), command()).prop_map(|(call, command)| Act::Ask(call, command)),
    ]
}

fn command() -> impl Strategy<Value = Command> {
    let way = || select(vec![MuteDirection::Both, MuteDirection::In, MuteDirection::Out]);
    prop_oneof![
        Just(Command::Hangup),
        Just(Command::Talk),
        Just(Command::Digits),
        Just(Command::Hold),
        Just(Command::Unhold),
        way().prop_map(Command::Mute),
        way().prop_map(Command::Unmute),
        Just(Command::Delete),
    ]
}
