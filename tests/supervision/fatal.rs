//! A panic of the writer: what became of the commit is not known in the process, so that the server ends in order and the next
//! start goes on from what the database has.

use crate::binary::{Home, postgres};
use ringdown::proto::*;

/// Nobody else commits: pruning would note where the log ends.
const ARGS: &[&str] = &["--retain-history", "0s", "--sim-speed", "20"];

async fn ends_in_order(home: Home) {
    home.start().stop();
    let mut server = home.start_with(&[("RINGDOWN_FAILPOINT", "store_writer:panic")]);
    let request = CreateActiveflowRequest {
        actions: vec![Action { option: Some(action::Option::Block(BlockOption::default())), ..Default::default() }],
        idempotency_key: "first".to_owned(),
        ..Default::default()
    };
    let refused = server.grpc().await.activeflows.create_activeflow(request.clone()).await;
    assert!(refused.is_err(), "nobody is told that it was done: {refused:?}");
    let status = server.wait();
    let log = home.log();
    assert_eq!(status.code(), Some(1), "{log}");
    assert!(log.contains("the server cannot continue: writing to the database panicked"), "{log}");

    let server = home.start();
    let mut grpc = server.grpc().await;
    let again = grpc.activeflows.create_activeflow(request).await.unwrap().into_inner().activeflow.unwrap();
    let list = grpc.activeflows.list_activeflows(ListActiveflowsRequest::default()).await.unwrap().into_inner();
    let ids: Vec<&String> = list.activeflows.iter().map(|it| &it.id).collect();
    assert_eq!(ids, [&again.id], "it was durable, and is there once");
    let stop = StopActiveflowRequest { id: again.id.clone(), ..Default::default() };
    let stopped = grpc.activeflows.stop_activeflow(stop).await.unwrap().into_inner().activeflow.unwrap();
    assert_eq!(stopped.status(), ActiveflowStatus::Ended);
    assert!(server.stop().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_writer_of_sqlite() {
    ends_in_order(Home::new(ARGS)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_writer_of_postgresql() {
    let Some(server) = postgres::server() else { return };
    let home = Home::on(tempfile::tempdir().unwrap(), server.database(), ARGS);
    ends_in_order(home.env("RINGDOWN_NODE_NAME", "the only one")).await;
}
