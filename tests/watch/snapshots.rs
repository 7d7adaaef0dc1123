//! Watches that begin with a snapshot, and watchers who come back before it is behind them.

use super::watches::ended;
use super::*;
use sha2::{Digest, Sha256};

/// What a frame tells, of an activeflow or of a call.
#[derive(Debug, Clone, PartialEq)]
struct Told {
    kind: WatchType,
    id: String,
    /// The event, and whether it is the end.
    event: Option<(String, bool)>,
    token: String,
}

impl Frames {
    async fn told(&mut self, subject: Subject) -> Option<Told> {
        Some(match subject {
            Subject::Activeflows => {
                let frame = self.activeflow().await?;
                let event = frame.event.as_ref().map(|it| (it.id.clone(), it.r#type() == ActiveflowEventType::Ended));
                let id = frame.activeflow.as_ref().map(|it| it.id.clone()).unwrap_or_default();
                Told { kind: frame.r#type(), id, event, token: frame.resume_token }
            }
            Subject::Calls => {
                let frame = self.call().await?;
                let event = frame.event.as_ref().map(|it| (it.id.clone(), it.r#type() == CallEventType::Hangup));
                let id = frame.call.as_ref().map(|it| it.id.clone()).unwrap_or_default();
                Told { kind: frame.r#type(), id, event, token: frame.resume_token }
            }
        })
    }

    async fn rest(mut self, subject: Subject) -> Vec<Told> {
        let mut all = Vec::new();
        while let Some(told) = self.told(subject).await {
            all.push(told);
        }
        all
    }
}

/// What events these frames tell.
fn events(told: &[Told]) -> Vec<&str> {
    told.iter().filter_map(|it| Some(it.event.as_ref()?.0.as_str())).collect()
}

/// Whose ends these frames tell as events, each as often as it is told.
fn ends(told: &[Told]) -> Vec<Uuid> {
    let mut ends: Vec<Uuid> =
        told.iter().filter(|it| it.event.as_ref().is_some_and(|event| event.1)).map(|it| id(&it.id)).collect();
    ends.sort();
    ends
}

/// Who is shown by these frames as it stands.
fn shown(told: &[Told]) -> HashSet<Uuid> {
    told.iter().filter(|it| it.kind == WatchType::Snapshot).map(|it| id(&it.id)).collect()
}

impl Fixture {
    /// Something that goes on until it is stopped: its id, and that of the activeflow that is to be stopped for it.
    async fn begin(&self, subject: Subject) -> (Uuid, Uuid) {
        match subject {
            Subject::Activeflows => {
                let made = id(&self.create(vec![block()]).await.unwrap().id);
                (made, made)
            }
            Subject::Calls => {
                let call = self.call("+15550000001", vec![block()]).await.unwrap();
                (id(&call.id), id(&call.activeflow_id))
            }
        }
    }

    /// Stops it, and returns when it has ended.
    async fn end(&self, subject: Subject, (subject_id, activeflow_id): (Uuid, Uuid)) {
        self.app.stop_activeflow(self.customer, activeflow_id, None).await.unwrap();
        self.over(subject, [subject_id]).await;
    }

    async fn resume(&self, token: &str, watch: Watch) -> Result<Frames> {
        self.watch(Watch { resume_token: token.to_owned(), ..watch }).await
    }
}

#[tokio::test]
async fn every_token_of_a_snapshot_leads_to_all_that_happened_since_it_began() {
    let fixture = Fixture::new().await;
    for subject in [Subject::Activeflows, Subject::Calls] {
        let made = [fixture.begin(subject).await, fixture.begin(subject).await, fixture.begin(subject).await];
        let ids = made.map(|it| it.0);
        let mut all = ids.to_vec();
        all.sort();
        let until_ended = Watch { until_ended: true, ..of(subject, ids) };
        let mut frames = fixture.watch(until_ended.clone()).await.unwrap();
        // It ends when the snapshot has begun and before it is shown.
        fixture.end(subject, made[0]).await;
        let mut first = Vec::new();
        for _ in 0..3 {
            first.push(frames.told(subject).await.unwrap());
        }
        assert_eq!(shown(&first), HashSet::from(ids));
        fixture.end(subject, made[1]).await;
        fixture.end(subject, made[2]).await;

        // Who stays is told nothing twice: the end of the first one was shown.
        let rest = frames.rest(subject).await;
        let later: Vec<Uuid> = all.iter().copied().filter(|id| *id != ids[0]).collect();
        assert_eq!(ends(&rest), later, "{rest:?}");
        assert_eq!(rest.iter().filter(|it| it.kind == WatchType::Progress).count(), 1);

        match subject {
            Subject::Activeflows => drop(fixture.app.delete_activeflow(fixture.customer, ids[1]).await.unwrap()),
            Subject::Calls => drop(fixture.app.delete_call(fixture.customer, ids[1]).await.unwrap()),
        }
        let mut told = Vec::new();
        for frame in &first {
            told.push(fixture.resume(&frame.token, until_ended.clone()).await.unwrap().rest(subject).await);
        }
        for (at, told) in told.iter().enumerate() {
            assert_eq!(ends(told), all, "after frame {at}: {told:?}");
            let idempotency: HashSet<&str> = events(told).into_iter().collect();
            assert_eq!(idempotency.len(), events(told).len(), "after frame {at}: {told:?}");
        }
        // Who has seen a part is shown all that is left; who has seen the last is not shown it again.
        for again in &told[..2] {
            assert_eq!(shown(again), HashSet::from([ids[0], ids[2]]));
            assert_eq!(again.iter().take_while(|it| it.kind == WatchType::Snapshot).count(), 2, "{again:?}");
            assert!(events(again).starts_with(&events(&told[2])));
        }
        assert_eq!(shown(&told[2]), HashSet::new());
        assert!(told[2].last().unwrap().event.as_ref().unwrap().1, "it ends with the last end: {:?}", told[2]);
    }
    fixture.close().await;
}

#[tokio::test]
async fn a_watch_that_is_resumed_behind_a_snapshot_tells_no_event_twice() {
    let fixture = Fixture::new().await;
    let subject = Subject::Activeflows;
    let made = [fixture.begin(subject).await, fixture.begin(subject).await, fixture.begin(subject).await];
    let snapshot = Watch { include_snapshot: true, ..of(subject, made.map(|it| it.0)) };
    let mut frames = fixture.watch(snapshot.clone()).await.unwrap();
    let mut told = vec![frames.told(subject).await.unwrap()];
    // What is shown first is shown before this.
    let early = made.into_iter().find(|it| it.0 == id(&told[0].id)).unwrap();
    fixture.end(subject, early).await;
    while told.last().unwrap().kind != WatchType::Progress {
        told.push(frames.told(subject).await.unwrap());
    }
    assert_eq!(shown(&told[..3]), HashSet::from(made.map(|it| it.0)));
    assert_eq!(ends(&told), [early.0]);
    // The last frame of the snapshot, what is told before there is progress, and the progress.
    let late = told.len() - 1;
    assert!(late > 3, "{told:?}");
    for at in 2..=late {
        let mut frames = fixture.resume(&told[at].token, snapshot.clone()).await.unwrap();
        for expected in &told[(at + 1).min(late)..late] {
            assert_eq!(frames.told(subject).await.as_ref(), Some(expected), "after frame {at}");
        }
    }
    for it in made {
        fixture.end(subject, it).await;
    }
    fixture.close().await;
}

/// A snapshot that breaks again and again still goes back to where it first began.
#[tokio::test]
async fn a_snapshot_may_break_more_than_once() {
    let fixture = Fixture::new().await;
    let subject = Subject::Activeflows;
    let made = [fixture.begin(subject).await, fixture.begin(subject).await];
    let ids = made.map(|it| it.0);
    let until_ended = Watch { until_ended: true, ..of(subject, ids) };
    let mut token = String::new();
    for it in made {
        let mut frames = fixture.resume(&token, until_ended.clone()).await.unwrap();
        let told = frames.told(subject).await.unwrap();
        assert_eq!(told.kind, WatchType::Snapshot);
        assert!(token.is_empty() || token == told.token, "the same place");
        token = told.token;
        fixture.end(subject, it).await;
    }
    let told = fixture.resume(&token, until_ended).await.unwrap().rest(subject).await;
    let mut all = ids.to_vec();
    all.sort();
    assert_eq!((ends(&told), shown(&told)), (all, HashSet::from(ids)));
    fixture.close().await;
}

/// Servers up to 0.1.0 gave tokens within a snapshot that do not say since when.
#[tokio::test]
async fn a_token_of_an_earlier_version_begins_the_snapshot_anew() {
    let fixture = Fixture::new().await;
    let subject = Subject::Activeflows;
    let made = fixture.begin(subject).await;
    let mut frames = fixture.watch(Watch { include_snapshot: true, ..of(subject, [made.0]) }).await.unwrap();
    let log = frames.told(subject).await.unwrap().token[..32].to_owned();
    let check = Sha256::digest(log.parse::<Uuid>().unwrap().as_bytes());
    let token = format!("{log}{:02x}{:02x}{:02x}{:02x}", check[0], check[1], check[2], check[3]);
    let mut frames = fixture.resume(&token, of(subject, [made.0])).await.unwrap();
    let told = frames.told(subject).await.unwrap();
    assert_eq!((told.kind, id(&told.id)), (WatchType::Snapshot, made.0));
    fixture.end(subject, made).await;
    let until_ended = Watch { until_ended: true, ..of(subject, [made.0]) };
    let told = fixture.resume(&token, until_ended).await.unwrap().rest(subject).await;
    let kinds: Vec<WatchType> = told.iter().map(|it| it.kind).collect();
    assert_eq!(kinds, [WatchType::Snapshot, WatchType::Progress]);
    fixture.close().await;
}

#[tokio::test]
async fn a_token_of_a_snapshot_is_good_while_the_log_reaches_back_to_it() {
    let dir = tempfile::tempdir().unwrap();
    let url = |name: &str| format!("sqlite://{}", dir.path().join(name).display());
    let customer = Uuid::now_v7();
    let subject = Subject::Activeflows;
    let snapshot = || Watch { include_snapshot: true, ..of(subject, []) };
    let tokens = async |fixture: &Fixture| {
        let mut frames = fixture.watch(snapshot()).await.unwrap();
        let (part, whole) = (frames.told(subject).await.unwrap(), frames.told(subject).await.unwrap());
        assert_eq!([part.kind, whole.kind], [WatchType::Snapshot; 2]);
        [part.token, whole.token]
    };
    let fixture = Fixture::at(&url("one.db"), customer).await;
    for _ in 0..2 {
        ended(&fixture, false).await;
    }
    let early = tokens(&fixture).await;
    fixture.close().await;
    std::fs::copy(dir.path().join("one.db"), dir.path().join("copy.db")).unwrap();
    let fixture = Fixture::at(&url("one.db"), customer).await;
    ended(&fixture, true).await;
    let late = tokens(&fixture).await;
    for token in early.iter().chain(&late) {
        assert!(fixture.resume(token, snapshot()).await.is_ok());
    }
    // The log forgets what was before the last one of them.
    let (_, info) = fixture.store.log_bounds().await.unwrap();
    ended(&fixture, true).await;
    fixture.store.forget_log(info, 1_000).await.unwrap();
    for token in &early {
        assert_eq!(reason(fixture.resume(token, snapshot()).await.err()), Some(Reason::ResumeTokenExpired));
    }
    for token in &late {
        assert!(fixture.resume(token, snapshot()).await.is_ok());
    }
    fixture.close().await;
    // The copy is the same log, without its end.
    let fixture = Fixture::at(&url("copy.db"), customer).await;
    for token in &early {
        assert!(fixture.resume(token, snapshot()).await.is_ok());
    }
    for token in &late {
        assert_eq!(reason(fixture.resume(token, snapshot()).await.err()), Some(Reason::InvalidResumeToken));
    }
    fixture.close().await;
}

/// A call that is left out by its direction is not waited for, from whichever token.
#[tokio::test]
async fn a_watch_until_the_end_does_not_wait_for_calls_in_the_other_direction() {
    let fixture = Fixture::new().await;
    let subject = Subject::Calls;
    let made = [fixture.begin(subject).await, fixture.begin(subject).await];
    let mut until_ended = Watch { until_ended: true, ..of(subject, made.map(|it| it.0)) };
    let mut frames = fixture.watch(until_ended.clone()).await.unwrap();
    let tokens = [frames.told(subject).await.unwrap().token, frames.told(subject).await.unwrap().token];
    until_ended.filter.direction = CallDirection::Incoming.into();
    for over in [false, true] {
        for token in ["", &tokens[0], &tokens[1]] {
            let told = fixture.resume(token, until_ended.clone()).await.unwrap().rest(subject).await;
            assert!(told.iter().all(|it| it.kind == WatchType::Progress), "over: {over}, {told:?}");
        }
        for it in made.into_iter().filter(|_| !over) {
            fixture.end(subject, it).await;
        }
    }
    fixture.close().await;
}
