//! What is old is forgotten, and what is not stays; a watcher that comes back too late is told so.

use crate::receiver::{Mode, Receiver};
use crate::{block, home, set, start, until};
use ringdown::proto::*;

#[tokio::test(flavor = "multi_thread")]
async fn the_old_is_forgotten_and_the_running_is_not() {
    let hook = Receiver::start(Mode::Answer(200)).await;
    let home = home(&["--retain-history", "2s", "--retain-deliveries", "2s"]);
    let server = home.start();
    let mut grpc = server.grpc().await;
    let ended = start(&mut grpc, vec![set("a", "b")], &hook.url).await;
    let running = start(&mut grpc, vec![block()], "").await;
    let watch = WatchActiveflowsRequest { ids: vec![ended.clone()], until_ended: true, ..Default::default() };
    let mut frames = grpc.activeflows.watch_activeflows(watch).await.unwrap().into_inner();
    let mut token = String::new();
    while let Some(frame) = frames.message().await.unwrap() {
        token = frame.into_message().unwrap().resume_token;
    }
    // What comes after the token is forgotten too.
    let later = start(&mut grpc, vec![set("a", "b")], &hook.url).await;
    let get = |id: &str| GetActiveflowRequest { id: id.to_owned() };
    until("that the ended one is forgotten", async || grpc.activeflows.get_activeflow(get(&ended)).await.is_err())
        .await;
    until("that the later one is, too", async || grpc.activeflows.get_activeflow(get(&later)).await.is_err()).await;
    let shown = grpc.activeflows.get_activeflow(get(&running)).await.unwrap().into_inner().activeflow.unwrap();
    assert_eq!(shown.status(), ActiveflowStatus::Running);
    until("that the token is too old", async || {
        let watch = WatchActiveflowsRequest { resume_token: token.clone(), ..Default::default() };
        match grpc.activeflows.watch_activeflows(watch).await {
            Err(status) => status.code() == tonic::Code::OutOfRange,
            Ok(_) => false,
        }
    })
    .await;
    until("that deliveries are forgotten", async || {
        crate::deliveries(&mut grpc, WebhookDeliveryStatus::Unspecified).await.is_empty()
    })
    .await;
    assert!(server.stop().success());
    // It runs on where it was.
    let server = home.start();
    let mut grpc = server.grpc().await;
    let stop = StopActiveflowRequest { id: running.clone(), ..Default::default() };
    let stopped = grpc.activeflows.stop_activeflow(stop).await.unwrap().into_inner().activeflow.unwrap();
    assert_eq!(stopped.status(), ActiveflowStatus::Ended);
}
