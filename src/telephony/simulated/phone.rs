//! One call: an actor with a mailbox, a schedule and a remote party. It processes one event at a time. Whatever ends
//! the call is returned as an error, so the call ends and its `Hangup` is reported in one place only.

mod recording;

use super::clock::{Moment, Schedule, Speed, Ticket};
use super::exchange::{Ending, Exchange, Input, PhoneLine, Room};
use super::recorder::Recorder;
use super::remote_party::{KEY, Move, RemoteParty};
use super::saving::{RecordingWriter, Saving};
use super::script::{DEFAULT_RING, Reply, Script};
use super::sound::{self, Sound};
use crate::model::call::{HangupBy, HangupReason};
use crate::model::telephony::{Command, Media, OperationId, Signal};
use crate::telephony::CallSignal;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;
use uuid::Uuid;

/// The maximum number of commands whose digits are still to be sent. More are refused, so that the schedule stays
/// bounded.
const MAX_SENDING: usize = 64;
/// How long it takes to detect whether a human or a machine answered.
const DETECTION: Duration = Duration::from_secs(2);

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
    detecting: Option<(OperationId, Ticket)>,
    recorder: Option<Recorder>,
    /// The schedule entry that ends the recording.
    recording_over: Option<Ticket>,
    /// The recording that has ended and is not reported yet.
    saving: Option<Saving>,
}

struct Playing {
    operation: OperationId,
    ticket: Ticket,
    /// Speech or files: remote parties can wait for the end of these.
    prompt: bool,
    sound: Sound,
}

enum Due {
    RingIsOver,
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
    Hangup(HangupBy, HangupReason),
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
            detecting: None,
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
        self.context.exchange.forget(self.context.call_id);
        if let Err(Over::Hangup(by, reason)) = over
            && self.last_recording().await.is_ok()
        {
            // If this fails, nobody reads signals any more.
            let _ = self.report(Signal::Hangup { by, reason, sip_code: 0 }).await;
        }
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

    /// Starts ringing. A remote party that is busy or rejects does so without ringing, unless its script says
    /// otherwise.
    async fn ring(&mut self) -> PhoneResult {
        let script = self.remote_party.script();
        let (reply, ring) = (script.reply, script.ring);
        if ring.is_some() || matches!(reply, Reply::Answer | Reply::NoAnswer) {
            self.report(Signal::Ringing).await?;
        }
        if reply != Reply::NoAnswer {
            let default = if reply == Reply::Answer { DEFAULT_RING } else { Duration::ZERO };
            self.schedule.after(ring.unwrap_or(default), Due::RingIsOver);
        }
        Ok(())
    }

    async fn pick_up(&mut self) -> PhoneResult {
        self.stage = Stage::Up;
        // Before the signal: a client that reads `Answered` may bridge the call at once.
        self.context.exchange.picked_up(self.context.call_id);
        self.report(Signal::Answered).await?;
        let first = self.remote_party.begin();
        self.make(first)
    }

