//! The settings of customers: above all the destination of their webhooks, and the secret that signs them.

mod operated;
mod stored;

pub use operated::OperatorChange;
pub use stored::resealed;

use crate::clock::Clock;
use crate::error::{Error, Reason, Result};
use crate::model::limits::{CustomerLimits, LimitChanges};
use crate::model::time::Time;
use crate::model::view;
use crate::outbound::guard::Allowed;
use crate::outbound::http::Account;
use crate::proto;
use crate::seal::Sealer;
use crate::store::{self, Commit, Store};
use crate::supervisor::lock;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lru::LruCache;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;
use std::fmt;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};
use uuid::Uuid;

/// The most customers that are cached.
const KEPT: NonZeroUsize = NonZeroUsize::new(10_000).expect("it is not zero");
/// How long a customer's settings are used without reading them again: a command beside the server may have changed them.
pub const TIME_TO_LIVE: Duration = Duration::from_secs(5);
/// How often the server tries to give a customer a secret. Each failed attempt means that another change succeeded.
const TRIES: u32 = 8;
/// How long a replaced secret still signs: long enough for receivers to switch to the new one.
const OLD_SECRET_KEPT_MS: i64 = 24 * 60 * 60 * 1_000;

/// The most internal destinations that can be allowed to one customer.
pub const MAX_OUTBOUND_ALLOW: usize = 100;

/// A customer's settings, as they are stored.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Profile {
    detail: String,
    webhook: Option<Destination>,
    /// `whsec_…`, or "" if none was needed so far.
    secret: String,
    old_secret: Option<(String, Time)>,
    tm_update: Option<Time>,
    /// Set by an operator.
    limits: LimitChanges,
    /// Internal destinations that the customer may reach in addition to those of `--outbound-allow`. Set by an operator.
    outbound_allow: Vec<String>,
    /// The two secrets as they are stored; in memory they are in their fields.
    sealed: Option<ByteBuf>,
    /// Set by an operator: `model::standing` reads them too.
    tm_suspend: Option<Time>,
    tm_delete: Option<Time>,
}

/// Where a customer's events are sent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Destination {
    pub uri: String,
    pub method: String,
    /// Since when there is a destination: earlier events are not sent.
    pub since: Time,
}

/// A change of a customer. None leaves a field as it is.
#[derive(Debug, Clone, Default)]
pub struct Change {
    pub name: Option<String>,
    pub detail: Option<String>,
    /// "" removes the destination.
    pub webhook_uri: Option<String>,
    /// "" means the default, POST.
    pub webhook_method: Option<String>,
    pub rotate_secret: bool,
}

/// A customer as it was read for a change.
pub struct Current {
    row: store::Customer,
    profile: Profile,
    ticket: Ticket,
    limits: CustomerLimits,
}

pub struct Customers {
    store: Arc<dyn Store>,
    /// Seals the secrets in the rows.
    sealer: Arc<Sealer>,
    /// The limits of customers for which no operator has set others.
    limits: CustomerLimits,
    known: Mutex<Known>,
}

/// The cache.
struct Known {
    /// Counts writes and resets of the cache: what was read before one is not cached after it.
    generation: u64,
    /// With the revisions of their rows, and when reading or writing them began.
    profiles: LruCache<Uuid, (u64, Arc<Profile>, Instant)>,
}

/// Says when a customer began to be read, and in which state the cache was.
#[derive(Clone, Copy)]
struct Ticket {
    generation: u64,
    since: Instant,
}

impl fmt::Debug for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Profile").field("webhook", &self.webhook).finish_non_exhaustive()
    }
}

impl Profile {
    /// Returns where an event of this time is sent.
    pub fn destination(&self, at: Time) -> Option<&Destination> {
        self.webhook.as_ref().filter(|webhook| webhook.since <= at)
    }

