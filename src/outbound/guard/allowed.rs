//! The internal destinations that an operator allows: `host[:port]`, `address[:port]` or `network[:port]`.

use super::canonical;
use ipnet::IpNet;
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;
use url::Host;

/// An internal destination that the operator allows: one value of `--outbound-allow`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Allowed {
    place: Place,
    pub ports: Ports,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Place {
    /// Every address of a network.
    Network(IpNet),
    /// Any address that this host name, and only this name, resolves to. Lower case, without a trailing dot.
    Host(String),
}

/// The ports of a destination that are allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ports {
    /// 80 and 443: an internal web server, and not the database next to it.
    Web,
    One(u16),
    /// All, written as `:*`.
    All,
}

impl Ports {
    pub const WEB: [u16; 2] = [80, 443];

    fn contain(self, port: u16) -> bool {
        match self {
            Ports::Web => Ports::WEB.contains(&port),
            Ports::One(one) => one == port,
            Ports::All => true,
        }
    }
}

impl Allowed {
    /// Returns whether `host` may be reached at this address, which is in canonical form, and port.
    pub(super) fn permits(&self, host: &str, address: IpAddr, port: u16) -> bool {
        self.ports.contain(port)
            && match &self.place {
                Place::Network(network) => network.contains(&address),
                Place::Host(name) => *name == canonical(host),
            }
    }
}

impl FromStr for Allowed {
    type Err = String;

    fn from_str(text: &str) -> Result<Allowed, String> {
        let wrong = || {
            format!(
                "{text:?} is neither a host name, nor an address, nor a network (10.1.0.0/16), with or without a :port"
            )
        };
        let (place, port) = split(text).ok_or_else(wrong)?;
        let ports = match port {
            None => Ports::Web,
            Some("*") => Ports::All,
            // A number as u16 reads it may have a sign.
            Some(port) if port.bytes().all(|byte| byte.is_ascii_digit()) => match port.parse() {
                Ok(port) if port > 0 => Ports::One(port),
                _ => return Err(format!("{text:?} has the port {port}; expected 1 to 65535, or * for all")),
            },
            Some(_) => return Err(wrong()),
        };
        if place.contains('/') {
            let network: IpNet = place.parse().map_err(|_| wrong())?;
            // 10.1.2.3/8 may mean one address or sixteen million.
            return match network.trunc() == network {
                true => Ok(Allowed { place: Place::Network(network), ports }),
                false => Err(format!("{place} has bits set after its prefix; the network is {}", network.trunc())),
            };
        }
        if let Ok(address) = place.parse::<IpAddr>() {
            return Ok(Allowed { place: Place::Network(address.to_canonical().into()), ports });
        }
        let name = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
        match Host::parse(place) {
            Ok(Host::Domain(host)) if place.chars().all(name) => {
                Ok(Allowed { place: Place::Host(canonical(&host)), ports })
            }
            _ => Err(wrong()),
        }
    }
}

/// Splits a destination from its port. IPv6 has colons of its own, so brackets separate its port, as in URLs.
fn split(text: &str) -> Option<(&str, Option<&str>)> {
    if let Some(rest) = text.strip_prefix('[') {
        let (place, after) = rest.split_once(']')?;
        return match after.strip_prefix(':') {
            _ if !place.contains(':') => None,
            None if after.is_empty() => Some((place, None)),
            None => None,
            port => Some((place, port)),
        };
    }
    // A prefix length has no colon, so the last one after it begins a port.
    let from = text.find('/').unwrap_or_default();
    match text[from..].rfind(':').map(|at| from + at) {
        Some(at) if text.parse::<IpAddr>().is_err() => Some((&text[..at], Some(&text[at + 1..]))),
        _ => Some((text, None)),
    }
}

impl fmt::Display for Allowed {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let bracketed = matches!(self.place, Place::Network(IpNet::V6(_))) && self.ports != Ports::Web;
        match &self.place {
            Place::Network(network) if bracketed => write!(f, "[{network}]")?,
            Place::Network(network) => network.fmt(f)?,
            Place::Host(host) => host.fmt(f)?,
        }
        match self.ports {
            Ports::Web => Ok(()),
            Ports::One(port) => write!(f, ":{port}"),
            Ports::All => f.write_str(":*"),
        }
    }
}
