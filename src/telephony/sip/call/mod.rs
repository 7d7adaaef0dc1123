//! One call: a task that owns the state machine of the call and everything that the call uses. It processes one event at a
//! time, carries out what the machine says, and reports signals in order.

mod begin;
mod end;
mod network;
mod orders;
mod recording;
mod sound;

pub use begin::{Dial, offer};

use super::calls::{Line, Post, Stage};
use super::invite::{Input, Invite, Output, Report};
use super::shared::Shared;
use crate::model::call::HangupReason;
use crate::model::telephony::{OperationId, Signal};
use crate::telemetry::Gauged;
use crate::telephony::CallSignal;
use crate::telephony::directory::Permit;
use crate::telephony::media::codec::Law;
use crate::telephony::media::leg::{Event, LegId};
use network::{Network, Woken};
use recording::Recording;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, watch};
use uuid::Uuid;

/// How long a call waits for the answer to its BYE when the driver closes.
const FAREWELL: Duration = Duration::from_millis(500);

pub struct Call {
    shared: Arc<Shared>,
    customer_id: Uuid,
    call_id: Uuid,
    line: Line,
    closing: watch::Receiver<bool>,
    network: Network,
    /// The media of the call, once it has some.
    leg: Option<LegId>,
    events: mpsc::Receiver<Event>,
    /// What the remote party hears.
    law: Law,
    /// Where the signalling comes from.
    signalling: Option<IpAddr>,
    /// Where the remote party said last that it receives audio.
    sdp_address: Option<SocketAddr>,
    /// Counts the call until its end is reported.
    counted: Option<Gauged>,
    stage: Stage,
    muted_in: bool,
    muted_out: bool,
    /// We hold the remote party, or ask it to be held.
    holds: bool,
    /// The command that asked to hold or to let go last.
    holding: OperationId,
    recording: Option<Recording>,
    permit: Option<Box<dyn Permit>>,
    /// We end the call, although nobody asked for it.
    ending: bool,
    /// Why we do.
    cause: String,
    /// The end was reported; the machine still answers for the call.
    told: bool,
}

/// What a call wakes up for.
enum Wakeup {
    Network(Woken),
    Post(Post),
    Media(Event),
    Recorded(Signal),
    /// The call must end, for this reason.
    Over(String),
    /// The mailbox is full.
    Dropped,
    Time,
    Closing,
}

impl Call {
    pub fn new(
        shared: Arc<Shared>,
        (customer_id, call_id): (Uuid, Uuid),
        line: Line,
        closing: watch::Receiver<bool>,
    ) -> Call {
        let network = Network::new(shared.clone(), Some(call_id));
        Call {
            shared,
            customer_id,
            call_id,
            line,
            closing,
            network,
            leg: None,
            events: mpsc::channel(1).1,
            law: Law::Mu,
            signalling: None,
            sdp_address: None,
            counted: None,
            stage: Stage::Silent,
            muted_in: false,
            muted_out: false,
            holds: false,
            holding: 0,
            recording: None,
            permit: None,
            ending: false,
            cause: String::new(),
            told: false,
        }
    }

    /// Runs a call whose machine has begun, until nothing more has to be done for it.
    async fn live(mut self, mut invite: Invite, mut out: Vec<Output>) {
        loop {
            self.perform(&mut out).await;
            if self.told && invite.is_over() {
                return;
            }
            let input = match self.next(invite.wake()).await {
                Wakeup::Closing => return self.leave(&mut invite, out).await,
                Wakeup::Network(woken) => self.network.read(woken),
                Wakeup::Post(post) => self.take(post, &mut invite, &mut out).await,
                Wakeup::Media(event) => self.heard(event).await,
                Wakeup::Recorded(signal) => {
                    self.recording = None;
                    self.report(signal).await;
                    None
                }
                Wakeup::Over(why) => self.end_by(HangupReason::Timeout, why),
                Wakeup::Dropped => self.end_by(HangupReason::Failed, "too many commands wait".to_owned()),
                Wakeup::Time => Some(Input::Wake),
            };
            match input {
                Some(Input::Hangup(reason)) => self.hang_up(reason, &mut invite, &mut out),
                Some(input) => invite.handle(input, Instant::now(), &mut out),
                None => {}
            }
        }
    }

