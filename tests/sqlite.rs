//! What only a SQLite file can do or suffer: its lock, its versions, a full disk, a server that died.

#[allow(dead_code)]
mod store;

use ringdown::store::sqlite::{Config, Location, Sqlite, Synchronous};
use ringdown::store::{Commit, Customer, Error, Position, RunWrite, Store};
use std::fs::File;
use std::path::{Path, PathBuf};
use store::{NOW, id, new_access_key, new_customer, new_number, new_run, next, put};
use tempfile::TempDir;
use uuid::Uuid;

fn place() -> (TempDir, PathBuf) {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("ringdown.db");
    (directory, path)
}

fn config(path: &Path) -> Config {
    Config::new(Location::File(path.to_owned()))
}

async fn open(config: Config) -> Sqlite {
    Sqlite::open(config).await.expect("opened")
}

/// As soon as the one before it, which was dropped, has freed the file.
async fn reopen(path: &Path) -> Sqlite {
    loop {
        match Sqlite::open(config(path)).await {
            Err(Error::Unavailable(sentence)) if sentence.contains("another server") => tokio::task::yield_now().await,
            opened => return opened.expect("opened"),
        }
    }
}

/// The sentence with which a database is refused.
async fn refusal(config: Config) -> String {
    match Sqlite::open(config).await {
        Err(error @ Error::Unavailable(_)) => error.to_string(),
        Err(other) => panic!("{other:?}"),
        Ok(_) => panic!("it was opened"),
    }
}

#[tokio::test]
async fn a_second_server_is_refused_and_a_command_is_not() {
    let (_directory, path) = place();
    let server = open(config(&path)).await;
    let sentence = refusal(config(&path)).await;
    assert!(sentence.contains("another server uses") && sentence.contains("ringdown.db"), "{sentence}");

    let command = open(Config { exclusive: false, ..config(&path) }).await;
    let customer =
        Customer { id: id(), name: "Beside a server".to_owned(), revision: 1, tm_create: NOW, body: Vec::new() };
    command.create_customer(customer.clone(), new_access_key(customer.id)).await.expect("created");
    command.close().await;
    assert_eq!(server.first_customer().await.unwrap(), Some(customer));
    put(&server, &new_run(id())).await;
    assert!(Sqlite::open(config(&path)).await.is_err(), "the command left the server's lock alone");
    server.close().await;
    open(config(&path)).await.close().await;
}

#[tokio::test]
async fn everything_is_there_after_a_drop() {
    let (_directory, path) = place();
    let (mut write, mut key, mut name, mut last) = (new_run(id()), 0, Uuid::nil(), Position::default());
    for revision in 1..=5 {
        let server = reopen(&path).await;
        if revision > 1 {
            assert_eq!(server.run(write.run.id).await.unwrap().unwrap().run, write.run);
            assert_eq!(server.log_name().await.unwrap(), name);
            write = next(key, &write);
        }
        let (same, position) = put(&server, &write).await;
        assert!(position > last && (revision == 1 || same == key));
        (key, last, name) = (same, position, server.log_name().await.unwrap());
        drop(server);
    }
    let server = reopen(&path).await;
    assert_eq!(server.history(key, None, 10, 0).await.unwrap().len(), 5);
    server.close().await;
    let log = path.with_extension("db-wal");
    assert!(!log.exists(), "closed in order, the file is all there is to copy");
}

#[tokio::test]
async fn a_newer_schema_that_does_not_let_it_go_on_and_a_strange_file_are_refused() {
    let (_directory, path) = place();
    open(config(&path)).await.close().await;
    let db = rusqlite::Connection::open(&path).unwrap();
    let known: i64 = db.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    db.pragma_update(None, "user_version", 1_000).unwrap();
    for exclusive in [true, false] {
        let sentence = refusal(Config { exclusive, ..config(&path) }).await;
        assert!(sentence.contains("newer version") && sentence.contains("ringdown.db"), "{sentence}");
    }

    // A column more is nothing to a version that is told so, which goes on after the newer one.
    db.execute_batch("alter table flow add column made_up text not null default 'x'").unwrap();
    db.execute("insert into migration values (1000, ?, '9.8.7')", [known]).unwrap();
    let server = open(config(&path)).await;
    let (key, _) = put(&server, &new_run(id())).await;
    assert_eq!(server.history(key, None, 10, 0).await.unwrap().len(), 1);
    server.close().await;
    db.execute("insert into migration values (999, ?, '9.8.6')", [known + 1]).unwrap();
    let sentence = refusal(config(&path)).await;
    assert!(sentence.contains("9.8.7") && sentence.contains(&format!("knows {known}")), "{sentence}");

    let (_directory, path) = place();
    rusqlite::Connection::open(&path).unwrap().execute_batch("create table theirs (x)").unwrap();
    assert!(refusal(config(&path)).await.contains("another program"));

    let (_directory, path) = place();
    std::fs::write(&path, "not a database, but long enough to be looked at".repeat(100)).unwrap();
    assert!(Sqlite::open(config(&path)).await.is_err());
    let nowhere = path.with_file_name("missing").join("ringdown.db");
    assert!(refusal(config(&nowhere)).await.contains("missing"));
}

