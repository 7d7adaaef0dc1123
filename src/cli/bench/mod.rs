//! `ringdown bench`: what a server does a second, how long it takes, and what it takes up.
//!
//! Client and server share the machine, so figures of one machine say little about another. With `--baseline` reads stand
//! beside what the same machine does bare in the same run: the ratio is what can be compared. For events
//! `cargo bench --bench events` does so.

mod bare;
mod load;
mod memory;
mod reads;
mod report;
mod target;
mod watches;
mod writes;

use super::Failure;
use super::connect::Server;
use report::Report;
use std::time::Duration;
use target::Target;

/// Measurements take so long each at most.
const LONGEST: u64 = 600;

#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    server: Server,

    /// Starts a server of its own, on a new database, instead of asking one that runs.
    #[arg(long)]
    start: bool,

    /// The database of the server that it starts. Not given: a new SQLite file, removed afterwards.
    #[arg(long, requires = "start", value_name = "URL")]
    database: Option<String>,

    /// Measures beside it what an RPC and a request do that do nothing; needs --start.
    #[arg(long, requires = "start")]
    baseline: bool,

    /// How long each measurement takes.
    #[arg(long, default_value = "3", value_parser = clap::value_parser!(u64).range(1..=LONGEST))]
    seconds: u64,

    /// Watchers that are told the same.
    #[arg(long, default_value = "1000", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    watchers: u32,

    /// Activeflows that sleep while the memory is looked at; needs --start.
    #[arg(long, default_value = "10000", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    asleep: u32,

    /// Which measurements; all when it is not given.
    #[arg(long, value_enum)]
    only: Vec<Measurement>,

    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Measurement {
    /// Activeflows created a second.
    Starts,
    /// ContinueActiveflow a second: each is a durable transition.
    Events,
    /// Flows of five steps, a wait between each, from their creation to their end.
    Flows,
    /// From ContinueActiveflow to the end, as a watcher sees it.
    Signal,
    /// GetActiveflow by gRPC and by REST.
    Reads,
    /// Many watchers of the same activeflows.
    Watches,
    /// Memory of the server: at rest, for idle watchers, for sleeping activeflows.
    Memory,
}

const ALL: [Measurement; 7] = [
    Measurement::Memory,
    Measurement::Starts,
    Measurement::Events,
    Measurement::Flows,
    Measurement::Signal,
    Measurement::Reads,
    Measurement::Watches,
];

pub async fn run(args: Args) -> Result<(), Failure> {
    let measurements = if args.only.is_empty() { ALL.to_vec() } else { args.only.clone() };
    let seconds = Duration::from_secs(args.seconds);
    let target = match args.start {
        true => Target::start(args.database.as_deref()).await?,
        false => Target::at(args.server)?,
    };
    let bare = match args.baseline {
        true => Some(bare::measure(seconds).await?),
        false => None,
    };
    let mut report = Report::new(bare);
    for measurement in measurements {
        match measurement {
            Measurement::Starts => writes::starts(&target, seconds, &mut report).await?,
            Measurement::Events => writes::events(&target, seconds, &mut report).await?,
            Measurement::Flows => writes::flows(&target, seconds, &mut report).await?,
            Measurement::Signal => writes::signal(&target, seconds, &mut report).await?,
            Measurement::Reads => reads::measure(&target, seconds, &mut report).await?,
            Measurement::Watches => watches::measure(&target, seconds, args.watchers, &mut report).await?,
            Measurement::Memory => memory::measure(&target, args.watchers, args.asleep, &mut report).await?,
        }
    }
    report.print(args.json)?;
    target.stop().await
}
