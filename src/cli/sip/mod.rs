//! `ringdown sip`: what an operator looks at when a call over SIP goes wrong, over the API of a running server.

mod call;
mod check;
mod ladder;

use super::Failure;
use super::carriers::told;
use super::connect::Server;
use ringdown::proto::call_service_client::CallServiceClient;
use ringdown::proto::provider_service_client::ProviderServiceClient;
use ringdown::proto::{GetCallPcapRequest, GetCallTraceRequest};
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use uuid::Uuid;

#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    server: Server,
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Prints the SIP messages of a call, oldest first. The server keeps them in memory for a while.
    Trace {
        /// Id of the call.
        call: Uuid,
        /// Prints whole messages.
        #[arg(long)]
        full: bool,
        /// Writes the messages to a capture file for Wireshark instead.
        #[arg(long, value_name = "FILE", conflicts_with = "full")]
        pcap: Option<PathBuf>,
    },
    /// Prints whether each provider answers, its calls, and what to do if something is wrong; exits with 1 if one does not
    /// answer. Needs an operator's key.
    Check {
        /// Only this provider, by its id. Default: all.
        provider: Option<String>,
    },
    /// Calls a number, speaks a text, hangs up, and prints how the call went; exits with 1 if nobody answers. It takes the
    /// key of a customer.
    Call(call::Args),
}

pub async fn run(args: Args) -> Result<ExitCode, Failure> {
    match args.command {
        Command::Trace { call, full, pcap } => {
            let mut calls = CallServiceClient::new(args.server.spoken()?);
            let id = call.to_string();
            let Some(path) = pcap else {
                let trace = calls.get_call_trace(GetCallTraceRequest { id }).await.map_err(told)?.into_inner();
                let text = if full { ladder::full(&trace) } else { ladder::ladder(&trace) };
                write!(std::io::stdout(), "{text}")?;
                return Ok(ExitCode::SUCCESS);
            };
            let file = calls.get_call_pcap(GetCallPcapRequest { id }).await.map_err(told)?.into_inner();
            std::fs::write(&path, &file.data).map_err(|why| format!("{}: {why}", path.display()))?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Check { provider } => check::run(ProviderServiceClient::new(args.server.spoken()?), provider).await,
        Command::Call(call) => call::run(CallServiceClient::new(args.server.spoken()?), call).await,
    }
}
