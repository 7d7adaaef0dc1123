//! What a request asks for that is not there, is another customer's, has ended, or is no request of this contract: told the
//! same on both faces, and nothing has changed.

use crate::bad_input::{A, B, NOBODY, all, check, check_rest, talk};
use crate::parity::Fresh;
use crate::protocols::{Protocols, Reply};
use crate::server::{Guest, text};
use crate::watch::sse;
use serde_json::{Value, json};

#[tokio::test]
async fn ids_that_are_none_and_ids_of_nothing_are_refused_everywhere() {
    let guest = Guest::new().await;
    let protocols = Protocols::of(&guest).await;
    for (id, reason) in [
        ("7", ["INVALID_ID"; 8]),
        ("", ["INVALID_ID"; 8]),
        ("a\0", ["INVALID_ID"; 8]),
        ("00000000-0000-0000-0000-000000000000", ["INVALID_ID"; 8]),
        (NOBODY, MISSING),
    ] {
        for (rpc, request, reason) in by_id(id).into_iter().map(|(rpc, request, kind)| (rpc, request, reason[kind])) {
            let told = match id {
                // REST has no path for an id that is empty.
                "" => protocols.grpc(rpc, &request, "").await.unwrap_err(),
                _ => protocols.refused(rpc, request).await,
            };
            let path = if rpc.starts_with("Simulate") { "call_id" } else { "id" };
            let paths = if reason == "INVALID_ID" { vec![path] } else { vec![] };
            assert_eq!((told.reason.as_str(), told.paths()), (reason, paths), "{rpc} {id:?}: {told:?}");
        }
    }
}

/// What is told of a resource that is not there, by its kind.
const MISSING: [&str; 8] = [
    "FLOW_NOT_FOUND",
    "CALL_NOT_FOUND",
    "ACTIVEFLOW_NOT_FOUND",
    "ACCESS_KEY_NOT_FOUND",
    "NUMBER_NOT_FOUND",
    "MESSAGE_NOT_FOUND",
    "RECORDING_NOT_FOUND",
    "WEBHOOK_DELIVERY_NOT_FOUND",
];

/// Every RPC that names a resource, with an otherwise good request, and the kind of the resource: its place in [`MISSING`].
fn by_id(id: &str) -> Vec<(&'static str, Value, usize)> {
    let rpcs = [
        ("GetFlow", json!({}), 0),
        ("UpdateFlow", json!({"name": "n", "actions": [talk()]}), 0),
        ("DeleteFlow", json!({}), 0),
        ("ListFlowRevisions", json!({}), 0),
        ("DiffFlowRevisions", json!({"from": 1, "to": 1}), 0),
        ("GetCall", json!({}), 1),
        ("DeleteCall", json!({}), 1),
        ("HangupCall", json!({}), 1),
        ("TalkCall", json!({"text": "a"}), 1),
        ("HoldCall", json!({}), 1),
        ("UnholdCall", json!({}), 1),
        ("MuteCall", json!({}), 1),
        ("UnmuteCall", json!({}), 1),
        ("SendDigits", json!({"digits": "1"}), 1),
        ("StartRecording", json!({}), 1),
        ("StopRecording", json!({}), 1),
        ("GetCallTrace", json!({}), 1),
        ("GetCallPcap", json!({}), 1),
        ("SimulateDigits", json!({"digits": "1"}), 1),
        ("SimulateHangup", json!({}), 1),
        ("GetActiveflow", json!({}), 2),
        ("DeleteActiveflow", json!({}), 2),
        ("StopActiveflow", json!({}), 2),
        ("ContinueActiveflow", json!({"current_action_id": A}), 2),
        ("PushActions", json!({"actions": [talk()]}), 2),
        ("GetVariables", json!({}), 2),
        ("SetVariables", json!({"variables": {"a": "b"}}), 2),
        ("ListActiveflowEvents", json!({}), 2),
        ("GetAccessKey", json!({}), 3),
        ("UpdateAccessKey", json!({"name": "n"}), 3),
        ("DeleteAccessKey", json!({}), 3),
        ("GetNumber", json!({}), 4),
        ("UpdateNumber", json!({"name": "n"}), 4),
        ("DeleteNumber", json!({}), 4),
        ("GetMessage", json!({}), 5),
        ("DeleteMessage", json!({}), 5),
        ("GetRecording", json!({}), 6),
        ("DeleteRecording", json!({}), 6),
        ("GetWebhookDelivery", json!({}), 7),
        ("RedeliverWebhook", json!({}), 7),
    ];
    let named = |(rpc, mut request, kind): (&'static str, Value, usize)| {
        let field = if rpc.starts_with("Simulate") { "call_id" } else { "id" };
        request[field] = json!(id);
        (rpc, request, kind)
    };
    rpcs.into_iter().map(named).collect()
}

