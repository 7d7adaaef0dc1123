//! What operators can do with customers, what they cannot see, and what is left of a customer that was deleted.

use crate::binary::{Home, Rest, Server, text, until};
use crate::roles::{last_word, watch};
use serde_json::{Value, json};

/// The operator's key of a first start.
pub fn operator_key(server: &Server) -> String {
    let (_, rest) = server.said.split_once("RINGDOWN_OPERATOR_KEY=").expect("the greeting shows an operator's key");
    rest.split_whitespace().next().unwrap().to_owned()
}

fn operator(server: &Server) -> Rest {
    Rest { key: operator_key(server), ..server.rest() }
}

fn reason(answer: &Value) -> &str {
    answer["error"]["reason"].as_str().unwrap_or_default()
}

async fn refused(rest: &Rest, verb: &str, path: &str, body: Option<Value>) -> String {
    let (status, answer) = rest.send(verb, path, body.as_ref()).await;
    assert!(status >= 400, "{verb} {path}: {answer}");
    reason(&answer).to_owned()
}

async fn customer(operator: &Rest, name: &str) -> (String, Rest) {
    let made = operator.ok("POST", "/v1.0/customers", Some(json!({"name": name}))).await;
    let key = text(&made["access_key"], "key");
    (text(&made["customer"], "id"), Rest { key, ..operator.clone() })
}

fn block() -> Value {
    json!({"actions": [{"type": "block"}]})
}

#[tokio::test]
async fn an_operator_sees_customers_and_nothing_of_theirs() {
    let home = Home::new(&[]);
    let server = home.start();
    let operator = operator(&server);
    let (id, rest) = customer(&operator, "one").await;
    let flow = json!({"name": "n", "actions": [{"type": "answer"}]});
    rest.ok("POST", "/v1.0/flows", Some(flow)).await;
    rest.ok("PATCH", "/v1.0/customer", Some(json!({"detail": "ours", "webhook_uri": "https://a.example/secret"})))
        .await;
    let activeflow = rest.ok("POST", "/v1.0/activeflows", Some(block())).await;
    let list = operator.ok("GET", "/v1.0/customers", None).await;
    assert_eq!(list["result"].as_array().unwrap().len(), 2);
    assert_eq!((text(&list["result"][0], "id"), text(&list["result"][0], "name")), (id.clone(), "one".to_owned()));
    let shown = operator.ok("GET", &format!("/v1.0/customers/{id}"), None).await;
    assert!(!list.to_string().contains("a.example") && !shown.to_string().contains("ours"), "{list} {shown}");
    assert_eq!((&shown["usage"]["activeflows"], &shown["usage"]["calls"]), (&json!(1), &json!(0)));
    let own = rest.ok("GET", &format!("/v1.0/customers/{id}"), None).await;
    assert_eq!(text(&own["customer"], "webhook_uri"), "https://a.example/secret");
    let others = text(&list["result"][1], "id");
    assert_eq!(refused(&rest, "GET", &format!("/v1.0/customers/{others}"), None).await, "CUSTOMER_NOT_FOUND");
    for path in ["calls", "flows", "activeflows", "messages", "recordings", "customer", "webhook_deliveries"] {
        let (status, answer) = operator.get(&format!("/v1.0/{path}")).await;
        assert!((status, reason(&answer)) == (403, "ROLE_NOT_SUFFICIENT") || status == 404, "{path}: {answer}");
    }
    let stop = format!("/v1.0/activeflows/{}/stop", text(&activeflow, "id"));
    assert_eq!(refused(&operator, "POST", &stop, None).await, "ROLE_NOT_SUFFICIENT");
    // An operator's keys are a list of their own.
    let keys = operator.ok("GET", "/v1.0/accesskeys", None).await;
    assert_eq!(
        (keys["result"].as_array().unwrap().len(), text(&keys["result"][0], "role")),
        (1, "operator".to_owned())
    );
}

