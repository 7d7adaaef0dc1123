//! The databases of earlier versions, and copies of them for servers to go on with.

use crate::NODE;
use crate::expected::Expected;
use crate::make::PROVIDER;
use crate::server::{Home, postgres};
use sqlx::{Connection, SqliteConnection};
use std::path::{Path, PathBuf};

/// Below the package.
const DIRECTORY: &str = "tests/fixtures";
/// A SQLite database as a death leaves it: the file and its write-ahead log, named so that nobody takes them for rubbish.
pub const SQLITE: [(&str, &str); 2] = [("database.sqlite", "ringdown.db"), ("database.sqlite-wal", "ringdown.db-wal")];
pub const DUMP: &str = "dump.sql";
pub const EXPECTED: &str = "expected.json";
pub const RECORDINGS: &str = "recordings";
/// The secret key, which versions from 0007 of the tables on have.
pub const KEY: &str = "secret.key";
/// Where a server looks for the key of its SQLite database.
pub const SQLITE_KEY: &str = "ringdown.db.key";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Sqlite,
    Postgres,
}

/// Whom servers on a copy may send to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// The receivers at the address of the database, which the test has opened.
    Receivers,
    Nobody,
}

/// A copy of a database, and what is known of it.
pub struct Copied {
    pub home: Home,
    pub expected: Expected,
    kind: Kind,
}

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Kind::Sqlite => "sqlite",
            Kind::Postgres => "postgres",
        }
    }
}

/// Where a version's database of a kind is kept.
pub fn directory(version: &str, kind: Kind) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(DIRECTORY).join(version).join(kind.name())
}

/// The versions of which there are databases.
pub fn versions() -> Vec<String> {
    let entries = std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(DIRECTORY)).unwrap();
    let directories = entries.map(|entry| entry.unwrap()).filter(|entry| entry.file_type().unwrap().is_dir());
    let mut versions: Vec<_> = directories.map(|entry| entry.file_name().into_string().unwrap()).collect();
    versions.sort();
    assert!(!versions.is_empty(), "there is no database of an earlier version");
    versions
}

impl Copied {
    /// None where PostgreSQL is needed and not installed.
    pub fn of(version: &str, kind: Kind, reach: Reach) -> Option<Copied> {
        let (from, dir) = (directory(version, kind), tempfile::tempdir().unwrap());
        let database = match kind {
            Kind::Sqlite => {
                for (kept, name) in SQLITE {
                    if from.join(kept).exists() {
                        std::fs::copy(from.join(kept), dir.path().join(name)).unwrap();
                    }
                }
                format!("sqlite://{}", dir.path().join(SQLITE[0].1).display())
            }
            Kind::Postgres => {
                let server = postgres::server()?;
                let url = server.database();
                server.load(name(&url), &from.join(DUMP));
                url
            }
        };
        copy_all(&from.join(RECORDINGS), &dir.path().join(RECORDINGS));
        let expected = Expected::read(&from.join(EXPECTED));
        // Nothing is too old to be kept.
        let mut args = vec!["--retain-history", "0", "--retain-deliveries", "0", "--retain-recordings", "0"];
        // The token of the fixture was made before tokens had a longest life.
        args.extend(["--jwt-longest-life", "1000years"]);
        let provider = format!("http://{}:{PROVIDER}/", expected.address);
        let allowed = format!("{}:*", expected.address);
        if reach == Reach::Receivers {
            args.extend(["--outbound-allow", &allowed]);
            args.extend(["--message-provider", "http", "--message-url", &provider]);
        }
        let mut home = Home::on(dir, database, &args).env(NODE.0, NODE.1);
        if from.join(KEY).exists() {
            let key = home.path().join(SQLITE_KEY);
            std::fs::copy(from.join(KEY), &key).unwrap();
            std::fs::set_permissions(&key, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
            home = home.env("RINGDOWN_SECRET_KEY_FILE", key.to_str().unwrap());
        }
        Some(Copied { home, expected, kind })
    }

    /// Answers under idempotency keys are kept for a day. Here they were given just now.
    pub async fn renew_answers(&self) {
        let (sqlite, postgres) = ("cast(unixepoch('subsec') * 1000000 as integer)", "extract(epoch from now()) * 1e6");
        match self.kind {
            Kind::Sqlite => {
                let mut database = SqliteConnection::connect(&self.home.database()).await.unwrap();
                sqlx::raw_sql(sqlx::AssertSqlSafe(format!("update answer set tm_create = {sqlite}")))
                    .execute(&mut database)
                    .await
                    .unwrap();
                database.close().await.unwrap();
            }
            Kind::Postgres => self.sql(&format!("update ringdown.answer set tm_create = {postgres}")),
        }
    }

    /// A PostgreSQL database that was restored has another log as far as watchers are concerned: some of what they have seen
    /// may be gone. Here nothing is, so that the database is taken for the one that was dumped.
    pub fn keep_the_log(&self) {
        if self.kind == Kind::Postgres {
            self.sql("delete from ringdown.meta where name = 'place'");
        }
    }

    /// The secret that signs JWTs, as versions before 0007 stored it.
    pub fn jwt_secret(&self) -> Vec<u8> {
        match self.kind {
            Kind::Sqlite => {
                // From a copy, since whoever opens the database empties its write-ahead log.
                let copy = tempfile::tempdir().unwrap();
                copy_all(self.home.path(), copy.path());
                let db = rusqlite::Connection::open(copy.path().join(SQLITE[0].1)).unwrap();
                let secret = db.query_row("select value from setting where name = 'jwt_secret'", [], |row| row.get(0));
                secret.unwrap()
            }
            Kind::Postgres => {
                let server = postgres::server().expect("there is one");
                let sql = "select encode(value, 'hex') from ringdown.setting where name = 'jwt_secret'";
                bytes_of(&server.sql(name(&self.home.database()), sql))
            }
        }
    }

    /// Once a server has started on it, no file and no dump shows what was in plain text before.
    pub fn holds_no_plain_secret(&self, secret: &[u8]) {
        let holds = |text: &[u8], part: &[u8]| text.windows(part.len()).any(|it| it == part);
        match self.kind {
            Kind::Sqlite => {
                for (_, file) in SQLITE {
                    let bytes = std::fs::read(self.home.path().join(file)).unwrap();
                    assert!(!holds(&bytes, secret) && !holds(&bytes, b"whsec_"), "{file}");
                }
            }
            Kind::Postgres => {
                let dump = postgres::server().expect("there is one").dump(name(&self.home.database()));
                let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
                assert!(!dump.contains(&hex(secret)) && !dump.contains(&hex(b"whsec_")));
            }
        }
    }

    /// Whether watchers' tokens of before lead on.
    pub fn tokens_hold(&self) -> bool {
        self.kind == Kind::Sqlite
    }

    fn sql(&self, sql: &str) {
        postgres::server().expect("there is one").sql(name(&self.home.database()), sql);
    }
}

fn bytes_of(hex: &str) -> Vec<u8> {
    let digit = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).expect("hexadecimal digits");
    (0..hex.len()).step_by(2).map(digit).collect()
}

/// The name of the database in a URL.
pub fn name(url: &str) -> &str {
    url.rsplit('/').next().and_then(|rest| rest.split('?').next()).expect("a URL of the tests' own")
}

/// Copies the files of a directory, if there is one.
pub fn copy_all(from: &Path, to: &Path) {
    let Ok(entries) = std::fs::read_dir(from) else { return };
    std::fs::create_dir_all(to).unwrap();
    for entry in entries.map(|entry| entry.unwrap()).filter(|entry| entry.file_type().unwrap().is_file()) {
        std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}
