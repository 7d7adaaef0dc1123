//! Carriers: the providers that calls go to and come from, the routes to them, and the limits that keep calls from
//! becoming a bill.
//!
//! Operators manage providers and routes, which are rows of the database. Each server keeps a [`Table`] of all of them in
//! memory, because a driver asks it for each call and each packet. The table is read again when the version in the
//! database has changed: at once after a change by this server, and within five seconds after one by another.
//!
//! A driver that dials calls [`Carriers::hops`] for the providers to try, [`Carriers::admit`] for the customer's room and,
//! before each attempt, [`Carriers::enter`] for the provider's.

mod admit;
mod choose;
mod configured;
mod destinations;
mod directory;
mod health;
mod minutes;
mod ranges;
mod resolved;
mod room;
mod stored;
mod table;

pub use admit::{CallPermit, ProviderPermit};
pub use choose::{Refused, Rule};
pub use configured::Configured;
pub use directory::{Customers, SipDirectory};
pub use minutes::Over;
pub use stored::{provider_row, resealed, route, route_row, seal_password, settings};
pub use table::{Provider, Table, network};

use crate::clock::Clock;
use crate::error::{Error, Reason, Result};
use crate::model::time::Time;
use crate::proto::{self, DtmfMode, ProviderHealth, SipTransport};
use crate::runtime::rates::Rates;
use crate::seal::Sealer;
use crate::store::{self, Commit, Store};
use crate::supervisor::{Stage, Supervisor, Task, lock};
use crate::usage::DailyUsage;
use health::Health;
use minutes::Minutes;
use room::Room;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};
use uuid::Uuid;

/// The most providers.
pub const MAX_PROVIDERS: usize = 500;
/// The most routes.
pub const MAX_ROUTES: usize = 10_000;
/// The most providers that one call tries.
pub const MAX_HOPS: usize = 3;
/// The customer of the routes that everybody's calls take.
pub const EVERYBODY: Uuid = Uuid::from_u128(1);

/// How often a server looks for changes by other servers.
const POLL: Duration = Duration::from_secs(5);
/// How often calls that are up are looked at, to count their time and to end those that are over.
const TICK: Duration = Duration::from_secs(1);
/// The setting whose value changes with each change of a provider or a route.
const VERSION: &str = "carriers_version";

/// The carriers of this server.
pub struct Carriers {
    store: Arc<dyn Store>,
    sealer: Arc<Sealer>,
    usage: Arc<DailyUsage>,
    /// The provider of `--sip-provider`, with its route.
    configured: Option<Configured>,
    table: RwLock<Arc<Table>>,
    /// Held while the table is read, so that an older one never replaces a newer one.
    reading: tokio::sync::Mutex<()>,
    /// Held by changes that depend on other rows: how many there are, and which provider has routes.
    changing: tokio::sync::Mutex<()>,
    health: Mutex<HashMap<Uuid, Health>>,
    /// Outgoing calls by provider, and by customer.
    providers: Arc<Room>,
    customers: Arc<Room>,
    /// When a provider may get its next call.
    paces: Rates,
    /// How many calls a customer may begin.
    rates: Rates,
    minutes: Arc<Minutes>,
}

/// One attempt of a call: a provider, and the route that leads to it.
#[derive(Debug, Clone)]
pub struct Hop {
    pub provider: Arc<Provider>,
    pub route: Arc<proto::Route>,
    /// What is dialled there.
    pub dialled: String,
}

impl Carriers {
    /// Reads the table and starts the tasks that keep it current and count the time of calls.
    pub async fn start(
        store: Arc<dyn Store>,
        sealer: Arc<Sealer>,
        usage: Arc<DailyUsage>,
        configured: Option<Configured>,
        supervisor: &Supervisor,
    ) -> Result<Arc<Carriers>> {
        let carriers = Arc::new(Carriers {
            store,
            sealer,
            usage,
            configured,
            table: RwLock::default(),
            reading: Default::default(),
            changing: Default::default(),
            health: Mutex::default(),
            providers: Room::new(),
            customers: Room::new(),
            paces: Rates::default(),
            rates: Rates::default(),
            minutes: Minutes::new(),
        });
        carriers.refresh().await?;
        let it = carriers.clone();
        supervisor.spawn(Stage::Outbox, "carriers", move |task| it.clone().keep(task));
        let it = carriers.clone();
        supervisor.spawn(Stage::Outbox, "call_minutes", move |task| it.clone().count(task));
        Ok(carriers)
    }

