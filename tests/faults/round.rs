//! A round: servers, clients and faults for a while, and then what is left.

use super::attacker::{self, Account};
use super::checker::{Log, Watcher, check_log, check_told};
use super::clients::{self, WatchPosition};
use super::fixture::Fixture;
use super::lists::{self, Listed};
use super::people::Person;
use super::plan::Plan;
use super::promises::Promised;
use super::server::postgres::Server as Database;
use super::server_plan::{self, ServerPlan};
use super::servers::{PATIENCE, Servers};
use super::tally::Tally;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use ringdown::store::Store;
use ringdown::store::postgres::{Config, Postgres};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use uuid::Uuid;

/// A round without RINGDOWN_FAULTS_SECONDS; a lease must have the time to end.
const SHORT: Duration = Duration::from_secs(12);
const SHORT_SHARED: Duration = Duration::from_secs(16);
/// A longer time is many rounds.
const LONG: Duration = Duration::from_secs(60);
/// Servers that share a database.
const SHARED: usize = 3;
const PEOPLE: usize = 12;
/// Watchers from the beginning, and such that come later.
const WATCHERS: usize = 6;
const LATE: usize = 3;
/// The errors that a server may tell of: what a client or another server was refused, and that others took it for dead.
const FINE: &[&str] = &[
    "the server cannot reach its database; try again",
    "the server cannot write: the disk of its database is full",
    "a forwarded command failed source=the store is unavailable",
    "this node lost its lease",
];

fn number<T: std::str::FromStr>(name: &str) -> Option<T> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name}={text} is not a number")))
}

/// As many rounds as the environment asks for, each with the next seed.
pub async fn rounds(database: Option<&'static Database>) {
    let mut seed: u64 = number("RINGDOWN_FAULTS_SEED").unwrap_or_else(|| rand::random_range(0..1 << 32));
    let short = if database.is_some() { SHORT_SHARED } else { SHORT };
    let all = number("RINGDOWN_FAULTS_SECONDS").map_or(short, Duration::from_secs);
    let (began, total, mut rounds) = (Instant::now(), Tally::new(), 0);
    while rounds == 0 || began.elapsed() < all {
        let time = all.min(LONG);
        let store = if database.is_some() { "postgres" } else { "sqlite" };
        eprintln!("{store}: RINGDOWN_FAULTS_SEED={seed}, {time:?}");
        let fixture = Round::new(database, seed, time).run(store).await;
        total.add(&fixture.tally);
        (seed, rounds) = (seed.wrapping_add(1), rounds + 1);
    }
    // What a single round has counted is told already.
    let counts = if rounds > 1 { total.counts() } else { String::new() };
    eprintln!("{rounds} rounds in {:?}\n{counts}", began.elapsed());
}

struct Round {
    database: Option<&'static Database>,
    plan: Plan,
    seed: u64,
    time: Duration,
}

impl Round {
    fn new(database: Option<&'static Database>, seed: u64, time: Duration) -> Round {
        let plan = match database {
            Some(_) => Plan::shared(seed, time, SHARED),
            None => Plan::alone(seed, time),
        };
        Round { database, plan, seed, time }
    }

    /// Runs it and holds what is left against the promises.
    async fn run(self, store: &str) -> Arc<Fixture> {
        let fixture = Arc::new(Fixture::new(self.database, self.plan.servers.len()).await);
        let (seed, plan) = (self.seed, self.plan.to_string());
        let bound = self.time + 2 * Fixture::LONGEST;
        let mut live = tokio::spawn(self.live(fixture.clone()));
        let mut wrong = match tokio::time::timeout(bound, &mut live).await {
            Ok(Ok(wrong)) => wrong,
            Ok(Err(panicked)) => vec![panicked.to_string()],
            Err(_) => {
                live.abort();
                vec![format!("it does not come to an end within {bound:?}")]
            }
        };
        let said = fixture.said();
        wrong.extend(said.lines().filter(|line| is_bad(line)).map(str::to_owned));
        if wrong.is_empty() {
            eprintln!("{}", fixture.tally.counts());
            return fixture;
        }
        let kept = keep(&fixture, &format!("faults-{store}-{seed}"), &plan, &wrong);
        panic!("seed {seed}: {}\n{plan}\nWhat happened is in {kept}", wrong.join("\n"));
    }

