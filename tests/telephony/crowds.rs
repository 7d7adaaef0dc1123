//! Races and numbers: what must hold whatever happens at the same moment.

use super::bench::{Bench, speech};
use ringdown::model::call::HangupReason;
use ringdown::model::telephony::{Command, OperationId, Signal};
use ringdown::telephony::Gone;
use std::collections::HashMap;
use uuid::Uuid;

const NORMAL: Command = Command::Hangup { reason: HangupReason::Normal };

pub async fn both_sides_hang_up_at_the_same_moment(bench: &mut Bench) {
    let case = "both sides hang up";
    for round in 0..bench.crowd(500) {
        let call_id = Uuid::now_v7();
        bench.dial(call_id, 1, "answer").await.unwrap();
        bench.see(call_id, "answered", case).await;
        let (ours, theirs) = (bench.telephony.clone(), bench.remote_party.clone());
        let we = tokio::spawn(async move { ours.perform(call_id, 2, NORMAL).await.is_ok() });
        let it = tokio::spawn(async move { theirs.hangs_up(call_id).await });
        assert!(we.await.unwrap() | it.await.unwrap(), "round {round}: nobody could hang up");
        let trace = bench.end_of(call_id, case).await.join(", ");
        let sides = ["ringing, answered, hangup local normal", "ringing, answered, hangup remote normal"];
        assert!(sides.contains(&trace.as_str()), "round {round}: {trace}");
    }
    bench.assert_silence(case).await;
}

/// The answer and our hang-up cross: the call ends once, and nothing follows.
pub async fn we_cancel_while_it_answers(bench: &mut Bench) {
    let case = "cancel while it answers";
    for round in 0..bench.crowd(500) {
        let call_id = Uuid::now_v7();
        bench.dial(call_id, 1, "ring 0s; answer; digits \"1\"").await.unwrap();
        for _ in 0..round % 4 {
            tokio::task::yield_now().await;
        }
        bench.telephony.perform(call_id, 2, Command::Hangup { reason: HangupReason::Cancel }).await.unwrap();
        let trace = bench.end_of(call_id, case).await;
        let (end, before) = trace.split_last().unwrap();
        assert_eq!(end, "hangup local cancel", "round {round}");
        assert!(["ringing", "answered", "digit 1"].map(str::to_owned).starts_with(before), "round {round}: {trace:?}");
    }
    bench.assert_silence(case).await;
}

pub async fn a_thousand_calls(bench: &mut Bench) {
    let case = "a thousand calls";
    let calls: Vec<Uuid> = (0..bench.crowd(1_000)).map(|_| Uuid::now_v7()).collect();
    for call_id in &calls {
        bench.dial(*call_id, 1, "answer; wait_prompt; digits \"123\"; hangup").await.unwrap();
    }
    assert_eq!(bench.telephony.held().len(), calls.len());
    let mut left = calls.len();
    while left > 0 {
        let told = bench.read(case).await;
        match told.signal {
            // From the task that reads the signals: a driver must not wait for itself.
            Signal::Answered => bench.telephony.perform(told.call_id, 2, speech(30)).await.unwrap(),
            Signal::Hangup { .. } => left -= 1,
            _ => {}
        }
    }
    for call_id in calls {
        let trace = bench.end_of(call_id, case).await.join(", ");
        assert_eq!(trace, "ringing, answered, finished 2, digit 1, digit 2, digit 3, hangup remote normal");
    }
    assert!(bench.telephony.held().is_empty());
    bench.assert_silence(case).await;
}

