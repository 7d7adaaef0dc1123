//! The address of the client that sent a request: the peer of the connection, or the client that a trusted proxy names in
//! `Forwarded` (RFC 7239) or `X-Forwarded-For`.

use http::{HeaderMap, HeaderName, header};
use ipnet::IpNet;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const X_REAL_IP: HeaderName = HeaderName::from_static("x-real-ip");

/// The maximum number of trusted proxies that a request passes.
const MAX_HOPS: usize = 32;

/// The address of the client that sent a request: an extension of the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientAddress(IpAddr);

/// The proxies whose headers are believed. Cheap to clone.
#[derive(Debug, Clone)]
pub struct TrustedProxies(Arc<[IpNet]>);

impl TrustedProxies {
    pub fn new(networks: &[IpNet]) -> TrustedProxies {
        TrustedProxies(networks.into())
    }

    /// Returns whether an address belongs to a trusted proxy.
    pub fn contain(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }
}

impl ClientAddress {
    /// Returns the address of the client that sent a request over a connection from `peer`.
    ///
    /// Each proxy appends the address of its own client. The headers are therefore read from their end, and the first
    /// address that is not a trusted proxy is the client: whatever comes before it, the client wrote itself. A proxy that
    /// knows only one of the two headers passes on what a client writes into the other. If they differ, the address of the
    /// proxy counts.
    pub fn of(peer: IpAddr, headers: &HeaderMap, proxies: &TrustedProxies) -> ClientAddress {
        let peer = peer.to_canonical();
        if !proxies.contain(peer) {
            return ClientAddress(peer);
        }
        let client = |name, read: fn(&str) -> Option<IpAddr>| {
            headers.contains_key(&name).then(|| client(elements(headers, &name), read, proxies).unwrap_or(peer))
        };
        match (client(header::FORWARDED, forwarded_for), client(X_FORWARDED_FOR, node)) {
            (Some(one), Some(other)) if one == other => ClientAddress(one),
            (Some(one), None) | (None, Some(one)) => ClientAddress(one),
            _ => ClientAddress(peer),
        }
    }

    pub fn ip(self) -> IpAddr {
        self.0
    }

    /// Returns the address under which limits count this client.
    pub fn network(self) -> IpAddr {
        network(self.0)
    }

    /// Returns whether a request comes from this machine and no proxy has forwarded it: behind a proxy on this machine,
    /// every request would come from this machine.
    pub fn is_local(self, headers: &HeaderMap) -> bool {
        let forwarded = [header::FORWARDED, X_FORWARDED_FOR, X_REAL_IP].iter().any(|name| headers.contains_key(name));
        self.0.is_loopback() && !forwarded
    }
}

/// Returns the address under which limits count an address. A customer of an internet provider usually has a /64 of IPv6
/// for itself, so that all of its addresses count as one.
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX))),
    }
}

/// Returns the elements of a header that is a list, the last one first.
fn elements<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    let lines = headers.get_all(name).into_iter().rev();
    lines.flat_map(|line| line.to_str().unwrap_or_default().rsplit(','))
}

/// Returns the first address that is not a proxy's, or the last proxy before an element without an address.
fn client<'a>(
    elements: impl Iterator<Item = &'a str>,
    read: fn(&str) -> Option<IpAddr>,
    proxies: &TrustedProxies,
) -> Option<IpAddr> {
    let mut client = None;
    for element in elements.take(MAX_HOPS) {
        match read(element) {
            Some(address) if proxies.contain(address) => client = Some(address),
            Some(address) => return Some(address),
            None => break,
        }
    }
    client
}

/// Reads `for` of an element of `Forwarded`: `for="[2001:db8::1]:4711";proto=https`.
fn forwarded_for(element: &str) -> Option<IpAddr> {
    let pairs = element.split(';').filter_map(|pair| pair.split_once('='));
    let (_, value) = pairs.into_iter().find(|(name, _)| name.trim().eq_ignore_ascii_case("for"))?;
    node(value)
}

/// Reads an address with or without a port. None: it is unknown or obfuscated (RFC 7239 §6).
fn node(text: &str) -> Option<IpAddr> {
    let text = text.trim().trim_matches('"');
    let address = match (text.strip_prefix('['), text.split_once(':')) {
        (Some(rest), _) => rest.split_once(']')?.0,
        (None, Some((address, port))) if !port.contains(':') => address,
        (None, _) => text,
    };
    address.parse::<IpAddr>().ok().map(|it| it.to_canonical())
}

#[cfg(test)]
#[path = "client_address_tests.rs"]
mod tests;
