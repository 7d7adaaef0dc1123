//! Where a call to an address goes: numbers take the routes, and SIP addresses lead to providers alone.

use super::{Carriers, Hop, Provider};
use crate::error::{Error, Reason, Result};
use crate::model::call::{Address, AddressType};
use std::net::IpAddr;
use uuid::Uuid;

/// The most digits of a name at a provider: enough for an extension, and fewer than a number that costs money has. Whoever
/// writes a number there must write it with its `+`, so that routes and ranges apply to it.
const MAX_DIGITS: usize = 4;

/// A SIP address, `user@host` with an optional port.
struct SipAddress<'a> {
    user: &'a str,
    host: &'a str,
    port: Option<u16>,
}

impl Carriers {
    /// Returns the providers that a call to an address tries, in order: one to three. A SIP address must be one of a provider
    /// to which a route leads: a route to the number that the address begins with, or to all destinations if it is a name.
    /// Fails with `NO_ROUTE`, and with `DESTINATION_NOT_ALLOWED`.
    pub fn hops_to(&self, customer_id: Uuid, destination: &Address) -> Result<Vec<Hop>> {
        let target = destination.target.as_str();
        match destination.kind {
            AddressType::Tel => self.hops(customer_id, target),
            AddressType::Sip => self.hops_to_sip(customer_id, target),
            AddressType::Extension => Err(no_route(target, "no phone can register yet")),
        }
    }

    fn hops_to_sip(&self, customer_id: Uuid, target: &str) -> Result<Vec<Hop>> {
        let address = SipAddress::parse(target).ok_or_else(|| no_route(target, "it is no SIP address"))?;
        let of_provider = |provider: &Provider| address.is_at(provider);
        if !self.table().providers().any(|provider| of_provider(provider)) {
            return Err(no_route(target, &format!("{} is no provider", address.host)));
        }
        let is_number = address.user.starts_with('+');
        if !(is_number && crate::model::call::is_e164(address.user) || address.is_name()) {
            let expected = format!("+ and digits, or a name with at most {MAX_DIGITS} digits, before the @");
            let message = format!("calls to {target} are not allowed: expected {expected}");
            return Err(Error::field(Reason::DestinationNotAllowed, "destination", message));
        }
        let hops = self.hops_by(customer_id, address.user, target, of_provider)?;
        // Prefixes and postfixes belong to numbers.
        let named = |hop: Hop| if is_number { hop } else { Hop { dialled: address.user.to_owned(), ..hop } };
        Ok(hops.into_iter().map(named).collect())
    }
}

impl SipAddress<'_> {
    fn parse(text: &str) -> Option<SipAddress<'_>> {
        let (user, rest) = text.split_once('@')?;
        let (host, port) = match rest.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, Some(port.parse().ok()?)),
            _ => (rest, None),
        };
        Some(SipAddress { user, host: host.trim_start_matches('[').trim_end_matches(']'), port })
    }

    /// Whether this is an address at a provider.
    fn is_at(&self, provider: &Provider) -> bool {
        let hostname = provider.settings.hostname.as_str();
        let same = match (self.host.parse::<IpAddr>(), hostname.parse::<IpAddr>()) {
            (Ok(one), Ok(other)) => one == other,
            _ => self.host.eq_ignore_ascii_case(hostname),
        };
        same && self.port.is_none_or(|port| i32::from(port) == provider.sip().port)
    }

    fn is_name(&self) -> bool {
        let digits = self.user.bytes().filter(u8::is_ascii_digit).count();
        let plain = |it: u8| it.is_ascii_alphanumeric() || b"._-".contains(&it);
        !self.user.is_empty() && digits <= MAX_DIGITS && self.user.bytes().all(plain)
    }
}

fn no_route(target: &str, why: &str) -> Error {
    Error::new(Reason::NoRoute, format!("no provider takes calls to {target}: {why}"))
}
