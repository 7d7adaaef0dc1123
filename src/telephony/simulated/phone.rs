//! One call: an actor with a mailbox, a schedule and a remote party. It processes one event at a time. Whatever ends
//! the call is returned as an error, so the call ends and its `Hangup` is reported in one place only.

mod hearing;
mod playing;
mod recording;
mod ringing;

use super::clock::{Moment, Schedule, Speed, Ticket};
use super::exchange::{Ending, Exchange, Input, PhoneLine, Room};
use super::recorder::Recorder;
use super::remote_party::{KEY, Move, RemoteParty};
use super::saving::{RecordingWriter, Saving};
use super::script::Script;
use super::sound::{self, Sound};
use crate::model::quality::Quality;
use crate::model::telephony::{Command, OperationId, Signal};
use crate::telephony::CallSignal;
use hearing::Passes;
use playing::Playing;
use ringing::End;
use std::sync::Arc;
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;
use uuid::Uuid;

/// The estimated mean opinion score of simulated audio, times 100: the best that the model knows (ITU-T G.107).
const BEST_MOS: u16 = 450;

/// What connects a phone to the rest: its id, its ends of the channels, and what it shares with other phones.
pub struct PhoneContext {
    pub call_id: Uuid,
    pub speed: Speed,
    pub line_end: PhoneLine,
    pub exchange: Arc<Exchange>,
    /// Where recordings are saved; without it nothing can be recorded.
    pub recording_writer: Option<Arc<RecordingWriter>>,
    pub signals: mpsc::Sender<CallSignal>,
    /// Becomes true when the driver closes. Holding it also shows the driver that the phone still exists.
    pub closing: watch::Receiver<bool>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The remote party calls us, and we have not answered.
    Incoming,
    /// We call the remote party, and it has not answered.
    Outgoing,
    Up,
}

pub struct Phone {
    context: PhoneContext,
    stage: Stage,
    remote_party: RemoteParty,
    /// In a bridge the remote party hears the other call and none of our prompts.
    bridged: bool,
    schedule: Schedule<Due>,
    /// When something last happened on the call.
    busy: Instant,
    playing: Option<Playing>,
    echo: Option<(OperationId, Ticket)>,
    /// The number of `SendDigits` in progress, and when the last of them will be done.
    sending: usize,
    sent: Moment,
    /// The sound that the remote party makes.
    speaking: Option<Sound>,
    /// The detections that wait for the result.
    detecting: Vec<OperationId>,
    passes: Passes,
    recorder: Option<Recorder>,
    /// The schedule entry that ends the recording.
    recording_over: Option<Ticket>,
    /// The recording that has ended and is not reported yet.
    saving: Option<Saving>,
}

enum Due {
    RingIsOver,
    EarlyMediaIsOver,
    PlayIsOver,
    EchoIsOver,
    Sent(OperationId),
    Key,
    RemotePartyHasWaited,
    Detected,
    RecordingIsOver,
}

/// What a phone wakes up for.
enum WakeUp {
    Input(Input),
    Saved(Signal),
    /// A schedule entry is due, or the phone was idle for long enough.
    Time,
}

/// Why a phone ends.
enum Over {
    Hangup(End),
    /// The driver closes or nobody reads signals any more: the phone ends without a signal.
    Quiet,
}

type PhoneResult = Result<(), Over>;

impl Phone {
    pub fn new(context: PhoneContext, stage: Stage, script: Arc<Script>) -> Phone {
        let schedule = Schedule::new(context.speed);
        let now = schedule.now();
        Phone {
            stage,
            remote_party: RemoteParty::new(script),
            bridged: false,
            schedule,
            busy: now.at,
            playing: None,
            echo: None,
            sending: 0,
            sent: now,
            speaking: None,
            detecting: Vec::new(),
            passes: Passes::default(),
            recorder: None,
            recording_over: None,
            saving: None,
            context,
        }
    }

