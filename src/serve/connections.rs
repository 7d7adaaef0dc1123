//! Which connections are accepted: limits in all and by client address.

use super::descriptors::Descriptors;
use super::shares::{Full, Shares};
use crate::config::{ConnectionBounds, ConnectionOptions};
use crate::http::client_address::{TrustedProxies, network};
use crate::telemetry::{Gauged, Metrics, Throttle};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};

/// The default limit per address.
const PER_ADDRESS: usize = 512;
/// The most connections of a listener for metrics.
const METRICS: usize = 64;
/// The pause after a failed accept, for example when too many files are open.
const PAUSE: Duration = Duration::from_millis(50);

static REFUSED: Throttle = Throttle::new();
static FAILED: Throttle = Throttle::new();

/// Accepts connections up to their limits.
pub struct Connections {
    slots: Shares<IpAddr>,
    total: usize,
    per_address: usize,
    /// Whether the limit per address applies to clients on this machine.
    local: bool,
    proxies: TrustedProxies,
    pub bounds: ConnectionBounds,
    pub metrics: Arc<Metrics>,
}

/// The place of one connection among all. It is given back when it is dropped.
pub struct Slot {
    connections: Arc<Connections>,
    owner: Option<IpAddr>,
    _gauge: Gauged,
}

impl Connections {
    pub fn new(options: &ConnectionOptions, descriptors: Descriptors, metrics: Arc<Metrics>) -> Arc<Connections> {
        let room = descriptors.for_connections();
        let total = options.max_connections.unwrap_or(room);
        let per_address = options.max_connections_per_address.unwrap_or(PER_ADDRESS.min(total.div_ceil(2)));
        tracing::info!(
            open_files = descriptors.now,
            raised_from = descriptors.before,
            max_connections = total,
            max_connections_per_address = per_address,
            "limit of open files"
        );
        if total > room {
            tracing::warn!(
                max_connections = total,
                open_files = descriptors.now,
                "the limit of open files is too low for so many connections"
            );
        }
        let local = options.max_connections_per_address.is_some();
        Arc::new(Connections::with(options, (total, per_address, local), metrics))
    }

    /// Limits the connections of a listener for metrics.
    pub fn of_metrics(options: &ConnectionOptions, metrics: Arc<Metrics>) -> Arc<Connections> {
        Arc::new(Connections::with(options, (METRICS, METRICS, false), metrics))
    }

    fn with(
        options: &ConnectionOptions,
        (total, per_address, local): (usize, usize, bool),
        metrics: Arc<Metrics>,
    ) -> Connections {
        Connections {
            slots: Shares::new(total, per_address),
            total,
            per_address,
            local,
            proxies: TrustedProxies::new(&options.trusted_proxies),
            bounds: options.bounds,
            metrics,
        }
    }

    /// Accepts the next connection that is within the limits. The others are closed at once.
    ///
    /// Never fails: an error of accepting, for example too many open files, is over when something is closed.
    pub async fn accept(self: &Arc<Connections>, listener: &TcpListener) -> (TcpStream, SocketAddr, Slot) {
        loop {
            match listener.accept().await {
                Ok((stream, peer)) => {
                    if let Some(slot) = self.slot(peer.ip()) {
                        return (stream, peer, slot);
                    }
                }
                Err(error) => {
                    self.accept_failed(&error);
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }

    /// Logs that a connection cannot be accepted.
    pub fn accept_failed(&self, error: &io::Error) {
        self.metrics.connection_refused("error");
        if let Some(suppressed) = FAILED.pass() {
            tracing::warn!(%error, suppressed, "cannot accept connections");
        }
    }

    fn slot(self: &Arc<Connections>, peer: IpAddr) -> Option<Slot> {
        let owner = self.owner(peer);
        let reason = match self.slots.take(owner, 1) {
            Ok(()) => {
                let gauge = self.metrics.connection();
                return Some(Slot { connections: self.clone(), owner, _gauge: gauge });
            }
            Err(Full::Total) => "total",
            Err(Full::Share) => "address",
        };
        self.metrics.connection_refused(reason);
        if let Some(suppressed) = REFUSED.pass() {
            let (limit, per_address) = (self.total, self.per_address);
            tracing::warn!(%peer, reason, limit, per_address, suppressed, "too many connections; one was closed");
        }
        None
    }

    /// Returns the address under which a connection counts. None: no limit per address applies. Behind a proxy are many
    /// clients, and programs on this machine are limited only if the operator says so.
    fn owner(&self, peer: IpAddr) -> Option<IpAddr> {
        let local = peer.to_canonical().is_loopback();
        let unlimited = self.proxies.contain(peer) || (local && !self.local);
        (!unlimited).then(|| network(peer))
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.connections.slots.give_back(self.owner, 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connections(options: ConnectionOptions) -> Arc<Connections> {
        Connections::new(&options, Descriptors { before: 256, now: 256, calls: 0 }, Arc::default())
    }

    fn slots(connections: &Arc<Connections>, peer: &str, count: usize) -> Vec<Slot> {
        (0..count).filter_map(|_| connections.slot(peer.parse().unwrap())).collect()
    }

    #[test]
    fn an_address_has_half_of_the_connections_at_most() {
        let connections = connections(ConnectionOptions::default());
        let one = slots(&connections, "192.0.2.1", 1_000);
        assert_eq!(one.len(), 64);
        let other = slots(&connections, "2001:db8::1", 40);
        assert_eq!(slots(&connections, "2001:db8::ffff", 1_000).len(), 24, "a /64 is one address");
        assert_eq!(other.len(), 40);
        assert_eq!(slots(&connections, "198.51.100.1", 1_000).len(), 24);
        drop(one);
        assert_eq!(slots(&connections, "192.0.2.1", 1_000).len(), 64);
        let text = connections.metrics.text();
        assert!(text.contains(r#"ringdown_connections_refused_total{reason="address"}"#), "{text}");
        assert!(text.contains(r#"ringdown_connections_refused_total{reason="total"}"#), "{text}");
        assert!(text.contains("ringdown_connections 40"), "{text}");
    }

    #[test]
    fn proxies_and_this_machine_have_many_clients() {
        let mut options = ConnectionOptions { max_connections: Some(100), ..ConnectionOptions::default() };
        options.trusted_proxies = vec!["10.0.0.0/8".parse().unwrap()];
        for peer in ["10.1.2.3", "127.0.0.1", "::1", "::ffff:10.1.2.3"] {
            assert_eq!(slots(&connections(options.clone()), peer, 1_000).len(), 100, "{peer}");
        }
        options.max_connections_per_address = Some(5);
        for (peer, count) in [("10.1.2.3", 100), ("127.0.0.1", 5), ("::1", 5)] {
            assert_eq!(slots(&connections(options.clone()), peer, 1_000).len(), count, "{peer}");
        }
    }
}