    /// Waits for whatever comes next.
    async fn next(&mut self, wake: Option<Instant>) -> Wakeup {
        let up = !self.told;
        // What makes us end the call would do so again at once.
        let obeys = up && !self.ending;
        tokio::select! {
            woken = self.network.next() => Wakeup::Network(woken),
            post = self.line.mailbox.recv(), if obeys => post.map_or(Wakeup::Dropped, Wakeup::Post),
            Some(event) = self.events.recv(), if up => Wakeup::Media(event),
            signal = recording::saved(&mut self.recording), if up => Wakeup::Recorded(signal),
            why = over(&mut self.permit), if obeys => Wakeup::Over(why),
            _ = &mut self.line.dropped, if obeys => Wakeup::Dropped,
            () = until(wake) => Wakeup::Time,
            () = closed(&mut self.closing) => Wakeup::Closing,
        }
    }

    /// Carries out what the machine says.
    async fn perform(&mut self, out: &mut Vec<Output>) {
        for output in std::mem::take(out) {
            match output {
                Output::Media(agreed) => self.agree(&agreed),
                Output::Report(report) => self.told(report).await,
                output => self.network.perform(output),
            }
        }
    }

    /// Reports what the machine says of the call.
    async fn told(&mut self, report: Report) {
        let signal = match report {
            Report::Ringing => Signal::Ringing,
            Report::EarlyMedia => {
                self.reached(Stage::Early);
                Signal::EarlyMedia
            }
            Report::Answered => {
                self.reached(Stage::Answered);
                if let Some(permit) = &self.permit {
                    permit.answered();
                }
                Signal::Answered
            }
            Report::FarHold(held) => Signal::FarHold { held },
            Report::Digit(digit) => return self.pressed_by_info(digit).await,
            Report::HoldRefused { code } => return self.hold_refused(code).await,
            Report::Hangup(end) => return self.end(end).await,
        };
        self.report(signal).await;
    }

    fn reached(&mut self, stage: Stage) {
        self.stage = stage;
        self.shared.calls.reached(self.call_id, stage);
    }

    /// Ends the call on our own account.
    fn end_by(&mut self, reason: HangupReason, cause: String) -> Option<Input> {
        self.ending = true;
        self.cause = cause;
        Some(Input::Hangup(reason))
    }

    /// Sends a signal, and waits for room in the channel. Without a reader, and once the driver closes, it is dropped.
    async fn report(&mut self, signal: Signal) {
        let signal = CallSignal { call_id: self.call_id, signal };
        tokio::select! {
            biased;
            () = closed(&mut self.closing) => {}
            _ = self.shared.signals.send(signal) => {}
        }
    }

    async fn finished(&mut self, operation: OperationId, error: Option<&str>) {
        self.report(Signal::Finished { operation, error: error.map(str::to_owned) }).await;
    }

    /// The driver closes: the remote party is told that the call is over, and nobody else.
    async fn leave(mut self, invite: &mut Invite, mut out: Vec<Output>) {
        self.shared.calls.remove(self.call_id);
        self.close_leg();
        let until_then = Instant::now() + FAREWELL;
        self.hang_up(HangupReason::Failed, invite, &mut out);
        loop {
            for output in std::mem::take(&mut out) {
                self.network.perform(output);
            }
            if invite.is_over() || Instant::now() >= until_then {
                return;
            }
            let wake = invite.wake().map_or(until_then, |wake| wake.min(until_then));
            let input = tokio::select! {
                woken = self.network.next() => self.network.read(woken),
                () = until(Some(wake)) => Some(Input::Wake),
            };
            if let Some(input) = input {
                invite.handle(input, Instant::now(), &mut out);
            }
        }
    }
}

/// Returns when a permit says that the call must end.
async fn over(permit: &mut Option<Box<dyn Permit>>) -> String {
    match permit {
        Some(permit) => permit.over().await,
        None => std::future::pending().await,
    }
}

/// Returns when the driver closes or has been dropped.
async fn closed(closing: &mut watch::Receiver<bool>) {
    let _ = closing.wait_for(|closing| *closing).await;
}

async fn until(moment: Option<Instant>) {
    match moment {
        Some(moment) => tokio::time::sleep_until(moment.into()).await,
        None => std::future::pending().await,
    }
}
