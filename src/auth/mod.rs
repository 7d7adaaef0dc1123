//! Authentication of customers, by a JWT that this server's secret signed or by an access key.

mod attempts;
mod derived_keys;
mod jwt;
pub mod jwt_secret;
mod key_cache;
mod lookup;
mod role;
mod sessions;

pub use role::{Access, Role, access};
pub use sessions::{Session, Sessions};

use crate::clock::Clock;
use crate::error::{Error, Reason, Result};
use crate::model::time::Time;
use crate::model::view;
use crate::proto;
use crate::seal::Sealer;
use crate::store::{AccessKey, Commit, Customer, Store};
use attempts::Attempts;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use derived_keys::DerivedKeys;
use jwt::Jwt;
use key_cache::KeyCache;
use prost::Message;
use sha2::{Digest, Sha256};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// The prefix of access keys, so that people and secret scanners recognize them.
pub const KEY_PREFIX: &str = "rd_";

/// Longer credentials are refused without parsing them.
const MAX_CREDENTIAL: usize = 4_096;

/// A credential that a caller sent.
#[derive(Clone, PartialEq, Eq)]
pub enum Credential {
    /// From `Authorization: Bearer`: a JWT or an access key.
    Bearer(String),
    Jwt(String),
    AccessKey(String),
}

/// How long a token may be valid, unless the configuration says otherwise.
pub const LONGEST_LIFE: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// The authenticated customer or operator. A caller sees and changes only what belongs to this customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caller {
    /// Nil for an operator.
    pub customer_id: Uuid,
    /// The access key, also of a token that comes from one.
    pub key_id: Option<Uuid>,
    pub role: Role,
    /// When the credential expires: its watches end then.
    pub expire: Option<Time>,
    /// The customer is suspended: it may only read.
    pub suspended: bool,
}

impl Caller {
    /// Returns a caller that may do everything that its customer may.
    pub fn full(customer_id: Uuid) -> Caller {
        Caller { customer_id, key_id: None, role: Role::Full, expire: None, suspended: false }
    }

    pub fn is_operator(&self) -> bool {
        self.role == Role::Operator
    }

    /// Checks that the caller may call an RPC; `None` stands for one that the contract does not have.
    pub fn check(&self, rpc: Option<&str>) -> Result<()> {
        self.role.check(rpc)?;
        match self.suspended && rpc.and_then(access).is_some_and(|access| access.customers > Some(Role::Read)) {
            true => {
                Err(Error::new(Reason::CustomerSuspended, "the customer is suspended: it can read, and change nothing"))
            }
            false => Ok(()),
        }
    }
}

/// A customer that was just created, with its first access key. The key is shown only once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCustomer {
    pub customer_id: Uuid,
    pub key: String,
}

/// What the first start creates. The keys are shown only once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirstStart {
    pub customer: NewCustomer,
    pub operator_key: String,
}

pub struct Authenticator {
    store: Arc<dyn Store>,
    jwt: Jwt,
    /// The access keys that earlier versions made.
    derived: DerivedKeys,
    known: KeyCache,
    attempts: Attempts,
    sessions: Sessions,
    longest_life: Duration,
}

impl Authenticator {
    /// Uses the configured secret, or the one in the store, which is generated on the first start and sealed there.
    pub async fn open(
        store: Arc<dyn Store>,
        sealer: &Sealer,
        configured_secret: Option<&[u8]>,
    ) -> Result<Authenticator> {
        let secret = match configured_secret {
            Some(secret) => secret.to_vec(),
            None => jwt_secret::get(&*store, sealer).await?,
        };
        let derived = DerivedKeys::new(&secret);
        let (jwt, known, sessions) = (Jwt::new(&secret), KeyCache::default(), Sessions::default());
        let (attempts, longest_life) = (Attempts::default(), LONGEST_LIFE);
        Ok(Authenticator { store, jwt, derived, known, attempts, sessions, longest_life })
    }

    /// Accepts tokens that are valid for up to this long.
    pub fn with_longest_life(self, longest_life: Duration) -> Authenticator {
        Authenticator { longest_life, ..self }
    }

    /// Returns who sent a credential, or an error that says why it was refused. `from` is the network of the client: one
    /// that fails too often is refused with TOO_MANY_REQUESTS, unless its credential is valid and known.
    pub async fn authenticate(&self, credential: Credential, from: IpAddr) -> Result<Caller> {
        self.authenticate_at(credential, from, Clock::now()).await
    }

