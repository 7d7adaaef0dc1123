//! Requests that flows make of the server: where they lead, and what they leave to others.

use crate::binary::{Home, Rest, Server, http, text, until};
use crate::receiver::{Mode, Receiver};
use futures::StreamExt;
use serde_json::{Value, json};
use std::net::TcpListener;

/// The places for flows of a customer that may have 64 requests under way.
const FLOWS: usize = 56;

fn rest(server: &Server, key: &str) -> Rest {
    Rest { url: server.url.clone(), key: key.to_owned(), http: http() }
}

/// A server with two customers.
fn two(args: &[&str]) -> (Home, Server, Rest, Rest) {
    let home = Home::new(args);
    let server = home.start();
    let (attacker, (_, key)) = (rest(&server, &server.key), home.customer());
    let victim = rest(&server, &key);
    (home, server, attacker, victim)
}

/// The variable `error` of an activeflow that has ended.
async fn error(rest: &Rest, activeflow: Value) -> String {
    let id = text(&rest.ok("POST", "/v1.0/activeflows", Some(activeflow)).await, "id");
    let ended = rest.wait(&format!("/v1.0/activeflows/{id}"), "status", "ended").await;
    text(&ended["variables"], "error").trim_matches(['[', ']']).to_owned()
}

/// An activeflow that notes why a request to this URL, known only when it runs, failed.
fn reads(url: &str) -> Value {
    let actions = json!([
        {"type": "webhook_send", "option": {"uri": "${url}", "method": "GET", "sync": true}},
        {"type": "variable_set", "option": {"key": "error", "value": "[${voipbin.action.error}]"}},
    ]);
    json!({"actions": actions, "variables": {"url": url}})
}

/// `--outbound-allow 127.0.0.1` opened every port of the machine to every customer, and a flow read the metrics: 12 kB with
/// the traffic of all customers.
#[tokio::test(flavor = "multi_thread")]
async fn a_flow_cannot_read_the_metrics_of_its_server() {
    let metrics = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let args =
        ["--outbound-allow", "127.0.0.0/8:*,::1:*,localhost:*,0.0.0.0:*", "--metrics-listen", &metrics.to_string()];
    let home = Home::new(&args);
    let server = home.start();
    let rest = server.rest();
    let main = server.url.rsplit(':').next().unwrap().to_owned();
    for port in [main, metrics.port().to_string()] {
        for host in ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "0.0.0.0", "0177.0.0.1", "127.1"] {
            let url = format!("http://{host}:{port}/metrics");
            let told = error(&rest, reads(&url)).await;
            assert!(told.starts_with("refused_address: ") && told.contains("this server's own"), "{url}: {told}");
        }
        // Where the destination is known before, it is refused then.
        let flow =
            json!({"actions": [{"type": "fetch", "option": {"event_url": format!("http://127.0.0.1:{port}/")}}]});
        let (status, refused) = rest.post("/v1.0/flows", flow).await;
        assert_eq!((status, &refused["error"]["reason"]), (403, &json!("DESTINATION_NOT_ALLOWED")), "{refused}");
    }
    // Another server on this machine, which is meant.
    let good = Receiver::start(Mode::Answer(204)).await;
    assert_eq!(error(&rest, reads(&good.url)).await, "");
}

/// The rule for ports is what protects the database next to the web server that is meant.
#[tokio::test(flavor = "multi_thread")]
async fn an_address_without_a_port_opens_web_servers_alone() {
    let database = Receiver::start(Mode::Answer(204)).await;
    let home = Home::new(&["--outbound-allow", "127.0.0.1"]);
    let server = home.start();
    let told = error(&server.rest(), reads(&database.url)).await;
    assert!(told.starts_with("refused_address: ") && told.contains("--outbound-allow"), "{told}");
    assert!(database.got().is_empty());
}

/// 1,152 activeflows whose `fetch` was not answered took every place for a minute: no webhook of anybody was sent.
#[tokio::test(flavor = "multi_thread")]
async fn slow_fetches_of_one_customer_delay_nobody_else() {
    let (_home, _server, attacker, victim) = two(&["--outbound-allow", "127.0.0.0/8:*"]);
    let slow = Receiver::start_at(("0.0.0.0", 0), Mode::Hang).await;
    let port = slow.url.trim_end_matches("/hook").rsplit(':').next().unwrap().to_owned();
    let fetch = |number: usize| {
        let event_url = format!("http://127.0.1.{}:{port}/", number % 200);
        let option = json!({"event_url": event_url, "event_method": "GET", "timeout_ms": 60_000});
        json!({"actions": [{"type": "fetch", "option": option}]})
    };
    let started = futures::stream::iter((0..1_152).map(|number| attacker.post("/v1.0/activeflows", fetch(number))));
    let statuses: Vec<u16> = started.buffer_unordered(32).map(|(status, _)| status).collect().await;
    assert!(statuses.iter().all(|status| *status == 200));
    until("as many under way as one customer may have", async || (slow.got().len() >= FLOWS).then_some(())).await;

    let good = Receiver::start(Mode::Answer(204)).await;
    victim.ok("PUT", "/v1.0/customer", Some(json!({"name": "victim", "webhook_uri": good.url}))).await;
    assert_eq!(error(&victim, reads(&good.url)).await, "", "its own request is answered");
    let has = |name: &str| good.got().iter().any(|got| got.body.contains(name));
    until("its webhooks", async || has("activeflow_ended").then_some(())).await;
    // Its own webhooks have places that its fetches cannot take.
    attacker.ok("PUT", "/v1.0/customer", Some(json!({"name": "attacker", "webhook_uri": good.url}))).await;
    let id = text(&attacker.ok("GET", "/v1.0/customer", None).await, "id");
    attacker.ok("POST", "/v1.0/activeflows", Some(reads(&good.url))).await;
    until("the webhooks of the first", async || has(&id).then_some(())).await;
    assert!(slow.got().len() < 576, "the others wait");
}

/// A thousand receivers of one customer, none of which answers: 64 of them at a time were tried for two seconds each, in
/// an order that had nothing to do with customers, and everybody's webhooks stood among them.
#[tokio::test(flavor = "multi_thread")]
async fn the_outbox_of_one_customer_delays_nobody_else() {
    let (_home, _server, attacker, victim) = two(&["--outbound-allow", "127.0.0.0/8:*"]);
    let slow = Receiver::start_at(("0.0.0.0", 0), Mode::Hang).await;
    let port = slow.url.trim_end_matches("/hook").rsplit(':').next().unwrap().to_owned();
    for block in 1..=5 {
        let send = |host| {
            let uri = format!("http://127.{block}.0.{host}:{port}/");
            json!({"type": "webhook_send", "option": {"uri": uri, "timeout_ms": 60_000}})
        };
        let actions: Vec<Value> = (1..=200).map(send).collect();
        let id = text(&attacker.ok("POST", "/v1.0/activeflows", Some(json!({"actions": actions}))).await, "id");
        attacker.wait(&format!("/v1.0/activeflows/{id}"), "status", "ended").await;
    }
    until("that they are tried", async || (slow.got().len() >= FLOWS).then_some(())).await;
    let good = Receiver::start(Mode::Answer(204)).await;
    victim.ok("PUT", "/v1.0/customer", Some(json!({"name": "victim", "webhook_uri": good.url}))).await;
    assert_eq!(error(&victim, reads(&good.url)).await, "");
    let ended = || good.got().iter().any(|got| got.body.contains("activeflow_ended"));
    until("the webhooks of the victim", async || ended().then_some(())).await;
    assert!(slow.got().len() < 500, "the others wait");
}