#[tokio::test]
async fn another_customers_things_are_not_there() {
    let guest = Guest::new().await;
    let stranger = guest.stranger().await;
    let protocols = Protocols::of(&stranger).await;
    let call = guest.rest.call_at(json!([{"type": "echo", "option": {"duration": 60000}}]), "echo").await;
    let flow = text(&guest.rest.ok("POST", "/v1.0/flows", Some(json!({"actions": [talk()]}))).await, "id");
    let key = text(&guest.rest.ok("POST", "/v1.0/accesskeys", Some(json!({"name": "mine"}))).await, "id");
    let (call, activeflow) = (text(&call, "id"), text(&call, "activeflow_id"));
    let fresh = Fresh::of(&guest);
    let ((number, called), message) = (fresh.owned().await, fresh.sent().await);
    let ((recording, _), (delivery, _)) = (fresh.recorded().await, fresh.delivered().await);
    let (mine, theirs) = (all(&guest).await, all(&stranger).await);

    let ids = [&flow, &call, &activeflow, &key, &number, &message, &recording, &delivery];
    for kind in 0..ids.len() {
        for (rpc, request, _) in by_id(ids[kind]).into_iter().filter(|it| it.2 == kind) {
            let told = protocols.refused(rpc, request.clone()).await;
            // Word for word what is told of an id that nobody has.
            let nobody: Value = serde_json::from_str(&request.to_string().replace(ids[kind].as_str(), NOBODY)).unwrap();
            let nothing = protocols.refused(rpc, nobody).await;
            assert_eq!(told.reason, MISSING[kind], "{rpc}");
            assert_eq!(told.message.replace(ids[kind].as_str(), NOBODY), nothing.message, "{rpc}");
        }
    }
    let address = json!({"type": "tel", "target": "+15550000001"});
    check(
        &protocols,
        "CreateActiveflow",
        vec![
            (json!({"flow_id": flow}), "FLOW_NOT_FOUND", &["flow_id"]),
            (json!({"actions": [talk()], "on_complete_flow_id": flow}), "FLOW_NOT_FOUND", &["on_complete_flow_id"]),
        ],
    )
    .await;
    check(
        &protocols,
        "CreateFlow",
        vec![(json!({"actions": [talk()], "on_complete_flow_id": flow}), "FLOW_NOT_FOUND", &["on_complete_flow_id"])],
    )
    .await;
    check(
        &protocols,
        "CreateCalls",
        vec![(json!({"source": address, "destinations": [address], "flow_id": flow}), "FLOW_NOT_FOUND", &["flow_id"])],
    )
    .await;
    check(
        &protocols,
        "SimulateIncomingCall",
        vec![(json!({"source": address, "destination": address, "flow_id": flow}), "FLOW_NOT_FOUND", &["flow_id"])],
    )
    .await;
    let theirs_alone = json!({"source": address, "destination": {"type": "tel", "target": called}, "text": "a"});
    check(&protocols, "ReceiveMessage", vec![(theirs_alone, "NUMBER_NOT_FOUND", &[])]).await;
    check(
        &protocols,
        "CreateNumber",
        vec![
            (json!({"number": "+17770009999", "call_flow_id": flow}), "FLOW_NOT_FOUND", &["call_flow_id"]),
            (json!({"number": "+17770009999", "message_flow_id": flow}), "FLOW_NOT_FOUND", &["message_flow_id"]),
        ],
    )
    .await;
    check(
        &protocols,
        "WatchActiveflows",
        vec![(json!({"ids": [activeflow], "until_ended": true}), "ACTIVEFLOW_NOT_FOUND", &[])],
    )
    .await;
    check(&protocols, "WatchCalls", vec![(json!({"ids": [call], "until_ended": true}), "CALL_NOT_FOUND", &[])]).await;
    for (rpc, request) in [
        ("ListFlows", json!({})),
        ("ListCalls", json!({"activeflow_id": activeflow})),
        ("ListCalls", json!({})),
        ("ListActiveflows", json!({"reference_id": call})),
        ("ListActiveflows", json!({"flow_id": text(&mine[2]["result"][0], "flow_id")})),
        ("ListActiveflows", json!({})),
        ("ListNumbers", json!({})),
        ("ListMessages", json!({})),
        ("ListRecordings", json!({"call_id": call})),
        ("ListRecordings", json!({})),
        ("ListWebhookDeliveries", json!({"activeflow_id": activeflow})),
        ("ListWebhookDeliveries", json!({})),
    ] {
        assert_eq!(protocols.read(rpc, request).await["result"], json!([]), "{rpc}");
    }
    // A stream of everything tells nothing of it: what comes first is the stranger's own.
    let mut watch = sse(&stranger.rest, "/v1.0/activeflows/watch?include_snapshot=true", &[]).await;
    assert_eq!(watch.next().await.unwrap().data["type"], "progress");
    guest.rest.ok("POST", &format!("/v1.0/calls/{call}/hold"), None).await;
    let own = stranger.rest.call_at(json!([{"type": "echo", "option": {"duration": 60000}}]), "echo").await;
    let first = watch.next().await.unwrap();
    assert_eq!(first.data["activeflow"]["id"], own["activeflow_id"]);
    guest.rest.ok("DELETE", &format!("/v1.0/calls/{call}/hold"), None).await;
    // A token of the stranger's goes on with the stranger's events, whoever's log it is.
    let path = format!("/v1.0/activeflows/watch?resume_token={}", first.id);
    let next = sse(&stranger.rest, &path, &[]).await.next().await.unwrap();
    assert_eq!(next.data["activeflow"]["id"], own["activeflow_id"]);
    assert_eq!(all(&stranger).await[0], theirs[0]);
    let steady = |lists: &[Value]| [vec![lists[0].clone(), lists[3].clone()], lists[4..].to_vec()].concat();
    assert_eq!(steady(&all(&guest).await), steady(&mine));
    assert_eq!(guest.rest.ok("GET", &format!("/v1.0/calls/{call}"), None).await["status"], "progressing");
}

