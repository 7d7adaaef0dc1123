//! What the engine asks of a telephone network and what the network tells it: the words of the telephony port.

use super::call::{Address, HangupBy, HangupReason, MuteDirection};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Names one command of one run; it comes back in the event that says the command is over.
pub type OperationId = u64;

/// One thing to do with one call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Dials an outgoing call. The ring time-out is the engine's: it hangs up.
    Dial {
        customer_id: Uuid,
        source: Address,
        destination: Address,
    },
    /// Answers an incoming call; told as [`Signal::Answered`].
    Answer,
    /// Plays to the far end; over with [`Signal::Finished`]. Replaces what is being played, which is then finished too.
    Play {
        media: Media,
    },
    /// Stops what is being played; that operation is finished.
    StopPlaying,
    /// Sends DTMF, after what is still being sent; over with [`Signal::Finished`].
    SendDigits {
        digits: String,
        tone_ms: u32,
        gap_ms: u32,
    },
    /// Sends the far end's audio back to it for so long; over with [`Signal::Finished`]. Replaces an echo that runs, which is
    /// then finished too.
    Echo {
        duration_ms: i64,
        /// Sends back the keys too.
        digits: bool,
    },
    /// Joins the audio of this call and another, out of whatever bridges they are in; told as [`Signal::Bridged`] for both.
    /// Both have to be answered, else [`Signal::Finished`] with an error.
    Bridge {
        other: Uuid,
    },
    /// Takes this call out of its bridge; told as [`Signal::Unbridged`] for both.
    Unbridge,
    /// Joins a customer's room, where calls hear one another, out of the bridge or room that the call is in; over with
    /// [`Signal::Finished`] when the call leaves it, by [`Command::Leave`] or for another room or a bridge. The call has to
    /// be answered, else [`Signal::Finished`] with an error.
    Join {
        customer_id: Uuid,
        room_id: Uuid,
    },
    /// Leaves the room.
    Leave,
    /// Listens for what answered; told as [`Signal::Detected`]. The call has to be answered. Replaces a detection that runs,
    /// whose outcome is then told at once.
    Detect,
    /// Records both directions into a file, until one of the ends given here, [`Command::StopRecording`] or the end of the
    /// call; told as [`Signal::Recorded`] when the file is whole or when there will be none. A time of 0 and no keys are no
    /// end of it. The call has to be answered, and is recorded once at a time.
    Record {
        recording_id: Uuid,
        end_of_silence_ms: i64,
        end_of_key: String,
        duration_ms: i64,
        beep: bool,
    },
    /// Ends a recording; nothing happens where it does not run.
    StopRecording {
        recording_id: Uuid,
    },
    Mute {
        direction: MuteDirection,
    },
    Unmute {
        direction: MuteDirection,
    },
    Hold,
    Unhold,
    /// Ends the call, before or after the answer; told as [`Signal::Hangup`].
    Hangup {
        reason: HangupReason,
    },
}

/// Something to hear.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Media {
    /// Text to speak, plain or SSML.
    Speech { text: String, language: String, gender: String, provider: String, voice_id: String },
    /// Addresses of audio files, in order.
    Files { urls: Vec<String> },
    /// A tone.
    Tone { hertz: u32, duration_ms: u32 },
}

/// What the network tells of one call, in order per call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signal {
    Ringing,
    /// The far end sends audio before it answers.
    EarlyMedia,
    Answered,
    /// One of 0-9A-D*#.
    Digit {
        digit: char,
    },
    /// A command is over; `error` says in plain words why it could not be done.
    Finished {
        operation: OperationId,
        error: Option<String>,
    },
    Bridged {
        other: Uuid,
    },
    Unbridged {
        other: Uuid,
    },
    /// What answered.
    Detected {
        operation: OperationId,
        machine: bool,
    },
    /// A recording has ended; `error` says in plain words why there is no file. It comes before the call's `Hangup`.
    Recorded {
        recording_id: Uuid,
        duration_ms: i64,
        /// Bytes of the file.
        size: u64,
        error: Option<String>,
    },
    /// The call is gone: the last signal of every call, exactly once.
    Hangup {
        by: HangupBy,
        reason: HangupReason,
        sip_code: u16,
    },
}
