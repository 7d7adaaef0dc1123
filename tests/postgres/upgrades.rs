//! Two versions side by side, while servers that share a database are upgraded one by one. The next version is played by
//! this one with a migration more.

use crate::binary::{Grpc, Home, Server, text, until};
use crate::{name, server};
use futures::StreamExt;
use futures::stream::BoxStream;
use ringdown::proto::*;
use serde_json::json;
use tonic::{Code, Status};

/// What makes a server one of the next version.
const NEXT: &str = "RINGDOWN_NEXT_MIGRATION";

fn home() -> Option<Home> {
    Some(Home::on(tempfile::tempdir().unwrap(), server::server()?.database(), &["--sim-speed", "20"]))
}

fn sql(home: &Home, sql: &str) -> String {
    server::server().expect("there is one").sql(name(&home.database()), sql)
}

/// How many migrations this version knows, once it has made them.
fn known(home: &Home) -> usize {
    sql(home, "select max(number) from ringdown.migration").parse().unwrap()
}

/// The sentence with which a server does not start.
fn refusal(home: &Home, env: &[(&str, &str)]) -> String {
    let mut command = home.command(&["serve", "--listen", "127.0.0.1:0"]);
    let output = command.envs(env.iter().copied()).output().unwrap();
    assert!(!output.status.success(), "it started");
    String::from_utf8(output.stderr).unwrap()
}

type Frames = BoxStream<'static, Result<ActiveflowFrame, Status>>;

/// What happens to activeflows, from a token or from now on.
async fn watch(grpc: &Grpc, resume_token: &str) -> Frames {
    let (include_snapshot, resume_token) = (resume_token.is_empty(), resume_token.to_owned());
    let request = WatchActiveflowsRequest { include_snapshot, resume_token, ..Default::default() };
    let mut frames = grpc.activeflows.clone().watch_activeflows(request).await.unwrap().into_inner();
    while include_snapshot
        && frames.next().await.unwrap().unwrap().into_message().unwrap().r#type() != WatchType::Progress
    {}
    frames.map(|frame| frame.map(|it| it.into_message().unwrap())).boxed()
}

/// Reads on to an event of an activeflow; its token.
async fn told(frames: &mut Frames, id: &str, kind: ActiveflowEventType) -> String {
    loop {
        let frame = frames.next().await.expect("it goes on").expect("it goes on");
        if frame.event.is_some_and(|event| event.activeflow_id == id && event.r#type() == kind) {
            return frame.resume_token;
        }
    }
}

/// A call that a server has, up.
async fn call(server: &Server) -> (String, String) {
    let call = server.rest().call_at(json!([{"type": "echo"}]), "echo").await;
    (text(&call, "id"), text(&call, "activeflow_id"))
}

