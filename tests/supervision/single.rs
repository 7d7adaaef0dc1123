//! The tasks of a server that has its database for itself.

use crate::binary::{Home, Server, text, until};
use crate::witness::Witness;
use crate::{ask, measured, restarted};
use ringdown::proto::*;
use serde_json::json;
use std::collections::HashSet;
use std::time::{Duration, SystemTime};

const ARGS: &[&str] = &["--outbound-allow", "127.0.0.1:*", "--sim-speed", "20"];

fn start(home: &Home, failpoint: &str) -> Server {
    home.start_with(&[("RINGDOWN_FAILPOINT", failpoint)])
}

/// A task panics at its first work, and everything that was on its way arrives, once.
async fn goes_on(task: &str) {
    let home = Home::new(ARGS);
    let server = start(&home, &format!("{task}:panic"));
    let mut witness = Witness::of(&server).await;
    witness.see_a_round(&server).await;
    restarted(&server, task).await;
    witness.see_a_round(&server).await;
    assert!(server.stop().success());
    let log = home.log();
    assert!(log.contains("it is restarted") && log.contains(task), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn watch_hub() {
    goes_on("watch_hub").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn watch_relay() {
    goes_on("watch_relay").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn event_projector() {
    goes_on("event_projector").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn outbox() {
    goes_on("outbox").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn carriers() {
    goes_on("carriers").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn call_minutes() {
    goes_on("call_minutes").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn timers() {
    goes_on("timers").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn call_offers() {
    goes_on("call_offers").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn call_signals() {
    goes_on("call_signals").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pruner() {
    let home = Home::new(&[ARGS, &["--retain-deliveries", "1s"]].concat());
    let server = start(&home, "pruner:panic");
    let mut witness = Witness::of(&server).await;
    witness.see_a_round(&server).await;
    restarted(&server, "pruner").await;
    let grpc = server.grpc().await;
    until("that deliveries are forgotten", async || {
        let request = ListWebhookDeliveriesRequest::default();
        let page = grpc.webhooks.clone().list_webhook_deliveries(request).await.unwrap().into_inner();
        page.deliveries.is_empty().then_some(())
    })
    .await;
    assert!(server.stop().success());
}

/// A watch ends with its key though the task that ends it has panicked.
#[tokio::test(flavor = "multi_thread")]
async fn credentials() {
    let home = Home::new(ARGS);
    let server = start(&home, "credentials:panic");
    restarted(&server, "credentials").await;
    let grpc = server.grpc().await;
    let made = grpc.access_keys.clone().create_access_key(CreateAccessKeyRequest::default()).await.unwrap();
    let made = made.into_inner().access_key.unwrap();
    let watching = crate::binary::Grpc::new(server.channel().await, &made.key);
    let watch = watching.activeflows.clone().watch_activeflows(WatchActiveflowsRequest::default()).await.unwrap();
    let mut frames = watch.into_inner();
    assert!(frames.message().await.unwrap().is_some());
    let delete = DeleteAccessKeyRequest { id: made.id, ..Default::default() };
    grpc.access_keys.clone().delete_access_key(delete).await.unwrap();
    let ended = frames.message().await.unwrap_err();
    assert_eq!(ended.code(), tonic::Code::Unauthenticated, "{ended:?}");
    assert!(server.stop().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn customer_care() {
    let home = Home::new(ARGS);
    let server = start(&home, "customer_care:panic");
    restarted(&server, "customer_care").await;
    let (id, _) = home.customer();
    home.run(&["customers", "suspend", &id]);
    home.run(&["customers", "delete", &id]);
    until("the customer is gone", async || (!home.run(&["customers", "list"]).contains(&id)).then_some(())).await;
    assert!(server.stop().success());
}

/// More runs wake at once than there are workers: those that wait for one are not forgotten when their task panics.
#[tokio::test(flavor = "multi_thread")]
async fn run_dispatcher() {
    let home = Home::new(ARGS);
    let server = home.start();
    let rest = server.rest();
    let due = SystemTime::now() + Duration::from_secs(8);
    let body = json!({"actions": [{"type": "sleep", "option": {"duration": 8_000}}]});
    let mut ids = HashSet::new();
    for _ in 0..8 {
        let made = (0..100).map(|_| rest.ok("POST", "/v1.0/activeflows", Some(body.clone())));
        ids.extend(futures::future::join_all(made).await.iter().map(|it| text(it, "id")));
    }
    server.kill();
    // The last of them is due a moment later than the first.
    let later = due + Duration::from_secs(8);
    until("that all are due", async || (SystemTime::now() > later).then_some(())).await;
    let server = start(&home, "run_dispatcher:panic");
    restarted(&server, "run_dispatcher").await;
    let ended = async || {
        let (mut ended, mut page_token) = (HashSet::new(), String::new());
        loop {
            let path = format!("/v1.0/activeflows?page_size=1000&page_token={page_token}");
            let page = server.rest().ok("GET", &path, None).await;
            let all = page["result"].as_array().unwrap().clone();
            ended.extend(all.iter().filter(|it| it["status"] == "ended").map(|it| text(it, "id")));
            page_token = text(&page, "next_page_token");
            if page_token.is_empty() {
                return (ended == ids).then_some(());
            }
        }
    };
    until("that all end", ended).await;
    assert!(server.stop().success());
}

/// The write-ahead log is copied by a task once it is long.
#[tokio::test(flavor = "multi_thread")]
async fn checkpoints() {
    let home = Home::new(ARGS);
    let server = start(&home, "checkpoints:panic");
    let rest = server.rest();
    let talk = json!({"type": "talk", "option": {"text": "x".repeat(2_000)}});
    let flow = json!({"name": "long", "actions": vec![talk; 100]});
    let is_down = "ringdown_task_restarts_total{task=\"checkpoints\"} 1";
    let mut made = 0;
    while !ask(&server, "/metrics").await.1.lines().any(|it| it == is_down) {
        let flows = (0..50).map(|_| rest.ok("POST", "/v1.0/flows", Some(flow.clone())));
        made += futures::future::join_all(flows).await.len();
        assert!(made < 3_000, "the task was not asked");
    }
    restarted(&server, "checkpoints").await;
    let mut witness = Witness::of(&server).await;
    witness.see_a_round(&server).await;
    assert!(server.stop().success());
    assert!(!home.path().join("ringdown.db-wal").exists(), "the database is closed in order");
}

/// Operators are told of a task that panics each time that it is started, and the server can be stopped in order.
#[tokio::test(flavor = "multi_thread")]
async fn a_task_that_stays_down_is_told_of() {
    let home = Home::new(ARGS);
    let server = start(&home, "outbox:panics");
    let witness = Witness::of(&server).await;
    let body = json!({"actions": [{"type": "block"}]});
    server.rest().ok("POST", "/v1.0/activeflows", Some(body)).await;
    measured(&server, "ringdown_tasks_down{task=\"outbox\"} 1").await;
    until("that it is not ready", async || {
        let (status, text) = ask(&server, "/readyz").await;
        (status == 503 && text.contains("outbox") && text.contains("NODE_UNAVAILABLE")).then_some(())
    })
    .await;
    assert_eq!(ask(&server, "/healthz").await.0, 200, "it lives");
    drop(witness);
    assert!(server.stop().success());
}
