//! Authentication of customers, by a JWT that this server's secret signed or by an access key.

mod attempts;
mod derived_keys;
mod jwt;
pub mod jwt_secret;
mod key_cache;

use crate::clock::Clock;
use crate::error::{Error, Reason, Result};
use crate::model::time::Time;
use crate::model::view;
use crate::proto;
use crate::seal::Sealer;
use crate::store::{AccessKey, Customer, Store};
use attempts::Attempts;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use derived_keys::DerivedKeys;
use jwt::Jwt;
use key_cache::{KeyCache, Known};
use prost::Message;
use sha2::{Digest, Sha256};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use subtle::ConstantTimeEq;
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

/// The authenticated customer. A caller sees and changes only what belongs to this customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caller {
    pub customer_id: Uuid,
}

/// A customer that was just created, with its first access key. The key is shown only once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCustomer {
    pub customer_id: Uuid,
    pub key: String,
}

pub struct Authenticator {
    store: Arc<dyn Store>,
    jwt: Jwt,
    /// The access keys that earlier versions made.
    derived: DerivedKeys,
    known: KeyCache,
    attempts: Attempts,
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
        Ok(Authenticator {
            store,
            jwt: Jwt::new(&secret),
            derived,
            known: KeyCache::default(),
            attempts: Attempts::default(),
        })
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

    /// Creates a JWT for a customer, valid for `ttl` from now.
    pub fn mint(&self, customer_id: Uuid, ttl: Duration) -> Result<String> {
        self.jwt.mint(customer_id, Clock::now(), ttl)
    }

    /// Creates the first customer and its key on an empty database. Returns None if there is a customer already.
    pub async fn first_start(&self) -> Result<Option<NewCustomer>> {
        match self.store.first_customer().await? {
            Some(_) => Ok(None),
            None => self.create_customer("default").await.map(Some),
        }
    }

    /// Creates a customer and its first access key.
    pub async fn create_customer(&self, name: &str) -> Result<NewCustomer> {
        let now = Clock::now();
        let customer =
            Customer { id: Clock::id(now), name: name.to_owned(), revision: 0, tm_create: now.0, body: Vec::new() };
        let customer_id = customer.id;
        let (key, row) = self.new_key(customer_id, "first", "", None, now);
        self.store.create_customer(customer, row).await?;
        Ok(NewCustomer { customer_id, key })
    }

    /// Creates an access key: the key itself, and the row to store for it.
    pub(super) fn new_key(
        &self,
        customer_id: Uuid,
        name: &str,
        detail: &str,
        expire: Option<Time>,
        now: Time,
    ) -> (String, AccessKey) {
        let id = Clock::id(now);
        let key = format!("{KEY_PREFIX}{}", URL_SAFE_NO_PAD.encode(Clock::secret()));
        let access_key = proto::AccessKey {
            id: id.to_string(),
            customer_id: customer_id.to_string(),
            name: name.to_owned(),
            detail: detail.to_owned(),
            key: String::new(),
            tm_expire: expire.and_then(view::time),
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

    /// Drops all cached access keys, because one has changed.
    pub(super) fn forget(&self) {
        self.known.forget();
    }

    async fn by_jwt(&self, token: &str, from: IpAddr, now: Time) -> Result<Caller> {
        let refused = |why| self.attempts.failed(from, invalid(why));
        let customer_id = self.jwt.read(token, now).ok_or_else(|| {
            refused("the token has expired, or is not one that this server's secret signed (HS256, with exp and customer_id)")
        })?;
        if !self.known.customer(customer_id) {
            if self.store.customer(customer_id).await?.is_none() {
                return Err(refused("the token is for a customer that does not exist"));
            }
            self.known.remember_customer(customer_id);
        }
        Ok(Caller { customer_id })
    }

    async fn by_key(&self, key: &str, from: IpAddr, now: Time) -> Result<Caller> {
        let refused = || invalid("the access key is unknown, was deleted or has expired");
        let hash = hash(key);
        let known = match self.known.key(&hash) {
            Some(known) => known,
            None => {
                let lookup = self.attempts.lookup(from, hash).await?;
                let ticket = self.known.ticket();
                let row = match self.store.access_key_by_hash(hash).await {
                    // The index of the store compared bytes, in a time that depends on them. They are bytes of hashes,
                    // which reveal nothing about the key; the comparison that decides takes constant time nevertheless.
                    Ok(Some(row)) if row.hash.ct_eq(&hash).into() && row.tm_delete.is_none() => row,
                    Ok(_) => return Err(lookup.not_found(refused())),
                    Err(error) => {
                        lookup.undecided();
                        return Err(error.into());
                    }
                };
                lookup.found();
                let access_key = proto::AccessKey::decode(row.body.as_slice());
                let access_key = access_key.map_err(|why| self.store.damage().found("access_key", row.id, why))?;
                let known = Known {
                    customer_id: row.customer_id,
                    expire: access_key.tm_expire.as_ref().map(crate::model::view::time_of),
                };
                self.known.remember(ticket, hash, known);
                known
            }
        };
        match known.expire {
            Some(expire) if expire <= now => Err(self.attempts.failed(from, refused())),
            _ => Ok(Caller { customer_id: known.customer_id }),
        }
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
