//! The providers of calls, for operators.

use super::App;
use super::changes::{Expected, Tries, written};
use super::page::Page;
use crate::carriers::{self, MAX_PROVIDERS};
use crate::clock::Clock;
use crate::error::{Error, Reason, Result, unless_damaged};
use crate::model::time::Time;
use crate::model::view;
use crate::proto::{self, CreateProviderResponse, ProviderType, SipTransport};
use crate::runtime::idempotency::{self, Done, IdempotentRequest};
use crate::store::{self, Commit};
use std::collections::BTreeMap;
use uuid::Uuid;

/// The settings of a provider. `None` leaves a field as it is; a new provider has defaults.
#[derive(Clone, Default)]
pub struct ProviderChange {
    pub hostname: Option<String>,
    pub tech_prefix: Option<String>,
    pub tech_postfix: Option<String>,
    pub tech_headers: Option<BTreeMap<String, String>>,
    pub name: Option<String>,
    pub detail: Option<String>,
    pub codecs: Option<String>,
    pub metadata: Option<BTreeMap<String, String>>,
    pub port: Option<i32>,
    pub username: Option<String>,
    /// "" keeps the password, unless there is no user name.
    pub password: String,
    pub inbound_ips: Option<Vec<String>>,
    pub max_calls: Option<i32>,
    pub max_cps: Option<i32>,
    pub max_wait_ms: Option<i32>,
    pub dtmf: Option<proto::DtmfMode>,
}

/// What becomes of a password.
#[derive(Debug, PartialEq, Eq)]
enum Password {
    Keep,
    Remove,
    Set,
}

impl App {
    pub async fn create_provider(
        &self,
        change: ProviderChange,
        idempotency: Option<IdempotentRequest>,
    ) -> Result<CreateProviderResponse> {
        let now = Clock::now();
        if let Some(response) = idempotency::replay(&*self.store, &idempotency, now).await? {
            return Ok(response);
        }
        let id = Clock::id(now);
        let mut made = proto::Provider {
            id: view::id(id),
            r#type: ProviderType::Sip.into(),
            tm_create: view::time(now),
            sip: Some(carriers::defaults()),
            ..Default::default()
        };
        let sealed = match apply(&mut made, &change)? {
            Password::Set => Some(carriers::seal_password(id, &change.password, self.carriers.sealer())?),
            Password::Keep | Password::Remove => None,
        };
        let _changing = self.carriers.changing().await;
        self.carriers.refresh().await?;
        let fixed = usize::from(self.carriers.configured().is_some());
        if self.carriers.table().providers().len().saturating_sub(fixed) >= MAX_PROVIDERS {
            let message = format!("there are {MAX_PROVIDERS} providers; delete one first");
            return Err(Error::new(Reason::TooManyProviders, message));
        }
        let has_password = sealed.is_some();
        let commit = Commit { providers: vec![carriers::provider_row(id, &made, sealed)], ..Commit::default() };
        let made = with_password(proto::Provider { revision: 1, ..made }, has_password);
        let response = CreateProviderResponse { provider: Some(self.carriers.show(made, id)) };
        match idempotency::commit(&*self.store, &idempotency, carriers::mark(commit), &response, now).await? {
            Done::Now(_) => {
                self.follow().await;
                Ok(response)
            }
            Done::Before(response) => Ok(response),
        }
    }

    pub async fn get_provider(&self, id: Uuid) -> Result<proto::Provider> {
        let provider = match self.fixed_provider(id) {
            Some(fixed) => fixed,
            None => carriers::settings(&self.provider_row(id).await?, self.store.damage())?,
        };
        Ok(self.carriers.show(provider, id))
    }

    pub async fn list_providers(&self, page: Page) -> Result<proto::ListProvidersResponse> {
        let found = self.store.providers(page.rows(Uuid::nil())).await?;
        let (found, next_page_token) = page.cut(found, |row| row.body.len(), |row| (Time(row.tm_create), row.id));
        let read = |row: &store::Provider| {
            let settings = unless_damaged(carriers::settings(row, self.store.damage())).transpose()?;
            Some(settings.map(|settings| self.carriers.show(settings, row.id)))
        };
        let fixed = self.carriers.configured().filter(|_| page.after.is_none());
        let fixed = fixed.map(|it| Ok(self.carriers.show(it.provider.settings.clone(), it.provider.id)));
        let providers = fixed.into_iter().chain(found.iter().filter_map(read)).collect::<Result<_>>()?;
        Ok(proto::ListProvidersResponse { providers, next_page_token })
    }

