//! Several servers on one database: each sees what the others do, asks them for what is theirs, and goes on with what a dead
//! one had.

use crate::binary::{Grpc, Home, Server, text, until};
use crate::server;
use futures::StreamExt;
use ringdown::proto::*;
use serde_json::json;
use std::collections::{HashMap, HashSet};
use std::time::Duration;

/// How long anything may take that is to happen. A dead node is found out within its lease, which is shorter.
const PATIENCE: Duration = Duration::from_secs(60);

fn home() -> Option<Home> {
    let url = server::server()?.database();
    Some(Home::on(tempfile::tempdir().unwrap(), url, &["--sim-speed", "20"]))
}

/// Everything that the activeflows of a customer do, from now on.
async fn watch(grpc: &Grpc) -> futures::stream::BoxStream<'static, ActiveflowFrame> {
    // A token of now: what comes after this call is not missed.
    let request = WatchActiveflowsRequest { include_snapshot: true, ..Default::default() };
    let mut frames = grpc.activeflows.clone().watch_activeflows(request).await.unwrap().into_inner();
    loop {
        let frame = frames.next().await.unwrap().unwrap().into_message().unwrap();
        if frame.r#type() == WatchType::Progress {
            break;
        }
    }
    frames.map(|frame| frame.unwrap().into_message().unwrap()).boxed()
}

/// The ends that are told until all of these have ended, each once.
async fn ends(
    frames: &mut futures::stream::BoxStream<'static, ActiveflowFrame>,
    ids: &HashSet<String>,
) -> HashMap<String, EndReason> {
    let mut ended = HashMap::new();
    let mut revisions: HashMap<String, i64> = HashMap::new();
    let all = async {
        while ended.len() < ids.len() {
            let Some(event) = frames.next().await.unwrap().event else { continue };
            let last = revisions.insert(event.activeflow_id.clone(), event.revision);
            assert!(last.is_none_or(|last| last <= event.revision), "{} goes backwards", event.activeflow_id);
            if event.r#type() == ActiveflowEventType::Ended && ids.contains(&event.activeflow_id) {
                let before = ended.insert(event.activeflow_id.clone(), event.end_reason());
                assert_eq!(before, None, "{} ended twice", event.activeflow_id);
            }
        }
    };
    tokio::time::timeout(PATIENCE, all).await.expect("all of them end");
    ended
}

async fn sleeping(server: &Server, ms: i32, count: usize) -> HashSet<String> {
    let rest = server.rest();
    let body = json!({"actions": [{"type": "sleep", "option": {"duration": ms}}]});
    let made = (0..count).map(|_| rest.ok("POST", "/v1.0/activeflows", Some(body.clone())));
    futures::future::join_all(made).await.iter().map(|it| text(it, "id")).collect()
}

