//! The log: one order, one name, and a way back through each run.

use super::*;

/// Two runs whose rows lie between each other's.
async fn two_runs(store: &dyn Store, revisions: u64) -> [(RunKey, Vec<Position>); 2] {
    let mut writes = [new_run(id()), new_run(id())];
    let mut rows = put_all(store, &writes).await.into_iter().map(|(key, position)| (key, vec![position]));
    let mut rows = [rows.next().unwrap(), rows.next().unwrap()];
    for _ in 1..revisions {
        for (write, (key, positions)) in writes.iter_mut().zip(&mut rows) {
            *write = next(*key, write);
            positions.push(put(store, write).await.1);
        }
    }
    rows
}

pub async fn history_follows_the_links(store: &dyn Store) {
    let [(first, positions), (second, others)] = two_runs(store, 6).await;
    let all = store.history(first, None, 100, 0).await.unwrap();
    let newest_first: Vec<_> = positions.iter().rev().copied().collect();
    assert_eq!(all.iter().map(|row| row.position).collect::<Vec<_>>(), newest_first);
    assert_eq!(all[0].record.bytes, b"record 6"[..]);
    assert!(all.iter().all(|row| row.run == first));

    let page = store.history(first, None, 2, 0).await.unwrap();
    assert_eq!(page, all[..2]);
    let rest = store.history(first, Some(page[1].position), 100, 0).await.unwrap();
    assert_eq!(rest, all[2..]);
    assert_eq!(store.history(first, Some(positions[0]), 100, 0).await.unwrap(), []);
    // A place that is not a row of this run is as good as the next one that is.
    assert_eq!(store.history(first, Some(others[2]), 100, 0).await.unwrap(), all[3..]);
    let beyond = Position { sequence: others[5].sequence + 100, ..others[5] };
    assert_eq!(store.history(first, Some(beyond), 100, 0).await.unwrap(), all);
    assert_eq!(store.history(first, Some(Position::default()), 100, 0).await.unwrap(), []);

    assert_eq!(store.history(first, None, 100, 1).await.unwrap(), all[..1]);
    assert_eq!(store.history(first, None, 100, 9).await.unwrap(), all[..2]);
    assert_eq!(store.history(second, None, 100, 0).await.unwrap().len(), 6);
    assert_eq!(store.history(second + 1_000, None, 100, 0).await.unwrap(), []);
    assert_eq!(store.history(first, None, 0, 0).await.unwrap(), []);
}

pub async fn bounds_and_order(store: &dyn Store) {
    assert_eq!(store.log_bounds().await.unwrap(), (Position::default(), Position::default()));
    assert_eq!(store.log(Position::default(), 10, 0).await.unwrap(), []);
    let [(_, mut positions), (_, others)] = two_runs(store, 4).await;
    positions.extend(others);
    positions.sort();
    assert_eq!(store.log_bounds().await.unwrap(), (Position::default(), positions[7]), "nothing is gone");
    let rows = store.log(Position::default(), 100, 0).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.position).collect::<Vec<_>>(), positions);
    assert_eq!(store.log(positions[7], 100, 0).await.unwrap(), []);
    let later = Position { epoch: u64::MAX, sequence: 0 };
    assert_eq!(store.log(later, 100, 0).await.unwrap(), [], "an epoch that never was");
}

pub async fn it_says_that_it_grew(store: &dyn Store) {
    let mut growth = store.growth();
    let mut write = new_run(id());
    for _ in 0..3 {
        growth.mark_unchanged();
        let (key, position) = put(store, &write).await;
        growth.changed().await.unwrap();
        assert_eq!(store.log_bounds().await.unwrap().1, position, "and can be read by then");
        write = next(key, &write);
    }
}

pub async fn reads_are_bounded(store: &dyn Store) {
    let mut writes = vec![new_run(id()); 5];
    for (number, write) in writes.iter_mut().enumerate() {
        write.run.id = id();
        write.record = vec![number as u8; 1_000].into();
    }
    let positions = put_all(store, &writes).await;
    for (limit, max_bytes, expected) in
        [(10, 0, 5), (2, 0, 2), (10, 1, 1), (10, 1_000, 1), (10, 1_001, 2), (2, 9_999, 2), (0, 0, 0)]
    {
        let rows = store.log(Position::default(), limit, max_bytes).await.unwrap();
        assert_eq!(rows.len(), expected, "{limit} rows, {max_bytes} bytes");
        let last = rows.last().map(|row| row.position).unwrap_or_default();
        let rest = store.log(last, 100, 0).await.unwrap();
        assert_eq!(rest.len(), 5 - expected);
    }
    assert_eq!(store.log(positions[3].1, 10, 0).await.unwrap()[0].record.bytes, vec![4; 1_000]);
}

pub async fn has_one_name(store: &dyn Store) {
    let name = store.log_name().await.unwrap();
    assert!(!name.is_nil());
    put(store, &new_run(id())).await;
    assert_eq!(store.log_name().await.unwrap(), name);
}
