//! Somebody else holds what is needed: every wait ends, and nothing is half done.

use crate::proxy::Proxy;
use crate::store::{id, new_run, next, put};
use crate::{client, config, log, server};
use futures::future::join_all;
use ringdown::store::postgres::{Config, Postgres};
use ringdown::store::{Commit, Error, Store};
use std::time::{Duration, Instant};

#[tokio::test]
async fn a_statement_that_takes_too_long_is_given_up() {
    let Some(server) = server::server() else { return };
    let url = server.database();
    let short = Config { statement_timeout: Duration::from_millis(300), ..config(&url) };
    let store = Postgres::open(short).await.expect("opened");
    let write = new_run(id());
    let (key, _) = put(&store, &write).await;
    let holder = client(&url).await;
    holder.batch_execute("begin; lock table ringdown.run in exclusive mode").await.unwrap();
    let change = Commit { runs: vec![next(key, &write)], ..Commit::default() };
    let others = (0..10).map(|_| store.commit(Commit { runs: vec![new_run(id())], ..Commit::default() }));
    let (refused, others) = tokio::join!(store.commit(change.clone()), join_all(others));
    for outcome in others.into_iter().chain([refused]) {
        assert!(matches!(outcome, Err(Error::Unavailable(_))), "{outcome:?}");
    }
    holder.batch_execute("rollback").await.unwrap();
    store.commit(change).await.expect("nothing was written before");
    assert_eq!(log(&store, 2).await.len(), 2);
    store.close().await;
}

#[tokio::test]
async fn reads_wait_for_a_connection_only_so_long() {
    let Some(server) = server::server() else { return };
    let url = server.database();
    let store = Postgres::open(Config { readers: 1, ..config(&url) }).await.expect("opened");
    let write = new_run(id());
    put(&store, &write).await;
    let holder = client(&url).await;
    holder.batch_execute("begin; lock table ringdown.run in access exclusive mode").await.unwrap();
    let begun = Instant::now();
    for outcome in join_all((0..50).map(|_| store.run(id()))).await {
        assert!(matches!(outcome, Err(Error::Unavailable(_))), "{outcome:?}");
    }
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    holder.batch_execute("rollback").await.unwrap();
    assert!(store.run(write.run.id).await.unwrap().is_some());
    store.close().await;
}

/// The same as callers of the built binary see it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn callers_are_told_to_try_again() {
    let Some(server) = server::server() else { return };
    let (url, proxy) = (server.database(), Proxy::start(server.port).await);
    let home =
        crate::binary::Home::on(tempfile::tempdir().unwrap(), proxy.url(&url), &["--database-statement-timeout", "1s"]);
    let started = home.start();
    let (rest, mut grpc) = (started.rest(), started.grpc().await);
    let flow = serde_json::json!({"name": "f", "actions": [{"type": "answer"}]});
    rest.ok("POST", "/v1.0/flows", Some(flow.clone())).await;
    proxy.close();
    let request = rest.http.post(format!("{}/v1.0/flows", rest.url)).bearer_auth(&rest.key).json(&flow);
    let told = request.send().await.unwrap();
    assert_eq!((told.status().as_u16(), told.headers()["retry-after"].to_str().unwrap()), (503, "1"));
    let told = grpc.flows.list_flows(ringdown::proto::ListFlowsRequest::default()).await.unwrap_err();
    assert_eq!(told.code(), tonic::Code::Unavailable);
    let details = tonic_types::StatusExt::get_error_details(&told);
    assert_eq!(details.retry_info().and_then(|info| info.retry_delay), Some(Duration::from_secs(1)));
    assert_eq!(details.error_info().unwrap().reason, "STORE_UNAVAILABLE");
    assert!(!told.message().contains("ringdown@"), "{}", told.message());
    proxy.open();
    crate::binary::until("the database is there again", async || {
        let (status, _) = rest.send("POST", "/v1.0/flows", Some(&flow)).await;
        (status == 200).then_some(())
    })
    .await;
    let flows = rest.ok("GET", "/v1.0/flows", None).await;
    assert_eq!(flows["result"].as_array().unwrap().len(), 2, "what was refused was not made: {flows}");
    assert!(started.stop().success());
}
