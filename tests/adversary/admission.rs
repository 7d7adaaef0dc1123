//! Calls and activeflows beyond the limits, from the API and from flows.

use crate::customers::{House, Rest, house, in_directory, tel, until};
use crate::server::Server;
use serde_json::{Value, json};

fn block() -> Value {
    json!([{"type": "block"}])
}

/// A flow whose actions name the flow itself.
async fn flow_of_itself(rest: &Rest, on_complete: bool, actions: impl Fn(&str) -> Value) -> String {
    let flow = rest.post("/v1.0/flows", json!({"name": "again", "actions": block()})).await.unwrap();
    let id = flow["id"].as_str().unwrap().to_owned();
    let again = if on_complete { id.as_str() } else { "" };
    let flow = json!({"name": "again", "actions": actions(&id), "on_complete_flow_id": again});
    rest.put(&format!("/v1.0/flows/{id}"), flow).await.unwrap();
    id
}

fn call(flow_id: &str, destinations: usize) -> Value {
    let destinations = vec![tel("+15550000001"); destinations];
    let option = json!({"source": tel("+15550000009"), "destinations": destinations, "flow_id": flow_id,
        "early_execution": true});
    json!({"type": "call", "option": option})
}

/// Before: 66,790 calls in 14 s against a limit of 10,000, and nobody else could call.
#[tokio::test]
async fn a_flow_that_calls_itself_stays_within_the_limit_of_calls() {
    let House { server, owner, stranger, directory: _directory } =
        house(&["calls=100", "calls_per_second=1000", "generations=1000"]).await;
    let again = |id: &str| json!([call(id, 20), call(id, 20), {"type": "block"}]);
    let flow = flow_of_itself(&owner, false, again).await;
    owner.call(json!({"flow_id": flow})).await.unwrap();
    // One, and as many times twenty as fit.
    let calls = until("calls that wait", || async {
        let flows = owner.all("/v1.0/activeflows?status=running").await;
        let blocked = flows.iter().filter(|flow| flow["current_action"]["type"] == "block").count();
        assert!(flows.len() <= 100, "{}", flows.len());
        (blocked == 81).then_some(flows)
    })
    .await;
    let mut refused = 0;
    for flow in &calls {
        let history = owner.history(flow["id"].as_str().unwrap()).await;
        refused += history.matches("TOO_MANY_CALLS: 20 new calls, and 19 more may begin now").count();
    }
    assert_eq!(refused, 2 * 81 - 4, "each refusal is in the history of its action");
    assert_eq!(owner.all("/v1.0/calls").await.len(), 81);
    assert_eq!(owner.call(json!({"actions": block()})).await.map(drop), Ok(()), "19 more fit");
    stranger.call(json!({"actions": block()})).await.unwrap();
    server.stop().await;
}

#[tokio::test]
async fn a_flow_that_calls_itself_dies_out() {
    let House { server, owner, directory: _directory, .. } = house(&[]).await;
    let flow = flow_of_itself(&owner, false, |id| json!([call(id, 1), {"type": "block"}])).await;
    let (_, first) = owner.call(json!({"flow_id": flow})).await.unwrap();
    let flows = until("the last generation", || async {
        let flows = owner.all("/v1.0/activeflows").await;
        let blocked = flows.iter().filter(|flow| flow["current_action"]["type"] == "block").count();
        (blocked == 5).then_some(flows)
    })
    .await;
    assert_eq!(flows.len(), 5);
    let last = flows[0]["id"].as_str().unwrap();
    assert!(last != first && owner.history(last).await.contains("TOO_MANY_GENERATIONS"));
    assert!(!owner.history(&first).await.contains("TOO_MANY"));
    server.stop().await;
}

