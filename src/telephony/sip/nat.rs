//! Peers behind NAT: a Contact that cannot be reached from here is replaced by where the message came from.

use super::message::NameAddr;
use super::uri::Uri;
use std::net::{IpAddr, SocketAddr};

/// Where an address can be reached from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Realm {
    Loopback,
    /// A private network: its first bytes.
    Private(u8, u8),
    Public,
}

/// Returns the Contact to use instead: the same, with the host and port of the source, if its host is a private address and
/// the source is of another network. A name or a public address is left alone.
pub fn near_contact(contact: &str, from: SocketAddr) -> Option<String> {
    let address = NameAddr::parse(contact)?;
    let uri = Uri::parse(&address.uri)?;
    let host: IpAddr = uri.host.trim_start_matches('[').trim_end_matches(']').parse().ok()?;
    let realm = realm(host);
    if realm == Realm::Public || realm == self::realm(from.ip()) {
        return None;
    }
    let user = address.uri.rfind('@').and_then(|at| address.uri.get(..=at));
    let user = user.and_then(|it| it.split_once(':')).map_or("", |(_, user)| user);
    Some(format!("<sip:{user}{from}>"))
}

fn realm(ip: IpAddr) -> Realm {
    let IpAddr::V4(ip) = ip.to_canonical() else {
        return if ip.is_loopback() { Realm::Loopback } else { Realm::Public };
    };
    match ip.octets() {
        [127, ..] => Realm::Loopback,
        [10, ..] => Realm::Private(10, 0),
        [172, 16..=31, ..] => Realm::Private(172, 16),
        [192, 168, ..] => Realm::Private(192, 168),
        [169, 254, ..] => Realm::Private(169, 254),
        [100, 64..=127, ..] => Realm::Private(100, 64),
        _ => Realm::Public,
    }
}

#[cfg(test)]
mod tests {
    use super::near_contact;

    #[test]
    fn a_contact_that_cannot_be_reached_is_replaced() {
        let near = |contact: &str, from: &str| near_contact(contact, from.parse().unwrap());
        for (contact, from, expected) in [
            ("<sip:bob@10.9.9.9:5070;ob>", "127.0.0.1:5090", Some("<sip:bob@127.0.0.1:5090>")),
            ("sip:10.9.9.9", "198.51.100.7:1024", Some("<sip:198.51.100.7:1024>")),
            ("<sip:bob@192.168.1.2>", "192.168.7.7:5060", None),
            ("<sip:bob@192.168.1.2>", "10.0.0.1:5060", Some("<sip:bob@10.0.0.1:5060>")),
            ("<sip:bob@198.51.100.9>", "198.51.100.7:5060", None),
            ("<sip:bob@pbx.example>", "198.51.100.7:5060", None),
            ("<sip:bob@127.0.0.1:5080>", "127.0.0.1:5090", None),
            ("<sip:bob@127.0.0.1:5080>", "198.51.100.7:5060", Some("<sip:bob@198.51.100.7:5060>")),
            ("*", "198.51.100.7:5060", None),
        ] {
            assert_eq!(near(contact, from).as_deref(), expected, "{contact} from {from}");
        }
    }
}
