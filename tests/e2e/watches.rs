//! Watches keep their promise: everything once, in order, whoever comes back with which token, whatever happens meanwhile.

use crate::server::{Guest, Home, Server, text, until};
use crate::watch::{Frames, grpc_activeflows, grpc_calls, sse};
use futures::future::join_all;
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};

fn event_id(frame: &Value) -> Option<String> {
    frame["event"]["id"].as_str().map(str::to_owned)
}

fn kind(frame: &Value) -> String {
    text(frame, "type")
}

async fn start_call(server: &Server) -> Value {
    let call = json!({
        "source": {"type": "tel", "target": "+15550009999"},
        "destination": {"type": "tel", "target": "+15550000006"},
        "actions": [
            {"type": "talk", "option": {"text": "Press a key."}},
            {"type": "digits_receive", "option": {"length": 1, "duration": 5000}},
            {"type": "variable_set", "option": {"key": "pressed", "value": "${voipbin.call.digits}"}},
            {"type": "sleep", "option": {"duration": 20}},
        ],
    });
    server.rest().ok("POST", "/v1.0/calls", Some(call)).await
}

#[tokio::test]
async fn a_token_from_before_all_leads_to_all() {
    let home = Home::new(&[]);
    let server = home.start();
    let grpc = server.grpc().await;
    let first = Frames::activeflows(&grpc, json!({"include_snapshot": true})).await.next().await.unwrap();
    assert_eq!(kind(&first), "progress");
    let made = server.rest().ok("POST", "/v1.0/activeflows", Some(json!({"actions": [{"type": "stop"}]}))).await;
    for _ in 0..2 {
        let mut rest = Frames::activeflows(&grpc, json!({"resume_token": first["resume_token"]})).await;
        let next = rest.next().await.unwrap();
        assert_eq!((kind(&next), &next["activeflow"]["id"]), ("created".to_owned(), &made["id"]));
    }
}

#[tokio::test]
async fn every_token_leads_to_exactly_the_rest() {
    let home = Home::new(&["--sim-speed", "20"]);
    let server = home.start();
    let grpc = server.grpc().await;
    let mut all = Frames::activeflows(&grpc, json!({})).await;
    let mut all_calls = Frames::calls(&grpc, json!({})).await;
    let call = start_call(&server).await;
    let (activeflow, call) = (text(&call, "activeflow_id"), text(&call, "id"));

    let mut told = Vec::new();
    while told.last().is_none_or(|frame: &Value| frame["event"]["type"] != "ended") {
        told.push(all.next().await.unwrap());
    }
    let mut told_calls = Vec::new();
    while told_calls.last().is_none_or(|frame: &Value| frame["event"]["type"] != "hangup") {
        told_calls.push(all_calls.next().await.unwrap());
    }
    assert_eq!(kind(&told[0]), "created");
    assert_eq!(told[0]["activeflow"]["status"], "running");
    assert_eq!(kind(&told_calls[0]), "created");
    let states: Vec<String> = told_calls.iter().map(|frame| text(&frame["call"], "status")).collect();
    let mut once = states.clone();
    once.dedup();
    assert_eq!(once, ["dialing", "ringing", "progressing", "terminating", "hangup"]);

    // The activeflow is shown as of each event, and at the end as it stands.
    let mut current = json!(null);
    for frame in &told {
        if frame["event"]["type"] == "action_started" {
            current = frame["event"]["action"]["id"].clone();
        }
        if !current.is_null() {
            assert_eq!(frame["activeflow"]["current_action"]["id"], current, "{frame}");
        }
        assert_eq!(frame["activeflow"]["revision"], frame["event"]["revision"]);
        assert_eq!(frame["activeflow"]["status"] == "ended", frame["event"]["type"] == "ended");
    }

    let until_ended = |token: &Value| json!({"ids": [activeflow], "until_ended": true, "resume_token": token});
    for (at, frame) in told.iter().enumerate() {
        let rest = grpc_activeflows(&grpc, until_ended(&frame["resume_token"])).await;
        assert_eq!(rest, told[at + 1..], "after event {at}");
        let path = format!("/v1.0/activeflows/watch?ids={activeflow}&until_ended=true");
        let rest = sse(&server.rest(), &path, &[("last-event-id", &text(frame, "resume_token"))]).await.whole().await;
        let rest: Vec<Value> = rest.into_iter().map(|event| event.data).collect();
        assert_eq!(rest, told[at + 1..], "after event {at}, by SSE");
    }
    for (at, frame) in told_calls.iter().enumerate() {
        let request = json!({"ids": [call], "until_ended": true, "resume_token": frame["resume_token"]});
        assert_eq!(grpc_calls(&grpc, request).await, told_calls[at + 1..], "after event {at} of the call");
    }

    // One that has ended is told once, and the watch returns by itself.
    let snapshot = grpc_activeflows(&grpc, json!({"ids": [activeflow], "until_ended": true})).await;
    assert_eq!(snapshot.iter().map(kind).collect::<Vec<_>>(), ["snapshot", "progress"]);
    assert_eq!(snapshot[0]["activeflow"]["status"], "ended");
    assert!(server.stop().success());
}

