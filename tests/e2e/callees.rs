//! What simulated numbers are told to do, as the contract says it.

use crate::server::{Home, Rest, text};
use crate::watch::Frames;
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
    // Early media and a refusal of its own, with its words; the quality is that of a call that had audio.
    set(&rest, json!({"answer": "reject", "early_media_ms": 5, "sip_code": 404, "cause": "No such number"})).await;
    let call = called(&rest, json!([{"type": "hangup"}])).await;
    assert_eq!((&call["hangup_reason"], &call["sip_code"]), (&json!("failed"), &json!(404)), "{call}");
    assert_eq!((&call["cause"], &call["quality"]["codec"]), (&json!("No such number"), &json!("simulated")), "{call}");
    set(&rest, json!({"answer": "reject", "sip_code": 480})).await;
    let call = called(&rest, json!([{"type": "hangup"}])).await;
    assert_eq!(
        (&call["hangup_reason"], &call["cause"]),
        (&json!("noanswer"), &json!("Temporarily Unavailable")),
        "{call}"
    );
    assert_eq!(call["quality"]["codec"], "", "it had no audio");
    for wrong in [
        json!({"sip_code": 404}),
        json!({"answer": "reject", "sip_code": 200}),
        json!({"answer": "reject", "cause": "\"; hangup"}),
        json!({"answer": "busy", "cause": "no"}),
        json!({"early_media_ms": -1}),
    ] {
        let answer = rest.send("PUT", &format!("/v1.0/simulator/callees/{TARGET}"), Some(&wrong)).await;
        assert_eq!(answer.0, 400, "{wrong}: {}", answer.1);
    }
    set(&rest, json!({"answer": "busy", "ring_ms": 5})).await;
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

/// The types and the messages of a call's events, until it has ended.
async fn history(frames: &mut Frames, call: &str) -> Vec<String> {
    let mut told = Vec::new();
    loop {
        let frame = frames.next().await.expect("the watch goes on");
        if frame["event"]["call_id"] != call {
            continue;
        }
        let (kind, message) = (text(&frame["event"], "type"), text(&frame["event"], "message"));
        told.push(format!("{kind} {message}").trim().to_owned());
        if kind == "hangup" {
            return told;
        }
    }
}

#[tokio::test]
async fn a_caller_hears_early_media_and_a_number_holds_us() {
    let home = Home::new(&["--sim-speed", "0"]);
    let server = home.start();
    let (rest, grpc) = (server.rest(), server.grpc().await);
    set(&rest, json!({"answer": "no_answer", "early_media_ms": 5})).await;
    let mut frames = Frames::calls(&grpc, json!({})).await;
    let connect = json!({"type": "connect", "option": {"destinations": [tel(TARGET)], "early_media": true}});
    let call = json!({"source": tel("+15550001000"), "destination": tel("+15550002000"), "actions": [connect]});
    let call = text(&rest.ok("POST", "/v1.0/simulator/calls", Some(call)).await, "id");
    let leg = loop {
        let frame = frames.next().await.expect("the watch goes on");
        if frame["event"]["type"] == "bridged" && frame["event"]["call_id"] != json!(call) {
            break text(&frame["call"], "id");
        }
    };
    rest.ok("POST", &format!("/v1.0/simulator/calls/{call}/hangup"), Some(json!({}))).await;
    let ended = rest.wait(&format!("/v1.0/calls/{call}"), "status", "hangup").await;
    assert_eq!((&ended["hangup_reason"], &ended["sip_code"]), (&json!("cancel"), &json!(487)), "{ended}");
    assert_eq!(ended["quality"]["codec"], "simulated", "{ended}");
    // Its bridge ends and we cancel it, in either order.
    let mut told = history(&mut frames, &leg).await;
    told.sort();
    assert_eq!(told, ["canceling", "hangup", &format!("unbridged from {call}")]);

    set(&rest, json!({"steps": ["hold", "unhold", "hangup"]})).await;
    let call = json!({"source": tel("+15550001000"), "destination": tel(TARGET), "actions": [{"type": "block"}]});
    let call = text(&rest.ok("POST", "/v1.0/calls", Some(call)).await, "id");
    let told = history(&mut frames, &call).await;
    let held = ["held by the remote party", "unheld by the remote party", "hangup"];
    assert_eq!(told[told.len() - 3..], held, "{told:?}");
    assert!(server.stop().success());
}
