//! Clients that want something and do not give up: creators that ask again under their key, watchers that come back with
//! their token.

use super::checker::{Told, Watcher};
use super::house::{House, PATIENCE};
use super::server::Grpc;
use ringdown::proto::action::Option as Act;
use ringdown::proto::*;
use std::sync::Arc;
use uuid::Uuid;

/// The number whose call is the last of all.
pub const LAST: &str = "+15559990000";

fn action(option: Act) -> Action {
    Action { option: Some(option), ..Action::default() }
}

pub fn sleep(ms: i32) -> Action {
    action(Act::Sleep(SleepOption { duration: Some(ms) }))
}

fn talk(text: &str) -> Action {
    action(Act::Talk(TalkOption { text: Some(text.to_owned()), ..TalkOption::default() }))
}

pub fn tel(target: &str) -> Address {
    Address { r#type: "tel".to_owned(), target: target.to_owned(), ..Address::default() }
}

/// Creates an activeflow, whatever it takes: one that sleeps, sleeps twice and has something to do on completion, runs the
/// common flow, or blocks and is continued.
pub async fn activeflow(house: Arc<House>, n: usize, flow_id: String, ms: i32) -> Uuid {
    let mut request = CreateActiveflowRequest { idempotency_key: format!("activeflow-{n}"), ..Default::default() };
    match n % 4 {
        0 => request.actions = vec![sleep(ms)],
        1 => request.flow_id = flow_id,
        2 => {
            request.actions = vec![sleep(ms / 2), sleep(ms / 2)];
            request.on_complete_flow_id = flow_id;
        }
        _ => request.actions = vec![action(Act::Block(BlockOption::default())), sleep(ms / 2)],
    }
    let ask = |mut grpc: Grpc, request| async move { grpc.activeflows.create_activeflow(request).await };
    let made = house.ask(&request, ask).await.unwrap().activeflow.unwrap();
    if n % 4 == 3 {
        let request = ContinueActiveflowRequest {
            id: made.id.clone(),
            current_action_id: made.current_action.unwrap().id,
            idempotency_key: format!("continue-{n}"),
        };
        let ask = |mut grpc: Grpc, request| async move { grpc.activeflows.continue_activeflow(request).await };
        house.ask(&request, ask).await.unwrap();
    }
    made.id.parse().unwrap()
}

/// What becomes of a call.
#[derive(Clone, Copy)]
pub enum Calls {
    /// Something of everything.
    Mixed,
    /// Answered, and up until someone hangs up.
    Up,
    /// They ring until someone gives up.
    Ringing,
}

/// Makes a call, whatever it takes.
pub async fn call(house: Arc<House>, n: usize, calls: Calls) -> Uuid {
    let stay = || sleep(60_000);
    let connect = |target: &str| {
        let destinations = vec![tel("+15550000002"), tel(target)];
        action(Act::Connect(ConnectOption { source: Some(tel("+15550001000")), destinations, ..Default::default() }))
    };
    let digits = || action(Act::DigitsReceive(DigitsReceiveOption { duration: Some(500), length: Some(1), key: None }));
    let (number, actions) = match (calls, n % 6) {
        (Calls::Ringing, _) => ("+15550000003", vec![talk("Hello.")]),
        (Calls::Up, 1) => ("+15550000001", vec![connect("+15550000001")]),
        (Calls::Up, _) | (_, 0) => ("+15550000001", vec![talk("Hello."), stay()]),
        (_, 1) => ("+15550000002", vec![talk("Hello.")]),
        (_, 2) => ("+15550000005", vec![stay()]),
        (_, 3) => ("+15550000006", vec![talk("Press a key."), digits(), talk("Thank you.")]),
        (_, 4) => ("+15550000001", vec![connect("+15550000005"), talk("They are gone.")]),
        _ => return incoming(house, n, vec![talk("Welcome."), stay()]).await,
    };
    let request = CreateCallsRequest {
        source: Some(tel("+15550001000")),
        destinations: vec![tel(number)],
        actions,
        idempotency_key: format!("call-{n}"),
        ..Default::default()
    };
    outgoing(&house, request).await
}

async fn outgoing(house: &House, request: CreateCallsRequest) -> Uuid {
    let ask = |mut grpc: Grpc, request| async move { grpc.calls.create_calls(request).await };
    let calls = house.ask(&request, ask).await.unwrap().calls;
    assert_eq!(calls.len(), 1);
    calls[0].id.parse().unwrap()
}

async fn incoming(house: Arc<House>, n: usize, actions: Vec<Action>) -> Uuid {
    let request = SimulateIncomingCallRequest {
        source: Some(tel("+15550000006")),
        destination: Some(tel("+15550001000")),
        actions,
        idempotency_key: format!("incoming-{n}"),
        ..Default::default()
    };
    let ask = |mut grpc: Grpc, request| async move { grpc.simulator.simulate_incoming_call(request).await };
    house.ask(&request, ask).await.unwrap().call.unwrap().id.parse().unwrap()
}

/// The very last call and the very last activeflow: who has seen their ends has seen everything.
pub async fn last(house: &House, id: Uuid, flow_id: &str) -> Uuid {
    let busy = SetCalleeRequest { target: LAST.to_owned(), answer: CalleeAnswer::Busy.into(), ..Default::default() };
    house.ask(&busy, |mut grpc, request| async move { grpc.simulator.set_callee(request).await }).await.unwrap();
    let request = CreateCallsRequest {
        source: Some(tel("+15550001000")),
        destinations: vec![tel(LAST)],
        actions: vec![talk("Nobody hears this.")],
        ..Default::default()
    };
    let call_id = outgoing(house, request).await;
    over(house, vec![], vec![call_id]).await;
    let request = CreateActiveflowRequest { id: id.to_string(), flow_id: flow_id.to_owned(), ..Default::default() };
    house
        .ask(&request, |mut grpc, request| async move { grpc.activeflows.create_activeflow(request).await })
        .await
        .unwrap();
    over(house, vec![id], vec![]).await;
    call_id
}

/// Returns when all of these have ended.
pub async fn over(house: &House, activeflows: Vec<Uuid>, calls: Vec<Uuid>) {
    let text = |ids: &[Uuid]| ids.iter().map(Uuid::to_string).collect::<Vec<_>>();
    let wait = async {
        if !activeflows.is_empty() {
            let request = WatchActiveflowsRequest { ids: text(&activeflows), until_ended: true, ..Default::default() };
            let mut grpc = house.grpc().await;
            let mut frames = grpc.activeflows.watch_activeflows(request).await.unwrap().into_inner();
            while frames.message().await.unwrap().is_some() {}
        }
        if !calls.is_empty() {
            let request = WatchCallsRequest { ids: text(&calls), until_ended: true, ..Default::default() };
            let mut grpc = house.grpc().await;
            let mut frames = grpc.calls.watch_calls(request).await.unwrap().into_inner();
            while frames.message().await.unwrap().is_some() {}
        }
    };
    let waited = tokio::time::timeout(PATIENCE, wait).await;
    assert!(waited.is_ok(), "they do not end; the servers said:\n{}", house.said());
}

/// Watches from a token on until the last activeflow has ended, or the last call, over all deaths. With `hop` it also leaves
/// by itself after so many frames and comes back.
pub async fn watcher(
    house: Arc<House>,
    name: String,
    calls: bool,
    flow_id: Option<Uuid>,
    hop: usize,
    place: Place,
) -> Watcher {
    let mut watcher = Watcher { name, calls, flow_id, told: Vec::new() };
    let mut token = place.token.clone();
    while !follow(&house, &mut watcher, &mut token, hop, &place).await {}
    watcher
}

/// Where watchers begin and where they end.
#[derive(Clone)]
pub struct Place {
    pub token: String,
    pub last: Uuid,
}

/// One connection; true when the last event was told.
async fn follow(house: &House, watcher: &mut Watcher, token: &mut String, hop: usize, place: &Place) -> bool {
    let last = place.last.to_string();
    let flow_id = watcher.flow_id.map(|id| id.to_string()).unwrap_or_default();
    let mut left = if hop == 0 { usize::MAX } else { hop };
    if watcher.calls {
        let request = WatchCallsRequest { resume_token: token.clone(), flow_id, ..Default::default() };
        let ask = |mut grpc: Grpc, request| async move { grpc.calls.watch_calls(request).await };
        let mut frames = house.ask(&request, ask).await.unwrap();
        while let Ok(Some(frame)) = frames.message().await {
            let frame = frame.into_message().unwrap();
            *token = frame.resume_token;
            let Some(event) = frame.event else { continue };
            watcher.told.push(Told::call(&event));
            let target = frame.call.unwrap().destination.unwrap().target;
            if target == LAST && event.r#type() == CallEventType::Hangup {
                return true;
            }
            left -= 1;
            if left == 0 {
                break;
            }
        }
        return false;
    }
    let request = WatchActiveflowsRequest { resume_token: token.clone(), flow_id, ..Default::default() };
    let ask = |mut grpc: Grpc, request| async move { grpc.activeflows.watch_activeflows(request).await };
    let mut frames = house.ask(&request, ask).await.unwrap();
    while let Ok(Some(frame)) = frames.message().await {
        let frame = frame.into_message().unwrap();
        *token = frame.resume_token;
        let Some(event) = frame.event else { continue };
        watcher.told.push(Told::activeflow(&event));
        if event.activeflow_id == last && event.r#type() == ActiveflowEventType::Ended {
            return true;
        }
        left -= 1;
        if left == 0 {
            break;
        }
    }
    false
}

