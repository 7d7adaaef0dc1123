//! Idempotency keys, flow revisions, customers and their keys, settings.

use super::*;
use ringdown::store::{ANSWERS_KEPT, Customer, Error, RunFilter};

pub async fn a_key_answers_once(store: &dyn Store) {
    let customer_id = id();
    let answer = new_answer(customer_id, "a");
    let commit = |answer: &Answer| Commit {
        answer: Some(answer.clone()),
        runs: vec![new_run(customer_id)],
        ..Commit::default()
    };
    store.commit(commit(&answer)).await.expect("the first");
    let again = Answer { response: b"another".to_vec(), tm_create: NOW + ANSWERS_KEPT, ..answer.clone() };
    match store.commit(commit(&again)).await {
        Err(Error::KeyUsed(kept)) => assert_eq!(*kept, answer),
        other => panic!("{other:?}"),
    }
    // The key is the caller's for one RPC.
    for other in [
        Answer { rpc: "/ringdown.v1.CallService/HangupCall".to_owned(), ..answer.clone() },
        Answer { key: "b".to_owned(), ..answer.clone() },
        Answer { customer_id: id(), ..answer.clone() },
    ] {
        store.commit(commit(&other)).await.expect("another key");
    }
    assert_eq!(store.runs(page(customer_id, 10), RunFilter::default()).await.unwrap().len(), 4);
    let kept = |since| store.answer(customer_id, &answer.rpc, "a", since);
    assert_eq!(kept(NOW).await.unwrap(), Some(answer.clone()));
    assert_eq!(kept(NOW + 1).await.unwrap(), None, "too old for who asks");
    assert_eq!(store.answer(id(), &answer.rpc, "a", 0).await.unwrap(), None);
}

pub async fn an_old_answer_gives_way(store: &dyn Store) {
    let old = new_answer(id(), "a");
    store.commit(Commit { answer: Some(old.clone()), ..Commit::default() }).await.expect("the first");
    let new = Answer { response: b"new".to_vec(), tm_create: NOW + ANSWERS_KEPT + 1, ..old.clone() };
    store.commit(Commit { answer: Some(new.clone()), ..Commit::default() }).await.expect("a day later");
    assert_eq!(store.answer(old.customer_id, &old.rpc, "a", 0).await.unwrap(), Some(new));
}

pub async fn answers_are_forgotten(store: &dyn Store) {
    let customer_id = id();
    for number in 0..10 {
        let answer = Answer { tm_create: NOW + number, ..new_answer(customer_id, &number.to_string()) };
        store.commit(Commit { answer: Some(answer), ..Commit::default() }).await.expect("committed");
    }
    assert_eq!(store.forget_answers(NOW + 7, 4).await.unwrap(), 4);
    assert_eq!(store.forget_answers(NOW + 7, 4).await.unwrap(), 3);
    assert_eq!(store.forget_answers(NOW + 7, 4).await.unwrap(), 0);
    let rpc = new_answer(customer_id, "").rpc;
    assert!(store.answer(customer_id, &rpc, "6", 0).await.unwrap().is_none());
    assert!(store.answer(customer_id, &rpc, "7", 0).await.unwrap().is_some());
}

pub async fn revisions_are_numbered_once(store: &dyn Store) {
    let flow = new_flow(id());
    let revisions: Vec<_> = (1..=5).map(|number| new_revision(flow.id, number)).collect();
    let unnamed = vec![new_revision(flow.id, 0), new_revision(flow.id, 0)];
    let all = Commit { revisions: [revisions.clone(), unnamed].concat(), ..Commit::default() };
    store.commit(all).await.expect("committed");
    let again = Commit { flows: vec![flow.clone()], revisions: vec![new_revision(flow.id, 5)], ..Commit::default() };
    assert!(matches!(store.commit(again).await, Err(Error::Conflict)));
    assert_eq!(store.flow(flow.id).await.unwrap(), None);
    let newest = store.revisions(flow.id, 0, 2).await.unwrap();
    assert_eq!(newest, [revisions[4].clone(), revisions[3].clone()]);
    let rest = store.revisions(flow.id, 4, 10).await.unwrap();
    assert_eq!(rest, [revisions[2].clone(), revisions[1].clone(), revisions[0].clone()]);
    assert_eq!(store.revisions(id(), 0, 10).await.unwrap(), []);
}