    /// Returns the secrets that webhooks are signed with now, the newest first.
    pub fn secrets(&self, now: Time) -> Vec<String> {
        let old = self.old_secret.as_ref().filter(|(_, until)| now < *until).map(|(secret, _)| secret);
        [Some(&self.secret).filter(|secret| !secret.is_empty()), old].into_iter().flatten().cloned().collect()
    }

    /// Returns the internal destinations that an operator has allowed to this customer.
    pub fn outbound_allow(&self) -> &[String] {
        &self.outbound_allow
    }

    fn change(&mut self, change: Change, now: Time) -> Result<()> {
        if let Some(detail) = change.detail {
            self.detail = detail;
        }
        let before = self.webhook.take().unwrap_or(Destination { since: now, ..Destination::default() });
        let uri = change.webhook_uri.unwrap_or(before.uri);
        let method = match change.webhook_method {
            Some(method) if uri.is_empty() && !method.is_empty() => {
                let description = "expected together with webhook_uri";
                return Err(Error::field(Reason::InvalidArgument, "webhook_method", description));
            }
            Some(method) => method,
            None => before.method,
        };
        let method = if method.is_empty() { "POST".to_owned() } else { method };
        self.webhook = (!uri.is_empty()).then_some(Destination { uri, method, since: before.since });
        if change.rotate_secret && !self.secret.is_empty() {
            let old = std::mem::take(&mut self.secret);
            self.old_secret = Some((old, now.plus_ms(OLD_SECRET_KEPT_MS)));
        }
        if self.secret.is_empty() && (change.rotate_secret || self.webhook.is_some()) {
            self.secret = new_secret();
        }
        self.tm_update = Some(now);
        Ok(())
    }
}

impl Current {
    pub fn revision(&self) -> u64 {
        self.row.revision
    }

    pub fn row(&self) -> &store::Customer {
        &self.row
    }

    /// Returns the limits that an operator has set, by their names.
    pub fn limits_set(&self) -> Vec<(&'static str, Option<u64>)> {
        self.profile.limits.named()
    }

    pub fn show(&self) -> proto::Customer {
        show(&self.row, &self.profile, self.limits)
    }
}

impl Customers {
    pub fn new(store: Arc<dyn Store>, sealer: Arc<Sealer>, limits: CustomerLimits) -> Customers {
        let known = Mutex::new(Known { generation: 0, profiles: LruCache::new(KEPT) });
        Customers { store, sealer, limits, known }
    }

    /// Empties the cache: another node may have changed a customer.
    pub fn forget(&self) {
        let mut known = self.known();
        known.generation += 1;
        known.profiles.clear();
    }

    /// Returns the settings of a customer; the defaults for one that does not exist.
    pub async fn profile(&self, id: Uuid) -> Result<Arc<Profile>> {
        let ticket = {
            let mut known = self.known();
            if let Some((_, profile, since)) = known.profiles.get(&id)
                && since.elapsed() < TIME_TO_LIVE
            {
                return Ok(profile.clone());
            }
            known.ticket()
        };
        match self.store.customer(id).await? {
            Some(row) => Ok(self.know(ticket, id, row.revision, self.read(&row)?)),
            None => Ok(Arc::default()),
        }
    }

    /// Returns the limits of a customer.
    pub async fn limits(&self, id: Uuid) -> Result<CustomerLimits> {
        Ok(self.limits.with(&self.profile(id).await?.limits))
    }

    /// Returns the limits that apply to a profile.
    pub fn limits_of(&self, profile: &Profile) -> CustomerLimits {
        self.limits.with(&profile.limits)
    }

    /// Returns on whose behalf requests of a customer are sent.
    pub async fn account(&self, id: Uuid) -> Result<Account> {
        Ok(self.account_of(id, &*self.profile(id).await?))
    }

