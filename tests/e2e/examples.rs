//! Every example of `examples/flows` on a server: the script that it passes as a dry run holds for simulated phones too.
//!
//! Three things of a live server differ from the dry run, and are told to it beforehand: what a number does is set before it
//! is called, hosts are those of a web server on loopback, and the time of day is now, so that conditions on it are made to
//! hold as they do at the clock of the script.

use crate::live::{Live, Reply, watch};
use crate::remote_parties::{PostOffice, web};
use crate::server::{Grpc, Home, Server};
use ringdown::engine::check::check_actions;
use ringdown::model::flow::Revision;
use ringdown::model::view;
use ringdown::proto::action::Option as Opt;
use ringdown::proto::{self, *};
use ringdown::simulation::script::{Beginning, Directive, Http, RemoteAction};
use ringdown::simulation::trace::{Happened, Trace};
use ringdown::simulation::{self, Play, Played, Script};
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use uuid::Uuid;

const HOST: &str = "https://acme.example";

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/flows")
}

fn read(file: &str) -> String {
    std::fs::read_to_string(directory().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// The examples side by side, each as a customer of its own: the longest time-out of them is how long it takes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_example_does_live_what_it_does_dry() {
    let office = PostOffice::open().await;
    let mail = format!("smtp://{}?tls=none", office.address);
    let home = Home::new(&["--sim-speed", "1000", "--outbound-allow", "127.0.0.1:*", "--mail-from", "us@acme.example"])
        .env("RINGDOWN_SMTP_URL", &mail);
    let (server, office) = (home.start(), Arc::new(office));
    let mut plays = tokio::task::JoinSet::new();
    for entry in std::fs::read_dir(directory()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|it| it == "script") {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            let grpc = customer(&home, &server).await;
            plays.spawn(play(name, grpc, Arc::clone(&office)));
        }
    }
    assert_eq!(plays.len(), 8);
    while let Some(played) = plays.join_next().await {
        played.unwrap();
    }
}

async fn customer(home: &Home, server: &Server) -> Grpc {
    let (_, key) = home.customer();
    Grpc::new(server.channel().await, &key)
}

/// Plays one example from its first line to its last.
async fn play(name: String, grpc: Grpc, office: Arc<PostOffice>) {
    let (flow, text) = (read(&format!("{name}.json")), read(&format!("{name}.script")));
    let script = Script::read(&text).unwrap_or_else(|wrong| panic!("{name}: {wrong}"));
    let (told, inbox) = tokio::sync::mpsc::channel::<Reply>(100);
    let others: Vec<(String, String)> = text.lines().filter_map(other_flow).collect();
    let trace = dry(&flow, &others, script.clone());
    assert!(trace.passed(), "{name} passes dry: {:?}", trace.failures);
    set_numbers(&grpc, &script, &trace).await;
    let asks = [&flow].into_iter().chain(others.iter().map(|(_, flow)| flow)).flat_map(|flow| asks(flow)).collect();
    let here = format!("http://{}", web(told.clone(), HOST, asks, answers(&script)).await);
    office.subscribe("office@acme.example", told.clone());
    let mut flow = flow.replace(HOST, &here);
    for (id, other) in others {
        flow = flow.replace(&id, &create(&grpc, &other.replace(HOST, &here)).await);
    }
    let flow_id = create(&grpc, &at_any_time(&flow)).await;
    watch(&grpc, &told).await;
    let mut live = Live::new(grpc.clone(), inbox);
    begin(&grpc, &script, flow_id).await;
    for line in &script.lines {
        live.play(line).await;
    }
}

/// `# --flow ID=FILE`: another flow, and what stands in its file.
fn other_flow(line: &str) -> Option<(String, String)> {
    let (id, file) = line.strip_prefix("# --flow ")?.trim().split_once('=')?;
    Some((id.to_owned(), read(file)))
}

fn flow(json: &str) -> CreateFlowRequest {
    proto::json::read(serde_json::from_str(json).unwrap()).unwrap()
}

async fn create(grpc: &Grpc, json: &str) -> String {
    grpc.flows.clone().create_flow(flow(json)).await.unwrap().into_inner().flow.unwrap().id
}

/// The trace of the dry run: it tells who is dialled when.
fn dry(json: &str, others: &[(String, String)], script: Script) -> Trace {
    let revision = |json: &str, id: Uuid| {
        let flow = flow(json);
        let actions = check_actions(&flow.actions, "actions", Uuid::now_v7).unwrap();
        let next = Uuid::parse_str(&flow.on_complete_flow_id).unwrap_or_default();
        Arc::new(Revision::new(Uuid::now_v7(), id, 1, next, actions))
    };
    let mut it = Play::new(revision(json, Uuid::now_v7()), script);
    it.flows = others
        .iter()
        .map(|(id, json)| (Uuid::parse_str(id).unwrap(), json))
        .map(|(id, json)| (id, Some(revision(json, id))))
        .collect();
    match simulation::play(&it).unwrap() {
        Played::Over(trace) => *trace,
        Played::Needs(id) => panic!("the script does not name the flow {id}"),
    }
}

