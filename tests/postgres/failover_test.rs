//! `ringdown failover-test`: what a dead server had goes on elsewhere.

use crate::binary::{Home, until};
use crate::server;
use serde_json::json;
use std::process::Output;

fn home() -> Option<Home> {
    Some(Home::on(tempfile::tempdir().unwrap(), server::server()?.database(), &[]))
}

async fn run(home: &Home, arguments: &[&str]) -> Output {
    let mut command = home.command(&[&["failover-test"], arguments].concat());
    tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
}

/// The sentence with which a failover test is refused.
async fn refusal(home: &Home, arguments: &[&str]) -> String {
    let output = run(home, arguments).await;
    assert!(!output.status.success() && output.stdout.is_empty(), "{output:?}");
    String::from_utf8(output.stderr).unwrap()
}

/// Calls end once, as failed; what sleeps goes on. How long it may take is the machine's matter here.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_dead_node_had_goes_on_elsewhere() {
    let Some(home) = home() else { return };
    // What the environment says to servers, as of their one name, is not meant for those of the test.
    let mut command = home.command(&["failover-test", "--calls", "50", "--sleeping", "500", "--deadline", "60s"]);
    command.env("RINGDOWN_NODE_NAME", "the only one");
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    let rows = [
        ("calls ended once, as failed", "50 of 50"),
        ("their activeflows ended, as hangup", "50 of 50"),
        ("sleeps due before the takeover", "250 of 250"),
        ("sleeps due after the takeover", "250 of 250"),
        ("events in order, each once", "600 of 600"),
        ("a new call on A, to its end", "1 of 1"),
    ];
    for (what, all) in rows {
        let line = said.lines().find(|line| line.starts_with(what)).unwrap_or_else(|| panic!("no {what}: {said}"));
        assert!(line.contains(&format!(" {all} ")) || line.ends_with(all), "{said}");
    }
    // Its servers are gone with it, and the next test can begin at once.
    let database = crate::name(&home.database()).to_owned();
    until("that nobody uses the database", async || {
        let sql = format!("select count(*) from pg_stat_activity where datname = '{database}'");
        (server::server()?.sql("postgres", &sql) == "0").then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failover_test_leaves_the_work_of_others_alone() {
    let Some(home) = home() else { return };
    let told = refusal(&home, &["--database", "sqlite://ringdown.db"]).await;
    assert!(told.contains("two servers on one database"), "{told}");
    let told = refusal(&home, &["--database", "postgres://ringdown@127.0.0.1:1/none"]).await;
    assert!(told.contains("postgres://ringdown@127.0.0.1:1/none"), "{told}");
    let bounds =
        [("--calls", "0"), ("--calls", "1001"), ("--sleeping", "1"), ("--sleeping", "10001"), ("--deadline", "7s")];
    for (option, value) in bounds {
        let told = refusal(&home, &[option, value]).await;
        assert!(told.contains(option) && told.contains(value), "{told}");
    }

    let server = home.start();
    let told = refusal(&home, &[]).await;
    assert!(told.contains("a server uses this database"), "{told}");
    let blocks = json!({"actions": [{"type": "block"}]});
    server.rest().ok("POST", "/v1.0/activeflows", Some(blocks)).await;
    server.kill();
    let told = until("that the database has noticed", async || {
        let told = refusal(&home, &[]).await;
        (!told.contains("a server uses")).then_some(told)
    })
    .await;
    assert!(told.contains("this database holds pending work"), "{told}");
}
