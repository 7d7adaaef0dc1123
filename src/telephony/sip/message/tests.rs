use super::*;
use proptest::prelude::*;

fn ours() -> Ours {
    Ours { sent_by: "192.0.2.1:5060".to_owned(), agent: "Ringdown".to_owned() }
}

fn request(text: &str) -> Request {
    match Message::parse(text.replace('\n', "\r\n").as_bytes()) {
        Ok(Message::Request(request)) => request,
        other => panic!("{other:?}"),
    }
}

const INVITE: &str = "INVITE sip:bob@192.0.2.1 SIP/2.0
v: SIP / 2.0 / UDP a.example:5070 ;branch=z9hG4bKone;rport , SIP/2.0/UDP b.example;branch=z9hG4bKtwo
Via: SIP/2.0/TCP [2001:db8::9]:5061;branch=z9hG4bKthree
f: \"A, B \\\"C\\\" <x>\" <sip:alice@a.example;user=phone>;tag=one
t: sip:bob@b.example;x=1
i: call@a
CSeq:   7   INVITE
m: <sip:alice@a.example>, <sip:alice@c.example>
k: timer, 100rel
Require: a , b
RECORD-ROUTE: <sip:p1.example;lr>,<sip:p2.example;lr>
max-forwards: 70
c: application/SDP ; charset=utf-8
Subject: I
  fold
Timestamp: 54
l: 5

12345";

#[test]
fn values_are_read_under_long_and_short_names() {
    let request = request(INVITE);
    let headers = &request.headers;
    assert_eq!(
        (request.method, request.uri.as_str(), request.body.as_slice()),
        (Method::Invite, "sip:bob@192.0.2.1", &b"12345"[..])
    );
    assert_eq!(headers.all("Via").count(), 2);
    assert_eq!(headers.elements("Via").len(), 3);
    let via = headers.top_via().unwrap();
    assert_eq!((via.transport.as_str(), via.host.as_str(), via.port), ("UDP", "a.example", Some(5070)));
    assert_eq!((via.branch(), via.params.get("rport")), (Some("z9hG4bKone"), Some("")));
    let third = Via::parse(headers.elements("Via")[2]).unwrap();
    assert_eq!((third.host.as_str(), third.port), ("[2001:db8::9]", Some(5061)));
    let from = headers.from().unwrap();
    assert_eq!(
        (from.display.as_str(), from.uri.as_str(), from.tag()),
        ("A, B \"C\" <x>", "sip:alice@a.example;user=phone", Some("one"))
    );
    let to = headers.to().unwrap();
    assert_eq!((to.uri.as_str(), to.tag(), to.params.get("x")), ("sip:bob@b.example", None, Some("1")));
    assert_eq!((headers.call_id(), headers.cseq()), (Some("call@a"), Some((7, Method::Invite))));
    assert_eq!(headers.contact().unwrap().uri, "sip:alice@a.example");
    assert!(request.has_option("Supported", "TIMER") && !request.has_option("Supported", "replaces"));
    assert_eq!(headers.options_beyond("Require", &["A"]), ["b"]);
    assert_eq!(headers.record_routes(), ["sip:p1.example;lr", "sip:p2.example;lr"]);
    assert_eq!((headers.max_forwards(), headers.content_type().as_deref()), (Some(70), Some("application/sdp")));
    assert_eq!(headers.get("Subject"), Some("I fold"));
    assert!(!request.is_in_dialog());
}

#[test]
fn a_response_copies_what_it_must() {
    let request = request(INVITE);
    let response = request.respond(180, "ours", &ours());
    let text = String::from_utf8(response.to_bytes()).unwrap();
    let expected = "SIP/2.0 180 Ringing\r
Via: SIP / 2.0 / UDP a.example:5070 ;branch=z9hG4bKone;rport , SIP/2.0/UDP b.example;branch=z9hG4bKtwo\r
Via: SIP/2.0/TCP [2001:db8::9]:5061;branch=z9hG4bKthree\r
From: \"A, B \\\"C\\\" <x>\" <sip:alice@a.example;user=phone>;tag=one\r
To: sip:bob@b.example;x=1;tag=ours\r
Call-ID: call@a\r
CSeq: 7   INVITE\r
Server: Ringdown\r
Content-Length: 0\r\n\r\n";
    assert_eq!(text, expected);
    let trying = request.respond(100, "ours", &ours());
    assert_eq!((trying.headers.to().unwrap().tag(), trying.headers.get("Timestamp")), (None, Some("54")));
    // A tag that is there stays.
    let mut tagged = request.clone();
    tagged.headers = Headers::default();
    tagged.headers.push("To", "<sip:bob@b.example>;tag=theirs");
    assert_eq!(tagged.respond(200, "ours", &ours()).headers.get("To"), Some("<sip:bob@b.example>;tag=theirs"));
}

