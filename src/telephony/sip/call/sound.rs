//! The media of a call: what offer and answer agreed upon, and what the leg reports.

use super::{Call, Input};
use crate::model::telephony::Signal;
use crate::telephony::media::codec::Law;
use crate::telephony::media::learning::Expected;
use crate::telephony::media::leg::{Event, LegCommand, Stream};
use crate::telephony::sip::sdp::{Agreed, Codec};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// The address of a remote party that names none: it is learned from its packets.
const UNKNOWN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0);

impl Call {
    /// Tells the leg what was agreed upon.
    pub(super) fn agree(&mut self, agreed: &Agreed) {
        self.sdp_address = agreed.remote;
        self.law = match agreed.codec {
            Codec::Pcmu => Law::Mu,
            Codec::Pcma => Law::A,
        };
        let hop = self.network.hop();
        let inband = hop.is_some_and(|hop| hop.inband);
        let expected = Expected {
            address: agreed.remote.unwrap_or(UNKNOWN),
            signalling: self.signalling,
            nat: hop.is_some_and(|hop| hop.nat),
            strict: false,
        };
        let stream = Stream {
            law: self.law,
            expected,
            rtcp: agreed.remote_rtcp,
            mux: agreed.rtcp_mux,
            events_in: agreed.events.map(|events| events.receive),
            events_out: agreed.events.filter(|_| !inband).map(|events| events.send),
            sends: agreed.direction.sends(),
            receives: agreed.direction.receives(),
        };
        if let Some(leg) = self.leg
            && let Err(error) = self.shared.media.command(leg, LegCommand::Stream(Box::new(stream)))
        {
            // The watch for media ends a call that gets no sound.
            tracing::warn!(call_id = %self.call_id, %error, "the media of a call cannot be set");
        }
    }

    /// Reports what happened on the leg.
    pub(super) async fn heard(&mut self, event: Event) -> Option<Input> {
        match event {
            Event::Digit { digit } => self.report(Signal::Digit { digit }).await,
            Event::Finished { operation, error } => self.finished(operation, error.as_deref()).await,
            Event::RecordingEnded { recording_id, lost_ms, .. } if lost_ms > 0 => {
                tracing::warn!(%recording_id, lost_ms, "the disk was too slow for a recording");
            }
            // The outcome is reported when the file is complete.
            Event::RecordingEnded { .. } => {}
            Event::Found { source } => tracing::debug!(call_id = %self.call_id, %source, "media of a call arrives"),
            Event::NoMedia => return self.hangup_for_silence(),
        }
        None
    }
}
