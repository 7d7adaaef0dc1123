//! Builds and runs a server from its configuration: the only place that names concrete adapters.

mod bodies;
mod connections;
mod control_frames;
mod cores;
mod database;
mod descriptors;
mod inbound;
mod large;
mod listen;
mod memory;
mod metrics_listener;
mod open_streams;
mod panics;
mod probes;
mod readiness;
mod recordings;
mod router;
mod service;
mod shares;
mod stream;
mod telephony;
mod tls;
mod transport;

use crate::api::access_keys::AccessKeys;
use crate::api::{App, Ports, secrets};
use crate::auth::Authenticator;
use crate::carriers::{Carriers, Configured};
use crate::cluster::Joining;
use crate::cluster::lease::Loss;
use crate::cluster::retention::Retention;
use crate::config::{Config, Limits, MessageProvider, Telephony};
use crate::delivery::customers::Customers;
use crate::error::Error;
use crate::memory::Memory;
use crate::outbound::http::{self, Http};
use crate::outbound::mail::{self, Mail};
use crate::outbound::message::{self, Generic, Provider};
use crate::runtime::available::Available;
use crate::seal::{self, Sealer, Source};
use crate::store;
use crate::supervisor::{Stage, Supervisor};
use crate::telemetry::Metrics;
use crate::usage::{Counts, DailyUsage};
use connections::Connections;
use database::Database;
use listen::Listeners;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use telephony::{Needs, Network};
use tls::Tls;
use transport::Outbound;
use uuid::Uuid;

/// The capacity of the channel of telephony signals. When it is full, phones wait, not the server.
const SIGNALS: usize = 4_096;
/// The capacity of the channel of incoming calls. When it is full, the telephone network refuses calls.
const OFFERS: usize = 1_024;
/// The time limits of the message provider and of the mail server for one message.
const PROVIDER_TIMEOUT: Duration = Duration::from_secs(30);
const MAIL_TIMEOUT: Duration = Duration::from_secs(60);
/// The maximum number of concurrent mails.
const MAILS: usize = 16;

/// A server that accepts requests.
#[derive(Debug, Clone)]
pub struct Ready {
    /// The address it listens on.
    pub address: SocketAddr,
    /// The address for SIP, as phones and carriers are told. `None` without SIP.
    pub sip_address: Option<SocketAddr>,
    /// The customer that was created first.
    pub customer_id: Uuid,
    /// That customer's access key, on the first start only: it is shown once.
    pub first_key: Option<String>,
    /// The first access key of an operator, on the first start only.
    pub operator_key: Option<String>,
}

