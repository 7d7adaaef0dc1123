//! The use cases, and the machinery that keeps runs going.
//!
//! Every operation answers with the contract's own messages: what an idempotency key remembers is then exactly what the
//! caller got. Nothing outside the process happens before the state that asks for it is durable: [`runner`] steps,
//! commits, and only then performs.

pub mod access_keys;
pub mod activeflows;
pub mod available;
pub mod calls;
pub mod clock;
pub mod customers;
pub mod deliver;
mod deliveries;
pub mod doors;
mod duties;
mod failpoint;
pub mod flow_check;
mod flow_revisions;
pub mod flows;
mod history;
pub mod messages;
mod nodes;
pub mod numbers;
pub mod once;
mod orders;
pub mod page;
pub mod recordings;
mod recovery;
mod refusal;
pub mod retention;
mod revisions;
mod routes;
mod rows;
mod runner;
pub mod simulate;
pub mod simulator;
mod store_error;
mod timers;
pub mod watch;
pub mod webhooks;

use crate::error::{Error, Reason, Result};
use crate::model::time::Time;
use crate::outbound::http::Http;
use crate::store::{Nodes, Store};
use crate::telemetry::Metrics;
use crate::telephony::{CallSignal, Simulator, Telephony};
use available::Available;
use customers::Customers;
use deliver::{Courier, Deliverer};
use duties::Duties;
use nodes::{Lease, Membership};
use recordings::Files;
use retention::Retention;
use revisions::Revisions;
use runner::Runner;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use watch::Hub;

/// How much of everything one server takes on. Past a limit a request is refused; nothing that runs is touched.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Calls that are not hung up.
    pub calls: usize,
    pub calls_per_customer: usize,
    /// Activeflows that have not ended.
    pub activeflows: usize,
    pub watchers: usize,
    pub watchers_per_customer: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            calls: 10_000,
            calls_per_customer: 10_000,
            activeflows: 1_000_000,
            watchers: 10_000,
            watchers_per_customer: 5_000,
        }
    }
}

/// What an [`App`] stands on.
pub struct Ports {
    pub store: Arc<dyn Store>,
    /// Where several nodes share the store: the part for that, and this node's name.
    pub nodes: Option<(Arc<dyn Nodes>, String)>,
    pub telephony: Arc<dyn Telephony>,
    /// The far ends, where telephony is simulated.
    pub simulator: Option<Arc<dyn Simulator>>,
    /// What runs ask web servers with.
    pub http: Arc<Http>,
    pub metrics: Arc<Metrics>,
    /// The directory in which the telephone network saves recordings.
    pub recordings: PathBuf,
    /// What the telephone network tells.
    pub signals: mpsc::Receiver<CallSignal>,
    /// What else it has to run actions with.
    pub available: Available,
    /// Carries webhooks, messages and mail.
    pub courier: Arc<dyn Courier>,
    pub retention: Retention,
}

/// The server behind its faces. Cheap to share.
pub struct App {
    store: Arc<dyn Store>,
    telephony: Arc<dyn Telephony>,
    simulator: Option<Arc<dyn Simulator>>,
    revisions: Arc<Revisions>,
    runner: Runner,
    hub: Arc<Hub>,
    pub customers: Arc<Customers>,
    pub available: Available,
    deliverer: Deliverer,
    /// None: the store is this server's alone.
    membership: Option<Arc<Membership>>,
    recordings: Arc<Files>,
    /// Held while a flow is read and written back: a change that read it before it was deleted would bring it back.
    changing_flow: tokio::sync::Mutex<()>,
    /// Held while a far end is played under an idempotency key.
    playing: tokio::sync::Mutex<()>,
    /// Held while what simulated numbers do goes to the phones and to the store: a reader in between would bring back what
    /// they did before.
    setting_callees: tokio::sync::Mutex<()>,
    /// The same for numbers.
    changing_number: tokio::sync::Mutex<()>,
    /// True once the server takes no new calls.
    draining: tokio::sync::watch::Sender<bool>,
}

