//! grpcurl, as a newcomer uses it: it knows nothing of the contract but what reflection tells.

use crate::server::{Guest, text};
use crate::tools;
use serde_json::{Value, json};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

struct Curl {
    grpcurl: String,
    guest: Guest,
}

impl Curl {
    async fn new() -> Option<Curl> {
        Some(Curl { grpcurl: tools::path("GRPCURL")?, guest: Guest::new().await })
    }

    fn run(&self, before: &[&str], after: &[&str]) -> Output {
        let server = self.guest.rest.url.strip_prefix("http://").unwrap();
        let credential = format!("Authorization: Bearer {}", self.guest.rest.key);
        let mut command = Command::new(&self.grpcurl);
        command.args(["-plaintext", "-max-time", "30", "-H", &credential]).args(before).arg(server).args(after);
        command.output().unwrap()
    }

    #[track_caller]
    fn ok(&self, before: &[&str], after: &[&str]) -> String {
        let output = self.run(before, after);
        assert!(output.status.success(), "{after:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    fn call(&self, rpc: &str, request: Value) -> Value {
        serde_json::from_str(&self.ok(&["-d", &request.to_string()], &[rpc])).unwrap()
    }
}

#[tokio::test]
async fn it_finds_the_contract() {
    let Some(curl) = Curl::new().await else { return };
    let services = curl.ok(&[], &["list"]);
    for service in ["Flow", "Call", "Activeflow", "Action", "Simulator", "AccessKey"] {
        assert!(services.contains(&format!("ringdown.v1.{service}Service")), "{services}");
    }
    assert!(services.contains("grpc.health.v1.Health"));
    assert!(curl.ok(&[], &["list", "ringdown.v1.CallService"]).contains("ringdown.v1.CallService.CreateCalls"));
    let described = curl.ok(&[], &["describe", "ringdown.v1.ActiveflowService"]);
    assert!(described.contains("rpc WatchActiveflows") && described.contains("returns ( stream"), "{described}");
    assert!(curl.ok(&[], &["describe", "ringdown.v1.TalkOption"]).contains("digits_handle"));
    // It shows comments, and takes JSON templates.
    assert!(described.contains("// "), "{described}");
    assert!(curl.ok(&["-msg-template"], &["describe", "ringdown.v1.CreateCallsRequest"]).contains("destinations"));
}

#[tokio::test]
async fn it_makes_a_call_and_watches_it_to_its_end() {
    let Some(curl) = Curl::new().await else { return };
    let flow = curl.call(
        "ringdown.v1.FlowService/CreateFlow",
        json!({"name": "hello", "actions": [{"talk": {"text": "Hello."}}]}),
    );
    let flow = text(&flow["flow"], "id");
    let address = |number: u32| json!({"type": "tel", "target": format!("+1555000000{number}")});
    let calls = curl.call(
        "ringdown.v1.CallService/CreateCalls",
        json!({"source": address(9), "destinations": [address(1)], "flowId": flow}),
    );
    let call = &calls["calls"][0];
    assert_eq!((&call["status"], &call["flowId"]), (&json!("CALL_STATUS_DIALING"), &json!(flow)));
    // The prompt comes back by itself when all has been told.
    let began = Instant::now();
    let request = json!({"ids": [call["activeflowId"]], "until_ended": true}).to_string();
    let watched = curl.ok(&["-d", &request], &["ringdown.v1.ActiveflowService/WatchActiveflows"]);
    assert!(began.elapsed() < Duration::from_secs(25));
    let frames: Vec<Value> =
        serde_json::Deserializer::from_str(&watched).into_iter().collect::<Result<_, _>>().unwrap();
    assert_eq!(frames[0]["type"], "WATCH_TYPE_SNAPSHOT");
    let last = frames.last().unwrap();
    let ended = frames.iter().rfind(|it| it.get("activeflow").is_some()).unwrap();
    assert_eq!(ended["activeflow"]["status"], "ACTIVEFLOW_STATUS_ENDED", "{last}");
    let request = json!({"ids": [call["id"]], "until_ended": true}).to_string();
    assert!(curl.ok(&["-d", &request], &["ringdown.v1.CallService/WatchCalls"]).contains("CALL_STATUS_HANGUP"));
    let got = curl.call("ringdown.v1.CallService/GetCall", json!({"id": call["id"]}));
    assert_eq!(got["call"]["hangupReason"], "HANGUP_REASON_NORMAL");
}

#[tokio::test]
async fn it_shows_what_is_wrong() {
    let Some(curl) = Curl::new().await else { return };
    let request = json!({"name": "n", "actions": [{"talk": {}}]}).to_string();
    let output = curl.run(&["-d", &request], &["ringdown.v1.FlowService/CreateFlow"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success());
    for part in ["InvalidArgument", "actions[0].option.text", "INVALID_ACTION_OPTION"] {
        assert!(said.contains(part), "{part}: {said}");
    }
}
