//! The command line: one file per subcommand. A command writes its result, and nothing else, to standard output; logs and
//! errors go to standard error.

mod bench;
mod carriers;
mod child_server;
mod connect;
mod customer;
mod customers;
mod database;
mod demo;
mod doctor;
mod failover_test;
mod openapi;
mod secret_key;
mod serve;
mod simulate;
mod sip;
mod stop;
mod timeline;
mod token;
mod watch;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use ringdown::config::{self, Config};
use std::error::Error;
use std::process::ExitCode;

/// An error of a command: one sentence for the user.
type Failure = Box<dyn Error + Send + Sync>;

/// Ringdown, a programmable-voice engine: runs call flows behind gRPC and REST on one port.
#[derive(Parser)]
#[command(name = "ringdown", version, args_conflicts_with_subcommands = true)]
struct Line {
    /// Without a subcommand the server starts.
    #[command(flatten)]
    serve: Config,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Starts the server (the default).
    Serve(Box<Config>),
    /// Starts an in-memory server, makes a call and prints what happens.
    Demo(demo::Args),
    /// Follows one activeflow, or all of them, live.
    Watch(watch::Args),
    /// Prints a JWT.
    Token(token::Args),
    /// Creates customers.
    #[command(hide = true)]
    Customer(customer::Args),
    /// Makes and replaces the key that seals secrets in the database.
    SecretKey(secret_key::Args),
    /// Lists, creates, limits, suspends and deletes customers, and creates operators' keys, beside the database.
    Customers(customers::Args),
    /// Lists, creates, changes and deletes providers of calls, on a running server. Needs an operator's key.
    Providers(Box<carriers::ProviderArgs>),
    /// Lists, creates, deletes and finds routes of calls to providers, on a running server. Needs an operator's key.
    Routes(carriers::RouteArgs),
    /// Shows why a call over SIP went wrong: its messages, the providers, and a call to try, on a running server.
    Sip(sip::Args),
    /// Checks a database for damaged rows, next to the server that uses it; exits with 1 if there are any.
    Doctor(doctor::Args),
    /// Runs a flow against a script of the remote party, without a server; exits with 1 if an expectation of the script
    /// fails.
    Simulate(simulate::Args),
    /// Measures throughput, latency and memory of a server.
    Bench(bench::Args),
    /// Kills a server with active calls and sleeping activeflows, and checks that a second server on the same PostgreSQL
    /// database takes over; exits with 1 if it does not.
    #[command(alias = "drill")]
    FailoverTest(failover_test::Args),
    /// Prints the OpenAPI document.
    Openapi,
}

/// Runs the program.
pub fn main() -> ExitCode {
    let line = Line::command().mut_subcommand("serve", config::renamed::accept);
    // The database, or the server, may be named before or after what to do.
    let line = ["customers", "providers", "routes", "sip"].into_iter().fold(line, |line, command| {
        line.mut_subcommand(command, |command| command.mut_args(|option| option.global(true)))
    });
    let matches = config::renamed::accept(line).get_matches();
    let line = Line::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    let command = line.command.unwrap_or_else(|| Command::Serve(Box::new(line.serve)));
    let outcome = tokio::runtime::Runtime::new().map_err(Failure::from).and_then(|runtime| {
        let outcome = runtime.block_on(run(command));
        // Does not wait for what the command left running, such as a read of standard input.
        runtime.shutdown_background();
        outcome
    });
    match outcome {
        Ok(code) => code,
        Err(failure) if is_closed_pipe(&*failure) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("ringdown: {failure}");
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command) -> Result<ExitCode, Failure> {
    match command {
        Command::Serve(config) => serve::run(*config).await?,
        Command::Demo(args) => demo::run(args).await?,
        Command::Watch(args) => watch::run(args).await?,
        Command::Token(args) => token::run(args).await?,
        Command::Customer(args) => customer::run(args).await?,
        Command::SecretKey(args) => secret_key::run(args).await?,
        Command::Customers(args) => customers::run(args).await?,
        Command::Providers(args) => carriers::providers(*args).await?,
        Command::Routes(args) => carriers::routes(args).await?,
        Command::Sip(args) => return sip::run(args).await,
        Command::Doctor(args) => return doctor::run(args).await,
        Command::Simulate(args) => return simulate::run(args),
        Command::Bench(args) => bench::run(args).await?,
        Command::FailoverTest(args) => return failover_test::run(args).await,
        Command::Openapi => openapi::run()?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Returns whether the reader of our output has closed it, as `head` does.
fn is_closed_pipe(failure: &(dyn Error + 'static)) -> bool {
    let io = failure.downcast_ref::<std::io::Error>();
    io.is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Line::command().debug_assert();
    }

    #[test]
    fn serve_is_what_is_meant_by_nothing() {
        let line = Line::try_parse_from(["ringdown", "--sim-speed", "10"]).unwrap();
        assert!(line.command.is_none() && line.serve.sim_speed == 10.0);
        match Line::try_parse_from(["ringdown", "serve", "--sim-speed", "10"]).unwrap().command {
            Some(Command::Serve(config)) => assert_eq!(config.sim_speed, 10.0),
            _ => panic!("another command"),
        }
        assert!(Line::try_parse_from(["ringdown", "--sim-speed", "10", "openapi"]).is_err());
        assert!(Line::try_parse_from(["ringdown", "watch"]).is_err(), "it requires an activeflow or --all");
    }
}
