use super::*;
use crate::telephony::sip::message::{Message, Request};

const VECTOR: &str = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v";
const CNONCE: &str = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";

/// The example of RFC 7616 3.9.1.
#[test]
fn digests_are_those_of_the_rfc() {
    let parts = Parts { nonce: VECTOR, quality: Some(("00000001", CNONCE)), method: "GET", uri: "/dir/index.html" };
    let text = "Mufasa:http-auth@example.org:Circle of Life";
    for (algorithm, response) in [
        (Algorithm::Md5, "8ca523f5e9506fed4657c9700eebdbec"),
        (Algorithm::Sha256, "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ] {
        assert_eq!(parts.response(algorithm, &algorithm.hash(text)), response);
    }
}

/// The example of RFC 2617 3.5, computed without qop as RFC 2069 has it.
#[test]
fn an_old_challenge_is_answered_without_quality() {
    let response = challenged(
        "WWW-Authenticate: Digest realm=\"testrealm@host.com\", nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\"",
    );
    let challenge = Challenge::of(&response).unwrap();
    let (name, value) = challenge.answer(&mufasa(), Method::Register, "sip:host.com", "c", 1);
    assert_eq!(name, "Authorization");
    assert!(!value.contains("qop") && !value.contains("nc=") && !value.contains("cnonce"), "{value}");
}

fn mufasa() -> Credentials {
    Credentials { username: "Mufasa".to_owned(), password: "Circle of Life".to_owned() }
}

fn challenged(headers: &str) -> Response {
    let code = if headers.contains("Proxy-") { 407 } else { 401 };
    let text = format!(
        "SIP/2.0 {code} X\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:c@d>;tag=2\r\nCall-ID: 1\r\n\
         CSeq: 1 INVITE\r\n{headers}\r\n\r\n"
    );
    match Message::parse(text.as_bytes()).unwrap() {
        Message::Response(response) => response,
        Message::Request(_) => unreachable!(),
    }
}

#[test]
fn the_first_challenge_that_is_known_is_taken() {
    let response = challenged(
        "Proxy-Authenticate: Digest realm=\"r\", nonce=\"1\", algorithm=SHA-512-256, qop=\"auth\"\r\n\
         Proxy-Authenticate: Digest realm=\"r\", nonce=\"2\", algorithm=SHA-256, qop=\"auth,auth-int\", stale=TRUE, opaque=\"o\"\r\n\
         Proxy-Authenticate: Digest realm=\"r\", nonce=\"3\", algorithm=MD5, qop=\"auth\"",
    );
    let challenge = Challenge::of(&response).unwrap();
    assert_eq!((challenge.algorithm, challenge.stale, challenge.proxy), (Algorithm::Sha256, true, true));
    let (name, value) = challenge.answer(&mufasa(), Method::Invite, "sip:x@y", "c", 256);
    assert_eq!(name, "Proxy-Authorization");
    assert!(value.contains(", algorithm=SHA-256, cnonce=\"c\", qop=auth, nc=00000100, opaque=\"o\""), "{value}");
}

#[test]
fn what_cannot_be_answered_is_not() {
    for header in [
        "WWW-Authenticate: Basic realm=\"r\"",
        "WWW-Authenticate: Digest realm=\"r\"",
        "WWW-Authenticate: Digest nonce=\"r\"",
        "WWW-Authenticate: Digest realm=\"r\", nonce=\"1\", qop=\"auth-int\"",
        "WWW-Authenticate: Digest",
        "WWW-Authenticate: Digest realm=\"r, nonce=\"1\"",
        "X: y",
    ] {
        assert_eq!(Challenge::of(&challenged(header)), None, "{header}");
    }
}

fn answered(nonces: &Nonces, now: u64, count: u32, password: &str, which: usize) -> Request {
    let challenge = &nonces.challenges(now, [7; 8], false)[which];
    let challenge = Challenge::parse(challenge, false).unwrap();
    let who = Credentials { username: "bob".to_owned(), password: password.to_owned() };
    let (name, value) = challenge.answer(&who, Method::Invite, "sip:x@y", "abc", count);
    let text = format!("INVITE sip:x@y SIP/2.0\r\n{name}: {value}\r\n\r\n");
    match Message::parse(text.as_bytes()).unwrap() {
        Message::Request(request) => request,
        Message::Response(_) => unreachable!(),
    }
}

#[test]
fn an_answer_is_checked_in_both_algorithms() {
    for which in [0, 1] {
        let mut nonces = Nonces::new([1; 32], "example.org");
        let secret = Secret::of("bob", "example.org", "secret");
        let good = answered(&nonces, 1_000, 1, "secret", which);
        assert_eq!(nonces.claimed(&good).as_deref(), Some("bob"));
        assert_eq!(nonces.check(&good, Some(&secret), 1_010), Outcome::Good);
        // A replay, a lower count, then a higher one.
        assert_eq!(nonces.check(&good, Some(&secret), 1_010), Outcome::Stale);
        let later = answered(&nonces, 1_000, 0x100, "secret", which);
        assert_eq!(nonces.check(&later, Some(&secret), 1_010), Outcome::Good);
        let earlier = answered(&nonces, 1_000, 0xff, "secret", which);
        assert_eq!(nonces.check(&earlier, Some(&secret), 1_010), Outcome::Stale);
        // Too old, a wrong password, nobody, another node's key, another realm.
        let old = answered(&nonces, 1_000, 0x101, "secret", which);
        assert_eq!(nonces.check(&old, Some(&secret), 1_301), Outcome::Stale);
        let wrong = answered(&nonces, 1_000, 0x102, "guess", which);
        assert_eq!(nonces.check(&wrong, Some(&secret), 1_301), Outcome::Wrong);
        assert_eq!(nonces.check(&answered(&nonces, 1_000, 0x103, "", which), None, 1_010), Outcome::Wrong);
        let foreign = answered(&Nonces::new([2; 32], "example.org"), 1_000, 1, "secret", which);
        assert_eq!(nonces.check(&foreign, Some(&secret), 1_010), Outcome::Wrong);
        let foreign = answered(&Nonces::new([1; 32], "example.com"), 1_000, 1, "secret", which);
        assert_eq!(nonces.check(&foreign, Some(&secret), 1_010), Outcome::Wrong);
    }
}

#[test]
fn an_answer_without_quality_is_wrong() {
    let mut nonces = Nonces::new([1; 32], "r");
    let secret = Secret::of("bob", "r", "secret");
    let mut request = answered(&nonces, 0, 1, "secret", 1);
    let value = request.headers.get("Authorization").unwrap().replace(", qop=auth", "");
    request.headers = Default::default();
    request.headers.push("Authorization", value);
    assert_eq!(nonces.check(&request, Some(&secret), 0), Outcome::Wrong);
}

proptest::proptest! {
    #[test]
    fn no_header_panics(value in "(Digest )?[ -~]{0,200}") {
        let _ = Challenge::parse(&value, false);
        let mut headers = crate::telephony::sip::message::Headers::default();
        headers.push("Authorization", value);
        let request = Request { method: Method::Invite, uri: "sip:x@y".to_owned(), headers, body: Vec::new() };
        let mut nonces = Nonces::new([1; 32], "r");
        proptest::prop_assert_ne!(nonces.check(&request, Some(&Secret::of("a", "r", "b")), 0), Outcome::Good);
    }
}
