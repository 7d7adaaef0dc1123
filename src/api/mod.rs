//! The operations of the API, in a file for each resource. Work that takes longer than a request belongs to the
//! runtime, the delivery and the cluster.
//!
//! Every operation returns the contract's own messages, so the response stored under an idempotency key is exactly the
//! one that the caller received.

pub mod access_keys;
pub mod activeflows;
pub mod calls;
pub mod changes;
mod commands;
mod customer_care;
pub mod customers;
mod deliveries;
mod destinations;
pub mod flow_check;
pub mod flow_revisions;
pub mod flows;
pub mod history;
mod incoming;
pub mod messages;
pub mod numbers;
pub mod operators;
pub mod page;
pub mod providers;
pub mod recordings;
mod request_rate;
pub mod routes;
pub mod secrets;
mod shutdown;
pub mod simulate;
pub mod simulator;
mod traces;
mod watches;

// The parts of requests that are not plain data.
pub use crate::delivery::customers::{Change, OperatorChange};
pub use crate::runtime::idempotency::IdempotentRequest;
pub use crate::runtime::recordings::ByteRange;
pub use crate::watch::{Filter, Subject, Watch};

use crate::carriers::Carriers;
use crate::cluster::leader::LeaderTasks;
use crate::cluster::lease::Lease;
use crate::cluster::retention::Retention;
use crate::cluster::{Handler, Joining, Membership};
use crate::config::Limits;
use crate::delivery::customers::Customers;
use crate::delivery::outbox::{Deliverer, Transport};
use crate::error::{Error, Reason, Result};
use crate::memory::{Memory, Part, Turns};
use crate::outbound::http::Http;
use crate::runtime::available::Available;
use crate::runtime::rates::Rates;
use crate::runtime::recordings::Files;
use crate::runtime::recovery;
use crate::runtime::revisions::Revisions;
use crate::runtime::runner::{self, Runner};
use crate::store::{Nodes, Store};
use crate::supervisor::Supervisor;
use crate::telemetry::Metrics;
use crate::telephony::offers::Offer;
use crate::telephony::trace::Traces;
use crate::telephony::{CallSignal, Simulator, Telephony};
use crate::usage::DailyUsage;
use crate::watch::Hub;
use std::path::PathBuf;
use std::sync::{Arc, Weak};
use tokio::sync::mpsc;

/// The dependencies of an [`App`].
pub struct Ports {
    pub store: Arc<dyn Store>,
    pub customers: Arc<Customers>,
    pub usage: Arc<DailyUsage>,
    pub carriers: Arc<Carriers>,
    /// Set if several nodes share the store: the store's interface for nodes, and how this node joins them.
    pub nodes: Option<(Arc<dyn Nodes>, Joining)>,
    pub telephony: Arc<dyn Telephony>,
    /// The remote parties of simulated phones, if there are any.
    pub simulator: Option<Arc<dyn Simulator>>,
    /// The messages of calls, if there are real phones.
    pub traces: Option<Arc<dyn Traces>>,
    /// The client for the web requests of runs.
    pub http: Arc<Http>,
    /// Runs the tasks that live as long as the server.
    pub supervisor: Supervisor,
    pub metrics: Arc<Metrics>,
    /// What the caches and queues may use.
    pub memory: Memory,
    /// The directory in which the telephone network saves recordings.
    pub recordings: PathBuf,
    /// The events of the telephone network.
    pub signals: mpsc::Receiver<CallSignal>,
    /// The incoming calls of the telephone network.
    pub offers: mpsc::Receiver<Offer>,
    /// Which optional features are available to actions.
    pub available: Available,
    /// Sends webhooks, messages and mail.
    pub transport: Arc<dyn Transport>,
    pub retention: Retention,
}

/// The server behind the two protocols. Cheap to share.
pub struct App {
    store: Arc<dyn Store>,
    telephony: Arc<dyn Telephony>,
    simulator: Option<Arc<dyn Simulator>>,
    /// The messages of calls, if there are real phones.
    traces: Option<Arc<dyn Traces>>,
    /// The requests for incoming calls of simulated phones.
    requested: incoming::RequestedCalls,
    revisions: Arc<Revisions>,
    runner: Runner,
    hub: Arc<Hub>,
    customers: Arc<Customers>,
    usage: Arc<DailyUsage>,
    carriers: Arc<Carriers>,
    request_rates: Rates,
    pub available: Available,
    deliverer: Deliverer,
    /// Checks the destinations that customers set.
    http: Arc<Http>,
    /// `None` if this server does not share its store.
    membership: Option<Arc<Membership>>,
    recordings: Arc<Files>,
    supervisor: Supervisor,
    /// Customers simulate in turns.
    simulations: Turns,
    /// Held while a remote party acts under an idempotency key.
    playing: tokio::sync::Mutex<()>,
    /// Held while the scripts of simulated numbers are written to the phones and to the store; otherwise a concurrent
    /// reader could restore old ones.
    setting_callees: tokio::sync::Mutex<()>,
    /// Wakes the task that works for suspended and deleted customers.
    care: tokio::sync::Notify,
    /// True once the server accepts no new calls.
    draining: tokio::sync::watch::Sender<bool>,
}

