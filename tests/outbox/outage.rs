//! A receiver fails 100 deliveries and recovers, and the server is killed meanwhile: every event of the log arrives.

use crate::receiver::{Got, Mode, Receiver};
use crate::server::{Grpc, Home};
use crate::{destination, home, log, python, set, start, talk, tel, until};
use ringdown::outbound::webhook::{Secret, headers};
use ringdown::proto::*;
use std::collections::{BTreeMap, BTreeSet};

async fn work(grpc: &mut Grpc) {
    for number in 0..8 {
        start(grpc, vec![set("n", &number.to_string()), set("m", "x")], "").await;
        let request = CreateCallsRequest {
            source: Some(tel("+15551230000")),
            destinations: vec![tel("+15550000001")],
            actions: vec![talk("hello")],
            ..Default::default()
        };
        grpc.calls.create_calls(request).await.unwrap();
    }
}

/// Waits until the receiver has taken every event of the log, which stands still for it, and stops the server.
async fn all_taken(home: &Home, receiver: &Receiver) {
    let mut before = 0;
    until("that every event is taken", async || {
        let events: BTreeSet<String> = log::events(home).into_iter().collect();
        let settled = std::mem::replace(&mut before, events.len()) == events.len();
        let taken = taken(&receiver.got());
        settled && events.iter().all(|id| taken.contains_key(id))
    })
    .await;
}

/// How often each was taken.
fn taken(got: &[Got]) -> BTreeMap<String, usize> {
    let mut taken = BTreeMap::new();
    for got in got.iter().filter(|got| got.taken()) {
        *taken.entry(got.id().to_owned()).or_default() += 1;
    }
    taken
}

#[tokio::test(flavor = "multi_thread")]
async fn every_event_arrives_through_an_outage_and_kills() {
    let (home, receiver) = (home(&[]), Receiver::start(Mode::FailFirst(100)).await);
    let mut server = home.start();
    let mut grpc = server.grpc().await;
    let secret = destination(&mut grpc, &receiver.url).await;
    let mut noted: Vec<(usize, BTreeSet<String>)> = Vec::new();
    for kill_at in [40, 130] {
        work(&mut grpc).await;
        until("that some deliveries are tried", async || receiver.got().len() >= kill_at).await;
        server.kill();
        // What the dead server had noted as taken must never come again.
        noted.push((receiver.got().len(), log::delivered(&home)));
        server = home.start();
        grpc = server.grpc().await;
    }
    work(&mut grpc).await;
    all_taken(&home, &receiver).await;
    assert!(server.stop().success());

    let got = receiver.got();
    let (events, taken) = (log::events(&home), taken(&got));
    assert!(events.len() > 200, "{} events", events.len());
    let (log, came): (BTreeSet<_>, BTreeSet<_>) = (events.iter().collect(), taken.keys().collect());
    assert_eq!(log, came, "the ids are the log's");
    for (number, delivered) in &noted {
        let again: Vec<&Got> = got[*number..].iter().filter(|got| delivered.contains(got.id())).collect();
        assert!(again.is_empty(), "sent again though it was noted: {again:?}");
    }
    // What came twice was taken when a server died before it could note that.
    let twice = taken.values().filter(|times| **times > 1).count();
    assert!(twice <= 2 * 16, "{twice} came twice");
    assert!(got.iter().filter(|got| !got.taken()).count() == 100);
    check(&got, &secret);
    python::verify(&got.iter().map(Got::signed).collect::<Vec<_>>(), &secret);
}

/// Signature, shape and type of every request.
fn check(got: &[Got], secret: &str) {
    let secrets: [Secret; 1] = [secret.parse().unwrap()];
    let mut types = BTreeSet::new();
    for got in got {
        let at = got.headers["webhook-timestamp"].parse().unwrap();
        for (name, value) in headers(&secrets, got.id(), at, got.body.as_bytes()) {
            assert_eq!(got.headers[name.as_str()], value);
        }
        let json = got.json();
        let keys: Vec<&String> = json.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["type", "timestamp", "data"]);
        let r#type = json["type"].as_str().unwrap().to_owned();
        let run = if r#type.starts_with("call_") { &json["data"]["activeflow_id"] } else { &json["data"]["id"] };
        assert!(got.id().starts_with(run.as_str().unwrap()), "{json}");
        assert_eq!((got.method.as_str(), got.headers["content-type"].as_str()), ("POST", "application/json"));
        assert!(json["data"].get("executed_actions").is_none(), "as in a list");
        types.insert(r#type);
    }
    let all =
        ["activeflow_created", "activeflow_ended", "activeflow_updated", "call_created", "call_hangup", "call_updated"];
    assert_eq!(types.into_iter().collect::<Vec<_>>(), all);
}
