//! The secrets in the database as a whole: those of earlier versions are sealed, and a new secret key seals all again.

use super::{access_keys, operators};
use crate::auth::jwt_secret;
use crate::carriers;
use crate::delivery::customers;
use crate::error::Result;
use crate::seal::{KeyId, Sealer, confirm};
use crate::store::{self, Commit, Store};
use uuid::Uuid;

/// The setting that says that every secret in the database is sealed.
const SEALED: &str = "secrets_sealed";
/// The most rows that are read at a time.
const PAGE: u32 = 256;
/// The most access keys that are named in the log.
const NAMED: usize = 20;

/// How many secrets were sealed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Resealed {
    pub settings: usize,
    pub customers: usize,
    pub providers: usize,
    pub answers: usize,
}

impl Resealed {
    pub fn is_nothing(&self) -> bool {
        *self == Resealed::default()
    }
}

/// Seals what an earlier version stored in plain text, and removes the plain text from the files. Done once: the first
/// start of this version takes as long as copying the database.
pub async fn adopt(store: &dyn Store, sealer: &Sealer) -> Result<()> {
    if store.find_setting(SEALED).await?.is_some() {
        return Ok(());
    }
    let derivable = jwt_secret::derivable_keys(store, NAMED).await?;
    if derivable.count > 0 {
        let (count, first) = (derivable.count, derivable.names.join(", "));
        tracing::warn!(
            count,
            first,
            "an earlier version made these access keys, and a copy of its database suffices to derive them: replace them"
        );
    }
    reseal(store, sealer).await?;
    // A process that died before this line may have sealed everything. A new database has no customer yet.
    if store.first_customer().await?.is_some() {
        tracing::info!("rewriting the database once, to remove the plain text of secrets that are sealed now");
        if let Err(error) = store.scrub().await {
            tracing::warn!(
                "the files of the database may still contain secrets in plain text; the next start tries again: {error}"
            );
            return Ok(());
        }
    }
    store.setting(SEALED, b"1".to_vec()).await?;
    Ok(())
}

/// Seals every secret that is in plain text, or that another key sealed, with the current key. Each row is a transaction
/// of its own; an interrupted call is continued by the next one.
pub async fn reseal(store: &dyn Store, sealer: &Sealer) -> Result<Resealed> {
    Ok(Resealed {
        settings: usize::from(jwt_secret::reseal(store, sealer).await?),
        customers: reseal_customers(store, sealer).await?,
        providers: reseal_providers(store, sealer).await?,
        answers: reseal_answers(store, sealer).await?,
    })
}

/// Seals all secrets with the current key, which a rotation has just made so. Afterwards the database requires no other
/// key, unless a server still seals with an older one.
pub async fn rotate(store: &dyn Store, sealer: &Sealer) -> Result<Resealed> {
    let previous: Vec<KeyId> = sealer.keys().previous.iter().map(|key| key.id()).collect();
    confirm(store, sealer, &previous).await?;
    let mut all = Resealed::default();
    loop {
        let done = reseal(store, sealer).await?;
        if done.is_nothing() {
            break;
        }
        all.settings += done.settings;
        all.customers += done.customers;
        all.providers += done.providers;
        all.answers += done.answers;
    }
    Ok(all)
}

async fn reseal_customers(store: &dyn Store, sealer: &Sealer) -> Result<usize> {
    let (mut after, mut done) = (Uuid::nil(), 0);
    loop {
        let page = store.customers_by_id(after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(done) };
        after = last.id;
        for row in page {
            done += usize::from(reseal_customer(store, sealer, row).await?);
        }
    }
}

async fn reseal_customer(store: &dyn Store, sealer: &Sealer, row: store::Customer) -> Result<bool> {
    let (id, mut row) = (row.id, Some(row));
    // Another change of the same customer comes first only so often.
    while let Some(current) = row {
        let Some(body) = customers::resealed(&current, sealer)? else { return Ok(false) };
        let changed = store::Customer { body, ..current };
        match store.commit(Commit { customers: vec![changed], ..Commit::default() }).await {
            Ok(_) => return Ok(true),
            Err(store::Error::Conflict) => row = store.customer(id).await?,
            Err(error) => return Err(error.into()),
        }
    }
    Ok(false)
}

async fn reseal_providers(store: &dyn Store, sealer: &Sealer) -> Result<usize> {
    let (mut before, mut done) = (None, 0);
    loop {
        let page = store.providers(store::Page { before, limit: PAGE, ..store::Page::default() }).await?;
        let Some(last) = page.last() else { return Ok(done) };
        before = Some((last.tm_create, last.id));
        for row in page {
            done += usize::from(reseal_provider(store, sealer, row).await?);
        }
    }
}

async fn reseal_provider(store: &dyn Store, sealer: &Sealer, row: store::Provider) -> Result<bool> {
    let (id, mut row) = (row.id, Some(row));
    // Another change of the same provider comes first only so often. A deleted provider has no password.
    while let Some(current) = row.filter(|it| it.tm_delete.is_none()) {
        let Some(sealed) = carriers::resealed(&current, sealer)? else { return Ok(false) };
        let changed = store::Provider { sealed: Some(sealed), ..current };
        match store.commit(carriers::mark(Commit { providers: vec![changed], ..Commit::default() })).await {
            Ok(_) => return Ok(true),
            Err(store::Error::Conflict) => row = store.provider(id).await?,
            Err(error) => return Err(error.into()),
        }
    }
    Ok(false)
}

async fn reseal_answers(store: &dyn Store, sealer: &Sealer) -> Result<usize> {
    let keys =
        reseal_answers_of(access_keys::CREATE, store, |response| access_keys::resealed(response, sealer)).await?;
    let customers =
        reseal_answers_of(operators::CREATE, store, |response| operators::resealed(response, sealer)).await?;
    Ok(keys + customers)
}

async fn reseal_answers_of(
    rpc: &str,
    store: &dyn Store,
    resealed: impl Fn(&[u8]) -> Result<Option<Vec<u8>>>,
) -> Result<usize> {
    let (mut after, mut done) = (0, 0);
    loop {
        let page = store.answers_of(rpc, after, PAGE).await?;
        let Some((last, _)) = page.last() else { return Ok(done) };
        after = *last;
        for (row, answer) in page {
            if let Some(response) = resealed(&answer.response)? {
                // An answer that was replaced meanwhile is sealed by the current key.
                done += usize::from(store.replace_answer(row, &answer.response, response).await?);
            }
        }
    }
}
