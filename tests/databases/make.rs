//! Makes a database by the binary of an earlier version, for later ones to go on with: `tests/fixtures/make`.

use crate::expected::{Expected, Person, Waits};
use crate::fixture::{self, Kind};
use crate::inventory::{self, Inventory};
use crate::log::{self, Mark};
use crate::receiver::{Mode, Receiver};
use crate::server::{Home, Rest, Server, postgres, secret_key, text, until};
use crate::watch::Frames;
use crate::{NODE, grpc, past, present, rest};
use serde_json::{Value, json};
use sqlx::{Connection, Row, SqliteConnection};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// The ports of the receivers at the address of a database: below those that systems give out by themselves.
pub const HOOKS: u16 = 18_634;
pub const AWAY: u16 = 18_635;
pub const PROVIDER: u16 = 18_636;
pub const ANSWERS: u16 = 18_637;

/// Nothing may happen by itself for so long before the death, so that it is known what it found.
const QUIET: Duration = Duration::from_secs(3);

/// A server of the earlier version, and what is around it.
pub struct Stage {
    pub home: Home,
    pub server: Server,
    pub expected: Expected,
    /// Where webhooks go, and messages.
    pub hooks: Receiver,
    pub provider: Receiver,
}

impl Stage {
    /// A customer.
    pub fn rest(&self, person: usize) -> Rest {
        rest(&self.server.url, &self.expected.people[person].keys[0])
    }

    /// Where a receiver is, or would be.
    pub fn place(&self, port: u16) -> String {
        format!("http://{}:{port}/hook", self.expected.address)
    }

    async fn begin(binary: PathBuf, database: String, dir: tempfile::TempDir, address: String) -> Stage {
        let receiver = async |port, mode| Receiver::start_at((&address, port), mode).await;
        let (hooks, provider) = (receiver(HOOKS, Mode::Answer(204)).await, receiver(PROVIDER, Mode::Answer(200)).await);
        receiver(ANSWERS, Mode::Hang).await;
        let args = ["--outbound-allow", "127.0.0.0/8:*", "--message-provider", "http", "--message-url", &provider.url];
        let home = Home::on(dir, database, &args).by(binary).env(NODE.0, NODE.1);
        let server = home.start();
        let mut expected = Expected { address, ..Expected::default() };
        let (_, key) = home.customer();
        for key in [server.key.clone(), key] {
            expected.people.push(Person { keys: vec![key], ..Person::default() });
        }
        let mut stage = Stage { home, server, expected, hooks, provider };
        for at in 0..stage.expected.people.len() {
            stage.meet(at).await;
        }
        stage
    }

    /// Notes who somebody is, and where the log stands before anything has happened to them.
    async fn meet(&mut self, person: usize) {
        let rest = self.rest(person);
        let grpc = grpc(&self.server, &rest.key).await;
        let begin = json!({"include_snapshot": true});
        let activeflows = Frames::activeflows(&grpc, begin.clone()).await.next().await.expect("a token");
        let calls = Frames::calls(&grpc, begin).await.next().await.expect("a token");
        let person = &mut self.expected.people[person];
        person.id = text(&rest.ok("GET", "/v1.0/customer", None).await, "id");
        person.activeflows_token = text(&activeflows, "resume_token");
        person.calls_token = text(&calls, "resume_token");
    }

    /// Returns when nothing more happens by itself for a while.
    async fn is_quiet(&self) {
        until("that nothing more happens", async || {
            let mut quiet = true;
            for at in 0..self.expected.people.len() {
                quiet &= is_quiet(&inventory::read(&self.rest(at)).await);
            }
            quiet.then_some(())
        })
        .await;
    }

    /// Reads what everybody sees at the end.
    async fn read(&mut self) {
        for at in 0..self.expected.people.len() {
            self.expected.people[at].inventory = inventory::read(&self.rest(at)).await;
        }
    }

    /// The ids of all events so far.
    async fn read_log(&mut self, person: usize) {
        let mark = Mark::set(&self.rest(person)).await;
        let known = &mut self.expected.people[person];
        let grpc = grpc(&self.server, &known.keys[0]).await;
        known.activeflow_events = log::ids(&mark.activeflow_events(&grpc, &known.activeflows_token).await);
        known.call_events = log::ids(&mark.call_events(&grpc, &known.calls_token).await);
    }