    pub async fn update_provider(
        &self,
        id: Uuid,
        change: ProviderChange,
        expected: Expected,
    ) -> Result<proto::Provider> {
        self.change_provider(id, expected, |provider, sealed| {
            Ok(match apply(provider, &change)? {
                Password::Keep => sealed,
                Password::Remove => None,
                Password::Set => Some(carriers::seal_password(id, &change.password, self.carriers.sealer())?),
            })
        })
        .await
    }

    pub async fn delete_provider(&self, id: Uuid, expected: Expected) -> Result<proto::Provider> {
        let _changing = self.carriers.changing().await;
        self.carriers.refresh().await?;
        let table = self.carriers.table();
        let routes = table.all_routes().filter(|route| route.provider_id == view::id(id)).count();
        if routes > 0 && self.fixed_provider(id).is_none() {
            let message = format!("{routes} routes lead to the provider; delete or change them first");
            return Err(Error::new(Reason::ProviderInUse, message));
        }
        // The password goes with it.
        self.change_provider(id, expected, |provider, _| {
            provider.tm_delete = provider.tm_update;
            Ok(None)
        })
        .await
    }

    /// Changes a provider and what seals its password.
    async fn change_provider(
        &self,
        id: Uuid,
        expected: Expected,
        change: impl Fn(&mut proto::Provider, Option<Vec<u8>>) -> Result<Option<Vec<u8>>>,
    ) -> Result<proto::Provider> {
        if self.fixed_provider(id).is_some() {
            return Err(fixed("the provider"));
        }
        let mut tries = Tries::default();
        loop {
            let row = self.provider_row(id).await?;
            let mut provider = carriers::settings(&row, self.store.damage())?;
            expected.check(row.revision)?;
            provider.tm_update = view::time(Clock::now());
            let sealed = change(&mut provider, row.sealed)?;
            let has_password = sealed.is_some();
            let commit = Commit { providers: vec![carriers::provider_row(id, &provider, sealed)], ..Commit::default() };
            if written(self.store.commit(carriers::mark(commit)).await)? {
                self.follow().await;
                provider.revision += 1;
                return Ok(self.carriers.show(with_password(provider, has_password), id));
            }
            tries.again().await?;
        }
    }

    async fn provider_row(&self, id: Uuid) -> Result<store::Provider> {
        let row = self.store.provider(id).await?.filter(|row| row.tm_delete.is_none());
        row.ok_or_else(|| Error::new(Reason::ProviderNotFound, format!("provider {id} does not exist")))
    }

    /// Returns the provider of `--sip-provider` if this is its id.
    fn fixed_provider(&self, id: Uuid) -> Option<proto::Provider> {
        let configured = self.carriers.configured().filter(|it| it.provider.id == id);
        configured.map(|it| it.provider.settings.clone())
    }

    /// Checks that a provider exists, for a route to it.
    pub(super) async fn check_provider(&self, id: Uuid) -> Result<()> {
        match self.fixed_provider(id) {
            Some(_) => Ok(()),
            None => match self.provider_row(id).await {
                Err(error) if error.reason == Reason::ProviderNotFound => {
                    Err(Error::field(Reason::ProviderNotFound, "provider_id", error.message))
                }
                outcome => outcome.map(drop),
            },
        }
    }

    /// Makes a change apply at once. If the table cannot be read now, the task that polls reads it soon.
    pub(super) async fn follow(&self) {
        if let Err(error) = self.carriers.refresh().await {
            tracing::warn!(%error, "a change of providers or routes is stored and applies later: it cannot be read");
        }
    }
}

/// Returns the error for a change of what `--sip-provider` sets.
pub(super) fn fixed(what: &str) -> Error {
    Error::new(Reason::ProviderFixed, format!("{what} is that of --sip-provider; change the option"))
}

