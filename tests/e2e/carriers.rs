//! Providers and routes as operators see them, over both protocols.

use crate::protocols::{Protocols, Reply, blank};
use crate::server::{Grpc, Home, Rest, Server, http, text};
use serde_json::{Value, json};

pub const EVERYBODY: &str = "00000000-0000-0000-0000-000000000001";
pub const NOBODY: &str = "6f18ae1c-ddf8-413b-9572-ad3057460000";
pub const PASSWORD: &str = "correct-horse-battery-staple";

pub fn operator_key(server: &Server) -> String {
    let (_, rest) = server.said.split_once("RINGDOWN_OPERATOR_KEY=").expect("the greeting shows an operator's key");
    rest.split_whitespace().next().unwrap().to_owned()
}

pub fn operator(server: &Server) -> Rest {
    Rest { url: server.url.clone(), key: operator_key(server), http: http() }
}

pub async fn protocols(server: &Server) -> Protocols {
    let key = operator_key(server);
    Protocols::new(Grpc::new(server.channel().await, &key), operator(server)).await
}

pub fn provider() -> Value {
    json!({
        "hostname": "sip.carrier.example", "tech_prefix": "00", "tech_headers": {"X-Account": "7"}, "name": "carrier",
        "detail": "d", "codecs": "PCMA,PCMU", "metadata": {"a": "b"},
        "sip": {"port": 5080, "username": "me", "password": PASSWORD, "inbound_ips": ["203.0.113.0/28"], "max_calls": 7}
    })
}

async fn refused(rest: &Rest, verb: &str, path: &str, body: Option<Value>) -> (String, Vec<String>) {
    let (status, answer) = rest.send(verb, path, body.as_ref()).await;
    assert!(status >= 400, "{verb} {path}: {answer}");
    let reply = Reply::from_envelope(status, &answer);
    let fields = reply.paths().into_iter().map(str::to_owned).collect();
    (reply.reason, fields)
}

