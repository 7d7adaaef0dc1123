//! The secret in the database that signs JWTs, if none is configured.

use super::derived_keys::DerivedKeys;
use crate::clock::Clock;
use crate::error::{Error, Reason, Result};
use crate::proto;
use crate::seal::{Place, Sealer, is_sealed};
use crate::store::{Page, Store};
use prost::Message;
use uuid::Uuid;

const SETTING: &str = "jwt_secret";
const PLACE: Place = Place { table: "setting", column: SETTING, id: b"" };
/// How often a value is written again when another process changes it at the same time.
const TRIES: usize = 8;
/// The most rows that are read at a time.
const PAGE: u32 = 256;

/// Access keys of earlier versions, which can be derived from the JWT secret of an old backup.
#[derive(Debug, Default)]
pub struct Derivable {
    pub count: usize,
    /// The names and ids of the first of them.
    pub names: Vec<String>,
}

/// Returns the secret, which is generated if there is none.
pub(super) async fn get(store: &dyn Store, sealer: &Sealer) -> Result<Vec<u8>> {
    let kept = store.setting(SETTING, sealer.seal(PLACE, &Clock::secret())?).await?;
    opened(sealer, kept)
}

/// The secret of an earlier version is not sealed.
fn opened(sealer: &Sealer, kept: Vec<u8>) -> Result<Vec<u8>> {
    match is_sealed(&kept) {
        true => Ok(sealer.open(PLACE, &kept)?),
        false => Ok(kept),
    }
}

/// Seals the secret with the current key. Returns whether it was not.
pub async fn reseal(store: &dyn Store, sealer: &Sealer) -> Result<bool> {
    for _ in 0..TRIES {
        let Some(kept) = store.find_setting(SETTING).await? else { return Ok(false) };
        if sealer.is_current(&kept) {
            return Ok(false);
        }
        let sealed = sealer.seal(PLACE, &opened(sealer, kept.clone())?)?;
        if store.replace_setting(SETTING, &kept, sealed).await? {
            return Ok(true);
        }
    }
    Err(changing())
}

/// Replaces the secret with a new one, which ends all JWTs. Servers use it from their next start on.
pub async fn replace(store: &dyn Store, sealer: &Sealer) -> Result<()> {
    for _ in 0..TRIES {
        let new = sealer.seal(PLACE, &Clock::secret())?;
        let kept = store.setting(SETTING, new.clone()).await?;
        if kept == new || store.replace_setting(SETTING, &kept, new).await? {
            return Ok(());
        }
    }
    Err(changing())
}

fn changing() -> Error {
    Error::new(Reason::StaleRevision, "another process changes the JWT secret at the same time; try again")
}

/// Finds the keys that an earlier version derived from the secret in the database, if that is not sealed yet: a copy of
/// the database from before shows them. Names at most `most` of them.
pub async fn derivable_keys(store: &dyn Store, most: usize) -> Result<Derivable> {
    let mut found = Derivable::default();
    let Some(secret) = store.find_setting(SETTING).await?.filter(|kept| !is_sealed(kept)) else { return Ok(found) };
    let (derived, mut customer) = (DerivedKeys::new(&secret), Uuid::nil());
    loop {
        let customers = store.customers_by_id(customer, PAGE).await?;
        let Some(last) = customers.last() else { return Ok(found) };
        customer = last.id;
        for customer in &customers {
            let mut page = Page { customer_id: customer.id, limit: PAGE, ..Page::default() };
            loop {
                let rows = store.access_keys(page).await?;
                for row in rows.iter().filter(|row| derived.key_of(row).is_some()) {
                    found.count += 1;
                    if found.names.len() < most {
                        let key = proto::AccessKey::decode(row.body.as_slice()).map_err(Error::internal)?;
                        found.names.push(format!("{:?} ({})", key.name, row.id));
                    }
                }
                let Some(last) = rows.last() else { break };
                page.before = Some((last.tm_create, last.id));
            }
        }
    }
}
