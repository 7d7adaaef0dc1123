//! Lists: newest first, paged without a gap, filtered, and apart by customer.

use super::*;
use ringdown::store::{CallFilter, RunFilter};

/// Runs of a customer at three moments, in the order of a list.
async fn many_runs(store: &dyn Store, customer_id: Uuid, count: usize) -> Vec<Run> {
    let mut writes: Vec<_> = (0..count).map(|_| new_run(customer_id)).collect();
    for (number, write) in writes.iter_mut().enumerate() {
        // Ids that do not follow the order in which they are made.
        write.run.id = Uuid::new_v4();
        write.run.tm_create = NOW + (number % 3) as i64;
    }
    put_all(store, &writes).await;
    let mut runs: Vec<_> = writes.into_iter().map(|write| write.run).collect();
    runs.sort_by_key(|run| std::cmp::Reverse((run.tm_create, run.id)));
    runs
}

pub async fn runs_of_one_moment_are_paged_whole(store: &dyn Store) {
    let customer_id = id();
    let expected = many_runs(store, customer_id, 50).await;
    for limit in [1, 7, 50, 1_000] {
        let (mut found, mut next) = (Vec::new(), page(customer_id, limit));
        loop {
            let rows = store.runs(next, RunFilter::default()).await.unwrap();
            assert!(rows.len() <= limit as usize);
            let Some(last) = rows.last() else { break };
            next.before = Some((last.run.tm_create, last.run.id));
            found.extend(rows.into_iter().map(|row| row.run));
        }
        assert_eq!(found, expected, "pages of {limit}");
    }
    // A nil id stands for the whole moment: a page token that is only a time.
    let before = Page { before: Some((NOW + 1, Uuid::nil())), ..page(customer_id, 100) };
    let found = store.runs(before, RunFilter::default()).await.unwrap();
    let older: Vec<_> = expected.iter().filter(|run| run.tm_create < NOW + 1).collect();
    assert_eq!(found.iter().map(|row| &row.run).collect::<Vec<_>>(), older);
}

pub async fn calls_of_one_moment_are_paged_whole(store: &dyn Store) {
    let mut write = new_run(id());
    write.calls = (0..20).map(|_| Call { id: Uuid::new_v4(), ..new_call(&write.run) }).collect();
    put(store, &write).await;
    let mut expected = write.calls.clone();
    expected.sort_by_key(|call| std::cmp::Reverse((call.tm_create, call.id)));
    for filter in [CallFilter::default(), CallFilter { activeflow_id: Some(write.run.id), ..CallFilter::default() }] {
        let (mut found, mut next) = (Vec::new(), page(write.run.customer_id, 3));
        loop {
            let rows = store.calls(next, filter).await.unwrap();
            let Some(last) = rows.last() else { break };
            next.before = Some((last.tm_create, last.id));
            found.extend(rows);
        }
        assert_eq!(found, expected);
    }
}

/// Every filter and every pair of filters gives what a search by hand gives, as a list and as a snapshot.
pub async fn runs_are_filtered(store: &dyn Store) {
    let customer_id = id();
    let (flows, references) = ([id(), id()], [Uuid::nil(), id(), id()]);
    let mut writes = Vec::new();
    for number in 0..36 {
        let mut write = new_run(customer_id);
        write.run.status = 1 + number % 2;
        write.run.reference_type = 1 + number % 3;
        write.run.flow_id = flows[(number / 6 % 2) as usize];
        write.run.reference_id = references[(number / 2 % 3) as usize];
        writes.push(write);
    }
    put_all(store, &writes).await;
    for status in [0, 1, 2] {
        for flow_id in [None, Some(flows[0]), Some(id())] {
            for reference_type in [0, 3] {
                for reference_id in [None, Some(references[0]), Some(references[1])] {
                    let filter = RunFilter { status, flow_id, reference_type, reference_id };
                    let mut expected: Vec<_> = writes
                        .iter()
                        .map(|write| &write.run)
                        .filter(|run| status == 0 || run.status == status)
                        .filter(|run| flow_id.is_none_or(|id| run.flow_id == id))
                        .filter(|run| reference_type == 0 || run.reference_type == reference_type)
                        .filter(|run| reference_id.is_none_or(|id| run.reference_id == id))
                        .collect();
                    let snapshot = store.runs_by_key(customer_id, filter, 0, 100).await.unwrap();
                    assert_eq!(snapshot.iter().map(|row| &row.run).collect::<Vec<_>>(), expected, "{filter:?}");
                    expected.sort_by_key(|run| std::cmp::Reverse((run.tm_create, run.id)));
                    let list = store.runs(page(customer_id, 100), filter).await.unwrap();
                    assert_eq!(list.iter().map(|row| &row.run).collect::<Vec<_>>(), expected, "{filter:?}");
                }
            }
        }
    }
}

