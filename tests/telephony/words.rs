//! The words of cases: signals as traces show them, and our commands.

use ringdown::model::call::{Address, AddressType, HangupReason, MuteDirection};
use ringdown::model::telephony::{Command, Media, Signal};
use std::collections::HashMap;
use uuid::Uuid;

/// A signal as traces show it; calls that the case has no name for go by their id.
pub fn line(signal: &Signal, names: &HashMap<Uuid, char>) -> String {
    let name = |id: &Uuid| names.get(id).map_or_else(|| id.to_string(), char::to_string);
    match signal {
        Signal::Ringing => "ringing".to_owned(),
        Signal::EarlyMedia => "early".to_owned(),
        Signal::Answered => "answered".to_owned(),
        Signal::Digit { digit } => format!("digit {digit}"),
        Signal::Finished { operation, error: None } => format!("finished {operation}"),
        Signal::Finished { operation, error: Some(_) } => format!("failed {operation}"),
        Signal::Bridged { other } => format!("bridged {}", name(other)),
        Signal::Unbridged { other } => format!("unbridged {}", name(other)),
        Signal::Detected { operation, machine: true } => format!("machine {operation}"),
        Signal::Detected { operation, machine: false } => format!("human {operation}"),
        // Recordings go by the number of the command that asked for them.
        Signal::Recorded { recording_id, duration_ms, error: None, .. } => {
            format!("recorded {} {duration_ms}", recording_id.as_u128())
        }
        Signal::Recorded { recording_id, .. } => format!("unrecorded {}", recording_id.as_u128()),
        Signal::FarHold { held: true } => "holds".to_owned(),
        Signal::FarHold { held: false } => "unholds".to_owned(),
        Signal::Quality(_) => "quality".to_owned(),
        Signal::Hangup { by, reason, .. } => format!("hangup {by:?} {reason:?}").to_lowercase(),
    }
}

pub fn tel(number: &str) -> Address {
    Address {
        kind: AddressType::Tel,
        target: number.to_owned(),
        target_name: String::new(),
        name: String::new(),
        detail: String::new(),
    }
}

pub fn speech(characters: usize) -> Command {
    Command::Play {
        media: Media::Speech {
            text: "x".repeat(characters),
            language: "en-US".to_owned(),
            gender: String::new(),
            provider: String::new(),
            voice_id: String::new(),
        },
    }
}

/// One of our commands as cases write it.
pub fn command(word: &str, rest: &str, calls: &HashMap<char, Uuid>) -> Command {
    let number = || rest.parse::<u32>().unwrap_or_else(|_| panic!("`{word}` takes a number, not `{rest}`"));
    match word {
        "answer" => Command::Answer,
        "speech" => speech(number() as usize),
        "files" => {
            Command::Play { media: Media::Files { urls: vec!["https://a.test/b.wav".to_owned(); number() as usize] } }
        }
        "tone" => Command::Play { media: Media::Tone { hertz: 440, duration_ms: number() } },
        "stop" => Command::StopPlaying,
        "sends" => Command::SendDigits { digits: rest.to_owned(), tone_ms: 250, gap_ms: 100 },
        "echo" => Command::Echo { duration_ms: number().into(), digits: false },
        "echo_keys" => Command::Echo { duration_ms: number().into(), digits: true },
        "join" => Command::Join { customer_id: Uuid::nil(), room_id: Uuid::from_u128(number().into()) },
        "leave" => Command::Leave,
        "detect" => Command::Detect,
        "record" => record(rest),
        "stop_recording" => Command::StopRecording { recording_id: Uuid::from_u128(number().into()) },
        "bridge" => Command::Bridge { other: calls[&rest.chars().next().expect("bridge takes a call")] },
        "unbridge" => Command::Unbridge,
        "mute" => Command::Mute { direction: direction(rest) },
        "unmute" => Command::Unmute { direction: direction(rest) },
        "hold" => Command::Hold,
        "unhold" => Command::Unhold,
        "hangup" => Command::Hangup { reason: reason(rest) },
        _ => panic!("no step is called `{word}`"),
    }
}

/// What ends a recording and whether a beep begins it: `duration=3000 silence=2000 keys=*# beep`.
fn record(ends: &str) -> Command {
    let (mut duration_ms, mut end_of_silence_ms, mut end_of_key, mut beep) = (0, 0, String::new(), false);
    for end in ends.split_whitespace() {
        match end.split_once('=') {
            Some(("duration", ms)) => duration_ms = ms.parse().unwrap(),
            Some(("silence", ms)) => end_of_silence_ms = ms.parse().unwrap(),
            Some(("keys", keys)) => end_of_key = keys.to_owned(),
            _ if end == "beep" => beep = true,
            _ => panic!("no end of a recording is called `{end}`"),
        }
    }
    Command::Record { recording_id: Uuid::nil(), end_of_silence_ms, end_of_key, duration_ms, beep }
}

fn direction(word: &str) -> MuteDirection {
    match word {
        "in" => MuteDirection::In,
        "out" => MuteDirection::Out,
        _ => MuteDirection::Both,
    }
}

fn reason(word: &str) -> HangupReason {
    serde_json::from_value(word.into()).unwrap_or_else(|_| panic!("no reason is called `{word}`"))
}