    /// Returns on whose behalf requests of the customer with this profile are sent.
    pub fn account_of(&self, customer_id: Uuid, profile: &Profile) -> Account {
        let max_under_way = usize::try_from(self.limits_of(profile).outbound_requests).unwrap_or(usize::MAX);
        // A destination that only a later version can read opens nothing.
        let allow = profile.outbound_allow.iter().filter_map(|allowed| allowed.parse().ok()).collect();
        Account { customer_id, max_under_way, allow }
    }

    /// Sets the internal destinations that a customer may reach in addition to those of `--outbound-allow`. Only for
    /// operators. Fails if there are more than [`MAX_OUTBOUND_ALLOW`].
    pub async fn set_outbound_allow(&self, id: Uuid, allow: &[Allowed]) -> Result<()> {
        if allow.len() > MAX_OUTBOUND_ALLOW {
            let description = format!("expected at most {MAX_OUTBOUND_ALLOW} destinations");
            return Err(Error::field(Reason::InvalidArgument, "outbound_allow", description));
        }
        for _ in 0..TRIES {
            let Current { mut row, mut profile, .. } = self.current(id).await?;
            profile.outbound_allow = allow.iter().map(ToString::to_string).collect();
            profile.tm_update = Some(Clock::now());
            if self.write(&mut row, &profile).await? {
                return Ok(());
            }
        }
        Err(Error::new(Reason::StaleRevision, "the customer was changed by others at the same time; try again"))
    }

    pub(super) fn read(&self, row: &store::Customer) -> Result<Profile> {
        if row.body.is_empty() {
            return Ok(Profile::default());
        }
        let decoded = self.store.damage().read("customer", row.id, &row.body)?;
        stored::opened(row.id, decoded, &self.sealer)
    }

    /// Reads a customer in order to show or change it.
    pub async fn current(&self, id: Uuid) -> Result<Current> {
        let ticket = self.known().ticket();
        let missing = || Error::new(Reason::CustomerNotFound, format!("customer {id} does not exist"));
        let row = self.store.customer(id).await?.ok_or_else(missing)?;
        let profile = self.read(&row)?;
        if profile.tm_delete.is_some() {
            return Err(missing());
        }
        let limits = self.limits_of(&profile);
        Ok(Current { row, profile, ticket, limits })
    }

    /// Changes what was read. A secret that this creates is in the response, and in no other. Returns None if another
    /// change came first, and nothing was written.
    pub async fn change(&self, current: Current, change: Change) -> Result<Option<proto::Customer>> {
        let Current { mut row, mut profile, .. } = current;
        let before = profile.secret.clone();
        if let Some(name) = &change.name {
            row.name = name.clone();
        }
        profile.change(change, Clock::now())?;
        let secret = if profile.secret == before { String::new() } else { profile.secret.clone() };
        let written = self.write(&mut row, &profile).await?;
        Ok(written
            .then(|| proto::Customer { webhook_secret: secret, ..show(&row, &profile, self.limits_of(&profile)) }))
    }

    /// Returns the secrets that webhooks of a customer are signed with; there is always one. A customer without a
    /// destination has one for the destinations of its activeflows, and learns it by rotating it.
    pub async fn secrets(&self, id: Uuid, now: Time) -> Result<Vec<String>> {
        let secrets = self.profile(id).await?.secrets(now);
        if !secrets.is_empty() {
            return Ok(secrets);
        }
        for _ in 0..TRIES {
            let Current { mut row, mut profile, ticket, .. } = self.current(id).await?;
            if profile.secret.is_empty() {
                profile.secret = new_secret();
                if !self.write(&mut row, &profile).await? {
                    continue;
                }
            }
            return Ok(self.know(ticket, id, row.revision, profile).secrets(now));
        }
        Err(Error::new(Reason::StaleRevision, "the customer was changed by others at the same time; try again"))
    }

