//! How far the log can be read while others have transactions open.

use crate::binary::until;
use crate::store::{id, new_run, put};
use crate::{client, config, log, name, open, server};
use ringdown::store::postgres::{Config, Postgres};
use ringdown::store::{Commit, Position, Store};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// On a server of its own, where no other test has a transaction open. Before, our row could only be read after the stranger's
/// transaction had ended, in whatever database it was.
#[tokio::test]
async fn strangers_do_not_hold_up_the_log() {
    let Some(server) = server::bin().map(server::Server::start) else { return };
    let (url, elsewhere) = (server.database(), server.database());
    let store = open(&url).await;
    let (_, mut last) = put(&store, &new_run(id())).await;
    for place in [&url, &elsewhere] {
        let holder = client(place).await;
        holder.batch_execute("begin; select pg_current_xact_id()").await.unwrap();
        for _ in 0..3 {
            let (_, position) = put(&store, &new_run(id())).await;
            assert_eq!(
                store.log(last, 10, 0).await.unwrap().iter().map(|it| it.position).collect::<Vec<_>>(),
                [position]
            );
            assert_eq!(store.log_bounds().await.unwrap().1, position);
            last = position;
        }
        holder.batch_execute("rollback").await.unwrap();
    }
    store.close().await;
}

/// A transaction that may write the log began before ours: our row waits, so that theirs could not come in front of it unseen.
#[tokio::test]
async fn the_log_is_read_up_to_the_oldest_transaction_that_may_write_it() {
    let Some(server) = server::server() else { return };
    let url = server.database();
    let store = open(&url).await;
    let (_, first) = put(&store, &new_run(id())).await;
    log(&store, 1).await;
    let holder = client(&url).await;
    let begin = "begin; lock table ringdown.log in row exclusive mode; select pg_current_xact_id()";
    holder.batch_execute(begin).await.unwrap();
    let write = new_run(id());
    let (key, second) = put(&store, &write).await;
    assert_eq!(store.log(first, 10, 0).await.unwrap(), []);
    assert_eq!(store.log_bounds().await.unwrap().1, first);
    assert_eq!(store.history(key, None, 10, 0).await.unwrap().len(), 1, "a run's own rows have no others between");
    // It is given a row before ours, which nobody must skip.
    let insert =
        "set search_path = ringdown; insert into log (epoch, sequence, run, record) values (epoch(), 1, 1, '\\x01')";
    holder.batch_execute(insert).await.unwrap();
    holder.batch_execute("commit").await.unwrap();
    let rows = log(&store, 3).await;
    assert!(rows[1].position < second && rows[1].position > first && rows[2].position == second, "{rows:?}");
    store.close().await;
}

/// A server of a version that wrote a group in several statements, by the lock with which it says so: its transactions are
/// given their numbers before they hold the log.
#[tokio::test]
async fn beside_an_older_server_everybody_is_waited_for() {
    let Some(server) = server::server() else { return };
    let url = server.database();
    let store = open(&url).await;
    let (_, first) = put(&store, &new_run(id())).await;
    log(&store, 1).await;
    let older = client(&url).await;
    older.batch_execute("select pg_advisory_lock_shared(x'72696e67'::int, 4)").await.unwrap();
    older.batch_execute("begin; select pg_current_xact_id()").await.unwrap();
    put(&store, &new_run(id())).await;
    assert_eq!(store.log(first, 10, 0).await.unwrap(), []);
    let insert =
        "set search_path = ringdown; insert into log (epoch, sequence, run, record) values (epoch(), 1, 1, '\\x01')";
    older.batch_execute(insert).await.unwrap();
    older.batch_execute("commit").await.unwrap();
    assert_eq!(log(&store, 3).await.len(), 3, "its row came first");
    store.close().await;
}

