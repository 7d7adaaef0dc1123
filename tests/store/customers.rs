//! Customers as a whole: their list, the last uses of their keys, tasks for them, and the deletion of all that is theirs.

use super::*;
use ringdown::store::{CustomerTask, Error, RecordingFilter, RunFilter};

fn new_customer(number: i64) -> Customer {
    Customer { id: id(), name: format!("{number}"), revision: 0, tm_create: NOW + number, body: Vec::new() }
}

pub async fn uses_of_keys_only_rise(store: &dyn Store) {
    let (one, other, unused) = (id(), id(), id());
    store.note_key_uses(&[(one, NOW), (other, NOW + 1)]).await.expect("noted");
    store.note_key_uses(&[(one, NOW + 5), (other, NOW - 5)]).await.expect("noted");
    let mut uses = store.key_uses(&[one, other, unused]).await.unwrap();
    uses.sort_by_key(|(_, at)| *at);
    assert_eq!(uses, [(other, NOW + 1), (one, NOW + 5)]);
    assert_eq!(store.key_uses(&[]).await.unwrap(), []);
    // The key itself is as it was.
    let key = new_access_key(id());
    store.commit(Commit { access_keys: vec![key.clone()], ..Commit::default() }).await.expect("new");
    store.note_key_uses(&[(key.id, NOW)]).await.expect("noted");
    assert_eq!(store.access_key(key.id).await.unwrap().unwrap().revision, 1);
}

pub async fn customers_are_created_in_commits_and_listed(store: &dyn Store) {
    let made: Vec<Customer> = (0..3).map(new_customer).collect();
    for customer in &made {
        let commit = Commit {
            customers: vec![customer.clone()],
            access_keys: vec![new_access_key(customer.id)],
            answer: Some(new_answer(customer.id, "once")),
            ..Commit::default()
        };
        store.commit(commit.clone()).await.expect("new");
        assert!(matches!(store.commit(commit).await, Err(Error::KeyUsed(_))));
        let again = Commit { customers: vec![customer.clone()], ..Commit::default() };
        assert!(matches!(store.commit(again).await, Err(Error::Conflict)), "it exists");
    }
    let nobody = Customer { revision: 1, ..new_customer(9) };
    let change = Commit { customers: vec![nobody.clone()], ..Commit::default() };
    assert!(matches!(store.commit(change).await, Err(Error::Conflict)), "it does not exist");
    assert_eq!(store.customer(nobody.id).await.unwrap(), None);
    let expected: Vec<Uuid> = made.iter().rev().map(|it| it.id).collect();
    let list = async |before, limit| store.customers(Page { before, limit, ..Page::default() }).await.unwrap();
    let ids = |rows: &[Customer]| rows.iter().map(|it| it.id).collect::<Vec<_>>();
    let all = list(None, 100).await;
    assert_eq!(ids(&all).into_iter().filter(|it| expected.contains(it)).collect::<Vec<_>>(), expected);
    assert_eq!(all[0].revision, 1);
    let first = list(None, 1).await;
    let rest = list(Some((first[0].tm_create, first[0].id)), 100).await;
    assert_eq!([ids(&first), ids(&rest)].concat(), ids(&all));
}

pub async fn tasks_are_kept_until_they_end(store: &dyn Store) {
    let (one, other) = (id(), id());
    store.add_customer_task(one, CustomerTask::Stop).await.expect("stored");
    store.add_customer_task(other, CustomerTask::Delete).await.expect("stored");
    store.add_customer_task(one, CustomerTask::Delete).await.expect("stored");
    // What replaced it stays.
    store.add_customer_task(one, CustomerTask::Stop).await.expect("stored");
    store.end_customer_task(one, CustomerTask::Stop).await.expect("nothing to end");
    let tasks = store.customer_tasks(Uuid::nil(), 10).await.unwrap();
    let mut expected = [(one, CustomerTask::Delete), (other, CustomerTask::Delete)];
    expected.sort();
    assert_eq!(tasks, expected);
    assert_eq!(store.customer_tasks(Uuid::nil(), 1).await.unwrap(), expected[..1]);
    assert_eq!(store.customer_tasks(expected[0].0, 10).await.unwrap(), expected[1..]);
    for id in [one, other] {
        store.end_customer_task(id, CustomerTask::Delete).await.expect("ended");
    }
    assert_eq!(store.customer_tasks(Uuid::nil(), 10).await.unwrap(), []);
}