    /// Writes a customer over the revision that was read, increments that, and caches it. Returns false if the revision has
    /// changed.
    async fn write(&self, row: &mut store::Customer, profile: &Profile) -> Result<bool> {
        row.body = stored::body(row.id, profile, &self.sealer)?;
        let since = Instant::now();
        match self.store.commit(Commit { customers: vec![row.clone()], ..Commit::default() }).await {
            Ok(_) => row.revision += 1,
            Err(store::Error::Conflict) => return Ok(false),
            Err(error) => {
                // It may have been written nevertheless.
                self.forget();
                return Err(error.into());
            }
        }
        let mut known = self.known();
        known.generation += 1;
        known.put(row.id, row.revision, &Arc::new(profile.clone()), since);
        Ok(true)
    }

    /// Caches a profile that was read, unless something was written or the cache was emptied since.
    fn know(&self, ticket: Ticket, id: Uuid, revision: u64, profile: Profile) -> Arc<Profile> {
        let profile = Arc::new(profile);
        let mut known = self.known();
        if known.generation == ticket.generation {
            known.put(id, revision, &profile, ticket.since);
        }
        profile
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        lock(&self.known)
    }
}

impl Known {
    fn ticket(&self) -> Ticket {
        Ticket { generation: self.generation, since: Instant::now() }
    }

    /// Replaces an older revision.
    fn put(&mut self, id: Uuid, revision: u64, profile: &Arc<Profile>, since: Instant) {
        if self.profiles.peek(&id).is_none_or(|(known, _, _)| *known <= revision) {
            self.profiles.put(id, (revision, profile.clone(), since));
        }
    }
}

/// Returns a secret as the Standard Webhooks specification requires: 24 to 64 random bytes.
fn new_secret() -> String {
    format!("whsec_{}", STANDARD.encode(Clock::secret()))
}