/// Revisions of each activeflow as a watcher was told them: the first it saw, then each that follows.
#[derive(Default)]
struct Seen {
    events: HashSet<String>,
    revisions: HashMap<String, i64>,
    ended: HashSet<String>,
}

impl Seen {
    fn take(&mut self, frame: &Value) {
        if frame["activeflow"].is_null() {
            return;
        }
        let id = text(&frame["activeflow"], "id");
        let revision = frame["activeflow"]["revision"].as_i64().unwrap();
        if let Some(event) = event_id(frame) {
            assert!(self.events.insert(event), "told twice: {frame}");
        }
        let before = self.revisions.insert(id.clone(), revision);
        match kind(frame).as_str() {
            "snapshot" => assert_eq!(before, None, "{frame}"),
            "created" => assert_eq!((before, revision), (None, 1), "{frame}"),
            _ => {
                let before = before.unwrap_or_else(|| panic!("nothing was told before: {frame}"));
                assert!(revision == before || revision == before + 1, "{before} and then {frame}");
            }
        }
        if frame["activeflow"]["status"] == "ended" {
            assert!(self.ended.insert(id), "ended twice: {frame}");
        }
    }
}

fn naps(n: usize) -> Value {
    let nap = |ms: usize| json!({"type": "sleep", "option": {"duration": ms}});
    json!({"actions": (0..5).map(|at| nap((n * 7 + at * 13) % 40)).collect::<Vec<_>>()})
}

#[tokio::test]
async fn a_snapshot_leaves_no_gap_and_tells_no_revision_twice() {
    let home = Home::new(&[]);
    let server = home.start();
    let (rest, grpc) = (server.rest(), server.grpc().await);
    let create = join_all((0..150).map(|n| {
        let rest = rest.clone();
        async move { text(&rest.ok("POST", "/v1.0/activeflows", Some(naps(n))).await, "id") }
    }));
    let watch = async {
        let mut watchers = Vec::new();
        for at in 0..8 {
            // They come while the activeflows begin, run and end.
            until("some are there", async || {
                let page = rest.ok("GET", "/v1.0/activeflows?page_size=1000", None).await;
                (page["result"].as_array().unwrap().len() >= at * 15).then_some(())
            })
            .await;
            watchers.push(Frames::activeflows(&grpc, json!({"include_snapshot": true})).await);
        }
        watchers
    };
    let (ids, watchers) = tokio::join!(create, watch);
    for mut frames in watchers {
        let mut seen = Seen::default();
        while seen.ended.len() < ids.len() {
            seen.take(&frames.next().await.unwrap());
        }
        assert_eq!(seen.ended, ids.iter().cloned().collect::<HashSet<_>>());
    }
    assert!(server.stop().success());
}

