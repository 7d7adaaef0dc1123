//! What was answered under an idempotency key before is answered again.

use crate::fixture::{self, Copied, Kind, Reach};
use crate::watch::Frames;
use crate::{inventory, rest};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn requests_of_before_get_the_same_answers_on_sqlite() {
    all(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_of_before_get_the_same_answers_on_postgres() {
    all(Kind::Postgres).await;
}

async fn all(kind: Kind) {
    for version in fixture::versions() {
        let Some(copy) = Copied::of(&version, kind, Reach::Nobody) else { return };
        copy.renew_answers().await;
        are_given_again(&copy).await;
    }
}

async fn are_given_again(copy: &Copied) {
    let server = copy.home.start();
    let ann = &copy.expected.people[0];
    let rest = rest(&server.url, &ann.keys[0]);
    assert!(copy.expected.answers.len() >= 8);
    for then in &copy.expected.answers {
        let header = [("idempotency-key", then.key.as_str())];
        let (status, answer) = rest.send_with("POST", &then.path, Some(&then.body), &header).await;
        let same = inventory::shown_before(&answer, &then.answer);
        assert_eq!((status, same.to_string()), (200, then.answer.to_string()), "{}", then.path);
    }
    let (then, other) = (&copy.expected.answers[0], json!({"actions": [{"type": "block"}]}));
    let header = [("idempotency-key", then.key.as_str())];
    let (status, answer) = rest.send_with("POST", &then.path, Some(&other), &header).await;
    assert_eq!((status, answer["error"]["reason"].as_str()), (409, Some("IDEMPOTENCY_KEY_REUSED")), "{answer}");
    if !copy.tokens_hold() {
        let grpc = crate::grpc(&server, &ann.keys[0]).await;
        let token = json!({"resume_token": ann.activeflows_token});
        let refused = Frames::activeflows_refused(&grpc, token).await;
        assert!(refused.message().contains("another log"), "{refused}");
    }
}
