//! `ringdown drill`: the death of a server, rehearsed on an operator's own database.
//!
//! Two servers share the database, A and B. B is given calls that stay up and activeflows that sleep, and is killed; a
//! watcher of A must be told how all of it goes on, in order and each thing once.

mod database;
mod verdict;
mod watcher;
mod work;

use super::Failure;
use super::child_server::ChildServer;
use super::connect::Server;
use super::stop;
use ringdown::config;
use std::io::Write;
use std::process::ExitCode;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use verdict::Verdict;
use watcher::Watcher;
use work::{Given, Plan};

/// A node is given up after 5 s, and some activeflows sleep until 7 s after the death of theirs: sooner is never.
const SOONEST: Duration = Duration::from_secs(8);
const LATEST: Duration = Duration::from_secs(600);
/// How much longer than promised is waited, to tell how late something was.
const LATER: Duration = Duration::from_secs(20);

#[derive(clap::Args)]
pub struct Args {
    /// A PostgreSQL database for drills, postgres://user:password@host/database (better given as RINGDOWN_DATABASE): one
    /// that no server uses and where no work waits. Tables are made where there are none. Each drill makes a customer of
    /// its own, which stays there with what it did.
    #[arg(long, env = "RINGDOWN_DATABASE", hide_env_values = true, value_name = "URL")]
    database: String,

    /// Calls that are up on the server that is killed, 1 to 1,000.
    #[arg(long, default_value = "50", value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000))]
    calls: u32,

    /// Activeflows that sleep on it, 2 to 10,000: one half is to wake while nobody has it, the other half later.
    #[arg(long, default_value = "500", value_name = "N", value_parser = clap::value_parser!(u32).range(2..=10_000))]
    sleeping: u32,

    /// How long after the death all must have been told, 8s to 10m.
    #[arg(long, default_value = "10s", value_parser = within, value_name = "DURATION")]
    within: Duration,
}

fn within(text: &str) -> Result<Duration, String> {
    let within = config::duration(text)?;
    match (SOONEST..=LATEST).contains(&within) {
        true => Ok(within),
        false => Err("expected 8s to 10m".to_owned()),
    }
}

pub async fn run(args: Args) -> Result<ExitCode, Failure> {
    let stop = stop::on_signal()?;
    tokio::select! {
        outcome = play(&args) => outcome,
        () = stop => {
            let message = "interrupted; its servers were killed, and what they had goes on when a server runs on this database";
            Err(message.into())
        }
    }
}

async fn play(args: &Args) -> Result<ExitCode, Failure> {
    let (place, customer) = database::prepare(&args.database).await?;
    let clock = Clock(Instant::now());
    say(&format!("Two servers on {place}, for a customer made for them, {}.", customer.customer_id))?;
    let recordings = TempDir::with_prefix("ringdown-drill-")?;
    let (a, b) = tokio::try_join!(start(args, &recordings), start(args, &recordings))?;
    let server = |child_server: &ChildServer| Server::new(child_server.url.clone(), customer.key.clone());
    let watcher = Watcher::start(&server(&a)).await?;
    clock.say(&format!("A listens on {}, B on {}; A is watched", a.url, b.url))?;

    let plan = Plan::new(args.calls, args.sleeping);
    let given = work::give(&server(&b), &plan, &watcher).await?;
    let Given { calls, to_wake, to_sleep_on } = &given;
    let asleep = to_wake.len() + to_sleep_on.len();
    clock.say(&format!(
        "B has {} calls that are up and {asleep} sleeping activeflows, as A's watcher saw",
        calls.len()
    ))?;

    let killed = kill(b, &plan).await?;
    clock.say("kill -9 of B")?;
    if watcher.has_told(killed + args.within + LATER, calls.len(), calls.len() + asleep).await? {
        clock.say("A's watcher has been told the end of everything")?;
    }
    let verdict = Verdict::of(&server(&a), &watcher, &given, killed, args.within).await?;
    verdict.print()
}

/// A server that hears nothing of what the environment says to others. Its errors are shown; RINGDOWN_LOG asks for more.
async fn start(args: &Args, recordings: &TempDir) -> Result<ChildServer, Failure> {
    ChildServer::start(&args.database, |command| {
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("RINGDOWN_")) {
            command.env_remove(name);
        }
        command.env("RINGDOWN_LOG", std::env::var("RINGDOWN_LOG").unwrap_or_else(|_| "error".to_owned()));
        command.args(["--recordings".as_ref(), recordings.path().as_os_str()]);
    })
    .await
}

/// Kills a server when its time has come, and says when that was.
async fn kill(mut server: ChildServer, plan: &Plan) -> Result<Instant, Failure> {
    tokio::time::sleep_until(plan.kill().into()).await;
    let killed = Instant::now();
    server.kill().await?;
    Ok(killed)
}

/// Counts from the beginning.
struct Clock(Instant);

impl Clock {
    fn say(&self, what: &str) -> std::io::Result<()> {
        say(&format!("{:5.1} s  {what}", self.0.elapsed().as_secs_f64()))
    }
}

fn say(line: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    // A pipe is read as things happen.
    out.flush()
}
