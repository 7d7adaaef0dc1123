//! Access keys: the credentials that a customer creates for its programs.

use crate::api::changes::{Expected, Tries, written};
use crate::api::page::Page;
pub use crate::auth::Role;
use crate::auth::{Authenticator, Caller};
use crate::clock::Clock;
use crate::error::{Error, Reason, Result, unless_damaged};
use crate::model::time::Time;
use crate::model::view::{self, time_of};
use crate::proto::{AccessKey, AccessKeyRole, CreateAccessKeyResponse};
use crate::runtime::idempotency::{self, Done, IdempotentRequest};
use crate::seal::{self, Place, Sealer};
use crate::store::{self, Commit, Store};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use prost::Message;
use std::collections::HashMap;
use std::sync::Arc;
use uuid::Uuid;

/// The caller's input for a new access key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct New {
    pub name: String,
    pub detail: String,
    /// `None` for the most that the caller may give: a full key, or an operator's.
    pub role: Option<Role>,
    pub expire: Option<Time>,
}

/// A change to an access key. `None` leaves a field unchanged.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Change {
    pub name: Option<String>,
    pub detail: Option<String>,
}

pub struct AccessKeys {
    store: Arc<dyn Store>,
    authenticator: Arc<Authenticator>,
    /// Seals the key in the response that is kept for repeated requests.
    sealer: Arc<Sealer>,
}

impl AccessKeys {
    pub fn new(store: Arc<dyn Store>, authenticator: Arc<Authenticator>, sealer: Arc<Sealer>) -> AccessKeys {
        AccessKeys { store, authenticator, sealer }
    }

    /// Creates a key. Only this response contains the key itself; a repeated request with the same idempotency key gets
    /// it again.
    pub async fn create(&self, caller: Caller, new: New, idempotency: Option<IdempotentRequest>) -> Result<AccessKey> {
        let now = Clock::now();
        let role = AccessKeys::role(&caller, new.role)?;
        if let Some(before) = idempotency::replay(&*self.store, &idempotency, now).await? {
            return self.shown(before).await;
        }
        AccessKeys::check_expire(new.expire)?;
        let (key, row) = self.authenticator.new_key(caller.customer_id, &new.name, &new.detail, role, new.expire, now);
        let access_key = AccessKey { revision: 1, ..read(&row, self.store.damage())? };
        let kept = match &idempotency {
            Some(_) => self.kept(access_key.clone(), &key).await?,
            None => access_key.clone(),
        };
        let response = CreateAccessKeyResponse { access_key: Some(kept) };
        let commit = Commit { access_keys: vec![row], ..Commit::default() };
        match idempotency::commit(&*self.store, &idempotency, commit, &response, now).await? {
            Done::Now(_) => Ok(AccessKey { key, ..access_key }),
            Done::Before(before) => self.shown(before).await,
        }
    }

    /// Returns a new key as a stored response shows it: the key itself is sealed.
    pub(super) async fn kept(&self, access_key: AccessKey, key: &str) -> Result<AccessKey> {
        seal::refresh(&*self.store, &self.sealer).await?;
        let key = sealed(&self.sealer, &access_key.id, key)?;
        Ok(AccessKey { key, ..access_key })
    }

    /// Rejects an expiry in the past: a new key must be usable.
    pub fn check_expire(expire: Option<Time>) -> Result<()> {
        match expire.is_some_and(|expire| expire <= Clock::now()) {
            true => Err(Error::field(Reason::InvalidArgument, "tm_expire", "must be in the future")),
            false => Ok(()),
        }
    }

    /// Returns the role of a new key: at most the caller's, so that no key makes one with more rights.
    fn role(caller: &Caller, asked: Option<Role>) -> Result<Role> {
        match asked {
            None if caller.role == Role::Operator => Ok(Role::Operator),
            None if caller.role == Role::Full => Ok(Role::Full),
            Some(role) if caller.role.includes(role) => Ok(role),
            _ => Err(caller.role.insufficient()),
        }
    }

    pub async fn get(&self, caller: Caller, id: Uuid) -> Result<AccessKey> {
        let mut keys = [read(&self.row(caller, id).await?, self.store.damage())?];
        self.add_uses(&mut keys).await?;
        let [key] = keys;
        Ok(key)
    }