/// An older version that is started again knows nothing of revisions: the file counts what it writes.
#[tokio::test]
async fn what_an_older_version_writes_is_counted() {
    let (_directory, path) = place();
    let server = open(config(&path)).await;
    let (mut customer, mut key) = (new_customer("one"), new_access_key(id()));
    let mut number = new_number(customer.id, "+15551230001");
    server.create_customer(customer.clone(), key.clone()).await.expect("created");
    server.commit(Commit { numbers: vec![number.clone()], ..Commit::default() }).await.expect("committed");
    server.close().await;
    let db = rusqlite::Connection::open(&path).unwrap();
    let upsert = |table: &str, own: &str| {
        format!(
            "insert into {table} (id, customer_id, {own}, tm_create, tm_delete, body) \
             select id, customer_id, {own}, tm_create, tm_delete, body from {table} where true \
             on conflict (id) do update set {own} = excluded.{own}, body = excluded.body; "
        )
    };
    db.execute_batch(&(upsert("number", "number") + &upsert("access_key", "hash"))).unwrap();
    db.execute_batch("update customer set name = 'by another', body = body").unwrap();
    drop(db);
    let server = open(config(&path)).await;
    customer = Customer { name: "by another".to_owned(), revision: 2, ..customer };
    (key.revision, number.revision) = (2, 2);
    assert_eq!(server.customer(customer.id).await.unwrap(), Some(customer.clone()));
    assert_eq!(server.access_key(key.id).await.unwrap(), Some(key));
    assert_eq!(server.number(number.id).await.unwrap(), Some(number));
    customer.revision = 1;
    let late = server.commit(Commit { customers: vec![customer], ..Commit::default() }).await;
    assert!(matches!(late, Err(Error::Conflict)), "{late:?}");
    server.close().await;
}

/// A command that would change the tables finds a server there: it leaves them alone.
#[tokio::test]
async fn a_command_does_not_migrate_under_a_server() {
    let (_directory, path) = place();
    let lock = File::create(path.with_extension("db.lock")).unwrap();
    lock.try_lock().unwrap();
    let command = || Config { exclusive: false, ..config(&path) };
    assert!(refusal(command()).await.contains("another server"));
    lock.unlock().unwrap();
    open(command()).await.close().await;
    lock.try_lock().expect("it kept the lock no longer than it had to");
    open(command()).await.close().await;
}

#[tokio::test]
async fn a_full_disk_changes_nothing_and_is_survived() {
    let (_directory, path) = place();
    let server = open(Config { max_pages: Some(150), ..config(&path) }).await;
    let small = new_run(id());
    let (key, position) = put(&server, &small).await;
    let large = RunWrite { record: vec![0; 1 << 20].into(), ..next(key, &small) };
    for _ in 0..3 {
        let outcome = server.commit(Commit { runs: vec![large.clone()], ..Commit::default() }).await;
        assert!(matches!(outcome, Err(Error::Unavailable(_))), "{outcome:?}");
    }
    // Those who share its transaction are told the same, and none of them is half there.
    let writes: Vec<_> = (0..40).map(|number| if number == 20 { large.clone() } else { new_run(id()) }).collect();
    let commits = writes.iter().map(|write| server.commit(Commit { runs: vec![write.clone()], ..Commit::default() }));
    let mut done = 1;
    for (write, outcome) in writes.iter().zip(futures::future::join_all(commits).await) {
        let stored = server.run(write.run.id).await.unwrap();
        match outcome {
            Ok(_) => done += 1,
            Err(Error::Unavailable(_)) => assert!(stored.is_none_or(|stored| stored.run == small.run)),
            Err(other) => panic!("{other:?}"),
        }
    }
    assert_eq!(server.log(Position::default(), 1_000, 0).await.unwrap().len(), done);
    assert_eq!(server.history(key, None, 10, 0).await.unwrap()[0].position, position);
    let again = next(key, &small);
    put(&server, &again).await;
    assert_eq!(server.run(small.run.id).await.unwrap().unwrap().run, again.run);
    server.close().await;
    put(&open(config(&path)).await, &RunWrite { expected: Some((key, 2)), ..large }).await;
}

/// The log gets a new name only when its tail may be lost: after an unclean stop with lowered durability.
#[tokio::test]
async fn a_log_that_may_have_lost_its_tail_gets_another_name() {
    for (synchronous, kept) in [(Synchronous::Full, true), (Synchronous::Normal, false), (Synchronous::Off, false)] {
        let (_directory, path) = place();
        let server = open(Config { synchronous, ..config(&path) }).await;
        let name = server.log_name().await.unwrap();
        let write = new_run(id());
        put(&server, &write).await;
        // What the disk holds at this moment is what a server that dies now would leave.
        let (_other, copy) = place();
        for extension in ["db", "db-wal"] {
            std::fs::copy(path.with_extension(extension), copy.with_extension(extension)).unwrap();
        }
        let revived = open(config(&copy)).await;
        assert_eq!(revived.run(write.run.id).await.unwrap().unwrap().run, write.run);
        assert_eq!(revived.log_name().await.unwrap() == name, kept, "{synchronous:?}");

        server.close().await;
        let again = open(Config { synchronous, ..config(&path) }).await;
        assert_eq!(again.log_name().await.unwrap(), name, "{synchronous:?}, stopped in order");
    }
}

/// Readers that always stand somewhere in the write-ahead log do not let it grow without end.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_write_ahead_log_stays_bounded() {
    let (_directory, path) = place();
    let server = open(config(&path)).await;
    let read = || async {
        loop {
            server.log(Position::default(), 100, 1 << 20).await.unwrap();
        }
    };
    let reading = async { tokio::join!(read(), read(), read(), read()) };
    let log = path.with_extension("db-wal");
    let writing = async {
        let mut most = 0;
        for _ in 0..400 {
            put(&server, &RunWrite { record: vec![0; 1 << 20].into(), ..new_run(id()) }).await;
            most = log.metadata().unwrap().len().max(most);
        }
        most
    };
    let bytes = tokio::select! {
        _ = reading => unreachable!("they read for ever"),
        most = writing => most,
    };
    assert!(bytes < 256 << 20, "{bytes} bytes");
}