/// A customer with some of everything, and a run with this many rows in the log.
async fn furnished(store: &dyn Store, number: i64, rows: u64) -> (Customer, Uuid) {
    let customer = new_customer(number);
    let (customer_id, flow) = (customer.id, new_flow(customer.id));
    let mut run = new_run(customer_id);
    run.calls = vec![Call { status: 3, ..new_call(&run.run) }];
    run.variables = Some(b"large".to_vec());
    let key = new_access_key(customer_id);
    store.note_key_uses(&[(key.id, NOW)]).await.expect("noted");
    let commit = Commit {
        answer: Some(new_answer(customer_id, "a")),
        revisions: vec![new_revision(flow.id, 1)],
        flows: vec![flow],
        runs: vec![run.clone()],
        access_keys: vec![key],
        customers: vec![customer.clone()],
        ..Commit::default()
    };
    let (key, _) = store.commit(commit).await.expect("new").runs[0];
    for _ in 1..rows {
        run = next(key, &run);
        store.commit(Commit { runs: vec![run.clone()], ..Commit::default() }).await.expect("changed");
    }
    store.set_callee(customer_id, "+15550000001", b"script").await.expect("set");
    store.add_customer_task(customer_id, CustomerTask::Delete).await.expect("stored");
    (customer, run.run.id)
}

pub async fn a_customer_is_forgotten_with_all_that_is_its_own(store: &dyn Store) {
    let (gone, run) = furnished(store, 1, 12).await;
    let (stays, its_run) = furnished(store, 2, 3).await;
    assert_eq!(store.customer_counts(gone.id).await.unwrap(), (1, 1));
    let (_, head) = store.log_bounds().await.unwrap();
    let (mut from, mut batches) = (Some(0), 0);
    while let Some(place) = from {
        from = store.forget_customer(gone.id, place, 5).await.unwrap();
        batches += 1;
        assert!(batches < 100, "it comes to an end");
    }
    assert!(batches > 5, "{batches} batches: each is bounded");
    assert_eq!(store.customer(gone.id).await.unwrap(), None);
    assert!(store.run(run).await.unwrap().is_none());
    assert_eq!(store.customer_counts(gone.id).await.unwrap(), (0, 0));
    let page = page(gone.id, 10);
    assert!(store.flows(page).await.unwrap().is_empty() && store.access_keys(page).await.unwrap().is_empty());
    assert!(store.runs(page, RunFilter::default()).await.unwrap().is_empty());
    assert!(store.recordings(page, RecordingFilter::default()).await.unwrap().is_empty());
    let rpc = new_answer(gone.id, "a").rpc;
    assert!(store.answer(gone.id, &rpc, "a", 0).await.unwrap().is_none());
    assert!(store.callees().await.unwrap().iter().all(|(owner, _, _)| *owner != gone.id));
    // The other one is whole, and the log goes on where it was.
    assert_eq!(store.customer_counts(stays.id).await.unwrap(), (1, 1));
    let kept = store.run(its_run).await.unwrap().unwrap();
    assert_eq!(store.history(kept.key, None, 10, 0).await.unwrap().len(), 3);
    assert_eq!(store.log_bounds().await.unwrap().1, head);
    let left = store.log(Position::default(), 100, 0).await.unwrap();
    assert_eq!(left.iter().filter(|row| row.run == kept.key).count(), 3);
    assert_eq!(left.last().unwrap().position, head);
    assert_eq!(store.customer_tasks(Uuid::nil(), 10).await.unwrap(), [(stays.id, CustomerTask::Delete)]);
    store.end_customer_task(stays.id, CustomerTask::Delete).await.expect("ended");
}
