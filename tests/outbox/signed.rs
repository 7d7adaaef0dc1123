//! The requests of `fetch` and of a `webhook_send` that waits are signed like webhooks, and a repetition has the same id.

use crate::receiver::{Got, Mode, Receiver};
use crate::{action, destination, home, python, start, until};
use ringdown::outbound::webhook::{Secret, headers};
use ringdown::proto::*;

fn fetch(url: &str, method: &str) -> Action {
    action(action::Option::Fetch(FetchOption {
        event_url: Some(url.to_owned()),
        event_method: Some(method.to_owned()),
        timeout_ms: Some(60_000),
    }))
}

fn send(url: &str, method: &str, data: &str) -> Action {
    action(action::Option::WebhookSend(WebhookSendOption {
        sync: Some(true),
        uri: Some(url.to_owned()),
        method: Some(method.to_owned()),
        data: Some(data.to_owned()),
        timeout_ms: Some(60_000),
        ..Default::default()
    }))
}

/// Signed at its time, under its id, with this secret.
fn is_signed(got: &Got, secret: &str) -> bool {
    let secret: Secret = secret.parse().unwrap();
    let at = got.headers["webhook-timestamp"].parse().unwrap();
    let expected = headers(&[secret], got.id(), at, got.body.as_bytes());
    expected.iter().all(|(name, value)| got.headers[name.as_str()] == *value)
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_of_flows_are_signed_like_webhooks() {
    let (home, asked) = (home(&[]), Receiver::start(Mode::Say(200, r#"{"actions": []}"#.to_owned())).await);
    let events = Receiver::start(Mode::Answer(204)).await;
    let server = home.start();
    let mut grpc = server.grpc().await;
    let secret = destination(&mut grpc, &events.url).await;
    let actions = vec![
        fetch(&asked.url, "POST"),
        send(&asked.url, "PUT", r#"{"a": 1}"#),
        send(&asked.url, "GET", ""),
        fetch(&asked.url, "GET"),
    ];
    let id = start(&mut grpc, actions, "").await;
    until("that all are sent", async || asked.got().len() >= 4).await;
    let got = asked.got();
    assert!(got.iter().all(|got| is_signed(got, &secret) && got.id().starts_with(&id)), "{got:?}");
    assert!(got.iter().all(|got| got.headers["x-ringdown-request-id"] == got.id()));
    let mut ids: Vec<&str> = got.iter().map(Got::id).collect();
    ids.dedup();
    assert_eq!(ids.len(), 4, "each has its own");
    assert_eq!((got[1].body.as_str(), got[2].body.as_str()), (r#"{"a": 1}"#, ""));
    assert_eq!(got[1].headers["content-type"], "application/json");
    // The library reads JSON, which a GET has none of.
    python::verify(&got[..2].iter().map(Got::signed).collect::<Vec<_>>(), &secret);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_is_repeated_after_a_restart_has_the_same_id() {
    for action in [fetch, |url: &str, method: &str| send(url, method, "x")] {
        let (home, asked) = (home(&[]), Receiver::start(Mode::Hang).await);
        let server = home.start();
        // Nobody has asked for a secret: there is one all the same, which a rotation shows.
        start(&mut server.grpc().await, vec![action(&asked.url, "POST")], "").await;
        until("that it is asked", async || !asked.got().is_empty()).await;
        server.kill();
        asked.set(Mode::Say(200, r#"{"actions": []}"#.to_owned()));
        let _server = home.start();
        until("that it is asked again", async || asked.got().len() > 1).await;
        let got = asked.got();
        assert_eq!((got[0].id(), &got[0].body), (got[1].id(), &got[1].body));
        assert!(got.iter().all(|got| got.headers["webhook-signature"].starts_with("v1,")));
    }
}
