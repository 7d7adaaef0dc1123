//! Lists page by page, flows and their revisions, and what steers what runs.

use crate::parity::Fresh;
use crate::protocols::Protocols;
use crate::server::{Guest, text, until};
use serde_json::{Value, json};

const A: &str = "6f18ae1c-ddf8-413b-9572-ad305746000a";
const B: &str = "6f18ae1c-ddf8-413b-9572-ad305746000b";

fn echo() -> Value {
    json!([{"type": "echo", "option": {"duration": 180_000}}])
}

/// The ids of a list, in its order.
fn ids(list: &Value) -> Vec<String> {
    list["result"].as_array().unwrap().iter().map(|it| text(it, "id")).collect()
}

/// All pages, which both faces give alike.
async fn pages(protocols: &Protocols, rpc: &str, request: Value, size: usize) -> (Vec<Vec<String>>, Vec<String>) {
    let (mut found, mut tokens) = (Vec::new(), Vec::new());
    let mut token = String::new();
    loop {
        let mut request = request.clone();
        (request["page_size"], request["page_token"]) = (json!(size), json!(token));
        let page = protocols.read(rpc, request).await;
        found.push(ids(&page));
        token = text(&page, "next_page_token");
        if token.is_empty() {
            return (found, tokens);
        }
        tokens.push(token.clone());
        assert!(found.len() < 100, "the pages come to no end");
    }
}

#[tokio::test]
async fn every_row_is_on_one_page() {
    let guest = Guest::new().await;
    let protocols = Protocols::of(&guest).await;
    let address = |number| json!({"type": "tel", "target": format!("+1555000000{number}")});
    for _ in 0..2 {
        // Seven calls of one request have one time.
        let seven: Vec<Value> = (0..7).map(|_| address(2)).collect();
        let calls = json!({"source": address(9), "destinations": seven, "actions": [{"type": "answer"}]});
        guest.rest.ok("POST", "/v1.0/calls", Some(calls)).await;
    }
    until("all calls are over", async || {
        let busy = guest.rest.ok("GET", "/v1.0/calls?status=hangup", None).await;
        (ids(&busy).len() == 14).then_some(())
    })
    .await;
    for rpc in ["ListCalls", "ListActiveflows"] {
        let whole = protocols.read(rpc, json!({})).await;
        assert_eq!((ids(&whole).len(), text(&whole, "next_page_token").as_str()), (14, ""), "{rpc}");
        let newest_first = |key: &str| {
            let times: Vec<String> = whole["result"].as_array().unwrap().iter().map(|it| text(it, key)).collect();
            times.is_sorted_by(|one, other| one >= other)
        };
        assert!(newest_first("tm_create"), "{rpc}");
        for size in [1, 3, 7, 13, 14, 15] {
            let (found, tokens) = pages(&protocols, rpc, json!({}), size).await;
            assert_eq!(found.concat(), ids(&whole), "{rpc} by {size}");
            // A page is full, and no page follows the last row.
            assert!(found[..found.len() - 1].iter().all(|page| page.len() == size), "{rpc} by {size}");
            assert_eq!(found.len(), 14usize.div_ceil(size), "{rpc} by {size}");
            // The token is a time, with an id only within a time.
            for (at, token) in tokens.iter().enumerate() {
                assert_eq!(token.contains('~'), (at + 1) * size % 7 != 0, "{rpc} by {size}: {token}");
            }
        }
        // A time alone goes on after all of that time.
        let (_, tokens) = pages(&protocols, rpc, json!({}), 7).await;
        let first = tokens[0].split('~').next().unwrap();
        assert_eq!(ids(&protocols.read(rpc, json!({"page_token": first})).await), ids(&whole)[7..], "{rpc}");
    }
    assert_eq!(ids(&protocols.read("ListCalls", json!({"page_size": 2_000_000})).await).len(), 14);
}