#[tokio::test]
async fn a_customer_is_created_once_under_a_key() {
    let home = Home::new(&[]);
    let server = home.start();
    let operator = operator(&server);
    let make = async || {
        let headers = [("idempotency-key", "once")];
        operator.send_with("POST", "/v1.0/customers", Some(&json!({"name": "a"})), &headers).await
    };
    let (status, first) = make().await;
    assert_eq!(status, 200, "{first}");
    assert_eq!(make().await.1.to_string(), first.to_string());
    let rest = Rest { key: text(&first["access_key"], "key"), ..server.rest() };
    rest.ok("GET", "/v1.0/flows", None).await;
    assert_eq!(operator.ok("GET", "/v1.0/customers", None).await["result"].as_array().unwrap().len(), 2);
    assert_eq!(refused(&operator, "POST", "/v1.0/customers", Some(json!({"name": " "}))).await, "INVALID_ARGUMENT");
}

#[tokio::test]
async fn limits_are_set_one_by_one() {
    let home = Home::new(&[]);
    let server = home.start();
    let operator = operator(&server);
    let (id, rest) = customer(&operator, "one").await;
    let path = format!("/v1.0/customers/{id}/limits");
    let usual = rest.ok("GET", "/v1.0/customer", None).await["limits"].clone();
    let changed = operator.ok("PATCH", &path, Some(json!({"watches": 1, "calls": 7}))).await;
    assert_eq!((&changed["limits"]["watches"], &changed["limits"]["calls"]), (&json!(1), &json!(7)));
    let changed = operator.ok("PATCH", &path, Some(json!({"calls": null}))).await;
    assert_eq!((&changed["limits"]["watches"], &changed["limits"]["calls"]), (&json!(1), &usual["calls"]));
    let _first = watch(&server, &rest.key).await;
    assert_eq!(refused(&rest, "GET", "/v1.0/activeflows/watch", None).await, "TOO_MANY_WATCHERS");
    assert_eq!(refused(&operator, "PATCH", &path, Some(json!({"calls": -1}))).await, "INVALID_ARGUMENT");
    let headers = [("if-match", "\"1\"")];
    let (status, answer) = operator.send_with("PUT", &path, Some(&json!({})), &headers).await;
    assert_eq!((status, reason(&answer)), (412, "STALE_REVISION"));
    let reset = operator.ok("PUT", &path, Some(json!({}))).await;
    assert_eq!(reset["limits"], usual);
    assert_eq!(refused(&rest, "PUT", &path, Some(json!({"calls": 1_000_000}))).await, "ROLE_NOT_SUFFICIENT");
}

/// Before, nothing but deleting its rows by hand kept a customer from running up a bill.
#[tokio::test]
async fn nothing_new_begins_for_a_suspended_customer() {
    let home = Home::new(&[]);
    let server = home.start();
    let operator = operator(&server);
    let (id, rest) = customer(&operator, "one").await;
    let (_, neighbour) = customer(&operator, "two").await;
    rest.ok("POST", "/v1.0/numbers", Some(json!({"number": "+17770000001"}))).await;
    let running = rest.ok("POST", "/v1.0/activeflows", Some(block())).await;
    let running = format!("/v1.0/activeflows/{}", text(&running, "id"));
    let open = watch(&server, &rest.key).await;
    let suspended = operator.ok("POST", &format!("/v1.0/customers/{id}/suspend"), Some(json!({}))).await;
    assert!(!text(&suspended, "tm_suspend").starts_with("9999"));
    assert!(last_word(open).await.contains("CUSTOMER_SUSPENDED"));
    let stop = format!("{running}/stop");
    for (path, body) in [
        ("/v1.0/activeflows", block()),
        ("/v1.0/flows", json!({"name": "n", "actions": []})),
        ("/v1.0/accesskeys", json!({"name": "n"})),
        (stop.as_str(), json!({})),
    ] {
        assert_eq!(refused(&rest, "POST", path, Some(body)).await, "CUSTOMER_SUSPENDED", "{path}");
    }
    assert_eq!(refused(&rest, "GET", "/v1.0/calls/watch", None).await, "CUSTOMER_SUSPENDED");
    // It reads, and what runs goes on.
    assert_eq!(text(&rest.ok("GET", &running, None).await, "status"), "running");
    neighbour.ok("POST", "/v1.0/activeflows", Some(block())).await;
    // Once more, and what runs is stopped.
    let stop = json!({"stop_running": true});
    operator.ok("POST", &format!("/v1.0/customers/{id}/suspend"), Some(stop)).await;
    rest.wait(&running, "status", "ended").await;
    operator.ok("POST", &format!("/v1.0/customers/{id}/resume"), None).await;
    rest.ok("POST", "/v1.0/activeflows", Some(block())).await;
    assert_eq!(refused(&rest, "POST", &format!("/v1.0/customers/{id}/resume"), None).await, "ROLE_NOT_SUFFICIENT");
}

