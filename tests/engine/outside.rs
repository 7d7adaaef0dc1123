//! Actions that send something out of the flow: what goes with the commit.

use crate::script::{named, revision};
use crate::world::{START, World};
use ringdown::engine::Start;
use ringdown::model::outgoing::{HttpRequest, Outgoing, Parcel};
use ringdown::model::variables::Variables;
use uuid::Uuid;

/// What the first step of a flow without a call sends.
fn sent(actions: &str) -> Vec<Parcel> {
    let start = Start {
        id: named("activeflow"),
        customer_id: named("customer"),
        revision: revision(actions, 0),
        call: None,
        early_execution: false,
        variables: Variables::default(),
        on_complete_flow_id: Uuid::nil(),
        webhook_uri: String::new(),
        webhook_method: String::new(),
    };
    let (_, output) = World::start(start, START, 1);
    output.outgoing.into_iter().map(|Outgoing { what, .. }| what).collect()
}

#[test]
fn webhook_send_has_its_defaults_where_a_variable_leaves_nothing() {
    let request = |data_type: &str| {
        Parcel::Webhook(HttpRequest {
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