#[tokio::test]
async fn a_token_from_within_a_snapshot_begins_it_again() {
    let guest = Guest::new().await;
    let block = json!({"actions": [{"type": "block"}]});
    let mut ids = HashSet::new();
    for _ in 0..3 {
        ids.insert(text(&guest.rest.ok("POST", "/v1.0/activeflows", Some(block.clone())).await, "id"));
    }
    let mut frames = Frames::activeflows(&guest.grpc, json!({"include_snapshot": true})).await;
    let first = frames.next().await.unwrap();
    assert_eq!(kind(&first), "snapshot");
    let request = json!({"include_snapshot": true, "resume_token": first["resume_token"]});
    let mut again = Frames::activeflows(&guest.grpc, request).await;
    let mut told = HashSet::new();
    let progress = loop {
        let frame = again.next().await.unwrap();
        match kind(&frame).as_str() {
            "snapshot" => assert!(told.insert(text(&frame["activeflow"], "id"))),
            "progress" => break frame,
            _ => panic!("{frame}"),
        }
    };
    assert_eq!(told, ids);
    // From the first progress on, a token goes on where it was.
    let request = json!({"include_snapshot": true, "resume_token": progress["resume_token"]});
    let mut on = Frames::activeflows(&guest.grpc, request).await;
    let id = ids.iter().next().unwrap();
    guest.rest.ok("POST", &format!("/v1.0/activeflows/{id}/stop"), Some(json!({}))).await;
    let frame = on.next().await.unwrap();
    assert_eq!((kind(&frame).as_str(), &frame["event"]["type"]), ("updated", &json!("action_finished")));
}

/// Who is told by these frames to have ended, by an event, each as often as it is told.
fn ends(told: &[Value], subject: &str) -> Vec<String> {
    let end = |frame: &&Value| matches!(frame["event"]["type"].as_str(), Some("ended" | "hangup"));
    let mut ends: Vec<String> = told.iter().filter(end).map(|frame| text(&frame[subject], "id")).collect();
    ends.sort();
    ends
}

/// The server dies when a watcher has read the snapshot and nothing else, and everything ends before the watcher is back.
#[tokio::test]
async fn what_ends_while_the_server_is_away_from_a_snapshot_is_told_as_an_event() {
    let home = Home::new(&[]);
    let server = home.start();
    let rest = server.rest();
    let (mut flows, mut calls) = (Vec::new(), Vec::new());
    for _ in 0..2 {
        let block = json!([{"type": "block"}]);
        flows.push(text(&rest.ok("POST", "/v1.0/activeflows", Some(json!({"actions": block}))).await, "id"));
        let (from, to) =
            (json!({"type": "tel", "target": "+15550009999"}), json!({"type": "tel", "target": "+15550000001"}));
        let call = json!({"source": from, "destination": to, "actions": block});
        calls.push(text(&rest.ok("POST", "/v1.0/calls", Some(call)).await, "id"));
    }
    flows.sort();
    calls.sort();
    for id in &calls {
        rest.wait(&format!("/v1.0/calls/{id}"), "status", "progressing").await;
    }
    let watch = |ids: &[String]| json!({"ids": ids, "until_ended": true});
    let path = |subject: &str, ids: &[String]| {
        format!("/v1.0/{subject}s/watch?ids={}&ids={}&until_ended=true", ids[0], ids[1])
    };
    let grpc = server.grpc().await;
    let mut frames = [Frames::activeflows(&grpc, watch(&flows)).await, Frames::calls(&grpc, watch(&calls)).await];
    let mut events = [sse(&rest, &path("activeflow", &flows), &[]).await, sse(&rest, &path("call", &calls), &[]).await];
    let mut tokens = [Vec::new(), Vec::new()];
    for ((frames, events), tokens) in frames.iter_mut().zip(&mut events).zip(&mut tokens) {
        for at in 0..2 {
            let (frame, event) = (frames.next().await.unwrap(), events.next().await.unwrap());
            assert_eq!((kind(&frame), kind(&event.data)), ("snapshot".to_owned(), "snapshot".to_owned()));
            tokens.extend([(at == 1, text(&frame, "resume_token")), (at == 1, event.id)]);
        }
    }
    server.kill();

    let server = home.start();
    let (rest, grpc) = (server.rest(), server.grpc().await);
    for id in &flows {
        rest.ok("POST", &format!("/v1.0/activeflows/{id}/stop"), Some(json!({}))).await;
    }
    // Their phones went with the server.
    for id in &calls {
        rest.wait(&format!("/v1.0/calls/{id}"), "status", "hangup").await;
    }
    for (subject, ids, tokens) in [("activeflow", &flows, &tokens[0]), ("call", &calls, &tokens[1])] {
        for (whole, token) in tokens {
            let mut request = watch(ids);
            request["resume_token"] = json!(token);
            let by_grpc = match subject {
                "activeflow" => grpc_activeflows(&grpc, request).await,
                _ => grpc_calls(&grpc, request).await,
            };
            let by_sse = sse(&rest, &path(subject, ids), &[("last-event-id", token)]).await.whole().await;
            let by_sse: Vec<Value> = by_sse.into_iter().map(|event| event.data).collect();
            for told in [by_grpc, by_sse] {
                assert_eq!(&ends(&told, subject), ids, "{told:?}");
                // Only who has seen a part of the snapshot is shown it again.
                let shown = told.iter().filter(|frame| kind(frame) == "snapshot").count();
                assert_eq!(shown, if *whole { 0 } else { 2 }, "{told:?}");
            }
        }
    }
    assert!(server.stop().success());
}