#[tokio::test]
async fn a_customer_is_deleted_with_its_data_even_if_the_server_dies() {
    let home = Home::new(&[]);
    let server = home.start();
    let operator = operator(&server);
    let (id, rest) = customer(&operator, "one").await;
    let (_, neighbour) = customer(&operator, "two").await;
    let flow = json!({"name": "n", "actions": [{"type": "answer"}, {"type": "echo", "option": {"duration": 600_000}}]});
    for rest in [&rest, &neighbour] {
        rest.ok("POST", "/v1.0/flows", Some(flow.clone())).await;
        rest.ok("POST", "/v1.0/activeflows", Some(block())).await;
        rest.call_at(flow["actions"].clone(), "echo").await;
    }
    rest.ok("POST", "/v1.0/numbers", Some(json!({"number": "+17770000001"}))).await;
    let path = format!("/v1.0/customers/{id}");
    assert_eq!(refused(&operator, "DELETE", &path, None).await, "CUSTOMER_NOT_SUSPENDED");
    operator.ok("POST", &format!("{path}/suspend"), Some(json!({}))).await;
    operator.ok("DELETE", &path, None).await;
    assert_eq!(refused(&rest, "GET", "/v1.0/flows", None).await, "INVALID_CREDENTIALS");
    assert_eq!(refused(&operator, "GET", &path, None).await, "CUSTOMER_NOT_FOUND");
    // Dies at once, wherever it was.
    server.kill();
    let server = home.start();
    let (operator, neighbour) =
        (Rest { url: server.url.clone(), ..operator }, Rest { url: server.url.clone(), ..neighbour });
    until("the customer is gone", async || {
        let list = operator.ok("GET", "/v1.0/customers", None).await;
        (list["result"].as_array().unwrap().len() == 2).then_some(())
    })
    .await;
    // Its number is free, and the neighbour has what it had.
    neighbour.ok("POST", "/v1.0/numbers", Some(json!({"number": "+17770000001"}))).await;
    assert_eq!(neighbour.ok("GET", "/v1.0/activeflows", None).await["result"].as_array().unwrap().len(), 2);
    let database = home.path().join("ringdown.db");
    assert!(server.stop().success());
    let database = rusqlite::Connection::open(database).unwrap();
    let bytes = uuid::Uuid::parse_str(&id).unwrap().as_bytes().to_vec();
    for table in ["run", "call", "flow", "number", "message", "outgoing", "access_key", "recording", "answer", "callee"]
    {
        let sql = format!("select count(*) from {table} where customer_id = ?");
        let left: i64 = database.query_row(&sql, [&bytes], |row| row.get(0)).unwrap();
        assert_eq!(left, 0, "{table}");
    }
    let orphans = "select count(*) from log where run not in (select key from run)";
    assert_eq!(database.query_row(orphans, [], |row| row.get::<_, i64>(0)).unwrap(), 0);
}