#[tokio::test]
async fn numbers_messages_recordings_deliveries_and_revisions_have_pages() {
    let guest = Guest::new().await;
    let (protocols, fresh) = (Protocols::of(&guest).await, Fresh::of(&guest));
    let actions = |text: &str| json!({"actions": [{"type": "talk", "option": {"text": text}}]});
    let flow = text(&guest.rest.ok("POST", "/v1.0/flows", Some(actions("0"))).await, "id");
    for at in 0..5 {
        fresh.owned().await;
        fresh.sent().await;
        let (_, call) = fresh.recorded().await;
        guest.rest.ok("POST", &format!("/v1.0/calls/{call}/hangup"), None).await;
        guest.rest.ok("PUT", &format!("/v1.0/flows/{flow}"), Some(actions(&at.to_string()))).await;
    }
    let run = fresh.delivered().await.1;
    let all_delivered = format!("/v1.0/webhook_deliveries?activeflow_id={run}&status=delivered");
    let told = until("the whole activeflow is told", async || {
        let count = ids(&guest.rest.ok("GET", &all_delivered, None).await).len();
        let waiting = format!("/v1.0/webhook_deliveries?activeflow_id={run}&status=waiting");
        ids(&guest.rest.ok("GET", &waiting, None).await).is_empty().then_some(count)
    })
    .await;
    for (rpc, count) in
        [("ListNumbers", 5), ("ListMessages", 5), ("ListRecordings", 5), ("ListWebhookDeliveries", told)]
    {
        let whole = ids(&protocols.read(rpc, json!({})).await);
        assert_eq!(whole.len(), count, "{rpc}");
        for size in [1, 2, count, count + 1] {
            let (found, _) = pages(&protocols, rpc, json!({}), size).await;
            assert_eq!((found.concat(), found.len()), (whole.clone(), count.div_ceil(size)), "{rpc} by {size}");
        }
    }
    let mut request = json!({"id": flow, "page_size": 4});
    let mut revisions = Vec::new();
    loop {
        let page = protocols.read("ListFlowRevisions", request.clone()).await;
        revisions.extend(page["result"].as_array().unwrap().iter().map(|it| it["revision"].as_i64().unwrap()));
        match page["next_page_token"].as_str().unwrap() {
            "" => break,
            token => request["page_token"] = json!(token),
        }
    }
    assert_eq!(revisions, [6, 5, 4, 3, 2, 1]);
}

#[tokio::test]
async fn filters_let_through_what_they_name() {
    let guest = Guest::new().await;
    let protocols = Protocols::of(&guest).await;
    let rest = &guest.rest;
    let address = |number| json!({"type": "tel", "target": format!("+1555000000{number}")});
    let flow = text(&rest.ok("POST", "/v1.0/flows", Some(json!({"actions": [{"type": "block"}]}))).await, "id");
    let api = text(&rest.ok("POST", "/v1.0/activeflows", Some(json!({"flow_id": flow}))).await, "id");
    let up = rest.call_at(echo(), "echo").await;
    let incoming = json!({"source": address(4), "destination": address(5), "actions": echo()});
    let incoming = text(&rest.ok("POST", "/v1.0/simulator/calls", Some(incoming)).await, "id");
    rest.wait(&format!("/v1.0/calls/{incoming}"), "status", "progressing").await;
    let over = rest.call_at(echo(), "echo").await;
    rest.ok("POST", &format!("/v1.0/calls/{}/hangup", text(&over, "id")), None).await;
    rest.wait(&format!("/v1.0/calls/{}", text(&over, "id")), "status", "hangup").await;
    let (up_id, over_id) = (text(&up, "id"), text(&over, "id"));

    let check = async |rpc: &str, request: Value, expected: &[&String]| {
        let mut found = ids(&protocols.read(rpc, request.clone()).await);
        let mut expected: Vec<String> = expected.iter().map(|id| id.to_string()).collect();
        found.sort();
        expected.sort();
        assert_eq!(found, expected, "{rpc} {request}");
    };
    check("ListCalls", json!({"status": "progressing"}), &[&up_id, &incoming]).await;
    check("ListCalls", json!({"status": "hangup"}), &[&over_id]).await;
    check("ListCalls", json!({"status": "dialing"}), &[]).await;
    check("ListCalls", json!({"direction": "incoming"}), &[&incoming]).await;
    check("ListCalls", json!({"direction": "outgoing", "status": "progressing"}), &[&up_id]).await;
    check("ListCalls", json!({"flow_id": up["flow_id"]}), &[&up_id]).await;
    check("ListCalls", json!({"activeflow_id": up["activeflow_id"]}), &[&up_id]).await;
    check("ListCalls", json!({"activeflow_id": api}), &[]).await;
    let up_run = text(&up, "activeflow_id");
    check("ListActiveflows", json!({"reference_type": "api"}), &[&api]).await;
    check("ListActiveflows", json!({"flow_id": flow}), &[&api]).await;
    check("ListActiveflows", json!({"status": "ended"}), &[&text(&over, "activeflow_id")]).await;
    check("ListActiveflows", json!({"reference_id": up_id}), &[&up_run]).await;
    check("ListActiveflows", json!({"reference_type": "sms"}), &[]).await;
    check("ListActiveflows", json!({"reference_type": "api", "reference_id": up_id}), &[]).await;
    // What is deleted is in no list.
    rest.ok("DELETE", &format!("/v1.0/calls/{over_id}"), None).await;
    check("ListCalls", json!({"status": "hangup"}), &[]).await;
}

