//! Looks up who a credential belongs to, and keeps checking it for as long as a watch is open.

use super::jwt::{Refused, Token};
use super::key_cache::{Known, Subject};
use super::role::Role;
use super::{Authenticator, Caller, hash, invalid};
use crate::error::{Error, Reason, Result};
use crate::model::standing::Standing;
use crate::model::time::Time;
use crate::model::view::time_of;
use crate::proto;
use crate::store::{AccessKey, Damage};
use prost::Message;
use std::net::IpAddr;
use std::time::Duration;
use subtle::ConstantTimeEq;

/// How often the credentials of open watches are checked again, besides at once when this server changes a key.
const CHECK_EVERY: Duration = Duration::from_secs(2);

/// How often the last uses of keys are stored.
const STORE_USES_EVERY: Duration = Duration::from_secs(60);

/// How many last uses are stored in one transaction.
const USES_AT_A_TIME: usize = 500;

impl Authenticator {
    pub(super) async fn by_jwt(&self, token: &str, from: IpAddr, now: Time) -> Result<Caller> {
        let refuse = |refused| self.attempts.failed(from, self.bad_token(refused));
        let token = self.jwt.read(token, now, self.longest_life).map_err(refuse)?;
        let Token { customer_id, key_id, role, expire } = token;
        let subject = key_id.map_or(Subject::Customer(customer_id), Subject::Key);
        let known = self.known(subject, from, now).await?;
        let role = role.unwrap_or(known.role);
        // An operator's token must come from a key: whoever has the secret would otherwise be one.
        if known.customer_id != customer_id || !known.role.includes(role) {
            let error = invalid("the token does not fit the access key that it comes from");
            return Err(self.attempts.failed(from, error));
        }
        let expire = known.expire.map_or(expire, |of_key| of_key.min(expire));
        Ok(Caller { role, ..caller(known, Some(expire)) })
    }

    pub(super) async fn by_key(&self, key: &str, from: IpAddr, now: Time) -> Result<Caller> {
        let known = self.known(Subject::Hash(hash(key)), from, now).await?;
        Ok(caller(known, known.expire))
    }

    /// Returns what is known about a credential that is valid now.
    async fn known(&self, subject: Subject, from: IpAddr, now: Time) -> Result<Known> {
        let known = match self.known.used(&subject, now) {
            Some(known) => known,
            None => {
                let known = self.look_up_from(subject, from).await?;
                self.known.used(&subject, now);
                known
            }
        };
        match known.expire {
            Some(expire) if expire <= now => Err(self.attempts.failed(from, refused(subject))),
            _ => Ok(known),
        }
    }

    /// Looks up a credential for a client. Keys that are not found count as failed attempts of its address.
    async fn look_up_from(&self, subject: Subject, from: IpAddr) -> Result<Known> {
        let Subject::Hash(hash) = subject else { return self.look_up(subject).await };
        let lookup = self.attempts.lookup(from, hash).await?;
        match self.look_up(subject).await {
            Ok(known) => {
                lookup.found();
                Ok(known)
            }
            Err(error) if error.reason == Reason::InvalidCredentials => Err(lookup.not_found(error)),
            Err(error) => {
                lookup.undecided();
                Err(error)
            }
        }
    }

    /// Reads a credential from the store and caches it. Fails if its key or its customer was deleted.
    async fn look_up(&self, subject: Subject) -> Result<Known> {
        let ticket = self.known.ticket();
        let row = match subject {
            Subject::Hash(hash) => {
                // The index of the store compared bytes, in a time that depends on them. They are bytes of hashes, which
                // reveal nothing about the key; the comparison that decides takes constant time nevertheless.
                self.store.access_key_by_hash(hash).await?.filter(|row| bool::from(row.hash.ct_eq(&hash)))
            }
            Subject::Key(id) => self.store.access_key(id).await?,
            Subject::Customer(_) => None,
        };
        let mut known = match (subject, row) {
            (_, Some(row)) => of_key(&row, self.store.damage())?.ok_or_else(|| refused(subject))?,
            (Subject::Customer(customer_id), None) => {
                Known { customer_id, key_id: None, role: Role::Full, expire: None, suspended: false }
            }
            (_, None) => return Err(refused(subject)),
        };
        if known.role != Role::Operator {
            let row = self.store.customer(known.customer_id).await?.ok_or_else(|| refused(subject))?;
            let standing = Standing::read(&row.body).map_err(Error::newer)?;
            if standing.tm_delete.is_some() {
                return Err(refused(subject));
            }
            known.suspended = standing.is_suspended();
        }
        self.known.remember(ticket, subject, known);
        Ok(known)
    }

