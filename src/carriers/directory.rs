//! The carriers as a SIP driver asks for them.

use super::resolved::Resolved;
use super::{CallPermit, Carriers, Hop, Over, Provider};
use crate::clock::Clock;
use crate::error::{Error, Reason, Result};
use crate::model::call::Address;
use crate::model::limits::CustomerLimits;
use crate::proto::DtmfMode;
use crate::supervisor::{Stage, Supervisor};
use crate::telephony::directory::{self, Directory, Permit, Route, Sender, Unroutable};
use async_trait::async_trait;
use ipnet::IpNet;
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use uuid::Uuid;

/// The datagrams of a provider in a second. A call takes about five, with those that are repeated: a thousand calls.
const OF_PROVIDER: u32 = 5_000;
/// The same of another address that may call: a few phones or a PBX.
const OF_OTHERS: u32 = 1_000;
/// The codecs of a provider that names none, the best first.
const CODECS: &str = "PCMU,PCMA";

/// Knows the limits of customers.
#[async_trait]
pub trait Customers: Send + Sync {
    async fn limits(&self, customer_id: Uuid) -> Result<CustomerLimits>;
}

/// Answers what a SIP driver asks.
pub struct SipDirectory {
    carriers: Arc<Carriers>,
    customers: Arc<dyn Customers>,
    /// Who may call besides the providers.
    allow: Vec<IpNet>,
    resolved: Arc<Resolved>,
}

impl SipDirectory {
    /// Starts the task that resolves the names of providers. `allow`: who may call besides the providers.
    pub fn start(
        carriers: Arc<Carriers>,
        customers: Arc<dyn Customers>,
        allow: Vec<IpNet>,
        supervisor: &Supervisor,
    ) -> SipDirectory {
        let resolved = Arc::new(Resolved::default());
        let (of_task, known) = (resolved.clone(), carriers.clone());
        supervisor.spawn(Stage::Outbox, "provider_hosts", move |task| of_task.clone().keep(known.clone(), task));
        SipDirectory { carriers, customers, allow, resolved }
    }
}

#[async_trait]
impl Directory for SipDirectory {
    fn sender(&self, address: IpAddr) -> Option<Sender> {
        let address = address.to_canonical();
        let provider_id = self.carriers.table().peer(address).or_else(|| self.resolved.provider(address));
        if provider_id.is_some() {
            return Some(Sender { provider_id, per_second: OF_PROVIDER });
        }
        let allowed = self.allow.iter().any(|network| network.contains(&address));
        allowed.then_some(Sender { provider_id: None, per_second: OF_OTHERS })
    }

    async fn route(&self, customer_id: Uuid, destination: &Address) -> Result<Route, Unroutable> {
        let hops = self.carriers.hops_to(customer_id, destination).map_err(unroutable)?;
        let limits = self.customers.limits(customer_id).await.map_err(unroutable)?;
        let permit = self.carriers.admit(customer_id, &limits).await.map_err(unroutable)?;
        Ok(Route { hops: hops.iter().map(|hop| hop.for_driver()).collect(), permit: Box::new(permit) })
    }

    async fn enter(&self, hop: &directory::Hop) -> Result<Box<dyn Send>, Unroutable> {
        let gone = || unroutable(Error::new(Reason::NoRoute, format!("the provider {} is deleted", hop.host)));
        let provider = self.carriers.table().provider(hop.provider_id).cloned().ok_or_else(gone)?;
        Ok(Box::new(self.carriers.enter(&provider).await.map_err(unroutable)?))
    }

    fn providers(&self) -> Vec<directory::Hop> {
        self.carriers.table().providers().map(|provider| for_driver(provider, "")).collect()
    }

    fn checked(&self, provider_id: Uuid, answered: bool, code: u16) {
        self.carriers.checked(provider_id, answered, code, Clock::now());
    }
}

#[async_trait]
impl Permit for CallPermit {
    fn answered(&self) {
        CallPermit::answered(self);
    }

    async fn over(&mut self) -> String {
        CallPermit::over(self).await.to_string()
    }
}

impl fmt::Display for Over {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Over::Longest => "the call is as long as calls through providers may be (provider_call_seconds)",
            Over::Minutes => "the customer has used up its minutes of today (daily_provider_minutes)",
        })
    }
}

impl Hop {
    fn for_driver(&self) -> directory::Hop {
        for_driver(&self.provider, &self.dialled)
    }
}

/// Returns what a driver needs to know of a provider. `dialled` is "" for a request to the provider itself.
fn for_driver(provider: &Provider, dialled: &str) -> directory::Hop {
    let (settings, sip) = (&provider.settings, provider.sip());
    let port = u16::try_from(sip.port).unwrap_or_default();
    let host = match settings.hostname.contains(':') {
        true => format!("[{}]", settings.hostname),
        false => settings.hostname.clone(),
    };
    // Of what can be dialled, a URI must escape this alone (RFC 3261 §25.1).
    let user = if dialled.is_empty() { String::new() } else { format!("{}@", dialled.replace('#', "%23")) };
    let codecs = if settings.codecs.is_empty() { CODECS } else { &settings.codecs };
    let credentials = (!sip.username.is_empty()).then(|| (sip.username.clone(), provider.password().to_owned()));
    directory::Hop {
        provider_id: provider.id,
        uri: format!("sip:{user}{host}:{port}"),
        host,
        port,
        credentials,
        codecs: codecs.split(',').map(str::to_owned).collect(),
        headers: settings.tech_headers.iter().map(|(name, value)| (name.clone(), value.clone())).collect(),
        inband: sip.dtmf() == DtmfMode::Inband,
        // A Contact that cannot be reached from here is never one to send to, whatever the provider says of itself.
        nat: true,
    }
}

/// Returns the reason of an error and what it says, without the field of a request that it may be about.
fn unroutable(error: Error) -> Unroutable {
    if error.reason == Reason::Internal {
        tracing::error!(%error, "a call cannot be routed");
    }
    let text = error.violations.first().map_or(&error.message, |it| &it.description);
    Unroutable(format!("{}: {text}", error.reason.name()))
}

#[cfg(test)]
#[path = "directory_tests.rs"]
mod tests;
