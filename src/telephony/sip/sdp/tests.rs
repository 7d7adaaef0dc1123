use super::*;
use proptest::prelude::*;

fn local() -> Local {
    Local { address: "192.0.2.1".parse().unwrap(), port: 20_000, codecs: vec![Codec::Pcmu, Codec::Pcma] }
}

/// A description of theirs: session lines, then the lines of the audio.
fn theirs(lines: &str) -> Vec<u8> {
    format!("v=0\no=- 1 1 IN IP4 10.0.0.2\ns=-\nc=IN IP4 10.0.0.2\nt=0 0\n{lines}").replace('\n', "\r\n").into_bytes()
}

#[test]
fn an_offer_in_full() {
    let mut negotiation = Negotiation::new(local(), 77);
    let expected = "v=0\r
o=- 77 1 IN IP4 192.0.2.1\r
s=-\r
c=IN IP4 192.0.2.1\r
t=0 0\r
m=audio 20000 RTP/AVP 0 8 101\r
a=rtpmap:0 PCMU/8000\r
a=rtpmap:8 PCMA/8000\r
a=rtpmap:101 telephone-event/8000\r
a=fmtp:101 0-15\r
a=ptime:20\r
a=sendrecv\r\n";
    assert_eq!(negotiation.offer(false), expected);
    // The same again is the same version; a change is another.
    assert_eq!(negotiation.offer(false), expected);
    assert!(negotiation.offer(true).contains("o=- 77 2 IN") && negotiation.offer(false).contains("o=- 77 3 IN"));
}

/// The table of directions (RFC 3264 6.1), for an offer of theirs: with and without a hold of ours.
#[test]
fn directions_are_answered() {
    use Direction::{Inactive, RecvOnly, SendOnly, SendRecv};
    for (offer, address, hold, answer, held) in [
        ("sendrecv", "10.0.0.2", false, SendRecv, false),
        ("sendonly", "10.0.0.2", false, RecvOnly, true),
        ("recvonly", "10.0.0.2", false, SendOnly, false),
        ("inactive", "10.0.0.2", false, Inactive, true),
        ("sendrecv", "0.0.0.0", false, Inactive, true),
        ("sendrecv", "10.0.0.2", true, SendOnly, false),
        ("sendonly", "10.0.0.2", true, Inactive, true),
        ("recvonly", "10.0.0.2", true, SendOnly, false),
        ("inactive", "10.0.0.2", true, Inactive, true),
    ] {
        let offer_text = theirs(&format!("m=audio 4000 RTP/AVP 0\nc=IN IP4 {address}\na={offer}\n"));
        let (text, agreed) = Negotiation::new(local(), 1).answer(&offer_text, hold).unwrap();
        assert_eq!((agreed.direction, agreed.held), (answer, held), "{offer} {address} {hold}");
        assert!(text.ends_with(&format!("a={}\r\n", answer.word())), "{text}");
    }
    // The direction of the session holds for a line without one of its own.
    let offer = theirs("a=sendonly\nm=audio 4000 RTP/AVP 0\n");
    assert!(Negotiation::new(local(), 1).answer(&offer, false).unwrap().1.held);
}

#[test]
fn an_answer_takes_the_first_codec_that_both_have() {
    for (formats, expected) in [
        ("m=audio 4000 RTP/AVP 0 8", "0 PCMU"),
        ("m=audio 4000 RTP/AVP 8 0", "8 PCMA"),
        ("m=audio 4000 RTP/AVP 18 3 8\na=rtpmap:18 G729/8000", "8 PCMA"),
        ("m=audio 4000 RTP/AVP 97 0\na=rtpmap:97 pcma/8000", "97 PCMA"),
        ("m=audio 4000 RTP/AVP 0 8\na=rtpmap:0 PCMU/16000", "8 PCMA"),
        ("m=audio 4000 RTP/AVP 96 8\na=rtpmap:96 PCMU/8000/2", "8 PCMA"),
    ] {
        let (text, agreed) = Negotiation::new(local(), 1).answer(&theirs(&format!("{formats}\n")), false).unwrap();
        let (payload, name) = expected.split_once(' ').unwrap();
        let payload: u8 = payload.parse().unwrap();
        assert_eq!((agreed.codec.name(), agreed.send, agreed.receive), (name, payload, payload), "{formats}");
        assert!(
            text.contains(&format!("m=audio 20000 RTP/AVP {payload}\r\na=rtpmap:{payload} {name}/8000\r\n")),
            "{text}"
        );
    }
}

#[test]
fn events_are_of_the_same_clock() {
    for (lines, events) in [
        ("m=audio 4000 RTP/AVP 0 96\na=rtpmap:96 telephone-event/8000", Some(96)),
        ("m=audio 4000 RTP/AVP 0 96 97\na=rtpmap:96 telephone-event/48000\na=rtpmap:97 TELEPHONE-EVENT/8000", Some(97)),
        ("m=audio 4000 RTP/AVP 0 96\na=rtpmap:96 telephone-event/48000", None),
        ("m=audio 4000 RTP/AVP 0\na=rtpmap:96 telephone-event/8000", None),
    ] {
        let (text, agreed) = Negotiation::new(local(), 1).answer(&theirs(&format!("{lines}\n")), false).unwrap();
        assert_eq!(agreed.events, events.map(|it| Events { send: it, receive: it }), "{lines}");
        assert_eq!(text.contains("telephone-event"), events.is_some());
    }
}

