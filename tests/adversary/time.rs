//! A clock that is wrong, for a moment or for long. The binary runs under libfaketime, which shifts the wall clock of one
//! process (`FAKETIME_DONT_FAKE_MONOTONIC=1`: nothing else) by what a file says, and reads that file each time.
//!
//! Before: a clock that was an hour ahead for one second stopped all timers for that hour, its time was stored, and a node
//! that read it from the database was an hour ahead as well, so that its sleep of 50 minutes fired at once.

use crate::binary::{Home, Rest, Server, http, postgres, text, until};
use chrono::{NaiveDateTime, Utc};
use serde_json::{Value, json};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// A server follows a clock that is wrong for 5 s.
const MOMENT: Duration = Duration::from_secs(4);

/// libfaketime, where Debian installs it. None where it is not installed; where it must be, that is a failure.
fn library() -> Option<PathBuf> {
    let named = std::env::var_os("LIBFAKETIME").map(PathBuf::from);
    let packaged = std::fs::read_dir("/usr/lib").into_iter().flatten().flatten();
    let packaged = packaged.map(|entry| entry.path().join("faketime/libfaketimeMT.so.1"));
    let found = named.into_iter().chain(packaged).find(|path| path.exists());
    if found.is_none() {
        assert!(std::env::var("CI").as_deref() != Ok("true"), "libfaketime is needed (LIBFAKETIME names it)");
        let _ = writeln!(std::io::stderr(), "skipped: libfaketime is not installed (LIBFAKETIME names it)");
    }
    found
}

/// The wall clock of some servers.
struct Wrong {
    library: String,
    file: PathBuf,
}

impl Wrong {
    fn new(directory: &Path, seconds: i64) -> Option<Wrong> {
        let library = library()?.to_str().unwrap().to_owned();
        let wrong = Wrong { library, file: directory.join("clock") };
        wrong.set(seconds);
        Some(wrong)
    }

    /// Sets the clock so many seconds ahead of the true time. The file is replaced, never half written.
    fn set(&self, seconds: i64) {
        let next = self.file.with_extension("next");
        std::fs::write(&next, format!("{seconds:+}\n")).unwrap();
        std::fs::rename(next, &self.file).unwrap();
    }

    fn start(&self, home: &Home) -> Server {
        self.try_start(home, &[]).unwrap_or_else(|said| panic!("the server did not start: {said}{}", home.log()))
    }

    fn try_start(&self, home: &Home, env: &[(&str, &str)]) -> Result<Server, String> {
        let faked = [
            ("LD_PRELOAD", self.library.as_str()),
            ("FAKETIME_TIMESTAMP_FILE", self.file.to_str().unwrap()),
            ("FAKETIME_NO_CACHE", "1"),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
            ("NO_FAKE_STAT", "1"),
        ];
        home.try_start(&[&faked, env].concat())
    }
}

fn on_sqlite() -> Home {
    Home::new(&[])
}

fn on_postgres(args: &[&str]) -> Option<Home> {
    Some(Home::on(tempfile::tempdir().unwrap(), postgres::server()?.database(), args))
}

/// Starts an activeflow that sleeps for these times. Returns its id.
async fn sleep(rest: &Rest, seconds: &[u64]) -> String {
    let action = |seconds: &u64| json!({"type": "sleep", "option": {"duration": seconds * 1_000}});
    let actions: Vec<Value> = seconds.iter().map(action).collect();
    text(&rest.ok("POST", "/v1.0/activeflows", Some(json!({"actions": actions}))).await, "id")
}

/// Starts an activeflow that waits for a word, sends a message and then sleeps for a second. Returns it.
async fn block(rest: &Rest) -> Value {
    let address = |target| json!({"type": "tel", "target": target});
    let message =
        json!({"source": address("+15550001000"), "destinations": [address("+15551230001")], "text": "Good day."});
    let actions = json!([
        {"type": "block"},
        {"type": "message_send", "option": message},
        {"type": "sleep", "option": {"duration": 1_000}},
    ]);
    rest.ok("POST", "/v1.0/activeflows", Some(json!({"actions": actions}))).await
}

/// Waits until its message was sent. Before: when the clock had reached the time of the activeflow.
async fn sends(rest: &Rest) {
    until("that the message is sent", async || {
        let messages = rest.ok("GET", "/v1.0/messages", None).await;
        (messages["result"][0]["status"] == "sent").then_some(())
    })
    .await;
}

/// Gives it that word, as soon as its owner takes it.
async fn goes_on(rest: &Rest, blocked: &Value) {
    let path = format!("/v1.0/activeflows/{}/continue", text(blocked, "id"));
    let body = json!({"current_action_id": text(&blocked["current_action"], "id")});
    until("that it is continued", async || (rest.post(&path, body.clone()).await.0 == 200).then_some(())).await;
}

