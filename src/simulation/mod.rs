//! The dry run: the engine itself with a clock that nobody waits for, phones that only take their time, and a script of what
//! the far end and the rest of the world do. Nothing goes out, nothing is kept, and the same play is the same trace.

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
use crate::engine::{Arrived, Ids, Output, Start, start_by_message};
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

/// 2026-01-05 12:00:00 UTC, a Monday: when a play begins that does not say when.
pub const MONDAY: Time = Time(1_767_614_400_000_000);
/// Inputs that the engine takes in one play, over all activeflows.
pub const MAX_STEPS: usize = 20_000;
/// Inputs that it takes while one thing that is expected is looked for, and in all that were looked for in vain.
const MAX_SEARCH: usize = 2_000;
const MAX_SEARCHES: usize = 20_000;
/// Activeflows of one play.
pub const MAX_RUNS: usize = 100;
/// Bytes of a trace.
pub const MAX_TRACE: usize = 2 * 1024 * 1024;

/// What is simulated.
#[derive(Debug, Clone)]
pub struct Play {
    pub revision: Arc<Revision>,
    pub script: Arc<Script>,
    /// The caller's, checked. The script's come on top of them.
    pub variables: Variables,
    /// Where the script does not say it.
    pub beginning: Beginning,
    pub clock: Time,
    pub source: Option<Address>,
    pub destination: Option<Address>,
    /// Flows that it may name; None for those that are not there.
    pub flows: HashMap<Uuid, Option<Arc<Revision>>>,
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
        }
    }

    fn began(&self) -> Time {
        self.script.setup.clock.unwrap_or(self.clock)
    }
}

/// What came of a play.
#[derive(Debug)]
pub enum Played {
    Over(Box<Trace>),
    /// It names a flow that is not at hand: put it into `flows`, or None if there is none, and play again.
    Needs(Uuid),
}

/// Plays it to its end.
pub fn play(play: &Play) -> Result<Played, String> {
    let mut ids = Ids::new(play.began(), 1);
    let began = begin(play, &mut ids)?;
    let mut stage = Stage::new(play, began);
    for line in &play.script.lines {
        stage.line(line);
    }
    Ok(stage.finish())
}

/// The first step of the activeflow.
fn begin(play: &Play, ids: &mut Ids) -> Result<(Run, Output), String> {
    let setup = &play.script.setup;
    let mut variables = play.variables.clone();
    for (name, value) in &setup.variables {
        match name.starts_with(SYSTEM) {
            true => return Err(format!("{name}: names that begin with {SYSTEM} are the system's")),
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
            start_by_message(start, arrived, now, seed)
        }
        _ => engine::start(start, now, seed),
    })
}

fn tel(target: &str) -> Address {
    let none = String::new;
    Address { kind: AddressType::Tel, target: target.to_owned(), target_name: none(), name: none(), detail: none() }
}