/// What the far ends of a script do first decides how their numbers answer; all that does not ring for ever answers at once.
async fn set_numbers(grpc: &Grpc, script: &Script, trace: &Trace) {
    let dialled = trace.steps.iter().filter_map(|step| match &step.kind {
        Happened::Call { leg, text, .. } => Some((step.run, *leg, text.strip_prefix("dials ")?.to_owned())),
        _ => None,
    });
    let own = script.setup.to.as_ref().map(|to| (0, 0, to.target.clone()));
    for (run, leg, target) in dialled.chain(own) {
        let does = script.lines.iter().filter_map(|line| match &line.kind {
            Directive::RemoteAction { leg: of, does } if line.run == run && *of == leg => Some(does),
            _ => None,
        });
        let answer = does.fold(CalleeAnswer::NoAnswer, |answer, does| match does {
            RemoteAction::Answer => CalleeAnswer::Answer,
            RemoteAction::Busy => CalleeAnswer::Busy,
            RemoteAction::Reject => CalleeAnswer::Reject,
            _ => answer,
        });
        let callee = SetCalleeRequest { target, answer: answer.into(), ..Default::default() };
        grpc.simulator.clone().set_callee(callee).await.unwrap();
    }
}

/// Paths of the requests whose answers a flow waits for.
fn asks(json: &str) -> Vec<String> {
    let asks = flow(json).actions.into_iter().filter_map(|action| match action.option? {
        Opt::Fetch(fetch) => fetch.event_url,
        Opt::WebhookSend(send) if send.sync == Some(true) => send.uri,
        _ => None,
    });
    asks.map(|uri| uri.trim_start_matches(HOST).to_owned()).collect()
}

fn answers(script: &Script) -> VecDeque<(u16, String)> {
    let answers = script.lines.iter().filter_map(|line| match &line.kind {
        Directive::Http(Http::Answers { sent, .. }) => Some((sent.status, sent.body.clone())),
        _ => None,
    });
    answers.collect()
}

/// Conditions on the time hold at any: in every script they do.
fn at_any_time(flow: &str) -> String {
    let mut flow: Value = serde_json::from_str(flow).unwrap();
    for action in flow["actions"].as_array_mut().unwrap() {
        if action["type"] == "condition_datetime" {
            let target = action["option"]["false_target_id"].clone();
            action["option"] = json!({"condition": ">=", "hour": 0, "false_target_id": target});
        }
    }
    flow.to_string()
}

async fn begin(grpc: &Grpc, script: &Script, flow_id: String) {
    let tel =
        |target: &str| proto::Address { r#type: "tel".to_owned(), target: target.to_owned(), ..Default::default() };
    let source = script.setup.from.as_ref().map_or_else(|| tel("+15550000009"), view::address);
    let destination = script.setup.to.as_ref().map_or_else(|| tel("+15550000001"), view::address);
    match script.setup.beginning.as_ref().unwrap_or(&Beginning::Outgoing) {
        Beginning::Incoming => {
            let (source, destination) = (Some(source), Some(destination));
            let call = SimulateIncomingCallRequest { source, destination, flow_id, ..Default::default() };
            grpc.simulator.clone().simulate_incoming_call(call).await.unwrap();
        }
        Beginning::Outgoing => {
            let (source, destinations) = (Some(source), vec![destination]);
            let variables = script.setup.variables.iter().cloned().collect();
            let calls = CreateCallsRequest { source, destinations, flow_id, variables, ..Default::default() };
            grpc.calls.clone().create_calls(calls).await.unwrap();
        }
        Beginning::Api => {
            let activeflow = CreateActiveflowRequest { flow_id, ..Default::default() };
            grpc.activeflows.clone().create_activeflow(activeflow).await.unwrap();
        }
        Beginning::Sms { text } => {
            let (number, text) = (destination.target.clone(), text.clone());
            let number = CreateNumberRequest { number, message_flow_id: flow_id, ..Default::default() };
            grpc.numbers.clone().create_number(number).await.unwrap();
            let (source, destination) = (Some(source), Some(destination));
            let message = ReceiveMessageRequest { source, destination, text, ..Default::default() };
            grpc.messages.clone().receive_message(message).await.unwrap();
        }
    }
}