    /// Adds when the keys were last used.
    async fn add_uses(&self, keys: &mut [AccessKey]) -> Result<()> {
        let ids: Vec<Uuid> = keys.iter().filter_map(|key| key.id.parse().ok()).collect();
        let uses: HashMap<String, i64> =
            self.store.key_uses(&ids).await?.into_iter().map(|(id, at)| (view::id(id), at)).collect();
        for key in keys {
            key.tm_last_use = uses.get(&key.id).and_then(|at| view::time(Time(*at)));
        }
        Ok(())
    }

    /// Returns a page of keys and the token of the next page.
    pub async fn list(&self, caller: Caller, page: Page) -> Result<(Vec<AccessKey>, String)> {
        let rows = self.store.access_keys(page.rows(caller.customer_id)).await?;
        let (rows, token) = page.cut(rows, |row| row.body.len(), |row| (Time(row.tm_create), row.id));
        let read = |row| unless_damaged(read(row, self.store.damage())).transpose();
        let mut keys: Vec<AccessKey> = rows.iter().filter_map(read).collect::<Result<_>>()?;
        self.add_uses(&mut keys).await?;
        Ok((keys, token))
    }

    pub async fn update(&self, caller: Caller, id: Uuid, change: Change, expected: Expected) -> Result<AccessKey> {
        self.change(caller, id, expected, |key| {
            key.name = change.name.clone().unwrap_or_else(|| std::mem::take(&mut key.name));
            key.detail = change.detail.clone().unwrap_or_else(|| std::mem::take(&mut key.detail));
        })
        .await
    }

    pub async fn delete(&self, caller: Caller, id: Uuid, expected: Expected) -> Result<AccessKey> {
        self.change(caller, id, expected, |key| key.tm_delete = key.tm_update).await
    }

    async fn change(
        &self,
        caller: Caller,
        id: Uuid,
        expected: Expected,
        change: impl Fn(&mut AccessKey),
    ) -> Result<AccessKey> {
        let mut tries = Tries::default();
        loop {
            let row = self.row(caller, id).await?;
            expected.check(row.revision)?;
            let mut key =
                AccessKey { tm_update: view::time(Clock::now()), revision: 0, ..read(&row, self.store.damage())? };
            change(&mut key);
            let tm_delete = key.tm_delete.as_ref().map(|time| time_of(time).0);
            let revision = row.revision + 1;
            let row = store::AccessKey { tm_delete, body: key.encode_to_vec(), ..row };
            let outcome = self.store.commit(Commit { access_keys: vec![row], ..Commit::default() }).await;
            // Forgets cached keys even if the commit failed: a key that may have been deleted must not be accepted.
            self.authenticator.forget();
            if written(outcome)? {
                let mut keys = [AccessKey { revision: revision.cast_signed(), ..key }];
                self.add_uses(&mut keys).await?;
                let [key] = keys;
                return Ok(key);
            }
            tries.again().await?;
        }
    }

    /// Returns a key of the caller that is not deleted. A key of another customer counts as missing.
    async fn row(&self, caller: Caller, id: Uuid) -> Result<store::AccessKey> {
        let row = self.store.access_key(id).await?;
        row.filter(|row| row.customer_id == caller.customer_id && row.tm_delete.is_none())
            .ok_or_else(|| Error::new(Reason::AccessKeyNotFound, format!("access key {id} does not exist")))
    }

    /// Returns a stored response with its key. Earlier versions stored none, because they could derive it; if the
    /// server's JWT secret has changed since, it stays empty.
    pub(super) async fn shown(&self, before: CreateAccessKeyResponse) -> Result<AccessKey> {
        let mut access_key = before.access_key.unwrap_or_default();
        access_key.key = match access_key.key.as_str() {
            "" => {
                let row = self.store.access_key(access_key.id.parse().map_err(Error::internal)?).await?;
                row.and_then(|row| self.authenticator.derived_key(&row)).unwrap_or_default()
            }
            kept => opened(&self.sealer, &access_key.id, kept)?,
        };
        Ok(access_key)
    }
}

/// The RPC whose stored responses contain a key.
pub const CREATE: &str = "/ringdown.v1.AccessKeyService/CreateAccessKey";

fn place(id: &str) -> Place<'_> {
    Place { table: "answer", column: "access_key", id: id.as_bytes() }
}