#[tokio::test]
async fn watchers_hear_what_they_ask_for_and_of_no_one_else() {
    let guest = Guest::new().await;
    let stranger = guest.stranger().await;
    let flow = guest.rest.ok("POST", "/v1.0/flows", Some(json!({"actions": [{"type": "block"}]}))).await;
    let flow_id = text(&flow, "id");
    let mut of_flow = Frames::activeflows(&guest.grpc, json!({"flow_id": flow_id})).await;
    let mut of_calls = Frames::activeflows(&guest.grpc, json!({"reference_type": "call"})).await;
    let mut incoming = Frames::calls(&guest.grpc, json!({"direction": "incoming"})).await;
    let mut others = Frames::activeflows(&stranger.grpc, json!({})).await;

    let block = json!({"actions": [{"type": "block"}]});
    guest.rest.ok("POST", "/v1.0/activeflows", Some(block.clone())).await;
    let wanted = guest.rest.ok("POST", "/v1.0/activeflows", Some(json!({"flow_id": flow_id}))).await;
    let outgoing = json!({
        "source": {"type": "tel", "target": "+15550009999"},
        "destination": {"type": "tel", "target": "+15550000001"},
        "actions": [{"type": "block"}],
    });
    let outgoing = guest.rest.ok("POST", "/v1.0/calls", Some(outgoing)).await;
    let rings = json!({
        "source": {"type": "tel", "target": "+15550000001"},
        "destination": {"type": "tel", "target": "+15550009999"},
        "actions": [{"type": "block"}],
    });
    let rings = guest.rest.ok("POST", "/v1.0/simulator/calls", Some(rings)).await;
    let own = stranger.rest.ok("POST", "/v1.0/activeflows", Some(block)).await;

    assert_eq!(of_flow.next().await.unwrap()["activeflow"]["id"], wanted["id"]);
    assert_eq!(of_calls.next().await.unwrap()["activeflow"]["id"], outgoing["activeflow_id"]);
    assert_eq!(incoming.next().await.unwrap()["call"]["id"], rings["id"]);
    assert_eq!(others.next().await.unwrap()["activeflow"]["id"], own["id"]);
    let foreign = json!({"ids": [wanted["id"]], "until_ended": true});
    let error = Frames::activeflows_refused(&stranger.grpc, foreign).await;
    assert_eq!(error.code(), tonic::Code::NotFound);
    for call in [&outgoing, &rings] {
        guest.rest.ok("POST", &format!("/v1.0/calls/{}/hangup", text(call, "id")), Some(json!({}))).await;
    }
}

