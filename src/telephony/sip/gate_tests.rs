use super::*;
use proptest::prelude::*;
use std::time::Duration;

const COOKIE: Cookie = [1, 2, 3, 4];

fn peer() -> SocketAddr {
    "192.0.2.7:5070".parse().unwrap()
}

/// A good request; each change replaces a line that begins with the same name, adds it, or (`-Name`) takes it away.
fn request(changes: &[&str]) -> String {
    let mut lines = vec![
        "OPTIONS sip:bob@192.0.2.1 SIP/2.0".to_owned(),
        "Via: SIP/2.0/UDP 192.0.2.7:5070;branch=z9hG4bKone;rport".to_owned(),
        "From: <sip:alice@a.example>;tag=1".to_owned(),
        "To: <sip:bob@b.example>".to_owned(),
        "Call-ID: c@a".to_owned(),
        "CSeq: 1 OPTIONS".to_owned(),
        "Contact: <sip:alice@a.example>".to_owned(),
        "Content-Length: 0".to_owned(),
    ];
    for change in changes {
        if let Some(name) = change.strip_prefix('-') {
            lines.retain(|it| !it.starts_with(&format!("{name}:")));
        } else if let Some(line) = change.strip_prefix('+') {
            lines.push(line.to_owned());
        } else if let Some((name, _)) = change.split_once(": ") {
            let at = lines.iter().position(|it| it.starts_with(&format!("{name}:"))).unwrap();
            lines[at] = (*change).to_owned();
        } else {
            lines[0] = (*change).to_owned();
        }
    }
    lines.join("\r\n") + "\r\n\r\n"
}

fn verdict(text: &str) -> Verdict {
    Gate::new(&COOKIE).admit(text.as_bytes(), peer(), Some(100), Instant::now())
}

/// A verdict in a word: `pass`, the status line of an answer, or why it was dropped.
fn word(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Pass | Verdict::PassWithLength { .. } => "pass".to_owned(),
        Verdict::Answer(bytes) => String::from_utf8_lossy(bytes).lines().next().unwrap()[8..].to_owned(),
        Verdict::Drop(why) => why.word().to_owned(),
    }
}

