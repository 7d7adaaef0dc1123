//! The end of a call, which is reported in one place.

use super::{Call, recording};
use crate::model::call::HangupBy;
use crate::model::quality::Quality;
use crate::model::telephony::Signal;
use crate::telephony::media::quality::Quality as Measured;
use crate::telephony::sip::invite::End;
use std::time::Duration;
use tokio::sync::oneshot;

/// How long the end of a call waits for its media thread, and for the file of its recording. The engine waits 32 s for the
/// end.
const QUALITY: Duration = Duration::from_secs(2);
const FILE: Duration = Duration::from_secs(25);

impl Call {
    /// Reports the end. The call is removed before, so that a client that has read it finds the call gone.
    pub(super) async fn end(&mut self, mut end: End) {
        if let Some(why) = self.network.unreachable.take() {
            end = End { by: HangupBy::Local, code: 0, cause: why, ..end };
        }
        if end.by == HangupBy::Local && end.cause.is_empty() {
            end.cause = std::mem::take(&mut self.cause);
        }
        self.told = true;
        // What was received before the end comes before it.
        while let Ok(event) = self.events.try_recv() {
            self.heard(event).await;
        }
        let had_media = self.shared.calls.remove(self.call_id);
        let measured = self.close_leg();
        if self.recording.is_some() {
            let saved = tokio::time::timeout(FILE, recording::saved(&mut self.recording)).await;
            self.recording = None;
            if let Ok(signal) = saved {
                self.report(signal).await;
            }
        }
        if had_media && let Some(measured) = measured {
            let measured = tokio::time::timeout(QUALITY, measured).await;
            let quality = measured.ok().and_then(Result::ok).map(|it| quality(*it)).unwrap_or_default();
            let quality = Quality { sdp_address: self.sdp_address, ..quality };
            self.report(Signal::Quality(Box::new(quality))).await;
        }
        self.permit = None;
        drop(self.counted.take());
        self.shared.traces.ended(self.call_id);
        let End { by, reason, code: sip_code, cause } = end;
        self.report(Signal::Hangup { by, reason, sip_code, cause }).await;
    }

    /// Ends the media of the call, whose ports are free again after a rest.
    pub(super) fn close_leg(&mut self) -> Option<oneshot::Receiver<Box<Measured>>> {
        let leg = self.leg.take()?;
        match self.shared.media.close(leg) {
            Ok(measured) => Some(measured),
            Err(error) => {
                tracing::error!(call_id = %self.call_id, %error, "the media of a call cannot be ended");
                None
            }
        }
    }
}

fn quality(measured: Measured) -> Quality {
    Quality {
        codec: measured.codec.to_owned(),
        sent: measured.sent,
        received: measured.received,
        lost: measured.lost,
        late: measured.late,
        duplicate: measured.duplicate,
        jitter_us: measured.jitter_us,
        rtt_us: measured.rtt_us,
        mos_in_x100: measured.mos_in_x100,
        mos_out_x100: measured.mos_out_x100,
        concealed_ms: measured.concealed_ms,
        longest_gap_ms: measured.longest_gap_ms,
        first_packet_ms: measured.first_packet_ms,
        far_loss_x100: measured.remote_loss_x100,
        tls: false,
        srtp: false,
        sdp_address: None,
    }
}