fn sealed(sealer: &Sealer, id: &str, key: &str) -> Result<String> {
    Ok(STANDARD.encode(sealer.seal(place(id), key.as_bytes())?))
}

fn opened(sealer: &Sealer, id: &str, kept: &str) -> Result<String> {
    let kept = STANDARD.decode(kept).map_err(Error::internal)?;
    String::from_utf8(sealer.open(place(id), &kept)?).map_err(Error::internal)
}

/// Returns a stored response with its key sealed by the current secret key. None: it is, or it has none.
pub(super) fn resealed(response: &[u8], sealer: &Sealer) -> Result<Option<Vec<u8>>> {
    let response: CreateAccessKeyResponse = idempotency::read(response)?;
    let access_key = response.access_key.map(|it| resealed_key(it, sealer)).transpose()?.flatten();
    Ok(access_key.map(|it| CreateAccessKeyResponse { access_key: Some(it) }.encode_to_vec()))
}

/// Does the same for one key.
pub(super) fn resealed_key(access_key: AccessKey, sealer: &Sealer) -> Result<Option<AccessKey>> {
    let (id, kept) = (&access_key.id, &access_key.key);
    if kept.is_empty() || sealer.is_current(&STANDARD.decode(kept).map_err(Error::internal)?) {
        return Ok(None);
    }
    let key = sealed(sealer, id, &opened(sealer, id, kept)?)?;
    Ok(Some(AccessKey { key, ..access_key }))
}