/// Before: a call that a flow made began a new on_complete chain, so the flows never ended.
#[tokio::test]
async fn calls_and_on_complete_flows_count_generations_together() {
    let House { server, owner, directory: _directory, .. } = house(&[]).await;
    let flow = flow_of_itself(&owner, true, |id| json!([call(id, 1)])).await;
    let first = owner.post("/v1.0/activeflows", json!({"flow_id": flow})).await.unwrap();
    // Each starts two others: 1 + 2 + 4 + 8 + 16.
    let over = async |count: usize| {
        until("the last of them", || async {
            let flows = owner.all("/v1.0/activeflows").await;
            let ended = flows.iter().filter(|flow| flow["status"] == "ended").count();
            assert!(flows.len() <= count, "{}", flows.len());
            (ended == count).then_some(())
        })
        .await;
    };
    over(31).await;
    assert!(!owner.history(first["id"].as_str().unwrap()).await.contains("TOO_MANY"));
    owner.start(json!([{"type": "stop"}])).await.unwrap();
    over(32).await;
    server.stop().await;
}

/// Before: requests at the same time passed the limit together, each by what it added.
#[tokio::test]
async fn requests_at_the_same_time_do_not_pass_a_limit_together() {
    let House { server, owner, stranger, directory: _directory } = house(&["calls=50", "activeflows=80"]).await;
    let call = || async { owner.call(json!({"actions": block()})).await.map(drop) };
    let outcomes = futures::future::join_all((0..200).map(|_| call())).await;
    let made = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    let refused = outcomes.iter().filter(|outcome| **outcome == Err("429 TOO_MANY_CALLS".to_owned())).count();
    assert_eq!((made, refused), (50, 150));
    assert_eq!(owner.all("/v1.0/calls").await.len(), 50);
    let start = || async { owner.start(block()).await.map(drop) };
    let outcomes = futures::future::join_all((0..100).map(|_| start())).await;
    let started = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    let refused = outcomes.iter().filter(|outcome| **outcome == Err("429 TOO_MANY_ACTIVEFLOWS".to_owned())).count();
    assert_eq!((started, refused), (30, 70));
    stranger.call(json!({"actions": block()})).await.unwrap();
    server.stop().await;
}

#[tokio::test]
async fn new_calls_have_a_rate() {
    let House { server, owner, stranger, directory: _directory } = house(&["calls_per_second=1"]).await;
    let mut made = 0;
    let refused = loop {
        match owner.call(json!({"actions": block()})).await {
            Ok(_) => made += 1,
            Err(refused) => break refused,
        }
        assert!(made < 200);
    };
    assert!(made >= 2 && refused == "429 TOO_MANY_CALLS", "{made} {refused}");
    stranger.call(json!({"actions": block()})).await.unwrap();
    server.stop().await;
}

/// Before: calls that the first step of an activeflow made were not dialled until the server was restarted.
#[tokio::test]
async fn calls_of_a_first_step_are_dialled() {
    let House { server, owner, directory: _directory, .. } = house(&["calls=3"]).await;
    let option = json!({"source": tel("+15550000009"), "destinations": vec![tel("+15550000001"); 2],
        "actions": [{"type": "block"}]});
    owner.start(json!([{"type": "call", "option": option}, {"type": "block"}])).await.unwrap();
    until("calls that are answered", || async {
        let calls = owner.all("/v1.0/calls").await;
        (calls.iter().filter(|call| call["status"] == "progressing").count() == 2).then_some(())
    })
    .await;
    // They count.
    owner.call(json!({"actions": block()})).await.unwrap();
    assert_eq!(owner.call(json!({"actions": block()})).await.map(drop), Err("429 TOO_MANY_CALLS".to_owned()));
    server.stop().await;
}

#[tokio::test]
async fn what_a_server_finds_when_it_starts_counts() {
    let House { server, owner, stranger, directory } = house(&["activeflows=3"]).await;
    for _ in 0..3 {
        owner.start(block()).await.unwrap();
    }
    let ids: Vec<Value> = owner.all("/v1.0/activeflows").await;
    server.stop().await;
    let server = Server::with(in_directory(&directory, &["activeflows=3"])).await;
    let (owner, stranger) = (Rest::of(&server, owner.key()), Rest::of(&server, stranger.key()));
    assert_eq!(owner.start(block()).await, Err("429 TOO_MANY_ACTIVEFLOWS".to_owned()));
    stranger.start(block()).await.unwrap();
    let id = ids[0]["id"].as_str().unwrap();
    owner.post(&format!("/v1.0/activeflows/{id}/stop"), json!({})).await.unwrap();
    owner.start(block()).await.unwrap();
    server.stop().await;
}
