//! Runs, their calls and their variables: what is committed is what is read.

use super::*;
use ringdown::store::{ALONE, Error, StoredRun};

/// Everything that one commit can carry, and no part of it changed on the way.
pub async fn everything_is_read_back(store: &dyn Store) {
    let customer_id = id();
    let mut write = new_run(customer_id);
    write.run.reference_id = id();
    write.run.due = Some(NOW + 1);
    write.run.working = Working::Busy;
    write.run.revision = u64::from(u32::MAX) + 1;
    write.variables = Some(vec![0, 255]);
    let call = new_call(&write.run);
    write.calls = vec![call.clone()];
    let (flow, unlisted) = (new_flow(customer_id), Flow { listed: false, ..new_flow(customer_id) });
    let (revision, unnamed) = (new_revision(flow.id, 1), new_revision(Uuid::nil(), 0));
    let (key, answer) = (new_access_key(customer_id), new_answer(customer_id, "a"));
    let commit = Commit {
        answer: Some(answer.clone()),
        flows: vec![flow.clone(), unlisted.clone()],
        revisions: vec![revision.clone(), unnamed.clone()],
        runs: vec![write.clone(), new_run(customer_id)],
        access_keys: vec![key.clone()],
        ..Commit::default()
    };
    let committed = store.commit(commit).await.expect("committed").runs;
    assert_eq!(committed.len(), 2);
    assert!(committed[0].0 < committed[1].0 && committed[0].1 < committed[1].1, "in the order of the writes");

    let stored =
        StoredRun { key: committed[0].0, owner: ALONE, run: write.run.clone(), variables: write.variables.clone() };
    assert_eq!(store.run(write.run.id).await.unwrap(), Some(stored));
    assert_eq!(store.run(id()).await.unwrap(), None);
    assert_eq!(store.call(call.id).await.unwrap(), Some(call.clone()));
    assert_eq!(store.call(id()).await.unwrap(), None);
    assert_eq!(store.call_owner(call.id).await.unwrap(), Some(write.run.id));
    assert_eq!(store.call_owner(id()).await.unwrap(), None);
    for flow in [flow, unlisted] {
        assert_eq!(store.flow(flow.id).await.unwrap(), Some(flow));
    }
    for revision in [revision, unnamed] {
        assert_eq!(store.revision(revision.id).await.unwrap(), Some(revision));
    }
    assert_eq!(store.access_key(key.id).await.unwrap(), Some(AccessKey { revision: 1, ..key }));
    let kept = store.answer(customer_id, &answer.rpc, "a", NOW).await.unwrap();
    assert_eq!(kept, Some(answer));
    assert_eq!(store.log(Position::default(), 10, 0).await.unwrap()[0].record.bytes, b"record 1"[..]);
    store.ping().await.expect("it can be read and written");
}

/// Every column that may change does, and back again.
pub async fn a_change_is_read_back(store: &dyn Store) {
    let mut write = new_run(id());
    let (key, first) = put(store, &write).await;
    for (status, working, due, tm_delete) in [
        (2, Working::Busy, Some(NOW), None),
        (3, Working::No, None, Some(NOW)),
        (1, Working::Waiting, Some(NOW + 7), None),
    ] {
        write = next(key, &write);
        write.run = Run { status, working, due, tm_delete, ..write.run };
        let (same, later) = put(store, &write).await;
        assert_eq!(same, key);
        assert!(later > first);
        let stored = StoredRun { key, owner: ALONE, run: write.run.clone(), variables: None };
        assert_eq!(store.run(write.run.id).await.unwrap(), Some(stored));
    }
}

pub async fn a_stale_revision_is_a_conflict(store: &dyn Store) {
    let first = new_run(id());
    let (key, _) = put(store, &first).await;
    let second = next(key, &first);
    put(store, &second).await;
    let stale = Commit { runs: vec![second.clone()], ..Commit::default() };
    assert!(matches!(store.commit(stale).await, Err(Error::Conflict)));
    let unknown = RunWrite { expected: Some((key + 1_000, 2)), ..second.clone() };
    let unknown = Commit { runs: vec![unknown], ..Commit::default() };
    assert!(matches!(store.commit(unknown).await, Err(Error::Conflict)));
    assert_eq!(store.run(first.run.id).await.unwrap().unwrap().run, second.run);
    assert_eq!(store.history(key, None, 10, 0).await.unwrap().len(), 2, "nothing was logged for them");
}

/// The last of several writes fails, and nothing of the ones before it is left.
pub async fn a_commit_is_whole_or_nothing(store: &dyn Store) {
    let customer_id = id();
    let (first, other) = (new_run(customer_id), new_run(customer_id));
    let keys = put_all(store, &[first.clone(), other.clone()]).await;
    let bounds = store.log_bounds().await.unwrap();

    let mut stale = next(keys[1].0, &other);
    stale.expected = Some((keys[1].0, 9));
    let mut new = new_run(customer_id);
    new.variables = Some(vec![1]);
    new.calls = vec![new_call(&new.run)];
    let (flow, revision) = (new_flow(customer_id), new_revision(Uuid::nil(), 0));
    let commit = Commit {
        answer: Some(new_answer(customer_id, "a")),
        flows: vec![flow.clone()],
        revisions: vec![revision.clone()],
        runs: vec![next(keys[0].0, &first), new.clone(), stale],
        access_keys: vec![new_access_key(customer_id)],
        ..Commit::default()
    };
    assert!(matches!(store.commit(commit.clone()).await, Err(Error::Conflict)));
    assert_eq!(store.run(first.run.id).await.unwrap().unwrap().run, first.run);
    assert_eq!(store.run(new.run.id).await.unwrap(), None);
    assert_eq!(store.call(new.calls[0].id).await.unwrap(), None);
    assert_eq!(store.flow(flow.id).await.unwrap(), None);
    assert_eq!(store.revision(revision.id).await.unwrap(), None);
    assert_eq!(store.access_key(commit.access_keys[0].id).await.unwrap(), None);
    let answer = commit.answer.as_ref().unwrap();
    assert_eq!(store.answer(customer_id, &answer.rpc, "a", 0).await.unwrap(), None);
    assert_eq!(store.log_bounds().await.unwrap(), bounds);

    let runs = commit.runs[..2].to_vec();
    store.commit(Commit { runs, ..commit }).await.expect("it was the third alone");
}

