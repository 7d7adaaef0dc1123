//! Phones without a network, for development, tests and users' CI.
//!
//! Every held call is one task ([`phone`]) with a bounded mailbox. Its remote party follows the [`script`] of the
//! number ([`callees`]). Bridges and rooms are decided in one table ([`exchange`]), and so is what remote parties hear
//! ([`audio`]). Incoming calls wait in another table until somebody decides them ([`offered`]). Time is divided by [`Speed`]; at
//! speed 0 there is no timer at all, and a call's signals still arrive in the same order as at any other speed. (One
//! exception: a call that is being recorded and on which nothing more happens gets one second, in case another command
//! follows, before the time that ends the recording is skipped.) The length of a recording is in simulated time
//! ([`recorder`]); its file is written in the background ([`saving`]).
//!
//! Guarantees: a call never has two `Hangup` signals or none (unless the driver closes or nobody reads signals any
//! more), no signal follows a `Hangup`, no command waits for a reader of signals, and every queue is bounded. A call
//! whose mailbox is full ends as `failed`: a call that cannot accept 64 more commands can no longer be controlled, so
//! the driver ends it and returns [`Gone`].

mod audio;
mod callees;
mod clock;
mod exchange;
mod offered;
mod phone;
mod recorder;
mod remote_party;
mod saving;
mod script;
mod wav;
mod witness;

pub use callees::{MAX_CALLEES, NUMBERS};
pub use clock::Speed;
pub use script::{Reply, Script, Step};
pub use witness::{Shown, Witness};

use super::both::Side;
use super::offers::{Offer, OfferKey, Peer, Refusal};
use super::{CallSignal, Gone, Refused, Simulator, Telephony};
use crate::model::call::{Address, Privacy};
use crate::model::sound;
use crate::model::telephony::{Command, OperationId, Signal};
use crate::telephony::disk::Disk;
use async_trait::async_trait;
use callees::Callees;
use exchange::{Exchange, Input, MAX_KEYS, Media, PhoneLine};
use offered::{Caller, Offered};
use phone::{Phone, PhoneContext, Stage};
use saving::RecordingWriter;
use std::sync::Arc;
use tokio::sync::{mpsc, watch};
use uuid::Uuid;

#[derive(Clone)]
pub struct Config {
    pub speed: Speed,
    /// The maximum number of calls held at a time; more are refused.
    pub max_calls: usize,
    /// Where recordings are saved. Without it, nothing can be recorded.
    pub recordings: Option<Disk>,
    /// Learns what remote parties perceive. For tests; a server has none.
    pub witness: Option<Arc<dyn Witness>>,
}

pub struct Simulated {
    speed: Speed,
    callees: Callees,
    offered: Offered,
    exchange: Arc<Exchange>,
    recording_writer: Option<Arc<RecordingWriter>>,
    signals: mpsc::Sender<CallSignal>,
    /// Every phone holds a receiver of this channel, so "no receivers" means "no phones".
    closing: watch::Sender<bool>,
}

impl Simulated {
    /// Creates the driver. Phones are tasks of the runtime in which they are dialled or call in.
    pub fn new(config: Config, signals: mpsc::Sender<CallSignal>, offers: mpsc::Sender<Offer>) -> Arc<Simulated> {
        Arc::new(Simulated {
            speed: config.speed,
            callees: Callees::default(),
            offered: Offered::new(offers, config.witness.clone()),
            exchange: Arc::new(Exchange::new(config.max_calls, config.witness)),
            recording_writer: config.recordings.map(|disk| Arc::new(RecordingWriter::new(disk))),
            signals,
            closing: watch::Sender::new(false),
        })
    }

    fn begin(&self, customer_id: Uuid, call_id: Uuid, number: &str, stage: Stage) -> Result<(), Refused> {
        let script = self.callees.find(customer_id, number);
        let media = if stage == Stage::Incoming { Media::Possible } else { Media::None };
        let context = self.context(call_id, self.exchange.connect(call_id, media)?);
        tokio::spawn(Phone::new(context, stage, script).run());
        Ok(())
    }

