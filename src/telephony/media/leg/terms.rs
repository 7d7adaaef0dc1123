//! What a leg is told, and what it tells.

use crate::model::telephony::OperationId;
use crate::telephony::media::codec::Law;
use crate::telephony::media::learning::Expected;
use crate::telephony::media::player::Sound;
use crate::telephony::media::quality::Quality;
use crate::telephony::media::tap::Tap;
use crate::telephony::sounds::Prompt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

/// Identifies a leg in this process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LegId(pub u64);

/// Where packets go.
pub trait Outlet {
    fn rtp(&mut self, to: SocketAddr, packet: &[u8]);
    fn rtcp(&mut self, to: SocketAddr, packet: &[u8]);
}

/// What a leg is created with.
#[derive(Debug)]
pub struct LegSettings {
    pub id: LegId,
    /// A random number, from which the leg takes its SSRC, its first sequence number and its first timestamp.
    pub seed: u64,
    /// Where its events go. A full channel delays them and never the leg.
    pub events: mpsc::Sender<Event>,
    /// How long the remote party may be silent, without RTP and RTCP, before [`Event::NoMedia`].
    pub no_media: Duration,
}

/// What offer and answer have agreed upon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stream {
    /// What we send. Both laws are received.
    pub law: Law,
    pub expected: Expected,
    /// Where RTCP goes; `None` for the port above that of RTP.
    pub rtcp: Option<SocketAddr>,
    /// RTCP shares the port of RTP (RFC 5761).
    pub mux: bool,
    /// The payload type of telephone-events that we receive.
    pub events_in: Option<u8>,
    /// That of telephone-events that the remote party receives; without one, keys are sent as tones.
    pub events_out: Option<u8>,
    /// `false` while the remote party holds us: nothing is sent but RTCP.
    pub sends: bool,
    /// `false` if the remote party is not to send: what comes all the same is not heard.
    pub receives: bool,
}

#[derive(Debug)]
pub enum LegCommand {
    /// The first SDP of the remote party, or a new one.
    Stream(Box<Stream>),
    /// Plays; ends with [`Event::Finished`]. Replaces what is being played, which is then finished too.
    Play {
        operation: OperationId,
        sound: Sound,
    },
    StopPlaying,
    /// Sends keys after those that are still being sent; ends with [`Event::Finished`].
    SendDigits {
        operation: OperationId,
        digits: String,
        tone_ms: u32,
        gap_ms: u32,
    },
    /// A key that came by SIP INFO: reported unless it came by RTP too.
    Info {
        digit: char,
    },
    /// Sends the remote party's sound back to it; ends with [`Event::Finished`]. Replaces a running echo.
    Echo {
        operation: OperationId,
        duration: Duration,
        digits: bool,
    },
    /// `heard`: what the remote party says is heard by nobody; its keys still count. `spoken`: the remote party hears
    /// silence.
    Mute {
        heard: bool,
        spoken: bool,
    },
    /// The remote party hears music, or silence, and is not heard.
    Hold {
        music: Option<Arc<Prompt>>,
    },
    Unhold,
    /// Records both directions; ends with [`Event::RecordingEnded`]. Replaces a running recording.
    Record {
        tap: Box<Tap>,
        beep: bool,
    },
    StopRecording {
        recording_id: Uuid,
    },
    /// Ends the leg, with a BYE by RTCP. Its quality is told last; dropped if nobody waits for it.
    Close {
        quality: oneshot::Sender<Box<Quality>>,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The first packet that is accepted, and the first from another address: where the remote party really is.
    Found {
        source: SocketAddr,
    },
    Digit {
        digit: char,
    },
    Finished {
        operation: OperationId,
        error: Option<String>,
    },
    RecordingEnded {
        recording_id: Uuid,
        duration_ms: u64,
        lost_ms: u64,
    },
    /// Nothing came for as long as the settings say, though something was due. Reported once until something comes.
    NoMedia,
}