impl App {
    /// Starts the background loops and recovers what an earlier process left behind: its calls are ended and timers
    /// continue. Returns when every call of an earlier process is hung up, so that no dead call is shown as active.
    pub async fn start(ports: Ports, limits: Limits) -> Result<Arc<App>> {
        let Ports { store, customers, usage, carriers, nodes, telephony, simulator, traces, http, .. } = ports;
        let Ports { supervisor, metrics, memory, recordings, signals, offers, .. } = ports;
        let Ports { available, transport, retention, .. } = ports;
        let membership = match nodes {
            Some((nodes, joining)) => {
                Some(Membership::join(nodes, joining, supervisor.clone(), metrics.clone()).await?)
            }
            None => None,
        };
        let lease = membership.as_ref().map_or_else(Lease::alone, |membership| membership.lease.clone());
        let revisions = Arc::new(Revisions::new(store.clone(), memory.share(Part::Revisions)));
        let hub = Hub::start(store.clone(), supervisor.clone(), metrics.clone(), limits, &memory).await?;
        let deliverer = Deliverer::new(
            store.clone(),
            customers.clone(),
            transport,
            lease.clone(),
            supervisor.clone(),
            memory.share(Part::Outbox),
        );
        let deps = runner::Dependencies {
            store: store.clone(),
            telephony: telephony.clone(),
            revisions: revisions.clone(),
            http: http.clone(),
            available,
            customers: customers.clone(),
            usage: usage.clone(),
            deliverer: deliverer.clone(),
            lease: lease.clone(),
            supervisor: supervisor.clone(),
            metrics,
            memory: memory.clone(),
            limits,
        };
        let runner = Runner::start(deps, signals);
        match &membership {
            Some(membership) => membership.look(&runner).await?,
            None => recovery::recover(&*store, &runner).await?,
        }
        runner.wake_up();
        let draining = tokio::sync::watch::Sender::new(false);
        let recordings = Arc::new(Files::new(recordings));
        let leader_tasks = LeaderTasks {
            store: store.clone(),
            hub: hub.clone(),
            customers: customers.clone(),
            usage: usage.clone(),
            deliverer: deliverer.clone(),
            runner: runner.clone(),
            recordings: recordings.clone(),
            retention,
            supervisor: supervisor.clone(),
        };
        leader_tasks.begin(membership.as_ref()).await?;
        let app = App {
            store,
            telephony,
            simulator,
            traces,
            requested: Default::default(),
            revisions,
            runner,
            hub,
            customers,
            usage,
            carriers,
            request_rates: Rates::default(),
            available,
            deliverer,
            http,
            membership,
            recordings,
            supervisor,
            simulations: simulate::turns(),
            playing: Default::default(),
            setting_callees: Default::default(),
            care: Default::default(),
            draining,
        };
        app.restore_callees().await?;
        app.remove_left_recordings();
        let app = Arc::new(app);
        customer_care::start(&app, &app.supervisor);
        incoming::start(&app, offers, &app.supervisor);
        if let Some(membership) = &app.membership {
            let handler: Weak<dyn Handler> = Arc::downgrade(&(app.clone() as Arc<dyn Handler>));
            membership.start(app.deliverer.clone(), app.customers.clone(), app.runner.clone(), handler);
        }
        Ok(app)
    }

    /// Succeeds if the server can serve requests.
    pub async fn ready(&self) -> Result<()> {
        self.admit()?;
        let down = self.supervisor.down();
        if !down.is_empty() {
            let message = format!("tasks of this server are down and being restarted: {}", down.join(", "));
            return Err(Error::new(Reason::NodeUnavailable, message));
        }
        Ok(self.store.ping().await?)
    }

    /// Returns what an operator should know although the server can serve requests, as sentences.
    pub fn notes(&self) -> Vec<String> {
        self.store.notes()
    }

    fn admit(&self) -> Result<()> {
        match *self.draining.borrow() {
            true => {
                Err(Error::new(Reason::ShuttingDown, "the server is shutting down; try again or use another server"))
            }
            false => Ok(()),
        }
    }
}
