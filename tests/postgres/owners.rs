//! Who owns a run, and who may change it.

use crate::store::{id, new_run, next, put};
use crate::{open, server};
use ringdown::store::{Commit, Error, Nodes, Store, Working};
use std::time::Duration;

const LONG: Duration = Duration::from_secs(600);

#[tokio::test]
async fn who_was_given_up_changes_nothing_any_more() {
    let Some(server) = server::server() else { return };
    let url = server.database();
    let (one, two) = (open(&url).await, open(&url).await);
    let (first, second) = (one.join("", LONG).await.unwrap(), two.join("", LONG).await.unwrap());
    assert_eq!(two.living(Duration::ZERO).await.unwrap(), [first, second], "the oldest first");
    let mut write = new_run(id());
    write.run.working = Working::Waiting;
    let (key, _) = put(&one, &write).await;
    let change = Commit { runs: vec![next(key, &write)], ..Commit::default() };
    assert_eq!(two.run(write.run.id).await.unwrap().unwrap().owner, first);
    assert!(matches!(two.commit(change.clone()).await, Err(Error::Conflict)), "it is not its own");
    assert_eq!(two.take_over(Working::Waiting, 10).await.unwrap(), [], "its owner lives");

    // Its lease is over at once, and nobody has noticed yet: it may still be prolonged.
    assert!(one.renew(Duration::ZERO).await.unwrap().is_some() && one.renew(LONG).await.unwrap().is_some());
    assert!(one.renew(Duration::ZERO).await.unwrap().is_some());
    assert_eq!(two.living(LONG).await.unwrap(), [first, second], "whose own lease is new gives nobody up");
    assert_eq!(one.living(Duration::ZERO).await.unwrap(), [first, second], "and it does not do so itself");
    assert_eq!(two.living(Duration::ZERO).await.unwrap(), [second]);
    assert!(one.renew(LONG).await.unwrap().is_none(), "given up for good");
    let settings = vec![("a".to_owned(), vec![1])];
    let duty = Commit { settings, ..Commit::default() };
    assert!(
        matches!(one.commit(duty.clone()).await, Err(Error::Conflict)),
        "nor does it do what one node does for all"
    );
    two.commit(duty).await.expect("the other's now");

    assert_eq!(two.take_over(Working::Busy, 10).await.unwrap(), [], "it is not busy");
    let taken = two.take_over(Working::Waiting, 10).await.unwrap();
    assert_eq!(taken.iter().map(|run| run.id).collect::<Vec<_>>(), [write.run.id]);
    assert_eq!(two.take_over(Working::Waiting, 10).await.unwrap(), []);
    assert!(matches!(one.commit(change.clone()).await, Err(Error::Conflict)));
    two.commit(change).await.expect("it is its own now");
    // What it makes now is nobody's, and is taken over too.
    let mut late = new_run(id());
    late.run.working = Working::Busy;
    put(&one, &late).await;
    assert_eq!(two.take_over(Working::Busy, 10).await.unwrap()[0].id, late.run.id);
    one.close().await;
    two.close().await;
}

/// Changed while a server had no lock to keep others from it, tables that it is not made for take its lease.
#[tokio::test]
async fn who_is_too_old_for_the_tables_has_no_lease() {
    let Some(server) = server::server() else { return };
    let url = server.database();
    let one = open(&url).await;
    one.join("", LONG).await.unwrap();
    let step = |number: i64, oldest: &str| {
        let sql = format!("insert into ringdown.migration (number, at, oldest) values ({number}, now(), {oldest})");
        server.sql(crate::name(&url), &sql);
    };
    step(1000, "1");
    assert!(one.renew(LONG).await.unwrap().is_some(), "it may go on beside that one");
    step(1001, "null");
    assert!(one.renew(LONG).await.unwrap().is_none());
    one.close().await;
}