pub async fn access_keys(store: &dyn Store) {
    let customer_id = id();
    let mut keys = [new_access_key(customer_id), new_access_key(customer_id)];
    keys[0].tm_create -= 1;
    store.commit(Commit { access_keys: keys.to_vec(), ..Commit::default() }).await.expect("committed");
    assert_eq!(store.access_keys(page(customer_id, 10)).await.unwrap(), [keys[1].clone(), keys[0].clone()]);
    assert_eq!(store.access_key_by_hash(keys[0].hash).await.unwrap(), Some(keys[0].clone()));
    assert_eq!(store.access_key_by_hash([0; 32]).await.unwrap(), None);
    keys[0].body = b"renamed".to_vec();
    keys[1].tm_delete = Some(NOW);
    store.commit(Commit { access_keys: keys.to_vec(), ..Commit::default() }).await.expect("committed");
    assert_eq!(store.access_keys(page(customer_id, 10)).await.unwrap(), [keys[0].clone()]);
    assert_eq!(store.access_key_by_hash(keys[1].hash).await.unwrap(), None);
    assert_eq!(store.access_key(keys[1].id).await.unwrap(), Some(keys[1].clone()));
}

pub async fn the_first_customer(store: &dyn Store) {
    assert_eq!(store.first_customer().await.unwrap(), None);
    let first = Customer { id: Uuid::from_u128(u128::MAX), name: "first".to_owned(), tm_create: NOW };
    let second = Customer { id: Uuid::from_u128(1), name: "second".to_owned(), tm_create: NOW };
    let key = new_access_key(first.id);
    store.create_customer(first.clone(), key.clone()).await.expect("created");
    store.create_customer(second.clone(), new_access_key(second.id)).await.expect("created");
    assert_eq!(store.first_customer().await.unwrap(), Some(first.clone()));
    assert_eq!(store.customer(second.id).await.unwrap(), Some(second));
    assert_eq!(store.customer(id()).await.unwrap(), None);
    assert_eq!(store.access_key_by_hash(key.hash).await.unwrap(), Some(key.clone()));
    let again = store.create_customer(first.clone(), new_access_key(first.id)).await;
    assert!(matches!(again, Err(Error::IdTaken(id)) if id == first.id));
    let third = Customer { id: id(), ..first };
    let same_key = store.create_customer(third.clone(), key.clone()).await;
    assert!(matches!(same_key, Err(Error::IdTaken(id)) if id == key.id));
    assert_eq!(store.customer(third.id).await.unwrap(), None, "nothing of it was kept");
}

pub async fn settings_and_callees(store: &dyn Store) {
    assert_eq!(store.setting("secret", b"one".to_vec()).await.unwrap(), b"one");
    assert_eq!(store.setting("secret", b"two".to_vec()).await.unwrap(), b"one");
    assert_eq!(store.setting("other", Vec::new()).await.unwrap(), b"");
    assert_eq!(store.callees().await.unwrap(), []);
    let (first, second) = (Uuid::from_u128(1), Uuid::from_u128(2));
    store.set_callee(first, "+1", b"answer").await.unwrap();
    store.set_callee(second, "+1", b"busy").await.unwrap();
    store.set_callee(first, "+1", b"ring").await.unwrap();
    let all = [(first, "+1".to_owned(), b"ring".to_vec()), (second, "+1".to_owned(), b"busy".to_vec())];
    assert_eq!(store.callees().await.unwrap(), all);
    store.set_callee(first, "+1", b"").await.unwrap();
    assert_eq!(store.callees().await.unwrap(), all[1..]);
}

pub async fn a_closed_store_says_so(store: &dyn Store) {
    let write = new_run(id());
    let waiting = futures::future::join_all((0..20).map(|_| async { store.ping().await }));
    let (_, ()) = tokio::join!(waiting, store.close());
    assert!(matches!(store.ping().await, Err(Error::Unavailable(_))));
    assert!(matches!(store.run(write.run.id).await, Err(Error::Unavailable(_))));
    let commit = Commit { runs: vec![write], ..Commit::default() };
    assert!(matches!(store.commit(commit).await, Err(Error::Unavailable(_))));
    store.close().await;
}
