//! Which addresses are refused, and what the operator may write to let one pass.

use ringdown::outbound::guard::{Allowed, Guard, OWN, range};

#[test]
fn addresses_inside_are_refused_by_range() {
    let table = [
        ("cloud metadata", "169.254.169.254 100.100.100.200 168.63.129.16 fd00:ec2::254 ::ffff:169.254.169.254"),
        ("unspecified", "0.0.0.0 0.0.0.1 0.255.255.255 :: ::ffff:0.0.0.0"),
        ("loopback", "127.0.0.1 127.0.0.2 127.255.255.255 ::1 ::ffff:127.0.0.1 64:ff9b::127.0.0.1 2002:7f00:1::"),
        ("private", "10.0.0.0 10.255.255.255 172.16.0.0 172.31.255.255 192.168.0.0 192.168.255.255 fc00:: fdff::1"),
        ("private", "::ffff:10.0.0.1 ::ffff:192.168.1.1 64:ff9b::10.0.0.1 2002:a00:1:: 2002:c0a8:101::1 fd00:ec2::255"),
        ("carrier-grade NAT", "100.64.0.0 100.127.255.255 ::ffff:100.64.0.1 64:ff9b::100.64.0.1"),
        ("link-local", "169.254.0.0 169.254.255.255 fe80::1 febf::1 2002:a9fe:101::"),
        ("reserved for protocols", "192.0.0.0 192.0.0.192 192.0.0.255 2001::1 2001:2::1 2001:10::1 2001:1ff::1"),
        ("documentation", "192.0.2.1 198.51.100.1 203.0.113.255 2001:db8::1 3fff::1 3fff:fff::1"),
        ("6to4 relays", "192.88.99.1"),
        ("benchmarking", "198.18.0.0 198.19.255.255 64:ff9b::198.18.0.1"),
        ("multicast", "224.0.0.1 239.255.255.255 ff02::1 ff0e::1 ::ffff:224.0.0.1"),
        ("reserved or broadcast", "240.0.0.0 255.255.255.255 ::ffff:255.255.255.255"),
        ("site-local", "fec0::1 feff::1"),
        ("NAT64 of a local network", "64:ff9b:1::1 64:ff9b:1:ffff::10.0.0.1"),
        // IPv4-compatible, discard-only, segment routing, and what nobody was given yet.
        ("not a public address", "::2 ::127.0.0.1 ::8.8.8.8 ::ffff:0:8.8.8.8 100::1 5f00::1 4000::1 e000::1"),
    ];
    for (expect, addresses) in table {
        for address in addresses.split(' ') {
            assert_eq!(range(address.parse().unwrap()), Some(expect), "{address}");
        }
    }
}

#[test]
fn addresses_of_the_public_internet_pass() {
    let public = "1.0.0.0 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0 169.253.255.255 \
                  169.255.0.0 172.15.255.255 172.32.0.0 192.0.1.0 192.0.3.0 192.167.255.255 192.169.0.0 198.17.255.255 \
                  198.20.0.0 223.255.255.255 2001:200:: 2001:db7:ffff:: 2001:db9:: 2606:4700::1111 2a00:: 3ffe:: 3fff:1000:: \
                  ::ffff:8.8.8.8 64:ff9b::8.8.8.8 2002:808:808::";
    for address in public.split_whitespace() {
        assert_eq!(range(address.parse().unwrap()), None, "{address}");
    }
}

fn guard(allow: &str) -> Guard {
    Guard::new(allow.split_whitespace().map(|allowed| allowed.parse().unwrap()), Vec::new())
}

#[test]
fn what_the_operator_lists_passes_and_nothing_beside_it() {
    // allowed; host; address; whether it passes
    let table = [
        ("", "a.example", "10.0.0.1", false),
        ("10.1.0.0/16", "a.example", "10.1.255.255", true),
        ("10.1.0.0/16", "a.example", "::ffff:10.1.0.1", true),
        ("10.1.0.0/16", "a.example", "10.2.0.0", false),
        // A tunnel to an allowed address is still a tunnel.
        ("10.1.0.0/16", "a.example", "64:ff9b::10.1.0.1", false),
        ("127.0.0.1", "a.example", "127.0.0.1", true),
        ("127.0.0.1", "a.example", "127.0.0.2", false),
        ("[::1]", "a.example", "::1", true),
        ("fd00::/8 10.0.0.0/8", "a.example", "fd12::1", true),
        ("fd00::/8 10.0.0.0/8", "a.example", "fe80::1", false),
        ("hooks.internal", "hooks.internal", "192.168.7.7", true),
        ("Hooks.Internal.", "hooks.internal", "192.168.7.7", true),
        ("hooks.internal", "HOOKS.internal.", "192.168.7.7", true),
        ("hooks.internal", "other.internal", "192.168.7.7", false),
        ("hooks.internal", "a.hooks.internal", "192.168.7.7", false),
        ("hooks.internal", "192.168.7.7", "192.168.7.7", false),
        ("0.0.0.0/0 ::/0", "a.example", "169.254.169.254", true),
    ];
    for (allow, host, address, passes) in table {
        assert_eq!(
            guard(allow).check(host, address.parse().unwrap(), 443).is_ok(),
            passes,
            "{allow}: {host} at {address}"
        );
    }
}

