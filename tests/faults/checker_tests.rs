//! The checker finds each thing that must not be, and says so.

use super::checker::{Log, Observed, Watcher, check};
use super::lists::{self, Listed};
use super::promises::{Answer, Done, Promised};
use super::recorded::recorded;
use ringdown::model::event::{CallKind, Event, Kind, Record};
use ringdown::model::time::Time;
use ringdown::model::view;
use ringdown::proto::action::Option as Act;
use ringdown::proto::{EndReason, SleepOption};
use uuid::Uuid;

/// What is known of a round.
#[derive(Clone)]
struct Known {
    log: Log,
    watchers: Vec<Watcher>,
    promised: Promised,
    listed: Listed,
}

/// What the lists of this log show.
fn listed(log: &Log) -> Listed {
    let mut listed = Listed::default();
    for record in log.records.iter().filter(|record| record.revision == 1) {
        let id = record.info.id;
        let own = log.records.iter().filter(|record| record.info.id == id);
        let events =
            own.flat_map(|record| (0..record.events.len()).filter_map(|at| view::activeflow_event(record, at)));
        listed.events.push((id, events.map(|event| Observed::activeflow(&event)).collect()));
        listed.activeflows.push((id, true));
    }
    listed.calls = log.calls.iter().map(|(id, _)| (*id, true)).collect();
    listed
}

impl Known {
    fn wrong(&self) -> Vec<String> {
        let mut wrong = check(&self.log, &self.watchers, &self.promised);
        lists::check(&self.log, &self.listed, &mut wrong);
        wrong
    }

    /// The first event of a kind, and the record that it is in.
    fn find(&mut self, is: impl Fn(&Kind) -> bool) -> (&mut Record, usize) {
        let has = |record: &&mut Record| record.events.iter().any(|event| is(&event.kind));
        let record = self.log.records.iter_mut().find(has).expect("there is one");
        let at = record.events.iter().position(|event| is(&event.kind)).expect("there is one");
        (record, at)
    }

    fn drop(&mut self, is: impl Fn(&Kind) -> bool) {
        let (record, at) = self.find(is);
        record.events.remove(at);
    }

    fn double(&mut self, is: impl Fn(&Kind) -> bool) {
        let (record, at) = self.find(is);
        let event: Event = record.events[at].clone();
        record.events.insert(at, event);
    }
}

fn sleep_began(kind: &Kind) -> bool {
    matches!(kind, Kind::ActionStarted { action, .. } if matches!(action.option, Some(Act::Sleep(_))))
}

fn sleep_ended(kind: &Kind) -> bool {
    matches!(kind, Kind::ActionFinished { action, .. } if matches!(action.option, Some(Act::Sleep(_))))
}

fn ended(kind: &Kind) -> bool {
    matches!(kind, Kind::Ended { .. })
}

fn hung_up(kind: &Kind) -> bool {
    matches!(kind, Kind::Call { kind: CallKind::Hangup, .. })
}

/// What is done to it, and what is said of it.
type Case = (fn(&mut Known), &'static str);

const CASES: &[Case] = &[
    (|it| drop(it.watchers[0].told.remove(5)), "the first difference is at 5"),
    (
        |it| {
            let told = it.watchers[0].told[4].clone();
            it.watchers[0].told.insert(5, told);
        },
        "the first difference is at 5",
    ),
    (|it| it.watchers[0].told.swap(5, 6), "the first difference is at 5"),
    (|it| drop(it.watchers[1].told.pop()), "nothing came"),
    (|it| it.watchers[0].after = Some(it.watchers[0].told[3].id.clone()), "the first difference is at 0"),
    (|it| drop(it.log.records.remove(0)), "goes from revision 0 to 2"),
    (|it| it.log.records.insert(1, it.log.records[0].clone()), "goes from revision 1 to 1"),
    (|it| it.drop(|kind| *kind == Kind::Continued), "an acknowledged write is lost"),
    (|it| it.drop(|kind| matches!(kind, Kind::VariablesSet { .. })), "an acknowledged write is lost"),
    (|it| it.promised.answers[2].done = Done::Ended(EndReason::Finished), "an acknowledged write is lost"),
    (|it| it.promised.answers[1].revision += 1, "an acknowledged write is lost"),
    (|it| it.promised.activeflows.push(Uuid::now_v7()), "activeflows promised 1 are lost"),
    (|it| it.promised.activeflows.truncate(3), "1 were unasked"),
    (|it| it.promised.calls.truncate(1), "1 were unasked"),
    (|it| it.promised.keys[0].1.push(Uuid::now_v7()), "the idempotency key a key made several"),
    (|it| it.promised.complaints.push("it was refused".to_owned()), "it was refused"),
    (|it| it.drop(ended), "has no end"),
    (|it| it.double(ended), "something after its end"),
    (|it| it.double(hung_up), "after its end"),
    (|it| it.drop(hung_up), "0 hang-ups"),
    (|it| it.drop(sleep_ended), "never finished"),
    (|it| it.double(sleep_ended), "finished twice"),
    (|it| it.drop(sleep_began), "finished that was not begun"),
    (
        |it| {
            let (record, at) = it.find(sleep_began);
            let Kind::ActionStarted { action, .. } = &mut record.events[at].kind else { return };
            action.option = Some(Act::Sleep(SleepOption { duration: Some(60_000) }));
        },
        "fired after",
    ),
    (
        |it| {
            let dials = it.log.dials.as_mut().unwrap();
            dials.push(dials[0]);
        },
        "was dialled twice",
    ),
    (|it| it.log.dials.as_mut().unwrap()[0].call_id = Uuid::now_v7(), "was dialled and is not in the log"),
    (|it| it.log.dials.as_mut().unwrap()[0].at = Time(i64::MAX), "was dialled after its end"),
    (|it| it.log.dials.as_mut().unwrap().clear(), "rang and nobody dialled it"),
    (|it| it.log.working.push(it.promised.activeflows[0]), "1 runs are not over"),
    (|it| it.listed.activeflows.truncate(3), "activeflows are listed"),
    (|it| it.listed.calls.truncate(1), "calls are listed"),
    (|it| it.listed.activeflows[0].1 = false, "is listed with no end"),
    (|it| drop(it.listed.events[0].1.pop()), "are not those of the log"),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_fault_has_its_sentence() {
    let (log, watchers, promised) = recorded().await;
    let good = Known { listed: listed(&log), log, watchers, promised };
    assert_eq!(good.wrong(), Vec::<String>::new());
    for (number, (spoil, sentence)) in CASES.iter().enumerate() {
        let mut bad = good.clone();
        spoil(&mut bad);
        let wrong = bad.wrong();
        assert!(wrong.iter().any(|it| it.contains(sentence)), "case {number}, {sentence}: {wrong:#?}");
    }
}

/// Who begins later is told what comes later.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_comes_later_is_told_the_rest() {
    let (log, watchers, promised) = recorded().await;
    let all = &watchers[0].told;
    for from in 0..all.len() {
        let late = Watcher { after: Some(all[from].id.clone()), told: all[from + 1..].to_vec(), ..watchers[0].clone() };
        assert_eq!(check(&log, &[late], &promised), Vec::<String>::new());
    }
}

#[test]
fn an_answer_to_a_stop_shows_the_end() {
    let running = ringdown::proto::Activeflow { id: Uuid::now_v7().to_string(), status: 1, ..Default::default() };
    assert!(Answer::stopped(&running).unwrap_err().contains("was stopped, and the answer shows it Running"));
}
