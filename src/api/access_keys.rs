//! Access keys: the credentials that a customer makes for its programs.

use crate::api::page::Page;
use crate::auth::{Authenticator, Caller};
use crate::clock::Clock;
use crate::error::{Error, Reason, Result};
use crate::model::time::Time;
use crate::model::view::{self, time_of};
use crate::proto::{AccessKey, CreateAccessKeyResponse};
use crate::runtime::idempotency::{self, Done, IdempotentRequest};
use crate::store::{self, Commit, Store};
use prost::Message;
use std::sync::Arc;
use tokio::sync::Mutex;
use uuid::Uuid;

/// What the caller says of a new access key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct New {
    pub name: String,
    pub detail: String,
    pub expire: Option<Time>,
}

pub struct AccessKeys {
    store: Arc<dyn Store>,
    authenticator: Arc<Authenticator>,
    /// Held while a key is read and written back. Keys change by being replaced whole, and without it a change that read
    /// the key before it was deleted would bring it back.
    changing: Mutex<()>,
}

impl AccessKeys {
    pub fn new(store: Arc<dyn Store>, authenticator: Arc<Authenticator>) -> AccessKeys {
        AccessKeys { store, authenticator, changing: Mutex::new(()) }
    }

    /// Makes a key. The answer alone holds the key itself; under an idempotency key it does so again.
    pub async fn create(&self, caller: Caller, new: New, idempotency: Option<IdempotentRequest>) -> Result<AccessKey> {
        let now = Clock::now();
        if let Some(before) = idempotency::replay(&*self.store, &idempotency, now).await? {
            return self.shown(before).await;
        }
        AccessKeys::check_expire(new.expire)?;
        let (key, row) = self.authenticator.new_key(caller.customer_id, &new.name, &new.detail, new.expire, now);
        let access_key = read(&row)?;
        let response = CreateAccessKeyResponse { access_key: Some(access_key.clone()) };
        let commit = Commit { access_keys: vec![row], ..Commit::default() };
        match idempotency::commit(&*self.store, &idempotency, commit, &response, now).await? {
            Done::Now(_) => Ok(AccessKey { key, ..access_key }),
            Done::Before(before) => self.shown(before).await,
        }
    }

    /// A key that is made now must be of use.
    pub fn check_expire(expire: Option<Time>) -> Result<()> {
        match expire.is_some_and(|expire| expire <= Clock::now()) {
            true => Err(Error::field(Reason::InvalidArgument, "tm_expire", "must be in the future")),
            false => Ok(()),
        }
    }

    pub async fn get(&self, caller: Caller, id: Uuid) -> Result<AccessKey> {
        read(&self.row(caller, id).await?)
    }

    /// A page of keys, and the token of the next one.
    pub async fn list(&self, caller: Caller, page: Page) -> Result<(Vec<AccessKey>, String)> {
        let rows = self.store.access_keys(page.rows(caller.customer_id)).await?;
        let (rows, token) = page.cut(rows, |row| row.body.len(), |row| (Time(row.tm_create), row.id));
        Ok((rows.iter().map(read).collect::<Result<_>>()?, token))
    }

    /// Replaces name and detail.
    pub async fn update(&self, caller: Caller, id: Uuid, name: String, detail: String) -> Result<AccessKey> {
        self.change(caller, id, |key, now| {
            key.name = name;
            key.detail = detail;
            key.tm_update = view::time(now);
        })
        .await
    }

    pub async fn delete(&self, caller: Caller, id: Uuid) -> Result<AccessKey> {
        self.change(caller, id, |key, now| {
            key.tm_update = view::time(now);
            key.tm_delete = view::time(now);
        })
        .await
    }

    async fn change(&self, caller: Caller, id: Uuid, change: impl FnOnce(&mut AccessKey, Time)) -> Result<AccessKey> {
        let _changing = self.changing.lock().await;
        let row = self.row(caller, id).await?;
        let mut key = read(&row)?;
        change(&mut key, Clock::now());
        let tm_delete = key.tm_delete.as_ref().map(|time| time_of(time).0);
        let row = store::AccessKey { tm_delete, body: key.encode_to_vec(), ..row };
        let outcome = self.store.commit(Commit { access_keys: vec![row], ..Commit::default() }).await;
        // Even where the outcome is an error: nobody should come in by what may be gone.
        self.authenticator.forget();
        outcome?;
        Ok(key)
    }

