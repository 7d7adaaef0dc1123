//! Commits made at random against a few lines that say what they should do.

use super::*;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};
use ringdown::store::{ANSWERS_KEPT, Error, RunFilter};
use std::collections::HashMap;

/// One write of a commit: which of a few runs, at which distance from its true revision, with what.
#[derive(Debug, Clone)]
struct Change {
    run: usize,
    create: bool,
    stale: bool,
    status: i32,
    working: u8,
    deleted: bool,
    variables: Option<Vec<u8>>,
}

#[derive(Debug, Clone)]
struct Step {
    changes: Vec<Change>,
    key: Option<u8>,
    hours: i64,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let variables = prop_oneof![Just(None), Just(Some(Vec::new())), Just(Some(vec![7; 9]))];
    let change =
        (0..6_usize, prop::bool::weighted(0.3), prop::bool::weighted(0.1), 1..4, 0..3_u8, any::<bool>(), variables)
            .prop_map(|(run, create, stale, status, working, deleted, variables)| Change {
                run,
                create,
                stale,
                status,
                working,
                deleted,
                variables,
            });
    let step = (prop::collection::vec(change, 0..4), prop::option::weighted(0.3, 0..2_u8), 0..20_i64)
        .prop_map(|(changes, key, hours)| Step { changes, key, hours });
    prop::collection::vec(step, 1..40)
}

/// What the store should hold.
#[derive(Default)]
struct Model {
    runs: HashMap<usize, (RunKey, Run, Option<Vec<u8>>)>,
    /// The newest answer under each key.
    answers: HashMap<u8, Answer>,
    log: Vec<(RunKey, Vec<u8>)>,
}

pub async fn agrees_with_a_model(store: &dyn Store) {
    let mut runner = TestRunner::new(Config::default());
    for _ in 0..30 {
        let steps = steps().new_tree(&mut runner).expect("a value").current();
        let after = store.log_bounds().await.unwrap().1;
        let (customer_id, ids) = (id(), (0..6).map(|_| id()).collect::<Vec<_>>());
        let mut model = Model::default();
        let mut now = NOW;
        for step in &steps {
            now += step.hours * 3_600_000_000;
            let commit = commit_of(step, &model, customer_id, &ids, now);
            let outcome = store.commit(commit.clone()).await;
            expect(&mut model, step, &commit, outcome);
        }
        compare(store, &model, customer_id, &ids, after).await;
    }
}

fn commit_of(step: &Step, model: &Model, customer_id: Uuid, ids: &[Uuid], now: Micros) -> Commit {
    let mut runs: Vec<RunWrite> = Vec::new();
    for change in &step.changes {
        if runs.iter().any(|write| write.run.id == ids[change.run]) {
            continue;
        }
        let mut write = match model.runs.get(&change.run) {
            Some((key, run, _)) if !change.create => next(*key, &RunWrite { run: run.clone(), ..new_run(customer_id) }),
            _ => new_run(customer_id),
        };
        if let (Some((_, revision)), true) = (&mut write.expected, change.stale) {
            *revision += 1;
        }
        write.run.id = ids[change.run];
        write.run.status = change.status;
        write.run.working = [Working::No, Working::Waiting, Working::Busy][usize::from(change.working)];
        write.run.tm_delete = change.deleted.then_some(now);
        write.variables = change.variables.clone();
        runs.push(write);
    }
    let answer = step.key.map(|key| Answer { tm_create: now, ..new_answer(customer_id, &key.to_string()) });
    Commit { answer, runs, ..Commit::default() }
}

/// Checks the outcome and does the same to the model.
fn expect(model: &mut Model, step: &Step, commit: &Commit, outcome: Result<ringdown::store::Committed, Error>) {
    let place = |id: Uuid| model.runs.iter().find(|(_, (_, run, _))| run.id == id).map(|(place, _)| *place);
    let kept = step.key.and_then(|key| model.answers.get(&key));
    if let (Some(kept), Some(answer)) = (kept, &commit.answer)
        && answer.tm_create - kept.tm_create <= ANSWERS_KEPT
    {
        assert!(matches!(&outcome, Err(Error::KeyUsed(told)) if **told == *kept), "{outcome:?}");
        return;
    }
    for write in &commit.runs {
        match write.expected {
            None if place(write.run.id).is_some() => {
                assert!(matches!(outcome, Err(Error::IdTaken(id)) if id == write.run.id), "{outcome:?}");
                return;
            }
            Some((_, revision)) if write.run.revision != revision + 1 => {
                assert!(matches!(outcome, Err(Error::Conflict)), "{outcome:?}");
                return;
            }
            _ => {}
        }
    }
    let committed = outcome.expect("nothing speaks against it").runs;
    assert_eq!(committed.len(), commit.runs.len());
    let mut places: Vec<usize> = Vec::new();
    for change in &step.changes {
        if !places.contains(&change.run) {
            places.push(change.run);
        }
    }
    for ((write, (key, _)), place) in commit.runs.iter().zip(committed).zip(places) {
        let variables = match &write.variables {
            None => model.runs.remove(&place).and_then(|(_, _, variables)| variables),
            Some(body) => Some(body.clone()).filter(|body| !body.is_empty()),
        };
        model.runs.insert(place, (key, write.run.clone(), variables));
        model.log.push((key, write.record.bytes.to_vec()));
    }
    if let (Some(key), Some(answer)) = (step.key, &commit.answer) {
        model.answers.insert(key, answer.clone());
    }
}

async fn compare(store: &dyn Store, model: &Model, customer_id: Uuid, ids: &[Uuid], after: Position) {
    for (place, id) in ids.iter().enumerate() {
        let stored = store.run(*id).await.unwrap().map(|stored| (stored.key, stored.run, stored.variables));
        assert_eq!(stored.as_ref(), model.runs.get(&place));
    }
    let rows = store.log(after, 10_000, 0).await.unwrap();
    assert_eq!(rows.into_iter().map(|row| (row.run, row.record.bytes.to_vec())).collect::<Vec<_>>(), model.log);
    for (key, run, _) in model.runs.values() {
        let history = store.history(*key, None, 1_000, 0).await.unwrap();
        assert_eq!(history.len() as u64, run.revision);
        let working = store.working_set(key - 1, 1).await.unwrap();
        assert_eq!(working.first().is_some_and(|row| row.key == *key), run.working != Working::No);
    }
    for status in 0..4 {
        let filter = RunFilter { status, ..RunFilter::default() };
        let expected = model.runs.values().filter(|(_, run, _)| run.tm_delete.is_none());
        let expected = expected.filter(|(_, run, _)| status == 0 || run.status == status).count();
        assert_eq!(store.runs(page(customer_id, 100), filter).await.unwrap().len(), expected);
    }
}
