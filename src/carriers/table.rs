//! All providers and routes in memory.

use super::choose::{Routes, Rule};
use super::stored;
use crate::error::Result;
use crate::proto;
use crate::seal::Sealer;
use crate::store::{self, Damage};
use ipnet::IpNet;
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use uuid::Uuid;

/// A provider with its password.
#[derive(Clone)]
pub struct Provider {
    pub id: Uuid,
    pub settings: proto::Provider,
    pub(super) password: String,
}

/// All providers and routes, as of one version.
#[derive(Default)]
pub struct Table {
    /// `None` before the table was first read.
    version: Option<Option<Vec<u8>>>,
    providers: HashMap<Uuid, Arc<Provider>>,
    by_id: HashMap<Uuid, Arc<proto::Route>>,
    routes: Routes,
    /// The networks that incoming calls come from, by their length, the most specific ones first: there are as many
    /// lookups for a datagram as there are lengths, however many networks there are.
    peers: BTreeMap<Reverse<u8>, HashMap<IpNet, Uuid>>,
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Provider").field("id", &self.id).field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl Provider {
    fn read(row: &store::Provider, sealer: &Sealer, damage: &Damage) -> Result<Provider> {
        let (settings, password) = (stored::settings(row, damage)?, stored::open_password(row, sealer)?);
        Ok(Provider { id: row.id, settings, password })
    }

    pub fn sip(&self) -> proto::ProviderSip {
        self.settings.sip.clone().unwrap_or_default()
    }

    /// Returns the password for digest authentication; "" for none.
    pub fn password(&self) -> &str {
        &self.password
    }

    /// Returns what people call the provider: its name, or its host if it has none.
    pub fn name(&self) -> &str {
        match self.settings.name.as_str() {
            "" => &self.settings.hostname,
            name => name,
        }
    }

    /// Returns what is dialled to reach a number.
    pub fn dialled(&self, destination: &str) -> String {
        format!("{}{destination}{}", self.settings.tech_prefix, self.settings.tech_postfix)
    }

    /// Returns where incoming calls come from.
    fn networks(&self) -> Vec<IpNet> {
        let sip = self.sip();
        match sip.inbound_ips.is_empty() {
            true => self.settings.hostname.parse::<IpAddr>().map(IpNet::from).into_iter().collect(),
            false => sip.inbound_ips.iter().filter_map(|it| network(it)).collect(),
        }
    }
}

/// Reads an address or a network.
pub fn network(text: &str) -> Option<IpNet> {
    text.parse::<IpNet>().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))
}

impl Table {
    /// Reads rows. One that cannot be read is reported and left out.
    pub(super) fn read(
        version: Option<Vec<u8>>,
        (providers, routes): (&[store::Provider], &[store::Route]),
        sealer: &Sealer,
        damage: &Damage,
    ) -> Table {
        let mut table = Table { version: Some(version), ..Table::default() };
        for row in providers {
            match Provider::read(row, sealer, damage) {
                Ok(provider) => table.add_provider(provider),
                Err(error) => tracing::error!(id = %row.id, %error, "a provider cannot be used"),
            }
        }
        let routes = routes.iter().filter_map(|row| match stored::route(row, damage) {
            Ok(route) => Some((row.id, route)),
            Err(error) => {
                tracing::error!(id = %row.id, %error, "a route cannot be used");
                None
            }
        });
        table.by_id = routes.map(|(id, route)| (id, Arc::new(route))).collect();
        table.finished()
    }

    /// Adds a provider and a route that have no rows.
    pub(super) fn with(mut self, provider: Provider, (route_id, route): (Uuid, proto::Route)) -> Table {
        self.add_provider(provider);
        self.by_id.insert(route_id, Arc::new(route));
        self.finished()
    }

    fn add_provider(&mut self, provider: Provider) {
        self.providers.insert(provider.id, Arc::new(provider));
    }

