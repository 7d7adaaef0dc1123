//! Many at once.

use super::*;
use futures::future::join_all;
use ringdown::store::{Error, RunFilter};
use std::collections::HashMap;

/// Commits that wait at the same moment share a transaction; each that fails does so alone.
pub async fn a_conflict_fails_alone(store: &dyn Store) {
    let customer_id = id();
    let writes: Vec<_> = (0..200).map(|_| new_run(customer_id)).collect();
    let keys = put_all(store, &writes).await;
    let commits = writes.iter().zip(&keys).enumerate().map(|(number, (write, (key, _)))| {
        let mut change = next(*key, write);
        match number % 4 {
            0 => change.expected = Some((*key, 9)),
            1 => change.expected = None,
            _ => {}
        }
        // One that breaks midway undoes the transaction of all; the others are done again without it.
        let runs = if number % 20 == 2 { vec![change.clone(), change] } else { vec![change] };
        store.commit(Commit { runs, ..Commit::default() })
    });
    for (number, outcome) in join_all(commits).await.into_iter().enumerate() {
        let run = store.run(writes[number].run.id).await.unwrap().unwrap().run;
        match (number % 4, outcome) {
            (1, Err(Error::IdTaken(id))) => assert_eq!(id, run.id),
            (0 | 2, Err(Error::Conflict)) => assert!(number % 4 == 0 || number % 20 == 2),
            (2 | 3, Ok(committed)) => {
                assert_eq!(run.revision, 2);
                assert_eq!(committed.runs[0].0, keys[number].0);
                continue;
            }
            (_, other) => panic!("{number}: {other:?}"),
        }
        assert_eq!(run, writes[number].run, "{number}");
    }
}

pub async fn racers_for_a_key_get_one_answer(store: &dyn Store) {
    let customer_id = id();
    let racers = (0..50).map(|number: u8| {
        let answer = Answer { response: vec![number], ..new_answer(customer_id, "a") };
        store.commit(Commit { answer: Some(answer), runs: vec![new_run(customer_id)], ..Commit::default() })
    });
    let outcomes = join_all(racers).await;
    let winner = outcomes.iter().position(Result::is_ok).expect("one won");
    for (number, outcome) in outcomes.iter().enumerate().filter(|(number, _)| *number != winner) {
        match outcome {
            Err(Error::KeyUsed(kept)) => assert_eq!(kept.response, [winner as u8]),
            other => panic!("{number}: {other:?}"),
        }
    }
    assert_eq!(store.runs(page(customer_id, 100), RunFilter::default()).await.unwrap().len(), 1);
}

/// Several change the same runs; who loses reads again. Positions rise, and so do each run's revisions along the log.
pub async fn revisions_rise_in_log_order(store: &dyn Store) {
    const EACH: usize = 40;
    let writes: Vec<_> = (0..4).map(|_| new_run(id())).collect();
    let keys = put_all(store, &writes).await;
    let workers = (0..16).map(|worker: usize| {
        let (key, write) = (keys[worker % 4].0, &writes[worker % 4]);
        async move {
            for _ in 0..EACH {
                loop {
                    let stored = store.run(write.run.id).await.unwrap().unwrap();
                    let before = RunWrite { run: stored.run, ..write.clone() };
                    let change = next(key, &before);
                    match store.commit(Commit { runs: vec![change], ..Commit::default() }).await {
                        Ok(_) => break,
                        Err(Error::Conflict) => {}
                        Err(other) => panic!("{other:?}"),
                    }
                }
            }
        }
    });
    join_all(workers).await;
    let rows = store.log(Position::default(), 10_000, 0).await.unwrap();
    assert_eq!(rows.len(), 4 + 16 * EACH);
    assert!(rows.windows(2).all(|pair| pair[0].position < pair[1].position));
    let mut revisions = HashMap::new();
    for row in &rows {
        let revision = revisions.entry(row.run).or_insert(0);
        *revision += 1;
        assert_eq!(row.record.bytes, format!("record {revision}").into_bytes());
    }
    for write in &writes {
        assert_eq!(store.run(write.run.id).await.unwrap().unwrap().run.revision, 1 + 4 * EACH as u64);
    }
}

/// Who reads on from the last position it saw, while others write, sees every row once and in order.
pub async fn watchers_miss_nothing(store: &dyn Store) {
    const RUNS: usize = 400;
    let writing = join_all((0..8).map(|_| async {
        for _ in 0..RUNS / 8 {
            put(store, &new_run(id())).await;
        }
    }));
    let watching = async {
        let (mut seen, mut after) = (Vec::new(), Position::default());
        while seen.len() < RUNS {
            let rows = store.log(after, 7, 0).await.unwrap();
            let Some(last) = rows.last() else {
                tokio::task::yield_now().await;
                continue;
            };
            after = last.position;
            seen.extend(rows);
        }
        seen
    };
    let (_, seen) = tokio::join!(writing, watching);
    assert_eq!(seen, store.log(Position::default(), 1_000, 0).await.unwrap());
}
