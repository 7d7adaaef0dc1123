//! Budgets of one activeflow: history, recordings, messages.

use crate::customers::{House, house, tel, until};
use serde_json::{Value, json};

/// The id of an action to which a `goto` jumps.
const AGAIN: &str = "5f0c3e9e-2d6b-4f0e-9a59-0c9f6f0f9b11";

/// Before: a request of 32 KB wrote 1.65 GB of history.
#[tokio::test]
async fn an_activeflow_ends_when_its_history_is_used_up() {
    let House { server, owner, stranger, directory } = house(&["activeflow_history_bytes=1MiB"]).await;
    let id = owner
        .start(json!([
            {"id": AGAIN, "type": "variable_set", "option": {"key": "k", "value": "x".repeat(16 << 10)}},
            {"type": "goto", "option": {"target_id": AGAIN, "loop_count": 900}}
        ]))
        .await
        .unwrap();
    let flow = owner.ended(&id).await;
    assert_eq!(flow["end_reason"], "limit", "{flow}");
    assert_eq!(flow["error"], "BUDGET_USED_UP: over 1048576 bytes of history (activeflow_history_bytes)");
    // The log has as much as the limit says, and at most one step more.
    let database = rusqlite::Connection::open(directory.path().join("ringdown.db")).unwrap();
    let written: i64 = database.query_row("select sum(length(record)) from log", [], |row| row.get(0)).unwrap();
    assert!((1 << 20..3 << 19).contains(&written), "{written}");
    stranger.start(json!([{"type": "block"}])).await.unwrap();
    server.stop().await;
}

#[tokio::test]
async fn requests_to_an_activeflow_use_its_history_too() {
    let House { server, owner, directory: _directory, .. } = house(&["activeflow_history_bytes=256KiB"]).await;
    let id = owner.start(json!([{"type": "block"}])).await.unwrap();
    let path = |what: &str| format!("/v1.0/activeflows/{id}/{what}");
    let large = json!({"variables": {"k": "x".repeat(30 << 10)}});
    let mut set = 0;
    let refused = loop {
        match owner.put(&path("variables"), large.clone()).await {
            Ok(_) => set += 1,
            Err(refused) => break refused,
        }
        assert!(set < 20);
    };
    assert!(refused == "429 BUDGET_USED_UP" && set > 4, "{refused} after {set}");
    let talks = vec![json!({"type": "talk", "option": {"text": "x".repeat(4_000)}}); 8];
    let pushed = owner.post(&path("push_actions"), json!({"actions": talks})).await;
    assert_eq!(pushed.map(drop), Err("429 BUDGET_USED_UP".to_owned()));
    assert_eq!(owner.get(&format!("/v1.0/activeflows/{id}")).await["status"], "running");
    owner.post(&path("stop"), json!({})).await.unwrap();
    server.stop().await;
}

/// Before: 2.9 KB of flow queued 66,680 texts.
#[tokio::test]
async fn an_activeflow_ends_when_its_messages_are_used_up() {
    let House { server, owner, directory: _directory, .. } = house(&["activeflow_messages=110"]).await;
    let option = json!({"source": tel("+15550000009"), "destinations": vec![tel("+15550000001"); 20], "text": "spam"});
    let id = owner
        .start(json!([
            {"id": AGAIN, "type": "message_send", "option": option},
            {"type": "goto", "option": {"target_id": AGAIN, "loop_count": 499}}
        ]))
        .await
        .unwrap();
    let flow = owner.ended(&id).await;
    assert_eq!((&flow["end_reason"], owner.all("/v1.0/messages").await.len()), (&json!("limit"), 100));
    assert_eq!(flow["error"], "BUDGET_USED_UP: over 110 messages (activeflow_messages)");
    server.stop().await;
}

#[tokio::test]
async fn a_recording_ends_when_the_budget_is_used_up() {
    // Two seconds.
    let bytes = 44 + 16 * 2_000;
    let limit = format!("activeflow_recording_bytes={bytes}");
    let House { server, owner, directory: _directory, .. } = house(&[&limit]).await;
    let flow = json!([
        {"type": "recording_start"},
        {"type": "talk", "option": {"text": "x".repeat(1_000)}},
        {"type": "block"}
    ]);
    let (call, _) = owner.call(json!({"actions": flow})).await.unwrap();
    let recording: Value = until("the end of the recording", || async {
        let all = owner.all("/v1.0/recordings").await;
        all.into_iter().find(|it| it["status"] == "ended")
    })
    .await;
    assert_eq!(recording["size"].as_u64().or_else(|| recording["size"].as_str()?.parse().ok()), Some(bytes));
    let error = format!("BUDGET_USED_UP: over {bytes} bytes of recordings (activeflow_recording_bytes)");
    assert_eq!(recording["error"], error.as_str());
    let again = owner.post(&format!("/v1.0/calls/{call}/recording_start"), json!({})).await;
    assert_eq!(again.map(drop), Err("429 BUDGET_USED_UP".to_owned()));
    owner.post(&format!("/v1.0/calls/{call}/hangup"), json!({})).await.unwrap();
    server.stop().await;
}