/// The revision is kept in a separate column, which the store increments.
fn read(row: &store::AccessKey, damage: &store::Damage) -> Result<AccessKey> {
    let key = AccessKey::decode(row.body.as_slice()).map_err(|why| damage.found("access_key", row.id, why))?;
    // Keys of versions before roles are full keys.
    let role = if key.role == 0 { AccessKeyRole::Full.into() } else { key.role };
    Ok(AccessKey { revision: row.revision.cast_signed(), role, ..key })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::Credential;
    use crate::auth::NewCustomer;
    use crate::proto::CreateAccessKeyRequest;
    use crate::store::sqlite::{Config, Location, Sqlite};

    struct Fixture {
        authenticator: Arc<Authenticator>,
        keys: AccessKeys,
        caller: Caller,
        stranger: Caller,
    }

    async fn fixture() -> Fixture {
        let store: Arc<dyn Store> = Arc::new(Sqlite::open(Config::new(Location::Memory)).await.unwrap());
        let sealer = Arc::new(Sealer::in_memory());
        let authenticator = Arc::new(Authenticator::open(store.clone(), &sealer, None).await.unwrap());
        let caller = |customer: NewCustomer| Caller::full(customer.customer_id);
        let (one, two) =
            (authenticator.create_customer("a").await.unwrap(), authenticator.create_customer("b").await.unwrap());
        let keys = AccessKeys::new(store, authenticator.clone(), sealer);
        Fixture { authenticator, keys, caller: caller(one), stranger: caller(two) }
    }

    fn named(name: &str) -> New {
        New { name: name.to_owned(), ..New::default() }
    }

    fn name(name: &str) -> Change {
        Change { name: Some(name.to_owned()), detail: None }
    }

    fn idempotency(caller: Caller, name: &str) -> Option<IdempotentRequest> {
        let mut request = CreateAccessKeyRequest {
            name: name.to_owned(),
            idempotency_key: "once".to_owned(),
            ..CreateAccessKeyRequest::default()
        };
        IdempotentRequest::take(caller.customer_id, "/CreateAccessKey", &mut request, |it| &mut it.idempotency_key)
            .unwrap()
    }

    #[tokio::test]
    async fn a_key_is_shown_once_and_lets_in_until_it_is_deleted() {
        let Fixture { authenticator, keys, caller, .. } = fixture().await;
        let made = keys.create(caller, named("ci"), None).await.unwrap();
        let id: Uuid = made.id.parse().unwrap();
        let enter =
            async || authenticator.authenticate(Credential::Bearer(made.key.clone()), [127, 0, 0, 1].into()).await;
        assert_eq!(enter().await.unwrap().customer_id, caller.customer_id);
        let got = keys.get(caller, id).await.unwrap();
        assert!(got.key.is_empty() && got.name == "ci" && got.tm_update.is_none());
        let changed = keys.update(caller, id, name("cd"), Expected::at(1)).await.unwrap();
        assert!(changed.key.is_empty() && changed.name == "cd" && changed.tm_update.is_some());
        assert_eq!((got.revision, changed.revision), (1, 2));
        let stale = keys.delete(caller, id, Expected::at(1)).await.unwrap_err();
        assert_eq!((stale.reason, stale.revision), (Reason::StaleRevision, Some(2)));
        assert_eq!(keys.get(caller, id).await.unwrap(), changed);
        assert!(keys.delete(caller, id, Expected::at(2)).await.unwrap().tm_delete.is_some());
        assert_eq!(enter().await.unwrap_err().reason, Reason::InvalidCredentials);
        for gone in [keys.get(caller, id).await, keys.delete(caller, id, Expected::ANY).await] {
            assert_eq!(gone.unwrap_err().reason, Reason::AccessKeyNotFound);
        }
    }

    #[tokio::test]
    async fn a_key_makes_none_with_more_rights() {
        let Fixture { authenticator, keys, caller, .. } = fixture().await;
        let of = |role| Caller { role, ..caller };
        let made = async |by: Caller, role| keys.create(by, New { role, ..named("r") }, None).await;
        for role in [Role::Read, Role::Operate, Role::Full] {
            let key = made(caller, Some(role)).await.unwrap();
            assert_eq!(key.role(), role.to_proto());
            assert_eq!(
                authenticator.authenticate(Credential::Bearer(key.key), [127, 0, 0, 1].into()).await.unwrap().role,
                role
            );
        }
        let operator = Caller { customer_id: Uuid::nil(), ..of(Role::Operator) };
        assert_eq!(made(caller, None).await.unwrap().role(), AccessKeyRole::Full);
        assert_eq!(made(operator, None).await.unwrap().role(), AccessKeyRole::Operator);
        for (by, role) in [
            (caller, Some(Role::Operator)),
            (of(Role::Operate), Some(Role::Full)),
            (of(Role::Operate), None),
            (of(Role::Read), Some(Role::Operate)),
            (operator, Some(Role::Full)),
            (operator, Some(Role::Read)),
        ] {
            assert_eq!(made(by, role).await.unwrap_err().reason, Reason::RoleNotSufficient, "{role:?}");
        }
        let (shown, _) = keys.list(operator, Page::of(0, "").unwrap()).await.unwrap();
        assert!(shown.len() == 1 && shown[0].customer_id.is_empty(), "{shown:?}");
    }

    #[tokio::test]
    async fn the_last_use_is_stored_and_leaves_the_revision() {
        let Fixture { authenticator, keys, caller, .. } = fixture().await;
        let made = keys.create(caller, named("ci"), None).await.unwrap();
        let id: Uuid = made.id.parse().unwrap();
        assert_eq!(made.tm_last_use, None);
        authenticator.authenticate(Credential::Bearer(made.key.clone()), [127, 0, 0, 1].into()).await.unwrap();
        authenticator.store_uses().await;
        let used = keys.get(caller, id).await.unwrap();
        assert!(used.tm_last_use.is_some() && used.revision == 1 && used.tm_update.is_none(), "{used:?}");
        let (all, _) = keys.list(caller, Page::of(0, "").unwrap()).await.unwrap();
        assert!(all.iter().any(|key| key.id == used.id && key.tm_last_use == used.tm_last_use));
        let changed = keys.update(caller, id, name("cd"), Expected::at(1)).await.unwrap();
        assert_eq!(changed.tm_last_use, used.tm_last_use);
    }

    #[tokio::test]
    async fn changes_at_the_same_moment_are_all_kept() {
        let Fixture { keys, caller, .. } = fixture().await;
        let id: Uuid = keys.create(caller, named("a"), None).await.unwrap().id.parse().unwrap();
        let detail = |number| Change { detail: Some(format!("{number}")), name: None };
        let racers = (0..20).map(|number| {
            let change = if number % 2 == 0 { name("b") } else { detail(number) };
            keys.update(caller, id, change, Expected::ANY)
        });
        let mut revisions: Vec<i64> =
            futures::future::join_all(racers).await.into_iter().map(|it| it.unwrap().revision).collect();
        revisions.sort();
        assert_eq!(revisions, (2..=21).collect::<Vec<_>>());
        let key = keys.get(caller, id).await.unwrap();
        assert!(key.name == "b" && !key.detail.is_empty(), "{key:?}");
    }

    #[tokio::test]
    async fn another_customers_key_is_not_found() {
        let Fixture { keys, caller, stranger, .. } = fixture().await;
        let id: Uuid = keys.create(caller, named("mine"), None).await.unwrap().id.parse().unwrap();
        for outcome in [
            keys.get(stranger, id).await,
            keys.update(stranger, id, name("theirs"), Expected::ANY).await,
            keys.delete(stranger, id, Expected::ANY).await,
        ] {
            assert_eq!(outcome.unwrap_err().reason, Reason::AccessKeyNotFound);
        }
        let (theirs, _) = keys.list(stranger, Page::of(0, "").unwrap()).await.unwrap();
        assert!(theirs.iter().all(|key| key.id != id.to_string()));
        assert_eq!(keys.get(caller, id).await.unwrap().name, "mine");
    }

    #[tokio::test]
    async fn a_request_sent_again_shows_the_same_key() {
        let Fixture { keys, caller, .. } = fixture().await;
        let first = keys.create(caller, named("a"), idempotency(caller, "a")).await.unwrap();
        let again = keys.create(caller, named("a"), idempotency(caller, "a")).await.unwrap();
        assert!(first == again && first.key.starts_with("rd_"));
        let other = keys.create(caller, named("b"), idempotency(caller, "b")).await.unwrap_err();
        assert_eq!(other.reason, Reason::IdempotencyKeyReused);
        let racers = (0..20).map(|_| keys.create(caller, named("a"), idempotency(caller, "a")));
        for racer in futures::future::join_all(racers).await {
            assert_eq!(racer.unwrap(), first);
        }
        let (all, _) = keys.list(caller, Page::of(0, "").unwrap()).await.unwrap();
        assert_eq!(all.iter().filter(|key| key.name == "a").count(), 1);
    }

    #[tokio::test]
    async fn a_kept_response_shows_its_key_to_the_server_alone() {
        let Fixture { authenticator: _, keys, caller, .. } = fixture().await;
        let first = keys.create(caller, named("a"), idempotency(caller, "a")).await.unwrap();
        let kept = keys.store.answer(caller.customer_id, "/CreateAccessKey", "once", 0).await.unwrap().unwrap();
        assert!(!kept.response.windows(3).any(|it| it == b"rd_"), "the key is not in the database");
        assert!(resealed(&kept.response, &keys.sealer).unwrap().is_none());
        let jwt_secret = Some(b"another secret of at least 32 bytes".as_slice());
        let authenticator = Authenticator::open(keys.store.clone(), &keys.sealer, jwt_secret).await.unwrap();
        let later = AccessKeys::new(keys.store.clone(), Arc::new(authenticator), keys.sealer.clone());
        assert_eq!(later.create(caller, named("a"), idempotency(caller, "a")).await.unwrap(), first);
        let thief = AccessKeys::new(keys.store.clone(), keys.authenticator.clone(), Arc::new(Sealer::in_memory()));
        assert!(thief.create(caller, named("a"), idempotency(caller, "a")).await.is_err());
    }

    #[tokio::test]
    async fn lists_go_page_by_page_newest_first() {
        let Fixture { keys, caller, .. } = fixture().await;
        for name in ["1", "2", "3", "4"] {
            keys.create(caller, named(name), None).await.unwrap();
        }
        let (mut names, mut token) = (Vec::new(), String::new());
        loop {
            let (page, next) = keys.list(caller, Page::of(2, &token).unwrap()).await.unwrap();
            assert!(page.iter().all(|key| key.key.is_empty()));
            names.extend(page.into_iter().map(|key| key.name));
            if next.is_empty() {
                break;
            }
            token = next;
        }
        assert_eq!(names, ["4", "3", "2", "1", "first"]);
    }

    #[tokio::test]
    async fn a_key_that_has_expired_already_is_not_made() {
        let Fixture { keys, caller, .. } = fixture().await;
        let new = New { expire: Some(Time(7)), ..New::default() };
        let error = keys.create(caller, new, None).await.unwrap_err();
        assert_eq!(error.violations[0].field, "tm_expire");
    }
}
