//! Receivers that fail in other ways, and what people see and do of it.

use crate::receiver::{Mode, Receiver};
use crate::{deliveries, destination, home, set, start, until};
use ringdown::proto::*;

/// Hangs, breaks off or sends elsewhere: it stays for later, is told in the delivery, and delays no other receiver.
#[tokio::test(flavor = "multi_thread")]
async fn a_bad_receiver_delays_nobody_else() {
    let (elsewhere, good) = (Receiver::start(Mode::Answer(200)).await, Receiver::start(Mode::Answer(204)).await);
    for (mode, error) in [
        (Mode::Hang, ""),
        (Mode::Reset, "The connection broke"),
        (Mode::Redirect(elsewhere.url.clone()), "redirect"),
        (Mode::Answer(404), "404"),
    ] {
        let (home, bad) = (home(&[]), Receiver::start(mode.clone()).await);
        let server = home.start();
        let mut grpc = server.grpc().await;
        destination(&mut grpc, &bad.url).await;
        let before = good.got().len();
        let mut ids = Vec::new();
        for _ in 0..10 {
            ids.push(start(&mut grpc, vec![set("a", "b")], &good.url).await);
        }
        let ended = |id: &String| {
            let of = |json: &serde_json::Value| json["type"] == "activeflow_ended" && json["data"]["id"] == **id;
            good.got()[before..].iter().any(|got| of(&got.json()))
        };
        until("that the good receiver has all", async || ids.iter().all(ended)).await;
        // What the good one has taken is noted a moment later.
        until("that what is bad alone waits", async || {
            let waiting = deliveries(&mut grpc, WebhookDeliveryStatus::Waiting).await;
            waiting.len() >= 40 && waiting.iter().all(|it| it.uri == bad.url)
        })
        .await;
        if !error.is_empty() {
            until("that it is told", async || {
                let waiting = deliveries(&mut grpc, WebhookDeliveryStatus::Waiting).await;
                waiting.iter().any(|it| it.last_error.contains(error) && it.attempts > 0 && it.tm_next.is_some())
            })
            .await;
        }
        server.kill();
    }
    assert!(elsewhere.got().is_empty(), "nothing follows a redirect");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_sent_inside_unless_it_is_allowed() {
    let (home, receiver) = (crate::server::Home::new(&[]), Receiver::start(Mode::Answer(200)).await);
    // It was allowed when it was set, and is not any more.
    let server = home.start_with(&[("RINGDOWN_OUTBOUND_ALLOW", "127.0.0.1:*")]);
    destination(&mut server.grpc().await, &receiver.url).await;
    assert!(server.stop().success());
    let server = home.start();
    let mut grpc = server.grpc().await;
    start(&mut grpc, vec![set("a", "b")], "").await;
    until("that it is refused", async || {
        let waiting = deliveries(&mut grpc, WebhookDeliveryStatus::Waiting).await;
        !waiting.is_empty() && waiting.iter().all(|it| it.last_error.contains("loopback"))
    })
    .await;
    assert!(receiver.got().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delivery_is_shown_and_sent_again() {
    let (home, receiver) = (home(&[]), Receiver::start(Mode::Answer(410)).await);
    let server = home.start();
    let mut grpc = server.grpc().await;
    let id = start(&mut grpc, vec![set("a", "b")], &receiver.url).await;
    // The last event of the activeflow is the last that is queued, so that none comes after it.
    until("that they are dead", async || {
        let dead = deliveries(&mut grpc, WebhookDeliveryStatus::Dead).await;
        dead.iter().any(|it| it.event_type == "activeflow_ended")
            && deliveries(&mut grpc, WebhookDeliveryStatus::Waiting).await.is_empty()
    })
    .await;
    let dead = deliveries(&mut grpc, WebhookDeliveryStatus::Dead).await;
    assert!(dead.len() >= 4);
    let one = dead.iter().find(|it| it.event_type == "activeflow_created").unwrap();
    assert_eq!(
        (one.activeflow_id.as_str(), one.last_status, one.attempts, one.body.as_str()),
        (id.as_str(), 410, 1, "")
    );
    let request = GetWebhookDeliveryRequest { id: one.id.clone() };
    let shown = grpc.webhooks.get_webhook_delivery(request.clone()).await.unwrap().into_inner().delivery.unwrap();
    assert!(shown.body.contains(&id) && shown.tm_next.is_none());

    receiver.set(Mode::Answer(200));
    let again = RedeliverWebhookRequest { id: one.id.clone(), idempotency_key: "again".to_owned() };
    for _ in 0..2 {
        let told = grpc.webhooks.redeliver_webhook(again.clone()).await.unwrap().into_inner().delivery.unwrap();
        assert_eq!((told.status(), told.attempts), (WebhookDeliveryStatus::Waiting, 0));
    }
    until("that it is taken", async || {
        let told = grpc.webhooks.get_webhook_delivery(request.clone()).await.unwrap().into_inner().delivery.unwrap();
        told.status() == WebhookDeliveryStatus::Delivered
    })
    .await;
    let came: Vec<_> = receiver.got().into_iter().filter(|got| got.id() == one.event_id).collect();
    assert_eq!(came.len(), 2);
    assert_eq!(came[0].body, came[1].body);

    // The same over REST, and none of it to others.
    let rest = server.rest();
    let (status, page) = rest.get(&format!("/v1.0/webhook_deliveries?status=dead&activeflow_id={id}")).await;
    assert_eq!((status, page["result"].as_array().unwrap().len()), (200, dead.len() - 1));
    assert!(page["result"][0].get("body").is_none());
    let (status, error) = rest.get("/v1.0/webhook_deliveries/00000000-0000-4000-8000-000000000009").await;
    assert_eq!((status, error["error"]["reason"].as_str()), (404, Some("WEBHOOK_DELIVERY_NOT_FOUND")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_is_shown_once_and_replaced() {
    let (home, receiver) = (home(&[]), Receiver::start(Mode::Answer(200)).await);
    let server = home.start();
    let mut grpc = server.grpc().await;
    let first = destination(&mut grpc, &receiver.url).await;
    assert!(first.starts_with("whsec_"));
    assert_eq!(destination(&mut grpc, &receiver.url).await, "");
    let customer = grpc.customers.get_customer(GetCustomerRequest {}).await.unwrap().into_inner().customer.unwrap();
    assert_eq!((customer.webhook_secret.as_str(), customer.webhook_uri.as_str()), ("", receiver.url.as_str()));
    let rotate =
        UpdateCustomerRequest { webhook_uri: receiver.url.clone(), rotate_webhook_secret: true, ..Default::default() };
    let rotated = grpc.customers.update_customer(rotate).await.unwrap().into_inner().customer.unwrap();
    assert!(rotated.webhook_secret.starts_with("whsec_") && rotated.webhook_secret != first);
    start(&mut grpc, vec![set("a", "b")], "").await;
    until("that it is told", async || !receiver.got().is_empty()).await;
    let got = receiver.got().remove(0);
    assert_eq!(got.headers["webhook-signature"].split(' ').count(), 2, "both sign for a day");
    crate::python::verify(&[got.signed()], &first);
    let wrong = UpdateCustomerRequest { webhook_uri: "ftp://a.example".to_owned(), ..Default::default() };
    assert!(grpc.customers.update_customer(wrong).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recording_that_is_over_is_told() {
    let (home, customers) = (home(&[]), Receiver::start(Mode::Answer(200)).await);
    let server = home.start();
    let mut grpc = server.grpc().await;
    let secret = destination(&mut grpc, &customers.url).await;
    let rest = server.rest();
    let to = serde_json::json!({"type": "tel", "target": "+15550000001"});
    let actions = serde_json::json!([{"type": "recording_start"}, {"type": "talk", "option": {"text": "Hello."}}]);
    let body = serde_json::json!({"source": to, "destination": to, "actions": actions});
    let call = rest.ok("POST", "/v1.0/calls", Some(body)).await["id"].as_str().unwrap().to_owned();
    until("that it is told", async || customers.got().iter().any(|got| got.json()["type"] == "recording_finished"))
        .await;
    let got = customers.got().into_iter().find(|got| got.json()["type"] == "recording_finished").unwrap();
    let page = rest.ok("GET", &format!("/v1.0/recordings?call_id={call}"), None).await;
    assert_eq!(got.json()["data"], page["result"][0], "as in a list");
    assert_eq!(got.id(), format!("{}-finished", page["result"][0]["id"].as_str().unwrap()));
    crate::python::verify(&[got.signed()], &secret);
}
