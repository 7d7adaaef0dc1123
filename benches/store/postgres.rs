//! PostgreSQL: a local server with its default settings, which flushes what it commits.

#[path = "../bare/postgres.rs"]
mod bare;

use crate::server::{self, Server};
use crate::{RECORD_BYTES, ROUND, ROUNDS, STATE_BYTES, drive, fill, latencies, median};
use ringdown::store::postgres::{Config, Postgres};
use ringdown::store::{RunKey, Store};
use std::sync::Arc;

pub fn compare(callers: usize) {
    let Some(server) = server::server() else { return };
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let (mut alone, mut through, mut seen_us) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        alone.push(runtime.block_on(by_itself(server)));
        let (rate, latencies_us) = runtime.block_on(through_the_store(server, callers));
        through.push(rate);
        seen_us.extend(latencies_us);
    }
    let (alone, through) = (median(alone), median(through));
    let share = through / alone * 100.0;
    println!("  PostgreSQL, groups of {}    {alone:8.0}  by UNNEST over two connections", bare::GROUP);
    println!("  through the store          {through:8.0}  {share:.0} % of it;  {}", latencies(seen_us));
}

/// Creates a database with its runs.
async fn filled(server: &Server) -> (String, Arc<dyn Store>, Vec<RunKey>) {
    let url = server.database();
    let store = Postgres::open(Config::new(url.parse().expect("a URL"))).await.expect("opened");
    let keys = fill(&store).await;
    server.sql(url.rsplit('/').next().and_then(|it| it.split('?').next()).expect("a name"), "vacuum analyze");
    (url, Arc::new(store), keys)
}

async fn through_the_store(server: &Server, callers: usize) -> (f64, Vec<u64>) {
    let (_, store, keys) = filled(server).await;
    let done = drive(store.clone(), &keys, callers, || {}).await;
    store.close().await;
    done
}

async fn by_itself(server: &Server) -> f64 {
    let (url, store, keys) = filled(server).await;
    store.close().await;
    bare::rate(&url, "ringdown", &keys, (STATE_BYTES, RECORD_BYTES), ROUND).await.expect("written")
}
