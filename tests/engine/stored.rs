//! What an earlier version has stored: `stored/COMMIT.txt` has a line for each value, its kind and its bytes in hexadecimal.

use crate::script::{named, revision};
use ringdown::engine::{self, Allowance, Input};
use ringdown::model::call::{Direction, HangupBy, HangupReason, MuteDirection, Privacy};
use ringdown::model::codec::{from_bytes, to_bytes};
use ringdown::model::event::{CallKind, Kind, Record};
use ringdown::model::run::{Run, WaitKind};
use ringdown::model::telephony::{Command, Media, Signal};
use ringdown::model::view;
use serde::de::DeserializeOwned;
use uuid::Uuid;

/// The flow of the stored run.
const ACTIONS: &str = r#"[{"type": "hold"}, {"type": "connect", "option": {"early_media": true, "destinations": [{"type": "tel", "target": "+15550000002"}, {"type": "tel", "target": "+15550000003"}]}}]"#;
const STORED: &str = include_str!("stored/e952e77.txt");

fn stored<T: DeserializeOwned>(kind: &str) -> Vec<T> {
    let values = STORED.lines().filter_map(|line| line.split_once(' ').filter(|(it, _)| *it == kind));
    let bytes = |hex: &str| -> Vec<u8> {
        (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
    };
    values.map(|(_, hex)| from_bytes(&bytes(hex)).unwrap_or_else(|error| panic!("{kind}: {error}"))).collect()
}

#[test]
fn commands_and_signals() {
    let id = Uuid::from_u128;
    let commands: Vec<Command> = stored("command");
    let Command::Dial { privacy: Privacy::None, customer_id, source, destination } = &commands[0] else {
        panic!("{:?}", commands[0]);
    };
    let who = (*customer_id, source.target.as_str(), destination.target.as_str());
    assert_eq!(who, (id(1), "+15550000009", "+15550000001"));
    let others = [
        Command::Answer,
        Command::Play { media: Media::Tone { hertz: 440, duration_ms: 500 } },
        Command::StopPlaying,
        Command::SendDigits { digits: "12".into(), tone_ms: 250, gap_ms: 100 },
        Command::Echo { duration_ms: 1000, digits: true },
        Command::Bridge { other: id(2) },
        Command::Unbridge,
        Command::Join { customer_id: id(1), room_id: id(3) },
        Command::Leave,
        Command::Detect,
        Command::Record {
            recording_id: id(4),
            end_of_silence_ms: 1,
            end_of_key: "#".into(),
            duration_ms: 2,
            beep: true,
        },
        Command::StopRecording { recording_id: id(4) },
        Command::Mute { direction: MuteDirection::In },
        Command::Unmute { direction: MuteDirection::Both },
        Command::Hold,
        Command::Unhold,
        Command::Hangup { reason: HangupReason::Busy },
    ];
    assert_eq!(commands[1..], others);
    let signals = [
        Signal::Ringing,
        Signal::EarlyMedia,
        Signal::Answered,
        Signal::Digit { digit: '5' },
        Signal::Finished { operation: 7, error: Some("no".into()) },
        Signal::Bridged { other: id(2) },
        Signal::Unbridged { other: id(2) },
        Signal::Detected { operation: 8, machine: true },
        Signal::Recorded { recording_id: id(4), duration_ms: 3, size: 92, error: None },
        Signal::Hangup { by: HangupBy::Remote, reason: HangupReason::Busy, sip_code: 486, cause: String::new() },
    ];
    assert_eq!(stored::<Signal>("signal"), signals);
}

/// A run in the middle of a connect: its call is held, one leg sends early media, the other one was busy.
#[test]
fn a_run_goes_on() {
    let [mut run]: [Run; 1] = stored("run").try_into().expect("one run");
    run.program.put(revision(ACTIONS, 0));
    assert_eq!(run.program.missing().count(), 0);
    let again: Run = from_bytes(&to_bytes(&run)).unwrap();
    assert_eq!(again.legs, run.legs);
    let own = run.leg(named("call")).unwrap().clone();
    assert!(own.call.held && !own.far_held && own.holding.is_none() && own.call.quality.is_none());
    assert_eq!((own.call.privacy, own.call.cause.as_str()), (Privacy::None, ""));
    let ringing = run.legs.iter().find(|leg| leg.bridged_id == own.call.id).unwrap().call.clone();
    assert_eq!((ringing.direction, own.bridged_id), (Direction::Outgoing, ringing.id));
    assert!(matches!(&run.wait.as_ref().unwrap().kind, WaitKind::Connect(connect) if connect.early_media));
    // A refusal of the hold that the earlier version asked for is not known any more.
    let now = run.last().plus_ms(1);
    let finished = Signal::Finished { operation: 1, error: Some("488".into()) };
    let finished = Input::Signal { call_id: own.call.id, signal: finished };
    let output = engine::step(&mut run, finished, now, 1, &Allowance::default()).unwrap();
    assert!(output.events.is_empty());
    let hangup =
        Signal::Hangup { by: HangupBy::Remote, reason: HangupReason::Failed, sip_code: 603, cause: "No".into() };
    let hangup = Input::Signal { call_id: ringing.id, signal: hangup };
    let output = engine::step(&mut run, hangup, now, 2, &Allowance::default()).unwrap();
    let ended = output.events.iter().find_map(|event| match &event.kind {
        Kind::Call { call, kind: CallKind::Hangup } => Some(call),
        _ => None,
    });
    assert_eq!(ended.map(|call| (call.sip_code, call.cause.as_str())), Some((603, "No")));
}

#[test]
fn a_history_is_shown_as_before() {
    let records: Vec<Record> = stored("record");
    let shown = records.iter().flat_map(|record| {
        (0..record.events.len()).filter_map(|at| view::call_event(record, at)).map(|(_, event)| event.r#type())
    });
    use ringdown::proto::CallEventType::*;
    let all = [Created, Ringing, Progressing, Held, Created, Created, Ringing, Bridged, Bridged, Hangup];
    assert_eq!(shown.collect::<Vec<_>>(), all);
}
