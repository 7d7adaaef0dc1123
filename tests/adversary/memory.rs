//! Memory: an attacker makes the server hold as much as it can. What the server holds is bounded in bytes, and others are
//! answered meanwhile.

use crate::binary::{Grpc, Home, Rest, Server, until};
use futures::future::join_all;
use ringdown::proto::action::Option as Opt;
use ringdown::proto::*;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tonic::Status;
use tonic_types::StatusExt;

const MIB: u64 = 1024 * 1024;

/// The least memory: the caches and queues have 40 MiB of it together.
const SMALL: &[&str] = &["--memory", "64MiB"];

/// The most memory that a process has had, in bytes.
fn peak(server: &Server) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.pid())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().strip_suffix("kB").unwrap().trim().parse::<u64>().unwrap() * 1024
}

/// The name of the reason of an error, and the field it is about.
fn why(status: &Status) -> (String, String) {
    let details = status.get_error_details();
    let reason = details.error_info().map(|info| info.reason.clone()).unwrap_or_default();
    let field = details.bad_request().and_then(|it| it.field_violations.first()).map(|it| it.field.clone());
    (reason, field.unwrap_or_default())
}

fn action(option: Opt) -> Action {
    Action { option: Some(option), ..Action::default() }
}

fn block() -> Action {
    action(Opt::Block(BlockOption::default()))
}

/// A thousand of the smallest actions: four kilobytes to send, and over a megabyte in memory.
fn thousand() -> Vec<Action> {
    vec![action(Opt::Beep(BeepOption::default())); 1_000]
}

/// An activeflow that waits until somebody continues it.
async fn blocked(grpc: &Grpc) -> String {
    let request = CreateActiveflowRequest { actions: vec![block()], ..Default::default() };
    grpc.activeflows.clone().create_activeflow(request).await.unwrap().into_inner().activeflow.unwrap().id
}

async fn push(grpc: &Grpc, id: &str, actions: Vec<Action>) -> Result<(), Status> {
    let request = PushActionsRequest { id: id.to_owned(), actions, ..Default::default() };
    grpc.activeflows.clone().push_actions(request).await.map(drop)
}

/// Every cache and queue is within its share, by its own count.
async fn assert_within_shares(rest: &Rest) {
    let text = rest.http.get(format!("{}/metrics", rest.url)).send().await.unwrap().text().await.unwrap();
    let values = |name: &str| -> Vec<(String, u64)> {
        let lines =
            text.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix("{cache=\"")?.split_once("\"} "));
        lines.map(|(cache, value)| (cache.to_owned(), value.parse().unwrap())).collect()
    };
    let limits = values("ringdown_cache_limit_bytes");
    assert!(limits.len() >= 8, "{text}");
    for (cache, bytes) in values("ringdown_cache_bytes") {
        let limit = limits.iter().find(|(name, _)| *name == cache).unwrap().1;
        // A queue may exceed its limit by the last item.
        assert!(bytes <= limit + 2 * MIB, "{cache}: {bytes} of {limit}");
    }
}