    fn context(&self, call_id: Uuid, line_end: PhoneLine) -> PhoneContext {
        PhoneContext {
            call_id,
            speed: self.speed,
            line_end,
            exchange: self.exchange.clone(),
            recording_writer: self.recording_writer.clone(),
            signals: self.signals.clone(),
            closing: self.closing.subscribe(),
        }
    }
}

#[async_trait]
impl Telephony for Simulated {
    async fn perform(&self, call_id: Uuid, operation: OperationId, command: Command) -> Result<(), Gone> {
        match command {
            // The type of the address makes no difference: a number, a SIP address and an extension are all just names
            // here.
            Command::Dial { customer_id, source, destination, privacy } => {
                self.begin(customer_id, call_id, &destination.target, Stage::Outgoing).map_err(|_| Gone)?;
                let caller = Some(source.target).filter(|_| privacy == Privacy::None);
                self.exchange.show(call_id, Shown::Caller(caller));
                Ok(())
            }
            command => self.exchange.post(call_id, Input::Command(operation, Box::new(command))),
        }
    }

    async fn take(&self, offer: OfferKey, _: Uuid, call_id: Uuid) -> Result<(), Gone> {
        let caller = self.offered.remove(offer)?;
        self.begin(caller.customer_id, call_id, &caller.number, Stage::Incoming).map_err(|_| {
            self.offered.refused(offer, Refusal::UNAVAILABLE);
            Gone
        })
    }

    async fn refuse(&self, offer: OfferKey, refusal: Refusal) {
        self.offered.refuse(offer, refusal);
    }

    fn held(&self) -> Vec<Uuid> {
        self.exchange.held()
    }

    async fn close(&self) {
        self.offered.close();
        self.exchange.close();
        self.closing.send_replace(true);
        self.closing.closed().await;
    }
}

impl Side for Simulated {
    fn holds(&self, call_id: Uuid) -> bool {
        self.exchange.holds(call_id)
    }

    fn fail(&self, call_id: Uuid, operation: OperationId, error: &str) -> Result<(), Gone> {
        let finished = Signal::Finished { operation, error: Some(error.to_owned()) };
        self.exchange.post(call_id, Input::Happened(finished))
    }
}

#[async_trait]
impl Simulator for Simulated {
    fn check_script(&self, script: &str) -> Result<(), String> {
        script.parse::<script::Script>().map(drop)
    }

    fn set_callee(&self, customer_id: Uuid, number: &str, script: &str) -> Result<(), String> {
        self.callees.set(customer_id, number, script)
    }

    fn knows(&self, customer_id: Uuid, number: &str) -> bool {
        self.callees.knows(customer_id, number)
    }

    async fn call(
        &self,
        customer_id: Uuid,
        ticket: u64,
        source: Address,
        destination: Address,
    ) -> Result<OfferKey, Refused> {
        let caller = Caller { customer_id, number: source.target.clone() };
        let peer = Peer::Simulated { customer_id, ticket };
        self.offered.offer(caller, |key| Offer { key, peer, source, destination })
    }

    fn give_up(&self, offer: OfferKey) -> Result<(), Gone> {
        self.offered.remove(offer).map(drop)
    }

    async fn digits(&self, call_id: Uuid, digits: &str) -> Result<(), Refused> {
        let fits = (1..=MAX_KEYS as usize).contains(&digits.len());
        if !fits || !digits.chars().all(script::is_key) {
            return Err(Refused::Invalid(format!("expected 1 to {MAX_KEYS} of 0-9, A-D, * and #")));
        }
        self.exchange.press(call_id, digits)
    }

    async fn hangup(&self, call_id: Uuid) -> Result<(), Gone> {
        self.exchange.post(call_id, Input::RemoteHangup)
    }
}
