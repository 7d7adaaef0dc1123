//! Watches as Server-Sent Events.

use crate::fake::Fake;
use prost::Message;
use ringdown::error::{Error, Reason};
use ringdown::proto::*;
use serde_json::Value;

fn frame(token: &str, r#type: WatchType) -> Vec<u8> {
    let told = r#type != WatchType::Progress;
    let activeflow =
        Activeflow { id: "a".into(), variables: [("k".into(), "v".into())].into(), ..Activeflow::default() };
    let event =
        ActiveflowEvent { id: "e".into(), r#type: ActiveflowEventType::Ended.into(), ..ActiveflowEvent::default() };
    ActiveflowFrame {
        resume_token: token.into(),
        r#type: r#type.into(),
        activeflow: told.then_some(activeflow),
        event: told.then_some(event),
    }
    .encode_to_vec()
}

fn data(event: &str) -> Value {
    let data = event.lines().find_map(|line| line.strip_prefix("data: ")).unwrap();
    serde_json::from_str(data).unwrap()
}

#[tokio::test]
async fn events_carry_their_token_and_a_fault_is_the_last() {
    let fake = Fake::default();
    let fault = Error::new(Reason::ShuttingDown, "the server stops");
    fake.tells(vec![
        Ok(frame("t1", WatchType::Updated)),
        Ok(frame("t2", WatchType::Progress)),
        Err(fault.into()),
        Ok(frame("t3", WatchType::Progress)),
    ]);
    let answer = fake.send("GET /v1.0/activeflows/watch", &[("x-request-id", "w1")], "").await;
    assert_eq!(answer.headers["content-type"], "text/event-stream");
    let events: Vec<&str> = answer.text.trim_end().split("\n\n").collect();
    assert_eq!(events.len(), 3, "{}", answer.text);
    assert!(events[0].contains("id: t1\n"));
    let first = data(events[0]);
    assert_eq!((first["type"].as_str(), first["event"]["type"].as_str()), (Some("updated"), Some("ended")));
    assert_eq!(first["activeflow"]["id"], "a");
    assert!(first["activeflow"].get("variables").is_none(), "a watch shows the list view");
    let second = data(events[1]);
    assert_eq!((&second["activeflow"], &second["event"]), (&Value::Null, &Value::Null));
    assert!(events[2].contains("event: fault"));
    assert_eq!(data(events[2])["error"]["reason"], "SHUTTING_DOWN");
    assert_eq!(data(events[2])["error"]["request_id"], "w1");
}

#[tokio::test]
async fn the_last_event_id_resumes() {
    let fake = Fake::default();
    let line = "GET /v1.0/calls/watch?resume_token=old&ids=a%26b";
    fake.send(line, &[("last-event-id", "new+1")], "").await;
    let request = fake.asked::<WatchCallsRequest>().1;
    assert_eq!((request.resume_token.as_str(), request.ids[0].as_str()), ("new+1", "a&b"));
}

#[tokio::test]
async fn what_fails_before_the_first_event_is_an_ordinary_error() {
    let fake = Fake::default();
    let expired = || Error::new(Reason::ResumeTokenExpired, "the oldest is t7");
    let answer = fake.fails(expired()).send("GET /v1.0/activeflows/watch", &[], "").await;
    assert_eq!(answer.error(), "410 RESUME_TOKEN_EXPIRED the oldest is t7");
    let answer = fake.tells(vec![Err(expired().into())]).send("GET /v1.0/activeflows/watch", &[], "").await;
    assert_eq!(answer.error(), "410 RESUME_TOKEN_EXPIRED the oldest is t7");
}
