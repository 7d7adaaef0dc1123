//! Webhooks: signatures that receivers verify, and the plan of attempts.

use bytes::Bytes;
use proptest::prelude::*;
use ringdown::outbound::http::{Failure, Response};
use ringdown::outbound::webhook::{LIFETIME, Secret, Verdict, headers, judge, next_attempt};
use std::time::Duration;

#[test]
fn the_published_signature_is_ours() {
    // The test vector of the specification's own libraries.
    let secret: Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".parse().unwrap();
    let body = br#"{"test": 2432232314}"#;
    let made = headers(&[secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body);
    let made: Vec<_> = made.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let expect = [
        ("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"),
        ("webhook-timestamp", "1614265330"),
        ("webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
    ];
    assert_eq!(made, expect);
}

#[test]
fn while_a_secret_is_replaced_both_sign() {
    let (new, old) = (Secret::new([1; 32]), Secret::new([2; 32]));
    let signature = |secrets: &[Secret]| headers(secrets, "msg_1", 1, b"{}").pop().unwrap().1;
    let both = signature(&[new.clone(), old.clone()]);
    assert_eq!(both, format!("{} {}", signature(&[new]), signature(&[old])));
}

#[test]
fn secrets_are_read_as_they_are_shown() {
    let secret = Secret::new([7; 32]);
    let shown = secret.reveal();
    assert!(shown.starts_with("whsec_BwcHBwcH"), "{shown}");
    assert_eq!(shown.parse::<Secret>().unwrap(), secret);
    assert_eq!(shown.strip_prefix("whsec_").unwrap().parse::<Secret>().unwrap(), secret);
    assert_eq!(format!("{secret:?}"), "Secret(…)");
    // 23 bytes, 65 bytes, no base64.
    let long = format!("{}A==", "AAAA".repeat(21) + "AAA");
    for wrong in ["", "whsec_", "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", &long, "whsec_not base64"] {
        assert!(wrong.parse::<Secret>().is_err(), "{wrong}");
    }
}

fn answered(status: u16, retry_after: Option<&str>) -> Result<Response, Failure> {
    let retry_after = retry_after.map(str::to_owned);
    Ok(Response { status, content_type: None, retry_after, body: Bytes::new(), cut: false })
}

#[test]
fn outcomes_are_judged_as_the_specification_advises() {
    let later = |throttle| Verdict::Retry { after: None, throttle };
    let table = [
        (answered(200, None), Verdict::Delivered),
        (answered(204, None), Verdict::Delivered),
        (answered(299, None), Verdict::Delivered),
        (answered(101, None), later(false)),
        (answered(304, None), later(false)),
        (answered(400, None), later(false)),
        (answered(401, None), later(false)),
        (answered(404, None), later(false)),
        (answered(408, None), later(false)),
        (answered(410, None), Verdict::Gone),
        (answered(429, None), later(true)),
        (answered(500, None), later(false)),
        (answered(502, None), later(true)),
        (answered(503, None), later(true)),
        (answered(504, None), later(true)),
        (Err(Failure::Redirect { status: 301, location: String::new() }), later(false)),
        (Err(Failure::Timeout { after: LIFETIME }), later(false)),
        (Err(Failure::Connect { host: String::new(), why: String::new() }), later(false)),
        (Err(Failure::Dns { host: String::new() }), later(false)),
        (Err(Failure::RefusedAddress { host: String::new(), port: 80, range: "private" }), later(false)),
        (Err(Failure::Broken), later(false)),
        (Err(Failure::Busy), later(false)),
        (Err(Failure::BadUrl("has no host")), Verdict::Dead),
        (Err(Failure::BadHeader("x".to_owned())), Verdict::Dead),
    ];
    for (outcome, expect) in table {
        assert_eq!(judge(&outcome, 0), expect, "{outcome:?}");
    }
}

#[test]
fn receivers_may_ask_for_time_and_not_for_ever() {
    // Wed, 21 Oct 2015 07:28:00 GMT
    let date = 1_445_412_480;
    let table = [
        ("120", 0, Some(120)),
        (" 0 ", 0, Some(0)),
        ("Wed, 21 Oct 2015 07:28:00 GMT", date - 90, Some(90)),
        ("Wed, 21 Oct 2015 07:28:00 GMT", date + 90, Some(0)),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0, Some(14_400)),
        ("604800", 0, Some(14_400)),
        ("99999999999999999999999999", 0, Some(14_400)),
        ("-5", 0, None),
        ("1.5", 0, None),
        ("soon", 0, None),
        ("", 0, None),
    ];
    for (header, now, expect) in table {
        let after = expect.map(Duration::from_secs);
        let verdict = Verdict::Retry { after, throttle: after.is_some() };
        assert_eq!(judge(&answered(500, Some(header)), now), verdict, "{header:?}");
    }
    // What is delivered is delivered.
    assert_eq!(judge(&answered(200, Some("120")), 0), Verdict::Delivered);
}

/// The ages at which a delivery that always fails is tried, each attempt taking `each`.
fn ages(seed: u128, each: Duration, after: Option<Duration>) -> Vec<Duration> {
    let (mut ages, mut age) = (vec![Duration::ZERO], each);
    while let Some(wait) = next_attempt(u32::try_from(ages.len()).unwrap(), age, after, seed) {
        ages.push(age + wait);
        age += wait + each;
    }
    ages
}

#[test]
fn waits_grow_to_two_hours() {
    let mean = [5, 15, 45, 135, 405, 1_215, 3_645, 7_200, 7_200, 7_200];
    for (attempts, mean) in (1..).zip(mean) {
        let (shortest, longest) = (Duration::from_secs(mean) * 3 / 4, Duration::from_secs(mean) * 5 / 4);
        let waits: Vec<_> =
            (0..500).map(|seed| next_attempt(attempts, Duration::ZERO, None, seed << 64 | 5).unwrap()).collect();
        assert!(waits.iter().all(|wait| (shortest..=longest).contains(wait)), "{attempts}: {waits:?}");
        // They are spread over the whole of it: what failed together does not come again together.
        let tenth = (longest - shortest) / 10;
        for part in 0..10 {
            let from = shortest + tenth * part;
            let here = waits.iter().filter(|&&wait| (from..from + tenth).contains(&wait)).count();
            assert!((20..=80).contains(&here), "{attempts}: {here} of 500 in part {part}");
        }
    }
    assert!(next_attempt(u32::MAX, Duration::ZERO, None, 0).is_some());
}

proptest! {
    #[test]
    fn a_delivery_is_tried_for_a_day_and_no_longer(seed: u128, each_ms in 0u64..30_000, after in proptest::option::of(0u64..20_000)) {
        let (each, after) = (Duration::from_millis(each_ms), after.map(Duration::from_secs));
        let ages = ages(seed, each, after);
        // The last attempt is made at the end of the day, or is still under way then.
        prop_assert!((LIFETIME - each..=LIFETIME).contains(ages.last().unwrap()));
        prop_assert!(ages.is_sorted());
        match after {
            None => prop_assert!((16..=24).contains(&ages.len()), "{} attempts", ages.len()),
            // Nobody comes sooner than asked to, but for the last time.
            Some(after) => for pair in ages.windows(2).rev().skip(1) {
                prop_assert!(pair[1] - pair[0] >= after);
            },
        }
        prop_assert_eq!(next_attempt(99, LIFETIME, None, seed), None);
        prop_assert_eq!(next_attempt(1, LIFETIME * 2, after, seed), None);
    }
}

#[test]
fn a_library_of_the_specification_verifies_us() {
    let (secret, body) = (Secret::new([9; 32]), "{\"type\":\"call_created\",\"data\":{\"name\":\"Zoë\"}}");
    let now = chrono::Utc::now().timestamp();
    let made = headers(&[Secret::new([8; 32]), secret.clone()], "msg_019a", now, body.as_bytes());
    let made: serde_json::Map<_, _> = made.into_iter().map(|(name, value)| (name.to_string(), value.into())).collect();
    crate::python::verify(&[serde_json::json!({"headers": made, "body": body})], &secret.reveal());
}