#[test]
fn a_cancel_is_of_its_invite() {
    let invite = Request::begin(Method::Invite, "sip:bob@b.example", &ours(), "z9hG4bK1")
        .with("Route", "<sip:p1.example;lr>")
        .with("From", "<sip:a@b>;tag=1")
        .with("To", "<sip:bob@b.example>")
        .with("Call-ID", "c")
        .with("CSeq", "9 INVITE")
        .with("Contact", "<sip:x>")
        .with_body("application/sdp", vec![1]);
    let text = String::from_utf8(invite.cancel(&ours()).to_bytes()).unwrap();
    let expected = "CANCEL sip:bob@b.example SIP/2.0\r
Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1;rport\r
Max-Forwards: 70\r
Route: <sip:p1.example;lr>\r
From: <sip:a@b>;tag=1\r
To: <sip:bob@b.example>\r
Call-ID: c\r
CSeq: 9 CANCEL\r
User-Agent: Ringdown\r
Content-Length: 0\r\n\r\n";
    assert_eq!(text, expected);
}

#[test]
fn no_value_begins_another_line() {
    let uri = "sip:a@b SIP/2.0\r\nX: y\r\n";
    let request = Request::begin(Method::Info, uri, &ours(), "1").with("Subject", "a\r\nX: y\0z");
    let text = String::from_utf8(request.to_bytes()).unwrap();
    assert!(
        text.starts_with("INFO sip:a@bSIP/2.0X:y SIP/2.0\r\n") && text.contains("Subject: a  X: y z\r\n"),
        "{text}"
    );
}

#[test]
fn a_ping_is_complete() {
    let mut tokens = crate::telephony::sip::token::Tokens::new([3; 32], [9; 4]);
    let ping = Request::ping("sip:carrier.example", &ours(), &mut tokens);
    let Ok(Message::Request(again)) = Message::parse(&ping.to_bytes()) else { panic!() };
    assert_eq!(again, ping);
    assert_eq!(ping.headers.top_via().unwrap().branch().unwrap().get(..15), Some("z9hG4bK09090909"));
    assert!(ping.headers.from().unwrap().tag().is_some() && !ping.is_in_dialog());
}

#[test]
fn causes_are_in_words() {
    for (headers, cause) in [
        ("X: y", "Busy Here"),
        ("Reason: Q.850;cause=17;text=\"User busy\"", "User busy"),
        ("Reason: Q.850;cause=17", "Busy Here"),
        ("Reason: SIP;cause=600;text=\"a;b,c\", Q.850;cause=17;text=\"second\"", "a;b,c"),
    ] {
        let text = format!("SIP/2.0 486 Busy Here\r\n{headers}\r\n\r\n");
        let Ok(Message::Response(response)) = Message::parse(text.as_bytes()) else { panic!("{text}") };
        assert_eq!(response.cause(), cause);
    }
    let long = "ä".repeat(150);
    let Ok(Message::Response(response)) = Message::parse(format!("SIP/2.0 500 {long}\r\nX: y\r\n\r\n").as_bytes())
    else {
        panic!()
    };
    assert_eq!(response.cause(), "ä".repeat(100));
}

#[test]
fn waits_are_read() {
    for (value, seconds) in
        [("5", Some(5)), ("18000;duration=3600", Some(18_000)), ("120 (busy)", Some(120)), ("x", None), ("", None)]
    {
        let mut headers = Headers::default();
        headers.push("Retry-After", value);
        assert_eq!(headers.retry_after(), seconds, "{value}");
    }
}