#[test]
fn payload_types_are_per_direction() {
    let mut negotiation = Negotiation::new(local(), 1);
    negotiation.offer(false);
    let answer = theirs("m=audio 4000 RTP/AVP 97 96\na=rtpmap:97 PCMA/8000\na=rtpmap:96 telephone-event/8000\n");
    let agreed = negotiation.accept(&answer).unwrap();
    assert_eq!((agreed.codec, agreed.send, agreed.receive), (Codec::Pcma, 97, 8));
    assert_eq!(agreed.events, Some(Events { send: 96, receive: 101 }));
}

#[test]
fn every_line_is_answered_in_its_place_and_stays_there() {
    let offer = theirs(
        "m=video 5000 RTP/AVP 96 97\nm=audio 0 RTP/AVP 0\nm=audio 4100 RTP/SAVP 0\nm=audio 4000 RTP/AVP 8\nm=audio 4200 RTP/AVP 0\nm=image 1 udptl t38\n",
    );
    let mut negotiation = Negotiation::new(local(), 1);
    let (text, agreed) = negotiation.answer(&offer, false).unwrap();
    assert_eq!((agreed.remote, agreed.codec), (Some("10.0.0.2:4000".parse().unwrap()), Codec::Pcma));
    let lines = |text: &str| text.lines().filter(|it| it.starts_with("m=")).map(str::to_owned).collect::<Vec<_>>();
    let refused = ["m=video 0 RTP/AVP 96", "m=audio 0 RTP/AVP 0", "m=audio 0 RTP/SAVP 0"];
    let answered = lines(&text);
    assert_eq!(answered[..3], refused);
    assert_eq!(answered[3..], ["m=audio 20000 RTP/AVP 8", "m=audio 0 RTP/AVP 0", "m=image 0 udptl t38"]);
    let offered = lines(&negotiation.offer(true));
    assert_eq!(offered[..3], refused);
    assert_eq!(offered[3..], ["m=audio 20000 RTP/AVP 0 8 101", "m=audio 0 RTP/AVP 0", "m=image 0 udptl t38"]);
    // Their answer to it has the audio in the same place.
    let answer = theirs(
        "m=video 0 RTP/AVP 96\nm=audio 0 RTP/AVP 0\nm=audio 0 RTP/SAVP 0\nm=audio 4002 RTP/AVP 0\nm=audio 0 RTP/AVP 0\nm=image 0 udptl t38\n",
    );
    assert_eq!(negotiation.accept(&answer).unwrap().remote, Some("10.0.0.2:4002".parse().unwrap()));
}

#[test]
fn rtcp_goes_where_they_say() {
    for (lines, rtcp, mux) in [
        ("m=audio 4000 RTP/AVP 0", Some("10.0.0.2:4001"), false),
        ("m=audio 4000 RTP/AVP 0\na=rtcp:5005", Some("10.0.0.2:5005"), false),
        ("m=audio 4000 RTP/AVP 0\na=rtcp:5005 IN IP4 10.0.0.9", Some("10.0.0.9:5005"), false),
        ("m=audio 4000 RTP/AVP 0\na=rtcp:5005\na=rtcp-mux", Some("10.0.0.2:4000"), true),
        ("m=audio 4000 RTP/AVP 0\na=rtcp:x", Some("10.0.0.2:4001"), false),
        ("m=audio 4000 RTP/AVP 0\na=rtcp:0", None, false),
    ] {
        let (text, agreed) = Negotiation::new(local(), 1).answer(&theirs(&format!("{lines}\n")), false).unwrap();
        assert_eq!((agreed.remote_rtcp, agreed.rtcp_mux), (rtcp.map(|it| it.parse().unwrap()), mux), "{lines}");
        assert_eq!(text.contains("a=rtcp-mux\r\n"), mux);
    }
}

#[test]
fn packets_are_as_long_as_they_take() {
    for (lines, milliseconds) in [
        ("", 20),
        ("a=ptime:30\n", 20),
        ("a=maxptime:60\n", 20),
        ("a=maxptime:20\n", 20),
        ("a=maxptime:10\n", 10),
        ("a=maxptime:x\n", 20),
    ] {
        let offer = theirs(&format!("m=audio 4000 RTP/AVP 0\n{lines}"));
        assert_eq!(Negotiation::new(local(), 1).answer(&offer, false).unwrap().1.packet_ms, milliseconds, "{lines}");
    }
}