    /// What was seen is what was meant.
    fn check(&self) {
        let seen = |person: usize| &self.expected.people[person].inventory;
        for run in &self.expected.runs {
            let activeflow = &seen(run.person)[&format!("/v1.0/activeflows/{}", run.id)];
            assert_eq!(activeflow["status"], "running", "{run:?}: {activeflow}");
        }
        let running: usize = (0..2).map(|at| inventory::unfinished(seen(at), "activeflows").len()).sum();
        assert_eq!(running, self.expected.runs.len());
        assert!(self.expected.waiting(Waits::Call).count() >= 7);
        let states = |kind: &str, field: &str| -> Vec<String> {
            let rows = (0..2).flat_map(seen).filter(|(path, _)| path.starts_with(&format!("/v1.0/{kind}/")));
            rows.filter_map(|(_, body)| body[field].as_str().map(str::to_owned)).collect()
        };
        for (kind, wanted) in [
            ("calls", &["ringing", "progressing", "hangup"][..]),
            ("messages", &["queued", "sent", "failed", "received"]),
            ("webhook_deliveries", &["delivered", "waiting", "dead"]),
            ("recordings", &["recording", "ended"]),
        ] {
            let states = states(kind, "status");
            assert!(wanted.iter().all(|it| states.iter().any(|state| state == it)), "{kind}: {states:?}");
        }
        for id in [&self.expected.begun_message, &self.expected.queued_message] {
            assert_eq!(seen(0)[&format!("/v1.0/messages/{id}")]["status"], "queued");
        }
    }
}

/// Whether all that waits to be sent was tried, and is not tried again for a while.
fn is_quiet(seen: &Inventory) -> bool {
    let soon = chrono::Utc::now() + QUIET;
    let soon = soon.format("%Y-%m-%d %H:%M:%S%.6f").to_string();
    let waiting = inventory::unfinished(seen, "webhook_deliveries");
    let late = |delivery: &Value| text(delivery, "tm_next") > soon && delivery["attempts"] != 0;
    waiting.iter().all(|(_, delivery)| late(delivery))
}

/// Moves what stands in the write-ahead log into the file.
async fn empty_the_wal(database: &str) {
    let mut database = SqliteConnection::connect(database).await.unwrap();
    loop {
        let row = sqlx::query("pragma wal_checkpoint(truncate)").fetch_one(&mut database).await.unwrap();
        if row.get::<i64, _>(0) == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    // Unlike `close` this leaves everything to the server.
    database.close_hard().await.unwrap();
}

pub async fn make(binary: &Path, version: &str, kind: Kind) {
    let dir = tempfile::tempdir().unwrap();
    let (database, last) = match kind {
        Kind::Sqlite => (format!("sqlite://{}", dir.path().join("ringdown.db").display()), 1),
        Kind::Postgres => (postgres::server().expect("PostgreSQL is installed").database(), 2),
    };
    // Loopback has so many addresses that no two databases share one.
    let [a, b] = version.bytes().fold(7u16, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into())).to_be_bytes();
    let mut stage = Stage::begin(binary.to_owned(), database.clone(), dir, format!("127.{a}.{b}.{last}")).await;
    let flows = past::play(&mut stage).await;
    // The past was in another life.
    let Stage { home, server, expected, hooks, provider } = stage;
    assert!(server.stop().success());
    let mut stage = Stage { server: home.start(), home, expected, hooks, provider };
    present::play(&mut stage, &flows).await;
    for at in 0..stage.expected.people.len() {
        stage.read_log(at).await;
    }
    stage.is_quiet().await;
    let begun = Instant::now();
    if kind == Kind::Sqlite {
        empty_the_wal(&database).await;
    }
    present::play_last(&mut stage, &flows).await;
    stage.read().await;
    stage.check();
    let Stage { home, server, expected, .. } = stage;
    server.kill();
    assert!(begun.elapsed() < QUIET, "it took too long to read what is there");
    keep(&home, &expected, &fixture::directory(version, kind), kind);
}

fn keep(home: &Home, expected: &Expected, to: &Path, kind: Kind) {
    let _ = std::fs::remove_dir_all(to);
    std::fs::create_dir_all(to).unwrap();
    match kind {
        Kind::Sqlite => {
            for (kept, name) in fixture::SQLITE {
                std::fs::copy(home.path().join(name), to.join(kept)).unwrap();
            }
        }
        Kind::Postgres => {
            let dump = postgres::server().expect("there is one").dump(fixture::name(&home.database()));
            // Programs of another release know other commands and settings, and none of these is needed.
            let known = |line: &&str| !line.starts_with("\\restrict") && !line.starts_with("\\unrestrict");
            let lines: Vec<&str> = dump.lines().filter(known).collect();
            std::fs::write(to.join(fixture::DUMP), lines.join("\n") + "\n").unwrap();
        }
    }
    fixture::copy_all(&home.path().join(fixture::RECORDINGS), &to.join(fixture::RECORDINGS));
    let key = match kind {
        Kind::Sqlite => home.path().join(fixture::SQLITE_KEY),
        Kind::Postgres => secret_key(),
    };
    if key.exists() {
        std::fs::copy(key, to.join(fixture::KEY)).unwrap();
    }
    expected.write(&to.join(fixture::EXPECTED));
}