pub async fn calls_are_filtered(store: &dyn Store) {
    let customer_id = id();
    let mut writes = [new_run(customer_id), new_run(customer_id)];
    for write in &mut writes {
        for number in 0..8 {
            let call = new_call(&write.run);
            write.calls.push(Call { status: 1 + number % 2, direction: 1 + number / 2 % 2, ..call });
        }
    }
    put_all(store, &writes).await;
    let all: Vec<_> = writes.iter().flat_map(|write| &write.calls).collect();
    for status in [0, 2] {
        for direction in [0, 1] {
            for flow_id in [None, Some(writes[0].run.flow_id)] {
                for activeflow_id in [None, Some(writes[1].run.id)] {
                    let filter = CallFilter { status, direction, flow_id, activeflow_id };
                    let mut expected = all.clone();
                    expected.retain(|call| {
                        (status == 0 || call.status == status)
                            && (direction == 0 || call.direction == direction)
                            && flow_id.is_none_or(|id| call.flow_id == id)
                            && activeflow_id.is_none_or(|id| call.activeflow_id == id)
                    });
                    let snapshot = store.calls_by_key(customer_id, filter, 0, 100).await.unwrap();
                    assert_eq!(snapshot.iter().map(|(_, call)| call).collect::<Vec<_>>(), expected, "{filter:?}");
                    expected.sort_by_key(|call| std::cmp::Reverse((call.tm_create, call.id)));
                    let list = store.calls(page(customer_id, 100), filter).await.unwrap();
                    assert_eq!(list.iter().collect::<Vec<_>>(), expected, "{filter:?}");
                }
            }
        }
    }
}

/// Deleted rows are in no list and in no snapshot, and can still be had by their id.
pub async fn deleted_rows_are_hidden(store: &dyn Store) {
    let customer_id = id();
    let mut write = new_run(customer_id);
    write.run.reference_id = id();
    write.calls = vec![new_call(&write.run)];
    let (key, _) = put(store, &write).await;
    let mut deleted = next(key, &write);
    deleted.run.tm_delete = Some(NOW + 1);
    deleted.calls = vec![Call { tm_delete: Some(NOW + 1), ..write.calls[0].clone() }];
    let flow = Flow { tm_delete: Some(NOW + 1), ..new_flow(customer_id) };
    let access_key = AccessKey { tm_delete: Some(NOW + 1), ..new_access_key(customer_id) };
    let commit = Commit {
        flows: vec![flow.clone()],
        runs: vec![deleted.clone()],
        access_keys: vec![access_key.clone()],
        ..Commit::default()
    };
    store.commit(commit).await.expect("committed");

    let (all, run) = (page(customer_id, 10), &deleted.run);
    for filter in [
        RunFilter::default(),
        RunFilter { status: run.status, ..RunFilter::default() },
        RunFilter { flow_id: Some(run.flow_id), ..RunFilter::default() },
        RunFilter { reference_id: Some(run.reference_id), ..RunFilter::default() },
    ] {
        assert_eq!(store.runs(all, filter).await.unwrap(), []);
        assert_eq!(store.runs_by_key(customer_id, filter, 0, 10).await.unwrap(), []);
    }
    for filter in [CallFilter::default(), CallFilter { activeflow_id: Some(run.id), ..CallFilter::default() }] {
        assert_eq!(store.calls(all, filter).await.unwrap(), []);
        assert_eq!(store.calls_by_key(customer_id, filter, 0, 10).await.unwrap(), []);
    }
    assert_eq!(store.flows(all).await.unwrap(), []);
    assert_eq!(store.access_keys(all).await.unwrap(), []);
    assert_eq!(store.access_key_by_hash(access_key.hash).await.unwrap(), None);
    assert_eq!(store.run(run.id).await.unwrap().unwrap().run, *run);
    assert_eq!(store.call(deleted.calls[0].id).await.unwrap().unwrap(), deleted.calls[0]);
    assert_eq!(store.flow(flow.id).await.unwrap(), Some(flow));
    let access_key = AccessKey { revision: 1, ..access_key };
    assert_eq!(store.access_key(access_key.id).await.unwrap(), Some(access_key));
}

