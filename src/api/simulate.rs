//! SimulateFlow: runs a flow against a script; it may use the customer's other flows.

use super::App;
use super::flows::Program;
use crate::clock::Clock;
use crate::engine::check::check_actions;
use crate::engine::{Allowance, Ids};
use crate::error::{Error, Reason, Result};
use crate::memory::Turns;
use crate::model::call::Address;
use crate::model::flow::{Action, Revision};
use crate::model::time::Time;
use crate::model::variables::Variables;
use crate::proto;
use crate::runtime::refusal;
use crate::simulation::script::Beginning;
use crate::simulation::{self, Play, Played, Script};
use std::sync::Arc;
use uuid::Uuid;

/// The largest number of other flows that one simulation may run.
const MAX_FLOWS: usize = 100;

/// The number of concurrent simulations, in all and of one customer, and those of one customer that wait. They only
/// compute, and active calls have priority.
const AT_ONCE: usize = 2;
const AT_ONCE_PER_CUSTOMER: usize = 1;
const WAITING: usize = 64;
/// The largest weight of the flows that one simulation uses, in bytes.
const MAX_WEIGHT: usize = 32 * 1024 * 1024;

/// The turns of simulations.
pub(super) fn turns() -> Turns {
    Turns::new(AT_ONCE, AT_ONCE_PER_CUSTOMER, WAITING)
}

/// A simulation, as its caller describes it.
pub struct Simulation {
    pub program: Program,
    /// Nil means none. Ignored for an existing flow, which has its own.
    pub on_complete_flow_id: Uuid,
    pub variables: Variables,
    pub script: Script,
    pub beginning: Beginning,
    pub clock: Option<Time>,
    pub source: Option<Address>,
    pub destination: Option<Address>,
}

impl App {
    /// Checks actions for a simulation. The features of this server do not matter here, since nothing is sent.
    pub fn check_simulated(actions: &[proto::Action]) -> Result<Vec<Action>> {
        let mut ids = Ids::new(Clock::now(), Clock::seed());
        check_actions(actions, "actions", || ids.next_id()).map_err(refusal::problems)
    }

    /// Simulates a flow. Nothing is saved. If the simulation needs another flow, that flow is loaded and the simulation
    /// starts again; it is deterministic, so the trace is the same.
    pub async fn simulate_flow(&self, customer_id: Uuid, it: Simulation) -> Result<proto::SimulateFlowResponse> {
        let revision = match it.program {
            Program::Flow(id) => {
                let missing = || Error::field(Reason::FlowNotFound, "flow_id", format!("flow {id} does not exist"));
                self.revisions.current(customer_id, id).await?.ok_or_else(missing)?
            }
            Program::Actions(actions) => {
                let actions = App::check_simulated(&actions)?;
                Arc::new(Revision::new(Uuid::nil(), Uuid::nil(), 0, it.on_complete_flow_id, actions))
            }
        };
        let mut play = Play {
            variables: it.variables,
            beginning: it.beginning,
            clock: it.clock.unwrap_or(simulation::MONDAY),
            source: it.source,
            destination: it.destination,
            allowance: Allowance::of(&self.customers.limits(customer_id).await?),
            ..Play::new(revision, it.script)
        };
        let busy = |_| Error::new(Reason::TooManyRequests, "too many simulations are in progress; try again");
        let _turn = self.simulations.take(customer_id).await.map_err(busy)?;
        let mut weight = play.revision.weight();
        loop {
            let (played, back) =
                tokio::task::spawn_blocking(move || (simulation::play(&play), play)).await.map_err(Error::internal)?;
            play = back;
            match played.map_err(|problem| Error::field(Reason::InvalidVariables, "script", problem))? {
                Played::Over(trace) => return Ok(simulation::response(&trace)),
                Played::Needs(flow_id) => {
                    let found = match play.flows.len() < MAX_FLOWS {
                        true => self.revisions.current(customer_id, flow_id).await?,
                        false => None,
                    };
                    weight += found.as_ref().map_or(0, |revision| revision.weight());
                    if weight > MAX_WEIGHT {
                        let description = "the flows of this simulation would take over 32 MiB of memory";
                        return Err(Error::field(Reason::InvalidArgument, "flow_id", description));
                    }
                    play.flows.insert(flow_id, found);
                }
            }
        }
    }
}