    async fn live(self, fixture: Arc<Fixture>) -> Vec<String> {
        let mut server_plans = Vec::new();
        // The first tells the key that all clients have.
        for number in 0..fixture.nodes.len() {
            server_plans.push(ServerPlan::start(fixture.clone(), number).await);
        }
        let (flow_id, place) = clients::begin(&*fixture).await;
        let account = Account::open(fixture.clone()).await;

        let until = Instant::now() + self.time;
        let watchers = self.watchers(&fixture, &flow_id, &place);
        let mut people = JoinSet::new();
        for number in 0..PEOPLE {
            people.spawn(Person::new(fixture.clone(), number, self.seed, flow_id.clone()).live(until));
        }
        let attacker = tokio::spawn(attacker::attack(account.clone(), self.seed, until));
        let mut faults = JoinSet::new();
        for (server_plan, steps) in server_plans.into_iter().zip(self.plan.servers) {
            faults.spawn(server_plan.live(steps));
        }
        let database = tokio::spawn(server_plan::database(fixture.clone(), self.plan.database));
        let server_plans = faults.join_all().await;
        database.await.expect("it comes back");
        fixture.tally.tell("all faults are over".to_owned());

        let mut promised = Promised::default();
        people.join_all().await.into_iter().for_each(|done| promised.add(done));
        attacker.await.expect("it comes to an end");
        attacker::leave(&account).await;
        fixture.tally.tell("the attacker has left".to_owned());
        clients::all_over(&*fixture, &promised).await;
        let last = clients::last(&*fixture, place.last, &flow_id).await;
        promised.activeflows.push(place.last);
        promised.calls.push(last);
        fixture.tally.tell("all is over".to_owned());
        let again =
            |calls| clients::watcher(fixture.clone(), "the last watcher".to_owned(), calls, None, 0, place.clone());
        let again = tokio::spawn(futures::future::join(again(false), again(true)));
        let told = tokio::time::timeout(PATIENCE, watchers.join_all()).await;
        let mut told = told.unwrap_or_else(|_| panic!("not all watchers are told of the end"));
        told.extend(<[Watcher; 2]>::from(again.await.expect("they are told of the end")));
        let listed = lists::all(&fixture).await;
        for server_plan in server_plans {
            promised.add(server_plan.stop().await);
        }
        verdict(&fixture, &account, &told, &promised, &listed).await
    }

    /// Some see all, some calls, some a flow; some leave now and then by themselves, some come later.
    fn watchers(&self, fixture: &Arc<Fixture>, flow_id: &str, place: &WatchPosition) -> JoinSet<Watcher> {
        let (mut watchers, mut dice) = (JoinSet::new(), StdRng::seed_from_u64(self.seed));
        for n in 0..WATCHERS + LATE {
            let flow_id = (n % 4 == 2).then(|| flow_id.parse().unwrap());
            let hop = if n % 3 == 1 { 20 + 7 * n } else { 0 };
            let late = (n >= WATCHERS).then(|| self.time.mul_f64(dice.random_range(0.1..0.9)));
            let (fixture, place, name) = (fixture.clone(), place.clone(), format!("watcher {n}"));
            watchers.spawn(async move {
                tokio::time::sleep(late.unwrap_or_default()).await;
                let place = if late.is_some() { later(&place) } else { place };
                clients::watcher(fixture, name, n % 2 == 1, flow_id, hop, place).await
            });
        }
        watchers
    }
}

/// Whether a line of a server's log shows that it broke.
fn is_bad(line: &str) -> bool {
    line.contains("panicked") || line.contains(" ERROR ") && !FINE.iter().any(|fine| line.contains(fine))
}

/// From what somebody was told last.
fn later(place: &WatchPosition) -> WatchPosition {
    let latest = place.latest.lock().unwrap().clone();
    match latest {
        Some((token, event)) => WatchPosition { token, after: Some(event), ..place.clone() },
        None => place.clone(),
    }
}

/// Reads the log of the stopped servers and says what is wrong.
async fn verdict(
    fixture: &Fixture,
    account: &Account,
    told: &[Watcher],
    promised: &Promised,
    listed: &Listed,
) -> Vec<String> {
    let log = match fixture.database {
        None => Log::read(&fixture.file).await,
        Some(_) => {
            let config = Config { serves: false, ..Config::new(fixture.home.database().parse().expect("a URL")) };
            let store = Postgres::open(config).await.expect("it opens");
            let log = Log::of(&store).await;
            store.close().await;
            log
        }
    };
    let log = log.with_dials(&fixture.said());
    let attacker: Uuid = account.customer_id.parse().expect("an id");
    let people = only(&log, |customer_id| customer_id != attacker);
    fixture.tally.count("dials", log.dials.as_ref().map_or(0, Vec::len));
    fixture.tally.sum_up(&people, told, promised);
    let mut wrong = check_log(&log);
    wrong.extend(check_told(&people, told, promised));
    lists::check(&people, listed, &mut wrong);
    wrong.extend(attacker::check(account, &only(&log, |customer_id| customer_id == attacker)));
    wrong
}

/// The records of some customers, as these see the log.
fn only(log: &Log, of: impl Fn(Uuid) -> bool) -> Log {
    let records = log.records.iter().filter(|record| of(record.info.customer_id)).cloned().collect();
    Log { records, ..Log::default() }
}

/// Keeps what is known of a round that failed, and says where.
fn keep(fixture: &Fixture, name: &str, plan: &str, wrong: &[String]) -> String {
    let place = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&place).unwrap();
    std::fs::write(place.join("plan"), plan).unwrap();
    std::fs::write(place.join("wrong"), wrong.join("\n")).unwrap();
    std::fs::write(place.join("story"), fixture.tally.story()).unwrap();
    std::fs::write(place.join("servers.log"), fixture.said()).unwrap();
    place.display().to_string()
}
