//! The telephone network of a server: simulated phones, SIP, or both.

use super::{Failure, OFFERS, SIGNALS};
use crate::carriers::{self, Carriers, SipDirectory};
use crate::clock::Clock;
use crate::config::{Config, Telephony as Kind};
use crate::delivery::customers::Customers;
use crate::error;
use crate::model::limits::CustomerLimits;
use crate::outbound::http::{Account, Http};
use crate::outbound::prompts::{self, Prompts};
use crate::outbound::speech::Speech;
use crate::supervisor::Supervisor;
use crate::telemetry::Metrics;
use crate::telephony::both::Both;
use crate::telephony::disk::Disk;
use crate::telephony::offers::Offer;
use crate::telephony::simulated::{self, Simulated, Speed};
use crate::telephony::sip::{self, Sip};
use crate::telephony::trace::Traces;
use crate::telephony::{CallSignal, Simulator, Telephony};
use async_trait::async_trait;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Duration;
use tokio::sync::mpsc;
use uuid::Uuid;

/// The first interval between two transmissions of a request (RFC 3261 §17.1.1.1).
const T1: Duration = Duration::from_millis(500);
/// A call that receives no audio for this long has lost its remote party.
const NO_MEDIA: Duration = Duration::from_secs(60);

/// What calls by SIP need of the rest of the server.
pub struct Needs {
    pub http: Arc<Http>,
    pub carriers: Arc<Carriers>,
    pub customers: Arc<Customers>,
    pub supervisor: Supervisor,
    pub metrics: Arc<Metrics>,
}

/// The telephone network of a server.
pub struct Network {
    pub telephony: Arc<dyn Telephony>,
    /// The simulated phones, if there are any.
    pub simulator: Option<Arc<dyn Simulator>>,
    /// The messages of calls, if there are real phones.
    pub traces: Option<Arc<dyn Traces>>,
    /// The address for SIP, as others are told.
    pub sip_address: Option<SocketAddr>,
    pub signals: mpsc::Receiver<CallSignal>,
    pub offers: mpsc::Receiver<Offer>,
}

/// What is known of customers, as those ask who know no customers.
struct OfCustomers(Arc<Customers>);

#[async_trait]
impl carriers::Customers for OfCustomers {
    async fn limits(&self, customer_id: Uuid) -> error::Result<CustomerLimits> {
        self.0.limits(customer_id).await
    }
}

#[async_trait]
impl prompts::Accounts for OfCustomers {
    async fn account(&self, customer_id: Uuid) -> Result<Account, String> {
        self.0.account(customer_id).await.map_err(|error| format!("unavailable: {error}"))
    }
}

/// Starts the drivers that the options name.
pub async fn start(config: &Config, recordings: &Path, needs: Needs) -> Result<Network, Failure> {
    let (sender, signals) = mpsc::channel(SIGNALS);
    let (offering, offers) = mpsc::channel(OFFERS);
    let disk = Disk { directory: recordings.to_owned(), min_free: config.disk.recordings_min_free };
    let problem = |problem| Failure::Config(vec![problem]);
    let simulated = match (config.telephony, config.sip.no_simulator) {
        (Kind::Sip, true) => None,
        (Kind::Simulated, _) | (Kind::Sip, false) => {
            let speed = Speed::new(config.sim_speed).map_err(problem)?;
            let recordings = Some(disk.clone());
            let phones = simulated::Config { speed, max_calls: config.max_calls, recordings, witness: None };
            Some(Simulated::new(phones, sender.clone(), offering.clone()))
        }
    };
    let simulator = simulated.clone().map(|phones| phones as Arc<dyn Simulator>);
    let (real, traces) = match config.telephony {
        Kind::Simulated => (None, None),
        Kind::Sip => {
            let traces = Arc::new(sip::trace::Traces::new(Clock::now));
            let real = sip(config, disk, (sender, offering), needs, traces.clone()).await?;
            (Some(real), Some(traces as Arc<dyn Traces>))
        }
    };
    let sip_address = real.as_ref().map(|sip| sip.address());
    let telephony: Arc<dyn Telephony> = match (simulated, real) {
        (Some(simulated), Some(real)) => Arc::new(Both::new(simulated, real)),
        (Some(simulated), None) => simulated,
        (None, Some(real)) => real,
        (None, None) => return Err(problem("--no-simulator requires --telephony sip.".to_owned())),
    };
    Ok(Network { telephony, simulator, traces, sip_address, signals, offers })
}

async fn sip(
    config: &Config,
    disk: Disk,
    (signals, offers): (mpsc::Sender<CallSignal>, mpsc::Sender<Offer>),
    needs: Needs,
    traces: Arc<sip::trace::Traces>,
) -> Result<Arc<Sip>, Failure> {
    let Needs { http, carriers, customers, supervisor, metrics } = needs;
    let (options, of_customers) = (&config.sip, Arc::new(OfCustomers(customers)));
    let decoding = prompts::decoding(available_parallelism().map_or(1, usize::from));
    let speech = Speech::of(&config.speech, http.clone(), &decoding, metrics.clone());
    let sounds = prompts::Config {
        http,
        accounts: of_customers.clone(),
        speech: speech.map_err(|problem| Failure::Config(vec![problem]))?,
        memory: usize::try_from(config.speech.prompt_cache).unwrap_or(usize::MAX),
        decoding,
        metrics: metrics.clone(),
    };
    let ports = sip::Ports {
        sounds: Arc::new(Prompts::new(sounds)),
        directory: Arc::new(SipDirectory::start(carriers, of_customers, options.allowed(), &supervisor)),
        signals,
        offers,
        traces,
        metrics,
    };
    let driver = sip::Config {
        listen: options.sip_listen,
        advertise: options.sip_advertise,
        agent: format!("Ringdown/{}", env!("CARGO_PKG_VERSION")),
        t1: T1,
        seed: Clock::secret(),
        max_calls: config.max_calls,
        rtp_ports: options.rtp_ports.ports(),
        media_workers: options.workers(),
        no_media: NO_MEDIA,
        recordings: Some(disk),
    };
    let failed = |source| Failure::Sip { address: options.sip_listen, source };
    let sip = Sip::start(driver, ports).await.map_err(failed)?;
    let (range, calls) = (options.rtp_ports, options.rtp_ports.pairs().min(config.max_calls));
    tracing::info!(
        listen = %options.sip_listen,
        told = %sip.address(),
        rtp_ports = %format_args!("{}-{}", range.first, range.last),
        max_calls = calls,
        "SIP over UDP"
    );
    Ok(sip)
}
