use super::*;

fn headers(lines: &[(&str, &str)]) -> HeaderMap {
    lines.iter().map(|(name, value)| (name.parse::<HeaderName>().unwrap(), value.parse().unwrap())).collect()
}

#[track_caller]
fn check(peer: &str, lines: &[(&str, &str)], expect: &str) {
    let proxies = TrustedProxies::new(&["10.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()]);
    let address = ClientAddress::of(peer.parse().unwrap(), &headers(lines), &proxies);
    assert_eq!(address.ip(), expect.parse::<IpAddr>().unwrap(), "{peer} {lines:?}");
}

#[test]
fn a_stranger_names_nobody_else() {
    check("192.0.2.1", &[], "192.0.2.1");
    check("192.0.2.1", &[("forwarded", "for=198.51.100.7")], "192.0.2.1");
    check("192.0.2.1", &[("x-forwarded-for", "198.51.100.7, 10.0.0.1")], "192.0.2.1");
    check("::ffff:192.0.2.1", &[], "192.0.2.1");
}

#[test]
fn a_trusted_proxy_names_its_client() {
    check("10.0.0.1", &[], "10.0.0.1");
    check("10.0.0.1", &[("forwarded", "for=198.51.100.7;proto=https;by=10.0.0.1")], "198.51.100.7");
    check("10.0.0.1", &[("forwarded", r#"proto=https; FOR="198.51.100.7:4711""#)], "198.51.100.7");
    check("10.0.0.1", &[("forwarded", r#"for="[2001:db8::1]:4711""#)], "2001:db8::1");
    check("::ffff:10.0.0.1", &[("x-forwarded-for", "198.51.100.7")], "198.51.100.7");
    check("10.0.0.1", &[("x-forwarded-for", "198.51.100.7:55555")], "198.51.100.7");
    check("10.0.0.1", &[("x-forwarded-for", "2001:db8::1")], "2001:db8::1");
    check("fd00::1", &[("x-forwarded-for", "[2001:db8::1]:80")], "2001:db8::1");
}

#[test]
fn what_the_client_wrote_before_the_proxies_does_not_count() {
    check("10.0.0.1", &[("x-forwarded-for", "127.0.0.1, 198.51.100.7")], "198.51.100.7");
    check("10.0.0.1", &[("x-forwarded-for", "127.0.0.1, 198.51.100.7, 10.2.2.2")], "198.51.100.7");
    check("10.0.0.1", &[("x-forwarded-for", "127.0.0.1"), ("x-forwarded-for", "198.51.100.7")], "198.51.100.7");
    // A quote that the client opens does not hide what the proxy appends.
    check("10.0.0.1", &[("forwarded", r#"for="127.0.0.1, for=198.51.100.7"#)], "198.51.100.7");
    check("10.0.0.1", &[("forwarded", "for=127.0.0.1, for=198.51.100.7, for=10.2.2.2")], "198.51.100.7");
}

#[test]
fn without_a_readable_address_the_last_proxy_counts() {
    check("10.0.0.1", &[("forwarded", "for=unknown")], "10.0.0.1");
    check("10.0.0.1", &[("forwarded", "for=198.51.100.7, for=_hidden, for=10.2.2.2")], "10.2.2.2");
    check("10.0.0.1", &[("forwarded", "proto=https")], "10.0.0.1");
    check("10.0.0.1", &[("x-forwarded-for", "")], "10.0.0.1");
    check("10.0.0.1", &[("x-forwarded-for", "10.2.2.2, 10.3.3.3")], "10.2.2.2");
    let long = "10.2.2.2, ".repeat(100) + "10.3.3.3";
    check("10.0.0.1", &[("x-forwarded-for", &long)], "10.2.2.2");
}

#[test]
fn headers_that_differ_name_nobody() {
    let both = |one, other| [("forwarded", one), ("x-forwarded-for", other)];
    check("10.0.0.1", &both("for=198.51.100.7", "198.51.100.7"), "198.51.100.7");
    check("10.0.0.1", &both("for=127.0.0.1", "198.51.100.7"), "10.0.0.1");
}

#[test]
fn a_forwarded_request_is_not_local() {
    let local = |peer: &str, lines: &[(&str, &str)]| {
        let proxies = TrustedProxies::new(&["127.0.0.1/32".parse().unwrap()]);
        let headers = headers(lines);
        ClientAddress::of(peer.parse().unwrap(), &headers, &proxies).is_local(&headers)
    };
    assert!(local("127.0.0.1", &[]) && local("::1", &[]) && local("::ffff:127.0.0.1", &[]));
    assert!(!local("192.0.2.1", &[]));
    for name in ["forwarded", "x-forwarded-for", "x-real-ip"] {
        assert!(!local("127.0.0.1", &[(name, "127.0.0.1")]) && !local("::1", &[(name, "for=127.0.0.1")]), "{name}");
    }
}

#[test]
fn a_network_is_an_address_or_a_64() {
    let check = |address: &str, expect: &str| {
        assert_eq!(network(address.parse().unwrap()), expect.parse::<IpAddr>().unwrap());
    };
    check("192.0.2.1", "192.0.2.1");
    check("::ffff:192.0.2.1", "192.0.2.1");
    check("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::");
    check("::1", "::");
}