    async fn fall_due(&mut self, due: Due) -> PhoneResult {
        match due {
            Due::RingIsOver => match self.remote_party.script().reply {
                Reply::Answer => self.pick_up().await,
                Reply::Busy => Err(Over::Hangup(HangupBy::Remote, HangupReason::Busy)),
                Reply::Reject => Err(Over::Hangup(HangupBy::Remote, HangupReason::Failed)),
                Reply::NoAnswer => Ok(()),
            },
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
                self.make(next)
            }
            Due::RemotePartyHasWaited => {
                self.speaking = None;
                let next = self.remote_party.time_is_over();
                self.make(next)
            }
            Due::Detected => self.detected().await,
            Due::RecordingIsOver => {
                self.end_recording();
                Ok(())
            }
        }
    }

    fn make(&mut self, next: Move) -> PhoneResult {
        match next {
            Move::Listen => {}
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
                self.make(next)
            }
            Input::RemoteHangup => Err(self.ended(Ending::RemoteParty)),
        }
    }

    async fn carry_out(&mut self, operation: OperationId, command: Command) -> PhoneResult {
        match command {
            Command::Answer if self.stage == Stage::Incoming => self.pick_up().await,
            Command::Answer => self.refuse(operation, "only an incoming call that rings can be answered").await,
            Command::Play { media } => self.play(operation, &media).await,
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
            // Nothing audible changes in the simulation.
            Command::Mute { .. } | Command::Unmute { .. } | Command::Hold | Command::Unhold => Ok(()),
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

    async fn play(&mut self, operation: OperationId, media: &Media) -> PhoneResult {
        let prompt = !matches!(media, Media::Tone { .. });
        let replaced = self.playing.take();
        let ticket = self.schedule.after(sound::length(media), Due::PlayIsOver);
        self.playing = Some(Playing { operation, ticket, prompt, sound: sound::of(media) });
        let Some(replaced) = replaced else {
            return Ok(());
        };
        self.schedule.cancel(replaced.ticket);
        self.finished(replaced.operation).await?;
        // A remote party that waits for the end of a prompt hears another one begin, so it keeps waiting.
        if replaced.prompt && !prompt { self.prompt_is_over() } else { Ok(()) }
    }

    /// Ends playback. It makes no difference to those that wait for it whether it finished or was stopped.
    async fn stop_playing(&mut self) -> PhoneResult {
        let Some(playing) = self.playing.take() else {
            return Ok(());
        };
        self.schedule.cancel(playing.ticket);
        self.finished(playing.operation).await?;
        if playing.prompt { self.prompt_is_over() } else { Ok(()) }
    }

    fn prompt_is_over(&mut self) -> PhoneResult {
        if self.bridged {
            return Ok(());
        }
        let next = self.remote_party.prompt_is_over();
        self.make(next)
    }

    async fn echo(&mut self, operation: OperationId, duration_ms: i64) -> PhoneResult {
        self.stop_echo().await?;
        let time = Duration::from_millis(u64::try_from(duration_ms).unwrap_or(0));
        self.echo = Some((operation, self.schedule.after(time, Due::EchoIsOver)));
        Ok(())
    }

    async fn stop_echo(&mut self) -> PhoneResult {
        let Some((operation, ticket)) = self.echo.take() else {
            return Ok(());
        };
        self.schedule.cancel(ticket);
        self.finished(operation).await
    }

    /// Sends digits one after the other, across all commands.
    async fn send_digits(&mut self, operation: OperationId, time: Duration) -> PhoneResult {
        if self.sending == MAX_SENDING {
            return self.refuse(operation, "too many digits are still to be sent").await;
        }
        self.sending += 1;
        let start = self.sent.later(self.schedule.now());
        (_, self.sent) = self.schedule.after_moment(start, time, Due::Sent(operation));
        Ok(())
    }

    /// Starts detection. Only one runs at a time: a second one completes the first at once.
    async fn detect(&mut self, operation: OperationId) -> PhoneResult {
        if self.stage != Stage::Up {
            return self.refuse(operation, "the call is not answered").await;
        }
        self.detected().await?;
        self.detecting = Some((operation, self.schedule.after(DETECTION, Due::Detected)));
        Ok(())
    }

    async fn detected(&mut self) -> PhoneResult {
        let Some((operation, ticket)) = self.detecting.take() else {
            return Ok(());
        };
        self.schedule.cancel(ticket);
        self.report(Signal::Detected { operation, machine: self.remote_party.is_machine() }).await
    }

    fn ended(&self, ending: Ending) -> Over {
        match ending {
            Ending::We(reason) => Over::Hangup(HangupBy::Local, reason),
            Ending::RemoteParty => {
                let reason = match self.stage {
                    Stage::Up => HangupReason::Normal,
                    Stage::Incoming => HangupReason::Cancel,
                    Stage::Outgoing => HangupReason::Failed,
                };
                Over::Hangup(HangupBy::Remote, reason)
            }
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