pub async fn customers_are_apart(store: &dyn Store) {
    let reference_id = id();
    let mut ids = Vec::new();
    for customer_id in [id(), id()] {
        let mut write = new_run(customer_id);
        write.run.reference_id = reference_id;
        write.calls = vec![new_call(&write.run)];
        let commit = Commit {
            flows: vec![new_flow(customer_id)],
            runs: vec![write.clone()],
            access_keys: vec![new_access_key(customer_id)],
            ..Commit::default()
        };
        store.commit(commit).await.expect("committed");
        ids.push((customer_id, write.run.id));
    }
    for (customer_id, run_id) in ids {
        let all = page(customer_id, 10);
        let reference = RunFilter { reference_id: Some(reference_id), ..RunFilter::default() };
        for filter in [RunFilter::default(), reference] {
            let rows = store.runs(all, filter).await.unwrap();
            assert_eq!(rows.iter().map(|row| row.run.id).collect::<Vec<_>>(), [run_id]);
            let rows = store.runs_by_key(customer_id, filter, 0, 10).await.unwrap();
            assert_eq!(rows.iter().map(|row| row.run.id).collect::<Vec<_>>(), [run_id]);
        }
        let calls = store.calls(all, CallFilter::default()).await.unwrap();
        assert_eq!(calls.iter().map(|call| call.activeflow_id).collect::<Vec<_>>(), [run_id]);
        let theirs = CallFilter { activeflow_id: Some(run_id), ..CallFilter::default() };
        assert_eq!(store.calls(page(id(), 10), theirs).await.unwrap(), []);
        assert_eq!(store.calls_by_key(customer_id, CallFilter::default(), 0, 10).await.unwrap().len(), 1);
        assert_eq!(store.flows(all).await.unwrap().len(), 1);
        assert_eq!(store.access_keys(all).await.unwrap().len(), 1);
    }
}

pub async fn snapshots_are_paged(store: &dyn Store) {
    let customer_id = id();
    let mut expected = Vec::new();
    for _ in 0..23 {
        let mut write = new_run(customer_id);
        write.calls = vec![new_call(&write.run)];
        put_all(store, &[new_run(id()), write.clone()]).await;
        expected.push(write);
    }
    let (mut found, mut after) = (Vec::new(), 0);
    loop {
        let rows = store.runs_by_key(customer_id, RunFilter::default(), after, 4).await.unwrap();
        let Some(last) = rows.last() else { break };
        after = last.key;
        found.extend(rows.into_iter().map(|row| row.run));
    }
    assert_eq!(found, expected.iter().map(|write| write.run.clone()).collect::<Vec<_>>());
    let (mut found, mut after) = (Vec::new(), 0);
    loop {
        let rows = store.calls_by_key(customer_id, CallFilter::default(), after, 4).await.unwrap();
        let Some((last, _)) = rows.last() else { break };
        after = *last;
        found.extend(rows.into_iter().map(|(_, call)| call));
    }
    assert_eq!(found, expected.iter().flat_map(|write| write.calls.clone()).collect::<Vec<_>>());
}

/// Unlisted flows are left out, and a flow that is replaced keeps its place.
pub async fn flows_are_listed(store: &dyn Store) {
    let customer_id = id();
    let mut flows: Vec<_> = (0..6).map(|number| Flow { tm_create: NOW + number, ..new_flow(customer_id) }).collect();
    flows[2].listed = false;
    store.commit(Commit { flows: flows.clone(), ..Commit::default() }).await.expect("committed");
    flows[4].body = b"changed".to_vec();
    store.commit(Commit { flows: vec![flows[4].clone()], ..Commit::default() }).await.expect("committed");
    let first = store.flows(page(customer_id, 3)).await.unwrap();
    assert_eq!(first, [flows[5].clone(), flows[4].clone(), flows[3].clone()]);
    let rest = Page { before: Some((first[2].tm_create, first[2].id)), ..page(customer_id, 3) };
    assert_eq!(store.flows(rest).await.unwrap(), [flows[1].clone(), flows[0].clone()]);
}

pub async fn pages_end_at_their_bytes(store: &dyn Store) {
    let customer_id = id();
    let mut writes = vec![new_run(customer_id); 5];
    for write in &mut writes {
        write.run.id = id();
        write.run.state = vec![0; 1_000];
    }
    put_all(store, &writes).await;
    for (max_bytes, expected) in [(0, 5), (1, 1), (1_000, 1), (1_001, 2), (3_000, 3), (1 << 20, 5)] {
        let page = Page { max_bytes, ..page(customer_id, 10) };
        let rows = store.runs(page, RunFilter::default()).await.unwrap();
        assert_eq!(rows.len(), expected, "{max_bytes}");
    }
}
