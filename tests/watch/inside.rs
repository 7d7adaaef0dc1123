//! What a server within a test's own process stands on.

use ringdown::api::Ports;
use ringdown::carriers::Carriers;
use ringdown::cluster::retention::Retention;
use ringdown::delivery::customers::Customers;
use ringdown::delivery::outbox::{MailMessage, Outcome, Post, Text, Transport, Verdict};
use ringdown::model::limits::CustomerLimits;
use ringdown::model::time::Time;
use ringdown::outbound::http::{self, Http};
use ringdown::runtime::available::Available;
use ringdown::seal::Sealer;
use ringdown::store::Store;
use ringdown::supervisor::Supervisor;
use ringdown::telephony::simulated::{Config, Simulated, Speed, Witness};
use ringdown::usage::DailyUsage;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// Phones at once, nobody outside, nothing is forgotten.
pub async fn ports(store: Arc<dyn Store>, max_calls: usize) -> (Ports, Arc<Simulated>) {
    witnessed_ports(store, max_calls, CustomerLimits::default(), None).await
}

/// The same, and somebody sees what the phones do.
pub async fn witnessed_ports(
    store: Arc<dyn Store>,
    max_calls: usize,
    limits: CustomerLimits,
    witness: Option<Arc<dyn Witness>>,
) -> (Ports, Arc<Simulated>) {
    let (sender, signals) = tokio::sync::mpsc::channel(1_024);
    let (offering, offers) = tokio::sync::mpsc::channel(1_024);
    let config = Config { speed: Speed::AT_ONCE, max_calls, recordings: None, witness };
    let phones = Simulated::new(config, sender, offering);
    let (supervisor, sealer) = (Supervisor::default(), Arc::new(Sealer::in_memory()));
    let usage = DailyUsage::start(store.clone(), Default::default(), &supervisor);
    let carriers = Carriers::start(store.clone(), sealer.clone(), usage.clone(), None, &supervisor).await.unwrap();
    let ports = Ports {
        customers: Arc::new(Customers::new(store.clone(), sealer, limits)),
        usage,
        carriers,
        store,
        nodes: None,
        telephony: phones.clone(),
        simulator: Some(phones.clone()),
        traces: None,
        http: Arc::new(Http::new(http::Config::default())),
        supervisor,
        metrics: Default::default(),
        memory: Default::default(),
        // Nothing is recorded; a directory that is not there has nothing left in it.
        recordings: PathBuf::new(),
        available: Available { mail: true, real_calls: false, voice: false },
        signals,
        offers,
        transport: Arc::new(Nobody),
        retention: Retention::default(),
    };
    (ports, phones)
}

/// Carries nothing.
struct Nobody;

#[async_trait::async_trait]
impl Transport for Nobody {
    async fn post(&self, _: Post<'_>, _: &[String], _: Time) -> Verdict {
        Verdict::failed(Outcome::Refused, 0, "nobody is there")
    }

    async fn text(&self, _: Text<'_>) -> Verdict {
        Verdict::failed(Outcome::Refused, 0, "nobody is there")
    }

    async fn mail(&self, _: MailMessage<'_>) -> Verdict {
        Verdict::failed(Outcome::Refused, 0, "nobody is there")
    }

    fn pause(&self, _: u32, _: Duration, _: Option<Duration>, _: u128) -> Option<Duration> {
        None
    }
}
