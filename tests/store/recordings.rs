//! Recordings of calls.

use super::*;
use ringdown::store::{Error, Recording, RecordingFilter};

fn new_recording(customer_id: Uuid) -> Recording {
    Recording {
        id: id(),
        customer_id,
        activeflow_id: id(),
        call_id: id(),
        status: 1,
        tm_create: NOW,
        tm_delete: None,
        body: b"recording".to_vec(),
    }
}

async fn keep(store: &dyn Store, recordings: &[Recording]) {
    let commit = Commit { recordings: recordings.to_vec(), ..Commit::default() };
    store.commit(commit).await.expect("committed");
}

/// The same rows in the order of lists.
fn newest_first(mut recordings: Vec<Recording>) -> Vec<Recording> {
    recordings.sort_by_key(|it| std::cmp::Reverse((it.tm_create, it.id)));
    recordings
}

pub async fn recordings_are_read_back_and_change(store: &dyn Store) {
    let mut write = new_run(id());
    let mut recording = Recording { activeflow_id: write.run.id, ..new_recording(write.run.customer_id) };
    let begun = Commit { runs: vec![write.clone()], recordings: vec![recording.clone()], ..Commit::default() };
    let (key, _) = store.commit(begun).await.expect("committed").runs[0];
    assert_eq!(store.recording(recording.id).await.unwrap(), Some(recording.clone()));
    assert_eq!(store.recording(id()).await.unwrap(), None);

    // A run that has moved on takes its recording with it: neither is written.
    let ended = Recording { status: 2, body: b"ended".to_vec(), ..recording.clone() };
    write = next(key, &write);
    let stale = ringdown::store::RunWrite { expected: Some((key, 7)), ..write.clone() };
    let refused = Commit { runs: vec![stale], recordings: vec![ended.clone()], ..Commit::default() };
    assert!(matches!(store.commit(refused).await, Err(Error::Conflict)));
    assert_eq!(store.recording(recording.id).await.unwrap(), Some(recording.clone()));

    let done = Commit { runs: vec![write], recordings: vec![ended.clone()], ..Commit::default() };
    store.commit(done).await.expect("committed");
    recording = ended;
    assert_eq!(store.recording(recording.id).await.unwrap(), Some(recording.clone()));

    recording.tm_delete = Some(NOW + 9);
    keep(store, &[recording.clone()]).await;
    assert_eq!(store.recording(recording.id).await.unwrap(), Some(recording.clone()), "it can still be had");
    let all = page(recording.customer_id, 10);
    for filter in [
        RecordingFilter::default(),
        RecordingFilter { status: 2, ..RecordingFilter::default() },
        RecordingFilter { call_id: Some(recording.call_id), ..RecordingFilter::default() },
        RecordingFilter { activeflow_id: Some(recording.activeflow_id), ..RecordingFilter::default() },
    ] {
        assert_eq!(store.recordings(all, filter).await.unwrap(), [], "{filter:?}");
    }
}

pub async fn a_recording_stays_its_customers_own(store: &dyn Store) {
    let mine = new_recording(id());
    keep(store, std::slice::from_ref(&mine)).await;
    let theirs = Recording { customer_id: id(), ..mine.clone() };
    let commit = Commit { recordings: vec![theirs.clone()], ..Commit::default() };
    assert!(matches!(store.commit(commit).await, Err(Error::IdTaken(id)) if id == mine.id));
    assert_eq!(store.recording(mine.id).await.unwrap(), Some(mine.clone()));
    let by_call = RecordingFilter { call_id: Some(mine.call_id), ..RecordingFilter::default() };
    assert_eq!(store.recordings(page(theirs.customer_id, 10), by_call).await.unwrap(), []);
    assert_eq!(store.recordings(page(mine.customer_id, 10), by_call).await.unwrap(), [mine]);
}

/// Every filter gives what a search by hand gives, whole and page by page.
pub async fn recordings_are_filtered_and_paged(store: &dyn Store) {
    let customer_id = id();
    let (calls, activeflows) = ([id(), id()], [id(), id()]);
    let all: Vec<Recording> = (0..24)
        .map(|number| Recording {
            status: 1 + number % 3,
            call_id: calls[(number / 3 % 2) as usize],
            activeflow_id: activeflows[(number / 6 % 2) as usize],
            tm_create: NOW + Micros::from(number / 4),
            ..new_recording(customer_id)
        })
        .collect();
    keep(store, &all).await;
    for status in [0, 2] {
        for call_id in [None, Some(calls[0]), Some(id())] {
            for activeflow_id in [None, Some(activeflows[1])] {
                let filter = RecordingFilter { status, call_id, activeflow_id };
                let mut expected = all.clone();
                expected.retain(|it| {
                    (status == 0 || it.status == status)
                        && call_id.is_none_or(|id| it.call_id == id)
                        && activeflow_id.is_none_or(|id| it.activeflow_id == id)
                });
                let expected = newest_first(expected);
                let (mut found, mut next) = (Vec::new(), page(customer_id, 5));
                loop {
                    let rows = store.recordings(next, filter).await.unwrap();
                    assert!(rows.len() <= 5);
                    let Some(last) = rows.last() else { break };
                    next.before = Some((last.tm_create, last.id));
                    found.extend(rows);
                }
                assert_eq!(found, expected, "{filter:?}");
            }
        }
    }
}

pub async fn old_recordings_are_forgotten(store: &dyn Store) {
    let customer_id = id();
    let mut all: Vec<Recording> =
        (0..6).map(|number| Recording { status: 2, tm_create: NOW + number, ..new_recording(customer_id) }).collect();
    all[0].status = 1;
    all[1].tm_delete = Some(NOW + 9);
    keep(store, &all).await;
    let ids = |range: std::ops::Range<usize>| all[range].iter().map(|it| it.id).collect::<Vec<_>>();
    assert_eq!(store.old_recordings(NOW + 5, 2).await.unwrap(), ids(1..3), "one that runs stays");
    assert_eq!(store.old_recordings(NOW + 5, 100).await.unwrap(), ids(1..5));
    store.forget_recordings(&ids(1..3)).await.unwrap();
    store.forget_recordings(&[id()]).await.unwrap();
    assert_eq!(store.old_recordings(NOW + 5, 100).await.unwrap(), ids(3..5));
    assert_eq!(store.recording(all[1].id).await.unwrap(), None);
}