/// Somebody who changes an activeflow's variables all the time.
pub struct Busy {
    house: Arc<House>,
    id: String,
    task: tokio::task::JoinHandle<()>,
}

pub async fn busy(house: Arc<House>) -> Busy {
    let block = vec![action(Act::Block(BlockOption::default()))];
    let request = CreateActiveflowRequest { actions: block, ..Default::default() };
    let ask = |mut grpc: Grpc, request| async move { grpc.activeflows.create_activeflow(request).await };
    let id = house.ask(&request, ask).await.unwrap().activeflow.unwrap().id;
    let mut grpc = house.grpc().await;
    let request = SetVariablesRequest { id: id.clone(), ..Default::default() };
    let task = tokio::spawn(async move {
        for n in 0.. {
            let variables = [("n".to_owned(), n.to_string())].into();
            grpc.activeflows.set_variables(SetVariablesRequest { variables, ..request.clone() }).await.unwrap();
        }
    });
    Busy { house, id, task }
}

impl Busy {
    /// Stops it, and says who it was.
    pub async fn over(self) -> Uuid {
        self.task.abort();
        let mut grpc = self.house.grpc().await;
        let request = StopActiveflowRequest { id: self.id.clone(), ..Default::default() };
        grpc.activeflows.stop_activeflow(request).await.unwrap();
        self.id.parse().unwrap()
    }
}
