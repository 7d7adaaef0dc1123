//! The clients that make the connections, each with the guard that its connections have passed.

use super::super::guard::{Allowed, Guard};
use super::super::tls;
use super::Config;
use super::resolver::{Lookup, Resolver};
use lru::LruCache;
use rustls::ClientConfig;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// The time limit for one attempt to connect, so that an unreachable address leaves time for the host's next one.
const CONNECT: Duration = Duration::from_secs(10);

/// How long an idle connection is kept. Shorter than in most servers, so that few requests use a connection that the
/// server is about to close.
const IDLE: Duration = Duration::from_secs(15);

/// The most clients that are kept. Each list of allowed destinations has one for each port that it mentions, and one for
/// all others.
const KEPT: NonZeroUsize = NonZeroUsize::new(256).expect("it is not zero");

/// The clients of requests with the same list of allowed destinations, to ports for which the guard decides alike.
///
/// What a client connects to is checked when a name has been resolved. At that point only the name is known, so the rest
/// belongs to the client: the port, and what the customer may reach in addition. Therefore clients do not share
/// connections: one that a customer may open is no way in for others.
pub struct Clients {
    guard: Arc<Guard>,
    lookup: Arc<dyn Lookup>,
    tls: ClientConfig,
    kept: Mutex<LruCache<Key, reqwest::Client>>,
}

/// The destinations that are allowed to a customer alone, and the class of the port.
type Key = (Arc<[Allowed]>, u16);

impl Clients {
    pub fn new(config: Config) -> Clients {
        Clients {
            guard: Arc::new(Guard::new(config.allow, config.own)),
            lookup: config.lookup,
            tls: tls::client(&config.authorities),
            kept: Mutex::new(LruCache::new(KEPT)),
        }
    }

    /// Asks the guard, with destinations that are allowed in addition.
    pub fn check<T>(&self, more: &[Allowed], check: impl FnOnce(&Guard) -> T) -> T {
        match more.is_empty() {
            true => check(&self.guard),
            false => check(&self.guard.and(more)),
        }
    }

    /// Returns the client for requests to a port.
    pub fn of(&self, more: &Arc<[Allowed]>, port: u16) -> reqwest::Client {
        let guard = match more.is_empty() {
            true => self.guard.clone(),
            false => Arc::new(self.guard.and(more)),
        };
        let class = guard.port_class(port);
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get_or_insert((more.clone(), class), || self.client(guard, class)).clone()
    }

    fn client(&self, guard: Arc<Guard>, port: u16) -> reqwest::Client {
        reqwest::Client::builder()
            .tls_backend_preconfigured(self.tls.clone())
            .dns_resolver(Resolver { guard, lookup: self.lookup.clone(), port })
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .user_agent(concat!("Ringdown/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT)
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(8)
            .build()
            .expect("nothing in this configuration comes from outside")
    }
}