#[tokio::test]
async fn lists_and_watches_refuse_what_they_do_not_know() {
    let guest = Guest::new().await;
    let protocols = Protocols::of(&guest).await;
    let run =
        text(&guest.rest.ok("POST", "/v1.0/activeflows", Some(json!({"actions": [{"type": "block"}]}))).await, "id");
    for rpc in [
        "ListFlows",
        "ListCalls",
        "ListActiveflows",
        "ListAccessKeys",
        "ListActiveflowEvents",
        "ListNumbers",
        "ListMessages",
        "ListRecordings",
        "ListWebhookDeliveries",
    ] {
        let with = |mut request: Value| {
            if rpc == "ListActiveflowEvents" {
                request["id"] = json!(run);
            }
            request
        };
        check(
            &protocols,
            rpc,
            vec![
                (with(json!({"page_size": -1})), "INVALID_ARGUMENT", &["page_size"]),
                (with(json!({"page_token": "soon"})), "INVALID_PAGE_TOKEN", &["page_token"]),
                (with(json!({"page_token": "a\0"})), "INVALID_PAGE_TOKEN", &["page_token"]),
                (with(json!({"page_token": "2023-04-02 13:43:30.576077~7"})), "INVALID_PAGE_TOKEN", &["page_token"]),
            ],
        )
        .await;
    }
    check(&protocols, "ListCalls", vec![(json!({"flow_id": "7"}), "INVALID_ID", &["flow_id"])]).await;
    check(&protocols, "ListActiveflows", vec![(json!({"reference_id": "7"}), "INVALID_ID", &["reference_id"])]).await;
    let good = text(
        &sse(&guest.rest, "/v1.0/activeflows/watch?include_snapshot=true", &[]).await.next().await.unwrap().data,
        "resume_token",
    );
    let elsewhere = {
        let other = crate::server::Home::new(&[]);
        let server = other.start();
        let mut watch = sse(&server.rest(), "/v1.0/activeflows/watch?include_snapshot=true", &[]).await;
        text(&watch.next().await.unwrap().data, "resume_token")
    };
    for rpc in ["WatchActiveflows", "WatchCalls"] {
        let missing = if rpc == "WatchCalls" { "CALL_NOT_FOUND" } else { "ACTIVEFLOW_NOT_FOUND" };
        check(
            &protocols,
            rpc,
            vec![
                (json!({"resume_token": "garbled"}), "INVALID_RESUME_TOKEN", &["resume_token"]),
                (json!({"resume_token": "a\0"}), "INVALID_RESUME_TOKEN", &["resume_token"]),
                (json!({"resume_token": &good[..good.len() - 2]}), "INVALID_RESUME_TOKEN", &["resume_token"]),
                (json!({"resume_token": elsewhere}), "INVALID_RESUME_TOKEN", &["resume_token"]),
                (json!({"ids": ["7"]}), "INVALID_ID", &["ids[0]"]),
                (json!({"ids": vec![A; 1001]}), "INVALID_ARGUMENT", &["ids"]),
                (json!({"until_ended": true}), "INVALID_ARGUMENT", &["ids"]),
                (json!({"ids": [NOBODY], "until_ended": true}), missing, &[]),
                (json!({"flow_id": "7"}), "INVALID_ID", &["flow_id"]),
            ],
        )
        .await;
    }
    let wrong = ["page_size=x", "page_size=1&page_size=2", "status=asleep", "colour=red", "page_size=99999999999"];
    for (query, path) in wrong.iter().zip(["page_size", "page_size", "status", "colour", "page_size"]) {
        for list in ["calls", "activeflows"] {
            check_rest(&guest, "GET", &format!("/v1.0/{list}?{query}"), vec![("", "INVALID_ARGUMENT", &[path])]).await;
        }
    }
    for number in [-1, 99] {
        // Only gRPC can say a choice by its number.
        let request = ringdown::proto::ListCallsRequest { status: number, ..Default::default() };
        let told = Reply::from_status(&guest.grpc.calls.clone().list_calls(request).await.unwrap_err());
        assert_eq!((told.reason.as_str(), told.paths()), ("INVALID_ARGUMENT", vec!["status"]));
    }
}

