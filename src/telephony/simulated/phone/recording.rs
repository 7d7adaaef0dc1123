//! The recording of a call: when it begins, what is audible during it, and what ends it.

use super::{Due, Over, Phone, PhoneResult, Stage, closed};
use crate::model::telephony::{Command, Signal};
use crate::telephony::simulated::recorder::{Ends, Recorder};
use crate::telephony::simulated::saving::Saving;
use crate::telephony::simulated::script::MAX_DURATION;
use std::time::Duration;
use tokio::time::Instant;
use uuid::Uuid;

/// At speed 0, how long a call must be idle before the time that ends its recording is skipped: long enough for a
/// client to send the next command.
const IDLE: Duration = Duration::from_secs(1);

/// Waits until the file is written. Never returns if none is being written.
pub async fn saved(saving: &mut Option<Saving>) -> Signal {
    match saving {
        Some(saving) => saving.done().await,
        None => std::future::pending().await,
    }
}

impl Phone {
    pub(super) async fn record(&mut self, command: Command) -> PhoneResult {
        let Command::Record { recording_id, end_of_silence_ms, end_of_key, duration_ms, beep } = command else {
            return Ok(());
        };
        let problem = match (&self.context.recording_writer, &self.recorder, &self.saving) {
            (None, ..) => Some("this server keeps no recordings"),
            _ if self.stage != Stage::Up => Some("the call is not answered"),
            (_, None, None) => None,
            _ => Some("another recording of the call is not over"),
        };
        let problem = match (problem, &self.context.recording_writer) {
            (None, Some(writer)) => writer.problem().await,
            _ => problem,
        };
        if let Some(problem) = problem {
            let error = Some(problem.to_owned());
            return self.report(Signal::Recorded { recording_id, duration_ms: 0, size: 0, error }).await;
        }
        let time = |ms: i64| u64::try_from(ms).ok().filter(|ms| *ms > 0).map(Duration::from_millis);
        let ends = Ends { duration: time(duration_ms), silence: time(end_of_silence_ms), keys: end_of_key };
        self.recorder = Some(Recorder::start(recording_id, ends, beep, self.schedule.now().simulated));
        self.wait_for_end();
        Ok(())
    }

    pub(super) fn stop_recording(&mut self, recording_id: Uuid) {
        if self.recorder.as_ref().is_some_and(|recorder| recorder.id() == recording_id) {
            self.end_recording();
        }
    }

    pub(super) fn end_recording_on(&mut self, key: char) {
        if self.recorder.as_ref().is_some_and(|recorder| recorder.is_ended_by(key)) {
            self.end_recording();
        }
    }

    /// Ends the recording if its end is before `simulated`. At speed 0, due entries advance simulated time, so the
    /// recording may have ended earlier.
    pub(super) fn end_recording_by(&mut self, simulated: Duration) {
        if self.schedule.is_at_once()
            && let Some(end) = self.recorder.as_ref().map(Recorder::end).filter(|end| *end <= simulated)
        {
            self.end_recording_at(end);
        }
    }

    /// Ends the recording now, or at its scheduled end if that was a moment ago.
    pub(super) fn end_recording(&mut self) {
        let now = self.schedule.now().simulated;
        if let Some(end) = self.recorder.as_ref().map(Recorder::end) {
            self.end_recording_at(now.min(end));
        }
    }

    fn end_recording_at(&mut self, end: Duration) {
        if let Some(ticket) = self.recording_over.take() {
            self.schedule.cancel(ticket);
        }
        if let (Some(recorder), Some(recording_writer)) = (self.recorder.take(), &self.context.recording_writer) {
            self.saving = Some(recording_writer.save(recorder.stop(end)));
        }
    }

    /// Updates the recording with what is audible now. Called whenever that may have changed.
    pub(super) fn listen(&mut self) {
        let now = self.schedule.now();
        self.busy = now.at;
        self.sound();
        let ours = self.playing.as_ref().map(|playing| playing.sound).filter(|_| self.passes.remote_hears());
        let audible = [ours, self.speaking.filter(|_| self.passes.remote_is_heard())];
        if self.recorder.as_mut().is_some_and(|recorder| recorder.hears(audible, now.simulated)) {
            self.wait_for_end();
        }
    }

    fn wait_for_end(&mut self) {
        if let Some(ticket) = self.recording_over.take() {
            self.schedule.cancel(ticket);
        }
        if self.schedule.is_at_once() {
            return;
        }
        if let Some(recorder) = &self.recorder {
            let left = recorder.end().saturating_sub(self.schedule.now().simulated);
            self.recording_over = Some(self.schedule.after(left, Due::RecordingIsOver));
        }
    }

    /// Returns when the time that ends the recording is skipped if the call stays idle; at speed 0 only. A recording
    /// that would not end within an hour, the longest duration in a script, waits for the end of the call.
    pub(super) fn idle_until(&self) -> Option<Instant> {
        let left = self.recorder.as_ref()?.end().saturating_sub(self.schedule.now().simulated);
        (self.schedule.is_at_once() && left <= MAX_DURATION).then(|| self.busy + IDLE)
    }

    pub(super) fn let_idle_time_pass(&mut self) {
        let idle = self.schedule.next().is_none() && self.idle_until().is_some_and(|until| until <= Instant::now());
        if let Some(end) = self.recorder.as_ref().map(Recorder::end).filter(|_| idle) {
            self.schedule.pass(end);
            self.end_recording_at(end);
        }
    }

    /// Reports the recording when the call is over. It comes before the end of the call.
    pub(super) async fn last_recording(&mut self) -> PhoneResult {
        self.end_recording();
        if self.saving.is_none() {
            return Ok(());
        }
        let recorded = tokio::select! {
            biased;
            () = closed(&mut self.context.closing) => return Err(Over::Quiet),
            recorded = saved(&mut self.saving) => recorded,
        };
        self.saving = None;
        self.report(recorded).await
    }
}
