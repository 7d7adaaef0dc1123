//! The phone of a dry run: the state that the driver of one call would keep. Its operations take as long as those of
//! simulated phones.

use crate::model::sound;
use crate::model::telephony::{Media, OperationId};
use crate::model::time::Time;
use std::time::Duration;
use uuid::Uuid;

/// A key is reported when it is released, this long after it was pressed.
pub const KEY_MS: i64 = 100;

/// Identifies an entry of the schedule.
pub type Ticket = u64;

#[derive(Debug, Clone, Default)]
pub struct Phone {
    /// The remote party or we have answered.
    pub up: bool,
    /// The remote party sends audio before it answers.
    pub early: bool,
    pub playing: Option<(OperationId, Ticket)>,
    pub echo: Option<(OperationId, Ticket)>,
    /// When the last key will have been sent: keys of the next command follow then.
    pub sending: Time,
    /// The call to which it is bridged; nil for none.
    pub bridged: Uuid,
    pub detecting: Option<OperationId>,
    pub room: Option<OperationId>,
    pub recording: Option<Recording>,
    /// Until when there was, or will be, sound.
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
