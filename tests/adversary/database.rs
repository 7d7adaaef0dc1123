//! The database underneath: a transaction that somebody leaves open, a full disk, files that are taken away, damaged rows.

use crate::binary::{Grpc, Home, Rest, Server, http, postgres, until};
use crate::receiver::{Mode, Receiver};
use ringdown::proto::*;
use serde_json::json;
use std::process::Command;

const ARGS: &[&str] = &["--outbound-allow", "127.0.0.1:*", "--sim-speed", "20"];

/// What a probe says.
async fn ask(server: &Server, path: &str) -> (u16, String) {
    let response = http().get(format!("{}{path}", server.url)).send().await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

async fn create(rest: &Rest) -> String {
    let actions = json!({"actions": [{"type": "block"}]});
    let made = rest.ok("POST", "/v1.0/activeflows", Some(actions)).await;
    made["id"].as_str().unwrap_or_else(|| panic!("{made}")).to_owned()
}

async fn to(rest: &Rest, uri: &str) {
    rest.ok("PATCH", "/v1.0/customer", Some(json!({"webhook_uri": uri}))).await;
}

/// Waits until the receiver has an event about this activeflow.
async fn arrived(receiver: &Receiver, id: &str) {
    until(&format!("a webhook about {id}"), async || {
        receiver.got().iter().any(|got| got.taken() && got.body.contains(id)).then_some(())
    })
    .await;
}

/// A watch of all activeflows from here on.
async fn watch(grpc: &mut Grpc, resume_token: &str) -> tonic::Streaming<Shared<ActiveflowFrame>> {
    let request = WatchActiveflowsRequest { resume_token: resume_token.to_owned(), ..Default::default() };
    grpc.activeflows.watch_activeflows(request).await.unwrap().into_inner()
}

/// Reads a watch until it has told of an activeflow. Returns the activeflows that it told of before.
async fn told(frames: &mut tonic::Streaming<Shared<ActiveflowFrame>>, id: &str) -> Vec<String> {
    let mut before = Vec::new();
    loop {
        let frame = frames.message().await.unwrap().expect("the watch goes on").into_message().unwrap();
        match frame.activeflow {
            Some(activeflow) if activeflow.id == id => return before,
            Some(activeflow) => before.push(activeflow.id),
            None => {}
        }
    }
}

/// Before, one `begin; select pg_current_xact_id()` in any database of the cluster stopped all watches and webhooks until it
/// ended, and nothing said so.
#[tokio::test(flavor = "multi_thread")]
async fn an_open_transaction_of_a_stranger_stops_neither_watches_nor_webhooks() {
    let Some(cluster) = postgres::bin().map(postgres::Server::start) else { return };
    let (url, elsewhere) = (cluster.database(), cluster.database());
    let home = Home::on(tempfile::tempdir().unwrap(), url.clone(), ARGS);
    let server = home.start();
    let (rest, mut grpc, receiver) = (server.rest(), server.grpc().await, Receiver::start(Mode::Answer(204)).await);
    to(&rest, &receiver.url).await;
    let mut frames = watch(&mut grpc, "").await;
    for place in [&elsewhere, &url] {
        let (stranger, connection) = tokio_postgres::connect(place, tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(connection);
        stranger.batch_execute("begin; create table a_stranger (x int)").await.unwrap();
        for _ in 0..3 {
            let id = create(&rest).await;
            told(&mut frames, &id).await;
            arrived(&receiver, &id).await;
        }
        assert_eq!(ask(&server, "/readyz?verbose").await, (200, "ready\n".to_owned()), "nothing is held back");
        stranger.batch_execute("rollback").await.unwrap();
    }
    // One that holds the log itself cannot be told from a writer: it is named.
    let (visitor, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    let open = "set application_name = 'a visitor'; begin; lock table ringdown.log in row exclusive mode; \
                select pg_current_xact_id()";
    visitor.batch_execute(open).await.unwrap();
    let id = create(&rest).await;
    until("that the session is named", async || {
        let (status, text) = ask(&server, "/readyz?verbose").await;
        assert_eq!(status, 200);
        (text.contains("held back") && text.contains("application \"a visitor\"")).then_some(())
    })
    .await;
    let lag = |text: &str| {
        let line = text.lines().find(|line| line.starts_with("ringdown_log_horizon_lag_seconds ")).unwrap();
        line.rsplit(' ').next().unwrap().parse::<f64>().unwrap()
    };
    until("a lag", async || (lag(&ask(&server, "/metrics").await.1) > 0.0).then_some(())).await;
    visitor.batch_execute("rollback").await.unwrap();
    told(&mut frames, &id).await;
    arrived(&receiver, &id).await;
    until("no lag", async || (lag(&ask(&server, "/metrics").await.1) == 0.0).then_some(())).await;
    assert!(server.stop().success());
}

/// Before, `/readyz` answered 200 for as long as the disk was full, since it wrote nothing.
#[tokio::test(flavor = "multi_thread")]
async fn readiness_tells_of_a_disk_that_is_full() {
    // A write beyond the limit fails as on a full disk, instead of ending the process.
    let home = Home::new(ARGS).before("trap '' XFSZ");
    let server = home.start();
    let rest = server.rest();
    create(&rest).await;
    let limit = |bytes: &str| {
        let set = Command::new("prlimit").args(["--pid", &server.pid().to_string(), bytes]).status().unwrap();
        assert!(set.success());
    };
    let log = std::fs::metadata(home.path().join("ringdown.db-wal")).unwrap().len();
    limit(&format!("--fsize={}:", log + 4_096));
    let large = json!({"actions": [{"type": "block"}], "variables": {"large": "x".repeat(30_000)}});
    until("a refusal", async || {
        let (status, answer) = rest.post("/v1.0/activeflows", large.clone()).await;
        (status == 503).then(|| assert_eq!(answer["error"]["reason"], "STORE_UNAVAILABLE", "{answer}"))
    })
    .await;
    let (status, text) = ask(&server, "/readyz").await;
    assert!(status == 503 && text.contains("STORE_UNAVAILABLE"), "{status}: {text}");
    // What is there can be read.
    rest.ok("GET", "/v1.0/activeflows", None).await;
    limit("--fsize=unlimited:");
    until("that it is ready again", async || (ask(&server, "/readyz").await.0 == 200).then_some(())).await;
    rest.ok("POST", "/v1.0/activeflows", Some(large)).await;
    assert!(server.stop().success());
}

/// Before, a server whose file was deleted went on and answered that everything was durable.
#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_taken_away_ends_the_server() {
    for (name, replaced) in
        [("ringdown.db", false), ("ringdown.db", true), ("ringdown.db.lock", false), ("ringdown.db-wal", false)]
    {
        let home = Home::new(ARGS);
        let mut server = home.start();
        create(&server.rest()).await;
        let path = home.path().join(name);
        std::fs::rename(&path, home.path().join("aside")).unwrap();
        if replaced {
            std::fs::write(&path, b"another's").unwrap();
            std::fs::write(home.path().join("ringdown.db-wal.another"), b"another's").unwrap();
        }
        let (status, log) = (server.wait(), home.log());
        assert_eq!(status.code(), Some(1), "{log}");
        let word =
            if replaced { "was replaced while the server used it" } else { "was deleted while the server used it" };
        assert!(log.contains(&format!("{name} {word}")), "{log}");
        if replaced {
            assert_eq!(std::fs::read(&path).unwrap(), b"another's", "the other file is left alone");
        }
    }
}

/// Two of each kind; the first of each is damaged while no server runs. Before, one such row failed every list that it was on,
/// and a row of the log stopped all webhooks.
async fn damaged_rows_cost_only_themselves(home: Home, run: impl Fn(&str)) {
    let server = home.start();
    let (rest, mut grpc) = (server.rest(), server.grpc().await);
    let progress = watch(&mut grpc, "").await.message().await.unwrap().unwrap().into_message().unwrap();
    assert!(home.run(&["doctor"]).contains("the database is in order"));
    let mut made = Vec::new();
    let (flow, number) = (json!({"name": "f", "actions": [{"type": "answer"}]}), ["+15551230001", "+15551230002"]);
    for number in number {
        let flow = rest.ok("POST", "/v1.0/flows", Some(flow.clone())).await;
        let number = rest.ok("POST", "/v1.0/numbers", Some(json!({"number": number}))).await;
        let call = json!({
            "source": {"type": "tel", "target": "+15550001000"},
            "destination": {"type": "tel", "target": "+15550000001"},
            "actions": [{"type": "answer"}, {"type": "hangup"}],
        });
        let call = rest.ok("POST", "/v1.0/calls", Some(call)).await;
        let path = format!("/v1.0/calls/{}", call["id"].as_str().unwrap_or_else(|| panic!("{call}")));
        let call = rest.wait(&path, "status", "hangup").await;
        let key = rest.ok("POST", "/v1.0/accesskeys", Some(json!({"name": "k"}))).await;
        made.push((flow, number, create(&rest).await, call, key));
    }
    assert!(server.stop().success());
    let damaged = |at: usize| {
        let (flow, number, run, call, key) = &made[at];
        let id = |value: &serde_json::Value| value["id"].as_str().unwrap().replace('-', "");
        [
            ("flow", "body", id(flow)),
            ("number", "body", id(number)),
            ("run", "state", run.replace('-', "")),
            ("call", "body", id(call)),
            ("access_key", "body", id(key)),
        ]
    };
    for (table, column, id) in damaged(0) {
        run(&format!("update {table} set {column} = DAMAGED where id = ID{id}ID"));
    }
    let first_run = made[0].2.replace('-', "");
    run(&format!("update log set record = DAMAGED where run = (select key from run where id = ID{first_run}ID)"));
    // Webhooks begin at the start of the log again, and find the damaged row.
    run("delete from setting where name = 'webhook_cursor'");

    let server = home.start();
    let (rest, mut grpc, receiver) = (server.rest(), server.grpc().await, Receiver::start(Mode::Answer(204)).await);
    to(&rest, &receiver.url).await;
    let ids = |list: serde_json::Value| -> Vec<String> {
        list["result"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect()
    };
    for (at, path) in ["flows", "numbers", "activeflows", "calls", "accesskeys"].into_iter().enumerate() {
        let id = |made: &(serde_json::Value, serde_json::Value, String, serde_json::Value, serde_json::Value)| match at
        {
            0 => made.0["id"].as_str().unwrap().to_owned(),
            1 => made.1["id"].as_str().unwrap().to_owned(),
            2 => made.2.clone(),
            3 => made.3["id"].as_str().unwrap().to_owned(),
            _ => made.4["id"].as_str().unwrap().to_owned(),
        };
        let list = ids(rest.ok("GET", &format!("/v1.0/{path}"), None).await);
        assert!(list.contains(&id(&made[1])), "the neighbour is there: {path} {list:?}");
        // A call is shown as its run has it.
        if path != "calls" {
            assert!(!list.contains(&id(&made[0])), "{path} {list:?}");
            let (status, answer) = rest.get(&format!("/v1.0/{path}/{}", id(&made[0]))).await;
            assert_eq!((status, answer["error"]["reason"].as_str()), (500, Some("INTERNAL")), "{path}: {answer}");
            assert!(answer["error"]["message"].as_str().unwrap().contains(&id(&made[0])), "{answer}");
        }
        rest.ok("GET", &format!("/v1.0/{path}/{}", id(&made[1])), None).await;
    }
    let new = create(&rest).await;
    let before = told(&mut watch(&mut grpc, &progress.resume_token).await, &new).await;
    assert!(before.contains(&made[1].2) && !before.contains(&made[0].2), "{before:?}");
    arrived(&receiver, &new).await;
    let metrics = ask(&server, "/metrics").await.1;
    for table in ["flow", "number", "run", "access_key", "log"] {
        assert!(metrics.contains(&format!("ringdown_damaged_rows_total{{table=\"{table}\"}}")), "{table}: {metrics}");
    }
    assert!(ask(&server, "/readyz?verbose").await.1.contains("damaged rows were found"));
    let doctor = home.command(&["doctor"]).output().unwrap();
    let said = String::from_utf8(doctor.stdout).unwrap();
    assert_eq!(doctor.status.code(), Some(1), "{said} {}", String::from_utf8_lossy(&doctor.stderr));
    for (table, _, id) in damaged(0) {
        let line = said.lines().find(|line| line.starts_with(&format!("{table} ")));
        assert!(line.is_some_and(|line| line.replace('-', "").contains(&id)), "{table} {id}: {said}");
    }
    assert!(said.lines().any(|line| line.starts_with("log ")), "{said}");
    for (table, _, id) in damaged(1) {
        assert!(!said.replace('-', "").contains(&id), "{table}: {said}");
    }
    assert!(server.stop().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn damaged_rows_of_sqlite() {
    let home = Home::new(ARGS);
    let path = home.path().join("ringdown.db");
    let run = move |sql: &str| {
        let sql = sql.replace("DAMAGED", "x'dfffff'").replacen("ID", "x'", 1).replace("ID", "'");
        rusqlite::Connection::open(&path).unwrap().execute_batch(&sql).unwrap();
    };
    damaged_rows_cost_only_themselves(home, run).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn damaged_rows_of_postgresql() {
    let Some(server) = postgres::server() else { return };
    let url = server.database();
    let name = url.rsplit('/').next().and_then(|rest| rest.split('?').next()).unwrap().to_owned();
    let run = move |sql: &str| {
        let sql = sql.replace("DAMAGED", "'\\xdfffff'").replace("ID", "'");
        server.sql(&name, &format!("set search_path = ringdown; {sql}"));
    };
    let home = Home::on(tempfile::tempdir().unwrap(), url, ARGS).env("RINGDOWN_NODE_NAME", "the only one");
    damaged_rows_cost_only_themselves(home, run).await;
}
