//! The vocabulary of the telephony port: the engine's commands to a telephone network, and the network's signals.

use super::call::{Address, HangupBy, HangupReason, MuteDirection, Privacy};
use super::quality::Quality;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Identifies one command of one run; the event that reports the command's end carries it.
pub type OperationId = u64;

/// A command for one call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Dials an outgoing call. The engine enforces the ring timeout: it hangs up.
    Dial {
        customer_id: Uuid,
        source: Address,
        destination: Address,
        /// Whether the remote party sees the source.
        #[serde(default)]
        privacy: Privacy,
    },
    /// Answers an incoming call; reported as [`Signal::Answered`].
    Answer,
    /// Plays to the remote party; ends with [`Signal::Finished`]. Replaces what is being played, which is then finished
    /// too. Before an incoming call is answered, the caller first receives a 183 with early media. An outgoing call that
    /// only rings has no media: it plays unheard.
    Play {
        media: Media,
    },
    /// Stops what is being played; that operation is finished.
    StopPlaying,
    /// Sends DTMF, after the keys that are still being sent; ends with [`Signal::Finished`].
    SendDigits {
        digits: String,
        tone_ms: u32,
        gap_ms: u32,
    },
    /// Sends the remote party's audio back to it for `duration_ms`; ends with [`Signal::Finished`]. Replaces a running
    /// echo, which is then finished too.
    Echo {
        duration_ms: i64,
        /// Also sends back the keys.
        digits: bool,
    },
    /// Joins the audio of this call and another, and removes both from their current bridges; reported as
    /// [`Signal::Bridged`] for both. Both must have media, otherwise [`Signal::Finished`] reports an error: a call has
    /// media once it is answered, and before that if it has early media. An incoming call that is not answered first
    /// receives a 183, and has early media from then on.
    Bridge {
        other: Uuid,
    },
    /// Removes this call from its bridge; reported as [`Signal::Unbridged`] for both calls.
    Unbridge,
    /// Joins a customer's room, where calls hear one another, and leaves the call's current bridge or room; ends with
    /// [`Signal::Finished`] when the call leaves the room, by [`Command::Leave`] or for another room or a bridge. The
    /// call must be answered, otherwise [`Signal::Finished`] reports an error.
    Join {
        customer_id: Uuid,
        room_id: Uuid,
    },
    /// Leaves the room.
    Leave,
    /// Detects whether a human or a machine answered; reported as [`Signal::Detected`]. The call must be answered.
    /// A second one joins a running detection: the outcome is reported for both.
    Detect,
    /// Records both directions into a file, until one of the given end conditions, [`Command::StopRecording`] or the
    /// end of the call; reported as [`Signal::Recorded`] when the file is complete or when there will be none. A time
    /// of 0 and an empty set of keys are no end condition. The call must be answered, and has at most one recording at
    /// a time.
    Record {
        recording_id: Uuid,
        end_of_silence_ms: i64,
        end_of_key: String,
        duration_ms: i64,
        beep: bool,
    },
    /// Ends a recording; does nothing if it is not running.
    StopRecording {
        recording_id: Uuid,
    },
    Mute {
        direction: MuteDirection,
    },
    Unmute {
        direction: MuteDirection,
    },
    /// Puts the remote party on hold: it hears music or silence. Success is not reported. If it is refused, the call
    /// continues as it was, and [`Signal::Finished`] reports an error. The call must be answered.
    Hold,
    /// Takes the remote party off hold; otherwise like [`Command::Hold`].
    Unhold,
    /// Ends the call, before or after the answer; reported as [`Signal::Hangup`].
    Hangup {
        reason: HangupReason,
    },
}

/// Media to play.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Media {
    /// Text to speak, plain or SSML.
    Speech { text: String, language: String, gender: String, provider: String, voice_id: String },
    /// URLs of audio files, in order.
    Files { urls: Vec<String> },
    /// A tone.
    Tone { hertz: u32, duration_ms: u32 },
}

/// A report of the network about one call; reports arrive in order per call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signal {
    Ringing,
    /// The remote party sends audio before it answers.
    EarlyMedia,
    Answered,
    /// One of 0-9A-D*#.
    Digit {
        digit: char,
    },
    /// A command is over; `error` is the reason why it failed.
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
    /// A human or a machine answered.
    Detected {
        operation: OperationId,
        machine: bool,
    },
    /// A recording has ended; `error` is the reason why there is no file. It comes before the call's `Hangup`.
    Recorded {
        recording_id: Uuid,
        duration_ms: i64,
        /// Bytes of the file.
        size: u64,
        error: Option<String>,
    },
    /// The call has ended: the last signal of every call, exactly once.
    Hangup {
        by: HangupBy,
        reason: HangupReason,
        /// The final SIP status, or 0 if there is none: we hung up, or the call was answered.
        sip_code: u16,
        /// The phrase of that status, or what the remote party gives as the reason (RFC 3326). Often empty.
        #[serde(default)]
        cause: String,
    },
    /// The remote party puts us on hold, or takes us off hold.
    FarHold {
        held: bool,
    },
    /// The quality of a call that had media: once, directly before its `Hangup`.
    Quality(Box<Quality>),
}
