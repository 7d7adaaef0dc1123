//! Idempotency keys, flow revisions, customers and their keys, settings.

use super::*;
use ringdown::model::amounts::Amounts;
use ringdown::store::{ANSWERS_KEPT, Error, MessageFilter, RunFilter, Usage};

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

/// Whoever read it before it was deleted cannot bring it back.
pub async fn what_was_deleted_stays_so(store: &dyn Store) {
    let customer_id = id();
    let (mut flow, mut key) = (new_flow(customer_id), new_access_key(customer_id));
    let mut number = new_number(customer_id, "+15551239876");
    let commit = |flow: &Flow, key: &AccessKey, number: &Number| {
        let (flows, access_keys) = (vec![flow.clone()], vec![key.clone()]);
        Commit { flows, access_keys, numbers: vec![number.clone()], ..Commit::default() }
    };
    store.commit(commit(&flow, &key, &number)).await.expect("committed");
    let read_before = (flow.clone(), key.clone(), number.clone());
    (flow.tm_delete, key.tm_delete, number.tm_delete) = (Some(NOW), Some(NOW), Some(NOW));
    (key.revision, number.revision) = (1, 1);
    store.commit(commit(&flow, &key, &number)).await.expect("committed");
    (key.revision, number.revision) = (2, 2);
    for revision in [0, 1, 2, 3] {
        for late in [
            Commit { flows: vec![read_before.0.clone()], ..Commit::default() },
            Commit { access_keys: vec![AccessKey { revision, ..read_before.1.clone() }], ..Commit::default() },
            Commit { numbers: vec![Number { revision, ..read_before.2.clone() }], ..Commit::default() },
        ] {
            assert!(matches!(store.commit(late).await, Err(Error::Conflict)));
        }
    }
    assert_eq!(store.flow(flow.id).await.unwrap(), Some(flow));
    assert_eq!(store.access_key(key.id).await.unwrap(), Some(key));
    assert_eq!(store.number(number.id).await.unwrap(), Some(number));
}

pub async fn access_keys(store: &dyn Store) {
    let customer_id = id();
    let mut keys = [new_access_key(customer_id), new_access_key(customer_id)];
    keys[0].tm_create -= 1;
    store.commit(Commit { access_keys: keys.to_vec(), ..Commit::default() }).await.expect("committed");
    keys.iter_mut().for_each(|key| key.revision = 1);
    assert_eq!(store.access_keys(page(customer_id, 10)).await.unwrap(), [keys[1].clone(), keys[0].clone()]);
    assert_eq!(store.access_key_by_hash(keys[0].hash).await.unwrap(), Some(keys[0].clone()));
    assert_eq!(store.access_key_by_hash([0; 32]).await.unwrap(), None);
    keys[0].body = b"renamed".to_vec();
    keys[1].tm_delete = Some(NOW);
    store.commit(Commit { access_keys: keys.to_vec(), ..Commit::default() }).await.expect("committed");
    keys.iter_mut().for_each(|key| key.revision = 2);
    assert_eq!(store.access_keys(page(customer_id, 10)).await.unwrap(), [keys[0].clone()]);
    assert_eq!(store.access_key_by_hash(keys[1].hash).await.unwrap(), None);
    assert_eq!(store.access_key(keys[1].id).await.unwrap(), Some(keys[1].clone()));
}