    /// A key of the caller's that is not deleted. Another customer's is as good as none.
    async fn row(&self, caller: Caller, id: Uuid) -> Result<store::AccessKey> {
        let row = self.store.access_key(id).await?;
        row.filter(|row| row.customer_id == caller.customer_id && row.tm_delete.is_none())
            .ok_or_else(|| Error::new(Reason::AccessKeyNotFound, format!("there is no access key {id}")))
    }

    /// An answer that was kept, with the key again; without it where the server's secret is another one by now, since no
    /// key is better than one that lets nobody in.
    async fn shown(&self, before: CreateAccessKeyResponse) -> Result<AccessKey> {
        let mut access_key = before.access_key.unwrap_or_default();
        let row = self.store.access_key(access_key.id.parse().map_err(Error::internal)?).await?;
        access_key.key = row.and_then(|row| self.authenticator.key_of(&row)).unwrap_or_default();
        Ok(access_key)
    }
}

fn read(row: &store::AccessKey) -> Result<AccessKey> {
    AccessKey::decode(row.body.as_slice()).map_err(Error::internal)
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
        let authenticator = Arc::new(Authenticator::open(store.clone(), None).await.unwrap());
        let caller = |customer: NewCustomer| Caller { customer_id: customer.customer_id };
        let (one, two) =
            (authenticator.create_customer("a").await.unwrap(), authenticator.create_customer("b").await.unwrap());
        let keys = AccessKeys::new(store, authenticator.clone());
        Fixture { authenticator, keys, caller: caller(one), stranger: caller(two) }
    }

    fn named(name: &str) -> New {
        New { name: name.to_owned(), ..New::default() }
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
        let enter = async || authenticator.authenticate(Credential::Bearer(made.key.clone())).await;
        assert_eq!(enter().await.unwrap(), caller);
        let got = keys.get(caller, id).await.unwrap();
        assert!(got.key.is_empty() && got.name == "ci" && got.tm_update.is_none());
        let changed = keys.update(caller, id, "cd".to_owned(), "x".to_owned()).await.unwrap();
        assert!(changed.key.is_empty() && changed.name == "cd" && changed.tm_update.is_some());
        assert_eq!(keys.get(caller, id).await.unwrap(), changed);
        assert!(keys.delete(caller, id).await.unwrap().tm_delete.is_some());
        assert_eq!(enter().await.unwrap_err().reason, Reason::InvalidCredentials);
        for gone in [keys.get(caller, id).await, keys.delete(caller, id).await] {
            assert_eq!(gone.unwrap_err().reason, Reason::AccessKeyNotFound);
        }
    }

    #[tokio::test]
    async fn another_customers_key_is_not_found() {
        let Fixture { keys, caller, stranger, .. } = fixture().await;
        let id: Uuid = keys.create(caller, named("mine"), None).await.unwrap().id.parse().unwrap();
        let name = || "theirs".to_owned();
        for outcome in [
            keys.get(stranger, id).await,
            keys.update(stranger, id, name(), name()).await,
            keys.delete(stranger, id).await,
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
    async fn a_key_of_another_secret_is_not_made_up() {
        let Fixture { authenticator: _, keys, caller, .. } = fixture().await;
        let first = keys.create(caller, named("a"), idempotency(caller, "a")).await.unwrap();
        let authenticator =
            Authenticator::open(keys.store.clone(), Some(b"another secret of at least 32 bytes")).await.unwrap();
        let later = AccessKeys::new(keys.store.clone(), Arc::new(authenticator));
        let again = later.create(caller, named("a"), idempotency(caller, "a")).await.unwrap();
        assert_eq!(again, AccessKey { key: String::new(), ..first });
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
