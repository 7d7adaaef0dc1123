//! The addresses that requests are not sent to: those inside the operator's network, which a customer's URL must not reach.
//!
//! The guard checks addresses, not names: a name may resolve to any address, and to another one a moment later. So it
//! checks the addresses that a name was resolved to, and the connection goes to exactly the address that passed.

mod allowed;

pub use allowed::{Allowed, Ports};

use ipnet::{Ipv4Net, Ipv6Net};
use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

/// The reason why an address is refused: the kind of range that contains it, in a word or two.
pub type Range = &'static str;

/// The "range" of the addresses that this server itself listens on.
pub const OWN: Range = "this server's own";

/// Decides which addresses may be connected to.
#[derive(Debug, Clone, Default)]
pub struct Guard {
    allowed: Vec<Allowed>,
    /// The addresses that this server listens on, which are refused whatever is allowed: a request that comes from the
    /// server itself passes what protects them, such as a firewall or a listener on loopback.
    own: Vec<SocketAddr>,
}

impl Guard {
    pub fn new(allowed: impl IntoIterator<Item = Allowed>, own: Vec<SocketAddr>) -> Guard {
        Guard { allowed: allowed.into_iter().collect(), own }
    }

    /// Returns a guard that allows these destinations too: those of one customer.
    pub fn and(&self, more: &[Allowed]) -> Guard {
        Guard { allowed: self.allowed.iter().chain(more).cloned().collect(), own: self.own.clone() }
    }

    /// Checks whether `host`, as written in the URL, may be reached at this address and port.
    pub fn check(&self, host: &str, address: IpAddr, port: u16) -> Result<(), Range> {
        // A connection to ::ffff:10.0.0.1 goes to 10.0.0.1, so that is the address to look for.
        let plain = address.to_canonical();
        if self.own.iter().any(|own| own.port() == port && listens(own.ip(), plain)) {
            return Err(OWN);
        }
        let Some(range) = range(address) else { return Ok(()) };
        match self.allowed.iter().any(|allowed| allowed.permits(host, plain, port)) {
            true => Ok(()),
            false => Err(range),
        }
    }

    /// Checks a name before it is resolved. Every name passes except `localhost` and its subdomains: they always
    /// mean this machine (RFC 6761 §6.3), and pass only if its loopback address is allowed.
    pub fn check_name(&self, name: &str, port: u16) -> Result<(), Range> {
        match canonical(name).rsplit('.').next() == Some("localhost") {
            true => self
                .check(name, Ipv4Addr::LOCALHOST.into(), port)
                .or_else(|_| self.check(name, Ipv6Addr::LOCALHOST.into(), port)),
            false => Ok(()),
        }
    }

    /// Returns a port for which this guard decides like for `port`: `port` itself if it is mentioned anywhere, 0 for all
    /// others. So there are only as many different ports as the operator has mentioned.
    pub fn port_class(&self, port: u16) -> u16 {
        let mentioned = Ports::WEB.contains(&port)
            || self.own.iter().any(|own| own.port() == port)
            || self.allowed.iter().any(|allowed| allowed.ports == Ports::One(port));
        if mentioned { port } else { 0 }
    }
}

/// Returns whether a listener on the address `own` accepts connections to `address`.
fn listens(own: IpAddr, address: IpAddr) -> bool {
    let own = own.to_canonical();
    // A connection to 0.0.0.0 goes to 127.0.0.1, on most systems.
    let address = match embedded(address) {
        _ if address.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        Some(inner) => IpAddr::V4(inner),
        None => address,
    };
    match own.is_unspecified() {
        true => is_local(address),
        false => own == address,
    }
}

/// Returns whether an address is one of this machine, or that cannot be found out. A socket can be bound to those only.
/// Nothing is sent.
fn is_local(address: IpAddr) -> bool {
    let bound = || UdpSocket::bind((address, 0));
    address.is_loopback() || !bound().is_err_and(|error| error.kind() == ErrorKind::AddrNotAvailable)
}

/// Returns a host name in the form of the list. `host.` and `host` are the same name.
fn canonical(host: &str) -> String {
    host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase()
}

/// Returns the range because of which an address is refused, or `None` for addresses of the public internet.
pub fn range(address: IpAddr) -> Option<Range> {
    match address {
        IpAddr::V4(address) => range_v4(address),
        IpAddr::V6(address) => range_v6(address),
    }
}

