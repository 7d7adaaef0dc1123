//! Resolves host names to the addresses that may be connected to.

use super::super::guard::{Guard, Range};
use super::MAX_UNDER_WAY;
use super::shares::{Limits, Purpose, Shares};
use async_trait::async_trait;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::sync::Arc;
use uuid::Uuid;

tokio::task_local! {
    /// The customer whose request is being sent: the client tells its resolver only the name.
    pub(super) static CUSTOMER: Uuid;
}

/// Looks up the addresses of a host.
#[async_trait]
pub trait Lookup: Send + Sync {
    async fn lookup(&self, host: &str, customer_id: Uuid) -> io::Result<Vec<IpAddr>>;
}

/// The maximum number of concurrent lookups, three quarters of which are used, and of those of one customer. Each
/// occupies a thread that cannot be cancelled.
const LOOKUPS: usize = 64;
const LOOKUPS_OF_CUSTOMER: usize = 16;

/// The resolver of the machine: its hosts file, search domains and name servers. The customers take turns.
pub struct System(Arc<Shares>);

impl Default for System {
    fn default() -> System {
        let limits = Limits { under_way: LOOKUPS, waiting_per_customer: MAX_UNDER_WAY, waiting: MAX_UNDER_WAY };
        System(Shares::new(limits))
    }
}

#[async_trait]
impl Lookup for System {
    async fn lookup(&self, host: &str, customer_id: Uuid) -> io::Result<Vec<IpAddr>> {
        let waiting =
            self.0.enter(customer_id, LOOKUPS_OF_CUSTOMER, Purpose::Flow).ok_or(io::ErrorKind::QuotaExceeded)?;
        let (host, permit) = (host.to_owned(), waiting.place().await);
        let ask = move || {
            // The permit is released together with the thread, which may be long after the request timed out:
            // unresponsive name servers then delay other lookups of the customer, and not everything else that needs a
            // thread.
            let _permit = permit;
            Ok((host.as_str(), 0).to_socket_addrs()?.map(|address| address.ip()).collect())
        };
        tokio::task::spawn_blocking(ask).await.map_err(io::Error::other)?
    }
}

/// All addresses of the host are refused.
#[derive(Debug, thiserror::Error)]
#[error("the address is refused: {range}")]
pub struct Refused {
    pub range: Range,
}

/// The resolver that the client calls for each new connection: the client connects to one of the addresses returned
/// here, and resolves nothing itself.
pub struct Resolver {
    pub guard: Arc<Guard>,
    pub lookup: Arc<dyn Lookup>,
    /// The class of the ports that the client connects to ([`Guard::port_class`]).
    pub port: u16,
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (guard, lookup, port) = (Arc::clone(&self.guard), Arc::clone(&self.lookup), self.port);
        let customer_id = CUSTOMER.try_with(|id| *id).unwrap_or_default();
        Box::pin(async move {
            let found = lookup.lookup(name.as_str(), customer_id).await?;
            if found.is_empty() {
                return Err(io::Error::from(io::ErrorKind::NotFound).into());
            }
            Ok(admitted(&guard, name.as_str(), port, found)?)
        })
    }
}

/// Returns the addresses that pass the guard. A name with a public and an internal address is reached at the public
/// one.
fn admitted(guard: &Guard, host: &str, port: u16, found: Vec<IpAddr>) -> Result<Addrs, Refused> {
    let (mut passed, mut refused) = (Vec::new(), None);
    for address in found {
        match guard.check(host, address, port) {
            // The client replaces port 0 by the port of the URL.
            Ok(()) => passed.push(SocketAddr::new(address, 0)),
            Err(range) => {
                tracing::debug!(host, %address, range, "address refused");
                refused = Some(range);
            }
        }
    }
    match refused {
        Some(range) if passed.is_empty() => Err(Refused { range }),
        _ => Ok(Box::new(passed.into_iter())),
    }
}
