//! What goes outside: written with the step that asks for it, found by its receiver, settled once.

use super::*;
use ringdown::store::partitions::partition;
use ringdown::store::{Error, OutgoingFilter, PartitionScan, ScannedPartitions, Settled, State, StoredOutgoing};

async fn put_outgoing(store: &dyn Store, outgoing: &[Outgoing]) {
    store.commit(Commit { outgoing: outgoing.to_vec(), ..Commit::default() }).await.expect("committed");
}

async fn read(store: &dyn Store, id: Uuid) -> StoredOutgoing {
    store.outgoing(id).await.unwrap().expect("it is there")
}

async fn settle(store: &dyn Store, settled: Settled) -> Result<(), Error> {
    store.commit(Commit { settled: vec![settled], ..Commit::default() }).await.map(|_| ())
}

fn ids(rows: &[StoredOutgoing]) -> Vec<Uuid> {
    rows.iter().map(|row| row.outgoing.id).collect()
}

pub async fn it_goes_with_its_commit(store: &dyn Store) {
    let write = new_run(id());
    let asked = Outgoing { activeflow_id: write.run.id, ..new_outgoing(write.run.customer_id, -7) };
    let commit = Commit { runs: vec![write.clone()], outgoing: vec![asked.clone()], ..Commit::default() };
    store.commit(commit.clone()).await.expect("committed");
    let stored = read(store, asked.id).await;
    assert_eq!(stored.outgoing, asked);
    assert_eq!((stored.state, stored.attempts, stored.since), (State::Waiting, 0, NOW));
    assert_eq!((stored.status, stored.error.as_str(), stored.tm_update), (0, "", None));
    let refused = Outgoing { id: id(), ..asked };
    let again = Commit { outgoing: vec![refused.clone()], ..commit };
    assert!(matches!(store.commit(again).await, Err(Error::IdTaken(_))));
    assert_eq!(store.outgoing(refused.id).await.unwrap(), None);
}

pub async fn what_is_due_is_found_by_lane(store: &dyn Store) {
    let customer_id = id();
    let mut rows: Vec<_> =
        (0..12).map(|number| new_outgoing(customer_id, [i64::MIN, 0, i64::MAX][number % 3])).collect();
    for (number, row) in rows.iter_mut().enumerate() {
        row.due = NOW + (number / 3) as i64;
    }
    rows[2].due = NOW + 50;
    put_outgoing(store, &rows).await;
    let partitions = async |now| store.due_partitions(now, PartitionScan::ALL).await.unwrap().due;
    assert_eq!(partitions(NOW - 1).await, Vec::<i64>::new());
    assert_eq!(partitions(NOW).await, [i64::MIN, 0]);
    assert_eq!(partitions(NOW + 1).await, [i64::MIN, 0, i64::MAX]);
    let due = store.due_outgoing(0, NOW + 2, 10).await.unwrap();
    assert_eq!(ids(&due), [rows[1].id, rows[4].id, rows[7].id]);
    assert_eq!(ids(&store.due_outgoing(0, NOW + 9, 2).await.unwrap()), [rows[1].id, rows[4].id]);
    assert_eq!(ids(&store.due_outgoing(i64::MAX, NOW + 99, 10).await.unwrap()).last(), Some(&rows[2].id));
    assert_eq!(store.due_outgoing(5, NOW + 9, 2).await.unwrap(), []);
    for (now, next) in [(0, Some(NOW)), (NOW, Some(NOW + 1)), (NOW + 3, Some(NOW + 50)), (NOW + 50, None)] {
        assert_eq!(store.next_due(now).await.unwrap(), next);
    }
}