async fn hang_up(at: &Server, call: &str) {
    at.rest().ok("POST", &format!("/v1.0/calls/{call}/hangup"), None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_are_upgraded_one_by_one() {
    let Some(home) = home() else { return };
    let (one, two) = (home.start(), home.start());
    let known = known(&home);
    let next = format!("{known}:alter table ringdown.run add column made_up text not null default 'x'");
    let mut frames = watch(&one.grpc().await, "").await;
    let (first, first_flow) = call(&one).await;
    assert!(two.stop().success());
    // The new version changes the tables beside one that has a call and a watcher.
    let two = home.start_with(&[(NEXT, &next)]);
    assert_eq!(self::known(&home), known + 1);
    let (second, second_flow) = call(&two).await;
    hang_up(&two, &first).await;
    told(&mut frames, &first_flow, ActiveflowEventType::Ended).await;
    hang_up(&one, &second).await;
    let token = told(&mut frames, &second_flow, ActiveflowEventType::Ended).await;
    // Sleep that an old server leaves is slept on at a new one, and the other way round.
    let body = json!({"actions": [{"type": "sleep", "option": {"duration": 3_000}}]});
    let sleeps = text(&one.rest().ok("POST", "/v1.0/activeflows", Some(body.clone())).await, "id");
    assert!(one.stop().success());
    let mut frames = watch(&two.grpc().await, &token).await;
    told(&mut frames, &sleeps, ActiveflowEventType::Ended).await;
    // An old one may even come back, for an upgrade that has gone wrong.
    let one = home.start();
    let sleeps = text(&two.rest().ok("POST", "/v1.0/activeflows", Some(body)).await, "id");
    let mut frames = watch(&one.grpc().await, "").await;
    assert!(two.stop().success());
    told(&mut frames, &sleeps, ActiveflowEventType::Ended).await;
    let (third, third_flow) = call(&one).await;
    hang_up(&one, &third).await;
    told(&mut frames, &third_flow, ActiveflowEventType::Ended).await;
    assert!(home.log().contains("this version can still use it"), "{}", home.log());
    assert!(one.stop().success());
    assert!(home.start_with(&[(NEXT, &next)]).stop().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_older_servers_could_not_go_on_with_waits_until_they_are_gone() {
    let Some(home) = home() else { return };
    let one = home.start();
    let known = known(&home);
    let next = format!("{}:alter table ringdown.run rename column taken to token", known + 1);
    let (first, flow) = call(&one).await;
    let mut frames = watch(&one.grpc().await, "").await;
    let told_so = refusal(&home, &[(NEXT, &next)]);
    assert!(told_so.contains(&format!("knows schema {known}")) && told_so.contains("stop all older"), "{told_so}");
    assert_eq!(self::known(&home), known);
    hang_up(&one, &first).await;
    told(&mut frames, &flow, ActiveflowEventType::Ended).await;
    assert!(one.stop().success());
    // Nobody is in the way. The next version cannot use a column that only its migration knows of, but that is its matter.
    let mut command = home.command(&["customer", "create", "made by the next version"]);
    assert!(command.env(NEXT, &next).output().unwrap().status.success());
    assert_eq!(self::known(&home), known + 1);
    let told_so = refusal(&home, &[]);
    assert!(told_so.contains("newer version") && told_so.contains(&format!("knows {}", known + 1)), "{told_so}");
    assert!(told_so.contains(&format!("knows {known};")), "{told_so}");
}

/// What an older server cannot read it does not pass over, and whom it does not concern notices nothing.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_newer_version_wrote_waits_for_a_server_that_can_read_it() {
    let Some(home) = home() else { return };
    let one = home.start();
    let (_, key) = home.customer();
    let stranger = Grpc::new(one.channel().await, &key);
    let mut frames = watch(&one.grpc().await, "").await;
    let mut others = watch(&stranger, "").await;
    let body = || Some(json!({"actions": [{"type": "block"}]}));
    let before = text(&one.rest().ok("POST", "/v1.0/activeflows", body()).await, "id");
    let token = told(&mut frames, &before, ActiveflowEventType::Blocked).await;

    // From here on the log says "flocked", of which this version has never heard.
    sql(
        &home,
        "create function ringdown.strange() returns trigger language plpgsql as $$ begin \
           new.record = decode(replace(encode(new.record, 'hex'), encode('blocked', 'hex'), encode('flocked', 'hex')), 'hex'); \
           return new; end $$; \
         create trigger strange before insert on ringdown.log for each row execute function ringdown.strange()",
    );
    let strange = text(&one.rest().ok("POST", "/v1.0/activeflows", body()).await, "id");
    let status = loop {
        match frames.next().await.expect("it ends with an error") {
            Ok(frame) => assert_ne!(frame.event.map(|it| it.r#type()), Some(ActiveflowEventType::Blocked)),
            Err(status) => break status,
        }
    };
    assert_eq!(status.code(), Code::Unavailable, "{status:?}");
    assert!(status.message().contains("newer version"), "{status:?}");
    // What others have is told, and requests are answered.
    sql(&home, "drop trigger strange on ringdown.log");
    let request = CreateActiveflowRequest { actions: vec![block()], ..Default::default() };
    let own =
        stranger.activeflows.clone().create_activeflow(request).await.unwrap().into_inner().activeflow.unwrap().id;
    told(&mut others, &own, ActiveflowEventType::Blocked).await;
    assert_eq!(one.rest().ok("GET", &format!("/v1.0/activeflows/{strange}"), None).await["status"], "running");
    let (status, history) = one.rest().get(&format!("/v1.0/activeflows/{strange}/events")).await;
    assert_eq!((status, history["error"]["reason"].as_str()), (503, Some("NODE_UNAVAILABLE")), "{history}");
    // An order and something to be sent of which it has never heard: the one is refused, the other waits.
    let posted = "insert into ringdown.node_order (node, request) select id, '\\x81a44a756767c0' from ringdown.node \
                  where gone is null returning id";
    let order = sql(&home, posted);
    sql(
        &home,
        "insert into ringdown.outgoing (id, customer_id, kind, lane, state, attempts, due, since, status, error, tm_create, body) \
         select gen_random_uuid(), id, 99, 1, 1, 0, 0, extract(epoch from now()) * 1000000, 0, '', 0, '\\x81a44a756767c0' \
         from ringdown.customer limit 1",
    );
    let refused = format!(
        "select 1 from ringdown.node_order where id = {order} and reply is not null \
                           and position('NodeUnavailable'::bytea in reply) > 0"
    );
    until("that the order is refused", async || (sql(&home, &refused) == "1").then_some(())).await;
    let tried = "select 1 from ringdown.outgoing where kind = 99 and state = 1 and attempts > 0";
    until("that it was tried, and waits", async || (sql(&home, tried) == "1").then_some(())).await;

    // A server that can read it goes on from the same token, and nothing is missing.
    assert!(one.stop().success());
    sql(
        &home,
        "update ringdown.log set record = \
           decode(replace(encode(record, 'hex'), encode('flocked', 'hex'), encode('blocked', 'hex')), 'hex')",
    );
    let two = home.start();
    let mut frames = watch(&two.grpc().await, &token).await;
    told(&mut frames, &strange, ActiveflowEventType::Blocked).await;
    assert!(two.stop().success());
}

fn block() -> Action {
    Action { option: Some(action::Option::Block(BlockOption::default())), ..Action::default() }
}