#[tokio::test]
async fn what_has_ended_or_moved_on_stays_as_it_is() {
    let guest = Guest::new().await;
    let protocols = Protocols::of(&guest).await;
    let actions = json!([{"id": A, "type": "block"}, {"id": B, "type": "sleep", "option": {"duration": 600_000}}]);
    let run = text(&guest.rest.ok("POST", "/v1.0/activeflows", Some(json!({"actions": actions}))).await, "id");
    let path = format!("/v1.0/activeflows/{run}");
    guest.rest.wait(&path, "current_action/type", "block").await;
    let before = guest.rest.ok("GET", &path, None).await;
    check(
        &protocols,
        "ContinueActiveflow",
        vec![
            (json!({"id": run, "current_action_id": B}), "STALE_ACTION", &[]),
            (json!({"id": run, "current_action_id": "7"}), "INVALID_ID", &["current_action_id"]),
            (json!({"id": run}), "INVALID_ID", &["current_action_id"]),
        ],
    )
    .await;
    check(
        &protocols,
        "SetVariables",
        vec![
            (
                json!({"id": run, "variables": {"voipbin.activeflow.id": "a"}}),
                "INVALID_VARIABLES",
                &["variables.voipbin.activeflow.id"],
            ),
            (
                json!({"id": run, "variables": {"a": "1", "b": "x".repeat(33_000)}}),
                "INVALID_VARIABLES",
                &["variables.b"],
            ),
        ],
    )
    .await;
    check(
        &protocols,
        "PushActions",
        vec![
            (json!({"id": run}), "INVALID_ARGUMENT", &["actions"]),
            (json!({"id": run, "actions": [{"type": "talk"}]}), "INVALID_ACTION_OPTION", &["actions[0].option.text"]),
            (
                json!({"id": run, "actions": [{"type": "answer", "next_id": A.replace('a', "c")}]}),
                "DANGLING_TARGET",
                &["actions[0].next_id"],
            ),
        ],
    )
    .await;
    assert_eq!(guest.rest.ok("GET", &path, None).await, before, "nothing has changed");

    guest.rest.ok("POST", &format!("{path}/continue"), Some(json!({"current_action_id": A}))).await;
    let sleeping = guest.rest.wait(&path, "current_action/type", "sleep").await;
    check(
        &protocols,
        "ContinueActiveflow",
        vec![
            (json!({"id": run, "current_action_id": A}), "STALE_ACTION", &[]),
            (json!({"id": run, "current_action_id": B}), "ACTIVEFLOW_NOT_BLOCKED", &[]),
        ],
    )
    .await;
    assert_eq!(guest.rest.ok("GET", &path, None).await, sleeping, "nothing has changed");

    let ended = guest.rest.ok("POST", &format!("{path}/stop"), None).await;
    assert_eq!((&ended["status"], &ended["end_reason"]), (&json!("ended"), &json!("stopped")));
    // Stopping what has ended answers what has ended.
    let again = protocols.both("StopActiveflow", json!({"id": run})).await;
    assert_eq!((again.0.unwrap(), again.1.unwrap()), (ended.clone(), ended.clone()));
    check(
        &protocols,
        "ContinueActiveflow",
        vec![(json!({"id": run, "current_action_id": B}), "ACTIVEFLOW_ENDED", &[])],
    )
    .await;
    check(&protocols, "PushActions", vec![(json!({"id": run, "actions": [talk()]}), "ACTIVEFLOW_ENDED", &[])]).await;
    check(&protocols, "SetVariables", vec![(json!({"id": run, "variables": {"a": "b"}}), "ACTIVEFLOW_ENDED", &[])])
        .await;
    assert_eq!(guest.rest.ok("GET", &path, None).await, ended, "nothing has changed");

    let call = guest.rest.call_at(json!([{"type": "echo"}]), "echo").await;
    let id = text(&call, "id");
    check(
        &protocols,
        "TalkCall",
        vec![
            (json!({"id": id, "text": ""}), "INVALID_ARGUMENT", &["text"]),
            (json!({"id": id, "text": "x".repeat(5001)}), "INVALID_ARGUMENT", &["text"]),
            (json!({"id": id, "text": "a\0"}), "INVALID_ARGUMENT", &["text"]),
        ],
    )
    .await;
    check(
        &protocols,
        "SendDigits",
        vec![
            (json!({"id": id, "digits": ""}), "INVALID_ARGUMENT", &["digits"]),
            (json!({"id": id, "digits": "12x"}), "INVALID_ARGUMENT", &["digits"]),
            (json!({"id": id, "digits": "1", "duration_ms": 99}), "INVALID_ARGUMENT", &["duration_ms"]),
            (json!({"id": id, "digits": "1", "interval_ms": 5001}), "INVALID_ARGUMENT", &["interval_ms"]),
        ],
    )
    .await;
    check(&protocols, "SimulateDigits", vec![(json!({"call_id": id, "digits": "z"}), "INVALID_ARGUMENT", &["digits"])])
        .await;
    guest.rest.ok("POST", &format!("/v1.0/calls/{id}/hangup"), None).await;
    let over = guest.rest.wait(&format!("/v1.0/calls/{id}"), "status", "hangup").await;
    for (rpc, request) in [
        ("TalkCall", json!({"id": id, "text": "a"})),
        ("HoldCall", json!({"id": id})),
        ("UnholdCall", json!({"id": id})),
        ("MuteCall", json!({"id": id})),
        ("UnmuteCall", json!({"id": id})),
        ("SendDigits", json!({"id": id, "digits": "1"})),
        ("SimulateDigits", json!({"call_id": id, "digits": "1"})),
        ("SimulateHangup", json!({"call_id": id})),
    ] {
        check(&protocols, rpc, vec![(request, "CALL_ENDED", &[])]).await;
    }
    // A call that is over is answered as it is.
    let again = protocols.both("HangupCall", json!({"id": id})).await;
    assert_eq!((again.0.unwrap(), again.1.unwrap()), (over.clone(), over));
}