    /// Runs the call to its end.
    pub async fn run(mut self) {
        let over = self.live().await;
        // The call is removed before its end is reported: a client that has read the `Hangup` finds the call gone.
        let had_media = self.context.exchange.forget(self.context.call_id);
        if let Err(Over::Hangup(end)) = over {
            // If this fails, nobody reads signals any more.
            let _ = self.report_end(end, had_media).await;
        }
    }

    async fn report_end(&mut self, End { by, reason, sip_code, cause }: End, had_media: bool) -> PhoneResult {
        self.last_recording().await?;
        if had_media {
            let (codec, mos_out_x100) = ("simulated".to_owned(), Some(BEST_MOS));
            let quality = Quality { codec, mos_in_x100: BEST_MOS, mos_out_x100, ..Quality::default() };
            self.report(Signal::Quality(Box::new(quality))).await?;
        }
        self.report(Signal::Hangup { by, reason, sip_code, cause }).await
    }

    async fn live(&mut self) -> PhoneResult {
        if self.stage == Stage::Outgoing {
            self.ring().await?;
        }
        loop {
            // Due entries come first: a command finds the phone in its current state. The remote party cannot cause an
            // endless loop here, because every script that repeats contains a `wait_prompt`.
            while let Some((simulated, due)) = self.schedule.pop() {
                self.end_recording_by(simulated);
                self.fall_due(due).await?;
                self.listen();
            }
            match self.rest().await? {
                WakeUp::Input(input) => {
                    self.take(input).await?;
                    self.listen();
                }
                WakeUp::Saved(recorded) => {
                    self.saving = None;
                    self.report(recorded).await?;
                }
                WakeUp::Time => self.let_idle_time_pass(),
            }
        }
    }

    /// Waits for an input or for the next schedule entry.
    async fn rest(&mut self) -> Result<WakeUp, Over> {
        let next = self.schedule.next().or(self.idle_until());
        tokio::select! {
            biased;
            () = closed(&mut self.context.closing) => Err(Over::Quiet),
            () = self.context.signals.closed() => Err(Over::Quiet),
            ending = &mut self.context.line_end.dropped => Err(ending.map_or(Over::Quiet, |ending| self.ended(ending))),
            input = self.context.line_end.mailbox.recv() => input.map(WakeUp::Input).ok_or(Over::Quiet),
            recorded = recording::saved(&mut self.saving) => Ok(WakeUp::Saved(recorded)),
            () = until(next) => Ok(WakeUp::Time),
        }
    }

    /// Sends a signal, waiting for space in the channel: a full channel slows the remote party down, and commands pile
    /// up in the bounded mailbox.
    async fn report(&mut self, signal: Signal) -> PhoneResult {
        let signal = CallSignal { call_id: self.context.call_id, signal };
        tokio::select! {
            biased;
            () = closed(&mut self.context.closing) => Err(Over::Quiet),
            sent = self.context.signals.send(signal) => sent.map_err(|_| Over::Quiet),
        }
    }

    async fn finished(&mut self, operation: OperationId) -> PhoneResult {
        self.report(Signal::Finished { operation, error: None }).await
    }

    async fn refuse(&mut self, operation: OperationId, error: &str) -> PhoneResult {
        self.report(Signal::Finished { operation, error: Some(error.to_owned()) }).await
    }

    async fn fall_due(&mut self, due: Due) -> PhoneResult {
        match due {
            Due::RingIsOver => self.ring_is_over().await,
            Due::EarlyMediaIsOver => self.reply().await,
            Due::PlayIsOver => self.stop_playing().await,
            Due::EchoIsOver => self.stop_echo().await,
            Due::Sent(operation) => {
                self.sending -= 1;
                self.finished(operation).await
            }
            Due::Key => {
                if let Some(digit) = self.remote_party.pressed() {
                    self.report(Signal::Digit { digit }).await?;
                    self.end_recording_on(digit);
                }
                let next = self.remote_party.after_key();
                self.make(next).await
            }
            Due::RemotePartyHasWaited => {
                self.speaking = None;
                let next = self.remote_party.time_is_over();
                self.make(next).await
            }
            Due::Detected => self.detected().await,
            Due::RecordingIsOver => {
                self.end_recording();
                Ok(())
            }
        }
    }

