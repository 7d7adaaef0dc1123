//! Forgetting: what is old goes in pieces, and nothing else does.

use super::*;
use ringdown::store::{RunFilter, State};

pub async fn the_log_forgets_its_beginning(store: &dyn Store) {
    let mut write = new_run(id());
    let (key, first) = put(store, &write).await;
    let mut positions = vec![first];
    for _ in 0..9 {
        write = next(key, &write);
        positions.push(put(store, &write).await.1);
    }
    assert_eq!(store.forget_log(positions[5], 4).await.unwrap(), 4);
    assert_eq!(store.log_bounds().await.unwrap(), (positions[3], positions[9]));
    assert_eq!(store.forget_log(positions[5], 4).await.unwrap(), 2);
    assert_eq!(store.forget_log(positions[5], 4).await.unwrap(), 0);
    assert_eq!(store.log_bounds().await.unwrap(), (positions[5], positions[9]));
    let history = store.history(key, None, 100, 0).await.unwrap();
    let left: Vec<_> = history.iter().map(|row| row.position).collect();
    assert_eq!(left, positions[6..].iter().rev().copied().collect::<Vec<_>>());
    assert_eq!(store.history(key, Some(positions[6]), 100, 0).await.unwrap(), []);
    assert_eq!(store.history(key, Some(positions[2]), 100, 0).await.unwrap(), []);

    assert_eq!(store.forget_log(positions[9], 100).await.unwrap(), 4);
    assert_eq!(store.log_bounds().await.unwrap(), (positions[9], positions[9]), "what is gone is not forgotten");
    write = next(key, &write);
    let (_, position) = put(store, &write).await;
    assert!(position > positions[9]);
    assert_eq!(store.log_bounds().await.unwrap(), (positions[9], position));
    assert_eq!(store.history(key, None, 100, 0).await.unwrap().len(), 1);
}

pub async fn runs_go_with_all_that_is_theirs(store: &dyn Store) {
    let customer_id = id();
    let (inline, listed) = (Flow { listed: false, ..new_flow(customer_id) }, new_flow(customer_id));
    let revisions = vec![new_revision(inline.id, 1), new_revision(listed.id, 1)];
    let mut writes: Vec<_> = (0..6).map(|_| new_run(customer_id)).collect();
    for (number, write) in writes.iter_mut().enumerate() {
        write.run.working = if number == 1 { Working::Waiting } else { Working::No };
        write.run.flow_id = if number < 4 { inline.id } else { listed.id };
        write.calls = vec![new_call(&write.run)];
        write.variables = Some(b"variables".to_vec());
    }
    writes[5].run.tm_create = NOW + 10;
    let flows = vec![inline.clone(), listed.clone()];
    let commit = Commit { flows, revisions: revisions.clone(), runs: writes.clone(), ..Commit::default() };
    let keys = store.commit(commit).await.expect("committed").runs;
    let moved = put(store, &next(keys[2].0, &writes[2])).await.1;

    // The second waits, the third has moved on since, the last is too young.
    let before = Position { sequence: moved.sequence - 1, ..moved };
    let start = keys[0].0 - 1;
    let (last, gone) = store.forget_runs(start, before, NOW + 5, 3).await.unwrap();
    assert_eq!((last, gone), (Some(keys[2].0), vec![writes[0].run.id]));
    let (last, gone) = store.forget_runs(last.unwrap(), before, NOW + 5, 100).await.unwrap();
    assert_eq!((last, gone), (None, vec![writes[3].run.id, writes[4].run.id]));
    for (number, write) in writes.iter().enumerate() {
        let left = [1, 2, 5].contains(&number);
        assert_eq!(store.run(write.run.id).await.unwrap().is_some(), left, "{number}");
        assert_eq!(store.call(write.calls[0].id).await.unwrap().is_some(), left, "{number}");
    }
    assert_eq!(store.runs(page(customer_id, 10), RunFilter::default()).await.unwrap().len(), 3);
    assert!(store.flow(inline.id).await.unwrap().is_some(), "two of its runs are left");

    let mut ended = next(keys[1].0, &writes[1]);
    ended.run.working = Working::No;
    let now = put(store, &ended).await.1;
    assert_eq!(store.forget_runs(0, now, NOW + 100, 100).await.unwrap().1.len(), 3);
    assert_eq!(store.flow(inline.id).await.unwrap(), None);
    assert_eq!(store.revision(revisions[0].id).await.unwrap(), None);
    assert_eq!(store.flow(listed.id).await.unwrap(), Some(listed));
    assert!(store.revision(revisions[1].id).await.unwrap().is_some());
}

pub async fn only_what_is_done_is_forgotten(store: &dyn Store) {
    let customer_id = id();
    let rows: Vec<_> =
        (0..8).map(|number| Outgoing { tm_create: NOW + number, ..new_outgoing(customer_id, 1) }).collect();
    store.commit(Commit { outgoing: rows.clone(), ..Commit::default() }).await.expect("committed");
    let states = [State::Waiting, State::Started, State::Delivered, State::Dead];
    for (number, row) in rows.iter().enumerate().filter(|(number, _)| number % 4 > 0) {
        let stored = store.outgoing(row.id).await.unwrap().unwrap();
        let settled = vec![stored.settle(states[number % 4], NOW)];
        store.commit(Commit { settled, ..Commit::default() }).await.expect("settled");
    }
    assert_eq!(store.forget_outgoing(NOW + 7, 2).await.unwrap(), 2);
    assert_eq!(store.forget_outgoing(NOW + 7, 2).await.unwrap(), 1);
    assert_eq!(store.forget_outgoing(NOW + 7, 2).await.unwrap(), 0);
    for (number, row) in rows.iter().enumerate() {
        let left = number % 4 < 2 || number == 7;
        assert_eq!(store.outgoing(row.id).await.unwrap().is_some(), left, "{number}");
    }
    let messages: Vec<_> =
        (0..3).map(|number| Message { tm_create: NOW + number, status: 2, ..new_message(customer_id) }).collect();
    let queued = Message { tm_create: NOW, status: 1, ..new_message(customer_id) };
    store.commit(Commit { messages: vec![queued.clone()], ..Commit::default() }).await.expect("committed");
    store.commit(Commit { messages: messages.clone(), ..Commit::default() }).await.expect("committed");
    assert_eq!(store.forget_messages(NOW + 2, 10).await.unwrap(), 2);
    assert_eq!(store.message(messages[1].id).await.unwrap(), None);
    assert!(store.message(messages[2].id).await.unwrap().is_some());
    assert!(store.message(queued.id).await.unwrap().is_some(), "it is still to be sent");
}
