//! `ringdown bench`: measures throughput, latency and memory of a server.
//!
//! Client and server share the machine, so figures of one machine say little about another. With `--baseline` the
//! report also shows what the same machine does bare in the same run: the ratio can be compared between machines. For
//! events `cargo bench --bench events` does the same.

mod bare;
mod load;
mod memory;
mod neighbours;
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

/// The longest measurement, in seconds.
const LONGEST: u64 = 600;

#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Args {
    #[command(subcommand)]
    measure: Option<Measure>,

    #[command(flatten)]
    server: Server,

    /// Starts a server on a new database, instead of measuring a running one.
    #[arg(long)]
    start: bool,

    /// Database of the started server. Default: a new SQLite file, removed afterwards.
    #[arg(long, requires = "start", value_name = "URL")]
    database: Option<String>,

    /// Also measures an RPC and a REST request that do nothing; requires --start.
    #[arg(long, requires = "start")]
    baseline: bool,

    /// Duration of each measurement, in seconds.
    #[arg(long, default_value = "3", value_parser = clap::value_parser!(u64).range(1..=LONGEST))]
    seconds: u64,

    /// Watchers that receive the same events.
    #[arg(long, default_value = "1000", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    watchers: u32,

    /// Sleeping activeflows during the memory measurement; requires --start.
    #[arg(long, default_value = "10000", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    asleep: u32,

    /// Measurements to run. Default: all.
    #[arg(long, value_enum)]
    only: Vec<Measurement>,

    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

/// Measurements with options of their own.
#[derive(clap::Subcommand)]
enum Measure {
    /// Measures what a customer feels while another customer does its worst
    Neighbours(neighbours::Args),
    /// Does its worst, for `neighbours`
    #[command(hide = true)]
    Attack(neighbours::Attack),
}

/// The available measurements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Measurement {
    /// Activeflows created per second
    Starts,
    /// ContinueActiveflow requests per second: each is a durable transition
    Events,
    /// Flows of five steps with a wait between each, from creation to end
    Flows,
    /// Time from ContinueActiveflow to the end, as a watcher sees it
    Signal,
    /// GetActiveflow over gRPC and REST
    Reads,
    /// Many watchers of the same activeflows
    Watches,
    /// Memory of the server: at rest, for idle watchers, for sleeping activeflows
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
    match args.measure {
        Some(Measure::Neighbours(args)) => return neighbours::run(args).await,
        Some(Measure::Attack(attack)) => return attack.run().await,
        None => {}
    }
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