#[tokio::test]
async fn a_page_is_no_larger_than_a_mebibyte() {
    let guest = Guest::new().await;
    let protocols = Protocols::of(&guest).await;
    let large = json!([{"type": "variable_set", "option": {"key": "a", "value": "x".repeat(30_000)}}]);
    let actions: Vec<Value> = (0..8).flat_map(|_| large.as_array().unwrap().clone()).collect();
    for at in 0..6 {
        guest.rest.ok("POST", "/v1.0/flows", Some(json!({"name": at.to_string(), "actions": actions}))).await;
    }
    let whole = protocols.grpc("ListFlows", &json!({}), "").await.unwrap();
    assert!(ids(&whole).len() < 6 && !ids(&whole).is_empty());
    let (found, _) = pages(&protocols, "ListFlows", json!({}), 1000).await;
    assert_eq!(found.concat().len(), 6);
    let (one_by_one, _) = pages(&protocols, "ListFlows", json!({}), 1).await;
    assert_eq!(one_by_one.concat(), found.concat());
    // The calls that are at a large action, and the history of one that is.
    let text = "x".repeat(4_900);
    let address = json!({"type": "tel", "target": "+15550000001"});
    let pages_of_text = json!({"actions": vec![json!({"type": "talk", "option": {"text": text}}); 50]});
    let run = json!({"actions": [{"id": A, "type": "block"}]});
    let run = crate::server::text(&guest.rest.ok("POST", "/v1.0/activeflows", Some(run)).await, "id");
    for _ in 0..6 {
        guest.rest.ok("POST", &format!("/v1.0/activeflows/{run}/push_actions"), Some(pages_of_text.clone())).await;
    }
    let events = protocols.grpc("ListActiveflowEvents", &json!({"id": run}), "").await.unwrap();
    assert!(ids(&events).len() < 6 && !crate::server::text(&events, "next_page_token").is_empty());
    let (events, _) = pages(&protocols, "ListActiveflowEvents", json!({"id": run}), 1000).await;
    assert_eq!(events.concat().len(), 9);
    let urls: Vec<String> = (0..20).map(|at| format!("https://example.com/{at}/{}", "x".repeat(2_000))).collect();
    let calls = json!({
        "source": address, "destinations": vec![address; 20],
        "actions": [{"type": "play", "option": {"stream_urls": urls}}],
    });
    for _ in 0..2 {
        guest.rest.ok("POST", "/v1.0/calls", Some(calls.clone())).await;
    }
    until("all calls play", async || {
        let ringing = guest.rest.ok("GET", "/v1.0/calls?status=ringing", None).await;
        let dialing = guest.rest.ok("GET", "/v1.0/calls?status=dialing", None).await;
        (ids(&ringing).is_empty() && ids(&dialing).is_empty()).then_some(())
    })
    .await;
    let (found, _) = pages(&protocols, "ListCalls", json!({"status": "progressing"}), 1000).await;
    assert!(found.len() > 1 && found.concat().len() == 40, "{} pages", found.len());
}