#[tokio::test]
async fn too_large_is_told_alike() {
    let guest = Guest::new().await;
    let protocols = Protocols::of(&guest).await;
    let large = json!({"name": "x".repeat(2 << 20), "actions": [talk()]});
    let told = protocols.refused("CreateFlow", large).await;
    assert_eq!((told.status.as_str(), told.reason.as_str()), ("INVALID_ARGUMENT", "BODY_TOO_LARGE"));
    // The same without a length that is told before.
    let chunks = futures::stream::iter((0..64).map(|_| Ok::<_, std::io::Error>(vec![b' '; 32 << 10])));
    let request = guest.rest.http.post(format!("{}/v1.0/flows", guest.rest.url)).bearer_auth(&guest.rest.key);
    if let Ok(answer) = request.body(reqwest::Body::wrap_stream(chunks)).send().await {
        let status = answer.status().as_u16();
        assert_eq!(Reply::from_envelope(status, &answer.json().await.unwrap()).reason, "BODY_TOO_LARGE");
    }
    // Headers, too.
    let many: Vec<(String, String)> = (0..20).map(|at| (format!("x-{at}"), "y".repeat(1000))).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let (status, envelope) = guest.rest.send_with("GET", "/v1.0/flows", None, &many).await;
    assert_eq!(Reply::from_envelope(status, &envelope).reason, "INVALID_ARGUMENT");
    assert_eq!(protocols.read("ListFlows", json!({})).await["result"], json!([]));
}