/// A server starts while the groups of others are in flight, and waits for one of them. Before, it took a group that had got a
/// later number than its own transaction for one of another cluster, and moved all numbers on: whoever followed the log passed
/// over the groups that were still in flight.
#[tokio::test]
async fn a_server_that_starts_moves_no_horizon_over_what_is_in_flight() {
    let Some(server) = server::server() else { return };
    let url = server.database();
    let store = open(&url).await;
    put(&store, &new_run(id())).await;
    let (slow, quick) = (client(&url).await, client(&url).await);
    let mark = "set search_path = ringdown; insert into writer (id, number, at) values (gen_random_uuid(), 0, now())";
    for _ in 0..2 {
        quick.batch_execute(mark).await.unwrap();
    }
    // The group in flight has changed its writer's row, which the new server waits for.
    let change = "begin; set local search_path = ringdown; \
        update writer set number = 1, epoch = epoch() where ctid = (select max(ctid) from writer)";
    slow.batch_execute(change).await.unwrap();
    let starting = tokio::spawn({
        let url = url.clone();
        async move { Postgres::open(Config { statement_timeout: Duration::from_secs(60), ..config(&url) }).await }
    });
    let waits = "select count(*) from pg_stat_activity \
        where wait_event_type = 'Lock' and backend_xid is not null and datname = current_database()";
    let waits = async || (server.sql(name(&url), waits) == "1").then_some(());
    until("the server has a number and waits", waits).await;
    let insert = "insert into log (epoch, sequence, run, record) values (epoch(), 1, 1, '\\x01')";
    quick.batch_execute(insert).await.unwrap();
    slow.batch_execute(&insert.replace("epoch()", "(select max(epoch) from writer)")).await.unwrap();
    let base = "select base from ringdown.epoch_base";
    let before = server.sql(name(&url), base);
    slow.batch_execute("commit").await.unwrap();
    starting.await.unwrap().expect("opened").close().await;
    assert_eq!(server.sql(name(&url), base), before, "it is the same cluster");
    assert_eq!(log(&store, 3).await.len(), 3);
    store.close().await;
}

/// Two servers write, strangers open and end transactions all the while, and whoever follows the log sees each row once, in
/// order.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_row_is_skipped_while_strangers_come_and_go() {
    const WRITERS: usize = 8;
    const EACH: usize = 40;
    let Some(server) = server::server() else { return };
    let url = server.database();
    let stores = [Arc::new(open(&url).await), Arc::new(open(&url).await)];
    let over = Arc::new(AtomicBool::new(false));
    let mut strangers = Vec::new();
    for pause in [1, 7, 40] {
        let (stranger, over) = (client(&url).await, over.clone());
        strangers.push(tokio::spawn(async move {
            while !over.load(Ordering::Relaxed) {
                stranger.batch_execute("begin; select pg_current_xact_id()").await.unwrap();
                tokio::time::sleep(Duration::from_millis(pause)).await;
                stranger.batch_execute("rollback").await.unwrap();
            }
        }));
    }
    let mut writers = Vec::new();
    for number in 0..WRITERS {
        let store = stores[number % 2].clone();
        writers.push(tokio::spawn(async move {
            for _ in 0..EACH {
                store.commit(Commit { runs: vec![new_run(id())], ..Commit::default() }).await.unwrap();
            }
        }));
    }
    let followers = stores.clone().map(|store| {
        tokio::spawn(async move {
            let mut seen: Vec<Position> = Vec::new();
            while seen.len() < WRITERS * EACH {
                let rows = store.log(seen.last().copied().unwrap_or_default(), 50, 0).await.unwrap();
                seen.extend(rows.iter().map(|row| row.position));
            }
            seen
        })
    });
    for writer in writers {
        writer.await.unwrap();
    }
    for follower in followers {
        let seen = tokio::time::timeout(Duration::from_secs(60), follower).await.expect("a row was skipped").unwrap();
        assert!(seen.is_sorted() && seen.iter().collect::<BTreeSet<_>>().len() == WRITERS * EACH);
    }
    over.store(true, Ordering::Relaxed);
    for stranger in strangers {
        stranger.await.unwrap();
    }
    for store in stores {
        store.close().await;
    }
}
