//! The road of an incoming call: from the driver's offer to a run, or to a refusal that the caller sees.

use crate::{Fixture, PATIENCE, block, id, of, reason, tel};
use ringdown::api::flows::{Draft, Program};
use ringdown::api::numbers::Leads;
use ringdown::config::Limits;
use ringdown::error::Reason;
use ringdown::proto::{CallStatus, HangupReason, WatchType};
use ringdown::store::Store;
use ringdown::telephony::offers::{OfferKey, Refusal};
use ringdown::telephony::simulated::{Shown, Witness};
use ringdown::telephony::{Simulator, Telephony};
use ringdown::watch::Subject;
use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::watch;
use uuid::Uuid;

const NUMBER: &str = "+15551110000";
/// Of an offer that no request waits for, like that of a real caller.
const NO_TICKET: u64 = u64::MAX;

/// What callers are refused with.
#[derive(Default)]
struct Refusals(watch::Sender<HashMap<OfferKey, Refusal>>);

impl Witness for Refusals {
    fn hears(&self, _: Uuid, _: Vec<String>) {}

    fn sees(&self, _: Uuid, _: Shown) {}

    fn refused(&self, offer: OfferKey, refusal: Refusal) {
        self.0.send_modify(|refused| assert_eq!(refused.insert(offer, refusal), None, "one final response"));
    }
}

impl Refusals {
    async fn of(&self, offer: OfferKey) -> Refusal {
        let mut refused = self.0.subscribe();
        let refused = refused.wait_for(|refused| refused.contains_key(&offer));
        tokio::time::timeout(PATIENCE, refused).await.expect("a response").unwrap()[&offer]
    }
}

async fn fixture(limits: Limits) -> (Fixture, Arc<Refusals>) {
    let refusals = Arc::new(Refusals::default());
    (Fixture::witnessed(refusals.clone(), limits).await, refusals)
}

async fn offer(fixture: &Fixture) -> OfferKey {
    fixture.phones.call(fixture.customer, NO_TICKET, tel("+15550000001"), tel(NUMBER)).await.unwrap()
}

/// Calls to the number run a flow that blocks.
async fn number(fixture: &Fixture) {
    let (name, detail) = (String::new(), String::new());
    let draft = Draft { name, detail, actions: vec![block()], on_complete_flow_id: Uuid::nil() };
    let flow = fixture.app.create_flow(fixture.customer, draft, None).await.unwrap().flow.unwrap();
    let leads = Leads { call_flow_id: Some(id(&flow.id)), message_flow_id: None, name: None, detail: None };
    fixture.app.create_number(fixture.customer, NUMBER.to_owned(), leads, None).await.unwrap();
}

#[tokio::test]
async fn the_number_says_which_flow_an_offered_call_runs() {
    let (fixture, _) = fixture(Limits::default()).await;
    number(&fixture).await;
    let mut frames = fixture.watch(of(Subject::Calls, [])).await.unwrap();
    offer(&fixture).await;
    let call = frames.call().await.unwrap().call.unwrap();
    assert_eq!((call.status(), call.destination.unwrap().target.as_str()), (CallStatus::Ringing, NUMBER));
    // The driver holds the call a moment after it can be seen.
    while fixture.app.simulate_hangup(fixture.customer, id(&call.id), None).await.is_err() {
        tokio::task::yield_now().await;
    }
    let ended = loop {
        let frame = frames.call().await.unwrap();
        if frame.call.as_ref().is_some_and(|call| call.status() == CallStatus::Hangup) {
            break frame.call.unwrap();
        }
    };
    assert_eq!((ended.hangup_reason(), ended.sip_code), (HangupReason::Cancel, 487));
    fixture.close().await;
}

#[tokio::test]
async fn a_number_that_nobody_has_is_not_found() {
    let (fixture, refusals) = fixture(Limits::default()).await;
    assert_eq!(refusals.of(offer(&fixture).await).await, Refusal::NOT_FOUND);
    let program = Program::Flow(Uuid::now_v7());
    let (from, to) = (tel("+15550000001"), tel(NUMBER));
    let called = fixture.app.simulate_incoming_call(fixture.customer, from, to, Some(program), None).await;
    assert_eq!(reason(called.err()), Some(Reason::FlowNotFound));
    fixture.close().await;
}

#[tokio::test]
async fn a_full_server_sends_callers_elsewhere() {
    let (fixture, refusals) = fixture(Limits { calls: 0, ..Limits::default() }).await;
    number(&fixture).await;
    assert_eq!(refusals.of(offer(&fixture).await).await, Refusal::UNAVAILABLE);
    fixture.close().await;
}

#[tokio::test]
async fn a_server_that_drains_sends_callers_elsewhere() {
    let (fixture, refusals) = fixture(Limits::default()).await;
    number(&fixture).await;
    let mut frames = fixture.watch(of(Subject::Calls, [])).await.unwrap();
    offer(&fixture).await;
    let call = frames.call().await.unwrap().call.unwrap();
    let app = fixture.app.clone();
    let drained = tokio::spawn(async move { app.drain(PATIENCE).await });
    while fixture.app.ready().await.is_ok() {
        tokio::task::yield_now().await;
    }
    assert_eq!(refusals.of(offer(&fixture).await).await, Refusal::UNAVAILABLE);
    while fixture.app.simulate_hangup(fixture.customer, id(&call.id), None).await.is_err() {
        tokio::task::yield_now().await;
    }
    drained.await.unwrap();
    assert_eq!(fixture.phones.held(), Vec::<Uuid>::new());
    fixture.store.close().await;
}

/// Callers that give up at once: their call never was, or it ends as cancelled.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_caller_that_gives_up_before_it_is_taken_ends_its_call() {
    let (fixture, _) = fixture(Limits::default()).await;
    number(&fixture).await;
    let mut frames = fixture.watch(of(Subject::Calls, [])).await.unwrap();
    let mut gave_up = 0;
    for _ in 0..100 {
        let offer = offer(&fixture).await;
        gave_up += usize::from(fixture.phones.give_up(offer).is_ok());
    }
    let (mut begun, mut cancelled) = (0, 0);
    while begun < 100 || cancelled < gave_up {
        let frame = frames.call().await.unwrap();
        let call = frame.call.clone().unwrap();
        begun += usize::from(frame.r#type() == WatchType::Created);
        if call.status() == CallStatus::Hangup {
            assert_eq!((call.hangup_reason(), call.sip_code), (HangupReason::Cancel, 487));
            cancelled += 1;
        }
    }
    // Those that came too late to give up are held a moment after they can be seen.
    while fixture.phones.held().len() < 100 - gave_up {
        tokio::task::yield_now().await;
    }
    assert_eq!(fixture.phones.held().len(), 100 - gave_up);
    for call_id in fixture.phones.held() {
        fixture.phones.hangup(call_id).await.unwrap();
    }
    fixture.close().await;
}
