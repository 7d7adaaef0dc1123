//! `digits_send`: sends DTMF (as in RFC 4733 over RTP).

use super::Control;
use crate::engine::checker::Checker;
use crate::engine::machine::Machine;
use crate::model::run::WaitKind;
use crate::model::telephony::Command;
use crate::proto::DigitsSendOption;
use uuid::Uuid;

pub const TONE_MS: i32 = 250;
pub const GAP_MS: i32 = 100;

pub fn check(option: &DigitsSendOption, checker: &mut Checker) {
    if option.digits.as_deref().is_none_or(str::is_empty) {
        checker.option("digits", "expected 1 to 100 keys of 0-9A-D*#");
    }
    checker.keys("digits", &option.digits, 1..=100);
    checker.number("duration", option.duration, 100..=1_000);
    checker.number("interval", option.interval, 0..=5_000);
}

pub fn begin(machine: &mut Machine, option: &DigitsSendOption, call_id: Uuid) -> Control {
    let digits = option.digits.clone().unwrap_or_default();
    let tone_ms = option.duration.unwrap_or(TONE_MS) as u32;
    let gap_ms = option.interval.unwrap_or(GAP_MS) as u32;
    let operation = machine.command(call_id, Command::SendDigits { digits, tone_ms, gap_ms });
    Control::wait(WaitKind::Media { operation, cut: false })
}
