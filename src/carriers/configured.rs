//! The provider of `--sip-provider`: enough for calls without a row in the database.

use super::choose::ALL;
use super::table::Provider;
use super::{EVERYBODY, defaults};
use crate::config::SipProvider;
use crate::model::view;
use crate::proto::{self, ProviderType};
use sha1::{Digest, Sha1};
use uuid::Uuid;

/// The namespace of the ids (RFC 9562 §5.5).
const NAMESPACE: Uuid = Uuid::from_u128(0x0f6e_42c1_6d0b_4f0e_9a53_7c1e_9f2b_1d80);

/// A provider that the configuration names, and its route: all destinations, for everybody.
#[derive(Debug, Clone)]
pub struct Configured {
    pub provider: Provider,
    pub route_id: Uuid,
    pub route: proto::Route,
}

impl Configured {
    /// `password` is that of the password file, which takes the place of one in the option.
    pub fn new(option: &SipProvider, password: Option<String>) -> Configured {
        let name = format!("{}@{}:{}", option.username, option.hostname, option.port);
        let (id, route_id) = (derived(&format!("provider {name}")), derived(&format!("route {name}")));
        let password = password.unwrap_or_else(|| option.password.clone());
        let sip = proto::ProviderSip {
            port: i32::from(option.port),
            username: option.username.clone(),
            has_password: !password.is_empty(),
            ..defaults()
        };
        let settings = proto::Provider {
            id: view::id(id),
            r#type: ProviderType::Sip.into(),
            hostname: option.hostname.clone(),
            name: option.hostname.clone(),
            detail: "--sip-provider".to_owned(),
            sip: Some(sip),
            ..Default::default()
        };
        let route = proto::Route {
            id: view::id(route_id),
            customer_id: view::id(EVERYBODY),
            name: option.hostname.clone(),
            detail: "--sip-provider".to_owned(),
            provider_id: view::id(id),
            priority: 1,
            target: ALL.to_owned(),
            ..Default::default()
        };
        Configured { provider: Provider { id, settings, password }, route_id, route }
    }
}

/// Returns the id that all servers derive from a name (UUIDv5).
fn derived(name: &str) -> Uuid {
    let hash = Sha1::new().chain_update(NAMESPACE.as_bytes()).chain_update(name).finalize();
    uuid::Builder::from_sha1_bytes(std::array::from_fn(|at| hash[at])).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_derived_from_the_name() {
        let read = |text: &str| Configured::new(&text.parse().unwrap(), None);
        let (one, again) = (read("sip:a:one@sip.example"), read("sip:a:two@sip.example:5060;transport=udp"));
        assert_eq!((one.provider.id, one.route_id), (again.provider.id, again.route_id));
        assert_eq!(one.provider.id.get_version_num(), 5);
        assert_ne!(one.provider.id, one.route_id);
        assert_ne!(one.provider.id, read("sip:b:one@sip.example").provider.id);
        assert_eq!((one.provider.password(), one.provider.sip().has_password), ("one", true));
        let filed = Configured::new(&"sip:a:one@sip.example".parse().unwrap(), Some("three".to_owned()));
        assert_eq!(filed.provider.password(), "three");
        let bare = read("sip:sip.example");
        assert_eq!((bare.provider.sip().username.as_str(), bare.provider.sip().has_password), ("", false));
        assert_eq!(bare.route.provider_id, bare.provider.id.to_string());
    }

    #[test]
    fn ids_are_those_of_the_standard() {
        // RFC 9562 A.4: www.example.com in the namespace of DNS names.
        let dns = Uuid::from_u128(0x6ba7_b810_9dad_11d1_80b4_00c0_4fd4_30c8);
        let hash = Sha1::new().chain_update(dns.as_bytes()).chain_update("www.example.com").finalize();
        let id = uuid::Builder::from_sha1_bytes(std::array::from_fn(|at| hash[at])).into_uuid();
        assert_eq!(id.to_string(), "2ed6657d-e927-568b-95e1-2665a8aea6a2");
    }
}
