//! `talk`: speaks a text.

use super::{Control, play};
use crate::engine::checker::Checker;
use crate::engine::machine::Machine;
use crate::model::telephony::{Command, Media};
use crate::proto::TalkOption;
use uuid::Uuid;

pub fn check(option: &TalkOption, checker: &mut Checker) {
    checker.required_text("text", &option.text, 5_000);
    checker.one_of("digits_handle", &option.digits_handle, &["", "next"]);
    for (name, value) in [
        ("language", &option.language),
        ("gender", &option.gender),
        ("provider", &option.provider),
        ("voice_id", &option.voice_id),
    ] {
        checker.text(name, value, 128);
    }
}

/// Speaks the text. With `digits_handle: next` the first key stops it; an unread earlier key skips it entirely.
pub fn begin(machine: &mut Machine, option: &TalkOption, call_id: Uuid) -> Control {
    let cut = option.digits_handle.as_deref() == Some("next");
    if cut && !machine.run.digits.is_empty() {
        return Control::DONE;
    }
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let media = Media::Speech {
        text: text(&option.text),
        language: text(&option.language),
        gender: text(&option.gender),
        provider: text(&option.provider),
        voice_id: text(&option.voice_id),
    };
    if option.r#async == Some(true) {
        machine.command(call_id, Command::Play { media });
        return Control::DONE;
    }
    play::media(machine, call_id, media, cut)
}
