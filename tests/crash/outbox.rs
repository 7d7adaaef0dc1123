//! Servers that die around a delivery: webhooks come again under the same id, messages and mail do not come again.

use super::clients::tel;
use super::fixture::Fixture;
use super::log;
use super::post_office::{Manners, PostOffice};
use super::receiver::{Mode, Receiver};
use super::server::Grpc;
use super::servers::{PATIENCE, Servers};
use ringdown::proto::action::Option as Act;
use ringdown::proto::*;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let begun = Instant::now();
    while !holds().await {
        assert!(begun.elapsed() < PATIENCE, "{what} did not come to pass");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn begin(fixture: &Fixture, n: usize, action: Act) {
    let actions = vec![Action { option: Some(action), ..Action::default() }];
    let request = CreateActiveflowRequest { actions, idempotency_key: format!("begin-{n}"), ..Default::default() };
    let ask = |mut grpc: Grpc, request| async move { grpc.activeflows.create_activeflow(request).await };
    fixture.ask(&request, ask).await.unwrap();
}

/// Starts a server that dies at this point, lets it do something that leads there, and gives the next one.
async fn die_at(fixture: &Fixture, point: &str, lead: impl AsyncFn()) -> super::fixture::RunningServer {
    let mut life = fixture.start(Some(point)).await.expect("nothing is to be delivered yet");
    lead().await;
    let died = tokio::time::timeout(PATIENCE, life.over()).await;
    assert!(!died.unwrap_or_else(|_| panic!("{point} is not reached")).success());
    fixture.start(None).await.expect("nothing kills it any more")
}

async fn webhooks_at(point: &str) {
    let (fixture, receiver) =
        (Fixture::with(&["--outbound-allow", "127.0.0.1:*"]), Receiver::start(Mode::Answer(204)).await);
    let life = fixture.start(None).await.unwrap();
    let request = UpdateCustomerRequest { webhook_uri: receiver.url.clone(), ..Default::default() };
    let ask = |mut grpc: Grpc, request| async move { grpc.customers.update_customer(request).await };
    fixture.ask(&request, ask).await.unwrap();
    life.kill().await;

    let set = || Act::VariableSet(VariableSetOption { key: Some("a".to_owned()), value: Some("b".to_owned()) });
    // It may die before it can answer; nobody asks it again before there is another one.
    let life = die_at(&fixture, point, async || {
        let mut grpc = fixture.grpc().await;
        let actions = vec![Action { option: Some(set()), ..Action::default() }];
        for _ in 0..5 {
            let request = CreateActiveflowRequest { actions: actions.clone(), ..Default::default() };
            if grpc.activeflows.create_activeflow(request).await.is_err() {
                break;
            }
        }
    })
    .await;
    begin(&fixture, 0, set()).await;
    let home = fixture.home();
    until("that every event is taken", async || {
        let taken: Vec<String> = receiver.got().iter().map(|got| got.id().to_owned()).collect();
        let events = log::events(home);
        !events.is_empty() && events.iter().all(|id| taken.contains(id))
    })
    .await;
    life.stop().await;
    let mut bodies: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for got in receiver.got() {
        bodies.entry(got.id().to_owned()).or_default().push(got.body);
    }
    let mut events = log::events(home);
    events.sort();
    assert_eq!(events, bodies.keys().cloned().collect::<Vec<_>>(), "the ids are the log's");
    let twice: Vec<&Vec<String>> = bodies.values().filter(|bodies| bodies.len() > 1).collect();
    assert!(twice.iter().all(|bodies| bodies.len() == 2 && bodies[0] == bodies[1]), "{twice:?}");
    match point.starts_with("after_delivery") {
        true => assert!((1..=16).contains(&twice.len()), "{} came twice", twice.len()),
        // Others may have been on their way beside the one that was not sent.
        false => assert!(twice.len() < 16, "{} came twice", twice.len()),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn between_the_commit_and_a_webhook() {
    webhooks_at("before_delivery:3").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn between_a_webhook_and_its_note() {
    webhooks_at("after_delivery:3").await;
}

/// Sends a message through a server that dies at this point, and gives what became of it and how often it was sent.
async fn message_at(point: &str) -> (Message, usize) {
    let provider = Receiver::start(Mode::Answer(200)).await;
    let options = ["--outbound-allow", "127.0.0.1:*", "--message-provider", "http", "--message-url", &provider.url];
    let fixture = Fixture::with(&options);
    let request = SendMessageRequest {
        source: Some(tel("+15550000009")),
        destinations: vec![tel("+15550000001")],
        text: "Hello.".to_owned(),
        idempotency_key: "once".to_owned(),
    };
    let life = die_at(&fixture, point, async || {
        let number = CreateNumberRequest { number: "+15550000009".to_owned(), ..Default::default() };
        fixture.grpc().await.numbers.create_number(number).await.unwrap();
        // The answer may be lost with the server; the message is not.
        let _ = fixture.grpc().await.messages.send_message(request.clone()).await;
    })
    .await;
    let ask = |mut grpc: Grpc, request| async move { grpc.messages.send_message(request).await };
    let sent = fixture.ask(&request, ask).await.unwrap().messages.remove(0);
    let mut shown = sent.clone();
    until("that it is settled", async || {
        let request = GetMessageRequest { id: sent.id.clone() };
        let ask = |mut grpc: Grpc, request| async move { grpc.messages.get_message(request).await };
        shown = fixture.ask(&request, ask).await.unwrap().message.unwrap();
        shown.status() != MessageStatus::Queued
    })
    .await;
    life.stop().await;
    assert!(provider.got().iter().all(|got| got.json()["id"] == sent.id));
    (shown, provider.got().len())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_was_not_begun_is_sent() {
    let (message, times) = message_at("before_mark:1").await;
    assert_eq!((message.status(), message.error.as_str(), times), (MessageStatus::Sent, "", 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_was_begun_is_unknown_and_not_sent_again() {
    for (point, expected) in [("before_delivery:1", 0), ("after_delivery:1", 1)] {
        let (message, times) = message_at(point).await;
        assert_eq!((message.status(), times), (MessageStatus::Failed, expected), "{point}");
        assert!(message.error.starts_with("unknown: "), "{point}: {}", message.error);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_that_was_begun_is_unknown_and_not_sent_again() {
    for (point, expected, error) in
        [("before_mark:1", 1, ""), ("before_delivery:1", 0, "unknown: "), ("after_delivery:1", 1, "unknown: ")]
    {
        let office = PostOffice::open(Manners::default()).await;
        let url = format!("smtp://{}?tls=none", office.address);
        let fixture = Fixture::with(&["--smtp-url", &url, "--mail-from", "no-reply@ring.example"]);
        let to = Address { r#type: "email".to_owned(), target: "ann@a.example".to_owned(), ..Default::default() };
        let subject = Some("Missed call".to_owned());
        let mail = Act::EmailSend(EmailSendOption { destinations: vec![to], subject, ..Default::default() });
        let life = die_at(&fixture, point, async || {
            let actions = vec![Action { option: Some(mail.clone()), ..Action::default() }];
            let request = CreateActiveflowRequest { actions, ..Default::default() };
            let _ = fixture.grpc().await.activeflows.create_activeflow(request).await;
        })
        .await;
        let state = || -> (i64, String) {
            let db = rusqlite::Connection::open(fixture.database()).unwrap();
            let settled = "select state, error from outgoing where kind = 3";
            db.query_row(settled, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap()
        };
        until("that it is settled", async || matches!(state().0, 3 | 4)).await;
        life.stop().await;
        let (outcome, told) = state();
        assert_eq!(outcome == 3, error.is_empty(), "{point}: {told}");
        assert!(told.starts_with(error), "{point}: {told}");
        let taken = office.heard().iter().flatten().filter(|line| line.starts_with("DATA")).count();
        assert_eq!(taken, expected, "{point}");
    }
}
