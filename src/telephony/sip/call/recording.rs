//! The recording of a call.

use super::Call;
use crate::model::telephony::{Command, Signal};
use crate::telephony::disk;
use crate::telephony::media::leg::LegCommand;
use crate::telephony::media::tap::{Ends, tap};
use crate::telephony::recording::live::{Outcome, Saved};
use crate::telephony::sip::calls::Stage;
use std::io;
use std::time::Duration;
use uuid::Uuid;

/// A recording that runs, or whose file is being completed.
pub struct Recording {
    id: Uuid,
    outcome: Outcome,
}

/// Waits until the file of the recording is complete, or there will be none. Never returns without a recording.
pub async fn saved(recording: &mut Option<Recording>) -> Signal {
    let Some(recording) = recording else { return std::future::pending().await };
    let saved = (&mut recording.outcome).await;
    recorded(recording.id, saved.unwrap_or_else(|_| Err(io::Error::other("the writer of recordings has ended"))))
}

impl Call {
    pub(super) async fn record(&mut self, command: Command) {
        let Command::Record { recording_id, end_of_silence_ms, end_of_key, duration_ms, beep } = command else {
            return;
        };
        let error = match (&self.shared.recordings, self.leg, &self.recording) {
            (None, ..) => "this server keeps no recordings",
            _ if self.stage != Stage::Answered => "the call is not answered",
            (_, None, _) => "the call has no media",
            (.., Some(_)) => "another recording of the call is not over",
            (Some(recordings), Some(leg), None) => {
                let time = |ms: i64| u64::try_from(ms).ok().filter(|ms| *ms > 0).map(Duration::from_millis);
                let ends = Ends { duration: time(duration_ms), silence: time(end_of_silence_ms), keys: end_of_key };
                let (tap, reader) = tap(recording_id, ends, beep);
                let begun = recordings.begin(recording_id, reader).map_err(|error| disk::in_words(&error));
                let passed = begun.and_then(|outcome| {
                    let command = LegCommand::Record { tap: Box::new(tap), beep };
                    let passed = self.shared.media.command(leg, command);
                    passed.map(|()| outcome).map_err(|_| "the media threads are overloaded")
                });
                match passed {
                    Ok(outcome) => {
                        self.recording = Some(Recording { id: recording_id, outcome });
                        return;
                    }
                    Err(error) => error,
                }
            }
        };
        let error = Some(error.to_owned());
        self.report(Signal::Recorded { recording_id, duration_ms: 0, size: 0, error }).await;
    }
}

/// Returns the signal for a recording. The client receives what an error means for it; the log has the cause.
fn recorded(recording_id: Uuid, saved: io::Result<Saved>) -> Signal {
    match saved {
        Ok(Saved { duration_ms, size, .. }) => {
            let duration_ms = i64::try_from(duration_ms).unwrap_or(i64::MAX);
            Signal::Recorded { recording_id, duration_ms, size, error: None }
        }
        Err(error) => {
            tracing::error!(%recording_id, %error, "cannot save a recording");
            let error = Some(disk::in_words(&error).to_owned());
            Signal::Recorded { recording_id, duration_ms: 0, size: 0, error }
        }
    }
}