#[tokio::test]
async fn idempotency_keys_are_visible_characters() {
    let guest = Guest::new().await;
    let protocols = Protocols::of(&guest).await;
    let flow = json!({"actions": [talk()]});
    for key in ["k".repeat(129), "a b".to_owned()] {
        let (grpc, rest) =
            (protocols.grpc("CreateFlow", &flow, &key).await, protocols.rest("CreateFlow", &flow, &key).await);
        assert_eq!(grpc, rest);
        let told = grpc.unwrap_err();
        assert_eq!((told.reason.as_str(), told.paths()), ("INVALID_ARGUMENT", vec!["idempotency_key"]));
    }
    assert_eq!(protocols.read("ListFlows", json!({})).await["result"], json!([]));
}

#[tokio::test]
async fn requests_have_ids() {
    let guest = Guest::new().await;
    let ask = async |id: Option<&str>| {
        let mut request = guest.rest.http.get(format!("{}/v1.0/flows/7", guest.rest.url)).bearer_auth(&guest.rest.key);
        if let Some(id) = id {
            request = request.header("x-request-id", id);
        }
        let answer = request.send().await.unwrap();
        let header = answer.headers()["x-request-id"].to_str().unwrap().to_owned();
        let envelope: Value = answer.json().await.unwrap();
        assert_eq!(envelope["error"]["request_id"], json!(header));
        header
    };
    assert_eq!(ask(Some("mine-1_A")).await, "mine-1_A");
    let made = ask(None).await;
    assert!((1..=64).contains(&made.len()) && ask(None).await != made);
    for bad in ["a b", &"x".repeat(65), "a.b"] {
        assert_ne!(ask(Some(bad)).await, bad);
    }
    let mut request = tonic::Request::new(ringdown::proto::GetFlowRequest { id: "7".to_owned() });
    request.metadata_mut().insert("x-request-id", "mine-2".parse().unwrap());
    let status = guest.grpc.flows.clone().get_flow(request).await.unwrap_err();
    let details = tonic_types::StatusExt::get_error_details(&status);
    assert_eq!(details.request_info().unwrap().request_id, "mine-2");
    assert_eq!(status.metadata().get("x-request-id").unwrap(), "mine-2");
    // A success has one too.
    let answer = guest.rest.http.get(format!("{}/v1.0/flows", guest.rest.url)).bearer_auth(&guest.rest.key);
    let answer = answer.header("x-request-id", "mine-3").send().await.unwrap();
    assert_eq!(answer.headers()["x-request-id"], "mine-3");
}

#[tokio::test]
async fn paths_and_methods_that_nobody_has() {
    let guest = Guest::new().await;
    for (verb, path, expected) in [
        ("GET", "/v1.0/nothing", 404),
        ("GET", "/v2.0/calls", 404),
        ("PUT", "/v1.0/calls", 405),
        ("DELETE", "/v1.0/activeflows/7/stop", 405),
    ] {
        let (status, envelope) = guest.rest.send(verb, path, None).await;
        assert_eq!((status, &envelope["error"]["reason"]), (expected, &json!("ROUTE_NOT_FOUND")), "{verb} {path}");
    }
    let channel = guest.common.server.channel().await;
    let mut grpc = tonic::client::Grpc::new(channel);
    grpc.ready().await.unwrap();
    let path = http::uri::PathAndQuery::from_static("/ringdown.v1.FlowService/Dance");
    let codec = tonic_prost::ProstCodec::<ringdown::proto::GetFlowRequest, ringdown::proto::GetFlowResponse>::default();
    let mut request = tonic::Request::new(Default::default());
    request.metadata_mut().insert("authorization", format!("Bearer {}", guest.rest.key).parse().unwrap());
    let status = grpc.unary(request, path, codec).await.unwrap_err();
    assert_eq!(Reply::from_status(&status).reason, "METHOD_NOT_IMPLEMENTED");
}