#[test]
fn names_are_judged_when_they_are_resolved_but_for_this_machines_own() {
    let table = [
        ("", "a.example", true),
        ("", "localhost", false),
        ("", "LOCALHOST.", false),
        ("", "hooks.localhost", false),
        ("", "localhost.example", true),
        ("", "notlocalhost", true),
        ("127.0.0.1", "localhost", true),
        ("::1", "localhost", true),
        ("localhost", "localhost", true),
        ("localhost", "hooks.localhost", false),
        ("10.0.0.0/8", "localhost", false),
    ];
    for (allow, name, passes) in table {
        assert_eq!(guard(allow).check_name(name, 80).is_ok(), passes, "{allow}: {name}");
    }
}

#[test]
fn ports_are_those_of_web_servers_unless_they_are_named() {
    // allowed; ports that pass; ports that do not
    let table: [(&str, &[u16], &[u16]); 10] = [
        ("10.0.0.1", &[80, 443], &[1, 5432, 8080, 9090, 65_535]),
        ("10.0.0.0/8", &[80, 443], &[8080]),
        ("inside.example", &[80, 443], &[8080]),
        ("10.0.0.1:8080", &[8080], &[80, 443, 8081]),
        ("10.0.0.0/8:8080", &[8080], &[80]),
        ("inside.example:8080", &[8080], &[80]),
        ("10.0.0.1:*", &[1, 80, 65_535], &[]),
        ("10.0.0.0/8:*", &[1, 80, 65_535], &[]),
        ("inside.example:*", &[1, 80, 65_535], &[]),
        ("10.0.0.1:8080 inside.example:9090 10.0.0.1", &[80, 443, 8080, 9090], &[81]),
    ];
    for (allow, pass, refused) in table {
        let guard = guard(allow);
        let check = |port| guard.check("inside.example", "10.0.0.1".parse().unwrap(), port).is_ok();
        assert!(pass.iter().all(|port| check(*port)) && !refused.iter().any(|port| check(*port)), "{allow}");
        // Ports that are not mentioned are all alike.
        for port in pass.iter().chain(refused) {
            assert_eq!(check(guard.port_class(*port)), check(*port), "{allow}: {port}");
        }
    }
    let six = guard("[fd00::1]:8080 [fd01::/16]:9 fd02::/16:7 fd03::1");
    for (address, port, passes) in [
        ("fd00::1", 8080, true),
        ("fd00::1", 80, false),
        ("fd01::2", 9, true),
        ("fd02::2", 7, true),
        ("fd03::1", 443, true),
        ("fd03::1", 444, false),
    ] {
        assert_eq!(six.check("a.example", address.parse().unwrap(), port).is_ok(), passes, "{address} {port}");
    }
}

#[test]
fn a_server_is_closed_to_itself_whatever_is_allowed() {
    // listens on; address; whether it is refused
    let table = [
        ("127.0.0.1:9", "127.0.0.1", true),
        ("127.0.0.1:9", "::ffff:127.0.0.1", true),
        ("127.0.0.1:9", "0.0.0.0", true),
        ("127.0.0.1:9", "64:ff9b::127.0.0.1", true),
        ("127.0.0.1:9", "127.0.0.2", false),
        ("[::1]:9", "::1", true),
        ("0.0.0.0:9", "127.3.2.1", true),
        ("0.0.0.0:9", "::1", true),
        ("[::]:9", "127.0.0.1", true),
        ("[::]:9", "10.255.255.254", false),
        // A public address of this machine would be as bad.
        ("8.8.8.8:9", "8.8.8.8", true),
        ("[::]:9", "8.8.8.8", false),
    ];
    for (listens, address, refused) in table {
        let guard = Guard::new(["0.0.0.0/0:*", "::/0:*"].map(|it| it.parse().unwrap()), vec![listens.parse().unwrap()]);
        let guard = guard.and(&["127.0.0.1:9".parse().unwrap()]);
        let address = address.parse().unwrap();
        assert_eq!(guard.check("a.example", address, 9) == Err(OWN), refused, "{listens}: {address}");
        assert_eq!(guard.check("a.example", address, 10), Ok(()), "another port");
        assert_eq!(guard.port_class(9), 9);
    }
}

#[test]
fn a_slip_in_the_list_is_told() {
    for slip in [
        "",
        "10.0.0.0/33",
        "10.1.2.3/8",
        "fd00::1/8",
        "*.internal",
        "http://inside",
        "in side",
        "/",
        ":80",
        "inside:",
        "inside:0",
        "inside:65536",
        "inside:+80",
        "inside:80:80",
        "[127.0.0.1]:80",
        "[::1",
        "::1]",
        "[::1]80",
        "[inside]:80",
        "10.0.0.0/8:",
        "10.0.0.0:80/8",
        "fe80::1%eth0",
        "inside:http",
        "10.0.0.1:**",
    ] {
        assert!(slip.parse::<Allowed>().is_err(), "{slip:?}");
    }
    assert_eq!(
        "10.1.2.3/8".parse::<Allowed>().unwrap_err(),
        "10.1.2.3/8 has bits set after its prefix; the network is 10.0.0.0/8"
    );
    for fine in [
        "10.0.0.0/8",
        "127.0.0.1/32",
        "::1/128",
        "hooks.internal",
        "under_score",
        "xn--bcher-kva.example",
        "10.0.0.0/8:8080",
        "127.0.0.1/32:*",
        "[::1/128]:65535",
        "hooks.internal:*",
        "hooks.internal:1",
    ] {
        assert_eq!(fine.parse::<Allowed>().unwrap().to_string(), fine);
    }
}
