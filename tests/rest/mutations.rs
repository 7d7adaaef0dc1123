//! Requests that were spoiled at random: each is answered as the contract says, and none panics.

use crate::fake::Fake;
use http::{HeaderValue, Uri};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

const LINES: &[&str] = &[
    "POST /v1.0/calls",
    "PUT /v1.0/flows/018f0000-0000-7000-8000-000000000000",
    "PATCH /v1.0/customer",
    "GET /v1.0/calls?page_size=10&page_token=2023-04-02%2013:43:30.576077&status=hangup",
    "GET /v1.0/activeflows/watch?ids=a&ids=b&until_ended=true",
    "GET /v1.0/recordings/018f0000-0000-7000-8000-000000000000/file",
    "DELETE /v1.0/calls/abc/hold",
];
const BODY: &str = r#"{"source": {"type": "tel", "target": "+15550001111"}, "destination": {"type": "tel", "target": "+1"},
    "actions": [{"id": "menu", "type": "talk", "option": {"text": "Hello."}}], "name": "a", "tm_expire": "2030-01-01 00:00:00.5"}"#;
const HEADERS: &[(&str, &str)] = &[
    ("idempotency-key", "k1"),
    ("if-match", "\"1\""),
    ("if-none-match", "W/\"1\""),
    ("range", "bytes=0-99"),
    ("last-event-id", "018f"),
    ("grpc-timeout", "5S"),
    ("x-request-id", "abc"),
    ("content-type", "application/json"),
];
const TOKENS: &[&str] = &[
    "\0",
    "\"",
    "{",
    "[",
    "null",
    "-1",
    "1e999",
    "%00",
    "%ff",
    "&&",
    "=",
    "bytes=-1",
    "99999999999999999999",
    "\\ud800",
    "é",
];

/// A text with a few places changed.
fn spoiled(text: &'static str) -> impl Strategy<Value = String> {
    vec((any::<Index>(), 0..4_usize, select(TOKENS)), 0..4).prop_map(move |changes| {
        let mut chars: Vec<char> = text.chars().collect();
        for (index, kind, token) in changes {
            let at = index.index(chars.len() + 1);
            match kind {
                0 => chars.truncate(at),
                1 => drop(chars.splice(at..at, token.chars())),
                2 => drop(chars.drain(at..chars.len().min(at + 3))),
                _ => {
                    let again: Vec<char> = chars[at..].iter().copied().take(20).cycle().take(200).collect();
                    chars.splice(at..at, again);
                }
            }
        }
        chars.into_iter().collect()
    })
}

#[test]
fn every_answer_is_one_of_the_contract() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut runner = TestRunner::new_with_rng(
        Config { cases: 2_000, failure_persistence: None, ..Config::default() },
        TestRng::deterministic_rng(RngAlgorithm::ChaCha),
    );
    let line = select(LINES).prop_flat_map(spoiled);
    let header = select(HEADERS).prop_flat_map(|(name, value)| (Just(name), spoiled(value)));
    let requests = (line, vec(header, 0..4), spoiled(BODY));
    let outcome = runner.run(&requests, |(line, headers, body)| {
        let target = line.split_once(' ').filter(|(method, uri)| !method.is_empty() && uri.parse::<Uri>().is_ok());
        let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let sent = headers.iter().all(|(_, value)| HeaderValue::from_str(value).is_ok());
        let known = target.is_some_and(|(method, _)| method.parse::<http::Method>().is_ok());
        if sent && known {
            let answer = runtime.block_on(Fake::default().send(&line, &headers, body));
            let status = answer.status.as_u16();
            prop_assert!(status < 500, "{line} {headers:?}: {status} {}", answer.text);
            if status >= 400 && status != 405 {
                prop_assert!(answer.text.contains("\"reason\""), "{line}: {status} {}", answer.text);
            }
        }
        Ok(())
    });
    outcome.unwrap();
}
