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
        assert!(matches!(outcome, Err(Error::Full(_))), "{outcome:?}");
    }
    // Those who share its transaction are told the same, and none of them is half there.
    let writes: Vec<_> = (0..40).map(|number| if number == 20 { large.clone() } else { new_run(id()) }).collect();
    let commits = writes.iter().map(|write| server.commit(Commit { runs: vec![write.clone()], ..Commit::default() }));
    let mut done = 1;
    for (write, outcome) in writes.iter().zip(futures::future::join_all(commits).await) {
        let stored = server.run(write.run.id).await.unwrap();
        match outcome {
            Ok(_) => done += 1,
            Err(Error::Full(_)) => assert!(stored.is_none_or(|stored| stored.run == small.run)),
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

/// Damages the pages that hold nothing but this byte: those of a value that is too large for its row's own page. Returns their
/// number.
fn damage(path: &Path, byte: u8) -> usize {
    let mut file = std::fs::read(path).unwrap();
    let mut damaged = 0;
    for page in file.chunks_mut(4_096) {
        // The first four bytes are the number of the next page.
        if page[4..].iter().all(|it| *it == byte) {
            page[..4].copy_from_slice(&[0xff; 4]);
            damaged += 1;
        }
    }
    std::fs::write(path, file).unwrap();
    damaged
}

/// SQLite ends a statement at the first page that it cannot read. Before, a list with one such row failed, and so did the log
/// from there on.
#[tokio::test]
async fn a_damaged_page_costs_only_its_rows() {
    let (_directory, path) = place();
    let server = open(config(&path)).await;
    let customer = id();
    let mut runs = vec![new_run(customer), new_run(customer), new_run(customer)];
    for (at, write) in runs.iter_mut().enumerate() {
        write.run.tm_create = NOW + at as i64;
        write.run.working = ringdown::store::Working::Waiting;
    }
    runs[1].run.state = vec![b'Q'; 20_000];
    runs[1].record = vec![b'Z'; 20_000].into();
    let mut positions = Vec::new();
    for write in &runs {
        positions.push(put(&server, write).await.1);
    }
    server.close().await;
    assert!(damage(&path, b'Q') > 0 && damage(&path, b'Z') > 0);

    let server = open(config(&path)).await;
    let ids: Vec<Uuid> = runs.iter().map(|write| write.run.id).collect();
    let page = ringdown::store::Page { customer_id: customer, limit: 2, ..Default::default() };
    let found = server.runs(page, Default::default()).await.unwrap();
    assert_eq!(found.iter().map(|it| it.run.id).collect::<Vec<_>>(), [ids[2], ids[0]], "another takes its place");
    let found = server.runs_by_key(customer, Default::default(), 0, 10).await.unwrap();
    assert_eq!(found.iter().map(|it| it.run.id).collect::<Vec<_>>(), [ids[0], ids[2]]);
    assert_eq!(server.working_set(0, 10).await.unwrap().len(), 3, "what recovery needs is on another page");
    let (first, damaged, last) = tokio::join!(server.run(ids[0]), server.run(ids[1]), server.run(ids[2]));
    assert!(first.unwrap().is_some() && last.unwrap().is_some());
    assert!(matches!(damaged, Err(Error::Damaged { .. })), "{damaged:?}");
    let rows = server.log(Position::default(), 10, 0).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.position).collect::<Vec<_>>(), [positions[0], positions[2]]);
    put(&server, &new_run(customer)).await;
    assert!(server.notes()[0].contains("damaged rows were found"), "{:?}", server.notes());
    server.close().await;
}

/// Values that no version writes, in the columns.
#[tokio::test]
async fn a_row_with_impossible_values_is_left_out() {
    let (_directory, path) = place();
    let server = open(config(&path)).await;
    let customer = id();
    let mut runs: Vec<RunWrite> = (0..3).map(|_| new_run(customer)).collect();
    for (at, write) in runs.iter_mut().enumerate() {
        write.run.tm_create = NOW + at as i64;
        put(&server, write).await;
    }
    server.close().await;
    let db = rusqlite::Connection::open(&path).unwrap();
    db.execute("update run set revision = -1 where id = ?", [runs[1].run.id]).unwrap();
    drop(db);
    let server = open(config(&path)).await;
    let page = ringdown::store::Page { customer_id: customer, limit: 2, ..Default::default() };
    let found = server.runs(page, Default::default()).await.unwrap();
    assert_eq!(found.iter().map(|it| it.run.id).collect::<Vec<_>>(), [runs[2].run.id, runs[0].run.id]);
    let damaged = server.run(runs[1].run.id).await;
    assert!(matches!(&damaged, Err(Error::Damaged { table: "run", .. })), "{damaged:?}");
    server.close().await;
}

/// A file without which nothing works is refused, with what to do.
#[tokio::test]
async fn a_file_that_is_damaged_at_its_core_is_refused() {
    let (_directory, path) = place();
    open(config(&path)).await.close().await;
    let whole = std::fs::read(&path).unwrap();
    // The header of the first page after the name of the format: the schema.
    let mut file = whole.clone();
    file[100..200].fill(0xff);
    std::fs::write(&path, &file).unwrap();
    let sentence = refusal(config(&path)).await;
    assert!(sentence.contains("damaged") && sentence.contains("restore a backup"), "{sentence}");
    std::fs::write(&path, whole).unwrap();
    open(config(&path)).await.close().await;
}