async fn get(rest: &Rest, id: &str) -> Value {
    rest.ok("GET", &format!("/v1.0/activeflows/{id}"), None).await
}

async fn ended(rest: &Rest, id: &str) -> Value {
    rest.wait(&format!("/v1.0/activeflows/{id}"), "status", "ended").await
}

#[track_caller]
fn sleeps(activeflow: &Value) {
    assert_eq!(activeflow["status"], "running", "its sleep is not over: {activeflow}");
}

/// How many seconds a time of an activeflow is ahead of the true time.
fn ahead(activeflow: &Value, name: &str) -> i64 {
    let time = NaiveDateTime::parse_from_str(&text(activeflow, name), "%Y-%m-%d %H:%M:%S%.f").unwrap();
    (time.and_utc() - Utc::now()).num_seconds()
}

/// Asserts that an activeflow began and changed in the last minutes, by the true time.
#[track_caller]
fn is_sane(activeflow: &Value) {
    for name in ["tm_create", "tm_update"] {
        assert!((-120..=5).contains(&ahead(activeflow, name)), "{name}: {activeflow}");
    }
}

async fn answers(rest: &Rest) {
    let response = http().get(format!("{}/readyz", rest.url)).send().await.unwrap();
    assert_eq!(response.status(), 200);
}

/// An hour ahead, or behind, for one second.
async fn a_moment(home: Home, jump: i64) {
    let Some(clock) = Wrong::new(home.path(), 0) else { return };
    let server = clock.start(&home);
    let rest = server.rest();
    let long = sleep(&rest, &[3_000]).await;
    let (short, meanwhile) = loop {
        let short = sleep(&rest, &[2]).await;
        let began = Instant::now();
        clock.set(jump);
        let meanwhile = sleep(&rest, &[2]).await;
        let second = sleep(&rest, &[1]).await;
        ended(&rest, &second).await;
        clock.set(0);
        if began.elapsed() < MOMENT {
            break (short, meanwhile);
        }
        // The machine was so busy that it was no moment, and the server follows.
        follows(&rest, 0).await;
    };
    let after = sleep(&rest, &[1, 1]).await;
    for id in [short, meanwhile, after] {
        is_sane(&ended(&rest, &id).await);
    }
    sleeps(&get(&rest, &long).await);
    answers(&rest).await;
    assert!(server.stop().success());
}

#[tokio::test]
async fn an_hour_ahead_for_a_second() {
    a_moment(on_sqlite(), 3_600).await;
}

#[tokio::test]
async fn an_hour_ahead_for_a_second_on_postgres() {
    let Some(home) = on_postgres(&[]) else { return };
    a_moment(home, 3_600).await;
}

#[tokio::test]
async fn an_hour_behind_for_a_second() {
    a_moment(on_sqlite(), -3_600).await;
}

/// Waits until new activeflows are so many seconds ahead of the true time, give or take a few.
async fn follows(rest: &Rest, seconds: i64) {
    until(&format!("that the server's time is {seconds} s ahead"), async || {
        let id = sleep(rest, &[0]).await;
        let off = ahead(&get(rest, &id).await, "tm_create") - seconds;
        (off.abs() < 60).then_some(())
    })
    .await;
}

/// Wrong for so long that the server follows, and then set right: times follow, and timers keep their lengths.
async fn for_long(home: Home, jump: i64) {
    let Some(clock) = Wrong::new(home.path(), 0) else { return };
    let server = clock.start(&home);
    let rest = server.rest();
    let (long, across) = (sleep(&rest, &[3_000]).await, sleep(&rest, &[7, 1]).await);
    clock.set(jump);
    follows(&rest, jump).await;
    let wrong = sleep(&rest, &[2, 2, 2, 1]).await;
    let wrong_and_long = sleep(&rest, &[3_000]).await;
    clock.set(0);
    follows(&rest, 0).await;
    let right = sleep(&rest, &[1]).await;
    is_sane(&ended(&rest, &right).await);
    for id in [across, wrong] {
        let done = ended(&rest, &id).await;
        assert!(text(&done, "tm_create") < text(&done, "tm_update"), "its times increase: {done}");
    }
    for id in [long, wrong_and_long] {
        sleeps(&get(&rest, &id).await);
    }
    answers(&rest).await;
    assert!(server.stop().success());
}

#[tokio::test]
async fn an_hour_ahead_for_long() {
    for_long(on_sqlite(), 3_600).await;
}

#[tokio::test]
async fn an_hour_behind_for_long() {
    for_long(on_sqlite(), -3_600).await;
}

#[tokio::test]
async fn an_hour_ahead_for_long_on_postgres() {
    let Some(home) = on_postgres(&["--max-clock-offset", "2h"]) else { return };
    for_long(home, 3_600).await;
}