#[tokio::test]
async fn both_protocols_answer_alike() {
    let home = Home::new(&[]);
    let server = home.start();
    let both = protocols(&server).await;
    let alike =
        |one: &Value, other: &Value, what: &str| assert_eq!(blank(one).to_string(), blank(other).to_string(), "{what}");
    let (one, other) =
        (both.grpc("CreateProvider", &provider(), "").await, both.rest("CreateProvider", &provider(), "").await);
    let (one, other) = (one.unwrap(), other.unwrap());
    alike(&one, &other, "CreateProvider");
    assert_eq!(
        (&one["health_status"], &one["type"], &one["sip"]["transport"]),
        (&json!("unknown"), &json!("sip"), &json!("udp"))
    );
    assert_eq!(
        (&one["sip"]["has_password"], &one["sip"]["max_cps"], &one["sip"]["dtmf"]),
        (&json!(true), &json!(10), &json!("rfc4733"))
    );
    assert_eq!(text(&one, "health_checked_at"), "9999-01-01 00:00:00.000000");
    let (id, second) = (text(&one, "id"), text(&other, "id"));
    both.read("GetProvider", json!({"id": id})).await;
    both.read("ListProviders", json!({})).await;
    both.read("ListProviders", json!({"page_size": 1})).await;
    let change = |id: &str| json!({"id": id, "hostname": "sip.carrier.example", "sip": {"port": 5080, "username": "me", "max_cps": 3}});
    let (one, other) = (
        both.grpc("UpdateProvider", &change(&id), "").await.unwrap(),
        both.rest("UpdateProvider", &change(&second), "").await.unwrap(),
    );
    alike(&one, &other, "UpdateProvider");
    assert_eq!(
        (&one["sip"]["has_password"], &one["name"], &one["sip"]["max_calls"]),
        (&json!(true), &json!(""), &json!(100))
    );

    let route = json!({"provider_id": id, "target": "+82", "priority": 2, "name": "n", "detail": "d"});
    let (one, other) =
        (both.grpc("CreateRoute", &route, "").await.unwrap(), both.rest("CreateRoute", &route, "").await.unwrap());
    alike(&one, &other, "CreateRoute");
    assert_eq!(text(&one, "customer_id"), EVERYBODY);
    let (route, second_route) = (text(&one, "id"), text(&other, "id"));
    both.read("GetRoute", json!({"id": route})).await;
    both.read("ListRoutes", json!({})).await;
    both.read("ListRoutes", json!({"customer_id": EVERYBODY, "page_size": 1})).await;
    let found = both.read("ListDialRoutes", json!({"destination": "+821012345678"})).await;
    assert_eq!(found["result"].as_array().unwrap().len(), 1, "one provider, one attempt: {found}");
    assert_eq!(
        (&found["result"][0]["dialled"], &found["result"][0]["health_status"]),
        (&json!("+821012345678"), &json!("unknown"))
    );
    let change = |id: &str| json!({"id": id, "provider_id": second, "target": "all"});
    let (one, other) = (
        both.grpc("UpdateRoute", &change(&route), "").await.unwrap(),
        both.rest("UpdateRoute", &change(&second_route), "").await.unwrap(),
    );
    alike(&one, &other, "UpdateRoute");
    assert_eq!((&one["priority"], &one["name"]), (&json!(1), &json!("")));
    both.grpc("DeleteRoute", &json!({"id": route}), "").await.unwrap();
    both.rest("DeleteRoute", &json!({"id": second_route}), "").await.unwrap();
    let (one, other) = (
        both.grpc("DeleteProvider", &json!({"id": id}), "").await.unwrap(),
        both.rest("DeleteProvider", &json!({"id": second}), "").await.unwrap(),
    );
    alike(&one, &other, "DeleteProvider");
    assert_eq!(one["sip"]["has_password"], json!(false), "the password is gone");

    // What is refused.
    for (rpc, request, reason, fields) in [
        ("GetProvider", json!({"id": id}), "PROVIDER_NOT_FOUND", &[][..]),
        ("UpdateProvider", json!({"id": id, "hostname": "a"}), "PROVIDER_NOT_FOUND", &[]),
        ("DeleteProvider", json!({"id": NOBODY}), "PROVIDER_NOT_FOUND", &[]),
        ("GetRoute", json!({"id": route}), "CALL_ROUTE_NOT_FOUND", &[]),
        (
            "UpdateRoute",
            json!({"id": route, "target": "all", "provider_id": id}),
            "PROVIDER_NOT_FOUND",
            &["provider_id"],
        ),
        ("DeleteRoute", json!({"id": NOBODY}), "CALL_ROUTE_NOT_FOUND", &[]),
        ("GetProvider", json!({"id": "7"}), "INVALID_ID", &["id"]),
        ("CreateProvider", json!({}), "INVALID_ARGUMENT", &["hostname"]),
        (
            "CreateProvider",
            json!({"hostname": "a:5060", "sip": {"port": 70000}}),
            "INVALID_ARGUMENT",
            &["hostname", "sip.port"],
        ),
        ("CreateProvider", json!({"hostname": "a", "sip": {"password": "x"}}), "INVALID_ARGUMENT", &["sip.password"]),
        ("CreateRoute", json!({"provider_id": NOBODY, "target": "all"}), "PROVIDER_NOT_FOUND", &["provider_id"]),
        ("CreateRoute", json!({"target": "82", "priority": -1}), "INVALID_ID", &["provider_id", "priority", "target"]),
        ("ListProviders", json!({"page_size": -1}), "INVALID_ARGUMENT", &["page_size"]),
        ("ListDialRoutes", json!({"destination": "8210"}), "INVALID_ARGUMENT", &["destination"]),
        ("ListDialRoutes", json!({"destination": "+821012345678"}), "NO_ROUTE", &[]),
        ("ListDialRoutes", json!({"destination": "+821012345678", "customer_id": NOBODY}), "CUSTOMER_NOT_FOUND", &[]),
    ] {
        let told = both.refused(rpc, request.clone()).await;
        assert_eq!((told.reason.as_str(), told.paths()), (reason, fields.to_vec()), "{rpc} {request}: {told:?}");
    }
}

