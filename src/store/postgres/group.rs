//! The first flight of a group: its transaction up to the commit.

use super::connections::Connection;
use super::members::Members;
use super::statements::{Part, Refusal, parts};
use crate::store::{Commit, Committed, Position, RunKey, RunWrite};
use futures::future::{BoxFuture, FutureExt, maybe_done, poll_immediate};
use std::collections::HashMap;
use std::pin::Pin;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Error, Row};
use uuid::Uuid;

/// Gives the transaction its number, and writes down which group it is.
const MARK: &str = "insert into writer (id, number, at) values ($1, $2, now()) \
                    on conflict (id) do update set number = excluded.number, at = excluded.at returning epoch()";

/// What the transaction holds.
pub(super) enum Filled {
    /// Everything, at this epoch.
    Whole(u64, Vec<Committed>),
    /// Not what these commits asked for: it must be undone.
    Refused(HashMap<usize, Refusal>),
}

/// Begins a transaction and puts the commits into it. On an error it may be open still.
pub(super) async fn fill(
    client: &Connection,
    mark: (Uuid, i64),
    members: &Members,
    commits: &[&Commit],
) -> Result<Filled, Error> {
    let writes = commits.iter().enumerate().flat_map(|(number, commit)| commit.runs.iter().map(move |it| (number, it)));
    let runs: Vec<_> = writes.zip(1..).map(|((number, write), ordinal)| (number, ordinal, write)).collect();
    let parts = parts(commits, &runs, members);
    let found = fly(client, mark, &parts).await?;
    let epoch: i64 = found[1].first().map_or(0, |row| row.get(0));

    let mut refused: HashMap<usize, (usize, i64, Refusal)> = HashMap::new();
    let mut keys: HashMap<i64, RunKey> = HashMap::new();
    for (part, rows) in parts.into_iter().zip(&found[2..]) {
        let Part { rank, rows: mut expected, .. } = part;
        for row in rows {
            let ordinal = row.get(0);
            expected.remove(&ordinal);
            if row.len() > 1 {
                keys.insert(ordinal, row.get(1));
            }
        }
        for (ordinal, (commit, refusal)) in expected {
            let first = refused.get(&commit).is_none_or(|(before, at, _)| (rank, ordinal) < (*before, *at));
            if first {
                refused.insert(commit, (rank, ordinal, refusal));
            }
        }
    }
    if !refused.is_empty() {
        return Ok(Filled::Refused(refused.into_iter().map(|(commit, (_, _, refusal))| (commit, refusal)).collect()));
    }
    Ok(Filled::Whole(epoch.cast_unsigned(), committed(epoch, commits.len(), &runs, &keys)))
}

fn committed(
    epoch: i64,
    commits: usize,
    runs: &[(usize, i64, &RunWrite)],
    keys: &HashMap<i64, RunKey>,
) -> Vec<Committed> {
    let mut committed = vec![Committed::default(); commits];
    for (commit, ordinal, write) in runs {
        let key = write.expected.map(|(key, _)| key).or_else(|| keys.get(ordinal).copied());
        let position = Position { epoch: epoch.cast_unsigned(), sequence: ordinal.cast_unsigned() };
        committed[*commit].runs.extend(key.map(|key| (key, position)));
    }
    committed
}

/// Sends everything before it waits for the first answer. The answers of BEGIN and of the mark come first.
async fn fly(client: &Connection, mark: (Uuid, i64), parts: &[Part<'_>]) -> Result<Vec<Vec<Row>>, Error> {
    let marking = client.prepare_cached(MARK).await?;
    let mut statements = Vec::with_capacity(parts.len());
    for part in parts {
        statements.push(client.prepare_cached(part.sql).await?);
    }
    let begin = client.batch_execute("begin").map(|begun| begun.map(|()| Vec::new())).boxed();
    let (id, number) = mark;
    let mark = async move { client.query(&marking, &[&id, &number]).await }.boxed();
    let mut flight: Vec<BoxFuture<'_, Result<Vec<Row>, Error>>> = vec![begin, mark];
    for (part, statement) in parts.iter().zip(statements) {
        flight.push(
            async move {
                let columns: Vec<_> = part.columns.iter().map(|it| it.as_ref() as &(dyn ToSql + Sync)).collect();
                client.query(&statement, &columns).await
            }
            .boxed(),
        );
    }
    let mut flight: Vec<_> = flight.into_iter().map(maybe_done).collect();
    // A query is sent when it is polled first.
    for query in &mut flight {
        poll_immediate(&mut *query).await;
    }
    let mut found = Vec::with_capacity(flight.len());
    for mut query in flight {
        (&mut query).await;
        found.extend(Pin::new(&mut query).take_output().transpose()?);
    }
    Ok(found)
}