#[test]
fn what_is_malformed_is_none() {
    for cseq in ["", "1", "x INVITE", "-1 INVITE", "+1 INVITE", "2147483648 INVITE", "1 invite", "1 NEW", "1INVITE"] {
        let mut headers = Headers::default();
        headers.push("CSeq", cseq);
        assert_eq!(headers.cseq(), None, "{cseq}");
    }
    for address in
        ["", "<", "<>", "\"a <sip:a@b>", "a@b", "<sip:a@b", "<sip:a b>", "<sip:a@b>x", "sip:a@b?c=d", "sip:a,b@c"]
    {
        assert_eq!(NameAddr::parse(address), None, "{address}");
    }
    for via in [
        "",
        "SIP/2.0/UDP",
        "SIP/2.0/UDP ",
        "SIP/2.1/UDP a",
        "HTTP/2.0/UDP a",
        "SIP/2.0/UDP a:b",
        "SIP/2.0/UDP a:99999",
        "SIP/2.0/UDP ;branch=1",
    ] {
        assert_eq!(Via::parse(via), None, "{via}");
    }
    for text in [
        "",
        "\r\n\r\n",
        "INVITE sip:a SIP/2.0",
        "INVITE sip:a SIP/2.0\r\nA\r\n\r\n",
        "INVITE sip:a SIP/2.0\r\n a\r\n\r\n",
    ] {
        assert!(Message::parse(text.as_bytes()).is_err(), "{text}");
    }
}

#[test]
fn limits_hold() {
    let with = |headers: &str| format!("INVITE sip:a@b SIP/2.0\r\n{headers}\r\n\r\n");
    let fits = |text: String| Message::parse(text.as_bytes()).is_ok();
    assert!(fits(with(&format!("X: {}", "a".repeat(1_024)))));
    assert!(!fits(with(&format!("X: {}", "a".repeat(1_025)))));
    assert!(!fits(with(&format!("X: {}\r\n {}", "a".repeat(1_000), "a".repeat(24)))));
    assert!(fits(with(&format!("Authorization: {}", "a".repeat(4_096)))));
    assert!(!fits(with(&format!("Authorization: {}", "a".repeat(4_097)))));
    assert!(fits(with(&vec!["X: y"; 64].join("\r\n"))));
    assert!(!fits(with(&vec!["X: y"; 65].join("\r\n"))));
    assert!(!fits(with("X: y") + &"a".repeat(8_192)));
    assert!(!fits(with("X: a\rb")) && !fits(with("X: a\nb")) && !fits(with("X: a\0b")));
}

proptest! {
    /// What is written is read back.
    #[test]
    fn requests_survive(value in "[ -~]{0,60}", body in proptest::collection::vec(any::<u8>(), 0..200)) {
        let mut request = Request::begin(Method::Info, "sip:a@b", &ours(), "z9hG4bK1").with("X-Value", value.trim());
        request = request.with_body("application/x", body);
        let Ok(Message::Request(again)) = Message::parse(&request.to_bytes()) else { panic!() };
        prop_assert_eq!(again.headers.get("X-Value"), Some(value.trim()));
        prop_assert_eq!(again.body, request.body);
    }

    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let _ = Message::parse(&bytes);
    }

    /// Bytes of a good message that are changed.
    #[test]
    fn no_mutation_panics(changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8)) {
        let mut bytes = INVITE.replace('\n', "\r\n").into_bytes();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Ok(Message::Request(request)) = Message::parse(&bytes) {
            let headers = &request.headers;
            let _ = (headers.from(), headers.to(), headers.contact(), headers.cseq(), headers.top_via(), headers.record_routes());
            let _ = (headers.content_type(), headers.max_forwards(), headers.reason_text(), headers.options_beyond("Require", &[]));
            let answer = request.respond(200, "t", &ours()).to_bytes();
            prop_assert!(Message::parse(&answer).is_ok(), "{}", String::from_utf8_lossy(&answer));
        }
    }

    #[test]
    fn no_value_panics(value in "\\PC{0,80}") {
        let _ = (NameAddr::parse(&value), Via::parse(&value), Params::parse(&value), split_outside(&value, b','));
        prop_assert_eq!(unquoted(&quoted(&value)), value);
    }
}