#[tokio::test]
async fn a_patch_changes_what_it_names_within_sip_too() {
    let home = Home::new(&[]);
    let server = home.start();
    let operator = operator(&server);
    let made = operator.ok("POST", "/v1.0/providers", Some(provider())).await;
    let path = format!("/v1.0/providers/{}", text(&made, "id"));
    let changed = operator.ok("PATCH", &path, Some(json!({"sip": {"max_calls": 3}, "name": "other"}))).await;
    let mut expected = made.clone();
    (expected["sip"]["max_calls"], expected["name"], expected["revision"]) = (json!(3), json!("other"), json!(2));
    expected["tm_update"] = changed["tm_update"].clone();
    assert_eq!(changed.to_string(), expected.to_string());
    let reset = operator.ok("PATCH", &path, Some(json!({"sip": {"max_calls": null, "inbound_ips": []}}))).await;
    assert_eq!((&reset["sip"]["max_calls"], &reset["sip"]["inbound_ips"]), (&json!(100), &json!([])));
    assert_eq!((&reset["sip"]["port"], &reset["sip"]["has_password"]), (&json!(5080), &json!(true)));
    // The password does not follow to another host.
    for moved in [json!({"hostname": "evil.example"}), json!({"sip": {"port": 1}}), json!({"sip": {"username": "you"}})]
    {
        let told = refused(&operator, "PATCH", &path, Some(moved.clone())).await;
        assert_eq!(told, ("INVALID_ARGUMENT".to_owned(), vec!["sip.password".to_owned()]), "{moved}");
    }
    let moved = json!({"hostname": "new.example", "sip": {"password": "another"}});
    assert_eq!(operator.ok("PATCH", &path, Some(moved)).await["hostname"], json!("new.example"));
    let without = operator.ok("PATCH", &path, Some(json!({"sip": {"username": ""}}))).await;
    assert_eq!(without["sip"]["has_password"], json!(false));
    for (body, field) in
        [(json!({"sip": {}}), ""), (json!({"sip": {"held": 1}}), "sip.held"), (json!({"sip": 7}), "sip")]
    {
        let (reason, fields) = refused(&operator, "PATCH", &path, Some(body.clone())).await;
        assert_eq!(
            (reason.as_str(), fields.first().map_or("", String::as_str)),
            ("INVALID_JSON_BODY", field),
            "{body}"
        );
    }
    // Concurrent changes, and one on the condition of a revision.
    let all = (0..8).map(|at| {
        let (operator, path) = (operator.clone(), path.clone());
        async move { operator.ok("PATCH", &path, Some(json!({"metadata": {"at": at.to_string()}}))).await }
    });
    futures::future::join_all(all).await;
    let (status, answer) =
        operator.send_with("PATCH", &path, Some(&json!({"name": "late"})), &[("if-match", "\"5\"")]).await;
    assert_eq!((status, answer["error"]["reason"].as_str()), (412, Some("STALE_REVISION")));
    assert_eq!(operator.ok("GET", &path, None).await["revision"], json!(13));
}

