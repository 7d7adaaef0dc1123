//! What we play to the remote party and send to it, and what we listen for.

use super::{Due, Phone, PhoneResult, Stage};
use crate::model::sound::{self, Sound};
use crate::model::telephony::{Media, OperationId, Signal};
use crate::telephony::simulated::clock::Ticket;
use std::time::Duration;

/// The maximum number of commands whose digits are still to be sent. More are refused, so that the schedule stays
/// bounded.
const MAX_SENDING: usize = 64;
/// The maximum number of commands that wait for one detection.
const MAX_DETECTING: usize = 64;
/// How long it takes to detect whether a human or a machine answered.
const DETECTION: Duration = Duration::from_secs(2);

pub struct Playing {
    pub operation: OperationId,
    ticket: Ticket,
    /// Speech or files: remote parties can wait for the end of these.
    prompt: bool,
    pub sound: Sound,
    pub media: Media,
}

impl Phone {
    pub(super) async fn play(&mut self, operation: OperationId, media: Media) -> PhoneResult {
        let (prompt, sound) = (!matches!(media, Media::Tone { .. }), sound::of(&media));
        self.context.exchange.send_early_media(self.context.call_id);
        let replaced = self.playing.take();
        let ticket = self.schedule.after(sound::length(&media), Due::PlayIsOver);
        self.playing = Some(Playing { operation, ticket, prompt, sound, media });
        let Some(replaced) = replaced else {
            return Ok(());
        };
        self.schedule.cancel(replaced.ticket);
        self.finished(replaced.operation).await?;
        // A remote party that waits for the end of a prompt hears another one begin, so it keeps waiting.
        if replaced.prompt && !prompt { self.prompt_is_over().await } else { Ok(()) }
    }

    /// Ends playback. It makes no difference to those that wait for it whether it finished or was stopped.
    pub(super) async fn stop_playing(&mut self) -> PhoneResult {
        let Some(playing) = self.playing.take() else {
            return Ok(());
        };
        self.schedule.cancel(playing.ticket);
        self.finished(playing.operation).await?;
        if playing.prompt { self.prompt_is_over().await } else { Ok(()) }
    }

    async fn prompt_is_over(&mut self) -> PhoneResult {
        if self.bridged || !self.passes.remote_hears() {
            return Ok(());
        }
        let next = self.remote_party.prompt_is_over();
        self.make(next).await
    }

    pub(super) async fn echo(&mut self, operation: OperationId, duration_ms: i64) -> PhoneResult {
        self.stop_echo().await?;
        let time = Duration::from_millis(u64::try_from(duration_ms).unwrap_or(0));
        self.echo = Some((operation, self.schedule.after(time, Due::EchoIsOver)));
        Ok(())
    }

    pub(super) async fn stop_echo(&mut self) -> PhoneResult {
        let Some((operation, ticket)) = self.echo.take() else {
            return Ok(());
        };
        self.schedule.cancel(ticket);
        self.finished(operation).await
    }

    /// Sends digits one after the other, across all commands.
    pub(super) async fn send_digits(&mut self, operation: OperationId, time: Duration) -> PhoneResult {
        if self.sending == MAX_SENDING {
            return self.refuse(operation, "too many digits are still to be sent").await;
        }
        self.sending += 1;
        let start = self.sent.later(self.schedule.now());
        (_, self.sent) = self.schedule.after_moment(start, time, Due::Sent(operation));
        Ok(())
    }

    /// Starts detection, or joins the one that runs.
    pub(super) async fn detect(&mut self, operation: OperationId) -> PhoneResult {
        if self.stage != Stage::Up {
            return self.refuse(operation, "the call is not answered").await;
        }
        match self.detecting.len() {
            MAX_DETECTING => return self.refuse(operation, "too many detections are in progress").await,
            0 => drop(self.schedule.after(DETECTION, Due::Detected)),
            _ => {}
        }
        self.detecting.push(operation);
        Ok(())
    }

    pub(super) async fn detected(&mut self) -> PhoneResult {
        let machine = self.remote_party.is_machine();
        for operation in std::mem::take(&mut self.detecting) {
            self.report(Signal::Detected { operation, machine }).await?;
        }
        Ok(())
    }
}
