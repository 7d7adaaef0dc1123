//! Sees what a server tells of activeflows, by a watch and by webhooks.

use crate::binary::{Server, text, until};
use crate::receiver::{Mode, Receiver};
use futures::StreamExt;
use futures::stream::BoxStream;
use ringdown::proto::*;
use serde_json::json;
use std::collections::HashSet;
use std::time::Duration;

/// How long anything may take that is to happen.
const PATIENCE: Duration = Duration::from_secs(60);

pub struct Witness {
    hook: Receiver,
    frames: BoxStream<'static, ActiveflowFrame>,
    /// The ids of all events that the watch has told, in its order.
    pub told: Vec<String>,
    ended: HashSet<String>,
    /// A server was killed that may have sent webhooks without noting it: those are sent again, under the same ids.
    pub sender_killed: bool,
}

impl Witness {
    /// Watches through a server, and has the customer's events sent here.
    pub async fn of(server: &Server) -> Witness {
        let hook = Receiver::start(Mode::Answer(200)).await;
        let mut grpc = server.grpc().await;
        let customer =
            UpdateCustomerRequest { name: "a".to_owned(), webhook_uri: hook.url.clone(), ..Default::default() };
        grpc.customers.update_customer(customer).await.unwrap();
        // A token of now: what comes after this call is not missed.
        let request = WatchActiveflowsRequest { include_snapshot: true, ..Default::default() };
        let mut frames = grpc.activeflows.watch_activeflows(request).await.unwrap().into_inner();
        loop {
            let frame = frames.next().await.unwrap().unwrap().into_message().unwrap();
            if frame.r#type() == WatchType::Progress {
                break;
            }
        }
        let frames = frames.map(|frame| frame.unwrap().into_message().unwrap()).boxed();
        Witness { hook, frames, told: Vec::new(), ended: HashSet::new(), sender_killed: false }
    }

    /// Waits until the watch has told the end of all of these. Each end comes once, and so does each event.
    pub async fn see_end(&mut self, ids: &HashSet<String>) {
        let all = async {
            while !self.ended.is_superset(ids) {
                let Some(event) = self.frames.next().await.expect("the watch goes on").event else { continue };
                assert!(!self.told.contains(&event.id), "{} is told twice", event.id);
                if event.r#type() == ActiveflowEventType::Ended {
                    assert!(self.ended.insert(event.activeflow_id.clone()), "{} ended twice", event.activeflow_id);
                }
                self.told.push(event.id);
            }
        };
        if tokio::time::timeout(PATIENCE, all).await.is_err() {
            panic!("{:?} do not end", ids.difference(&self.ended).collect::<Vec<_>>());
        }
    }

    /// Waits until webhooks have told what the watch has, each event once.
    pub async fn see_webhooks(&self) {
        let of_activeflows = || {
            let got = self.hook.got().into_iter().filter(|it| it.body.starts_with(r#"{"type":"activeflow_"#));
            got.map(|it| it.id().to_owned()).collect::<Vec<_>>()
        };
        let watched: HashSet<String> = self.told.iter().cloned().collect();
        let all = async || {
            let told = of_activeflows();
            (told.len() >= watched.len() && told.iter().cloned().collect::<HashSet<_>>() == watched).then_some(told)
        };
        let told = until("that webhooks tell all that the watch has told", all).await;
        assert!(told.len() == watched.len() || self.sender_killed, "an event is sent twice: {told:?}");
    }

    /// Activeflows and calls that live for a moment are told of whole, by the watch and by webhooks.
    pub async fn see_a_round(&mut self, server: &Server) {
        let rest = server.rest();
        let set = json!({"type": "variable_set", "option": {"key": "a", "value": "b"}});
        let sleep = json!({"type": "sleep", "option": {"duration": 20}});
        let flow = json!({"actions": [set, sleep, set]});
        let flows = (0..20).map(|_| rest.ok("POST", "/v1.0/activeflows", Some(flow.clone())));
        let address = |target| json!({"type": "tel", "target": target});
        let call = json!({
            "source": address("+15550001000"),
            "destination": address("+15550000001"),
            "actions": [{"type": "talk", "option": {"text": "Hello."}}, set],
        });
        let calls = (0..5).map(|_| rest.ok("POST", "/v1.0/calls", Some(call.clone())));
        let (flows, calls) = tokio::join!(futures::future::join_all(flows), futures::future::join_all(calls));
        let ids = flows.iter().map(|it| text(it, "id"));
        let ids = ids.chain(calls.iter().map(|it| text(it, "activeflow_id"))).collect();
        self.see_end(&ids).await;
        self.see_webhooks().await;
    }
}
