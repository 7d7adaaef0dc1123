//! Where watches begin, and where they end.

use super::*;

/// An activeflow that has ended, with the frames of its life.
pub async fn ended(fixture: &Fixture, delete: bool) -> (Activeflow, Vec<ActiveflowFrame>) {
    let mut frames = fixture.watch(of(Subject::Activeflows, [])).await.unwrap();
    let made = fixture.create(vec![sleep(1), sleep(1)]).await.unwrap();
    let mut told = Vec::new();
    let last = if delete { ActiveflowEventType::Deleted } else { ActiveflowEventType::Ended };
    loop {
        let frame = frames.activeflow().await.unwrap();
        let kind = frame.event.as_ref().unwrap().r#type();
        told.push(frame);
        if kind == last {
            return (made, told);
        }
        if kind == ActiveflowEventType::Ended {
            fixture.app.delete_activeflow(fixture.customer, id(&made.id)).await.unwrap();
        }
    }
}

fn decode(frames: Vec<bytes::Bytes>) -> Vec<ActiveflowFrame> {
    frames.into_iter().map(|frame| ActiveflowFrame::decode(frame).unwrap()).collect()
}

#[tokio::test]
async fn a_watch_until_the_end_goes_on_after_every_token() {
    let fixture = Fixture::new().await;
    for delete in [false, true] {
        let (made, told) = ended(&fixture, delete).await;
        let end = told.iter().position(|it| it.event.as_ref().unwrap().r#type() == ActiveflowEventType::Ended).unwrap();
        for (at, frame) in told.iter().enumerate() {
            let resume_token = frame.resume_token.clone();
            let watch = Watch { until_ended: true, resume_token, ..of(Subject::Activeflows, [id(&made.id)]) };
            let rest = decode(fixture.watch(watch).await.unwrap().whole().await);
            // Who was told the end is told nothing more, though it was deleted later.
            let expected = if at >= end { &[] } else { &told[at + 1..=end] };
            assert_eq!(rest, expected, "after event {at}, deleted: {delete}");
        }
    }
    fixture.close().await;
}

#[tokio::test]
async fn a_watch_until_the_end_knows_whom_it_waits_for() {
    let fixture = Fixture::new().await;
    let (made, told) = ended(&fixture, false).await;
    let token = || told[0].resume_token.clone();
    let stranger = Fixture {
        app: fixture.app.clone(),
        store: fixture.store.clone(),
        phones: fixture.phones.clone(),
        customer: Uuid::now_v7(),
    };
    let call = fixture.call("+15550000002", vec![talk()]).await.unwrap();
    fixture.over(Subject::Calls, [id(&call.id)]).await;
    for resume_token in [String::new(), token()] {
        let ask = async |fixture: &Fixture, subject, id| {
            let watch = Watch { until_ended: true, resume_token: resume_token.clone(), ..of(subject, [id]) };
            reason(fixture.watch(watch).await.err())
        };
        let (run, leg, nobody) = (id(&made.id), id(&call.id), Uuid::now_v7());
        assert_eq!(ask(&fixture, Subject::Activeflows, run).await, None);
        assert_eq!(ask(&fixture, Subject::Calls, leg).await, None);
        for (fixture, id) in [(&fixture, nobody), (&stranger, run), (&fixture, leg)] {
            assert_eq!(ask(fixture, Subject::Activeflows, id).await, Some(Reason::ActiveflowNotFound));
        }
        for (fixture, id) in [(&fixture, nobody), (&stranger, leg), (&fixture, run)] {
            assert_eq!(ask(fixture, Subject::Calls, id).await, Some(Reason::CallNotFound));
        }
    }
    // An id that the other filters leave out is not waited for.
    let waits = fixture.create(vec![block()]).await.unwrap();
    for resume_token in [String::new(), token()] {
        let mut watch = Watch { until_ended: true, resume_token, ..of(Subject::Activeflows, [id(&waits.id)]) };
        watch.filter.flow_id = Some(Uuid::now_v7());
        let told = decode(fixture.watch(watch).await.unwrap().whole().await);
        assert!(told.iter().all(|frame| frame.r#type() == WatchType::Progress));
    }
    drop(stranger);
    fixture.close().await;
}

/// Whoever loses the connection before anything is told has a token all the same.
#[tokio::test]
async fn a_watch_from_now_on_begins_with_a_token() {
    let fixture = Fixture::new().await;
    let before = fixture.create(vec![block()]).await.unwrap();
    for subject in [Subject::Activeflows, Subject::Calls] {
        let mut frames = Frames(Box::pin(fixture.app.watch(fixture.customer, of(subject, [])).await.unwrap()));
        let first = frames.activeflow().await.unwrap();
        assert_eq!((first.r#type(), &first.activeflow), (WatchType::Progress, &None));
        drop(frames);
        let missed = fixture.call("+15550000002", vec![talk()]).await.unwrap();
        fixture.over(Subject::Calls, [id(&missed.id)]).await;
        let watch = Watch { resume_token: first.resume_token, ..of(subject, []) };
        let mut frames = fixture.watch(watch).await.unwrap();
        match subject {
            Subject::Activeflows => {
                let told = frames.activeflow().await.unwrap();
                assert_eq!((told.r#type(), told.activeflow.unwrap().id), (WatchType::Created, missed.activeflow_id));
            }
            Subject::Calls => {
                let told = frames.call().await.unwrap();
                assert_eq!((told.r#type(), told.call.unwrap().id), (WatchType::Created, missed.id));
            }
        }
    }
    fixture.app.stop_activeflow(fixture.customer, id(&before.id), None).await.unwrap();
    fixture.close().await;
}

#[tokio::test]
async fn a_token_is_good_for_its_own_log_up_to_its_end() {
    let dir = tempfile::tempdir().unwrap();
    let url = |name: &str| format!("sqlite://{}", dir.path().join(name).display());
    let customer = Uuid::now_v7();
    let fixture = Fixture::at(&url("one.db"), customer).await;
    let (_, before) = ended(&fixture, false).await;
    fixture.close().await;
    std::fs::copy(dir.path().join("one.db"), dir.path().join("copy.db")).unwrap();
    let fixture = Fixture::at(&url("one.db"), customer).await;
    let (_, after) = ended(&fixture, false).await;
    fixture.close().await;

    let resumed = async |name: &str, frame: &ActiveflowFrame| {
        let fixture = Fixture::at(&url(name), customer).await;
        let watch = Watch { resume_token: frame.resume_token.clone(), ..of(Subject::Activeflows, []) };
        let told = reason(fixture.watch(watch).await.err());
        fixture.close().await;
        told
    };
    let (early, late) = (before.last().unwrap(), after.last().unwrap());
    assert_eq!(resumed("one.db", early).await, None);
    assert_eq!(resumed("one.db", late).await, None);
    // The copy is the same log, without its end.
    assert_eq!(resumed("copy.db", early).await, None);
    assert_eq!(resumed("copy.db", late).await, Some(Reason::InvalidResumeToken));
    assert_eq!(resumed("other.db", early).await, Some(Reason::InvalidResumeToken));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_hears_nothing_on_a_busy_server_is_told_so() {
    let fixture = Fixture::new().await;
    let mut quiet = fixture.watch(of(Subject::Activeflows, [Uuid::now_v7()])).await.unwrap();
    let began = std::time::Instant::now();
    let busy = async {
        loop {
            fixture.create(vec![sleep(1)]).await.unwrap();
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let frame = tokio::select! {
        frame = quiet.activeflow() => frame.unwrap(),
        () = busy => unreachable!("it goes on"),
    };
    assert_eq!(frame.r#type(), WatchType::Progress);
    let took = began.elapsed();
    assert!((Duration::from_secs(9)..Duration::from_secs(15)).contains(&took), "{took:?}");
    // Nothing up to the token is still to come.
    let watch = Watch { resume_token: frame.resume_token, ..of(Subject::Activeflows, []) };
    let mut rest = fixture.watch(watch).await.unwrap();
    let made = fixture.create(vec![block()]).await.unwrap();
    let all = rest.activeflow().await.unwrap();
    assert!(all.activeflow.unwrap().tm_create.unwrap().seconds >= made.tm_create.unwrap().seconds - 2);
    fixture.app.stop_activeflow(fixture.customer, id(&made.id), None).await.unwrap();
    fixture.close().await;
}
