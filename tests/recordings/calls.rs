//! What the tests have in common: calls that are recorded, and what is known of their recordings.

use crate::server::{Home, Rest, Server, until};
use serde_json::{Value, json};

/// The size of a WAV file of so many milliseconds.
pub fn size(ms: u64) -> u64 {
    44 + ms * 16
}

/// A server on which nothing takes time: recordings are as long as they would have been, to the millisecond.
pub fn at_once() -> (Home, Server) {
    let home = Home::new(&["--sim-speed", "0"]);
    let server = home.start();
    (home, server)
}

pub fn action(kind: &str, option: Value) -> Value {
    json!({"type": kind, "option": option})
}

/// Speech of so many tenths of a second: six take a hundred characters.
pub fn talk(characters: usize) -> Value {
    action("talk", json!({"text": "x".repeat(characters)}))
}

/// Calls a number, which runs these actions; the id of the call.
pub async fn call(rest: &Rest, number: &str, actions: &[Value]) -> String {
    let tel = |target: &str| json!({"type": "tel", "target": target});
    let body = json!({"source": tel("+15550000000"), "destination": tel(number), "actions": actions});
    let (status, call) = rest.post("/v1.0/calls", body).await;
    assert_eq!(status, 200, "{call}");
    call["id"].as_str().unwrap().to_owned()
}

/// The call, once it is as it should be.
pub async fn call_that(rest: &Rest, id: &str, what: &str, is: impl Fn(&Value) -> bool) -> Value {
    until(what, || async {
        let (_, call) = rest.get(&format!("/v1.0/calls/{id}")).await;
        is(&call).then_some(call)
    })
    .await
}

pub async fn call_at(rest: &Rest, id: &str, action: &str) -> Value {
    call_that(rest, id, action, |call| call["action"]["type"] == action).await
}

pub async fn call_that_is_over(rest: &Rest, id: &str) -> Value {
    call_that(rest, id, "the end of the call", |call| call["status"] == "hangup").await
}

/// The only recording of a call, once it is over.
pub async fn recording_of(rest: &Rest, call_id: &str) -> Value {
    until("the end of the recording", || async {
        let (status, page) = rest.get(&format!("/v1.0/recordings?call_id={call_id}")).await;
        assert_eq!(status, 200, "{page}");
        let recordings = page["result"].as_array().unwrap();
        assert!(recordings.len() <= 1, "{page}");
        recordings.first().filter(|it| it["status"] != "recording").cloned()
    })
    .await
}

/// Asserts that a request is refused so.
pub async fn refused(rest: &Rest, verb: &str, path: &str, body: Option<&Value>, status: u16, reason: &str) -> Value {
    let (told, answer) = rest.send(verb, path, body).await;
    assert_eq!((told, answer["error"]["reason"].as_str()), (status, Some(reason)), "{verb} {path}: {answer}");
    answer
}
