//! What customers say of themselves: above all where their events go, and the secret that signs them.

use crate::clock::Clock;
use crate::error::{Error, Reason, Result};
use crate::model::codec::to_bytes;
use crate::model::time::Time;
use crate::model::view;
use crate::proto;
use crate::store::{self, Commit, Store};
use crate::supervisor::lock;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lru::LruCache;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex};
use uuid::Uuid;

/// Customers kept in memory at most.
const KEPT: NonZeroUsize = NonZeroUsize::new(10_000).expect("it is not zero");
/// How long a secret that was replaced still signs: long enough for receivers to learn the new one.
const OLD_SECRET_KEPT_MS: i64 = 24 * 60 * 60 * 1_000;

/// What a customer said, as it is stored.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Profile {
    detail: String,
    webhook: Option<Destination>,
    /// `whsec_…`, or "" while there was no need for one.
    secret: String,
    old_secret: Option<(String, Time)>,
    tm_update: Option<Time>,
}

/// Where a customer's events go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Destination {
    pub uri: String,
    pub method: String,
    /// Since when there is one: what happened before is not told.
    pub since: Time,
}

/// What the profile of a customer becomes.
#[derive(Debug, Clone, Default)]
pub struct Change {
    pub name: String,
    pub detail: String,
    /// "" for none.
    pub webhook_uri: String,
    pub webhook_method: String,
    pub rotate_secret: bool,
}

pub struct Customers {
    store: Arc<dyn Store>,
    known: Mutex<LruCache<Uuid, Arc<Profile>>>,
    /// Held while a customer is read and written back, or read and remembered: nothing old is remembered over what is new.
    changing: tokio::sync::Mutex<()>,
}

impl fmt::Debug for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Profile").field("webhook", &self.webhook).finish_non_exhaustive()
    }
}

impl Profile {
    /// Where something that happened then is told.
    pub fn destination(&self, at: Time) -> Option<&Destination> {
        self.webhook.as_ref().filter(|webhook| webhook.since <= at)
    }

    /// What webhooks are signed with now, the newest first.
    pub fn secrets(&self, now: Time) -> Vec<String> {
        let old = self.old_secret.as_ref().filter(|(_, until)| now < *until).map(|(secret, _)| secret);
        [Some(&self.secret).filter(|secret| !secret.is_empty()), old].into_iter().flatten().cloned().collect()
    }

    fn change(&mut self, change: Change, now: Time) {
        self.detail = change.detail;
        let since = self.webhook.as_ref().map_or(now, |webhook| webhook.since);
        let (uri, method) = (change.webhook_uri, change.webhook_method);
        self.webhook = (!uri.is_empty()).then_some(Destination { uri, method, since });
        if change.rotate_secret && !self.secret.is_empty() {
            let old = std::mem::take(&mut self.secret);
            self.old_secret = Some((old, now.plus_ms(OLD_SECRET_KEPT_MS)));
        }
        if self.secret.is_empty() && (change.rotate_secret || self.webhook.is_some()) {
            self.secret = new_secret();
        }
        self.tm_update = Some(now);
    }
}

impl Customers {
    pub fn new(store: Arc<dyn Store>) -> Customers {
        Customers { store, known: Mutex::new(LruCache::new(KEPT)), changing: Default::default() }
    }

    /// Forgets what is remembered: another node may have changed it.
    pub fn forget(&self) {
        lock(&self.known).clear();
    }

    /// What a customer said; of one that is not there, nothing.
    pub async fn profile(&self, id: Uuid) -> Result<Arc<Profile>> {
        let known = |customers: &Customers| lock(&customers.known).get(&id).cloned();
        if let Some(profile) = known(self) {
            return Ok(profile);
        }
        let _changing = self.changing.lock().await;
        if let Some(profile) = known(self) {
            return Ok(profile);
        }
        let profile = match self.store.customer(id).await? {
            Some(row) => read(&row)?,
            None => Profile::default(),
        };
        Ok(self.know(id, profile))
    }

    pub async fn get(&self, id: Uuid) -> Result<proto::Customer> {
        let row = self.row(id).await?;
        Ok(show(&row, &read(&row)?))
    }

