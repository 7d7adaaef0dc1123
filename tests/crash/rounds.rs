//! Servers that die in the middle, and what is left.

use super::checker::{Log, Watcher, check};
use super::clients::{self, Calls, WatchPosition};
use super::fixture::Fixture;
use super::promises::Promised;
use super::servers::{PATIENCE, Servers};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use ringdown::proto::*;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use uuid::Uuid;

/// How a server dies.
#[derive(Clone)]
enum Death {
    /// At a named point, when it is reached the nth time.
    At(&'static str, u64),
    /// Some time after its start.
    After(Duration),
    /// When all that was asked for is there: every activeflow sleeps, every call is up, every watcher streams.
    WhenAllIsUp,
}

struct Round {
    activeflows: usize,
    calls: usize,
    kind: Calls,
    watchers: usize,
    /// How long activeflows sleep.
    sleep_ms: std::ops::Range<i32>,
    deaths: Vec<Death>,
    /// Some watchers also leave by themselves and come back.
    hop: bool,
    seed: u64,
}

impl Round {
    fn small(deaths: Vec<Death>, seed: u64) -> Round {
        let kind = Calls::Mixed;
        Round { activeflows: 40, calls: 24, kind, watchers: 8, sleep_ms: 100..1_500, deaths, hop: true, seed }
    }

    /// Runs it and holds what is left against the promises.
    async fn run(self) {
        let (seed, fixture) = (self.seed, Arc::new(Fixture::new()));
        let wrong = tokio::time::timeout(PATIENCE * 2, self.live(fixture.clone())).await;
        let wrong = wrong.unwrap_or_else(|_| vec!["it does not come to an end".to_owned()]);
        let said = fixture.said();
        assert!(wrong.is_empty(), "seed {seed}: {}\nThe servers said:\n{said}", wrong.join("\n"));
        assert!(!said.contains("ERROR") && !said.contains("panicked"), "seed {seed}: the servers said:\n{said}");
    }

    async fn live(self, fixture: Arc<Fixture>) -> Vec<String> {
        // Nothing moves before the place is known from which watchers see all.
        let life = fixture.start(None).await.expect("nothing kills it");
        let (flow_id, place) = clients::begin(&*fixture).await;
        life.kill().await;

        let mut watchers = self.watchers(&fixture, &flow_id, &place);
        let mut creators = self.creators(&fixture, &flow_id);
        let mut promised = Promised::default();
        for death in &self.deaths {
            self.die(&fixture, death, &mut creators, &mut promised).await;
        }
        let life = fixture.start(None).await.expect("nothing kills it any more");
        while let Some(made) = creators.join_next().await {
            promised.add(made.unwrap());
        }
        end(&fixture, &promised).await;
        let last = clients::last(&*fixture, place.last, &flow_id).await;
        promised.activeflows.push(place.last);
        promised.calls.push(last);
        let mut told: Vec<Watcher> = Vec::new();
        while let Some(watcher) = watchers.join_next().await {
            told.push(watcher.unwrap());
        }
        life.stop().await;
        check(&Log::read(&fixture.database()).await.with_dials(&fixture.said()), &told, &promised)
    }

    async fn die(
        &self,
        fixture: &Arc<Fixture>,
        death: &Death,
        creators: &mut JoinSet<Promised>,
        promised: &mut Promised,
    ) {
        match death {
            Death::At(name, times) => {
                let Some(mut life) = fixture.start(Some(&format!("{name}:{times}"))).await else { return };
                let died = tokio::time::timeout(PATIENCE / 2, life.over()).await;
                assert!(!died.unwrap_or_else(|_| panic!("{name}:{times} is not reached")).success());
            }
            Death::After(time) => {
                let life = fixture.start(None).await.expect("nothing kills it yet");
                tokio::time::sleep(*time).await;
                life.kill().await;
            }
            Death::WhenAllIsUp => {
                let life = fixture.start(None).await.expect("nothing kills it yet");
                while let Some(made) = creators.join_next().await {
                    promised.add(made.unwrap());
                }
                all_is_up(fixture, promised, self.watchers).await;
                life.kill().await;
            }
        }
    }

