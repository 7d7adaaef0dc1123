//! What flows ask of servers outside that are in trouble: each action ends as the catalogue says, the history tells why, and
//! no other flow waits for it.

use crate::post_office::{Manners, PostOffice, Whim};
use crate::receiver::{Mode, Receiver};
use crate::server::{Grpc, Home};
use crate::{action, block, deliveries, home, set, start, until};
use ringdown::proto::action::Option as Act;
use ringdown::proto::*;
use std::time::{Duration, Instant};

fn fetch(url: &str) -> Action {
    let (event_url, timeout_ms) = (Some(url.to_owned()), Some(1_000));
    action(Act::Fetch(FetchOption { event_url, timeout_ms, ..Default::default() }))
}

fn webhook(url: &str) -> Action {
    let (uri, timeout_ms) = (Some(url.to_owned()), Some(1_000));
    action(Act::WebhookSend(WebhookSendOption { uri, timeout_ms, sync: Some(true), ..Default::default() }))
}

fn mail(target: &str) -> Action {
    let to = Address { r#type: "email".to_owned(), target: target.to_owned(), ..Default::default() };
    let (subject, content) = (Some("Missed call".to_owned()), Some("Call back.".to_owned()));
    action(Act::EmailSend(EmailSendOption { destinations: vec![to], subject, content, ..Default::default() }))
}

async fn ended(grpc: &mut Grpc, id: &str) -> Activeflow {
    let mut shown = Activeflow::default();
    until("that it ends", async || {
        let request = GetActiveflowRequest { id: id.to_owned() };
        shown = grpc.activeflows.get_activeflow(request).await.unwrap().into_inner().activeflow.unwrap();
        shown.status() == ActiveflowStatus::Ended
    })
    .await;
    shown
}

/// The outcome and the error of the first action that is over, from the history.
async fn first_outcome(grpc: &mut Grpc, id: &str) -> (ActionOutcome, String) {
    let request = ListActiveflowEventsRequest { id: id.to_owned(), ..Default::default() };
    let events = grpc.activeflows.list_activeflow_events(request).await.unwrap().into_inner().events;
    let over = events.iter().rev().find(|it| it.r#type() == ActiveflowEventType::ActionFinished).unwrap();
    (over.outcome(), over.error.clone())
}

/// Flows that have nothing to do with the trouble end at once.
async fn others_go_on(grpc: &mut Grpc) {
    let begun = Instant::now();
    for _ in 0..20 {
        let id = start(grpc, vec![set("a", "b")], "").await;
        assert_eq!(ended(grpc, &id).await.end_reason(), EndReason::Finished);
    }
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fetch_that_brings_no_actions_ends_the_flow_and_says_why() {
    let home = home(&[]);
    let server = home.start();
    let mut grpc = server.grpc().await;
    let deep = r#"{"actions": [{"type": "goto", "option": {"target_id": "6f18ae1c-ddf8-413b-9572-ad305746000a", "loop_count": 1}}]}"#;
    let mail = r#"{"actions": [{"type": "email_send", "option":
        {"destinations": [{"type": "email", "target": "a@a.example"}], "subject": "a"}}]}"#;
    let modes = [
        (Mode::Answer(500), "status: the server answered 500"),
        (Mode::Say(200, "<!doctype html><title>Sign in</title>".to_owned()), "invalid_actions: the answer is not JSON"),
        (Mode::Say(200, "x".repeat(10 << 20)), "too_large: "),
        (Mode::Say(200, r#"{"actions": [{"type": "dance"}]}"#.to_owned()), "invalid_actions: actions[0]"),
        (Mode::Say(200, deep.to_owned()), "invalid_actions: actions[0].option.target_id"),
        (Mode::Say(200, mail.to_owned()), "invalid_actions: actions[0].type: requires a mail server (--smtp-url)"),
        (Mode::Say(200, "3".to_owned()), "invalid_actions: "),
        (Mode::Redirect("http://169.254.169.254/".to_owned()), "redirect: "),
        (Mode::Reset, "broken: "),
        (Mode::Hang, "timeout: "),
    ];
    let mut runs = Vec::new();
    for (mode, error) in modes {
        let receiver = Receiver::start(mode.clone()).await;
        let id = start(&mut grpc, vec![fetch(&receiver.url), set("reached", "yes")], "").await;
        runs.push((id, receiver, mode, error));
    }
    others_go_on(&mut grpc).await;
    for (id, receiver, mode, error) in runs {
        let shown = ended(&mut grpc, &id).await;
        let mode: String = format!("{mode:?}").chars().take(100).collect();
        assert_eq!((shown.end_reason(), receiver.got().len()), (EndReason::Failed, 1), "{mode}");
        assert!(shown.error.contains(error), "{mode}: {}", shown.error);
        assert!(!shown.variables.contains_key("reached"), "{mode}");
        let (outcome, told) = first_outcome(&mut grpc, &id).await;
        assert!(outcome == ActionOutcome::Failed && told.starts_with(error), "{mode}: {outcome:?} {told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_that_is_waited_for_fails_and_the_flow_goes_on() {
    let home = home(&[]);
    let server = home.start();
    let mut grpc = server.grpc().await;
    let mut runs = Vec::new();
    for (mode, error) in [
        (Mode::Answer(503), "status: the server answered 503"),
        (Mode::Redirect("http://127.0.0.1:1/".to_owned()), "redirect: "),
        (Mode::Reset, "broken: "),
        (Mode::Hang, "timeout: "),
    ] {
        let receiver = Receiver::start(mode).await;
        let id = start(&mut grpc, vec![webhook(&receiver.url), set("reached", "${voipbin.action.outcome}")], "").await;
        runs.push((id, receiver, error));
    }
    others_go_on(&mut grpc).await;
    for (id, _receiver, error) in runs {
        let shown = ended(&mut grpc, &id).await;
        assert_eq!((shown.end_reason(), shown.variables["reached"].as_str()), (EndReason::Finished, "failed"));
        let (outcome, told) = first_outcome(&mut grpc, &id).await;
        assert!(outcome == ActionOutcome::Failed && told.starts_with(error), "{outcome:?} {told}");
    }
}

/// More receivers hang than there are places, and then the server is started again among them.
#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_receivers_that_hang_delay_nobody() {
    let (home, good) = (
        home(&["--outbound-allow", "127.0.0.0/8:*", "--customer-limit", "outbound_requests=200"]),
        Receiver::start(Mode::Answer(204)).await,
    );
    let mut server = home.start();
    let mut grpc = server.grpc().await;
    for host in 1..=100 {
        let hanging = Receiver::start_on(&format!("127.0.1.{host}"), Mode::Hang).await;
        start(&mut grpc, vec![block()], &hanging.url).await;
    }
    for _ in 0..2 {
        let before = good.got().len();
        let begun = Instant::now();
        let id = start(&mut grpc, vec![set("a", "b")], &good.url).await;
        until("that the good receiver has all", async || {
            let got = &good.got()[before..];
            got.iter().any(|got| got.json()["type"] == "activeflow_ended" && got.json()["data"]["id"] == *id)
        })
        .await;
        assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
        server.kill();
        server = home.start();
        grpc = server.grpc().await;
    }
    assert!(deliveries(&mut grpc, WebhookDeliveryStatus::Waiting).await.len() >= 100);
}

/// What became of each mail, from a database whose server is not running.
fn mails(home: &Home) -> Vec<(i64, String)> {
    let db = rusqlite::Connection::open(home.path().join("ringdown.db")).unwrap();
    let mut select = db.prepare("select state, error from outgoing where kind = 3 order by key").unwrap();
    select.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_server_that_refuses_is_told_and_holds_up_no_flow() {
    const DEAD: i64 = 4;
    const DELIVERED: i64 = 3;
    for (manners, state, error) in [
        (Manners { at: "RCPT", does: Whim::Say("550 nobody"), ..Manners::default() }, DEAD, "refused: "),
        (Manners { at: ".", does: Whim::Close, ..Manners::default() }, DEAD, "unknown: "),
        (Manners::default(), DELIVERED, ""),
    ] {
        let office = PostOffice::open(manners).await;
        let url = format!("smtp://{}?tls=none", office.address);
        let home = home(&["--smtp-url", &url, "--mail-from", "no-reply@ring.example"]);
        let server = home.start();
        let mut grpc = server.grpc().await;
        let id = start(&mut grpc, vec![mail("ann@a.example"), set("reached", "yes")], "").await;
        let shown = ended(&mut grpc, &id).await;
        assert_eq!((shown.end_reason(), shown.variables["reached"].as_str()), (EndReason::Finished, "yes"));
        others_go_on(&mut grpc).await;
        until("that it is settled", async || mails(&home)[0].0 == state).await;
        let (_, told) = mails(&home).remove(0);
        assert!(told.starts_with(error) && told.is_empty() == error.is_empty(), "{told}");
        // Its operator reads of it; it is tried once.
        assert_eq!(home.log().contains("a mail is given up"), state == DEAD, "{}", home.log());
        assert_eq!(office.heard().len(), 1);
        assert!(server.stop().success());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_mail_server_mail_is_refused_at_the_door() {
    let home = home(&[]);
    let server = home.start();
    let mut grpc = server.grpc().await;
    let rest = server.rest();
    let wanted = serde_json::json!({"actions": [{"type": "answer"}, {"type": "email_send", "option": {
        "destinations": [{"type": "email", "target": "ann@a.example"}], "subject": "a"}}]});
    for path in ["/v1.0/flows", "/v1.0/activeflows"] {
        let (status, told) = rest.post(path, wanted.clone()).await;
        assert_eq!((status, told["error"]["reason"].as_str()), (501, Some("ACTION_NOT_AVAILABLE")), "{told}");
        assert_eq!(told["error"]["details"][0]["field"], "actions[1].type");
        assert!(told["error"]["details"][0]["description"].as_str().unwrap().contains("--smtp-url"), "{told}");
    }
    let blocked = start(&mut grpc, vec![block()], "").await;
    let push = PushActionsRequest { id: blocked, actions: vec![mail("ann@a.example")], ..Default::default() };
    assert_eq!(grpc.activeflows.push_actions(push).await.unwrap_err().code(), tonic::Code::Unimplemented);
    let checked = rest.ok("POST", "/v1.0/flows/validate", Some(wanted.clone())).await;
    assert_eq!(
        (checked["valid"].as_bool(), checked["problems"][0]["field"].as_str()),
        (Some(false), Some("actions[1].type"))
    );
    // A dry run sends nothing.
    assert_eq!(rest.ok("POST", "/v1.0/flows/simulate", Some(wanted)).await["passed"], true);
    let types = grpc.actions.list_action_types(ListActionTypesRequest {}).await.unwrap().into_inner().action_types;
    let told = types.iter().find(|it| it.name == "email_send").unwrap();
    assert!(!told.available && told.unavailable_reason.contains("--smtp-url"));
}