/// The database's clock was an hour ahead for a moment. Before: the lease of a node that died meanwhile held for that hour,
/// and the others declared nobody dead as long.
#[tokio::test]
async fn a_database_whose_clock_is_set_back_keeps_no_dead_node_alive() {
    let Some(server) = server::server() else { return };
    let url = server.database();
    let (one, two) = (open(&url).await, open(&url).await);
    let short = Duration::from_secs(2);
    one.join("", short).await.unwrap();
    let second = two.join("", short).await.unwrap();
    server.sql(
        crate::name(&url),
        "update ringdown.node set lease = lease + interval '1 hour', since = since + interval '1 hour'",
    );
    let living = crate::binary::until("that the first node is declared dead", async || {
        two.renew(short).await.unwrap().expect("it lives");
        let living = two.living(Duration::from_millis(100)).await.unwrap();
        (living == [second]).then_some(living)
    });
    living.await;
    let lease = "select count(*) from ringdown.node where lease > now() + interval '10 minutes'";
    assert_eq!(server.sql(crate::name(&url), lease), "0");
    one.close().await;
    two.close().await;
}

#[tokio::test]
async fn orders_are_given_out_once_and_answered_once() {
    let Some(server) = server::server() else { return };
    let url = server.database();
    let (one, two) = (open(&url).await, open(&url).await);
    let (_, to) = (one.join("", LONG).await.unwrap(), two.join("", LONG).await.unwrap());
    let mut hints = (one.hints().commands, two.hints().commands);
    let order = one.post(to, b"do it".to_vec(), LONG).await.unwrap();
    hints.1.changed().await.unwrap();
    assert_eq!(one.take_commands(10).await.unwrap(), [], "it is for the other");
    assert_eq!(two.take_commands(10).await.unwrap(), [(order, b"do it".to_vec())]);
    assert_eq!(two.take_commands(10).await.unwrap(), []);
    assert_eq!(one.take_reply(order).await.unwrap(), None);
    two.reply(order, b"done".to_vec()).await.unwrap();
    hints.0.changed().await.unwrap();
    assert_eq!(one.take_reply(order).await.unwrap(), Some(b"done".to_vec()));
    assert_eq!(one.take_reply(order).await.unwrap(), None);
    // What nobody waits for any more is not given out, and what was given out cannot be taken back.
    one.post(to, b"nobody waits".to_vec(), Duration::ZERO).await.unwrap();
    let taken_back = one.post(to, b"never mind".to_vec(), LONG).await.unwrap();
    assert!(one.withdraw(taken_back).await.unwrap());
    assert_eq!(two.take_commands(10).await.unwrap(), []);
    let given_out = one.post(to, b"do it".to_vec(), LONG).await.unwrap();
    assert_eq!(two.take_commands(10).await.unwrap().len(), 1);
    assert!(!one.withdraw(given_out).await.unwrap() && !one.withdraw(taken_back).await.unwrap());
    assert_eq!(two.forget_commands(LONG, 10).await.unwrap(), 0);
    assert_eq!(two.forget_commands(Duration::ZERO, 10).await.unwrap(), 2);
    one.close().await;
    two.close().await;
}

/// Who retires comes behind the others, however old.
#[tokio::test]
async fn who_retires_is_not_the_oldest_any_more() {
    let Some(server) = server::server() else { return };
    let url = server.database();
    let (one, two) = (open(&url).await, open(&url).await);
    let (first, second) = (one.join("", LONG).await.unwrap(), two.join("", LONG).await.unwrap());
    one.retire().await.unwrap();
    assert_eq!(two.living(Duration::ZERO).await.unwrap(), [second, first]);
    assert!(one.renew(LONG).await.unwrap().is_some(), "it is there all the same");
    one.close().await;
    two.close().await;
}

/// A server with a name is gone when another of its name starts.
#[tokio::test]
async fn a_name_is_one_servers() {
    let Some(server) = server::server() else { return };
    let url = server.database();
    let (one, two) = (open(&url).await, open(&url).await);
    one.join("a", LONG).await.unwrap();
    let second = two.join("a", LONG).await.unwrap();
    assert!(one.renew(LONG).await.unwrap().is_none());
    assert_eq!(two.living(Duration::ZERO).await.unwrap(), [second]);
    one.close().await;
    two.close().await;
}