#[tokio::test]
async fn what_runs_keeps_its_revision() {
    let guest = Guest::new().await;
    let rest = &guest.rest;
    let actions = |word: &str| json!([{"id": A, "type": "block"}, {"id": B, "type": "variable_set", "option": {"key": "said", "value": word}}]);
    let flow =
        rest.ok("POST", "/v1.0/flows", Some(json!({"name": "one", "detail": "d", "actions": actions("old")}))).await;
    assert_eq!((&flow["revision"], &flow["type"]), (&json!(1), &json!("flow")));
    let path = format!("/v1.0/flows/{}", text(&flow, "id"));
    assert_eq!(rest.ok("GET", &path, None).await, flow);
    let begin = async || {
        let run = rest.ok("POST", "/v1.0/activeflows", Some(json!({"flow_id": flow["id"]}))).await;
        rest.wait(&format!("/v1.0/activeflows/{}", text(&run, "id")), "current_action/id", A).await
    };
    let old = begin().await;
    // Everything is replaced: what is left out becomes empty.
    let changed = rest.ok("PUT", &path, Some(json!({"name": "two", "actions": actions("new")}))).await;
    assert_eq!((&changed["revision"], &changed["name"], &changed["detail"]), (&json!(2), &json!("two"), &json!("")));
    assert_eq!(rest.ok("GET", &path, None).await, changed);
    let new = begin().await;
    assert_eq!((&old["flow_revision"], &new["flow_revision"]), (&json!(1), &json!(2)));
    let deleted = rest.ok("DELETE", &path, None).await;
    assert_ne!(deleted["tm_delete"], "9999-01-01 00:00:00.000000");
    let (status, told) = rest.get(&path).await;
    assert_eq!((status, &told["error"]["reason"]), (404, &json!("FLOW_NOT_FOUND")));
    assert_eq!(rest.ok("GET", "/v1.0/flows", None).await["result"], json!([]));
    for (run, word) in [(old, "old"), (new, "new")] {
        let path = format!("/v1.0/activeflows/{}", text(&run, "id"));
        assert_eq!(run["pending_actions"][0]["option"]["value"], word);
        rest.ok("POST", &format!("{path}/continue"), Some(json!({"current_action_id": A}))).await;
        let ended = rest.wait(&path, "status", "ended").await;
        assert_eq!((&ended["variables"]["said"], &ended["end_reason"]), (&json!(word), &json!("finished")));
        let executed: Vec<String> =
            ended["executed_actions"].as_array().unwrap().iter().map(|it| text(it, "type")).collect();
        assert_eq!(executed, ["block", "variable_set"]);
    }
}

#[tokio::test]
async fn variables_are_merged_and_seen_by_the_next_action() {
    let guest = Guest::new().await;
    let rest = &guest.rest;
    let actions = json!([
        {"id": A, "type": "block"},
        {"type": "variable_set", "option": {"key": "greeting", "value": "${word}, ${name}${nothing}!"}},
        {"id": B, "type": "block"},
    ]);
    let run = json!({"actions": actions, "variables": {"name": "Bob", "word": "Hi"}});
    let run = text(&rest.ok("POST", "/v1.0/activeflows", Some(run)).await, "id");
    let path = format!("/v1.0/activeflows/{run}");
    rest.wait(&path, "current_action/id", A).await;
    let set = rest.ok("PUT", &format!("{path}/variables"), Some(json!({"variables": {"word": "Hello"}}))).await;
    assert_eq!(set, rest.ok("GET", &format!("{path}/variables"), None).await);
    assert_eq!((&set["variables"]["word"], &set["variables"]["name"]), (&json!("Hello"), &json!("Bob")));
    assert_eq!(set["variables"]["voipbin.activeflow.id"], run.as_str());
    assert_eq!(set["variables"]["voipbin.activeflow.reference_type"], "api");
    rest.ok("POST", &format!("{path}/continue"), Some(json!({"current_action_id": A}))).await;
    let at = rest.wait(&path, "current_action/id", B).await;
    assert_eq!(at["variables"]["greeting"], "Hello, Bob!");
    assert_eq!(at["variables"], rest.ok("GET", &format!("{path}/variables"), None).await["variables"]);
}