/// A server that was a month ahead stored its times; the next one on the database has the right time.
#[tokio::test]
async fn a_month_ahead_in_the_database() {
    let home = on_sqlite();
    let Some(clock) = Wrong::new(home.path(), 30 * 24 * 3_600) else { return };
    let server = clock.start(&home);
    let blocked = block(&server.rest()).await;
    assert!(ahead(&blocked, "tm_create") > 3_600);
    let sleeping = sleep(&server.rest(), &[3_000]).await;
    server.kill();
    clock.set(0);
    let server = clock.start(&home);
    let rest = server.rest();
    goes_on(&rest, &blocked).await;
    let done = ended(&rest, &text(&blocked, "id")).await;
    assert!(text(&blocked, "tm_update") < text(&done, "tm_update"), "its times increase: {done}");
    sends(&rest).await;
    is_sane(&ended(&rest, &sleep(&rest, &[1]).await).await);
    sleeps(&get(&rest, &sleeping).await);
    answers(&rest).await;
    assert!(server.stop().success());
}

/// A node whose clock is an hour ahead wrote a run, and another node goes on with it.
#[tokio::test]
async fn a_node_does_not_catch_the_time_of_another() {
    let Some(home) = on_postgres(&["--max-clock-offset", "2h"]) else { return };
    let Some(clock) = Wrong::new(home.path(), 3_600) else { return };
    let right = home.start();
    let long = sleep(&right.rest(), &[3_000]).await;
    let wrong = clock.start(&home);
    let blocked = block(&wrong.rest()).await;
    wrong.kill();
    let rest = right.rest();
    goes_on(&rest, &blocked).await;
    let done = ended(&rest, &text(&blocked, "id")).await;
    sends(&rest).await;
    assert!(ahead(&done, "tm_update") > 3_000 && text(&done, "tm_create") < text(&done, "tm_update"), "{done}");
    is_sane(&ended(&rest, &sleep(&rest, &[1]).await).await);
    sleeps(&get(&rest, &long).await);
    assert!(home.log().contains("a stored time is ahead of this machine's clock"), "{}", home.log());
    assert!(right.stop().success());
}

/// A node that is an hour off does not start, and the node whose name it bears stays what it is.
#[tokio::test]
async fn a_node_that_is_far_off_is_refused() {
    let Some(home) = on_postgres(&["--node-name", "one"]) else { return };
    let Some(clock) = Wrong::new(home.path(), 0) else { return };
    let mut right = home.start();
    for (offset, words) in [(3_600, "ahead of the database's"), (-3_600, "behind the database's")] {
        clock.set(offset);
        assert!(clock.try_start(&home, &[]).is_err(), "it started {offset} s off");
        let sentence = format!(" s {words}, and --max-clock-offset permits 10 s");
        assert!(home.log().contains(&sentence), "{}", home.log());
    }
    let rest = right.rest();
    is_sane(&ended(&rest, &sleep(&rest, &[1]).await).await);
    assert!(!right.has_ended());
    assert!(right.stop().success());
}

/// A node whose clock is a few seconds off takes part, and says so.
#[tokio::test]
async fn a_node_that_is_a_little_off_warns() {
    let Some(home) = on_postgres(&[]) else { return };
    let Some(clock) = Wrong::new(home.path(), 4) else { return };
    let server = clock.start(&home);
    assert!(home.log().contains("s ahead of the database's; set it by NTP"), "{}", home.log());
    let metrics = http().get(format!("{}/metrics", server.url)).send().await.unwrap().text().await.unwrap();
    let offset = metrics.lines().find_map(|line| line.strip_prefix("ringdown_clock_offset_seconds ")).unwrap();
    assert!((3.0..5.0).contains(&offset.parse::<f64>().unwrap()), "{offset}");
    assert!(server.stop().success());
}

/// The clock of a node that serves is set an hour ahead and stays so: it stops, and another node continues its runs.
#[tokio::test]
async fn a_node_whose_clock_is_set_gives_up_and_is_taken_over() {
    let Some(home) = on_postgres(&[]) else { return };
    let Some(clock) = Wrong::new(home.path(), 0) else { return };
    let (right, mut wrong) = (home.start(), clock.start(&home));
    let (long, short) = (sleep(&wrong.rest(), &[3_000]).await, sleep(&wrong.rest(), &[4, 1]).await);
    clock.set(3_600);
    assert!(!wrong.wait().success());
    let log = home.log();
    assert!(log.contains("other nodes take over its runs") && log.contains("synchronize both clocks (NTP)"), "{log}");
    let rest = right.rest();
    is_sane(&ended(&rest, &short).await);
    sleeps(&get(&rest, &long).await);
    assert!(right.stop().success());
}