    async fn authenticate_at(&self, credential: Credential, from: IpAddr, now: Time) -> Result<Caller> {
        match credential {
            Credential::Bearer(it) | Credential::Jwt(it) | Credential::AccessKey(it) if it.len() > MAX_CREDENTIAL => {
                Err(self.attempts.failed(from, invalid("the credential is too long to be one")))
            }
            Credential::AccessKey(key) => self.by_key(&key, from, now).await,
            Credential::Bearer(key) if key.starts_with(KEY_PREFIX) => self.by_key(&key, from, now).await,
            Credential::Bearer(jwt) | Credential::Jwt(jwt) => self.by_jwt(&jwt, from, now).await,
        }
    }

    /// Creates a JWT for a customer, valid for `ttl` from now, but no longer than the access key that it comes from.
    pub fn mint(&self, customer_id: Uuid, key_id: Option<Uuid>, ttl: Duration) -> Result<String> {
        self.jwt.mint(customer_id, key_id, Clock::now(), ttl)
    }

    /// Creates the first customer with its key, and an operator's key, on an empty database. Returns None if there is a
    /// customer already.
    pub async fn first_start(&self) -> Result<Option<FirstStart>> {
        if self.store.first_customer().await?.is_some() {
            return Ok(None);
        }
        let customer = self.create_customer("default").await?;
        let operator_key = self.create_operator_key("first").await?;
        Ok(Some(FirstStart { customer, operator_key }))
    }

    /// Creates a customer and its first access key.
    pub async fn create_customer(&self, name: &str) -> Result<NewCustomer> {
        let (customer, key, row) = self.new_customer(name, Clock::now());
        let customer_id = customer.id;
        self.store.create_customer(customer, row).await?;
        Ok(NewCustomer { customer_id, key })
    }

    /// Returns the rows of a new customer and of its first access key, and that key.
    pub(super) fn new_customer(&self, name: &str, now: Time) -> (Customer, String, AccessKey) {
        let customer =
            Customer { id: Clock::id(now), name: name.to_owned(), revision: 0, tm_create: now.0, body: Vec::new() };
        let (key, row) = self.new_key(customer.id, "first", "", Role::Full, None, now);
        (customer, key, row)
    }

    /// Creates an access key of an operator. It belongs to no customer.
    pub async fn create_operator_key(&self, name: &str) -> Result<String> {
        let (key, row) = self.new_key(Uuid::nil(), name, "", Role::Operator, None, Clock::now());
        self.store.commit(Commit { access_keys: vec![row], ..Commit::default() }).await?;
        Ok(key)
    }

    /// Creates an access key: the key itself, and the row to store for it.
    pub(super) fn new_key(
        &self,
        customer_id: Uuid,
        name: &str,
        detail: &str,
        role: Role,
        expire: Option<Time>,
        now: Time,
    ) -> (String, AccessKey) {
        let id = Clock::id(now);
        let key = format!("{KEY_PREFIX}{}", URL_SAFE_NO_PAD.encode(Clock::secret()));
        let access_key = proto::AccessKey {
            id: id.to_string(),
            customer_id: view::id(customer_id),
            name: name.to_owned(),
            detail: detail.to_owned(),
            key: String::new(),
            role: role.to_proto().into(),
            tm_expire: expire.and_then(view::time),
            tm_last_use: None,
            tm_create: view::time(now),
            tm_update: None,
            tm_delete: None,
            revision: 0,
        };
        let row = AccessKey {
            id,
            customer_id,
            hash: hash(&key),
            revision: 0,
            tm_create: now.0,
            tm_delete: None,
            body: access_key.encode_to_vec(),
        };
        (key, row)
    }

    /// Returns the key of a row that an earlier version made. None: it is not derived from this server's secret.
    pub(super) fn derived_key(&self, row: &AccessKey) -> Option<String> {
        self.derived.key_of(row)
    }

    /// Drops all cached credentials and checks those of watches again, because a key or a customer has changed.
    pub fn forget(&self) {
        self.known.forget();
        self.sessions.check_soon();
    }

    /// The watches that are open.
    pub fn sessions(&self) -> Sessions {
        self.sessions.clone()
    }
}

fn hash(key: &str) -> [u8; 32] {
    Sha256::digest(key).into()
}

/// Returns the error for a request without a credential.
pub fn required() -> Error {
    let message = "a credential is required: Authorization: Bearer with a JWT or an access key, ?token= or ?accesskey=";
    Error::new(Reason::AuthenticationRequired, message)
}

fn invalid(message: &str) -> Error {
    Error::new(Reason::InvalidCredentials, message)
}

#[cfg(test)]
mod tests;
