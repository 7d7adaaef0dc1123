//! The phones of a simulation: how they execute commands and scheduled events.

use super::phone::{Phone, Recording, digits_ms, media_ms};
use super::stage::{Due, Stage};
use super::trace::{Happened, Sent};
use crate::engine::Input;
use crate::model::call::{Direction, HangupBy, HangupReason};
use crate::model::telephony::{Command, Media, OperationId, Signal};
use uuid::Uuid;

/// The bytes of a WAV header, and of a millisecond of audio: 8 kHz, 16 bits, one channel.
const WAV_HEADER: u64 = 44;
const BYTES_MS: u64 = 16;

impl Stage<'_> {
    pub fn phone(&mut self, run: usize, call_id: Uuid) -> &mut Phone {
        self.actors[run].phones.entry(call_id).or_default()
    }

    pub fn signal(&mut self, run: usize, call_id: Uuid, signal: Signal) {
        self.post(run, Input::Signal { call_id, signal });
    }

    fn finished(&mut self, run: usize, call_id: Uuid, operation: OperationId, error: Option<&str>) {
        let error = error.map(str::to_owned);
        self.signal(run, call_id, Signal::Finished { operation, error });
    }

    pub fn carry_out(&mut self, run: usize, call_id: Uuid, operation: OperationId, command: Command) {
        match command {
            Command::Answer => {
                self.phone(run, call_id).up = true;
                self.signal(run, call_id, Signal::Answered);
            }
            Command::Play { media } => self.start_playing(run, call_id, operation, &media),
            Command::StopPlaying => self.stop_playing(run, call_id),
            Command::SendDigits { digits, tone_ms, gap_ms } => {
                let now = self.now;
                let phone = self.phone(run, call_id);
                phone.sending = phone.sending.max(now).plus_ms(digits_ms(&digits, tone_ms, gap_ms));
                let after_ms = phone.sending.ms_since(now);
                self.schedule(after_ms, Due::Sent { run, call_id, operation });
            }
            Command::Echo { duration_ms, .. } => {
                self.stop_echo(run, call_id);
                let ticket = self.schedule(duration_ms, Due::Echoed { run, call_id });
                self.phone(run, call_id).echo = Some((operation, ticket));
            }
            Command::Bridge { other } => self.bridge(run, call_id, other, operation),
            Command::Unbridge => self.unbridge(run, call_id),
            Command::Join { .. } => self.phone(run, call_id).room = Some(operation),
            Command::Leave => {
                if let Some(operation) = self.phone(run, call_id).room.take() {
                    self.finished(run, call_id, operation, None);
                }
            }
            Command::Detect => self.phone(run, call_id).detecting = Some(operation),
            Command::Record { recording_id, end_of_silence_ms, end_of_key, duration_ms, .. } => {
                let (id, began) = (recording_id, self.now);
                let recording = Recording { id, began, end_of_silence_ms, end_of_key };
                self.phone(run, call_id).recording = Some(recording);
                if duration_ms > 0 {
                    self.schedule(duration_ms, Due::RecordingEnds { run, call_id, id });
                }
                if end_of_silence_ms > 0 {
                    self.schedule(end_of_silence_ms, Due::Silence { run, call_id, id });
                }
            }
            Command::StopRecording { recording_id } => self.stop_recording(run, call_id, recording_id),
            Command::Hangup { reason } => self.hang_up(run, call_id, HangupBy::Local, reason),
            // The script decides the outcome of a dial; the others have no audible effect here.
            Command::Dial { .. } | Command::Mute { .. } | Command::Unmute { .. } => {}
            Command::Hold | Command::Unhold => {}
        }
    }

    fn start_playing(&mut self, run: usize, call_id: Uuid, operation: OperationId, media: &Media) {
        self.stop_playing(run, call_id);
        let ms = media_ms(media);
        let ticket = self.schedule(ms, Due::Played { run, call_id });
        self.phone(run, call_id).playing = Some((operation, ticket));
        self.heard(run, call_id, ms);
    }

    fn stop_playing(&mut self, run: usize, call_id: Uuid) {
        if let Some((operation, ticket)) = self.phone(run, call_id).playing.take() {
            self.cancel(ticket);
            self.phone(run, call_id).sound = self.now;
            self.finished(run, call_id, operation, None);
        }
    }

    fn stop_echo(&mut self, run: usize, call_id: Uuid) {
        if let Some((operation, ticket)) = self.phone(run, call_id).echo.take() {
            self.cancel(ticket);
            self.finished(run, call_id, operation, None);
        }
    }

    /// Records sound for the next `ms` milliseconds.
    pub fn heard(&mut self, run: usize, call_id: Uuid, ms: i64) {
        let until = self.now.plus_ms(ms);
        let phone = self.phone(run, call_id);
        phone.sound = phone.sound.max(until);
    }

    fn bridge(&mut self, run: usize, call_id: Uuid, other: Uuid, operation: OperationId) {
        if !self.has_media(run, call_id) || !self.has_media(run, other) {
            return self.finished(run, call_id, operation, Some("both calls must have media to be bridged"));
        }
        for (one, its_other) in [(call_id, other), (other, call_id)] {
            if self.phone(run, one).bridged != its_other {
                self.unbridge(run, one);
            }
            self.phone(run, one).bridged = its_other;
        }
        self.signal(run, call_id, Signal::Bridged { other });
        self.signal(run, other, Signal::Bridged { other: call_id });
    }

    /// Returns whether a call can be bridged: it is answered or has early media. An incoming call can be given some.
    fn has_media(&mut self, run: usize, call_id: Uuid) -> bool {
        let incoming = self.actors[run].run.leg(call_id).is_some_and(|leg| leg.call.direction == Direction::Incoming);
        let phone = self.phone(run, call_id);
        incoming || phone.up || phone.early
    }

    fn unbridge(&mut self, run: usize, call_id: Uuid) {
        let other = std::mem::take(&mut self.phone(run, call_id).bridged);
        // The other call may already be in another bridge, and keeps it.
        if other.is_nil() || self.phone(run, other).bridged != call_id {
            return;
        }
        self.phone(run, other).bridged = Uuid::nil();
        self.signal(run, call_id, Signal::Unbridged { other });
        self.signal(run, other, Signal::Unbridged { other: call_id });
    }

    pub fn stop_recording(&mut self, run: usize, call_id: Uuid, id: Uuid) {
        let now = self.now;
        let recording = self.phone(run, call_id).recording.take_if(|recording| recording.id == id);
        let Some(recording) = recording else { return };
        let duration_ms = now.ms_since(recording.began);
        let size = WAV_HEADER + BYTES_MS * duration_ms.unsigned_abs();
        let text = format!("{} s", duration_ms as f64 / 1_000.0);
        self.record(run, Happened::Sent(Sent { kind: "recording", to: String::new(), text }));
        self.signal(run, call_id, Signal::Recorded { recording_id: id, duration_ms, size, error: None });
    }

    /// Ends the call. Its recording ends first.
    pub fn hang_up(&mut self, run: usize, call_id: Uuid, by: HangupBy, reason: HangupReason) {
        if let Some(recording) = self.phone(run, call_id).recording.as_ref() {
            let id = recording.id;
            self.stop_recording(run, call_id, id);
        }
        let phone = std::mem::take(self.phone(run, call_id));
        let tickets: Vec<u64> = phone.playing.iter().chain(&phone.echo).map(|(_, ticket)| *ticket).collect();
        tickets.into_iter().for_each(|ticket| self.cancel(ticket));
        if !phone.bridged.is_nil() {
            self.phone(run, phone.bridged).bridged = Uuid::nil();
            self.signal(run, phone.bridged, Signal::Unbridged { other: call_id });
        }
        self.signal(run, call_id, Signal::Hangup { by, reason, sip_code: 0, cause: String::new() });
    }

    pub fn fall_due(&mut self, due: Due) {
        match due {
            Due::Played { run, call_id } => {
                if let Some((operation, _)) = self.phone(run, call_id).playing.take() {
                    self.finished(run, call_id, operation, None);
                }
            }
            Due::Echoed { run, call_id } => self.stop_echo(run, call_id),
            Due::Sent { run, call_id, operation } => self.finished(run, call_id, operation, None),
            Due::RecordingEnds { run, call_id, id } => self.stop_recording(run, call_id, id),
            Due::Silence { run, call_id, id } => self.silence(run, call_id, id),
            Due::NoAnswer { run, operation, timeout_ms } => {
                let waits = self.asked.iter().position(|it| it.run == run && it.operation == operation);
                if let Some(at) = waits {
                    let asked = self.asked.remove(at);
                    self.answer(&asked, Err(format!("timeout: There was no whole answer within {timeout_ms} ms.")));
                }
            }
        }
    }

    /// Ends the recording if it has been quiet for long enough; otherwise checks again when that would be.
    fn silence(&mut self, run: usize, call_id: Uuid, id: Uuid) {
        let now = self.now;
        let phone = self.phone(run, call_id);
        let Some(recording) = phone.recording.as_ref().filter(|recording| recording.id == id) else { return };
        let ends = phone.sound.max(recording.began).plus_ms(recording.end_of_silence_ms);
        match ends > now {
            true => drop(self.schedule(ends.ms_since(now).max(1), Due::Silence { run, call_id, id })),
            false => self.stop_recording(run, call_id, id),
        }
    }
}