pub async fn lanes_are_looked_at_in_pieces(store: &dyn Store) {
    let customer_id = id();
    let mut rows = Vec::new();
    for partition in 0..20 {
        for _ in 0..3 {
            let due = if partition % 2 == 0 { NOW } else { NOW + 1_000 };
            rows.push(Outgoing { due, ..new_outgoing(customer_id, partition) });
        }
    }
    put_outgoing(store, &rows).await;
    let mut found = Vec::new();
    let mut scan = PartitionScan { limit: 7, ..PartitionScan::ALL };
    loop {
        let scanned = store.due_partitions(NOW, scan).await.unwrap();
        found.extend(scanned.due);
        let Some(next) = scanned.next else { break };
        scan.from = next;
    }
    assert_eq!(found, (0..20).step_by(2).collect::<Vec<_>>());
}

pub async fn a_customer_with_many_lanes_is_passed_over(store: &dyn Store) {
    let lanes = |customer: u32, count: u32| (0..count).map(move |receiver| partition(customer, receiver));
    // As the index sorts them: the third is negative.
    let all = lanes(u32::MAX, 3).chain(lanes(1, 50)).chain(lanes(2, 2));
    let rows: Vec<_> = all.map(|lane| new_outgoing(id(), lane)).collect();
    put_outgoing(store, &rows).await;
    let third = |receiver| partition(u32::MAX, receiver);
    let scan = PartitionScan { per_group: 3, ..PartitionScan::ALL };
    let scanned = store.due_partitions(NOW, scan).await.unwrap();
    let expected: Vec<_> = lanes(u32::MAX, 3).chain(lanes(1, 3)).chain(lanes(2, 2)).collect();
    assert_eq!(scanned, ScannedPartitions { due: expected, cut: vec![third(2), partition(1, 2)], next: None });
    // A read that ends with a group that was cut continues with the next one.
    let first = store.due_partitions(NOW, PartitionScan { limit: 3, ..scan }).await.unwrap();
    assert_eq!((first.due.len(), first.next), (3, Some(partition(0, 0))));
    let first = store.due_partitions(NOW, PartitionScan { limit: 4, ..scan }).await.unwrap();
    assert_eq!((first.due.len(), first.next), (4, Some(partition(1, 1))));
    // The rest of a group.
    let rest = PartitionScan { from: partition(1, 3), to: partition(1, u32::MAX), per_group: 100, limit: 40 };
    let scanned = store.due_partitions(NOW, rest).await.unwrap();
    assert_eq!((scanned.due, scanned.next), (lanes(1, 50).skip(3).take(40).collect(), Some(partition(1, 43))));
    let rest = PartitionScan { from: partition(1, 43), ..rest };
    let scanned = store.due_partitions(NOW, rest).await.unwrap();
    assert_eq!((scanned.due.len(), scanned.next), (7, None));
}

pub async fn a_settlement_is_once(store: &dyn Store) {
    let row = new_outgoing(id(), 3);
    put_outgoing(store, std::slice::from_ref(&row)).await;
    let stored = read(store, row.id).await;
    let retry = Settled {
        attempts: 1,
        due: NOW + 5,
        status: 500,
        error: "500".to_owned(),
        ..stored.settle(State::Waiting, NOW + 1)
    };
    settle(store, retry).await.expect("tried again later");
    assert_eq!(store.due_outgoing(3, NOW + 4, 10).await.unwrap(), []);
    let stored = read(store, row.id).await;
    assert_eq!((stored.attempts, stored.status, stored.error.as_str()), (1, 500, "500"));
    assert_eq!(store.due_outgoing(3, NOW + 5, 10).await.unwrap(), std::slice::from_ref(&stored));

    settle(store, stored.settle(State::Started, NOW + 6)).await.expect("begun");
    assert_eq!(store.due_partitions(NOW + 9, PartitionScan::ALL).await.unwrap().due, Vec::<i64>::new());
    let begun = read(store, row.id).await;
    assert_eq!(store.started_outgoing(10).await.unwrap(), std::slice::from_ref(&begun));
    assert!(
        matches!(settle(store, stored.settle(State::Dead, NOW + 7)).await, Err(Error::Conflict)),
        "it has moved on"
    );

    let done = Settled { attempts: 2, status: 204, error: String::new(), ..begun.settle(State::Delivered, NOW + 8) };
    settle(store, done.clone()).await.expect("delivered");
    let stored = read(store, row.id).await;
    assert_eq!((stored.state, stored.attempts, stored.tm_update), (State::Delivered, 2, Some(NOW + 8)));
    assert!(matches!(settle(store, done).await, Err(Error::Conflict)), "once");
    assert_eq!(store.started_outgoing(10).await.unwrap(), []);

    let again = Settled { attempts: 0, due: NOW + 9, since: NOW + 9, ..stored.settle(State::Waiting, NOW + 9) };
    settle(store, again).await.expect("sent again");
    assert_eq!(store.due_outgoing(3, NOW + 9, 10).await.unwrap()[0].since, NOW + 9);
}

