//! The tasks that make a server one of several on a database.

use crate::binary::{Home, Server, postgres, text, until};
use crate::restarted;
use crate::witness::Witness;
use ringdown::proto::*;
use serde_json::json;

fn home() -> Option<(Home, String)> {
    let server = postgres::server()?;
    let url = server.database();
    let name = url.rsplit('/').next().and_then(|rest| rest.split('?').next()).unwrap().to_owned();
    let args = &["--outbound-allow", "127.0.0.1:*", "--sim-speed", "20"];
    Some((Home::on(tempfile::tempdir().unwrap(), url, args), name))
}

fn start(home: &Home, task: &str) -> Server {
    home.start_with(&[("RINGDOWN_FAILPOINT", &format!("{task}:panic"))])
}

/// A task of the second of two nodes panics, and both go on.
async fn goes_on(task: &str) {
    let Some((home, _)) = home() else { return };
    let (one, two) = (home.start(), start(&home, task));
    let mut witness = Witness::of(&two).await;
    witness.see_a_round(&two).await;
    restarted(&two, task).await;
    witness.see_a_round(&one).await;
    witness.see_a_round(&two).await;
    assert!(one.stop().success() && two.stop().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn lease() {
    goes_on("lease").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cluster_hints() {
    goes_on("cluster_hints").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn store_hints() {
    goes_on("store_hints").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn leader() {
    let Some((home, _)) = home() else { return };
    let server = start(&home, "leader");
    let mut witness = Witness::of(&server).await;
    witness.see_a_round(&server).await;
    restarted(&server, "leader").await;
    witness.see_a_round(&server).await;
    assert!(server.stop().success());
}

/// What another node asked for was read when the task panicked: it is done, and answered.
#[tokio::test(flavor = "multi_thread")]
async fn commands() {
    let Some((home, _)) = home() else { return };
    let (one, two) = (home.start(), start(&home, "commands"));
    let body = json!({"actions": [{"type": "block"}]});
    let id = text(&two.rest().ok("POST", "/v1.0/activeflows", Some(body)).await, "id");
    let stop = StopActiveflowRequest { id, ..Default::default() };
    let stopped = one.grpc().await.activeflows.stop_activeflow(stop).await.unwrap().into_inner();
    assert_eq!(stopped.activeflow.unwrap().status(), ActiveflowStatus::Ended);
    restarted(&two, "commands").await;
    assert!(one.stop().success() && two.stop().success());
}

/// What a number does is changed through the other node.
#[tokio::test(flavor = "multi_thread")]
async fn callees() {
    let Some((home, _)) = home() else { return };
    let (one, two) = (home.start(), start(&home, "callees"));
    restarted(&two, "callees").await;
    let target = "+15550000077";
    let set = SetCalleeRequest { target: target.to_owned(), answer: CalleeAnswer::Busy.into(), ..Default::default() };
    one.grpc().await.simulator.set_callee(set).await.unwrap();
    let address = |target| json!({"type": "tel", "target": target});
    let body =
        json!({"source": address("+15550001000"), "destination": address(target), "actions": [{"type": "echo"}]});
    let rest = two.rest();
    until("that the number is busy", async || {
        let id = text(&rest.ok("POST", "/v1.0/calls", Some(body.clone())).await, "id");
        let call = rest.wait(&format!("/v1.0/calls/{id}"), "status", "hangup").await;
        (call["hangup_reason"] == "busy").then_some(())
    })
    .await;
    assert!(one.stop().success() && two.stop().success());
}

/// The task panics when the runs of a dead node are this one's and nothing was done for them yet.
#[tokio::test(flavor = "multi_thread")]
async fn take_over() {
    let Some((home, _)) = home() else { return };
    let (one, two) = (home.start(), start(&home, "take_over"));
    let mut witness = Witness::of(&two).await;
    let rest = one.rest();
    let (mut ids, mut calls) = (Vec::new(), Vec::new());
    for _ in 0..3 {
        let call = rest.call_at(json!([{"type": "echo"}]), "echo").await;
        ids.push(text(&call, "activeflow_id"));
        calls.push(text(&call, "id"));
        let sleep = json!({"actions": [{"type": "sleep", "option": {"duration": 500}}]});
        ids.push(text(&rest.ok("POST", "/v1.0/activeflows", Some(sleep)).await, "id"));
    }
    one.kill();
    witness.sender_killed = true;
    witness.see_end(&ids.into_iter().collect()).await;
    witness.see_webhooks().await;
    restarted(&two, "take_over").await;
    for id in calls {
        let call = two.rest().ok("GET", &format!("/v1.0/calls/{id}"), None).await;
        assert_eq!(call["status"], "hangup", "{call}");
    }
    witness.see_a_round(&two).await;
    assert!(two.stop().success());
}

/// The connection that holds the servers' lock is cut, and the task panics before it has another one.
#[tokio::test(flavor = "multi_thread")]
async fn store_lock() {
    let Some((home, database)) = home() else { return };
    let server = start(&home, "store_lock");
    let mut witness = Witness::of(&server).await;
    let locked =
        "select count(distinct pid) from pg_locks where locktype = 'advisory' and mode = 'ShareLock' and granted";
    let here = format!("{locked} and database = (select oid from pg_database where datname = '{database}')");
    let sql = |sql: &str| postgres::server().unwrap().sql(&database, sql);
    assert_eq!(sql(&here), "1");
    sql(&here.replace("count(distinct pid)", "pg_terminate_backend(pid)"));
    restarted(&server, "store_lock").await;
    until("that the lock is held again", async || (sql(&here) == "1").then_some(())).await;
    witness.see_a_round(&server).await;
    assert!(server.stop().success());
}