#[tokio::test]
async fn a_creation_is_repeated_under_its_key() {
    let home = Home::new(&[]);
    let server = home.start();
    let both = protocols(&server).await;
    let first = both.rest("CreateProvider", &provider(), "once").await.unwrap();
    let again = both.grpc("CreateProvider", &provider(), "once").await.unwrap();
    assert_eq!(first.to_string(), again.to_string());
    let other = json!({"hostname": "other.example"});
    assert_eq!(both.rest("CreateProvider", &other, "once").await.unwrap_err().reason, "IDEMPOTENCY_KEY_REUSED");
    let route = json!({"provider_id": first["id"], "target": "all"});
    let (one, two) = (both.rest("CreateRoute", &route, "once").await, both.rest("CreateRoute", &route, "once").await);
    assert_eq!(one.unwrap().to_string(), two.unwrap().to_string());
    assert_eq!(both.read("ListRoutes", json!({})).await["result"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn customers_have_nothing_to_do_with_carriers() {
    let home = Home::new(&[]);
    let server = home.start();
    let (operator, customer) = (operator(&server), server.rest());
    let made = operator.ok("POST", "/v1.0/providers", Some(provider())).await;
    let id = text(&made, "id");
    let stranger = Rest { key: "rd_nobody".to_owned(), ..customer.clone() };
    for (verb, path, body) in [
        ("POST", "/v1.0/providers".to_owned(), Some(provider())),
        ("GET", "/v1.0/providers".to_owned(), None),
        ("GET", format!("/v1.0/providers/{id}"), None),
        ("PUT", format!("/v1.0/providers/{id}"), Some(provider())),
        ("PATCH", format!("/v1.0/providers/{id}"), Some(json!({"name": "mine"}))),
        ("DELETE", format!("/v1.0/providers/{id}"), None),
        ("POST", "/v1.0/routes".to_owned(), Some(json!({"provider_id": id, "target": "all"}))),
        ("GET", "/v1.0/routes".to_owned(), None),
        ("GET", format!("/v1.0/routes/{id}"), None),
        ("GET", "/v1.0/dialroutes?destination=%2B821012345678".to_owned(), None),
    ] {
        assert_eq!(refused(&customer, verb, &path, body.clone()).await.0, "ROLE_NOT_SUFFICIENT", "{verb} {path}");
        assert_eq!(refused(&stranger, verb, &path, body).await.0, "INVALID_CREDENTIALS", "{verb} {path}");
        let bare = reqwest::Method::from_bytes(verb.as_bytes()).unwrap();
        let bare = customer.http.request(bare, format!("{}{path}", server.url)).send().await.unwrap();
        assert_eq!(bare.status().as_u16(), 401, "{verb} {path}");
    }
    assert_eq!(operator.ok("GET", "/v1.0/providers", None).await["result"][0], made, "nothing has changed");
}

#[tokio::test]
async fn routes_follow_customers_targets_and_priorities() {
    let home = Home::new(&[]);
    let server = home.start();
    let operator = operator(&server);
    let make = async |path: &str, body: Value| text(&operator.ok("POST", path, Some(body)).await, "id");
    let provider = async |name: &str| {
        make("/v1.0/providers", json!({"hostname": "a.example", "name": name, "tech_prefix": name})).await
    };
    let (a, b, c, d) = (provider("a").await, provider("b").await, provider("c").await, provider("d").await);
    let customer = operator.ok("POST", "/v1.0/customers", Some(json!({"name": "one"}))).await;
    let customer = text(&customer["customer"], "id");
    let route = async |provider: &str, target: &str, priority: u8, customer: &str| {
        make(
            "/v1.0/routes",
            json!({"provider_id": provider, "target": target, "priority": priority, "customer_id": customer}),
        )
        .await
    };
    route(&a, "all", 1, EVERYBODY).await;
    route(&b, "+82", 2, EVERYBODY).await;
    route(&c, "+82", 1, EVERYBODY).await;
    let own = route(&d, "all", 1, &customer).await;
    let dialled = async |customer: &str, destination: &str| {
        let path = format!("/v1.0/dialroutes?customer_id={customer}&destination=%2B{destination}");
        let found = operator.ok("GET", &path, None).await;
        let dialled = found["result"].as_array().unwrap().iter().map(|it| text(it, "dialled")).collect::<Vec<_>>();
        dialled.iter().map(|it| it.split('+').next().unwrap().to_owned()).collect::<Vec<_>>().join("")
    };
    assert_eq!(dialled(&customer, "821012345678").await, "dcb", "three at most, the customer's own first");
    assert_eq!(dialled("", "821012345678").await, "cba");
    assert_eq!(dialled(&customer, "4930123456").await, "da");
    // Premium numbers and satellites are named by a route or refused.
    let jamaica = "/v1.0/dialroutes?destination=%2B18765550123";
    let (reason, fields) = refused(&operator, "GET", jamaica, None).await;
    assert_eq!((reason.as_str(), fields), ("DESTINATION_NOT_ALLOWED", vec!["destination".to_owned()]));
    let named = route(&b, "+1876", 1, EVERYBODY).await;
    assert_eq!(dialled("", "18765550123").await, "b");
    // A provider with routes stays.
    let path = format!("/v1.0/providers/{b}");
    assert_eq!(refused(&operator, "DELETE", &path, None).await.0, "PROVIDER_IN_USE");
    assert_eq!(
        refused(
            &operator,
            "POST",
            "/v1.0/routes",
            Some(json!({"provider_id": b, "target": "all", "customer_id": NOBODY}))
        )
        .await
        .0,
        "CUSTOMER_NOT_FOUND"
    );
    operator.ok("DELETE", &format!("/v1.0/routes/{named}"), None).await;
    let own_list = operator.ok("GET", &format!("/v1.0/routes?customer_id={customer}"), None).await;
    assert_eq!((own_list["result"].as_array().unwrap().len(), text(&own_list["result"][0], "id")), (1, own));
    // The routes of a customer are deleted with it.
    operator.ok("POST", &format!("/v1.0/customers/{customer}/suspend"), None).await;
    operator.ok("DELETE", &format!("/v1.0/customers/{customer}"), None).await;
    crate::server::until("its routes are deleted", async || {
        let list = operator.ok("GET", "/v1.0/routes", None).await;
        (list["result"].as_array().unwrap().len() == 3).then_some(())
    })
    .await;
}

#[tokio::test]
async fn there_is_an_end_to_providers() {
    let home = Home::new(&[]);
    let server = home.start();
    let operator = operator(&server);
    let mut outcomes = Vec::new();
    for _ in 0..51 {
        let body = json!({"hostname": "a.example"});
        let made =
            futures::future::join_all((0..10).map(|_| operator.send("POST", "/v1.0/providers", Some(&body)))).await;
        outcomes.extend(made);
    }
    let refused: Vec<_> = outcomes.iter().filter(|(status, _)| *status != 200).collect();
    assert_eq!(refused.len(), 10, "510 are asked for");
    for (status, answer) in refused {
        assert_eq!((*status, &answer["error"]["reason"]), (429, &json!("TOO_MANY_PROVIDERS")));
    }
    let id = text(&outcomes[0].1, "id");
    operator.ok("DELETE", &format!("/v1.0/providers/{id}"), None).await;
    operator.ok("POST", "/v1.0/providers", Some(json!({"hostname": "a.example"}))).await;
}