fn with_password(provider: proto::Provider, has_password: bool) -> proto::Provider {
    let sip = proto::ProviderSip { has_password, ..provider.sip.unwrap_or_default() };
    proto::Provider { sip: Some(sip), ..provider }
}

/// Applies a change, and returns what becomes of the password. It is kept only for the host and the user for whom it was
/// given: whoever may change a provider must not be able to learn the password's digest on another host.
fn apply(provider: &mut proto::Provider, change: &ProviderChange) -> Result<Password> {
    let place = |it: &proto::Provider| {
        let sip = it.sip.clone().unwrap_or_default();
        (it.hostname.clone(), sip.port, sip.username)
    };
    let before = place(provider);
    set(&mut provider.hostname, &change.hostname);
    set(&mut provider.tech_prefix, &change.tech_prefix);
    set(&mut provider.tech_postfix, &change.tech_postfix);
    set(&mut provider.tech_headers, &change.tech_headers);
    set(&mut provider.name, &change.name);
    set(&mut provider.detail, &change.detail);
    set(&mut provider.codecs, &change.codecs);
    set(&mut provider.metadata, &change.metadata);
    let mut sip = provider.sip.take().unwrap_or_default();
    sip.transport = SipTransport::Udp.into();
    set(&mut sip.port, &change.port);
    set(&mut sip.username, &change.username);
    set(&mut sip.inbound_ips, &change.inbound_ips);
    set(&mut sip.max_calls, &change.max_calls);
    set(&mut sip.max_cps, &change.max_cps);
    set(&mut sip.max_wait_ms, &change.max_wait_ms);
    set(&mut sip.dtmf, &change.dtmf.map(i32::from));
    let (had_password, nobody) = (sip.has_password, sip.username.is_empty());
    provider.sip = Some(sip);
    let wrong = |why: &str| Err(Error::field(Reason::InvalidArgument, "sip.password", why));
    match (nobody, change.password.is_empty(), had_password) {
        (true, true, _) => Ok(Password::Remove),
        (true, false, _) => wrong("expected together with sip.username"),
        (false, false, _) => Ok(Password::Set),
        (false, true, true) if place(provider) != before => {
            wrong("is required again, because hostname, port or user name change")
        }
        (false, true, _) => Ok(Password::Keep),
    }
}

fn set<T: Clone>(field: &mut T, value: &Option<T>) {
    if let Some(value) = value {
        field.clone_from(value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn provider(username: &str, has_password: bool) -> proto::Provider {
        let sip = proto::ProviderSip { username: username.to_owned(), has_password, ..carriers::defaults() };
        proto::Provider { hostname: "a.example".to_owned(), sip: Some(sip), ..Default::default() }
    }

    fn text(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    #[test]
    fn a_password_is_kept_for_its_host_and_its_user_alone() {
        let none = ProviderChange::default;
        for (before, change, expected) in [
            (provider("me", true), none(), Ok(Password::Keep)),
            (provider("me", true), ProviderChange { name: text("n"), max_cps: Some(1), ..none() }, Ok(Password::Keep)),
            (provider("me", true), ProviderChange { password: "x".to_owned(), ..none() }, Ok(Password::Set)),
            (provider("me", true), ProviderChange { hostname: text("b.example"), ..none() }, Err("sip.password")),
            (provider("me", true), ProviderChange { port: Some(5_061), ..none() }, Err("sip.password")),
            (provider("me", true), ProviderChange { username: text("you"), ..none() }, Err("sip.password")),
            (provider("me", true), ProviderChange { username: text(""), ..none() }, Ok(Password::Remove)),
            (provider("me", false), ProviderChange { hostname: text("b.example"), ..none() }, Ok(Password::Keep)),
            (provider("", false), ProviderChange { password: "x".to_owned(), ..none() }, Err("sip.password")),
            (
                provider("me", true),
                ProviderChange { hostname: text("b.example"), password: "x".to_owned(), ..none() },
                Ok(Password::Set),
            ),
        ] {
            let outcome = apply(&mut before.clone(), &change).map_err(|error| error.violations[0].field.clone());
            assert_eq!(outcome.as_ref().map_err(String::as_str), expected.as_ref().map_err(|it| *it));
        }
    }
}
