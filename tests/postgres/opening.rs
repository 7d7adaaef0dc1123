//! Who may open a database, and what is found there.

use crate::store::{NOW, id, new_access_key, new_run, next, put};
use crate::{config, log, name, open, server};
use ringdown::store::postgres::{Config, Postgres};
use ringdown::store::{Customer, Error, Position, Store};

/// The sentence with which a database is refused.
async fn refusal(config: Config) -> String {
    match Postgres::open(config).await {
        Err(error @ Error::Unavailable(_)) => error.to_string(),
        Err(other) => panic!("{other:?}"),
        Ok(_) => panic!("it was opened"),
    }
}

#[tokio::test]
async fn servers_share_it_and_commands_work_beside_them() {
    let Some(server) = server::server() else { return };
    let url = server.database();
    let first = open(&url).await;
    let second = open(&url).await;
    let command = Postgres::open(Config { serves: false, ..config(&url) }).await.expect("beside a server");
    let customer =
        Customer { id: id(), name: "Beside a server".to_owned(), revision: 1, tm_create: NOW, body: Vec::new() };
    command.create_customer(customer.clone(), new_access_key(customer.id)).await.expect("created");
    command.close().await;
    assert_eq!(first.first_customer().await.unwrap(), Some(customer.clone()));
    assert_eq!(second.first_customer().await.unwrap(), Some(customer));
    assert_eq!(first.log_name().await.unwrap(), second.log_name().await.unwrap());
    second.close().await;
    first.close().await;
    open(&url).await.close().await;
    assert_eq!(server.sql(name(&url), "select count(*) from ringdown.writer"), "0", "nobody left a mark");
}

#[tokio::test]
async fn the_commands_of_the_binary_work_beside_it() {
    let Some(server) = server::server() else { return };
    let url = server.database().replace("ringdown@", "ringdown:secret@");
    let home = crate::binary::Home::on(tempfile::tempdir().unwrap(), url, &[]);
    let started = home.start();
    let (_, key) = home.customer();
    let token = home.run(&["token"]);
    for credential in [&key, token.trim(), &started.key] {
        let rest = crate::binary::Rest { key: credential.to_owned(), ..started.rest() };
        rest.ok("GET", "/v1.0/flows", None).await;
    }
    assert!(started.stop().success());
    let again = home.start();
    assert!(again.said.contains("ringdown token --database 'postgres://ringdown@127.0.0.1"), "{}", again.said);
    assert!(!format!("{}{}", again.said, home.log()).contains("secret"), "a password is not shown");
}

#[tokio::test]
async fn a_newer_schema_is_refused_unless_it_lets_this_version_go_on() {
    let Some(server) = server::server() else { return };
    let url = server.database();
    open(&url).await.close().await;
    server.sql(name(&url), "insert into ringdown.migration (number, at) values (1000, now())");
    for serves in [true, false] {
        let sentence = refusal(Config { serves, ..config(&url) }).await;
        assert!(sentence.contains("newer version") && sentence.contains("1000"), "{sentence}");
    }
    // What a step says that lets older versions go on, others that do not take back.
    let last = "select max(number) from ringdown.migration where number < 1000";
    let known: i64 = server.sql(name(&url), last).parse().unwrap();
    let said = format!("update ringdown.migration set oldest = {known}, version = '9.8.7' where number = 1000");
    server.sql(name(&url), &said);
    open(&url).await.close().await;
    let strict = format!("insert into ringdown.migration values (999, now(), {}, '9.8.6')", known + 1);
    server.sql(name(&url), &strict);
    let sentence = refusal(config(&url)).await;
    assert!(sentence.contains("9.8.7") && sentence.contains(&format!("knows {known}")), "{sentence}");
    let nowhere = url.replace(name(&url), "nowhere");
    assert!(refusal(config(&nowhere)).await.contains("nowhere"));
}

/// Whoever owns the database needs no other privilege.
#[tokio::test]
async fn an_owner_is_enough() {
    let Some(server) = server::server() else { return };
    let url = server.database();
    server.sql("postgres", &format!("create role plain login; alter database {} owner to plain", name(&url)));
    let store = open(&url.replace("ringdown@", "plain@")).await;
    put(&store, &new_run(id())).await;
    store.close().await;
}

/// Several who find an empty database at once make its tables once.
#[tokio::test]
async fn tables_are_made_once() {
    let Some(server) = server::server() else { return };
    let url = server.database();
    let commands = (0..5).map(|_| Postgres::open(Config { serves: false, ..config(&url) }));
    let mut names = Vec::new();
    for command in futures::future::join_all(commands).await {
        let command = command.expect("opened");
        names.push(command.log_name().await.unwrap());
        command.close().await;
    }
    assert!(names.iter().all(|name| *name == names[0]), "{names:?}");
}

/// A copy is another log. Where transactions are counted from lower, its positions rise all the same.
#[tokio::test]
async fn a_log_that_was_moved_gets_another_name_and_goes_on() {
    let Some(server) = server::server() else { return };
    let url = server.database();
    let store = open(&url).await;
    let mut write = new_run(id());
    let (key, first) = put(&store, &write).await;
    let original = store.log_name().await.unwrap();
    store.close().await;
    let copy = server.fresh(name(&url));
    // As if the log had been written where a million more transactions were counted.
    server.sql(
        &copy,
        "update ringdown.log set epoch = epoch + 1000000; update ringdown.run set last_epoch = last_epoch + 1000000",
    );
    let store = open(&server.url(&copy)).await;
    assert_ne!(store.log_name().await.unwrap(), original);
    let moved = Position { epoch: first.epoch + 1_000_000, ..first };
    assert_eq!(store.log_bounds().await.unwrap(), (Position::default(), moved));
    write = next(key, &write);
    let (_, second) = put(&store, &write).await;
    assert!(second > moved);
    let read: Vec<_> = log(&store, 2).await.iter().map(|row| row.position).collect();
    assert_eq!(read, [moved, second]);
    assert_eq!(store.history(key, None, 10, 0).await.unwrap().len(), 2);
    store.close().await;
}