    async fn make(&mut self, mut next: Move) -> PhoneResult {
        // A step that takes no time is followed by the next one.
        while let Move::Hold(held) = next {
            self.hold_by_remote(held).await?;
            next = self.remote_party.time_is_over();
        }
        match next {
            Move::Listen | Move::Hold(_) => {}
            Move::Press => drop(self.schedule.after(KEY, Due::Key)),
            Move::Wait(time) => drop(self.schedule.after(time, Due::RemotePartyHasWaited)),
            Move::Sound(sound, time) => {
                self.speaking = Some(sound);
                self.schedule.after(time, Due::RemotePartyHasWaited);
            }
            Move::Hangup => return Err(self.ended(Ending::RemoteParty)),
        }
        Ok(())
    }

    async fn take(&mut self, input: Input) -> PhoneResult {
        match input {
            Input::Command(operation, command) => self.carry_out(operation, *command).await,
            Input::Happened(signal) => {
                match signal {
                    Signal::Bridged { .. } => self.bridged = true,
                    Signal::Unbridged { .. } => self.bridged = false,
                    _ => {}
                }
                self.report(signal).await
            }
            Input::Press(keys, permit) => {
                let next = self.remote_party.press(&keys, permit);
                self.make(next).await
            }
            Input::RemoteHangup => Err(self.ended(Ending::RemoteParty)),
        }
    }

    async fn carry_out(&mut self, operation: OperationId, command: Command) -> PhoneResult {
        match command {
            Command::Answer if self.stage == Stage::Incoming => self.pick_up().await,
            Command::Answer => self.refuse(operation, "only an incoming call that rings can be answered").await,
            Command::Play { media } => self.play(operation, media).await,
            Command::StopPlaying => self.stop_playing().await,
            Command::SendDigits { digits, tone_ms, gap_ms } => {
                self.send_digits(operation, sound::digits(&digits, tone_ms, gap_ms)).await
            }
            // A remote party that hears its own keys continues as before: no script waits for them.
            Command::Echo { duration_ms, digits: _ } => self.echo(operation, duration_ms).await,
            Command::Bridge { other } => match self.context.exchange.bridge(self.context.call_id, other) {
                Ok(()) => Ok(()),
                Err(why) => self.refuse(operation, why).await,
            },
            Command::Unbridge if self.context.exchange.unbridge(self.context.call_id) => Ok(()),
            Command::Unbridge => self.refuse(operation, "the call is in no bridge").await,
            Command::Hangup { reason } => Err(self.ended(Ending::We(reason))),
            Command::Mute { direction } => self.mute(direction, true),
            Command::Unmute { direction } => self.mute(direction, false),
            Command::Hold => self.hold(operation, true).await,
            Command::Unhold => self.hold(operation, false).await,
            Command::Join { customer_id, room_id } => {
                let room = Room { customer_id, id: room_id };
                match self.context.exchange.join(self.context.call_id, room, operation) {
                    Ok(()) => Ok(()),
                    Err(why) => self.refuse(operation, why).await,
                }
            }
            Command::Leave if self.context.exchange.leave_room(self.context.call_id) => Ok(()),
            Command::Leave => self.refuse(operation, "the call is in no room").await,
            Command::Detect => self.detect(operation).await,
            Command::Record { .. } => self.record(command).await,
            Command::StopRecording { recording_id } => {
                self.stop_recording(recording_id);
                Ok(())
            }
            Command::Dial { .. } => self.refuse(operation, "the call is dialled already").await,
        }
    }
}

/// Returns when the driver closes or has been dropped.
async fn closed(closing: &mut watch::Receiver<bool>) {
    let _ = closing.wait_for(|closing| *closing).await;
}

async fn until(moment: Option<Instant>) {
    match moment {
        Some(moment) => tokio::time::sleep_until(moment).await,
        None => std::future::pending().await,
    }
}