    /// Replaces all of it. A secret that this makes is in the answer, and in no other.
    pub async fn update(&self, id: Uuid, change: Change) -> Result<proto::Customer> {
        let _changing = self.changing.lock().await;
        let mut row = self.row(id).await?;
        let mut profile = read(&row)?;
        let before = profile.secret.clone();
        row.name = change.name.clone();
        profile.change(change, Clock::now());
        row.body = to_bytes(&profile);
        let shown = show(&row, &profile);
        self.store.commit(Commit { customers: vec![row], ..Commit::default() }).await?;
        let secret = if profile.secret == before { String::new() } else { profile.secret.clone() };
        self.know(id, profile);
        Ok(proto::Customer { webhook_secret: secret, ..shown })
    }

    /// What webhooks of a customer are signed with, never nothing: a customer whose activeflows have destinations of their own
    /// has a secret too, which it learns by having it replaced.
    pub async fn secrets(&self, id: Uuid, now: Time) -> Result<Vec<String>> {
        let secrets = self.profile(id).await?.secrets(now);
        if !secrets.is_empty() {
            return Ok(secrets);
        }
        let _changing = self.changing.lock().await;
        let mut row = self.row(id).await?;
        let mut profile = read(&row)?;
        if profile.secret.is_empty() {
            profile.secret = new_secret();
            row.body = to_bytes(&profile);
            self.store.commit(Commit { customers: vec![row], ..Commit::default() }).await?;
        }
        Ok(self.know(id, profile).secrets(now))
    }

    fn know(&self, id: Uuid, profile: Profile) -> Arc<Profile> {
        let profile = Arc::new(profile);
        lock(&self.known).put(id, profile.clone());
        profile
    }

    async fn row(&self, id: Uuid) -> Result<store::Customer> {
        let missing = || Error::new(Reason::CustomerNotFound, format!("there is no customer {id}"));
        self.store.customer(id).await?.ok_or_else(missing)
    }
}

/// As the Standard Webhooks specification has secrets: 24 to 64 random bytes.
fn new_secret() -> String {
    format!("whsec_{}", STANDARD.encode(Clock::secret()))
}

fn read(row: &store::Customer) -> Result<Profile> {
    match row.body.is_empty() {
        true => Ok(Profile::default()),
        false => rmp_serde::from_slice(&row.body).map_err(Error::internal),
    }
}

fn show(row: &store::Customer, profile: &Profile) -> proto::Customer {
    let webhook = profile.webhook.as_ref();
    proto::Customer {
        id: view::id(row.id),
        name: row.name.clone(),
        detail: profile.detail.clone(),
        webhook_uri: webhook.map_or_else(String::new, |webhook| webhook.uri.clone()),
        webhook_method: webhook.map_or_else(String::new, |webhook| webhook.method.clone()),
        webhook_secret: String::new(),
        tm_create: view::time(Time(row.tm_create)),
        tm_update: profile.tm_update.and_then(view::time),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn to(uri: &str) -> Change {
        Change { webhook_uri: uri.to_owned(), webhook_method: "POST".to_owned(), ..Change::default() }
    }

    #[test]
    fn a_destination_hears_what_happens_once_it_is_there() {
        let mut profile = Profile::default();
        assert!(profile.destination(Time(9)).is_none() && profile.secrets(Time(9)).is_empty());
        profile.change(to("https://a.example"), Time(10));
        assert!(profile.destination(Time(9)).is_none());
        assert_eq!(profile.destination(Time(10)).unwrap().uri, "https://a.example");
        // One that moves hears what its old address was not told yet.
        profile.change(to("https://b.example"), Time(20));
        assert_eq!(profile.destination(Time(15)).unwrap().uri, "https://b.example");
        profile.change(Change::default(), Time(30));
        profile.change(to("https://c.example"), Time(40));
        assert!(profile.destination(Time(25)).is_none() && profile.destination(Time(40)).is_some());
    }

    #[test]
    fn a_secret_that_was_replaced_signs_for_another_day() {
        let mut profile = Profile::default();
        profile.change(to("https://a.example"), Time(0));
        let first = profile.secrets(Time(0));
        assert!(first.len() == 1 && first[0].starts_with("whsec_"));
        profile.change(to("https://a.example"), Time(1));
        assert_eq!(profile.secrets(Time(1)), first, "only a rotation makes a new one");
        profile.change(Change { rotate_secret: true, ..to("https://a.example") }, Time(2));
        let both = profile.secrets(Time(3));
        assert!(both.len() == 2 && both[1] == first[0] && both[0] != first[0]);
        assert_eq!(profile.secrets(Time(2).plus_ms(OLD_SECRET_KEPT_MS)), both[..1]);
        assert!(!format!("{profile:?}").contains("whsec"));
    }
}
