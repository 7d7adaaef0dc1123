//! `play`: plays audio files in order.

use super::Control;
use crate::engine::checker::Checker;
use crate::engine::machine::Machine;
use crate::model::run::WaitKind;
use crate::model::telephony::{Command, Media};
use crate::proto::PlayOption;
use uuid::Uuid;

pub fn check(option: &PlayOption, checker: &mut Checker) {
    if option.stream_urls.is_empty() || option.stream_urls.len() > 20 {
        checker.option("stream_urls", "expected 1 to 20 addresses of WAV or MP3 files");
    }
    for (at, url) in option.stream_urls.iter().enumerate() {
        checker.http_url(&format!("stream_urls[{at}]"), url);
    }
}

pub fn begin(machine: &mut Machine, option: &PlayOption, call_id: Uuid) -> Control {
    media(machine, call_id, Media::Files { urls: option.stream_urls.clone() }, false)
}

/// Plays media and waits until it is over; with `cut`, a key stops it.
pub fn media(machine: &mut Machine, call_id: Uuid, media: Media, cut: bool) -> Control {
    let operation = machine.command(call_id, Command::Play { media });
    Control::wait(WaitKind::Media { operation, cut })
}
