//! `ringdown token`.

use super::Failure;
use super::database::Database;
use prost::Message;
use ringdown::auth::Role;
use ringdown::config::duration;
use ringdown::proto::AccessKey;
use ringdown::store::{Page, Store};
use std::io::Write;
use std::time::Duration;
use uuid::Uuid;

/// How many keys are read at a time.
const PAGE: u32 = 500;

#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    database: Database,

    /// Customer that the token is for. Default: the first one.
    #[arg(long, value_name = "ID")]
    customer: Option<Uuid>,

    /// Access key that the token comes from: it has the key's role, and ends with the key. Default: the customer's oldest
    /// full key that does not expire.
    #[arg(long, value_name = "ID")]
    key_id: Option<Uuid>,

    /// Lifetime of the token. A server accepts none that is longer than its --jwt-longest-life.
    #[arg(long, default_value = "24h", value_parser = duration, value_name = "DURATION")]
    ttl: Duration,
}

pub async fn run(args: Args) -> Result<(), Failure> {
    let (store, authenticator) = args.database.open(false).await?;
    let customer = match args.customer {
        Some(id) => store.customer(id).await?.ok_or_else(|| format!("there is no customer {id}"))?,
        None => store.first_customer().await?.ok_or("there is no customer yet: start the server first")?,
    };
    let key_id = match args.key_id {
        Some(id) => {
            let row = store.access_key(id).await?.filter(|row| row.tm_delete.is_none());
            row.filter(|row| row.customer_id == customer.id)
                .ok_or_else(|| format!("customer {} has no access key {id}", customer.id))?
                .id
        }
        None => oldest_full_key(&*store, customer.id).await?.ok_or("the customer has no full key: use --key-id")?,
    };
    let token = authenticator.mint(customer.id, Some(key_id), args.ttl)?;
    store.close().await;
    Ok(writeln!(std::io::stdout(), "{token}")?)
}

async fn oldest_full_key(store: &dyn Store, customer_id: Uuid) -> Result<Option<Uuid>, Failure> {
    let (mut found, mut before) = (None, None);
    loop {
        let rows = store.access_keys(Page { customer_id, before, limit: PAGE, max_bytes: 0 }).await?;
        for row in &rows {
            let key = AccessKey::decode(row.body.as_slice())?;
            if Role::of_key(key.role) == Some(Role::Full) && key.tm_expire.is_none() {
                found = Some(row.id);
            }
        }
        match rows.last() {
            Some(last) => before = Some((last.tm_create, last.id)),
            None => return Ok(found),
        }
    }
}
