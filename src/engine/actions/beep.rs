//! `beep`: plays a tone of 1 kHz for 300 ms.

use super::{Control, play};
use crate::engine::machine::Machine;
use crate::model::telephony::Media;
use uuid::Uuid;

pub fn begin(machine: &mut Machine, call_id: Uuid) -> Control {
    play::media(machine, call_id, Media::Tone { hertz: 1_000, duration_ms: 300 }, false)
}
