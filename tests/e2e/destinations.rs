//! A destination that nothing would be sent to is refused when it is set, with the option that allows it.

use crate::bad_input::{all, check, talk};
use crate::protocols::Protocols;
use crate::server::{Guest, Home, text};
use serde_json::{Value, json};

/// Addresses inside; the common server allows `127.0.0.1` alone.
const INSIDE: [&str; 8] = [
    "http://127.0.0.2/",
    "http://127.2:9/",
    "http://10.0.0.1/",
    "https://192.168.7.7:8443/hook",
    "http://169.254.169.254/latest/meta-data/",
    "http://[::1]/",
    "http://[fd00:ec2::254]/",
    "http://0/",
];

#[tokio::test]
async fn destinations_inside_are_refused_when_they_are_set() {
    let guest = Guest::new().await;
    let protocols = Protocols::of(&guest).await;
    let before = all(&guest).await;
    let refused = "DESTINATION_NOT_ALLOWED";
    for inside in INSIDE {
        let customer = json!({"name": "n", "webhook_uri": inside});
        check(&protocols, "UpdateCustomer", vec![(customer, refused, &["webhook_uri"])]).await;
        let run = json!({"actions": [talk()], "webhook_uri": inside});
        check(&protocols, "CreateActiveflow", vec![(run, refused, &["webhook_uri"])]).await;
        let send = json!({"type": "webhook_send", "option": {"uri": inside}});
        let fetch = json!({"type": "fetch", "option": {"event_url": format!("{inside}?a=${{a}}")}});
        let call = json!({"type": "call", "option": {"destinations": [{"type": "tel", "target": "+15550000001"}],
            "source": {"type": "tel", "target": "+15550000009"}, "actions": [send]}});
        let paths: &[&str] =
            &["actions[0].option.uri", "actions[2].option.event_url", "actions[3].option.actions[0].option.uri"];
        let actions = json!([send, talk(), fetch, call]);
        check(&protocols, "CreateFlow", vec![(json!({"actions": actions}), refused, paths)]).await;
        check(&protocols, "CreateActiveflow", vec![(json!({"actions": actions}), refused, paths)]).await;
        let told = protocols.read("ValidateFlow", json!({"actions": [send]})).await;
        assert_eq!((&told["valid"], &told["problems"][0]["reason"]), (&json!(false), &json!(refused)), "{told}");
    }
    // Mistakes come first, and decide the reason.
    let wrong = json!({"name": "n".repeat(256), "webhook_uri": "http://10.0.0.1/"});
    check(&protocols, "UpdateCustomer", vec![(wrong, "INVALID_ARGUMENT", &["name", "webhook_uri"])]).await;
    let wrong = json!({"actions": [{"type": "fetch", "option": {"event_url": "http://10.0.0.1/"}}, {"type": "talk"}]});
    let paths: &[&str] = &["actions[1].option.text", "actions[0].option.event_url"];
    check(&protocols, "CreateFlow", vec![(wrong, "INVALID_ACTION_OPTION", paths)]).await;
    let told = protocols.refused("UpdateCustomer", json!({"webhook_uri": "http://10.0.0.1/"})).await;
    assert!(told.message.contains("--outbound-allow") && told.message.contains("private"), "{}", told.message);
    assert_eq!(all(&guest).await, before, "nothing has changed");
}

#[tokio::test]
async fn what_is_allowed_or_known_only_when_it_is_sent_is_taken() {
    let guest = Guest::new().await;
    // The last ones are judged by the addresses that they lead to when something is sent.
    for taken in ["http://127.0.0.1:9/", "http://localhost:9/", "http://8.8.8.8/", "http://inside.invalid/"] {
        guest.rest.ok("PUT", "/v1.0/customer", Some(json!({"name": "n", "webhook_uri": taken}))).await;
    }
    let uris = ["http://${host}/", "http://10.0.0.1${rest}", "${uri}", "http://127.0.0.1:9/${path}"];
    let send = |uri: &str| json!({"type": "webhook_send", "option": {"uri": uri}});
    let actions: Vec<Value> = uris.into_iter().map(send).collect();
    guest.rest.ok("POST", "/v1.0/flows", Some(json!({"actions": actions}))).await;
}

/// What was stored before is not judged again: it runs, and what it sends is.
#[tokio::test]
async fn flows_that_are_there_go_on() {
    let home = Home::new(&["--sim-speed", "0"]);
    let server = home.start_with(&[("RINGDOWN_OUTBOUND_ALLOW", "127.0.0.1:*")]);
    let actions = json!([{"type": "webhook_send", "option": {"uri": "http://127.0.0.1:9/", "sync": true}},
        {"type": "variable_set", "option": {"key": "error", "value": "${voipbin.action.error}"}}]);
    let flow = text(&server.rest().ok("POST", "/v1.0/flows", Some(json!({"actions": actions}))).await, "id");
    assert!(server.stop().success());
    let server = home.start();
    let rest = server.rest();
    let run = text(&rest.ok("POST", "/v1.0/activeflows", Some(json!({"flow_id": flow}))).await, "id");
    let path = format!("/v1.0/activeflows/{run}");
    rest.wait(&path, "status", "ended").await;
    let shown = rest.ok("GET", &path, None).await;
    let error = text(&shown["variables"], "error");
    assert!(error.starts_with("refused_address"), "{error}");
    let localhost = json!({"name": "n", "webhook_uri": "http://localhost:9/"});
    let (status, told) = rest.send_raw("PUT", "/v1.0/customer", localhost.to_string().into_bytes()).await;
    assert_eq!((status, &told["error"]["reason"]), (403, &json!("DESTINATION_NOT_ALLOWED")));
    assert!(server.stop().success());
}
