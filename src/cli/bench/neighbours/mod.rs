//! `ringdown bench neighbours`: what a customer that works feels while another customer does its worst.
//!
//! The attacker is a process with the lowest priority (nice 19), so that the figures show what the server lets it take,
//! and not what its own client takes from the processor.

mod attack;

pub use attack::Attack;

use super::Failure;
use super::load::{self, Measured, Recorder};
use super::report::Report;
use super::target::Target;
use super::writes::{self, action};
use ringdown::proto::*;
use std::process::Stdio;
use std::time::Duration;
use tokio::process::{Child, Command};

/// The requests of the customer that works, at the same time.
const WORKERS: usize = 4;
/// How long an attack goes on before the measurement begins.
const HEAD_START: Duration = Duration::from_secs(1);

#[derive(clap::Args)]
pub struct Args {
    /// Duration of each measurement, in seconds.
    #[arg(long, default_value = "3", value_parser = clap::value_parser!(u64).range(1..=super::LONGEST))]
    seconds: u64,

    /// Attacks to measure. Default: all.
    #[arg(long, value_enum)]
    only: Vec<attack::Kind>,

    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

pub async fn run(args: Args) -> Result<(), Failure> {
    let target = Target::start_with_limits().await?;
    let key = target.another_customer().await?;
    let (time, mut report) = (Duration::from_secs(args.seconds), Report::new(None));
    let kinds = if args.only.is_empty() { attack::ALL.to_vec() } else { args.only.clone() };
    let flow_id = writes::make_flow(&target, vec![action(action::Option::Block(BlockOption::default()))]).await?;
    let alone = work(&target, &flow_id, "alone", time).await?;
    report.rate("alone", &alone, None);
    for kind in kinds {
        let mut attacker = start(&target, &key, kind)?;
        tokio::time::sleep(HEAD_START).await;
        let name = format!("next to {}", kind.describe());
        let measured = work(&target, &flow_id, &name, time).await;
        attacker.kill().await?;
        report.rate(name, &measured?, Some(("alone", alone.rate)));
    }
    report.print(args.json)?;
    target.stop().await
}

/// Starts and reads activeflows, one after the other in each worker.
async fn work(target: &Target, flow_id: &str, name: &str, time: Duration) -> Result<Measured, Failure> {
    let connections = target.connections(WORKERS)?;
    let work = |number: usize, mut recorder: Recorder| {
        let (mut client, flow_id) = (connections[number % connections.len()].clone(), flow_id.to_owned());
        async move {
            while !recorder.is_over() {
                let id = recorder.time(writes::create(&mut client, &flow_id)).await?;
                recorder.time(client.get_activeflow(GetActiveflowRequest { id })).await?;
            }
            Ok(recorder)
        }
    };
    load::together(name, WORKERS, time, work).await
}

fn start(target: &Target, key: &str, kind: attack::Kind) -> Result<Child, Failure> {
    let mut command = Command::new("nice");
    command.args(["-n", "19"]).arg(std::env::current_exe()?).args(["bench", "attack", kind.word()]);
    command.env("RINGDOWN_SERVER", target.url()).env("RINGDOWN_KEY", key);
    command.stdout(Stdio::null()).stderr(Stdio::null()).stdin(Stdio::null());
    Ok(command.kill_on_drop(true).spawn()?)
}
