//! From a host name to the addresses that may be connected to.

use super::super::guard::{Guard, Range};
use async_trait::async_trait;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Asks for the addresses of a host.
#[async_trait]
pub trait Lookup: Send + Sync {
    async fn lookup(&self, host: &str) -> io::Result<Vec<IpAddr>>;
}

/// Look-ups that are under way at once. Each takes a thread that cannot be called back.
const LOOKUPS: usize = 64;

/// The machine's own resolver: its hosts file, its search domains, its name servers.
pub struct System(Arc<Semaphore>);

impl Default for System {
    fn default() -> System {
        System(Arc::new(Semaphore::new(LOOKUPS)))
    }
}

#[async_trait]
impl Lookup for System {
    async fn lookup(&self, host: &str) -> io::Result<Vec<IpAddr>> {
        let (host, place) = (host.to_owned(), Arc::clone(&self.0).acquire_owned().await.map_err(io::Error::other)?);
        let ask = move || {
            // The place is given back when the thread is, which may be long after the request gave up: name servers that
            // hang then keep other look-ups waiting, and not everything else that needs a thread.
            let _place = place;
            Ok((host.as_str(), 0).to_socket_addrs()?.map(|address| address.ip()).collect())
        };
        tokio::task::spawn_blocking(ask).await.map_err(io::Error::other)?
    }
}

/// Every address of the host is one that nothing is sent to.
#[derive(Debug, thiserror::Error)]
#[error("the address is refused: {range}")]
pub struct Refused {
    pub range: Range,
}

/// What the client asks when it makes a connection, and only then: it connects to one of the addresses that it is given
/// here, and resolves nothing itself.
pub struct Resolver {
    pub guard: Arc<Guard>,
    pub lookup: Arc<dyn Lookup>,
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (guard, lookup) = (Arc::clone(&self.guard), Arc::clone(&self.lookup));
        Box::pin(async move {
            let found = lookup.lookup(name.as_str()).await?;
            if found.is_empty() {
                return Err(io::Error::from(io::ErrorKind::NotFound).into());
            }
            Ok(admitted(&guard, name.as_str(), found)?)
        })
    }
}

/// The addresses that pass. A name with a public address and one inside is reached at the public one.
fn admitted(guard: &Guard, host: &str, found: Vec<IpAddr>) -> Result<Addrs, Refused> {
    let (mut passed, mut refused) = (Vec::new(), None);
    for address in found {
        match guard.check(host, address) {
            // The client puts the port of the URL in the place of 0.
            Ok(()) => passed.push(SocketAddr::new(address, 0)),
            Err(range) => {
                tracing::debug!(host, %address, range, "an address is refused");
                refused = Some(range);
            }
        }
    }
    match refused {
        Some(range) if passed.is_empty() => Err(Refused { range }),
        _ => Ok(Box::new(passed.into_iter())),
    }
}