pub async fn a_taken_id_is_refused(store: &dyn Store) {
    let customer_id = id();
    let mut taken = new_run(customer_id);
    taken.calls = vec![new_call(&taken.run)];
    let (flow, key, revision) = (new_flow(customer_id), new_access_key(customer_id), new_revision(Uuid::nil(), 0));
    let commit = Commit {
        flows: vec![flow.clone()],
        revisions: vec![revision.clone()],
        runs: vec![taken.clone()],
        access_keys: vec![key.clone()],
        ..Commit::default()
    };
    store.commit(commit).await.expect("all are new");

    let same_run = RunWrite { calls: Vec::new(), ..taken.clone() };
    let mut same_call = new_run(customer_id);
    same_call.calls = vec![Call { id: taken.calls[0].id, ..new_call(&same_call.run) }];
    let stranger = id();
    for (payload, expected, commit) in [
        ("run", taken.run.id, Commit { runs: vec![same_run], ..Commit::default() }),
        ("call", taken.calls[0].id, Commit { runs: vec![same_call], ..Commit::default() }),
        ("revision", revision.id, Commit { revisions: vec![revision], ..Commit::default() }),
        ("flow", flow.id, Commit { flows: vec![Flow { customer_id: stranger, ..flow }], ..Commit::default() }),
        ("key", key.id, Commit { access_keys: vec![AccessKey { customer_id: stranger, ..key }], ..Commit::default() }),
    ] {
        match store.commit(commit).await {
            Err(Error::IdTaken(id)) => assert_eq!(id, expected, "{payload}"),
            other => panic!("{payload}: {other:?}"),
        }
    }
}

pub async fn large_variables_have_their_own_row(store: &dyn Store) {
    let mut write = new_run(id());
    write.variables = Some(vec![1; 100_000]);
    let (key, _) = put(store, &write).await;
    for (change, expected) in [
        (None, Some(vec![1; 100_000])),
        (Some(vec![2; 5_000]), Some(vec![2; 5_000])),
        (Some(Vec::new()), None),
        (Some(Vec::new()), None),
        (Some(vec![3]), Some(vec![3])),
    ] {
        write = next(key, &write);
        write.variables = change;
        put(store, &write).await;
        assert_eq!(store.run(write.run.id).await.unwrap().unwrap().variables, expected);
    }
}

pub async fn the_working_set_is_paged(store: &dyn Store) {
    let mut expected = Vec::new();
    for (number, working) in [Working::Waiting, Working::No, Working::Busy].into_iter().cycle().take(20).enumerate() {
        let mut write = new_run(id());
        write.run.working = working;
        write.run.due = (number % 2 == 0).then_some(NOW + number as i64);
        let (key, _) = put(store, &write).await;
        if number == 3 {
            // One leaves the set.
            let mut ended = next(key, &write);
            ended.run.working = Working::No;
            put(store, &ended).await;
        } else if working != Working::No {
            expected.push((key, write.run.id, working, write.run.due));
        }
    }
    let (mut found, mut after) = (Vec::new(), 0);
    loop {
        let rows = store.working_set(after, 5).await.unwrap();
        assert!(rows.len() <= 5);
        let Some(last) = rows.last() else { break };
        after = last.key;
        found.extend(rows.iter().map(|row| (row.key, row.id, row.working, row.due)));
    }
    assert_eq!(found, expected);
}

/// A call is written with its run, changes with it, and stays the run's.
pub async fn calls_follow_their_run(store: &dyn Store) {
    let mut write = new_run(id());
    let mut call = new_call(&write.run);
    write.calls = vec![call.clone()];
    let (key, _) = put(store, &write).await;
    for (status, tm_delete, body) in [(2, None, "two"), (2, None, "three"), (3, Some(NOW), "four")] {
        write = next(key, &write);
        call = Call { status, tm_delete, body: body.as_bytes().to_vec(), ..call };
        let leg = new_call(&write.run);
        write.calls = vec![call.clone(), leg.clone()];
        put(store, &write).await;
        assert_eq!(store.call(call.id).await.unwrap(), Some(call.clone()));
        assert_eq!(store.call(leg.id).await.unwrap(), Some(leg));
    }
}

pub async fn a_run_written_twice_is_refused_whole(store: &dyn Store) {
    let write = new_run(id());
    let (key, position) = put(store, &write).await;
    let change = next(key, &write);
    let commit = Commit { runs: vec![change.clone(), change], ..Commit::default() };
    assert!(matches!(store.commit(commit).await, Err(Error::Conflict)));
    assert_eq!(store.run(write.run.id).await.unwrap().unwrap().run, write.run);
    assert_eq!(store.log_bounds().await.unwrap().1, position);
}
