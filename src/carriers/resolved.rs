//! The addresses of providers whose hosts are names, as they were last resolved. A carrier sends the end of a call from
//! there, and most operators name nothing but the host.

use super::Carriers;
use crate::supervisor::Task;
use futures::StreamExt;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};
use uuid::Uuid;

/// How often it is checked whether a name must be resolved, and after what time it must.
const CHECK: Duration = Duration::from_secs(5);
const AGAIN: Duration = Duration::from_secs(60);
/// How long an address counts after it was last found: names with several addresses show some of them at a time.
const KEPT: Duration = Duration::from_secs(3_600);
/// The time limit of a lookup, and how many there are at a time.
const LOOKUP: Duration = Duration::from_secs(5);
const LOOKUPS: usize = 16;
/// The most addresses of one provider.
const ADDRESSES: usize = 64;

/// The addresses that were found.
#[derive(Default)]
pub struct Resolved(RwLock<HashMap<IpAddr, Found>>);

struct Found {
    provider_id: Uuid,
    host: String,
    at: Instant,
}

impl Resolved {
    /// Returns the provider at an address. If there are several, the one that was created first.
    pub fn provider(&self, address: IpAddr) -> Option<Uuid> {
        let found = self.0.read().unwrap_or_else(PoisonError::into_inner);
        found.get(&address).map(|it| it.provider_id)
    }

    /// Resolves the names of providers again and again.
    pub async fn keep(self: Arc<Resolved>, carriers: Arc<Carriers>, task: Task) {
        let mut looked_up: HashMap<(Uuid, String), Instant> = HashMap::new();
        loop {
            task.failpoint().await;
            let names: HashMap<Uuid, String> = carriers.table().named();
            let is_named = |id: Uuid, host: &str| names.get(&id).is_some_and(|it| it == host);
            looked_up.retain(|(id, host), _| is_named(*id, host));
            self.forget(Instant::now(), is_named);
            let due = |name: &(Uuid, String)| looked_up.get(name).is_none_or(|at| at.elapsed() >= AGAIN);
            let due: Vec<(Uuid, String)> = names.clone().into_iter().filter(due).collect();
            let lookups = due.into_iter().map(|(id, host)| async move {
                let lookup = tokio::net::lookup_host((host.clone(), 0));
                let found = tokio::time::timeout(LOOKUP, lookup).await.map_err(std::io::Error::other).flatten();
                ((id, host), found.map(|found| found.map(|it| it.ip().to_canonical()).collect::<Vec<_>>()))
            });
            let mut lookups = futures::stream::iter(lookups).buffer_unordered(LOOKUPS);
            while let Some(((id, host), outcome)) = lookups.next().await {
                match outcome {
                    Ok(addresses) => self.learn(id, &host, &addresses, Instant::now()),
                    Err(error) => tracing::warn!(host, %error, "the host of a provider has no address"),
                }
                looked_up.insert((id, host), Instant::now());
            }
            tokio::select! {
                () = tokio::time::sleep(CHECK) => {}
                () = task.closing() => return,
            }
        }
    }

    fn learn(&self, provider_id: Uuid, host: &str, addresses: &[IpAddr], at: Instant) {
        let mut found = self.0.write().unwrap_or_else(PoisonError::into_inner);
        for address in addresses.iter().take(ADDRESSES) {
            // Ids are ordered by time: of providers with the same address the oldest counts.
            let others = found.get(address).is_some_and(|it| it.provider_id < provider_id);
            if !others {
                found.insert(*address, Found { provider_id, host: host.to_owned(), at });
            }
        }
        while found.values().filter(|it| it.provider_id == provider_id).count() > ADDRESSES {
            let own = found.iter().filter(|(_, it)| it.provider_id == provider_id);
            let Some(oldest) = own.min_by_key(|(_, it)| it.at).map(|(address, _)| *address) else { return };
            found.remove(&oldest);
        }
    }

    fn forget(&self, now: Instant, is_named: impl Fn(Uuid, &str) -> bool) {
        let mut found = self.0.write().unwrap_or_else(PoisonError::into_inner);
        found.retain(|_, it| is_named(it.provider_id, &it.host) && now.saturating_duration_since(it.at) < KEPT);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_count_for_a_while_and_are_bounded() {
        let (resolved, start) = (Resolved::default(), Instant::now());
        let (one, two) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let ip = |last: u8| IpAddr::from([203, 0, 113, last]);
        resolved.learn(two, "b.example", &[ip(1), ip(2)], start);
        resolved.learn(one, "a.example", &[ip(2), ip(3)], start + Duration::from_secs(1));
        resolved.learn(two, "b.example", &[ip(2)], start + Duration::from_secs(2));
        let providers = || [1, 2, 3].map(|last| resolved.provider(ip(last)));
        assert_eq!(providers(), [Some(two), Some(one), Some(one)], "the oldest provider has what both have");
        resolved.forget(start + KEPT, |_, _| true);
        assert_eq!(providers(), [None, Some(one), Some(one)]);
        resolved.forget(start + KEPT, |id, host| (id, host) == (one, "new.example"));
        assert_eq!(providers(), [None; 3], "its host has changed");
        for last in 0..=255 {
            resolved.learn(one, "a.example", &[ip(last)], start + Duration::from_secs(last.into()));
        }
        assert_eq!((resolved.provider(ip(191)), resolved.provider(ip(192))), (None, Some(one)));
    }
}
