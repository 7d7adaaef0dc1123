//! Which addresses are refused, and what the operator may write to let one pass.

use ringdown::outbound::guard::{Allowed, Guard, range};

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
    Guard::new(allow.split_whitespace().map(|allowed| allowed.parse().unwrap()))
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
        assert_eq!(guard(allow).check(host, address.parse().unwrap()).is_ok(), passes, "{allow}: {host} at {address}");
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
        assert_eq!(guard(allow).check_name(name).is_ok(), passes, "{allow}: {name}");
    }
}

#[test]
fn a_slip_in_the_list_is_told() {
    for slip in
        ["", "10.0.0.0/33", "10.1.2.3/8", "fd00::1/8", "*.internal", "http://inside", "inside:80", "in side", "/"]
    {
        assert!(slip.parse::<Allowed>().is_err(), "{slip:?}");
    }
    assert_eq!(
        "10.1.2.3/8".parse::<Allowed>().unwrap_err(),
        "10.1.2.3/8 has bits set after its prefix; the network is 10.0.0.0/8"
    );
    for fine in ["10.0.0.0/8", "127.0.0.1/32", "::1/128", "hooks.internal", "under_score", "xn--bcher-kva.example"] {
        assert_eq!(fine.parse::<Allowed>().unwrap().to_string(), fine);
    }
}