pub async fn lists_are_filtered(store: &dyn Store) {
    let (customer_id, activeflow_id) = (id(), id());
    let mut rows: Vec<_> = (0..12).map(|_| new_outgoing(customer_id, 1)).collect();
    for (number, row) in rows.iter_mut().enumerate() {
        row.kind = 1 + number as i32 % 2;
        row.tm_create += (number / 2) as i64;
        row.activeflow_id = if number % 4 == 0 { activeflow_id } else { Uuid::nil() };
    }
    put_outgoing(store, &rows).await;
    put_outgoing(store, &[new_outgoing(id(), 1)]).await;
    let states = [State::Waiting, State::Started, State::Delivered, State::Dead];
    for (number, row) in rows.iter().enumerate().filter(|(number, _)| number % 4 > 0) {
        let stored = read(store, row.id).await;
        settle(store, stored.settle(states[number % 4], NOW)).await.expect("settled");
    }
    for state in [None, Some(State::Waiting), Some(State::Started), Some(State::Delivered), Some(State::Dead)] {
        for kinds in [&[] as &[i32], &[1], &[2, 7], &[1, 2]] {
            for flow in [None, Some(activeflow_id)] {
                let mut expected: Vec<_> = rows.iter().enumerate().collect();
                expected.retain(|(number, row)| {
                    state.is_none_or(|state| states[number % 4] == state)
                        && (kinds.is_empty() || kinds.contains(&row.kind))
                        && flow.is_none_or(|id| row.activeflow_id == id)
                });
                let mut expected: Vec<_> = expected.into_iter().map(|(_, row)| (row.tm_create, row.id)).collect();
                expected.sort_by(|one, other| other.cmp(one));
                let filter = OutgoingFilter { kinds, state, activeflow_id: flow };
                let (mut found, mut next) = (Vec::new(), page(customer_id, 2));
                loop {
                    let page = store.outgoings(next, filter).await.unwrap();
                    let Some(last) = page.last() else { break };
                    next.before = Some((last.outgoing.tm_create, last.outgoing.id));
                    found.extend(page.iter().map(|row| (row.outgoing.tm_create, row.outgoing.id)));
                }
                assert_eq!(found, expected, "{filter:?}");
            }
        }
    }
}

pub async fn a_cursor_moves_with_its_work(store: &dyn Store) {
    assert_eq!(store.setting("cursor", b"0".to_vec()).await.unwrap(), b"0");
    let moved = |to: &[u8]| vec![("cursor".to_owned(), to.to_vec())];
    let row = new_outgoing(id(), 1);
    let commit = Commit { outgoing: vec![row.clone()], settings: moved(b"1"), ..Commit::default() };
    store.commit(commit).await.expect("committed");
    assert_eq!(store.setting("cursor", Vec::new()).await.unwrap(), b"1");
    let stored = read(store, row.id).await;
    let stale = Settled { expected: State::Dead, ..stored.settle(State::Delivered, NOW) };
    let refused = Commit { settled: vec![stale], settings: moved(b"2"), ..Commit::default() };
    assert!(matches!(store.commit(refused).await, Err(Error::Conflict)));
    assert_eq!(store.setting("cursor", Vec::new()).await.unwrap(), b"1", "a refused commit moves nothing");
}
