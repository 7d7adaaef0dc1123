//! Conferences, and who answers.

use crate::calls::*;
use serde_json::json;

#[tokio::test]
async fn calls_meet_in_a_conference_until_each_leaves() {
    let (_home, server) = at_once();
    let rest = server.rest();
    let room = "6f18ae1c-ddf8-413b-9572-ad30574604ef";
    for (join, id) in [("conference_join", "conference_id"), ("confbridge_join", "confbridge_id")] {
        let actions = [talk(5), action(join, json!({id: room})), talk(5)];
        let one = call(&rest, "+15550000001", &actions).await;
        let other = call(&rest, "+15550000001", &actions).await;
        for call_id in [&one, &other] {
            call_at(&rest, call_id, join).await;
        }
        assert_eq!(rest.post(&format!("/v1.0/calls/{one}/hangup"), json!({})).await.0, 200);
        let over = call_that_is_over(&rest, &one).await;
        let (_, ended) = rest.get(&format!("/v1.0/activeflows/{}", over["activeflow_id"].as_str().unwrap())).await;
        assert_eq!(ended["end_reason"], "hangup");
        let (_, call) = rest.get(&format!("/v1.0/calls/{other}")).await;
        assert_eq!((&call["status"], &call["action"]["type"]), (&json!("progressing"), &json!(join)));
        // Something more urgent takes the other one out of the room; its flow goes on behind it.
        let push = json!({"actions": [talk(5)], "interrupt": true});
        let activeflow_id = call["activeflow_id"].as_str().unwrap();
        let (status, pushed) = rest.post(&format!("/v1.0/activeflows/{activeflow_id}/push_actions"), push).await;
        assert_eq!(status, 200, "{pushed}");
        let over = call_that_is_over(&rest, &other).await;
        assert_eq!((&over["hangup_by"], &over["hangup_reason"]), (&json!("local"), &json!("normal")));
        let (_, ended) = rest.get(&format!("/v1.0/activeflows/{activeflow_id}")).await;
        assert_eq!((&ended["end_reason"], &ended["error"]), (&json!("finished"), &json!("")));
    }
}

#[tokio::test]
async fn machines_are_told_from_people() {
    let (_home, server) = at_once();
    let rest = server.rest();
    for (number, handle, result, reason) in [
        ("+15550000007", "continue", "machine", "normal"),
        ("+15550000007", "hangup", "machine", "amd"),
        ("+15550000001", "continue", "human", "normal"),
        ("+15550000001", "hangup", "human", "normal"),
    ] {
        for r#async in [false, true] {
            // Asynchronously the flow is at the sleep when the answer comes, or it has come by then.
            let rest_of_it = if r#async { action("sleep", json!({"duration": 300})) } else { talk(5) };
            let actions = [action("amd", json!({"machine_handle": handle, "async": r#async})), rest_of_it];
            let call_id = call(&rest, number, &actions).await;
            let over = call_that_is_over(&rest, &call_id).await;
            let case = format!("{number} {handle} {async}", r#async = r#async);
            assert_eq!((&over["hangup_reason"], &over["hangup_by"]), (&json!(reason), &json!("local")), "{case}");
            let activeflow_id = over["activeflow_id"].as_str().unwrap();
            let (_, activeflow) = rest.get(&format!("/v1.0/activeflows/{activeflow_id}")).await;
            assert_eq!(activeflow["variables"]["voipbin.amd.result"], result, "{case}");
            assert_eq!(activeflow["end_reason"], "finished", "{case}");
        }
    }
}
