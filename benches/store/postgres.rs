//! PostgreSQL: a server on this machine, as it comes, that flushes what it commits.
//!
//! The limit is two loops with a connection each that write the same rows by UNNEST in groups of 64, every group in one
//! flight: no channels, answers and checks, and nothing that tells after a lost connection what became of a group.

use crate::server::{self, Server};
use crate::{RECORD_BYTES, ROUND, ROUNDS, RUNS, STATE_BYTES, drive, fill, latencies, median};
use rand::seq::index;
use ringdown::store::postgres::{Config, Postgres};
use ringdown::store::{RunKey, Store};
use std::sync::Arc;
use std::time::Instant;
use tokio_postgres::NoTls;

const GROUP: usize = 64;

pub fn compare(callers: usize) {
    let Some(server) = server::server() else { return };
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let (mut alone, mut through, mut seen_us) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        alone.push(runtime.block_on(bare(server)));
        let (rate, latencies_us) = runtime.block_on(through_the_store(server, callers));
        through.push(rate);
        seen_us.extend(latencies_us);
    }
    let (alone, through) = (median(alone), median(through));
    let share = through / alone * 100.0;
    println!("  PostgreSQL, groups of {GROUP}    {alone:8.0}  by UNNEST over two connections");
    println!("  through the store          {through:8.0}  {share:.0} % of it;  {}", latencies(seen_us));
}

/// A database with its runs.
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

async fn bare(server: &Server) -> f64 {
    let (url, store, keys) = filled(server).await;
    store.close().await;
    let begin = Instant::now();
    let (one, other) = keys.split_at(RUNS / 2);
    let loops = [one, other].map(|keys| tokio::spawn(write(url.clone(), keys.to_vec(), begin)));
    let done = futures::future::join_all(loops).await.into_iter();
    done.map(|done| done.expect("finished") as f64).sum::<f64>() / begin.elapsed().as_secs_f64()
}

/// Transitions that one connection wrote.
async fn write(url: String, keys: Vec<RunKey>, begin: Instant) -> usize {
    let (client, connection) = tokio_postgres::connect(&url, NoTls).await.expect("connected");
    tokio::spawn(connection);
    client.batch_execute("set search_path = ringdown").await.expect("set");
    let update = "update run set revision = w.revision + 1, due = 1, last_epoch = w.epoch, last_sequence = w.sequence, \
                  state = w.state from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bytea[]) \
                  as w(key, revision, epoch, sequence, state) where run.key = w.key and run.revision = w.revision";
    let insert = "insert into log (epoch, sequence, run, previous_epoch, previous_sequence, record) \
                  select epoch, sequence, key, 1, 1, record \
                  from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bytea[]) as w(key, epoch, sequence, record)";
    let (update, insert) =
        (client.prepare(update).await.expect("compiled"), client.prepare(insert).await.expect("compiled"));
    let (states, records) = (vec![vec![1_u8; STATE_BYTES]; GROUP], vec![vec![2_u8; RECORD_BYTES]; GROUP]);
    let (mut revisions, mut epoch, mut done) = (vec![1_i64; keys.len()], 1_i64 << 40 | keys[0], 0);
    let sequences: Vec<i64> = (1..).take(GROUP).collect();
    while begin.elapsed() < ROUND {
        let mut places = index::sample(&mut rand::rng(), keys.len(), GROUP).into_vec();
        places.sort_unstable();
        epoch += 1 << 20;
        let (chosen, epochs): (Vec<_>, Vec<_>) = places.iter().map(|place| (keys[*place], epoch)).unzip();
        let expected: Vec<_> = places.iter().map(|place| revisions[*place]).collect();
        let (updated, inserted) = (
            [&chosen as _, &expected as _, &epochs as _, &sequences as _, &states as _],
            [&chosen as _, &epochs as _, &sequences as _, &records as _],
        );
        let (begun, changed, added, committed) = tokio::join!(
            biased;
            client.batch_execute("begin"),
            client.execute(&update, &updated),
            client.execute(&insert, &inserted),
            client.batch_execute("commit"),
        );
        begun.expect("begun");
        assert_eq!((changed.expect("updated"), added.expect("inserted")), (GROUP as u64, GROUP as u64));
        committed.expect("committed");
        places.iter().for_each(|place| revisions[*place] += 1);
        done += GROUP;
    }
    done
}
