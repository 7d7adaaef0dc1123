//! Two servers whose customers change the same things at the same moment: no change is lost.

use crate::binary::{Home, Rest, Server, text};
use crate::{name, server};
use futures::future::join;
use serde_json::{Value, json};

/// How often they race.
const ROUNDS: usize = 8;

struct Fixture {
    home: Home,
    one: Server,
    two: Server,
}

fn fixture() -> Option<Fixture> {
    let home = Home::on(tempfile::tempdir().unwrap(), server::server()?.database(), &["--sim-speed", "20"]);
    let (one, two) = (home.start(), home.start());
    Some(Fixture { home, one, two })
}

impl Fixture {
    fn rests(&self) -> (Rest, Rest) {
        (self.one.rest(), self.two.rest())
    }

    fn sql(&self, sql: &str) -> String {
        server::server().expect("there is one").sql(name(&self.home.database()), sql)
    }

    fn stop(self) {
        assert!(self.one.stop().success() && self.two.stop().success());
    }
}

async fn make(rest: &Rest, kind: &str, body: Value) -> String {
    format!("/v1.0/{kind}/{}", text(&rest.ok("POST", &format!("/v1.0/{kind}"), Some(body)).await, "id"))
}

/// One of each kind that is changed, by its path.
async fn things(rest: &Rest) -> [String; 4] {
    [
        make(rest, "flows", whole("n", "d")).await,
        make(rest, "numbers", json!({"number": "+15553330001"})).await,
        make(rest, "accesskeys", json!({"name": "n"})).await,
        "/v1.0/customer".to_owned(),
    ]
}

/// All of a flow, and more than all of the others.
fn whole(name: &str, detail: &str) -> Value {
    json!({"name": name, "detail": detail, "actions": [{"type": "answer"}]})
}

/// All of what is at a path.
fn replacement(path: &str, name: &str) -> Value {
    match path.starts_with("/v1.0/flows") {
        true => whole(name, ""),
        false => json!({"name": name}),
    }
}