#[tokio::test]
async fn pushed_actions_run_before_what_would_be_next() {
    let guest = Guest::new().await;
    let rest = &guest.rest;
    let set = |value: &str| json!({"type": "variable_set", "option": {"key": value, "value": "yes"}});
    let run =
        json!({"actions": [{"id": A, "type": "sleep", "option": {"duration": 600_000}}, {"id": B, "type": "block"}]});
    let path = format!("/v1.0/activeflows/{}", text(&rest.ok("POST", "/v1.0/activeflows", Some(run)).await, "id"));
    rest.wait(&path, "current_action/id", A).await;
    // They wait for the current action …
    let pushed = rest.ok("POST", &format!("{path}/push_actions"), Some(json!({"actions": [set("first")]}))).await;
    assert_eq!(pushed["current_action"]["id"], A);
    let pending: Vec<String> =
        pushed["pending_actions"].as_array().unwrap().iter().map(|it| text(it, "type")).collect();
    assert_eq!(pending, ["variable_set", "block"]);
    // … unless it is broken off.
    let interrupt = json!({"actions": [set("second")], "interrupt": true});
    rest.ok("POST", &format!("{path}/push_actions"), Some(interrupt)).await;
    let at = rest.wait(&path, "current_action/id", B).await;
    assert_eq!((&at["variables"]["first"], &at["variables"]["second"]), (&json!("yes"), &json!("yes")));
    let events = rest.ok("GET", &format!("{path}/events"), None).await;
    let told = events["result"].as_array().unwrap().iter().rev();
    let kinds: Vec<String> = told.map(|it| text(it, "type")).filter(|it| it != "variables_set").collect();
    assert_eq!(
        kinds,
        [
            "created",
            "action_started",
            "actions_pushed",
            "actions_pushed",
            "action_finished",
            "action_started",
            "action_finished",
            "action_started",
            "action_finished",
            "action_started",
            "blocked",
        ]
    );
    assert_eq!(events["result"].as_array().unwrap().iter().filter(|it| it["outcome"] == "skipped").count(), 1);
}