#[test]
fn addresses_are_those_of_one_other_host() {
    for (address, remote) in [
        ("c=IN IP4 10.0.0.9", Some("10.0.0.9:4000")),
        ("c=IN IP4 10.0.0.9/127", Some("10.0.0.9:4000")),
        ("c=IN IP4 224.2.1.1/127", None),
        ("c=IN IP4 255.255.255.255", None),
        ("c=IN IP4 127.0.0.1", None),
        ("c=IN IP6 ::1", None),
        ("c=IN IP4 host.example", None),
        ("c=TN RFC2543 10.0.0.9", None),
    ] {
        let offer = theirs(&format!("m=audio 4000 RTP/AVP 0\n{address}\n"));
        let (_, agreed) = Negotiation::new(local(), 1).answer(&offer, false).unwrap();
        assert_eq!(agreed.remote, remote.map(|it| it.parse().unwrap()), "{address}");
    }
    let here = Local { address: "127.0.0.1".parse().unwrap(), ..local() };
    let offer = theirs("m=audio 4000 RTP/AVP 0\nc=IN IP4 127.0.0.1\n");
    assert!(Negotiation::new(here, 1).answer(&offer, false).unwrap().1.remote.is_some());
}

#[test]
fn what_cannot_be_agreed_to() {
    use Unacceptable::{Malformed, NoAudio, NoCodec};
    for (offer, why) in [
        (theirs(""), NoAudio),
        (theirs("m=video 5000 RTP/AVP 96\n"), NoAudio),
        (theirs("m=audio 0 RTP/AVP 0\n"), NoAudio),
        (theirs("m=audio 4000 RTP/SAVP 0\n"), NoAudio),
        (theirs("m=audio 4000 RTP/AVP 18\n"), NoCodec),
        (theirs("m=audio 4000 RTP/AVP\n"), NoCodec),
        (theirs("m=audio 4000 RTP/AVP 999 -1 x\n"), NoCodec),
        (theirs("m=audio x RTP/AVP 0\n"), Malformed),
        (theirs("m=audio 70000 RTP/AVP 0\n"), Malformed),
        (theirs("m=audio\n"), Malformed),
        (theirs("c=IN\n"), Malformed),
        (theirs("nonsense\n"), Malformed),
        (theirs(&"m=audio 4000 RTP/AVP 0\n".repeat(17)), Malformed),
        (b"v=1\r\n".to_vec(), Malformed),
        (b"".to_vec(), Malformed),
        (vec![0xff], Malformed),
    ] {
        let text = String::from_utf8_lossy(&offer).into_owned();
        assert_eq!(Negotiation::check(&offer, &local().codecs), Err(why), "{text}");
        assert_eq!(Negotiation::new(local(), 1).answer(&offer, false).unwrap_err(), why, "{text}");
    }
    assert_eq!(NoCodec.warning("192.0.2.1:5060"), "305 192.0.2.1:5060 \"Incompatible media format\"");
    // An answer without an offer of ours.
    let answer = theirs("m=audio 4000 RTP/AVP 0\n");
    assert_eq!(Negotiation::new(local(), 1).accept(&answer), Err(Malformed));
}

#[test]
fn a_refused_offer_leaves_what_was_agreed() {
    let mut negotiation = Negotiation::new(local(), 1);
    let (_, agreed) = negotiation.answer(&theirs("m=audio 4000 RTP/AVP 0\n"), false).unwrap();
    negotiation.offer(true);
    assert!(negotiation.has_offered());
    assert!(negotiation.accept(&theirs("m=audio 0 RTP/AVP 0\n")).is_err() && negotiation.has_offered());
    negotiation.withdraw();
    assert!(!negotiation.has_offered());
    assert_eq!(negotiation.agreed, Some(agreed));
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = Negotiation::new(local(), 1).answer(&bytes, false);
        let mut headers = crate::telephony::sip::message::Headers::default();
        headers.push("Content-Type", "multipart/mixed;boundary=x");
        let _ = in_body(&headers, &bytes);
    }

    /// Lines of a description in any order and number, with numbers and words that are not meant.
    #[test]
    fn no_lines_panic(lines in proptest::collection::vec(
        "(m=audio|m=video|c=IN IP4|a=rtpmap:|a=rtcp:|a=maxptime:|a=) ?[0-9]{0,6}( RTP/AVP)?( [0-9a-z/.-]{0,12}){0,4}", 0..12)) {
        let mut offer = b"v=0\r\n".to_vec();
        for line in lines {
            offer.extend(line.as_bytes());
            offer.extend(b"\r\n");
        }
        let mut negotiation = Negotiation::new(local(), 1);
        if let Ok((text, _)) = negotiation.answer(&offer, false) {
            let ours = Description::parse(text.as_bytes()).unwrap();
            let offered = Description::parse(&offer).unwrap();
            prop_assert_eq!(ours.lines.len(), offered.lines.len());
            prop_assert_eq!(ours.lines.iter().filter(|it| it.port != 0).count(), 1);
        }
        negotiation.offer(false);
        let _ = negotiation.accept(&offer);
    }
}