/// The messages of RFC 4475 (3.1 to 3.3), each as the one thing that is odd about it.
#[test]
fn torture() {
    let long = "x".repeat(200);
    let spread = "Via: SIP/2.0/UDP 192.0.2.7;branch=z9hG4bK1 , SIP /   2.0 / TCP spindle.example.com  ;\r\n branch  =   z9hG4bK9ikj8 ";
    let unknown_uri = "OPTIONS nobodyKnowsThisScheme:totallyopaquecontent SIP/2.0";
    for (name, changes, expected) in [
        (
            "wsinv",
            &[spread, "To: sip:vivekg@chair.example.com ;   tag    = 19181833n", "CSeq: 0009\r\n  OPTIONS"][..],
            "pass",
        ),
        (
            "intmeth",
            &[
                "!interesting-Method0123456789_*+`.%indeed'~ sip:b@c SIP/2.0",
                "CSeq: 1 !interesting-Method0123456789_*+`.%indeed'~",
            ],
            "405 Method Not Allowed",
        ),
        (
            "esc01",
            &["OPTIONS sip:sips%3Auser%40example.com@example.net SIP/2.0", "To: sip:%75se%72@example.com"],
            "pass",
        ),
        ("escnull", &["Contact: <sip:%00@host5.example.com>, <sip:%00%00@host5.example.com>"], "pass"),
        (
            "esc02",
            &["RE%47IST%45R sip:registrar.example.com SIP/2.0", "CSeq: 1 RE%47IST%45R"],
            "405 Method Not Allowed",
        ),
        ("lwsdisp", &["From: caller<sip:caller@example.com>;tag=323"], "pass"),
        ("longreq", &[&format!("From: <sip:{long}@example.net>;tag={long}")], "pass"),
        ("semiuri", &["OPTIONS sip:user;par=u%40example.net@example.com SIP/2.0"], "pass"),
        (
            "transports",
            &["+Via: SIP/2.0/UNKNOWN t5.example.com;branch=z9hG4bK2", "+v: SIP/2.0/SCTP t2;branch=z9hG4bK3"],
            "pass",
        ),
        (
            "badinv01",
            &["Contact: \"Joe\" <sip:joe@example.org>;;;;", "Via: SIP/2.0/UDP 192.0.2.15;;,;,,"],
            "400 Bad Via branch",
        ),
        ("clerr", &["Content-Length: 9999"], "400 Bad Content-Length"),
        ("ncl", &["Content-Length: -999"], "400 Bad Content-Length"),
        ("scalar02", &["CSeq: 36893488147419103232 OPTIONS"], "400 Bad CSeq"),
        ("scalar31", &["CSeq: 2147483648 OPTIONS"], "400 Bad CSeq"),
        ("quotbal", &["To: \"Mr. J. User <sip:j.user@example.com>"], "400 Bad To"),
        ("ltgtruri", &["OPTIONS <sip:user@example.com> SIP/2.0"], "400 Bad request line"),
        ("lwsruri", &["OPTIONS sip:user@example.com; lr SIP/2.0"], "400 Bad request line"),
        ("lwsstart", &["OPTIONS  sip:user@example.com  SIP/2.0"], "400 Bad request line"),
        ("trws", &["OPTIONS sip:remote-target@example.com SIP/2.0  "], "pass"),
        ("escruri", &["OPTIONS sip:user@example.com?Route=%3Csip:example.com%3E SIP/2.0"], "pass"),
        ("baddate", &["+Date: Fri, 01 Jan 2010 16:00:00 EST"], "pass"),
        ("regbadct", &["Contact: sip:user@example.com?Route=%3Csip:sip.example.com%3E"], "400 Bad Contact"),
        ("badaspec", &["To: \"Watson, Thomas\" < sip:t.watson@example.org >"], "pass"),
        ("baddn", &["From: Bell, Alexander <sip:a.g.bell@example.com>;tag=43"], "pass"),
        ("badvers", &["OPTIONS sip:t.watson@example.org SIP/7.0"], "505 Version Not Supported"),
        ("mismatch01", &["CSeq: 1 INVITE"], "400 Bad CSeq"),
        ("mismatch02", &["NEWMETHOD sip:b@c SIP/2.0", "CSeq: 1 INVITE"], "400 Bad CSeq"),
        ("newmethod", &["NEWMETHOD sip:b@c SIP/2.0", "CSeq: 1 NEWMETHOD"], "405 Method Not Allowed"),
        ("badbranch", &["Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK"], "400 Bad Via branch"),
        ("insuf", &["-Call-ID", "-From", "-To"], "400 Bad Call-ID"),
        ("unkscm", &[unknown_uri], "416 Unsupported URI Scheme"),
        ("novelsc", &["OPTIONS soap.beep://192.0.2.103:3002 SIP/2.0"], "416 Unsupported URI Scheme"),
        ("unksm2", &["To: isbn:2983792873", "From: <http://www.example.com>;tag=3"], "pass"),
        ("bext01", &["+Require: nothingSupportsThis, nothingSupportsThisEither"], "pass"),
        ("multi01", &["+Call-ID: other"], "400 Bad Call-ID"),
        ("mcl01", &["+l: 5"], "400 Bad Content-Length"),
        ("zeromf", &["+Max-Forwards: 0"], "pass"),
        ("inv2543", &["Via: SIP/2.0/UDP iftgw.example.com"], "400 Bad Via branch"),
        ("two From", &["+f: <sip:x@y>;tag=2"], "400 Bad From"),
        ("no tag in From", &["From: <sip:x@y>"], "400 Bad From"),
        ("empty tag", &["From: <sip:x@y>;tag="], "400 Bad From"),
        ("a tag of no token", &["From: <sip:x@y>;tag=\"a b\""], "400 Bad From"),
        ("no Via", &["-Via"], "malformed"),
        ("a lone line feed", &["Call-ID: c\nX: y"], "400 Bad control character"),
        ("a null", &["Call-ID: c\0d"], "400 Bad control character"),
        ("a line without a name", &["+nothing"], "400 Bad header"),
        ("a long header", &[&format!("+X: {}", "y".repeat(1_025))], "400 Bad length of a header"),
        ("INVITE without Contact", &["INVITE sip:b@c SIP/2.0", "CSeq: 1 INVITE", "-Contact"], "400 Bad Contact"),
        ("INVITE with two", &["INVITE sip:b@c SIP/2.0", "CSeq: 1 INVITE", "+m: <sip:x@y>"], "400 Bad Contact"),
        ("a bad ACK", &["ACK sip:b@c SIP/2.0"], "malformed"),
        ("tel", &["OPTIONS tel:+15557654321 SIP/2.0"], "pass"),
    ] {
        assert_eq!(word(&verdict(&request(changes))), expected, "{name}");
    }
}

