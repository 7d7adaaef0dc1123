//! What the engine told, one line each.

use crate::script::{id_text, variables};
use ringdown::model::call::{Call, HangupBy, MuteDirection, Privacy};
use ringdown::model::event::{CallKind, Kind, Outcome};
use ringdown::model::run::EndReason;
use ringdown::model::telephony::{Command, Media};
use ringdown::proto;
use uuid::Uuid;

/// The call that runs the flow is `call`, those that it dials are `leg 1`, `leg 2` and so on.
pub fn call(calls: &[Uuid], id: Uuid) -> String {
    match calls.iter().position(|call| *call == id) {
        Some(0) => "call".to_owned(),
        Some(number) => format!("leg {number}"),
        None => id_text(&id.to_string()),
    }
}

pub fn event(calls: &[Uuid], kind: &Kind) -> Option<String> {
    Some(match kind {
        Kind::Created => return None,
        Kind::ActionStarted { action, .. } => format!("started {}", name(action)),
        Kind::ActionFinished { action, outcome, duration_ms } => {
            let how = match outcome {
                Outcome::Failed(why) => format!("failed ({why})"),
                other => other.word().to_owned(),
            };
            let time = if *duration_ms == 0 { String::new() } else { format!(" {duration_ms}ms") };
            format!("finished {} {how}{time}", name(action))
        }
        Kind::Forwarded { target_id } => format!("forwarded {}", id_text(&target_id.to_string())),
        Kind::VariablesSet { variables: set } => format!("set {}", variables(set, calls)),
        Kind::DigitsReceived { digits, dropped: false } => format!("digit {digits}"),
        Kind::DigitsReceived { digits, dropped: true } => format!("digit {digits} dropped"),
        Kind::Blocked => "blocked".to_owned(),
        Kind::Continued => "continued".to_owned(),
        Kind::ActionsPushed { actions, interrupt } => {
            format!("pushed {}{}", actions.len(), if *interrupt { " to interrupt" } else { "" })
        }
        Kind::ChainCut => "chain cut".to_owned(),
        Kind::NotStarted { reason } => format!("not started ({reason})"),
        Kind::Ended { reason, error } => {
            let reason = match reason {
                EndReason::Finished => "finished",
                EndReason::Stopped => "stopped",
                EndReason::Hangup => "hangup",
                EndReason::Failed => "failed",
                EndReason::Limit => "limit",
            };
            let error = if error.is_empty() { String::new() } else { format!(" ({error})") };
            format!("ended {reason}{error}")
        }
        Kind::Deleted => "deleted".to_owned(),
        // Every digit of the call that runs the flow stands in the activeflow's own history too.
        Kind::Call { call: it, kind: CallKind::DigitsReceived { .. } } if calls.first() == Some(&it.id) => return None,
        Kind::Call { call: it, kind } => format!("{} {}", call(calls, it.id), of_call(calls, it, kind)),
    })
}

fn of_call(calls: &[Uuid], it: &Call, kind: &CallKind) -> String {
    match kind {
        CallKind::Created => "created".to_owned(),
        CallKind::Ringing => "ringing".to_owned(),
        CallKind::Progressing => "progressing".to_owned(),
        CallKind::Canceling => "canceling".to_owned(),
        CallKind::Terminating => "terminating".to_owned(),
        CallKind::Hangup => {
            let by = if it.hangup_by == Some(HangupBy::Local) { "local" } else { "remote" };
            let quality = it.quality.as_ref().map(|it| format!(", {} at {}", it.codec, it.mos_in_x100));
            let reason = it.hangup_reason.map_or("", |reason| reason.word());
            format!("hangup {by} {reason}{}", quality.unwrap_or_default())
        }
        CallKind::Chained { .. } => "chained".to_owned(),
        CallKind::RecordingStarted { .. } => "recording started".to_owned(),
        CallKind::RecordingFinished { .. } => "recording finished".to_owned(),
        CallKind::DigitsReceived { digits } => format!("digit {digits}"),
        CallKind::DigitsSent { digits } => format!("sent {digits}"),
        CallKind::Talk => "talk".to_owned(),
        CallKind::Held => "held".to_owned(),
        CallKind::Unheld => "unheld".to_owned(),
        CallKind::Muted => format!("muted {}", it.muted.map_or("", direction)),
        CallKind::Unmuted => format!("unmuted, now {}", it.muted.map_or("not at all", direction)),
        CallKind::Bridged { other_id } => format!("bridged with {}", call(calls, *other_id)),
        CallKind::Unbridged { other_id } => format!("unbridged from {}", call(calls, *other_id)),
        CallKind::Deleted => "deleted".to_owned(),
        CallKind::HeldByRemote => "held by the remote party".to_owned(),
        CallKind::UnheldByRemote => "unheld by the remote party".to_owned(),
        CallKind::HoldRefused { error } => format!("is {} still ({error})", if it.held { "held" } else { "unheld" }),
    }
}

pub fn command(calls: &[Uuid], call_id: Uuid, command: &Command) -> String {
    let whose = match call(calls, call_id) {
        own if own == "call" => String::new(),
        leg => format!("{leg} "),
    };
    let kind = match command {
        Command::Dial { source, destination, privacy, .. } => {
            assert_eq!(source.name == "anonymous", *privacy == Privacy::Hidden);
            let hidden = if *privacy == Privacy::Hidden { " anonymously" } else { "" };
            format!("dial {} from {}{hidden}", destination.target, source.target)
        }
        Command::Answer => "answer".to_owned(),
        Command::Play { media: Media::Speech { text, .. } } => format!("speak {text:?}"),
        Command::Play { media: Media::Files { urls } } => format!("play {}", urls.join(" ")),
        Command::Play { media: Media::Tone { hertz, duration_ms } } => format!("tone {hertz}Hz {duration_ms}ms"),
        Command::StopPlaying => "stop playing".to_owned(),
        Command::SendDigits { digits, tone_ms, gap_ms } => format!("send {digits} {tone_ms}ms {gap_ms}ms"),
        Command::Echo { duration_ms, digits } => {
            format!("echo {duration_ms}ms{}", if *digits { " with keys" } else { "" })
        }
        Command::Join { room_id, .. } => format!("join {}", id_text(&room_id.to_string())),
        Command::Leave => "leave".to_owned(),
        Command::Detect => "detect".to_owned(),
        Command::Record { duration_ms, .. } => format!("record {duration_ms}ms"),
        Command::StopRecording { .. } => "stop recording".to_owned(),
        Command::Bridge { other } => format!("bridge with {}", call(calls, *other)),
        Command::Unbridge => "unbridge".to_owned(),
        Command::Mute { direction: way } => format!("mute {}", direction(*way)),
        Command::Unmute { direction: way } => format!("unmute {}", direction(*way)),
        Command::Hold => "hold".to_owned(),
        Command::Unhold => "unhold".to_owned(),
        Command::Hangup { reason } => format!("hang up {}", reason.word()),
    };
    format!("{whose}{kind}")
}

fn direction(direction: MuteDirection) -> &'static str {
    match direction {
        MuteDirection::Both => "both",
        MuteDirection::In => "in",
        MuteDirection::Out => "out",
    }
}

/// The type, and the id where the scenario gave one.
fn name(action: &proto::Action) -> String {
    let kind = action.option.as_ref().map_or("", |option| option.type_name());
    format!("{kind} {}", id_text(&action.id)).trim_end().to_owned()
}