    fn watchers(&self, fixture: &Arc<Fixture>, flow_id: &str, place: &WatchPosition) -> JoinSet<Watcher> {
        let mut watchers = JoinSet::new();
        for n in 0..self.watchers {
            let flow_id = (n % 4 == 2).then(|| flow_id.parse().unwrap());
            let hop = if n % 3 == 1 && self.hop { 7 + n } else { 0 };
            let name = format!("watcher {n}");
            watchers.spawn(clients::watcher(fixture.clone(), name, n % 4 == 1, flow_id, hop, place.clone()));
        }
        watchers
    }

    /// Some of what is to be made is asked for in each life.
    fn creators(&self, fixture: &Arc<Fixture>, flow_id: &str) -> JoinSet<Promised> {
        let (mut creators, mut dice) = (JoinSet::new(), StdRng::seed_from_u64(self.seed));
        let lives = self.deaths.len();
        for n in 0..self.activeflows {
            let (fixture, flow_id, ms) =
                (fixture.clone(), flow_id.to_owned(), dice.random_range(self.sleep_ms.clone()));
            creators.spawn(async move {
                fixture.lives(2 + n % lives).await;
                clients::activeflow(fixture, n, flow_id, ms).await
            });
        }
        for n in 0..self.calls {
            let (fixture, kind) = (fixture.clone(), self.kind);
            creators.spawn(async move {
                fixture.lives(2 + n % lives).await;
                Promised::call(clients::call(fixture, n, kind).await)
            });
        }
        creators
    }
}

/// Hangs up what is up, and waits until nothing runs.
async fn end(fixture: &Fixture, promised: &Promised) {
    for id in &promised.calls {
        let request = HangupCallRequest { id: id.to_string(), ..Default::default() };
        // Most are gone.
        let _ = fixture.ask(&request, |mut grpc, request| async move { grpc.calls.hangup_call(request).await }).await;
    }
    clients::all_over(fixture, promised).await;
}

/// Waits until every call is answered and every watcher streams.
async fn all_is_up(fixture: &Fixture, promised: &Promised, watchers: usize) {
    let ids = promised.calls.iter().map(Uuid::to_string).collect();
    let request = WatchCallsRequest { ids, include_snapshot: true, ..Default::default() };
    let mut grpc = fixture.grpc().await;
    let mut frames = grpc.calls.watch_calls(request).await.unwrap().into_inner();
    let mut up = std::collections::HashSet::new();
    while up.len() < promised.calls.len() {
        let frame =
            tokio::time::timeout(PATIENCE, frames.message()).await.expect("they are answered").unwrap().unwrap();
        let frame = frame.into_message().unwrap();
        if let Some(call) = frame.call.filter(|call| call.status() == CallStatus::Progressing) {
            up.insert(call.id);
        }
    }
    let patience = std::time::Instant::now() + PATIENCE;
    while streaming(fixture).await < watchers {
        assert!(std::time::Instant::now() < patience, "not all watch");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// How many watches are open, by the server's own count.
async fn streaming(fixture: &Fixture) -> usize {
    let metrics = fixture.metrics().await;
    let counts = metrics.lines().filter(|line| line.starts_with("ringdown_watchers{"));
    counts.filter_map(|line| line.rsplit(' ').next()?.parse::<usize>().ok()).sum()
}

fn seed() -> u64 {
    let seed = std::env::var("CRASH_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or_else(rand::random);
    eprintln!("CRASH_SEED={seed}");
    seed
}

async fn at(name: &'static str, times: &[u64]) {
    Round::small(times.iter().map(|times| Death::At(name, *times)).collect(), seed()).run().await;
}

macro_rules! deaths_at {
    ($($test:ident: $name:literal $times:expr;)*) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $test() {
            at($name, &$times).await;
        }
    )*};
}

deaths_at! {
    before_a_commit: "before_commit" [1, 5, 30];
    after_a_commit: "after_commit" [1, 5, 30];
    before_an_effect: "before_effect" [1, 5, 20];
    after_an_effect: "after_effect" [1, 5, 20];
    before_a_run_is_created: "before_create" [1, 5, 15];
    after_a_run_is_created_and_before_it_is_taken_over: "after_create" [1, 5, 15];
}

/// Dies while it looks after what the one before left behind, again and again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_it_recovers() {
    let points = ["before_recovery", "after_recovery", "before_commit", "after_commit"];
    let points = points.into_iter().flat_map(|name| [1, 3].map(|times| Death::At(name, times)));
    let deaths = points.flat_map(|point| [Death::After(Duration::from_millis(500)), point]).collect();
    // Calls that stay up are what a recovery has to do with.
    Round { calls: 64, kind: Calls::Up, ..Round::small(deaths, seed()) }.run().await;
}

/// Five deaths at moments that nobody chose.
async fn at_random() {
    let seed = seed();
    let mut dice = StdRng::seed_from_u64(seed);
    let deaths = (0..5).map(|_| Death::After(Duration::from_millis(dice.random_range(1..900)))).collect();
    Round::small(deaths, seed).run().await;
}

macro_rules! at_random {
    ($($test:ident)*) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $test() {
            at_random().await;
        }
    )*};
}