pub async fn the_first_customer(store: &dyn Store) {
    assert_eq!(store.first_customer().await.unwrap(), None);
    let first = Customer { id: Uuid::from_u128(u128::MAX), ..new_customer("first") };
    let second = Customer { id: Uuid::from_u128(1), ..new_customer("second") };
    let key = AccessKey { revision: 1, ..new_access_key(first.id) };
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

pub async fn numbers_lead_to_one_customer(store: &dyn Store) {
    let (one, two) = (id(), id());
    let number = new_number(one, "+15551230001");
    let put = |number: &Number| store.commit(Commit { numbers: vec![number.clone()], ..Commit::default() });
    put(&number).await.expect("committed");
    assert_eq!(store.number_called("+15551230002").await.unwrap(), None);
    let number = Number { revision: 1, ..number };
    assert_eq!(store.number_called("+15551230001").await.unwrap(), Some(number.clone()));
    let mut other = new_number(two, "+15551230001");
    assert!(matches!(put(&other).await, Err(Error::NumberTaken(number)) if number == "+15551230001"));
    let stolen = Number { customer_id: two, ..number.clone() };
    assert!(matches!(put(&stolen).await, Err(Error::IdTaken(id)) if id == number.id));
    let changed = Number { body: b"changed".to_vec(), ..number.clone() };
    put(&changed).await.expect("its own number is not in its way");
    let changed = Number { revision: 2, ..changed };
    assert_eq!(store.numbers(page(one, 10)).await.unwrap(), std::slice::from_ref(&changed));
    let gone = Number { tm_delete: Some(NOW + 1), ..changed };
    put(&gone).await.expect("committed");
    put(&other).await.expect("free again");
    other.revision = 1;
    assert_eq!(store.number(gone.id).await.unwrap(), Some(Number { revision: 3, ..gone }));
    assert_eq!(store.number_called("+15551230001").await.unwrap(), Some(other.clone()));
    other.tm_delete = Some(NOW + 1);
    put(&other).await.expect("committed");
    assert_eq!(store.numbers(page(two, 10)).await.unwrap(), []);
    assert_eq!(store.number_called("+15551230001").await.unwrap(), None);
}

pub async fn messages_are_listed(store: &dyn Store) {
    let customer_id = id();
    let mut messages: Vec<_> = (0..6).map(|_| new_message(customer_id)).collect();
    for (number, message) in messages.iter_mut().enumerate() {
        message.tm_create += number as i64;
        message.direction = 1 + number as i32 % 2;
        message.status = 1 + number as i32 % 3;
    }
    store.commit(Commit { messages: messages.clone(), ..Commit::default() }).await.expect("committed");
    messages[5].tm_delete = Some(NOW);
    messages[4].body = b"changed".to_vec();
    store.commit(Commit { messages: messages[4..].to_vec(), ..Commit::default() }).await.expect("committed");
    let list = |direction, status| store.messages(page(customer_id, 10), MessageFilter { direction, status });
    assert_eq!(list(0, 0).await.unwrap(), messages[..5].iter().rev().cloned().collect::<Vec<_>>());
    assert_eq!(list(2, 0).await.unwrap(), [messages[3].clone(), messages[1].clone()]);
    assert_eq!(list(1, 2).await.unwrap(), [messages[4].clone()]);
    assert_eq!(store.message(messages[5].id).await.unwrap(), Some(messages[5].clone()));
    // The network's late word on it does not bring it back.
    let late = Message { tm_delete: None, status: 3, ..messages[5].clone() };
    store.commit(Commit { messages: vec![late], ..Commit::default() }).await.expect("committed");
    assert_eq!(store.message(messages[5].id).await.unwrap().unwrap().tm_delete, Some(NOW));
    assert_eq!(list(0, 0).await.unwrap().len(), 5);
    let stolen = Message { customer_id: id(), ..messages[0].clone() };
    let outcome = store.commit(Commit { messages: vec![stolen], ..Commit::default() }).await;
    assert!(matches!(outcome, Err(Error::IdTaken(id)) if id == messages[0].id));
}

pub async fn customers_change(store: &dyn Store) {
    let customer = new_customer("one");
    store.create_customer(customer.clone(), new_access_key(customer.id)).await.expect("created");
    let changed = Customer { name: "two".to_owned(), body: b"a webhook".to_vec(), ..customer };
    store.commit(Commit { customers: vec![changed.clone()], ..Commit::default() }).await.expect("committed");
    let changed = Customer { revision: 2, ..changed };
    assert_eq!(store.customer(changed.id).await.unwrap(), Some(changed.clone()));
    let nobody = Customer { id: id(), ..changed };
    let outcome = store.commit(Commit { customers: vec![nobody], ..Commit::default() }).await;
    assert!(matches!(outcome, Err(Error::Conflict)), "{outcome:?}");
}

/// Of those who read the same revision one changes it, and the others are told. Each change is counted.
pub async fn changes_compare_the_revision(store: &dyn Store) {
    let (customer, key, number) = (new_customer("one"), new_access_key(id()), new_number(id(), "+15551230009"));
    store.create_customer(customer.clone(), AccessKey { customer_id: customer.id, ..key.clone() }).await.expect("new");
    store.commit(Commit { numbers: vec![number.clone()], ..Commit::default() }).await.expect("new");
    let change = |revision, text: String| {
        let (name, body) = (text.clone(), text.into_bytes());
        let key = AccessKey { customer_id: customer.id, revision, body: body.clone(), ..key.clone() };
        [
            Commit { customers: vec![Customer { revision, name, ..customer.clone() }], ..Commit::default() },
            Commit { access_keys: vec![key], ..Commit::default() },
            Commit { numbers: vec![Number { revision, body, ..number.clone() }], ..Commit::default() },
        ]
    };
    for revision in 1..=3 {
        let mut written = [0; 3];
        let racers: Vec<_> = (0..5).flat_map(|racer| change(revision, format!("{revision}-{racer}"))).collect();
        let outcomes = futures::future::join_all(racers.into_iter().map(|commit| store.commit(commit))).await;
        for (at, outcome) in outcomes.into_iter().enumerate() {
            match outcome {
                Ok(_) => written[at % 3] += 1,
                Err(error) => assert!(matches!(error, Error::Conflict), "{error:?}"),
            }
        }
        assert_eq!(written, [1; 3], "one of each at revision {revision}");
    }
    for stale in [0, 3, 5] {
        for commit in change(stale, "stale".to_owned()) {
            assert!(matches!(store.commit(commit).await, Err(Error::Conflict)), "{stale}");
        }
    }
    let (customer, key) = (store.customer(customer.id).await.unwrap(), store.access_key(key.id).await.unwrap());
    let (customer, key) = (customer.unwrap(), key.unwrap());
    let number = store.number(number.id).await.unwrap().unwrap();
    assert_eq!((customer.revision, key.revision, number.revision), (4, 4, 4));
    assert!(customer.name.starts_with("3-") && key.body.starts_with(b"3-") && number.body.starts_with(b"3-"));
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

pub async fn usage_adds_up(store: &dyn Store) {
    let (one, other) = (id(), id());
    let used = |customer_id, day, mails| Usage {
        customer_id,
        day,
        amounts: Amounts { mails, history_bytes: 1 << 40, ..Amounts::default() },
    };
    assert_eq!(store.usage(one, 20_000).await.unwrap(), Amounts::default());
    let first = vec![used(one, 20_000, 1), used(other, 20_000, 5), used(one, 20_001, 7)];
    let mut totals = store.add_usage(first.clone()).await.unwrap();
    totals.sort_by_key(|it| it.amounts.mails);
    assert_eq!(totals, [first[0], first[1], first[2]]);
    let totals = store.add_usage(vec![used(one, 20_000, 2)]).await.unwrap();
    let expected = Amounts { mails: 3, history_bytes: 2 << 40, ..Amounts::default() };
    assert_eq!((totals[0].amounts, store.usage(one, 20_000).await.unwrap()), (expected, expected));
    let racers = (0..10).map(|_| store.add_usage(vec![used(other, 20_000, 1), used(one, 20_001, 1)]));
    assert!(futures::future::join_all(racers).await.iter().all(Result::is_ok));
    assert_eq!(store.usage(other, 20_000).await.unwrap().mails, 15);
    assert_eq!(store.add_usage(Vec::new()).await.unwrap(), []);
    assert_eq!(store.forget_usage(20_001, 1).await.unwrap(), 1);
    assert_eq!(store.forget_usage(20_001, 9).await.unwrap(), 1);
    assert_eq!(store.forget_usage(20_001, 9).await.unwrap(), 0);
    assert_eq!(store.usage(one, 20_001).await.unwrap().mails, 17);
}
