//! What the attacker does. Its requests may be refused: it goes on.

use crate::cli::Failure;
use crate::cli::bench::target::{Activeflows, Target};
use crate::cli::bench::writes::action;
use crate::cli::connect::Server;
use ringdown::proto::action::Option as Opt;
use ringdown::proto::*;
use std::time::Duration;

/// Requests at the same time.
const AT_ONCE: usize = 64;
/// An attacker that nobody ends ends itself.
const LONGEST: Duration = Duration::from_secs(900);
/// Where a flow of the attacker jumps to.
const LOOP: &str = "b10c0000-0000-4000-8000-000000000002";

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Kind {
    /// Starts activeflows
    Starts,
    /// Checks flows of 30,000 actions
    Bodies,
    /// A flow that calls 40 numbers, each of which runs it again
    Calls,
    /// Flows that write as much history as they can
    History,
    /// Watches that begin with a snapshot of everything
    Watches,
    /// Keys that do not exist
    Keys,
}

pub const ALL: [Kind; 6] = [Kind::Starts, Kind::Bodies, Kind::Calls, Kind::History, Kind::Watches, Kind::Keys];

impl Kind {
    pub fn word(self) -> &'static str {
        match self {
            Kind::Starts => "starts",
            Kind::Bodies => "bodies",
            Kind::Calls => "calls",
            Kind::History => "history",
            Kind::Watches => "watches",
            Kind::Keys => "keys",
        }
    }

    pub fn describe(self) -> &'static str {
        match self {
            Kind::Starts => "64 clients that start activeflows",
            Kind::Bodies => "64 flows of 30,000 actions",
            Kind::Calls => "flows that call and start themselves",
            Kind::History => "flows that fill the history",
            Kind::Watches => "64 watches with snapshots",
            Kind::Keys => "64 clients with wrong keys",
        }
    }
}

#[derive(clap::Args)]
pub struct Attack {
    #[command(flatten)]
    server: Server,

    #[arg(value_enum)]
    kind: Kind,
}

impl Attack {
    /// Attacks until the process is killed.
    pub async fn run(self) -> Result<(), Failure> {
        let target = match self.kind {
            Kind::Keys => Target::at(Server::new(self.server.server, "rd_not-a-key".to_owned()))?,
            _ => Target::at(self.server)?,
        };
        let connections = target.connections(AT_ONCE)?;
        let (flows, kind) = (target.flows()?, self.kind);
        let flow_id = prepare(&target, kind).await?;
        for number in 0..AT_ONCE {
            let (mut activeflows, mut flows) = (connections[number % connections.len()].clone(), flows.clone());
            let flow_id = flow_id.clone();
            tokio::spawn(async move {
                loop {
                    // Refusals are what the server is expected to answer.
                    match kind {
                        Kind::Bodies => drop(flows.validate_flow(large()).await),
                        Kind::Watches => watch(&mut activeflows).await,
                        _ => {
                            let request = CreateActiveflowRequest { flow_id: flow_id.clone(), ..Default::default() };
                            drop(activeflows.create_activeflow(request).await);
                        }
                    }
                }
            });
        }
        tokio::time::sleep(LONGEST).await;
        Ok(())
    }
}

/// Makes the flow that the attack runs, and returns its id.
async fn prepare(target: &Target, kind: Kind) -> Result<String, Failure> {
    let actions = match kind {
        Kind::Keys => return Ok(uuid::Uuid::nil().to_string()),
        Kind::History => history(),
        _ => vec![action(Opt::Block(BlockOption::default()))],
    };
    let request = CreateFlowRequest { name: "attack".to_owned(), actions, ..Default::default() };
    let mut flows = target.flows()?;
    let flow = flows.create_flow(request).await?.into_inner().flow.ok_or("no flow was made")?;
    if kind == Kind::Calls {
        let update =
            UpdateFlowRequest { id: flow.id.clone(), name: flow.name, actions: calls(&flow.id), ..Default::default() };
        flows.update_flow(update).await?;
    }
    Ok(flow.id)
}

/// Two actions that call 20 numbers each; every call runs the same flow.
fn calls(flow_id: &str) -> Vec<Action> {
    let number = |target: String| Address { r#type: "tel".to_owned(), target, ..Default::default() };
    let option = CallOption {
        source: Some(number("+15550009999".to_owned())),
        destinations: (0..20).map(|at| number(format!("+155500002{at:02}"))).collect(),
        flow_id: Some(flow_id.to_owned()),
        early_execution: Some(true),
        ..Default::default()
    };
    vec![action(Opt::Call(option.clone())), action(Opt::Call(option))]
}

/// Sets a large variable again and again.
fn history() -> Vec<Action> {
    let set = VariableSetOption { key: Some("a".to_owned()), value: Some("x".repeat(30_000)) };
    let first = Action { id: LOOP.to_owned(), ..action(Opt::VariableSet(set)) };
    vec![first, action(Opt::Goto(GotoOption { target_id: Some(LOOP.to_owned()), loop_count: Some(1_000_000) }))]
}

fn large() -> ValidateFlowRequest {
    ValidateFlowRequest { actions: vec![action(Opt::Answer(AnswerOption::default())); 30_000], ..Default::default() }
}

/// Watches until the snapshot is over.
async fn watch(activeflows: &mut Activeflows) {
    let request = WatchActiveflowsRequest { include_snapshot: true, ..Default::default() };
    let Ok(answer) = activeflows.watch_activeflows(request).await else { return };
    let mut frames = answer.into_inner();
    while let Ok(Some(frame)) = frames.message().await {
        if frame.into_message().is_ok_and(|it| it.r#type() == WatchType::Progress) {
            return;
        }
    }
}