/// Calls that are up and echo: their own ids, and those of their activeflows.
async fn echoing(server: &Server, count: usize) -> Vec<(String, String)> {
    let rest = server.rest();
    let calls = (0..count).map(|_| rest.call_at(json!([{"type": "echo"}]), "echo"));
    let calls = futures::future::join_all(calls).await;
    calls.iter().map(|call| (text(call, "id"), text(call, "activeflow_id"))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn any_node_answers_for_what_another_has() {
    let Some(home) = home() else { return };
    let (one, two) = (home.start(), home.start());
    let (here, there) = (one.rest(), two.rest());
    let mut frames = watch(&one.grpc().await).await;

    // A call that the second node has, steered through the first.
    let (call, activeflow) = echoing(&two, 1).await.remove(0);
    assert_eq!(here.ok("GET", &format!("/v1.0/calls/{call}"), None).await["status"], "progressing");
    let talk = here.ok("POST", &format!("/v1.0/calls/{call}/talk"), Some(json!({"text": "Hello."}))).await;
    assert_eq!(talk["id"], call.as_str());
    let request = SimulateDigitsRequest { call_id: call.clone(), digits: "1".to_owned(), ..Default::default() };
    one.grpc().await.simulator.simulate_digits(request).await.expect("its far end is there");
    // A refusal is told as it is told there.
    let request =
        ContinueActiveflowRequest { id: activeflow.clone(), current_action_id: call.clone(), ..Default::default() };
    let refused = one.grpc().await.activeflows.continue_activeflow(request.clone()).await.unwrap_err();
    let told = two.grpc().await.activeflows.continue_activeflow(request).await.unwrap_err();
    assert_eq!((refused.code(), refused.message()), (told.code(), told.message()));
    here.ok("POST", &format!("/v1.0/calls/{call}/hangup"), None).await;
    let ended = ends(&mut frames, &HashSet::from([activeflow.clone()])).await;
    assert_eq!(ended[&activeflow], EndReason::Hangup);

    // The same request at both, once.
    let body = json!({"actions": [{"type": "block"}]});
    let id = text(&there.ok("POST", "/v1.0/activeflows", Some(body)).await, "id");
    let at = there.ok("GET", &format!("/v1.0/activeflows/{id}"), None).await;
    let action = text(&at["current_action"], "id");
    let request =
        ContinueActiveflowRequest { id: id.clone(), current_action_id: action, idempotency_key: "k".to_owned() };
    let first = one.grpc().await.activeflows.continue_activeflow(request.clone()).await.unwrap().into_inner();
    let again = two.grpc().await.activeflows.continue_activeflow(request).await.unwrap().into_inner();
    assert_eq!(first, again, "the second node knows what was answered through the first");
    assert_eq!(ends(&mut frames, &HashSet::from([id.clone()])).await[&id], EndReason::Finished);
    assert!(one.stop().success() && two.stop().success());
}

/// What is taken over while nobody can read it is gone on with as soon as somebody can: there is no other who would.
#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_at_first_goes_on_later() {
    // Of its own: a transaction that is open for long holds up the logs of all databases of a server.
    let Some(server) = server::bin().map(server::Server::start) else { return };
    let impatient = &["--sim-speed", "20", "--database-statement-timeout", "500ms"];
    let home = Home::on(tempfile::tempdir().unwrap(), server.database(), impatient);
    let (one, two) = (home.start(), home.start());
    let mut frames = watch(&one.grpc().await).await;
    let calls = echoing(&two, 3).await;
    let mut holder = crate::client(&home.database()).await;
    let held = holder.transaction().await.unwrap();
    held.batch_execute("lock table ringdown.variables in access exclusive mode").await.unwrap();
    two.kill();
    until("that it is tried", async || home.log().contains("reading a run is tried again").then_some(())).await;
    held.rollback().await.unwrap();
    let all: HashSet<String> = calls.into_iter().map(|(_, activeflow)| activeflow).collect();
    assert!(ends(&mut frames, &all).await.values().all(|reason| *reason == EndReason::Hangup));
    assert!(one.stop().success());
}

/// Paused past its lease, a node finds out, and does nothing more with what it lost.
#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_was_paused_acts_no_more() {
    let Some(home) = home() else { return };
    let (one, mut two) = (home.start(), home.start());
    let mut frames = watch(&one.grpc().await).await;
    let calls = echoing(&two, 3).await;
    let asleep = sleeping(&two, 1_000, 10).await;
    two.signal("STOP");
    let all: HashSet<String> = calls.iter().map(|(_, activeflow)| activeflow).chain(&asleep).cloned().collect();
    let ended = ends(&mut frames, &all).await;
    assert_eq!(ended.len(), all.len());
    two.signal("CONT");
    assert!(!two.wait().success(), "it ends by itself");
    assert!(home.log().contains("considered this one dead"), "{}", home.log());
    // Nothing came after an end.
    let grpc = one.grpc().await;
    for id in &all {
        let request = ListActiveflowEventsRequest { id: id.clone(), ..Default::default() };
        let events = grpc.activeflows.clone().list_activeflow_events(request).await.unwrap().into_inner().events;
        let ends = events.iter().filter(|event| event.r#type() == ActiveflowEventType::Ended).count();
        assert_eq!(ends, 1, "{events:?}");
    }
    // What has ended is everybody's.
    for id in &asleep {
        one.rest().ok("DELETE", &format!("/v1.0/activeflows/{id}"), None).await;
    }
    assert!(one.stop().success());
}

/// One that goes in peace leaves what sleeps to the others at once.
#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_goes_leaves_what_it_had() {
    let Some(home) = home() else { return };
    let (one, two) = (home.start(), home.start());
    let mut frames = watch(&two.grpc().await).await;
    let asleep = sleeping(&one, 2_000, 20).await;
    // The oldest node has the duties; they go on too.
    assert!(one.stop().success());
    let ended = ends(&mut frames, &asleep).await;
    assert!(ended.values().all(|reason| *reason == EndReason::Finished));
    until("that new ones run", async || {
        let id =
            text(&two.rest().ok("POST", "/v1.0/activeflows", Some(json!({"actions": [{"type": "stop"}]}))).await, "id");
        let shown = two.rest().ok("GET", &format!("/v1.0/activeflows/{id}"), None).await;
        (shown["status"] == "ended").then_some(())
    })
    .await;
    assert!(two.stop().success());
}