#[test]
fn responses_are_for_us_alone() {
    let good = request(&["SIP/2.0 200 OK", "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK01020304aa", "CSeq: 1 INVITE"]);
    for (name, text, expected) in [
        ("good", good.clone(), "pass"),
        ("unreason", good.replace("OK", "= 2**3 * 5**2 но сто девяносто девять"), "pass"),
        ("noreason", good.replace("200 OK", "200 "), "pass"),
        ("bigcode", good.replace("200", "4294967301"), "malformed"),
        ("scalarlg", good.replace("CSeq: 1", "CSeq: 9292394834772304023312"), "malformed"),
        ("bcast", good.replace("From:", "Via: SIP/2.0/UDP 198.51.100.1;branch=z9hG4bK2\r\nFrom:"), "malformed"),
        ("two in one", good.replace("aa\r", "aa, SIP/2.0/UDP 198.51.100.1;branch=z9hG4bK2\r"), "malformed"),
        ("clerr", good.replace("Length: 0", "Length: 7"), "malformed"),
        ("SIP/3.0", good.replace("SIP/2.0 200", "SIP/3.0 200"), "malformed"),
    ] {
        assert_eq!(word(&verdict(&text)), expected, "{name}");
    }
    // From a stranger: only with a branch of this process.
    let mut gate = Gate::new(&COOKIE);
    assert_eq!(gate.admit(good.as_bytes(), peer(), None, Instant::now()), Verdict::Pass);
    let foreign = good.replace("z9hG4bK01020304", "z9hG4bK01020305");
    assert_eq!(gate.admit(foreign.as_bytes(), peer(), None, Instant::now()), Verdict::Drop(Dropped::Stranger));
    let broken = good.replace("Call-ID", "Call ID");
    assert_eq!(gate.admit(broken.as_bytes(), peer(), None, Instant::now()), Verdict::Drop(Dropped::Stranger));
}

#[test]
fn strangers_hear_nothing() {
    for text in [request(&[]), request(&["CSeq: 1 INVITE"]), "\r\n\r\n".to_owned(), "x".to_owned()] {
        let verdict = Gate::new(&COOKIE).admit(text.as_bytes(), peer(), None, Instant::now());
        assert_eq!(verdict, Verdict::Drop(Dropped::Stranger));
    }
}

#[test]
fn what_is_no_message_is_dropped() {
    for (text, expected) in [
        ("", "not_sip"),
        ("\r\n", "not_sip"),
        ("\r\n\r\n", "pass"),
        ("\0\0\0\0", "not_sip"),
        ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", "malformed"),
        ("hello", "malformed"),
    ] {
        assert_eq!(word(&verdict(text)), expected, "{text:?}");
    }
    let long = request(&[]) + &"x".repeat(MAX_DATAGRAM);
    assert_eq!(word(&verdict(&long)), "not_sip");
    let mut latin = request(&["Call-ID: c@a"]).into_bytes();
    let at = latin.windows(3).position(|it| it == b"c@a").unwrap();
    latin[at] = 0xe4;
    let verdict = Gate::new(&COOKIE).admit(&latin, peer(), Some(100), Instant::now());
    assert_eq!(verdict, Verdict::Drop(Dropped::Malformed));
}