    fn bad_token(&self, refused: Refused) -> Error {
        match refused {
            Refused::Invalid => invalid(
                "the token has expired, or is not one that this server's secret signed (HS256, with exp and customer_id)",
            ),
            Refused::LivesTooLong => {
                let seconds = self.longest_life.as_secs();
                invalid(&format!("the token is valid for longer than {seconds} s, the most that this server accepts"))
            }
        }
    }

    /// Ends the watches whose credential has ended, and stores the last uses of keys. Runs until it is dropped.
    pub async fn keep_checking(&self) {
        let mut checks = tokio::time::interval(CHECK_EVERY);
        checks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut stores = tokio::time::interval(STORE_USES_EVERY);
        stores.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = self.sessions.changed() => self.check_sessions().await,
                _ = checks.tick() => self.check_sessions().await,
                _ = stores.tick() => self.store_uses().await,
            }
        }
    }

    async fn check_sessions(&self) {
        for subject in self.sessions.subjects() {
            let known = match self.known.known(&subject) {
                Some(known) => Ok(known),
                None => self.look_up(subject).await,
            };
            match known {
                Ok(known) if known.suspended => self.sessions.end(&subject, Reason::CustomerSuspended),
                Ok(_) => {}
                Err(error) if error.reason == Reason::InvalidCredentials => self.sessions.end(&subject, error.reason),
                // The store cannot be read now: the next check decides.
                Err(error) => tracing::debug!(%error, "a credential cannot be checked"),
            }
        }
    }

    /// Stores the last uses of keys that were noted. What cannot be stored now is stored later.
    pub async fn store_uses(&self) {
        let mut uses = self.known.take_uses();
        while !uses.is_empty() {
            let some = uses.split_off(uses.len().saturating_sub(USES_AT_A_TIME));
            let rows: Vec<_> = some.iter().map(|(id, at)| (*id, at.0)).collect();
            if let Err(error) = self.store.note_key_uses(&rows).await {
                tracing::warn!(%error, "the last use of access keys cannot be stored; retrying");
                self.known.put_back([uses, some].concat());
                return;
            }
        }
    }
}

fn caller(known: Known, expire: Option<Time>) -> Caller {
    let Known { customer_id, key_id, role, suspended, .. } = known;
    Caller { customer_id, key_id, role, expire, suspended }
}

/// Returns what a stored key permits. `None` if it is deleted.
fn of_key(row: &AccessKey, damage: &Damage) -> Result<Option<Known>> {
    let key = proto::AccessKey::decode(row.body.as_slice());
    let key = key.map_err(|why| damage.found("access_key", row.id, why))?;
    let role = Role::of_key(key.role).ok_or_else(|| Error::newer(format!("{} is no role", key.role)))?;
    let expire = key.tm_expire.as_ref().map(time_of);
    let known = Known { customer_id: row.customer_id, key_id: Some(row.id), role, expire, suspended: false };
    Ok(Some(known).filter(|_| row.tm_delete.is_none()))
}

fn refused(subject: Subject) -> Error {
    invalid(match subject {
        Subject::Hash(_) => "the access key is unknown, was deleted or has expired",
        Subject::Key(_) => "the access key that the token comes from is unknown, was deleted or has expired",
        Subject::Customer(_) => "the token is for a customer that does not exist",
    })
}
