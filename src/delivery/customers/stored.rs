//! A customer's settings in their row, with sealed secrets.

use super::Profile;
use crate::error::{Error, Result};
use crate::model::codec::{from_bytes, to_bytes};
use crate::model::time::Time;
use crate::seal::{Place, Sealer};
use crate::store;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;
use uuid::Uuid;

/// What is sealed.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Secrets {
    secret: String,
    old_secret: Option<(String, Time)>,
}

fn place(id: &Uuid) -> Place<'_> {
    Place { table: "customer", column: "secrets", id: id.as_bytes() }
}

/// Reads a row. Rows of earlier versions hold the secrets in plain text.
fn read(row: &store::Customer, sealer: &Sealer) -> Result<Profile> {
    opened(row.id, plain(row)?, sealer)
}

/// Opens the secrets of a profile that was decoded.
pub(super) fn opened(id: Uuid, mut profile: Profile, sealer: &Sealer) -> Result<Profile> {
    if let Some(sealed) = profile.sealed.take() {
        let secrets = sealer.open(place(&id), &sealed)?;
        Secrets { secret: profile.secret, old_secret: profile.old_secret } =
            from_bytes(&secrets).map_err(Error::internal)?;
    }
    Ok(profile)
}

/// Returns the body of a row.
pub(super) fn body(id: Uuid, profile: &Profile, sealer: &Sealer) -> Result<Vec<u8>> {
    let mut stored = profile.clone();
    let secrets = Secrets { secret: std::mem::take(&mut stored.secret), old_secret: stored.old_secret.take() };
    if !secrets.secret.is_empty() || secrets.old_secret.is_some() {
        stored.sealed = Some(ByteBuf::from(sealer.seal(place(&id), &to_bytes(&secrets))?));
    }
    Ok(to_bytes(&stored))
}

/// Returns the body of a row with its secrets sealed by the current key. None: they are, or there are none.
pub fn resealed(row: &store::Customer, sealer: &Sealer) -> Result<Option<Vec<u8>>> {
    let stored = plain(row)?;
    let done = match &stored.sealed {
        Some(sealed) => sealer.is_current(sealed),
        None => stored.secret.is_empty() && stored.old_secret.is_none(),
    };
    match done {
        true => Ok(None),
        false => body(row.id, &read(row, sealer)?, sealer).map(Some),
    }
}

/// Reads a row as it is stored.
fn plain(row: &store::Customer) -> Result<Profile> {
    match row.body.is_empty() {
        true => Ok(Profile::default()),
        false => from_bytes(&row.body).map_err(Error::internal),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seal::{Keys, create, replace};

    fn row(id: u128, body: Vec<u8>) -> store::Customer {
        store::Customer { id: Uuid::from_u128(id), name: String::new(), revision: 1, tm_create: 1, body }
    }

    fn profile() -> Profile {
        let old_secret = Some(("whsec_old".to_owned(), Time(7)));
        Profile { detail: "d".to_owned(), secret: "whsec_new".to_owned(), old_secret, ..Profile::default() }
    }

    fn holds_a_secret(body: &[u8]) -> bool {
        body.windows(6).any(|it| it == b"whsec_")
    }

    #[test]
    fn a_row_holds_no_secret_and_opens_for_its_customer_alone() {
        let sealer = Sealer::in_memory();
        let body = body(Uuid::from_u128(1), &profile(), &sealer).unwrap();
        assert!(!holds_a_secret(&body));
        let read_again = read(&row(1, body.clone()), &sealer).unwrap();
        assert_eq!((read_again.secrets(Time(0)), read_again.detail.as_str()), (profile().secrets(Time(0)), "d"));
        assert!(read(&row(2, body.clone()), &sealer).is_err());
        assert!(resealed(&row(1, body), &sealer).unwrap().is_none());
    }

    #[test]
    fn a_row_of_before_or_of_another_key_is_sealed_again() {
        let home = tempfile::tempdir().unwrap();
        let (path, mut keys) = (home.path().join("key"), Keys::random());
        create(&path, &keys).unwrap();
        let sealer = Sealer::of_file(path.clone()).unwrap();
        let plain = to_bytes(&profile());
        assert!(holds_a_secret(&plain));
        assert_eq!(read(&row(1, plain.clone()), &sealer).unwrap().secrets(Time(0)).len(), 2);
        let sealed = resealed(&row(1, plain), &sealer).unwrap().expect("it was plain");
        keys.rotate();
        replace(&path, &keys).unwrap();
        let sealer = Sealer::of_file(path).unwrap();
        let again = resealed(&row(1, sealed.clone()), &sealer).unwrap().expect("another key sealed it");
        assert!(!holds_a_secret(&again) && again != sealed);
        assert_eq!(read(&row(1, again), &sealer).unwrap().secrets(Time(0)), ["whsec_new", "whsec_old"]);
        let none = row(1, to_bytes(&Profile { detail: "d".to_owned(), ..Profile::default() }));
        assert!(resealed(&none, &sealer).unwrap().is_none());
    }
}