/// The reason why a server did not start, or stopped: a sentence for the operator.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error("{}", .0.join("\n"))]
    Config(Vec<String>),
    #[error("{0}")]
    Database(#[from] store::Error),
    #[error("{0}")]
    SecretKey(#[from] seal::Error),
    #[error("{0}")]
    Start(#[from] Error),
    #[error("the TLS certificate {} or its key {} cannot be loaded: {source}", cert.display(), key.display())]
    Tls { cert: PathBuf, key: PathBuf, source: std::io::Error },
    #[error("cannot listen on {address}: {source}")]
    Listen { address: SocketAddr, source: std::io::Error },
    #[error("cannot listen for SIP on {address}: {source}. Choose another address with --sip-listen.")]
    Sip { address: SocketAddr, source: std::io::Error },
    #[error("the other nodes considered this one dead and took over its work; restart it")]
    GivenUp,
    #[error(
        "this server's clock is {0}: other nodes take over its work; synchronize both clocks (NTP), then restart it"
    )]
    Clock(String),
    #[error("the server cannot continue: {0}; restart it, and it continues from the stored state")]
    Failed(String),
    #[error("the listener failed: {0}")]
    Io(#[from] std::io::Error),
}

/// The components that both protocols share.
struct Components {
    app: Arc<App>,
    authenticator: Arc<Authenticator>,
    keys: Arc<AccessKeys>,
    metrics: Arc<Metrics>,
    /// The secret with which the message provider signs.
    inbound_secret: Option<Arc<[u8]>>,
}

/// What most parts of a server need.
#[derive(Clone)]
struct Common {
    sealer: Arc<Sealer>,
    supervisor: Supervisor,
    metrics: Arc<Metrics>,
    /// Counts what the store is given to write.
    counts: Arc<Counts>,
    memory: Memory,
}

/// Runs a server until `shutdown` completes, then drains it: no new calls, and active calls may continue for
/// `drain_timeout`.
///
/// `ready` is called once, when the server accepts requests. Returns when everything that was acknowledged is durable
/// and the database is closed. Errors usually occur before `ready`.
pub async fn run(
    config: Config,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send,
    ready: impl FnOnce(Ready),
) -> Result<(), Failure> {
    let problems = config.problems();
    if !problems.is_empty() {
        return Err(Failure::Config(problems));
    }
    for warning in config.warnings() {
        tracing::warn!("{warning}");
    }
    database::check(&config)?;
    let source = Source::of(&config.database, config.secret_key.file.as_deref());
    let source = source.map_err(|problem| Failure::Config(vec![problem]))?;
    let (tls, metrics) = (Tls::load(&config).await?, Arc::new(Metrics::new()));
    let calls_by_sip = match config.telephony {
        Telephony::Simulated => 0,
        Telephony::Sip => config.sip.rtp_ports.pairs().min(config.max_calls),
    };
    let descriptors = descriptors::raise().for_calls(calls_by_sip);
    let of_metrics = |listener| (listener, Connections::of_metrics(&config.connections, metrics.clone()));
    let listeners = Listeners {
        clients: listener,
        tls,
        metrics: listen::metrics_listener(&config)?.map(of_metrics),
        limits: Connections::new(&config.connections, descriptors, metrics.clone()),
    };
    let supervisor = Supervisor::new(metrics.clone());
    let memory = memory::divide(&config, &metrics)?;
    let counts = Arc::new(Counts::default());
    let database = database::open(&config, supervisor.clone(), metrics.clone(), counts.meter(), &memory).await?;
    let store = database.store.clone();
    let outcome = match seal::open(&*store, source).await {
        Ok(sealer) => {
            let common = Common { sealer: Arc::new(sealer), supervisor: supervisor.clone(), metrics, counts, memory };
            on(&config, database, common, listeners, shutdown, ready).await
        }
        Err(error) => Err(error.into()),
    };
    supervisor.stop_all().await;
    store.close().await;
    outcome
}

/// Runs the server on an open store, and does not close it.
async fn on(
    config: &Config,
    database: Database,
    common: Common,
    listeners: Listeners,
    shutdown: impl Future<Output = ()> + Send,
    ready: impl FnOnce(Ready),
) -> Result<(), Failure> {
    let Common { sealer, supervisor, metrics, .. } = common.clone();
    let store = database.store.clone();
    let secret = config.jwt_secret.as_ref().map(|secret| secret.bytes());
    secrets::adopt(&*store, &sealer).await?;
    let authenticator = Authenticator::open(store.clone(), &sealer, secret).await?;
    let authenticator = Arc::new(authenticator.with_longest_life(config.operators.jwt_longest_life));
    let first = authenticator.first_start().await?;
    let customer_id = match (&first, store.first_customer().await?) {
        (Some(first), _) => first.customer.customer_id,
        (None, customer) => customer.map(|it| it.id).unwrap_or_default(),
    };
    let recordings = recordings::recording_directory(config)?;
    let of_metrics = listeners.metrics.as_ref().map(|(listener, _)| listener);
    let own = std::iter::once(&listeners.clients).chain(of_metrics);
    let own = own.map(TcpListener::local_addr).collect::<Result<_, _>>()?;
    let (app, sip_address) = tokio::select! {
        app = start(config, database, common.clone(), recordings.path(), own) => app?,
        why = supervisor.failed() => return Err(Failure::Failed(why)),
    };
    let checking = authenticator.clone();
    supervisor.spawn(Stage::Log, "credentials", move |task| {
        let authenticator = checking.clone();
        async move {
            task.failpoint().await;
            tokio::select! {
                () = authenticator.keep_checking() => {}
                () = task.closing() => authenticator.store_uses().await,
            }
        }
    });
    let keys = Arc::new(AccessKeys::new(store, authenticator.clone(), sealer));
    let inbound_secret = config.message_inbound_secret.as_ref().map(|secret| secret.bytes().into());
    let components = Components { app: app.clone(), authenticator, keys, metrics, inbound_secret };
    let (factory, health) = router::factory(config, &components).await?;
    if let Some(tls) = &listeners.tls {
        tls.watch(&supervisor, config.connections.bounds.tls_check);
    }
    let servers = listen::start(listeners, factory, components.metrics)?;
    let (first_key, operator_key) = first.map(|it| (it.customer.key, it.operator_key)).unzip();
    ready(Ready { address: servers.address(), sip_address, customer_id, first_key, operator_key });
    tokio::select! {
        () = shutdown => tracing::info!(calls_may_go_on_for = ?config.drain_timeout(), "shutting down"),
        loss = app.given_up() => {
            app.abandon().await;
            return Err(match loss {
                Loss::Dead => Failure::GivenUp,
                Loss::Clock(offset) => Failure::Clock(offset.words()),
            });
        }
        why = supervisor.failed() => {
            router::not_serving(&health).await;
            app.abandon().await;
            return Err(Failure::Failed(why));
        }
        failed = servers.failed() => {
            app.drain(Duration::ZERO).await;
            return Err(failed.into());
        }
    }
    // Health checks fail before any request is refused.
    router::not_serving(&health).await;
    app.drain(config.drain_timeout()).await;
    servers.stop().await;
    Ok(())
}

async fn start(
    config: &Config,
    Database { store, nodes }: Database,
    Common { sealer, supervisor, metrics, counts, memory }: Common,
    recordings: &Path,
    own: Vec<SocketAddr>,
) -> Result<(Arc<App>, Option<SocketAddr>), Failure> {
    let limits = Limits {
        calls: config.max_calls,
        activeflows: config.max_activeflows,
        watchers: config.max_watchers,
        customer: config.customers.limits(),
    };
    let allow = config.outbound_allow.clone();
    let http = Arc::new(Http::new(http::Config { allow, own, ..http::Config::default() }));
    let transport = Arc::new(transport(config, http.clone())?);
    let retention = Retention {
        history: config.retain_history,
        deliveries: config.retain_deliveries,
        recordings: config.retain_recordings,
    };
    let customers = Arc::new(Customers::new(store.clone(), sealer.clone(), limits.customer));
    let usage = DailyUsage::start(store.clone(), counts, &supervisor);
    let carriers = Carriers::start(store.clone(), sealer, usage.clone(), provider(config)?, &supervisor).await?;
    let needs = Needs {
        http: http.clone(),
        carriers: carriers.clone(),
        customers: customers.clone(),
        supervisor: supervisor.clone(),
        metrics: metrics.clone(),
    };
    let network = telephony::start(config, recordings, needs).await?;
    let Network { telephony, simulator, traces, sip_address, signals, offers } = network;
    let joining = Joining { name: config.node_name.clone(), max_clock_offset: config.clocks.max_clock_offset };
    let ports = Ports {
        store,
        customers,
        usage,
        carriers,
        nodes: nodes.map(|nodes| (nodes, joining)),
        telephony: telephony.clone(),
        simulator,
        traces,
        http,
        supervisor,
        metrics,
        memory,
        recordings: recordings.to_owned(),
        signals,
        offers,
        available: available(config),
        transport,
        retention,
    };
    let started = App::start(ports, limits).await;
    if started.is_err() {
        telephony.close().await;
    }
    Ok((started?, sip_address))
}

/// Returns what actions find on this server.
fn available(config: &Config) -> Available {
    Available {
        mail: config.smtp_url.is_some(),
        real_calls: config.telephony == Telephony::Sip,
        voice: config.speech.speech_command.is_some() || config.speech.speech_url.is_some(),
    }
}

/// Reads the provider of calls that the options name.
fn provider(config: &Config) -> Result<Option<Configured>, Failure> {
    let problem = |problem| Failure::Config(vec![problem]);
    let password = config.carriers.password().map_err(problem)?;
    let option = config.carriers.provider().map_err(problem)?;
    Ok(option.map(|option| Configured::new(option, password)))
}

/// Creates the transport that sends the entries of the outbox.
fn transport(config: &Config, http: Arc<Http>) -> Result<Outbound, Failure> {
    let provider: Box<dyn Provider> = match (config.message_provider, &config.message_url) {
        (MessageProvider::Http, Some(url)) => {
            let token = config.message_token.as_ref().map(|token| token.text().to_owned());
            let config = message::Config { url: url.clone(), token, timeout: PROVIDER_TIMEOUT };
            Box::new(Generic::new(http.clone(), config))
        }
        _ => Box::new(message::Log),
    };
    let mail = config.smtp_url.as_ref().map(|server| {
        let config = mail::Config {
            server: server.clone(),
            from: config.mail_from.clone().unwrap_or_default(),
            timeout: MAIL_TIMEOUT,
            max_in_flight: MAILS,
            authorities: Vec::new(),
        };
        Mail::new(config).map_err(|problem| Failure::Config(vec![format!("--mail-from or --smtp-url: {problem}")]))
    });
    let texts_leave = config.message_provider == MessageProvider::Http;
    Ok(Outbound::new(http, provider, texts_leave, mail.transpose()?))
}