#[tokio::test]
async fn a_stop_of_the_server_ends_the_stream_and_nothing_else() {
    let home = Home::new(&["--drain-timeout", "0s"]);
    let server = home.start();
    let grpc = server.grpc().await;
    let mut frames = Frames::activeflows(&grpc, json!({})).await;
    let naps = json!({"actions": [{"type": "sleep", "option": {"duration": 1}}, {"type": "block"}]});
    let made = server.rest().ok("POST", "/v1.0/activeflows", Some(naps)).await;
    server.terminate();
    let mut told = Vec::new();
    let status = loop {
        match frames.told().await.unwrap() {
            Ok(frame) => told.push(frame),
            Err(status) => break status,
        }
    };
    assert_eq!(status.code(), tonic::Code::Unavailable, "{status:?}");
    let mut server = server;
    assert!(server.wait().success());

    let server = home.start();
    let grpc = server.grpc().await;
    let id = text(&made, "id");
    let token = told.last().map_or(json!(""), |frame| frame["resume_token"].clone());
    server.rest().wait(&format!("/v1.0/activeflows/{id}"), "current_action/type", "block").await;
    server.rest().ok("POST", &format!("/v1.0/activeflows/{id}/stop"), Some(json!({}))).await;
    told.extend(grpc_activeflows(&grpc, json!({"ids": [id], "until_ended": true, "resume_token": token})).await);

    // What both were told together is the history.
    let history = server.rest().ok("GET", &format!("/v1.0/activeflows/{id}/events?page_size=1000"), None).await;
    let mut history: Vec<String> =
        history["result"].as_array().unwrap().iter().map(|event| text(event, "id")).collect();
    history.reverse();
    assert_eq!(told.iter().filter_map(event_id).collect::<Vec<_>>(), history);
    assert!(server.stop().success());
}

#[tokio::test]
async fn a_watcher_that_does_not_read_holds_nobody_up_and_misses_nothing() {
    let home = Home::new(&[]);
    let server = home.start();
    let grpc = server.grpc().await;
    let mut slow = Frames::activeflows(&grpc, json!({})).await;
    let text_of = "x".repeat(20_000);
    let set = json!({"type": "variable_set", "option": {"key": "k", "value": text_of}});
    let many = json!({"actions": (0..12).map(|_| set.clone()).collect::<Vec<_>>()});
    let rest = server.rest();
    let ids: HashSet<String> = join_all(
        (0..20).map(|_| async { text(&rest.ok("POST", "/v1.0/activeflows", Some(many.clone())).await, "id") }),
    )
    .await
    .into_iter()
    .collect();
    // Far more than a window of HTTP/2 has been written by now; others are told at once.
    let first = ids.iter().next().unwrap();
    rest.wait(&format!("/v1.0/activeflows/{first}"), "status", "ended").await;
    assert_eq!(grpc_activeflows(&grpc, json!({"ids": [first], "until_ended": true})).await.len(), 2);
    let mut seen = Seen::default();
    while seen.ended.len() < ids.len() {
        seen.take(&slow.next().await.unwrap());
    }
    assert_eq!(seen.ended, ids);
    // 12 actions: created, three events each, ended.
    assert_eq!(seen.events.len(), 20 * 38);
    assert!(server.stop().success());
}

#[tokio::test]
async fn watchers_are_counted_and_told_when_nothing_happens() {
    let home = Home::new(&["--max-watchers", "2"]);
    let server = home.start();
    let grpc = server.grpc().await;
    let mut idle = Frames::activeflows(&grpc, json!({})).await;
    let other = Frames::calls(&grpc, json!({})).await;
    let refused = Frames::activeflows_refused(&grpc, json!({})).await;
    assert_eq!(refused.code(), tonic::Code::ResourceExhausted);
    drop(other);
    until("its place is free", async || {
        let request = ringdown::proto::WatchCallsRequest::default();
        grpc.calls.clone().watch_calls(request).await.ok().map(drop)
    })
    .await;
    // After ten seconds without anything to tell, that is told.
    let frame = idle.next().await.unwrap();
    assert_eq!(kind(&frame), "progress");
    assert!(server.stop().success());
}
