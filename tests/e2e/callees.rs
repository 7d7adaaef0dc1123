//! What simulated numbers are told to do, as the contract says it.

use crate::server::{Home, Rest, text};
use serde_json::{Value, json};

const TARGET: &str = "+15550007070";

fn tel(target: &str) -> Value {
    json!({"type": "tel", "target": target})
}

async fn set(rest: &Rest, callee: Value) {
    rest.ok("PUT", &format!("/v1.0/simulator/callees/{TARGET}"), Some(callee)).await;
}

/// A call to the number, when it is over.
async fn called(rest: &Rest, actions: Value) -> Value {
    let call = json!({"source": tel("+15550001000"), "destination": tel(TARGET), "actions": actions});
    let call = text(&rest.ok("POST", "/v1.0/calls", Some(call)).await, "id");
    rest.wait(&format!("/v1.0/calls/{call}"), "status", "hangup").await
}

#[tokio::test]
async fn a_number_does_as_it_was_told_in_calls_both_ways_and_after_a_restart() {
    const NEVER: &str = "9999-01-01 00:00:00.000000";
    let home = Home::new(&["--sim-speed", "0"]);
    let server = home.start();
    let rest = server.rest();
    // 0: it rings in the usual way before it answers, and not at all before it is busy.
    set(&rest, json!({"ring_ms": 0, "answer": "answer"})).await;
    let call = called(&rest, json!([{"type": "hangup"}])).await;
    assert!(call["tm_ringing"] != NEVER && call["tm_progressing"] != NEVER, "{call}");
    set(&rest, json!({"ring_ms": 0, "answer": "busy"})).await;
    assert_eq!(called(&rest, json!([{"type": "hangup"}])).await["tm_ringing"], NEVER);
    set(&rest, json!({"ring_ms": 5, "answer": "busy"})).await;
    assert_ne!(called(&rest, json!([{"type": "hangup"}])).await["tm_ringing"], NEVER);
    server.kill();
    let server = home.start();
    let rest = server.rest();
    assert_eq!(called(&rest, json!([{"type": "hangup"}])).await["hangup_reason"], "busy", "it is kept");
    // In a call that it makes it begins its steps when it is answered.
    set(&rest, json!({"steps": ["digits \"12\"", "hangup"]})).await;
    let actions = json!([{"type": "digits_receive", "option": {"length": 2, "duration": 60_000}}, {"type": "block"}]);
    let call = json!({"source": tel(TARGET), "destination": tel("+15550001000"), "actions": actions});
    let call = rest.ok("POST", "/v1.0/simulator/calls", Some(call)).await;
    rest.wait(&format!("/v1.0/calls/{}", text(&call, "id")), "status", "hangup").await;
    let run = rest.ok("GET", &format!("/v1.0/activeflows/{}", text(&call, "activeflow_id")), None).await;
    assert_eq!(run["variables"]["voipbin.call.digits"], "12", "{run}");
    assert!(server.stop().success());
}
