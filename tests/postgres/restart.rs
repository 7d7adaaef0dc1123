//! The database server dies and comes back.

use crate::open;
use crate::server::{self, Server};
use crate::store::{id, new_run, next, put};
use futures::future::join_all;
use ringdown::store::{Commit, Error, Store};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// One of its processes is killed, upon which PostgreSQL ends all of them and recovers.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_answered_is_there_after_a_crash() {
    let Some(server) = server::bin().map(Server::start) else { return };
    let url = server.database();
    let store = open(&url).await;
    let name = store.log_name().await.unwrap();
    let writes: Vec<_> = (0..6).map(|_| new_run(id())).collect();
    let keys: Vec<_> = join_all(writes.iter().map(|write| put(&store, write))).await;
    let done = AtomicU64::new(0);
    let drive = |number: usize| {
        let (store, done, keys) = (&store, &done, &keys);
        let mut write = writes[number].clone();
        async move {
            while done.load(Ordering::Relaxed) < 400 || write.run.revision < 20 {
                let change = next(keys[number].0, &write);
                match store.commit(Commit { runs: vec![change.clone()], ..Commit::default() }).await {
                    Ok(_) => write = change,
                    // Nothing was written: the same again.
                    Err(Error::Unavailable(_)) => continue,
                    Err(other) => panic!("{other:?}"),
                }
                done.fetch_add(1, Ordering::Relaxed);
            }
            write.run.revision
        }
    };
    let killing = async {
        for mark in [40, 150, 260] {
            while done.load(Ordering::Relaxed) < mark {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            tokio::task::block_in_place(|| server.crash());
        }
    };
    let (revisions, ()) = tokio::join!(join_all((0..6).map(drive)), killing);
    for ((write, (key, _)), revision) in writes.iter().zip(&keys).zip(revisions) {
        assert_eq!(store.run(write.run.id).await.unwrap().unwrap().run.revision, revision);
        assert_eq!(store.history(*key, None, 10_000, 0).await.unwrap().len() as u64, revision);
    }
    store.close().await;
    let again = open(&url).await;
    assert_eq!(again.log_name().await.unwrap(), name, "nothing of the log was lost");
    again.close().await;
}
