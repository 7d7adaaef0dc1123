//! The bench of calls over SIP: the driver on loopback, and far ends that know neither its modules nor its SIP crate.

mod description;
mod dialog;
mod ear;
mod media;
mod message;
mod network;
mod phone;
mod provision;
mod sound;
mod tests;

use super::bench::{Bench, Pace, RemoteParty, RemoteState, tel};
use async_trait::async_trait;
use network::Network;
use phone::{Event, Phone};
use provision::{PROVIDER, Provider, Tones};
use ringdown::model::call::Address;
use ringdown::model::telephony::{Command, OperationId};
use ringdown::model::time::Time;
use ringdown::telemetry::Metrics;
use ringdown::telephony::disk::Disk;
use ringdown::telephony::offers::{Offer, OfferKey, Peer, Refusal};
use ringdown::telephony::sip::trace::Traces;
use ringdown::telephony::sip::{Config, Ports, Sip};
use ringdown::telephony::{Gone, Telephony};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::Path;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;
use uuid::Uuid;

/// Who is called by the far ends.
const OUR_NUMBER: &str = "+15551110000";
const PATIENCE: Duration = Duration::from_secs(60);
/// How long a far end that was hung up by `close` may take to notice.
const NOTICE: Duration = Duration::from_millis(500);

pub async fn bench() -> Bench {
    let (signals, told) = mpsc::channel(64);
    let (offering, offers) = mpsc::channel(64);
    let recordings = tempfile::tempdir().expect("a directory");
    let network = Network::start().await;
    let config = Config {
        listen: "127.0.0.1:0".parse().unwrap(),
        advertise: None,
        agent: "Ringdown/test".to_owned(),
        t1: Duration::from_millis(500),
        seed: std::array::from_fn(|n| (Uuid::now_v7().as_u128() >> (n % 16 * 8)) as u8),
        max_calls: 10_000,
        rtp_ports: 20_000..=29_999,
        media_workers: 1,
        no_media: Duration::from_secs(60),
        recordings: Some(Disk { directory: recordings.path().to_owned(), min_free: 0 }),
    };
    let directory = Arc::new(Provider { gateway: network.address });
    let sounds = Arc::new(Tones { media: network.media.clone() });
    let (traces, metrics) = (Arc::new(Traces::new(|| Time(0))), Arc::new(Metrics::new()));
    let ports = Ports { sounds, directory, signals, offers: offering, traces, metrics };
    let sip = Sip::start(config, ports).await.expect("a free port");
    let known = Arc::new(Known::default());
    let offers = tokio::sync::Mutex::new(offers);
    let scripted = Scripted { network, driver: sip.address(), recordings, offers, known: known.clone() };
    let pace = Pace { patience: PATIENCE, tolerance_ms: 400, real: true };
    Bench::new(Arc::new(Observed { sip, known }), Arc::new(scripted), told, pace, Some(another))
}

fn another() -> Pin<Box<dyn Future<Output = Bench> + Send>> {
    Box::pin(bench())
}

/// Which far end is at the other end of which call.
#[derive(Default)]
struct Known {
    /// The numbers of the calls that the driver dialled.
    dialled: Mutex<HashMap<Uuid, String>>,
    /// Those that called, by what the driver has made of them.
    offered: Mutex<HashMap<OfferKey, Arc<Phone>>>,
    taken: Mutex<HashMap<Uuid, Arc<Phone>>>,
    callers: Mutex<HashMap<OfferKey, Arc<Phone>>>,
    closed: AtomicBool,
}

/// The driver, and a note of what it is asked to do.
struct Observed {
    sip: Arc<Sip>,
    known: Arc<Known>,
}

#[async_trait]
impl Telephony for Observed {
    async fn perform(&self, call_id: Uuid, operation: OperationId, command: Command) -> Result<(), Gone> {
        let number = match &command {
            Command::Dial { destination, .. } => Some(destination.target.clone()),
            _ => None,
        };
        self.sip.perform(call_id, operation, command).await?;
        if let Some(number) = number {
            self.known.dialled.lock().unwrap().insert(call_id, number);
        }
        Ok(())
    }

