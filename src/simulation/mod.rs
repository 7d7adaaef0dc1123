//! Dry runs: the real engine with a virtual clock, simulated phones and a script of what the remote party and other
//! systems do. A dry run sends nothing and stores nothing, and the same input always produces the same trace.

mod expects;
mod lines;
mod phone;
mod read;
mod remote_party;
mod response;
pub mod script;
mod show;
mod stage;
pub mod trace;

pub use read::YEAR_MS;
pub use response::response;
pub use script::{Script, Unreadable, UnreadableLines};
pub use show::show;
pub use trace::Trace;

use crate::engine;
use crate::engine::{Allowance, Arrived, Ids, Output, Start, start_by_message};
use crate::model::call::{Address, AddressType, Call, Direction, Status};
use crate::model::flow::Revision;
use crate::model::run::Run;
use crate::model::time::Time;
use crate::model::variables::{SYSTEM, Variables};
use script::Beginning;
use stage::Stage;
use std::collections::HashMap;
use std::sync::Arc;
use uuid::Uuid;

/// 2026-01-05 12:00:00 UTC, a Monday: the default start time of a simulation.
pub const MONDAY: Time = Time(1_767_614_400_000_000);
/// Maximum number of engine inputs in one simulation, over all activeflows.
pub const MAX_STEPS: usize = 20_000;
/// Maximum number of engine inputs while looking ahead for one expectation, and in all look-aheads that found nothing.
const MAX_SEARCH: usize = 2_000;
const MAX_SEARCHES: usize = 20_000;
/// Maximum number of activeflows of one simulation.
pub const MAX_RUNS: usize = 100;
/// Maximum size of a trace, in bytes.
pub const MAX_TRACE: usize = 2 * 1024 * 1024;

/// The input of a simulation.
#[derive(Debug, Clone)]
pub struct Play {
    pub revision: Arc<Revision>,
    pub script: Arc<Script>,
    /// The variables that the caller set, checked. The script's variables are added to them.
    pub variables: Variables,
    /// The default if the script does not define it, like `clock`, `source` and `destination`.
    pub beginning: Beginning,
    pub clock: Time,
    pub source: Option<Address>,
    pub destination: Option<Address>,
    /// Flows that the simulation may refer to; None for those that do not exist.
    pub flows: HashMap<Uuid, Option<Arc<Revision>>>,
    /// The limits of the customer. Nothing else of the customer counts.
    pub allowance: Allowance,
}

impl Play {
    pub fn new(revision: Arc<Revision>, script: Script) -> Play {
        Play {
            revision,
            script: Arc::new(script),
            variables: Variables::default(),
            beginning: Beginning::Outgoing,
            clock: MONDAY,
            source: None,
            destination: None,
            flows: HashMap::new(),
            allowance: Allowance::default(),
        }
    }

    fn began(&self) -> Time {
        self.script.setup.clock.unwrap_or(self.clock)
    }
}

/// The result of a simulation.
#[derive(Debug)]
pub enum Played {
    Over(Box<Trace>),
    /// The simulation needs a flow that is not loaded: add it to `flows`, or None if there is none, and simulate again.
    Needs(Uuid),
}

/// Runs a simulation to its end.
pub fn play(play: &Play) -> Result<Played, String> {
    let mut ids = Ids::new(play.began(), 1);
    let began = begin(play, &mut ids)?;
    let mut stage = Stage::new(play, began);
    for line in &play.script.lines {
        stage.line(line);
    }
    Ok(stage.finish())
}

/// Executes the first step of the activeflow.
fn begin(play: &Play, ids: &mut Ids) -> Result<(Run, Output), String> {
    let setup = &play.script.setup;
    let mut variables = play.variables.clone();
    for (name, value) in &setup.variables {
        match name.starts_with(SYSTEM) {
            true => return Err(format!("{name}: names that begin with {SYSTEM} are reserved")),
            false => variables.set(name, value)?,
        }
    }
    let from = setup.from.as_ref().or(play.source.as_ref()).cloned().unwrap_or_else(|| tel("+15550000009"));
    let to = setup.to.as_ref().or(play.destination.as_ref()).cloned().unwrap_or_else(|| tel("+15550000001"));
    let (call_id, run_id, customer_id) = (ids.next_id(), ids.next_id(), ids.next_id());
    let call = |direction, status| Call {
        id: call_id,
        source: from.clone(),
        destination: to.clone(),
        direction,
        status,
        tm_create: play.began(),
        ..Call::blank()
    };
    let beginning = setup.beginning.as_ref().unwrap_or(&play.beginning);
    let call = match beginning {
        Beginning::Outgoing => Some(call(Direction::Outgoing, Status::Dialing)),
        Beginning::Incoming => Some(call(Direction::Incoming, Status::Ringing)),
        Beginning::Api | Beginning::Sms { .. } => None,
    };
    let start = Start {
        id: run_id,
        customer_id,
        revision: play.revision.clone(),
        call,
        early_execution: false,
        variables,
        on_complete_flow_id: Uuid::nil(),
        webhook_uri: String::new(),
        webhook_method: String::new(),
    };
    let (now, seed) = (play.began(), ids.next_id().as_u128());
    Ok(match beginning {
        Beginning::Sms { text } => {
            let arrived = Arrived { id: call_id, source: &from.target, destination: &to.target, text };
            start_by_message(start, arrived, now, seed, &play.allowance)
        }
        _ => engine::start(start, now, seed, &play.allowance),
    })
}

fn tel(target: &str) -> Address {
    let none = String::new;
    Address { kind: AddressType::Tel, target: target.to_owned(), target_name: none(), name: none(), detail: none() }
}
