//! A connection is cut while a commit is on its way: what is answered is what happened, and it happened once.

use crate::proxy::{Cut, Proxy};
use crate::store::{NOW, id, new_answer, new_outgoing, new_run, next, put};
use crate::{log, name, open, server};
use futures::future::join_all;
use ringdown::store::postgres::Postgres;
use ringdown::store::{Commit, Error, RunKey, RunWrite, Store};
use std::time::Duration;

/// A store by way of a proxy.
async fn store() -> Option<(Proxy, Postgres, String)> {
    let server = server::server()?;
    let (url, proxy) = (server.database(), Proxy::start(server.port).await);
    let store = open(&proxy.url(&url)).await;
    Some((proxy, store, url))
}

#[tokio::test]
async fn a_cut_commit_is_answered_truly_and_done_once() {
    let Some((proxy, store, _)) = store().await else { return };
    let mut write = new_run(id());
    let (key, _) = put(&store, &write).await;
    let asked = new_outgoing(write.run.customer_id, 1);
    for (number, cut) in [Cut::After, Cut::Before, Cut::Under, Cut::After, Cut::Under].into_iter().enumerate() {
        write = next(key, &write);
        proxy.plan(cut);
        let answer = Some(new_answer(write.run.customer_id, &number.to_string()));
        let outgoing = vec![ringdown::store::Outgoing { id: id(), ..asked.clone() }];
        let commit = Commit { runs: vec![write.clone()], answer, outgoing, ..Commit::default() };
        let committed = store.commit(commit).await.unwrap_or_else(|error| panic!("{cut:?}: {error}"));
        assert!(proxy.is_done(), "{cut:?}");
        let history = store.history(key, None, 100, 0).await.unwrap();
        assert_eq!(history.len() as u64, write.run.revision, "{cut:?}");
        assert_eq!(history[0].position, committed.runs[0].1, "{cut:?}: it is where it was said to be");
    }
    assert_eq!(store.due_outgoing(1, NOW, 100).await.unwrap().len(), 5);
    store.close().await;
}

/// Whoever is told that nothing was written does the same again, and never finds that it was.
async fn drive(store: &Postgres, key: RunKey, mut write: RunWrite, steps: u64) {
    for _ in 0..steps {
        write = next(key, &write);
        loop {
            match store.commit(Commit { runs: vec![write.clone()], ..Commit::default() }).await {
                Ok(_) => break,
                Err(Error::Unavailable(_)) => {}
                Err(other) => panic!("{}: {other:?}", write.run.revision),
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_cuts_lose_nothing_and_double_nothing() {
    const STEPS: u64 = 60;
    let Some((proxy, store, _)) = store().await else { return };
    let writes: Vec<_> = (0..8).map(|_| new_run(id())).collect();
    let keys: Vec<_> = join_all(writes.iter().map(|write| put(&store, write))).await;
    let driving = join_all(writes.iter().zip(&keys).map(|(write, (key, _))| drive(&store, *key, write.clone(), STEPS)));
    let cutting = async {
        for cut in [Cut::Under, Cut::After, Cut::Before].into_iter().cycle().take(30) {
            proxy.plan(cut);
            while !proxy.is_done() {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        }
        std::future::pending::<()>().await
    };
    tokio::select! {
        _ = driving => {}
        () = cutting => {}
    }
    for (write, (key, _)) in writes.iter().zip(&keys) {
        assert_eq!(store.run(write.run.id).await.unwrap().unwrap().run.revision, 1 + STEPS);
        let history = store.history(*key, None, 1_000, 0).await.unwrap();
        let expected: Vec<_> = (1..=1 + STEPS).rev().map(|number| format!("record {number}").into_bytes()).collect();
        assert_eq!(history.into_iter().map(|row| row.record.bytes).collect::<Vec<_>>(), expected);
    }
    assert_eq!(log(&store, 8 * (1 + STEPS as usize)).await.len() as u64, 8 * (1 + STEPS));
    store.close().await;
}

#[tokio::test]
async fn a_database_that_is_away_is_told_and_changes_nothing() {
    let Some((proxy, store, url)) = store().await else { return };
    let write = new_run(id());
    let (key, _) = put(&store, &write).await;
    proxy.close();
    let change = Commit { runs: vec![next(key, &write)], ..Commit::default() };
    let (commits, read) =
        tokio::join!(join_all((0..20).map(|_| store.commit(change.clone()))), store.run(write.run.id));
    for outcome in commits {
        assert!(matches!(outcome, Err(Error::Unavailable(_))), "{outcome:?}");
    }
    assert!(matches!(read, Err(Error::Unavailable(_))), "{read:?}");
    assert!(matches!(store.ping().await, Err(Error::Unavailable(_))));
    let revision = server::server().unwrap().sql(name(&url), "select revision from ringdown.run");
    assert_eq!(revision, "1");
    proxy.open();
    // The lock is taken again with the first connections, after a pause that grows.
    while let Err(error) = store.commit(change.clone()).await {
        assert!(matches!(error, Error::Unavailable(_)), "{error:?}");
    }
    assert_eq!(store.run(write.run.id).await.unwrap().unwrap().run.revision, 2);
    store.close().await;
}
