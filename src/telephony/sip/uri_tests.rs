use super::*;
use crate::telephony::sip::message::Message;
use proptest::prelude::*;

#[test]
fn numbers_are_found() {
    for (text, number) in [
        ("sip:+15557654321@carrier.example", Some("+15557654321")),
        ("sip:+1-555-765.4321@carrier.example;user=phone", Some("+15557654321")),
        ("sip:+1(555)7654321;isub=1411;npdi@carrier.example", Some("+15557654321")),
        ("sip:%2B15557654321:secret@carrier.example", Some("+15557654321")),
        ("sips:100@[2001:db8::1]:5061", Some("100")),
        ("tel:+1-555-765-4321;phone-context=+1", Some("+15557654321")),
        ("TEL:7042;phone-context=example.com", Some("7042")),
        ("sip:bob@carrier.example", None),
        ("sip:1a@carrier.example", None),
        ("sip:+@carrier.example", None),
        ("sip:carrier.example", None),
        ("sip:++1@carrier.example", None),
    ] {
        assert_eq!(Uri::parse(text).unwrap().number().as_deref(), number, "{text}");
    }
}

#[test]
fn parts_are_read() {
    let uri = Uri::parse("sip:al%69ce:pw@[::1]:5070;transport=udp;lr?subject=x@y").unwrap();
    // What stands behind the last @ is the host; headers are cut before.
    assert_eq!((uri.user.as_str(), uri.host.as_str(), uri.port, uri.is_loose()), ("alice", "[::1]", Some(5070), true));
    for text in [
        "",
        "sip",
        "sip:",
        "http://a",
        "sip:a@",
        "sip:a@b:x",
        "sip:a@b c",
        "sip:a%4@b",
        "sip:a%zz@b",
        "sip:%ff@b",
        "sip:a%00@b",
        "sip:<a>@b",
        "sip:a@b/c",
    ] {
        assert_eq!(Uri::parse(text), None, "{text}");
    }
}

fn invite(headers: &str) -> Request {
    let text = format!("INVITE sip:+15557654321@h SIP/2.0\r\n{}\r\n\r\n", headers.replace('\n', "\r\n"));
    match Message::parse(text.as_bytes()).unwrap() {
        Message::Request(request) => request,
        Message::Response(_) => unreachable!(),
    }
}

#[test]
fn callers_are_believed_as_far_as_they_are_trusted() {
    const ASSERTED: &str =
        "From: \"Ann\" <sip:bob@pbx>;tag=1\nP-Asserted-Identity: \"Carl\" <sip:+15550001111@c>, <tel:+15550002222>";
    for (headers, trusted, address, name) in [
        ("From: \"Ann\" <sip:+1-555-123-4567@c>;tag=1", true, "+15551234567", "Ann"),
        ("From: sip:bob@pbx;tag=1", true, "bob@pbx", ""),
        ("From: sip:pbx;tag=1", true, "pbx", ""),
        (ASSERTED, true, "+15550001111", "Carl"),
        (
            "From: <sip:a@b>;tag=1\nP-Asserted-Identity: <sip:bob@c>\nP-Asserted-Identity: <tel:+1555>",
            true,
            "+1555",
            "",
        ),
        ("From: <sip:a@b>;tag=1\nP-Asserted-Identity: <sip:bob@c>", true, "bob@c", ""),
        (ASSERTED, false, "bob@pbx", "Ann"),
        ("From: \"Anonymous\" <sip:anonymous@anonymous.invalid>;tag=1", true, "anonymous", ""),
        ("From: <sip:+1555@c>;tag=1\nPrivacy: id", true, "anonymous", ""),
        ("From: <sip:+1555@c>;tag=1\nPrivacy: critical;ID", true, "anonymous", ""),
        ("From: <sip:+1555@c>;tag=1\nPrivacy: none", true, "+1555", ""),
        ("From: <mailto:a@b>;tag=1", true, "anonymous", ""),
        ("X: y", true, "anonymous", ""),
    ] {
        let found = caller(&invite(headers), trusted);
        assert_eq!((found.address.as_str(), found.name.as_str()), (address, name), "{headers}");
    }
    assert_eq!(callee(&invite("To: <sip:other@c>")).as_deref(), Some("+15557654321"));
}

proptest! {
    #[test]
    fn no_text_panics(text in "(sips?:|tel:)?\\PC{0,60}") {
        if let Some(uri) = Uri::parse(&text) {
            let _ = (uri.number(), uri.is_loose());
        }
    }

    #[test]
    fn users_survive(user in "\\PC{1,20}") {
        let uri = Uri::parse(&format!("sip:{}@h", percent_encoded(&user)));
        prop_assert_eq!(uri.map(|it| it.user), Some(user));
    }
}
