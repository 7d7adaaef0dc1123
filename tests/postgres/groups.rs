//! Commits that share a statement: each is refused for its own reason, and none is written twice.

use crate::proxy::{Cut, Proxy};
use crate::store::{
    NOW, id, new_access_key, new_answer, new_call, new_flow, new_number, new_outgoing, new_revision, new_run, next, put,
};
use crate::{client, config, name, open, server};
use futures::future::join_all;
use ringdown::store::postgres::{Config, Postgres};
use ringdown::store::{Commit, Error, Flow, Groups, Number, Outgoing, Settled, State, Store};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// With the sizes of its groups.
async fn store(url: &str) -> (Postgres, Arc<Mutex<Vec<usize>>>) {
    let sizes = Arc::<Mutex<Vec<usize>>>::default();
    let theirs = sizes.clone();
    let groups = Some(Groups(Arc::new(move |size| theirs.lock().unwrap().push(size))));
    (Postgres::open(Config { groups, ..config(url) }).await.expect("opened"), sizes)
}

fn setting(name: &str, value: u8) -> Commit {
    Commit { settings: vec![(name.to_owned(), vec![value])], ..Commit::default() }
}

#[tokio::test]
async fn each_is_refused_for_its_own_reason_and_the_others_are_written() {
    let Some(server) = server::server() else { return };
    let url = server.database();
    let (store, sizes) = store(&url).await;
    let (us, them) = (id(), id());
    let (run, stale) = (new_run(us), new_run(us));
    let ((key, _), (stale_key, _)) = (put(&store, &run).await, put(&store, &stale).await);
    let (flow, asked) = (new_flow(us), new_outgoing(us, 1));
    let (number, answer) = (new_number(us, "+15550001"), new_answer(us, "used"));
    let revision = new_revision(flow.id, 1);
    let there = Commit {
        flows: vec![flow.clone()],
        revisions: vec![revision.clone()],
        numbers: vec![number.clone()],
        outgoing: vec![asked.clone()],
        answer: Some(answer.clone()),
        ..Commit::default()
    };
    store.commit(there).await.unwrap();
    let asked_key = store.due_outgoing(1, NOW, 1).await.unwrap()[0].key;
    sizes.lock().unwrap().clear();

    let mut twice_called = new_run(us);
    twice_called.calls = vec![new_call(&twice_called.run), new_call(&twice_called.run)];
    let mut large = new_run(us);
    large.variables = Some(b"large".to_vec());
    let settled = |expected| Settled {
        key: asked_key,
        expected,
        state: State::Started,
        attempts: 1,
        due: NOW,
        since: NOW,
        status: 0,
        error: String::new(),
        at: NOW,
    };
    let written = [
        Commit { runs: vec![next(key, &run), twice_called.clone()], ..Commit::default() },
        Commit { runs: vec![large.clone()], answer: Some(new_answer(us, "new")), ..Commit::default() },
        setting("a", 1),
    ];
    let refused = [
        Commit { runs: vec![next(stale_key, &next(stale_key, &stale)), new_run(us)], ..setting("b", 1) },
        Commit { runs: vec![new_run(us), new_run(us), run.clone()], ..setting("c", 1) },
        Commit { runs: vec![new_run(us)], answer: Some(answer.clone()), ..Commit::default() },
        Commit { flows: vec![Flow { customer_id: them, ..flow.clone() }], ..Commit::default() },
        Commit { revisions: vec![new_revision(flow.id, 1)], ..Commit::default() },
        Commit { revisions: vec![revision.clone()], ..Commit::default() },
        Commit { numbers: vec![Number { customer_id: them, ..new_number(them, "+15550001") }], ..Commit::default() },
        Commit { settled: vec![settled(State::Started)], ..Commit::default() },
        Commit { outgoing: vec![Outgoing { partition: 2, ..asked.clone() }], ..Commit::default() },
    ];
    let (written, refused) = tokio::join!(
        join_all(written.into_iter().map(|commit| store.commit(commit))),
        join_all(refused.into_iter().map(|commit| store.commit(commit))),
    );
    assert_eq!(*sizes.lock().unwrap(), [3], "what was not refused was written together");
    let written: Vec<_> = written.into_iter().map(|it| it.expect("written").runs).collect();
    let reasons: Vec<_> = refused.into_iter().map(|it| it.expect_err("refused")).collect();
    match reasons.as_slice() {
        [
            Error::Conflict,
            Error::IdTaken(run_id),
            Error::KeyUsed(kept),
            Error::IdTaken(flow_id),
            Error::Conflict,
            Error::IdTaken(revision_id),
            Error::NumberTaken(taken),
            Error::Conflict,
            Error::IdTaken(outgoing_id),
        ] => {
            assert_eq!((*run_id, *flow_id, *revision_id, *outgoing_id), (run.run.id, flow.id, revision.id, asked.id));
            assert_eq!((&**kept, taken.as_str()), (&answer, "+15550001"));
        }
        other => panic!("{other:?}"),
    }
    let read = store.run(large.run.id).await.unwrap().unwrap();
    assert_eq!((read.key, read.variables.as_deref()), (written[1][0].0, Some(b"large".as_slice())));
    assert_eq!(store.run(twice_called.run.id).await.unwrap().unwrap().key, written[0][1].0);
    assert_eq!(store.call_owner(twice_called.calls[1].id).await.unwrap(), Some(twice_called.run.id));
    let epochs: Vec<_> = written.iter().flatten().map(|(_, position)| position.epoch).collect();
    assert!(epochs.iter().all(|epoch| *epoch == epochs[0]), "one transaction: {epochs:?}");
    assert_eq!(server.sql(name(&url), "select count(*) from ringdown.run"), "4");
    assert_eq!(server.sql(name(&url), "select string_agg(name, ',') from ringdown.setting"), "a");
    store.close().await;
}