/// Whatever is joined and taken apart in whatever order, each call is told of one bridge at a time, and both sides of a
/// bridge are told of it equally often.
pub async fn bridges_at_random(bench: &mut Bench) {
    let case = "bridges at random";
    let calls: Vec<Uuid> = (0..12).map(|_| Uuid::now_v7()).collect();
    for call_id in &calls {
        bench.dial(*call_id, 1, "answer").await.unwrap();
        bench.see(*call_id, "answered", case).await;
    }
    let mut random = 7u64;
    let mut pick = |n: usize| {
        random = random.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (random >> 33) as usize % n
    };
    for operation in 2..600 {
        let call_id = calls[pick(calls.len())];
        let command = match pick(4) {
            0 => Command::Unbridge,
            _ => Command::Bridge { other: calls[pick(calls.len())] },
        };
        bench.telephony.perform(call_id, operation, command).await.unwrap();
        // Every command makes at least one signal, so this never waits in vain; the rest is read so that no call lags.
        bench.read(case).await;
        bench.read_what_is_there().await;
        // No call falls behind by as many commands as would end it.
        if operation % 50 == 0 {
            all_speak(bench, &calls, 1_000 + operation, case).await;
        }
    }
    // Two rounds in which every call does something of its own: after the first all commands are obeyed, after the second
    // all calls have told what the others' commands did to them.
    for operation in [600, 601] {
        all_speak(bench, &calls, operation, case).await;
    }
    for call_id in &calls {
        bench.telephony.perform(*call_id, 602, NORMAL).await.unwrap();
    }
    let mut told: HashMap<(Uuid, Uuid), i64> = HashMap::new();
    for call_id in &calls {
        let trace = bench.end_of(*call_id, case).await;
        for other in bridges_in(&trace) {
            *told.entry((*call_id.min(&other), *call_id.max(&other))).or_default() +=
                if *call_id < other { 1 } else { -1 };
        }
    }
    assert!(told.len() > 20, "too few bridges to mean anything");
    assert!(told.values().all(|difference| *difference == 0), "told to one side only: {told:?}");
    bench.assert_silence(case).await;
}

/// Each call does something of its own, and what it was told before is behind it.
async fn all_speak(bench: &mut Bench, calls: &[Uuid], operation: OperationId, case: &str) {
    for call_id in calls {
        bench.telephony.perform(*call_id, operation, speech(1)).await.unwrap();
        bench.see(*call_id, &format!("finished {operation}"), case).await;
    }
}

/// The bridges that a call was told of, each left before the next was entered.
fn bridges_in(trace: &[String]) -> Vec<Uuid> {
    let (mut bridges, mut current) = (Vec::new(), None);
    for line in trace {
        if let Some(other) = line.strip_prefix("bridged ") {
            assert!(current.is_none() || current == Some(other), "two bridges at a time: {trace:?}");
            current = Some(other);
            bridges.push(other.parse().unwrap());
        } else if let Some(other) = line.strip_prefix("unbridged ") {
            assert_eq!(current.take(), Some(other), "left where it was not: {trace:?}");
        }
    }
    bridges
}

pub async fn close_ends_everything(bench: &mut Bench) {
    let case = "close";
    let mut calls = Vec::new();
    let scripts = ["answer", "no_answer", "answer; silence 3600s", "answer; wait_prompt; digits \"1\"; repeat"];
    for script in scripts.repeat(bench.crowd(50)) {
        let call_id = Uuid::now_v7();
        bench.dial(call_id, 1, script).await.unwrap();
        calls.push(call_id);
    }
    calls.push(bench.calls_in("answer").await);
    // More signals are on their way than the channel holds: nobody has to read them for the driver to close.
    bench.telephony.close().await;
    assert!(bench.telephony.held().is_empty());
    while bench.signals.try_recv().is_ok() {}
    bench.assert_silence(case).await;
    for call_id in calls {
        assert_eq!(bench.telephony.perform(call_id, 2, NORMAL).await, Err(Gone));
        assert!(!bench.remote_party.hangs_up(call_id).await);
    }
    assert_eq!(bench.dial(Uuid::now_v7(), 1, "answer").await, Err(Gone));
    bench.telephony.close().await;
    bench.assert_silence(case).await;
}