/// Caches that were bounded by the number of entries let 171 MB of pushed lists become 5.1 GB, and a list of 100
/// activeflows after a restart loaded all of them: 2.3 GB. Here the lists of 20 activeflows weigh over
/// 130 MB once they are parsed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pushed_lists_are_weighed_and_lists_load_what_they_show() {
    let home = Home::new(SMALL);
    let server = home.start();
    let grpc = server.grpc().await;
    let (pushed, refused) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let attacks = (0..20).map(|_| async {
        let id = blocked(&grpc).await;
        // An activeflow holds at most eight megabytes of lists.
        for _ in 0..16 {
            match push(&grpc, &id, thousand()).await {
                Ok(()) => drop(pushed.fetch_add(1, Ordering::Relaxed)),
                Err(status) => {
                    assert_eq!(why(&status), ("INVALID_ARGUMENT".to_owned(), "actions".to_owned()), "{status}");
                    refused.fetch_add(1, Ordering::Relaxed);
                    break;
                }
            }
        }
        id
    });
    let ids = join_all(attacks).await;
    let (pushed, refused) = (pushed.into_inner(), refused.into_inner());
    assert!(pushed >= 3 * ids.len() && refused == ids.len(), "{pushed} pushed, {refused} refused");
    let full = peak(&server);
    assert!(full < 210 * MIB, "{} MiB for {pushed} lists", full / MIB);
    assert_within_shares(&server.rest()).await;
    // What was pushed runs.
    let request = ContinueActiveflowRequest { id: ids[0].clone(), ..Default::default() };
    let shown = grpc.activeflows.clone().get_activeflow(GetActiveflowRequest { id: ids[0].clone() }).await.unwrap();
    let shown = shown.into_inner().activeflow.unwrap();
    assert_eq!(shown.pending_actions.len(), 100);
    let current_action_id = shown.current_action.unwrap().id;
    let request = ContinueActiveflowRequest { current_action_id, ..request };
    grpc.activeflows.clone().continue_activeflow(request).await.unwrap();
    server.kill();

    let server = home.start();
    let before = peak(&server);
    let grpc = server.grpc().await;
    for _ in 0..5 {
        let request = ListActiveflowsRequest { page_size: 100, ..Default::default() };
        let list = grpc.activeflows.clone().list_activeflows(request).await.unwrap().into_inner();
        assert_eq!((list.activeflows.len(), list.next_page_token.as_str()), (ids.len(), ""));
        let blocked = |it: &&Activeflow| matches!(it.current_action.as_ref().unwrap().option, Some(Opt::Block(_)));
        assert!(list.activeflows.iter().filter(blocked).count() >= ids.len() - 1);
    }
    let request = WatchActiveflowsRequest { include_snapshot: true, ..Default::default() };
    let mut snapshot = grpc.activeflows.clone().watch_activeflows(request).await.unwrap().into_inner();
    for _ in 0..ids.len() {
        let frame = snapshot.message().await.unwrap().unwrap();
        let activeflow = frame.into_message().unwrap().activeflow.unwrap();
        assert!(activeflow.current_action.is_some());
    }
    let listed = peak(&server);
    assert!(listed < before + 40 * MIB, "{} MiB, and {} before the lists", listed / MIB, before / MIB);
}

/// A body of 30,000 actions was parsed and checked on the thread of its connection: 64 of them made `/healthz` take 3.6 s.
/// Now they are counted first; and bodies that must be checked in full are, on another thread.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn health_is_answered_while_large_flows_are_checked() {
    let home = Home::new(SMALL);
    let server = home.start();
    let rest = Arc::new(server.rest());
    let beep = |count: usize| json!({"name": "", "actions": vec![json!({"type": "beep"}); count]});
    let many = Arc::new(beep(30_000).to_string().into_bytes());
    // The bodies that a customer has in progress may have 16 MiB.
    for _ in 0..4 {
        let refused = join_all((0..16).map(|_| rest.send_raw("POST", "/v1.0/flows", many.to_vec()))).await;
        for (status, answer) in refused {
            let violation = &answer["error"]["details"][0];
            assert_eq!((status, &answer["error"]["reason"]), (400, &json!("INVALID_ACTION_OPTION")), "{answer}");
            assert_eq!(
                *violation,
                json!({"field": "actions", "description": "expected at most 1000 actions"}),
                "{answer}"
            );
        }
    }
    let text = "a".repeat(150);
    let talk = json!({"type": "talk", "option": {"text": text, "language": "en-US"}});
    let large = json!({"name": "", "actions": vec![talk; 700]}).to_string().into_bytes();
    let left = Arc::new(AtomicUsize::new(64));
    let posts = (0..64).map(|_| {
        let (rest, left, large) = (rest.clone(), left.clone(), large.clone());
        tokio::spawn(async move {
            let (status, answer) = rest.send_raw("POST", "/v1.0/flows", large).await;
            left.fetch_sub(1, Ordering::SeqCst);
            assert_eq!(status, 200, "{}", answer["error"]);
        })
    });
    let posts: Vec<_> = posts.collect();
    let mut answered = 0;
    while left.load(Ordering::SeqCst) > 0 {
        // A connection of its own, as a load balancer makes it, on whichever core.
        let health = crate::binary::http().get(format!("{}/healthz", rest.url)).send().await.unwrap();
        assert_eq!(health.status(), 200);
        answered += usize::from(left.load(Ordering::SeqCst) > 0);
    }
    for post in posts {
        post.await.unwrap();
    }
    assert!(answered >= 20, "/healthz was answered {answered} times meanwhile");
    assert!(peak(&server) < 250 * MIB, "{} MiB", peak(&server) / MIB);
}

