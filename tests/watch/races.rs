//! What happens in the moments between a commit and what follows it.

use super::*;
use futures::future::{BoxFuture, join_all, poll_fn};
use std::task::Poll;

/// Lets a future be polled so many times at most, and drops it then: its caller has gone.
async fn gone_after<T>(polls: usize, mut future: BoxFuture<'_, T>) -> Option<T> {
    let mut left = polls;
    poll_fn(|cx| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        match future.as_mut().poll(cx) {
            // The last poll was this one: nobody waits for the next.
            Poll::Pending if left == 0 => Poll::Ready(None),
            poll => poll.map(Some),
        }
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_durable_is_looked_after_though_its_creator_has_gone() {
    let fixture = Fixture::new().await;
    let mut answered = 0;
    for n in 0..600 {
        let made = gone_after(n % 8, Box::pin(fixture.create(vec![sleep(3)]))).await;
        answered += usize::from(made.is_some());
        let made = gone_after(n % 8, Box::pin(fixture.call("+15550000001", vec![talk()]))).await;
        answered += usize::from(made.is_some());
    }
    // Those that nobody was told of are found in the log.
    let mut runs = HashSet::new();
    let mut calls = HashSet::new();
    let (mut after, mut last) = (Default::default(), 0);
    loop {
        let rows = fixture.store.log(after, 1_000, 0).await.unwrap();
        let Some(row) = rows.last() else { break };
        after = row.position;
        last += rows.len();
        for row in rows {
            let record: ringdown::model::event::Record = rmp_serde::from_slice(&row.record.bytes).unwrap();
            runs.insert(record.info.id);
            if !record.info.reference_id.is_nil() {
                calls.insert(record.info.reference_id);
            }
        }
    }
    assert!(runs.len() > answered && answered > 0, "{} runs, {answered} answers, {last} rows", runs.len());
    let runs: Vec<Uuid> = runs.into_iter().collect();
    for some in runs.chunks(500) {
        fixture.over(Subject::Activeflows, some.iter().copied()).await;
    }
    fixture.over(Subject::Calls, calls).await;
    fixture.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_that_is_stopped_as_soon_as_it_is_seen_is_never_dialled_after_it() {
    let fixture = Fixture::new().await;
    let mut frames = fixture.watch(of(Subject::Activeflows, [])).await.unwrap();
    const CALLS: usize = 400;
    let create = async {
        for _ in 0..CALLS / 8 {
            join_all((0..8).map(|_| fixture.call("+15550000001", vec![talk(), block()]))).await;
        }
    };
    let stop = async {
        let mut calls = Vec::new();
        while calls.len() < CALLS {
            let frame = frames.activeflow().await.unwrap();
            if frame.r#type() == WatchType::Created {
                let run = frame.activeflow.unwrap();
                fixture.app.stop_activeflow(fixture.customer, id(&run.id), None).await.unwrap();
                calls.push(id(&run.reference_id));
            }
        }
        calls
    };
    let ((), calls) = tokio::join!(create, stop);
    fixture.over(Subject::Calls, calls).await;
    assert_eq!(fixture.phones.held(), Vec::<Uuid>::new(), "a phone was called after its call was over");
    fixture.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_caller_who_hangs_up_as_soon_as_it_can_is_heard() {
    let fixture = Fixture::new().await;
    let mut frames = fixture.watch(of(Subject::Calls, [])).await.unwrap();
    const CALLS: usize = 200;
    let incoming = async {
        for _ in 0..CALLS {
            let (from, to) = (tel("+15550000001"), tel("+15550001000"));
            let program = Program::Actions(vec![block()]);
            fixture.app.simulate_incoming_call(fixture.customer, from, to, Some(program), None).await.unwrap();
        }
    };
    let hang_up = async {
        let mut calls = Vec::new();
        while calls.len() < CALLS {
            let frame = frames.call().await.unwrap();
            if frame.r#type() == WatchType::Created {
                let call_id = id(&frame.call.unwrap().id);
                // The far end may not have been there yet when the call could be seen already.
                while fixture.app.simulate_hangup(fixture.customer, call_id, None).await.is_err() {
                    tokio::task::yield_now().await;
                }
                calls.push(call_id);
            }
        }
        calls
    };
    let ((), calls) = tokio::join!(incoming, hang_up);
    // Nothing else would end them: their flow is blocked.
    fixture.over(Subject::Calls, calls).await;
    fixture.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_reads_what_was_before_what_they_were_told() {
    let fixture = Fixture::new().await;
    let mut frames = fixture.watch(of(Subject::Activeflows, [])).await.unwrap();
    const RUNS: usize = 300;
    let create = async {
        for _ in 0..RUNS / 10 {
            join_all((0..10).map(|n| fixture.create(vec![sleep(n % 4), sleep(1), sleep(0)]))).await;
        }
    };
    let read = async {
        let mut ended = 0;
        while ended < RUNS {
            let frame = frames.activeflow().await.unwrap();
            let told = frame.activeflow.unwrap();
            let read = fixture.app.get_activeflow(fixture.customer, id(&told.id)).await.unwrap();
            assert!(read.revision >= told.revision, "told {} and read {}", told.revision, read.revision);
            if told.status() == ActiveflowStatus::Ended {
                ended += 1;
                let listed = Activeflow {
                    executed_actions: vec![],
                    pending_actions: vec![],
                    variables: Default::default(),
                    ..read
                };
                assert_eq!(listed, told, "the last frame is how it stands");
            }
        }
    };
    tokio::join!(create, read);
    fixture.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_watch_until_the_end_ends_whenever_it_begins() {
    let fixture = Arc::new(Fixture::new().await);
    let one = async |n: usize| {
        let made = fixture.create(vec![sleep(n as i32 % 3), sleep(0), sleep(1)]).await.unwrap();
        // They begin before, at and after every step.
        for _ in 0..n % 97 {
            tokio::task::yield_now().await;
        }
        let watch = Watch { until_ended: true, ..of(Subject::Activeflows, [id(&made.id)]) };
        let mut frames = fixture.watch(watch).await.unwrap();
        let (mut revision, mut ended, mut progress) = (None, false, 0);
        while let Some(frame) = frames.activeflow().await {
            progress += usize::from(frame.r#type() == WatchType::Progress);
            let kind = frame.r#type();
            let Some(told) = frame.activeflow else { continue };
            assert!(!ended, "something after the end");
            match (kind, revision) {
                (WatchType::Snapshot, None) => {}
                (WatchType::Updated, Some(before)) => {
                    assert!(told.revision == before || told.revision == before + 1, "{before}, then {}", told.revision)
                }
                other => panic!("{other:?}"),
            }
            revision = Some(told.revision);
            ended = told.status() == ActiveflowStatus::Ended;
        }
        assert!(ended && progress == 1, "it ended, and {progress} times there was progress");
    };
    for batch in 0..30 {
        join_all((0..20).map(|n| one(batch * 20 + n))).await;
    }
    Arc::into_inner(fixture).unwrap().close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_snapshot_of_calls_leaves_no_gap_and_tells_nothing_twice() {
    let fixture = Fixture::new().await;
    const CALLS: usize = 300;
    let create = async {
        for _ in 0..CALLS / 10 {
            join_all((0..10).map(|_| fixture.call("+15550000001", vec![talk(), sleep(1), talk()]))).await;
        }
    };
    let watch = async {
        let mut watchers = Vec::new();
        for _ in 0..12 {
            tokio::time::sleep(Duration::from_millis(7)).await;
            let watch = Watch { include_snapshot: true, ..of(Subject::Calls, []) };
            watchers.push(fixture.watch(watch).await.unwrap());
        }
        watchers
    };
    let ((), watchers) = tokio::join!(create, watch);
    for mut frames in watchers {
        let (mut events, mut times, mut over) = (HashSet::new(), std::collections::HashMap::new(), HashSet::new());
        while over.len() < CALLS {
            let frame = frames.call().await.unwrap();
            let Some(call) = frame.call.clone() else { continue };
            let before: Option<CallStatus> = times.insert(call.id.clone(), call.status());
            match frame.r#type() {
                WatchType::Snapshot | WatchType::Created => assert_eq!(before, None, "{call:?}"),
                // dialing, ringing, progressing, terminating, hangup: none is left out, none is told again.
                _ => {
                    let rank = |status: CallStatus| match status {
                        CallStatus::Hangup => 5,
                        status => status as i32,
                    };
                    assert_eq!(rank(call.status()), rank(before.expect("it was told of")) + 1, "{call:?}");
                }
            }
            if let Some(event) = frame.event {
                assert!(events.insert(event.id));
            }
            if call.status() == CallStatus::Hangup {
                assert!(over.insert(call.id));
            }
        }
    }
    fixture.close().await;
}