fn show(row: &store::Customer, profile: &Profile, limits: CustomerLimits) -> proto::Customer {
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
        revision: row.revision.cast_signed(),
        limits: Some(limits.to_proto()),
        tm_suspend: profile.tm_suspend.and_then(view::time),
        tm_delete: profile.tm_delete.and_then(view::time),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn to(uri: &str) -> Change {
        Change { webhook_uri: Some(uri.to_owned()), webhook_method: Some("POST".to_owned()), ..Change::default() }
    }

    fn nowhere() -> Change {
        Change { webhook_uri: Some(String::new()), ..Change::default() }
    }

    #[test]
    fn a_destination_receives_events_from_its_creation_on() {
        let mut profile = Profile::default();
        assert!(profile.destination(Time(9)).is_none() && profile.secrets(Time(9)).is_empty());
        profile.change(to("https://a.example"), Time(10)).unwrap();
        assert!(profile.destination(Time(9)).is_none());
        assert_eq!(profile.destination(Time(10)).unwrap().uri, "https://a.example");
        // A new address receives events that the old one has not received yet.
        profile.change(to("https://b.example"), Time(20)).unwrap();
        assert_eq!(profile.destination(Time(15)).unwrap().uri, "https://b.example");
        profile.change(nowhere(), Time(30)).unwrap();
        profile.change(to("https://c.example"), Time(40)).unwrap();
        assert!(profile.destination(Time(25)).is_none() && profile.destination(Time(40)).is_some());
    }

    #[test]
    fn a_secret_that_was_replaced_signs_for_another_day() {
        let mut profile = Profile::default();
        profile.change(to("https://a.example"), Time(0)).unwrap();
        let first = profile.secrets(Time(0));
        assert!(first.len() == 1 && first[0].starts_with("whsec_"));
        profile.change(to("https://a.example"), Time(1)).unwrap();
        assert_eq!(profile.secrets(Time(1)), first, "only a rotation makes a new one");
        profile.change(Change { rotate_secret: true, ..to("https://a.example") }, Time(2)).unwrap();
        let both = profile.secrets(Time(3));
        assert!(both.len() == 2 && both[1] == first[0] && both[0] != first[0]);
        assert_eq!(profile.secrets(Time(2).plus_ms(OLD_SECRET_KEPT_MS)), both[..1]);
        assert!(!format!("{profile:?}").contains("whsec"));
    }

    #[test]
    fn omitted_fields_do_not_change() {
        let mut profile = Profile { detail: "d".to_owned(), ..Profile::default() };
        let method = |method: &str| Change { webhook_method: Some(method.to_owned()), ..Change::default() };
        let uri = |uri: &str| Change { webhook_uri: Some(uri.to_owned()), ..Change::default() };
        assert_eq!(profile.clone().change(method("PUT"), Time(0)).unwrap_err().violations[0].field, "webhook_method");
        profile.change(uri("https://a.example"), Time(10)).unwrap();
        profile.change(method("PUT"), Time(20)).unwrap();
        profile.change(uri("https://b.example"), Time(30)).unwrap();
        let webhook = profile.webhook.clone().unwrap();
        assert_eq!(
            (webhook.uri.as_str(), webhook.method.as_str(), webhook.since),
            ("https://b.example", "PUT", Time(10))
        );
        profile.change(method(""), Time(40)).unwrap();
        assert_eq!((profile.webhook.unwrap().method.as_str(), profile.detail.as_str()), ("POST", "d"));
    }

    #[tokio::test]
    async fn what_was_read_before_a_change_is_neither_written_nor_cached() {
        use crate::store::sqlite::{Config, Location, Sqlite};
        let store: Arc<dyn Store> = Arc::new(Sqlite::open(Config::new(Location::Memory)).await.unwrap());
        let sealer = Arc::new(Sealer::in_memory());
        let (id, customers) = (Uuid::from_u128(7), Customers::new(store.clone(), sealer, CustomerLimits::default()));
        let row = store::Customer { id, name: "a".to_owned(), revision: 0, tm_create: 1, body: Vec::new() };
        let key = store::AccessKey {
            id,
            customer_id: id,
            hash: [7; 32],
            revision: 0,
            tm_create: 1,
            tm_delete: None,
            body: Vec::new(),
        };
        store.create_customer(row, key).await.unwrap();
        let (late, elsewhere) = (customers.current(id).await.unwrap(), customers.current(id).await.unwrap());
        let ticket = late.ticket;
        let changed = customers.change(elsewhere, to("https://a.example")).await.unwrap().unwrap();
        assert_eq!((late.revision(), changed.revision), (1, 2));
        assert!(customers.change(late, nowhere()).await.unwrap().is_none(), "another change came first");
        let known = async || customers.profile(id).await.unwrap().webhook.clone();
        customers.know(ticket, id, 1, Profile::default());
        assert!(known().await.is_some(), "the newer one is known");
        customers.forget();
        customers.know(ticket, id, 9, Profile::default());
        assert!(known().await.is_some(), "what was read before is not cached");

        let account = async || customers.account(id).await.unwrap();
        assert!(account().await.allow.is_empty());
        let allow: Vec<Allowed> = ["10.0.0.0/8:8080", "a.internal"].map(|it| it.parse().unwrap()).to_vec();
        customers.set_outbound_allow(id, &allow).await.unwrap();
        assert_eq!((&account().await.allow[..], account().await.max_under_way), (&allow[..], 64));
        assert!(known().await.is_some(), "the rest stays");
        let many = vec![allow[0].clone(); MAX_OUTBOUND_ALLOW + 1];
        assert_eq!(customers.set_outbound_allow(id, &many).await.unwrap_err().reason, Reason::InvalidArgument);
        customers.set_outbound_allow(id, &[]).await.unwrap();
        assert!(customers.profile(id).await.unwrap().outbound_allow().is_empty());

        // Its life begins before it is read: what took as long to read as it lives is read again.
        let ticket = customers.known().ticket();
        let slow = Ticket { since: ticket.since.checked_sub(TIME_TO_LIVE).unwrap(), ..ticket };
        customers.know(slow, id, customers.current(id).await.unwrap().revision(), Profile::default());
        assert!(known().await.is_some(), "it is not used");
    }
}
