//! `ringdown token`.

use super::Failure;
use super::database::Database;
use ringdown::config::duration;
use std::io::Write;
use std::time::Duration;
use uuid::Uuid;

#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    database: Database,

    /// Customer that the token is for. Default: the first one.
    #[arg(long, value_name = "ID")]
    customer: Option<Uuid>,

    /// Lifetime of the token.
    #[arg(long, default_value = "24h", value_parser = duration, value_name = "DURATION")]
    ttl: Duration,
}

pub async fn run(args: Args) -> Result<(), Failure> {
    let (store, authenticator) = args.database.open(false).await?;
    let customer = match args.customer {
        Some(id) => store.customer(id).await?.ok_or_else(|| format!("there is no customer {id}"))?,
        None => store.first_customer().await?.ok_or("there is no customer yet: start the server first")?,
    };
    let token = authenticator.mint(customer.id, None, args.ttl)?;
    store.close().await;
    Ok(writeln!(std::io::stdout(), "{token}")?)
}