/// What the database notices by a unique index of its own it does not say of whom.
#[tokio::test]
async fn what_breaks_the_statement_fails_alone() {
    let Some(server) = server::server() else { return };
    let (store, _) = store(&server.database()).await;
    let (one, other) = (new_access_key(id()), new_access_key(id()));
    let twin = ringdown::store::AccessKey { hash: one.hash, ..other };
    let keys = |it: &ringdown::store::AccessKey| Commit { access_keys: vec![it.clone()], ..Commit::default() };
    let mut commits = vec![keys(&one), keys(&twin)];
    commits.extend((0..5).map(|_| Commit { runs: vec![new_run(id())], ..Commit::default() }));
    let outcomes = join_all(commits.into_iter().map(|commit| store.commit(commit))).await;
    assert!(matches!(outcomes[1], Err(Error::Broken(_))), "{outcomes:?}");
    assert_eq!(outcomes.iter().filter(|it| it.is_ok()).count(), 6, "{outcomes:?}");
    store.close().await;
}

/// A row that somebody else is changing is looked at again when that is over.
#[tokio::test]
async fn who_waits_for_a_row_compares_what_it_finds_then() {
    let Some(server) = server::server() else { return };
    let url = server.database();
    let (store, _) = store(&url).await;
    let (run, other) = (new_run(id()), new_run(id()));
    let (key, _) = put(&store, &run).await;
    let (other_key, _) = put(&store, &other).await;
    let holder = client(&url).await;
    let held = format!(
        "begin; update ringdown.run set taken = gen_random_uuid() where key = {key}; \
         update ringdown.run set revision = 7 where key = {other_key}"
    );
    holder.batch_execute(&held).await.unwrap();
    let change = |key, write| Commit { runs: vec![next(key, write)], ..setting("a", 1) };
    let (written, refused, _) = tokio::join!(
        store.commit(change(key, &run)),
        store.commit(Commit { settings: Vec::new(), ..change(other_key, &other) }),
        async {
            tokio::time::sleep(Duration::from_millis(200)).await;
            holder.batch_execute("commit").await.unwrap();
        }
    );
    assert!(written.is_ok() && matches!(refused, Err(Error::Conflict)), "{written:?} {refused:?}");
    assert_eq!(store.run(run.run.id).await.unwrap().unwrap().run.revision, 2);
    assert_eq!(store.history(key, None, 10, 0).await.unwrap().len(), 2);
    store.close().await;
}

/// Its answer is lost, and what it was is written again; then it arrives.
#[tokio::test]
async fn a_group_that_comes_late_is_not_written() {
    let Some(server) = server::server() else { return };
    let (url, proxy) = (server.database(), Proxy::start(server.port).await);
    let (store, _) = store(&proxy.url(&url)).await;
    store.commit(setting("a", 1)).await.unwrap();
    proxy.plan(Cut::Late);
    store.commit(setting("a", 2)).await.expect("written by another connection");
    store.commit(setting("a", 3)).await.unwrap();
    let answer = proxy.deliver().await;
    assert!(answer.contains("RD001") && answer.contains("fenced"), "{answer}");
    assert_eq!(store.setting("a", Vec::new()).await.unwrap(), [3]);
    store.commit(setting("a", 4)).await.unwrap();
    store.close().await;
    assert_eq!(server.sql(name(&url), "select count(*) from ringdown.writer"), "0");
}

/// Another connection learns the keys of new runs and where they stand in the log.
#[tokio::test]
async fn a_lost_answer_is_found_again() {
    let Some(server) = server::server() else { return };
    let (url, proxy) = (server.database(), Proxy::start(server.port).await);
    let (store, _) = store(&proxy.url(&url)).await;
    put(&store, &new_run(id())).await;
    for cut in [Cut::After, Cut::Under, Cut::Before, Cut::After] {
        let runs = vec![new_run(id()), new_run(id())];
        proxy.plan(cut);
        let committed = store.commit(Commit { runs: runs.clone(), ..Commit::default() }).await.unwrap();
        assert!(proxy.is_done() && committed.runs.len() == 2, "{cut:?}: {committed:?}");
        for (write, (key, position)) in runs.iter().zip(committed.runs) {
            let read = store.run(write.run.id).await.unwrap().unwrap();
            let history = store.history(key, None, 10, 0).await.unwrap();
            assert_eq!((read.key, history.len(), history[0].position), (key, 1, position), "{cut:?}");
        }
    }
    store.close().await;
}

/// Rows of writers that did nothing for a day are taken for those of dead ones.
#[tokio::test]
async fn a_writer_whose_row_is_gone_goes_on() {
    let Some(server) = server::server() else { return };
    let url = server.database();
    let store = open(&url).await;
    for value in 0..4 {
        store.commit(setting("a", value)).await.unwrap();
        server.sql(name(&url), "delete from ringdown.writer");
    }
    assert_eq!(store.setting("a", Vec::new()).await.unwrap(), [3]);
    store.close().await;
}