    /// Returns the providers and routes as they were last read.
    pub fn table(&self) -> Arc<Table> {
        self.table.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn configured(&self) -> Option<&Configured> {
        self.configured.as_ref()
    }

    /// Waits until no other change of this server is under way that depends on how many rows there are.
    pub async fn changing(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.changing.lock().await
    }

    pub fn sealer(&self) -> &Sealer {
        &self.sealer
    }

    /// Reads the table again if a provider or a route has changed.
    pub async fn refresh(&self) -> Result<()> {
        let _reading = self.reading.lock().await;
        // Before the rows: a change that comes in between is then read twice, and none is missed.
        let version = self.store.find_setting(VERSION).await?;
        if self.table().is_of(version.as_deref()) {
            return Ok(());
        }
        let rows = |most: usize| store::Page { limit: u32::try_from(most).unwrap_or(u32::MAX), ..Default::default() };
        // Nodes that create rows at the same time may pass the limits by a few.
        let providers = self.store.providers(rows(2 * MAX_PROVIDERS)).await?;
        let routes = self.store.routes(rows(2 * MAX_ROUTES)).await?;
        let table = Table::read(version, (providers.as_slice(), routes.as_slice()), &self.sealer, self.store.damage());
        let table = Arc::new(match self.configured.clone() {
            Some(Configured { provider, route_id, route }) => table.with(provider, (route_id, route)),
            None => table,
        });
        lock(&self.health).retain(|id, _| table.provider(*id).is_some());
        self.providers.retain(|id| table.provider(id).is_some());
        *self.table.write().unwrap_or_else(PoisonError::into_inner) = table;
        Ok(())
    }

    async fn keep(self: Arc<Carriers>, task: Task) {
        loop {
            tokio::select! {
                () = tokio::time::sleep(POLL) => {}
                () = task.closing() => return,
            }
            task.failpoint().await;
            self.customers.retain(|_| false);
            if let Err(error) = self.refresh().await {
                tracing::warn!(%error, "providers and routes cannot be read; those read before are used");
            }
        }
    }

    /// Counts the time of calls for the daily budgets of their customers, and ends those that are over.
    async fn count(self: Arc<Carriers>, task: Task) {
        loop {
            tokio::select! {
                () = tokio::time::sleep(TICK) => {}
                () = task.closing() => return,
            }
            task.failpoint().await;
            self.minutes.tick(Instant::now(), &self.usage);
        }
    }

    /// Returns the providers that a call of a customer tries, in order: one to three. Fails with `NO_ROUTE`, and with
    /// `DESTINATION_NOT_ALLOWED` for a number that a route must name.
    pub fn hops(&self, customer_id: Uuid, destination: &str) -> Result<Vec<Hop>> {
        self.hops_by(customer_id, destination, destination, |_| true)
    }

    /// Like [`Carriers::hops`], by the providers that `serves` returns true for. Errors name the destination as `shown`.
    fn hops_by(
        &self,
        customer_id: Uuid,
        destination: &str,
        shown: &str,
        serves: impl Fn(&Provider) -> bool,
    ) -> Result<Vec<Hop>> {
        let table = self.table();
        let health = |id| table.provider(id).filter(|it| serves(it)).map(|_| self.health(id).status());
        let rules = table.routes().choose(customer_id, destination, health).map_err(|refused| match refused {
            Refused::NoRoute => {
                let message = format!("no provider takes calls to {shown}: an operator can add a route");
                Error::new(Reason::NoRoute, message)
            }
            Refused::Named(range) => {
                let message = format!(
                    "calls to {shown} are not allowed: {} ({}) must be the target of a route",
                    range.prefix, range.what
                );
                Error::field(Reason::DestinationNotAllowed, "destination", message)
            }
        })?;
        let hop = |rule: Rule| {
            let provider = table.provider(rule.provider_id)?.clone();
            Some(Hop { dialled: provider.dialled(destination), route: table.route(rule.route_id)?.clone(), provider })
        };
        Ok(rules.into_iter().filter_map(hop).collect())
    }

    fn health(&self, provider_id: Uuid) -> Health {
        lock(&self.health).get(&provider_id).copied().unwrap_or_default()
    }

    /// Takes note of a health check: whether the provider answered, and its SIP status code, 0 for none.
    pub fn checked(&self, provider_id: Uuid, answered: bool, code: u16, now: Time) {
        let mut health = lock(&self.health);
        if self.table().provider(provider_id).is_some() {
            let it = health.entry(provider_id).or_default();
            *it = it.after(answered, code, now);
        }
    }

    /// Returns a provider as an operator sees it: with its health, and with its calls on this server.
    pub fn show(&self, provider: proto::Provider, id: Uuid) -> proto::Provider {
        let health = self.health(id);
        let room = self.providers.use_of(id, Instant::now());
        let sip = proto::ProviderSip {
            held: i64::from(room.held),
            waiting: i64::from(room.waiting),
            refused_last_minute: i64::from(room.refused_last_minute),
            last_code: i32::from(health.last_code),
            ..provider.sip.unwrap_or_default()
        };
        proto::Provider {
            health_status: ProviderHealth::from(health.status()).into(),
            health_checked_at: health.checked_at.and_then(crate::model::view::time),
            sip: Some(sip),
            ..provider
        }
    }

    /// Returns how many outgoing calls through providers a customer has on this server.
    pub fn calls_of(&self, customer_id: Uuid) -> u32 {
        self.customers.use_of(customer_id, Instant::now()).held
    }
}

/// Returns the settings of a provider that sets none.
pub fn defaults() -> proto::ProviderSip {
    proto::ProviderSip {
        transport: SipTransport::Udp.into(),
        port: 5_060,
        max_calls: 100,
        max_cps: 10,
        max_wait_ms: 10_000,
        dtmf: DtmfMode::Rfc4733.into(),
        ..proto::ProviderSip::default()
    }
}

/// Adds the new version to a commit that changes providers or routes.
pub fn mark(mut commit: Commit) -> Commit {
    let version = Clock::id(Clock::now());
    commit.settings.push((VERSION.to_owned(), version.as_bytes().to_vec()));
    commit
}