at_random! { at_random_1 at_random_2 at_random_3 at_random_4 }

/// The whole of it: 200 sleep, 50 calls are up, 20 watch.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_200_sleep_50_calls_are_up_and_20_watch() {
    let round = Round {
        activeflows: 200,
        calls: 50,
        kind: Calls::Up,
        watchers: 20,
        sleep_ms: 4_000..8_000,
        deaths: vec![Death::WhenAllIsUp],
        hop: false,
        seed: seed(),
    };
    round.run().await;
}

/// Calls that are stopped as soon as they are seen, by a server that dawdles between the commit that creates them and what
/// follows it. None is dialled once it was given up: its phone would ring on, and nobody would know.
async fn stopped_when_seen(point: &str) {
    let fixture = Arc::new(Fixture::new());
    let life = fixture.start(Some(&format!("{point}:pause"))).await.expect("nothing kills it");
    let (_, place) = clients::begin(&*fixture).await;
    // What others do makes the server look into its log while it dawdles.
    let busy = clients::busy(fixture.clone()).await;
    let mut creators = JoinSet::new();
    for n in 0..60 {
        creators.spawn(clients::call(fixture.clone(), n, Calls::Ringing));
    }
    let request = WatchActiveflowsRequest { resume_token: place.token, ..Default::default() };
    let mut grpc = fixture.grpc().await;
    let mut frames = grpc.activeflows.watch_activeflows(request).await.unwrap().into_inner();
    let mut stopped = 0;
    while stopped < 60 {
        let frame = tokio::time::timeout(PATIENCE, frames.message()).await.expect("they are made").unwrap().unwrap();
        let frame = frame.into_message().unwrap();
        let called = frame.activeflow.as_ref().is_some_and(|it| it.reference_type() == ReferenceType::Call);
        if called && frame.r#type() == WatchType::Created {
            let request = StopActiveflowRequest { id: frame.activeflow.unwrap().id, ..Default::default() };
            grpc.activeflows.stop_activeflow(request).await.unwrap();
            stopped += 1;
        }
    }
    let mut promised = Promised::default();
    promised.activeflows.push(busy.over().await);
    while let Some(made) = creators.join_next().await {
        promised.calls.push(made.unwrap());
    }
    let began = std::time::Instant::now();
    clients::over(&*fixture, vec![], promised.calls.clone()).await;
    assert!(began.elapsed() < Duration::from_secs(10), "phones rang on");
    life.stop().await;
    assert!(began.elapsed() < Duration::from_secs(20), "the server waited for calls that are over");
    let wrong = check(&Log::read(&fixture.database()).await.with_dials(&fixture.said()), &[], &promised);
    assert!(wrong.is_empty(), "{}\nThe server said:\n{}", wrong.join("\n"), fixture.said());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stopped_before_the_server_took_them_over() {
    stopped_when_seen("after_create").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stopped_before_the_server_knows_what_it_committed() {
    stopped_when_seen("after_commit").await;
}
