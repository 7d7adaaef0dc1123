//! The phone of a dry run: what the driver of one call would be busy with. It takes the time that simulated phones take.

use crate::model::sound;
use crate::model::telephony::{Media, OperationId};
use crate::model::time::Time;
use std::time::Duration;
use uuid::Uuid;

/// A key is told when it is let go, so long after it was pressed.
pub const KEY_MS: i64 = 100;

/// Names an entry of the agenda.
pub type Ticket = u64;

#[derive(Debug, Clone, Default)]
pub struct Phone {
    /// The far end has answered, or we have.
    pub up: bool,
    pub playing: Option<(OperationId, Ticket)>,
    pub echo: Option<(OperationId, Ticket)>,
    /// Until when keys are being sent: those of the next command come after them.
    pub sending: Time,
    /// The call that it hears; nil for none.
    pub bridged: Uuid,
    pub detecting: Option<OperationId>,
    pub room: Option<OperationId>,
    pub recording: Option<Recording>,
    /// Until when something was, or will be, heard.
    pub sound: Time,
}

#[derive(Debug, Clone)]
pub struct Recording {
    pub id: Uuid,
    pub began: Time,
    pub end_of_silence_ms: i64,
    pub end_of_key: String,
}

pub fn media_ms(media: &Media) -> i64 {
    ms(sound::length(media))
}

pub fn digits_ms(digits: &str, tone_ms: u32, gap_ms: u32) -> i64 {
    ms(sound::digits(digits, tone_ms, gap_ms))
}

fn ms(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}
