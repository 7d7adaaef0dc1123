//! Writes the same rows directly to PostgreSQL: two loops with a connection each write groups by UNNEST, each group in
//! one round trip. No channels, responses and checks, and no way to find out after a lost connection whether a group
//! was committed.

use ringdown::store::RunKey;
use std::error::Error;
use std::time::{Duration, Instant};
use tokio_postgres::{Client, NoTls};

type Failure = Box<dyn Error + Send + Sync>;

/// The number of rows in a group.
pub const GROUP: usize = 64;

/// Returns rows per second, into the tables of a schema with these runs, each at its first revision.
pub async fn rate(
    url: &str,
    schema: &str,
    keys: &[RunKey],
    bytes: (usize, usize),
    time: Duration,
) -> Result<f64, Failure> {
    let began = Instant::now();
    let mut loops = Vec::new();
    for keys in keys.chunks(keys.len().div_ceil(2)) {
        let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
        // Ends with its client, which reports the error.
        tokio::spawn(connection);
        client.batch_execute(&format!("set search_path = {schema}")).await?;
        loops.push(tokio::spawn(write(client, keys.to_vec(), bytes, (began, time))));
    }
    let mut done = 0;
    for rows in loops {
        done += rows.await??;
    }
    Ok(done as f64 / began.elapsed().as_secs_f64())
}

/// Returns the number of rows that one connection wrote.
async fn write(
    client: Client,
    keys: Vec<RunKey>,
    (state_bytes, record_bytes): (usize, usize),
    (began, time): (Instant, Duration),
) -> Result<usize, Failure> {
    let update = "update run set revision = w.revision + 1, due = 1, last_epoch = w.epoch, last_sequence = w.sequence, \
                  state = w.state from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bytea[]) \
                  as w(key, revision, epoch, sequence, state) where run.key = w.key and run.revision = w.revision";
    let insert = "insert into log (epoch, sequence, run, previous_epoch, previous_sequence, record) \
                  select epoch, sequence, key, 1, 1, record \
                  from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bytea[]) as w(key, epoch, sequence, record)";
    let (update, insert) = (client.prepare(update).await?, client.prepare(insert).await?);
    let (states, records) = (vec![vec![1_u8; state_bytes]; GROUP], vec![vec![2_u8; record_bytes]; GROUP]);
    let (mut revisions, mut epoch, mut done) = (vec![1_i64; keys.len()], 1_i64 << 40 | keys[0], 0_usize);
    let sequences: Vec<i64> = (1..).take(GROUP).collect();
    while began.elapsed() < time {
        // Adjacent rows are written far apart in time, as in a server.
        let mut places: Vec<usize> = (done..done + GROUP).map(|at| at.wrapping_mul(7_919) % keys.len()).collect();
        places.sort_unstable();
        epoch += 1 << 20;
        let (chosen, epochs): (Vec<_>, Vec<_>) = places.iter().map(|index| (keys[*index], epoch)).unzip();
        let expected: Vec<_> = places.iter().map(|index| revisions[*index]).collect();
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
        begun?;
        if (changed?, added?) != (GROUP as u64, GROUP as u64) {
            return Err("another writer changed the same rows".into());
        }
        committed?;
        places.iter().for_each(|index| revisions[*index] += 1);
        done += GROUP;
    }
    Ok(done)
}