/// While the database is away nobody can say that it lives. When it is back everyone does, and nothing is lost.
#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_was_away_costs_no_call() {
    // Of its own: a transaction that is open for long holds up the logs of all databases of a server.
    let Some(server) = server::bin().map(server::Server::start) else { return };
    let home = Home::on(tempfile::tempdir().unwrap(), server.database(), &["--sim-speed", "20"]);
    let (mut one, mut two) = (home.start(), home.start());
    let calls = [echoing(&one, 2).await, echoing(&two, 2).await].concat();
    let mut holder = crate::client(&home.database()).await;
    let away = holder.transaction().await.unwrap();
    away.batch_execute("lock table ringdown.node in access exclusive mode").await.unwrap();
    let holds = "select count(*) from ringdown.node where lease > clock_timestamp()";
    while away.query_one(holds, &[]).await.unwrap().get::<_, i64>(0) > 0 {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    away.commit().await.unwrap();
    until("that both are back", async || {
        (holder.query_one(holds, &[]).await.unwrap().get::<_, i64>(0) == 2).then_some(())
    })
    .await;
    for (call, _) in &calls {
        one.rest().ok("POST", &format!("/v1.0/calls/{call}/hangup"), None).await;
        let call = two.rest().wait(&format!("/v1.0/calls/{call}"), "status", "hangup").await;
        assert_eq!(call["hangup_reason"], "normal", "{call}");
    }
    assert!(!one.has_ended() && !two.has_ended());
    assert!(one.stop().success() && two.stop().success());
}

/// What nobody waits for any more is not begun, however late its node comes to it.
#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_waits_for_is_not_done() {
    let Some(home) = home() else { return };
    let (one, two) = (home.start(), home.start());
    let (call, _) = echoing(&two, 1).await.remove(0);
    two.signal("STOP");
    let mut request = tonic::Request::new(HangupCallRequest { id: call.clone(), ..Default::default() });
    request.set_timeout(Duration::from_millis(300));
    one.grpc().await.calls.hangup_call(request).await.unwrap_err();
    until("that the order is taken back", async || (commands(&home) == "0").then_some(())).await;
    two.signal("CONT");
    // What is asked for afterwards is done, and the call is up.
    let talk = one.rest().ok("POST", &format!("/v1.0/calls/{call}/talk"), Some(json!({"text": "Hello."}))).await;
    assert_eq!(talk["status"], "progressing", "{talk}");
    assert!(one.stop().success() && two.stop().success());
}

fn commands(home: &Home) -> String {
    sql(home, "select count(*) from ringdown.node_order")
}

fn sql(home: &Home, sql: &str) -> String {
    server::server().expect("there is one").sql(crate::name(&home.database()), sql)
}

/// Who is about to go begins none of what one node does for all: the next one does.
#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_drains_takes_up_no_duties() {
    let Some(home) = home() else { return };
    let receiver = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (one, mut two) = (home.start(), home.start());
    // The only one that may send to this machine.
    let three = home.start_with(&[("RINGDOWN_OUTBOUND_ALLOW", "127.0.0.1:*")]);
    let forever = json!([{"type": "echo", "option": {"duration": 3_600_000}}]);
    let call = two.rest().call_at(forever, "echo").await;
    two.terminate();
    until("that it retires", async || {
        (sql(&home, "select count(*) from ringdown.node where retired") == "1").then_some(())
    })
    .await;
    one.kill();
    let uri = format!("http://{}/", receiver.local_addr().unwrap());
    let hook = json!({"actions": [{"type": "webhook_send", "option": {"uri": uri, "method": "POST", "data": "{}"}}]});
    three.rest().ok("POST", "/v1.0/activeflows", Some(hook)).await;
    tokio::time::timeout(PATIENCE, receiver.accept()).await.expect("the third node sends it").unwrap();
    assert!(!two.has_ended(), "the second one goes on with its call");
    three.rest().ok("POST", &format!("/v1.0/calls/{}/hangup", text(&call, "id")), None).await;
    assert!(two.wait().success());
    assert!(three.stop().success());
}

/// A number does on every node what was said of it on one.
#[tokio::test(flavor = "multi_thread")]
async fn simulated_numbers_do_the_same_everywhere() {
    let Some(home) = home() else { return };
    let (one, two) = (home.start(), home.start());
    let target = "+15559990000";
    for (answer, reason) in [(CalleeAnswer::Busy, "busy"), (CalleeAnswer::Reject, "failed")] {
        let request = SetCalleeRequest { target: target.to_owned(), answer: answer.into(), ..Default::default() };
        one.grpc().await.simulator.set_callee(request).await.unwrap();
        until(reason, async || {
            let call = json!({
                "source": {"type": "tel", "target": "+15550001000"},
                "destination": {"type": "tel", "target": target},
                "actions": [{"type": "hangup"}],
            });
            let call = two.rest().ok("POST", "/v1.0/calls", Some(call)).await;
            let over = two.rest().wait(&format!("/v1.0/calls/{}", text(&call, "id")), "status", "hangup").await;
            (over["hangup_reason"] == reason).then_some(())
        })
        .await;
    }
    assert!(one.stop().success() && two.stop().success());
}
