//! Commands: what we do with a call.

use super::{Call, HangupReason};
use crate::model::call::MuteDirection;
use crate::model::telephony::{Command, Media, OperationId, Signal};
use crate::telephony::media::codec::Law;
use crate::telephony::media::leg::LegCommand;
use crate::telephony::media::player::Sound;
use crate::telephony::media::threads::MediaError;
use crate::telephony::sip::calls::{Post, Stage};
use crate::telephony::sip::invite::{Input, Invite, Output};
use crate::telephony::sounds::{self, Prompt};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Samples of a sound that takes so long to encode that it is done on another thread: one minute.
const LONG: usize = 480_000;
const NO_ROOMS: &str = "rooms are not available on real phones";
const NO_DETECTION: &str = "the detection of answering machines is not available on real phones";

impl Call {
    /// Carries out what the call receives from us. Returns what the machine is to know of it.
    pub(super) async fn take(&mut self, post: Post, invite: &mut Invite, out: &mut Vec<Output>) -> Option<Input> {
        match post {
            Post::Command(operation, command) => return self.carry_out(operation, *command, invite, out).await,
            Post::Happened(signal) => self.report(signal).await,
            Post::EarlyMedia => {
                self.stage = Stage::Early;
                return Some(Input::EarlyMedia);
            }
        }
        None
    }

    async fn carry_out(
        &mut self,
        operation: OperationId,
        command: Command,
        invite: &mut Invite,
        out: &mut Vec<Output>,
    ) -> Option<Input> {
        let refusal = match command {
            Command::Answer if self.stage != Stage::Answered && matches!(invite, Invite::Incoming(_)) => {
                return Some(Input::Answer);
            }
            Command::Answer => "only an incoming call that rings can be answered",
            Command::Hangup { reason } => return Some(Input::Hangup(reason)),
            Command::Play { media } => {
                self.play(operation, &media, invite, out).await;
                return None;
            }
            Command::StopPlaying => return self.pass(operation, LegCommand::StopPlaying).await,
            Command::SendDigits { digits, tone_ms, gap_ms } => {
                return self.pass(operation, LegCommand::SendDigits { operation, digits, tone_ms, gap_ms }).await;
            }
            Command::Echo { duration_ms, digits } => {
                let duration = Duration::from_millis(u64::try_from(duration_ms).unwrap_or(0));
                return self.pass(operation, LegCommand::Echo { operation, duration, digits }).await;
            }
            Command::Bridge { other } => match self.shared.calls.bridge(self.call_id, other) {
                Ok(()) => return None,
                Err(why) => why,
            },
            Command::Unbridge if self.shared.calls.unbridge(self.call_id) => return None,
            Command::Unbridge => "the call is in no bridge",
            Command::Mute { direction } => return self.mute(operation, direction, true).await,
            Command::Unmute { direction } => return self.mute(operation, direction, false).await,
            Command::Hold | Command::Unhold if self.stage != Stage::Answered => "the call is not answered",
            Command::Hold => return self.hold(operation, true).await,
            Command::Unhold => return self.hold(operation, false).await,
            Command::Record { .. } => {
                self.record(command).await;
                return None;
            }
            Command::StopRecording { recording_id } => {
                return self.pass(operation, LegCommand::StopRecording { recording_id }).await;
            }
            Command::Join { .. } | Command::Leave => NO_ROOMS,
            Command::Detect => NO_DETECTION,
            Command::Dial { .. } => "the call is dialled already",
        };
        self.finished(operation, Some(refusal)).await;
        None
    }

    /// Passes a command to the leg. A command that the media threads do not take is finished with an error.
    pub(super) async fn pass(&mut self, operation: OperationId, command: LegCommand) -> Option<Input> {
        let passed = match self.leg {
            Some(leg) => self.shared.media.command(leg, command),
            None => Err(MediaError::Gone),
        };
        if let Err(error) = passed {
            self.finished(operation, Some(&error.to_string())).await;
        }
        None
    }

    async fn play(&mut self, operation: OperationId, media: &Media, invite: &mut Invite, out: &mut Vec<Output>) {
        if self.stage == Stage::Possible {
            self.reached(Stage::Early);
            invite.handle(Input::EarlyMedia, Instant::now(), out);
        }
        let sound = match media {
            Media::Tone { hertz, duration_ms } => Sound::Tone { hertz: *hertz, duration_ms: *duration_ms },
            media => match self.shared.sounds.open(self.customer_id, media) {
                sounds::Sound::Ready(prompt) => {
                    prepare(&prompt, self.law).await;
                    Sound::Ready(prompt)
                }
                sounds::Sound::Coming(chunks) => Sound::Coming(chunks),
            },
        };
        self.pass(operation, LegCommand::Play { operation, sound }).await;
    }

    async fn mute(&mut self, operation: OperationId, direction: MuteDirection, muted: bool) -> Option<Input> {
        if direction != MuteDirection::Out {
            self.muted_in = muted;
        }
        if direction != MuteDirection::In {
            self.muted_out = muted;
        }
        self.pass(operation, LegCommand::Mute { heard: self.muted_in, spoken: self.muted_out }).await
    }

    async fn hold(&mut self, operation: OperationId, hold: bool) -> Option<Input> {
        if self.holds == hold {
            return None;
        }
        (self.holds, self.holding) = (hold, operation);
        let command = if hold { LegCommand::Hold { music: None } } else { LegCommand::Unhold };
        self.pass(operation, command).await;
        Some(Input::Hold(hold))
    }

    /// The remote party refused to be held or let go: everything is as it was.
    pub(super) async fn hold_refused(&mut self, code: u16) {
        self.holds = !self.holds;
        let operation = self.holding;
        let command = if self.holds { LegCommand::Hold { music: None } } else { LegCommand::Unhold };
        self.pass(operation, command).await;
        self.finished(operation, Some(&format!("the remote party refused with {code}"))).await;
    }

    /// Hangs up. An INVITE that has not left yet never will, and need not be cancelled: to the machine, which knows of the
    /// hang-up by then, it is as if it had been.
    pub(super) fn hang_up(&mut self, reason: HangupReason, invite: &mut Invite, out: &mut Vec<Output>) {
        invite.handle(Input::Hangup(reason), Instant::now(), out);
        for (sent, response) in self.network.give_up() {
            invite.handle(Input::Response { sent, response }, Instant::now(), out);
        }
    }

    pub(super) fn hangup_for_silence(&mut self) -> Option<Input> {
        let seconds = self.shared.no_media.as_secs();
        self.end_by(HangupReason::Timeout, format!("nothing was received for {seconds} seconds"))
    }

    pub(super) async fn pressed_by_info(&mut self, digit: char) {
        match self.leg {
            // The leg knows whether the same key came as an RTP event.
            Some(leg) if self.shared.media.command(leg, LegCommand::Info { digit }).is_ok() => {}
            _ => self.report(Signal::Digit { digit }).await,
        }
    }
}

/// Encodes a sound once for all calls that hear it.
async fn prepare(prompt: &Arc<Prompt>, law: Law) {
    if prompt.samples().len() < LONG {
        return prompt.prepare(law);
    }
    let prompt = prompt.clone();
    // It is encoded frame by frame if this fails.
    let _ = tokio::task::spawn_blocking(move || prompt.prepare(law)).await;
}
