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
            Err(status) => {
                let details = tonic_types::StatusExt::get_error_details(&status);
                status.code() == tonic::Code::OutOfRange
                    && details.error_info().is_some_and(|info| info.reason == "RESUME_TOKEN_EXPIRED")
            }
            Ok(_) => false,
        }
    })
    .await;
    until("that deliveries are forgotten", async || {
        crate::deliveries(&mut grpc, WebhookDeliveryStatus::Unspecified).await.is_empty()
    })
    .await;
    // What began before all that is told is still shown as it is, and what comes next is told too.
    let watch = WatchActiveflowsRequest { include_snapshot: true, ..Default::default() };
    let mut frames = grpc.activeflows.watch_activeflows(watch).await.unwrap().into_inner();
    let first = frames.message().await.unwrap().unwrap().into_message().unwrap();
    let seen = first.activeflow.as_ref().unwrap();
    assert_eq!((first.r#type(), &seen.id, seen.revision), (WatchType::Snapshot, &running, shown.revision));
    assert_eq!(seen.current_action, shown.current_action);
    assert!(server.stop().success());
    // It runs on where it was.
    let server = home.start();
    let mut grpc = server.grpc().await;
    let stop = StopActiveflowRequest { id: running.clone(), ..Default::default() };
    let stopped = grpc.activeflows.stop_activeflow(stop).await.unwrap().into_inner().activeflow.unwrap();
    assert_eq!(stopped.status(), ActiveflowStatus::Ended);
}

#[tokio::test(flavor = "multi_thread")]
async fn old_recordings_go_with_their_files() {
    let home = home(&["--retain-recordings", "2s"]);
    let server = home.start();
    let rest = server.rest();
    let record = serde_json::json!({"type": "recording_start", "option": {}});
    let talk = serde_json::json!({"type": "talk", "option": {"text": "Hello."}});
    let call = async |actions: serde_json::Value| {
        let to = serde_json::json!({"type": "tel", "target": "+15550000001"});
        let body = serde_json::json!({"source": to, "destination": to, "actions": actions});
        rest.ok("POST", "/v1.0/calls", Some(body)).await["id"].as_str().unwrap().to_owned()
    };
    let running = call(serde_json::json!([record, {"type": "block"}])).await;
    let over = call(serde_json::json!([record, talk])).await;
    let recording =
        async |call: &str| rest.ok("GET", &format!("/v1.0/recordings?call_id={call}"), None).await["result"].clone();
    until("that one is over", async || recording(&over).await[0]["status"] == "ended").await;
    let id = recording(&over).await[0]["id"].as_str().unwrap().to_owned();
    let file = home.path().join(format!("recordings/{id}.wav"));
    assert!(file.exists());
    until("that it is forgotten", async || recording(&over).await == serde_json::json!([])).await;
    assert!(!file.exists(), "its file went before it");
    let (status, told) = rest.get(&format!("/v1.0/recordings/{id}/file")).await;
    assert_eq!((status, told["error"]["reason"].as_str()), (404, Some("RECORDING_NOT_FOUND")));
    assert_eq!(recording(&running).await[0]["status"], "recording", "what runs stays");
}