#[tokio::test]
async fn a_live_call_takes_commands() {
    let guest = Guest::new().await;
    let rest = &guest.rest;
    let long = "This is a long text. ".repeat(100);
    for actions in [echo(), json!([{"type": "talk", "option": {"text": long}}])] {
        let kind = text(&actions[0], "type");
        let call = rest.call_at(actions, &kind).await;
        let path = format!("/v1.0/calls/{}", text(&call, "id"));
        let mut watch = crate::watch::sse(rest, &format!("/v1.0/calls/watch?ids={}", text(&call, "id")), &[]).await;
        let mut told = async || text(&watch.next().await.unwrap().data["event"], "type");
        let send = async |verb: &str, command: &str, body: Option<Value>| {
            rest.ok(verb, &format!("{path}/{command}"), body).await
        };
        send("POST", "hold", None).await;
        assert_eq!(told().await, "held");
        send("DELETE", "hold", None).await;
        assert_eq!(told().await, "unheld");
        assert_eq!(send("POST", "mute", None).await["mute_direction"], "both");
        assert_eq!(told().await, "muted");
        assert_eq!(send("DELETE", "mute?direction=in", None).await["mute_direction"], "out");
        assert_eq!(told().await, "unmuted");
        assert_eq!(send("DELETE", "mute", None).await["mute_direction"], "");
        assert_eq!(told().await, "unmuted");
        send("POST", "send_digits", Some(json!({"digits": "12#"}))).await;
        assert_eq!(told().await, "digits_sent");
        // Commands do not move the flow; a talk that is spoken over is over.
        let at = rest.ok("GET", &path, None).await;
        assert_eq!((&at["status"], &at["action"]["type"]), (&json!("progressing"), &json!(kind)));
        if kind == "echo" {
            send("POST", "talk", Some(json!({"text": "Hello."}))).await;
            assert_eq!(told().await, "talk");
            assert_eq!(rest.ok("GET", &path, None).await["action"]["type"], "echo");
            send("POST", "hangup", None).await;
            assert_eq!((told().await, told().await), ("terminating".to_owned(), "hangup".to_owned()));
            let over = rest.ok("GET", &path, None).await;
            assert_eq!((&over["hangup_by"], &over["hangup_reason"]), (&json!("local"), &json!("normal")));
        }
        // Deleted: hung up first, and gone.
        let deleted = rest.ok("DELETE", &path, None).await;
        assert_ne!(deleted["tm_delete"], "9999-01-01 00:00:00.000000");
        let (status, answer) = rest.get(&path).await;
        assert_eq!((status, &answer["error"]["reason"]), (404, &json!("CALL_NOT_FOUND")));
        let run = format!("/v1.0/activeflows/{}", text(&call, "activeflow_id"));
        assert_eq!(rest.wait(&run, "status", "ended").await["end_reason"], "hangup");
    }
}

#[tokio::test]
async fn a_call_that_rings_takes_a_hang_up_alone() {
    let guest = Guest::new().await;
    let rest = &guest.rest;
    let address = |number| json!({"type": "tel", "target": format!("+1555000000{number}")});
    let call = json!({"source": address(9), "destination": address(3), "actions": echo()});
    let call = rest.ok("POST", "/v1.0/calls", Some(call)).await;
    let path = format!("/v1.0/calls/{}", text(&call, "id"));
    rest.wait(&path, "status", "ringing").await;
    let (status, told) = rest.send("POST", &format!("{path}/hold"), None).await;
    assert_eq!((status, &told["error"]["reason"]), (409, &json!("CALL_NOT_ANSWERED")));
    rest.ok("POST", &format!("{path}/hangup"), None).await;
    let over = rest.wait(&path, "status", "hangup").await;
    assert_eq!((&over["hangup_by"], &over["hangup_reason"]), (&json!("local"), &json!("cancel")));
    assert_eq!(over["tm_progressing"], "9999-01-01 00:00:00.000000");
}

#[tokio::test]
async fn the_history_of_an_activeflow_goes_page_by_page() {
    let guest = Guest::new().await;
    let rest = &guest.rest;
    let mut actions: Vec<Value> =
        (0..30).map(|at| json!({"type": "variable_set", "option": {"key": "at", "value": at.to_string()}})).collect();
    actions.push(json!({"type": "stop"}));
    let run = text(&rest.ok("POST", "/v1.0/activeflows", Some(json!({"actions": actions}))).await, "id");
    let path = format!("/v1.0/activeflows/{run}");
    rest.wait(&path, "status", "ended").await;
    let protocols = Protocols::of(&guest).await;
    let whole = protocols.read("ListActiveflowEvents", json!({"id": run, "page_size": 1000})).await;
    let whole = ids(&whole);
    assert!(whole.len() > 60);
    for size in [1, 7, 50] {
        let (found, _) = pages(&protocols, "ListActiveflowEvents", json!({"id": run}), size).await;
        assert_eq!(found.concat(), whole, "by {size}");
    }
    let events = rest.ok("GET", &format!("{path}/events?page_size=1000"), None).await;
    let events = events["result"].as_array().unwrap();
    assert_eq!((&events[0]["type"], &events[0]["end_reason"]), (&json!("ended"), &json!("finished")));
    assert_eq!(events.last().unwrap()["type"], "created");
}
