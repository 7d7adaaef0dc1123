//! Clients that want something and do not give up: creators that ask again under their key, watchers that come back with
//! their token.

use super::checker::{Observed, Watcher};
use super::promises::{Answer, Done, Promised};
use super::server::Grpc;
use super::servers::{PATIENCE, Servers};
use ringdown::proto::action::Option as Act;
use ringdown::proto::*;
use std::sync::{Arc, Mutex};
use uuid::Uuid;

/// The number whose call is the last of all.
pub const LAST: &str = "+15559990000";
/// The most ids that a watch takes.
const IDS: usize = 1_000;

pub fn action(option: Act) -> Action {
    Action { option: Some(option), ..Action::default() }
}

pub fn sleep(ms: i32) -> Action {
    action(Act::Sleep(SleepOption { duration: Some(ms) }))
}

pub fn talk(text: &str) -> Action {
    action(Act::Talk(TalkOption { text: Some(text.to_owned()), ..TalkOption::default() }))
}

pub fn tel(target: &str) -> Address {
    Address { r#type: "tel".to_owned(), target: target.to_owned(), ..Address::default() }
}

/// Creates an activeflow, whatever it takes: one that sleeps, sleeps twice and has something to do on completion, runs the
/// common flow, or blocks and is continued.
pub async fn activeflow<S: Servers>(fixture: Arc<S>, n: usize, flow_id: String, ms: i32) -> Promised {
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
    let made = create(&*fixture, &request).await;
    let mut promised = Promised { activeflows: vec![made.id.parse().unwrap()], ..Promised::default() };
    if n % 4 == 3 {
        let request = ContinueActiveflowRequest {
            id: made.id.clone(),
            current_action_id: made.current_action.unwrap().id,
            idempotency_key: format!("continue-{n}"),
        };
        let ask = |mut grpc: Grpc, request| async move { grpc.activeflows.continue_activeflow(request).await };
        let answer = fixture.ask(&request, ask).await.unwrap().activeflow.unwrap();
        promised.answers.push(Answer::of(&answer, Done::Continued));
    }
    promised
}

/// Creates an activeflow, whatever it takes.
pub async fn create<S: Servers>(fixture: &S, request: &CreateActiveflowRequest) -> Activeflow {
    let ask = |mut grpc: Grpc, request| async move { grpc.activeflows.create_activeflow(request).await };
    fixture.ask(request, ask).await.unwrap().activeflow.unwrap()
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
pub async fn call<S: Servers>(fixture: Arc<S>, n: usize, calls: Calls) -> Uuid {
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
        _ => return incoming(fixture, n, vec![talk("Welcome."), stay()]).await,
    };
    let request = CreateCallsRequest {
        source: Some(tel("+15550001000")),
        destinations: vec![tel(number)],
        actions,
        idempotency_key: format!("call-{n}"),
        ..Default::default()
    };
    outgoing(&*fixture, request).await
}

pub async fn outgoing<S: Servers>(fixture: &S, request: CreateCallsRequest) -> Uuid {
    let ask = |mut grpc: Grpc, request| async move { grpc.calls.create_calls(request).await };
    let calls = fixture.ask(&request, ask).await.unwrap().calls;
    assert_eq!(calls.len(), 1);
    calls[0].id.parse().unwrap()
}

async fn incoming<S: Servers>(fixture: Arc<S>, n: usize, actions: Vec<Action>) -> Uuid {
    let request = SimulateIncomingCallRequest {
        source: Some(tel("+15550000006")),
        destination: Some(tel("+15550001000")),
        actions,
        idempotency_key: format!("incoming-{n}"),
        ..Default::default()
    };
    let ask = |mut grpc: Grpc, request| async move { grpc.simulator.simulate_incoming_call(request).await };
    fixture.ask(&request, ask).await.unwrap().call.unwrap().id.parse().unwrap()
}

/// The very last call and the very last activeflow: who has seen their ends has seen everything.
pub async fn last<S: Servers>(fixture: &S, id: Uuid, flow_id: &str) -> Uuid {
    let busy = SetCalleeRequest { target: LAST.to_owned(), answer: CalleeAnswer::Busy.into(), ..Default::default() };
    fixture.ask(&busy, |mut grpc, request| async move { grpc.simulator.set_callee(request).await }).await.unwrap();
    let request = CreateCallsRequest {
        source: Some(tel("+15550001000")),
        destinations: vec![tel(LAST)],
        actions: vec![talk("Nobody hears this.")],
        idempotency_key: "the-last-call".to_owned(),
        ..Default::default()
    };
    let call_id = outgoing(fixture, request).await;
    over(fixture, vec![], vec![call_id]).await;
    let (flow_id, idempotency_key) = (flow_id.to_owned(), "the-last-activeflow".to_owned());
    let request = CreateActiveflowRequest { id: id.to_string(), flow_id, idempotency_key, ..Default::default() };
    create(fixture, &request).await;
    over(fixture, vec![id], vec![]).await;
    call_id
}

/// Returns when all of these have ended.
pub async fn over<S: Servers>(fixture: &S, activeflows: Vec<Uuid>, calls: Vec<Uuid>) {
    let text = |ids: &[Uuid]| ids.iter().map(Uuid::to_string).collect::<Vec<_>>();
    let wait = async {
        for ids in activeflows.chunks(IDS) {
            let request = WatchActiveflowsRequest { ids: text(ids), until_ended: true, ..Default::default() };
            let ask = |mut grpc: Grpc, request| async move { grpc.activeflows.watch_activeflows(request).await };
            let mut frames = fixture.ask(&request, ask).await.unwrap();
            while frames.message().await.unwrap().is_some() {}
        }
        for ids in calls.chunks(IDS) {
            let request = WatchCallsRequest { ids: text(ids), until_ended: true, ..Default::default() };
            let ask = |mut grpc: Grpc, request| async move { grpc.calls.watch_calls(request).await };
            let mut frames = fixture.ask(&request, ask).await.unwrap();
            while frames.message().await.unwrap().is_some() {}
        }
    };
    let waited = tokio::time::timeout(PATIENCE, wait).await;
    assert!(waited.is_ok(), "they do not end; the servers said:\n{}", fixture.said());
}

/// Waits until nothing runs: these have ended, and so has what runs on completion, whose ids nobody was told.
pub async fn all_over<S: Servers>(fixture: &S, promised: &Promised) {
    over(fixture, promised.activeflows.clone(), promised.calls.clone()).await;
    loop {
        let status = ActiveflowStatus::Running.into();
        let request = ListActiveflowsRequest { status, page_size: 1_000, ..Default::default() };
        let ask = |mut grpc: Grpc, request| async move { grpc.activeflows.list_activeflows(request).await };
        let running = fixture.ask(&request, ask).await.unwrap();
        let ids: Vec<Uuid> = running.activeflows.iter().map(|it| it.id.parse().unwrap()).collect();
        if ids.is_empty() {
            return;
        }
        over(fixture, ids, vec![]).await;
    }
}

/// Where watchers begin and where they end.
#[derive(Clone)]
pub struct WatchPosition {
    pub token: String,
    /// The event that the token was told with; None from before all.
    pub after: Option<String>,
    pub last: Uuid,
    /// The token and the event that a watcher was told last.
    pub latest: Arc<Mutex<Option<(String, String)>>>,
}

/// A common flow, and the place where nothing has happened yet.
pub async fn begin<S: Servers>(fixture: &S) -> (String, WatchPosition) {
    let request = CreateFlowRequest {
        name: "common".to_owned(),
        actions: vec![sleep(300)],
        idempotency_key: "the-common-flow".to_owned(),
        ..Default::default()
    };
    let ask = |mut grpc: Grpc, request| async move { grpc.flows.create_flow(request).await };
    let made = fixture.ask(&request, ask).await.unwrap();
    let request = WatchActiveflowsRequest { include_snapshot: true, ..Default::default() };
    let ask = |mut grpc: Grpc, request| async move { grpc.activeflows.watch_activeflows(request).await };
    let mut frames = fixture.ask(&request, ask).await.unwrap();
    let frame = frames.message().await.unwrap().unwrap().into_message().unwrap();
    assert_eq!(frame.r#type(), WatchType::Progress);
    let place = WatchPosition { token: frame.resume_token, after: None, last: Uuid::now_v7(), latest: Arc::default() };
    (made.flow.unwrap().id, place)
}

/// Watches from a place on until the last activeflow has ended, or the last call, over all deaths. With `hop` it also leaves
/// by itself after so many frames and comes back.
pub async fn watcher<S: Servers>(
    fixture: Arc<S>,
    name: String,
    calls: bool,
    flow_id: Option<Uuid>,
    hop: usize,
    place: WatchPosition,
) -> Watcher {
    let mut watcher = Watcher { name, calls, flow_id, after: place.after.clone(), told: Vec::new() };
    let mut token = place.token.clone();
    while !follow(&*fixture, &mut watcher, &mut token, hop, &place).await {}
    watcher
}

/// One connection; true when the last event was told.
async fn follow<S: Servers>(
    fixture: &S,
    watcher: &mut Watcher,
    token: &mut String,
    hop: usize,
    place: &WatchPosition,
) -> bool {
    let last = place.last.to_string();
    let flow_id = watcher.flow_id.map(|id| id.to_string()).unwrap_or_default();
    let mut left = if hop == 0 { usize::MAX } else { hop };
    if watcher.calls {
        let request = WatchCallsRequest { resume_token: token.clone(), flow_id, ..Default::default() };
        let ask = |mut grpc: Grpc, request| async move { grpc.calls.watch_calls(request).await };
        let mut frames = fixture.ask(&request, ask).await.unwrap();
        while let Ok(Some(frame)) = frames.message().await {
            let frame = frame.into_message().unwrap();
            *token = frame.resume_token;
            let Some(event) = frame.event else { continue };
            watcher.told.push(Observed::call(&event));
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
    let mut frames = fixture.ask(&request, ask).await.unwrap();
    while let Ok(Some(frame)) = frames.message().await {
        let frame = frame.into_message().unwrap();
        *token = frame.resume_token;
        let Some(event) = frame.event else { continue };
        watcher.told.push(Observed::activeflow(&event));
        *place.latest.lock().unwrap() = Some((token.clone(), event.id.clone()));
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
pub struct Busy<S> {
    fixture: Arc<S>,
    id: String,
    task: tokio::task::JoinHandle<()>,
}

pub async fn busy<S: Servers>(fixture: Arc<S>) -> Busy<S> {
    let block = vec![action(Act::Block(BlockOption::default()))];
    let request = CreateActiveflowRequest { actions: block, ..Default::default() };
    let id = create(&*fixture, &request).await.id;
    let mut grpc = fixture.grpc().await;
    let request = SetVariablesRequest { id: id.clone(), ..Default::default() };
    let task = tokio::spawn(async move {
        for n in 0.. {
            let variables = [("n".to_owned(), n.to_string())].into();
            grpc.activeflows.set_variables(SetVariablesRequest { variables, ..request.clone() }).await.unwrap();
        }
    });
    Busy { fixture, id, task }
}

impl<S: Servers> Busy<S> {
    /// Stops it, and says who it was.
    pub async fn over(self) -> Uuid {
        self.task.abort();
        let mut grpc = self.fixture.grpc().await;
        let request = StopActiveflowRequest { id: self.id.clone(), ..Default::default() };
        grpc.activeflows.stop_activeflow(request).await.unwrap();
        self.id.parse().unwrap()
    }
}
