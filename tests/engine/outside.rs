//! Actions that send something out of the flow: what goes with the commit.

use crate::script::{named, revision};
use crate::world::{START, World};
use ringdown::engine::{Input, Output, Start};
use ringdown::model::call::{Address, AddressType, Call, Direction, HangupBy, HangupReason, Status};
use ringdown::model::outgoing::{HttpRequest, OutboxPayload, Outgoing};
use ringdown::model::telephony::Signal;
use ringdown::model::variables::Variables;
use uuid::Uuid;

fn start(actions: &str) -> Start {
    Start {
        id: named("activeflow"),
        customer_id: named("customer"),
        revision: revision(actions, 0),
        call: None,
        early_execution: false,
        variables: Variables::default(),
        on_complete_flow_id: Uuid::nil(),
        webhook_uri: String::new(),
        webhook_method: String::new(),
    }
}

fn payloads(output: Output) -> Vec<OutboxPayload> {
    output.outgoing.into_iter().map(|Outgoing { payload, .. }| payload).collect()
}

/// What the first step of a flow without a call sends.
fn sent(actions: &str) -> Vec<OutboxPayload> {
    let (_, output) = World::start(start(actions), START, 1);
    payloads(output)
}

#[test]
fn webhook_send_has_its_defaults_where_a_variable_leaves_nothing() {
    let request = |data_type: &str| {
        OutboxPayload::Webhook(HttpRequest {
            method: "POST".to_owned(),
            uri: "https://a.example/".to_owned(),
            data_type: data_type.to_owned(),
            data: String::new(),
            timeout_ms: 10_000,
        })
    };
    for (option, data_type) in [
        ("", "application/json"),
        (r#", "data_type": "text/plain""#, "text/plain"),
        (r#", "data_type": """#, "application/json"),
        (r#", "data_type": "${nothing}""#, "application/json"),
    ] {
        let flow = format!(r#"[{{"type": "webhook_send", "option": {{"uri": "https://a.example/"{option}}}}}]"#);
        assert_eq!(sent(&flow), [request(data_type)], "{option}");
    }
}

/// The call is over, and the flow that follows it still writes from the number that was ours.
#[test]
fn message_send_after_a_call_is_from_our_side_of_it() {
    let tel = |target: &str| Address { kind: AddressType::Tel, target: target.to_owned(), ..Call::blank().source };
    let (caller, callee) = (tel("+15550000009"), tel("+15550000001"));
    for (direction, status, ours) in
        [(Direction::Incoming, Status::Ringing, &callee), (Direction::Outgoing, Status::Dialing, &caller)]
    {
        let (source, destination) = (caller.clone(), callee.clone());
        let call =
            Call { id: named("call"), source, destination, direction, status, tm_create: START, ..Call::blank() };
        let block = start(r#"[{"type": "block"}]"#);
        let begun = Start { call: Some(call), on_complete_flow_id: named("after"), ..block };
        let (mut world, _) = World::start(begun, START, 1);
        let signal =
            Signal::Hangup { by: HangupBy::Remote, reason: HangupReason::Cancel, sip_code: 0, cause: String::new() };
        world.step(Input::Signal { call_id: named("call"), signal }).unwrap();
        let thanks = r#"[{"type": "message_send", "option": {"destinations": [{"type": "tel", "target": "+15550000002"}], "text": "hi"}}]"#;
        let (operation, revision) = (world.run.pending_flows[0].operation, Some(revision(thanks, 1)));
        let output = world.step(Input::Loaded { operation, revision }).unwrap();
        let (_, after) = output.spawned.into_iter().next().expect("the flow that follows");
        let wanted =
            OutboxPayload::Message { source: ours.clone(), destination: tel("+15550000002"), text: "hi".to_owned() };
        assert_eq!(payloads(after), [wanted]);
    }
}