const fn v4(a: u8, b: u8, c: u8, d: u8, prefix: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix)
}

const fn v6(a: u16, b: u16, c: u16, prefix: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0), prefix)
}

/// IANA's special-purpose registry for IPv4 (RFC 6890), multicast (RFC 5771), and the two addresses outside of it where
/// clouds serve a machine's metadata and secrets. The first match is reported.
const REFUSED_V4: [(Ipv4Net, Range); 18] = [
    (v4(169, 254, 169, 254, 32), "cloud metadata"),
    (v4(100, 100, 100, 200, 32), "cloud metadata"),
    (v4(168, 63, 129, 16, 32), "cloud metadata"),
    (v4(0, 0, 0, 0, 8), "unspecified"),
    (v4(10, 0, 0, 0, 8), "private"),
    (v4(100, 64, 0, 0, 10), "carrier-grade NAT"),
    (v4(127, 0, 0, 0, 8), "loopback"),
    (v4(169, 254, 0, 0, 16), "link-local"),
    (v4(172, 16, 0, 0, 12), "private"),
    (v4(192, 0, 0, 0, 24), "reserved for protocols"),
    (v4(192, 0, 2, 0, 24), "documentation"),
    (v4(192, 88, 99, 0, 24), "6to4 relays"),
    (v4(192, 168, 0, 0, 16), "private"),
    (v4(198, 18, 0, 0, 15), "benchmarking"),
    (v4(198, 51, 100, 0, 24), "documentation"),
    (v4(203, 0, 113, 0, 24), "documentation"),
    (v4(224, 0, 0, 0, 4), "multicast"),
    (v4(240, 0, 0, 0, 4), "reserved or broadcast"),
];

fn range_v4(address: Ipv4Addr) -> Option<Range> {
    REFUSED_V4.iter().find(|(net, _)| net.contains(&address)).map(|(_, range)| *range)
}

/// The only part of IPv6 that is allocated as global unicast (RFC 4291 §2.4, IANA). Everything else is refused, so that
/// a range defined in the future is refused today.
const GLOBAL_V6: Ipv6Net = v6(0x2000, 0, 0, 3);

/// The ranges within it that are refused, and the ranges outside it that have a name. The first match is reported.
const REFUSED_V6: [(Ipv6Net, Range); 8] = [
    // Teredo, benchmarking (2001:2::/48), ORCHID: all "protocol assignments" (RFC 2928).
    (v6(0x2001, 0, 0, 23), "reserved for protocols"),
    (v6(0x2001, 0xdb8, 0, 32), "documentation"),
    (v6(0x3fff, 0, 0, 20), "documentation"),
    (v6(0xfc00, 0, 0, 7), "private"),
    (v6(0xfe80, 0, 0, 10), "link-local"),
    (v6(0xfec0, 0, 0, 10), "site-local"),
    (v6(0xff00, 0, 0, 8), "multicast"),
    (v6(0x64, 0xff9b, 1, 48), "NAT64 of a local network"),
];

fn range_v6(address: Ipv6Addr) -> Option<Range> {
    // AWS serves its metadata here too. The address is also private, but the history should show what the request was
    // for.
    if address == Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254) {
        return Some("cloud metadata");
    }
    match address {
        Ipv6Addr::UNSPECIFIED => return Some("unspecified"),
        Ipv6Addr::LOCALHOST => return Some("loopback"),
        _ => {}
    }
    if let Some(inner) = embedded(address) {
        return range_v4(inner);
    }
    match REFUSED_V6.iter().find(|(net, _)| net.contains(&address)) {
        Some((_, range)) => Some(range),
        None => (!GLOBAL_V6.contains(&address)).then_some("not a public address"),
    }
}

/// Returns the IPv4 address that a packet to this address ends up at: IPv4-mapped (RFC 4291 §2.5.5.2), NAT64 (RFC 6052)
/// and 6to4 (RFC 3056). The IPv4-compatible form is not included: it is obsolete and refused as a whole.
fn embedded(address: impl Into<IpAddr>) -> Option<Ipv4Addr> {
    let IpAddr::V6(address) = address.into() else { return None };
    let of = |high: u16, low: u16| Some(Ipv4Addr::from(u32::from(high) << 16 | u32::from(low)));
    match address.segments() {
        [0, 0, 0, 0, 0, 0xffff, high, low] => of(high, low),
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => of(high, low),
        [0x2002, high, low, ..] => of(high, low),
        _ => None,
    }
}