#[test]
fn a_body_without_a_length_gets_one() {
    let text = request(&["-Content-Length"]) + "12345";
    let Verdict::PassWithLength { at, length } = verdict(&text) else { panic!() };
    assert_eq!(length, 5);
    let whole = format!("{}Content-Length: {length}\r\n{}", &text[..at], &text[at..]);
    assert!(whole.ends_with("Contact: <sip:alice@a.example>\r\nContent-Length: 5\r\n\r\n12345"), "{whole}");
    assert_eq!(verdict(&whole), Verdict::Pass);
}

#[test]
fn an_answer_is_complete_and_the_same_again() {
    let text = request(&["CSeq: 1 INVITE", "+Via: SIP/2.0/UDP p.example;branch=z9hG4bKtwo"]);
    let Verdict::Answer(bytes) = verdict(&text) else { panic!() };
    let answer = String::from_utf8(bytes.clone()).unwrap();
    let tag = answer.split("b.example>;tag=").nth(1).unwrap()[..16].to_owned();
    let expected = format!(
        "SIP/2.0 400 Bad CSeq\r\nVia: SIP/2.0/UDP 192.0.2.7:5070;branch=z9hG4bKone;rport=5070;received=192.0.2.7\r\n\
         Via: SIP/2.0/UDP p.example;branch=z9hG4bKtwo\r\nFrom: <sip:alice@a.example>;tag=1\r\n\
         To: <sip:bob@b.example>;tag={tag}\r\nCall-ID: c@a\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n"
    );
    assert_eq!(answer, expected);
    assert_eq!(verdict(&text), Verdict::Answer(bytes));
    let Verdict::Answer(bytes) = verdict(&request(&["NEW sip:b@c SIP/2.0", "CSeq: 1 NEW"])) else { panic!() };
    assert!(String::from_utf8(bytes).unwrap().contains("\r\nAllow: INVITE, ACK,"));
}

#[test]
fn a_source_is_answered_ten_times_a_second_and_heard_at_its_rate() {
    let mut gate = Gate::new(&COOKIE);
    let start = Instant::now();
    let words = |gate: &mut Gate, text: &str, count: usize, at: u64| -> Vec<String> {
        let now = start + Duration::from_millis(at);
        (0..count).map(|_| word(&gate.admit(text.as_bytes(), peer(), Some(50), now))).collect()
    };
    let bad = request(&["CSeq: 1 INVITE"]);
    let answers = words(&mut gate, &bad, 12, 0);
    assert_eq!(answers.iter().filter(|it| it.starts_with("400")).count(), 10);
    assert_eq!(answers[11], "unanswered");
    assert_eq!(words(&mut gate, &bad, 2, 100)[0], "400 Bad CSeq");
    // Another source is not concerned.
    let other: SocketAddr = "192.0.2.8:5070".parse().unwrap();
    assert!(matches!(gate.admit(bad.as_bytes(), other, Some(50), start), Verdict::Answer(_)));
    // Twice the rate at once, then the rate.
    let good = request(&[]);
    let mut gate = Gate::new(&COOKIE);
    let passed = words(&mut gate, &good, 200, 0);
    assert_eq!(passed.iter().filter(|it| *it == "pass").count(), 100);
    assert_eq!(passed[199], "too_fast");
    assert_eq!(words(&mut gate, &good, 200, 1_000).iter().filter(|it| *it == "pass").count(), 50);
}

proptest! {
    #[test]
    fn no_datagram_panics(bytes in proptest::collection::vec(any::<u8>(), 0..600), known: bool) {
        let _ = Gate::new(&COOKIE).admit(&bytes, peer(), known.then_some(100), Instant::now());
    }

    /// Whatever is changed in a good request: it passes, is answered with a message, or is dropped.
    #[test]
    fn no_mutation_panics(changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        let mut bytes = request(&[]).into_bytes();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Verdict::Answer(answer) = Gate::new(&COOKIE).admit(&bytes, peer(), Some(100), Instant::now()) {
            prop_assert!(answer.ends_with(b"\r\n\r\n") && answer.len() < bytes.len() + 200);
        }
    }
}