#[tokio::test]
async fn operators_alone_assign_numbers_where_it_is_so() {
    let home = Home::new(&["--numbers", "operator"]);
    let server = home.start();
    let operator = operator(&server);
    let (id, rest) = customer(&operator, "one").await;
    let number = json!({"number": "+17770000001"});
    assert_eq!(refused(&rest, "POST", "/v1.0/numbers", Some(number.clone())).await, "ROLE_NOT_SUFFICIENT");
    assert_eq!(refused(&operator, "POST", "/v1.0/numbers", Some(number)).await, "INVALID_ID");
    let number = json!({"number": "+17770000001", "customer_id": id});
    let made = operator.ok("POST", "/v1.0/numbers", Some(number)).await;
    assert_eq!(text(&made, "customer_id"), id);
    let path = format!("/v1.0/numbers/{}", text(&made, "id"));
    rest.ok("GET", &path, None).await;
    assert_eq!(refused(&rest, "PATCH", &path, Some(json!({"name": "n"}))).await, "ROLE_NOT_SUFFICIENT");
    assert_eq!(refused(&rest, "DELETE", &path, None).await, "ROLE_NOT_SUFFICIENT");
    let list = operator.ok("GET", &format!("/v1.0/numbers?customer_id={id}"), None).await;
    assert_eq!(list["result"].as_array().unwrap().len(), 1);
    operator.ok("PATCH", &path, Some(json!({"name": "n"}))).await;
    operator.ok("DELETE", &path, None).await;
    let nobody = json!({"number": "+17770000001", "customer_id": "6f18ae1c-ddf8-413b-9572-ad3057460000"});
    assert_eq!(refused(&operator, "POST", "/v1.0/numbers", Some(nobody)).await, "CUSTOMER_NOT_FOUND");
}

/// Before, what began while a server still used the settings of before the suspension ran for ever.
#[tokio::test]
async fn what_begins_late_for_a_suspended_customer_is_stopped_too() {
    let home = Home::new(&[]);
    let server = home.start();
    // Again if what comes before took longer than settings are cached.
    while begun_late(&home, &server).await == 0 {}
}

/// Has a command suspend a customer whose settings the server has cached, and begins activeflows, each after what ran was
/// stopped, until they are refused. Returns how many.
async fn begun_late(home: &Home, server: &Server) -> usize {
    let (id, key) = home.customer();
    let rest = Rest { key, ..server.rest() };
    rest.ok("POST", "/v1.0/activeflows", Some(block())).await;
    home.run(&["customers", "suspend", &id, "--stop-running"]);
    let mut late = 0;
    loop {
        let stopped = async || home.run(&["customers", "show", &id]).contains("activeflows 0").then_some(());
        until("what runs is stopped", stopped).await;
        // The server goes on while the command runs once more: it has looked, and nothing was running.
        home.run(&["customers", "show", &id]);
        let (status, answer) = rest.send("POST", "/v1.0/activeflows", Some(&block())).await;
        if status != 200 {
            assert_eq!(reason(&answer), "CUSTOMER_SUSPENDED");
            return late;
        }
        late += 1;
    }
}

/// A command beside the database, and a running server that notices.
#[tokio::test]
async fn commands_beside_the_server_apply_within_seconds() {
    let home = Home::new(&[]);
    let server = home.start();
    let (id, key) = home.customer();
    let rest = Rest { key, ..server.rest() };
    rest.ok("POST", "/v1.0/activeflows", Some(block())).await;
    assert!(home.run(&["customers", "list"]).contains(&format!("customer {id} active somebody")));
    let said = home.run(&["customers", "limits", &id, "calls=7", "watches=8"]);
    assert!(said.contains("limit calls 7") && said.contains("limit generations default"), "{said}");
    home.run(&["customers", "suspend", &id, "--stop-running"]);
    until("the server knows", async || {
        let (_, answer) = rest.send("POST", "/v1.0/activeflows", Some(&block())).await;
        (reason(&answer) == "CUSTOMER_SUSPENDED").then_some(())
    })
    .await;
    until("it stops what runs", async || home.run(&["customers", "show", &id]).contains("activeflows 0").then_some(()))
        .await;
    home.run(&["customers", "resume", &id]);
    until("the server knows", async || {
        let (status, _) = rest.send("POST", "/v1.0/activeflows", Some(&block())).await;
        (status == 200).then_some(())
    })
    .await;
    let key = home.run(&["customers", "operator-key"]);
    let operator = Rest { key: key.trim().strip_prefix("key ").unwrap().to_owned(), ..server.rest() };
    operator.ok("GET", "/v1.0/customers", None).await;
    let early = home.command(&["customers", "delete", &id]).output().unwrap();
    assert!(!early.status.success(), "it is not suspended");
    home.run(&["customers", "suspend", &id]);
    home.run(&["customers", "delete", &id]);
    until("it is gone", async || (!home.run(&["customers", "list"]).contains(&id)).then_some(())).await;
}