fn revision(thing: &Value) -> i64 {
    thing["revision"].as_i64().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_change_the_same_copy_one_is_told() {
    let Some(fixture) = fixture() else { return };
    let (one, two) = fixture.rests();
    for path in things(&one).await {
        for round in 0..ROUNDS {
            let before = revision(&one.ok("GET", &path, None).await);
            let put = async |rest: &Rest, name: String| {
                let etag = format!("\"{before}\"");
                let headers = [("if-match", etag.as_str())];
                rest.send_with("PUT", &path, Some(&replacement(&path, &name)), &headers).await
            };
            let (first, second) = join(put(&one, format!("one {round}")), put(&two, format!("two {round}"))).await;
            let (done, told) = if first.0 == 200 { (first, second) } else { (second, first) };
            assert_eq!((done.0, told.0), (200, 412), "{path}: {} {}", done.1, told.1);
            assert_eq!(told.1["error"]["reason"], "STALE_REVISION");
            for rest in [&one, &two] {
                let after = rest.ok("GET", &path, None).await;
                assert_eq!((revision(&after), &after["name"]), (before + 1, &done.1["name"]), "{path}");
            }
        }
    }
    fixture.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_of_different_fields_are_both_kept() {
    let Some(fixture) = fixture() else { return };
    let (one, two) = fixture.rests();
    for path in things(&one).await {
        let before = revision(&one.ok("GET", &path, None).await);
        let patch = async |rest: &Rest, key: &str| {
            for round in 0..ROUNDS {
                rest.ok("PATCH", &path, Some(json!({key: format!("{key} {round}")}))).await;
            }
        };
        join(patch(&one, "name"), patch(&two, "detail")).await;
        let (after, last) = (two.ok("GET", &path, None).await, ROUNDS - 1);
        assert_eq!(after["name"], format!("name {last}"), "{path}");
        assert_eq!(after["detail"], format!("detail {last}"), "{path}");
        assert_eq!(revision(&after), before + 2 * ROUNDS as i64, "{path}: each is counted");
    }
    fixture.stop();
}

/// Whoever deletes at the same moment as another changes has the last word.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_deleted_meanwhile_stays_so() {
    let Some(fixture) = fixture() else { return };
    let (one, two) = fixture.rests();
    for round in 0..ROUNDS {
        let bodies =
            [("flows", whole("n", "d")), ("numbers", json!({"number": "+15553330002"})), ("accesskeys", json!({}))];
        for (kind, body) in bodies {
            let path = make(&one, kind, body).await;
            let changed = replacement(&path, &format!("{round}"));
            let (deleted, changed) =
                join(one.send("DELETE", &path, None), two.send("PUT", &path, Some(&changed))).await;
            assert_eq!(deleted.0, 200, "{path}: {}", deleted.1);
            assert!(matches!(changed.0, 200 | 404), "{path}: {}", changed.1);
            assert_eq!((one.get(&path).await.0, two.get(&path).await.0), (404, 404), "{path}");
        }
    }
    fixture.stop();
}

/// An older version knows nothing of revisions, and goes on beside this one: the database counts what it writes.
#[tokio::test(flavor = "multi_thread")]
async fn what_an_older_version_writes_is_counted() {
    let Some(fixture) = fixture() else { return };
    let (one, _) = fixture.rests();
    let number = make(&one, "numbers", json!({"number": "+15553330003"})).await;
    let key = make(&one, "accesskeys", json!({"name": "n"})).await;
    let customer = text(&one.ok("GET", "/v1.0/customer", None).await, "id");
    let id = |path: &str| path.rsplit('/').next().unwrap().to_owned();
    // As that version writes them.
    let upsert = |table: &str, own: &str, id: &str| {
        format!(
            "insert into ringdown.{table} (id, customer_id, {own}, tm_create, tm_delete, body) \
             select id, customer_id, {own}, tm_create, tm_delete, body from ringdown.{table} where id = '{id}' \
             on conflict (id) do update set {own} = excluded.{own}, body = excluded.body"
        )
    };
    fixture.sql(&upsert("number", "number", &id(&number)));
    fixture.sql(&upsert("access_key", "hash", &id(&key)));
    fixture.sql(&format!("update ringdown.customer set name = 'by another' where id = '{customer}'"));
    for path in [&number, &key, "/v1.0/customer"] {
        assert_eq!(revision(&one.ok("GET", path, None).await), 2, "{path}");
        let late = one.send_with("PUT", path, Some(&json!({})), &[("if-match", "\"1\"")]).await;
        assert_eq!(late.0, 412, "{path}: {}", late.1);
    }
    // What such a version makes begins at 1.
    let made = fixture.sql(&format!(
        "insert into ringdown.number (id, customer_id, number, tm_create, body) \
         values (gen_random_uuid(), '{customer}', '+15553330004', 1, '') returning revision"
    ));
    assert_eq!(made, "1");
    fixture.stop();
}

/// A route that an operator makes on one server leads calls on the others.
#[tokio::test(flavor = "multi_thread")]
async fn carriers_are_the_same_on_all_servers() {
    let Some(fixture) = fixture() else { return };
    let (_, key) = fixture.one.said.split_once("RINGDOWN_OPERATOR_KEY=").expect("the greeting shows an operator's key");
    let key = key.split_whitespace().next().unwrap().to_owned();
    let (one, two) = fixture.rests();
    let (one, two) = (Rest { key: key.clone(), ..one }, Rest { key, ..two });
    let provider = make(&one, "providers", json!({"hostname": "a.example"})).await;
    let id = provider.rsplit('/').next().unwrap();
    let route = make(&one, "routes", json!({"provider_id": id, "target": "all"})).await;
    let find = "/v1.0/dialroutes?destination=%2B4930123456";
    let found = async |expected: u16| {
        let (status, answer) = two.send("GET", find, None).await;
        (status == expected).then_some(answer)
    };
    let (status, _) = one.send("GET", find, None).await;
    assert_eq!(status, 200, "at once where it was made");
    crate::binary::until("the other server knows the route", async || found(200).await).await;
    // Both change the provider at the same moment, and both see the outcome.
    let patch = async |rest: &Rest, key: &str| {
        for round in 0..ROUNDS {
            rest.ok("PATCH", &provider, Some(json!({key: format!("{key} {round}")}))).await;
        }
    };
    join(patch(&one, "name"), patch(&two, "detail")).await;
    let (after, last) = (one.ok("GET", &provider, None).await, ROUNDS - 1);
    assert_eq!((&after["name"], &after["detail"]), (&json!(format!("name {last}")), &json!(format!("detail {last}"))));
    assert_eq!(after["revision"], json!(1 + 2 * ROUNDS));
    two.ok("DELETE", &route, None).await;
    one.ok("DELETE", &provider, None).await;
    crate::binary::until("the other server forgets the route", async || found(409).await).await;
    fixture.stop();
}
