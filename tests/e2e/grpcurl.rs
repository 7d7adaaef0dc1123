//! What a developer types: grpcurl against a server that tells its own contract.

use crate::server::{Home, Server};
use serde_json::{Value, json};
use std::process::{Command, Output};

/// Where grpcurl is, if it is there. CI must have it.
fn grpcurl() -> Option<String> {
    let path = std::env::var("GRPCURL").ok();
    if path.is_none() {
        assert!(std::env::var("CI").as_deref() != Ok("true"), "GRPCURL must say where grpcurl is");
        eprintln!("skipped: GRPCURL does not say where grpcurl is (tests/run installs it)");
    }
    path
}

struct Terminal<'a> {
    grpcurl: String,
    server: &'a Server,
}

impl Terminal<'_> {
    fn run(&self, before: &[&str], after: &[&str]) -> Output {
        let auth = format!("Authorization: Bearer {}", self.server.key);
        let mut command = Command::new(&self.grpcurl);
        command.args(["-plaintext", "-max-time", "30", "-H", &auth]).args(before);
        command.arg(self.server.url.trim_start_matches("http://")).args(after).output().unwrap()
    }

    fn text(&self, before: &[&str], after: &[&str]) -> String {
        let output = self.run(before, after);
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{after:?}: {err}");
        out.into_owned()
    }

    /// Every answer of an RPC, in order.
    fn call(&self, rpc: &str, request: Value) -> Vec<Value> {
        let text = self.text(&["-d", &request.to_string()], &[&format!("ringdown.v1.{rpc}")]);
        serde_json::Deserializer::from_str(&text).into_iter().map(Result::unwrap).collect()
    }
}

#[tokio::test]
async fn a_terminal_makes_a_call_and_watches_it_to_its_end() {
    let Some(grpcurl) = grpcurl() else { return };
    let server = Home::new(&["--sim-speed", "20"]).start();
    let terminal = Terminal { grpcurl, server: &server };

    let services = terminal.text(&[], &["list"]);
    for service in ["ringdown.v1.CallService", "ringdown.v1.FlowService", "grpc.health.v1.Health"] {
        assert!(services.lines().any(|line| line == service), "{services}");
    }
    let described = terminal.text(&[], &["describe", "ringdown.v1.CallService.CreateCalls"]);
    assert!(described.contains("CreateCallsResponse"), "{described}");

    let actions = json!([{"talk": {"text": "Hello."}}]);
    let flow = terminal.call("FlowService/CreateFlow", json!({"name": "hello", "actions": actions})).remove(0);
    let calls = json!({
        "source": {"type": "tel", "target": "+15551230000"},
        "destinations": [{"type": "tel", "target": "+15550000001"}],
        "flow_id": flow["flow"]["id"],
    });
    let made = terminal.call("CallService/CreateCalls", calls).remove(0);
    let call = &made["calls"][0];
    assert_eq!(call["status"], "CALL_STATUS_DIALING");

    // It returns by itself when the activeflow has ended.
    let watch = json!({"ids": [call["activeflowId"]], "until_ended": true});
    let told = terminal.call("ActiveflowService/WatchActiveflows", watch);
    assert_eq!(told[0]["type"], "WATCH_TYPE_SNAPSHOT");
    let last = told.iter().rfind(|frame| frame["activeflow"].is_object()).unwrap();
    assert_eq!(
        (&last["activeflow"]["status"], &last["activeflow"]["endReason"]),
        (&json!("ACTIVEFLOW_STATUS_ENDED"), &json!("END_REASON_FINISHED"))
    );

    let refused = terminal.run(&["-d", "{\"id\": \"7\"}"], &["ringdown.v1.CallService/GetCall"]);
    let told = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(
        !refused.status.success() && told.contains("InvalidArgument") && told.contains("id: expected a UUID"),
        "{told}"
    );
    assert!(server.stop().success());
}