/// An empty action takes two bytes on the wire and hundreds in memory: a request of one megabyte became 180 MB before
/// anything was checked, and 64 of them 11 GB.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn actions_are_counted_before_a_message_is_built() {
    let home = Home::new(SMALL);
    let server = home.start();
    let grpc = server.grpc().await;
    let before = peak(&server);
    let request = CreateFlowRequest { actions: vec![Action::default(); 60_000], ..Default::default() };
    for _ in 0..4 {
        let refused = grpc.flows.clone().create_flow(request.clone()).await.unwrap_err();
        assert_eq!(why(&refused), ("INVALID_ACTION_OPTION".to_owned(), "actions".to_owned()), "{refused}");
    }
    let inside = CallOption { actions: request.actions, ..Default::default() };
    let request = ValidateFlowRequest { actions: vec![action(Opt::Call(inside))], ..Default::default() };
    let refused = grpc.flows.clone().validate_flow(request).await.unwrap_err();
    assert_eq!(why(&refused).0, "INVALID_ARGUMENT", "{refused}");
    let now = peak(&server);
    assert!(now < before + 15 * MIB, "{} MiB, and {} before", now / MIB, before / MIB);
    // The same in JSON, with values in place of actions.
    let values = format!("{{\"name\": \"\", \"actions\": [[{}1]]}}", "[],".repeat(300_000));
    let (status, answer) = server.rest().send_raw("POST", "/v1.0/flows", values.into_bytes()).await;
    assert_eq!((status, &answer["error"]["reason"]), (400, &json!("INVALID_JSON_BODY")), "{answer}");
}

/// An activeflow shows the last hundred actions that it executed. A loop over one large action made that a response, and
/// an answer kept under an idempotency key, of many times the action's size.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn executed_actions_are_shown_within_a_bound() {
    let home = Home::new(SMALL);
    let server = home.start();
    let rest = server.rest();
    let id = "6f18ae1c-ddf8-413b-9572-ad30574604ef";
    let actions = json!([
        {"id": id, "type": "variable_set", "option": {"key": "a", "value": "v".repeat(30_000)}},
        {"type": "goto", "option": {"target_id": id, "loop_count": 49}},
        {"type": "block"},
    ]);
    let made = rest.ok("POST", "/v1.0/activeflows", Some(json!({"actions": actions}))).await;
    let path = format!("/v1.0/activeflows/{}", made["id"].as_str().unwrap());
    let shown: Value = until("the loop is over", async || {
        let shown = rest.ok("GET", &path, None).await;
        (shown["current_action"]["type"] == "block").then_some(shown)
    })
    .await;
    let executed = shown["executed_actions"].as_array().unwrap();
    assert!((20..45).contains(&executed.len()), "{} executed actions", executed.len());
    assert_eq!(executed.last().unwrap()["type"], "block");
    assert!(shown.to_string().len() < 1024 * 1024);
}

/// Watchers that resume from far back and do not read held as many frames each as fit in a batch, and read the log without
/// an end. Their frames are bounded in all, and another customer's watch goes on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn watchers_that_do_not_read_leave_room_for_others() {
    let home = Home::new(SMALL);
    let server = home.start();
    let (attacker, (_, key)) = (server.grpc().await, home.customer());
    let watched = WatchActiveflowsRequest::default();
    let mut first = attacker.activeflows.clone().watch_activeflows(watched).await.unwrap().into_inner();
    let resume_token = first.message().await.unwrap().unwrap().into_message().unwrap().resume_token;
    let value = "v".repeat(30_000);
    for _ in 0..60 {
        let set = |key: &str| {
            action(Opt::VariableSet(VariableSetOption { key: Some(key.to_owned()), value: Some(value.clone()) }))
        };
        let request = CreateActiveflowRequest { actions: vec![set("a"), set("b")], ..Default::default() };
        attacker.activeflows.clone().create_activeflow(request).await.unwrap();
    }
    let before = peak(&server);
    let resumed = WatchActiveflowsRequest { resume_token, ..Default::default() };
    let open = (0..100).map(|_| attacker.activeflows.clone());
    let stalled = join_all(open.map(|mut client| {
        let request = resumed.clone();
        async move { client.watch_activeflows(request).await.unwrap().into_inner() }
    }))
    .await;
    let other = Grpc::new(server.channel().await, &key);
    let watched = WatchActiveflowsRequest::default();
    let mut watch = other.activeflows.clone().watch_activeflows(watched).await.unwrap().into_inner();
    watch.message().await.unwrap().unwrap();
    let id = blocked(&other).await;
    let frame = watch.message().await.unwrap().unwrap();
    assert_eq!(frame.into_message().unwrap().activeflow.unwrap().id, id);
    assert_within_shares(&server.rest()).await;
    let now = peak(&server);
    assert!(now < before + 80 * MIB, "{} MiB, and {} before", now / MIB, before / MIB);
    drop(stalled);
}