    /// Builds what is looked up from the rows.
    fn finished(mut self) -> Table {
        self.routes = Routes::new(self.by_id.iter().filter_map(|(id, route)| {
            Some(Rule {
                route_id: *id,
                customer_id: route.customer_id.parse().ok()?,
                provider_id: route.provider_id.parse().ok()?,
                priority: route.priority,
                target: route.target.clone(),
            })
        }));
        let of = |it: &Arc<Provider>| it.networks().into_iter().map(|network| (network, it.id)).collect::<Vec<_>>();
        let mut networks: Vec<(IpNet, Uuid)> = self.providers.values().flat_map(of).collect();
        // Ids are ordered by time: of providers with the same network the oldest counts, on all servers alike.
        networks.sort_by_key(|(_, id)| *id);
        self.peers = BTreeMap::new();
        for (network, id) in networks {
            self.peers.entry(Reverse(network.prefix_len())).or_default().entry(network.trunc()).or_insert(id);
        }
        self
    }

    pub(super) fn is_of(&self, version: Option<&[u8]>) -> bool {
        self.version.as_ref().is_some_and(|known| known.as_deref() == version)
    }

    pub fn provider(&self, id: Uuid) -> Option<&Arc<Provider>> {
        self.providers.get(&id)
    }

    pub fn providers(&self) -> impl ExactSizeIterator<Item = &Arc<Provider>> {
        self.providers.values()
    }

    pub fn route(&self, id: Uuid) -> Option<&Arc<proto::Route>> {
        self.by_id.get(&id)
    }

    pub fn all_routes(&self) -> impl ExactSizeIterator<Item = &Arc<proto::Route>> {
        self.by_id.values()
    }

    pub(super) fn routes(&self) -> &Routes {
        &self.routes
    }

    /// Returns the hosts of providers that are names and whose addresses nothing else says.
    pub(super) fn named(&self) -> HashMap<Uuid, String> {
        let is_named =
            |it: &&Arc<Provider>| it.sip().inbound_ips.is_empty() && it.settings.hostname.parse::<IpAddr>().is_err();
        self.providers.values().filter(is_named).map(|it| (it.id, it.settings.hostname.clone())).collect()
    }

    /// Returns the provider whose calls come from an address, by what its settings say.
    pub fn peer(&self, from: IpAddr) -> Option<Uuid> {
        let from = from.to_canonical();
        // An address has no network that is longer than itself.
        let network = |length: &Reverse<u8>| IpNet::new(from, length.0).ok().map(|it| it.trunc());
        self.peers.iter().find_map(|(length, networks)| networks.get(&network(length)?)).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn provider(number: u128, hostname: &str, inbound: &[&str]) -> Provider {
        let inbound_ips = inbound.iter().map(|it| it.to_string()).collect();
        let settings = proto::Provider {
            hostname: hostname.to_owned(),
            sip: Some(proto::ProviderSip { inbound_ips, ..Default::default() }),
            ..Default::default()
        };
        Provider { id: Uuid::from_u128(number), settings, password: "hunter2".to_owned() }
    }

    #[test]
    fn the_most_specific_network_says_whose_call_it_is() {
        let mut table = Table::default();
        for it in [
            provider(1, "203.0.113.7", &[]),
            provider(2, "sip.example", &["203.0.113.0/24", "2001:db8::/32"]),
            provider(3, "203.0.113.9", &["198.51.100.1"]),
            provider(4, "sip.example", &["203.0.113.0/24", "198.51.100.7/24"]),
        ] {
            table.add_provider(it);
        }
        let table = table.finished();
        let peer = |from: &str| table.peer(from.parse().unwrap()).map(|id| id.as_u128());
        assert_eq!((peer("203.0.113.7"), peer("::ffff:203.0.113.7")), (Some(1), Some(1)));
        assert_eq!((peer("203.0.113.9"), peer("2001:db8::7")), (Some(2), Some(2)), "its own host is not asked");
        assert_eq!((peer("198.51.100.1"), peer("127.0.0.1"), peer("::1")), (Some(3), None, None));
        assert_eq!(
            (peer("198.51.100.2"), peer("198.51.101.1")),
            (Some(4), None),
            "the bits behind the length do not count"
        );
    }

    #[test]
    fn a_password_is_in_no_log() {
        assert!(!format!("{:?}", provider(1, "a", &[])).contains("hunter2"));
    }
}