    async fn take(&self, offer: OfferKey, customer_id: Uuid, call_id: Uuid) -> Result<(), Gone> {
        self.sip.take(offer, customer_id, call_id).await?;
        let phone = self.known.offered.lock().unwrap().remove(&offer).expect("it was offered");
        self.known.taken.lock().unwrap().insert(call_id, phone);
        Ok(())
    }

    async fn refuse(&self, offer: OfferKey, refusal: Refusal) {
        self.sip.refuse(offer, refusal).await;
    }

    fn held(&self) -> Vec<Uuid> {
        self.sip.held()
    }

    async fn close(&self) {
        self.sip.close().await;
        self.known.closed.store(true, Ordering::Relaxed);
    }
}

struct Scripted {
    network: Arc<Network>,
    driver: SocketAddr,
    recordings: TempDir,
    offers: tokio::sync::Mutex<mpsc::Receiver<Offer>>,
    known: Arc<Known>,
}

impl Scripted {
    fn phone(&self, call_id: Uuid) -> Option<Arc<Phone>> {
        let taken = self.known.taken.lock().unwrap().get(&call_id).cloned();
        let dialled = || self.known.dialled.lock().unwrap().get(&call_id).cloned();
        taken.or_else(|| self.network.phone(&dialled()?))
    }
}

/// Lets a far end hang up; whether there was a call.
async fn hang_up(phone: &Phone) -> bool {
    let (answer, answered) = oneshot::channel();
    phone.events.send(Event::HangUp(answer)).is_ok() && answered.await.unwrap_or(false)
}

#[async_trait]
impl RemoteParty for Scripted {
    async fn callee(&self, script: &str) -> Address {
        tel(&self.network.number(script))
    }

    async fn offers(&self, script: &str) -> Offer {
        let number = self.network.number(script);
        let mut offers = self.offers.lock().await;
        let phone = Phone::calls(&self.network, script, &number, OUR_NUMBER, self.driver);
        let offer = timeout(PATIENCE, offers.recv()).await.expect("an offer").expect("the driver lives");
        assert!(offer.key.0 >> 63 == 1, "keys of the simulator are below");
        let (key, peer) = (offer.key, Peer::Sip { provider_id: Some(PROVIDER) });
        assert_eq!(offer, Offer { key, peer, source: tel(&number), destination: tel(OUR_NUMBER) });
        self.known.offered.lock().unwrap().insert(key, phone.clone());
        self.known.callers.lock().unwrap().insert(key, phone);
        offer
    }

    async fn withdraws(&self, offer: OfferKey) -> bool {
        let phone = self.known.offered.lock().unwrap().get(&offer).cloned();
        let Some(phone) = phone else { return false };
        // The caller knows that it was heard when its INVITE is refused with 487.
        let withdrawn = hang_up(&phone).await;
        if withdrawn {
            assert_eq!(self.refusal(offer).await.code, 487);
        }
        withdrawn
    }

    async fn refusal(&self, offer: OfferKey) -> Refusal {
        let phone = self.known.callers.lock().unwrap()[&offer].clone();
        let mut refusal = phone.refusal.subscribe();
        let refusal = timeout(PATIENCE, refusal.wait_for(Option::is_some)).await.expect("a response");
        refusal.expect("the phone lives").expect("just waited for")
    }

    async fn heard(&self, call_id: Uuid) -> Vec<String> {
        self.phone(call_id).map(|phone| phone.line.heard()).unwrap_or_default()
    }

    async fn state(&self, call_id: Uuid) -> RemoteState {
        self.phone(call_id).map(|phone| phone.state.lock().unwrap().clone()).unwrap_or_default()
    }

    async fn presses(&self, call_id: Uuid, keys: &str) {
        self.phone(call_id).expect("the call is up").events.send(Event::Press(keys.to_owned())).expect("it lives");
    }

    async fn hangs_up(&self, call_id: Uuid) -> bool {
        let Some(phone) = self.phone(call_id) else { return false };
        if self.known.closed.load(Ordering::Relaxed) {
            let _ = timeout(NOTICE, phone.over.subscribe().wait_for(|over| *over)).await;
        }
        hang_up(&phone).await
    }

    fn recordings(&self) -> &Path {
        self.recordings.path()
    }
}
