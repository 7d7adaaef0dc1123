//! Checks that a database may be used for a failover test.

use crate::cli::Failure;
use ringdown::auth::{Authenticator, NewCustomer};
use ringdown::config::SecretKey;
use ringdown::seal::{self, Source};
use ringdown::store::postgres::{Config, Location, Postgres};
use ringdown::store::{PartitionScan, Store};
use std::sync::Arc;

/// The name of the customers created for failover tests.
const NAME: &str = "ringdown failover-test";

/// Creates a customer in the database, after checking that it contains no work which the servers of the test would
/// continue.
pub async fn prepare(url: &str, secret_key: &SecretKey) -> Result<(Location, NewCustomer), Failure> {
    if !Location::is_meant_by(url) {
        let message =
            "a failover test needs two servers on one database: --database postgres://user:password@host/database";
        return Err(message.into());
    }
    let location: Location = url.parse()?;
    let source = Source::of(url, secret_key.file.as_deref())?;
    let config = Config { serves: false, readers: 1, ..Config::new(location.clone()) };
    let store = Arc::new(Postgres::open(config).await?);
    let customer = make_customer(&store, source).await;
    store.close().await;
    Ok((location, customer?))
}

async fn make_customer(store: &Arc<Postgres>, source: Source) -> Result<NewCustomer, Failure> {
    if store.is_served().await? {
        return Err("a server uses this database; use a separate database for the test".into());
    }
    let waits = !store.working_set(0, 1).await?.is_empty()
        || !store.due_partitions(i64::MAX, PartitionScan { limit: 1, ..PartitionScan::ALL }).await?.due.is_empty()
        || !store.started_outgoing(1).await?.is_empty();
    if waits {
        let message =
            "this database holds pending work, which the servers of the test would continue; use another database";
        return Err(message.into());
    }
    let sealer = seal::open(&**store, source).await?;
    Ok(Authenticator::open(store.clone(), &sealer, None).await?.create_customer(NAME).await?)
}
