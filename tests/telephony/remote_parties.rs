//! The benches of simulated telephony.

use super::bench::{Bench, Pace, RemoteParty, RemoteState, tel};
use async_trait::async_trait;
use ringdown::model::call::Address;
use ringdown::telephony::Simulator;
use ringdown::telephony::disk::Disk;
use ringdown::telephony::offers::{Offer, OfferKey, Peer, Refusal};
use ringdown::telephony::simulated::{Config, Shown, Simulated, Speed, Witness};
use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;
use tokio::sync::{mpsc, watch};
use uuid::Uuid;

/// Nothing takes time; the test's own clock is a real one, and only a failure waits for it.
pub fn at_once() -> Bench {
    bench(Speed::AT_ONCE, Duration::from_secs(30))
}

/// Everything takes its time, on a stopped clock: it jumps to the end of our patience only when nothing is left to happen.
pub fn in_time() -> Bench {
    bench(Speed::REAL, Duration::from_secs(7 * 24 * 3600))
}

fn bench(speed: Speed, patience: Duration) -> Bench {
    let (signals, told) = mpsc::channel(64);
    let (offering, offers) = mpsc::channel(64);
    let recordings = tempfile::tempdir().expect("a directory");
    let witness = Arc::new(Seen::default());
    let config = Config {
        speed,
        max_calls: 10_000,
        recordings: Some(Disk { directory: recordings.path().to_owned(), min_free: 0 }),
        witness: Some(witness.clone()),
    };
    let simulated = Simulated::new(config, signals, offering);
    let offers = tokio::sync::Mutex::new(offers);
    let scripted = Scripted { simulated: simulated.clone(), recordings, offers, witness };
    let pace = Pace { patience, tolerance_ms: 0, real: false };
    Bench::new(simulated, Arc::new(scripted), told, pace, None)
}

/// Every script is its own number: the table of callees takes any name.
struct Scripted {
    simulated: Arc<Simulated>,
    recordings: TempDir,
    offers: tokio::sync::Mutex<mpsc::Receiver<Offer>>,
    witness: Arc<Seen>,
}

/// What the far ends have heard and seen.
#[derive(Default)]
struct Seen {
    calls: Mutex<HashMap<Uuid, (Vec<String>, RemoteState)>>,
    refused: watch::Sender<HashMap<OfferKey, Refusal>>,
}

impl Witness for Seen {
    fn hears(&self, call_id: Uuid, sounds: Vec<String>) {
        if !sounds.is_empty() {
            self.calls.lock().unwrap().entry(call_id).or_default().0.push(sounds.join("+"));
        }
    }

    fn sees(&self, call_id: Uuid, shown: Shown) {
        let mut calls = self.calls.lock().unwrap();
        let (_, state) = calls.entry(call_id).or_default();
        match shown {
            Shown::Caller(caller) => state.caller = caller,
            Shown::Status(status) => state.statuses.push(status),
            Shown::Held(held) => state.held = held,
        }
    }

    fn refused(&self, offer: OfferKey, refusal: Refusal) {
        self.refused.send_modify(|refused| assert_eq!(refused.insert(offer, refusal), None, "one final response"));
    }
}

#[async_trait]
impl RemoteParty for Scripted {
    async fn callee(&self, script: &str) -> Address {
        self.simulated.set_callee(Uuid::nil(), script, script).expect("cases write good scripts");
        tel(script)
    }

    async fn offers(&self, script: &str) -> Offer {
        let (source, destination) = (self.callee(script).await, tel("+15551110000"));
        let mut offers = self.offers.lock().await;
        let key = self.simulated.call(Uuid::nil(), 7, source.clone(), destination.clone()).await.expect("an offer");
        let peer = Peer::Simulated { customer_id: Uuid::nil(), ticket: 7 };
        let offer = offers.recv().await.expect("the driver lives");
        assert_eq!(offer, Offer { key, peer, source, destination });
        offer
    }

    async fn withdraws(&self, offer: OfferKey) -> bool {
        self.simulated.give_up(offer).is_ok()
    }

    async fn refusal(&self, offer: OfferKey) -> Refusal {
        let mut refused = self.witness.refused.subscribe();
        let refused = refused.wait_for(|refused| refused.contains_key(&offer));
        let refused = tokio::time::timeout(Duration::from_secs(60), refused).await.expect("a response");
        refused.expect("somebody sees it")[&offer]
    }

    async fn heard(&self, call_id: Uuid) -> Vec<String> {
        self.witness.calls.lock().unwrap().get(&call_id).map(|(heard, _)| heard.clone()).unwrap_or_default()
    }

    async fn state(&self, call_id: Uuid) -> RemoteState {
        self.witness.calls.lock().unwrap().get(&call_id).map(|(_, state)| state.clone()).unwrap_or_default()
    }

    async fn presses(&self, call_id: Uuid, keys: &str) {
        self.simulated.digits(call_id, keys).await.expect("the call is up");
    }

    async fn hangs_up(&self, call_id: Uuid) -> bool {
        self.simulated.hangup(call_id).await.is_ok()
    }

    fn recordings(&self) -> &Path {
        self.recordings.path()
    }
}
