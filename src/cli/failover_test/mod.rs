//! `ringdown failover-test`: kills a server on an operator's own database and checks that another one takes over.
//!
//! Two servers share the database, A and B. B gets calls that stay up and activeflows that sleep, and is killed. A watcher
//! of A must receive everything that follows, in order, without gaps or duplicates.

mod database;
mod verdict;
mod watcher;
mod work;

use super::Failure;
use super::child_server::ChildServer;
use super::connect::Server;
use super::stop;
use ringdown::config::{self, SecretKey};
use std::io::Write;
use std::process::ExitCode;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use verdict::Verdict;
use watcher::Watcher;
use work::{Given, Plan};

/// A node is considered dead after 5 s, and some activeflows sleep until 7 s after the kill: the test cannot pass
/// sooner.
const SOONEST: Duration = Duration::from_secs(8);
const LATEST: Duration = Duration::from_secs(600);
/// How much longer than the deadline the test waits, to report how late something was.
const LATER: Duration = Duration::from_secs(20);

#[derive(clap::Args)]
pub struct Args {
    /// URL of a PostgreSQL database that no server uses and that holds no pending work:
    /// postgres://user:password@host/database. Prefer RINGDOWN_DATABASE for a URL with a password. Missing tables are
    /// created. Each test creates a customer of its own, which stays in the database.
    #[arg(long, env = "RINGDOWN_DATABASE", hide_env_values = true, value_name = "URL")]
    database: String,

    #[command(flatten)]
    secret_key: SecretKey,

    /// Active calls on the server that is killed, 1 to 1,000.
    #[arg(long, default_value = "50", value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000))]
    calls: u32,

    /// Sleeping activeflows on it, 2 to 10,000. Half of them fall due before the takeover, half after it.
    #[arg(long, default_value = "500", value_name = "N", value_parser = clap::value_parser!(u32).range(2..=10_000))]
    sleeping: u32,

    /// Deadline for the takeover, counted from the kill, 8s to 10m.
    #[arg(long, alias = "within", default_value = "10s", value_parser = deadline, value_name = "DURATION")]
    deadline: Duration,
}

fn deadline(text: &str) -> Result<Duration, String> {
    let deadline = config::duration(text)?;
    match (SOONEST..=LATEST).contains(&deadline) {
        true => Ok(deadline),
        false => Err("expected 8s to 10m".to_owned()),
    }
}

pub async fn run(args: Args) -> Result<ExitCode, Failure> {
    let stop = stop::on_signal()?;
    tokio::select! {
        outcome = play(&args) => outcome,
        () = stop => {
            let message = "interrupted; the servers were killed, and their work continues when a server starts on this database";
            Err(message.into())
        }
    }
}

async fn play(args: &Args) -> Result<ExitCode, Failure> {
    let (place, customer) = database::prepare(&args.database, &args.secret_key).await?;
    let clock = Clock(Instant::now());
    say(&format!("Two servers on {place}, with a customer created for this test, {}.", customer.customer_id))?;
    let recordings = TempDir::with_prefix("ringdown-failover-test-")?;
    let (a, b) = tokio::try_join!(start(args, &recordings), start(args, &recordings))?;
    let server = |child_server: &ChildServer| Server::new(child_server.url.clone(), customer.key.clone());
    let watcher = Watcher::start(&server(&a)).await?;
    clock.say(&format!("A listens on {}, B on {}; the watcher is connected to A", a.url, b.url))?;

    let plan = Plan::new(args.calls, args.sleeping);
    let given = work::give(&server(&b), &plan, &watcher).await?;
    let Given { calls, to_wake, to_sleep_on } = &given;
    let asleep = to_wake.len() + to_sleep_on.len();
    clock.say(&format!(
        "B has {} active calls and {asleep} sleeping activeflows, as seen by the watcher",
        calls.len()
    ))?;

    let killed = kill(b, &plan).await?;
    clock.say("kill -9 of B")?;
    if watcher.has_told(killed + args.deadline + LATER, calls.len(), calls.len() + asleep).await? {
        clock.say("the watcher has received the end of everything")?;
    }
    let verdict = Verdict::of(&server(&a), &watcher, &given, killed, args.deadline).await?;
    verdict.print()
}

/// Starts a server that ignores the RINGDOWN_ variables of the environment. It logs errors only, unless RINGDOWN_LOG is
/// set.
async fn start(args: &Args, recordings: &TempDir) -> Result<ChildServer, Failure> {
    ChildServer::start(&args.database, |command| {
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("RINGDOWN_")) {
            command.env_remove(name);
        }
        command.env("RINGDOWN_LOG", std::env::var("RINGDOWN_LOG").unwrap_or_else(|_| "error".to_owned()));
        if let Some(file) = &args.secret_key.file {
            command.env("RINGDOWN_SECRET_KEY_FILE", file);
        }
        command.args(["--recordings-dir".as_ref(), recordings.path().as_os_str()]);
    })
    .await
}

/// Kills a server at the planned time, and returns that time.
async fn kill(mut server: ChildServer, plan: &Plan) -> Result<Instant, Failure> {
    tokio::time::sleep_until(plan.kill().into()).await;
    let killed = Instant::now();
    server.kill().await?;
    Ok(killed)
}

/// Prefixes messages with the time since the start.
struct Clock(Instant);

impl Clock {
    fn say(&self, what: &str) -> std::io::Result<()> {
        say(&format!("{:5.1} s  {what}", self.0.elapsed().as_secs_f64()))
    }
}

fn say(line: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    // Flush, so that the reader of a pipe sees each message at once.
    out.flush()
}
