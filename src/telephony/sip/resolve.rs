//! From the host of a URI to an address.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;
use tokio::sync::Semaphore;

/// How long a name is looked up, and how many are at a time.
const LOOKUP: Duration = Duration::from_secs(5);
const MAX_LOOKUPS: usize = 16;

/// Looks names up: the first address of the socket's family. SRV comes with the routes.
pub struct Resolver {
    v4: bool,
    turns: Semaphore,
}

impl Resolver {
    /// `v4`: the family of our socket.
    pub fn new(v4: bool) -> Resolver {
        Resolver { v4, turns: Semaphore::new(MAX_LOOKUPS) }
    }

    /// Returns the address of a name or of a literal, within 5 seconds.
    pub async fn address(&self, host: &str, port: u16) -> io::Result<SocketAddr> {
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        if let Ok(ip) = bare.parse::<IpAddr>() {
            return Ok(SocketAddr::new(ip, port));
        }
        let lookup = async {
            let _turn = self.turns.acquire().await.map_err(io::Error::other)?;
            tokio::net::lookup_host((host, port)).await
        };
        let mut found = tokio::time::timeout(LOOKUP, lookup).await.map_err(io::Error::other)??;
        found.find(|it| it.is_ipv4() == self.v4).ok_or_else(|| io::Error::other("the name has no address"))
    }
}
