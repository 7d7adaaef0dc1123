//! `ringdown customer`.

use super::Failure;
use super::database::Database;
use std::io::Write;

/// The longest name of a customer, in characters.
const MAX_NAME: usize = 255;

#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Creates a customer, and prints its id and its first access key. The key is shown only this once.
    Create {
        /// Name of the customer.
        #[arg(value_parser = name)]
        name: String,
        #[command(flatten)]
        database: Database,
    },
}

pub(super) fn name(text: &str) -> Result<String, String> {
    match text.trim() {
        "" => Err("expected a name".to_owned()),
        name if name.chars().count() > MAX_NAME => Err(format!("expected at most {MAX_NAME} characters")),
        name if name.chars().any(char::is_control) => Err("expected no control characters".to_owned()),
        name => Ok(name.to_owned()),
    }
}

pub async fn run(args: Args) -> Result<(), Failure> {
    let Command::Create { name, database } = args.command;
    let (store, authenticator) = database.open(true).await?;
    let customer = authenticator.create_customer(&name).await?;
    store.close().await;
    Ok(write!(std::io::stdout(), "customer {}\nkey {}\n", customer.customer_id, customer.key)?)
}
