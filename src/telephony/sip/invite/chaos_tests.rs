//! Calls to which anything happens in any order.

use super::tests::Bench;

/// What may happen to a call. `to` is answered by our last request.
const HAPPENS: &[&str] = &[
    "100 to",
    "180 a to",
    "183 a to | sdp",
    "183 b to | sdp",
    "200 a to | sdp",
    "200 b to | sdp",
    "200 a to",
    "491 a to",
    "481 a to",
    "408 a to",
    "486 a to",
    "503 a to",
    "487 a to",
    "302 a to | Contact: -",
    "401 a to | WWW-Authenticate: Digest realm=\"r\", nonce=\"n\"",
    "INVITE | sdp",
    "INVITE | sdp sendonly",
    "INVITE",
    "INVITE | sdp formats=18",
    "UPDATE | sdp",
    "UPDATE",
    "BYE",
    "INFO",
    "OPTIONS",
    "PRACK",
    "CANCEL",
    "CANCEL 1",
    "ACK",
    "ACK | sdp",
    "ACK 1",
    "ACK 2 | sdp",
    "noack",
    "noack 1",
    "take",
    "early",
    "answer",
    "hold",
    "unhold",
    "hangup busy",
    "hangup failed",
    "refuse 404",
    "wait 1",
    "wait 5",
    "wait 40",
];

proptest::proptest! {
    /// Whatever happens in whatever order: the end is reported once, nothing is reported after it, and the call is over in the end.
    #[test]
    fn nothing_breaks_a_call(incoming: bool, events in proptest::collection::vec(proptest::sample::select(HAPPENS), 0..25)) {
        let mut bench = Bench::new();
        bench.run(if incoming { "invite | sdp" } else { "dial two auth" });
        let mut seconds = 0.0;
        let last = |bench: &Bench| bench.sent.keys().next_back().copied();
        for event in events {
            match (event.strip_prefix("wait "), event.contains(" to"), last(&bench)) {
                (Some(wait), ..) => {
                    seconds += wait.parse::<f64>().unwrap();
                    bench.run(&format!("at {seconds}"));
                }
                (None, true, Some(last)) => bench.run(&event.replacen(" to", &format!(" to {last}"), 1)),
                (None, true, None) => {}
                (None, false, _) => bench.run(event),
            }
        }
        bench.run("hangup normal");
        for last in bench.sent.keys().copied().collect::<Vec<_>>() {
            bench.run(&format!("408 a to {last}"));
        }
        bench.run(&format!("at {}", seconds + 100.0));
        let reports: Vec<&str> = bench.text.lines().filter(|it| it.starts_with("  report ")).collect();
        let ends = reports.iter().filter(|it| it.starts_with("  report Hangup")).count();
        let refused = incoming && ends == 0;
        proptest::prop_assert!(bench.over && (ends == 1 || refused), "{}", bench.text);
        proptest::prop_assert!(refused || reports.last().is_some_and(|it| it.starts_with("  report Hangup")), "{}", bench.text);
    }
}