impl App {
    /// Starts the loops and brings what an earlier process left behind to where it belongs: its calls have ended, timers
    /// run on. Returns when every call of an earlier process is hung up, so that nobody is shown one that is dead.
    pub async fn start(ports: Ports, limits: Limits) -> Result<Arc<App>> {
        let Ports { store, nodes, telephony, simulator, http, .. } = ports;
        let Ports { metrics, recordings, signals, available, courier, retention, .. } = ports;
        let membership = match nodes {
            Some((nodes, name)) => Some(Membership::join(nodes, &name).await?),
            None => None,
        };
        let lease = membership.as_ref().map_or_else(Lease::alone, |membership| membership.lease.clone());
        let revisions = Arc::new(Revisions::new(store.clone()));
        let hub = Hub::start(store.clone(), metrics.clone(), limits).await?;
        let customers = Arc::new(Customers::new(store.clone()));
        let deliverer = Deliverer::new(store.clone(), customers.clone(), courier, lease.clone());
        let parts = runner::Parts {
            store: store.clone(),
            telephony: telephony.clone(),
            revisions: revisions.clone(),
            http,
            available,
            customers: customers.clone(),
            deliverer: deliverer.clone(),
            lease: lease.clone(),
            metrics,
            limits,
        };
        let runner = Runner::start(parts, signals);
        match &membership {
            Some(membership) => membership.look(&runner).await?,
            None => recovery::recover(&*store, &runner).await?,
        }
        runner.wake_up();
        let draining = tokio::sync::watch::Sender::new(false);
        let recordings = Arc::new(Files::new(recordings));
        let duties = Duties {
            store: store.clone(),
            hub: hub.clone(),
            customers: customers.clone(),
            deliverer: deliverer.clone(),
            runner: runner.clone(),
            recordings: recordings.clone(),
            retention,
            draining: draining.subscribe(),
        };
        duties.begin(membership.as_ref()).await?;
        let app = App {
            store,
            telephony,
            simulator,
            revisions,
            runner,
            hub,
            customers,
            available,
            deliverer,
            membership,
            recordings,
            changing_flow: Default::default(),
            changing_number: Default::default(),
            playing: Default::default(),
            setting_callees: Default::default(),
            draining,
        };
        app.restore_callees().await?;
        app.remove_left_recordings();
        let app = Arc::new(app);
        if let Some(membership) = &app.membership {
            tokio::spawn(membership.clone().listen(app.deliverer.clone(), app.customers.clone()));
            tokio::spawn(membership.clone().look_after(app.runner.clone()));
            tokio::spawn(membership.clone().serve(Arc::downgrade(&app)));
            tokio::spawn(membership.clone().hear_of_callees(Arc::downgrade(&app)));
        }
        Ok(app)
    }

    /// No new calls and activeflows from now on; returns when all calls are hung up or the time is over, and hangs up
    /// what is left then. The streams end after what is committed.
    pub async fn drain(&self, patience: Duration) {
        self.draining.send_replace(true);
        let _ = tokio::time::timeout(patience, self.runner.idle()).await;
        self.runner.end_calls().await;
        self.telephony.close().await;
        self.hub.close();
        self.runner.close().await;
        self.deliverer.close().await;
        if let Some(membership) = &self.membership {
            membership.leave().await;
        }
    }

    /// Of a node that was given up: hangs up what it still holds, and writes nothing.
    pub async fn abandon(&self) {
        self.draining.send_replace(true);
        self.telephony.close().await;
        self.hub.close();
    }

    /// Answers when requests can be served.
    pub async fn ready(&self) -> Result<()> {
        self.admit()?;
        Ok(self.store.ping().await?)
    }

    fn admit(&self) -> Result<()> {
        match *self.draining.borrow() {
            true => Err(Error::new(Reason::ShuttingDown, "the server is shutting down; try another or try again")),
            false => Ok(()),
        }
    }
}

/// A time of the contract as the server counts it; what is finer than a microsecond is cut off.
pub fn time_of(time: &prost_types::Timestamp) -> Time {
    Time(time.seconds.saturating_mul(1_000_000).saturating_add(i64::from(time.nanos / 1_000)))
}
