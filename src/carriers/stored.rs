//! Providers and routes in their rows. A provider's password is sealed in a column of its own.

use crate::error::{Error, Result};
use crate::model::view::time_of;
use crate::proto::{self, ProviderHealth};
use crate::seal::{Place, Sealer};
use crate::store::{self, Damage};
use prost::Message;
use uuid::Uuid;

fn place(id: &Uuid) -> Place<'_> {
    Place { table: "provider", column: "sealed", id: id.as_bytes() }
}

/// Seals the password of a provider.
pub fn seal_password(id: Uuid, password: &str, sealer: &Sealer) -> Result<Vec<u8>> {
    Ok(sealer.seal(place(&id), password.as_bytes())?)
}

/// Returns the password of a row; "" if it has none.
pub(super) fn open_password(row: &store::Provider, sealer: &Sealer) -> Result<String> {
    let Some(sealed) = &row.sealed else { return Ok(String::new()) };
    String::from_utf8(sealer.open(place(&row.id), sealed)?).map_err(Error::internal)
}

/// Returns the password of a row sealed by the current key. None: it is, or there is none.
pub fn resealed(row: &store::Provider, sealer: &Sealer) -> Result<Option<Vec<u8>>> {
    match &row.sealed {
        Some(sealed) if !sealer.is_current(sealed) => {
            seal_password(row.id, &open_password(row, sealer)?, sealer).map(Some)
        }
        _ => Ok(None),
    }
}

/// Returns the row of a provider. What only this server knows, and what has a column, is not in the body.
pub fn provider_row(id: Uuid, provider: &proto::Provider, sealed: Option<Vec<u8>>) -> store::Provider {
    let sip = provider.sip.clone().unwrap_or_default();
    let sip =
        proto::ProviderSip { has_password: false, held: 0, waiting: 0, refused_last_minute: 0, last_code: 0, ..sip };
    let health_status = ProviderHealth::Unspecified.into();
    let body =
        proto::Provider { revision: 0, health_status, health_checked_at: None, sip: Some(sip), ..provider.clone() };
    store::Provider {
        id,
        revision: provider.revision.cast_unsigned(),
        tm_create: provider.tm_create.as_ref().map_or(0, |time| time_of(time).0),
        tm_delete: provider.tm_delete.as_ref().map(|time| time_of(time).0),
        body: body.encode_to_vec(),
        sealed,
    }
}

/// Reads a row, without the password.
pub fn settings(row: &store::Provider, damage: &Damage) -> Result<proto::Provider> {
    let provider = proto::Provider::decode(row.body.as_slice()).map_err(|why| damage.found("provider", row.id, why))?;
    let sip = proto::ProviderSip { has_password: row.sealed.is_some(), ..provider.sip.unwrap_or_default() };
    Ok(proto::Provider { revision: row.revision.cast_signed(), sip: Some(sip), ..provider })
}

/// Returns the row of a route.
pub fn route_row(id: Uuid, customer_id: Uuid, route: &proto::Route) -> store::Route {
    store::Route {
        id,
        customer_id,
        revision: route.revision.cast_unsigned(),
        tm_create: route.tm_create.as_ref().map_or(0, |time| time_of(time).0),
        tm_delete: route.tm_delete.as_ref().map(|time| time_of(time).0),
        body: proto::Route { revision: 0, ..route.clone() }.encode_to_vec(),
    }
}

/// Reads a row.
pub fn route(row: &store::Route, damage: &Damage) -> Result<proto::Route> {
    let route = proto::Route::decode(row.body.as_slice()).map_err(|why| damage.found("route", row.id, why))?;
    Ok(proto::Route { revision: row.revision.cast_signed(), ..route })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::telemetry::Metrics;
    use std::sync::Arc;

    #[test]
    fn a_row_holds_no_password_and_opens_for_its_provider_alone() {
        let (sealer, damage) = (Sealer::in_memory(), Damage::new(Arc::new(Metrics::new())));
        let id = Uuid::from_u128(7);
        let shown = proto::Provider {
            hostname: "sip.example".to_owned(),
            revision: 3,
            health_status: ProviderHealth::Healthy.into(),
            sip: Some(proto::ProviderSip { held: 4, has_password: true, port: 5060, ..Default::default() }),
            ..Default::default()
        };
        let sealed = seal_password(id, "hunter2", &sealer).unwrap();
        let row = provider_row(id, &shown, Some(sealed.clone()));
        let holds = |bytes: &[u8]| bytes.windows(7).any(|it| it == b"hunter2");
        assert!(!holds(&row.body) && !holds(&sealed));
        let (read, password) = (settings(&row, &damage).unwrap(), open_password(&row, &sealer).unwrap());
        let sip = read.sip.clone().unwrap();
        assert_eq!((password.as_str(), sip.held, sip.has_password, sip.port), ("hunter2", 0, true, 5060));
        assert_eq!((read.health_status(), read.revision), (ProviderHealth::Unspecified, 3));
        let other = store::Provider { id: Uuid::from_u128(8), ..row.clone() };
        assert!(open_password(&other, &sealer).is_err());
        assert_eq!(resealed(&row, &sealer).unwrap(), None);
        let none = store::Provider { sealed: None, ..row };
        let (read, password) = (settings(&none, &damage).unwrap(), open_password(&none, &sealer).unwrap());
        assert_eq!((password.as_str(), read.sip.unwrap().has_password), ("", false));
    }
}
